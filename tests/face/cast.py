"""The people whose pages are looked at: one with a long history, one who has just come, staff.

Their texts are the worst that a form lets through, so that every page is also seen with them.
Nothing here is a test.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from itertools import cycle

from django.db.models import F
from django.db.models.functions import Now
from PIL import Image

from accounts import invitations
from accounts.models import Account, User
from accounts.roles import Role
from generations import files, jobs
from generations.models import CatalogueModel, Job
from generations.sync import usage
from keys.models import Key
from tests.conftest import CHECKOUT, Customer, NewCustomer
from tests.face.company import Who, others, paid_topup
from tests.wallet.stripe.standin import Standin
from wallet.models import Topup

HOSTILE = "<img src=x onerror=window.wounded=1><script>window.wounded=1</script>"
LONG = "a reef seen from very far away, " * 60
PROMPTS = (
    "A great white shark in bioluminescent deep ocean",
    "A lighthouse at dusk above a calm sea",
    "A red fox in a winter forest",
    HOSTILE,
    LONG,
    "Ein Wal über den Wolken, Öl auf Leinwand",
    '=HYPERLINK("http://127.0.0.1:9/?"&A1,"click")',
    "{{ 7*7 }} {% now 'Y' %} ' \" ` \\ %s ${7*7}",
)
PICTURES = ("shark", "lighthouse", "fox", "boat", "desert", "city")


@dataclass(frozen=True)
class Cast:
    """`rich` has everything, `newcomer` nothing; `users` are these two and everybody else."""

    rich: Customer
    newcomer: Customer
    users: dict[Who, User]
    job: Job
    failed: Job
    running: Job
    invitation: str
    topup: Topup


def assemble(new_customer: NewCustomer, staff: User, bank: Standin, days: int = 40) -> Cast:
    """The cast, with a job or two for each of that many days behind them."""
    rich = new_customer("rich", credit_micros=123_456_780_000)
    Account.objects.filter(pk=rich.account.pk).update(name=f"Deep {HOSTILE} & Sons"[:80])
    keys = [rich.key]
    for name in ("Production server", HOSTILE[:80], "w" * 80):
        keys.append(Key.create(rich.account, name, rich.user)[0])
    keys[1].revoke()
    model = _model()
    pictures = cycle(_pictures())
    sources = cycle([None, *keys])
    for day, prompt in zip(range(days, 0, -1), cycle(PROMPTS), strict=False):
        for _ in range(1 + day % 2):
            job = _submitted(rich, next(sources), model, prompt)
            assert jobs.complete(job, next(pictures))
            _was(job, day)
    failed = _submitted(rich, keys[0], model, HOSTILE)
    assert jobs.fail(failed.pk, Job.FailureKind.MODERATED, "The prompt was refused.", failed.fence)
    last = _submitted(rich, None, model, PROMPTS[0])
    assert jobs.complete(last, next(pictures))
    running = _submitted(rich, keys[0], model, LONG)
    jobs.submit(_submission(rich, None, model, HOSTILE))
    # They stay under way however long a run takes.
    under_way = Job.objects.filter(account=rich.account, finished_at=None)
    under_way.update(deadline_at=Now() + timedelta(hours=1))
    while usage.roll_up():
        pass
    newcomer = new_customer("newcomer", trials=3)
    users = {Who.RICH: rich.user, Who.NEWCOMER: newcomer.user, Who.STAFF: staff}
    users |= others(new_customer, rich)
    topup = paid_topup(rich, bank)
    return Cast(rich, newcomer, users, last, failed, running, _invited(rich), topup)


def _invited(customer: Customer) -> str:
    """The token of an invitation into the customer's account, as its link has it."""
    tokens: list[str] = []
    email = f"{'guest.' * 8}{uuid.uuid4().hex}@example.com"

    def link(token: str) -> str:
        tokens.append(token)
        return f"http://127.0.0.1:9/invitations/{token}"

    invitations.invite(customer.account, email, Role.BILLING, customer.user, link)
    return tokens[0]


def more(customer: Customer, count: int) -> None:
    """That many finished jobs more."""
    model, picture = _model(), next(_pictures())
    for _ in range(count):
        assert jobs.complete(_submitted(customer, customer.key, model, PROMPTS[0]), picture)


def _model() -> CatalogueModel:
    model = CatalogueModel.offered("1k")
    assert model
    return model


def _pictures() -> Iterator[str]:
    """Names of real images in the store: the landing page's own."""
    for name in PICTURES:
        data = BytesIO()
        with Image.open(CHECKOUT / "static" / "img" / "landing" / f"{name}.webp") as picture:
            picture.convert("RGB").resize((1024, 1024)).save(data, "PNG")
        yield files.save_result(data.getvalue())


def _submission(
    customer: Customer, key: Key | None, model: CatalogueModel, prompt: str
) -> jobs.Submission:
    return jobs.Submission(
        account_id=customer.account.pk,
        user_id=customer.user.pk,
        key_id=key.pk if key else None,
        model_id=model.pk,
        price_micros=model.price_micros,
        width=model.width,
        height=model.height,
        prompt=prompt.strip()[:2000],
    )


def _submitted(customer: Customer, key: Key | None, model: CatalogueModel, prompt: str) -> Job:
    """A job in a runner's hands."""
    job_id = jobs.submit(_submission(customer, key, model, prompt)).id
    moments = {"started_at": Now(), "engine_started_at": Now(), "engine_finished_at": Now()}
    Job.objects.filter(pk=job_id).update(status="processing", fence=1, attempts=1, **moments)
    return Job.objects.select_related("model").get(pk=job_id)


def _was(job: Job, days: int) -> None:
    """Moves the job into the past, all its moments together."""
    names = ("created", "started", "engine_started", "engine_finished", "finished", "deadline")
    moments = {f"{name}_at": F(f"{name}_at") - timedelta(days=days) for name in names}
    Job.objects.filter(pk=job.pk).update(**moments)
