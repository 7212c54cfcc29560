"""The resources near a place, out of registers of any size: growing boxes served by an index, never the whole table."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from django.db.models import ExpressionWrapper, F, FloatField, Q, QuerySet, Value

from youbei import content
from youbei.engine.places import Point, StraightLine, TravelTimes, distance_m
from youbei.engine.plans.model import Plan
from youbei.engine.resources import Stock, Team, World
from youbei.engine.stock.fefo import USABLE
from youbei.engine.text import Text
from youbei.records.models import Site, StockLot, TeamCapability
from youbei.records.models import Team as TeamRow

# Half the side of the boxes tried one after the other, in degrees of latitude (0.02 is about 2 km).
BOXES = (0.02, 0.08, 0.32, 1.28, 5.12, 20.48)
# Assumption: where rows lie about as densely, a box of this part of the side that would hold enough holds too few.
SURELY_TOO_SMALL = 0.7
# Candidates per capability and item. Assumption: far more than any one plan asks of one kind at once.
CANDIDATES = 60
STRAIGHT = StraightLine()
# Assumption: within so many metres the plane on which neighbours are sorted is off by less than a tenth.
FLAT_M, EXACT = 300_000.0, 0.9


def load_world(
    near: Point | None,
    *,
    capabilities: Iterable[str] = (),
    items: Iterable[str] = (),
    sites: Iterable[str] = (),
    limit: int = CANDIDATES,
    today: date | None = None,
    travel: TravelTimes = STRAIGHT,
) -> World:
    """Return the free resources nearest to a place: for each capability and each item at least `limit`, if there are.

    Distance is the straight line; who is really there first is `engine.resources.choose`'s to say. Without a place
    any `limit` are taken. Lots that expire before `today` are left out.
    """
    return World(
        teams=tuple(nearest_teams(near, sorted(set(capabilities)), limit)),
        stock=tuple(nearest_stock(near, sorted(set(items)), limit, today)),
        sites={code: Point(lat, lon) for code, lat, lon in site_points(sites)},
        travel=travel,
    )


def world_for(
    plan: Plan,
    near: Point | None,
    *,
    limit: int = CANDIDATES,
    today: date | None = None,
    travel: TravelTimes = STRAIGHT,
) -> World:
    """Return the world that all steps of a plan may ask for."""
    needs = [need for step in plan.steps for need in step.needs]
    return load_world(
        near,
        capabilities={need.capability for need in needs if need.capability},
        items={need.item for need in needs if need.item},
        sites={need.place for need in needs if need.place != "incident"},
        limit=limit,
        today=today,
        travel=travel,
    )


def world_at(plan: Plan, near: Point | None, *, today: date | None = None, travel: TravelTimes = STRAIGHT) -> World:
    """Return the world in which a plan is simulated: what its steps may ask for, and the incident at `near` if known.

    A scenario that names a place of its own puts the incident there instead.
    """
    world = world_for(plan, near, today=today, travel=travel)
    return world if near is None else replace(world, sites={**world.sites, "incident": near})


def nearest_teams(near: Point | None, capabilities: list[str], limit: int) -> Iterator[Team]:
    ids: dict[int, None] = {}
    for code in capabilities:
        # `in` and not `=`: for a bare boolean SQLite does not use the index.
        rows = TeamCapability.objects.filter(capability__code=code, is_available__in=[True])
        ids.update(dict.fromkeys(row.team_id for row in nearest(rows, near, limit)))
    able: dict[int, set[str]] = {}
    pairs = TeamCapability.objects.filter(team__in=list(ids)).values_list("team_id", "capability__code")
    for team_id, code in pairs:
        able.setdefault(team_id, set()).add(code)
    for team in TeamRow.objects.filter(pk__in=list(ids), status=TeamRow.Status.AVAILABLE).order_by("pk"):
        yield Team(
            id=f"team:{team.pk}",
            label=team.name_zh or team.name_en,
            capabilities=frozenset(able[team.pk]),
            base=Point(team.lat, team.lon),
            turn_out=team.planned_turn_out,
            label_en=team.name_en,
        )


def nearest_stock(near: Point | None, items: list[str], limit: int, today: date | None) -> Iterator[Stock]:
    for code in items:
        fit = StockLot.objects.filter(item__code=code, quantity__gt=F("reserved"), condition__in=USABLE)
        rows = fit.filter(retired_at=None).select_related("site")
        if today is not None:
            rows = rows.filter(Q(expires_on__isnull=True) | Q(expires_on__gte=today))
        for lot in nearest(rows, near, limit):
            yield Stock(
                id=f"lot:{lot.pk}",
                item=code,
                quantity=float(lot.quantity - lot.reserved),
                base=Point(lot.lat, lot.lon),
                label=lot.site.name_zh or lot.site.name_en,
                label_en=lot.site.name_en,
            )


def own_spot(row: Any) -> tuple[float, float]:
    return row.lat, row.lon


def nearest(
    rows: QuerySet[Any], near: Point | None, limit: int, spot: Callable[[Any], tuple[float, float]] = own_spot
) -> list[Any]:
    """Return the `limit` rows nearest to a place; all of them, in one query, where there are no more.

    `spot` gives the latitude and the longitude of a row.
    """
    found = list(rows.order_by()[: limit + 1])
    if len(found) <= limit or near is None:
        return found[:limit]
    least = 0.0
    for half in BOXES:
        if half < least:
            continue
        found = list(ordered(rows.filter(**box(near, half)), near)[:limit])
        least = half * math.sqrt(limit / (len(found) + 1)) * SURELY_TOO_SMALL
        if len(found) >= limit:
            if distance_deg(near, *spot(found[-1])) <= half:
                return found
            # A corner of this box may be farther than what lies just outside its sides: one box more settles it.
            return list(ordered(rows.filter(**box(near, half * math.sqrt(2))), near)[:limit])
    return list(ordered(rows, near)[:limit])


def distance_deg(near: Point, lat: float, lon: float) -> float:
    """Return the distance by which `ordered` orders, in degrees of latitude."""
    return math.hypot(lat - near.lat, (lon - near.lon) * math.cos(math.radians(near.lat)))


def looked_to(near: Point, first_left_out: Point) -> float:
    """Return within how many metres nothing was left out, given the first that was."""
    return EXACT * min(FLAT_M, distance_m(near, first_left_out))


def box(near: Point, half: float) -> dict[str, Any]:
    """Return the filter for a box around a place, as wide on the ground as it is high. It stops at the date line."""
    wide = half / max(0.05, math.cos(math.radians(near.lat)))
    return {
        "lat__gte": near.lat - half,
        "lat__lte": near.lat + half,
        "lon__gte": near.lon - wide,
        "lon__lte": near.lon + wide,
    }


def ordered(rows: QuerySet[Any], near: Point) -> QuerySet[Any]:
    """Order by the squared distance on the local plane, in degrees of latitude, and then by key."""
    north = F("lat") - Value(near.lat)
    east = (F("lon") - Value(near.lon)) * Value(math.cos(math.radians(near.lat)))
    return rows.order_by(ExpressionWrapper(north * north + east * east, output_field=FloatField()), "pk")


def names_for(plan: Plan) -> dict[str, Text]:
    """Return what things are called in what is said of a plan's simulation: capabilities and items by their codes, the
    sites of its needs by `site:` and their codes.
    """
    codes = {need.place for step in plan.steps for need in step.needs}
    rows = Site.objects.filter(code__in=codes).values_list("code", "name_zh", "name_en")
    return {**content.resource_names(), **{f"site:{code}": Text(zh, en or zh) for code, zh, en in rows}}


def site_points(codes: Iterable[str]) -> Iterable[tuple[str, float, float]]:
    wanted = sorted(set(codes))
    return Site.objects.filter(code__in=wanted).values_list("code", "lat", "lon") if wanted else ()
