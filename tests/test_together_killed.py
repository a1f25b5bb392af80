"""What is left when a sending of many is killed in the middle? Each is sent whole or not at all; again sends the rest.

A process of its own sends, and kills itself with -9 at its n-th write to the database, wherever that is.
"""

import os
import signal
import subprocess
import sys

import pytest
from django.conf import settings as site
from django.db import connection

from adoption.history import all_faults
from adoption.models import Act, Person, Region
from commitments.models import Commitment, SignatureRequest
from commitments.together import send_all
from tests.people import a_pair, a_region
from tests.test_together import acts, drafted, keys, seen, venues

COUNT = 4
WRITES = ("INSERT", "UPDATE", "DELETE")
TOLD = "from tests.test_together_killed import child; child(*map(int, __import__('sys').argv[1:]))"


def child(region: int, by: int, last: int) -> None:
    """All are sent by this process, until it has written `last` times."""
    left = [last]

    def count(execute, sql, params, many, context):
        if sql.startswith(WRITES):
            left[0] -= 1
            if left[0] < 0:
                os.kill(os.getpid(), signal.SIGKILL)
        return execute(sql, params, many, context)

    drafts = list(Commitment.objects.filter(region=region).order_by("pk"))
    with connection.execute_wrapper(count):
        send_all(Region.objects.get(pk=region), Person.objects.get(pk=by), seen(drafts))


# One sending writes about a dozen times: between check and sending, between history and links, between two drafts.
@pytest.mark.race
@pytest.mark.parametrize("last", [2, 17, 31])
def test_whoever_is_killed_in_the_middle_sends_the_rest(transactional_db, child_environment, worker, last):
    kainuu = a_region()
    aino, mikko = a_pair(kainuu)
    drafts = drafted(kainuu, aino, venues(kainuu, aino, COUNT))
    shown = seen(drafts)
    words = [sys.executable, "-c", TOLD, str(kainuu.pk), str(aino.pk), str(last)]
    assert subprocess.run(words, cwd=site.BASE_DIR, env=child_environment, timeout=60).returncode == -signal.SIGKILL
    sent = acts("commitment_sent")
    assert len(sent) < COUNT
    assert sent == acts("commitment_checked") == acts("signature_asked")
    assert send_all(kainuu, mikko, shown) == (COUNT - len(sent), len(sent), [])
    assert acts("commitment_sent") == keys(drafts)
    assert set(SignatureRequest.objects.filter(party__role="partner").values_list("round", flat=True)) == {1}
    assert Act.objects.filter(what="commitment_checked", by=mikko).count() == COUNT - len(sent)
    assert all_faults() == []
