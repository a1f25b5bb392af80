"""What do the Finnish sample commitments say? Change a sentence here, then run `python -m doc_templates.build`.

`# ` opens a clause, `## ` the annexes, `### ` one more annex, `#### ` a part of it, `! ` a remark without number;
`- ` is an item of a list, `[name]` a table of TABLES; any other line is a numbered point. A line that begins with
spaces goes on with the one above. Lines of `{%p …%}` are template code and vanish from the document.
"""

NOTICE = "MALLI – ei Kaikukeskuksen virallinen pohja"
RUNNING_HEAD = "{{ title }} · {{ region_name }}"
SUBTITLE = "Kaikukortti-alue {{ region_name }}"
SUMMARY = "{{ title }}: osapuolet, tehtävät, voimassaolo ja allekirjoitukset"

_FRONT = """
Asiakirjatunnus: {{ document_id }}
Laadittu: {{ made_on }}
Toimintamalli: Kaikukortin valtakunnallinen toimintamalli, versio {{ operating_model }}
{%p if term_end %}
Kokeilun aika: {{ term_start }}–{{ term_end }}
{%p else %}
Voimassa: {{ term_start }} alkaen
{%p endif %}
"""
_PARTNER_FRONT = """
Kumppani: {{ partner.name }}
{%p if partner.unit %}
Yksikkö: {{ partner.unit }}
{%p endif %}
{%p if partner.business_id %}
Y-tunnus: {{ partner.business_id }}
{%p endif %}
{%p if partner.sector or partner.kind %}
Sektori ja tyyppi: {{ partner.sector }}{% if partner.sector and partner.kind %}, {% endif %}{{ partner.kind }}
{%p endif %}
{%p if is_distributor %}
Rooli: Kaikukortin jakaja
{%p endif %}
{%p if is_venue %}
Rooli: Kaikukortti-kohde
{%p endif %}
{%p if partner.contact_name %}
Yhteyshenkilö: {{ partner.contact_name }}{% if partner.contact_title %},
  {{ partner.contact_title }}{% endif %}{% if partner.contact_email %},
  {{ partner.contact_email }}{% endif %}{% if partner.contact_phone %}, {{ partner.contact_phone }}{% endif %}
{%p endif %}
"""

REGION = """
# Osapuolet
Tämän sitoumuksen osapuolet ovat:
[parties]
Kaikukeskuksella tarkoitetaan tässä sitoumuksessa palvelua {{ kaikukeskus.name }}. Palvelusta vastaa
  {{ kaikukeskus.legal_name }}.
Alueella tarkoitetaan Kaikukortti-aluetta {{ region_name }}. Toiminnassa mukana:
  {% for m in municipalities %}{% if not loop.first %}{% if loop.last %} ja {% else %},
  {% endif %}{% endif %}{{ m.name }}{% endfor %}.

# Tarkoitus
Sitoumuksen tarkoituksena on varmistaa valtakunnallisesti yhdenmukainen ja toimiva Kaikukortti-toiminta sekä
  Kaikukeskuksen tuki alueelle.
Kaikukortti parantaa taloudellisesti tiukassa tilanteessa olevien ihmisten mahdollisuuksia nauttia taiteesta ja
  kulttuurista, liikkua ja harrastaa. Toiminnan perustana on yhdenvertaisuus.
Kaikukortti otetaan alueella kokeiluun ja käyttöön yhteistyössä Kaikukeskuksen kanssa.

# Sitoutuminen valtakunnalliseen toimintamalliin
Osapuolet noudattavat Kaikukortin valtakunnallista toimintamallia (versio {{ operating_model }}).
Samaan toimintamalliin sitoutuvat myös Kaikukortin jakajat ja Kaikukortti-kohteet. Siksi kortti toimii kaikilla
  Kaikukortti-alueilla yli kunta- ja hyvinvointialuerajojen.
Päävastuu toimintamallista on Kaikukeskuksella. Vastuuhenkilöt osallistuvat sen päivittämiseen tarpeen mukaan.

# Alueen tehtävät
Vastuu kokeilun käytännön koordinoinnista ja Kaikukortin ylläpitämisestä alueella on aina paikallinen.
Sekä kulttuuripuoli että sosiaali- ja terveydenhuollon taikka hyvinvoinnin ja terveyden edistämisen puoli (sote- tai
  hyte-puoli) nimeävät toimintaan vähintään yhden vastuuhenkilön. Vastuuhenkilöt on nimetty liitteessä 2.
Kulttuuripuoli vastaa Kaikukortti-kohteista ja sote- tai hyte-puoli Kaikukortin jakajista, ellei paikallisesti
  sovita muusta työnjaosta.
{%p if has_county %}
Alueen kunta tai kunnat ja {{ county_name }} sopivat yhdessä Kaikukortin paikalliseen koordinointiin liittyvästä
  yhteistyöstä.
{%p else %}
Hyvinvointialue ei ole tämän sitoumuksen osapuoli. Sote- tai hyte-puolen tehtävistä vastaa liitteessä 2 nimetty
  vastuuhenkilö.
{%p endif %}
Vastuuhenkilöiden tehtävänä on:
- koota paikallinen Kaikukortti-verkosto ja keskustella jokaisesta uudesta kortinjakajasta ensin Kaikukeskuksen kanssa
- tehdä verkostoon tulevien organisaatioiden kanssa sitoumukset Kaikukeskuksen sitoumuspohjien mukaisesti
- huolehtia, että jokaisella jakajaorganisaatiolla ja kohteella on nimetty Kaikukortti-yhteyshenkilö
- tehdä Kaikukantaan tunnukset jakajille ja kohteille sekä seurata kortin rekisteröintiä ja käyttöä Kaikukannan
  raporteista
- ohjeistaa ja perehdyttää verkoston toimijat Kaikukorttiin ja toimintamalliin
- tuottaa, painattaa ja jakaa Kaikukortit, yhteisön Kaikukortit, asiakasesitteet ja julisteet
- järjestää verkostolle palautekokous vähintään kerran vuodessa ja kutsua siihen Kaikukeskus
- osallistua Kaikukeskuksen järjestämään valtakunnalliseen vastuuhenkilöiden kokoukseen.
{%p if local_page %}
Vastuuhenkilöt pitävät ajan tasalla paikallista Kaikukortti-verkkosivua: {{ local_page }}
{%p else %}
Vastuuhenkilöt perustavat alueelle paikallisen Kaikukortti-verkkosivun ja pitävät sen ajan tasalla.
{%p endif %}
{%p if feedback_email %}
Vastuuhenkilöt vastaavat paikalliseen palautesähköpostiin tulevista viesteistä: {{ feedback_email }}
{%p else %}
Vastuuhenkilöt avaavat alueelle Kaikukortti-palautesähköpostin ja vastaavat siihen tulevista viesteistä.
{%p endif %}

# Kaikukeskuksen tehtävät
Kaikukeskuksen tehtävänä on:
- koordinoida ja kehittää Kaikukortti-toimintaa valtakunnallisesti ja pitää toimintamalli ajan tasalla
- kouluttaa alueen vastuuhenkilöt ja tukea heitä, pääasiassa etäyhteyksin
- ottaa kantaa uusiin kortinjakajiin ennen kuin niiden kanssa tehdään sitoumus
- osallistua aloitustyöpajaan, palautekokouksiin ja muuhun paikalliseen kehittämistyöhön
- ylläpitää Kaikukanta-tietokantaa ja kaikukortti.fi-verkkosivuja
- antaa alueen käyttöön maksutta korttien ja viestinnän mallipohjat sekä perehdytysaineistot
- järjestää vuosittain valtakunnallinen vastuuhenkilöiden kokous.

# Kustannukset
Kaikukannan, kaikukortti.fi-sivuston ja IT-tuen kustannukset jyvitetään kunnille ja hyvinvointialueille asukasluvun
  perusteella.
{%p if costs %}
Arvio vuosittaisista osuuksista perustuu{% if population_year %} vuoden {{ population_year }}{% endif %}
  asukaslukuun. Vuoden 2025 arviossa on varauduttu siihen, että kustannukset noin kaksinkertaistuvat. Kaikukeskus
  ilmoittaa lopullisen osuuden vuosittain.
[costs]
{%p else %}
Kaikukeskus ilmoittaa osuuden vuosittain.
{%p endif %}
{%p if not has_county %}
Jos kunta kuuluu hyvinvointialueeseen, hyvinvointialueen osuus on avoin, kunnes siitä on sovittu Kaikukeskuksen
  kanssa. Osuus ei siirry kunnan maksettavaksi ilman erillistä sopimista.
{%p endif %}
Alue vastaa omasta työajastaan sekä paikallisen viestinnän ja painatuksen kustannuksista.

# Kolmas sektori
Paikallisessa Kaikukortti-verkostossa on mukana vähintään yksi kolmannen sektorin toimija Kaikukortin jakajana.

# Tavaramerkki ja aineistot
Kaikukortti on rekisteröity tavaramerkki, jonka omistaa {{ kaikukeskus.legal_name }}.
Alue käyttää Kaikukortin nimeä, ilmettä ja aineistoja vain tämän sitoumuksen mukaisessa toiminnassa.

# Tietosuoja
Kaikukeskus vastaa Kaikukannan ylläpidosta. Kaikukantaan ei tallenneta kortinhaltijan nimeä, henkilötunnusta,
  syntymäaikaa eikä osoitetta.
Osapuolet eivät kerää kortinhaltijoiden henkilötietoja tämän sitoumuksen perusteella. Sitoumukseen ja sen
  liitteisiin merkitään henkilöistä vain työhön liittyvät yhteystiedot.

# Vastuuhenkilöiden vaihtuminen
Molemmilla puolilla on koko ajan vähintään yksi vastuuhenkilö. Kun vastuuhenkilö vaihtuu, organisaatio nimeää
  seuraajan ja ilmoittaa siitä viipymättä Kaikukeskukselle ja työparille.
Vastuuhenkilön vaihtuminen ei edellytä uutta sitoumusta.

# Voimassaolo ja toiminnan jatkuminen
{%p if term_end %}
Sitoumus on voimassa kokeilun ajan {{ term_start }}–{{ term_end }}. Se tulee voimaan, kun kaikki osapuolet ovat
  sitoutuneet siihen.
{%p else %}
Sitoumus on voimassa {{ term_start }} alkaen. Se tulee voimaan, kun kaikki osapuolet ovat sitoutuneet siihen.
{%p endif %}
Ennen kokeilun päättymistä osapuolet arvioivat toiminnan ja päättävät, otetaanko Kaikukortti pysyvään käyttöön,
  jatketaanko kokeilua vai lopetetaanko toiminta.
Jos toiminta jatkuu, osapuolet toteavat kirjallisesti, jatkuuko tämä sitoumus vai tehdäänkö sen tilalle uusi.

# Uudet kunnat
Kokeilun jälkeen toimintaa voidaan laajentaa muihin kuntiin. Uusi kunta liittyy tähän sitoumukseen liitteellä.
  Liitteen allekirjoittavat uusi kunta{% if has_county %}, {{ county_name }}{% endif %} ja viimeisenä Kaikukeskus.

# Sitoumuksen päättyminen
Osapuoli voi päättää osallistumisensa ilmoittamalla siitä kirjallisesti muille osapuolille. Päättymispäivästä
  sovitaan niin, että kumppanit ja kortinhaltijat saavat tiedon ajoissa.
Kun toiminta alueella päättyy, vastuuhenkilöt ilmoittavat siitä kumppaneille ja kortinhaltijoille sekä poistavat
  paikallisen verkkosivun. Kaikukeskus sulkee alueen Kaikukanta-tunnukset.

# Allekirjoitukset
Jokainen osapuoli allekirjoittaa sitoumuksen. Sitoumus tulee voimaan, kun kaikki osapuolet ovat allekirjoittaneet sen.
[signatures]

## Liite 1. Alue kunnittain
[municipalities]

### Liite 2. Vastuuhenkilöt
#### Kulttuuripuolen vastuuhenkilöt
{%p if culture_people %}
[culture_people]
{%p else %}
! Kulttuuripuolen vastuuhenkilöä ei ole vielä nimetty.
{%p endif %}
#### Sote- tai hyte-puolen vastuuhenkilöt
{%p if care_people %}
[care_people]
{%p else %}
! Sote- tai hyte-puolen vastuuhenkilöä ei ole vielä nimetty.
{%p endif %}
"""

PARTNER = """
# Osapuolet
Tämän sitoumuksen osapuolet ovat:
[parties]
Vastuutaholla tarkoitetaan tässä sitoumuksessa kuntaa, jossa kumppani toimii{% if has_county %}, sekä
  hyvinvointialuetta ({{ county_name }}){% endif %}. Kunta tai kunnat on merkitty liitteeseen 1.
Kumppanilla on aina nimetty Kaikukortti-yhteyshenkilö. Yhteyshenkilö ja kumppanin tiedot on merkitty tämän
  sitoumuksen alkuun.

# Tarkoitus
Sitoumuksella kumppani liittyy paikalliseen Kaikukortti-verkostoon alueella {{ region_name }}.
Kaikukortti parantaa taloudellisesti tiukassa tilanteessa olevien ihmisten mahdollisuuksia nauttia taiteesta ja
  kulttuurista, liikkua ja harrastaa. Toiminnan perustana on yhdenvertaisuus.

# Toimintamalli osallistumisen ehtona
Kaikukortin valtakunnalliseen toimintamalliin (versio {{ operating_model }}) sitoutuminen on ehto verkostossa mukana
  olemiselle. Osapuolet noudattavat toimintamallia.

{%p if is_distributor %}
# Kumppanin tehtävät Kaikukortin jakajana
{%p if clearance_date %}
Jakajaksi ryhtymisestä on keskusteltu ensin Kaikukeskuksen kanssa. Kaikukeskus on puoltanut sitä {{ clearance_date }}.
{%p else %}
Jakajaksi ryhtymisestä on keskusteltu ensin Kaikukeskuksen kanssa.
{%p endif %}
{%p if most_in_tight %}
Suurin osa kumppanin asiakkaista on tiukassa taloudellisessa tilanteessa.
{%p else %}
Työparin arvion mukaan suurin osa kumppanin asiakkaista ei ole tiukassa taloudellisessa tilanteessa.
{%p if why_cleared %}
Kaikukeskus on puoltanut kumppania kortinjakajaksi seuraavasta syystä: {{ why_cleared }}
{%p endif %}
{%p endif %}
{%p if client_group %}
Asiakasryhmä: {{ client_group }}
{%p endif %}
{%p if why_most_clients %}
Perustelu: {{ why_most_clients }}
{%p endif %}
{%p if cards_per_year %}
Arvio jaettavista korteista vuodessa: {{ cards_per_year }}
{%p endif %}
Kaikki asiakastyötä tekevät kertovat Kaikukortista kaikille kohderyhmään kuuluville asiakkaille. Kaikukortti ei ole
  harkinnanvarainen etu.
Kortti annetaan vähintään 16-vuotiaalle asiakkaalle, joka on tiukassa taloudellisessa tilanteessa. Tulojen
  todistamista tai tietyn tulorajan alittamista ei edellytetä. Kortti on maksuton ja henkilökohtainen, ja se on
  voimassa yleensä 12 kuukautta kerrallaan.
Kumppani rekisteröi jokaisen kortin Kaikukantaan ja kerää samalla toimintamallin mukaiset taustatiedot. Korttia ei
  voi käyttää ennen rekisteröintiä.
{%p endif %}

{%p if is_venue %}
# Kumppanin tehtävät Kaikukortti-kohteena
Kaikukortilla saa maksutta pääsylippuja ja kurssipaikkoja kumppanin koko omaan tarjontaan, johon myös muilla
  alennusryhmillä on pääsy.
{%p if offering %}
Tarjonta: {{ offering }}
{%p endif %}
Tarjontaa voi rajata vain poikkeustilanteissa ja toimintamallin sallimilla tavoilla.
{%p if limits %}
Rajaukset: {{ limits }}
{%p endif %}
{%p if how_to_get %}
Lippujen ja paikkojen hankkiminen: {{ how_to_get }}
{%p endif %}
Kumppani kirjaa jokaisen Kaikukortilla tehdyn hankinnan Kaikukantaan.
{%p endif %}

# Yhteiset tehtävät kumppanina
Kumppani perehdyttää henkilöstönsä Kaikukorttiin ennen toiminnan alkua ja sen jälkeen vähintään kerran vuodessa,
  sekä uudet että nykyiset työntekijät, ja pitää yllä omia sisäisiä ohjeita.
Kumppani osallistuu paikallisiin palautekokouksiin ja antaa palautetta toiminnasta.

# Vastuutahojen tehtävät
Vastuutahot tukevat ja perehdyttävät kumppania, antavat sen käyttöön Kaikukortti-aineistot, tekevät
  Kaikukanta-tunnukset ja järjestävät palautekokouksen vähintään kerran vuodessa. Alueen vastuuhenkilöt on nimetty
  liitteessä 2.

{%p if is_venue %}
# Korvaukset
Kaikukortilla hankituista lipuista ja kurssipaikoista ei makseta kumppanille korvausta. Kumppani on mukana hyvän
  tahdon eleenä.

{%p endif %}
# Kaikukanta ja tietosuoja
Kortit rekisteröidään ja niiden käyttö kirjataan vain Kaikukantaan. Kaikukantaan ei tallenneta kortinhaltijan nimeä,
  henkilötunnusta, syntymäaikaa eikä osoitetta.
Kumppani ei kerää eikä säilytä kortinhaltijoiden henkilöllisyyttä koskevia tietoja Kaikukorttia varten Kaikukannan
  ulkopuolella.

# Yhteyshenkilön vaihtuminen
{%p if is_distributor %}
Kun yhteyshenkilö vaihtuu, kumppani nimeää seuraajan ja ilmoittaa siitä viipymättä alueen sote- tai hyte-puolen
  vastuuhenkilölle.
{%p endif %}
{%p if is_venue %}
Kun yhteyshenkilö vaihtuu, kumppani nimeää seuraajan ja ilmoittaa siitä viipymättä alueen kulttuuripuolen
  vastuuhenkilölle.
{%p endif %}
Yhteyshenkilön vaihtuminen ei edellytä uutta sitoumusta.

# Viestintä
Kumppanin nimi ja tiedot sen Kaikukortti-toiminnasta julkaistaan paikallisessa Kaikukortti-esitteessä ja
  paikallisella Kaikukortti-verkkosivulla.
Kaikukortti on rekisteröity tavaramerkki, jonka omistaa {{ kaikukeskus.legal_name }}. Kumppani käyttää Kaikukortin
  nimeä ja ilmettä vain tämän sitoumuksen mukaisessa toiminnassa.

# Voimassaolo ja toiminnan jatkuminen
{%p if term_end %}
Sitoumus on voimassa kokeilun ajan {{ term_start }}–{{ term_end }}. Se tulee voimaan, kun kaikki osapuolet ovat
  sitoutuneet siihen.
{%p else %}
Sitoumus on voimassa {{ term_start }} alkaen. Se tulee voimaan, kun kaikki osapuolet ovat sitoutuneet siihen.
{%p endif %}
Jos toiminta jatkuu kokeilun jälkeen, tämä sitoumus jatkuu eikä uutta sitoumusta tarvita.

# Toiminnasta luopuminen
Kumppani tai vastuutaho voi päättää sitoumuksen ilmoittamalla siitä kirjallisesti muille osapuolille.
  Päättymispäivästä sovitaan niin, että kortinhaltijat saavat tiedon ajoissa.
Kun kumppani luopuu toiminnasta, {% if is_distributor %}se palauttaa jakamattomat kortit vastuutaholle ja
  {% endif %}sen Kaikukanta-tunnukset suljetaan.

# Allekirjoitukset tai kuittaus Kaikukannassa
Osapuolet allekirjoittavat sitoumuksen. Allekirjoitusten sijasta kumppani voi kuitata sitoumuksen Kaikukannassa.
  Silloin {{ kaikukeskus.name }} edustaa kuntia ja hyvinvointialueita, ja kuittauksen päivä ja kuittaajan nimi
  merkitään sitoumuksen tietoihin.
[signatures]

## Liite 1. Toiminta-alue kunnittain
[municipalities]

### Liite 2. Alueen vastuuhenkilöt
{%p if responsible_people %}
[responsible_people]
{%p else %}
! Vastuuhenkilöä ei ole vielä nimetty.
{%p endif %}
"""

FRONTS = {"region_commitment": _FRONT, "partner_commitment": _FRONT + _PARTNER_FRONT}
BODIES = {"region_commitment": REGION, "partner_commitment": PARTNER}

_PEOPLE = [
    ("Nimi ja tehtävä", 31, ["**p.name", "p.title", "p.substitute"]),
    ("Kunta tai alue", 26, ["p.municipality"]),
    ("Yhteystiedot", 43, ["p.email", "p.phone"]),
]
# name: (list, loop variable, description, columns of (heading, width in %, lines))
# ** is the row's name, / an empty line to write on
TABLES = {
    "parties": ("parties", "Sitoumuksen osapuolet", [
        ("Osapuoli", 56, ["**p.name", "p.role"]), ("Y-tunnus", 18, ["p.business_id"]),
        ("Diaarinumero", 26, ["p.record_number"]),
    ]),
    "costs": ("costs", "Arvioidut vuosittaiset osuudet euroina", [
        ("Osapuoli", 46, ["**p.name"]), ("Asukkaita", 18, ["#p.residents"]),
        ("2024, €", 18, ["#p.share_2024"]), ("2025, €", 18, ["#p.share_2025"]),
    ]),
    "signatures": ("parties", "Allekirjoitukset", [
        ("Osapuoli", 34, ["**p.name", "p.role"]),
        ("Allekirjoittaja", 30, ["p.signatory_name", "p.signatory_title", "p.signatory_basis"]),
        ("Paikka, päiväys ja allekirjoitus", 36, ["/"]),
    ]),
    "municipalities": ("municipalities", "Kunnat", [
        ("Kunta", 56, ["**p.name"]), ("Kuntanumero", 22, ["p.code"]), ("Asukkaita", 22, ["#p.population"]),
    ]),
    "culture_people": ("culture_people", "Kulttuuripuolen vastuuhenkilöt", _PEOPLE),
    "care_people": ("care_people", "Sote- tai hyte-puolen vastuuhenkilöt", _PEOPLE),
    "responsible_people": ("responsible_people", "Alueen vastuuhenkilöt", [
        *_PEOPLE[:2], ("Sähköposti", 43, ["p.email"]),
    ]),
}  # fmt: skip
