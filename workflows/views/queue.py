"""What waits for Kaikukeskus, and how does it decide, one request after another or several at once?"""

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from adoption.access import kaikukeskus_or_404
from adoption.clearance_forms import Decision, DecisionForm, SeveralForm
from adoption.clearing import clear_several
from adoption.contacts import alarms, returned
from adoption.models import Partner, Person, PreparedText
from adoption.partners import mark_of, not_now
from adoption.precedents import similar_to
from adoption.prepared_texts import first_texts, texts_for
from adoption.refusal import Linked, Refused
from adoption.silent_requests import open_questions
from adoption.views import Request
from adoption.views.partner import ACTS as PARTNER_ACTS
from adoption.views.partner import decided_words
from workflows import overview
from workflows.my_work.forms import OwnTaskForm
from workflows.my_work.whole import Whole, whole_of
from workflows.views.tasks import A_PAGE, Filtering, filtering_of, today, with_query


class Tried(NamedTuple):
    """A decision that was sent from the queue and refused: whose, its form, the reasons, and the status."""

    partner: Partner
    form: DecisionForm
    reasons: Sequence[str] = ()
    status: int = 200

    @property
    def words(self) -> str:
        """What was written in it."""
        return str(self.form["message"].value() or "").strip()


class Desk(NamedTuple):
    """What stands on the page of one who works at Kaikukeskus: what waits and is not put off, what of it is wanted, the
    own list, and the filters."""

    waiting: list[overview.Waiting]
    wanted: list[overview.Waiting]
    whole: Whole
    filtering: Filtering

    def at(self, **said: object) -> str:
        """The address of the queue that shows the same, with what is said more."""
        more = urlencode({name: value for name, value in said.items() if value is not None})
        return with_query(reverse("queue"), "&".join(part for part in (self.filtering.query, more) if part))


class Way(NamedTuple):
    """One of the three decisions about the open request: its form, the other texts, and whether it is unfolded."""

    decision: str
    label: str
    form: DecisionForm
    texts: list[PreparedText]
    is_open: bool


# -- one after another ------------------------------------------------------------------------------------------------


@require_GET
def queue(request: Request) -> HttpResponse:
    """Kaikukeskus's front page: what waits for it, the oldest or a chosen one unfolded to be decided in place, the
    questions that wait for an answer, and the regions × ten steps."""
    kaikukeskus_or_404(request.user)
    return queue_page(request)


@require_http_methods(["GET", "HEAD", "POST"])
def queue_decide(request: Request, pk: int) -> HttpResponse:
    """A request is decided in place, and the next one comes; what is refused stays open, with all that was typed. Read
    again, as in another language, it is the queue with this request open."""
    kaikukeskus_or_404(request.user)
    if request.method != "POST":
        return redirect(with_query(reverse("queue"), f"open={pk}"))
    partner = get_object_or_404(Partner.objects.select_related("organisation", "region"), pk=pk)
    decision, sent = request.POST.get("decision", ""), request.POST.copy()
    sent["seen"] = mark_of(partner)  # a page that comes back shows all
    form = DecisionForm(decision if decision in Decision.values else Decision.CLEAR, partner, sent)
    if not form.is_valid():
        return queue_page(request, Tried(partner, form, status=form.status))
    desk = _desk(request, str(pk))
    try:
        PARTNER_ACTS["decide"].do(partner, request.user, form.cleaned_data | {"seen": request.POST.get("seen", "")})
    except Refused as refusal:
        return queue_page(request, Tried(partner, form, refusal.reasons, refusal.status))
    messages.success(request, str(decided_words(form.cleaned_data)))
    return redirect(_next(desk, pk))


def _desk(request: Request, opened: str = "") -> Desk:
    """What the person has put off, or does not want to see, is left out; not the request that is opened."""
    everything, filtering = overview.queue(), filtering_of(request)
    whole, of_queue = whole_of(request.user, queue=everything), {one.key for one in everything}
    left = {item.key for item in whole.mine}
    shown = {item.key for item in filtering.wanted.of(whole.mine)}
    wanted = [one for one in everything if one.key in shown or (one.partner and str(one.partner.pk) == opened)]
    own = whole._replace(mine=[item for item in whole.mine if item.key in shown - of_queue])
    return Desk([one for one in everything if one.key in left], wanted, own, filtering)


def _next(desk: Desk, decided: int) -> str:
    """The queue, with the request unfolded that stood behind the decided one; at its beginning or end, its first."""
    keys = [one.partner.pk if one.partner else None for one in desk.wanted]
    behind = keys[keys.index(decided) + 1 :] if decided in keys else []
    following = next((key for key in behind if key), None)
    rest = [key for key in keys if key != decided]
    return desk.at(open=None if following is None or rest[0] == following else following)


def queue_page(request: Request, tried: Tried | None = None) -> HttpResponse:
    """The queue, on the page of it on which the open entry stands."""
    wanted = str(tried.partner.pk) if tried else request.GET.get("open", "")
    desk = _desk(request, wanted)
    waiting = desk.wanted
    at = next((i for i, one in enumerate(waiting) if one.partner and str(one.partner.pk) == wanted), None)
    page = Paginator(waiting, A_PAGE).get_page(request.GET.get("page") if at is None else at // A_PAGE + 1)
    open_one = waiting[at] if at is not None else next(iter(page), None)
    asked = [one for one in waiting if one.partner]
    shown = {
        "page": page,
        "open": open_one,
        "to_decide": open_one if open_one in asked else next(iter(asked), None),
        "form": tried.form if tried else None,
        "reasons": tried.reasons if tried else [],
        "first": waiting[0] if waiting else None,
        "begin": _begin(desk, waiting[0], open_one) if waiting else None,
        "all": len(desk.waiting),
        "filtering": desk.filtering,
        "keep": f"{desk.filtering.query}&" if desk.filtering.query else "",
        "whole": desk.whole,
        "kinds": Counter(one.kind for one in waiting).items(),
        "requests": len(asked),
        "target": overview.ANSWER_WITHIN,
    } | _around(request.user)
    if tried and at is None:
        shown |= _too_late(tried)
    if open_one and open_one.partner:
        shown |= _case(open_one, tried if at is not None else None, request.GET.get("text", ""))
    return render(request, "workflows/queue.html", shown | today(), status=tried.status if tried else 200)


def _around(person: Person) -> dict[str, Any]:
    """What stands around the requests: open questions, who is not reached, the regions, and the own list."""
    return {
        "questions": open_questions()[:A_PAGE],
        "rows": overview.matrix(),
        "words": overview.WORDS.items(),
        "short": overview.SHORT.items(),
        "lapsed": alarms.count(),
        "returned_note": returned.note(),
        "task_form": OwnTaskForm(person, None, auto_id="task_%s"),
    }


def _too_late(tried: Tried) -> dict[str, Any]:
    """What is said of a decision about a request that no longer waits: its form is not on the page, its words are."""
    words = _("The request no longer waits here, so there is nothing to send again.")
    if tried.words:
        words = _("The request no longer waits here. What you wrote stands below, so that you can copy it.")
    return {"late": tried, "form": None, "reasons": tried.reasons or [not_now(tried.partner)], "advice": words}


class Begin(NamedTuple):
    """Where the oldest entry is decided, and the word on the button that leads there."""

    href: str
    word: str


def _begin(desk: Desk, first: overview.Waiting, open_one: overview.Waiting | None) -> Begin:
    if first.partner:
        here = "" if first is open_one else desk.at(open=first.partner.pk)
        return Begin(f"{here}#decide", _("To the decision"))
    return Begin(first.href, _("Open the question") if first.question else first.act)


def _case(one: overview.Waiting, tried: Tried | None, chosen: str) -> dict[str, Any]:
    """What the decision about the open request is made by."""
    assert one.partner
    texts = texts_for(one.partner)
    ways = [_way(decision, one, texts.get(decision, []), tried, chosen) for decision in Decision]
    return {"ways": ways, "similar": similar_to(one.partner)}


def _way(decision: Decision, one: overview.Waiting, texts: list[PreparedText], tried: Tried | None, chosen: str) -> Way:
    """With what was typed; else with the chosen text, else with the first one."""
    if tried and tried.form.chosen == decision:
        return Way(decision, str(decision.label), tried.form, texts, True)
    assert one.partner
    taken = next((text for text in texts if str(text.pk) == chosen), None)
    text = taken or next(iter(texts), None)
    known = {"message": text.text if text else "", "seen": mark_of(one.partner)}
    form = DecisionForm(decision, one.partner, initial=known)
    return Way(decision, str(decision.label), form, [other for other in texts if other != text], taken is not None)


# -- several at once --------------------------------------------------------------------------------------------------


def queue_several(request: Request) -> HttpResponse:
    """The requests that need no word of their own, to be ticked and cleared together; what is refused says why."""
    kaikukeskus_or_404(request.user)
    form = _several_form(request)
    reasons: list[Linked] = []
    if form.is_valid():
        chosen = Partner.objects.filter(pk__in=form.cleaned_data["chosen"]).select_related("organisation", "region")
        done, reasons = clear_several(chosen.order_by("asked_at", "pk"), request.user, form.messages, _marks(request))
        if done:
            said = ngettext("One distributor is cleared.", "%(count)s distributors are cleared.", len(done))
            messages.success(request, said % {"count": len(done)})
        if not reasons:
            return redirect("queue")
    waiting = [one for one in overview.requests() if one.partner]
    waiting.sort(key=lambda one: (one.since, one.title))
    shown = {
        "form": form,
        "reasons": reasons,
        "rows": [one for one in waiting if one.partner and one.partner.most_in_tight][:A_PAGE],
        "others": [one for one in waiting if one.partner and not one.partner.most_in_tight][:A_PAGE],
        "ticked": set(request.POST.getlist("chosen")),
    }
    return render(request, "workflows/queue_several.html", shown, status=422 if reasons else form.status)


def _marks(request: Request) -> dict[int, str]:
    """By the key of each request what its row has shown."""
    pairs = [sent.partition(":") for sent in request.POST.getlist("seen")]
    return {int(key): mark for key, _colon, mark in pairs if key.isascii() and key.isdecimal()}


def _several_form(request: Request) -> SeveralForm:
    waiting = Partner.objects.waiting_for_kaikukeskus().filter(most_in_tight=True).select_related("organisation")
    data = request.POST if request.method == "POST" else None
    return SeveralForm(waiting.order_by("asked_at", "pk")[:A_PAGE], first_texts(Decision.CLEAR), data)
