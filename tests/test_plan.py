"""Is the plan what a plain reading of its rules, day by day, makes of it?"""

import json
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as some

from adoption.days import is_quiet, is_slow, is_working_day, months_after, next_working_day
from tests.people import a_region
from workflows.plan import plan_of, possible_ends, warnings_of
from workflows.trial import Trial2023, Trial2024

DAY = timedelta(days=1)
WEEKS = [3, 2, 2, 3, 6, 8, 2]  # of the steps before distribution, those side by side as one
# Easter Sundays and midsummer days as the University of Helsinki's almanac prints them.
EASTER = [
    "2024-03-31", "2025-04-20", "2026-04-05", "2027-03-28", "2028-04-16", "2029-04-01", "2030-04-21", "2031-04-13",
    "2032-03-28", "2033-04-17", "2034-04-09", "2035-03-25", "2036-04-13", "2037-04-05", "2038-04-25", "2039-04-10",
    "2040-04-01",
]  # fmt: skip
MIDSUMMER = [22, 21, 20, 26, 24, 23, 22, 21, 26, 25, 24, 23, 21, 20, 26, 25, 23]  # of June, 2024 to 2040
FIXED = [(1, 1), (1, 6), (5, 1), (12, 6), (12, 24), (12, 25), (12, 26)]


def holidays_of(year: int) -> set[date]:
    """By the table, and by the law's own distances from Easter."""
    easter = date.fromisoformat(EASTER[year - 2024])
    midsummer = date(year, 6, MIDSUMMER[year - 2024])
    saints = next(day for n in range(7) if (day := date(year, 10, 31) + n * DAY).weekday() == 5)
    moving = {easter + n * DAY for n in (-2, 0, 1, 39, 49)} | {midsummer, midsummer - DAY, saints}
    return moving | {date(year, month, day) for month, day in FIXED}


HOLIDAYS = set().union(*(holidays_of(year) for year in range(2024, 2041)))


def works(day: date) -> bool:
    return day.strftime("%a") not in ("Sat", "Sun") and day not in HOLIDAYS


def runs(day: date) -> bool:
    """No day of July, and none of 24.12.–6.1."""
    return not (day.month == 7 or day.strftime("%m-%d") >= "12-24" or day.strftime("%m-%d") <= "01-06")


def every(first: date, end: date) -> list[date]:
    return [first + n * DAY for n in range((end - first).days)]


@pytest.mark.parametrize("year", range(2024, 2041))
def test_the_working_days_of_a_year_are_those_of_the_almanac(year):
    for day in every(date(year, 1, 1), date(year + 1, 1, 1)):
        assert (is_working_day(day), is_slow(day)) == (works(day), not runs(day)), day


@pytest.mark.parametrize(
    ("moment", "quiet"),
    [
        ("2027-03-25T08:00", False), ("2027-03-25T06:59", True), ("2027-03-25T18:00", True),
        ("2027-03-26T12:00", True), ("2027-03-27T12:00", True), ("2027-03-29T12:00", True), ("2027-03-30T17:59", False),
        ("2027-06-25T12:00", True), ("2028-02-29T12:00", False),
    ],
)  # fmt: skip
def test_nothing_leaves_at_night_at_weekends_and_on_holidays(moment, quiet):
    assert is_quiet(datetime.fromisoformat(moment).replace(tzinfo=timezone.get_default_timezone())) is quiet


def test_the_clock_is_the_sites_also_in_the_nights_that_move_it():
    spring, autumn = (
        datetime(2027, 3, 30, 4, 0, tzinfo=UTC),
        datetime(2026, 10, 26, 4, 59, tzinfo=UTC),
    )
    assert not is_quiet(spring)  # 7.00, summer time
    assert is_quiet(spring - timedelta(minutes=1))
    assert is_quiet(autumn)  # 6.59, winter time
    assert not is_quiet(autumn + timedelta(minutes=1))


def put_on_a_working_day(day: date) -> date:
    """Found by looking at one day after another; back where July or the turn of the year lies between."""
    there, slow = day, not runs(day)
    while not works(there):
        there += DAY
    if runs(there) or slow:
        return there
    there = day
    while not works(there):
        there -= DAY
    return there


def read_day_by_day(today: date, start: date) -> list[tuple[date, date]]:
    """Begin and due day of each block when there is time enough: its weeks are dealt out, the last block's first."""
    left = [day for day in every(today, start) if runs(day)]
    found, due = [], start
    for weeks in reversed(WEEKS):
        days = [left.pop() for _n in range(weeks * 7)]
        begins = min(days)
        on = put_on_a_working_day(due) if due < start else next_working_day(due)
        found.insert(0, (put_on_a_working_day(begins), on))
        due = begins
    return found


days = some.dates(date(2024, 1, 8), date(2038, 12, 31))
models = some.sampled_from([Trial2023, Trial2024])


def blocks_of(flow, today, start, end):
    """The spans, those side by side as one: they have the same days."""
    spans = {span.step.key: (span.begins, span.due) for span in plan_of(flow, today, start, end)}
    found = []
    for block in flow.blocks():
        [span] = {spans[step.key] for step in block}
        found.append(span)
    return found


@given(models, days, some.integers(230, 700), some.integers(6, 24))
def test_with_time_enough_the_plan_is_the_plain_reading(flow, today, ahead, months):
    start = today + ahead * DAY
    found = blocks_of(flow, today, start, months_after(start, months))
    assert found[:7] == read_day_by_day(today, start)


@given(models, days, some.integers(1, 700), some.integers(6, 24))
def test_every_plan_keeps_its_promises(flow, today, ahead, months):
    start = today + ahead * DAY
    end = months_after(start, months) - DAY
    found = blocks_of(flow, today, start, end)
    assert all(works(begins) and works(due) for begins, due in found)
    assert all(runs(due) for _begins, due in found[:6] if due < start and runs(today))
    dues = [due for _begins, due in found]
    assert dues == sorted(dues)
    assert all(begins <= due for begins, due in found)
    met, decided = dues[-2:]
    assert start <= met <= decided <= max(end, next_working_day(end))
    assert decided == met_at_work(max(months_after(end, -4), start + (end - start) / 2))
    assert met == met_at_work(decided - 28 * DAY)


def met_at_work(day: date) -> date:
    """Found by looking at one day after another: when a meeting can be held, for which the day was thought of."""
    while not works(day):
        day += DAY
    while not (works(day) and runs(day)):
        day -= DAY
    return day


@given(models, days, some.integers(1, 700))
def test_a_shorter_time_is_shared_as_the_weeks_are(flow, today, ahead):
    """Each block's running days are its share of those that are left, to a day."""
    start = today + ahead * DAY
    running = len([day for day in every(today, start) if runs(day)])
    spans = plan_of(flow, today, start, months_after(start, 12))
    begins = {span.step.key: span.begins for span in spans}
    share = min(1, running / (7 * sum(WEEKS)))
    for block, before in zip(flow.blocks()[:7], range(7), strict=True):
        there = len([day for day in every(begins[block[0].key], start) if runs(day)])
        assert abs(there - share * 7 * sum(WEEKS[before:])) <= 6  # a weekend with a holiday on each side


@pytest.mark.parametrize("start", ["2024-02-29", "2026-08-31", "2027-03-01"])
def test_a_trial_lasts_from_6_to_24_months(start):
    first, last = possible_ends(date.fromisoformat(start))
    assert (first + DAY, last + DAY) == (
        months_after(date.fromisoformat(start), 6),
        months_after(date.fromisoformat(start), 24),
    )


def test_what_to_think_of_is_said():
    with translation.override("en"):
        _what_to_think_of()


def _what_to_think_of() -> None:
    monday = date(2026, 11, 23)
    assert warnings_of(Trial2024, monday, date(2027, 9, 1)) == []
    short, squeezed = warnings_of(Trial2024, monday, date(2027, 2, 1))
    assert short.startswith("Less than three months")
    assert squeezed.startswith("The steps take 26 weeks, and 8 are left")
    [slow] = warnings_of(Trial2024, monday, date(2027, 7, 5))
    assert slow.startswith("Distribution would begin on a day on which few are at work")
    assert warnings_of(Trial2024, monday, date(2027, 9, 4)) == [slow]


@pytest.mark.django_db
def test_the_command_says_the_plan():
    a_region("kainuu")
    out = StringIO()
    call_command("plan", "--region", "kainuu", "--start", "2099-03-02", "--json", stdout=out)
    said = json.loads(out.getvalue())
    assert [step["number"] for step in said["steps"]] == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, "→"]
    assert [said["steps"][8]["to"], said["warnings"]] == ["2099-03-02", []]
    lines = StringIO()
    call_command("plan", "--region", "kainuu", "--start", "2099-03-02", stdout=lines)
    assert " 9  16.2.2099–2.3.2099       Start of distributing" in lines.getvalue()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("region", "start", "said"),
    [
        ("kainuu", "1.3.2027", "--start wants"),
        ("kainuu", "2020-01-01", "after today"),
        ("atlantis", "2099-01-01", "No region"),
    ],
)
def test_a_slip_in_the_command_is_told(region, start, said):
    a_region("kainuu")
    with pytest.raises(CommandError, match=said) as refused:
        call_command("plan", "--region", region, "--start", start)
    assert refused.value.returncode == 2
