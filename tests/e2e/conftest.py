"""The demo city and a browser to walk through it. Without a browser these tests are skipped with one line."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from e2e.cable import Cable
from e2e.city import City
from e2e.desk import DESKTOP, Desk
from e2e.judge import LANGUAGES
from e2e.words import Words
from server.process import ServerProcess

# The first is the same engine without windows, tabs and menus: a page takes it a third less.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
FLAGS = (
    "--no-sandbox --disable-gpu --no-first-run --disable-background-networking --disable-component-update "
    "--disable-sync --disable-dev-shm-usage"
)
HERE = Path(__file__).parent
PATIENCE_MS = 10_000
expect.set_options(timeout=PATIENCE_MS)  # as for what is pressed: other tests use the same cores


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder, and leave them out where there is no browser."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.browser)
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip("there is no Chromium on this machine (or set CHROMIUM to one)"))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS.split())
        yield browser
        browser.close()


FoundCity = Callable[[], AbstractContextManager[City]]


@pytest.fixture(scope="session")
def found_city(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> FoundCity:
    """Found demo cities. The first is built; a further one starts on a copy of what was built."""
    built = tmp_path_factory.mktemp("built") / "youbei.sqlite3"

    @contextmanager
    def found() -> Iterator[City]:
        folder = tmp_path_factory.mktemp("city")
        if built.exists():
            shutil.copy(built, folder)
        with ServerProcess(folder, ("--demo",)) as server:
            if not built.exists():
                copy_database(folder / built.name, built)
            yield City(server)

    return found


def copy_database(source: Path, target: Path) -> None:
    """Copy a database of SQLite that others have open."""
    with closing(sqlite3.connect(source)) as one, closing(sqlite3.connect(target)) as other:
        one.backup(other)


@pytest.fixture(scope="session")
def city(found_city: FoundCity) -> Iterator[City]:
    """Found one demo city for all."""
    with found_city() as city:
        yield city


@pytest.fixture(scope="session")
def places(city: City) -> dict[str, str]:
    """Find the addresses of what the demo city holds."""
    return city.places()


@pytest.fixture(scope="module")
def cable(city: City) -> Iterator[Cable]:
    """Lay a cable to the server that a test may cut."""
    laid = Cable(city.server.port)
    yield laid
    laid.close()


OpenDesk = Callable[..., Desk]


@pytest.fixture(scope="module")
def open_desk(chromium: Browser, city: City) -> Iterator[OpenDesk]:
    """Sit an account down at a screen of its own; `""` is a stranger. Further words go to the browser."""
    with ExitStack() as opened:

        def sit_down(username: str, language: str, address: str = city.address, **settings: Any) -> Desk:
            locale = "zh-CN" if language.startswith("zh") else "en-GB"
            state = city.session(username, language) if username else None
            chosen = {"viewport": DESKTOP, "locale": locale, "storage_state": state, **settings}
            context = chromium.new_context(**chosen)
            context.set_default_timeout(PATIENCE_MS)
            opened.callback(context.close)
            return Desk(context, address, Words(language))

        yield sit_down


@pytest.fixture(scope="module")
def readers(open_desk: OpenDesk) -> dict[str, Desk]:
    """Open both languages to the administrator, to judge every page as a whole."""
    # Only the judge's own script needs the page's content policy out of its way.
    return {one: open_desk("admin", one, bypass_csp=True, reduced_motion="reduce") for one in LANGUAGES}


@pytest.fixture(scope="module")
def skimmers(open_desk: OpenDesk) -> dict[str, Desk]:
    """Open both languages once more, for pages of which the words alone are judged.

    A window in which axe has judged brings it along to every page that is opened there, for a quarter of its cost.
    Here pages open without it, and under their own content policy.
    """
    return {one: open_desk("admin", one, reduced_motion="reduce") for one in LANGUAGES}
