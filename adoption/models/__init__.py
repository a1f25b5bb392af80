"""Which rows say who adopts Kaikukortti: the country, its people, their partners, the history, the mails."""

from adoption.models.clearance import ClearanceTimes, PreparedText
from adoption.models.contacts import ContactCheck, ReturnedMail
from adoption.models.country import County, Municipality, Phase, Region, RegionMunicipality
from adoption.models.feeds import CalendarFeed
from adoption.models.handovers import Handover
from adoption.models.history import Act, Chained, Country
from adoption.models.imports import Import, ImportRow
from adoption.models.joins import Joined
from adoption.models.mail import How, Kind, Mail, MailChoice
from adoption.models.notes import Note, SharedAnswer
from adoption.models.partners import Organisation, Partner
from adoption.models.people import Person, Responsibility, Side

__all__ = [
    "Act",
    "CalendarFeed",
    "Chained",
    "ClearanceTimes",
    "ContactCheck",
    "Country",
    "County",
    "Handover",
    "How",
    "Import",
    "ImportRow",
    "Joined",
    "Kind",
    "Mail",
    "MailChoice",
    "Municipality",
    "Note",
    "Organisation",
    "Partner",
    "Person",
    "Phase",
    "PreparedText",
    "Region",
    "RegionMunicipality",
    "Responsibility",
    "ReturnedMail",
    "SharedAnswer",
    "Side",
]
