"""Which addresses does the site have, and which of them may a stranger open?"""

from allauth.account.views import account_inactive
from django.conf import settings
from django.urls import include, path, re_path

from adoption.signin import AskCode, GiveCode, SignOut
from config import demo, search, views

# Every other address leads a stranger to the sign-in page, whether or not the thing exists.
PUBLIC = [
    "account_login",
    "account_request_login_code",
    "account_confirm_login_code",
    "account_inactive",
    "account_logout",
    "set_language",
    "help",
    "letting_in",
    "words",
    "privacy",
    "accessibility",
    "seal_help",
    "seal_certificate",
    "verify",
    "verify_file",
    "health",
    "still",
    "still_renew",
    "still_hand_over",
    "still_leave",
    "mails_off",
    "invited",
    "invited_calendar",
    "successor",
    "successor_decline",
    "feed",
    "feed_region",
    "survey_answer",
    "sign",
    "sign_decline",
    "sign_forward",
    "sign_copy",
    "sign_renew",
    "sign_document",
    "sign_pdf",
    "sign_sealed",
    "sign_certificate",
]
# Public only where the site runs as a demo; elsewhere these addresses do not exist.
PUBLIC_IN_DEMO = ["demo_sign_in", "demo_mails", "demo_components"]

ask_code = demo.AskCodeInDemo.as_view() if settings.DEMO else AskCode.as_view()

urlpatterns = [
    path("", include("adoption.urls")),
    path("", include("commitments.urls")),
    path("", include("workflows.urls")),
    # allauth leads to these by name; its other pages (sign-up, passwords, e-mail) have no address here.
    path("sign-in/", ask_code, name="account_request_login_code"),
    path("sign-in/", ask_code, name="account_login"),
    path("sign-in/code/", GiveCode.as_view(), name="account_confirm_login_code"),
    path("sign-in/closed/", account_inactive, name="account_inactive"),
    path("sign-out/", SignOut.as_view(), name="account_logout"),
    path("language/", views.set_language, name="set_language"),
    path("help/", views.help_page, name="help"),
    path("help/who-can-let-me-in/", views.letting_in, name="letting_in"),
    path("help/words/", views.words, name="words"),
    path("help/privacy/", views.privacy, name="privacy"),
    path("help/accessibility/", views.accessibility, name="accessibility"),
    path("health/", views.health, name="health"),
    path("search/", search.search, name="search"),
]

if settings.DEMO:
    urlpatterns += [
        path("demo/sign-in/<int:pk>/", demo.sign_in, name="demo_sign_in"),
        path("demo/mails/", demo.mails, name="demo_mails"),
        path("demo/components/", demo.components, name="demo_components"),
    ]

urlpatterns += [re_path(r"^(?P<path>(?s:.*))$", views.anything_else, name="anything_else")]

handler400 = "config.views.bad_request"
handler403 = "config.views.permission_denied"
handler404 = "config.views.page_not_found"
handler429 = "config.views.too_many"
handler500 = "config.views.server_error"
