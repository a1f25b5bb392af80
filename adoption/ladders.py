"""When is each kind of duty reminded of, and who is? The one place that declares it, and says it in words."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from adoption.days import last_working_day, next_working_day

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

HOLDERS, SUBSTITUTES, KAIKUKESKUS, ONESELF = "holders", "substitutes", "kaikukeskus", "oneself"
WHOM = {
    ONESELF: gettext_lazy("the person whose task it is"),
    HOLDERS: gettext_lazy("the responsible persons"),
    SUBSTITUTES: gettext_lazy("the responsible persons and their substitutes"),
    KAIKUKESKUS: gettext_lazy("the responsible persons, their substitutes and Kaikukeskus"),
}


class Rung(NamedTuple):
    """One reminder: so many days after the due day, before it when negative, and up to whom it goes."""

    days: int
    whom: str = HOLDERS

    @property
    def words(self) -> str:
        """When, in words."""
        if self.days == 0:
            return _("on the day")
        if self.days < 0:
            said = ngettext("%(count)s day before", "%(count)s days before", -self.days)
        else:
            said = ngettext("%(count)s day late", "%(count)s days late", self.days)
        return said % {"count": abs(self.days)}

    @property
    def to(self) -> "StrOrPromise":
        return WHOM[self.whom]

    def day(self, due: date, since: date | None) -> date | None:
        """The working day on which it is sent: the last one before a quiet day, or, when it is late, the next one.

        `since`: the day on which the duty began. What lay before that is not made up for, and who began late is late
        only so many days after beginning."""
        if self.days > 0:
            return next_working_day(max(due, since or due) + timedelta(days=self.days))
        day = last_working_day(due + timedelta(days=self.days))
        return None if since and day <= since else day


class Ladder(NamedTuple):
    """The reminders of one kind of duty, in their order, and what is counted from."""

    kind: str
    title: "StrOrPromise"
    counted_from: "StrOrPromise"
    rungs: tuple[Rung, ...]

    @property
    def before(self) -> timedelta:
        """How long before the due day the first reminder may leave: weekends and holidays move it forward."""
        return timedelta(days=max(-self.rungs[0].days, 0)) + QUIET_AT_MOST

    def now(self, due: date, since: date | None, today: date) -> Rung | None:
        """The newest rung whose day has come: what a missed day has left out is overtaken by it."""
        come = [rung for rung in self.rungs if (day := rung.day(due, since)) and day <= today]
        return come[-1] if come else None

    def to_come(self, due: date, since: date | None, today: date) -> list[tuple[Rung, date]]:
        """The rungs that are still ahead, each with its day."""
        days = [(rung, rung.day(due, since)) for rung in self.rungs]
        return [(rung, day) for rung, day in days if day and day > today]


QUIET_AT_MOST = timedelta(days=7)  # longer than any row of days on which nobody works

STEP = Ladder(
    "step",
    gettext_lazy("An open step of a trial"),
    gettext_lazy("the step's day in the plan"),
    (Rung(-14), Rung(-2), Rung(0), Rung(2), Rung(7, SUBSTITUTES), Rung(14, KAIKUKESKUS)),
)
DECISION = Ladder(
    "decision",
    gettext_lazy("The decision on going on"),
    gettext_lazy(
        "the day by which both sides have decided: four months before the trial ends, but half-way through it at the "
        "earliest"
    ),
    (Rung(-60), Rung(-14), Rung(0), Rung(2), Rung(7, SUBSTITUTES), Rung(14, KAIKUKESKUS)),
)
FEEDBACK = Ladder(
    "feedback",
    gettext_lazy("The yearly feedback meeting"),
    gettext_lazy(
        "twelve months after the start, or after the last meeting; while one is fixed for a day in time, nobody is "
        "reminded"
    ),
    (Rung(-30), Rung(-7), Rung(0), Rung(7), Rung(14, SUBSTITUTES), Rung(28, KAIKUKESKUS)),
)
NATIONAL = Ladder(
    "national",
    gettext_lazy("Kaikukeskus's national meeting of responsible persons"),
    gettext_lazy(
        "twelve months after lasting use began or was entered here, or after the last one in which you took part"
    ),
    FEEDBACK.rungs,
)
PAGE = Ladder(
    "page",
    gettext_lazy("The yearly look through the local page"),
    gettext_lazy("twelve months after lasting use began or was entered here, or after it was last looked through"),
    FEEDBACK.rungs,
)
INDUCTION = Ladder(
    "induction",
    gettext_lazy("The yearly induction of the partners' staff"),
    gettext_lazy("twelve months after the partner's last induction"),
    FEEDBACK.rungs,
)
SIGN = Ladder(
    "sign",
    gettext_lazy("A commitment that waits for signatures"),
    gettext_lazy("the day by which it is to be signed"),
    (Rung(-2), Rung(0), Rung(2), Rung(7, SUBSTITUTES), Rung(14, KAIKUKESKUS)),
)
OWN = Ladder(
    "own",
    gettext_lazy("An own task with a day, in My work"),
    gettext_lazy("the day that one has given it"),
    (Rung(0, ONESELF), Rung(2, ONESELF)),
)
POINT = Ladder(
    "point",
    gettext_lazy("A point agreed on in a meeting"),
    gettext_lazy("the day that it has in the minutes; the person whose task it is has every reminder"),
    (Rung(-7, ONESELF), Rung(0, ONESELF), Rung(2, ONESELF), Rung(7), Rung(14, SUBSTITUTES), Rung(28, KAIKUKESKUS)),
)

# -- duties whose reminders have a mechanism of their own: their numbers -----------------------------------------------

MEETING_SOON = timedelta(days=-FEEDBACK.rungs[0].days)  # the time in which a meeting is found and people are invited
# Whoever is asked to sign is reminded when half of the time has gone, at its end, and when it is late.
SIGN_AT_THE_END = timedelta(days=2)  # how long the end is, and the rest after a mail
SIGN_LATE = timedelta(days=1)  # after the day by which it was to be signed
CONTACT_REMIND = timedelta(days=14)  # after the year's question to a contact person
CONTACT_ALARM = timedelta(days=28)
SURVEY_REMIND = timedelta(days=3)  # before the last day of a survey to the partners, once
ANSWER_NOTICE = timedelta(days=7)  # between the reminder of Kaikukeskus's question and the return of the request
