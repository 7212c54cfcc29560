"""Travel times between places, to and from the roads included: row by row, so that large tables need no patience."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from youbei.engine.places import Point, StraightLine
from youbei.engine.travel.graph import Floats, Graph, Ints, reverse
from youbei.engine.travel.search import UNREACHED, Workspace, many_to_many
from youbei.engine.travel.snap import NOWHERE, cells, snap

Row = list[float | None]


@dataclass(frozen=True, slots=True)
class Searches:
    """A table of travel times as searches that can be made one by one, in any order and in several threads.

    There is one for each origin, or, `is_turned`, one for each destination, where those are fewer: the graph is turned
    round then. `starts` are their nodes, `ends` the nodes that they look for; both without those far from any road.
    """

    graph: Graph
    origins: tuple[Point, ...]
    destinations: tuple[Point, ...]
    from_node: Ints
    to_node: Ints
    from_metres: Floats
    to_metres: Floats
    is_turned: bool
    off_road: StraightLine

    @property
    def starts(self) -> Ints:
        return beside_roads(self.to_node if self.is_turned else self.from_node)

    @property
    def ends(self) -> Ints:
        return beside_roads(self.from_node if self.is_turned else self.to_node)

    @property
    def from_m(self) -> Row:
        """How far each origin is from its road, in metres; None where there is none within the distance asked for."""
        return finite(self.from_metres)

    @property
    def to_m(self) -> Row:
        return finite(self.to_metres)

    def search(self, number: int, workspace: Workspace) -> Ints:
        """Make one search; return its times to `ends`. One workspace serves one thread."""
        times: Ints = many_to_many(self.graph, self.starts[number : number + 1], self.ends, workspace=workspace)[0]
        return times

    def rows(self, found: Iterator[Ints]) -> Iterator[Row]:
        """Yield the rows of the table out of what the searches found, given in their order; None: nobody gets there."""
        lines = iter(np.array(list(found)).reshape(-1, len(self.ends)).T) if self.is_turned else found
        for origin, node in enumerate(self.from_node):
            yield self.row(origin, next(lines) if node != NOWHERE and len(self.starts) else None)

    def row(self, origin: int, times: Ints | None) -> Row:
        seconds = np.full(len(self.destinations), math.inf)
        if times is not None:
            seconds[self.to_node != NOWHERE] = np.where(times == UNREACHED, math.inf, times / 10)
        seconds += (self.from_metres[origin] + self.to_metres) * self.off_road.detour / self.off_road.speed_m_s
        for column in np.flatnonzero((self.to_node == self.from_node[origin]) & (self.to_node != NOWHERE)):
            seconds[column] = self.off_road(self.origins[origin], self.destinations[column]).total_seconds()
        return finite(seconds)


def beside_roads(nodes: Ints) -> Ints:
    found: Ints = nodes[nodes != NOWHERE]
    return found


def finite(numbers: Floats) -> Row:
    return [None if math.isinf(value) else value for value in numbers.tolist()]


def searches(
    graph: Graph,
    origins: Sequence[Point],
    destinations: Sequence[Point],
    *,
    beyond_m: float,
    off_road: StraightLine | None = None,
) -> Searches:
    """Return the searches of a table: along the roads, and straight to and from them at the speed of `off_road`."""
    among = cells(graph)
    starts, from_m = snap(among, [p.lat for p in origins], [p.lon for p in origins], beyond_m=beyond_m)
    ends, to_m = snap(among, [p.lat for p in destinations], [p.lon for p in destinations], beyond_m=beyond_m)
    is_turned = int((ends != NOWHERE).sum()) < int((starts != NOWHERE).sum())
    return Searches(
        reverse(graph) if is_turned else graph,
        tuple(origins),
        tuple(destinations),
        starts,
        ends,
        from_m,
        to_m,
        is_turned,
        off_road or StraightLine(),
    )
