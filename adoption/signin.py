"""How does a person sign in? By a code sent to an address that is known here; nobody makes an account oneself."""

import re
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import ConfirmLoginCodeForm, RequestLoginCodeForm
from allauth.account.views import ConfirmLoginCodeView, LogoutView, RequestLoginCodeView
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.crypto import get_random_string
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _

from adoption.fields import Refusable
from adoption.mail import queue_secret
from adoption.models import Person

CODE_MAIL = "account/email/login_code"
TOO_MANY = "too_many_login_attempts"
MINUTES = settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT // 60


class Adapter(DefaultAccountAdapter):
    """What allauth asks of the site: nobody signs up, and a code is a mail in the person's own language."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "incorrect_code": _("This is not the code of the newest mail. Look again, or ask for a new code."),
        TOO_MANY: _("Too many tries. Wait five minutes, then ask for a new code."),
        "rate_limited": _("Too many tries. Wait five minutes, then ask for a new code."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def generate_login_code(self) -> str:
        """Eight digits, which any keyboard has; three tries at one of a hundred million."""
        digits = get_random_string(8, "0123456789")
        return f"{digits[:4]}-{digits[4:]}"

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """The code is queued to its person. No other mail of allauth's leaves: least of all to an unknown address."""
        person = Person.objects.filter(email__iexact=email, is_active=True).first()
        if template_prefix != CODE_MAIL or person is None:
            return
        facts = {"code": context["code"], "person": person, "minutes": MINUTES}
        with translation.override(person.language):
            subject = render_to_string(f"{template_prefix}_subject.txt", facts).strip()
            body = render_to_string(f"{template_prefix}_message.txt", facts).strip()
        queue_secret(person.email, subject, body)


class AddressForm(Refusable, RequestLoginCodeForm):
    """Asks who signs in. allauth's cleaning keeps the answer the same for a known and an unknown address."""

    email = forms.EmailField(
        label=_("E-mail address"),
        help_text=_("The address that your invitation came to."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    @property
    def status(self) -> int:
        return 429 if self.has_error("email", TOO_MANY) else super().status


class CodeForm(Refusable, ConfirmLoginCodeForm):
    """Asks the code of the mail; only its digits matter."""

    code = forms.CharField(
        label=_("Code"),
        help_text=_("Eight digits, such as 1234-5678."),
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "class": "input--short"}
        ),
    )

    def clean_code(self) -> str:
        self.cleaned_data["code"] = re.sub(r"\D", "", self.cleaned_data["code"])
        return super().clean_code()


class AskCode(RequestLoginCodeView):
    """Sign-in, first page: the address."""

    template_name = "account/ask_code.html"
    form_class = AddressForm

    def _redirect_to_pending_stage(self, request: HttpRequest, stage: object) -> None:
        """Whoever comes back here wants another address, so the page shows itself."""

    def form_invalid(self, form: AddressForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=form.status)


@method_decorator(login_not_required, name="dispatch")
class GiveCode(ConfirmLoginCodeView):
    """Sign-in, second page: the code."""

    template_name = "account/give_code.html"
    form_class = CodeForm
    _process: Any = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = self._in_turn(request, *args, **kwargs)
        if self._process is None and not request.user.is_authenticated:
            messages.warning(request, _("The code is no longer valid. Ask for a new one."))
        return response

    def _in_turn(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Guesses of one session are looked at one after another, each with the count that the one before has left:
        allauth counts in the session, which many at once would all read before any has written it."""
        key = request.session.session_key
        with transaction.atomic():
            Session.objects.select_for_update().filter(pk=key).first()
            request.session = SessionStore(key)
            response = super().dispatch(request, *args, **kwargs)
            if request.session.modified and request.session.session_key == key:
                request.session.save()
                request.session.modified = False  # else it would be written once more when others have counted on
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"minutes": MINUTES}

    def form_invalid(self, form: CodeForm) -> HttpResponse:
        """Refused with 422; after the last try allauth answers, which leads back to the first page."""
        response = super().form_invalid(form)
        if response.status_code == 200:
            response.status_code = form.status
        return response

    def _verify_form_valid(self, form: CodeForm) -> HttpResponse:
        """The right code; refused all the same if the person's address has been corrected since it was sent."""
        person = self._process.user
        if person and person.email.lower() != self._process.state["email"].lower():
            form.add_error("code", Adapter.error_messages["incorrect_code"])
            return self.form_invalid(form)
        return super()._verify_form_valid(form)

    def _resend_form_valid(self, form: forms.Form) -> HttpResponse:
        response = super()._resend_form_valid(form)
        messages.success(self.request, _("A new code is on its way. The former one no longer works."))
        return response


class SignOut(LogoutView):
    """A GET asks, a POST signs out; nobody who has not signed in is asked to do so first."""

    template_name = "account/sign_out.html"

    @method_decorator(login_not_required)
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().dispatch(request, *args, **kwargs)
