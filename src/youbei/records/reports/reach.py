"""Teams, stock and sites that can be at a place, or be reached from it, in time: read through boxes on the map."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import F, Q, QuerySet

from youbei.engine.access import Permission
from youbei.engine.opening import Standing
from youbei.engine.places import EARTH_RADIUS_M, Point
from youbei.engine.reach import Arrival, Candidate, Journeys, arrivals
from youbei.engine.text import Text
from youbei.records.models import Site, StockLot, Team, TeamCapability, User
from youbei.records.models.scope import path_condition
from youbei.records.nearby import box, nearest
from youbei.records.registers.subtrees import is_everything
from youbei.records.reports.sites import standings

# So many of the nearest are asked how long they need; more than these are not wanted on one page.
LOOKED_AT = 300
# Half the side of the largest box, in degrees of latitude.
FARTHEST = 20.0
USABLE = ("good", "worn")
OF_UNIT = ("organisation__name_zh", "organisation__name_en")
NAMED = ("code", "name_zh", "name_en", *OF_UNIT)
NAMED_BY_SITE = ("code", "site__name_zh", "site__name_en", *OF_UNIT)


@dataclass(frozen=True, slots=True)
class Reached:
    """One that can be there: its record, when it is, and what it brings (a type, a quantity, a capacity).

    Of a site, and of a lot, `standing` says whether the place is open, or when it will be (see `with_standings`).
    """

    register: str
    pk: int
    name: Text
    code: str
    unit: Text
    arrival: Arrival
    type: int | None = None
    quantity: Decimal | None = None
    sum: Decimal | None = None
    capacity: int | None = None
    site: int | None = None
    standing: Standing | None = None


@dataclass(frozen=True, slots=True)
class Reach:
    """The answer: the first to arrive, and how many there are. `is_cut` says that only the nearest of many were asked.

    `is_by_road` says whether any journey was looked up along roads, `is_estimated` whether any was estimated.
    """

    found: tuple[Reached, ...] = ()
    is_cut: bool = False
    number: int = 0
    is_by_road: bool = False
    is_estimated: bool = False


def teams_within(
    user: User,
    here: Point,
    *,
    capability: str,
    least_type: int,
    within: timedelta,
    journeys: Journeys,
    listed: int = LOOKED_AT,
) -> Reach:
    """Return the available teams with a capability of that type or better that can be here in time.

    Of `listed`, the first to arrive, records are read; here as in the others.
    """
    # `in` and not `=`: for a bare boolean SQLite does not use the index.
    rows = TeamCapability.objects.filter(
        capability__code=capability, is_available__in=[True], type__lte=least_type, team__retired_at=None
    )
    asked = ("team_id", "type", "team__turn_out_s", "team__measured_turn_out_s")
    near, is_cut = nearest_in_time(seen(rows, user, "team__org_path"), here, within, journeys, *asked)
    types = {key: grade for key, _, (grade, *_) in near}
    candidates = [Candidate(key, at, turn_out(*promised)) for key, at, (_, *promised) in near]
    found = arrivals(candidates, here, journeys=journeys, within=within)
    teams = rows_of(Team.objects.all(), (one.key for one in found[:listed]), *NAMED)
    first = (reached("team", teams[one.key], one, type=types[one.key]) for one in found[:listed])
    return answered(first, found, is_cut=is_cut)


def turn_out(promised_s: int, measured_s: int | None) -> timedelta:
    """Return how long a team needs until it leaves: as measured, else as promised."""
    return timedelta(seconds=promised_s if measured_s is None else measured_s)


def stock_within(
    user: User,
    here: Point,
    *,
    item: str,
    within: timedelta,
    journeys: Journeys,
    today: date,
    listed: int = LOOKED_AT,
) -> Reach:
    """Return the lots of an item that are free, usable and not expired, with the sum up to each."""
    rows = StockLot.objects.filter(item__code=item, quantity__gt=F("reserved"), condition__in=USABLE, retired_at=None)
    rows = rows.filter(Q(expires_on__isnull=True) | Q(expires_on__gte=today))
    near, is_cut = nearest_in_time(seen(rows, user, "org_path"), here, within, journeys, "pk")
    found = arrivals((Candidate(key, at) for key, at, _ in near), here, journeys=journeys, within=within)
    keys = (one.key for one in found[:listed])
    lots = rows_of(StockLot.objects.all(), keys, *NAMED_BY_SITE, "site_id", "quantity", "reserved")
    first, total = [], Decimal(0)
    for one in found[:listed]:
        *_, site, quantity, reserved = lots[one.key]
        total += quantity - reserved
        first.append(reached("lot", lots[one.key], one, quantity=quantity - reserved, sum=total, site=site))
    return answered(first, found, is_cut=is_cut)


def sites_within(
    user: User, here: Point, *, kind: str, within: timedelta, journeys: Journeys, listed: int = LOOKED_AT
) -> Reach:
    """Return the sites of a kind that can be reached in time."""
    rows = Site.objects.filter(kind=kind, retired_at=None)
    near, is_cut = nearest_in_time(seen(rows, user, "org_path"), here, within, journeys, "pk")
    found = arrivals((Candidate(key, at) for key, at, _ in near), here, journeys=journeys, within=within)
    sites = rows_of(Site.objects.all(), (one.key for one in found[:listed]), *NAMED, "capacity")
    first = (reached("site", sites[one.key], one, capacity=sites[one.key][-1], site=one.key) for one in found[:listed])
    return answered(first, found, is_cut=is_cut)


def with_standings(found: Reach, now: datetime) -> Reach:
    """Say of what is reached whether its place is open now: what lies in a store that is shut must be woken for."""
    wanted = {one.site for one in found.found if one.site is not None}
    known = standings(Site.objects.filter(pk__in=wanted), now) if wanted else {}
    return replace(found, found=tuple(replace(one, standing=known.get(one.site or 0)) for one in found.found))


def answered(first: Iterable[Reached], found: Sequence[Arrival], *, is_cut: bool) -> Reach:
    """Return the first to arrive, with what is said of all that were found."""
    return Reach(
        tuple(first),
        is_cut,
        number=len(found),
        is_by_road=any(one.is_by_road for one in found),
        is_estimated=any(not one.is_by_road for one in found),
    )


def rows_of(rows: QuerySet[Any], keys: Iterable[int], *columns: str) -> dict[int, tuple[Any, ...]]:
    """Return these columns by key: records whole would cost more than all that is worked out about them."""
    return {row[0]: row for row in rows.filter(pk__in=list(keys)).order_by().values_list("pk", *columns)}


def seen(rows: QuerySet[Any], user: User, column: str) -> QuerySet[Any]:
    paths = user.paths_with(Permission.SEE)
    if not paths:
        return rows.none()
    return rows if is_everything(paths) else rows.filter(path_condition(paths, f"{column}__under_by_walking"))


def nearest_in_time(
    rows: QuerySet[Any], here: Point, within: timedelta, journeys: Journeys, key: str, *values: str
) -> tuple[list[tuple[int, Point, tuple[Any, ...]]], bool]:
    """Return (key, point, values) of the nearest rows that may be here in time, and whether there are more."""
    half = math.degrees(journeys.radius_m(within, here) / EARTH_RADIUS_M)
    rows = rows.filter(**box(here, min(half, FARTHEST))).values_list(key, "lat", "lon", *values)
    found = nearest(rows, here, LOOKED_AT + 1, lambda row: (row[1], row[2]))
    return [(one, Point(lat, lon), tuple(said)) for one, lat, lon, *said in found[:LOOKED_AT]], len(found) > LOOKED_AT


def reached(register: str, row: tuple[Any, ...], arrival: Arrival, **more: Any) -> Reached:
    pk, code, name_zh, name_en, unit_zh, unit_en, *_ = row
    return Reached(register, pk, Text(name_zh, name_en), code, Text(unit_zh, unit_en), arrival, **more)
