"""The tests' settings: a data folder of their own, thrown away at the end."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from sharkweb.up import folder

data = Path(tempfile.mkdtemp(prefix="sharkapi-test-"))
atexit.register(shutil.rmtree, data, ignore_errors=True)
os.environ["SHARKAPI_DATA_DIR"] = str(data)
for name in ("SHARKAPI_SECRET_KEY", "SHARKAPI_TOKEN_PEPPER", "SHARKAPI_URL"):
    os.environ.pop(name, None)
folder.make_secrets(data)

from tests.served_settings import *  # noqa: E402, F403
