"""Is the own work clean under axe and whole on a phone, with everything in it that one can put there?"""

from datetime import timedelta

import pytest
from django.utils.timezone import localdate

from adoption.models import Person
from tests.trials import a_walk
from workflows.my_work.filters import Wanted, save_filter
from workflows.my_work.own_tasks import add_task, finish_task
from workflows.my_work.snoozing import put_off
from workflows.my_work.whole import whole_of

pytestmark = pytest.mark.django_db(transaction=True)

DAY = timedelta(days=1)


def test_the_own_work_on_a_phone(new_page, client, live_server, axe):
    here = a_walk(until="local_pair")
    late, other, done = (add_task(here.aino, text, localdate() - DAY) for text in ("Soita", "Kirjoita", "Kysy"))
    put_off(here.aino, f"own-{other.pk}", localdate() + DAY, "Huomenna")
    finish_task(done, here.aino)
    saved = save_filter(here.aino, "Myöhässä", Wanted(late=True))
    [step] = [item for item in whole_work(here.aino) if item.startswith("step")]
    client.force_login(Person.objects.get(pk=here.aino.pk))
    page = new_page(width=390)
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
    page.context.add_cookies([cookie])
    paths = ["/", f"/?filter={saved.pk}", "/?kind=people", "/my-work/filters/", "/my-work/filters/?late=on"]
    paths += [f"/my-work/items/{key}/" for key in (step, f"own-{late.pk}", f"own-{other.pk}")]
    paths += [one.get_absolute_url() for one in (late, done)]
    faults = []
    for path in paths:
        assert page.goto(path).status == 200
        page.eval_on_selector_all("details", "all => all.forEach(one => { one.open = true; })")
        faults += [f"{path}: {fault}" for fault in axe(page)]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            faults.append(f"{path}: too wide")
    assert faults == []


def whole_work(person: Person) -> list[str]:
    """The keys of everything in the person's work."""
    whole = whole_of(person)
    return [item.key for item in whole.mine + whole.others]
