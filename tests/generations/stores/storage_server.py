"""A store that speaks S3's protocol, on loopback, and a deployment that is told to use it.

moto answers over HTTP as Amazon does: it keeps what it is sent, and refuses strangers what is not
public. What is proved with it is said in the tests.
"""

import json
import logging
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3  # type: ignore[import-untyped]  # It has no types.
import httpx
import pytest
from moto.server import ThreadedMotoServer
from pytest_django.fixtures import Settings

from sharkweb import environment
from tests.conftest import free_port

REGION = "eu-central-1"
KEYS = {"SHARKAPI_S3_ACCESS_KEY": "an-access-key", "SHARKAPI_S3_SECRET_KEY": "a-secret-key"}

DATA = b"\x89PNG" + bytes(range(256)) * 500

UseStore = Callable[[dict[str, str]], environment.S3]


class StorageServer:
    """The server; what it keeps outlives a stop."""

    def __init__(self) -> None:
        self.port = free_port()
        self.endpoint = f"http://127.0.0.1:{self.port}"
        logging.getLogger("werkzeug").setLevel(logging.WARNING)

    def start(self) -> None:
        self._server = ThreadedMotoServer("127.0.0.1", self.port, verbose=False)
        self._server.start()

    def stop(self) -> None:
        self._server.stop()

    def client(self, service: str = "s3") -> Any:
        """boto3's own client, as somebody else may use it."""
        return boto3.client(
            service,
            endpoint_url=self.endpoint,
            region_name=REGION,
            aws_access_key_id=KEYS["SHARKAPI_S3_ACCESS_KEY"],
            aws_secret_access_key=KEYS["SHARKAPI_S3_SECRET_KEY"],
        )

    def bucket(self, public: bool = False) -> str:
        """The name of a new bucket, which anybody may read when it is public."""
        name, client = f"bucket-{uuid.uuid4().hex[:12]}", self.client()
        client.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
        if public:
            allowed = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject"}
            statement = {**allowed, "Resource": f"arn:aws:s3:::{name}/*"}
            policy = {"Version": "2012-10-17", "Statement": [statement]}
            client.put_bucket_policy(Bucket=name, Policy=json.dumps(policy))
        return name

    def environment(self, bucket: str, **more: str) -> dict[str, str]:
        """What an operator sets for the bucket; `more` as in PATH="a/b"."""
        return {
            "SHARKAPI_S3_BUCKET": bucket,
            "SHARKAPI_S3_ENDPOINT": self.endpoint,
            "SHARKAPI_S3_REGION": REGION,
            **KEYS,
            **{f"SHARKAPI_S3_{name}": value for name, value in more.items()},
        }

    @contextmanager
    def guarded(self, *actions: str) -> Iterator[dict[str, str]]:
        """Keys that allow these actions and no others, while no other keys are good."""
        name, identity = f"user-{uuid.uuid4().hex[:12]}", self.client("iam")
        identity.create_user(UserName=name)
        allowed = {"Effect": "Allow", "Action": actions, "Resource": "*"}
        policy = json.dumps({"Version": "2012-10-17", "Statement": allowed})
        identity.put_user_policy(UserName=name, PolicyName="files", PolicyDocument=policy)
        made = identity.create_access_key(UserName=name)["AccessKey"]
        httpx.post(f"{self.endpoint}/moto-api/reset-auth", content="0")
        try:
            yield {
                "SHARKAPI_S3_ACCESS_KEY": made["AccessKeyId"],
                "SHARKAPI_S3_SECRET_KEY": made["SecretAccessKey"],
            }
        finally:
            httpx.post(f"{self.endpoint}/moto-api/reset-auth", content="inf")

    def keys(self, bucket: str) -> list[str]:
        """The names of all that is in the bucket."""
        found = self.client().list_objects_v2(Bucket=bucket).get("Contents", [])
        return [entry["Key"] for entry in found]


@pytest.fixture(scope="module")
def storage() -> Iterator[StorageServer]:
    """A server that runs."""
    server = StorageServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def use_store(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> UseStore:
    """Moves this process's deployment, until the test ends."""

    def use(variables: dict[str, str]) -> environment.S3:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        settings.S3 = environment.read_s3(settings.ENVIRONMENT)
        settings.STORAGES = {**settings.STORAGES, **settings.S3.storages}
        s3: environment.S3 = settings.S3
        return s3

    return use


@pytest.fixture(autouse=True)
def data_folder(settings: Settings, tmp_path: Path) -> Path:
    """An empty one, in each file of tests that imports this."""
    settings.MEDIA_ROOT = tmp_path
    return tmp_path
