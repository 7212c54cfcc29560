"""What is counted, said so that one record alone tells where it belongs: the rule by which kept counts follow changes.

A record is given as the columns it is counted by (`Image`), days and moments as ISO text, as the journal has them.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any, Literal

from youbei.engine.registers.register import Freshness
from youbei.records.counts.journal import COUNTED

Image = Mapping[str, Any]
Key = tuple[str, ...]
# Numbers are kept to as many places as their columns hold.
PLACES = Decimal("0.001")
# What most cells add up to, read once.
ZEROS = {zero: Decimal(zero) for zero in ("0", "0.000")}
PATHS = {register: one.path for register, one in COUNTED.items()}


@dataclass(frozen=True, slots=True)
class Side:
    """One way in which records are parted.

    `said` are, for an area, the paths whose children are the areas; for a band, its key and its first and last day; for
    the day of a moment, how many seconds east of Greenwich it is one.
    A `key` is that of the record in another register to which the column points, said by its code where `said` names
    that register.
    """

    kind: Literal["column", "key", "area", "band", "fresh", "grades", "day"]
    column: str = ""
    said: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that has numbers for an answer.

    `paths` are the subtrees that are looked at, `only` the one unit, where it is no subtree. `words` are the values
    that a column may have, `days` the first and the last day (empty where open) and whether no day will do as well.
    `adds` are the columns that are added up, those that begin with a minus taken away; none: only records are counted.
    `fresh_s` is how long a confirmation holds, in seconds.
    """

    register: str
    paths: tuple[str, ...]
    sides: tuple[Side, ...]
    only: str = ""
    words: tuple[tuple[str, tuple[str, ...]], ...] = ()
    days: tuple[tuple[str, str, str, bool], ...] = ()
    adds: tuple[str, ...] = ()
    fresh_s: int = 0

    @property
    def key(self) -> str:
        return sha256(json.dumps(self.as_json(), sort_keys=True).encode()).hexdigest()

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def columns(self) -> set[str]:
        """Return the columns without which it cannot be answered."""
        named = {one.column for one in self.sides if one.column} | {name.lstrip("-") for name in self.adds}
        return named | {one[0] for one in self.words} | {one[0] for one in self.days}

    @property
    def path(self) -> str:
        return PATHS[self.register]

    @property
    def can_be_kept(self) -> bool:
        return self.register in COUNTED and self.columns <= set(COUNTED[self.register].columns)

    def fits(self, image: Image) -> bool:
        """Say whether a record is in use and one of those that are asked for."""
        path = image[self.path]
        if image["retired_at"] is not None or not any(path.startswith(one) for one in self.paths):
            return False
        if self.only and path != self.only:
            return False
        if any(worded(image[name]) not in allowed for name, allowed in self.words):
            return False
        return all(within(image[name], first, last, or_none) for name, first, last, or_none in self.days)

    def amount(self, image: Image) -> Decimal:
        total = Decimal(0)
        for name in self.adds:
            number = Decimal(str(image[name.lstrip("-")] or 0))
            total += -number if name.startswith("-") else number
        return total.quantize(PLACES)

    def keys(self, image: Image, since: datetime, code: Callable[[str, Any], str]) -> list[Key]:
        """Return the cells in which a record is counted; freshness is as of a confirmation at `since`."""
        parts = [self.part(one, image, since, code) for one in self.sides]
        return list(itertools.product(*parts))

    def part(self, side: Side, image: Image, since: datetime, code: Callable[[str, Any], str]) -> Sequence[str]:
        if side.kind == "area":
            return (area_of(image[self.path], side.said[0]),)
        if side.kind == "fresh":
            return (freshness(image["confirmed_at"], since).value,)
        value = image[side.column]
        if side.kind == "grades":
            return sorted(value) or ("",)
        if side.kind == "day":
            return (day_of(value, int(side.said[0][0])),)
        if side.kind == "band":
            return (next((key for key, first, last in side.said if value and within(value, first, last, False)), ""),)
        if side.kind == "key" and side.said and value is not None:
            return (code(side.said[0][0], value),)
        return (worded(value),)


def asked_from(data: Mapping[str, Any]) -> Asked:
    """Read what `Asked.as_json` wrote and JSON has turned into lists."""
    sides = tuple(Side(one["kind"], one["column"], tuple(map(tuple, one["said"]))) for one in data["sides"])
    return Asked(
        register=data["register"],
        paths=tuple(data["paths"]),
        sides=sides,
        only=data["only"],
        words=tuple((name, tuple(allowed)) for name, allowed in data["words"]),
        days=tuple((name, first, last, or_none) for name, first, last, or_none in data["days"]),
        adds=tuple(data["adds"]),
        fresh_s=data["fresh_s"],
    )


def area_of(path: str, tops: Sequence[str]) -> str:
    """Return the area of a path: the top it lies under, or below a single top the child; empty for the top itself."""
    if len(tops) > 1:
        return next((top for top in tops if path.startswith(top)), "")
    return path[len(tops[0]) :].partition("/")[0]


def worded(value: Any) -> str:
    return "" if value is None else str(value)


def within(day: str | None, first: str, last: str, or_none: bool) -> bool:
    if day is None:
        return or_none
    return (not first or day >= first) and (not last or day <= last)


def freshness(confirmed_at: str | None, since: datetime) -> Freshness:
    if confirmed_at is None:
        return Freshness.NEVER
    return Freshness.FRESH if moment(confirmed_at) > since else Freshness.STALE


def day_of(text: str | None, seconds: int) -> str:
    """Return the day of a moment, so many seconds east of Greenwich; empty for none."""
    if text is None:
        return ""
    return (moment(text).astimezone(UTC) + timedelta(seconds=seconds)).date().isoformat()


def moment(text: str) -> datetime:
    """Read a moment as either database writes it; SQLite leaves out that it is UTC."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


@dataclass(slots=True)
class Cells:
    """Numbers by cell: how many records, and what they add up to."""

    numbers: dict[Key, tuple[int, Decimal]] = field(default_factory=dict)

    def add(self, key: Key, count: int, amount: Decimal) -> None:
        had, total = self.numbers.get(key, (0, Decimal(0)))
        if had + count:
            self.numbers[key] = had + count, total + amount
        else:
            self.numbers.pop(key, None)

    def as_json(self) -> list[list[Any]]:
        return [[*key, count, str(amount)] for key, (count, amount) in sorted(self.numbers.items())]


def cells_from(data: Sequence[Sequence[Any]]) -> Cells:
    return Cells(
        {tuple(key): (count, ZEROS[amount] if amount in ZEROS else Decimal(amount)) for *key, count, amount in data}
    )


def since_of(asked: Asked, now: datetime) -> datetime:
    """Return the moment after which a confirmation still holds."""
    return now - timedelta(seconds=asked.fresh_s)
