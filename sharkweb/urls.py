"""Every address of the site: the table of contents."""

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from accounts import language
from accounts.views import accounts, invitations, members, profile, sessions
from generations import health
from generations.api.routes import api
from generations.figures import metrics
from generations.history import job_page, selection
from generations.history import views as history
from generations.pictures import views as pictures
from generations.playground import views as playground
from generations.usage import views as usage
from sharkweb import leaving, mailbox, overview, pages, style
from sharkweb.docs import views as docs
from sharkweb.tokens import views as tokens
from wallet import settings_views as wallet_settings
from wallet import views as wallet
from wallet.webhook import stripe_webhook

urlpatterns: list[URLPattern | URLResolver] = [
    path("", pages.home, name="home"),
    path("favicon.ico", pages.favicon, name="favicon"),
    path("robots.txt", pages.robots, name="robots"),
    path("docs", docs.docs, name="docs"),
    path("docs.md", docs.markdown, name="docs_markdown"),
    path("llms.txt", docs.llms, name="llms"),
    path("overview", overview.overview, name="overview"),
    path("playground", playground.playground, name="playground"),
    path("history", history.history, name="history"),
    path("history/live", history.live, name="history_live"),
    path("history/download", selection.download, name="download_jobs"),
    path("history/delete", selection.delete, name="delete_jobs"),
    path("jobs/live", playground.live, name="live"),
    path("jobs/<uuid:job_id>", job_page.job, name="job"),
    path("jobs/<uuid:job_id>/live", job_page.live, name="job_live"),
    path("jobs/<uuid:job_id>/star", job_page.star, name="star_job"),
    path("jobs/<uuid:job_id>/reference", job_page.reference, name="job_reference"),
    path("jobs/<uuid:job_id>/cancel", playground.cancel, name="cancel_job"),
    path("jobs/<uuid:job_id>/again", playground.run_again, name="run_again"),
    path("jobs/<uuid:job_id>/code", playground.job_code, name="job_code"),
    path("images/<str:name>", pictures.image, name="image"),
    path("thumbnails/<str:name>", pictures.thumbnail, name="thumbnail"),
    path("tokens", tokens.tokens, name="tokens"),
    path("tokens/<int:key_id>", tokens.edit, name="edit_token"),
    path("tokens/<int:key_id>/revoke", tokens.revoke, name="revoke_token"),
    path("usage", usage.usage, name="usage"),
    path("usage.csv", usage.usage_csv, name="usage_csv"),
    path("wallet", wallet.wallet, name="wallet"),
    path("wallet/topups", wallet.topup, name="topup"),
    path("wallet/topups/<uuid:topup_id>", wallet.topup_return, name="topup_return"),
    path("wallet/portal", wallet.portal, name="portal"),
    path("wallet/statement.csv", wallet.statement_csv, name="statement_csv"),
    path("wallet/settings", wallet_settings.wallet_settings, name="wallet_settings"),
    path("wallet/settings/auto-topup", wallet_settings.auto_topup, name="auto_topup_settings"),
    path("wallet/settings/low-balance", wallet_settings.low_balance, name="low_balance_settings"),
    path("stripe/webhook", stripe_webhook, name="stripe_webhook"),
    path("settings", profile.profile, name="settings"),
    path("settings/sessions", sessions.sessions, name="sessions"),
    path("settings/sessions/end-others", sessions.end_other_sessions, name="end_other_sessions"),
    path("settings/sessions/<int:session_id>/end", sessions.end_session, name="end_session"),
    path("settings/members", members.members, name="members"),
    path("settings/members/leave", members.leave, name="leave"),
    path("settings/members/<int:membership_id>/role", members.change_role, name="change_role"),
    path(
        "settings/members/<int:membership_id>/remove", members.remove_member, name="remove_member"
    ),
    path("settings/invitations/<int:invitation_id>/resend", invitations.resend, name="resend"),
    path(
        "settings/invitations/<int:invitation_id>/withdraw", invitations.withdraw, name="withdraw"
    ),
    path("settings/accounts", accounts.accounts, name="settings_accounts"),
    path("settings/account", accounts.account, name="account_settings"),
    path("settings/account/export", leaving.export, name="export"),
    path("settings/account/close", leaving.close_account, name="close_account"),
    path("invitations/<str:token>", invitations.invitation, name="invitation"),
    path("language", language.choose, name="set_language"),
    path("accounts/", include("allauth.account.urls")),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("admin/style/", style.style, name="style"),
    path("admin/style/dialog", style.dialog, name="style_dialog"),
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
