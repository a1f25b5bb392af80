"""What does the check of a template say to an officer, and what does each field of a template mean?"""

from pathlib import PurePosixPath
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doc_templates import samples
from doc_templates.container import Finding

Words = str | Promise

# code → why the file is refused and what to do. %(first)s and %(second)s: what the finding is about.
REASONS: dict[str, Words] = {
    # the file
    "empty": gettext_lazy("The file is empty."),
    "not_a_docx": gettext_lazy("This is no Word document. Save it in Word as DOCX and choose it again."),
    "word_template": gettext_lazy("This is a Word template (DOTX). Save it in Word as a document (DOCX)."),
    "old_word": gettext_lazy("This is a document of an old Word (DOC). Save it in Word as DOCX."),
    "encrypted": gettext_lazy("The file is protected by a password. Take the password off in Word and save it again."),
    "damaged": gettext_lazy("The file is damaged or cut short. Open it in Word, save it anew and choose it again."),
    "odd_part": gettext_lazy(
        "The file holds a part twice or in a place where Word puts none. Open it in Word and save it anew."
    ),
    "odd_packing": gettext_lazy(
        "A part of the file is packed in a way that Word does not use. Open it in Word, save it anew and choose it "
        "again."
    ),
    "other_encoding": gettext_lazy("A part of the file is not in UTF-8. Open it in Word and save it anew."),
    "too_large": gettext_lazy("The file is larger than %(first)s MB. Make its pictures smaller."),
    "too_many_parts": gettext_lazy("The file has more than %(first)s parts, which no commitment needs."),
    "grows_too_large": gettext_lazy("The file becomes far too large when it is unpacked. Make its pictures smaller."),
    "too_many_nodes": gettext_lazy("The text has more pieces than a commitment ever has. Make the document smaller."),
    "too_long": gettext_lazy("The document would become too long: too many paragraphs, or too much text in a loop."),
    # what it brings along
    "macro": gettext_lazy("The file holds macros, that is, programs. Save it in Word as a document without macros."),
    "attached_template": gettext_lazy(
        "The file is attached to another template (%(first)s). In Word, attach it to Normal instead."
    ),
    "embedded_object": gettext_lazy(
        "The file holds something that is neither text, picture nor font. Take embedded objects out."
    ),
    "embedded_file": gettext_lazy("The file holds another file or program (%(first)s). Take embedded objects out."),
    "remote_part": gettext_lazy(
        "The file would fetch something from elsewhere each time it is opened (%(first)s). Put pictures into the "
        "file itself, and take the link out."
    ),
    "remote_field": gettext_lazy(
        "A Word field would read something from elsewhere or start a program (%(first)s). Take the field out."
    ),
    "mail_merge": gettext_lazy("The file takes data from a source of its own (mail merge). Take the mail merge out."),
    "doctype": gettext_lazy("The file declares entities (DOCTYPE), which no Word document does. Save it anew in Word."),
    # what the page for reading could not show
    "hidden_text": gettext_lazy("Some of the text is hidden. Show it in Word, or take it out."),
    "symbol": gettext_lazy("A symbol was put in from a special font. Type it as a character instead."),
    "formula": gettext_lazy("A formula stands in the text. Write it as plain text."),
    "changing_field": gettext_lazy(
        "A Word field may say another thing each time the document is opened (%(first)s). Write plain text instead."
    ),
    "odd_numbering": gettext_lazy(
        "A list is numbered in a way that the page for reading cannot show (%(first)s). Use 1, a, A, i or I."
    ),
    "too_wide_table": gettext_lazy("A table has more than %(first)s columns."),
    "too_many_styles": gettext_lazy("The file has more than %(first)s styles. Copy the text into a new document."),
    "style_loop": gettext_lazy("The style “%(first)s” is based on itself or on too many others. Mend it in Word."),
    # fields and code
    "unknown_field": gettext_lazy("There is no field %(first)s."),
    "meant_field": gettext_lazy("There is no field %(first)s. Did you mean %(second)s?"),
    "not_a_list": gettext_lazy("The field %(first)s is no list, so “for” cannot go through it."),
    "no_text": gettext_lazy(
        "The field %(first)s is no text and cannot be printed. A list is gone through with “for”, and a yes-or-no "
        "field is asked with “if”."
    ),
    "tag_in_properties": gettext_lazy("A tag stands in the properties of the file. Take it out under File, Info."),
    "tag_not_filled": gettext_lazy(
        "A tag stands where none is filled in. Tags belong in the text, the header, the footer and the footnotes."
    ),
    "lost_beside": gettext_lazy(
        "The tag %(first)s takes its whole paragraph, table row or cell away, and what else stands there would be "
        "lost. Leave the tag alone there, and move the rest into another."
    ),
    "unclosed_tag": gettext_lazy("This tag is not closed, or is too long: %(first)s"),
    "too_many_tags": gettext_lazy("There are more than %(first)s tags."),
    "tag_not_allowed": gettext_lazy("This kind of tag is not allowed: %(first)s"),
    "code_not_allowed": gettext_lazy("Only fields, “if” and “for” are allowed, not %(first)s."),
    "loop_not_allowed": gettext_lazy(
        "“for” goes through one list, as in “for party in parties”, and at most two stand inside each other."
    ),
    "too_deep": gettext_lazy("Too many tags stand inside each other."),
    "syntax": gettext_lazy(
        "The tag cannot be understood. See that each “if” has its “endif” and each “for” its “endfor”, and that the "
        "braces are in pairs."
    ),
    "render_failed": gettext_lazy(
        "The template cannot be filled in. A list, a group or a yes-or-no field has no text to print, and an “if” may "
        "not begin in one paragraph or table row and end within another."
    ),
    "not_shown": gettext_lazy(
        "The page on which people read the document before they sign does not show this. Write it as plain text or "
        "table: not in a text box, a footnote or a drawing."
    ),
    "not_readable": gettext_lazy(
        "The document cannot be shown as a page, on which people read it before they sign. Use plain headings, "
        "paragraphs, lists and tables."
    ),
}  # fmt: skip
CODE: dict[str, Words] = {
    "a call": gettext_lazy("a call"),
    "an index in brackets": gettext_lazy("an index in brackets"),
    "an assignment": gettext_lazy("an assignment"),
    "arithmetic": gettext_lazy("arithmetic"),
    "a filter": gettext_lazy("a filter"),
    "a test": gettext_lazy("a test"),
    "a macro": gettext_lazy("a macro"),
    "an include": gettext_lazy("an include"),
    "an import": gettext_lazy("an import"),
    "a part of something that is no field": gettext_lazy("a part of something that is no field"),
    "code of another kind": gettext_lazy("code of another kind"),
}
PLACES: dict[str, Words] = {
    "body": gettext_lazy("Text"),
    "document": gettext_lazy("Text"),
    "header": gettext_lazy("Header"),
    "footer": gettext_lazy("Footer"),
    "footnotes": gettext_lazy("Footnotes"),
}


def in_words(finding: Finding) -> str:
    """The finding in the reader's language: where it stands, and what to do."""
    meant = finding.code == "unknown_field" and len(finding.about) > 1
    first, second = (*finding.about, "", "")[:2]
    if finding.code == "code_not_allowed":
        first = str(CODE.get(first, first))
    reason = str(REASONS["meant_field" if meant else finding.code]) % {"first": first, "second": second}
    return placed(finding.where, reason)


def placed(where: str, reason: str) -> str:
    """The reason behind the place that a reader of the document knows, or before the part that only a program knows."""
    part, mark, quoted = where.partition(": “")
    known = PLACES.get(PurePosixPath(part).stem.rstrip("0123456789"))
    if known:
        return f"{known}, “{quoted}: {reason}" if mark else f"{known}: {reason}"
    if part == "file":
        return reason
    # Where a template cannot be filled in, the place is the text around.
    told = "“%(part)s”: %(reason)s" if " " in where else _("%(reason)s (Part %(part)s.)")
    return told % {"reason": reason, "part": where}


# -- fields -----------------------------------------------------------------------------------------------------------

MEANINGS: dict[str, Words] = {
    "document_id": gettext_lazy("Number of the commitment on this site"),
    "title": gettext_lazy("What the commitment is called in its operating model"),
    "operating_model": gettext_lazy("Version of the national operating model"),
    "made_on": gettext_lazy("Day on which the document was made"),
    "region_name": gettext_lazy("Name of the region"),
    "term_start": gettext_lazy("Day on which the commitment begins"),
    "term_end": gettext_lazy("Day on which the trial ends; empty where there is no end"),
    "kaikukeskus.name": gettext_lazy("Name of Kaikukeskus"),
    "kaikukeskus.legal_name": gettext_lazy("The association that Kaikukeskus is a service of"),
    "municipalities[].name": gettext_lazy("Each municipality that is a party: its name"),
    "municipalities[].code": gettext_lazy("Each municipality that is a party: its number"),
    "municipalities[].population": gettext_lazy("Each municipality that is a party: its residents"),
    "county_name": gettext_lazy("Name of the wellbeing services county; empty where none is a party"),
    "has_county": gettext_lazy("Whether a wellbeing services county is a party"),
    "parties[].role": gettext_lazy("Each party: what it is"),
    "parties[].name": gettext_lazy("Each party: its name"),
    "parties[].business_id": gettext_lazy("Each party: its business ID; only a partner's is known"),
    "parties[].record_number": gettext_lazy("Each party: record number of its decision"),
    "parties[].signatory_name": gettext_lazy("Each party: who signs for it"),
    "parties[].signatory_title": gettext_lazy("Each party: title of the signatory"),
    "parties[].signatory_basis": gettext_lazy("Each party: basis of the right to sign"),
    # of the region
    "population_year": gettext_lazy("Year of the numbers of residents"),
    "feedback_email": gettext_lazy("Local address for feedback; empty until it is known"),
    "local_page": gettext_lazy("Local page about Kaikukortti; empty until it is known"),
    "costs[].name": gettext_lazy("Each one who pays: its name"),
    "costs[].residents": gettext_lazy("Each one who pays: the residents it pays for"),
    "costs[].share_2024": gettext_lazy("Each one who pays: its share of 2024 in euros"),
    "costs[].share_2025": gettext_lazy("Each one who pays: its share of 2025 in euros"),
    "culture_people[].name": gettext_lazy("Each responsible person of culture: name"),
    "culture_people[].title": gettext_lazy("Each responsible person of culture: title"),
    "culture_people[].substitute": gettext_lazy("Each responsible person of culture: “substitute”, or empty"),
    "culture_people[].email": gettext_lazy("Each responsible person of culture: e-mail address"),
    "culture_people[].phone": gettext_lazy("Each responsible person of culture: telephone"),
    "culture_people[].municipality": gettext_lazy("Each responsible person of culture: municipality or region"),
    "care_people[].name": gettext_lazy("Each responsible person of care: name"),
    "care_people[].title": gettext_lazy("Each responsible person of care: title"),
    "care_people[].substitute": gettext_lazy("Each responsible person of care: “substitute”, or empty"),
    "care_people[].email": gettext_lazy("Each responsible person of care: e-mail address"),
    "care_people[].phone": gettext_lazy("Each responsible person of care: telephone"),
    "care_people[].municipality": gettext_lazy("Each responsible person of care: municipality or region"),
    # of a partner
    "partner.name": gettext_lazy("The partner's organisation"),
    "partner.unit": gettext_lazy("The partner's unit; empty where it is the whole organisation"),
    "partner.business_id": gettext_lazy("The partner's business ID"),
    "partner.sector": gettext_lazy("The partner's sector"),
    "partner.kind": gettext_lazy("What kind of partner it is"),
    "partner.contact_name": gettext_lazy("The partner's contact person: name"),
    "partner.contact_title": gettext_lazy("The partner's contact person: title"),
    "partner.contact_email": gettext_lazy("The partner's contact person: e-mail address"),
    "partner.contact_phone": gettext_lazy("The partner's contact person: telephone"),
    "is_distributor": gettext_lazy("Whether the partner is a distributor"),
    "is_venue": gettext_lazy("Whether the partner is a venue"),
    "clearance_date": gettext_lazy("Day on which Kaikukeskus cleared the distributor"),
    "client_group": gettext_lazy("The distributor's client group"),
    "most_in_tight": gettext_lazy("True when the pair says that most clients are in a tight financial situation"),
    "why_cleared": gettext_lazy("Why Kaikukeskus cleared the distributor although the pair said no"),
    "why_most_clients": gettext_lazy("Why most of the distributor's clients are in a tight financial situation"),
    "cards_per_year": gettext_lazy("How many cards the distributor expects to give in a year"),
    "offering": gettext_lazy("What the venue offers with Kaikukortti"),
    "limits": gettext_lazy("How the venue limits its offer"),
    "how_to_get": gettext_lazy("How tickets and places are had from the venue"),
    "responsible_people[].name": gettext_lazy("Each responsible person for the partner: name"),
    "responsible_people[].title": gettext_lazy("Each responsible person for the partner: title"),
    "responsible_people[].substitute": gettext_lazy("Each responsible person for the partner: “substitute”, or empty"),
    "responsible_people[].email": gettext_lazy("Each responsible person for the partner: e-mail address"),
    "responsible_people[].municipality": gettext_lazy(
        "Each responsible person for the partner: municipality or region"
    ),
}


class Field(NamedTuple):
    """A field of a template: how it is written, what it means, what it may say."""

    name: str
    tag: str
    meaning: Words
    example: str


def fields_of(kind: str, language: str) -> list[Field]:
    """The fields of the kind in the order of MEANINGS, with examples in the language."""
    facts = samples.in_language(samples.FULL[kind], language)
    known = samples.field_names(facts)
    return [
        Field(name, _tag(name, facts), said, _example(name, facts)) for name, said in MEANINGS.items() if name in known
    ]


def _tag(name: str, facts: samples.Facts) -> str:
    many, inside, member = name.partition("[].")
    if inside:
        return f"{{% for one in {many} %}} {{{{ one.{member} }}}} {{% endfor %}}"
    return f"{{% if {name} %}} … {{% endif %}}" if isinstance(facts.get(name), bool) else f"{{{{ {name} }}}}"


def _example(name: str, facts: samples.Facts) -> str:
    values: list = [facts]
    for key in name.replace("[]", "").split("."):
        found = [value[key] for value in values]
        values = [one for value in found for one in (value if isinstance(value, list) else [value])]
    shown = next((value for value in values if value != ""), "")
    return (_("yes") if shown else _("no")) if isinstance(shown, bool) else shown
