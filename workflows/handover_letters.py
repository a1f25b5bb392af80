"""What is written to people about a handover? Jobs that the worker runs once the act has been committed."""

from collections.abc import Collection, Iterable
from datetime import timedelta

from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from adoption.mail import Letter, link, write
from adoption.models import Act, Handover, Kind, Person, Responsibility, Side
from adoption.templatetags.kaiku import day
from workflows.hanging import Hanging, Thing, hanging_on


def _handover(pk: int) -> Handover:
    found = Handover.objects.select_related("responsibility__region", "responsibility__municipality")
    return found.select_related("responsibility__person", "successor", "by").get(pk=pk)


def _facts(person: Person, one: Handover) -> dict[str, object]:
    row = one.responsibility
    place = row.municipality or row.region
    return {
        "name": person.given_name, "leaver": row.person, "address": row.person.email, "successor": one.successor,
        "region": row.region.name, "what": f"{Side(row.side).label}, {place.name}", "day": day(one.on), "by": one.by,
        "last": day(one.on - timedelta(days=1)),
    }  # fmt: skip


def agreed(pk: int, act_pk: int) -> None:
    """The successor knows from when, and what there is to take over; the one who leaves and the others of the pair
    know who follows."""
    one = _handover(pk)
    row = one.responsibility
    if one.successor and one.successor != one.by:
        write(f"act:{act_pk}", [one.successor], lambda person: _to_successor(person, one))
    told = [person for person in _others(row) if person not in (one.by, one.successor)]
    _write(act_pk, told, [row.person], lambda person: _to_others(person, one))


def _write(act_pk: int, told: Iterable[Person], concerned: Collection[Person], letter: Letter) -> None:
    """Whom it concerns always hears of it; the others unless they have chosen to hear nothing of what others do."""
    for person in told:
        write(f"act:{act_pk}", [person], letter, Kind.ALWAYS if person in concerned else Kind.TOLD)


def _others(row: Responsibility) -> list[Person]:
    """The one who leaves, and the others of the pair."""
    holders = Responsibility.objects.current().holders().filter(region=row.region_id).select_related("person")
    return list(dict.fromkeys([row.person, *(held.person for held in holders.order_by("pk"))]))


def _to_successor(person: Person, one: Handover) -> tuple[str, str]:
    body = _(
        "Hello %(name)s,\n\n%(leaver)s leaves, and you follow in Kaikupolku: %(what)s. You answer for it from today. "
        "%(access)s\n"
        "Sign in with your own address. You get a code by e-mail; there is no password.\n\n%(link)s\n\n"
        "This is what there is to take over:\n\n%(list)s\n"
    )
    facts = _facts(person, one) | {"link": _page_of(_whose(one))}
    facts["access"] = _access(one) % facts
    return _("%(region)s: you follow %(leaver)s") % facts, body % (facts | {"list": _list_of(one)})


def _access(one: Handover) -> str:
    """How long the one who leaves sees the pages; access ends when the day of the handover begins."""
    if one.on <= localdate():
        return _("%(leaver)s (%(address)s) no longer sees the pages.")
    return _("%(leaver)s (%(address)s) still sees the pages on %(last)s, as the last day, and can tell you more.")


def _whose(one: Handover) -> Person:
    """On whom it hangs: on the one who leaves, or, once it has passed, on the successor."""
    found = one.responsibility.person if one.state == Handover.State.AGREED else one.successor
    assert found
    return found


def _page_of(person: Person) -> str:
    """Where all that hangs on the person stands, each thing with its own link."""
    return link(reverse("handover", args=[person.pk]))


def _list_of(one: Handover) -> str:
    """In words."""
    found = hanging_on(_whose(one), [one.responsibility.region])[0]
    return "\n\n".join(_section(heading, things) for _key, heading, things in found.sections) or _nothing(found)


def _nothing(found: Hanging) -> str:
    return _("Nothing is open in %(region)s just now.") % {"region": found.region}


def _section(heading: str, things: list[Thing]) -> str:
    return "\n".join([heading, *(_line(thing) for thing in things)])


def _line(thing: Thing) -> str:
    return "- " + ", ".join(part for part in (thing.what, thing.note, day(thing.on) if thing.on else "") if part)


def _to_others(person: Person, one: Handover) -> tuple[str, str]:
    if one.successor:
        said = _(
            "%(leaver)s leaves: %(what)s. %(successor)s follows from today; the access of %(leaver)s ends %(day)s."
        )
    else:
        said = _("%(leaver)s leaves on %(day)s: %(what)s. Nobody follows in this.")
    facts = _facts(person, one) | {"link": link(reverse("people", args=[one.responsibility.region.slug]))}
    facts["said"] = said % facts
    return _("%(region)s: %(leaver)s leaves") % facts, _("Hello %(name)s,\n\n%(said)s\n\n%(link)s\n") % facts


def withdrawn(pk: int, act_pk: int) -> None:
    """Who was to follow, who agreed on it and all who were told of it know that it is not so."""
    one = _handover(pk)
    act = Act.objects.select_related("by").get(pk=act_pk)

    def text(person: Person) -> tuple[str, str]:
        body = _(
            "Hello %(name)s,\n\n%(by)s has withdrawn the handover: %(leaver)s (%(address)s) stays. %(what)s.\n\n"
            "%(link)s\n"
        )
        facts = _facts(person, one) | {"by": act.by, "link": link(_still_seen_by(person, one.responsibility))}
        return _("%(region)s: %(leaver)s stays") % facts, body % facts

    concerned = [*([one.successor] if one.successor else []), one.by, one.responsibility.person]
    told = dict.fromkeys([*concerned, *_others(one.responsibility)])
    _write(act_pk, [person for person in told if person != act.by], concerned, text)


def _still_seen_by(person: Person, row: Responsibility) -> str:
    """The region's people; for who was to come and has nothing there, the own work."""
    held = Responsibility.objects.current().filter(region=row.region_id, person=person)
    return reverse("people", args=[row.region.slug]) if held.exists() or person.is_kaikukeskus else "/"


def passed(pk: int, act_pk: int) -> None:
    """Who follows knows that all of it is one's own now. On the day of the agreement the first mail has said so."""
    one = _handover(pk)
    act = Act.objects.get(pk=act_pk)
    heir = Person.objects.get(pk=act.data["person"])
    if one.on <= localdate(one.made_at) and heir == one.successor:
        return

    def text(person: Person) -> tuple[str, str]:
        body = _(
            "Hello %(name)s,\n\n"
            "%(leaver)s no longer sees the pages, and what hung on %(leaver)s is yours: %(what)s.\n\n"
            "%(link)s\n\n%(list)s\n"
        )
        facts = _facts(person, one) | {"link": _page_of(heir)}
        found = hanging_on(heir, [one.responsibility.region])[0]
        listed = "\n\n".join(_section(heading, things) for _key, heading, things in found.sections)
        return _("%(region)s: %(leaver)s has handed over to you") % facts, body % (facts | {"list": listed})

    write(f"act:{act_pk}", [heir], text, by_clock=act.by_id is None)
