"""At which addresses are the commitments of a region?"""

from django.urls import path

from commitments.models import Rendition
from commitments.views import (
    acts,
    bundles,
    importing,
    making,
    on_paper,
    pdf,
    proof,
    signing,
    templates,
    together,
)
from commitments.views import commitments as views

SEALED = {"form": Rendition.Form.SEALED}
ONE = "regions/<slug:slug>/commitments/<int:pk>/"
BROUGHT = "regions/<slug:slug>/imports/<uuid:brought>/"
LINK = "sign/<str:token>/"  # open to whoever has it

urlpatterns = [
    path("templates/", templates.templates, name="templates"),
    path("templates/fields/", templates.template_fields, name="template_fields"),
    path("templates/drafts/", templates.template_drafts, name="template_drafts"),
    path("templates/ours/<slug:kind>/<slug:language>/", templates.template_ours, name="template_ours"),
    path("templates/<int:pk>/", templates.template, name="template"),
    path("templates/<int:pk>/publish/", templates.template_publish, name="template_publish"),
    path("templates/<int:pk>/discard/", templates.template_discard, name="template_discard"),
    path("templates/<int:pk>/file/", templates.template_file, name="template_file"),
    path("templates/<int:pk>/<slug:sample>/", templates.template_filled, name="template_filled"),
    path("regions/<slug:slug>/commitments/", views.commitments, name="commitments"),
    path("regions/<slug:slug>/commitments/bundle/", bundles.region_bundle, name="region_bundle"),
    path("regions/<slug:slug>/commitments/send/", together.commitments_send, name="commitments_send"),
    path("regions/<slug:slug>/commitments/signing/", together.commitments_signing, name="commitments_signing"),
    path("regions/<slug:slug>/commitments/remind/", together.commitments_remind, name="commitments_remind"),
    path("regions/<slug:slug>/commitments/again/", making.drafts_again, name="drafts_again"),
    path("regions/<slug:slug>/commitments/on-paper/", on_paper.region_on_paper, name="region_on_paper"),
    path("regions/<slug:slug>/partners/<int:pk>/on-paper/", on_paper.partner_on_paper, name="partner_on_paper"),
    path("regions/<slug:slug>/imports/", importing.partners_import, name="partners_import"),
    path("regions/<slug:slug>/candidates/", importing.candidates, name="candidates"),
    path(BROUGHT, importing.import_page, name="import"),
    path(f"{BROUGHT}confirm/", importing.import_confirm, name="import_confirm"),
    path(f"{BROUGHT}refused/", importing.import_refused, name="import_refused"),
    path("papers/<int:pk>/", making.batch, name="batch"),
    path("papers/<int:pk>/again/", making.batch_again, name="batch_again"),
    path(ONE, views.commitment, name="commitment"),
    path(f"{ONE}bundle/", bundles.commitment_bundle, name="commitment_bundle"),
    path(f"{ONE}making/", making.making, name="making"),
    path(f"{ONE}making/again/", making.making_again, name="making_again"),
    path(f"{ONE}edit/", acts.commitment_edit, name="commitment_edit"),
    path(f"{ONE}preview/", views.commitment_preview, name="commitment_preview"),
    path(f"{ONE}check/", acts.commitment_check, name="commitment_check"),
    path(f"{ONE}send/", acts.commitment_send, name="commitment_send"),
    path(f"{ONE}copy/", acts.commitment_copy, name="commitment_copy"),
    path(f"{ONE}kaikukanta/", acts.commitment_kaikukanta, name="commitment_kaikukanta"),
    path(f"{ONE}decline/", acts.commitment_decline, name="commitment_decline"),
    path(f"{ONE}end/", acts.commitment_end, name="commitment_end"),
    path(f"{ONE}replace/", acts.commitment_replace, name="commitment_replace"),
    path(f"{ONE}documents/<int:document>/", views.document, name="document"),
    path(f"{ONE}documents/<int:document>/pdf/", pdf.document_pdf, name="document_pdf"),
    path(f"{ONE}documents/<int:document>/sealed/", pdf.document_pdf, SEALED, name="document_sealed"),
    path(f"{ONE}documents/<int:document>/pdf/again/", pdf.pdf_again, name="pdf_again"),
    path(f"{ONE}copies/<int:copy>/", views.signed_copy, name="signed_copy"),
    path(f"{ONE}copies/<int:copy>/review/", acts.commitment_review, name="commitment_review"),
    path(f"{ONE}parties/<int:party>/ask/", acts.commitment_ask, name="commitment_ask"),
    path(f"{ONE}parties/<int:party>/remind/", together.commitment_remind, name="commitment_remind"),
    path(LINK, signing.sign, name="sign"),
    path(f"{LINK}decline/", signing.sign_decline, name="sign_decline"),
    path(f"{LINK}pass-on/", signing.sign_forward, name="sign_forward"),
    path(f"{LINK}copy/", signing.sign_copy, name="sign_copy"),
    path(f"{LINK}renew/", signing.sign_renew, name="sign_renew"),
    path(f"{LINK}documents/<int:document>/", signing.sign_document, name="sign_document"),
    path(f"{LINK}documents/<int:document>/pdf/", signing.sign_pdf, name="sign_pdf"),
    path(f"{ONE}certificate/", proof.certificate_again, name="certificate_again"),
    path(f"{ONE}certificate/<slug:language>/", proof.certificate_file, name="certificate_file"),
    path("verify/", proof.verify, name="verify"),
    path("verify/<str:code>/", proof.verify_file, name="verify_file"),
    path("help/seal/", proof.seal_help, name="seal_help"),
    path("help/seal/<slug:fingerprint>/", proof.seal_certificate, name="seal_certificate"),
]
