"""All data of an account as one ZIP, made while it is downloaded.

Owns what stands in it and under which name. Nothing is held but the page of rows at hand, one
picture and the archive's table of contents; what the store has lost is named in `missing.txt`.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED

from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.text import slugify
from zipstream import ZipStream  # type: ignore[import-untyped]  # It has no types.

from accounts.models import Account, Invitation, Membership
from generations import files
from generations.models import Job
from keys.models import Key
from wallet import export, statement

PAGE_ROWS = 500


def name_of(account: Account) -> str:
    """What the file is called."""
    return f"sharkapi-{slugify(account.name)[:40] or account.pk}-{timezone.now():%Y-%m-%d}.zip"


def archive(account: Account) -> Iterator[bytes]:
    """The ZIP, piece by piece. Raises StoreUnavailable, so that half of it is no whole."""
    zipped = ZipStream(compress_type=ZIP_DEFLATED)
    zipped.add(render_to_string("accounts/export.txt", {"account": account}), "README.txt")
    zipped.add(_json(_account(account)), "account.json")
    zipped.add(_lines(_members(account)), "members.jsonl")
    zipped.add(_lines(_tokens(account)), "tokens.jsonl")
    zipped.add(_csv(account), "statement.csv")
    zipped.add(_lines(map(_job, _jobs(account))), "jobs.jsonl")
    yield from zipped.all_files()
    missing = []
    for job in _jobs(account):
        for path, read in _pictures(job):
            try:
                # They are compressed as far as they go.
                zipped.add(read(), path, compress_type=ZIP_STORED)
            except FileNotFoundError:
                missing.append(path)
            yield from zipped.all_files()
    if missing:
        zipped.add("\n".join(missing) + "\n", "missing.txt")
    yield from zipped.finalize()


def _account(account: Account) -> dict[str, Any]:
    return {
        "name": account.name,
        "created_at": account.created_at,
        "verified_at": account.verified_at,
        "invitations": [
            {"email": each.email, "role": each.role, "expires_at": each.expires_at}
            for each in Invitation.objects.filter(account=account)
        ],
    }


def _members(account: Account) -> Iterator[dict[str, Any]]:
    for member in Membership.objects.filter(account=account).select_related("user"):
        user = member.user
        yield {
            "email": user.email,
            "name": user.name,
            "role": member.role,
            "member_since": member.created_at,
            "last_sign_in_at": user.last_login,
        }


def _tokens(account: Account) -> Iterator[dict[str, Any]]:
    """What is known of the tokens; none of them is known itself."""
    for key in Key.objects.filter(account=account).iterator():
        yield {
            "id": key.pk,
            "name": key.name,
            "begins": key.prefix,
            "ends": key.last4,
            "created_at": key.created_at,
            "last_used_at": key.last_used_at,
            "expires_at": key.expires_at,
            "revoked_at": key.revoked_at,
            "monthly_limit_micros": key.monthly_limit_micros,
        }


def _job(job: Job) -> dict[str, Any]:
    paths = [path for path, _ in _pictures(job)]
    return {
        "id": job.pk,
        "status": job.status,
        "prompt": job.prompt,
        "variant": job.variant,
        "width": job.width,
        "height": job.height,
        "price_micros": job.price_micros,
        "token_id": job.key_id,
        "error": job.error,
        "created_at": job.created_at,
        "started_at": job.started_at,
        "finished_at": job.finished_at,
        "reference_url": job.input_url,
        "files": paths,
    }


def _jobs(account: Account) -> Iterator[Job]:
    """All jobs, newest first, a page at a time: a download may take longer than a transaction."""
    found = Job.objects.filter(account=account).select_related("model")
    place = Q()
    while page := list(found.filter(place)[:PAGE_ROWS]):
        yield from page
        last = page[-1]
        place = Q(created_at__lte=last.created_at) & ~(
            Q(created_at=last.created_at) & Q(id__gte=last.pk)
        )


def _pictures(job: Job) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """A job's files: the path in the archive, and how to read it."""
    if job.image_path:
        yield f"images/{job.pk}.png", partial(files.read_result, job.image_name)
    if job.input_name:
        extension = job.input_name.rpartition(".")[2]
        yield f"references/{job.pk}.{extension}", partial(files.read_input, job.input_name)


def _csv(account: Account) -> Iterator[bytes]:
    for line in export.rows(statement.all_lines(account, statement.EVERYTHING)):
        yield line.encode()


def _lines(rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    for row in rows:
        yield _json(row) + b"\n"


def _json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, default=_plain, ensure_ascii=False).encode()


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
