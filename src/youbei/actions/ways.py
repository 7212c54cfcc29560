"""The way from here to there: along the stored road network where there is one, else the straight line."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import TextField
from django.db.models.functions import Cast, Length

from youbei.actions.permit import require
from youbei.actions.registers.people import check_code, created
from youbei.engine.access import Permission
from youbei.engine.places import Point, StraightLine, TravelTimes
from youbei.engine.roads import RoadGraph, RoadTravel
from youbei.records.models import RoadNetwork, User

STRAIGHT = StraightLine()
# A network takes a while to read and hardly ever changes: the last one read is kept, named by code and size.
READ: dict[tuple[str, int], RoadTravel] = {}


@transaction.atomic
def store_roads(*, by: User | None, now: datetime, code: str, data: Mapping[str, Any]) -> RoadNetwork:
    """Store a road network: `nodes` [[lat, lon]], `edges` [[from, to, seconds, class]], `areas` GeoJSON."""
    require(by, Permission.EDIT_RESOURCE, "/")
    check_code(RoadNetwork, code)
    RoadGraph.from_data(data)
    network = RoadNetwork.objects.create(code=code, data=dict(data))
    size = {"code": code, "nodes": len(data["nodes"]), "edges": len(data["edges"])}
    created("roads", network, size, by=by, now=now, org_path="/")
    return network


def roads() -> RoadTravel | None:
    """Return the journeys along the stored network, or None where none is stored."""
    sized = RoadNetwork.objects.annotate(size=Length(Cast("data", TextField()))).order_by("pk")
    found = sized.values_list("pk", "code", "size").first()
    if found is None:
        return None
    pk, code, size = found
    travel = READ.get((code, size))
    if travel is None:
        travel = RoadTravel(RoadGraph.from_data(RoadNetwork.objects.get(pk=pk).data))
        READ.clear()
        READ[code, size] = travel
    return travel


def travel_times() -> TravelTimes:
    return roads() or STRAIGHT


def route_between(origin: Point, destination: Point) -> list[list[float]] | None:
    """Return the way as [lat, lon] pairs for the map, or None where no roads are known."""
    travel = roads()
    if travel is None:
        return None
    return [[point.lat, point.lon] for point in travel.route(origin, destination)]
