"""How fresh the registers are: by register and by unit, counted so that each number is a list that holds as many."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import partial

from django.db.models import Count, Min, Q
from django.utils import timezone

from youbei import content
from youbei.engine.access import Permission
from youbei.engine.registers.register import Freshness, Register
from youbei.engine.text import Text
from youbei.records.counts.asked import Asked
from youbei.records.models import User
from youbei.records.registers.bases import day_side
from youbei.records.registers.counting import area, counted
from youbei.records.registers.dimensions import AREA, FRESHNESS, Dimension
from youbei.records.registers.filters import Filters
from youbei.records.registers.keeping import NotCountedYet, Numbers, numbers_of
from youbei.records.registers.statistics import Bucket, Counting

# Behind every day that is written as text.
AFTER_ALL = "~"


@dataclass(frozen=True, slots=True)
class Figures:
    """How many records are confirmed, stale, and never confirmed; the day of the oldest confirmation."""

    fresh: int = 0
    stale: int = 0
    never: int = 0
    oldest: date | None = None

    @property
    def total(self) -> int:
        return self.fresh + self.stale + self.never

    @property
    def doubtful(self) -> int:
        return self.stale + self.never

    def with_more(self, other: Figures) -> Figures:
        days = [one for one in (self.oldest, other.oldest) if one is not None]
        return Figures(
            self.fresh + other.fresh,
            self.stale + other.stale,
            self.never + other.never,
            min(days) if days else None,
        )


@dataclass(frozen=True, slots=True)
class OfRegister:
    """The figures of one register in the subtree that is shown."""

    register: Register
    figures: Figures


@dataclass(frozen=True, slots=True)
class OfUnit:
    """The figures of one unit with all below it, over the registers that are shown."""

    unit: Bucket
    figures: Figures


@dataclass(frozen=True, slots=True)
class Freshnesses:
    registers: tuple[OfRegister, ...]
    units: tuple[OfUnit, ...]
    total: Figures = field(default_factory=Figures)


def ageing(user: User) -> list[Register]:
    """Return the registers whose records age and belong to units, as far as a user may see them."""
    return [
        register
        for register in content.registers().values()
        if register.fresh_for is not None
        and register.owners
        and register.see is Permission.SEE
        and user.paths_with(register.see)
    ]


def freshnesses(
    user: User, *, now: datetime, unit: str = "", register: str = "", may_wait: bool = False
) -> Freshnesses:
    """Count what a user may see in a subtree, `unit` being its code; of one register only where one is named.

    One that `may_wait` is told by NotCountedYet where that would take long; all that is wanting is then asked for.
    """
    by_register: list[OfRegister] = []
    by_unit: dict[str, Figures] = {}
    counting: Counting | None = None
    waits = False
    for one in ageing(user):
        if register in ("", one.name):
            counting = Counting(one, user, Filters(unit=unit), now, may_wait=may_wait)
            try:
                figures = figures_by_area(counting)
            except NotCountedYet:
                waits = True
                continue
            by_register.append(OfRegister(one, added(figures.values())))
            for key, found in figures.items():
                by_unit[key] = by_unit.get(key, Figures()).with_more(found)
    if waits:
        raise NotCountedYet
    buckets: Sequence[Bucket] = counting.areas(list(by_unit)) if counting is not None else ()
    return Freshnesses(
        registers=tuple(one for one in by_register if one.figures.total or register),
        units=tuple(OfUnit(bucket, by_unit[bucket.key]) for bucket in buckets),
        total=added(one.figures for one in by_register),
    )


def figures_by_area(counting: Counting) -> Mapping[str, Figures]:
    """Count a register: key of the area -> figures; out of kept numbers where its changes are written down."""
    asked = counting.question([Dimension(AREA, Text(), "area"), Dimension(FRESHNESS, Text(), "freshness")])
    if asked is None:
        return counted_by_area(counting)
    days = replace(asked, sides=(asked.sides[0], day_side(counting.now)), fresh_s=0)
    of_states, of_days = all_numbers([asked, days], counting.now, may_wait=counting.may_wait)
    found: dict[str, Figures] = {}
    for (key, state), (count, _) in of_states.items():
        found[key] = found.get(key, Figures()).with_more(of_state(Freshness(state), count))
    oldest: dict[str, str] = {}
    for key, day in of_days:
        if day and day < oldest.get(key, AFTER_ALL):
            oldest[key] = day
    for key, day in oldest.items():
        found[key] = found.get(key, Figures()).with_more(Figures(oldest=date.fromisoformat(day)))
    return found


def all_numbers(asked: Sequence[Asked], now: datetime, *, may_wait: bool) -> list[Numbers]:
    """Return the numbers of several questions; where some are not counted yet, all of those are asked for."""
    found, waits = [], False
    for one in asked:
        try:
            found.append(numbers_of(one, partial(counted, one, now), now=now, may_wait=may_wait))
        except NotCountedYet:
            waits = True
    if waits:
        raise NotCountedYet
    return found


def of_state(state: Freshness, count: int) -> Figures:
    return Figures(
        fresh=count if state is Freshness.FRESH else 0,
        stale=count if state is Freshness.STALE else 0,
        never=count if state is Freshness.NEVER else 0,
    )


def counted_by_area(counting: Counting) -> Mapping[str, Figures]:
    """Count a register in one walk over its index: key of the area -> figures."""
    since = counting.now - (counting.register.fresh_for or counting.now - counting.now)
    rows = counting.base.annotate(area_key=area(counting.path, counting.tops)).values("area_key")
    counts = rows.annotate(
        total=Count("pk"),
        confirmed=Count("confirmed_at"),
        fresh=Count("pk", filter=Q(confirmed_at__gt=since)),
        oldest=Min("confirmed_at"),
    )
    return {
        str(row["area_key"]): Figures(
            fresh=row["fresh"],
            stale=row["confirmed"] - row["fresh"],
            never=row["total"] - row["confirmed"],
            oldest=timezone.localdate(row["oldest"]) if row["oldest"] else None,
        )
        for row in counts
    }


def added(figures: Iterable[Figures]) -> Figures:
    total = Figures()
    for one in figures:
        total = total.with_more(one)
    return total
