"""The shape of the house: small rooms, plain names, nothing about the place where it was written."""

from __future__ import annotations

import ast
import re
import subprocess
import warnings
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "youbei"
MOST_LINES = 400
MANY_LINES = 300
VAGUE = {"utils", "util", "helpers", "helper", "common", "misc", "tools", "stuff", "shared"}
# Where imports inside functions are wanted: commands start fast, apps register, settings make a key on first use.
LATE_IMPORTS = ("cli/", "settings.py", "records/apps.py", "records/migrations/")
TEXT = {".py", ".md", ".toml", ".ts", ".html", ".css", ".js", ".json", ".yml", ".yaml", ".txt", ".po", ".sh", ""}
# Written so that this file does not hold what it looks for.
FOREIGN = re.compile(
    "|".join([r"/" + r"work/", r"/" + r"root/", r"/" + r"home/\w+/", r"file" + r":///opt", r"--index" + "-url"])
)


def modules() -> list[Path]:
    return sorted(path for path in SOURCE.rglob("*.py") if "migrations" not in path.parts)


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def tracked() -> list[Path]:
    """Return the files of the project; without git (an unpacked archive) those that are not made."""
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if done.returncode == 0 and done.stdout:
        return [ROOT / name for name in done.stdout.split("\0") if name and (ROOT / name).is_file()]
    made = {".venv", "node_modules", "var", "dist"}
    return [path for path in ROOT.rglob("*") if path.is_file() and not made & set(path.parts)]


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_a_module_is_small(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= MOST_LINES
    if lines > MANY_LINES:
        warnings.warn(f"{name_of(path)} has {lines} lines; 100 to 250 are usual", stacklevel=1)


def test_no_module_has_a_name_that_says_nothing() -> None:
    parts = {part.removesuffix(".py"): path for path in modules() for part in path.relative_to(SOURCE).parts}
    assert {name: name_of(path) for name, path in parts.items() if name in VAGUE} == {}


def test_imports_stand_at_the_top() -> None:
    found = []
    for path in modules():
        if path.relative_to(SOURCE).as_posix().startswith(LATE_IMPORTS):
            continue
        for function in ast.walk(tree_of(path)):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                inside = [node for node in ast.walk(function) if isinstance(node, ast.Import | ast.ImportFrom)]
                found += [f"{name_of(path)}:{node.lineno}" for node in inside]
    assert found == []


def test_every_module_says_what_it_is() -> None:
    empty = [path for path in modules() if path.read_text(encoding="utf-8").strip()]
    assert [name_of(path) for path in empty if not ast.get_docstring(tree_of(path))] == []


def test_no_file_names_a_place_on_the_machine_where_it_was_written() -> None:
    found = []
    for path in tracked():
        if path.suffix not in TEXT:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
            if FOREIGN.search(line):
                found.append(f"{name_of(path)}:{number}: {line.strip()[:80]}")
    assert found == []


def test_nothing_is_left_for_later() -> None:
    later = re.compile(r"\b(" + "|".join(["TO" + "DO", "FIX" + "ME", "X" * 3]) + r")\b")
    found = []
    for path in tracked():
        if path.suffix in {".py", ".ts", ".html", ".css"}:
            found += [name_of(path) for line in path.read_text(encoding="utf-8").splitlines() if later.search(line)]
    assert found == []


def test_a_migration_that_touches_the_log_installs_the_triggers_again() -> None:
    late = sorted((SOURCE / "records" / "migrations").glob("[0-9]*.py"))[1:]
    altering = re.compile(r"(AlterField|AddField|RemoveField|RenameField|AddConstraint|RemoveConstraint)\(")
    for path in late:
        text = path.read_text(encoding="utf-8")
        if altering.search(text) and re.search(r"logentry|loghead", text, re.IGNORECASE):
            assert "InstallTriggers()" in text, name_of(path)
