"""What falls due in the registers: which step is to be taken on which day, and who is told.

A step is named for good (`ahead:30`, `late:1`, `climb:1`); what was taken before is not taken again, and of several
that were missed only the last one speaks. However often one looks, and however long nobody looked, the same is told
once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from youbei.engine.text import Text


class DueUnreadable(ValueError):
    """An entry that names neither source nor reason, or days that make no sense: a mistake of whoever wrote it."""


@dataclass(frozen=True, slots=True)
class DueKind:
    """A day in a register by which something must have been done.

    `ahead` are the days before it on which the unit is told, `late` the days after it on which it is told again,
    `climb` the days after it on which the superiors are told, the nearest first.
    """

    code: str
    register: str
    field: str
    title: Text
    ahead: tuple[int, ...]
    late: int
    climb: tuple[int, ...]
    source: Text = Text()
    why: Text = Text()

    @property
    def horizon(self) -> timedelta:
        """Return how long before its day something is spoken of for the first time."""
        return timedelta(days=max(self.ahead))

    @property
    def patience(self) -> timedelta:
        """Return how long after its day the last step is taken."""
        return timedelta(days=max(self.late, *self.climb))


@dataclass(frozen=True, slots=True, order=True)
class Step:
    """Something to be told from `on` on; `level` is 0 for the unit itself and counts its superiors upwards."""

    on: date
    level: int
    key: str


def due_kind_from_data(data: Mapping[str, Any]) -> DueKind:
    found = DueKind(
        code=data["code"],
        register=data["register"],
        field=data["field"],
        title=Text.from_data(data["title"]),
        ahead=tuple(sorted(data["ahead"], reverse=True)),
        late=data["late"],
        climb=tuple(data["climb"]),
        source=Text.from_data(data.get("source", "")),
        why=Text.from_data(data.get("why", "")),
    )
    if not found.source.zh and not found.why.zh:
        raise DueUnreadable(f"{found.code}: neither source nor why")
    if not found.ahead or min(found.ahead) < 0 or found.late < 1 or sorted(set(found.climb)) != list(found.climb):
        raise DueUnreadable(f"{found.code}: the days do not follow each other")
    return found


def steps(kind: DueKind, due_on: date, levels: int) -> list[Step]:
    """Return all steps about one day, in order of time; `levels` is how many superiors there are."""
    found = [Step(due_on - timedelta(days=days), 0, f"ahead:{days}") for days in kind.ahead]
    found.append(Step(due_on + timedelta(days=kind.late), 0, f"late:{kind.late}"))
    for level, days in enumerate(kind.climb[:levels], start=1):
        found.append(Step(due_on + timedelta(days=days), level, f"climb:{level}"))
    return sorted(found)


def steps_due(kind: DueKind, due_on: date, levels: int, *, taken: Iterable[str], today: date) -> list[Step]:
    """Return the steps that are to be taken today and were not taken before."""
    known = frozenset(taken)
    return [step for step in steps(kind, due_on, levels) if step.on <= today and step.key not in known]


def spoken(due: Iterable[Step]) -> list[Step]:
    """Return the steps that are told: the last one of each level; those before it are taken without a word."""
    last: dict[int, Step] = {}
    for step in sorted(due):
        last[step.level] = step
    return list(last.values())
