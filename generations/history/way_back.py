"""Where a form leads back to: the page it was sent from, if that is one of ours."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme


def back(request: HttpRequest, otherwise: str) -> str:
    """The page of the history that the form or the link names as `back`, or the other one."""
    wanted = request.POST.get("back") or request.GET.get("back") or ""
    # Without allowed hosts only a path of this site passes.
    is_ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if is_ours and wanted.startswith(reverse("history")) else otherwise
