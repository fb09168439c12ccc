"""Settings: one module for every way to run it; what differs comes from environment variables only."""

from pathlib import Path

import django_stubs_ext
import environ
from csp.constants import NONE, SELF

django_stubs_ext.monkeypatch()  # so that forms and admin classes may name their model, as in ModelForm[Office]

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env("VAR_DIR", default=str(BASE_DIR / "var")))
FILES_DIR = Path(env("FILES_DIR", default=str(VAR_DIR / "files")))

SECRET_KEY = env("SECRET_KEY")
DEBUG = False
DEMO = env.bool("DEMO", default=False)
"""Demonstration with invented data: demo accounts, a banner, plain HTTP on this machine."""
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1"])

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "django_rq",
    "clearmyrecord.audit",
    "clearmyrecord.office",
    "clearmyrecord.records",
    "clearmyrecord.runs",
    "clearmyrecord.reviews",
    "clearmyrecord.batches",
    "clearmyrecord.filings",
    "clearmyrecord.relief",
    "clearmyrecord.schedules",
    "clearmyrecord.desk",
    *(["clearmyrecord.demo"] if DEMO else []),
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "clearmyrecord.office.middleware.ResponseHeaders",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "clearmyrecord.office.middleware.IdleLock",
    "clearmyrecord.office.middleware.RequestForTrail",
    "clearmyrecord.office.middleware.ServiceErrors",
]

ROOT_URLCONF = "clearmyrecord.urls"
WSGI_APPLICATION = "clearmyrecord.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "builtins": [
                "clearmyrecord.screens",
                "django.templatetags.static",
                "django.contrib.humanize.templatetags.humanize",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "clearmyrecord.office.context.office",
            ],
        },
    }
]

DATABASES = {"default": env.db("DATABASE_URL")}
"""The application's role; migrations run with DATABASE_URL set to the owner's."""
DATABASES["default"]["CONN_MAX_AGE"] = 60
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env("REDIS_URL")
RQ_QUEUES = {
    name: {"URL": REDIS_URL, "DEFAULT_TIMEOUT": 3600, "SERIALIZER": "rq.serializers.JSONSerializer"}
    for name in ("records", "evaluation", "documents", "default")
}
"""JSON, since RQ's own default is pickle: whoever can write to Redis would run code. Workers say it once more."""

AUTH_USER_MODEL = "office.User"
LOGIN_URL = "office:sign_in"
LOGIN_REDIRECT_URL = "desk:home"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]  # FIPS providers have no Argon2 or scrypt
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 15}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
IDLE_LOCK_SECONDS = 30 * 60  # CJIS Security Policy AC-11
SIGN_IN_ATTEMPTS = 5  # CJIS Security Policy AC-7: five within 15 minutes, then locked until an administrator releases
SIGN_IN_WINDOW_SECONDS = 15 * 60

EMAIL_URL = env("EMAIL_URL", default="")
"""How mail is sent, e.g. smtp+tls://user:password@host:587; empty: no mail is sent. No mail holds record data."""
if EMAIL_URL:
    vars().update(env.email_url_config(EMAIL_URL))
DEFAULT_FROM_EMAIL = env("EMAIL_FROM", default="clearmyrecord@localhost")

SECURE = not DEMO
SESSION_ENGINE = "django.contrib.sessions.backends.db"  # Redis may be flushed; nobody is signed out by it
SESSION_COOKIE_NAME = "__Host-session" if SECURE else "session"
SESSION_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600  # CJIS IA-2: re-authenticate every 12 hours
CSRF_COOKIE_NAME = "__Host-csrftoken" if SECURE else "csrftoken"
CSRF_COOKIE_SECURE = SECURE
CSRF_COOKIE_HTTPONLY = True
SECURE_SSL_REDIRECT = SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 63072000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
SECURE_REFERRER_POLICY = "same-origin"
CSRF_FAILURE_VIEW = "clearmyrecord.office.errors.csrf_failed"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
    }
}

LANGUAGE_CODE = "en-us"
USE_I18N = False
USE_TZ = True
TIME_ZONE = env("TIME_ZONE", default="America/Los_Angeles")

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static", *([VAR_DIR / "assets"] if (VAR_DIR / "assets").is_dir() else [])]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": FILES_DIR}},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
INBOX_DIR = env("INBOX_DIR", default="")
"""A folder that the office's IT fills with record files, for schedules to read; nothing is written there."""
if INBOX_DIR:
    STORAGES["inbox"] = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": INBOX_DIR}}
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20000
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
FILE_UPLOAD_TEMP_DIR = env("UPLOAD_TEMP_DIR", default=None)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            "()": "clearmyrecord.office.logs.WithoutData",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    # What a paper's font is cut down to tells which letters its text has, and costs time.
    "loggers": {name: {"level": "ERROR"} for name in ("fontTools", "weasyprint")},
}
