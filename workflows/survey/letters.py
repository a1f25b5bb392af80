"""What is written to those who are asked, and when are they reminded?"""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from adoption.days import last_working_day, next_open, next_working_day
from adoption.ladders import SURVEY_REMIND
from adoption.mail import write_to
from adoption.models import Kind, Mail
from adoption.templatetags.kaiku import day, weekday_day
from workflows.survey.links import address_for
from workflows.survey.models import Place, Survey

ASKS = gettext_noop(
    "Hello %(name)s,\n\nhow has Kaikukortti gone with you in %(region)s? Four statements and one question take two "
    "minutes, and the answers are spoken of in the feedback meeting.\n\n%(link)s\n\n"
    "You need not sign in. Answers are anonymous: Kaikupolku shows nobody who said what. The link is yours alone, "
    "works once, and until %(until)s.\n"
)
LETTERS = {
    "asked": gettext_noop("Mails with the link: %(sent)s sent, %(waits)s waiting, %(lost)s not delivered."),
    "reminded": gettext_noop("Reminders: %(sent)s sent, %(waits)s waiting, %(lost)s not delivered."),
}


def asked(survey: int) -> None:
    """Everybody asked has a link."""
    found = Survey.objects.get(pk=survey)
    _write(found, "asked", gettext_noop("How has Kaikukortti gone? %(region)s"), Kind.ASKED)


def remind(today: date | None = None) -> int:
    """Who has not answered is reminded once, some days before a survey is over; on a working day, or not at all.

    The worker runs this each morning. Returns how many surveys it has written of.
    """
    today = today or localdate()
    surveys = Survey.objects.filter(closes_on__gte=today, opened_on__lt=today).exclude(meeting__state="cancelled")
    due = [survey for survey in surveys if _is_due(survey, today)]
    for survey in due:
        _write(survey, "reminded", gettext_noop("Reminder: how has Kaikukortti gone? %(region)s"), Kind.DUTIES)
    return len(due)


def _is_due(survey: Survey, today: date) -> bool:
    """Its day has come, and the mail still leaves before the survey is over."""
    return survey.opened_on < _reminded_on(survey) <= today and localdate(next_open(now())) <= survey.closes_on


def _reminded_on(survey: Survey) -> date:
    return last_working_day(survey.closes_on - SURVEY_REMIND)


def was_it_sent(survey: Survey) -> list[str]:
    """Of the links and of the reminder how many mails have left, wait, or could not be delivered, and when the reminder
    is planned: never to whom."""
    places = survey.places.values_list("pk", flat=True)
    keys = [f"survey:{one.hex}:{letter}" for one in places for letter in LETTERS]
    mails = Mail.objects.filter(key__in=keys, withdrawn_at=None).select_related("digest")
    said = []
    for letter, words in LETTERS.items():
        some = [mail for mail in mails if mail.key.endswith(f":{letter}")]
        lost = sum(mail.state in ("refused", "returned") for mail in some)
        left = sum(mail.state == "sent" for mail in some)
        if some:
            said.append(_(words) % {"sent": left, "waits": len(some) - left - lost, "lost": lost})
    on = None if any(mail.key.endswith(":reminded") for mail in mails) else _planned(survey)
    return said + ([_("Whoever has not answered is reminded on %(day)s.") % {"day": weekday_day(on)}] if on else [])


def _planned(survey: Survey) -> date | None:
    """The day on which the reminder is still to leave, if it is to."""
    on = max(_reminded_on(survey), next_working_day(localdate()))
    begun = survey.opened_on < _reminded_on(survey)
    return on if survey.is_open() and begun and on <= survey.closes_on else None


def _write(survey: Survey, letter: str, subject: str, kind: Kind) -> None:
    """A mail to each who has not answered, in the own language. The link lets act, so no copy of the text is kept."""
    waiting = survey.places.filter(used=False, person__is_active=True)
    for place in waiting.select_related("person", "survey__meeting__region"):

        def text(place: Place = place) -> tuple[str, str]:
            facts = {"name": place.person.given_name, "region": place.survey.region.name}
            facts |= {"until": day(place.survey.closes_on), "link": address_for(place)}
            return _(subject) % facts, _(ASKS) % facts

        key = f"survey:{place.pk.hex}:{letter}"
        write_to(key, place.person.email, place.person.language, text, kind)


def awaited(keys: Collection[str]) -> set[str]:
    """Of the keys of these mails those of whose place no answer was given, while the survey is open."""
    places = {key: UUID(hex=key.split(":")[1]) for key in keys}
    unused = Place.objects.filter(pk__in=places.values(), used=False, person__is_active=True)
    waits = {place.pk for place in unused.select_related("survey__meeting") if place.survey.is_open()}
    return {key for key, place in places.items() if place in waits}
