"""Small networks drawn at random, and plain methods to hold the fast ones against."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st

from youbei.engine.travel.graph import CLOSED, Graph, build
from youbei.engine.travel.search import UNREACHED


@dataclass(frozen=True)
class Drawn:
    count: int
    arcs: list[tuple[int, int, int]]

    def graph(self) -> Graph:
        tail, head, weight = zip(*self.arcs, strict=True) if self.arcs else ((), (), ())
        at = np.arange(self.count)
        graph, _ = build(tail, head, weight, lat=30 + at % 7 * 0.01, lon=120 + at // 7 * 0.01)
        return graph


@st.composite
def networks(draw: st.DrawFn, longest: int = 60) -> Drawn:
    count = draw(st.integers(1, 14))
    ends = st.integers(0, count - 1)
    return Drawn(count, draw(st.lists(st.tuples(ends, ends, st.integers(1, longest)), max_size=45)))


def plain(graph: Graph, source: int) -> list[int]:
    """Find the times from a node by relaxing every arc until nothing changes: slow, and plainly right."""
    times = [UNREACHED] * graph.nodes
    times[source] = 0
    arcs = [arc for arc in zip(graph.tail.tolist(), graph.head.tolist(), graph.weight.tolist(), strict=True)]
    changed = True
    while changed:
        changed = False
        for tail, head, weight in arcs:
            if weight != CLOSED and times[tail] != UNREACHED and times[tail] + weight < times[head]:
                times[head] = times[tail] + weight
                changed = True
    return times
