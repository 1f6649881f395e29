"""Django's settings, one block for each concern; what differs by deployment is read from
`environment.py`. Nothing here decides behaviour that a room owns.
"""

from urllib.parse import urlsplit

import dj_database_url
import django_stubs_ext

from sharkweb import environment
from sharkweb.up.folder import CHECKOUT

# Lets Django's generic classes be written with their parameter, as in ModelAdmin[Job].
django_stubs_ext.monkeypatch()

ENVIRONMENT = environment.read()
LOCAL = ENVIRONMENT.local
DATA_DIR = ENVIRONMENT.data_dir
SECRET_KEY = ENVIRONMENT.secret_key
TOKEN_PEPPER = ENVIRONMENT.token_pepper.encode()

# The public address, such as "https://www.example.com". Without one (local mode), links are
# made from the address that the request itself used.
PUBLIC_URL = ENVIRONMENT.url
# For links in mails, where no request tells.
SITE_URL = PUBLIC_URL or f"http://127.0.0.1:{environment.number('PORT', 8000)}"
ALLOWED_HOSTS = [urlsplit(PUBLIC_URL).hostname or ""] if PUBLIC_URL else ["*"]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PUBLIC_URL else []

ROOT_URLCONF = "sharkweb.urls"
WSGI_APPLICATION = "sharkweb.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "accounts",
    "wallet",
    "keys",
    "generations",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "csp",
    "django_htmx",
    "django_q",
    # Last, so that it may take out of the admin what others put in.
    "sharkweb",
]

MIDDLEWARE = [
    "keys.envelope.ApiErrors",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [CHECKOUT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "wallet.context.summary",
                "sharkweb.pages.deployment",
            ],
        },
    }
]

# Database. Connections are kept per thread, without psycopg's pool: a pool's sockets corrupt
# when django-q2 forks, and a kept connection keeps its prepared statements.
DATABASES = {
    "default": dj_database_url.parse(
        ENVIRONMENT.database_url, conn_max_age=60, conn_health_checks=True
    )
}
DATABASES["default"].setdefault("OPTIONS", {}).update(
    {
        "server_side_binding": True,
        "prepare_threshold": 2,
        # No statement may hold a lock, or a thread, for ever.
        "options": "-c statement_timeout=30s -c lock_timeout=10s"
        " -c idle_in_transaction_session_timeout=60s",
    }
)
# Sign-in throttles are counted here, so that all processes count together.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "sharkweb_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

# Signing in.
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
    )
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "playground"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
# In production the address of a visitor is what the proxy in front says.
ALLAUTH_TRUSTED_PROXY_COUNT = 0 if LOCAL else 1
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"

# Mail: in local mode it is shown in the terminal and on the mail box page.
DEFAULT_FROM_EMAIL = environment.text("SHARKAPI_MAIL_FROM", "SharkAPI <hello@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# Who hears of alerts about money.
MANAGERS = [("Staff", environment.text("SHARKAPI_STAFF_MAIL", "staff@localhost"))]
EMAIL_SUBJECT_PREFIX = "[SharkAPI] "
if LOCAL:
    EMAIL_BACKEND = "sharkweb.mailbox.MailboxBackend"
else:
    EMAIL_HOST = environment.text("SHARKAPI_SMTP_HOST", "localhost")
    EMAIL_PORT = environment.number("SHARKAPI_SMTP_PORT", 587)
    EMAIL_HOST_USER = environment.text("SHARKAPI_SMTP_USER", "")
    EMAIL_HOST_PASSWORD = environment.text("SHARKAPI_SMTP_PASSWORD", "")
    EMAIL_USE_TLS = EMAIL_PORT == 587
    EMAIL_USE_SSL = EMAIL_PORT == 465
    EMAIL_TIMEOUT = 20

# Files. Static ones get names that change with their content, so browsers keep them for ever.
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [CHECKOUT / "static"]
MEDIA_ROOT = DATA_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 16 * 1024 * 1024

# Payments.
STRIPE = environment.read_stripe(ENVIRONMENT)
STRIPE_SECRET_KEY = STRIPE.secret_key
STRIPE_WEBHOOK_SECRETS = STRIPE.webhook_secrets
STRIPE_API_BASE = STRIPE.api_base
STRIPE_IS_LIVE = STRIPE_SECRET_KEY.startswith(("sk_live_", "rk_live_"))
# Forms of ours lead there, which browsers must be told.
STRIPE_PAGES = (
    [STRIPE_API_BASE]
    if STRIPE_API_BASE
    else ["https://checkout.stripe.com", "https://billing.stripe.com"]
)

# What browsers may do with our pages.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'", *STRIPE_PAGES],
        "frame-ancestors": ["'none'"],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not LOCAL
SECURE_PROXY_SSL_HEADER = None if LOCAL else ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 0 if LOCAL else 31_536_000
SECURE_SSL_REDIRECT = not LOCAL
# Whether other names under the same domain speak HTTPS is not ours to decide.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
# The health check comes from inside, over plain HTTP.
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]

# The public API.
API_REQUESTS_PER_SECOND = environment.number("SHARKAPI_API_REQUESTS_PER_SECOND", 100)

# Background work. The runner is one long task without a timeout; when it is handed out once more,
# the second finds the runner's place taken and ends. See generations/background.py.
RUNNER_JOBS_MAX = environment.number("SHARKAPI_RUNNER_JOBS", 100)
Q_CLUSTER = {
    "name": "sharkapi",
    "orm": "default",
    "workers": 3,
    "timeout": 60,
    "retry": 90,
    "max_attempts": 3,
    "ack_failures": True,
    "poll": 0.5,
    "save_limit": 100,
    "catch_up": False,
    "daemonize_workers": True,
}

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {
        # It answers 503 until all is up, and is asked all the time: that is no news.
        "not_health": {
            "()": "django.utils.log.CallbackFilter",
            "callback": lambda record: "/healthz" not in record.getMessage(),
        }
    },
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["not_health"],
        }
    },
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        # These two say much at INFO that helps nobody who runs the project.
        "django-q": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        "httpx": {"level": "WARNING"},
        "stripe": {"level": "WARNING"},
        # Strangers ask for hosts that are not ours all day long; they get a 400.
        "django.security.DisallowedHost": {"level": "CRITICAL"},
    },
}
