"""The tests' settings: a data folder of their own, thrown away at the end."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

import certifi

from sharkweb.up import folder

data = Path(tempfile.mkdtemp(prefix="sharkapi-test-"))
atexit.register(shutil.rmtree, data, ignore_errors=True)
# What somebody has set for a deployment of theirs must not be met here.
for name in [name for name in os.environ if name.startswith("SHARKAPI_")]:
    del os.environ[name]
os.environ["SHARKAPI_DATA_DIR"] = str(data)
# Where `make run` collects the static files; Whitenoise warns when it is missing.
(data / "static").mkdir()
folder.make_secrets(data)
# One authority that nobody here asks for: reading all takes 25 ms, whenever a client is made.
END = "-----END CERTIFICATE-----"
authority = data / "authority.pem"
authority.write_text(certifi.contents().partition(END)[0] + END)
os.environ["SSL_CERT_FILE"] = str(authority)

from tests.served_settings import *  # noqa: E402, F403
