"""The log on the screen and on the command line agree; one changed byte is found."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import expect

from e2e.city import City
from e2e.conftest import OpenDesk


@pytest.fixture(scope="module")
def exported(city: City, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("exported") / "log.jsonl"
    done = city.command("log", "export", "--out", str(path))
    assert done.returncode == 0, done.stderr
    return path


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_screen_says_that_the_log_holds(language: str, open_desk: OpenDesk) -> None:
    inspector = open_desk("inspector", language)
    inspector.go("/log/")
    inspector.press("Verify the whole log")
    inspector.sees("The log holds: no entry is missing, none was changed.")
    inspector.stays_clean()


def test_the_export_verifies_and_ends_with_the_hash_on_the_screen(
    exported: Path, city: City, open_desk: OpenDesk
) -> None:
    done = city.command("log", "verify", str(exported))
    assert done.returncode == 0, done.stdout + done.stderr
    last = json.loads(exported.read_text().splitlines()[-1])
    inspector = open_desk("inspector", "en")
    inspector.go("/log/")
    expect(inspector.page.locator(f"code[title='{last['hash']}']")).to_have_count(1)


def test_one_changed_byte_is_found(exported: Path, city: City, tmp_path: Path) -> None:
    lines = exported.read_text().splitlines(keepends=True)
    place = next(number for number, line in enumerate(lines) if '"kind": "fact.added"' in line or "fact.added" in line)
    bent = lines[place].replace("fact.added", "fact.addee")
    changed = tmp_path / "changed.jsonl"
    changed.write_text("".join([*lines[:place], bent, *lines[place + 1 :]]))
    done = city.command("log", "verify", str(changed))
    assert done.returncode == 1
    assert str(place + 1) in done.stdout + done.stderr


def test_a_missing_entry_is_found(exported: Path, city: City, tmp_path: Path) -> None:
    lines = exported.read_text().splitlines(keepends=True)
    cut = tmp_path / "cut.jsonl"
    cut.write_text("".join(lines[:100] + lines[101:]))
    assert city.command("log", "verify", str(cut)).returncode == 1
