"""One search over all registers, and what can be at a place in time."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from youbei import content
from youbei.actions import clock
from youbei.actions.routing import journeys_asked
from youbei.api.access import caller, may
from youbei.api.values import Latitude, Line, Longitude, PageSize, Slug, find
from youbei.engine.access import Permission
from youbei.engine.errors import Refused
from youbei.engine.places import Point
from youbei.engine.text import Text
from youbei.records.models import Organisation
from youbei.records.reports.reach import Reach, Reached, sites_within, stock_within, teams_within, with_standings
from youbei.records.search.find import find as find_records
from youbei.records.search.find import searched_registers
from youbei.records.search.groups import unit_key, units_of

router = Router(tags=["finding"])
Minutes = Annotated[int, Field(ge=1, le=24 * 60)]


class UnknownName(Refused):
    """Refuse a name that would find nothing, as if nothing were there."""

    status = 422


class HitOut(Schema):
    """A record that was found. `reason`: code, name, start, inside, other, synonym, pinyin, initials, sound or slip."""

    register_name: str
    pk: int
    name: Text
    code: str
    unit: Text | None
    reason: str


class FoundOut(Schema):
    """What was found, the best first. `is_more`: more would fit than were looked at; use more words, or a register."""

    items: list[HitOut]
    is_more: bool


class ReachedOut(Schema):
    """One that can be there. `starts_after` is its turn-out; `is_by_road` false: the journey is estimated.

    `sum` is the quantity of this lot and all that arrive before it. `is_open` says whether the site, or the store of
    the lot, is open now, and `changes_at` when that changes; null: not known.
    """

    register_name: str
    pk: int
    code: str
    name: Text
    unit: Text
    lat: float
    lon: float
    distance_m: float
    starts_after: timedelta
    travel: timedelta
    total: timedelta
    is_by_road: bool
    type: int | None
    quantity: Decimal | None
    sum: Decimal | None
    capacity: int | None
    is_open: bool | None
    changes_at: datetime | None


class ReachOut(Schema):
    """The answer, the first to arrive first. `is_cut`: only the nearest of many were asked."""

    items: list[ReachedOut]
    is_cut: bool


class Place(Schema):
    lat: Latitude
    lon: Longitude
    minutes: Minutes


@router.get("/search", response=FoundOut, **may(Permission.SEE))
def search(
    request: HttpRequest, q: Line, in_register: Slug | None = None, unit: Slug | None = None, size: PageSize = 50
) -> dict[str, Any]:
    """Find records of all registers by a text: names, codes, synonyms, pinyin and its initials, sound, one slip.

    `in_register` looks in one register, `unit` (a code) at a unit and those below it.
    """
    by = caller(request)
    if in_register is not None and in_register not in {one.name for one in searched_registers(by)}:
        raise UnknownName(
            zh=f"没有可检索的登记册“{in_register}”。请从 GET /api/registers 选择。",
            en=f"There is no register {in_register} to search in. Choose one of GET /api/registers.",
        )
    path = find(Organisation.objects.visible_to(by), code=unit).path if unit else ""
    found = find_records(by, q, registers=[in_register] if in_register else (), unit=path)
    shown = found.hits[:size]
    units = units_of(shown)
    items = [
        {
            "register_name": hit.register,
            "pk": hit.pk,
            "name": hit.name,
            "code": hit.code,
            "unit": units.get(unit_key(hit) or 0),
            "reason": hit.reason.name.lower(),
        }
        for hit in shown
    ]
    return {"items": items, "is_more": found.is_more or len(found.hits) > size}


@router.get("/reach/teams", response=ReachOut, **may(Permission.SEE))
def reach_teams(
    request: HttpRequest, place: Query[Place], capability: Slug, type: Annotated[int, Field(ge=1, le=4)] = 4
) -> dict[str, Any]:
    """List the available teams with a capability, of that type or better, that can be at a place within minutes.

    Turn-out and journey together; the turn-out as measured, else as promised.
    """
    demand_known(capability, content.capabilities(), "capabilities")
    found = teams_within(
        caller(request),
        Point(place.lat, place.lon),
        capability=capability,
        least_type=type,
        within=timedelta(minutes=place.minutes),
        journeys=journeys_asked()[0],
    )
    return reach_out(found)


@router.get("/reach/stock", response=ReachOut, **may(Permission.SEE))
def reach_stock(request: HttpRequest, place: Query[Place], item: Slug) -> dict[str, Any]:
    """List the lots of an item that are free, usable and in date, and can be brought to a place within minutes."""
    found = stock_within(
        caller(request),
        Point(place.lat, place.lon),
        item=item,
        within=timedelta(minutes=place.minutes),
        journeys=journeys_asked()[0],
        today=timezone.localdate(clock.now()),
    )
    return reach_out(found)


@router.get("/reach/sites", response=ReachOut, **may(Permission.SEE))
def reach_sites(request: HttpRequest, place: Query[Place], kind: Slug) -> dict[str, Any]:
    """List the sites of a kind, such as shelters, that can be reached from a place within minutes."""
    kinds = {choice.code: choice for choice in content.registers()["site"].field("kind").choices}
    demand_known(kind, kinds, "kinds of sites")
    found = sites_within(
        caller(request),
        Point(place.lat, place.lon),
        kind=kind,
        within=timedelta(minutes=place.minutes),
        journeys=journeys_asked()[0],
    )
    return reach_out(found)


def demand_known(code: str, known: Any, what: str) -> None:
    """Raise UnknownName for a code that is in none of the lists: nothing found would be taken for nothing there."""
    if code not in known:
        named = ", ".join(sorted(known))
        raise UnknownName(zh=f"没有“{code}”。可用：{named}。", en=f"There are no {what} {code!r}. Known: {named}.")


def reach_out(found: Reach) -> dict[str, Any]:
    shown = with_standings(found, clock.now())
    return {"items": [reached_out(one) for one in shown.found], "is_cut": shown.is_cut}


def reached_out(one: Reached) -> dict[str, Any]:
    arrival = one.arrival
    return {
        "register_name": one.register,
        "pk": one.pk,
        "code": one.code,
        "name": one.name,
        "unit": one.unit,
        "lat": arrival.at.lat,
        "lon": arrival.at.lon,
        "distance_m": round(arrival.distance_m, 1),
        "starts_after": arrival.starts_after,
        "travel": arrival.travel,
        "total": arrival.total,
        "is_by_road": arrival.is_by_road,
        "type": one.type,
        "quantity": one.quantity,
        "sum": one.sum,
        "capacity": one.capacity,
        "is_open": one.standing.is_open if one.standing else None,
        "changes_at": one.standing.changes_at if one.standing else None,
    }
