"""Travel times of a road network as the legs of a problem: from all places to those where somebody is wanted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import numpy as np

from youbei.engine.dispatch.problem import Leg
from youbei.engine.travel.graph import Graph
from youbei.engine.travel.search import NO_LIMIT, UNREACHED, Workspace, within

TENTHS = 10


def legs_on_roads(
    reverse: Graph,
    nodes: Mapping[str, int],
    destinations: Iterable[str],
    *,
    limit_s: int | None = None,
    workspace: Workspace,
) -> Iterator[Leg]:
    """Yield the way from every place to each destination: whole seconds, rounded up; None where no road leads there.

    `reverse` is the network turned round, `nodes` the node of each place. Beyond `limit_s` there is no way either, so
    let it be no shorter than the latest useful time. Destinations are the places of incidents and of cover, and of
    lots that vehicles fetch.
    """
    limit = NO_LIMIT if limit_s is None else min(NO_LIMIT, limit_s * TENTHS)
    names = list(nodes)
    at = np.fromiter(nodes.values(), np.int64, len(names))
    for destination in destinations:
        found, times = within(reverse, nodes[destination], limit, workspace=workspace)
        time = np.full(reverse.places, UNREACHED, np.int32)
        time[found] = times
        for name, tenths in zip(names, time[at].tolist(), strict=True):
            if name != destination:
                yield Leg(name, destination, None if tenths == UNREACHED else -(-tenths // TENTHS))
