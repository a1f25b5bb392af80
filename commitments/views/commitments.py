"""What do the pages of commitments show: the region's list, one commitment, its document, its files?"""

from typing import Any

from django.db.models import Prefetch, prefetch_related_objects
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from adoption.access import holders_for_partner, may_act, region_or_404
from adoption.fields import Form
from adoption.icons import COMMITMENT_ICONS
from adoption.models import Person
from adoption.views.partners import names_of
from commitments import services
from commitments.access import (
    commitment_or_404,
    copy_or_404,
    document_or_404,
    editions_for,
    reads_region,
    sides_in,
)
from commitments.asking import request_of, token_of, whose_turn
from commitments.examining import reasons
from commitments.facts import in_order
from commitments.forms import CheckForm
from commitments.models import Commitment, Document, Party, SignedCopy
from commitments.preview import as_html
from commitments.reminding import mails_about
from commitments.renewing import is_older, older_drafts
from commitments.stored import content_of
from commitments.together import TO_SEND
from commitments.told import history_of
from commitments.turn import OURS, WITH_WHAT_THEY_ASK, Next, lateness, next_of, order_of, unsigned
from commitments.views.files import given

State = Commitment.State
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
OVER = (State.DECLINED, State.SUPERSEDED, State.ENDED)


class Request(HttpRequest):
    """A request of somebody who has signed in: no other reaches these views."""

    user: Person


# -- reading ----------------------------------------------------------------------------------------------------------


@require_safe
def commitments(request: Request, slug: str) -> HttpResponse:
    """The region's commitments: what waits first, the oldest on top, then what is in force, then what is over."""
    region = region_or_404(request.user, slug)
    sides = sides_in(request.user, region)
    found = region.commitments.select_related("region", "partner__organisation")
    rows = [_row(one, request.user, sides(one)) for one in found.prefetch_related(*WITH_WHAT_THEY_ASK)]
    groups = {
        "waiting": [row for row in reversed(rows) if row["commitment"].state in Commitment.UNFINISHED],
        "in_force": [row for row in rows if row["commitment"].state == State.IN_FORCE],
        "over": [row for row in rows if row["commitment"].state in OVER],
    }
    yours = next((row for row in groups["waiting"] if row["next"].yours), None)
    older = older_drafts().filter(region=region).count() if groups["waiting"] else 0
    drafts = any(row["commitment"].partner and row["commitment"].state in TO_SEND for row in groups["waiting"])
    context = {"region": region, "yours": yours, "older": older, "to_send": drafts, **groups}
    context["may_act"] = may_act(request.user, region)
    return render(request, "commitments/commitments.html", context)


def _row(commitment: Commitment, person: Person, sides: frozenset[str]) -> dict[str, Any]:
    parties, coming = list(commitment.parties.all()), next_of(commitment, person, sides)
    return {
        "commitment": commitment,
        "icon": COMMITMENT_ICONS[commitment.state],
        "next": coming,
        "waits_for": coming.waits_for(commitment),
        "late": lateness(commitment),
        "signed": len(parties) - len(unsigned(commitment)),
        "parties": parties,
    }


@require_safe
def commitment(request: Request, slug: str, pk: int) -> HttpResponse:
    """One commitment: whose turn, its parties, its documents, its history."""
    return shown(request, commitment_or_404(request.user, slug, pk))


def shown(request: Request, commitment: Commitment, form: Form | None = None) -> HttpResponse:
    """The page of the commitment, with the refusal of an act that it offers."""
    _prefetch(commitment)
    parties = in_order(commitment.parties.all(), get_language() or "fi")
    sides = sides_in(request.user, commitment.region)(commitment)
    editions = editions_for(request.user, commitment).select_related("made_by")
    head = about(request, commitment)
    context = head | {
        "form": form,
        "parties": parties,
        **_turn(commitment, request.user, sides),
        "missing": services.lacks_to_check(commitment) if commitment.state == State.DRAFT else [],
        "editions": list(editions.prefetch_related("documents__renditions")),
        "copies": [(copy, reasons(copy.found)) for copy in commitment.copies.all()],
        "replacements": commitment.replacements.select_related("region").order_by("pk"),
        "history": history_of(commitment, parties, head["reads_region"]),
        "to_ask": _to_ask(request.user, commitment),
    }
    context |= _signing(request.user, commitment, parties)
    return render(request, "commitments/commitment.html", context, status=form.status if form else 200)


def _turn(commitment: Commitment, person: Person, sides: frozenset[str]) -> dict[str, Any]:
    """What comes next, whom it waits for, whether it is late, and whether its draft stands on an older template."""
    coming = next_of(commitment, person, sides)
    return {
        "next": coming,
        "waits_for": ", ".join(filter(None, [coming.waits_for(commitment), _whose(commitment, coming)])),
        "late": lateness(commitment),
        "may_act": bool(sides),
        "older": is_older(commitment),
    }


def _whose(commitment: Commitment, coming: Next) -> str:
    """Who of the side looks after a partner's commitment, by name: others of the same side may not act for it."""
    is_ours = coming.whose == OURS and not coming.yours
    return names_of(holders_for_partner(commitment.partner)) if commitment.partner and is_ours else ""


def _prefetch(commitment: Commitment) -> None:
    """Everything that the page asks of the commitment's parties, copies and papers."""
    parties = Party.objects.select_related("municipality", "county", "copy", "recorded_by", "request")
    parties = parties.prefetch_related("request__rounds")
    copies = SignedCopy.objects.select_related("uploaded_by", "reviewed_by", "sent_by__municipality", "sent_by__county")
    prefetch_related_objects(
        [commitment], "editions", Prefetch("parties", parties), Prefetch("copies", copies.order_by("pk")),
        "partner__municipalities",
    )  # fmt: skip


def _signing(person: Person, commitment: Commitment, parties: list[Party]) -> dict[str, Any]:
    """Who is asked, and how it goes."""
    waiting = [copy for copy in commitment.copies.all() if copy.state == SignedCopy.State.WAITING]
    return {
        "waiting_copy": waiting[0] if waiting else None,
        "turn": [party.pk for party in whose_turn(commitment)],
        "mailed": mails_about(parties),
        "order": order_of(commitment),
        "my_link": _link_of(person, parties),
        "own_to_ask": _own_to_ask(person, commitment),
    }


def _own_to_ask(person: Person, commitment: Commitment) -> Party | None:
    """Kaikukeskus itself, whose turn it is, where its person may still ask for a link."""
    own = [party for party in whose_turn(commitment) if party.role == Party.Role.KAIKUKESKUS]
    return own[0] if own and person.is_kaikukeskus and not request_of(own[0]) else None


def _link_of(person: Person, parties: list[Party]) -> str:
    """The address by which the reader signs, whom a link was mailed to; nothing for others."""
    for request in filter(None, map(request_of, parties)):
        if request.state == request.State.SENT and request.email.lower() == person.email.lower():
            return reverse("sign", args=[token_of(request)])
    return ""


def _to_ask(person: Person, commitment: Commitment) -> list[Person]:
    """Whom the partner's contact person asks."""
    is_contact = commitment.partner and commitment.partner.contact_id == person.pk
    return holders_for_partner(commitment.partner) if commitment.partner and is_contact else []


def about(request: Request, commitment: Commitment) -> dict[str, Any]:
    """What every page of a commitment shows in its head."""
    return {
        "commitment": commitment,
        "region": commitment.region,
        "icon": COMMITMENT_ICONS[commitment.state],
        "reads_region": reads_region(request.user, commitment.region),
    }


@require_safe
def commitment_preview(request: Request, slug: str, pk: int) -> HttpResponse:
    """The document as it is stored: all its languages with the form that checks them, or one language to read."""
    return previewed(request, commitment_or_404(request.user, slug, pk))


def previewed(request: Request, commitment: Commitment, form: CheckForm | None = None) -> HttpResponse:
    """The page of its document, with the refusal of a check."""
    edition = commitment.edition
    if edition is None or edition.made_at is None:
        return redirect(commitment)
    documents = list(edition.documents.all())
    sides = sides_in(request.user, commitment.region)(commitment)
    checks = commitment.state == State.DRAFT and bool(sides)
    read = _to_read(documents, request.GET.get("language"), checks)
    context = about(request, commitment) | {
        "edition": edition,
        "documents": documents,
        "shown": [(document, as_html(content_of(document))) for document in read],
        "form": form,
        "checks": checks,
        "may_check": checks and read == documents,
        **_turn(commitment, request.user, sides),
        "missing": services.lacks_to_check(commitment),
    }
    return render(request, "commitments/preview.html", context, status=form.status if form else 200)


def _to_read(documents: list[Document], wanted: str | None, checks: bool) -> list[Document]:
    """The wanted language; else all of them for one who checks, so that nobody checks a language unopened, and the
    reader's own for others."""
    if checks and wanted not in [document.language for document in documents]:
        return documents
    return [one_to_read(documents, wanted)]


def one_to_read(documents: list[Document], wanted: str | None) -> Document:
    """The document in the wanted language; else in the reader's own, if there is one."""
    by_language = {document.language: document for document in documents}
    return by_language.get(wanted or "") or by_language.get(get_language() or "") or documents[0]


# -- files ------------------------------------------------------------------------------------------------------------


@never_cache
@require_safe
def document(request: Request, slug: str, pk: int, document: int) -> FileResponse:
    """The stored DOCX, to be kept on the person's own machine."""
    commitment = commitment_or_404(request.user, slug, pk)
    found = document_or_404(request.user, commitment, document)
    return given(found, found.file_name, DOCX)


@never_cache
@require_safe
def signed_copy(request: Request, slug: str, pk: int, copy: int) -> FileResponse:
    """The signed PDF as it was uploaded."""
    found = copy_or_404(commitment_or_404(request.user, slug, pk), copy)
    return given(found, found.name, "application/pdf")
