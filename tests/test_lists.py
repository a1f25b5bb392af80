"""The lists that people ask for: the network of a region for everybody to read, and the country's paragraph."""

import csv
from datetime import date, timedelta
from html import unescape
from html.parser import HTMLParser
from io import StringIO

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate

from adoption.alphabet import alphabetical, by_name
from adoption.models import Organisation, Partner, Person, Region, RegionMunicipality, Responsibility
from adoption.network_list import LANGUAGES, SHAPES, as_csv, as_html, as_text, network_list
from tests.people import a_distributor, a_kaikukeskus_person, a_pair, a_region, a_stranger, a_venue
from tests.trials import promise
from workflows.national import national_texts

pytestmark = pytest.mark.django_db

EVIL = '=HYPERLINK("http://x.example.org";"Pato")'


@pytest.fixture
def here():
    region = a_region()
    return region, a_pair(region)[0]


def listed(region: Region, aino: Person) -> list[Partner]:
    """Two distributors and two venues that are committed, one of them active."""
    made = [
        a_distributor(region, aino, "Tupa ry", client_group="Aikuisia, joita Outi tapaa"),
        a_distributor(region, aino, "Ämmän talo ry"),
        a_venue(region, aino, "Åströmin sali", offering="Konsertit\nja näytökset", limits="2 kurssia vuodessa"),
        a_venue(region, aino, "Öjan uimahalli", unit="Kuntosali", how_to_get="Näytä kortti kassalla."),
    ]
    for partner in made:
        promise(partner)
    Partner.objects.filter(pk=made[0].pk).update(state="active")
    return made


def signed_in(person: Person, language: str = "en") -> Client:
    Person.objects.filter(pk=person.pk).update(language=language)
    client = Client()
    client.force_login(person)
    return client


def rows_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def every_shape(region: Region) -> str:
    networks = [network_list(region, language) for language in LANGUAGES]
    return "\n".join(as_text(one) + as_html(one) + as_csv(one).decode("utf-8-sig") for one in networks)


# -- the alphabet -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "names",
    [
        ["Aho", "Zorn", "Åbo", "Ähtäri", "Öja"],
        ["Varis", "Virtanen", "Voss", "Wallenberg", "Wirtanen", "Wolf"],  # v and w apart: SFS 4600 of 2022
        ["Hoffren", "Hoffrén"],  # an accent counts only where all else is the same
        ["Hoffrén, Aino", "Hoffren, Eino"],
        ["Sali", "Šali", "Salo"],
        ["Müller", "Mylly", "Myy"],  # ü stands with y
        ["Øresund", "Österbotten"],
        ["a\u030abo", "Ähtäri"],  # å written as two characters is å too
    ],
)
def test_names_stand_in_the_order_of_the_alphabet(names):
    assert by_name(reversed(names)) == names
    assert sorted(names, key=alphabetical) == names


def test_each_language_has_its_own_order():
    """Municipalities and kinds are named, and then sorted, in the list's language."""
    region = a_region("pohjanmaa")
    venue = a_venue(region, a_pair(region)[0], "Sali")
    venue.municipalities.set(region.municipalities.filter(name_fi__in=["Kruunupyy", "Mustasaari", "Vöyri", "Närpiö"]))
    promise(venue)
    assert "kulttuurikohde, Kruunupyy, Mustasaari, Närpiö, Vöyri" in as_text(network_list(region, "fi"))
    assert "kulturobjekt, Korsholm, Kronoby, Närpes, Vörå" in as_text(network_list(region, "sv"))


# -- the region's lists -----------------------------------------------------------------------------------------------


def test_the_text_of_a_brochure(here):
    listed(*here)
    assert as_text(network_list(here[0], "fi")) == (
        "Kaikukortti-verkosto: Kainuu\n\n"
        "KORTINJAKAJAT\n\n"
        "Tupa ry\nklubitalo, Hyrynsalmi\n\n"
        "Ämmän talo ry\nklubitalo, Hyrynsalmi\n\n"
        "KAIKUKORTTI-KOHTEET\n\n"
        "Åströmin sali\nkulttuurikohde, Hyrynsalmi\nTarjonta: Konsertit ja näytökset\nRajaukset: 2 kurssia vuodessa\n\n"
        "Öjan uimahalli, Kuntosali\nkulttuurikohde, Hyrynsalmi\nMiten lipun saa: Näytä kortti kassalla.\n"
    )
    assert as_text(network_list(here[0], "sv")).startswith(
        "Kaikukorttinätverket: Kajanaland\n\nKORTUTDELARE\n\nTupa ry"
    )


def test_a_county_is_called_in_the_language_of_the_list(here):
    region, aino = here
    promise(a_distributor(region, aino, "KAINUUN hyvinvointialue", unit="Aikuissosiaalityö"))
    promise(a_venue(region, aino, "Kajanalands välfärdsområde", unit="Museo"))
    names = {"fi": "Kainuun hyvinvointialue", "sv": "Kajanalands välfärdsområde"}
    for language, other in (("fi", "sv"), ("sv", "fi")):
        network = network_list(region, language)
        assert [row[1:3] for row in network.rows] == [
            (names[language], "Aikuissosiaalityö"),
            (names[language], "Museo"),
        ]
        for text in (as_text(network), as_html(network), as_csv(network).decode("utf-8-sig")):
            assert names[language] in text
            assert names[other] not in text


class Reader(HTMLParser):
    """Which tags there are, whether all are closed, and the texts between them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.texts: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.seen.add(tag)
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts += [data.strip()] if data.strip() else []


def test_the_fragment_is_bare_html_in_which_no_name_is_a_tag(here):
    listed(*here)
    promise(a_venue(*here, "<script>alert(1)</script> & Sali", offering="<b>Kaikki</b>"))
    read = Reader(as_html(network_list(here[0], "fi")))
    assert (read.open, read.seen) == ([], {"section", "h2", "h3", "ul", "li", "strong", "br"})
    assert "<script>alert(1)</script> & Sali" in read.texts
    assert "Tarjonta: <b>Kaikki</b>" in read.texts


def test_no_cell_of_the_table_starts_a_formula(here):
    listed(*here)
    promise(a_venue(*here, EVIL, unit="+1", offering="@SUM(A1)", limits="\n -2 lippua"))
    rows = rows_of(as_csv(network_list(here[0], "fi")))
    assert rows[0] == ["Rooli", "Nimi", "Yksikkö", "Tyyppi", "Kunnat", "Tarjonta", "Rajaukset", "Miten lipun saa"]
    assert [f"'{EVIL}", "'+1", "'@SUM(A1)", "'-2 lippua"] == [rows[3][place] for place in (1, 2, 5, 6)]
    assert not [cell for row in rows for cell in row if cell.strip().startswith(("=", "+", "-", "@"))]


def test_only_those_in_force_are_listed(here):
    """R11: a candidate, a cleared one, one that has declined or left, is in no list."""
    states = [state for state in Partner.State.values if state not in ("committed", "active")]
    for state in states:
        partner = a_venue(*here, f"Sali {state}")
        Partner.objects.filter(pk=partner.pk).update(state=state)
    assert all(network_list(here[0], language).rows == [] for language in LANGUAGES)
    listed(*here)
    assert "Sali" not in every_shape(here[0]).replace("Åströmin sali", "")


def test_nothing_of_persons_is_listed(here):
    """Contact persons, signatories, and the free text on clients stay inside."""
    partners = listed(*here)
    made = every_shape(here[0])
    persons = [value for partner in partners for value in (partner.contact.name, partner.contact.email)]
    persons += [partner.signatory_name for partner in partners]
    assert [value for value in [*persons, "@", "Outi", "040", "Toimi", "johtaja"] if value in made] == []


def test_a_list_of_two_hundred_takes_two_queries(here, django_assert_num_queries):
    region = here[0]
    owner = Organisation.objects.create(name="Kainuun teatteri", sector="public")
    made = Partner.objects.bulk_create(
        Partner(region=region, organisation=owner, unit=f"Näyttämö {n}", role="venue", kind="culture", state="active")
        for n in range(200)
    )
    served = Partner.municipalities.through
    town = region.municipalities.first()
    served.objects.bulk_create(served(partner_id=one.pk, municipality_id=town.pk) for one in made)
    with django_assert_num_queries(2):
        assert len(network_list(region, "sv").rows) == 200


# -- its page ---------------------------------------------------------------------------------------------------------


def test_the_page_shows_each_list_and_leads_to_its_file(here):
    region, aino = here
    listed(region, aino)
    client = signed_in(aino)
    assert reverse("lists", args=[region.slug]) in client.get(reverse("partners", args=[region.slug])).content.decode()
    for language in LANGUAGES:
        network = network_list(region, language)
        page = client.get(f"{reverse('lists', args=[region.slug])}?language={language}")
        assert page.context["text"] == as_text(network)
        assert page.context["fragment"] == as_html(network)
        for kind, shape in SHAPES.items():
            path = reverse("lists_file", args=[region.slug, language, kind])
            assert path in page.content.decode()
            answer = client.get(path)
            made = shape.make(network)
            assert answer.content == (made if isinstance(made, bytes) else made.encode())
            name = f"kaikukortti-kainuu-{language}.{shape.ending}"
            assert answer["Content-Disposition"] == f'attachment; filename="{name}"'


@pytest.mark.parametrize(("language", "said"), [("fi", "KORTINJAKAJAT"), ("sv", "KORTUTDELARE")])
def test_the_page_opens_in_the_reader_s_own_language(here, language, said):
    listed(*here)
    answer = signed_in(here[1], language).get(reverse("lists", args=["kainuu"]) + "?language=xx")
    assert said in answer.content.decode()


def test_without_commitments_the_page_says_so(here):
    answer = signed_in(here[1]).get(reverse("lists", args=["kainuu"]))
    assert "There is nobody to list yet" in answer.content.decode()
    assert "<textarea" not in answer.content.decode()


@pytest.mark.parametrize("end", ["", "fi/text/", "sv/html/", "fi/csv/"])
def test_others_find_no_lists(here, end):
    listed(*here)
    elsewhere = a_pair(a_region("lappi"))[0]
    for person in (a_stranger(), elsewhere):
        assert signed_in(person).get(f"/regions/kainuu/lists/{end}").status_code == 404


@pytest.mark.parametrize("end", ["en/text/", "fi/xlsx/", "fi/../"])
def test_a_list_that_is_not_made_is_not_found(here, end):
    assert signed_in(here[1]).get(f"/regions/kainuu/lists/{end}").status_code == 404


# -- the venue's own page ----------------------------------------------------------------------------------------------


def own_page(venue: Partner, language: str = "en") -> str:
    return unescape(signed_in(venue.contact, language).get(venue.get_absolute_url()).content.decode())


@pytest.mark.parametrize("reader", ["fi", "sv", "en"])
def test_a_venue_s_contact_reads_what_the_lists_say_in_both_languages(here, reader):
    venue = a_venue(*here, offering="Konsertit\nja näytökset", tickets_per_event=2, how_to_get="Lippukassalta.")
    promise(venue)
    page = own_page(venue, reader)
    for language in LANGUAGES:
        listed = as_text(network_list(here[0], language)).strip().split("\n")[-3:]
        assert [line for line in listed if "<dt>{}</dt><dd>{}</dd>".format(*line.split(": ")) not in page] == []
    assert [text for text in ("Rajaukset", "Begränsningar") if page.count(text) != 1] == []


def test_a_venue_s_contact_reads_whether_it_is_listed_and_to_whom_to_write(here):
    venue = a_venue(*here, offering="Konsertit")
    page = own_page(venue)
    assert "once your commitment is in force" in page
    assert f'To have it corrected, write to: <a href="mailto:{here[1].email}">' in page
    promise(venue)
    assert "So it stands in the lists" in own_page(venue)
    Responsibility.objects.update(since=localdate() - timedelta(days=9), until=localdate() - timedelta(days=1))
    assert "To have it corrected, write to Kaikukeskus." in own_page(venue)


def test_where_nothing_is_written_the_contact_reads_so(here):
    """Of a distributor's offer nothing is published."""
    assert "It has not been written yet what you offer" in own_page(a_venue(*here))
    assert "What is published of you" not in own_page(a_distributor(*here, "Tupa ry"))


def test_the_contact_s_page_asks_as_often_whatever_is_published(here, django_assert_num_queries):
    bare, full = a_venue(*here), a_venue(*here, "Sali", offering="Konsertit", tickets_per_event=2, how_to_get="Ovelta")
    for venue in (bare, full):
        client = signed_in(venue.contact)
        with django_assert_num_queries(9):
            client.get(venue.get_absolute_url())


# -- the country's paragraph ------------------------------------------------------------------------------------------

# Kaikukeskus's slides of 2024 (S3), "Kaikukortti-alueet vuonna 2024", without bold marks and breaks of lines.
SLIDE = (
    "Kaikukortti käytössä: Etelä-Karjala: Imatra, Lappeenranta; Etelä-Pohjanmaa: Alajärvi, Evijärvi, Kauhava, "
    "Lappajärvi, Lapua, Seinäjoki, Vimpeli; Etelä-Savo: Savonlinna; Kainuu: Hyrynsalmi, Kajaani, Kuhmo, Paltamo, "
    "Puolanka, Ristijärvi, Sotkamo, Suomussalmi; Kanta-Häme: Forssa, Hausjärvi, Humppila, Hämeenlinna, Jokioinen, "
    "Loppi, Riihimäki, Tammela ja Ypäjä; Keski-Pohjanmaa: Halsua, Kannus, Kaustinen, Kokkola, Lestijärvi, Perho, "
    "Toholampi ja Veteli; Keski-Uusimaa: Järvenpää, Nurmijärvi, Tuusula; Kymenlaakso: Kotka, Lappi: Kemi, Keminmaa "
    "Rovaniemi, Tornio; Länsi-Uusimaa: Espoo, Karkkila, Kauniainen, Lohja. Pirkanmaa: Tampere. Pohjanmaa: Korsnäs, "
    "Kruunupyö, Mustasaari, Närpiö, Vaasa, Vöyri; Pohjois-Pohjanmaa: Alavieska, Kempele, Nivala, Oulu, Sievi. "
    "Ruotsi: Haaparanta.\n\n"
    "Kaikukortti tulossa kokeiluun v. 2024: Etelä-Pohjanmaa: Isokyrö; Kymenlaakso: Hamina; Pirkanmaa: Nokia, Orivesi "
    "ja Valkeakoski; Pohjanmaa: Maalahti, Laihia, Luoto, Pietarsaari, Pedersöre, Uusikaarlepyy; P-Pohjanmaa: "
    "Haapajärvi, Haapavesi, Ii, Kalajoki, Kuusamo, Merijärvi, Oulainen, Pyhäntä, Raahe, Siikajoki, Ylivieska ja "
    "Taivalkoski; P-Savo: Iisalmi, Joroinen, Kaavi, Kiuruvesi, Kuopio, Lapinlahti, Leppävirta, Siilinjärvi, "
    "Suonenjoki, Tuusniemi, Varkaus, Vieremä ja Tervo. E-Karjala: Parikkala, Luumäki, Rautjärvi, Ruokolahti, "
    "Taipalsaari.\n\n"
    "Päivitetty 7.2.2024"
)
# What the slide has → what we have, and why; each stands once on the slide.
REPLACED = [
    ("Kruunupyö", "Kruunupyy"),  # slip of spelling
    ("Keminmaa Rovaniemi", "Keminmaa, Rovaniemi"),  # a comma is missing
    ("Kotka, Lappi:", "Kotka; Lappi:"),  # Lappi is the next region
    ("Lohja. Pirkanmaa", "Lohja; Pirkanmaa"),  # a full stop between regions
    ("Tampere. Pohjanmaa", "Tampere; Pohjanmaa"),  # the same
    ("Sievi. Ruotsi", "Sievi; Ruotsi"),  # the same
    ("Tammela ja Ypäjä", "Tammela, Ypäjä"),  # "ja" stands before the last of some lists, not of all
    ("Toholampi ja Veteli", "Toholampi, Veteli"),  # the same
    ("Orivesi ja Valkeakoski", "Orivesi, Valkeakoski"),  # the same
    ("kokeiluun v. 2024:", "kokeiluun:"),  # the year is over; the day of the list stands below
    ("Maalahti, Laihia, Luoto, ", "Laihia, Luoto, Maalahti, "),  # the alphabet
    ("Pietarsaari, Pedersöre", "Pedersören kunta, Pietarsaari"),  # the register's Finnish name; the alphabet
    ("P-Pohjanmaa", "Pohjois-Pohjanmaa"),  # shortened
    ("Siikajoki, Ylivieska ja Taivalkoski", "Siikajoki, Taivalkoski, Ylivieska"),  # the alphabet; "ja"
    ("P-Savo", "Pohjois-Savo"),  # shortened
    (
        "Suonenjoki, Tuusniemi, Varkaus, Vieremä ja Tervo.",
        "Suonenjoki, Tervo, Tuusniemi, Varkaus, Vieremä.",
    ),  # the same
    (" E-Karjala: Parikkala, Luumäki, Rautjärvi, Ruokolahti, Taipalsaari.", ""),  # stands first by the alphabet:
    ("kokeiluun: ", "kokeiluun: Etelä-Karjala: Luumäki, Parikkala, Rautjärvi, Ruokolahti, Taipalsaari; "),
]


def test_the_paragraph_is_the_slide_s_after_these_replacements():
    a_region()
    text = SLIDE
    for slide, ours in REPLACED:
        assert text.count(slide) == 1, slide
        text = text.replace(slide, ours)
    assert national_texts(date(2024, 2, 7))["fi"] == text


def test_the_swedish_paragraph_has_its_own_names_and_order():
    a_region()
    text = national_texts(date(2027, 3, 5))["sv"]
    assert text.startswith("Kaikukortti i bruk: Birkaland: Tammerfors; Egentliga Tavastland: Forssa, ")
    assert "Lappland: Kemi, Keminmaa, Rovaniemi, Torneå" in text
    assert text.endswith("\n\nUppdaterad 5.3.2027")


def test_the_paragraph_follows_the_phases(django_assert_num_queries):
    """A trial and lasting use are use; a municipality that only explores, rests or has ended stands nowhere."""
    region = a_region("lappi")
    for name, phase in [("Kemi", "trial"), ("Keminmaa", "lasting"), ("Rovaniemi", "preparation"), ("Tornio", "ended")]:
        RegionMunicipality.objects.filter(region=region, municipality__name_fi=name).update(phase=phase)
    with django_assert_num_queries(1):
        used, coming, _day = national_texts(date(2027, 3, 5))["fi"].split("\n\n")
    assert "Lappi: Kemi, Keminmaa;" in used
    assert "Lappi: Rovaniemi;" in coming
    assert "Tornio" not in used + coming


def test_nothing_is_said_of_a_country_without_kaikukortti():
    a_region()
    RegionMunicipality.objects.update(phase="exploring")
    assert national_texts(date(2027, 3, 5))["fi"] == "Päivitetty 5.3.2027"


def test_kaikukeskus_copies_and_downloads_the_paragraph():
    a_region()
    client = signed_in(a_kaikukeskus_person())
    assert reverse("national") in client.get(reverse("regions")).content.decode()
    page = client.get(reverse("national"))
    for language, _name, text in page.context["texts"]:
        assert text in page.content.decode()
        answer = client.get(reverse("national_file", args=[language]))
        assert answer.content.decode() == f"{text}\n"
    assert client.get(reverse("national_file", args=["en"])).status_code == 404


def test_the_paragraph_is_kaikukeskus_s_page(here):
    for path in (reverse("national"), reverse("national_file", args=["fi"])):
        assert signed_in(here[1]).get(path).status_code == 404
