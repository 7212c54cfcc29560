"""Close or slow the arcs of a network that an area touches."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from youbei.engine.closures import Closure, touches
from youbei.engine.places import Point
from youbei.engine.travel.graph import Graph, Longs, with_closed
from youbei.engine.travel.network import PARTS, Network


def arcs_in(stored: Network, closed: Closure) -> Longs:
    """Return the arcs of which any part lies in the area."""
    graph = stored.graph
    south, west, north, east = closed.box
    tail = graph.tail
    lat, lon = [graph.lat[tail], graph.lat[graph.head]], [graph.lon[tail], graph.lon[graph.head]]
    low_lat, high_lat, low_lon, high_lon = np.minimum(*lat), np.maximum(*lat), np.minimum(*lon), np.maximum(*lon)
    bent = np.flatnonzero(np.diff(stored.bend_first))
    if len(bent):
        starts = stored.bend_first[:-1][bent]
        places = stored.bends / PARTS
        for values, low, high in ((places[:, 0], low_lat, high_lat), (places[:, 1], low_lon, high_lon)):
            low[bent] = np.minimum(low[bent], np.minimum.reduceat(values, starts))
            high[bent] = np.maximum(high[bent], np.maximum.reduceat(values, starts))
    near = np.flatnonzero((high_lat >= south) & (low_lat <= north) & (high_lon >= west) & (low_lon <= east))
    return np.array(
        [arc for arc in near.tolist() if touches(closed.area, line_of(stored, arc, int(tail[arc])))], np.int64
    )


def line_of(stored: Network, arc: int, tail: int) -> list[Point]:
    """Return the points of an arc, ends included."""
    graph, head = stored.graph, int(stored.graph.head[arc])
    bends = stored.bends[stored.bend_first[arc] : stored.bend_first[arc + 1]] / PARTS
    points = [(graph.lat[tail], graph.lon[tail]), *bends.tolist(), (graph.lat[head], graph.lon[head])]
    return [Point(float(lat), float(lon)) for lat, lon in points]


def closed_by(stored: Network, graph: Graph, closures: Iterable[Closure]) -> Graph:
    """Return the graph as the closures leave it. Where several slow an arc, each does."""
    for one in closures:
        graph = with_closed(graph, arcs=arcs_in(stored, one), factor=one.factor)
    return graph
