"""The loop of a service system: one block of calls, from an empty system through its warm-up to the last call."""

from __future__ import annotations

from youbei.engine.simulation.chance import exponential, length_at, uniform
from youbei.engine.simulation.loops import Floats, Ints, Words, loop, part, stage

# Places in `plan`.
GAP, GROUP, SERVICE, START, MEASURED, LAST, STEPS = range(7)
# How many lengths are drawn in one go, `plan[STEPS]`.
CHUNK = 64
# Places in `sums`.
WINDOW, WAIT, WAITED, LOST, SUMS = range(5)


@loop
def serve_block(
    plan: Words,
    gap: float,
    service: float,
    has_line: bool,
    share: Floats,
    preference: Ints,
    gaps: Floats,
    lengths: Floats,
    free: Floats,
    busy: Floats,
    sent: Ints,
    sums: Floats,
) -> None:
    """Let calls come and be served; sum up what the calls from number `plan[MEASURED]` to `plan[LAST]` met.

    plan: keys of the draws, then numbers of calls and CHUNK. gap, service: mean lengths. share: upper bounds of the
    groups in the unit interval. preference: the servers, best first, group by group. gaps, lengths: room for CHUNK.
    free: when each server is free, all 0. busy, sent (group by group, server by server), sums: all 0, are filled.

    A call that waits takes the server that is free first: that is first come, first served. So the server of a call
    and its wait are known when it comes, and no list of events is needed.
    """
    servers = len(free)
    now = begin = 0.0
    at = CHUNK - 1
    for call in range(plan[START], plan[LAST]):
        at += 1
        if at == CHUNK:
            at = 0
            draw(gaps, plan[GAP], call, call + plan[STEPS], gap)
            draw(lengths, plan[SERVICE], call, call + plan[STEPS], service)
        now += gaps[at]
        is_measured = call >= plan[MEASURED]
        if call == plan[MEASURED]:
            begin = now
            for server in range(servers):
                busy[server] = max(free[server] - now, 0.0)
        group = 0
        if len(share) > 1:
            group = group_at(share, uniform(plan[GROUP], call))
        server = first_free(preference, group * servers, free, now, has_line)
        if server < 0:
            sums[LOST] += is_measured
            continue
        wait = max(free[server] - now, 0.0)
        free[server] = now + wait + lengths[at]
        busy[server] += lengths[at]
        if is_measured:
            sums[WAIT] += wait
            sums[WAITED] += wait > 0.0
            sent[group * servers + server] += 1
    # The next call, which is not served any more, ends the time that is measured.
    now += gap * exponential(plan[GAP], plan[LAST])
    sums[WINDOW] = now - begin
    for server in range(servers):
        busy[server] -= max(free[server] - now, 0.0)


@stage
def draw(draws: Floats, key: int, call: int, end: int, mean: float) -> None:
    """Draw the lengths of the next calls; in a loop without choices, of which a compiler does several turns at once."""
    for at, step in enumerate(range(call, end)):
        draws[at] = mean * length_at(key ^ step)


@stage
def group_at(share: Floats, u: float) -> int:
    """Return the first group whose upper bound lies above u."""
    low, high = 0, len(share) - 1
    while low < high:
        middle = (low + high) // 2
        if u < share[middle]:
            high = middle
        else:
            low = middle + 1
    return low


@part
def first_free(preference: Ints, first: int, free: Floats, now: float, has_line: bool) -> int:
    """Return the free server that is liked best, else the one that is free first; -1 where nobody waits for it."""
    servers = len(free)
    for place in range(first, first + servers):
        if free[preference[place]] <= now:
            return preference[place]
    if not has_line:
        return -1
    best = 0
    for server in range(1, servers):
        if free[server] < free[best]:
            best = server
    return best
