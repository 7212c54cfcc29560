"""The questions whose numbers are kept ahead for large subtrees, and from which those of many others are added up.

A base parts all records of a subtree by area and by one thing more. Whoever asks for a table by area, by that thing, or
by both gets it out of the base, however large the register is and whether or not anybody asked before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone

from youbei import content
from youbei.engine.registers.bands import bands_of
from youbei.engine.registers.field import Field
from youbei.records.counts.asked import Asked, Side
from youbei.records.counts.journal import COUNTED
from youbei.records.counts.required import required
from youbei.records.counts.stores import in_the_stores
from youbei.records.models import Organisation
from youbei.records.registers.dimensions import COUNT, Dimension, dimensions_of, measures_of

Numbers = dict[tuple[str, ...], tuple[int, Decimal]]


def side_of(one: Dimension, tops: tuple[str, ...], today: date) -> Side:
    """Return a way of counting as one side of a question."""
    if one.kind == "area":
        return Side("area", said=(tops,))
    if one.kind == "freshness":
        return Side("fresh")
    assert one.field is not None  # noqa: S101  (all others are made from a field)
    if one.kind == "reference":
        return Side("key", f"{one.name}_id", ((one.field.refers_to,),))
    if one.kind == "band":
        return Side("band", one.name, banded(one.field, today))
    return Side("grades" if one.kind == "grades" else "column", one.name)


def banded(one: Field, today: date) -> tuple[tuple[str, ...], ...]:
    return tuple((band.key, said(band.first), said(band.last)) for band in bands_of(one, today))


def said(day: date | None) -> str:
    return day.isoformat() if day else ""


def day_side(now: datetime) -> Side:
    """Return the side that parts by the day of the confirmation, in the zone of the installation."""
    offset = timezone.localtime(now).utcoffset()
    return Side("day", "confirmed_at", ((str(int(offset.total_seconds()) if offset else 0),),))


def bases(name: str, path: str, now: datetime) -> Iterator[Asked]:
    """Yield the bases of a register in the subtree of a path: by area and each other way; by area and confirmation;
    of lots, what may be given out.

    Those of few cells come first. Records referred to may be very many: by these alone there is one besides.
    """
    register = content.registers()[name]
    today = timezone.localdate(now)
    ways = dimensions_of(register)
    if not any(one.kind == "area" for one in ways):
        return
    tops = tops_of(path)
    measure = next((measure for measure, _ in measures_of(register) if measure != COUNT), "")
    adds = (measure,) if measure in COUNTED[name].columns else ()
    fresh_s = int(register.fresh_for.total_seconds()) if register.fresh_for else 0
    area = Side("area", said=(tops,))
    for one in sorted(ways, key=lambda way: way.kind == "reference"):
        if one.kind != "area" and (one.kind != "freshness" or fresh_s):
            side = side_of(one, tops, today)
            found = Asked(name, (path,), (area, side), adds=adds, fresh_s=fresh_s if side.kind == "fresh" else 0)
            if found.can_be_kept:
                yield from (replace(found, sides=(side,)),) if one.kind == "reference" else ()
                yield found
    if fresh_s:
        yield Asked(name, (path,), (area, day_side(now)))
    if name == "lot":
        yield in_the_stores((path,), now.date())
    if name == "requirement":
        yield required((path,), now.date())


def tops_of(path: str) -> tuple[str, ...]:
    """Return the paths whose children are the areas of a subtree: those below the only root where all is asked for."""
    if path != "/":
        return (path,)
    roots = tuple(Organisation.objects.filter(parent=None).values_list("path", flat=True)[:2])
    return roots if len(roots) == 1 else ("/",)


def serves(base: Asked, asked: Asked) -> bool:
    """Say whether the numbers of a question are sums of those of another."""
    if (base.paths, base.only, base.days) != (asked.paths, asked.only, asked.days) or not set(asked.sides) <= set(
        base.sides
    ):
        return False
    if any(one.kind == "grades" and one not in asked.sides for one in base.sides):
        return False
    left = [one for one in asked.words if one not in base.words]
    return (
        asked.adds in ((), base.adds)
        and set(base.words) <= set(asked.words)
        and all(column_side(base, name) is not None for name, _ in left)
    )


def column_side(base: Asked, name: str) -> int | None:
    """Return which side of a question holds a column itself."""
    return next((at for at, one in enumerate(base.sides) if (one.kind, one.column) == ("column", name)), None)


def added_up(base: Asked, numbers: Mapping[tuple[str, ...], tuple[int, Decimal]], asked: Asked) -> Numbers:
    """Return the numbers of a question out of those of a base that serves it."""
    places = [base.sides.index(one) for one in asked.sides]
    words = [(at, allowed) for name, allowed in asked.words if (at := column_side(base, name)) is not None]
    found: Numbers = {}
    for key, (count, amount) in numbers.items():
        if all(key[at] in allowed for at, allowed in words):
            short = tuple(key[at] for at in places)
            had, total = found.get(short, (0, Decimal(0)))
            found[short] = had + count, total + (amount if asked.adds else Decimal(0))
    return found


def renewed(asked: Asked, then: date, today: date) -> Asked:
    """Return a question as it is asked on another day: its bands are those of that day, and what began that day."""
    register = content.registers()[asked.register]
    sides = tuple(
        replace(one, said=banded(register.field(one.column), today)) if one.kind == "band" else one
        for one in asked.sides
    )
    days = tuple(
        (name, today.isoformat() if first == then.isoformat() else first, last, or_none)
        for name, first, last, or_none in asked.days
    )
    return replace(asked, sides=sides, days=days)


def is_of_its_day(asked: Asked, day: date) -> bool:
    """Say whether a question is another one tomorrow."""
    return renewed(asked, day, date.fromordinal(day.toordinal() + 1)) != asked
