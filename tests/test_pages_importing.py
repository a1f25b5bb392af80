"""The pages that bring partners in: a list, its preview and what became of it, candidates, what was on paper."""

from io import BytesIO
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from adoption.models import Import, Partner, Person
from adoption.people import name_person
from commitments import importing
from commitments.models import Commitment
from tests.lists import a_row, text, xlsx
from tests.people import a_distributor, a_kaikukeskus_person, a_pair, a_region, a_stranger, a_venue
from workflows.checks import faults

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(region):
    return in_english(*a_pair(region))


def in_english(*people: Person) -> list[Person]:
    Person.objects.filter(pk__in=[one.pk for one in people]).update(language="en")
    return [Person.objects.get(pk=one.pk) for one in people]


def browser(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def aino(pair):
    return browser(pair[0])


@pytest.fixture
def laura():
    return browser(in_english(a_kaikukeskus_person())[0])


def at(name: str, *args: object) -> str:
    return reverse(name, args=args)


def sent(rows: str, **more: object) -> dict[str, object]:
    return {"rows": rows, "role": "", "manner": "partners", "model": "2024"} | more


def test_columns_of_another_kind_of_list_are_named_and_offered(region, aino):
    form = at("partners_import", region.slug)
    listed = text([["Tupa ry", "kohde", "Kajaani", "1.2.2024", "x", "tupa@example.org"]],
                  headings=["Nimi", "Rooli", "Kunta", "Sitoutunut", "Vapaa", "S-posti"])  # fmt: skip
    page = aino.get(aino.post(form, sent(listed)).url)
    shown = page.content.decode()
    assert "read only of partners that committed earlier, on paper: Sitoutunut<" in shown
    assert "These columns were not read: Vapaa<" in shown
    again = aino.get(f"{form}?from={page.context['brought'].pk}&manner=existing").context["form"]
    assert (again["rows"].value(), again["manner"].value()) == (listed, "existing")
    page = aino.get(aino.post(form, sent(listed, manner="existing")).url).content.decode()
    assert "read only of partners" not in page
    assert "These columns were not read: Vapaa<" in page


def test_a_list_is_pasted_previewed_and_confirmed(region, aino):
    form = at("partners_import", region.slug)
    assert "Nothing is saved before you confirm it" in aino.get(form).content.decode()
    answer = aino.post(form, sent(text([a_row(1), a_row(2), a_row(4, town="Atlantis")])))
    page = aino.get(answer.url).content.decode()
    assert "Look at the 2 rows" in page
    assert "there is no municipality called Atlantis" in page
    assert Partner.objects.count() == 0
    answer = aino.post(f"{answer.url}confirm/", follow=True)
    assert "Done: 2 new, 0 changed, 1 refused." in answer.content.decode()
    assert "One row was refused" in answer.content.decode()
    assert Partner.objects.count() == 2
    again = aino.post(answer.request["PATH_INFO"] + "confirm/", follow=True)
    assert again.status_code == 200
    assert Partner.objects.count() == 2


def test_a_file_is_uploaded(region, aino):
    file = SimpleUploadedFile("kumppanit.xlsx", xlsx([a_row(1)]))
    answer = aino.post(at("partners_import", region.slug), sent("", file=file), follow=True)
    assert "kumppanit.xlsx" in answer.content.decode()
    assert Import.objects.get().rows.count() == 1


@pytest.mark.parametrize(
    ("given", "said", "status"),
    [
        ({}, "Paste the rows, or choose a file", 422),
        ({"rows": "Kunta\tRooli\nKajaani\tkohde"}, "No heading says", 422),
        ({"file": SimpleUploadedFile("a.pdf", b"%PDF-1.7\x00")}, "neither XLSX nor CSV", 422),
        ({"file": SimpleUploadedFile("a.csv", b"Nimi\n" + b"x" * 10 * 1024 * 1024)}, "larger than 10 MB", 413),
        ({"rows": "Nimi\nPato", "file": SimpleUploadedFile("a.csv", b"Nimi\nPato")}, "one of the two", 422),
    ],
)
def test_a_list_that_cannot_be_read_is_refused_and_what_was_pasted_is_kept(region, aino, given, said, status):
    for file in (one for one in given.values() if hasattr(one, "seek")):
        file.seek(0)
    answer = aino.post(at("partners_import", region.slug), sent("") | given)
    page = answer.content.decode()
    assert (answer.status_code, said in page) == (status, True)
    assert given.get("rows", "") in page
    assert Import.objects.count() == 0


def test_what_was_pasted_can_be_corrected(region, aino):
    pasted = text([a_row(1, town="Atlantis")])
    page = aino.post(at("partners_import", region.slug), sent(pasted), follow=True).content.decode()
    assert "No row can be taken" in page
    [brought] = Import.objects.all()
    back = f"{at('partners_import', region.slug)}?from={brought.pk}"
    assert back in page
    assert pasted.split("\n")[1] in aino.get(back).content.decode()


@pytest.mark.parametrize("wrong", ["x", "0" * 36, uuid4(), "%00"])
def test_another_list_is_not_found_and_nothing_errs(region, aino, wrong):
    assert aino.get(f"{at('partners_import', region.slug)}?from={wrong}").status_code in (200, 400)


def test_refused_rows_are_taken_along_corrected_and_brought_again(region, aino, pair):
    aino.post(at("partners_import", region.slug), sent(text([a_row(1, town="Atlantis"), a_row(2)])))
    [brought] = Import.objects.all()
    answer = aino.get(at("import_refused", region.slug, brought.pk))
    book = load_workbook(BytesIO(answer.content))
    [head, row] = [[cell.value for cell in row] for row in book.active.iter_rows()]
    assert "Atlantis" in row[-1]
    book.active.cell(2, head.index("Municipalities") + 1).value = "Kajaani"
    made = BytesIO()
    book.save(made)
    file = SimpleUploadedFile("korjattu.xlsx", made.getvalue())
    answer = aino.post(at("partners_import", region.slug), sent("", file=file), follow=True)
    assert "Look at the row" in answer.content.decode()


def test_pages_of_the_preview_ask_a_fixed_number_of_queries(region, aino, pair, django_assert_max_num_queries):
    for number in (5, 250):
        aino.post(at("partners_import", region.slug), sent(text([a_row(n) for n in range(number)])))
        page = Import.objects.first().get_absolute_url()
        for query in ("", "?page=2", "?outcome=refuse", "?outcome=bogus&page=x"):
            with django_assert_max_num_queries(20):
                assert aino.get(page + query).status_code == 200


def test_while_the_worker_does_the_rest_the_page_says_how_much_is_left(region, aino, worker, monkeypatch):
    monkeypatch.setattr(importing, "A_PART", 3)
    aino.post(at("partners_import", region.slug), sent(text([a_row(n) for n in range(8)])))
    [brought] = Import.objects.all()
    page = aino.post(at("import_confirm", region.slug, brought.pk), follow=True).content.decode()
    assert "5 rows are left to be done" in page
    worker.run()
    assert "Every row is done" in aino.get(brought.get_absolute_url()).content.decode()
    assert Partner.objects.count() == 8


def test_who_only_reads_and_who_is_elsewhere_find_nothing(region, pair, aino):
    aino.post(at("partners_import", region.slug), sent(text([a_row(1)])))
    [brought] = Import.objects.all()
    group = name_person(region, "group", "g@example.org", "Gunilla Berg", pair[0]).person
    elsewhere = a_pair(a_region("etela-savo"))[0]
    for person in (group, elsewhere, a_stranger()):
        client = browser(person)
        for name in ("partners_import", "candidates"):
            assert client.get(at(name, region.slug)).status_code == 404
            assert client.post(at(name, region.slug), sent("Nimi\nPato")).status_code == 404
        assert client.get(at("import", region.slug, brought.pk)).status_code == 404
        assert client.get(at("import_refused", region.slug, brought.pk)).status_code == 404
        assert client.post(at("import_confirm", region.slug, brought.pk)).status_code == 404
    other = a_region("etela-savo").slug
    assert browser(elsewhere).post(at("import_confirm", other, brought.pk)).status_code == 404
    assert Partner.objects.count() == 0


# -- taken along ------------------------------------------------------------------------------------------------------


def test_the_partners_are_taken_along_as_csv_and_xlsx(region, pair, aino):
    a_venue(region, pair[0], name="=HYPERLINK(1)")
    table = aino.get(at("partners_csv", region.slug))
    assert table["Content-Type"].startswith("text/csv")
    assert table.content.decode("utf-8-sig").splitlines()[1].startswith("'=HYPERLINK(1);")
    book = load_workbook(BytesIO(aino.get(at("partners_xlsx", region.slug)).content))
    assert (book.active["A2"].value, book.active["A2"].data_type) == ("=HYPERLINK(1)", "s")
    assert browser(a_stranger()).get(at("partners_csv", region.slug)).status_code == 404


# -- candidates -------------------------------------------------------------------------------------------------------


def lines(said: str, **more: str) -> dict[str, str]:
    return {"rows": said, "role": "", "sector": "public", "municipality": ""} | more


def test_candidates_are_written_one_a_line_and_go_on_by_a_click(region, pair, aino):
    page = at("candidates", region.slug)
    said = "Taidehalli Pato, kohde, kyllä\nKohtaamispaikka Tupanen ry; jakaja; ja; Sotkamo\nUimahalli\tvenue\tmaybe\n"
    answer = aino.post(page, lines(said), follow=True)
    told = answer.content.decode()
    assert "3 candidates are in the list" in told
    assert "2 candidates have said yes" in told
    pato, tupanen, hall = (Partner.objects.get(organisation__name__startswith=name) for name in ("Ta", "Ko", "Ui"))
    assert [one.interest for one in (pato, tupanen, hall)] == ["yes", "yes", "maybe"]
    assert [one.organisation.sector for one in (pato, tupanen)] == ["public", "third"]
    assert [one.municipalities.count() for one in (pato, tupanen)] == [region.municipalities.count(), 1]
    assert at("partner_ask", region.slug, tupanen.pk) in told
    assert at("partner_draft", region.slug, pato.pk) in told
    aino.post(at("partner_draft", region.slug, pato.pk))
    assert Commitment.objects.get().partner == pato
    assert "Its commitment is being made" in aino.get(page).content.decode()
    assert faults() == []


def test_a_line_that_is_not_understood_keeps_all_of_them(region, aino):
    answer = aino.post(at("candidates", region.slug), lines("Pato, kohde\nTupa, sponsori\nSali"))
    told = answer.content.decode()
    assert answer.status_code == 422
    assert "Line 2, Tupa" in told
    assert "Line 3, Sali" in told
    assert "Tupa, sponsori" in told
    assert (Partner.objects.count(), Import.objects.count()) == (0, 0)


def test_too_many_lines_are_a_list(region, aino):
    assert aino.post(at("candidates", region.slug), lines("Pato, kohde\n" * 201)).status_code == 422


def test_the_list_of_candidates_asks_a_fixed_number_of_queries(region, pair, aino, django_assert_max_num_queries):
    for number in (3, 60):
        said = "\n".join(f"Kohde {number}-{n}, kohde, kyllä" for n in range(number))
        aino.post(at("candidates", region.slug), lines(said))
        with django_assert_max_num_queries(20):
            aino.get(at("candidates", region.slug))


# -- on paper ---------------------------------------------------------------------------------------------------------


def test_a_partner_is_recorded_as_committed_earlier(region, pair, aino):
    venue = a_venue(region, pair[0])
    page = at("partner_on_paper", region.slug, venue.pk)
    assert page in aino.get(venue.get_absolute_url()).content.decode()
    answer = aino.post(page, {"on": "15.10.2019", "model": "2024", "account": "", "no_induction": "on"}, follow=True)
    assert "It is in force" in answer.content.decode()
    venue.refresh_from_db()
    assert (venue.state, venue.account_before, venue.induction_on) == ("committed", True, None)
    assert page not in aino.get(venue.get_absolute_url()).content.decode()
    twice = aino.post(page, {"on": "", "model": "2024"})
    assert (twice.status_code, "in force already" in twice.content.decode()) == (422, True)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"on": "1.1.2099"}, "still to come"),
        ({"on": "eilen"}, "Give the day in the form"),
        ({"account": "1.1.2020", "no_account": "on"}, "not both"),
        ({"model": "1999"}, "1999"),
    ],
)
def test_what_cannot_have_been_is_refused_with_what_was_typed(region, pair, aino, given, said):
    venue = a_venue(region, pair[0])
    answer = aino.post(at("partner_on_paper", region.slug, venue.pk), {"on": "", "model": "2024"} | given)
    assert (answer.status_code, said in answer.content.decode()) == (422, True)
    assert not Commitment.objects.exists()


def test_a_distributor_that_was_cleared_before_is_kaikukeskuss_to_record(region, pair, aino, laura):
    tupanen = a_distributor(region, pair[1])
    page = at("partner_on_paper", region.slug, tupanen.pk)
    assert page not in aino.get(tupanen.get_absolute_url()).content.decode()
    assert aino.post(page, {"on": "", "model": "2024"}).status_code == 422
    assert page in laura.get(tupanen.get_absolute_url()).content.decode()
    laura.post(page, {"on": "", "model": "2024", "cleared": "1.2.2018"})
    tupanen.refresh_from_db()
    assert (tupanen.state, tupanen.cleared_on.isoformat()) == ("active", "2018-02-01")


def test_the_region_itself_is_recorded_by_kaikukeskus(region, pair, aino, laura):
    page = at("region_on_paper", region.slug)
    assert page in laura.get(at("commitments", region.slug)).content.decode()
    assert aino.get(page).status_code == 404
    towns = [one.pk for one in region.municipalities.all()]
    assert laura.post(page, {"on": "", "model": "2024"}).status_code == 422
    answer = laura.post(page, {"on": "1.3.2018", "model": "2023", "municipalities": towns}, follow=True)
    assert "Committed earlier, on paper" in answer.content.decode()
    assert Commitment.objects.get().operating_model == "2023"


@pytest.mark.parametrize("width", [390, 1280])
def test_the_pages_are_accessible(new_page, axe, live_server, width):
    region = a_region("kainuu")
    aino = browser(a_pair(region)[0])
    aino.post(at("partners_import", region.slug), sent(text([a_row(1), a_row(2, town="Atlantis"), a_row(4)])))
    aino.post(at("candidates", region.slug), lines("Taidehalli Pato, kohde, kyllä\nUimahalli, kohde, ehkä"))
    venue = Partner.objects.first()
    page = new_page(width=width)
    page.context.add_cookies([{"name": "sessionid", "value": aino.cookies["sessionid"].value, "url": live_server.url}])
    brought = Import.objects.exclude(manner="candidates").get()
    for address in (
        at("partners_import", region.slug), brought.get_absolute_url(), at("candidates", region.slug),
        at("partner_on_paper", region.slug, venue.pk), at("partners", region.slug),
    ):  # fmt: skip
        page.goto(address)
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
