"""The tests' settings: a data folder of their own, thrown away at the end."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from sharkweb.up import folder

data = Path(tempfile.mkdtemp(prefix="sharkapi-test-"))
atexit.register(shutil.rmtree, data, ignore_errors=True)
# What somebody has set for a deployment of theirs must not be met here.
for name in [name for name in os.environ if name.startswith("SHARKAPI_")]:
    del os.environ[name]
os.environ["SHARKAPI_DATA_DIR"] = str(data)
folder.make_secrets(data)

from tests.served_settings import *  # noqa: E402, F403
