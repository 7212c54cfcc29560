"""Codes of administrative divisions (GB/T 2260): what one means, and what became of one that is no more.

The table itself is data and comes in from the content. A code has two digits for a province, four for a city, six for a
county; nine and twelve digits name townships and villages below it. Shorter ones are filled up with zeros.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from youbei.engine.text import Text

SHAPE = re.compile(r"\d{2}|\d{4}|\d{6}|\d{9}|\d{12}")
SUFFIXES = ("自治县", "自治旗", "自治州", "地区", "林区", "特区", "新区", "县", "市", "区", "旗", "盟")


class Level(StrEnum):
    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"
    BELOW = "below"


class Standing(StrEnum):
    """Whether a code is in force, was abolished, never existed as far as is known, or is none at all."""

    CURRENT = "current"
    ABOLISHED = "abolished"
    UNKNOWN = "unknown"
    MALFORMED = "malformed"


@dataclass(frozen=True, slots=True)
class Division:
    """A division under one code. `since` is the first year with that code and `until` the last; None is open."""

    code: str
    name: str
    since: int | None
    until: int | None


@dataclass(frozen=True, slots=True)
class Change:
    """What became of an abolished code, and how that is known."""

    old: str
    new: tuple[str, ...]
    source: Text


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a code is: its standing, its name, and for one that is no more the codes in force today, with the reason."""

    code: str
    standing: Standing
    level: Level | None = None
    name: str = ""
    until: int | None = None
    successors: tuple[str, ...] = ()
    why: Text = field(default_factory=Text)


class Divisions:
    """The table of divisions, past and present. `rows` may hold a code several times, under the names of its years."""

    def __init__(self, rows: Iterable[Division], changes: Iterable[Change] = ()) -> None:
        self.by_code: dict[str, list[Division]] = {}
        for row in rows:
            self.by_code.setdefault(row.code, []).append(row)
        self.changes: Mapping[str, Change] = {change.old: change for change in changes}
        self.by_name: dict[str, list[Division]] = {}
        for found in self.by_code.values():
            if found[-1].until is None:
                for name in {found[-1].name, stem(found[-1].name)}:
                    self.by_name.setdefault(name, []).append(found[-1])

    def current(self, code: str) -> Division | None:
        """Return the division that has a code today."""
        found = self.by_code.get(filled(code), [])
        return found[-1] if found and found[-1].until is None else None

    def recognise(self, code: str) -> Recognised:
        """Say what a code is. Of one with nine or twelve digits the county it lies in is looked up."""
        plain = code.strip()
        if not SHAPE.fullmatch(plain):
            return Recognised(code, Standing.MALFORMED)
        head, level = filled(plain), level_of(plain)
        found = self.by_code.get(head, [])
        if not found:
            return Recognised(plain, Standing.UNKNOWN, level)
        last = found[-1]
        if last.until is None:
            return Recognised(plain, Standing.CURRENT, level, last.name)
        successors, why = self.became(last)
        return Recognised(plain, Standing.ABOLISHED, level, last.name, last.until, successors, why)

    def has_province(self, code: str) -> bool:
        """Say whether a code begins with the two digits of a province; of one that does not there can be none."""
        return filled(code[:2]) in self.by_code

    def became(self, old: Division) -> tuple[tuple[str, ...], Text]:
        """Return what an abolished code became: as on file, else the one place of its province that kept the name."""
        known = self.changes.get(old.code)
        if known is not None:
            return known.new, known.source
        kept = [
            one
            for one in self.by_name.get(stem(old.name), [])
            if one.code[:2] == old.code[:2] or (one.code[:2] == "50" and old.code[:2] == "51")
        ]
        if len(kept) == 1:
            return (kept[0].code,), Text("同省份内名称延续的区划", "the place of the same province that kept the name")
        return (), Text("去向不明", "what became of it is not known")

    def on(self, code: str, year: int) -> tuple[Division, ...]:
        """Return what stood under a code in a year; where it was not yet, those that became it, by what is on file."""
        head = filled(code)
        found = [one for one in self.by_code.get(head, []) if in_force(one, year)]
        if found:
            return (found[-1],)
        earlier = [change.old for change in self.changes.values() if head in change.new]
        return tuple(one for old in earlier for one in self.by_code.get(old, []) if in_force(one, year))

    def map_code(self, code: str) -> str:
        """Return the code in force for one that has exactly one successor; any other code as it is."""
        found = self.recognise(code)
        if found.standing is Standing.ABOLISHED and len(found.successors) == 1:
            return found.successors[0]
        return code

    def named(self, name: str) -> Sequence[Division]:
        """Return the divisions of today that are called so, in full or without 市, 区, 县 and the like."""
        return tuple(self.by_name.get(name.strip(), ()))

    def path(self, code: str) -> tuple[str, ...]:
        """Return the names from the province down to a code, as far as they are known."""
        heads = dict.fromkeys((filled(code[:2]), filled(code[:4]), filled(code)))
        names = (self.by_code[head][-1].name for head in heads if head in self.by_code)
        return tuple(dict.fromkeys(names))


def in_force(division: Division, year: int) -> bool:
    """Say whether a division had its code in a year; both ends belong to it."""
    return (division.since is None or division.since <= year) and (division.until is None or year <= division.until)


def filled(code: str) -> str:
    """Return the six digits under which a code stands in the table."""
    return code[:6].ljust(6, "0")


def level_of(code: str) -> Level:
    if len(code) > 6:
        return Level.BELOW
    head = filled(code)
    if head.endswith("0000"):
        return Level.PROVINCE
    return Level.CITY if head.endswith("00") else Level.COUNTY


def stem(name: str) -> str:
    """Return a name without the word for its rank; two letters stay at least."""
    for suffix in SUFFIXES:
        if name.endswith(suffix) and len(name) - len(suffix) >= 2:
            return name[: -len(suffix)]
    return name
