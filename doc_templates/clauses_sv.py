"""What do the Swedish sample commitments say? Written as `clauses_fi.py`: change all three, then build."""

NOTICE = "MODELL – inte Kaikukeskus officiella mall"
RUNNING_HEAD = "{{ title }} · {{ region_name }}"
SUBTITLE = "Kaikukortti-område {{ region_name }}"
SUMMARY = "{{ title }}: parter, uppgifter, giltighetstid och underskrifter"

_FRONT = """
Dokumentbeteckning: {{ document_id }}
Upprättad: {{ made_on }}
Verksamhetsmodell: Den riksomfattande verksamhetsmodellen för Kaikukortti, version {{ operating_model }}
{%p if term_end %}
Försökstid: {{ term_start }}–{{ term_end }}
{%p else %}
I kraft: från och med {{ term_start }}
{%p endif %}
"""
_PARTNER_FRONT = """
Samarbetspartner: {{ partner.name }}
{%p if partner.unit %}
Enhet: {{ partner.unit }}
{%p endif %}
{%p if partner.business_id %}
FO-nummer: {{ partner.business_id }}
{%p endif %}
{%p if partner.sector or partner.kind %}
Sektor och typ: {{ partner.sector }}{% if partner.sector and partner.kind %}, {% endif %}{{ partner.kind }}
{%p endif %}
{%p if is_distributor %}
Roll: Kortutdelare
{%p endif %}
{%p if is_venue %}
Roll: Kaikukorttiobjekt
{%p endif %}
{%p if partner.contact_name %}
Kontaktperson: {{ partner.contact_name }}{% if partner.contact_title %},
  {{ partner.contact_title }}{% endif %}{% if partner.contact_email %},
  {{ partner.contact_email }}{% endif %}{% if partner.contact_phone %}, {{ partner.contact_phone }}{% endif %}
{%p endif %}
"""

REGION = """
# Parter
Parter i denna förbindelse är:
[parties]
Med Kaikukeskus avses i denna förbindelse tjänsten {{ kaikukeskus.name }}. {{ kaikukeskus.legal_name }}
  ansvarar för tjänsten.
Med området avses Kaikukortti-området {{ region_name }}. Med i verksamheten:
  {% for m in municipalities %}{% if not loop.first %}{% if loop.last %} och {% else %},
  {% endif %}{% endif %}{{ m.name }}{% endfor %}.

# Syfte
Syftet med förbindelsen är att säkerställa en enhetlig och fungerande Kaikukortti-verksamhet i hela landet samt
  Kaikukeskus stöd till området.
Kaikukortti förbättrar möjligheterna för människor i en trängd ekonomisk situation att ta del av konst och kultur,
  att motionera och att utöva fritidsintressen. Verksamheten bygger på likabehandling.
Kaikukortti prövas och tas i bruk i området i samarbete med Kaikukeskus.

# Förbindelse att följa den riksomfattande verksamhetsmodellen
Parterna följer den riksomfattande verksamhetsmodellen för Kaikukortti (version {{ operating_model }}).
Till samma verksamhetsmodell förbinder sig också kortutdelarna och Kaikukorttiobjekten. Därför gäller
  kortet i alla Kaikukortti-områden, över kommun- och välfärdsområdesgränserna.
Kaikukeskus har huvudansvaret för verksamhetsmodellen. Ansvarspersonerna deltar vid behov i arbetet med att
  uppdatera den.

# Områdets uppgifter
Ansvaret för den praktiska samordningen av försöket och för upprätthållandet av Kaikukortti i området är alltid
  lokalt.
Både kultursidan och den sida som ansvarar för social- och hälsovård eller för främjande av hälsa och välfärd
  (vårdsidan) utser minst en ansvarsperson för verksamheten. Ansvarspersonerna anges i bilaga 2.
Kultursidan ansvarar för Kaikukorttiobjekten och vårdsidan för kortutdelarna, om inte en annan
  arbetsfördelning avtalas lokalt.
{%p if has_county %}
Områdets kommun eller kommuner och {{ county_name }} kommer gemensamt överens om samarbetet kring den lokala
  samordningen av Kaikukortti.
{%p else %}
Välfärdsområdet är inte part i denna förbindelse. För vårdsidans uppgifter svarar den ansvarsperson som anges i
  bilaga 2.
{%p endif %}
Ansvarspersonerna har till uppgift att:
- samla det lokala Kaikukortti-nätverket och alltid först diskutera nya kortutdelare med Kaikukeskus
- ingå förbindelser med de organisationer som kommer med i nätverket, enligt Kaikukeskus förbindelsemallar
- se till att varje kortutdelare och varje Kaikukorttiobjekt har en utsedd kontaktperson för Kaikukortti
- skapa användarnamn i Kaikukanta för kortutdelarna och objekten samt följa registreringen och användningen av
  kortet i Kaikukantas rapporter
- ge nätverkets aktörer anvisningar och introduktion om Kaikukortti och verksamhetsmodellen
- ta fram, trycka och dela ut korten, gemenskapens Kaikukortti, klientbroschyrerna och affischerna
- ordna ett responsmöte för nätverket minst en gång om året och kalla Kaikukeskus till det
- delta i det riksomfattande möte för ansvarspersoner som Kaikukeskus ordnar.
{%p if local_page %}
Ansvarspersonerna håller den lokala webbsidan om Kaikukortti uppdaterad: {{ local_page }}
{%p else %}
Ansvarspersonerna skapar en lokal webbsida om Kaikukortti för området och håller den uppdaterad.
{%p endif %}
{%p if feedback_email %}
Ansvarspersonerna besvarar de meddelanden som kommer till den lokala e-postadressen för respons: {{ feedback_email }}
{%p else %}
Ansvarspersonerna öppnar en e-postadress för respons om Kaikukortti i området och besvarar de meddelanden som kommer
  dit.
{%p endif %}

# Kaikukeskus uppgifter
Kaikukeskus har till uppgift att:
- samordna och utveckla Kaikukortti-verksamheten på riksnivå och hålla verksamhetsmodellen uppdaterad
- utbilda områdets ansvarspersoner och stödja dem, främst på distans
- ta ställning till nya kortutdelare innan en förbindelse ingås med dem
- delta i startworkshoppen, i responsmötena och i annat lokalt utvecklingsarbete
- upprätthålla databasen Kaikukanta och webbplatsen kaikukortti.fi
- avgiftsfritt ge området tillgång till mallar för kort och kommunikation samt till introduktionsmaterial
- årligen ordna ett riksomfattande möte för ansvarspersonerna.

# Kostnader
Kostnaderna för Kaikukanta, webbplatsen kaikukortti.fi och it-stödet fördelas mellan kommunerna och välfärdsområdena
  enligt invånarantal.
{%p if costs %}
De uppskattade årliga andelarna baserar sig på invånarantalet{% if population_year %} år
  {{ population_year }}{% endif %}. I uppskattningen för 2025 har man berett sig på att kostnaderna ungefär
  fördubblas. Kaikukeskus meddelar årligen den slutliga andelen.
[costs]
{%p else %}
Kaikukeskus meddelar andelen årligen.
{%p endif %}
{%p if not has_county %}
Om kommunen hör till ett välfärdsområde är välfärdsområdets andel öppen tills den har avtalats med Kaikukeskus.
  Andelen överförs inte på kommunen utan en särskild överenskommelse.
{%p endif %}
Området svarar för sin egen arbetstid och för kostnaderna för lokal kommunikation och tryckning.

# Tredje sektorn
I det lokala Kaikukortti-nätverket ingår minst en aktör inom tredje sektorn som kortutdelare.

# Varumärke och material
{{ kaikukeskus.legal_name }} äger det registrerade varumärket Kaikukortti.
Området använder Kaikukorttis namn, utseende och material endast i verksamhet enligt denna förbindelse.

# Dataskydd
Kaikukeskus ansvarar för upprätthållandet av Kaikukanta. I Kaikukanta sparas inte kortinnehavarens namn,
  personbeteckning, födelsetid eller adress.
Parterna samlar inte in personuppgifter om kortinnehavare med stöd av denna förbindelse. I förbindelsen och dess
  bilagor anges endast kontaktuppgifter som hör till personernas arbete.

# Byte av ansvarsperson
Båda sidorna har hela tiden minst en ansvarsperson. När en ansvarsperson byts utser organisationen en efterträdare
  och meddelar utan dröjsmål Kaikukeskus och arbetsparet.
Byte av ansvarsperson förutsätter inte en ny förbindelse.

# Giltighetstid och fortsatt verksamhet
{%p if term_end %}
Förbindelsen gäller under försöket {{ term_start }}–{{ term_end }}. Den träder i kraft när alla parter har förbundit
  sig till den.
{%p else %}
Förbindelsen gäller från och med {{ term_start }}. Den träder i kraft när alla parter har förbundit sig till den.
{%p endif %}
Innan försöket löper ut utvärderar parterna verksamheten och beslutar om Kaikukortti tas i permanent bruk, om
  försöket förlängs eller om verksamheten avslutas.
Om verksamheten fortsätter konstaterar parterna skriftligt om denna förbindelse fortsätter att gälla eller om den
  ersätts med en ny.

# Nya kommuner
Efter försöket kan verksamheten utvidgas till andra kommuner. En ny kommun ansluter sig till denna förbindelse genom
  en bilaga. Bilagan undertecknas av den nya kommunen{% if has_county %}, {{ county_name }}{% endif %} och sist av
  Kaikukeskus.

# Förbindelsens upphörande
En part kan avsluta sitt deltagande genom att skriftligt meddela de andra parterna. Slutdatumet bestäms så att
  samarbetspartnerna och kortinnehavarna får besked i god tid.
När verksamheten i området upphör informerar ansvarspersonerna samarbetspartnerna och kortinnehavarna och tar bort
  den lokala webbsidan. Kaikukeskus stänger områdets användarnamn i Kaikukanta.

# Underskrifter
Varje part undertecknar förbindelsen. Förbindelsen träder i kraft när alla parter har undertecknat den.
[signatures]

## Bilaga 1. Området kommunvis
[municipalities]

### Bilaga 2. Ansvarspersoner
#### Ansvarspersoner på kultursidan
{%p if culture_people %}
[culture_people]
{%p else %}
! Ingen ansvarsperson har ännu utsetts på kultursidan.
{%p endif %}
#### Ansvarspersoner på vårdsidan
{%p if care_people %}
[care_people]
{%p else %}
! Ingen ansvarsperson har ännu utsetts på vårdsidan.
{%p endif %}
"""

PARTNER = """
# Parter
Parter i denna förbindelse är:
[parties]
Med ansvarig part avses i denna förbindelse den kommun där samarbetspartnern är verksam{% if has_county %} samt
  välfärdsområdet ({{ county_name }}){% endif %}. Kommunen eller kommunerna anges i bilaga 1.
Samarbetspartnern har alltid en utsedd kontaktperson för Kaikukortti. Kontaktpersonen och uppgifterna om
  samarbetspartnern anges i början av denna förbindelse.

# Syfte
Genom förbindelsen ansluter sig samarbetspartnern till det lokala Kaikukortti-nätverket i området {{ region_name }}.
Kaikukortti förbättrar möjligheterna för människor i en trängd ekonomisk situation att ta del av konst och kultur,
  att motionera och att utöva fritidsintressen. Verksamheten bygger på likabehandling.

# Verksamhetsmodellen som villkor för deltagande
Den som är med i nätverket ska förbinda sig till den riksomfattande verksamhetsmodellen för Kaikukortti (version
  {{ operating_model }}). Parterna följer verksamhetsmodellen.

{%p if is_distributor %}
# Samarbetspartnerns uppgifter som kortutdelare
{%p if clearance_date %}
Uppdraget som kortutdelare har först diskuterats med Kaikukeskus. Kaikukeskus har förordat det {{ clearance_date }}.
{%p else %}
Uppdraget som kortutdelare har först diskuterats med Kaikukeskus.
{%p endif %}
{%p if most_in_tight %}
Största delen av samarbetspartnerns klienter är i en trängd ekonomisk situation.
{%p else %}
Enligt arbetsparets bedömning är största delen av samarbetspartnerns klienter inte i en trängd ekonomisk situation.
{%p if why_cleared %}
Kaikukeskus har förordat samarbetspartnern som kortutdelare av följande skäl: {{ why_cleared }}
{%p endif %}
{%p endif %}
{%p if client_group %}
Klientgrupp: {{ client_group }}
{%p endif %}
{%p if why_most_clients %}
Motivering: {{ why_most_clients }}
{%p endif %}
{%p if cards_per_year %}
Uppskattat antal kort per år: {{ cards_per_year }}
{%p endif %}
Alla som arbetar med klienter berättar om Kaikukortti för alla klienter som hör till målgruppen. Kaikukortti är inte
  en förmån som beviljas efter prövning.
Kortet ges till en klient som är minst 16 år och som är i en trängd ekonomisk situation. Inget inkomstintyg krävs
  och ingen inkomstgräns tillämpas. Kortet är avgiftsfritt och personligt, och det gäller i allmänhet 12 månader åt
  gången.
Samarbetspartnern registrerar varje kort i Kaikukanta och samlar då in de bakgrundsuppgifter som anges i
  verksamhetsmodellen. Kortet kan inte användas före registreringen.
{%p endif %}

{%p if is_venue %}
# Samarbetspartnerns uppgifter som Kaikukorttiobjekt
Med Kaikukortti får man avgiftsfria inträdesbiljetter och kursplatser till hela det egna utbud som också andra
  rabattgrupper har tillträde till.
{%p if offering %}
Utbud: {{ offering }}
{%p endif %}
Utbudet kan begränsas endast i undantagssituationer och på de sätt som verksamhetsmodellen tillåter.
{%p if limits %}
Begränsningar: {{ limits }}
{%p endif %}
{%p if how_to_get %}
Så skaffar man biljetter och platser: {{ how_to_get }}
{%p endif %}
Samarbetspartnern antecknar i Kaikukanta varje biljett och plats som skaffas med Kaikukortti.
{%p endif %}

# Gemensamma uppgifter som samarbetspartner
Samarbetspartnern ger sin personal introduktion i Kaikukortti innan verksamheten börjar och därefter minst en gång
  om året, både nya och nuvarande anställda, och upprätthåller egna interna anvisningar.
Samarbetspartnern deltar i de lokala responsmötena och ger respons på verksamheten.

# De ansvariga parternas uppgifter
De ansvariga parterna stöder samarbetspartnern, ger den introduktion och tillgång till Kaikukortti-materialet,
  skapar användarnamn i Kaikukanta och ordnar ett responsmöte minst en gång om året. Områdets ansvarspersoner anges
  i bilaga 2.

{%p if is_venue %}
# Ersättningar
För biljetter och kursplatser som skaffas med Kaikukortti betalas ingen ersättning till samarbetspartnern.
  Samarbetspartnerns medverkan är en goodwillgest.

{%p endif %}
# Kaikukanta och dataskydd
Korten registreras och användningen av dem antecknas endast i Kaikukanta. I Kaikukanta sparas inte kortinnehavarens
  namn, personbeteckning, födelsetid eller adress.
Samarbetspartnern varken samlar in eller förvarar uppgifter om kortinnehavarnas identitet för Kaikukortti utanför
  Kaikukanta.

# Byte av kontaktperson
{%p if is_distributor %}
När kontaktpersonen byts utser samarbetspartnern en efterträdare och meddelar utan dröjsmål områdets ansvarsperson
  på vårdsidan (social- och hälsovården eller främjandet av hälsa och välfärd).
{%p endif %}
{%p if is_venue %}
När kontaktpersonen byts utser samarbetspartnern en efterträdare och meddelar utan dröjsmål områdets ansvarsperson
  på kultursidan.
{%p endif %}
Byte av kontaktperson förutsätter inte en ny förbindelse.

# Kommunikation
Samarbetspartnerns namn och uppgifter om dess Kaikukortti-verksamhet publiceras i den lokala Kaikukortti-broschyren
  och på den lokala webbsidan om Kaikukortti.
{{ kaikukeskus.legal_name }} äger det registrerade varumärket Kaikukortti. Samarbetspartnern använder
  Kaikukorttis namn och utseende endast i verksamhet enligt denna förbindelse.

# Giltighetstid och fortsatt verksamhet
{%p if term_end %}
Förbindelsen gäller under försöket {{ term_start }}–{{ term_end }}. Den träder i kraft när alla parter har förbundit
  sig till den.
{%p else %}
Förbindelsen gäller från och med {{ term_start }}. Den träder i kraft när alla parter har förbundit sig till den.
{%p endif %}
Om verksamheten fortsätter efter försöket fortsätter denna förbindelse att gälla och ingen ny förbindelse behövs.

# Utträde ur verksamheten
Samarbetspartnern eller en ansvarig part kan avsluta förbindelsen genom att skriftligt meddela de andra parterna.
  Slutdatumet bestäms så att kortinnehavarna får besked i god tid.
När samarbetspartnern lämnar verksamheten {% if is_distributor %}ger den tillbaka outdelade kort till den ansvariga
  parten och {% endif %}stängs dess användarnamn i Kaikukanta.

# Underskrifter eller kvittering i Kaikukanta
Parterna undertecknar förbindelsen. I stället för underskrifter kan samarbetspartnern kvittera förbindelsen i
  Kaikukanta. Då företräder {{ kaikukeskus.name }} kommunerna och välfärdsområdena, och datumet för kvitteringen och
  namnet på den som kvitterat antecknas i uppgifterna om förbindelsen.
[signatures]

## Bilaga 1. Verksamhetsområde kommunvis
[municipalities]

### Bilaga 2. Områdets ansvarspersoner
{%p if responsible_people %}
[responsible_people]
{%p else %}
! Ingen ansvarsperson har ännu utsetts.
{%p endif %}
"""

FRONTS = {"region_commitment": _FRONT, "partner_commitment": _FRONT + _PARTNER_FRONT}
BODIES = {"region_commitment": REGION, "partner_commitment": PARTNER}

_PEOPLE = [
    ("Namn och uppgift", 31, ["**p.name", "p.title", "p.substitute"]),
    ("Kommun eller område", 26, ["p.municipality"]),
    ("Kontaktuppgifter", 43, ["p.email", "p.phone"]),
]
TABLES = {
    "parties": ("parties", "Parter i förbindelsen", [
        ("Part", 56, ["**p.name", "p.role"]), ("FO-nummer", 18, ["p.business_id"]),
        ("Diarienummer", 26, ["p.record_number"]),
    ]),
    "costs": ("costs", "Uppskattade årliga andelar i euro", [
        ("Part", 46, ["**p.name"]), ("Invånare", 18, ["#p.residents"]),
        ("2024, €", 18, ["#p.share_2024"]), ("2025, €", 18, ["#p.share_2025"]),
    ]),
    "signatures": ("parties", "Underskrifter", [
        ("Part", 34, ["**p.name", "p.role"]),
        ("Undertecknare", 30, ["p.signatory_name", "p.signatory_title", "p.signatory_basis"]),
        ("Ort, datum och underskrift", 36, ["/"]),
    ]),
    "municipalities": ("municipalities", "Kommuner", [
        ("Kommun", 56, ["**p.name"]), ("Kommunnummer", 22, ["p.code"]), ("Invånare", 22, ["#p.population"]),
    ]),
    "culture_people": ("culture_people", "Ansvarspersoner på kultursidan", _PEOPLE),
    "care_people": ("care_people", "Ansvarspersoner på vårdsidan", _PEOPLE),
    "responsible_people": ("responsible_people", "Områdets ansvarspersoner", [
        *_PEOPLE[:2], ("E-post", 43, ["p.email"]),
    ]),
}  # fmt: skip
