"""Everything the screens say exists in both languages."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import polib
import pytest

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    specification = importlib.util.spec_from_file_location("messages_tool", ROOT / "tools" / "messages.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    sys.modules["messages_tool"] = module
    specification.loader.exec_module(module)
    return module


def test_every_text_of_the_screens_is_in_the_catalogue_with_a_chinese_wording(tool: ModuleType) -> None:
    catalogue = polib.pofile(str(tool.CATALOGUE))
    translated = {(entry.msgctxt or "", entry.msgid) for entry in catalogue if entry.translated()}
    lacking = sorted(message for context, message in tool.extracted() if (context, message) not in translated)
    assert lacking == [], "Run `make messages` and translate these"


def test_no_chinese_wording_loses_or_invents_a_placeholder(tool: ModuleType) -> None:
    for entry in polib.pofile(str(tool.CATALOGUE)):
        # Chinese has one wording for every number: that of the plural, which names it.
        wanted = set(re.findall(r"%\(\w+\)\w", entry.msgid_plural or entry.msgid))
        for wording in entry.msgstr_plural.values() if entry.msgid_plural else [entry.msgstr]:
            assert set(re.findall(r"%\(\w+\)\w", wording)) == wanted, entry.msgid


def test_english_wordings_contain_no_chinese(tool: ModuleType) -> None:
    for _context, message in tool.extracted():
        assert not re.search(r"[\u4e00-\u9fff]", message), message
