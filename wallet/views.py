"""The wallet page: the balance and the statement."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.signed_in import AccountRequest, signed_in
from wallet import statement


@require_safe
@signed_in
def wallet(request: AccountRequest) -> HttpResponse:
    """The page, or with htmx just the older lines that it asks for."""
    before = request.GET.get("before", "")
    cursor = int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None
    lines, next_cursor = statement.lines(request.account, cursor)
    template = "wallet/_lines.html" if request.htmx and cursor else "wallet/wallet.html"
    return render(request, template, {"lines": lines, "next_cursor": next_cursor})
