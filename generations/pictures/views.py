"""The files that jobs have: results and their thumbnails for anyone who knows their names."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar, cast

from django.core.files.base import File
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from generations import files
from generations.models import image_path
from generations.pictures import thumbnails

log = logging.getLogger(__name__)

YEAR_SECONDS = 31_536_000
REDIRECT_SECONDS = 300
RETRY_SECONDS = 5
BLOCK_BYTES = 64 * 1024
FOR_EVER = f"public, max-age={YEAR_SECONDS}, immutable"
# Not for long, since the operator may move the files.
FOR_NOW = f"public, max-age={REDIRECT_SECONDS}"

P = ParamSpec("P")
Asked = TypeVar("Asked", bound=HttpRequest)
View = Callable[Concatenate[Asked, P], HttpResponseBase]


def explained(view: View[Asked, P]) -> View[Asked, P]:
    """The view, with 404 for what is not there and 503 while the store is away."""

    @wraps(view)
    def answering(request: Asked, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except FileNotFoundError:
            raise Http404 from None
        except files.StoreUnavailable as error:
            log.error("%s cannot be had: %s", request.path, error)
            return HttpResponse(status=503, headers={"Retry-After": str(RETRY_SECONDS)})

    return cast("View[Asked, P]", answering)


@require_safe
@explained
def image(request: HttpRequest, name: str) -> HttpResponseBase:
    """A result, for anyone who knows its name; it never changes, so it may be kept for ever.

    The address was promised to last, so it is this site's own: it goes on working when the
    operator moves the files from the data folder to a bucket, or from one bucket to the next.
    With `?download` it comes from here in any case: browsers open what another origin sends.
    """
    is_download = "download" in request.GET
    if not is_download and (address := files.public_url(name)):
        return _elsewhere(name, address)
    if request.method == "HEAD":
        return kept(HttpResponse(content_type="image/png"), files.result_size(name))
    response = streamed(files.open_result(name), "image/png")
    if is_download:
        response.headers["Content-Disposition"] = f'attachment; filename="sharkapi-{name}"'
    return response


@require_safe
@explained
def thumbnail(request: HttpRequest, name: str) -> HttpResponseBase:
    """A result's thumbnail, under the result's name and as lasting; made if there is none yet."""
    address = files.public_thumbnail_url(name)
    try:
        if address:
            return _thumbnail_elsewhere(name, address)
        return streamed(files.open_thumbnail(name), "image/webp")
    except FileNotFoundError:
        pass
    try:
        data = thumbnails.make(name)
    except thumbnails.NotMade:
        # Larger than it need be, but a picture: browsers do not ask again for what was refused.
        response = redirect(image_path(name))
        response.headers["Cache-Control"] = "no-store"
        return response
    if address:
        return _elsewhere(name, address)
    return kept(HttpResponse(data, content_type="image/webp"), len(data))


def streamed(file: File[bytes], content_type: str, cache: str = FOR_EVER) -> HttpResponseBase:
    """The file, piece by piece."""
    response = FileResponse(file, content_type=content_type)
    response.block_size = BLOCK_BYTES
    return kept(response, file.size, cache)


def kept(response: HttpResponseBase, length_bytes: int, cache: str = FOR_EVER) -> HttpResponseBase:
    """The response, with what is the same for all of them."""
    response.headers["Content-Length"] = str(length_bytes)
    response.headers["Cache-Control"] = cache
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _thumbnail_elsewhere(name: str, address: str) -> HttpResponse:
    files.thumbnail_size(name)
    return _elsewhere(name, address)


def _elsewhere(name: str, address: str) -> HttpResponse:
    # What a store answers for a missing file is its own affair: Supabase says 400.
    if not thumbnails.is_wanted(name):
        raise FileNotFoundError(name)
    response = redirect(address)
    response.headers["Cache-Control"] = FOR_NOW
    return response
