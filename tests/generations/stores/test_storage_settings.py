"""Half a configuration of the store refuses to start, and so does one that would leak."""

from dataclasses import replace

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from sharkweb import environment

SUPABASE = {
    "SHARKAPI_S3_BUCKET": "generated-images",
    "SHARKAPI_S3_ENDPOINT": "https://abcd.storage.supabase.co/storage/v1/s3",
    "SHARKAPI_S3_REGION": "eu-central-1",
    "SHARKAPI_S3_ACCESS_KEY": "key",
    "SHARKAPI_S3_SECRET_KEY": "very-secret",
}
PUBLIC = {
    "SHARKAPI_S3_PUBLIC_URL": "https://abcd.supabase.co/storage/v1/object/public/generated-images",
    "SHARKAPI_S3_INPUTS_BUCKET": "reference-images",
}
IN_PRODUCTION = replace(settings.ENVIRONMENT, local=False)


@pytest.fixture(autouse=True)
def supabase(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SUPABASE.items():
        monkeypatch.setenv(name, value)


def test_one_bucket_for_all() -> None:
    s3 = environment.read_s3(IN_PRODUCTION)
    assert (s3.bucket, s3.inputs_bucket) == ("generated-images", "generated-images")
    assert (s3.path, s3.public_url, s3.public_origin) == ("", "", "")
    assert "very-secret" not in repr(s3)


def test_a_public_bucket_and_a_private_one(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {**PUBLIC, "SHARKAPI_S3_PATH": "/shark/a/"}.items():
        monkeypatch.setenv(name, value)
    s3 = environment.read_s3(IN_PRODUCTION)
    assert (s3.bucket, s3.inputs_bucket) == ("generated-images", "reference-images")
    assert s3.public_origin == "https://abcd.supabase.co"
    assert s3.path == "shark/a"


def test_none(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SUPABASE:
        monkeypatch.setenv(name, "")
    assert environment.read_s3(IN_PRODUCTION) == environment.S3()


@pytest.mark.parametrize("name", SUPABASE)
def test_half_a_configuration(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.delenv(name)
    with pytest.raises(ImproperlyConfigured, match=f"^{name} must be set"):
        environment.read_s3(IN_PRODUCTION)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"INPUTS_BUCKET": ""}, "SHARKAPI_S3_INPUTS_BUCKET to another, private bucket"),
        ({"INPUTS_BUCKET": "generated-images"}, "another, private bucket"),
        ({"PUBLIC_URL": "http://cdn.example.com"}, "SHARKAPI_S3_PUBLIC_URL .* https://"),
        ({"PUBLIC_URL": "cdn.example.com"}, "SHARKAPI_S3_PUBLIC_URL .* https://"),
        ({"PUBLIC_URL": "https://cdn.example.com?a=b"}, "SHARKAPI_S3_PUBLIC_URL"),
        ({"ENDPOINT": "abcd.supabase.co"}, "SHARKAPI_S3_ENDPOINT .* https:// or http://"),
        ({"PATH": "a/../b"}, "SHARKAPI_S3_PATH"),
        ({"PATH": "a//b"}, "SHARKAPI_S3_PATH"),
    ],
)
def test_what_cannot_be_meant(
    monkeypatch: pytest.MonkeyPatch, changes: dict[str, str], words: str
) -> None:
    changed = {f"SHARKAPI_S3_{name}": value for name, value in changes.items()}
    for name, value in {**PUBLIC, **changed}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ImproperlyConfigured, match=words):
        environment.read_s3(IN_PRODUCTION)
