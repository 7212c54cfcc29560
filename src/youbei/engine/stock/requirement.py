"""What should be there, what is there by when out of which reserve, and the gap; each number says where it comes
from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import TypeVar

from youbei.engine.stock.capacity import Curve, combine
from youbei.engine.text import Text, unit_of

# Assumption: the hours at which a duty desk asks what is there: now, this watch, today, the first three days.
HOURS: tuple[int, ...] = (0, 4, 24, 72)


class Reserve(StrEnum):
    """Where something comes from: in store, by call-off, from the market, from production."""

    GOVERNMENT = "government"
    OWN = "own"
    AGREEMENT = "agreement"
    MARKET = "market"
    CAPACITY = "capacity"


# Source: 山东省突发事件应急保障条例 arts 42, 43 (physical, agreement and production reserves of government and
# society).
RESERVE_NAMES: Mapping[Reserve, Text] = {
    Reserve.GOVERNMENT: Text("政府储备", "Government"),
    Reserve.OWN: Text("单位自储", "Own"),
    Reserve.AGREEMENT: Text("协议储备", "By agreement"),
    Reserve.MARKET: Text("市场储备", "Market"),
    Reserve.CAPACITY: Text("产能储备", "Capacity"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One requirement: so much of an item within so many hours, whose, and on what basis; or the sum of `count`."""

    item: str
    quantity: Decimal
    organisation: str = ""
    basis: str = ""
    within_h: Decimal = Decimal(0)
    why: Text = Text()
    count: int = 1


@dataclass(frozen=True, slots=True)
class Supply:
    """Something that can be had of an item: from which reserve, how much by when, from where."""

    item: str
    reserve: Reserve
    curve: Curve
    label: str = ""
    unit_price: Decimal | None = None


Row = TypeVar("Row", Line, Supply)


@dataclass(frozen=True, slots=True)
class Moment:
    """How it stands after so many hours: required by then, there by reserve, and what lacks."""

    hours: int
    required: Decimal
    there: Mapping[Reserve, Decimal]
    lacking: Decimal

    @property
    def total(self) -> Decimal:
        return sum(self.there.values(), Decimal(0))


@dataclass(frozen=True, slots=True)
class Gap:
    """An item held against its requirement. `covered_after_h` is when all of it is there; None: never."""

    item: str
    required: Decimal
    counted: tuple[Line, ...]
    left_out: tuple[Line, ...]
    supplies: tuple[Supply, ...]
    moments: tuple[Moment, ...]
    covered_after_h: Fraction | None

    @property
    def lacking(self) -> Decimal:
        """Return what lacks at the last of the moments."""
        return self.moments[-1].lacking


def strictest(lines: Iterable[Line]) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
    """Part the lines that count from those that do not.

    The bases of one organisation (plans, a standard, a needs model) are yardsticks for the same stock: the largest
    counts. Lines of one basis add up, and so do organisations.
    """
    sums: dict[tuple[str, str], dict[str, list[Line]]] = {}
    for line in lines:
        sums.setdefault((line.item, line.organisation), {}).setdefault(line.basis, []).append(line)
    counted: list[Line] = []
    left: list[Line] = []
    for bases in sums.values():
        winner = largest_basis((line.basis, line.quantity) for found in bases.values() for line in found)
        for basis, found in bases.items():
            (counted if basis == winner else left).extend(found)
    return tuple(counted), tuple(left)


def largest_basis(lines: Iterable[tuple[str, Decimal]]) -> str:
    """Return the basis on which most is required in all; of equal ones always the same."""
    sums: dict[str, Decimal] = {}
    for basis, quantity in lines:
        sums[basis] = sums.get(basis, Decimal(0)) + quantity
    return max(sums, key=lambda basis: (sums[basis], basis))


def gaps(lines: Iterable[Line], supplies: Iterable[Supply], hours: Sequence[int] = HOURS) -> list[Gap]:
    """Hold every item that is required against what can be had of it; the largest share lacking first."""
    counted, left = strictest(lines)
    asked, smaller, offered = by_item(counted), by_item(left), by_item(supplies)
    found = [gap_of(item, asked[item], smaller.get(item, []), offered.get(item, []), hours) for item in sorted(asked)]
    return sorted(found, key=lambda gap: (-share_lacking(gap), gap.item))


def by_item(rows: Iterable[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row.item, []).append(row)
    return found


def share_lacking(gap: Gap) -> Decimal:
    return gap.lacking / gap.required if gap.required else Decimal(0)


def gap_of(item: str, counted: list[Line], left: list[Line], supplies: list[Supply], hours: Sequence[int]) -> Gap:
    required = sum((line.quantity for line in counted), Decimal(0))
    return Gap(
        item=item,
        required=required,
        counted=tuple(counted),
        left_out=tuple(left),
        supplies=tuple(supplies),
        moments=tuple(moment_at(hour, counted, supplies) for hour in hours),
        covered_after_h=combine(supply.curve for supply in supplies).when(required),
    )


def moment_at(hour: int, lines: list[Line], supplies: list[Supply]) -> Moment:
    """Required by an hour is what must be there within it; what is there is rounded down to thousandths."""
    required = sum((line.quantity for line in lines if line.within_h <= hour), Decimal(0))
    there = {
        reserve: rounded(sum((one.curve.at(hour) for one in supplies if one.reserve is reserve), Fraction(0)))
        for reserve in Reserve
    }
    return Moment(hour, required, there, max(required - sum(there.values(), Decimal(0)), Decimal(0)))


def rounded(quantity: Fraction) -> Decimal:
    return Decimal(quantity.numerator * 1000 // quantity.denominator) / 1000


def explain(moment: Moment, unit: Text) -> Text:
    """Say the sum in words: what there is by reserve, against what is required."""
    parts = [(RESERVE_NAMES[reserve], quantity) for reserve, quantity in moment.there.items() if quantity]
    zh = " + ".join(f"{name.zh} {plain(quantity)}" for name, quantity in parts) or "0"
    en = " + ".join(f"{name.en.lower()} {plain(quantity)}" for name, quantity in parts) or "0"
    by_zh, by_en = (f"{moment.hours} 小时内", f"within {moment.hours} h") if moment.hours else ("当即", "at once")
    return Text(
        f"{by_zh}应有 {plain(moment.required)} {unit.zh}；可得 {zh} = "
        f"{plain(moment.total)}；缺 {plain(moment.lacking)}",
        f"{plain(moment.required)} {unit_of(moment.required, unit).en} required {by_en}; there is {en} = "
        f"{plain(moment.total)}; {plain(moment.lacking)} lacking",
    )


def plain(quantity: Decimal) -> str:
    """Write a quantity without trailing zeros and without an exponent."""
    text = f"{quantity:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
