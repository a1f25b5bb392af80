"""At which addresses are the commitments of a region?"""

from django.urls import path

from commitments.views import commitments as views

ONE = "regions/<slug:slug>/commitments/<int:pk>/"

urlpatterns = [
    path("regions/<slug:slug>/commitments/", views.commitments, name="commitments"),
    path(ONE, views.commitment, name="commitment"),
    path(f"{ONE}edit/", views.commitment_edit, name="commitment_edit"),
    path(f"{ONE}preview/", views.commitment_preview, name="commitment_preview"),
    path(f"{ONE}check/", views.commitment_check, name="commitment_check"),
    path(f"{ONE}send/", views.commitment_send, name="commitment_send"),
    path(f"{ONE}copy/", views.commitment_copy, name="commitment_copy"),
    path(f"{ONE}kaikukanta/", views.commitment_kaikukanta, name="commitment_kaikukanta"),
    path(f"{ONE}decline/", views.commitment_decline, name="commitment_decline"),
    path(f"{ONE}end/", views.commitment_end, name="commitment_end"),
    path(f"{ONE}replace/", views.commitment_replace, name="commitment_replace"),
    path(f"{ONE}documents/<int:document>/", views.document, name="document"),
    path(f"{ONE}copies/<int:copy>/", views.signed_copy, name="signed_copy"),
]
