"""One settings file; every deployment difference is an environment variable, and a missing one fails loudly."""

from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

import environ
from celery.schedules import crontab
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from whitenoise.compress import Compressor

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / "var")))
DEBUG = env.bool("DJANGO_DEBUG", default=False)
ALLOWED_HOSTS = env.list("DJANGO_ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("DJANGO_CSRF_TRUSTED_ORIGINS", default=[])


def secret_key() -> str:
    """The key from DJANGO_SECRET_KEY, or from DATA_DIR/secret_key as written by ./start."""
    if key := env.str("DJANGO_SECRET_KEY", default=""):
        return key
    key_file = DATA_DIR / "secret_key"
    if key_file.exists():
        return key_file.read_text().strip()
    raise ImproperlyConfigured(f"Set DJANGO_SECRET_KEY, or run ./start once: it writes {key_file}.")


SECRET_KEY = secret_key()

INSTALLED_APPS = [
    "accounts",
    "workdays",
    "projects",
    "approvals",
    "dispatch",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "axes",
    "csp",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "accounts.uploads.ExplainLargeUploads",
    "accounts.middleware.RefuseNulBytes",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.SignInRequired",
    "accounts.middleware.ExplainRefusals",
    "django_htmx.middleware.HtmxMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accounts.context_processors.navigation",
                "dispatch.frame.frame",
            ],
        },
    },
]

# SQLite must take its write lock at BEGIN: an upgrade from read to write fails at once, whatever the timeout.
SQLITE_OPTIONS = {
    "timeout": 20,
    "transaction_mode": "IMMEDIATE",
    "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;"
    "PRAGMA foreign_keys=ON;PRAGMA recursive_triggers=ON;",
}
DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'navigator.sqlite3'}")}
DATABASES["default"].setdefault("OPTIONS", {})
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] |= SQLITE_OPTIONS
else:
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "accounts.backends.OrganizationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "accounts:sign_in"
LOGIN_REDIRECT_URL = "desk"
LOGOUT_REDIRECT_URL = "accounts:sign_in"
AXES_VERBOSE = False
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "accounts/locked_out.html"
AXES_RESET_ON_SUCCESS = True
AXES_IPWARE_PROXY_COUNT = env.int("PROXY_COUNT", default=0)

# The web path never talks to Redis or the broker, so sessions and cache do not either.
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 8 * 60 * 60
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    "api_limits": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "api_limits",
        "OPTIONS": {"MAX_ENTRIES": 50_000},
    },
}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "config.vendor.VendorFinder",
]
# Source maps are for developers: compressing them takes longer than everything else.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = [*Compressor.SKIP_COMPRESS_EXTENSIONS, "map"]
FILTERS_EMPTY_CHOICE_LABEL = _("all")
MEDIA_ROOT = DATA_DIR / "media"
FILE_UPLOAD_PERMISSIONS = 0o640
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o750


def paper_storage() -> dict:
    """Where papers are kept: an S3-compatible bucket when PAPERS_S3_BUCKET names one, else MEDIA_ROOT."""
    bucket = env.str("PAPERS_S3_BUCKET", default="")
    if not bucket:
        return {"BACKEND": "approvals.papers.storage.DiskStorage"}
    if find_spec("boto3") is None:
        raise ImproperlyConfigured("PAPERS_S3_BUCKET is set: pip install -r requirements-s3.txt, or unset it.")
    options = {
        "bucket_name": bucket,
        "endpoint_url": env.str("PAPERS_S3_ENDPOINT", default="") or None,
        "access_key": env.str("PAPERS_S3_KEY"),
        "secret_key": env.str("PAPERS_S3_SECRET"),
        "region_name": env.str("PAPERS_S3_REGION", default="") or None,
        "default_acl": None,
        "file_overwrite": False,
        "querystring_auth": True,
        "addressing_style": "path",
        "signature_version": "s3v4",
    }
    return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}


STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "papers": paper_storage(),
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
# Files of one request in bytes, counted while they come in; see accounts.uploads.
LEDGER_UPLOAD_MAX_BYTES = 10 * 1024 * 1024
PAPER_UPLOAD_MAX_BYTES = env.int("PAPER_UPLOAD_MAX_MB", default=50) * 1024 * 1024
UPLOAD_LIMITS = {
    "projects:import_new": LEDGER_UPLOAD_MAX_BYTES,
    "dispatch:file_add": 2 * PAPER_UPLOAD_MAX_BYTES,  # several photos of a phone
    "dispatch:visit_new": 2 * PAPER_UPLOAD_MAX_BYTES,
}
FILE_UPLOAD_HANDLERS = [
    "accounts.uploads.LimitUploads",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
# Address of a clamd, e.g. /run/clamav/clamd.ctl or 127.0.0.1:3310. Empty: files are not scanned for viruses.
CLAMD_SOCKET = env.str("CLAMD_SOCKET", default="")
# Prefix of an internal location of the web server that serves MEDIA_ROOT (X-Accel-Redirect). Empty: we send the bytes.
PAPERS_ACCEL_PREFIX = env.str("PAPERS_ACCEL_PREFIX", default="")
PAPER_LINK_SECONDS = 300

# HTTPS is on wherever DEBUG is off, unless a deployment inside one machine says it has none.
HTTPS = env.bool("DJANGO_HTTPS", default=not DEBUG)
SECURE_SSL_REDIRECT = HTTPS
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
if env.bool("DJANGO_BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}

# Requests of one person or token and failed sign-ins of one address, in each web process; s, m, h or d. docs/api.md
API_RATE_READ = env.str("API_RATE_READ", default="600/m")
API_RATE_WRITE = env.str("API_RATE_WRITE", default="120/m")
API_RATE_FAILURES = env.str("API_RATE_FAILURES", default="30/m")
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.api_auth.BearerAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_THROTTLE_CLASSES": ["accounts.api_limits.PersonThrottle"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "accounts.api_schema.PlatformSchema",
    "EXCEPTION_HANDLER": "config.api.problem_details",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Project Navigator · 重点项目导航",
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "COMPONENT_NO_READ_ONLY_REQUIRED": True,  # enterprises get fewer fields
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "config.api.document_problems",
        "config.api_examples.add_examples",
        "config.api_webhooks.add_webhooks",
    ],
    "ENUM_NAME_OVERRIDES": {
        "Stage": "projects.models.STAGE_CHOICES",
        "Precision": "projects.models.Precision",
        "Light": "projects.models.Light",
        "ProjectLevel": "projects.models.Project.Level",
        "ProjectStatus": "projects.models.Project.Status",
        "StepState": "approvals.models.STATE_CHOICES",
        "PaperState": "approvals.models.StepDocument.State",
        "LedgerItemState": "dispatch.ledger.models.LedgerItem.State",
        "Applicability": "approvals.models.ProjectStep.Applicability",
        "ApplicabilityByHand": "approvals.serializers.APPLICABILITY",
        "LedgerItemKind": "dispatch.ledger.models.LedgerItem.Kind",
        "MeetingKind": "dispatch.meetings.models.Meeting.Kind",
        "FindingKind": "dispatch.visits.models.Finding.Kind",
        "CertificateKind": "approvals.models.Step.Validity",
        "CommitmentKind": "approvals.models.Commitment.Kind",
        "ResponseLevel": "dispatch.response.models.ResponseLevel",
        "ResponseEventKind": "dispatch.response.models.ResponseEvent.Kind",
        "FeedbackKind": "dispatch.supervision.models.Feedback.Kind",
        "WarningLevel": "dispatch.warnings.models.LEVELS",
        "BriefState": "dispatch.briefs.models.WeeklyBrief.State",
        "FundingState": "dispatch.elements.models.FundingApplication.State",
        "FundingKind": "dispatch.elements.models.FundingApplication.Kind",
        "FilingState": "dispatch.filing.models.Filing.State",
        "ProjectEvent": "approvals.portal.events.Event",
        "EventsEnum": "dispatch.webhooks.events.EVENTS",
        "BulletinState": "dispatch.reports.models.Bulletin.State",
        "RankingKind": "dispatch.ranking.models.Ranking.Kind",
    },
}

# Mail server, e.g. smtp+tls://user:password@mail.example.com:587. Empty: nobody gets mail, notices stay inside.
EMAIL_URL = env.str("EMAIL_URL", default="")
NOTICE_EMAIL = bool(EMAIL_URL)
vars().update(env.email_url_config(EMAIL_URL or "consolemail://"))
# Where people reach the site: the beginning of every link in a message.
SITE_URL = env.str("SITE_URL", default="http://localhost:8000").rstrip("/")
NOTICE_MESSAGE_ID_DOMAIN = urlsplit(SITE_URL).hostname or "localhost"
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("DEFAULT_FROM_EMAIL", default=f"navigator@{NOTICE_MESSAGE_ID_DOMAIN}")
# Hosts besides those of the three vendors that group robots may be at; "http://host:port" where there is no HTTPS.
NOTICE_ROBOT_HOSTS = env.list("NOTICE_ROBOT_HOSTS", default=[])
# Receivers of webhooks inside the own network: "host", "host:port", "http://host:port" where there is no HTTPS.
WEBHOOK_HOSTS = env.list("WEBHOOK_HOSTS", default=[])
# Dotted path of a class that sends text messages; see docs/notices.md. Empty: none are sent.
NOTICE_SMS_BACKEND = env.str("NOTICE_SMS_BACKEND", default="")

# Redis is only a doorbell: what is due is a row (dispatch.JobRun), so a lost message is a delay, never a loss.
CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", default="redis://127.0.0.1:6379/0")
CELERY_TIMEZONE = TIME_ZONE
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_SOFT_TIME_LIMIT = 540
CELERY_TASK_TIME_LIMIT = 600
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_WORKER_MAX_TASKS_PER_CHILD = 200
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 400_000
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 900,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    "socket_keepalive": True,
    "health_check_interval": 25,
}
CELERY_VISIBILITY_TIMEOUT = 900
CELERY_BEAT_SCHEDULE = {
    "tick": {"task": "dispatch.tick", "schedule": crontab(minute="*")},
}
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "celerybeat-schedule")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "config.logs.WithoutSecrets", "fmt": "%(asctime)s %(levelname)s %(name)s %(message)s"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        name: {"handlers": ["console"], "level": "INFO", "propagate": False}
        for name in ("gunicorn.access", "gunicorn.error")
    },
}
