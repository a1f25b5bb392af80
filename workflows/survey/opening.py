"""How is a survey opened, and who is asked?"""

from datetime import date

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from adoption.days import A_DAY
from adoption.history import record
from adoption.mail import later
from adoption.models import Partner, Person, Region
from adoption.refusal import Refused
from adoption.templatetags.kaiku import day
from workflows.arranging.models import Meeting
from workflows.arranging.services import Arranging
from workflows.survey.models import Place, Survey
from workflows.survey.results import LEAST


def contacts(region: Region) -> list[Person]:
    """Who is asked: the contact persons of the partners that are committed, each once."""
    partners = Partner.objects.committed().filter(region=region)
    return list(Person.objects.filter(is_active=True, pk__in=partners.values("contact")).order_by("pk"))


@transaction.atomic
def open_survey(meeting: Meeting, by: Person, closes_on: date) -> Survey:
    """The partners' contact persons have a link each, by which they answer until the end of that day.

    Raises NotYours for who does not act for the region, and Refused for a meeting that is no feedback meeting or not
    to come, for a second survey, for a day that is past or not before the meeting, and where too few would be asked:
    their answers could be told apart.
    """
    found = Arranging(meeting.pk, by)
    if reasons := why_not(found.meeting):
        raise Refused(reasons)
    if reasons := _wrong_day(found.meeting, closes_on):
        raise Refused(reasons)
    survey = Survey.objects.create(meeting=found.meeting, opened_on=localdate(), closes_on=closes_on)
    assert found.meeting.region
    places = [Place(survey=survey, person=person) for person in contacts(found.meeting.region)]
    Place.objects.bulk_create(sorted(places, key=lambda place: place.pk))
    record(found.chain, found.who, "survey_opened", found.meeting, on=closes_on.isoformat(), people=len(places))
    later("workflows.survey.letters.asked", survey.pk)
    return survey


@transaction.atomic
def end_survey(meeting: Meeting, by: Person) -> Survey:
    """Nobody answers any more, and what was answered is shown if there is enough of it. There is no way back: who has
    seen the result could tell what comes in after it.

    Raises NotYours for who does not act for the region, and Refused for a survey that is over, or was opened today.
    """
    found = Arranging(meeting.pk, by)
    survey = Survey.objects.filter(meeting=found.meeting).select_related("meeting").first()
    if survey is None or not survey.is_open():
        raise Refused([_("The survey is over.")])
    if survey.opened_on == localdate():
        raise Refused([_("The survey was opened today. Give the partners at least until tomorrow.")])
    survey.closes_on = localdate() - A_DAY
    survey.save(update_fields=["closes_on"])
    record(found.chain, found.who, "survey_ended", found.meeting)
    return survey


def why_not(meeting: Meeting) -> list[str]:
    """Why no survey can be opened for the meeting; empty when one can."""
    if meeting.kind != Meeting.Kind.FEEDBACK or meeting.region is None:
        return [_("A survey belongs to a feedback meeting.")]
    if Survey.objects.filter(meeting=meeting).exists():
        return [_("This meeting has a survey already.")]
    if not meeting.is_upcoming:
        return [_("A survey is made before the meeting.")]
    if len(contacts(meeting.region)) < LEAST:
        return [
            _("Fewer than %(least)s contact persons of committed partners: their answers could be told apart.")
            % {"least": LEAST}
        ]
    return []


def _wrong_day(meeting: Meeting, closes_on: date) -> list[str]:
    if closes_on <= localdate():
        return [_("Give the partners at least until tomorrow.")]
    if meeting.starts_at and closes_on >= localdate(meeting.starts_at):
        held_on = day(localdate(meeting.starts_at))
        return [_("The last day to answer is before the meeting of %(day)s, so that it can be spoken of.")
                % {"day": held_on}]  # fmt: skip
    return []
