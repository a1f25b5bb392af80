"""How is the site set up? What differs from one place to another stands in the first block.

A laptop sets none of it. A site that others reach sets SITE_URL, and is then told what else it needs.
"""

import os
import re
import secrets
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote, urlsplit

import django_htmx
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from environ import Env

BASE_DIR = Path(__file__).resolve().parent.parent


def switched_on(name: str) -> bool:
    """True when the environment says 1, true, yes or on."""
    return os.environ.get(name, "").lower() in {"1", "true", "yes", "on"}


# --- The environment ------------------------------------------------------------------------------
# DEBUG         1 = Django's debug pages; only on the machine itself
# DEMO          1 = people to sign in as by one click, mails kept to be read; only on the machine itself
# SITE_URL      where people reach the site: links in mails and the host name it answers to
# VAR_DIR       folder of all that the site writes itself
# MEDIA_ROOT    folder of the documents and uploads: back it up together with the database
# SECRET_KEY    signs sessions and jobs; the same for the site and its workers
# DATABASE_URL  sqlite:////path/file or postgres://user:password@host:5432/name (PostgreSQL 15 or newer)
# EMAIL_URL     smtp+tls://user:password@host:587; smtp+ssl://, smtp://, consolemail://, filemail:////folder
# MAIL_FROM     the sender of the mails
# RETURN_PATH   where undeliverable mail comes back to (the sender on the envelope), if not to MAIL_FROM; best with a
#               mark for each mail, as returned+{mail}@polku.example.org
# RETURNED_MAIL the mailbox in which such mail is read: maildir:/path or imaps://user:password@host/folder; it is only
#               read, never changed. Without it the pages say that returned mail is not seen
# PROXIES       how many proxies of our own stand before the site: whose word for a visitor's address counts
# PDF_CONVERTER host:port of the converter that makes PDF of documents (manage.py converter); without it, none is made
# SEAL_KEY      file with the key and certificate that PDFs are sealed with (PKCS #12); without it, none is sealed
# SEAL_PASSWORD its password
# TRUSTED_SIGNERS file with the certificates (PEM) of issuers whose holders' signatures on PDFs are believed without a
#               person's look; without it, every signed copy is looked at
# Q_TIMEOUT     seconds that a job may take
# Q_RETRY       seconds after which a job that nobody finished is given to another worker
DEBUG = switched_on("DEBUG")
DEMO = switched_on("DEMO")
SITE_URL = os.environ.get("SITE_URL", "http://127.0.0.1:8000").rstrip("/")
VAR_DIR = Path(os.environ.get("VAR_DIR", BASE_DIR / "var"))
MEDIA_ROOT = Path(os.environ.get("MEDIA_ROOT", VAR_DIR / "media"))
SECRET_KEY = os.environ.get("SECRET_KEY", "")
DATABASE_URL = os.environ.get("DATABASE_URL") or f"sqlite:///{quote(str(VAR_DIR))}/kaikupolku.sqlite3"
EMAIL_URL = os.environ.get("EMAIL_URL", "")
MAIL_FROM = os.environ.get("MAIL_FROM", "")
RETURN_PATH = os.environ.get("RETURN_PATH", "")
RETURNED_MAIL = os.environ.get("RETURNED_MAIL", "")
PROXIES = int(os.environ.get("PROXIES", "0"))
PDF_CONVERTER = os.environ.get("PDF_CONVERTER", "")
SEAL_KEY = Path(os.environ["SEAL_KEY"]) if os.environ.get("SEAL_KEY") else None
SEAL_PASSWORD = os.environ.get("SEAL_PASSWORD", "")
TRUSTED_SIGNERS = Path(os.environ["TRUSTED_SIGNERS"]) if os.environ.get("TRUSTED_SIGNERS") else None
Q_TIMEOUT = int(os.environ.get("Q_TIMEOUT", "60"))
Q_RETRY = int(os.environ.get("Q_RETRY", "120"))

# --- What must hold before the site starts --------------------------------------------------------
HOST = urlsplit(SITE_URL).hostname or ""
HTTPS = SITE_URL.startswith("https://")
LOOPBACK = ["localhost", "127.0.0.1", "::1"]
ON_THIS_MACHINE = HOST in LOOPBACK


def refuse_if(wrong: bool, sentence: str) -> None:
    """The site does not start, and says why in one sentence."""
    if wrong:
        raise ImproperlyConfigured(sentence)


refuse_if(not HOST, f"SITE_URL must be an address such as https://polku.example.org, not {SITE_URL!r}.")
if not ON_THIS_MACHINE:
    refuse_if(DEMO, f"DEMO lets anyone in, so it runs only on localhost: SITE_URL is {SITE_URL}.")
    refuse_if(DEBUG, f"DEBUG shows the inside of the site, so it runs only on localhost: SITE_URL is {SITE_URL}.")
    refuse_if(not HTTPS, f"People sign in, so SITE_URL must begin with https://: it is {SITE_URL}.")
    refuse_if(
        not os.environ.get("DATABASE_URL"),
        "Set DATABASE_URL to a database of PostgreSQL, such as postgres://user:password@host:5432/name.",
    )
    refuse_if(not SECRET_KEY, "Set SECRET_KEY to a long random string, the same for the site and its workers.")
    refuse_if(not EMAIL_URL, "Set EMAIL_URL, such as smtp+tls://user:password@host:587: people sign in by mail.")
refuse_if(
    PDF_CONVERTER != "" and not re.fullmatch(r"[^\s/:@]+:[0-9]{1,5}", PDF_CONVERTER),
    f"PDF_CONVERTER must be host:port, such as 127.0.0.1:2003, not {PDF_CONVERTER!r}.",
)

refuse_if(
    RETURNED_MAIL != ""
    and not re.fullmatch(
        r"maildir:/.+|imaps://[^/]+(/.*)?|imap://([^/]*@)?(localhost|127\.0\.0\.1)(:[0-9]+)?(/.*)?", RETURNED_MAIL
    ),
    "RETURNED_MAIL must be maildir:/path or imaps://user:password@host/folder.",
)


def kept_secret(file: Path) -> str:
    """The random key in the file, which is made when it is not there."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = file.with_name(f"{file.name}.{os.getpid()}")
    if not file.exists():
        draft.touch(0o600)
        draft.write_text(secrets.token_urlsafe(50))
        # Site and worker may start at once: a link keeps the first key, where a move would keep the last.
        with suppress(FileExistsError):
            os.link(draft, file)
        draft.unlink()
    return file.read_text()


SECRET_KEY = SECRET_KEY or kept_secret(VAR_DIR / "secret_key")

# --- Parts ----------------------------------------------------------------------------------------
APPS = ["adoption", "commitments", "workflows"]
INSTALLED_APPS = [
    *APPS,
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "csp",
    "django_htmx",
    "django_q",
    "viewflow",
    "viewflow.workflow",
]
MIDDLEWARE = [
    "config.middleware.BodyLimit",
    "config.middleware.Utf8",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "config.middleware.PersonLanguage",
    "config.middleware.PrivatePages",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "config.middleware.DraftTaken",
    "config.middleware.RefusedToPage",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
FORM_RENDERER = "config.forms.Renderer"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "config" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context.navigation",
            ],
        },
    },
]

# --- Database, cache and jobs ---------------------------------------------------------------------
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# IMMEDIATE: a transaction that reads and then writes would otherwise fail as "database is locked".
SQLITE = {
    "timeout": 20,
    "transaction_mode": "IMMEDIATE",
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
}
# A lock or a query that takes longer than this is a fault: the person gets an answer, the row is freed.
POSTGRESQL = {
    "connect_timeout": 5,
    "options": "-c lock_timeout=10s -c statement_timeout=60s -c idle_in_transaction_session_timeout=60s",
}


def database(url: str) -> dict:
    """The database of the address, with our options for its kind below those that the address names."""
    found = Env.db_url_config(url)
    sqlite = found["ENGINE"].endswith("sqlite3")
    found["OPTIONS"] = (SQLITE if sqlite else POSTGRESQL) | found.get("OPTIONS", {})
    if sqlite:
        Path(found["NAME"]).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # The tests race two processes: a database in memory would have only one.
        found["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}
    else:
        found |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
    return found


DATABASES = {"default": database(DATABASE_URL)}
# The limits on sign-in attempts must be known to every process of the site: so not in memory.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": VAR_DIR / "cache",
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    }
}
# The database is the queue, so a job dies with the transaction that asked for it.
Q_CLUSTER = {
    "name": "kaikupolku",
    "orm": "default",
    "workers": 2,
    "timeout": Q_TIMEOUT,
    "retry": Q_RETRY,
    "max_attempts": 3,
    "ack_failures": False,
    "catch_up": False,
    "save_limit": -1,  # a job's own rows say what it has done; one that failed is kept
    "poll": 0.5,
}

# --- People and sign-in ---------------------------------------------------------------------------
AUTH_USER_MODEL = "adoption.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "adoption.signin.Adapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
# No password among the fields: the sign-in page then asks for the address alone and sends a code.
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
# Mail to a town hall may wait in a filter for minutes.
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = ACCOUNT_LOGIN_TIMEOUT = 15 * 60
# The code has shown that the address is the person's own.
ACCOUNT_EMAIL_VERIFICATION = "none"
# A stranger learns neither from the page nor by mail whether an address is known.
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = True
SESSION_COOKIE_AGE = 7 * 24 * 60 * 60
ALLAUTH_TRUSTED_PROXY_COUNT = PROXIES
# A stranger's file may take a second to read, and a pick is a row of history: so many in a minute from one address.
ACCOUNT_RATE_LIMITS = {"check_file": "20/m/ip", "send_copy": "10/m/ip", "calendar": "60/m/ip", "pick": "60/m/ip"}

# --- Mail -----------------------------------------------------------------------------------------
MAIL_DIR = VAR_DIR / "mail"
mail = Env.email_url_config(EMAIL_URL or (f"filemail:///{quote(str(MAIL_DIR))}" if DEMO else "consolemail://"))
EMAIL_BACKEND = mail["EMAIL_BACKEND"]
EMAIL_HOST = mail["EMAIL_HOST"] or "localhost"
EMAIL_PORT = mail["EMAIL_PORT"] or 25
EMAIL_HOST_USER = mail["EMAIL_HOST_USER"] or ""
EMAIL_HOST_PASSWORD = mail["EMAIL_HOST_PASSWORD"] or ""
EMAIL_USE_TLS = mail.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = mail.get("EMAIL_USE_SSL", False)
EMAIL_FILE_PATH = mail["EMAIL_FILE_PATH"]
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = SERVER_EMAIL = MAIL_FROM or f"Kaikupolku <kaikupolku@{HOST}>"

# --- Languages and time ---------------------------------------------------------------------------
LANGUAGES = [("fi", "Suomi"), ("sv", "Svenska"), ("en", "English")]
LANGUAGE_CODE = "fi"
LOCALE_PATHS = [BASE_DIR / "config" / "locale"]
FORMAT_MODULE_PATH = "config.formats"
TIME_ZONE = "Europe/Helsinki"
USE_TZ = True

# --- Files ----------------------------------------------------------------------------------------
# Only our own folders: viewflow brings 49 MB of its own pages' files, of which none is used.
STATIC_URL = "static/"
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
STATICFILES_DIRS: list = [path for app in ["config", *APPS] if (path := BASE_DIR / app / "static").is_dir()]
STATICFILES_DIRS.append(("htmx", Path(django_htmx.__file__).parent / "static" / "django_htmx"))
STATIC_ROOT = None if ON_THIS_MACHINE else VAR_DIR / "static"
WHITENOISE_USE_FINDERS = ON_THIS_MACHINE
STORAGES = {
    "default": {"BACKEND": "commitments.storage.Folder"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if ON_THIS_MACHINE
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
# Documents name people: only the site reads them, and a page serves them after asking who it is for.
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
# Files do not count here, so one that is too large reaches its form, which refuses it in words.
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
# What is longer than any form is refused before a byte of it is read: else a stranger could fill the temporary disk.
LARGEST_BODY = 25 * 1024 * 1024
# Steps 6 and 8 have some fields for each partner of the region, on one page.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

# --- Security -------------------------------------------------------------------------------------
ALLOWED_HOSTS = [*LOOPBACK[:2], "[::1]"] if ON_THIS_MACHINE else [HOST]
CSRF_TRUSTED_ORIGINS = [] if ON_THIS_MACHINE else [SITE_URL]
CSRF_FAILURE_VIEW = "config.views.csrf_failure"
# gunicorn believes X-Forwarded-Proto of FORWARDED_ALLOW_IPS, so the request says itself whether it is https.
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if HTTPS else 0
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}

# --- Log: standard error, for whoever starts the site to keep -------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "config.logs.WithoutLinks",
            "format": "%(asctime)s %(levelname)s %(name)s: %(message)s",
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}
