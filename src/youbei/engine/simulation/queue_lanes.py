"""The loop of `queue_loop.py` for several blocks at once, side by side.

For calls of one group, the servers numbered as it prefers them. Each lane is a block of its own and comes to the same
sums to the bit. A step looks at every server, whatever the lanes need: worth it up to `MOST_SERVERS` of them.
"""

from __future__ import annotations

from youbei.engine.simulation.chance import length_at
from youbei.engine.simulation.lanes import LANES, serve_step
from youbei.engine.simulation.loops import Floats, Ints, Words, loop, stage
from youbei.engine.simulation.queue_loop import CHUNK, WINDOW

MOST_SERVERS = 64
# Places in `plan`: how many calls each lane leaves out, how many it measures, and how many lanes measure one more.
WARM_UP, CALLS, LONGER = range(3)
# Places in `counting`: the first call, the end of all, and CHUNK, all as words.
FIRST_CALL, LAST_CALL, STEPS = range(3)
# Rows of `keys`.
GAPS, SERVICES, KEYS = range(3)


@loop
def serve_lanes(
    plan: Ints,
    keys: Words,
    counting: Words,
    gap: float,
    service: float,
    has_line: bool,
    names: Words,
    gaps: Floats,
    lengths: Floats,
    now: Floats,
    started: Floats,
    active: Floats,
    free: Floats,
    busy: Floats,
    sent: Floats,
    sums: Floats,
) -> None:
    """Serve the calls of `LANES` blocks, each from 0; sum up what the measured ones met.

    gap, service: mean lengths. names, gaps, lengths: room for CHUNK rows. now, started: a row each of 0, active: of 1.
    free, busy, sent: a row of 0 for each server. sums: SUMS rows of 0. The last three are filled.
    """
    servers = len(free) // LANES
    begin, end = plan[WARM_UP], plan[WARM_UP] + plan[CALLS]
    call = -1
    for word in range(counting[FIRST_CALL], counting[LAST_CALL]):
        call += 1
        at = call % CHUNK
        if at == 0:
            draw(gaps, names, keys, GAPS * LANES, word, word + counting[STEPS], gap)
            draw(lengths, names, keys, SERVICES * LANES, word, word + counting[STEPS], service)
        if call == end:
            close(plan[LONGER], LANES, word, keys, gap, now, started, active, free, busy, sums)
        for lane in range(LANES):
            now[lane] += gaps[at * LANES + lane]
        if call == begin:
            start(now, started, free, busy)
        serve_step(servers, has_line, 1.0 if call >= begin else 0.0, now, lengths, at, active, free, busy, sent, sums)
    left = plan[LONGER] if plan[LONGER] > 0 else LANES
    close(0, left, counting[LAST_CALL], keys, gap, now, started, active, free, busy, sums)


@stage
def draw(draws: Floats, names: Words, keys: Words, key: int, call: int, end: int, mean: float) -> None:
    """Draw the lengths of the next calls, call by call those of all lanes."""
    first = 0
    for step in range(call, end):
        for lane in range(LANES):
            names[first + lane] = keys[key + lane] ^ step
        first += LANES
    # All in one loop, of which the compiler does several at once.
    for at in range(CHUNK * LANES):
        draws[at] = mean * length_at(names[at])


@stage
def start(now: Floats, started: Floats, free: Floats, busy: Floats) -> None:
    """Begin to measure, with what the servers still have to do."""
    for lane in range(LANES):
        started[lane] = now[lane]
        for place in range(lane, len(free), LANES):
            busy[place] = max(free[place] - now[lane], 0.0)


@stage
def close(
    first: int,
    last: int,
    call: int,
    keys: Words,
    gap: float,
    now: Floats,
    started: Floats,
    active: Floats,
    free: Floats,
    busy: Floats,
    sums: Floats,
) -> None:
    """End some lanes, and the time that is measured in them, with the next call, which is not served any more."""
    for lane in range(first, last):
        end = now[lane] + gap * length_at(keys[GAPS * LANES + lane] ^ call)
        sums[WINDOW * LANES + lane] = end - started[lane]
        active[lane] = 0.0
        for place in range(lane, len(free), LANES):
            busy[place] -= max(free[place] - end, 0.0)
