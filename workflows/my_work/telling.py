"""How does one say to another who can do it: this is yours? By a mail to that one, at most once a day of each thing."""

from datetime import date

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from adoption.mail import Letter, later, link, write
from adoption.models import Kind, Mail, Person
from adoption.refusal import Refused
from workflows.my_work.whole import whole_of
from workflows.my_work.why import who_else
from workflows.tasks import Item


def tell(person: Person, key: str, other: Person) -> None:
    """The other has a mail that says what waits, with its page. It stays in both lists until it is done.

    Raises Refused for what is no longer in the person's list, one who cannot do it, and a second time on one day."""
    item = whole_of(person).find(key)
    if item is None:
        raise Refused([_("It no longer waits for you, so there is nothing to pass on.")])
    if other.pk not in {one.person.pk for one in who_else(person, item)}:
        raise Refused([_("%(name)s cannot do it. Choose one of those who are named here.") % {"name": other}])
    if Mail.objects.filter(key=f"{_mail_key(person.pk, key, localdate())}:{other.pk}").exists():
        raise Refused([_("%(name)s has been told of it today already.") % {"name": other}])
    later("workflows.my_work.telling.write_told", person.pk, key, other.pk, localdate().isoformat())


def _mail_key(person: int, key: str, today: date) -> str:
    return f"passed:{person}:{key}:{today.isoformat()}"


def write_told(person_pk: int, key: str, other_pk: int, today: str) -> None:
    """The worker's job: the mail is written, unless it has been done meanwhile."""
    people = Person.objects.in_bulk([person_pk, other_pk])
    item = whole_of(people[person_pk]).find(key)
    if item:
        to = [people[other_pk]]
        write(_mail_key(person_pk, key, date.fromisoformat(today)), to, _letter(people[person_pk], item), Kind.ASKED)


def _letter(person: Person, seen: Item) -> Letter:
    def text(other: Person) -> tuple[str, str]:
        item = whole_of(other).find(seen.key) or seen  # in the reader's language, as the reader sees it
        facts = {
            "to": other.given_name, "name": person.name, "email": person.email, "what": item.what, "where": item.where,
            "link": link(item.href),
        }  # fmt: skip
        body = _(
            "Hello %(to)s,\n\n%(name)s asks you to look after this:\n%(what)s\n%(where)s\n\n%(link)s\n\n"
            "It stands in your work too, until one of you has done it. Agree with %(name)s: %(email)s\n"
        )
        return _("%(name)s asks you: %(what)s") % facts, body % facts

    return text
