"""Does the morning read only what is due: of silent signatories and of questions that wait, however many there are?"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localdate

from adoption import silent_requests
from adoption.ladders import SIGN_AT_THE_END
from adoption.models import Act, ClearanceTimes, Mail, Organisation, Partner, Region
from adoption.prepared_texts import times
from commitments import asking, reminding
from commitments.models import Commitment, Party, SignatureRequest
from tests.people import a_region
from tests.rows import rows_read

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
TODAY = date(2027, 3, 31)  # a Wednesday; since Sunday the clock is ahead of UTC by three hours and not by two
HELSINKI = ZoneInfo("Europe/Helsinki")


@pytest.fixture
def region() -> Region:
    return a_region()


# -- signatories ------------------------------------------------------------------------------------------------------


def signatories(region: Region, given: list[tuple[datetime, date]]) -> list[SignatureRequest]:
    """As many commitments of the region, each with one who was asked at the moment to sign by the day."""
    commitments = Commitment.objects.bulk_create(
        Commitment(
            region=region, kind=Commitment.Kind.REGION, operating_model="2024", state="awaiting", sign_by=sign_by
        )
        for _at, sign_by in given
    )
    parties = Party.objects.bulk_create(
        Party(commitment=one, position=1, role="county", name="Hyvinvointialue") for one in commitments
    )
    return SignatureRequest.objects.bulk_create(
        SignatureRequest(
            party=party, name="Teemu", email="teemu@example.org", round=1, state="sent", sent_at=at,
            expires_at=at + 400 * DAY,
        )
        for party, (at, _by) in zip(parties, given, strict=True)
    )  # fmt: skip


def chances(dice: Random, count: int) -> list[tuple[datetime, date]]:
    """Asked within ten weeks, often close to midnight, to be signed by a day from ten before to fifty after."""
    found = []
    for _one in range(count):
        sent_on = TODAY - dice.randrange(70) * DAY
        at = datetime(sent_on.year, sent_on.month, sent_on.day, dice.choice([0, 1, 2, 12, 22, 23]), 30, tzinfo=HELSINKI)
        found.append((at.astimezone(UTC), sent_on + dice.randrange(-10, 50) * DAY))
    return found


@pytest.mark.parametrize("seed", range(3))
def test_the_database_finds_those_of_whom_the_rule_says_that_it_is_time(region, seed):
    requests = signatories(region, chances(Random(seed), 700))
    by_day = {request.pk: (localdate(request.sent_at), request.party.commitment.sign_by) for request in requests}
    for today in (TODAY, TODAY + DAY, TODAY + 9 * DAY, TODAY - 20 * DAY):
        due = [pk for pk, (sent_on, sign_by) in by_day.items() if reminding.stage_of(sent_on, sign_by, today)]
        assert [request.pk for request in reminding._silent(today)] == due
        assert 0 < len(due) < len(requests)


def test_whoever_had_the_mail_of_the_stage_is_not_read_and_one_that_waits_is_queued_again(region):
    requests = signatories(region, chances(Random(9), 400))
    waits, at = [], datetime(2027, 3, 30, 9, tzinfo=UTC)
    for number, request in enumerate(requests):
        sent_on, sign_by = localdate(request.sent_at), request.party.commitment.sign_by
        if stage := reminding.stage_of(sent_on, sign_by, TODAY):
            other = next(one for one in reminding.STAGES if one != stage)
            mails = [
                [], [(stage, {"sent_at": at})], [(stage, {"given_up_at": at})], [(stage, {})],
                [(other, {"sent_at": at})],
            ][number % 5]  # fmt: skip
            for kind, stamp in mails:
                Mail.objects.create(key=asking.mail_key(request.pk, 1, kind), address="t@example.org", **stamp)
            waits += [request.pk] if number % 5 in (0, 3, 4) else []
    assert [request.pk for request in reminding._silent(TODAY)] == waits
    assert len(waits) > 50


def test_a_scan_of_many_signatories_of_whom_none_is_due_reads_no_row(region):
    """A third was asked yesterday, a third has long time left, and a third has been reminded."""
    noon = datetime(2027, 3, 30, 9, tzinfo=UTC)

    def more() -> None:
        signatories(region, [(noon, TODAY + number % 60 * DAY) for number in range(300)])
        signatories(region, [(noon - 20 * DAY, TODAY + (24 + number % 60) * DAY) for number in range(300)])
        told = signatories(region, [(noon - 30 * DAY, TODAY + SIGN_AT_THE_END)] * 300)
        keys = [asking.mail_key(one.pk, 1, "soon") for one in told]
        Mail.objects.bulk_create(Mail(key=key, address="t@example.org", sent_at=noon) for key in keys)

    reads_nothing(more, lambda: reminding.remind(TODAY), 1)


# -- questions of Kaikukeskus -----------------------------------------------------------------------------------------


def waiting(region: Region, days: list[list[tuple[str, int]]]) -> list[Partner]:
    """As many partners that owe an answer, with what was done about it so many days ago, the oldest first."""
    organisation = Organisation.objects.get_or_create(name="Tupa ry", sector="third")[0]
    first = Partner.objects.count()
    partners = Partner.objects.bulk_create(
        Partner(region=region, organisation=organisation, unit=f"Tupa {first + number}", role="distributor",
                kind="social", state="more_wanted")
        for number in range(len(days))
    )  # fmt: skip
    number = Act.objects.count() + 1000
    acts = []
    for partner, done in zip(partners, days, strict=True):
        for what, ago in done:
            at = datetime(2027, 3, 31, 20, 30, tzinfo=UTC) - ago * DAY  # half past eleven, and past ten in winter
            until = {"until": (TODAY + (40 - ago) * DAY).isoformat()} if what == silent_requests.REMINDED else {}
            acts.append(Act(region=region, number=number, at=at, what=what, about_kind="partner",
                            about_id=str(partner.pk), data=until))  # fmt: skip
            number += 1
    Act.objects.bulk_create(acts)
    return partners


ASKED, REMINDED = silent_requests.QUESTION, silent_requests.REMINDED
WAYS = [
    [(ASKED, 0)], [(ASKED, 13)], [(ASKED, 14)], [(ASKED, 15)], [(ASKED, 200)],
    [(ASKED, 60), (REMINDED, 39)], [(ASKED, 60), (REMINDED, 40)], [(ASKED, 60), (REMINDED, 41)],
    [(ASKED, 90), (REMINDED, 70), (ASKED, 3)], [(ASKED, 90), (REMINDED, 70), (ASKED, 20)],
    [(ASKED, 90), (REMINDED, 70), (ASKED, 50), (REMINDED, 10)], [],
]  # fmt: skip


@pytest.mark.parametrize("remind_after", [14, 1, 40])
def test_the_database_finds_the_questions_about_which_something_is_due(region, remind_after):
    waiting(region, WAYS)
    ClearanceTimes.objects.create(pk=1, remind_after=remind_after)
    for today in (TODAY - DAY, TODAY, TODAY + DAY, TODAY + 30 * DAY):
        due = [one.partner.pk for one in silent_requests.open_questions() if silent_requests.due(one, today, times())]
        found = silent_requests._may_be_due(today, times())
        assert sorted(partner.pk for partner in found) == sorted(due)
        assert 0 < len(due) < len(WAYS)


def test_a_scan_of_many_questions_of_which_none_is_due_reads_no_row(region):
    """Half were asked lately, and half have been reminded and have time until their day."""

    def more() -> None:
        waiting(region, [[(ASKED, number % 14)] for number in range(300)])
        waiting(region, [[(ASKED, 90), (REMINDED, 60), (ASKED, 50), (REMINDED, number % 40)] for number in range(300)])

    reads_nothing(more, lambda: silent_requests.look_after(TODAY), 2)


TRANSACTION = 2  # queries that begin it and end it


def reads_nothing(more: Callable[[], None], scan: Callable[[], int], asks: int) -> None:
    """With some rows of which none is due, and with twice as many, the scan reads none, and asks so many times."""
    for _size in range(2):
        more()
        with rows_read() as rows:
            assert scan() == 0
        assert rows.count == 0
        with CaptureQueriesContext(connection) as queries:
            scan()
        assert len(queries) == asks + TRANSACTION
