"""Every address of the site, and what a stranger may try on it.

One rule for each; an address that is new has none, and says so.
"""

import re
import uuid
from collections.abc import Iterator, Sequence

from django.urls import URLPattern, URLResolver, get_resolver

from generations import history
from tests.belongings import Belongings


def routes(
    patterns: Sequence[URLPattern | URLResolver] | None = None, prefix: str = ""
) -> Iterator[str]:
    """Every address that the site answers, as it is written in its table of contents."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        else:
            yield route


def tries(route: str, alices: Belongings) -> list[str]:
    """The addresses that a stranger tries for the route. Raises KeyError for one without rule."""
    if route.startswith("admin/"):
        return [_in_admin(route, alices)]
    if route.startswith("accounts/") and not set(route) & set("(<"):
        # allauth's pages name nobody in their address.
        return [route]
    running, ended = alices.running, alices.ended
    both = f"id={running.pk}&id={ended.pk}"
    each = f"job={running.pk}&job={ended.pk}"
    rules: dict[str, list[str]] = {
        "": [""],
        "favicon.ico": ["favicon.ico"],
        "robots.txt": ["robots.txt"],
        "llms.txt": ["llms.txt"],
        "docs": ["docs", "docs?q=token"],
        "docs.md": ["docs.md"],
        "overview": ["overview"],
        "playground": ["playground", f"playground?reference={ended.pk}&remix={running.pk}"],
        "history": ["history", f"history?before={history.cursor_after(running)}"],
        "history/live": [f"history/live?{both}"],
        "history/download": [f"history/download?{each}"],
        "history/delete": [f"history/delete?{each}"],
        "jobs/<uuid:job_id>": [f"jobs/{running.pk}", f"jobs/{ended.pk}"],
        "jobs/<uuid:job_id>/live": [f"jobs/{running.pk}/live"],
        "jobs/<uuid:job_id>/star": [f"jobs/{ended.pk}/star"],
        "jobs/<uuid:job_id>/reference": [f"jobs/{ended.pk}/reference"],
        "thumbnails/<str:name>": [f"thumbnails/{uuid.uuid4().hex}.png", "thumbnails/..%2f..%2fx"],
        "jobs/live": ["jobs/live", f"jobs/live?{both}"],
        "jobs/<uuid:job_id>/cancel": [f"jobs/{running.pk}/cancel"],
        "jobs/<uuid:job_id>/again": [f"jobs/{ended.pk}/again"],
        "jobs/<uuid:job_id>/code": [f"jobs/{ended.pk}/code"],
        "images/<str:name>": [f"images/{uuid.uuid4().hex}.png", "images/..%2f..%2fsecrets.json"],
        "tokens": ["tokens"],
        "tokens/<int:key_id>": [f"tokens/{alices.owner.key.pk}"],
        "tokens/<int:key_id>/revoke": [f"tokens/{alices.owner.key.pk}/revoke"],
        "usage": ["usage", "usage?by=token", "usage?period=90&by=variant"],
        "usage.csv": ["usage.csv", "usage.csv?by=token"],
        "wallet": ["wallet", f"wallet?before={2**60}", "wallet?kind=staff_credit"],
        "wallet/topups": ["wallet/topups"],
        "wallet/topups/<uuid:topup_id>": [f"wallet/topups/{alices.objects['wallet/topup']}"],
        "wallet/portal": ["wallet/portal"],
        "wallet/statement.csv": ["wallet/statement.csv"],
        "wallet/settings": ["wallet/settings"],
        "wallet/settings/auto-topup": ["wallet/settings/auto-topup"],
        "wallet/settings/low-balance": ["wallet/settings/low-balance"],
        "stripe/webhook": ["stripe/webhook"],
        "settings": ["settings"],
        "settings/sessions": ["settings/sessions"],
        "settings/sessions/end-others": ["settings/sessions/end-others"],
        "settings/sessions/<int:session_id>/end": [
            f"settings/sessions/{alices.objects['usersessions/usersession']}/end"
        ],
        "settings/members": ["settings/members"],
        "settings/members/leave": ["settings/members/leave"],
        "settings/members/<int:membership_id>/role": [
            f"settings/members/{alices.objects['accounts/membership']}/role"
        ],
        "settings/members/<int:membership_id>/remove": [
            f"settings/members/{alices.objects['accounts/membership']}/remove"
        ],
        "settings/invitations/<int:invitation_id>/resend": [
            f"settings/invitations/{alices.objects['accounts/invitation']}/resend"
        ],
        "settings/invitations/<int:invitation_id>/withdraw": [
            f"settings/invitations/{alices.objects['accounts/invitation']}/withdraw"
        ],
        "settings/accounts": ["settings/accounts"],
        "settings/account": ["settings/account"],
        "settings/account/export": ["settings/account/export"],
        "settings/account/close": ["settings/account/close"],
        "invitations/<str:token>": ["invitations/nothing", "invitations/%00", "invitations/ſ"],
        "language": ["language"],
        "accounts/2fa/webauthn/keys/<int:pk>/remove/": ["accounts/2fa/webauthn/keys/1/remove/"],
        "accounts/2fa/webauthn/keys/<int:pk>/edit/": ["accounts/2fa/webauthn/keys/1/edit/"],
        "accounts/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": [
            f"accounts/password/reset/key/{alices.owner.user.pk}-set-password/"
        ],
        "api/v1/image": ["api/v1/image"],
        "api/v1/jobs": ["api/v1/jobs", "api/v1/jobs?limit=100"],
        "api/v1/jobs/<job_id>/cancel": [
            f"api/v1/jobs/{running.pk}/cancel",
            f"api/v1/jobs/{ended.pk}/cancel",
        ],
        "api/v1/jobs/<job_id>": [f"api/v1/jobs/{running.pk}", f"api/v1/jobs/{ended.pk}"],
        "api/v1/openapi.json": ["api/v1/openapi.json"],
        "api/v1/": ["api/v1/"],
        "healthz": ["healthz"],
        "metrics": ["metrics"],
        "mailbox/": ["mailbox/"],
        "mailbox/<str:mail_id>": ["mailbox/20260101T000000000000Z-00000000", "mailbox/..%2fx"],
    }
    return rules[route]


def _in_admin(route: str, alices: Belongings) -> str:
    """The admin's addresses follow one form; what they name is filled with what is alice's."""
    model = re.match(r"admin/(\w+/\w+)/", route)
    named = alices.objects.get(model[1], 1) if model else 1
    path = re.sub(r"<(\w+:)?(object_id|id|book_id)>", str(named), route)
    path = path.replace("<path:content_type_id>", "1")
    path = path.replace("^(?P<app_label>", "").split("|")[0]
    path = path.replace("(?P<url>.*)$", "anything")
    assert not set("<>()^$") & set(path), f"no rule for {route}"
    return path


def everywhere(alices: Belongings) -> list[str]:
    return [f"/{path}" for route in routes() for path in tries(route, alices)]
