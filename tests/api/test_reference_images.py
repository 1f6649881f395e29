"""Reference images from submit to the end of the job, with real workers."""

import base64
import io
from typing import Any

import pytest
from PIL import Image, ImageChops

from generations.fetch import NOT_FOUND
from generations.models import Job
from tests.api.calls import HTTP, PRICE_MICROS, base64_text, status, submit, wallet
from tests.conftest import TINY, Customer, NewCustomer, wait_until
from wallet.models import Unit

pytestmark = pytest.mark.usefixtures("workers")
CREDIT_MICROS = 10_000_000


def ended(site: str, customer: Customer, **fields: object) -> dict[str, Any]:
    """Submits a job and returns what polling says when it is terminal."""
    job_id = submit(site, customer, **fields).json()["job_id"]
    wait_until(
        lambda: status(site, customer, job_id).json()["status"] in ("completed", "failed"), 60
    )
    body: dict[str, Any] = status(site, customer, job_id).json()
    return body


def painted(job: dict[str, Any]) -> Image.Image:
    """The published image, after a look at how it is served."""
    assert job["status"] == "completed", job["error"]
    answer = HTTP.get(job["image_url"])
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "immutable" in answer.headers["Cache-Control"]
    image = Image.open(io.BytesIO(answer.content)).convert("RGB")
    assert image.size == (TINY, TINY)
    return image


def brightness(image: Image.Image) -> int:
    value = image.convert("L").resize((1, 1)).getpixel((0, 0))
    assert isinstance(value, int)
    return value


def plain(form: str, colour: str) -> str:
    out = io.BytesIO()
    Image.new("RGB", (300, 200), colour).save(out, form)
    return base64_text(out.getvalue())


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_base64_changes_the_picture(site: str, alice: Customer, form: str) -> None:
    black = painted(ended(site, alice, image=plain(form, "black")))
    white = painted(ended(site, alice, image=f"data:image/png;base64,{plain(form, 'white')}"))
    without = painted(ended(site, alice))
    assert brightness(white) > brightness(black) + 30
    assert ImageChops.difference(white, without).getbbox()
    assert wallet(alice) == (CREDIT_MICROS - 3 * PRICE_MICROS, 0)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/a.png",
        "http://localhost/a.png",
        "http://[::1]/a.png",
        "http://0x7f.1/a.png",
        "http://2130706433/a.png",
        "http://[::ffff:10.0.0.1]/a.png",
        "http://169.254.169.254/latest/meta-data/",
        "{site}/static/favicon.svg",
    ],
)
def test_address_inside_fails_free(site: str, alice: Customer, url: str) -> None:
    job = ended(site, alice, image_url=url.format(site=site))
    assert job["status"] == "failed"
    assert job["error"] == NOT_FOUND
    assert [job[name] for name in ("image_url", "cost", "completed_at")] == [None] * 3
    assert job["started_at"] is not None
    assert wallet(alice) == (CREDIT_MICROS, 0)
    assert Job.objects.get(pk=job["job_id"]).failure_kind == Job.FailureKind.INVALID_REFERENCE


def test_free_image_is_given_back(site: str, new_customer: NewCustomer) -> None:
    customer = new_customer(trials=1)
    assert ended(site, customer, image_url="http://127.0.0.1/a.png")["status"] == "failed"
    assert wallet(customer, Unit.IMAGE) == (1, 0)
    assert ended(site, customer)["cost"] == "$0.00"
    assert wallet(customer, Unit.IMAGE) == (0, 0)


def test_large_photo(site: str, alice: Customer) -> None:
    out = io.BytesIO()
    Image.effect_noise((3000, 2000), 60).convert("RGB").save(out, "JPEG", quality=90)
    image = base64.b64encode(out.getvalue()).decode()
    painted(ended(site, alice, image=image))
