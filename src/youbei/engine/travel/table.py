"""Travel times between places, to and from the roads included."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from youbei.engine.places import Point, StraightLine
from youbei.engine.travel.graph import Graph, reverse
from youbei.engine.travel.search import UNREACHED, Workspace, many_to_many
from youbei.engine.travel.snap import NOWHERE, cells, snap


@dataclass(frozen=True, slots=True)
class Table:
    """Seconds from each origin (a row) to each destination; None where no road leads or none is near.

    `from_m` and `to_m` are how far each is from its road; None where there is none within the distance asked for.
    """

    seconds: list[list[float | None]]
    from_m: list[float | None]
    to_m: list[float | None]


def table(
    graph: Graph,
    origins: Sequence[Point],
    destinations: Sequence[Point],
    *,
    beyond_m: float,
    off_road: StraightLine | None = None,
) -> Table:
    """Return travel times: along the roads, and straight to and from them at the speed and detour of `off_road`."""
    straight = off_road or StraightLine()
    among = cells(graph)
    starts, from_m = snap(among, [p.lat for p in origins], [p.lon for p in origins], beyond_m=beyond_m)
    ends, to_m = snap(among, [p.lat for p in destinations], [p.lon for p in destinations], beyond_m=beyond_m)
    here, there = np.flatnonzero(starts != NOWHERE), np.flatnonzero(ends != NOWHERE)
    if len(here) <= len(there):
        times = many_to_many(graph, starts[here], ends[there], workspace=Workspace(graph))
    else:
        turned = reverse(graph)
        times = many_to_many(turned, ends[there], starts[here], workspace=Workspace(turned)).T
    seconds = np.full((len(origins), len(destinations)), math.inf)
    seconds[np.ix_(here, there)] = np.where(times == UNREACHED, math.inf, times / 10)
    same = (starts[:, None] == ends[None, :]) & (starts[:, None] != NOWHERE)
    seconds += (from_m[:, None] + to_m[None, :]) * straight.detour / straight.speed_m_s
    for row, column in zip(*np.nonzero(same), strict=True):
        seconds[row, column] = straight(origins[row], destinations[column]).total_seconds()
    return Table(
        [[None if math.isinf(value) else value for value in row] for row in seconds.tolist()],
        [None if math.isinf(value) else value for value in from_m.tolist()],
        [None if math.isinf(value) else value for value in to_m.tolist()],
    )
