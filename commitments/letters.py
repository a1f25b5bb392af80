"""What is written to people about a commitment? Jobs that the worker runs once the act has been committed."""

from django.utils.translation import gettext as _

from adoption.mail import link, write
from adoption.models import Act, Person, Responsibility
from commitments.models import Commitment


def awaits_signatures(act_pk: int) -> None:
    """The partner's contact person knows what is to be signed; of a region's commitment its pair knows."""
    act, commitment = _about(act_pk)
    people = contacts_of(commitment) if commitment.partner else pair_of(commitment)

    def text(person: Person) -> tuple[str, str]:
        body = _(
            "Hello %(name)s,\n\n%(by)s has sent a commitment to be signed: %(commitment)s (%(region)s).\n"
            "The page has the document, and says who signs it and whose turn it is.\n\n%(link)s\n"
        )
        facts = _facts(person, act, commitment)
        return _("To be signed: %(commitment)s") % facts, body % facts

    write(f"act:{act.pk}", people, text)


def in_force(act_pk: int) -> None:
    """Both sides and the partner's contact person know that every party has signed, or that it was acknowledged."""
    act, commitment = _about(act_pk)

    def text(person: Person) -> tuple[str, str]:
        body = _(
            "Hello %(name)s,\n\nEvery party has signed or acknowledged it: the commitment is in force. "
            "%(commitment)s (%(region)s).\n"
            "The page has the document, and says who has signed or acknowledged it and when.\n\n%(link)s\n"
        )
        facts = _facts(person, act, commitment)
        return _("In force: %(commitment)s") % facts, body % facts

    write(f"act:{act.pk}", dict.fromkeys([*pair_of(commitment), *contacts_of(commitment)]), text)


def _about(act_pk: int) -> tuple[Act, Commitment]:
    act = Act.objects.select_related("by").get(pk=act_pk)
    found = Commitment.objects.select_related("region", "partner__organisation", "partner__contact")
    return act, found.get(pk=act.about_id)


def _facts(person: Person, act: Act, commitment: Commitment) -> dict[str, object]:
    return {
        "name": person.given_name,
        "by": act.by,
        "commitment": f"{commitment.name}, {commitment.partner or commitment.region.name}",
        "region": commitment.region.name,
        "link": link(commitment.get_absolute_url()),
    }


def pair_of(commitment: Commitment) -> list[Person]:
    """The holders of both sides whose responsibility covers a municipality of the commitment, each once."""
    members = commitment.parties.exclude(municipality=None).values("municipality")
    held = Responsibility.objects.current().holders().filter(region=commitment.region_id).covering(members)
    return list(dict.fromkeys(one.person for one in held.select_related("person").order_by("pk")))


def contacts_of(commitment: Commitment) -> list[Person]:
    """The partner's contact person, where there is one."""
    return [commitment.partner.contact] if commitment.partner and commitment.partner.contact else []
