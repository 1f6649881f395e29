"""The example units start what exists, and give it the time it needs to end."""

import shlex
import shutil
import subprocess
from configparser import ConfigParser
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands

from generations.background.cluster import END_SECONDS
from tests.conftest import CHECKOUT

UNITS = sorted((CHECKOUT / "deploy" / "systemd").iterdir())
RELEASE = "/srv/sharkapi/current"


@pytest.fixture(scope="session", autouse=True)
def database() -> None:
    """Files are all that these tests need."""


def read(unit: Path) -> ConfigParser:
    parser = ConfigParser(interpolation=None, strict=False)
    parser.optionxform = str  # type: ignore[assignment, method-assign]  # As its documentation says.
    parser.read_string(unit.read_text().replace("\\\n", " "))
    return parser


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_starts_what_exists_and_lets_it_end(unit: Path) -> None:
    service = read(unit)["Service"]
    python, *arguments = shlex.split(service["ExecStart"])
    assert python == f"{RELEASE}/.venv/bin/python"
    if arguments[0] == "manage.py":
        assert get_commands()[arguments[1]] == "generations"
        assert service["Type"] == "notify"
    else:
        assert arguments[:2] == ["-m", "granian"]
        assert (CHECKOUT / f"{arguments[-1].split(':')[0].replace('.', '/')}.py").exists()
    assert int(service["TimeoutStopSec"]) > settings.RUNNER_DRAIN_SECONDS + END_SECONDS
    assert service["Restart"] == "always"


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed here")
def test_systemd_understands_the_units(tmp_path: Path) -> None:
    for unit in UNITS:
        text = unit.read_text().replace(f"{RELEASE}/.venv/bin/python", "/bin/true")
        (tmp_path / unit.name).write_text(text)
    paths = [str(tmp_path / unit.name) for unit in UNITS]
    checked = subprocess.run(["systemd-analyze", "verify", *paths], capture_output=True, text=True)
    # What it has to say about other units of this machine is not ours.
    assert "sharkapi" not in checked.stderr
