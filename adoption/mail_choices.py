"""Of which kinds of things does a person want a mail, and when? One's own choice, as far as the role leaves it."""

from collections.abc import Iterable

from django.core import signing
from django.db import transaction
from django.urls import reverse

from adoption.access import only_kaikukeskus
from adoption.history import Acting, locked_country, record
from adoption.models import How, Kind, MailChoice, Person

SALT = "adoption.mail_choices"
USUAL = {Kind.DUTIES: How.DIGEST, Kind.ASKED: How.AT_ONCE, Kind.TOLD: How.AT_ONCE, Kind.NOTES: How.AT_ONCE}
CAN_BE_OFF = frozenset([Kind.TOLD, Kind.NOTES])  # the role requires the rest: others wait for what one is to do


def may_be_off(kind: str) -> bool:
    """Whether one may have no mail of this kind."""
    return kind in CAN_BE_OFF


def ways_of(kind: Kind) -> list[How]:
    """How one may hear of this kind."""
    return [how for how in How if how != How.NONE or may_be_off(kind)]


def chosen(people: Iterable[Person], kind: str) -> dict[int, str]:
    """Person → how the person hears of this kind; what cannot be chosen leaves at once."""
    keys = [person.pk for person in people]
    if kind not in USUAL:
        return dict.fromkeys(keys, How.AT_ONCE)
    rows = MailChoice.objects.filter(person__in=keys, kind=kind).values_list("person", "how")
    return dict.fromkeys(keys, USUAL[Kind(kind)]) | dict(rows)


def choices_of(person: Person) -> dict[str, str]:
    """Kind → how the person hears of it, in the order in which the page shows them."""
    rows = dict(MailChoice.objects.filter(person=person).values_list("kind", "how"))
    return {kind.value: rows.get(kind, how) for kind, how in USUAL.items()}


@transaction.atomic
def choose(person: Person, by: Person, choices: dict[str, str]) -> None:
    """The person hears of each kind as chosen, as far as the role leaves it. Oneself chooses, or Kaikukeskus."""
    country = locked_country()
    if by.pk != person.pk:
        only_kaikukeskus(by)
    present = choices_of(person)
    changed = {kind: how for kind, how in choices.items() if present[kind] != how and How(how) in ways_of(Kind(kind))}
    for kind, how in changed.items():
        MailChoice.objects.update_or_create(person=person, kind=kind, defaults={"how": how})
    if changed:
        record(country, Acting(by), "mails_chosen", person, **changed)


# -- by the link in the head of each mail -----------------------------------------------------------------------------


def off_path(person: int, kind: str) -> str:
    """The page on which its reader has no more mails of this kind, without signing in."""
    return reverse("mails_off", args=[signing.dumps({"p": person, "k": kind}, salt=SALT)])


def whose(token: str) -> tuple[Person, Kind] | None:
    """The person and the kind of mail that the link is for; None for one that this site has not made."""
    try:
        said = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    person = Person.objects.filter(pk=said["p"], is_active=True).first()
    return (person, Kind(said["k"])) if person else None
