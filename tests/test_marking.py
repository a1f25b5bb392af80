"""Accounts and inductions of many at once, and the list for Kaikukanta that goes out and comes back."""

import csv
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import override
from hypothesis import example, given
from hypothesis import strategies as some
from openpyxl import Workbook

from adoption import partners
from adoption.accounts import Outcome, accounts_table, as_text, plan, take
from adoption.days import done_until, due_again, is_working_day
from adoption.history import all_faults
from adoption.marking import What, mark, next_induction
from adoption.models import Act, Partner, Person
from adoption.people import name_person
from adoption.refusal import NotYours, Refused
from adoption.sheets import csv_bytes
from adoption.tables import pasted, uploaded
from tests.lists import saved
from tests.people import a_distributor, a_kaikukeskus_person, a_pair, a_region, a_stranger, a_venue
from tests.trials import promise, text_of

pytestmark = pytest.mark.django_db
TODAY = localdate()
YESTERDAY = TODAY - timedelta(days=1)


class Ground:
    """A region with four committed partners: none has an account or an induction."""

    def __init__(self, slug: str = "kainuu") -> None:
        self.region = a_region(slug)
        self.laura = a_kaikukeskus_person()
        self.aino, self.mikko = a_pair(self.region)
        made = [a_venue(self.region, self.aino, f"Talo {n}, {slug}") for n in range(3)]
        made.append(a_distributor(self.region, self.aino, f"Tupa {slug} ry"))
        for partner in made:
            promise(partner)
        self.keys = [partner.pk for partner in made]

    @property
    def partners(self) -> list[Partner]:
        return list(Partner.objects.filter(pk__in=self.keys).select_related("organisation").order_by("pk"))


@pytest.fixture
def ground() -> Ground:
    return Ground()


@pytest.fixture(autouse=True)
def english():
    with override("en"):
        yield
    assert all_faults() == []


def signed_in(person: Person) -> Client:
    Person.objects.filter(pk=person.pk).update(language="en")
    client = Client()
    client.force_login(Person.objects.get(pk=person.pk))
    return client


def written(on: date) -> str:
    return f"{on.day}.{on.month}.{on.year}"


# -- several at once --------------------------------------------------------------------------------------------------


def test_all_are_marked_by_one_act_and_history_says_it_of_each(ground):
    marked = mark(ground.region, ground.aino, ground.partners, What.ACCOUNT, YESTERDAY)
    assert (marked.now, marked.before, marked.left) == (4, 0, [])
    assert {one.account_on for one in ground.partners} == {YESTERDAY}
    assert Act.objects.filter(what="account_recorded", by=ground.aino).count() == 4


def test_account_and_induction_make_them_active(ground):
    mark(ground.region, ground.aino, ground.partners, What.ACCOUNT, YESTERDAY)
    mark(ground.region, ground.aino, ground.partners, What.INDUCTION, YESTERDAY, "event")
    assert {one.state for one in ground.partners} == {"active"}


def test_the_same_again_changes_nothing(ground):
    for what, manner in ((What.ACCOUNT, ""), (What.INDUCTION, "event")):
        mark(ground.region, ground.aino, ground.partners, what, YESTERDAY, manner)
        acts = Act.objects.count()
        assert mark(ground.region, ground.aino, ground.partners, what, YESTERDAY, manner).before == 4
        assert Act.objects.count() == acts


def test_those_that_cannot_are_left_and_named_and_the_others_marked(ground):
    first, second, *_rest = ground.partners
    partners.record_account(first, ground.aino, TODAY - timedelta(days=9))
    Partner.objects.filter(pk=second.pk).update(state="ended")
    marked = mark(ground.region, ground.aino, ground.partners, What.ACCOUNT, YESTERDAY)
    assert (marked.now, [one.name for one in marked.left]) == (2, [str(first), str(second)])
    assert "it has an account, made" in str(marked.left[0])
    assert Partner.objects.get(pk=first.pk).account_on == TODAY - timedelta(days=9)


def test_a_later_induction_is_the_next_one_and_an_earlier_one_is_refused(ground):
    mark(ground.region, ground.aino, ground.partners, What.INDUCTION, YESTERDAY, "own")
    with pytest.raises(Refused, match="inducted later"):
        mark(ground.region, ground.aino, ground.partners, What.INDUCTION, YESTERDAY - timedelta(days=5), "own")
    assert mark(ground.region, ground.aino, ground.partners, What.INDUCTION, TODAY, "own").now == 4


@pytest.mark.parametrize("day", [TODAY + timedelta(days=7)])
def test_a_day_to_come_is_refused_for_all(ground, day):
    with pytest.raises(Refused, match="still to come"):
        mark(ground.region, ground.aino, ground.partners, What.ACCOUNT, day)


def test_nobody_chosen_and_nobody_else_may(ground):
    with pytest.raises(Refused, match="at least one"):
        mark(ground.region, ground.aino, [], What.ACCOUNT, TODAY)
    for person in (a_stranger(), name_person(ground.region, "group", "g@example.org", "G", ground.laura).person):
        with pytest.raises(NotYours):
            mark(ground.region, person, ground.partners, What.ACCOUNT, TODAY)


def test_of_another_municipality_it_is_left(ground):
    *_others, town = ground.region.municipalities.order_by("pk")
    eeva = name_person(ground.region, "culture", "eeva@example.org", "Eeva Salo", ground.laura, town).person
    with pytest.raises(NotYours):
        mark(ground.region, eeva, ground.partners, What.ACCOUNT, TODAY)


def test_a_substitute_marks_in_the_stead_of_the_holder(ground):
    sanna = name_person(ground.region, "culture", "s@example.org", "Sanna Heikkinen", ground.aino, substitute=True)
    mark(ground.region, sanna.person, ground.partners, What.ACCOUNT, TODAY)
    assert set(Act.objects.filter(what="account_recorded").values_list("on_behalf_of", flat=True)) == {ground.aino.pk}


# -- the year ---------------------------------------------------------------------------------------------------------


@given(some.dates(date(2024, 1, 1), date(2040, 12, 31)))
@example(date(2028, 2, 29))
@example(date(2029, 2, 28))
def test_what_was_done_until_a_day_and_nothing_later_is_due_again_by_the_other(due):
    until = done_until(due)
    assert due_again(until) <= due < due_again(until + timedelta(days=1))
    assert is_working_day(due_again(due))


def page_of_partner(person, pk: int) -> str:
    return text_of(signed_in(person).get(Partner.objects.get(pk=pk).get_absolute_url()))


def test_the_yearly_induction_is_said_by_the_list_and_by_the_partner_when_it_is_due(ground):
    mark(ground.region, ground.aino, ground.partners, What.INDUCTION, YESTERDAY, "event")
    client, page = signed_in(ground.aino), reverse("partners", args=[ground.region.slug])
    assert "was due again" not in text_of(client.get(page))
    long_ago = done_until(TODAY) - timedelta(days=3)
    Partner.objects.filter(pk=ground.keys[0]).update(induction_on=long_ago)
    told = text_of(client.get(page))
    assert "The yearly induction of one partner is due" in told
    assert f"was due again {written(due_again(long_ago))}" in told
    assert "One partner" in text_of(client.get(f"{page}?lacks=again"))
    assert next_induction(ground.partners[0]) == due_again(long_ago)
    late = f"The yearly induction was to be held by {written(due_again(long_ago))}."
    assert page_of_partner(ground.aino, ground.keys[0]).count(late) == 0  # its account comes first
    Partner.objects.filter(pk=ground.keys[0]).update(account_on=long_ago, state="active")
    assert late in page_of_partner(ground.aino, ground.keys[0])
    assert f"was due again {written(due_again(long_ago))}" in page_of_partner(ground.aino, ground.keys[0])
    contact = Partner.objects.get(pk=ground.keys[0]).contact
    assert contact
    assert "Your staff is inducted once a year" in page_of_partner(contact, ground.keys[0])
    soon = done_until(TODAY) + timedelta(days=9)
    Partner.objects.filter(pk=ground.keys[0]).update(induction_on=soon)
    assert f"It is due by {written(due_again(soon))}." in page_of_partner(ground.aino, ground.keys[0])
    Partner.objects.filter(pk=ground.keys[0]).update(induction_on=YESTERDAY)
    assert "Nothing is missing: the partner is active." in page_of_partner(ground.aino, ground.keys[0])
    assert "due again" not in page_of_partner(ground.aino, ground.keys[0])
    Partner.objects.filter(pk=ground.keys[0]).update(account_on=None, state="committed", induction_on=long_ago)
    with_list = client.get(reverse("partners_mark", args=[ground.region.slug]) + "?show=again").content.decode()
    assert with_list.count('name="partners"') == 1
    assert f'id="partner-{ground.keys[0]}" checked' in with_list


# -- the page ---------------------------------------------------------------------------------------------------------


def address(ground: Ground, show: str = "account") -> str:
    return f"{reverse('partners_mark', args=[ground.region.slug])}?show={show}"


def test_all_that_lack_are_chosen_and_marked_at_once(ground):
    client = signed_in(ground.aino)
    page = client.get(address(ground)).content.decode()
    assert page.count('name="partners"') == 4
    answer = client.post(address(ground), {"partners": ground.keys, "what": "account", "on": written(YESTERDAY)})
    assert answer.status_code == 302
    assert "4 partners were marked." in text_of(client.get(answer.url))


@pytest.mark.parametrize(
    ("show", "said"),
    [
        ("account", "Every committed partner has its account."),
        ("again", "No yearly induction is due within a month."),
    ],
)
def test_an_empty_choice_says_what_is_so_and_nothing_of_the_others(ground, show, said):
    for one in ground.partners:
        partners.record_account(one, ground.aino, YESTERDAY)
    page = text_of(signed_in(ground.aino).get(address(ground, show)))
    assert said in page
    assert "Whatever is asked" not in page


def test_what_is_left_is_said_and_stays_chosen(ground):
    partners.record_account(ground.partners[0], ground.aino, TODAY - timedelta(days=9))
    given = {"partners": ground.keys, "what": "account", "on": written(YESTERDAY)}
    answer = signed_in(ground.aino).post(address(ground), given)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "it has an account, made" in page
    for key in ground.keys:
        assert f'id="partner-{key}" checked' in page
    assert f'value="{written(YESTERDAY)}"' in page


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"partners": []}, "Choose at least one partner."),
        ({"partners": [999_999]}, "no longer in the list"),
        ({"partners": ["99999999999999999999"]}, "These were not marked"),  # which words depends on the database
        ({"what": ""}, "Choose: What is marked?"),
        ({"what": "induction"}, "in which manner"),
        ({"on": "31.2.2027"}, "only 28 days"),
        ({"on": ""}, "Give: Day."),
    ],
)
def test_what_is_wrong_is_said(ground, changes, said):
    given = {"partners": ground.keys, "what": "account", "on": written(YESTERDAY)} | changes
    answer = signed_in(ground.aino).post(address(ground), given)
    assert (answer.status_code, said in text_of(answer)) == (422, True)
    assert {one.account_on for one in ground.partners} == {None}


def test_as_many_queries_for_four_as_for_many(ground, django_assert_max_num_queries):
    client = signed_in(ground.aino)
    organisation = ground.partners[0].organisation
    Partner.objects.bulk_create(
        Partner(region=ground.region, organisation=organisation, unit=f"Unit {n}", role="venue", kind="culture",
                state="committed", committed_model="2024")
        for n in range(60)
    )  # fmt: skip
    client.get(address(ground))
    with django_assert_max_num_queries(14):
        client.get(address(ground))
    Partner.objects.filter(unit__startswith="Unit").delete()


# -- the list of accounts ---------------------------------------------------------------------------------------------


def out(ground: Ground | None) -> list[list[str]]:
    """The CSV as a spreadsheet reads it."""
    content = csv_bytes(accounts_table(ground.region if ground else None)).decode("utf-8-sig")
    return list(csv.reader(StringIO(content, newline=""), delimiter=";"))


def back(rows: list[list[str]], on: str = "") -> str:
    """The list as pasted, with the day on every row."""
    head, *body = rows
    at = head.index("Kaikukanta account")
    body = [[on if n == at and on else cell for n, cell in enumerate(row)] for row in body]
    return "\n".join("\t".join(row) for row in [head, *body])


def test_the_list_has_those_that_lack_and_whom_the_account_is_for(ground):
    partners.record_account(ground.partners[0], ground.aino, TODAY)
    head, *rows = out(ground)
    assert [int(row[0]) for row in rows] == [one.pk for one in sorted(ground.partners[1:], key=lambda one: one.role)]
    assert head[0] == "Number in Kaikupolku"
    assert rows[0][head.index("E-mail of the contact person")].endswith("@example.org")


def test_no_cell_of_it_starts_a_formula(ground):
    owner = ground.partners[0].organisation
    owner.name = "=HYPERLINK(1)"
    owner.save()
    cells = [cell for row in out(ground) for cell in row]
    assert "'=HYPERLINK(1)" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    rows = plan(pasted(back(out(ground), written(YESTERDAY))), ground.aino, ground.region)
    assert {row.outcome for row in rows} == {Outcome.MARK}
    assert take(pasted(as_text(rows)), ground.aino, ground.region).now == 4


def test_the_list_back_marks_and_the_same_again_changes_nothing(ground):
    text = back(out(ground), written(YESTERDAY))
    assert take(pasted(text), ground.aino, ground.region).now == 4
    acts = Act.objects.count()
    again = take(pasted(text), ground.aino, ground.region)
    assert (again.now, again.before, again.left) == (0, 4, [])
    assert Act.objects.count() == acts


def test_kaikukeskus_has_the_list_of_all_regions_and_brings_it_back(ground):
    other = Ground("ruotsi")
    rows = out(None)
    assert len(rows) == 9
    assert {row[-1] for row in rows[1:]} == {ground.region.name, other.region.name}
    assert take(pasted(back(rows, written(YESTERDAY))), ground.laura).now == 8
    with pytest.raises(NotYours):
        take(pasted(back(rows, written(YESTERDAY))), ground.aino)


def test_each_row_says_what_would_become_of_it(ground):
    one, two, three, four = ground.partners
    partners.record_account(one, ground.aino, YESTERDAY)
    other = Ground("ruotsi")
    rows = [
        ["Number in Kaikupolku", "Organisation", "Kaikukanta account"],
        [str(one.pk), one.organisation.name, written(YESTERDAY)],
        [str(two.pk), two.organisation.name.upper(), written(YESTERDAY)],
        [str(three.pk), three.organisation.name, ""],
        [str(four.pk), "Aivan muu ry", written(YESTERDAY)],
        [str(two.pk), two.organisation.name, written(YESTERDAY)],
        ["999999", "Ei ole", written(YESTERDAY)],
        [str(other.keys[0]), other.partners[0].organisation.name, written(YESTERDAY)],
        ["x", "Ei numeroa", ""],
        [str(four.pk), four.organisation.name, written(TODAY + timedelta(days=7))],
    ]
    found = plan(pasted("\n".join("\t".join(row) for row in rows)), ground.aino, ground.region)
    said = [(row.outcome.value, row.why) for row in found]
    assert [outcome for outcome, _why in said] == ["same", "mark", "none", *["refuse"] * 6]
    words = ("does not agree", "twice", "not found", "not found", "not found", "still to come")
    assert all(word in why for word, (_outcome, why) in zip(words, said[3:], strict=True))


def test_a_wrong_day_and_a_formula_are_refused(ground):
    first, second, *_rest = ground.partners
    rows = [
        ["Number in Kaikupolku", "Organisation", "Kaikukanta account"],
        [str(first.pk), first.organisation.name, "eilen"],
        [str(second.pk), second.organisation.name, "=TODAY()"],
    ]
    found = plan(pasted("\n".join("\t".join(row) for row in rows)), ground.aino, ground.region)
    assert {row.outcome for row in found} == {Outcome.REFUSE}
    assert "5.3.2027" in found[0].why
    assert "formula" in found[1].why


def test_an_xlsx_comes_back_too(ground):
    book = Workbook()
    for row in out(ground):
        book.active.append([int(row[0]) if row[0].isdigit() else row[0], *row[1:-1], row[-1] or YESTERDAY])
    assert take(uploaded(saved(book)), ground.aino, ground.region).now == 4


def test_a_list_without_our_numbers_is_refused(ground):
    with pytest.raises(Refused, match="Number in Kaikupolku"):
        plan(pasted("Organisation\tUnit\nTalo\t"), ground.aino, ground.region)


def test_the_page_previews_and_confirms(ground):
    client, page = signed_in(ground.aino), reverse("accounts", args=[ground.region.slug])
    assert "4 accounts are to be made" in text_of(client.get(page))
    answer = client.post(page, {"rows": back(out(ground), written(YESTERDAY))})
    assert answer.status_code == 200
    assert {one.account_on for one in ground.partners} == {None}
    given = {"act": "confirm", "rows": answer.context["text"]}
    answer = client.post(page, given)
    assert (answer.status_code, answer.url) == (302, page)
    assert {one.account_on for one in ground.partners} == {YESTERDAY}
    assert "4 were marked already." in text_of(client.post(page, given, follow=True))


def test_a_list_taken_in_part_says_so(ground):
    client, page = signed_in(ground.aino), reverse("accounts", args=[ground.region.slug])
    head, first, second, *_rest = out(ground)
    unknown = ["999999", *second[1:]]
    answer = client.post(page, {"act": "confirm", "rows": back([head, first, unknown], written(YESTERDAY))})
    said = text_of(answer)
    assert answer.status_code == 422
    assert "1 partner was marked." in said
    assert "These rows were not marked" in said
    assert "The other rows have been saved." in said
    assert "The list was not taken" not in said
    answer = client.post(page, {"act": "confirm", "rows": back([head, unknown], written(YESTERDAY))})
    assert "The list was not taken" in text_of(answer)


def test_a_name_in_quotation_marks_comes_back_as_it_went(ground):
    organisation = ground.partners[0].organisation
    organisation.name = '"Pato" ry'
    organisation.save()
    rows = plan(pasted(back(out(ground), "1.3.2026")), ground.aino, ground.region)
    confirmed = plan(pasted(as_text(rows)), ground.aino, ground.region)
    assert [row.outcome for row in confirmed] == [row.outcome for row in rows]
    assert {row.outcome for row in rows} == {Outcome.MARK}


def test_a_file_is_previewed_and_nothing_else_is_taken(ground):
    client, page = signed_in(ground.aino), reverse("accounts", args=[ground.region.slug])
    file = SimpleUploadedFile(
        "lista.csv", csv_bytes([line.split("\t") for line in back(out(ground), "1.1.2020").split("\n")])
    )
    assert "1.1.2020" in text_of(client.post(page, {"rows": "", "file": file}))
    for posted in ({"rows": ""}, {"rows": "Nimi\tYksikkö\nTalo\t"}, {"act": "confirm", "rows": back(out(ground))}):
        assert client.post(page, posted).status_code == 422


def test_the_files_and_who_may_have_them(ground):
    own, every = reverse("accounts_csv", args=[ground.region.slug]), reverse("all_accounts_csv")
    answer = signed_in(ground.mikko).get(own)
    assert answer["Content-Disposition"].endswith('kaikukanta-kainuu.csv"')
    assert signed_in(ground.mikko).get(every).status_code == 404
    assert signed_in(ground.laura).get(every).status_code == 200
    assert signed_in(ground.laura).get(reverse("all_accounts")).status_code == 200
    assert signed_in(a_stranger()).get(own).status_code == 404
    group = name_person(ground.region, "group", "g@example.org", "G", ground.laura).person
    assert signed_in(group).get(own).status_code == 403
