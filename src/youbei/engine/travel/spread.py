"""The search itself, compiled: Dijkstra's method with a bucket for each tenth of a second.

Source: Dial, Algorithm 360: shortest-path forest with topological ordering, Communications of the ACM 12, 1969.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from youbei.engine.compiled import compiled
from youbei.engine.travel.graph import Ints, Longs

NONE = -1
UNSEEN = np.iinfo(np.int32).max


@compiled
def spread(  # noqa: C901  (one loop: a call for every arc would cost more than the arc)
    arcs: tuple[Longs, Ints, Ints],
    found: tuple[Ints, Longs, Ints, Ints],
    queue: tuple[Ints, Ints, Ints],
    sources: tuple[Ints, Ints],
    aim: tuple[Ints, int],
    limit: int,
) -> tuple[int, int]:
    """Settle nodes in order of time until the limit or the aim; return how many were settled and touched.

    A bucket is a chain of entries; a node that is found again earlier gets a second entry, and the later one is
    passed over. Buckets form a ring, for no entry waits longer than the longest arc. `came` is the arc by which a node
    was reached, or NONE at a source. The ring is left empty.
    """
    first, head, weight = arcs
    time, came, touched, order = found
    ring, entry_node, entry_next = queue
    wanted, enough = aim
    mask = len(ring) - 1
    free, used, waiting = NONE, 0, 0
    settled = seen = 0
    got = np.int64(0)
    # Sources with a start beyond the ring wait in order of their start.
    by_start = np.argsort(sources[1])
    upcoming = 0
    now = np.int64(0)
    stop = np.int64(limit)
    if len(by_start):
        now = np.int64(sources[1][by_start[0]])
    while now <= stop:
        while upcoming < len(by_start) and sources[1][by_start[upcoming]] <= now:
            node = sources[0][by_start[upcoming]]
            upcoming += 1
            if time[node] <= now:
                continue
            if time[node] == UNSEEN:
                touched[seen] = node
                seen += 1
            time[node] = now
            came[node] = NONE
            if free == NONE:
                entry = used
                used += 1
            else:
                entry = free
                free = entry_next[entry]
            slot = now & mask
            entry_node[entry] = node
            entry_next[entry] = ring[slot]
            ring[slot] = entry
            waiting += 1
        slot = now & mask
        entry = ring[slot]
        ring[slot] = NONE
        while entry != NONE:
            node = entry_node[entry]
            after = entry_next[entry]
            entry_next[entry] = free
            free = entry
            entry = after
            waiting -= 1
            if time[node] != now:
                continue
            order[settled] = node
            settled += 1
            if len(wanted):
                got += wanted[node]
                if got >= enough:
                    stop = now
            for arc in range(first[node], first[node + 1]):
                if weight[arc] < 0:
                    continue
                arrives = now + weight[arc]
                to = head[arc]
                if arrives < time[to] and arrives <= limit:
                    if time[to] == UNSEEN:
                        touched[seen] = to
                        seen += 1
                    time[to] = arrives
                    came[to] = arc
                    if free == NONE:
                        fresh = used
                        used += 1
                    else:
                        fresh = free
                        free = entry_next[fresh]
                    place = arrives & mask
                    entry_node[fresh] = to
                    entry_next[fresh] = ring[place]
                    ring[place] = fresh
                    waiting += 1
        if waiting == 0:
            if upcoming == len(by_start):
                return settled, seen
            now = np.int64(sources[1][by_start[upcoming]])
        else:
            now += 1
    # Stopped early: empty the buckets that still hold entries.
    for _ in range(len(ring)):
        slot = now & mask
        now += 1
        entry = ring[slot]
        ring[slot] = NONE
        while entry != NONE:
            waiting -= 1
            entry = entry_next[entry]
        if waiting == 0:
            break
    return settled, seen


@compiled
def forget(time: Ints, touched: Ints, count: int) -> None:
    """Make the touched nodes unseen again."""
    for at in range(count):
        time[touched[at]] = UNSEEN


@compiled
def unwind(first: Longs, came: Longs, end: int) -> NDArray[np.int32]:
    """Return the arcs by which a search came to a node, the first first."""
    node, steps = end, 0
    while came[node] != NONE:
        steps += 1
        node = np.searchsorted(first, came[node], side="right") - 1
    arcs = np.empty(steps, np.int32)
    node = end
    for step in range(steps - 1, -1, -1):
        arcs[step] = came[node]
        node = np.searchsorted(first, came[node], side="right") - 1
    return arcs
