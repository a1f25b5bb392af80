"""Which contact and responsible persons are not to be counted on: silent, leaving, or their mail comes back?"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.db.models import Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest
from django.utils.timezone import now
from django.utils.translation import gettext as _

from adoption.ladders import CONTACT_ALARM
from adoption.models import ContactCheck, Mail, Partner, Person, Responsibility
from adoption.templatetags.kaiku import day

State = ContactCheck.State
NEVER = datetime(2000, 1, 1, tzinfo=UTC)
RETURNED, LEAVING, SILENT, WAITING = "returned", "leaving", "silent", "waiting"


class Alarm(NamedTuple):
    """Why somebody is not to be counted on, since when, and who was named to follow."""

    kind: str
    since: datetime
    successor: str = ""

    @property
    def words(self) -> str:
        facts = {"day": day(self.since), "name": self.successor}
        if self.kind == RETURNED:
            return _("mail came back %(day)s") % facts
        if self.kind == LEAVING:
            return _("leaves, nobody follows yet")
        if self.kind == SILENT:
            return _("no answer since %(day)s") % facts
        return _("%(name)s, asked to follow, has not answered since %(day)s") % facts


# -- in SQL -----------------------------------------------------------------------------------------------------------


def unreached() -> QuerySet[Person]:
    """People to whose present address a mail did not get, and from whom nothing has been heard since: they have not
    signed in by a code, and nobody has answered that they stay. `lost_at`: when it was seen."""
    lost = Mail.objects.lost()
    mine = lost.filter(address=OuterRef("email")).order_by().values("address")
    newest = mine.annotate(newest=Max(Coalesce("returned_at", "given_up_at"))).values("newest")
    stays = ContactCheck.objects.filter(person=OuterRef("pk"), state=State.STAYS).order_by()
    answered = stays.values("person").annotate(newest=Max("answered_at")).values("newest")
    found = Person.objects.filter(is_active=True, email__in=lost.values("address"))
    found = found.annotate(lost_at=Subquery(newest), heard_at=Greatest(_or_never("last_login"), _or_never(answered)))
    return found.filter(lost_at__gt=Coalesce("heard_at", NEVER))


def _or_never(what: str | QuerySet) -> Coalesce:
    return Coalesce(what if isinstance(what, str) else Subquery(what), NEVER)


def alarming() -> QuerySet[ContactCheck]:
    """The questions that somebody must look after: nobody follows, or four weeks of silence."""
    late = Q(state__in=[State.ASKED, State.HANDING], since__lte=now() - CONTACT_ALARM)
    return ContactCheck.objects.standing().filter(Q(state=State.LEAVING) | late)


def of_partner() -> Q:
    """For partners on their way: the contact person is not to be counted on."""
    return Q(pk__in=alarming().filter(partner__isnull=False).values("partner")) | Q(
        contact__in=unreached().values("pk")
    )


def of_holder() -> Q:
    """The same for the responsibilities of today's holders."""
    checks = alarming().filter(responsibility__isnull=False)
    return Q(pk__in=checks.values("responsibility")) | Q(person__in=unreached().values("pk"))


class Count(NamedTuple):
    """How many partners and how many responsible persons of the country are not to be counted on."""

    partners: int
    holders: int

    @property
    def all(self) -> int:
        return self.partners + self.holders


def count() -> Count:
    """For Kaikukeskus's overview: two queries."""
    partners = Partner.objects.on_the_way().filter(of_partner()).count()
    return Count(partners, Responsibility.objects.current().holders().filter(of_holder()).count())


# -- in words ---------------------------------------------------------------------------------------------------------


def of_partners(partners: Iterable[Partner]) -> dict[int, Alarm]:
    """Partner → why its contact person is not to be counted on; two queries."""
    rows = {partner.pk: partner.contact_id for partner in partners if partner.contact_id}
    checks = {check.partner_id: check for check in alarming().filter(partner__in=list(rows))}
    return _alarms(rows, checks)


def of_holders(given: Iterable[Responsibility]) -> dict[int, Alarm]:
    """Responsibility → why its person is not to be counted on; two queries."""
    rows = {one.pk: one.person_id for one in given}
    checks = {check.responsibility_id: check for check in alarming().filter(responsibility__in=list(rows))}
    return _alarms(rows, checks)


def _alarms(rows: dict[int, int], checks: dict[int | None, ContactCheck]) -> dict[int, Alarm]:
    unheard: Any = unreached().filter(pk__in=set(rows.values()))
    lost: dict[int, datetime] = dict(unheard.values_list("pk", "lost_at"))
    found = {pk: _alarm(checks.get(pk), lost.get(person)) for pk, person in rows.items()}
    return {pk: alarm for pk, alarm in found.items() if alarm}


def _alarm(check: ContactCheck | None, lost_at: datetime | None) -> Alarm | None:
    """What says most: that somebody leaves, then that mail comes back, then silence."""
    if check and check.state == State.LEAVING:
        return Alarm(LEAVING, check.since)
    if lost_at:
        return Alarm(RETURNED, lost_at)
    if check and check.state == State.HANDING:
        return Alarm(WAITING, check.since, check.successor_name)
    return Alarm(SILENT, check.since) if check else None


class Stand(NamedTuple):
    """How it is with a partner's contact person: the alarm, what is asked now, and when it was last said to be so."""

    alarm: Alarm | None
    check: ContactCheck | None
    confirmed: datetime | None


def stand_of(partner: Partner) -> Stand:
    """For the partner's own page; four queries."""
    checks = ContactCheck.objects.filter(partner=partner, person=partner.contact_id)
    open_check = checks.standing().first()
    confirmed = checks.filter(state=State.STAYS).aggregate(newest=Max("answered_at"))["newest"]
    return Stand(of_partners([partner]).get(partner.pk), open_check, confirmed)
