"""Django's settings, one block for each concern; what differs by deployment is read from
`environment.py`. Nothing here decides behaviour that a room owns.
"""

import logging
from urllib.parse import urlsplit

import dj_database_url
import django_stubs_ext

from sharkweb import environment, log_settings
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
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "django_htmx",
    "django_q",
    # Last, so that it may take out of the admin what others put in.
    "sharkweb",
]

MIDDLEWARE = [
    "sharkweb.inside.AnyHost",
    "sharkweb.gzip.GzipPages",
    "keys.envelope.ApiErrors",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [CHECKOUT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["sharkweb.templatetags.face"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "accounts.context.member",
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
        # A server that is gone without a word is missed within seconds.
        "connect_timeout": 5,
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": 15_000,
        # No statement may hold a lock, or a thread, for ever.
        "options": "-c statement_timeout=30s -c lock_timeout=10s"
        " -c idle_in_transaction_session_timeout=10s",
    }
)
# Sign-in throttles are counted here, so that all processes count together.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "sharkweb_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
    # For the statistics that django-q2 writes twice a second and nobody reads.
    "nowhere": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"},
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
LOGIN_REDIRECT_URL = "overview"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
# One address for each user: a new one replaces it once it is confirmed.
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
# In production the address of a visitor is what the proxy in front says.
ALLAUTH_TRUSTED_PROXY_COUNT = 0 if LOCAL else 1
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "accounts.signing_in.SignInForm",
    "signup": "accounts.signing_in.SignUpForm",
    "change_password": "accounts.signing_in.ChangePasswordForm",
    "set_password": "accounts.signing_in.SetPasswordForm",
    "reset_password_from_key": "accounts.signing_in.NewPasswordForm",
    "confirm_email_verification_code": "accounts.signing_in.MailCodeForm",
}
# Those of ours beside allauth's own.
ACCOUNT_RATE_LIMITS = {"invite": "30/d/key", "export": "6/h/key"}

# The second factor, and passkeys.
MFA_ADAPTER = "accounts.adapter.MfaAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "SharkAPI"
# A clock may be half a minute off, and people take their time to type.
MFA_TOTP_TOLERANCE = 1
# Without HTTPS browsers allow passkeys on localhost alone.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = LOCAL
MFA_FORMS = {
    "authenticate": "accounts.signing_in.SecondFactorForm",
    "reauthenticate": "accounts.signing_in.ConfirmFactorForm",
    "activate_totp": "accounts.signing_in.ActivateAppForm",
    "add_webauthn": "accounts.signing_in.AddPasskeyForm",
    "edit_webauthn": "accounts.signing_in.RenamePasskeyForm",
}

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
S3 = environment.read_s3(ENVIRONMENT)
STORAGES = {
    **S3.storages,
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
        # A redirect to where the store shows results counts, too.
        "img-src": ["'self'", "data:", "blob:", *filter(None, [S3.public_origin])],
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
# These two are asked from inside, over plain HTTP.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^metrics$"]

# The public API.
API_REQUESTS_PER_SECOND = environment.number("SHARKAPI_API_REQUESTS_PER_SECOND", 100)

# Background work. What differs between the two kinds of clusters is in generations/background/.
RUNNER_JOBS_MAX = environment.number("SHARKAPI_RUNNER_JOBS", 500)
RUNNER_DRAIN_SECONDS = environment.number("SHARKAPI_DRAIN_SECONDS", 25)
Q_CLUSTER = {
    "name": "sharkapi",
    "orm": "default",
    "cache": "nowhere",
    "timeout": 60,
    # More than the longest timeout of scheduled work. The runner, a task without one, is handed
    # out once more, too; the second finds the runner's place taken and ends.
    "retry": 3700,
    "max_attempts": 2,
    "ack_failures": True,
    "queue_limit": 8,
    "poll": 0.5,
    "save_limit": 100,
    "catch_up": False,
    "daemonize_workers": True,
}

# How long things are kept: for ever, unless the operator says otherwise. See generations/sync/.
KEEP_IMAGES_DAYS = environment.days("SHARKAPI_KEEP_IMAGES_DAYS")
KEEP_REFERENCES_DAYS = environment.days("SHARKAPI_KEEP_REFERENCES_DAYS")
KEEP_STRIPE_EVENTS_DAYS = environment.days("SHARKAPI_KEEP_STRIPE_EVENTS_DAYS")

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
LOCALE_PATHS = [CHECKOUT / "sharkweb" / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True

# Operation. Without a token nobody reads /metrics.
METRICS_TOKEN = environment.optional_secret("SHARKAPI_METRICS_TOKEN")
ACCESS_LOG = environment.choice("SHARKAPI_ACCESS_LOG", ("on", "off"), "off") == "on"
LOG_FORMAT = environment.choice(
    "SHARKAPI_LOG_FORMAT", ("json", "line"), "line" if LOCAL else "json"
)
# Python's warnings belong to the log, too.
logging.captureWarnings(True)
# Those of the local mode are in no variable, where the log would look for what it must not show.
LOG_SECRETS = [SECRET_KEY, ENVIRONMENT.token_pepper, STRIPE_SECRET_KEY, *STRIPE_WEBHOOK_SECRETS]
LOGGING = log_settings.configuration(LOG_FORMAT, LOG_SECRETS)
