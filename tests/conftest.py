"""Every test runs on its own data folder, in memory unless DATABASE_URL names a PostgreSQL.

The log refuses removal, so a test must not end with a flush: use `django_db` without `transaction=True`, or for what
needs several processes `own_database`.
"""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import pytest
from hypothesis import settings

from server.process import ServerProcess
from tests.environment import DATA

# How long one example takes says more about the machine than about the code; in CI the examples are always the same.
settings.register_profile("unhurried", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("unhurried")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the long checks and the browser to those who ask for them by `-m`, and each database to where it is."""
    unasked = [] if config.getoption("-m") else ["long", "browser"]
    unasked.append("sqlite" if os.environ.get("DATABASE_URL") else "postgresql")
    gone = {id(item) for item in items if any(item.get_closest_marker(name) for name in unasked)}
    if os.environ.get("DATABASE_URL"):
        gone |= {id(item) for item in items if not uses_database(item)}
    config.hook.pytest_deselected(items=[item for item in items if id(item) in gone])
    # These take longest: begun first, they leave no worker of a parallel run waiting for another at the end.
    items[:] = sorted(
        (item for item in items if id(item) not in gone), key=lambda item: not item.nodeid.startswith(LONGEST)
    )


LONGEST = ("tests/walk/", "tests/worker/test_crash.py", "tests/api/test_generated_requests.py", "tests/demo/")


def uses_database(item: pytest.Item) -> bool:
    """Whether the suite's database has a say in the test; all others say the same on SQLite, where they run too."""
    marked = any(item.get_closest_marker(name) for name in ("django_db", "database", "postgresql", "browser"))
    is_case = bool(getattr(getattr(item, "cls", None), "databases", ()))  # a `django.test.TestCase`
    return marked or is_case or not DATABASE_FIXTURES.isdisjoint(getattr(item, "fixturenames", ()))


DATABASE_FIXTURES = frozenset({"db", "transactional_db", "django_db_setup", "own_database"})


@pytest.fixture(scope="session")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data folder as a first `youbei serve` leaves it, to be copied: beginning takes longer than a test."""
    folder = tmp_path_factory.mktemp("begun")
    with ServerProcess(folder):
        pass
    return folder


@pytest.fixture
def own_database(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Give a migrated database of one's own, as the environment for processes that shall work on it."""
    with own_database_at(tmp_path) as environment:
        yield environment


@contextmanager
def own_database_at(path: Path) -> Iterator[dict[str, str]]:
    """Make a migrated database with its data folder at `path`, and take it away again."""
    url, template = os.environ.get("DATABASE_URL", ""), migrated()
    environment = for_processes(path, name := f"own_{uuid4().hex[:12]}")
    if not url:
        shutil.copytree(template, path, dirs_exist_ok=True)
        yield environment
        return
    administer(url, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    try:
        yield environment
    finally:
        administer(url, f'DROP DATABASE "{name}" WITH (FORCE)')


def for_processes(path: Path, name: str) -> dict[str, str]:
    """Return the environment of processes that work in a data folder, on PostgreSQL on the database of that name."""
    environment = dict(os.environ, YOUBEI_DATA=str(path), DJANGO_SETTINGS_MODULE="youbei.settings")
    if url := os.environ.get("DATABASE_URL"):
        environment["DATABASE_URL"] = urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
    return environment


@cache
def migrated() -> str:
    """Migrate a database once, for copies of it; return its folder, on PostgreSQL its name."""
    url, name, folder = os.environ.get("DATABASE_URL", ""), f"own_{uuid4().hex[:12]}", Path(DATA, "migrated")
    if url:
        administer(url, f'CREATE DATABASE "{name}"')
        atexit.register(administer, url, f'DROP DATABASE "{name}" WITH (FORCE)')
    folder.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "django", "migrate", "--verbosity=0"]
    subprocess.run(command, env=for_processes(folder, name), check=True, timeout=120)
    return name if url else str(folder)


def administer(url: str, sql: str) -> None:
    import psycopg

    with psycopg.connect(urlunsplit(urlsplit(url)._replace(path="/postgres")), autocommit=True) as connection:
        connection.execute(sql.encode())


@pytest.fixture
def run_python(own_database: dict[str, str]) -> Callable[..., subprocess.Popen[str]]:
    """Start a Python process with Django set up on `own_database`; its arguments are in `sys.argv[1:]`."""

    def start(code: str, *arguments: object) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", f"import django; django.setup()\n{code}", *map(str, arguments)],
            env=own_database,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    return start


ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def outside_data() -> Callable[[str], Path]:
    """Find a path in the optional folder of outside data beside the project; skip the test where it is missing."""

    def find(path: str) -> Path:
        for folder in (ROOT.parent, ROOT.parent.parent):
            if (found := folder / "shared" / "data" / path).exists():
                return found
        pytest.skip(f"the optional folder of outside data (../shared/data) has no {path}")

    return find
