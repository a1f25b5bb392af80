"""How does Kaikukeskus bring a template of its own into use? It uploads, looks at it filled in, and publishes it."""

from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from adoption.access import only_kaikukeskus
from adoption.history import locked_country, record
from adoption.models import Person
from adoption.refusal import Refused
from commitments.models import Template
from commitments.preview import as_html, left_out
from commitments.reviewing import TooLarge
from commitments.storage import digest_of
from commitments.stored import content_of, keep
from commitments.template_words import in_words
from doc_templates import samples
from doc_templates.check import check
from doc_templates.container import Finding
from doc_templates.render import render

SAMPLES = {"full": samples.FULL, "minimal": samples.MINIMAL}
MANY = 20  # more findings than these are counted


def upload(kind: str, language: str, content: bytes, file_name: str, by: Person) -> Template:
    """The checked template is stored and waits to be published. Nothing of a refused one is.

    Raises Refused with every finding in words, for a file that waits already or is in use, and when nothing can be
    stored; NotYours for others than Kaikukeskus.
    """
    who = only_kaikukeskus(by)
    refuse_bad(content, kind, language)
    with transaction.atomic():
        country = locked_country()
        _refuse_same(kind, language, digest_of(content))
        stored, digest = keep(content, "templates", "docx")
        template = Template.objects.create(
            kind=kind, language=language, file=stored, sha256=digest, size=len(content), file_name=file_name[:200],
            uploaded_by=by,
        )  # fmt: skip
        record(country, who, "template_uploaded", template, kind=kind, language=language, sha256=digest)
    return template


def refuse_bad(content: bytes, kind: str, language: str) -> None:
    """Raises Refused for a file that cannot serve as a template, with what was found in the reader's words."""
    findings = check(content, kind) or unreadable(content, kind, language)
    if findings and findings[0].code == "too_large":
        raise TooLarge([in_words(findings[0])])
    if findings:
        told = list(dict.fromkeys(in_words(finding) for finding in findings))
        raise Refused(told[:MANY] + _and_more(len(told) - MANY))


def _and_more(number: int) -> list[str]:
    if number <= 0:
        return []
    text = ngettext("And %(count)s more thing of this kind.", "And %(count)s more things of this kind.", number)
    return [text % {"count": number}]


def unreadable(content: bytes, kind: str, language: str) -> list[Finding]:
    """Findings when the page on which people read before they sign cannot be made, or lacks what the document says."""
    found = []
    for name in SAMPLES:
        document = filled(content, kind, language, name)
        try:
            missing = left_out(document, as_html(document))
        except (AttributeError, LookupError, TypeError, ValueError, RecursionError):
            return [Finding("file", "The document cannot be shown as a page.", "not_readable")]
        found += [Finding(f"body: “{text[:100]}”", "The page does not show this.", "not_shown") for text in missing]
    return found


def filled(content: bytes, kind: str, language: str, sample: str, moment: datetime = samples.MOMENT) -> bytes:
    """The template filled in with the full or the minimal sample, as DOCX."""
    facts = samples.in_language(SAMPLES[sample][kind], language)
    return render(content, facts, title=facts["title"], language=language, moment=moment)


def _refuse_same(kind: str, language: str, digest: str) -> None:
    same = Template.objects.filter(kind=kind, language=language)
    if same.waiting().filter(sha256=digest).exists():
        raise Refused([_("This very file has been uploaded already, and waits to be published or discarded.")])
    newest = same.published().first()
    if newest and newest.sha256 == digest:
        raise Refused([_("This very file is in use already, as number %(number)s.") % {"number": newest.number}])


@transaction.atomic
def publish(template: Template, by: Person) -> Template:
    """The template has the next number of its kind and language, and new documents are made from it.

    Raises Refused when it has been published or discarded, and when its file is not as it was uploaded; NotYours for
    others than Kaikukeskus.
    """
    who = only_kaikukeskus(by)
    country = locked_country()
    template = _waiting(template)
    content_of(template)
    same = Template.objects.published().filter(kind=template.kind, language=template.language)
    template.number = (same.aggregate(last=Max("number"))["last"] or 0) + 1
    template.published_by, template.published_at = by, now()
    template.save(update_fields=["number", "published_by", "published_at"])
    record(
        country, who, "template_published", template, kind=template.kind, language=template.language,
        number=template.number, sha256=template.sha256,
    )  # fmt: skip
    return template


@transaction.atomic
def discard(template: Template, by: Person) -> Template:
    """The template will not be published. Raises Refused when it has been published or discarded."""
    who = only_kaikukeskus(by)
    country = locked_country()
    template = _waiting(template)
    template.discarded_at = now()
    template.save(update_fields=["discarded_at"])
    record(country, who, "template_discarded", template, kind=template.kind, language=template.language)
    return template


def _waiting(template: Template) -> Template:
    """The template read anew under the country's lock, if it can still be published or discarded."""
    found = Template.objects.select_related("published_by").get(pk=template.pk)
    if found.published_at:
        said = _("This template has been published already, as number %(number)s, by %(name)s.")
        raise Refused([said % {"number": found.number, "name": found.published_by}])
    if found.discarded_at:
        raise Refused([_("This template has been discarded already. Upload the file again if you want to use it.")])
    return found
