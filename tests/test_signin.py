"""Signing in by a code, the language of a person, and the demo's doors."""

import re
from importlib import reload

import pytest
from django.contrib.messages import get_messages
from django.core import mail
from django.core.cache import cache
from django.db import OperationalError
from django.templatetags.static import static
from django.test import Client
from django.urls import clear_url_caches, reverse
from django.utils import translation
from django.utils.timezone import now

import config.urls
from adoption.models import Mail, Person
from adoption.refusal import Refused
from config.demo import with_links
from tests.race import DONE, REFUSED
from workflows.schedule import beat

pytestmark = pytest.mark.django_db


def a_person(email: str = "aino@example.org", **details) -> Person:
    """Aino Virtanen, unless another is asked for."""
    return Person.objects.create(**{"email": email, "name": "Aino Virtanen", "language": "fi"} | details)


def ask_code(client: Client, email: str = "aino@example.org"):
    return client.post(reverse("account_login"), {"email": email})


def code_of(worker) -> str:
    """The code of the newest mail, as its reader finds it."""
    worker.run()
    return re.search(r"\d{4}-\d{4}", mail.outbox[-1].body)[0]


def give_code(client: Client, code: str, action: str = "verify"):
    return client.post(reverse("account_confirm_login_code"), {"code": code, "action": action})


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_a_person_signs_in_by_the_code_of_the_mail(client, worker):
    person = a_person()
    assert ask_code(client).url == reverse("account_confirm_login_code")
    assert "aino@example.org" in client.get(reverse("account_confirm_login_code")).content.decode()
    assert give_code(client, code_of(worker)).url == "/"
    assert client.session["_auth_user_id"] == str(person.pk)
    assert mail.outbox[-1].to == ["aino@example.org"]


def test_the_code_is_wiped_once_it_has_left(client, worker):
    a_person()
    ask_code(client)
    assert Mail.objects.get().secret
    code_of(worker)
    assert Mail.objects.get().body == ""


@pytest.mark.parametrize("between", ["", " ", "–"])
def test_the_hyphen_of_the_code_does_not_matter(client, worker, between):
    a_person()
    ask_code(client)
    give_code(client, f" {code_of(worker).replace('-', between)} ")
    assert is_signed_in(client)


def test_the_case_of_the_address_does_not_matter(client, worker):
    a_person()
    ask_code(client, "Aino@Example.org")
    give_code(client, code_of(worker))
    assert is_signed_in(client)


def test_an_unknown_address_gets_the_same_answer_and_no_mail(client, worker):
    a_person()
    known, unknown = Client(), Client()
    answers = [ask_code(known), ask_code(unknown, "nobody@example.org")]
    assert {(a.status_code, a.url) for a in answers} == {(302, reverse("account_confirm_login_code"))}
    pages = [c.get(reverse("account_confirm_login_code")).content.decode() for c in (known, unknown)]
    pages = [re.sub(r'csrfmiddlewaretoken" value="\w+"', "", page) for page in pages]
    assert pages[0].replace("aino@", "nobody@") == pages[1]
    worker.run()
    assert [m.to for m in mail.outbox] == [["aino@example.org"]]
    assert Mail.objects.count() == 1


def test_an_unknown_address_gets_nothing_by_send_again_either(client, worker):
    ask_code(client, "nobody@example.org")
    assert give_code(client, "", "resend").status_code == 302
    assert give_code(client, "1234-5678").status_code == 422
    assert (worker.run(), Mail.objects.count()) == (0, 0)


def test_send_again_makes_a_new_code_and_ends_the_former(client, worker):
    a_person()
    ask_code(client)
    first = code_of(worker)
    give_code(client, "", "resend")
    second = code_of(worker)
    assert first != second
    assert give_code(client, first).status_code == 422
    give_code(client, second)
    assert is_signed_in(client)


def test_one_who_has_left_gets_no_code(client, worker):
    a_person(is_active=False)
    assert ask_code(client).url == reverse("account_confirm_login_code")
    assert (worker.run(), Mail.objects.count()) == (0, 0)


def test_one_who_leaves_while_signing_in_is_not_let_in(client, worker):
    person = a_person()
    ask_code(client)
    code = code_of(worker)
    Person.objects.filter(pk=person.pk).update(is_active=False)
    assert give_code(client, code).url == reverse("account_inactive")
    assert not is_signed_in(client)


def test_one_who_leaves_is_out_at_once(client):
    person = a_person()
    client.force_login(person)
    Person.objects.filter(pk=person.pk).update(is_active=False)
    assert client.get(reverse("me")).status_code == 302


def test_a_code_sent_to_an_address_that_has_been_corrected_lets_nobody_in(client, worker):
    person = a_person()
    ask_code(client)
    code = code_of(worker)
    Person.objects.filter(pk=person.pk).update(email="aino.virtanen@example.org")
    assert give_code(client, code).status_code == 422
    assert not is_signed_in(client)


def test_after_three_wrong_codes_one_begins_again(client, worker):
    a_person()
    ask_code(client)
    code = code_of(worker)
    assert [give_code(client, "0000-0000").status_code for _ in range(3)] == [422, 422, 302]
    assert give_code(client, code).url == reverse("account_login")
    assert not is_signed_in(client)


def guess(session: str, code: str) -> None:
    """One guess in the browser with this session. Raises Refused when no guess is left."""
    browser = Client(headers={"host": "localhost"})
    browser.cookies["sessionid"] = session
    if give_code(browser, code).status_code != 422:
        raise Refused([])


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_guesses_at_the_same_moment_are_counted_too(client, race):
    a_person()
    for _round in range(5):
        cache.clear()  # of the limit on asking
        ask_code(client)
        outcomes = race(*((guess, (client.session.session_key, f"0000-000{n}")) for n in range(6)))
        assert sorted(outcomes) == [REFUSED] * 4 + [DONE] * 2


def test_a_code_that_is_too_old_is_said_to_be(client, worker, settings):
    settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT = -1
    a_person()
    ask_code(client)
    answer = give_code(client, code_of(worker))
    assert answer.url == reverse("account_login")
    assert [str(m) for m in get_messages(answer.wsgi_request)]


@pytest.mark.parametrize("email", ["aino@example.org", "nobody@example.org"])
def test_too_many_tries_get_429_in_words(client, email):
    a_person()
    answers = [ask_code(client, email) for _ in range(4)]
    assert [a.status_code for a in answers] == [302, 302, 302, 429]
    assert "error-summary" in answers[-1].content.decode()


def test_what_is_no_address_is_refused_with_422(client):
    answer = ask_code(client, "aino")
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()
    assert 'value="aino"' in answer.content.decode()


def test_the_mail_is_in_the_persons_own_language(client, worker):
    a_person(language="en")
    client.cookies["django_language"] = "sv"
    ask_code(client)
    code_of(worker)
    assert "your code to Kaikupolku" in mail.outbox[-1].body


def test_a_name_is_written_as_it_is(client, worker):
    a_person(name="O'Neill & Sons")
    ask_code(client)
    code_of(worker)
    assert "O'Neill" in mail.outbox[-1].body


def test_signing_out_takes_a_post(client):
    client.force_login(a_person())
    assert client.get(reverse("account_logout")).status_code == 200
    assert is_signed_in(client)
    assert client.post(reverse("account_logout")).url == reverse("account_login")
    assert not is_signed_in(client)


def test_a_stranger_who_signs_out_is_at_the_sign_in_page(client):
    assert client.get(reverse("account_logout"), follow=True).redirect_chain[-1][0] == reverse("account_login")


@pytest.mark.parametrize("path", ["/accounts/signup/", "/signup/", "/sign-up/", "/password/reset/", "/accounts/login/"])
def test_nobody_signs_up_and_there_are_no_passwords(client, path):
    assert client.get(path).url.startswith(reverse("account_login"))


def test_the_way_leads_to_the_page_that_was_asked_for(client, worker):
    a_person()
    sign_in = client.get(reverse("me")).url
    code_page = client.post(sign_in, {"email": "aino@example.org", "next": reverse("me")}).url
    answer = client.post(code_page, {"code": code_of(worker), "next": reverse("me")})
    assert answer.url == reverse("me")


def test_what_a_person_is_shown_is_kept_nowhere(client):
    assert "Cache-Control" not in client.get(reverse("help")).headers
    client.force_login(a_person())
    pages = [client.get(path) for path in (reverse("me"), reverse("help"), "/no/such/page/")]
    assert [page["Cache-Control"] for page in pages] == ["private, no-store"] * 3
    assert "max-age=0" in client.get(reverse("health"))["Cache-Control"]
    assert "public" in client.get(static("style.css"))["Cache-Control"]


def test_the_way_never_leads_to_another_site(client, worker):
    a_person()
    client.post(reverse("account_login"), {"email": "aino@example.org", "next": "https://evil.example/"})
    answer = client.post(
        reverse("account_confirm_login_code"), {"code": code_of(worker), "next": "https://evil.example/"}
    )
    assert answer.url == "/"


# --- Language -------------------------------------------------------------------------------------
def language_of(answer) -> str:
    return re.search(r'<html lang="(\w+)"', answer.content.decode())[1]


def test_a_persons_own_language_wins_over_the_browsers(client):
    client.force_login(a_person(language="sv"))
    assert language_of(client.get(reverse("help"), headers={"accept-language": "en"})) == "sv"


def test_the_switch_changes_the_persons_language_for_good(client):
    person = a_person()
    client.force_login(person)
    assert client.post(reverse("set_language"), {"language": "sv", "next": "/help/"}).url == "/help/"
    person.refresh_from_db()
    assert person.language == "sv"
    assert language_of(client.get(reverse("help"))) == "sv"


def test_the_switch_changes_a_strangers_language_in_the_browser(client):
    client.post(reverse("set_language"), {"language": "sv", "next": "/sign-in/"})
    assert language_of(client.get(reverse("account_login"))) == "sv"


def test_a_language_that_the_site_does_not_speak_changes_nothing(client):
    person = a_person()
    client.force_login(person)
    client.post(reverse("set_language"), {"language": "xx", "next": "https://evil.example/"})
    person.refresh_from_db()
    assert person.language == "fi"


# --- The demo's doors -----------------------------------------------------------------------------
DOORS = ["/demo/sign-in/1/", "/demo/mails/", "/demo/components/"]


@pytest.fixture
def demo_site(settings):
    """The site as it is made in demo mode; afterwards as it was."""
    settings.DEMO = True
    reload(config.urls)
    clear_url_caches()
    yield settings
    settings.DEMO = False
    reload(config.urls)
    clear_url_caches()


def test_the_demo_lets_in_by_one_click(client, demo_site):
    person = a_person(name="Sanna Heikkinen", title="koordinaattori", made_by="demo")
    page = client.get(reverse("account_login")).content.decode()
    assert "Sanna Heikkinen" in page
    assert "koordinaattori" in page
    assert client.get(reverse("demo_sign_in", args=[person.pk])).url == "/"
    assert "_auth_user_id" not in client.session
    assert client.post(reverse("demo_sign_in", args=[person.pk])).url == "/"
    assert client.session["_auth_user_id"] == str(person.pk)


def test_the_demo_lets_in_nobody_else(client, demo_site):
    real, left = a_person(), a_person("left@example.org", made_by="demo", is_active=False)
    assert "Aino Virtanen" not in client.get(reverse("account_login")).content.decode()
    for person in (real, left):
        assert client.post(reverse("demo_sign_in", args=[person.pk])).status_code == 404


def test_the_demo_shows_its_mails_with_links_to_itself(client, demo_site):
    demo_site.SITE_URL = "http://127.0.0.1:8123"
    body = "See http://127.0.0.1:8123/regions/kainuu/. Not http://127.0.0.1:81234/ nor https://evil.example/ <b>"
    Mail.objects.create(key="1", address="aino@example.org", subject="First", body="Older")
    Mail.objects.create(key="2", address="aino@example.org", subject="Second", body=body, sent_at=now())
    page = client.get(reverse("demo_mails")).content.decode()
    assert page.index("Second") < page.index("First")
    assert '<a href="/regions/kainuu/">http://127.0.0.1:8123/regions/kainuu/.</a>' in page
    assert with_links(body).count("<a ") == 1
    assert "<b>" not in page


@pytest.mark.parametrize("path", ["//evil.example/x", "/\\evil.example/x", "///evil.example"])
def test_no_mail_of_the_demo_leads_elsewhere(settings, path):
    assert "<a " not in with_links(f"See {settings.SITE_URL}{path} now.")


def test_the_demo_shows_the_parts_of_the_pages(client, demo_site):
    page = client.get(reverse("demo_components"))
    assert page.status_code == 200
    assert "Puu &amp; Sivu &lt;Oy&gt;" in page.content.decode()


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("method", ["get", "post"])
def test_outside_the_demo_its_doors_have_no_address(client, door, method):
    a_person(made_by="demo", pk=1)
    assert getattr(client, method)(door).url.startswith(reverse("account_login"))
    client.force_login(a_person("other@example.org"))
    assert getattr(client, method)(door).status_code == 404


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("method", ["get", "post"])
def test_outside_the_demo_its_doors_refuse_even_with_an_address(client, demo_site, door, method):
    person = a_person(made_by="demo", pk=1)
    demo_site.DEMO = False
    assert getattr(client, method)(door).status_code == 404
    assert not is_signed_in(client)
    assert person.name not in client.get(reverse("account_login")).content.decode()


# --- What went wrong ------------------------------------------------------------------------------
def unreachable(*args, **kwargs):
    raise OperationalError("the database is gone")


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_a_database_out_of_reach_is_said_in_the_readers_language(client, monkeypatch, language):
    client.cookies["django_language"] = language
    monkeypatch.setattr("adoption.signin.AddressForm.is_valid", unreachable)
    answer = ask_code(client)
    assert answer.status_code == 503
    assert language_of(answer) == language
    with translation.override(language):
        assert translation.gettext("The site cannot reach its database") in answer.content.decode()


def test_a_database_gone_before_any_view_is_said_too(client, monkeypatch):
    client.force_login(a_person())
    client.raise_request_exception = False
    monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.load", unreachable)
    assert client.get("/me/").status_code == 503


def test_health_tells_whether_the_database_answers(client, monkeypatch):
    beat()
    assert client.get(reverse("health")).json() == {"ok": True, "faults": {}}
    monkeypatch.setattr("config.views.connection.cursor", unreachable)
    answer = client.get(reverse("health"))
    assert (answer.status_code, answer.json()["faults"]) == (503, {"database": "cannot be reached"})


def test_health_tells_it_to_a_machine_with_a_session_too(client, monkeypatch):
    client.force_login(a_person())
    client.raise_request_exception = False
    monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.load", unreachable)
    answer = client.get(reverse("health"))
    assert (answer.status_code, answer.json()["faults"]) == (503, {"database": "cannot be reached"})


def test_a_fault_of_ours_is_a_page_that_asks_nothing_of_the_database(client, monkeypatch, django_assert_num_queries):
    def broken(*args, **kwargs):
        raise ValueError

    monkeypatch.setattr("adoption.signin.AddressForm.is_valid", broken)
    client.raise_request_exception = False
    with django_assert_num_queries(0):
        answer = ask_code(client)
    assert answer.status_code == 500
    assert "<h1>" in answer.content.decode()


def test_a_form_without_its_token_is_refused_with_a_page():
    answer = Client(enforce_csrf_checks=True).post(reverse("account_login"), {"email": "aino@example.org"})
    assert answer.status_code == 403
    assert "<h1>" in answer.content.decode()


def test_an_address_that_takes_only_a_form_leads_to_the_page_of_the_form(client):
    answer = client.get(reverse("set_language"))
    assert (answer.status_code, answer.url) == (302, "/")
    client.force_login(a_person())
    for name, page in (
        ("responsibility_end", "/regions/kainuu/people/"), ("person_close", "/people/7/"),
        ("partner_draft", "/regions/kainuu/partners/7/"), ("commitment_send", "/regions/kainuu/commitments/7/"),
    ):  # fmt: skip
        given = {"pk": 7} | ({} if name == "person_close" else {"slug": "kainuu"})
        answer = client.get(reverse(name, kwargs=given) + "?page=2")
        assert (answer.status_code, answer.url) == (302, f"{page}?page=2")


def test_a_page_that_takes_no_form_says_so(client):
    answer = client.post(reverse("health"))
    assert answer.status_code == 405
    assert "<h1>" in answer.content.decode()


def test_the_language_is_changed_after_a_refusal_at_an_address_that_takes_only_a_form(client):
    client.force_login(a_person())
    at = reverse("person_close", args=[7])
    answer = client.post(reverse("set_language"), {"language": "sv", "next": at}, follow=True)
    assert 405 not in {answer.status_code, *(status for _url, status in answer.redirect_chain)}


def test_a_forgotten_slash_is_added(client):
    assert client.get("/help?a=1").url == "/help/?a=1"
