"""What is written to whoever has a point to do?"""

from django.utils.translation import gettext as _

from adoption.mail import link, write
from adoption.models import Kind, Person
from adoption.templatetags.kaiku import day
from workflows.my_work.models import OwnTask


def point(key: int) -> None:
    """The person knows what was agreed on, by when, and where it stands; nothing of one that was taken back."""
    found = OwnTask.objects.select_related("person", "made_by", "meeting__region").filter(pk=key).first()
    if found is None or found.meeting is None:
        return

    def text(person: Person) -> tuple[str, str]:
        facts = {"name": person.given_name, "text": found.text, "by": found.made_by.name, "meeting": found.meeting}
        facts["until"] = _("By %(day)s.") % {"day": day(found.due)} if found.due else ""
        facts["link"] = link(found.get_absolute_url())
        body = _(
            "Hello %(name)s,\n\nin a meeting (%(meeting)s) this was agreed on as yours:\n\n%(text)s\n%(until)s\n\n"
            "It stands in your own work until it is done. %(by)s wrote it down.\n\n%(link)s\n"
        )
        return _("Agreed on: %(text)s") % facts, body % facts

    write(f"point:{key}", [found.person], text, Kind.ASKED)
