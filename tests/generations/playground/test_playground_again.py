"""What came of one job goes into the next: its image, its reference image, all of it, or code."""

import uuid

import httpx
import pytest
from PIL import Image

from generations import files
from generations.models import CatalogueModel, Job
from tests.conftest import Customer, NewCustomer
from tests.generations.playground.playing import (
    arrived,
    at_page,
    lane,
    newest,
    offered,
    post,
    queued,
    words,
)
from tests.generations.runner.scripted import picture
from tests.visitor import Visitor
from wallet.statement import summary

__all__ = ["offered"]


def count(customer: Customer) -> int:
    return Job.objects.filter(account=customer.account).count()


def test_an_own_image_is_the_reference(site: str, alice: Customer) -> None:
    source = arrived(alice, lane(), picture(48), prompt="the first")
    form = {"prompt": "the second", "variant": "tiny", "reference": str(source.pk)}
    with at_page(site, alice) as visitor:
        page = visitor.get(f"/playground?reference={source.pk}")
        assert source.thumbnail_path in page.text
        assert "Your image “the first”" in words(page)
        assert f'name="reference" value="{source.pk}"' in page.text
        assert post(visitor, "/playground", form).status_code == 200
    job = newest(alice)
    assert (job.prompt, job.input_url) == ("the second", "")
    assert files.read_input(job.input_name) == files.read_result(source.image_name)


def test_a_large_image_is_made_fit_for_a_reference(site: str, alice: Customer) -> None:
    source = arrived(alice, lane(side=3000), picture(3000))
    form = {"prompt": "again", "variant": "tiny", "reference": str(source.pk)}
    with at_page(site, alice) as visitor:
        assert post(visitor, "/playground", form).status_code == 200
    path = files.path_of("inputs", newest(alice).input_name)
    with files.store("inputs").open(path) as stored, Image.open(stored) as reference:
        assert reference.size == (2048, 2048)


@pytest.mark.parametrize("kind", ["anothers", "unfinished", "deleted", "unknown", "nonsense"])
@pytest.mark.parametrize("field", ["reference", "remix"])
def test_what_is_not_there_is_no_reference(
    site: str, alice: Customer, bob: Customer, kind: str, field: str
) -> None:
    model = lane()
    job = arrived(bob if kind == "anothers" else alice, model, prompt="bobs own words")
    if kind == "anothers":
        Job.objects.filter(pk=job.pk).update(input_name=files.save_input(picture(), "png"))
    if kind == "deleted":
        Job.objects.filter(pk=job.pk).update(image_deleted_at=job.finished_at)
    named = {
        "unfinished": str(queued(alice, model).pk),
        "unknown": str(uuid.uuid4()),
        "nonsense": "x\ud7ff'",
    }.get(kind, str(job.pk))
    before = count(alice)
    with at_page(site, alice) as visitor:
        page = visitor.http.get("/playground", params={field: named})
        assert page.status_code == 200
        assert "data-kept" not in page.text
        assert kind != "anothers" or "bobs own words" not in page.text
        form = {"prompt": "theft", "variant": "tiny", field: named}
        answer = post(visitor, "/playground", form)
        assert answer.status_code == 422
        assert "That picture is gone." in words(answer)
    assert count(alice) == before


def test_a_new_picture_comes_before_the_kept_one(site: str, alice: Customer) -> None:
    source = arrived(alice, lane())
    form = {"prompt": "again", "variant": "tiny", "reference": str(source.pk)}
    address = "https://example.com/shark.png"
    with at_page(site, alice) as visitor:
        assert post(visitor, "/playground", {**form, "image_url": address}).status_code == 200
    assert (newest(alice).input_url, newest(alice).input_name) == (address, "")


def test_a_remix_begins_with_everything(
    site: str, alice: Customer, offered: CatalogueModel
) -> None:
    stored = files.save_input(picture(40), "webp")
    source = arrived(alice, offered, prompt="the <first>", input_name=stored)
    with at_page(site, alice) as visitor:
        page = visitor.get(f"/playground?remix={source.pk}")
        assert "the &lt;first&gt;</textarea>" in page.text
        assert f'value="{offered.variant}" required checked' in page.text
        assert f'name="remix" value="{source.pk}"' in page.text
        form = visitor.http.get(
            f"/playground?remix={source.pk}", headers={"HX-Request": "true"}
        ).text
        assert form.strip().startswith('<form id="generate"')
        sent = {"prompt": "edited", "variant": offered.variant, "remix": str(source.pk)}
        assert post(visitor, "/playground", sent).status_code == 200
    job = newest(alice)
    # A copy: either job may be deleted without the other.
    assert job.input_name != stored
    assert files.read_input(job.input_name) == picture(40)


def test_a_reference_by_address_stays_one(
    site: str, alice: Customer, offered: CatalogueModel
) -> None:
    address = "https://example.com/a.png?b=1&c=2"
    source = arrived(
        alice, offered, input_url=address, input_name=files.save_input(picture(), "png")
    )
    with at_page(site, alice) as visitor:
        page = visitor.get(f"/playground?remix={source.pk}")
        assert 'value="https://example.com/a.png?b=1&amp;c=2"' in page.text
        assert "data-kept" not in page.text
        assert visitor.post(f"/jobs/{source.pk}/again").status_code == 302
    assert (newest(alice).input_url, newest(alice).input_name) == (address, "")


def test_run_again(site: str, alice: Customer, offered: CatalogueModel) -> None:
    source = arrived(alice, offered, prompt="once", input_name=files.save_input(picture(40), "png"))
    CatalogueModel.objects.filter(pk=offered.pk).update(price_micros=40_000)
    with at_page(site, alice) as visitor:
        answer = post(visitor, f"/jobs/{source.pk}/again")
        assert (answer.status_code, answer.headers["HX-Reswap"]) == (200, "none")
    job = newest(alice)
    assert f'id="job-{job.pk}"' in answer.text
    assert (job.prompt, job.model, job.price_micros) == ("once", offered, 40_000)
    assert files.read_input(job.input_name) == picture(40)


def test_run_again_may_be_refused(
    site: str, new_customer: NewCustomer, bob: Customer, offered: CatalogueModel
) -> None:
    poor = new_customer("poor", credit_micros=30_000)
    source = arrived(poor, offered)
    with at_page(site, poor) as visitor:
        for answer in (post(visitor, f"/jobs/{source.pk}/again"), again(visitor, source)):
            assert answer.status_code == 422
            assert "too little for this image. Nothing was charged." in words(answer)
            assert "$0.03 is missing" in words(answer)
        CatalogueModel.objects.filter(pk=offered.pk).update(active=False)
        assert "This size is not offered at the moment" in words(again(visitor, source))
    with at_page(site, bob) as visitor:
        assert again(visitor, source).status_code == 404
        assert visitor.get(f"/jobs/{source.pk}/again").status_code == 405
    assert (count(poor), count(bob)) == (1, 0)
    assert summary(poor.account).held_micros == 0


def again(visitor: Visitor, job: Job) -> httpx.Response:
    return visitor.post(f"/jobs/{job.pk}/again")


def test_the_same_by_api(site: str, alice: Customer, bob: Customer) -> None:
    hostile = "a 'shark' \" </code><script>alert(1)</script>"
    source = arrived(alice, lane(), prompt=hostile)
    with at_page(site, alice) as visitor:
        page = visitor.get(f"/jobs/{source.pk}/code")
        dialog = visitor.http.get(f"/jobs/{source.pk}/code", headers={"HX-Request": "true"})
    for answer in (page, dialog):
        assert f"curl {site}/api/v1/image" in words(answer)
        assert "requests.post(" in words(answer)
        assert "await fetch(" in words(answer)
        assert source.model.variant in answer.text
        assert "<script>alert" not in answer.text
    assert "<html" in page.text
    assert "<html" not in dialog.text
    with at_page(site, bob) as visitor:
        assert visitor.get(f"/jobs/{source.pk}/code").status_code == 404
