"""Does nobody have a mail of the own act, while everybody else whom it concerns has one?"""

import pytest
from django.core import mail

from adoption import partners
from adoption.models import Partner
from commitments import reviewing, services
from tests.people import a_distributor, a_kaikukeskus_person, a_venue
from tests.test_commitments import a_draft, a_pdf, a_region_draft, sent, signatures
from tests.trials import a_walk

pytestmark = pytest.mark.django_db
ANSWERS = {"client_group": "Päihdekuntoutujia.", "most_in_tight": True, "why_most": "Perusturvan varassa."}


def hear(worker) -> set[str]:
    """Who has a mail now."""
    mail.outbox.clear()
    worker.run()
    return {to for one in mail.outbox for to in one.to}


def test_who_sends_a_regions_commitment_is_not_told_that_it_was_sent(region, pair, worker):
    aino, mikko = pair
    prepared = a_region_draft(region, aino)
    worker.run()
    sent(prepared, mikko)
    found = hear(worker)
    assert aino.email in found
    assert mikko.email not in found


def test_who_records_the_last_signature_is_not_told_that_it_is_in_force(region, pair, worker):
    aino, mikko = pair
    commitment = sent(a_draft(region, aino), aino)
    worker.run()
    reviewing.record_copy(commitment, aino, a_pdf(), "kopio.pdf", signatures(commitment))
    found = hear(worker)
    assert mikko.email in found
    assert aino.email not in found


def test_who_says_that_a_party_will_not_sign_is_not_told_so(region, pair, worker):
    aino, _mikko = pair
    commitment = sent(a_draft(region, aino), aino)
    worker.run()
    services.decline(commitment, aino, "Hallitus ei allekirjoita.")
    assert aino.email not in hear(worker)


def test_who_declines_a_partner_and_who_becomes_its_contact_by_the_own_act_are_not_told(region, pair, worker):
    aino, mikko = pair
    venue, tupa = a_venue(region, aino), a_distributor(region, mikko)
    worker.run()
    partners.name_contact(venue, aino, aino.email, aino.name)
    assert aino.email not in hear(worker)
    partners.decline(tupa, mikko, "Eivät ehdi.")
    found = hear(worker)
    assert aino.email in found
    assert mikko.email not in found


def test_whoever_is_told_of_kaikukeskuss_decision_still_is(region, pair, worker):
    _aino, mikko = pair
    tupa = a_distributor(region, mikko)
    partners.request_clearance(tupa, mikko, ANSWERS)
    worker.run()
    partners.clear(Partner.objects.get(pk=tupa.pk), a_kaikukeskus_person())
    assert mikko.email in hear(worker)


def test_who_closes_a_step_is_not_told_that_it_is_closed(worker):
    here = a_walk(until="workshop")
    mail.outbox.clear()
    worker.run()
    closed = [one.to[0] for one in mail.outbox if one.subject.startswith("Sweden: confirmed, step 4")]
    assert len(closed) == 1
    assert closed[0] in {here.aino.email, here.mikko.email}
