"""Every address of the site: the table of contents."""

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from generations import health, metrics
from generations import views as generations
from generations.api.routes import api
from keys import views as keys
from sharkweb import mailbox, pages
from wallet import settings_views as wallet_settings
from wallet import views as wallet
from wallet.webhook import stripe_webhook

urlpatterns: list[URLPattern | URLResolver] = [
    path("", pages.home, name="home"),
    path("favicon.ico", pages.favicon, name="favicon"),
    path("playground", generations.playground, name="playground"),
    path("history", generations.history, name="history"),
    path("jobs/live", generations.live, name="live"),
    path("images/<str:name>", generations.image, name="image"),
    path("tokens", keys.tokens, name="tokens"),
    path("tokens/<int:key_id>/revoke", keys.revoke, name="revoke_token"),
    path("wallet", wallet.wallet, name="wallet"),
    path("wallet/topups", wallet.topup, name="topup"),
    path("wallet/topups/<uuid:topup_id>", wallet.topup_return, name="topup_return"),
    path("wallet/portal", wallet.portal, name="portal"),
    path("wallet/statement.csv", wallet.statement_csv, name="statement_csv"),
    path("wallet/settings", wallet_settings.wallet_settings, name="wallet_settings"),
    path("wallet/settings/auto-topup", wallet_settings.auto_topup, name="auto_topup_settings"),
    path("wallet/settings/low-balance", wallet_settings.low_balance, name="low_balance_settings"),
    path("stripe/webhook", stripe_webhook, name="stripe_webhook"),
    path("accounts/", include("allauth.account.urls")),
    path("admin/", admin.site.urls),
    path("api/v1/", api.urls),
    path("healthz", health.healthz, name="healthz"),
    path("metrics", metrics.metrics, name="metrics"),
]

if settings.LOCAL:
    urlpatterns += [
        path("mailbox/", mailbox.mails, name="mailbox"),
        path("mailbox/<str:mail_id>", mailbox.mail, name="mailbox_mail"),
    ]
