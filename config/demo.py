"""What does only a demo site show? People to sign in as by one click, the mails, and the component page."""

import re
from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime
from functools import wraps
from typing import Any, NamedTuple

from allauth.account.adapter import get_adapter
from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.html import format_html, format_html_join
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString
from django.utils.timezone import get_default_timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from adoption.fields import Day, Form, Text
from adoption.models import Mail, Partner, Person, Responsibility, Side
from adoption.signin import AskCode

MAILS = 100

View = Callable[..., HttpResponse]


def only_in_demo(view: View) -> View:
    """The view is there for everyone in demo mode, and for nobody outside it, even if an address leads to it."""

    @login_not_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.DEMO:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


class Role(NamedTuple):
    """What a person is: in a word, and in full."""

    word: str
    text: str


def people() -> list[tuple[Person, list[Role]]]:
    """The demo people, Kaikukeskus and then the pairs first, each with what the person is."""
    today = Responsibility.objects.current().filter(person=OuterRef("pk"))
    found = Person.objects.filter(made_by=Person.MadeBy.DEMO, is_active=True)
    found = found.order_by("-is_kaikukeskus", Exists(today).desc(), "pk")
    roles = roles_of_all()
    return [(person, [Role("Kaikukeskus", "")] if person.is_kaikukeskus else roles[person.pk]) for person in found]


def roles_of_all() -> dict[int | None, list[Role]]:
    """What each person is today, by key."""
    roles: dict[int | None, list[Role]] = defaultdict(list)
    for given in Responsibility.objects.current().select_related("region", "municipality"):
        word = gettext("Working group") if given.side == Side.GROUP else gettext("Pair")
        word = gettext("Substitute") if given.substitute else word
        roles[given.person_id].append(Role(word, f"{given.get_side_display()}, {given.municipality or given.region}"))
    for partner in Partner.objects.exclude(contact=None).select_related("organisation"):
        text = gettext("contact person, %(partner)s") % {"partner": partner}
        roles[partner.contact_id].append(Role(gettext("Partner"), text))
    return roles


class AskCodeInDemo(AskCode):
    """The sign-in page with the demo people below it."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"demo_people": people() if settings.DEMO else []}


@only_in_demo
@require_POST
def sign_in(request: HttpRequest, pk: int) -> HttpResponse:
    """The visitor is signed in as this demo person."""
    person = get_object_or_404(Person, pk=pk, made_by=Person.MadeBy.DEMO, is_active=True)
    get_adapter(request).login(request, person)
    return redirect(settings.LOGIN_REDIRECT_URL)


@only_in_demo
@require_safe
def mails(request: HttpRequest) -> HttpResponse:
    """The newest mails, as their readers got them."""
    newest = [(mail, with_links(mail.body)) for mail in _left()[:MAILS]]
    return render(request, "demo/mails.html", {"mails": newest})


def _left() -> QuerySet[Mail]:
    """What stands in a morning's list is read there; what waits for its morning has not left."""
    return Mail.objects.filter(digest=None, together=False, withdrawn_at=None).select_related("person")


def with_links(body: str) -> SafeString:
    """The text, in which an address of this site, and of no other, leads to the place itself, wherever it is served."""
    pieces = re.split(rf"({re.escape(settings.SITE_URL)}\S*)", body)
    return format_html_join("", "{}", ((_piece(text, number % 2 == 1),) for number, text in enumerate(pieces)))


def _piece(text: str, is_link: bool) -> str:
    path = text.removeprefix(settings.SITE_URL).rstrip(".,)") or "/"
    if not is_link or not path.startswith("/") or not url_has_allowed_host_and_scheme(path, allowed_hosts=None):
        return text
    return format_html('<a href="{}">{}</a>', path, text)


class SampleForm(Form):
    """One field of each kind."""

    name = Text(label=_("Name of the organisation"), help_text=_("The official name, as in the register."))
    end = Day(label=_("Last day of the trial"))
    language = forms.ChoiceField(
        label=_("Language of the document"), choices=[("fi", _("Finnish")), ("sv", _("Swedish")), ("", _("Both"))]
    )
    model = Text(
        label=_("Operating model"),
        help_text=_("Cannot be changed once the trial has begun."),
        widget=forms.TextInput(attrs={"readonly": True, "class": "input--half"}),
    )
    copy = forms.FileField(label=_("Signed copy"), help_text=_("PDF, at most 20 MB."), required=False)
    sides = forms.MultipleChoiceField(label=_("For whom?"), choices=Side.choices, widget=forms.CheckboxSelectMultiple)
    manner = forms.ChoiceField(
        label=_("How is it signed?"),
        choices=[("paper", _("On paper")), ("kaikukanta", _("In Kaikukanta"))],
        widget=forms.RadioSelect,
    )
    reason = Text(label=_("Reason"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    read = forms.BooleanField(label=_("I have read it"), help_text=_("Your name and the time are stored."))

    def clean_end(self) -> None:
        raise ValidationError(_("The last day must be after the first day."))


SAMPLE = {
    "name": "Puu & Sivu <Oy>",
    "end": "31.8.2027",
    "language": "fi",
    "model": "2024",
    "sides": ["culture"],
    "manner": "paper",
    "read": "on",
}
# The last ones are outside the register: nothing is known of them, and the page says so.
SHARES = [("Tuusula", 40_384, 424), ("Keski-Uudenmaan hyvinvointialue", 130_472, 1371), ("Haaparanta", None, None)]
STATES = [
    ("done", _("Done"), _("done and confirmed")),
    ("open", _("Open"), _("can be done now")),
    ("half", _("Waiting for the care side"), _("the other side has confirmed")),
    ("missing", _("Missing"), _("keeps it from being confirmed")),
    ("late", _("5 days late"), _("the day has passed")),
    ("again", _("Reopened"), _("the reason stands below")),
    ("skip", _("Skipped"), _("by Kaikukeskus, with a reason")),
    ("pause", _("Waiting for others"), _("the turn of somebody else")),
    ("no", _("Not taking part"), _("declined, with a reason")),
    ("ahead", _("Not open yet"), _("waits for earlier ones")),
]


@only_in_demo
@require_safe
def components(request: HttpRequest) -> HttpResponse:
    """Every component of the pages with its states."""
    sample = {
        "day": date(2027, 3, 5),
        "later": date(2027, 3, 19),
        "moment": datetime(2027, 3, 8, 14, 12, tzinfo=get_default_timezone()),
        "sum": 1371,
    }
    context = {"sample": sample, "sample_form": SampleForm(SAMPLE), "states": STATES, "shares": SHARES}
    return render(request, "demo/components.html", context)
