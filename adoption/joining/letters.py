"""What is written when two rows were joined? To a person at both addresses, since only one of them signs in now; to
the contact person of a partner's other row, who no longer is one."""

from django.utils.translation import gettext as _

from adoption.joined import partner_of
from adoption.mail import link, write, write_to
from adoption.models import Act, Person


def people_joined(act_pk: int) -> None:
    """The person knows by which address to sign in. The sign-in page itself says of no address whether it is known."""
    act = Act.objects.select_related("by").get(pk=act_pk)
    kept, gone = Person.objects.get(pk=act.about_id), Person.objects.get(pk=act.data["gone"])
    kept = kept.joined_to or kept  # joined once more meanwhile

    def text(_person: Person | None = None) -> tuple[str, str]:
        body = _(
            "Hello %(name)s,\n\nYou stood in Kaikupolku twice, and %(by)s has joined the two. Everything is there.\n"
            "Sign in with %(kept)s from now on: %(gone)s opens nothing more.\n\n%(link)s\n"
        )
        facts = {"name": kept.given_name, "by": act.by, "kept": kept.email, "gone": gone.email, "link": link("/")}
        return _("Sign in to Kaikupolku with one address"), body % facts

    write(f"act:{act.pk}", [kept], text)
    write_to(f"act:{act.pk}:{gone.pk}", gone.email, gone.language, text)


def contact_goes(act_pk: int) -> None:
    """The contact person of the other row knows who is the contact person now."""
    act = Act.objects.select_related("by").get(pk=act_pk)
    partner = partner_of(act)

    def text(person: Person) -> tuple[str, str]:
        body = _(
            "Hello %(name)s,\n\n%(partner)s stood in Kaikupolku twice, and %(by)s has joined the two. "
            "Its contact person is now %(now)s; you no longer see its page. Is this a mistake? "
            "Write to %(by)s: %(address)s.\n"
        )
        assert act.by
        facts = {"partner": partner, "by": act.by, "address": act.by.email, "now": partner.contact}
        subject = _("You are no longer the contact person of %(partner)s") % facts
        return subject, body % (facts | {"name": person.given_name})

    if act.data["former"] != partner.contact_id:  # not named anew meanwhile
        write(f"act:{act.pk}", Person.objects.filter(pk=act.data["former"]), text)
