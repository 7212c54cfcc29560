"""What can be used is documented: kinds that code names, permissions, settings, commands."""

from __future__ import annotations

import argparse
import ast
import re
from pathlib import Path

from tests.shape.test_modules import ROOT, SOURCE, modules, name_of, tree_of
from youbei.cli import build_parser
from youbei.cli.options import Say
from youbei.engine.access import ROLE_NAMES, ROLES, Permission, Role
from youbei.engine.duties_apart import PAIRS
from youbei.engine.events import KINDS

REFERENCE = ROOT / "docs" / "reference"
FAMILIES = {kind.partition(".")[0] for kind in KINDS}
KIND = re.compile(r"[a-z]+\.[a-z]+(_[a-z]+)*")
# Words of the same form that are no kinds.
OTHER = {"plan.schema", "level.html", "plan.html", "run.html", "incident.html"}


def page(name: str) -> str:
    return (REFERENCE / name).read_text(encoding="utf-8")


def kinds_in(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and KIND.fullmatch(node.value):
            family, _, rest = node.value.partition(".")
            if family in FAMILIES and not rest.endswith(("html", "toml", "json", "po")):
                found.add(node.value)
    return found - OTHER


def test_every_kind_that_code_names_is_registered() -> None:
    rooms = ("engine/run", "engine/simulation", "actions", "demo", "worker.py")
    for path in modules():
        if path.relative_to(SOURCE).as_posix().startswith(rooms):
            assert kinds_in(path) <= KINDS.keys(), name_of(path)


def test_every_kind_is_documented_and_every_documented_kind_exists() -> None:
    documented = re.findall(r"^### `([a-z_.]+)` (\S+) · ", page("events.md"), re.MULTILINE)
    assert dict(documented) == {kind: zh for kind, (zh, _) in KINDS.items()}


def test_every_permission_is_documented() -> None:
    documented = re.findall(r"^\| `(\w+)` \| to ", page("permissions.md"), re.MULTILINE)
    assert documented == [one.value for one in Permission]


def test_every_role_is_documented_with_what_it_allows() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (\S+) \| (.+) \|$", page("permissions.md"), re.MULTILINE)
    documented = {role: (zh, set(re.findall(r"`(\w+)`", allowed))) for role, zh, allowed in rows}
    documented = {role: found for role, found in documented.items() if role in set(Role)}
    every = {one.value for one in Permission}
    for role in Role:
        zh, allowed = documented[role.value]
        assert zh == ROLE_NAMES[role].zh
        assert (allowed or every) == {one.value for one in ROLES[role]}


def test_every_pair_of_duties_kept_apart_is_documented() -> None:
    rows = re.findall(r"^\| `(\w+)`.* \| `(\w+)`.* \| (.+) \|$", page("permissions.md"), re.MULTILINE)
    assert {(frozenset(row[:2]), row[2]) for row in rows} >= {(frozenset((p.one, p.other)), p.why.en) for p in PAIRS}


def settings_read() -> set[str]:
    """Return the names of the environment that our code reads."""
    found = set()
    for path in modules():
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found |= set(re.findall(r"\b(?:YOUBEI_[A-Z_]*[A-Z]|DATABASE_URL)\b", node.value))
    return found


def test_every_setting_is_documented_and_every_documented_setting_exists() -> None:
    documented = set(re.findall(r"`(YOUBEI_[A-Z_]+|DATABASE_URL)`", page("settings.md")))
    assert settings_read() == documented


def commands() -> dict[str, set[str]]:
    """Return every command as it is typed, with its options."""
    found: dict[str, set[str]] = {}

    def walk(parser: argparse.ArgumentParser, words: str) -> None:
        below = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
        if not below:
            found[words] = {word for action in parser._actions for word in action.option_strings if word[:2] == "--"}
        for action in below:
            for name, inner in action.choices.items():
                walk(inner, f"{words} {name}")

    walk(build_parser(Say("en")), "youbei")
    return found


def test_every_command_is_documented_with_its_options() -> None:
    beginning, *sections = re.split(r"^## `(youbei [a-z -]+[a-z])", page("commands.md"), flags=re.MULTILINE)
    documented = dict(zip(sections[::2], sections[1::2], strict=True))
    assert documented.keys() == commands().keys()
    for command, options in commands().items():
        assert {one for one in options if one not in documented[command] and one not in beginning} == {"--help"}, (
            command
        )
