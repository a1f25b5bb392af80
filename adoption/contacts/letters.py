"""What is written to those who are asked, to their successors, and to those who follow how it goes?"""

from collections.abc import Callable, Iterable

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from adoption.access import pair_for_partner
from adoption.contacts.asking import mail_key
from adoption.contacts.following import question, who_follows
from adoption.contacts.links import PERSON, SUCCESSOR, address_for, address_for_successor, round_of
from adoption.mail import link, write, write_to
from adoption.models import ContactCheck, Kind, Person, Responsibility
from adoption.templatetags.kaiku import in_quotes

State = ContactCheck.State

# -- to the person asked ----------------------------------------------------------------------------------------------

ASKS = gettext_noop(
    "Hello %(name)s,\n\nin Kaikupolku you are:\n%(what)s\n\n"
    "Are you still? Open the link and press one button. You need not sign in.\n\n%(link)s\n\n"
    "Is it somebody else's task now? The same page asks who follows you. "
    "Everybody is asked this once a year, so that no task is left without its person.\n"
)


def asked(person: int, number: int) -> None:
    """The person has the year's question."""
    _to_person(person, number, "asked", str)


def renewed(person: int, number: int) -> None:
    """The person has a new link, or, asked out of turn, the first one."""
    _to_person(person, number, "renewed", _anew if number > 1 else str)


def reminded(person: int, number: int) -> None:
    """The silent person is reminded once."""
    _to_person(person, number, "reminded", _once_more)


def _anew(asks: str) -> str:
    return _("%(question)s A new link") % {"question": asks}


def _once_more(asks: str) -> str:
    return _("Reminder: %(question)s") % {"question": asks[0].lower() + asks[1:]}


def _to_person(key: int, number: int, letter: str, subject: Callable[[str], str]) -> None:
    """A mail with the link, if it is still the newest one and an answer is awaited by it."""
    person = Person.objects.get(pk=key)
    checks = list(_waiting(person, number))

    def text() -> tuple[str, str]:
        what = "\n".join(f"- {check.what}" for check in checks)
        facts = {"name": person.given_name, "what": what, "link": address_for(person, number)}
        return subject(question(checks)), _(ASKS) % facts

    if checks and person.is_active and number == round_of(person):
        write_to(mail_key(PERSON, key, number, letter), person.email, person.language, text, _kind(letter))


def _kind(letter: str) -> Kind:
    """What the calendar brings leaves on a working morning; what somebody has just asked for at once."""
    return Kind.ALWAYS if letter == "renewed" else Kind.DUTIES


def _waiting(person: Person, number: int) -> Iterable[ContactCheck]:
    found = ContactCheck.objects.standing().filter(person=person, round=number, state=State.ASKED)
    return found.with_subject().order_by("pk")


# -- to the successor -------------------------------------------------------------------------------------------------

FOLLOWS = gettext_noop(
    "Hello %(name)s,\n\n%(by)s would like you to follow as:\n- %(what)s\n\n"
    "The page says what it means. Accept or decline there by one button. You need no account.\n\n%(link)s\n\n"
    "Questions? Ask %(by)s, %(address)s.\n"
)


def successor_asked(check: int, number: int) -> None:
    """The successor has the link."""
    _to_successor(check, number, "asked", gettext_noop("Will you follow %(by)s?"))


def successor_reminded(check: int, number: int) -> None:
    """The silent successor is reminded once."""
    _to_successor(check, number, "reminded", gettext_noop("Reminder: will you follow %(by)s?"))


def _to_successor(key: int, number: int, letter: str, subject: str) -> None:
    check = _check(key)
    if check.state != State.HANDING or check.successor_round != number:
        return
    known = Person.objects.filter(email=check.successor_email).first()

    def text() -> tuple[str, str]:
        name = known.given_name if known else check.successor_name.split()[0]
        facts = {"name": name, "by": check.person.name, "address": check.person.email, "what": check.what}
        facts["link"] = address_for_successor(check)
        return _(subject) % facts, _(FOLLOWS) % facts

    language = known.language if known else check.person.language
    kind = Kind.DUTIES if letter == "reminded" else Kind.ALWAYS
    write_to(mail_key(SUCCESSOR, key, number, letter), check.successor_email, language, text, kind)


# -- to those who follow how it goes: R7, changes are told to the side that looks after the partner --------------------


def leaving(check_key: int, act: int) -> None:
    """Those who follow it know that nobody is known to follow, and that they name another."""
    said = gettext_noop("%(leaver)s leaves, and knows nobody to follow: %(what)s.")
    _tell(check_key, act, gettext_noop("Name a new one: %(what)s"), said)


def declined(check_key: int, act: int) -> None:
    """They know that the successor has declined; so does the one who leaves, who can name another by the link."""
    said = gettext_noop("%(successor)s does not follow %(leaver)s: %(what)s.")
    _tell(check_key, act, gettext_noop("Name a new one: %(what)s"), said)
    check = _check(check_key)

    def text() -> tuple[str, str]:
        facts = _facts(check) | {"name": check.person.given_name, "link": address_for(check.person, check.round)}
        body = _(
            "Hello %(name)s,\n\n%(successor)s does not follow you: %(what)s.\n%(reason)s\n"
            "You stay until somebody follows. Do you know somebody else? Name them here:\n\n%(link)s\n"
        )
        return _("Your successor has declined"), body % facts

    if check.state == State.LEAVING and check.round == round_of(check.person):
        write_to(f"act:{act}:leaver", check.person.email, check.person.language, text)


def _tell(check_key: int, act: int, subject: str, said: str) -> None:
    check = _check(check_key)

    def text(person: Person) -> tuple[str, str]:
        facts = _facts(check) | {"name": person.given_name, "link": link(place_of(check))}
        facts["said"] = _(said) % facts
        body = _(
            "Hello %(name)s,\n\n%(said)s\n%(reason)s\nUntil another one is named, %(leaver)s stays. "
            "Talk with %(leaver)s (%(address)s), and name the next one here:\n\n%(link)s\n"
        )
        return _(subject) % facts, body % facts

    write(f"act:{act}", who_follows(check), text, Kind.ASKED)


def place_of(check: ContactCheck) -> str:
    """The page on which another one is named."""
    if check.partner:
        return reverse("partner_contact", args=[check.region.slug, check.partner.pk])
    return reverse("people", args=[check.region.slug])


def handed_over(check_key: int, act: int) -> None:
    """The new one knows where to begin, the former one that it is done, and the others who it is now."""
    check = _check(check_key)
    new = Person.objects.get(email=check.successor_email)
    others = [person for person in _pair_of(check) if person not in (new, check.person)]
    told = (([new], *TO_NEW, Kind.ALWAYS), ([check.person], *TO_FORMER, Kind.ALWAYS), (others, *TO_OTHERS, Kind.TOLD))
    for people, subject, body, kind in told:

        def text(person: Person, subject: str = subject, body: str = body) -> tuple[str, str]:
            facts = _facts(check) | {"name": person.given_name, "new": new.name, "new_address": new.email}
            facts["link"] = link((check.partner or check.region).get_absolute_url())
            return _(subject) % facts, _(body) % facts

        write(f"act:{act}", people, text, kind)


TO_NEW = (
    gettext_noop("You have taken over: %(what)s"),
    gettext_noop(
        "Hello %(name)s,\n\nthank you: you now are %(what)s.\nThe page says what is next and whom to ask. "
        "Sign in with this address. You get a code by e-mail; there is no password.\n\n%(link)s\n"
    ),
)
TO_FORMER = (
    gettext_noop("%(new)s follows you"),
    gettext_noop("Hello %(name)s,\n\n%(new)s has accepted. You no longer are %(what)s. Thank you for your work.\n"),
)
TO_OTHERS = (
    gettext_noop("A new one has followed: %(what)s"),
    gettext_noop("Hello %(name)s,\n\n%(new)s (%(new_address)s) has followed %(leaver)s: %(what)s.\n\n%(link)s\n"),
)


def _pair_of(check: ContactCheck) -> list[Person]:
    """Both sides' responsible persons."""
    if check.partner:
        return pair_for_partner(check.partner)
    held = Responsibility.objects.current().holders().filter(region=check.region)
    return list(dict.fromkeys(one.person for one in held.select_related("person").order_by("pk")))


def _check(key: int) -> ContactCheck:
    return ContactCheck.objects.with_subject().get(pk=key)


def _facts(check: ContactCheck) -> dict[str, str]:
    """In the language that is active: so only inside a letter."""
    return {
        "leaver": check.person.name,
        "address": check.person.email,
        "successor": check.successor_name,
        "what": check.what,
        "reason": in_quotes(check.reason) + "\n" if check.reason else "",
    }
