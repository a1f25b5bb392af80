"""How does a mail look? Its text as simple HTML, and several of one morning as one list."""

import re
from collections.abc import Iterable

from django.template.loader import render_to_string
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from adoption.models import Mail, Person

LINK = re.compile(r"https?://[^\s<>\"”]+[^\s<>\"”.,;:!?)]")
ITEM = "- "


def html_of(subject: str, body: str, language: str) -> str:
    """The text as a page of HTML: paragraphs, lists, links; nothing is fetched to show it."""
    blocks = [_block(block.splitlines()) for block in re.split(r"\n\s*\n", body.strip()) if block.strip()]
    return render_to_string("adoption/mail.html", {"subject": subject, "blocks": blocks, "language": language})


def _block(lines: list[str]) -> SafeString:
    """A paragraph; from the first line that begins with a dash on, a list."""
    first = next((number for number, line in enumerate(lines) if line.startswith(ITEM)), len(lines))
    head = format_html("<p>{}</p>", _lines(lines[:first])) if first else SafeString("")
    items: list[list[str]] = []
    for line in lines[first:]:
        if line.startswith(ITEM):
            items.append([line.removeprefix(ITEM)])
        else:
            items[-1].append(line.strip())
    shown = format_html_join("\n", "<li>{}</li>", ((_lines(item),) for item in items))
    return head + (format_html("<ul>\n{}\n</ul>", shown) if items else SafeString(""))


def _lines(lines: Iterable[str]) -> SafeString:
    return format_html_join(SafeString("<br>\n"), "{}", ((_linked(line),) for line in lines))


def _linked(line: str) -> SafeString:
    """The line escaped, with its addresses as links."""
    done, at = SafeString(""), 0
    for found in LINK.finditer(line):
        done += conditional_escape(line[at : found.start()])
        done += format_html('<a href="{0}">{0}</a>', found.group())
        at = found.end()
    return done + conditional_escape(line[at:])


def digest_of(person: Person | None, items: list[Mail]) -> tuple[str, str]:
    """Subject and text of the morning's list: each thing with its one link to the very place."""
    facts = {"count": len(items), "name": person.given_name if person else ""}
    subject = ngettext(
        "Kaikupolku, %(count)s thing this morning", "Kaikupolku, %(count)s things this morning", len(items)
    )
    listed = "\n".join(_item(mail) for mail in items)
    hello = _("Hello %(name)s,\n\nthis waits for you in Kaikupolku:\n\n")
    if person is None:  # whoever has no account is called by no name: the mails may have been written to several
        hello = _("Hello,\n\nthis waits for you in Kaikupolku:\n\n")
    return subject % facts, hello % facts + listed + "\n"


def _item(mail: Mail) -> str:
    """What it is, and where; a mail without an address in it has its text in the list."""
    links = LINK.findall(mail.body)
    where = links[-1] if links else " ".join(mail.body.split())
    return f"{ITEM}{mail.subject}\n  {where}"
