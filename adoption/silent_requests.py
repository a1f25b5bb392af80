"""What becomes of a request when the pair leaves Kaikukeskus's question unanswered? A reminder, then its return.

Both are acts of history by nobody, and history says what is due: whatever runs twice, was down for days or was killed
half-way, each question has one reminder, and the request goes back on the day that the reminder has named.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.db import transaction
from django.db.models import CharField, OuterRef, Q, QuerySet, Subquery
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, TruncDate
from django.utils.timezone import localdate

from adoption.history import NOBODY, locked, record
from adoption.ladders import ANSWER_NOTICE
from adoption.mail import later
from adoption.models import Act, ClearanceTimes, Partner, Region
from adoption.prepared_texts import times

REMIND, RETURN = "remind", "return"
QUESTION, REMINDED = "clearance_more_wanted", "clearance_reminded"


@dataclass(frozen=True)
class Question:
    """A question that waits for the pair's answer: since when, and, once the pair is reminded, until when."""

    partner: Partner
    asked_on: date
    act: int  # of history, by which it was asked
    reminded_on: date | None = None
    until: date | None = None
    reminder: int | None = None  # the act by which the pair was reminded

    @property
    def days(self) -> int:
        """For how many days it has waited."""
        return max((localdate() - self.asked_on).days, 0)


def open_questions(region: Region | None = None) -> list[Question]:
    """The questions that wait for an answer, everywhere or in one region, the oldest first."""
    waiting = _waiting()
    return _by_age(_questions(waiting.filter(region=region) if region else waiting))


def _waiting() -> QuerySet[Partner]:
    return Partner.objects.filter(state=Partner.State.MORE_WANTED).select_related("organisation", "region")


def _by_age(questions: Iterable[Question]) -> list[Question]:
    return sorted(questions, key=lambda one: (one.asked_on, one.partner.pk))


def _questions(partners: Iterable[Partner]) -> Iterable[Question]:
    """Of each partner the newest question, with the reminder that came after it."""
    by_key = {str(partner.pk): partner for partner in partners}
    acts = Act.objects.filter(about_kind="partner", about_id__in=list(by_key), what__in=[QUESTION, REMINDED])
    found: dict[str, Question] = {}
    for act in acts.order_by("region", "number"):
        on, key = localdate(act.at), act.about_id
        if act.what == QUESTION:
            found[key] = Question(by_key[key], on, act.pk)
        else:
            found[key] = replace(
                found[key], reminded_on=on, until=date.fromisoformat(act.data["until"]), reminder=act.pk
            )
    return found.values()


def answer_by(partners: Iterable[Partner]) -> dict[int, date]:
    """Partner → the last day for the answer to its open question; after it the request goes back."""
    found = list(_questions(partners))
    wait = timedelta(days=times().return_after) if found else timedelta(0)
    return {one.partner.pk: one.until or one.asked_on + wait for one in found}


def due(question: Question, today: date, wait: ClearanceTimes) -> str:
    """What is done about the question today: "remind", "return", or nothing."""
    if question.until:
        return RETURN if today > question.until else ""
    return REMIND if today >= question.asked_on + timedelta(days=wait.remind_after) else ""


def _may_be_due(today: date, wait: ClearanceTimes) -> QuerySet[Partner]:
    """Those whose newest act says that `due` is so: the database leaves out all others."""
    acts = Act.objects.filter(about_kind="partner", what__in=[QUESTION, REMINDED])
    newest = acts.filter(about_id=Cast(OuterRef("pk"), CharField())).order_by("-region", "-number")
    found = _waiting().alias(
        newest=Subquery(newest.values("what")[:1]), on=Subquery(newest.values(on=TruncDate("at"))[:1]),
        until=Subquery(newest.values(until=KT("data__until"))[:1]),
    )  # fmt: skip
    silent = Q(newest=QUESTION, on__lte=today - timedelta(days=wait.remind_after))
    return found.filter(silent | Q(newest=REMINDED, until__lt=today.isoformat()))


def look_after(today: date) -> int:
    """Whatever is due today is a job of its own, so that one that fails keeps no other. Returns how many."""
    wait = times()
    found = [one for one in _by_age(_questions(_may_be_due(today, wait))) if due(one, today, wait)]
    with transaction.atomic():
        for one in found:
            later("adoption.silent_requests.go_on", one.partner.pk, today.isoformat())
    return len(found)


@transaction.atomic
def go_on(partner_pk: int, on: str) -> None:
    """The worker's job: the pair is reminded, or the request returned, if that is still due; else nothing happens."""
    partner = Partner.objects.filter(pk=partner_pk).first()
    if partner is None:  # joined into another since, whose own question it is
        return
    region, today = locked(partner.region_id), date.fromisoformat(on)
    for question in _questions(_waiting().filter(pk=partner_pk)):
        what = due(question, today, times())
        if what == REMIND:
            _remind(question, region, today)
        elif what == RETURN:
            _return(question, region)


def _remind(question: Question, region: Region, today: date) -> None:
    until = max(question.asked_on + timedelta(days=times().return_after), today + ANSWER_NOTICE)
    act = record(region, NOBODY, "clearance_reminded", question.partner, until=until.isoformat())
    later("adoption.letters.clearance_silent", act.pk)


def _return(question: Question, region: Region) -> None:
    partner = question.partner
    partner.lapse()
    partner.save()
    act = record(region, NOBODY, "clearance_lapsed", partner, reason=partner.question)
    later("adoption.letters.clearance_silent", act.pk)


def answered(acts: Collection[int]) -> set[int]:
    """Of these acts the questions, and the reminders of them, that wait for no answer any more."""
    asking = set(Act.objects.filter(pk__in=acts, what__in=[QUESTION, REMINDED]).values_list("pk", flat=True))
    return asking - {act for one in open_questions() for act in (one.act, one.reminder)} if asking else set()


def unanswered(partner: Partner) -> Act | None:
    """The act by which the candidate's request was returned unanswered, while that is the newest thing about it."""
    if partner.state != Partner.State.CANDIDATE or not partner.question:
        return None
    newest = ["clearance_lapsed", "partner_considered_again"]
    acts = Act.objects.filter(region=partner.region_id, about_kind="partner", about_id=str(partner.pk))
    act = acts.filter(what__in=newest).order_by("number").last()
    return act if act and act.what == "clearance_lapsed" else None
