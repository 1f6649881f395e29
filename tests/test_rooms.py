"""Holds the code to the architecture: which room may know which, and who may touch what.

Reads the imports of the source; nothing of it is run.
"""

import ast
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[1]
ROOMS = ("accounts", "wallet", "keys", "generations", "sharkweb")
# Every room, and those it may import. sharkweb is the roof that puts them together.
MAY_IMPORT = {
    "accounts": set(),
    "wallet": {"accounts"},
    "keys": {"accounts"},
    "generations": {"wallet", "keys", "accounts"},
    "sharkweb": {"generations", "wallet", "keys", "accounts"},
}
# These live under the roof and stay ignorant of the house: they run before it stands.
FOUNDATIONS = {
    "sharkweb/up",
    "sharkweb/environment.py",
    "sharkweb/log_settings.py",
    "sharkweb/settings.py",
}
ONLY_IMPORTED_IN = {
    "django_q": {
        f"generations/background/{name}.py"
        for name in ("cluster", "runners", "timekeeping", "timetable", "workers")
    },
    "stripe": {"wallet/stripe.py"},
    "httpcore": {"generations/fetch/__init__.py"},
    "aiohttp": {"generations/engines/wire.py", "generations/engines/openai.py"},
    "boto3": {"generations/stores/s3.py"},
    "botocore": {"generations/stores/s3.py"},
    "storages": {"generations/stores/s3.py"},
}
LEDGER = "wallet/ledger/"
LEDGER_TABLES = ("wallet_book", "wallet_transfer", "wallet_hold", "wallet_budget")
LEDGER_MODELS = ("Book", "Transfer", "Hold", "Budget")
WRITES = {"create", "bulk_create", "get_or_create", "update_or_create", "save", "update", "delete"}


@pytest.fixture(scope="session", autouse=True)
def database() -> None:
    """Files are all that these tests need."""


def sources() -> list[Path]:
    return [
        path
        for room in ROOMS
        for path in sorted((CHECKOUT / room).rglob("*.py"))
        if "migrations" not in path.parts
    ]


def name_of(path: Path) -> str:
    return str(path.relative_to(CHECKOUT))


def imported(path: Path) -> set[str]:
    """The dotted modules that a file imports, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        # A relative import stays in its own room.
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def test_arrows_point_down() -> None:
    wrong = [
        f"{name_of(path)} imports {module}"
        for path in sources()
        for module in imported(path)
        if (room := path.relative_to(CHECKOUT).parts[0]) != (other := module.split(".")[0])
        and other in ROOMS
        and other not in MAY_IMPORT[room]
    ]
    assert wrong == []


def test_the_foundations_know_nothing_of_the_rooms() -> None:
    wrong = [
        f"{name_of(path)} imports {module}"
        for path in sources()
        if any(name_of(path).startswith(foundation) for foundation in FOUNDATIONS)
        for module in imported(path)
        if module.split(".")[0] in ROOMS[:-1]
    ]
    assert wrong == []


def test_some_packages_have_one_door() -> None:
    wrong = [
        f"{name_of(path)} imports {module}"
        for path in sources()
        for module in imported(path)
        for package, doors in ONLY_IMPORTED_IN.items()
        if module.split(".")[0] == package and name_of(path) not in doors
    ]
    assert wrong == []


def test_only_the_ledger_writes_the_ledger() -> None:
    wrong = []
    for path in sources():
        if name_of(path).startswith(LEDGER):
            continue
        text = path.read_text()
        for verb in ("INSERT INTO", "UPDATE", "DELETE FROM"):
            wrong += [
                f"{name_of(path)}: {verb} {table}"
                for table in LEDGER_TABLES
                if f"{verb} {table}" in text
            ]
        for model in LEDGER_MODELS:
            wrong += [
                f"{name_of(path)}: {model}.objects…{write}"
                for write in WRITES
                for line in text.splitlines()
                if f"{model}.objects" in line and f".{write}(" in line
            ]
    assert wrong == []


def test_every_file_says_what_it_owns() -> None:
    silent = [
        name_of(path)
        for path in sources()
        if path.read_text().strip() and not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert silent == []


def test_files_stay_readable() -> None:
    long = [name_of(path) for path in sources() if len(path.read_text().splitlines()) > 300]
    assert long == []
