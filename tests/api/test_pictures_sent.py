"""POST /api/v1/image with a base64 reference image: which are taken, what is kept of them."""

import base64
import io
import struct
import zlib
from typing import Any

import pytest
from PIL import Image

from generations import files, pictures
from generations.models import Job
from tests.api.calls import base64_text, check_refused, check_untouched, picture, submit
from tests.conftest import Customer
from tests.generations.pictures.jpegs import jpeg_of_scans

LIMIT_BYTES = 10 * 1024 * 1024
FORMS = ["JPEG", "PNG", "WEBP"]
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"/>'
HTML = b"<!doctype html><script>alert(1)</script>"


def kept(job_id: str) -> bytes:
    """What was stored for the engine."""
    return files.read_input(Job.objects.get(pk=job_id).input_name)


@pytest.mark.parametrize("form", FORMS)
def test_raw_base64(site: str, alice: Customer, form: str) -> None:
    answer = submit(site, alice, image=base64_text(picture(form)))
    assert answer.status_code == 202
    stored = Image.open(io.BytesIO(kept(answer.json()["job_id"])))
    assert (stored.format, stored.size) == (form, (64, 64))


@pytest.mark.parametrize(
    "prefix",
    [
        "data:image/png;base64,",
        "data:image/jpeg;base64,",
        "DATA:image/PNG;BASE64,",
        "data:image/svg+xml;base64,",
    ],
)
def test_data_uri(site: str, alice: Customer, prefix: str) -> None:
    """What is said to be in it does not matter, only what is."""
    answer = submit(site, alice, image=prefix + base64_text(picture("PNG")))
    assert Image.open(io.BytesIO(kept(answer.json()["job_id"]))).format == "PNG"


def test_base64_with_line_breaks(site: str, alice: Customer) -> None:
    image = base64.encodebytes(picture()).decode().replace("\n", "\r\n")
    assert submit(site, alice, image=image).status_code == 202


NOT_BASE64 = {
    "word": "not an image!",
    "URL": "https://example.com/a.png",
    "cut off": base64_text(picture())[:-1],
    "url-safe": base64.urlsafe_b64encode(picture()).decode(),
    "padding within": "AAAA====AAAA",
    "full-width": "ＡＡＡＡ",
    "NUL": "AAAA\0",
    "data URI without base64": "data:image/png," + base64_text(picture()),
    "data URI of text": "data:text/html;base64," + base64_text(picture()),
    "two data URIs": "data:image/png;base64,data:image/png;base64," + base64_text(picture()),
}


@pytest.mark.parametrize("image", NOT_BASE64.values(), ids=NOT_BASE64.keys())
def test_broken_base64(site: str, alice: Customer, image: str) -> None:
    answer = submit(site, alice, image=image)
    assert check_refused(answer, "INVALID_REQUEST") == "image is not valid base64."
    check_untouched(alice)


NOT_PICTURES = {
    "empty": b"",
    "GIF": picture("GIF"),
    "BMP": picture("BMP"),
    "TIFF": picture("TIFF"),
    "ICO": picture("ICO"),
    "SVG": SVG,
    "HTML": HTML,
    "noise": bytes(range(256)) * 40,
    "PNG's first bytes": b"\x89PNG\r\n\x1a\n",
    "JPEG's first bytes": b"\xff\xd8\xff\xe0",
    **{f"half a {form}": picture(form)[: len(picture(form)) // 2] for form in FORMS},
    **{f"most of a {form}": picture(form)[:-60] for form in FORMS},
}


@pytest.mark.parametrize("data", NOT_PICTURES.values(), ids=NOT_PICTURES.keys())
def test_wrong_or_broken_format(site: str, alice: Customer, data: bytes) -> None:
    answer = submit(site, alice, image=base64_text(data))
    assert check_refused(answer, "INVALID_REQUEST") == pictures.NOT_AN_IMAGE
    check_untouched(alice)


def test_empty_image_is_not_no_image(site: str, alice: Customer) -> None:
    """A shell variable that stayed empty must not cost an image without the reference."""
    check_refused(submit(site, alice, image=""), "INVALID_REQUEST")
    check_refused(submit(site, alice, image="data:image/png;base64,"), "INVALID_REQUEST")
    check_untouched(alice)


def claiming(width: int, height: int) -> bytes:
    """A small PNG whose head says that it is that large."""
    data = picture("PNG")
    head = data[12:16] + struct.pack(">II", width, height) + data[24:29]
    return data[:12] + head + struct.pack(">I", zlib.crc32(head)) + data[33:]


@pytest.mark.parametrize("size", [(5000, 5001), (10_000, 10_000), (50_000, 50_000), (60_000, 500)])
def test_too_many_pixels(site: str, alice: Customer, size: tuple[int, int]) -> None:
    answer = submit(site, alice, image=base64_text(claiming(*size)))
    assert check_refused(answer, "INVALID_REQUEST") == pictures.TOO_MANY_PIXELS
    check_untouched(alice)


def test_many_pixels_are_shrunk(site: str, alice: Customer) -> None:
    out = io.BytesIO()
    Image.new("L", (6000, 3000)).save(out, "PNG")
    job_id = submit(site, alice, image=base64_text(out.getvalue())).json()["job_id"]
    assert Image.open(io.BytesIO(kept(job_id))).size == (2048, 1024)


def test_more_scans_than_any_camera_makes(site: str, alice: Customer) -> None:
    """A few kilobytes that would be decoded for minutes, were they larger."""
    taken, bomb = (base64_text(jpeg_of_scans(count, 64)) for count in (100, 101))
    assert submit(site, alice, image=taken).status_code == 202
    refused = submit(site, alice, image=bomb)
    assert check_refused(refused, "INVALID_REQUEST") == pictures.NOT_AN_IMAGE


def test_a_video_behind_the_photo_is_no_scan(site: str, alice: Customer) -> None:
    """As phones write it; by chance anything may stand in it."""
    photo = picture("JPEG") + b"\xff\xda" * 1000
    assert submit(site, alice, image=base64_text(photo)).status_code == 202


def test_exactly_10_mib(site: str, alice: Customer) -> None:
    data = picture("JPEG").ljust(LIMIT_BYTES, b"\0")
    answer = submit(site, alice, image="data:image/jpeg;base64," + base64_text(data))
    assert answer.status_code == 202
    # What rode behind the picture is gone.
    assert len(kept(answer.json()["job_id"])) < 100_000


@pytest.mark.parametrize("size_bytes", [LIMIT_BYTES + 1, LIMIT_BYTES + 2, LIMIT_BYTES + 4096])
def test_above_10_mib(site: str, alice: Customer, size_bytes: int) -> None:
    answer = submit(site, alice, image=base64_text(picture("JPEG").ljust(size_bytes, b"\0")))
    assert "10 MB" in check_refused(answer, "INVALID_REQUEST")
    check_untouched(alice)


def secretive(form: str) -> bytes:
    """A picture that says where it was taken, in every way that its format knows."""
    exif = Image.Exif()
    exif[0x010E] = "SECRET description"
    exif.get_ifd(0x8825)[29] = "SECRET GPS"
    options: dict[str, Any] = {
        "exif": exif.tobytes(),
        "icc_profile": b"SECRET profile",
        "xmp": b"SECRET xmp",
    }
    if form == "JPEG":
        options["comment"] = b"SECRET comment"
    return picture(form, **options) + b"SECRET behind the end"


@pytest.mark.parametrize("form", FORMS)
def test_metadata_is_gone(site: str, alice: Customer, form: str) -> None:
    sent = secretive(form)
    assert sent.count(b"SECRET") >= 3
    answer = submit(site, alice, image=base64_text(sent))
    assert answer.status_code == 202
    stored = kept(answer.json()["job_id"])
    assert b"SECRET" not in stored
    assert not Image.open(io.BytesIO(stored)).getexif()


def test_picture_is_turned_upright(site: str, alice: Customer) -> None:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (80, 40)).save(out, "JPEG", exif=exif.tobytes())
    job_id = submit(site, alice, image=base64_text(out.getvalue())).json()["job_id"]
    assert Image.open(io.BytesIO(kept(job_id))).size == (40, 80)


def test_phone_photo_with_a_second_picture_inside(site: str, alice: Customer) -> None:
    out = io.BytesIO()
    photo = Image.new("RGB", (64, 64), "red")
    photo.save(out, "MPO", save_all=True, append_images=[photo])
    job_id = submit(site, alice, image=base64_text(out.getvalue())).json()["job_id"]
    assert Image.open(io.BytesIO(kept(job_id))).format == "JPEG"


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_every_kind_of_pixel(site: str, alice: Customer, mode: str) -> None:
    """A grey that is half bright stays so, whatever it is written in."""
    source = Image.new("L", (64, 64), 128).convert("L" if mode == "I;16" else mode)
    if mode == "I;16":
        source = Image.new(mode, (64, 64), 0x8000)
    out = io.BytesIO()
    source.save(out, "PNG")
    job_id = submit(site, alice, image=base64_text(out.getvalue())).json()["job_id"]
    stored = Image.open(io.BytesIO(kept(job_id))).convert("L").resize((1, 1)).getpixel((0, 0))
    assert stored == pytest.approx(128, abs=2)
