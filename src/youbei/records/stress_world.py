"""The world of a stress test, frozen from the registers: also what the market and lines supply, and every day."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from fractions import Fraction

from django.db.models import Q
from django.utils import timezone

from youbei import content
from youbei.engine.demand import NO_DEMAND, Demand, Stream
from youbei.engine.places import Point, TravelTimes, distance_m
from youbei.engine.plans.durations import parse_duration
from youbei.engine.plans.model import Plan
from youbei.engine.resources import Stock, World
from youbei.engine.simulation.world_demand import loads_by
from youbei.engine.simulation.world_troubles import MOST_HAPPENINGS
from youbei.engine.troubles import Failure
from youbei.records.models import Incident, Site
from youbei.records.nearby import STRAIGHT, box, world_at
from youbei.records.reports.dispatch.market import Bought, market
from youbei.records.stress_duty import as_manned
from youbei.records.stress_roads import closures_near

# Assumption: three years show the seasons, and older incidents say less about today.
HISTORY = timedelta(days=3 * 365)
# Half the side of the box in which past incidents count, and the side of a cell, in degrees of latitude.
AREA, CELL = 0.3, 0.05
# Assumption: fewer incidents than this show neither hours nor places.
LEAST, MOST = 50, 200_000
# Assumption: so many sites name the places around well enough.
MOST_SITES = 5_000
# What happened is told apart by bits: posts take up to forty of sixty.
MOST_SUPPLIERS = 16


def stress_world(
    plan: Plan, near: Point | None, *, now: datetime, paths: list[str], travel: TravelTimes = STRAIGHT
) -> World:
    """Return the world of today with what may be otherwise on any day: troubles, posts as rosters man them, roads that
    incidents have closed, suppliers, incidents of every day.

    paths: the organisations whose offers and production lines count.
    """
    today = timezone.localdate(now)
    world = world_at(plan, near, today=today, travel=travel)
    supplies = bought_for(plan, paths, today)
    stock = tuple(lot for one in supplies for lot in stock_of(one, near))
    troubles = content.usual_troubles(plan)
    return replace(
        world,
        stock=(*world.stock, *stock),
        troubles=replace(
            troubles,
            failures=tuple(failures_of(supplies, stock)),
            unreachable=as_manned(plan, troubles.unreachable, now),
            closures=closures_near(near, now, most=MOST_HAPPENINGS - 2 - len(troubles.unreachable) - MOST_SUPPLIERS),
        ),
        demand=everyday_near(near, now, able={code for team in world.teams for code in team.capabilities}),
    )


def bought_for(plan: Plan, paths: list[str], today: date) -> tuple[Bought, ...]:
    items = {need.item for step in plan.steps for need in step.needs if need.item}
    return market(items, paths=paths, today=today) if items else ()


def stock_of(one: Bought, near: Point | None) -> Iterator[Stock]:
    """Yield what is bought as stock: an offer after its time of delivery, what a line makes load by load."""
    base = one.at or near
    if base is None:
        return
    zh, en = one.supplier.in_language("zh"), one.supplier.in_language("en")
    if one.curve is None:
        lead = timedelta(seconds=int(one.start_h * 3600))
        yield Stock(one.key, one.item, float(one.free), base, lead, zh, en)
    else:
        loads = loads_by(one.key, zh, one.item, base, one.curve, taken=Fraction(one.taken))
        yield from (replace(load, label_en=en) for load in loads)


def failures_of(supplies: Iterable[Bought], stock: tuple[Stock, ...]) -> Iterator[Failure]:
    chances = content.simulation_table("troubles")["suppliers"]
    most = sorted(supplies, key=lambda one: (-one.free, one.key))[:MOST_SUPPLIERS]
    for one in most:
        lots = frozenset(lot.id for lot in stock if lot.id.partition("#")[0] == one.key)
        if lots:
            zh, en = one.supplier.in_language("zh"), one.supplier.in_language("en")
            yield Failure(one.key, zh if zh == en else f"{zh} / {en}", lots, float(chances[one.kind]))


def everyday_near(near: Point | None, now: datetime, *, able: set[str]) -> Demand:
    """Return the incidents of every day around a place, counted in the records; none where these show too little."""
    if near is None:
        return NO_DEMAND
    since = now - HISTORY
    rows = Incident.objects.filter(
        Q(**box(near, AREA)), mode=Incident.Mode.REAL, reported_at__gte=since, reported_at__lt=now
    )
    rows = rows.order_by("-reported_at")[:MOST]
    found = [
        (category, lat, lon, at)
        for category, lat, lon, at in rows.values_list("category", "lat", "lon", "reported_at")
        if lat is not None and lon is not None
    ]
    kinds = content.simulation_table("demand")
    found = [row for row in found if row[0] in kinds and kinds[row[0]]["capability"] in able]
    if len(found) < LEAST:
        return NO_DEMAND
    days = max((now - min(at for *_, at in found)) / timedelta(days=1), 1.0)
    return Demand(tuple(streams_of(found, days, named=names_of_cells(near))))


def names_of_cells(near: Point) -> dict[tuple[int, int], str]:
    """Return for the cells around a place the site that stands nearest to the middle of each, if one does."""
    rows = Site.objects.filter(**box(near, AREA + CELL)).values_list("lat", "lon", "name_zh", "name_en")
    nearest: dict[tuple[int, int], tuple[float, str]] = {}
    for lat, lon, zh, en in rows[:MOST_SITES]:
        row, column = round(lat / CELL), round(lon / CELL)
        off = distance_m(Point(row * CELL, column * CELL), Point(lat, lon))
        one = (off, f"{zh} / {en}" if en else zh)
        nearest[row, column] = min(nearest.get((row, column), one), one)
    return {cell: name for cell, (_, name) in nearest.items()}


def streams_of(
    found: list[tuple[str, float, float, datetime]], days: float, *, named: Mapping[tuple[int, int], str]
) -> Iterator[Stream]:
    """Yield a stream for each category and cell; hours and months are those of the category everywhere."""
    cells: Counter[tuple[str, int, int]] = Counter()
    hours: dict[str, list[int]] = defaultdict(lambda: [1] * 24)
    months: dict[str, list[int]] = defaultdict(lambda: [1] * 12)
    for category, lat, lon, at in found:
        local = timezone.localtime(at)
        cells[category, round(lat / CELL), round(lon / CELL)] += 1
        hours[category][local.hour] += 1
        months[category][local.month - 1] += 1
    kinds = content.simulation_table("demand")
    for (category, row, column), count in sorted(cells.items()):
        kind, point, name = kinds[category], Point(row * CELL, column * CELL), named.get((row, column), "")
        where = f"{point.lat:.2f}, {point.lon:.2f}"
        yield Stream(
            kind=category,
            place=f"{name} ({where})" if name else where,
            point=point,
            capability=kind["capability"],
            per_day=count / days,
            on_scene=parse_duration(kind["on_scene"]),
            spread=float(kind["spread"]),
            hours=weights(hours[category]),
            months=weights(months[category]),
        )


def weights(counts: list[int]) -> tuple[float, ...]:
    """Return how many times the mean each is. One is added to each count: what never happened may happen."""
    return tuple(count * len(counts) / sum(counts) for count in counts)
