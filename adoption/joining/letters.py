"""What is written to a person whose two rows were joined? To both addresses, since only one of them signs in now."""

from django.utils.translation import gettext as _

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
