"""The way from here to there: along the stored road network where there is one, else the straight line."""

from __future__ import annotations

import json
from array import array
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from importlib.util import find_spec
from threading import Lock
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import TextField
from django.db.models.functions import Cast, Length

from youbei.actions.permit import require
from youbei.actions.registers.people import check_code, created
from youbei.actions.roads import ARRAYS, arrays_of, closures_now
from youbei.engine.access import Permission
from youbei.engine.closures import Closure
from youbei.engine.places import Point, StraightLine, TravelTimes
from youbei.engine.roads import INFINITY, RoadGraph, RoadTravel, Search
from youbei.records.models import RoadNetwork, User

if TYPE_CHECKING:
    from youbei.engine.travel.graph import Graph
    from youbei.engine.travel.network import Network

HAS_SOLVE = all(find_spec(name) is not None for name in ("numpy", "scipy", "numba"))
if HAS_SOLVE:
    from youbei.engine.travel.closing import closed_by
    from youbei.engine.travel.journeys import FastRoads
    from youbei.engine.travel.network import unpacked, with_sirens

    class SharedRoads(FastRoads):
        """A graph that several threads search in turn: what a search uses is used again by the next."""

        def __init__(self, graph: Graph) -> None:
            super().__init__(graph)
            self.turn = Lock()

        def search_to(self, destination: int, limit_s: float = INFINITY) -> Search:
            with self.turn:
                return super().search_to(destination, limit_s)


STRAIGHT = StraightLine()
# Assumption: the network as it is, and as one or two sets of closures leave it, are asked about in turn.
KEPT = 4
# Assumption: searches that are remembered take at most 400 MB.
REMEMBERED_NODES = 25_000_000


@dataclass(frozen=True, slots=True)
class Known:
    """What a network is called, told apart from what it was before: key, code, and a sum or size of its data."""

    pk: int
    code: str
    is_large: bool
    state: str


# Networks take a while to read and hardly ever change; the last answers are kept, named by network and closures.
READ: OrderedDict[tuple[Any, ...], RoadTravel] = OrderedDict()


@transaction.atomic
def store_roads(*, by: User | None, now: datetime, code: str, data: Mapping[str, Any]) -> RoadNetwork:
    """Store a road network: `nodes` [[lat, lon]], `edges` [[from, to, seconds, class]], `areas` GeoJSON."""
    require(by, Permission.EDIT_RESOURCE, "/")
    check_code(RoadNetwork, code)
    RoadGraph.from_data(data)
    digest = sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()
    network = RoadNetwork.objects.create(code=code, data={**data, "sum": digest})
    size = {"code": code, "nodes": len(data["nodes"]), "edges": len(data["edges"])}
    created("roads", network, size, by=by, now=now, org_path="/")
    return network


def network_in_use() -> Known | None:
    """Return the network that answers: the one stored last."""
    sized = RoadNetwork.objects.annotate(size=Length(Cast("data", TextField()))).order_by("-pk")
    found = sized.values_list("pk", "code", "size", "data__form", "data__sum").first()
    if found is None:
        return None
    pk, code, size, form, total = found
    return Known(pk, code, form == ARRAYS, str(total or size))


def roads(
    *, with_exercises: bool = False, with_siren: bool = False, supposed: Sequence[Closure] = ()
) -> RoadTravel | None:
    """Return the journeys along the stored network as closures leave it, or None where none is stored.

    Times with lights and sirens are known of large networks only; elsewhere they are the usual ones. `supposed`
    closures are those of a question: nothing is stored of them.
    """
    known = network_in_use()
    if known is None:
        return None
    closures = closures_now(with_exercises=with_exercises)
    closures |= {-number: one for number, one in enumerate(supposed, start=1)}
    key = (known, tuple(closures.items()), with_siren)
    travel = READ.get(key)
    if travel is None:
        travel = read(known, list(closures.values()), with_siren=with_siren)
        if closures:
            travel.before = unclosed(known, with_siren=with_siren)
        READ[key] = travel
        while len(READ) > KEPT:
            READ.popitem(last=False)
    return travel


def unclosed(known: Known, *, with_siren: bool) -> RoadTravel:
    """Return the journeys as they are without closures."""
    key = (known, (), with_siren)
    if key not in READ:
        READ[key] = read(known, [], with_siren=with_siren)
    return READ[key]


def read(known: Known, closures: list[Closure], *, with_siren: bool) -> RoadTravel:
    network = RoadNetwork.objects.get(pk=known.pk)
    if not known.is_large:
        return RoadTravel(RoadGraph.from_data(network.data, closures=closures))
    if not HAS_SOLVE:
        return RoadTravel(plain_graph(arrays_of(network), closures, with_siren=with_siren))
    stored = unpacked(arrays_of(network), kinds=network.data["kinds"])
    graph = closed_by(stored, with_sirens(stored) if with_siren else stored.graph, closures)
    return RoadTravel(SharedRoads(graph), searches_kept=max(8, min(256, REMEMBERED_NODES // graph.nodes)))


def large_network(code: str | None = None) -> Network | None:
    """Return the large network in use, or that of a code; None where there is none."""
    rows = RoadNetwork.objects.filter(data__form=ARRAYS).order_by("-pk")
    network = (rows.filter(code=code) if code is not None else rows).first()
    if network is None:
        return None
    facts = network.data
    return unpacked(arrays_of(network), kinds=facts["kinds"], left_out=facts["left_out"])


def plain_graph(arrays: Mapping[str, tuple[str, bytes]], closures: list[Closure], *, with_siren: bool) -> RoadGraph:
    """Return a large network for the plain searches, where the fast ones are not installed: slower, turns are free."""
    first, head, copies = (
        numbers(arrays[name], code) for name, code in (("first", "q"), ("head", "i"), ("copies", "i"))
    )
    weight = numbers(arrays["siren" if with_siren else "weight"], "i")
    lat, lon = numbers(arrays["lat"], "d"), numbers(arrays["lon"], "d")
    places = len(lat) - len(copies)
    nodes = [Point(lat[node], lon[node]) for node in range(places)]
    edges = (
        (tail, head[arc] if head[arc] < places else copies[head[arc] - places], weight[arc] / 10)
        for tail in range(places)
        for arc in range(first[tail], first[tail + 1])
    )
    return RoadGraph(nodes, edges, closures=closures)


def numbers(stored: tuple[str, bytes], code: str) -> array[Any]:
    found: array[Any] = array(code)
    found.frombytes(stored[1])
    return found


def travel_times(
    *, with_exercises: bool = False, with_siren: bool = False, supposed: Sequence[Closure] = ()
) -> TravelTimes:
    return roads(with_exercises=with_exercises, with_siren=with_siren, supposed=supposed) or STRAIGHT


def route_between(origin: Point, destination: Point, *, with_exercises: bool = False) -> list[list[float]] | None:
    """Return the way as [lat, lon] pairs for the map, or None where no roads are known."""
    travel = roads(with_exercises=with_exercises)
    if travel is None:
        return None
    return [[point.lat, point.lon] for point in travel.route(origin, destination)]
