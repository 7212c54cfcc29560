"""The numbers of a table as questions that can be kept (see `records/counts`)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from youbei.engine.registers.field import Field, FieldKind
from youbei.engine.registers.register import Register
from youbei.records.counts.asked import Asked
from youbei.records.counts.journal import COUNTED
from youbei.records.models import Organisation
from youbei.records.registers.bases import said, side_of
from youbei.records.registers.dimensions import Dimension
from youbei.records.registers.filters import NONE, Filters
from youbei.records.registers.subtrees import outermost, within
from youbei.records.registers.tables import model_of, register_called

Words = tuple[tuple[str, tuple[str, ...]], ...]


def question(
    register: Register,
    filters: Filters,
    sides: Sequence[Dimension],
    *,
    paths: Sequence[str],
    tops: Sequence[str],
    today: date,
    adds: str = "",
) -> Asked | None:
    """Return what a table asks for; None where it is narrowed by what no record tells alone."""
    if register.name not in COUNTED or filters.text or filters.freshness or filters.is_retired or not paths:
        return None
    if sum(one.kind == "grades" for one in sides) > 1:
        return None
    words, unit = words_of(register, filters), unit_of(filters)
    if words is None or unit is None:
        return None
    under = outermost(within(list(paths), unit))
    fresh_s = 0
    if any(one.kind == "freshness" for one in sides):
        if register.fresh_for is None:
            return None
        fresh_s = int(register.fresh_for.total_seconds())
    found = Asked(
        register=register.name,
        paths=tuple(under),
        sides=tuple(side_of(one, tuple(tops), today) for one in sides),
        only=unit if filters.unit and filters.is_unit_only else "",
        words=words,
        days=tuple((name, said(first), said(last), False) for name, (first, last) in sorted(filters.days.items())),
        adds=(adds,) if adds else (),
        fresh_s=fresh_s,
    )
    return found if under and found.can_be_kept else None


def unit_of(filters: Filters) -> str | None:
    """Return the path that a list is narrowed to, the root where it is not; None for a unit that is not there."""
    if not filters.unit:
        return "/"
    return Organisation.objects.filter(code=filters.unit).values_list("path", flat=True).first()


def words_of(register: Register, filters: Filters) -> Words | None:
    found = []
    for name, word in sorted(filters.words.items()):
        one = register.field(name)
        if one.kind is FieldKind.CHOICE:
            found.append((name, ("" if word == NONE else word,)))
        elif one.kind is FieldKind.REFERENCE:
            key = "" if word == NONE else key_of(one, word)
            if key is None:
                return None
            found.append((f"{name}_id", (key,)))
        else:
            return None
    return tuple(found)


def key_of(one: Field, word: str) -> str | None:
    model: Any = model_of(register_called(one.refers_to))
    key = model._default_manager.filter(code=word).values_list("pk", flat=True).first()
    return None if key is None else str(key)
