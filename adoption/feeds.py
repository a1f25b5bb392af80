"""At which secret address does a person's calendar read, without signing in, and whose is an address?"""

from uuid import UUID

from django.core import signing
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from adoption.access import only_kaikukeskus
from adoption.history import Acting, locked_country, record
from adoption.mail import link
from adoption.models import CalendarFeed, Country, Person
from adoption.refusal import Refused

SALT = "adoption.feeds"


# -- having one -------------------------------------------------------------------------------------------------------


@transaction.atomic
def renew_feed(person: Person, by: Person) -> CalendarFeed:
    """The person has a new address; what worked before leads nowhere from now on. History keeps no address.

    Raises NotYours for who is neither the person nor Kaikukeskus.
    """
    country, who = _locked(person, by)
    gone, _of_each = CalendarFeed.objects.filter(person=person).delete()
    feed = CalendarFeed.objects.create(person=person)
    record(country, who, "feed_renewed" if gone else "feed_made", person)
    return feed


@transaction.atomic
def end_feed(person: Person, by: Person) -> None:
    """No address of the person works any more. Raises NotYours as above, and Refused when there is none."""
    country, who = _locked(person, by)
    gone, _of_each = CalendarFeed.objects.filter(person=person).delete()
    if not gone:
        raise Refused([_("There is no calendar address: nothing had to be closed.")])
    record(country, who, "feed_ended", person)


def _locked(person: Person, by: Person) -> tuple[Country, Acting]:
    country = locked_country()
    if by.pk != person.pk:
        return country, only_kaikukeskus(by)
    return country, Acting(by)


# -- the addresses ----------------------------------------------------------------------------------------------------


def feed_of(person: Person) -> CalendarFeed | None:
    """The person's newest address that works."""
    return CalendarFeed.objects.filter(person=person).first()


def address_of(feed: CalendarFeed) -> str:
    """The full address of the person's own duties."""
    return link(reverse("feed", args=[_token(feed)]))


def address_of_region(feed: CalendarFeed, slug: str) -> str:
    """The full address of a region's year, which works as long as the person may read the region."""
    return link(reverse("feed_region", args=[_token(feed), slug]))


def _signer() -> signing.Signer:
    return signing.Signer(salt=SALT, sep=".")


def _token(feed: CalendarFeed) -> str:
    return _signer().sign(feed.key.hex)


def whose(token: str) -> Person | None:
    """Who has the address; nobody for one that this site has not made, that was renewed or ended, or whose person
    cannot sign in any more."""
    try:
        key = UUID(_signer().unsign(token))
    except (signing.BadSignature, ValueError):
        return None
    feed = CalendarFeed.objects.filter(pk=key, person__is_active=True).select_related("person").first()
    return feed.person if feed else None
