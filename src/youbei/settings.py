"""Settings, all from the environment; the defaults run a safe single machine.

Documented in docs/reference/settings.md. `YOUBEI_DATA` is the folder for everything that is kept.
"""

from __future__ import annotations

import os
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import unquote, urlsplit

PACKAGE = Path(__file__).resolve().parent
DATA = Path(os.environ.get("YOUBEI_DATA", Path.cwd() / "var")).resolve()


def flag(name: str, default: bool = False) -> bool:
    return os.environ.get(name, "1" if default else "0").lower() in {"1", "true", "yes", "on"}


def networks(name: str) -> list[IPv4Network | IPv6Network]:
    """Read a list of networks separated by commas."""
    found = [one.strip() for one in os.environ.get(name, "").split(",")]
    try:
        return [ip_network(one, strict=False) for one in found if one]
    except ValueError as error:
        raise ValueError(f"{name} is a list of networks such as 10.20.0.0/16,127.0.0.0/8: {error}") from None


def secret_key() -> str:
    """Return the key from the environment, or make one once and keep it beside the data."""
    if key := os.environ.get("YOUBEI_SECRET_KEY"):
        return key
    path = DATA / "secret-key"
    if not path.exists():
        from django.core.management.utils import get_random_secret_key

        DATA.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(get_random_secret_key())
    return path.read_text().strip()


def sqlite(path: str) -> dict[str, object]:
    """SQLite that holds under many writers: write-ahead log, immediate transactions, durable commits."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-20000;"
            "PRAGMA mmap_size=134217728; PRAGMA temp_store=MEMORY;",
        },
    }


def postgresql(url: str) -> dict[str, object]:
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql"):
        raise ValueError("DATABASE_URL must begin with postgresql://; leave it empty for SQLite")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


DATABASE_URL = os.environ.get("DATABASE_URL", "")
DATABASES = {"default": postgresql(DATABASE_URL) if DATABASE_URL else sqlite(str(DATA / "youbei.sqlite3"))}

SECRET_KEY = secret_key()
DEBUG = flag("YOUBEI_DEBUG")
ALLOWED_HOSTS = os.environ.get("YOUBEI_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [origin for origin in os.environ.get("YOUBEI_ORIGINS", "").split(",") if origin]
USE_HTTPS = flag("YOUBEI_HTTPS")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = USE_HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if USE_HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if USE_HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_AGE = 60 * 60 * 12
SESSION_COOKIE_SAMESITE = "Lax"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "csp",
    "youbei.records",
    "youbei.web",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "youbei.web.query.NoNulMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "youbei.web.language.UserLanguageMiddleware",
    "youbei.api.problems.ProblemsMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "youbei.web.me.seen.SeenMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "youbei.web.errors.RefusedMiddleware",
]

ROOT_URLCONF = "youbei.urls"
ASGI_APPLICATION = "youbei.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "youbei.web.context.shell",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.l10n",
                "django.templatetags.static",
                "youbei.web.templatetags.youbei",
                "youbei.web.templatetags.records",
                "youbei.web.templatetags.finding",
                "youbei.web.templatetags.findings",
                "youbei.web.templatetags.stock",
                "youbei.web.templatetags.dispatch",
            ],
        },
    }
]

AUTH_USER_MODEL = "records.User"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/sign-in/"
# How long the one-time link for a first or forgotten password is good.
PASSWORD_RESET_TIMEOUT = 60 * 60 * 72
# The identity providers by which one may sign in; see docs/howto/sign-in-and-oidc.md.
OIDC_FILE = Path(os.environ.get("YOUBEI_OIDC", DATA / "oidc.toml"))
CSRF_FAILURE_VIEW = "youbei.web.errors.csrf_failed"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = os.environ.get("YOUBEI_TIME_ZONE", "Asia/Shanghai")

STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
STATICFILES_DIRS = [PACKAGE / "web" / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_IMMUTABLE_FILE_TEST = r"^.+[.-][0-9a-zA-Z_-]{8,12}\..+$"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'", "'unsafe-inline'"],
        "img-src": ["'self'", "data:", *os.environ.get("YOUBEI_TILE_HOSTS", "").split()],
        "connect-src": ["'self'"],
        "frame-ancestors": ["'none'"],
        "form-action": ["'self'"],
        "base-uri": ["'self'"],
    }
}

EMAIL_HOST = os.environ.get("YOUBEI_SMTP_HOST", "")
EMAIL_PORT = int(os.environ.get("YOUBEI_SMTP_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("YOUBEI_SMTP_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("YOUBEI_SMTP_PASSWORD", "")
EMAIL_USE_TLS = flag("YOUBEI_SMTP_TLS")
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = os.environ.get("YOUBEI_MAIL_FROM", "youbei@localhost")

# An XYZ address such as https://tiles.example.org/{z}/{x}/{y}.png; empty means the project's own vector map.
MAP_TILES = os.environ.get("YOUBEI_MAP_TILES", "")
# A routing server that is asked first: osrm=http://host:5000 or valhalla=http://host:8002; empty asks none.
ROUTING = os.environ.get("YOUBEI_ROUTING", "")
TICK_SECONDS = float(os.environ.get("YOUBEI_TICK_SECONDS", "1"))
# How many seconds of its time the worker gives each night to stress-testing plans; 0 for none.
NIGHTLY_SECONDS = float(os.environ.get("YOUBEI_NIGHTLY_SECONDS", "600"))

# Networks that webhooks may reach although they are not public, also by http: 10.20.0.0/16,127.0.0.0/8
WEBHOOK_NETWORKS = networks("YOUBEI_WEBHOOK_NETWORKS")

# Where the server is reached from outside: links in messages begin with it.
PUBLIC_ADDRESS = os.environ.get("YOUBEI_PUBLIC_ADDRESS", "http://127.0.0.1:8000").rstrip("/")
# Uploaded sheets and files of refused rows are kept so long, in days.
KEEP_FILES_DAYS = int(os.environ.get("YOUBEI_KEEP_FILES_DAYS", "30"))
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": os.environ.get("YOUBEI_LOG_LEVEL", "WARNING")},
}
SILENCED_SYSTEM_CHECKS: list[str] = []
