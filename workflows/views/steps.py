"""Which service does each button of a step's page call, and how is a refusal shown?"""

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from adoption.access import partner_or_404, region_or_404
from adoption.fields import Form
from adoption.models import Person
from adoption.refusal import NotYours, Refused
from adoption.templatetags.kaiku import in_words
from adoption.views import Request
from workflows import services
from workflows.board import walked
from workflows.forms import OverrideForm, ReasonForm
from workflows.models import Trial, TrialStep
from workflows.standing import FEW, listed
from workflows.step_page import StepPage


class Invalid(Exception):
    """A form of the page has faults; they stand in it."""


# -- the view -----------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def step(request: Request, slug: str, trial: int, key: str) -> HttpResponse:
    """The page of a step; a POST does the act that its button names."""
    page = step_page(request.user, slug, trial, key)
    if request.method != "POST":
        return show(request, page)
    page.data, page.act = request.POST, request.POST.get("act", "")
    try:
        done = ACTS[page.act](page) if page.act in ACTS else _no_such_act()
    except Refused as refusal:
        return refused(request, page, refusal.reasons, refusal.status)
    except Invalid:
        return refused(request, page, [], 422)
    messages.success(request, done)
    return redirect(page.region if page.act == "confirm" else page.url)


def step_page(person: Person, slug: str, trial: int, key: str) -> StepPage:
    """The page, read anew; 404 for a trial of another region and a step that its model has not."""
    region = region_or_404(person, slug)
    found = get_object_or_404(Trial, region=region, pk=trial)
    here = walked(found.pk, region, person, [key])
    if key not in here.standings:
        raise Http404
    return StepPage(person, region, here, key)


def show(request: Request, page: StepPage) -> HttpResponse:
    shown = {"page": page, "region": page.region, "has_errors": page.status >= 400}
    return render(request, "workflows/step.html", shown, status=page.status)


def refused(request: Request, page: StepPage, reasons: Iterable[str], status: int) -> HttpResponse:
    """The same page after a refusal: read anew, the reasons on top, and all that was typed still in its fields."""
    again = step_page(page.person, page.region.slug, page.trial.pk, page.key)
    again.data, again.act, again.reasons, again.status = page.data, page.act, [str(r) for r in reasons], status
    if page.saved:
        messages.success(request, _saved(page.saved))
    if _has_conflict(again):
        again.take_over_version()
    elif again.is_retried and again.form.is_valid():
        _as_typed(again)
    return show(request, again)


def _saved(count: int) -> str:
    text = ngettext("The entry on %(count)s partner is saved.", "The entries on %(count)s partners are saved.", count)
    return text % {"count": count}


def _has_conflict(page: StepPage) -> bool:
    sent = page.data.get("version", "") if page.data and page.may_write else ""
    return bool(page.reasons) and sent.isdecimal() and len(sent) < 10 and int(sent) != page.standing.row.version


def _as_typed(page: StepPage) -> None:
    """The checklist says what is missing from what was typed, as the refusal did, though nothing was stored."""
    page.standing.row.evidence = page.form.evidence
    page.walked.ask_again(page.key)


# -- the acts ---------------------------------------------------------------------------------------------------------


def _no_such_act() -> str:
    raise Refused([_("Choose one of the acts of this page.")])


def _valid(form: Form) -> Any:
    if not form.is_valid():
        raise Invalid
    return form.cleaned_data


def _evidence(page: StepPage) -> tuple[dict[str, Any] | None, int]:
    """What was typed, and the version of the page; nothing from who may only confirm."""
    if not page.may_write:
        return None, 0
    said = _valid(page.form)
    _save_partners(page)
    return page.form.evidence, said["version"] or 0


def _save_partners(page: StepPage) -> None:
    """Each changed row of a partner is an act of its own: what was refused is said, the others stand."""
    reasons, saved = [], 0
    for partner, service in page.form.partner_acts():
        try:
            service(partner, page.person)
            saved += 1
        except Refused as refusal:
            reasons += [f"{partner}: {reason}" for reason in refusal.reasons]
    page.saved = saved
    if reasons:
        raise Refused(reasons)


def save(page: StepPage) -> str:
    """The entries are stored, those on partners too."""
    if page.standing.is_open and not page.may_write:
        raise NotYours
    evidence, version = _evidence(page)
    row = services.save_evidence(page.trial, page.key, page.person, evidence or {}, version)
    return " ".join([_("The entries are saved."), *_withdrawn(page, row), *_still_missing(page)])


def _still_missing(page: StepPage) -> list[str]:
    """What keeps the step from being confirmed with the entries as they are now."""
    lacking = step_page(page.person, page.region.slug, page.trial.pk, page.key).standing.missing_said
    if not lacking:
        return []
    more = len(lacking) - FEW
    text = ngettext("One thing more is missing.", "%(count)s things more are missing.", more)
    beyond = [text % {"count": in_words(more)}] if more > 0 else []
    return [_("It cannot be confirmed yet."), *lacking[:FEW], *map(capfirst, beyond)]


def confirm(page: StepPage) -> str:
    """What was typed is stored, and the side has confirmed."""
    evidence, version = _evidence(page)
    row = services.confirm_step(page.trial, page.key, page.person, evidence, version)
    facts = {"step": page.standing.title}
    if row.closed_at:
        return _("Confirmed and closed: %(step)s.") % facts
    said = _("Confirmed: %(step)s. Now it waits for the other side.") % facts
    return " ".join([said, *_withdrawn(page, row)])


def _withdrawn(page: StepPage, row: TrialStep) -> list[str]:
    """Whose confirmation the new entries have withdrawn."""
    fell = [side.given.name for side in page.standing.sides if side.given and side.side not in row.confirmed]
    text = ngettext(
        "The confirmation of %(names)s was withdrawn by the change, and is asked for again.",
        "The confirmations of %(names)s were withdrawn by the change, and are asked for again.",
        len(fell),
    )
    return [text % {"names": listed(fell)}] if fell else []


def withdraw(page: StepPage) -> str:
    services.withdraw(page.trial, page.key, page.person)
    return _("The confirmation is taken back.")


def _reasoned(service: Callable[..., Any], done: Any) -> Callable[[StepPage], str]:
    """An act with a reason: reopening, skipping, opening the next early."""

    def act(page: StepPage) -> str:
        said = _valid(_form_of(page))
        service(page.trial, page.key, by=page.person, reason=said["reason"])
        return str(done)

    return act


def override(page: StepPage) -> str:
    said = _valid(_form_of(page))
    services.override_rule(page.trial, page.key, said["rule"], page.person, said["reason"])
    return _("The rule no longer keeps the step from closing.")


def _form_of(page: StepPage) -> Form:
    """The form of the act; where the act is not offered, one that lets the service say why."""
    offered = next((one.form for one in page.means if one.act == page.act), None)
    if offered is not None:
        return offered
    if page.act == "override":
        return OverrideForm(page.standing.step.missing, page.data, prefix=page.act)
    return ReasonForm(page.data, prefix=page.act)


ACTS: dict[str, Callable[[StepPage], str]] = {
    "save": save,
    "confirm": confirm,
    "withdraw": withdraw,
    "reopen": _reasoned(services.reopen_step, gettext_lazy("The step is open again. Nothing later was taken back.")),
    "override": override,
    "skip": _reasoned(services.skip_step, gettext_lazy("The step is skipped.")),
    "early": _reasoned(services.open_next_early, gettext_lazy("The next step is open too.")),
}


# -- drafting -------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def region_draft(request: Request, slug: str, trial: int) -> HttpResponse:
    """The region commitment of the trial is drafted; a refusal shows step 5 with its reasons. Read, it leads there."""
    page = step_page(request.user, slug, trial, "commitments")
    if request.method != "POST":
        return redirect(page.url)
    try:
        commitment = services.draft_for_trial(page.trial, page.person)
    except Refused as refusal:
        page.act = "draft"
        return refused(request, page, refusal.reasons, refusal.status)
    messages.success(request, _("The commitment is drafted. Name the signatories, then check it."))
    return redirect(commitment)


@require_POST
def partner_draft(request: Request, slug: str, pk: int) -> HttpResponse:
    """The partner's commitment is drafted, with the trial's own dates."""
    person = request.user
    commitment = services.draft_for_partner(partner_or_404(person, slug, pk), person)
    messages.success(request, _("The commitment is drafted. Name the signatories, then check it."))
    return redirect(commitment)
