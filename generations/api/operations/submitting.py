"""POST /api/v1/image: takes a job, or finds the one that the same request made before."""

import hashlib
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from django.db import IntegrityError

from accounts.models import Account
from generations import current, files, jobs, limits
from generations.api import request
from generations.api.operations.calling import Environ, look_up
from generations.api.schema import Accepted, ImageSubmission
from generations.models import Job
from keys.authentication import CALLER_COLUMNS, CALLER_MATCHES, CALLER_TABLES, presented_digest
from keys.envelope import Reply
from keys.errors import ApiError
from wallet import statement
from wallet.amounts import usd
from wallet.ledger import InsufficientBalance, LimitReached
from wallet.models import MICROS_PER_USD

DEFAULT_VARIANT = "1k"

OFFER = f"""
SELECT {CALLER_COLUMNS}, model.id, model.price_micros, model.width, model.height
FROM {CALLER_TABLES}
LEFT JOIN LATERAL (
    SELECT id, price_micros, width, height FROM generations_cataloguemodel
    WHERE variant = %(variant)s AND active ORDER BY position, id LIMIT 1
) model ON true
WHERE {CALLER_MATCHES}
"""  # noqa: S608 - made of constants.


def submit(environ: Environ) -> Reply:
    """POST /api/v1/image. Raises ApiError."""
    digest = presented_digest(environ)
    wrong: ApiError | None = None
    variant = DEFAULT_VARIANT
    try:
        asked = request.parse(request.read_body(environ))
        variant = DEFAULT_VARIANT if asked.variant is None else asked.variant
        idempotency_key = request.idempotency_key(environ)
    except ApiError as error:
        # Whether the key is good comes first: a stranger learns nothing about bodies.
        wrong = error
    caller, (offer,) = look_up(OFFER, {"digest": digest, "variant": variant.replace("\0", "?")})
    if wrong:
        raise wrong
    # An empty image is one that went missing on its way, not a wish for none.
    image = None if asked.image is None else request.decode_image(asked.image)
    input_digest = "" if image is None else hashlib.sha256(image).hexdigest()
    if idempotency_key:
        earlier = jobs.submitted_before(caller.account_id, idempotency_key)
        if earlier:
            # Whatever became of it, of the offer and of the balance since.
            return _once_more(earlier, asked, variant, input_digest)
    model_id, price_micros, width, height = offer
    if model_id is None:
        raise ApiError("NO_ACTIVE_MODEL", f"No active model for the variant “{variant[:40]}”.")
    submission = jobs.Submission(
        account_id=caller.account_id,
        key_id=caller.key_id,
        model_id=model_id,
        price_micros=price_micros,
        width=width,
        height=height,
        prompt=asked.prompt,
        input_url=asked.image_url or "",
        input_digest=input_digest,
        idempotency_key=idempotency_key,
        limit=limits.of(caller.key_id, caller.monthly_limit_micros),
    )
    return _queue(submission, image, asked, variant)


def _queue(
    submission: jobs.Submission, image: bytes | None, asked: ImageSubmission, variant: str
) -> Reply:
    try:
        if image is not None:
            submission = _with_reference(submission, image)
        return _accepted(jobs.submit(submission))
    except (InsufficientBalance, LimitReached, IntegrityError) as error:
        if submission.input_name:
            # What stays is swept away later, like all that no job uses.
            with suppress(files.StoreUnavailable):
                files.delete_input(submission.input_name)
        if submission.idempotency_key:
            # The same request at the same time was first. It may have spent the last of the
            # balance, so that the refusal is no other than the repetition's.
            key = submission.idempotency_key
            earlier = jobs.submitted_before(submission.account_id, key)
            if earlier:
                return _once_more(earlier, asked, variant, submission.input_digest)
        if isinstance(error, IntegrityError):
            raise
        raise _unaffordable(submission, error) from None


def _unaffordable(
    submission: jobs.Submission, error: InsufficientBalance | LimitReached
) -> ApiError:
    if submission.limit and isinstance(error, LimitReached):
        return ApiError("SPENDING_LIMIT_REACHED", limits.explain(submission.limit))
    price = usd(submission.price_micros)
    return ApiError(
        "INSUFFICIENT_BALANCE",
        f"Insufficient wallet balance: this image costs {price}. Top up and retry.",
    )


def _with_reference(submission: jobs.Submission, image: bytes) -> jobs.Submission:
    """The submission with its cleaned image in our store. Raises InsufficientBalance, ApiError."""
    # To decode one takes long: nobody gets it for free. What is paid, the hold alone decides.
    funds = statement.summary(Account(pk=submission.account_id))
    if not funds.affords(submission.price_micros):
        raise InsufficientBalance
    return replace(submission, input_name=files.save_input(*request.clean_image(image)))


def _once_more(earlier: Job, asked: ImageSubmission, variant: str, input_digest: str) -> Reply:
    """The answer that the job got when it was submitted. Raises ApiError if it is another one."""
    # What its customer has deleted cannot be compared any more, and is not made once more either.
    is_same = earlier.deleted_at is not None or (
        earlier.prompt == asked.prompt
        and earlier.variant == variant
        and earlier.input_url == (asked.image_url or "")
        # A job of an earlier release does not say, and nothing else speaks against the image.
        and earlier.input_digest in (None, input_digest)
    )
    if not is_same:
        raise ApiError(
            "IDEMPOTENCY_CONFLICT",
            "This Idempotency-Key belongs to another request, sent before. Nothing was queued: "
            "use a new key for a new image.",
        )
    return _accepted(jobs.Submitted(earlier.pk, earlier.price_micros, earlier.created_at))


def _accepted(job: jobs.Submitted) -> Reply:
    current.job_id.set(str(job.id))
    body = Accepted(
        job_id=str(job.id),
        status="queued",
        poll_url=f"/api/v1/jobs/{job.id}",
        price_usd=job.price_micros / MICROS_PER_USD,
        created_at=timestamp(job.created_at),
    )
    return Reply(202, body.model_dump_json().encode())


def timestamp(moment: datetime) -> str:
    """ISO 8601 in UTC to the second, as the reference shows it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
