"""Django's settings, all derived from the environment (`notifier.environment`). Flat: one assignment, one setting."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url

from notifier.datafolder import embedded_database, stored_secret
from notifier.environment import BASE_DIR, origin_of, read_environment

ENVIRONMENT = read_environment()

DATA_DIR = ENVIRONMENT.data_dir
DEBUG = False
SECRET_KEY = ENVIRONMENT.secret_key or stored_secret(DATA_DIR, "secret_key")
SECRET_KEY_FALLBACKS = ENVIRONMENT.secret_key_fallbacks

# ------------------------------------------------------------------ addresses

# Without a public address the service is reached on its own machine, at whatever port: see `LOOPBACK_HOSTS`.
OWN_ORIGINS = [origin_of(ENVIRONMENT.url)] if ENVIRONMENT.url else []
_HTTPS = ENVIRONMENT.url.startswith("https://")
ORIGINS = frozenset(OWN_ORIGINS + ENVIRONMENT.origins)
LOOPBACK_HOSTS = frozenset({"127.0.0.1", "localhost", "[::1]"})

ALLOWED_HOSTS = [
    *LOOPBACK_HOSTS,
    *(urlsplit(origin).hostname or "" for origin in OWN_ORIGINS),
    *ENVIRONMENT.allowed_hosts,
]
CSRF_TRUSTED_ORIGINS = OWN_ORIGINS
CORS_ALLOWED_ORIGINS = list(ENVIRONMENT.origins)
CORS_URLS_REGEX = r"^/api/"

ASGI_APPLICATION = "routing.asgi.application"
ROOT_URLCONF = "routing.urls"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "/demo/" if ENVIRONMENT.demo else "/ops/"
LOGOUT_REDIRECT_URL = "login"

# ------------------------------------------------------------------ storage

_SQLITE_OPTIONS: dict[str, Any] = {
    # A writer takes its lock at BEGIN, so that two of them queue up instead of failing half-way.
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    # FULL: a 2xx promises that the notification survives, a power cut too.
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
}
_POSTGRES_OPTIONS: dict[str, Any] = {
    "connect_timeout": 2,
    # A host that is gone without a word is noticed, in milliseconds and seconds.
    "tcp_user_timeout": 10_000,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
}
_DATABASE: dict[str, Any] = (
    {**dj_database_url.parse(ENVIRONMENT.database_url)}
    if ENVIRONMENT.database_url
    else {"ENGINE": "django.db.backends.sqlite3", "NAME": embedded_database(DATA_DIR)}
)
_POSTGRES = ENVIRONMENT.database_url.startswith("postgres")
DATABASES: dict[str, Any] = {
    "default": {
        **_DATABASE,
        **({"ENGINE": "notifier.postgres"} if _POSTGRES else {}),
        "OPTIONS": {**(_POSTGRES_OPTIONS if _POSTGRES else _SQLITE_OPTIONS), **_DATABASE.get("OPTIONS", {})},
        # Each of our few threads keeps its connection: they are the pool.
        "CONN_MAX_AGE": None,
        "TEST": {"NAME": None if _POSTGRES else str(DATA_DIR / "test.sqlite3")},
    }
}

CHANNEL_LAYERS: dict[str, Any] = {
    "default": {
        "BACKEND": "notifier.layers.WatchedRedisLayer",
        "CONFIG": {"hosts": ENVIRONMENT.redis_url, "prefix": ENVIRONMENT.redis_prefix},
    }
    if ENVIRONMENT.redis_url
    else {"BACKEND": "notifier.layers.EmbeddedChannelLayer"}
}

# ------------------------------------------------------------------ limits and times

SWEEP_SECONDS = ENVIRONMENT.sweep_seconds or (15 if ENVIRONMENT.redis_url else 1)
# Threads that answer requests, and threads on which sockets call the domain. SQLite lets in one writer at a time, and
# those that wait poll for it. Each thread has a connection of its own to PostgreSQL, and so has the one on which Channels loads sessions.
REQUEST_THREADS = ENVIRONMENT.database_connections // 2 if _POSTGRES else 1
SOCKET_THREADS = ENVIRONMENT.database_connections - REQUEST_THREADS - 1 if _POSTGRES else 2
DATA_UPLOAD_MAX_MEMORY_SIZE = ENVIRONMENT.max_body_bytes
SESSION_COOKIE_AGE = 14 * 24 * 3600
# As Django's own in the database; those of operators are short.
SESSION_ENGINE = "ops.sessions"

# ------------------------------------------------------------------ applications

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "channels",
    "corsheaders",
    "csp",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "notifier",
    "api",
    "ops",
    "demo",
    "routing",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "ops.context.product",
            ]
        },
    }
]

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS: list[tuple[str, Path]] = [("notifier", BASE_DIR / "clients" / "js" / "dist")]

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"

# ------------------------------------------------------------------ security

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if _HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _HTTPS
SECURE_HSTS_PRELOAD = _HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _HTTPS else None
# The proxy in front ends TLS and redirects; the containers' health check speaks plain HTTP.
SECURE_SSL_REDIRECT = _HTTPS
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz)$"]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _HTTPS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
# The checks of TLS settings speak of a service reached over https; over plain http on one's own machine
# they would ask for cookies that the browser then does not send.
SILENCED_SYSTEM_CHECKS = [] if _HTTPS else ["security.W004", "security.W008", "security.W012", "security.W016"]

# ------------------------------------------------------------------ REST

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["api.authentication.KeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["api.permissions.Denied"],
    "DEFAULT_PARSER_CLASSES": ["api.parsers.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "api.problems.problem_response",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Notifier",
    # Pydantic describes its models in the JSON Schema of OpenAPI 3.1; 3.0 has no `null`.
    "OAS_VERSION": "3.1.0",
    "DESCRIPTION": "Send notifications to browsers, read inboxes, see who is connected.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
}

# ------------------------------------------------------------------ logs

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        # Each answer of 4xx would be a line here; it is the caller's business.
        "django.request": {"level": "ERROR"},
        # Nor is a Host header of another name a fault of ours that needs a traceback.
        "django.security.DisallowedHost": {"level": "CRITICAL"},
    }
    | {name: {"level": ENVIRONMENT.log_level} for name in ("notifier", "api", "consumers", "routing", "ops", "demo")},
}
