"""Which addresses have the pages of regions, people and partners?"""

from django.urls import path

from adoption.views import answers, contacts, everybody, lapsed, notes, partner, partners, people, regions

REGION = "regions/<slug:slug>"
PARTNER = f"{REGION}/partners/<int:pk>"

urlpatterns = [
    path("still/<str:token>/", contacts.still, name="still"),
    path("still/<str:token>/new-link/", contacts.still_renew, name="still_renew"),
    path("still/<str:token>/<int:pk>/successor/", contacts.still_hand_over, name="still_hand_over"),
    path("still/<str:token>/<int:pk>/leave/", contacts.still_leave, name="still_leave"),
    path("successor/<str:token>/", contacts.successor, name="successor"),
    path("successor/<str:token>/decline/", contacts.successor_decline, name="successor_decline"),
    path("contacts/", lapsed.contacts, name="contacts"),
    path(f"{REGION}/people/<int:pk>/stays/", lapsed.responsible_confirm, name="responsible_confirm"),
    path(f"{REGION}/people/<int:pk>/ask/", lapsed.responsible_ask, name="responsible_ask"),
    path(f"{PARTNER}/contact/stays/", lapsed.contact_confirm, name="contact_confirm"),
    path(f"{PARTNER}/contact/ask/", lapsed.contact_ask, name="contact_ask"),
    path("regions/new/", regions.region_new, name="region_new"),
    path("me/", people.me, name="me"),
    path("people/", everybody.everybody, name="everybody"),
    path("people/new/", everybody.colleague_new, name="colleague_new"),
    path("people/<int:pk>/", everybody.person, name="person"),
    path("people/<int:pk>/end-right/", everybody.person_act, {"act": "right"}, name="person_right"),
    path("people/<int:pk>/close/", everybody.person_act, {"act": "close"}, name="person_close"),
    path("people/<int:pk>/reopen/", everybody.person_act, {"act": "reopen"}, name="person_reopen"),
    path(f"{REGION}/people/", people.people, name="people"),
    path(f"{REGION}/people/new/", people.person_name, name="person_name"),
    path(f"{REGION}/people/<int:pk>/end/", people.responsibility_end, name="responsibility_end"),
    path(f"{REGION}/partners/", partners.partners, name="partners"),
    path(f"{REGION}/partners/new/", partners.partner_new, name="partner_new"),
    path(f"{PARTNER}/", partner.partner, name="partner"),
    path(f"{PARTNER}/edit/", partners.partner_edit, name="partner_edit"),
    path(f"{PARTNER}/ask/", partners.partner_ask, name="partner_ask"),
    path(f"{PARTNER}/answer/", partner.partner_act, {"act": "answer"}, name="partner_answer"),
    path(f"{PARTNER}/clearance/", partner.partner_act, {"act": "decide"}, name="clearance_decide"),
    path(f"{PARTNER}/contact/", partner.partner_act, {"act": "contact"}, name="partner_contact"),
    path(f"{PARTNER}/account/", partner.partner_act, {"act": "account"}, name="partner_account"),
    path(f"{PARTNER}/induction/", partner.partner_act, {"act": "induction"}, name="partner_induction"),
    path(f"{PARTNER}/decline/", partner.partner_act, {"act": "decline"}, name="partner_decline"),
    path(f"{PARTNER}/again/", partner.partner_act, {"act": "again"}, name="partner_again"),
    path(f"{PARTNER}/end/", partner.partner_act, {"act": "end"}, name="partner_end"),
    path(f"{REGION}/notes/", notes.notes, name="notes"),
    path(f"{REGION}/notes/new/<slug:about>/<int:pk>/", notes.note_new, name="note_new"),
    path(f"{REGION}/notes/<int:pk>/withdraw/", notes.note_withdraw, name="note_withdraw"),
    path(f"{REGION}/questions/new/<slug:about>/<int:pk>/", notes.question_new, name="question_new"),
    path(f"{REGION}/questions/<int:pk>/", notes.question, name="question"),
    path("answers/", answers.answers, name="answers"),
    path("answers/new/", answers.answer_new, name="answer_new"),
    path("answers/<int:pk>/", answers.answer_edit, name="answer_edit"),
]
