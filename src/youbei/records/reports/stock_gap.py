"""What the registers require of each item, what can be had of it out of which reserve by when, and the gap."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from fractions import Fraction

from django.db.models import Count, F, Q, QuerySet, Sum

from youbei.engine.stock.capacity import lump
from youbei.engine.stock.closing import KEPT, Closing, Purchase, close
from youbei.engine.stock.fefo import USABLE
from youbei.engine.stock.requirement import RESERVE_NAMES, Gap, Line, Moment, Reserve, Supply, explain, gaps
from youbei.engine.text import Text
from youbei.records.counts.asked import PLACES
from youbei.records.counts.required import required
from youbei.records.counts.stores import in_the_stores
from youbei.records.models import Agreement, CapacityLine, Item, MarketOffer, Organisation, Requirement, StockLot
from youbei.records.models.scope import ScopedQuerySet
from youbei.records.registers.counting import counted
from youbei.records.registers.keeping import NotCountedYet, Numbers, numbers_of
from youbei.records.registers.subtrees import outermost
from youbei.records.registers.yardsticks import basis_of, in_force, weigh_due
from youbei.records.reports.names import name_of
from youbei.records.reports.stock_for_sale import in_production, on_the_market

# Assumption: what another unit holds for us by agreement is here after four hours, unless the agreement says otherwise.
CALL_OFF_H = Decimal(4)
# Assumption: so many requirements are shown one by one as the sources of a gap; of more there are sums.
FEW = 1000
# So many organisations and items are weighed while somebody waits; more than that the worker does.
WEIGHED = 2000
SUM = "sum"


@dataclass(frozen=True, slots=True)
class GapFigures:
    """The gaps in figures: items required and short, and what closing would cost."""

    items: int
    short: int
    uncovered: int
    cost: Decimal
    by_basis: Mapping[str, int]


def figures(found: Sequence[ItemGap]) -> GapFigures:
    closings = [row.closing for row in found]
    lines = [line for row in found for line in (*row.gap.counted, *row.gap.left_out)]
    by_basis: dict[str, int] = {}
    for line in lines:
        basis = line.why.zh if line.basis == SUM else line.basis
        by_basis[basis] = by_basis.get(basis, 0) + line.count
    return GapFigures(
        items=len(found),
        short=sum(bool(one.lacking) for one in closings),
        uncovered=sum(bool(one.open_end) for one in closings),
        cost=sum((one.cost for one in closings), Decimal(0)),
        by_basis=dict(sorted(by_basis.items())),
    )


@dataclass(frozen=True, slots=True)
class Offered:
    """An offer or a line of production: its record, and who sells or makes it."""

    register: str
    pk: int
    name: Text


@dataclass(frozen=True, slots=True)
class ItemGap:
    """The gap of an item with what it is called, and what each moment's figure is made of.

    `units` names those that require it, and `offers` what is for sale, by their codes.
    """

    gap: Gap
    pk: int
    name: Text
    unit: Text
    units: Mapping[str, Text]
    offers: Mapping[str, Offered]

    @property
    def counted(self) -> list[tuple[Line, Text]]:
        return [(line, self.units.get(line.organisation, Text())) for line in self.gap.counted]

    @property
    def left_out(self) -> list[tuple[Line, Text]]:
        return [(line, self.units.get(line.organisation, Text())) for line in self.gap.left_out]

    @property
    def purchases(self) -> list[tuple[Purchase, Offered | None]]:
        return [(one, self.offers.get(one.label)) for one in self.closing.purchases]

    @property
    def kept(self) -> list[tuple[Text, Decimal]]:
        """Return what is kept or held for us, by reserve, as it stands after the longest call-off."""
        last = self.gap.moments[-1].there
        return [(RESERVE_NAMES[reserve], last[reserve]) for reserve in Reserve if reserve in KEPT and last[reserve]]

    @property
    def sources(self) -> int:
        """Return how many requirements count."""
        return sum(line.count for line in self.gap.counted)

    @property
    def is_summed(self) -> bool:
        """Say whether there are so many requirements that they are added up instead of named."""
        return any(line.basis == SUM for line in self.gap.counted)

    @property
    def closing(self) -> Closing:
        return close(self.gap)

    def explained(self, moment: Moment) -> Text:
        return explain(moment, self.unit)


def gap_report(
    paths: list[str], *, today: date, items: Sequence[str] = (), waits_at: datetime | None = None
) -> list[ItemGap]:
    """Hold the requirements under these paths against the reserves under them; `items` narrows to those codes.

    Whoever may wait says as of when; where counting would take long NotCountedYet is raised.
    """
    wanted = Requirement.objects.under_any(paths, "under").filter(in_force(today))
    if items:
        wanted = wanted.filter(item__code__in=items)
    if wanted.order_by().values("pk")[FEW : FEW + 1].exists():
        lines = sums(paths, items, today=today, waits_at=waits_at)
    else:
        lines = [line_of(row) for row in wanted.select_related("item", "organisation")]
    return named(gaps(lines, supplies(paths, {line.item for line in lines}, today=today, waits_at=waits_at)))


def sums(paths: list[str], items: Sequence[str], *, today: date, waits_at: datetime | None) -> list[Line]:
    """Return what is required as one line for each item, basis and hour: numbers that are kept.

    They are those of single requirements added up, so each counts as if it were the only basis of its item.
    """
    if not weigh_due(today, most=None if waits_at is None else WEIGHED) and waits_at is not None:
        raise NotCountedYet
    known = dict(Item.objects.filter(code__in=items).values_list("pk", "code")) if items else {}
    asked = required(outermost(paths), today, items=map(str, known))
    now = waits_at or datetime.combine(today, time(), UTC)
    found = numbers_of(asked, lambda: counted(asked, now), now=now, may_wait=waits_at is not None)
    codes = known or dict(Item.objects.filter(pk__in={int(key[0]) for key in found}).values_list("pk", "code"))
    return [
        Line(codes[int(item)], amount, basis=SUM, within_h=Decimal(hour), why=Text(basis, basis), count=count)
        for (item, basis, hour), (count, amount) in sorted(found.items())
        if hour
    ]


def line_of(row: Requirement) -> Line:
    said = row.basis_text or row.code
    return Line(row.item.code, row.quantity, row.organisation.code, basis_of(row), row.within_h, Text.parted(said))


def named(found: Iterable[Gap]) -> list[ItemGap]:
    kept = list(found)
    rows = {row.code: row for row in Item.objects.filter(code__in=[gap.item for gap in kept])}
    units = units_called({line.organisation for gap in kept for line in (*gap.counted, *gap.left_out)})
    offers = offers_called({one.label for gap in kept for one in gap.supplies if one.label})
    return [
        ItemGap(
            gap,
            rows[gap.item].pk,
            Text(rows[gap.item].name_zh, rows[gap.item].name_en or rows[gap.item].name_zh),
            Text(rows[gap.item].unit_zh, rows[gap.item].unit_en or rows[gap.item].unit_zh),
            units,
            offers,
        )
        for gap in kept
    ]


def units_called(codes: Iterable[str]) -> dict[str, Text]:
    rows = Organisation.objects.filter(code__in=[code for code in codes if code])
    return {code: Text(zh, en or zh) for code, zh, en in rows.values_list("code", "name_zh", "name_en")}


def offers_called(codes: set[str]) -> dict[str, Offered]:
    """Name what is for sale by who sells it, and lines of production by who makes it."""
    found: dict[str, Offered] = {}
    if not codes:
        return found
    for offer in MarketOffer.objects.filter(code__in=codes).select_related("supplier"):
        said = Text(offer.supplier_name, offer.supplier_name)
        name = name_of(offer.supplier) if offer.supplier is not None else said
        found[offer.code] = Offered("market_offer", offer.pk, name)
    for line in CapacityLine.objects.filter(code__in=codes).select_related("producer"):
        found[line.code] = Offered("capacity_line", line.pk, name_of(line.producer))
    return found


def supplies(paths: list[str], items: Iterable[str], *, today: date, waits_at: datetime | None = None) -> list[Supply]:
    """Return what can be had of these items under these paths: in store, by call-off, from the market, from
    production."""
    codes = sorted(items)
    return [
        *in_store(paths, codes, today, waits_at=waits_at),
        *on_the_market(paths, codes, today),
        *in_production(paths, codes, today),
    ]


def usable(lots: ScopedQuerySet[StockLot], today: date) -> QuerySet[StockLot]:
    """Keep the lots that may be given out: in use, in condition, not expired, not wholly reserved."""
    return not_expired(lots, today).filter(quantity__gt=F("reserved"))


def not_expired(lots: ScopedQuerySet[StockLot], today: date) -> QuerySet[StockLot]:
    """Keep the lots in use and in condition that have not expired."""
    return lots.filter(
        Q(expires_on__isnull=True) | Q(expires_on__gte=today), condition__in=USABLE, retired_at__isnull=True
    )


def in_store(paths: list[str], codes: list[str], today: date, *, waits_at: datetime | None = None) -> list[Supply]:
    """Return what lies in the stores, by item and reserve: numbers that are kept, for a province holds a million lots.

    Lots that are wholly reserved are among those counted and add nothing.
    """
    known = {str(pk): code for pk, code in Item.objects.filter(code__in=codes).values_list("pk", "code")}
    if not known or not paths:
        return []
    asked = in_the_stores(outermost(paths), today, items=known)
    now = waits_at or datetime.combine(today, time(), UTC)
    found = numbers_of(asked, lambda: lying(paths, known, today), now=now, may_wait=waits_at is not None)
    minutes = dict(
        Agreement.objects.filter(pk__in=[key[2] for key in found if key[2]]).values_list("pk", "response_min")
    )
    return [
        Supply(known[item], Reserve(reserve), lump(amount, delay(reserve, minutes.get(int(agreement or 0)))))
        for (item, reserve, agreement), (_, amount) in sorted(found.items())
        if amount
    ]


def lying(paths: list[str], items: Iterable[str], today: date) -> Numbers:
    """Count what may be given out of these items: how many lots, and how much of them is not reserved."""
    rows = (
        not_expired(StockLot.objects.under_any(paths, "under"), today)
        .filter(item__in=list(items))
        .order_by()
        .values_list("item", "reserve", "agreement")
        .annotate(Count("pk"), Sum("quantity"), Sum("reserved"))
    )
    return {
        (str(item), reserve, str(agreement or "")): (count, free(quantity, reserved))
        for item, reserve, agreement, count, quantity, reserved in rows
    }


def free(quantity: Decimal, reserved: Decimal) -> Decimal:
    return (quantity - reserved).quantize(PLACES)


def delay(reserve: str, minutes: Decimal | None) -> Fraction:
    """Return the hours until stock can be had: at once, or after the call-off that the agreement promises."""
    if reserve != Reserve.AGREEMENT:
        return Fraction(0)
    return Fraction(CALL_OFF_H) if minutes is None else Fraction(minutes) / 60
