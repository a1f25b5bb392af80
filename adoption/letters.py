"""What is written to people about people and partners? Jobs that the worker runs once the act has been committed."""

from collections import defaultdict
from datetime import date
from functools import partial
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from adoption.access import holders_for_partner, holders_of, pair_for_partner
from adoption.joined import partner_of
from adoption.mail import link, others, write
from adoption.models import Act, ImportRow, Kind, Partner, Person, Side
from adoption.templatetags.kaiku import day, in_quotes

NAMED = 20  # partners of a list, in the mail about them; all of them stand on the page that it leads to


def named(act_pk: int) -> None:
    """The person who was named knows of it, and where to begin."""
    act = Act.objects.select_related("region", "by").get(pk=act_pk)
    region = act.region
    assert region

    def text(person: Person) -> tuple[str, str]:
        said = _("%(side)s, as a substitute") if act.data["substitute"] else "%(side)s"
        body = _(
            "Hello %(name)s,\n\n%(by)s has named you in Kaikupolku: %(side)s, %(region)s.\n"
            "Kaikupolku is where a region takes Kaikukortti into use.\n"
            "Sign in with this address. You get a code by e-mail; there is no password.\n\n%(link)s\n"
        )
        facts = {
            "name": person.given_name,
            "by": act.by,
            "region": region.name,
            "side": said % {"side": Side(act.data["side"]).label},
            "link": link(reverse("board", args=[region.slug])),
        }
        return _("You have been named for %(region)s") % facts, body % facts

    write(f"act:{act.pk}", others(Person.objects.filter(pk=act.about_id), act), text)


def kaikukeskus_person_added(act_pk: int) -> None:
    """The new one of Kaikukeskus knows of it, and where to begin."""
    act = Act.objects.select_related("by").get(pk=act_pk)

    def text(person: Person) -> tuple[str, str]:
        body = _(
            "Hello %(name)s,\n\n%(by)s has added you to Kaikukeskus in Kaikupolku.\n"
            "Sign in with this address. You get a code by e-mail; there is no password.\n\n%(link)s\n"
        )
        facts = {"name": person.given_name, "by": act.by, "link": link(reverse("queue"))}
        return _("You have been added to Kaikukeskus"), body % facts

    write(f"act:{act.pk}", others(Person.objects.filter(pk=act.about_id), act), text)


def contact_named(act_pk: int) -> None:
    """The contact person of a partner knows of it, and where the partner's page is; the former one knows who it is."""
    act = Act.objects.select_related("by").get(pk=act_pk)
    partner = partner_of(act)

    def text(person: Person) -> tuple[str, str]:
        body = _(
            "Hello %(name)s,\n\n%(by)s has named you the Kaikukortti contact person of %(partner)s.\n"
            "Your page says what is next and whom to ask. Sign in with this address; you get a code by e-mail.\n\n"
            "%(link)s\n"
        )
        page = link(partner.get_absolute_url())
        facts = {"name": person.given_name, "by": _by(act), "partner": partner, "link": page}
        return _("You are the contact person of %(partner)s") % facts, body % facts

    write(f"act:{act.pk}", others(Person.objects.filter(pk=act.data["person"]), act), text)
    _contact_taken_over(act, partner)


def partner_added(act_pk: int) -> None:
    """Who looks after a new partner knows of it: its municipality's own holders, else the side's; not who added it."""
    act = Act.objects.select_related("by").get(pk=act_pk)
    partner = partner_of(act)
    write(f"act:{act.pk}", others(holders_for_partner(partner), act), partial(_added, act, [partner]), Kind.TOLD)


def partners_added(key: str, act_pk: int) -> None:
    """The same of the new ones of a list: one mail for each holder, with all of them."""
    act = Act.objects.select_related("by", "region").get(pk=act_pk)
    new = Partner.objects.filter(pk__in=_new_of(UUID(key))).select_related("organisation", "region")
    looked_after: dict[Person, list[Partner]] = defaultdict(list)
    partners = list(new.prefetch_related("municipalities").order_by("pk"))
    whom = holders_of(partners)
    for partner in partners:
        for person in whom[partner.pk]:
            looked_after[person].append(partner)
    for person in others(looked_after, act):
        write(f"act:{act.pk}:added", [person], partial(_added, act, looked_after[person]), Kind.TOLD)


def _new_of(key: UUID) -> QuerySet:
    return ImportRow.objects.filter(brought=key, outcome=ImportRow.Outcome.CREATE, done=True).values("partner")


def _added(act: Act, partners: list[Partner], person: Person) -> tuple[str, str]:
    body = _(
        "Hello %(name)s,\n\n%(by)s has added to the partners of %(region)s what you look after there:\n\n"
        "%(partners)s\n\nA partner's page says what is next.\n"
    )
    count, first = len(partners), partners[0]
    subject = _("New in %(region)s: %(count)s partners") if count > 1 else _("New in %(region)s: %(partner)s")
    where = reverse("partners", args=[first.region.slug]) if count > 1 else first.get_absolute_url()
    listed = "\n".join([*map(str, partners[:NAMED]), link(where)])
    facts = {"name": person.given_name, "by": _by(act), "region": first.region.name, "partners": listed}
    return subject % (facts | {"partner": first, "count": count}), body % facts


def contacts_brought(key: str, act_pk: int) -> None:
    """Whoever has become a contact person by a list has one mail, with all the partners of it."""
    act = Act.objects.select_related("by", "region").get(pk=act_pk)
    named: dict[Person, list[Partner]] = defaultdict(list)
    rows = ImportRow.objects.filter(brought=UUID(key)).exclude(named=None).exclude(partner=None)
    for row in rows.select_related("named", "partner__organisation", "partner__region"):
        if row.named and row.partner:
            named[row.named].append(row.partner)
    for person in others(named, act):
        write(f"act:{act.pk}", [person], partial(_brought, act, named[person]))


def _brought(act: Act, partners: list[Partner], person: Person) -> tuple[str, str]:
    body = _(
        "Hello %(name)s,\n\n%(by)s has named you a Kaikukortti contact person in Kaikupolku:\n\n%(partners)s\n\n"
        "Its page says what is next and whom to ask. Sign in with this address; you get a code by e-mail.\n"
    )
    listed = "\n".join(f"{one}\n{link(one.get_absolute_url())}" for one in partners)
    subject = _("You are the contact person of %(partner)s") % {"partner": partners[0]}
    return subject, body % {"name": person.given_name, "by": _by(act), "partners": listed}


def _by(act: Act) -> str:
    """Who has done it; of the command line Kaikukeskus, whose site it is."""
    return act.by_whom if act.by else "Kaikukeskus"


def _contact_taken_over(act: Act, partner: Partner) -> None:
    now = Person.objects.get(pk=act.data["person"])

    def text(person: Person) -> tuple[str, str]:
        body = _(
            "Hello %(name)s,\n\n%(by)s has named %(now)s the Kaikukortti contact person of %(partner)s.\n"
            "Until now this was you; you no longer see its page. Is this a mistake? Write to %(by)s: %(address)s.\n"
        )
        address = act.by.email if act.by else settings.DEFAULT_FROM_EMAIL
        facts = {"name": person.given_name, "by": _by(act), "address": address, "now": now, "partner": partner}
        return _("You are no longer the contact person of %(partner)s") % facts, body % facts

    write(f"act:{act.pk}", others(Person.objects.filter(pk=act.data.get("former")), act), text)


ASKED = {
    "clearance_asked": (
        gettext_noop("To be cleared: %(partner)s"),
        gettext_noop(
            "Hello %(name)s,\n\n%(by)s asks you to clear a distributor in %(region)s: %(partner)s.\n\n%(link)s\n"
        ),
    ),
    "clearance_answered": (
        gettext_noop("Your question has been answered: %(partner)s"),
        gettext_noop(
            "Hello %(name)s,\n\n%(by)s has answered your question about a distributor in %(region)s: %(partner)s.\n\n"
            "%(answer)s\n\nDecide about the clearance:\n\n%(link)s\n"
        ),
    ),
}


def clearance_asked(act_pk: int) -> None:
    """Kaikukeskus knows that a request, or an answer to its question, stands in its queue."""
    act = Act.objects.select_related("by").get(pk=act_pk)
    partner = partner_of(act)
    subject, body = ASKED[act.what]

    def text(person: Person) -> tuple[str, str]:
        facts = {
            "name": person.given_name,
            "by": act.by_whom,
            "region": partner.region.name,
            "partner": partner,
            "answer": in_quotes(act.reason),
            "link": link(f"{reverse('queue')}?open={partner.pk}"),
        }
        return _(subject) % facts, _(body) % facts

    write(f"act:{act.pk}", others(Person.objects.filter(is_kaikukeskus=True), act), text, Kind.ASKED)


DECIDED = {
    "clearance_given": gettext_noop("%(partner)s has been cleared: its commitment can be made."),
    "clearance_more_wanted": gettext_noop("Kaikukeskus wants to know more about %(partner)s:"),
    "partner_declined": gettext_noop("%(partner)s is not taking part:"),
}


def clearance_decided(act_pk: int) -> None:
    """The pair knows what was decided and why, the partner's own municipality's holder first."""
    act = Act.objects.get(pk=act_pk)
    partner = partner_of(act)

    def text(person: Person) -> tuple[str, str]:
        said = _(DECIDED[act.what]) % {"partner": partner}
        facts = {
            "name": person.given_name,
            "said": said,
            "reason": act.reason,
            "link": link(partner.get_absolute_url()),
        }
        return said.rstrip(":"), _("Hello %(name)s,\n\n%(said)s\n%(reason)s\n\n%(link)s\n") % facts

    kind = Kind.ASKED if act.what == "clearance_more_wanted" else Kind.TOLD
    write(f"act:{act.pk}", others(pair_for_partner(partner), act), text, kind)


def clearance_silent(act_pk: int) -> None:
    """The pair knows that Kaikukeskus waits for its answer and until when, or that the request has been returned."""
    act = Act.objects.get(pk=act_pk)
    partner = partner_of(act)
    letter = _returned if act.what == "clearance_lapsed" else _reminded
    write(f"act:{act.pk}", pair_for_partner(partner), lambda person: letter(person, act, partner), Kind.DUTIES)


def _reminded(person: Person, act: Act, partner: Partner) -> tuple[str, str]:
    body = _(
        "Hello %(name)s,\n\nKaikukeskus has asked about %(partner)s, and waits for your answer:\n%(question)s\n\n"
        "Answer by %(day)s. Otherwise the request for clearance goes back, and the partner is a candidate again.\n\n"
        "%(link)s\n"
    )
    facts = {
        "name": person.given_name,
        "partner": partner,
        "question": partner.question,
        "day": day(date.fromisoformat(act.data["until"])),
        "link": link(reverse("partner_answer", args=[partner.region.slug, partner.pk])),
    }
    return _("Kaikukeskus waits for your answer: %(partner)s") % facts, body % facts


def _returned(person: Person, act: Act, partner: Partner) -> tuple[str, str]:
    body = _(
        "Hello %(name)s,\n\nKaikukeskus asked about %(partner)s, and nobody has answered:\n%(question)s\n\n"
        "So the request for clearance has gone back, and the partner is a candidate again. What you wrote is kept: "
        "when you know the answer, add it and ask for the clearance anew.\n\n%(link)s\n"
    )
    facts = {
        "name": person.given_name,
        "partner": partner,
        "question": act.reason,
        "link": link(reverse("partner_ask", args=[partner.region.slug, partner.pk])),
    }
    return _("The request for clearance has gone back: %(partner)s") % facts, body % facts
