"""The interface's words in both languages, read from the catalogue: the tests look for what people read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import polib

CATALOGUE = Path(__file__).parents[2] / "src/youbei/locale/zh_Hans/LC_MESSAGES/django.po"


@cache
def chinese() -> dict[str, str]:
    """Return the Chinese of every English message; one said in a context is called `context|message`."""
    entries = [entry for entry in polib.pofile(str(CATALOGUE)) if not entry.obsolete]
    return {
        f"{entry.msgctxt}|{entry.msgid}" if entry.msgctxt else entry.msgid: entry.msgstr
        or entry.msgstr_plural.get(0, "")
        for entry in entries
    }


@dataclass(frozen=True, slots=True)
class Words:
    """Say an English message, or one of two own words, in a language."""

    language: str

    @property
    def is_chinese(self) -> bool:
        return self.language.startswith("zh")

    def __call__(self, english: str, **values: object) -> str:
        said = chinese()[english] if self.is_chinese else english.rpartition("|")[2]
        return said % values if values else said

    def either(self, zh: str, en: str) -> str:
        return zh if self.is_chinese else en
