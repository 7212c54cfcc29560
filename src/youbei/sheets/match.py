"""Which column of a sheet is which field of a register."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from youbei.engine.registers.field import Field
from youbei.engine.registers.register import Register

# Assumption: two headings that share this much of their letters mean the same; the user sees and corrects it.
LIKE = 0.75
IN_BRACKETS = re.compile(r"[（(\[【][^）)\]】]*[）)\]】]")


@dataclass(frozen=True, slots=True)
class Match:
    """A heading, the field it is taken for (empty for none), how sure that is from 0 to 1, and why."""

    heading: str
    field: str
    score: float
    why: str


def normal(text: str) -> str:
    """Return a heading without what does not change its meaning: width, case, spaces, marks, units in brackets."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    bare = IN_BRACKETS.sub("", folded)
    kept = "".join(letter for letter in bare if letter.isalnum())
    return kept or "".join(letter for letter in folded if letter.isalnum())


def names_of(field: Field) -> list[str]:
    return [field.title.zh, field.title.en, field.name, *field.aliases]


def known_headings(register: Register) -> dict[str, str]:
    """Return every heading that means a field, in its normal form; a title goes before an alias of another field.

    Offices write what a sheet is about before its headings: 队伍编码, 单位名称, team code.
    """
    found: dict[str, str] = {}
    titles = [(name, field) for field in register.fields for name in (field.title.zh, field.title.en, field.name)]
    aliases = [(name, field) for field in register.fields for name in field.aliases]
    about = [
        (f"{before}{name}", field)
        for name, field in (*titles, *aliases)
        for before in (register.one.zh, register.title.zh, register.one.en)
    ]
    for name, field in (*titles, *aliases, *about):
        found.setdefault(exact(name), field.name)
        found.setdefault(normal(name), field.name)
    return found


def exact(text: str) -> str:
    """Return a heading with its brackets, so that `Name (Chinese)` and `Name (English)` stay apart."""
    return "".join(letter for letter in unicodedata.normalize("NFKC", text).casefold() if letter.isalnum())


def match_columns(
    register: Register, headings: Sequence[str], remembered: Mapping[str, str] | None = None
) -> list[Match]:
    """Match each heading with a field, each field at most once: as remembered, by name, else by likeness.

    `remembered` maps headings to what the user chose for them before; an empty field means "leave it out".
    """
    known = known_headings(register)
    taken: set[str] = set()
    found: dict[int, Match] = {}
    by_name = {heading: known.get(exact(heading)) or known.get(normal(heading)) for heading in headings}
    ways: tuple[tuple[str, Mapping[str, str | None]], ...] = (("remembered", remembered or {}), ("name", by_name))
    for why, meant in ways:
        for index, heading in enumerate(headings):
            field = meant.get(heading) if index not in found else None
            if field is None or (field and (field in taken or not register.has(field))):
                continue
            taken.add(field)
            found[index] = Match(heading, field, 1.0, why)
    for index, heading in enumerate(headings):
        if index not in found:
            found[index] = by_likeness(register, heading, taken)
            taken.add(found[index].field)
    return [found[index] for index in range(len(headings))]


def by_likeness(register: Register, heading: str, taken: set[str]) -> Match:
    """Return the field whose name is most like a heading, none where no name is like it enough."""
    best, most = "", 0.0
    for field in register.fields:
        if field.name in taken:
            continue
        for name in names_of(field):
            score = difflib.SequenceMatcher(None, normal(heading), normal(name)).ratio()
            if score > most:
                best, most = field.name, score
    return Match(heading, best, round(most, 2), "likeness") if most >= LIKE else Match(heading, "", 0.0, "")
