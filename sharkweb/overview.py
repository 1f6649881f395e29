"""The overview after signing in: what is left, what was used lately, the latest images, and for
newcomers what to do first. It puts the rooms' answers together and has none of its own.
"""

from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Count, Exists, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.models import Account
from accounts.roles import Right
from accounts.signed_in import AccountRequest, signed_in
from generations import history, usage
from generations.models import Job
from generations.usage import two_charts
from generations.usage.periods import Period
from keys.models import Key
from wallet import low_balance, stripe
from wallet.models import Topup

DAYS = 30
IMAGES_MAX = 6
# Among these the latest images are looked for; the others may have failed or been deleted.
JOBS_MAX = 12
# Remembers the account whose first steps were put away, in this browser.
PUT_AWAY = "first_steps"
YEAR_SECONDS = 31_536_000
# Pictures of the landing page, by their names, and what was asked for.
EXAMPLES = {
    "shark": gettext_lazy("A great white shark in a bioluminescent deep ocean"),
    "lighthouse": gettext_lazy("A lighthouse at dusk above a calm sea"),
    "fox": gettext_lazy("A red fox in a winter forest"),
    "boat": gettext_lazy("A small sailboat beneath an enormous moon"),
    "desert": gettext_lazy("A desert at sunset"),
    "city": gettext_lazy("A city skyline at night in the rain"),
}


class Step(NamedTuple):
    """Something to do first, whether it is done, and where it is done."""

    title: str
    text: str
    path: str
    is_done: bool


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def overview(request: AccountRequest) -> HttpResponse:
    """The page; POST puts the first steps away."""
    account = request.account
    if request.method == "POST":
        return _put_away(account)
    jobs = list(history.of_account(account)[:JOBS_MAX])
    summary, lasts = low_balance.standing(account)
    period = Period.last(DAYS)
    days = usage.rows(account, period, "day")
    done = _done(account)
    context: dict[str, Any] = {
        "wallet": summary,
        "lasts": lasts,
        # Whoever has paid, or has deleted what they made, is none.
        "is_newcomer": not (jobs or days or summary.balance_micros),
        "images": [job for job in jobs if job.image_path][:IMAGES_MAX],
        "days": days,
        "charts": two_charts.of_days(days, period) if days else [],
        "takes_payments": stripe.is_configured(),
        "running": done.running,
        "steps": _steps(request, done),
        "examples": EXAMPLES,
    }
    context["done"] = sum(step.is_done for step in context["steps"])
    return render(request, "overview/overview.html", context)


def _put_away(account: Account) -> HttpResponse:
    response = redirect("overview")
    response.set_cookie(
        PUT_AWAY,
        str(account.pk),
        max_age=YEAR_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def _steps(request: AccountRequest, done: "Done") -> list[Step]:
    """What the member may do first; nothing once all is done, or was put away."""
    account, rights = request.account, request.membership.rights
    if request.COOKIES.get(PUT_AWAY) == str(account.pk):
        return []
    steps = [
        Step(
            _("Verify your e-mail"),
            _("So that receipts and warnings reach you."),
            reverse("account_email"),
            account.verified_at is not None,
        )
    ]
    if Right.MAKE in rights:
        text = _("Describe it in the playground and watch it arrive.")
        steps.append(Step(_("Make your first image"), text, reverse("playground"), done.image))
    if Right.KEYS in rights:
        tokens = reverse("tokens")
        text = _("It lets a program of yours make images.")
        steps.append(Step(_("Create an API token"), text, tokens, done.key))
        text = _("Paste the example with your token into a terminal.")
        steps.append(Step(_("Make your first API call"), text, tokens, done.call))
    if Right.PAY in rights and stripe.is_configured():
        text = _("Credit never expires, and only images that arrive are charged.")
        steps.append(Step(_("Top up your wallet"), text, reverse("wallet"), done.topup))
    return [] if all(step.is_done for step in steps) else steps


class Done(NamedTuple):
    """Whether there was an image, a token, a call and a top-up; and how many jobs are under way."""

    image: bool
    key: bool
    call: bool
    topup: bool
    running: int


def _done(account: Account) -> Done:
    """All of it in one query."""
    keys = Key.objects.filter(account=account)
    jobs = Job.objects.filter(account=account)
    made = jobs.filter(status=Job.Status.COMPLETED, imported_at=None)
    paid = Topup.objects.filter(account=account, status=Topup.Status.PAID)
    running = jobs.filter(status__in=history.UNFINISHED).order_by().values("account")
    found = Account.objects.values_list(
        Exists(made),
        Exists(keys),
        Exists(keys.filter(last_used_at__isnull=False)),
        Exists(paid),
        Coalesce(Subquery(running.annotate(count=Count("pk")).values("count")), 0),
    )
    return Done(*found.get(pk=account.pk))
