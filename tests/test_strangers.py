"""A stranger meets the sign-in page everywhere; a person without responsibilities meets nothing of a region."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.exceptions import NoReverseMatch

from config.urls import PUBLIC, PUBLIC_IN_DEMO
from tests.people import a_distributor, a_pair, a_region, a_stranger, a_trial
from workflows.schedule import beat

pytestmark = pytest.mark.django_db

# A value for each argument of an address, by the argument's name; `things` has what they stand for.
EXAMPLES: dict[str, object] = {
    "slug": "kainuu",
    "key": "commitments",
    "pk": 1,
    "gone": 2,
    "trial": 1,
    "document": 1,
    "copy": 1,
    "party": 1,
    "token": "bWFkZSB1cA:1x:made-up",
    "kind": "region_commitment",
    "about": "region",
    "sample": "full",
    "code": "K7QF-3MXA-9TRB",
    "language": "fi",
    "fingerprint": "0" * 64,
    "path": "no/such/page/",
    "brought": "00000000-0000-4000-8000-000000000000",
}
MADE_UP = ["/no-such-page/", "/no-such-page", "/regions/atlantis/", "/admin/", "/regions/%00/", "/a//b/", "/.env"]
MADE_UP += ["/foo%0Abar", "/regions/kainuu/%0A", "/regions/%0A/", "/%0A", "/a%0D%0Ab/", "/a%E2%80%A8b", "/%FF/"]


def patterns(resolver: URLResolver | None = None) -> Iterator[URLPattern]:
    """Every address of the site, whichever file names it."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            yield from patterns(pattern)
        else:
            yield pattern


def arguments(pattern: URLPattern) -> list[str]:
    return list(pattern.pattern.regex.groupindex)


def address(pattern: URLPattern) -> str:
    """The address with an example for each argument."""
    missing = set(arguments(pattern)) - set(EXAMPLES)
    assert not missing, f"{pattern.name}: give EXAMPLES a value for {missing}"
    return reverse(pattern.name, kwargs={name: EXAMPLES[name] for name in arguments(pattern)})


ALL = list(patterns())
CLOSED = [pattern for pattern in ALL if pattern.name not in PUBLIC]
BY_NAME = {"ids": lambda value: getattr(value, "name", None)}
METHODS = pytest.mark.parametrize("method", ["get", "post"])


@pytest.fixture
def stranger():
    """Signed in, and responsible for nothing."""
    client = Client()
    client.force_login(a_stranger())
    return client


@pytest.fixture
def things(monkeypatch):
    """A region with a pair, a trial and a partner, so that an address leads to something."""
    region = a_region(EXAMPLES["slug"])
    aino, _mikko = a_pair(region)
    monkeypatch.setitem(EXAMPLES, "trial", a_trial(region).pk)
    monkeypatch.setitem(EXAMPLES, "pk", a_distributor(region, aino).pk)


def statuses(visitor: Client, chosen: list[URLPattern]) -> dict[str, tuple[int, int]]:
    """What a GET and a POST of each address answer."""
    paths = [address(pattern) for pattern in chosen]
    return {path: (visitor.get(path).status_code, visitor.post(path).status_code) for path in paths}


def tells_nothing(statuses: tuple[int, int]) -> bool:
    """404; by the wrong method, which is answered before anything is looked up, 405 or the way to the page above."""
    return statuses in {(404, 404), (404, 405), (302, 404)}


def test_every_address_has_a_name():
    assert [pattern.pattern for pattern in ALL if not pattern.name] == []


def test_every_public_name_is_an_address():
    names = {pattern.name for pattern in ALL}
    assert set(PUBLIC) - names == set()
    assert names & set(PUBLIC_IN_DEMO) == set()


@METHODS
@pytest.mark.parametrize("pattern", CLOSED, **BY_NAME)
def test_signed_out_every_address_leads_to_sign_in(client, pattern, method):
    path = address(pattern)
    answer = getattr(client, method)(path)
    assert (answer.status_code, answer.url) == (302, f"{reverse('account_login')}?next={path}")


@METHODS
@pytest.mark.parametrize("path", MADE_UP)
def test_signed_out_an_address_that_is_not_there_leads_to_sign_in_too(client, path, method):
    answer = getattr(client, method)(path)
    assert answer.status_code == 302
    assert answer.url.startswith(f"{reverse('account_login')}?next=/")


def test_a_signed_in_stranger_gets_404_for_everything_of_others(stranger, things):
    found = statuses(stranger, [pattern for pattern in CLOSED if arguments(pattern)])
    assert {path: codes for path, codes in found.items() if not tells_nothing(codes)} == {}


@pytest.mark.parametrize("path", MADE_UP)
def test_a_signed_in_stranger_gets_404_for_what_is_not_there(stranger, path):
    answer = stranger.get(path)
    assert tells_nothing((answer.status_code, stranger.post(path).status_code))
    assert "<h1>" in answer.content.decode()


def test_no_address_answers_500(client, stranger, things):
    beat()  # /health/ says 503 where no worker runs, and rightly
    found = statuses(client, ALL) | {f"{path} signed in": codes for path, codes in statuses(stranger, ALL).items()}
    assert {path: codes for path, codes in found.items() if max(codes) >= 500} == {}


@pytest.mark.parametrize("name", ["account_signup", "account_reset_password", "account_email", "admin:index"])
def test_what_the_site_does_not_offer_has_no_address(name):
    with pytest.raises(NoReverseMatch):
        reverse(name)
