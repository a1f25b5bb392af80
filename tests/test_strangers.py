"""A stranger meets the sign-in page everywhere; whoever signs in meets nothing that is others'.

Each address leads to a real thing (tests.strangers), and somewhere for who may see it: so the 404 of others says more
than that nothing is there.
"""

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, reverse
from django.urls.exceptions import NoReverseMatch
from django_htmx.http import HTMX_STOP_POLLING

from adoption.models import Person
from commitments.models import Commitment
from config.urls import PUBLIC, PUBLIC_IN_DEMO
from tests.people import a_stranger
from tests.strangers import World, a_world, arguments, everything, patterns
from workflows.schedule import beat

pytestmark = pytest.mark.django_db

# A value for each argument of an address, by the argument's name, where nothing needs to be there.
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


def address(pattern: URLPattern) -> str:
    """The address with an example for each argument."""
    missing = set(arguments(pattern)) - set(EXAMPLES)
    assert not missing, f"{pattern.name}: give EXAMPLES a value for {missing}"
    return reverse(pattern.name, kwargs={name: EXAMPLES[name] for name in arguments(pattern)})


ALL = list(patterns())
CLOSED = [pattern for pattern in ALL if pattern.name not in PUBLIC]
OF_THINGS = [pattern for pattern in CLOSED if arguments(pattern) and pattern.name != "anything_else"]
# Acts of the pair that Kaikukeskus leaves to it.
OF_THE_PAIR = {"question_new"}
BY_NAME = {"ids": lambda value: getattr(value, "name", None)}
METHODS = pytest.mark.parametrize("method", ["get", "post"])


@pytest.fixture
def stranger():
    """Signed in, and responsible for nothing."""
    client = Client()
    client.force_login(a_stranger())
    return client


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker) -> Iterator[World]:
    """Built once for the module; gone after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield a_world()
        transaction.set_rollback(True)


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


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


def knock(visitor: Client, path: str) -> tuple[int, int]:
    """What a GET and a POST of the address answer."""
    return visitor.get(path).status_code, visitor.post(path).status_code


def undone(visitor: Client, path: str) -> tuple[int, int]:
    """The same, and whatever it did is undone, so that the next address finds everything in its place."""
    with transaction.atomic():
        codes = knock(visitor, path)
        transaction.set_rollback(True)
    return codes


def leads_somewhere(codes: tuple[int, int]) -> bool:
    """A page, or an act: done, or refused in words."""
    got, posted = codes
    return 404 not in codes and max(codes) < 500 and (got in (200, HTMX_STOP_POLLING) or posted != 405)


def test_every_closed_address_leads_somewhere_for_who_may_see_it(world):
    laura, aino = signed_in(world.here.laura), signed_in(world.here.aino)
    found = {}
    for pattern in OF_THINGS:
        visitor = aino if pattern.name in OF_THE_PAIR else laura
        found[pattern.name] = undone(visitor, world.address(pattern))
    assert {name: codes for name, codes in found.items() if not leads_somewhere(codes)} == {}


def test_signed_out_the_address_of_a_real_thing_leads_to_sign_in(client, world):
    sign_in, found = reverse("account_login"), set()
    for pattern in OF_THINGS:
        path = world.address(pattern)
        for answer in (client.get(path), client.post(path)):
            found.add((answer.status_code, answer.url.removesuffix(path)))
    assert found == {(302, f"{sign_in}?next=")}


@pytest.mark.parametrize("who", ["stranger", "holder_elsewhere", "another_contact"])
def test_who_has_no_right_to_it_gets_404_for_everything_of_others(world, who):
    visitor = signed_in(a_stranger() if who == "stranger" else getattr(world, who))
    before = everything()
    found = {pattern.name: knock(visitor, world.address(pattern)) for pattern in OF_THINGS}
    assert {name: codes for name, codes in found.items() if not tells_nothing(codes)} == {}
    assert everything() == before


def test_a_thing_of_others_is_not_found_under_the_own_region_either(world):
    visitor, before = signed_in(world.holder_elsewhere), everything()
    own = {"slug": world.elsewhere.slug}
    things = {"pk", "trial", "brought"}
    chosen = [pattern for pattern in OF_THINGS if "slug" in arguments(pattern) and things & set(arguments(pattern))]
    found = {pattern.name: knock(visitor, world.address(pattern, **own)) for pattern in chosen}
    assert {name: codes for name, codes in found.items() if not tells_nothing(codes)} == {}
    assert everything() == before


def test_a_paper_of_others_is_not_found_under_the_own_commitment_either(world):
    """A contact reads the own partner's commitment; the keys of another's documents and copies lead nowhere in it."""
    own = Commitment.objects.filter(region=world.here.region).exclude(partner=None)[0]
    visitor = signed_in(own.partner.contact)
    assert visitor.get(own.get_absolute_url()).status_code == 200
    names = {"document", "document_pdf", "document_sealed", "pdf_again", "signed_copy"}
    found = {p.name: knock(visitor, world.address(p, pk=own.pk)) for p in OF_THINGS if p.name in names}
    assert found.keys() == names
    assert {name: codes for name, codes in found.items() if not tells_nothing(codes)} == {}


@pytest.mark.parametrize("path", MADE_UP)
def test_a_signed_in_stranger_gets_404_for_what_is_not_there(stranger, path):
    answer = stranger.get(path)
    assert tells_nothing((answer.status_code, stranger.post(path).status_code))
    assert "<h1>" in answer.content.decode()


def test_no_address_answers_500(client, stranger):
    beat()  # /health/ says 503 where no worker runs, and rightly
    found = statuses(client, ALL) | {f"{path} signed in": codes for path, codes in statuses(stranger, ALL).items()}
    assert {path: codes for path, codes in found.items() if max(codes) >= 500} == {}


@pytest.mark.parametrize("name", ["account_signup", "account_reset_password", "account_email", "admin:index"])
def test_what_the_site_does_not_offer_has_no_address(name):
    with pytest.raises(NoReverseMatch):
        reverse(name)
