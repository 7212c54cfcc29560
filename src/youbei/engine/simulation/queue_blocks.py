"""The blocks that the calls of a service system are split into, alone or several at once.

Their number is fixed. Each block is a replication of its own: it begins empty, leaves out a warm-up, and draws by
`(seed, block, purpose, call)`. Which thread computes which, alone or in a lane beside others, does not show.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from youbei.engine.draws import Purpose
from youbei.engine.simulation.chance import key
from youbei.engine.simulation.loops import IS_COMPILED, floats, ints, no_floats, no_ints, no_words, words
from youbei.engine.simulation.queue_loop import CHUNK, LOST, SUMS, WAIT, WAITED, WINDOW, serve_block
from youbei.engine.simulation.queue_model import QueueModel

if IS_COMPILED:
    from youbei.engine.simulation.lanes import LANES
    from youbei.engine.simulation.queue_lanes import MOST_SERVERS, serve_lanes

BLOCKS, PARTS = 64, 4
# Assumption: after ten relaxation times the memory of an empty beginning is e**-10 of what it was.
RELAXATIONS = 10


@dataclass(frozen=True, slots=True)
class Block:
    """What one block measured: its length in time, sums over its calls, time busy by server, calls by group, server."""

    calls: int
    window: float
    wait: float
    waited: int
    lost: int
    busy: tuple[float, ...]
    sent: tuple[int, ...]


def warm_up_of(model: QueueModel) -> int:
    """Return how many calls of each block are left out.

    With a line, the memory of the beginning fades in load/(1 - sqrt(load))**2 calls, and no sooner than in a service
    time. Source: Karlin, McGregor: Many Server Queueing Processes with Poisson Input and Exponential Service Times,
    Pacific Journal of Mathematics 8, 1958. Without a line it fades in about a service time, in which `offered` calls
    come; far above the servers, sooner.
    """
    offered = model.rate / model.service_rate
    if not model.has_line:
        return math.ceil(RELAXATIONS * (min(offered, 10.0 * model.servers) + model.servers))
    return math.ceil(RELAXATIONS * (model.load / (1 - math.sqrt(model.load)) ** 2 + model.servers))


def part_of(model: QueueModel, number: int, *, calls: int, seed: int) -> tuple[Block, ...]:
    """Simulate one of the PARTS of the fixed split of `calls`: as many blocks as there are lanes."""
    size = BLOCKS // PARTS
    numbers = range(number * size, (number + 1) * size)
    if IS_COMPILED and len(model.groups) == 1 and model.servers <= MOST_SERVERS:
        return in_lanes(model, numbers, calls=calls, seed=seed)
    return tuple(one_block(model, one, calls=calls, seed=seed) for one in numbers)


def in_lanes(model: QueueModel, numbers: range, *, calls: int, seed: int) -> tuple[Block, ...]:
    """Simulate blocks side by side, for calls of one group: servers in the order in which it prefers them."""
    own, warm_up, servers = calls // BLOCKS, warm_up_of(model), model.servers
    longer = max(0, min(LANES, calls % BLOCKS - numbers.start))
    kinds = (Purpose.CALL_GAP, Purpose.SERVICE)
    free, busy, sent, sums = (no_floats(rows * LANES) for rows in (servers, servers, servers, SUMS))
    serve_lanes(
        ints((warm_up, own, longer)),
        words(key(seed, number, purpose) for purpose in kinds for number in numbers),
        words((0, warm_up + own + (longer > 0), CHUNK)),
        1 / model.rate,
        1 / model.service_rate,
        model.has_line,
        no_words(CHUNK * LANES),
        no_floats(CHUNK * LANES),
        no_floats(CHUNK * LANES),
        no_floats(LANES),
        no_floats(LANES),
        floats([1.0] * LANES),
        free,
        busy,
        sent,
        sums,
    )
    place = places(model)
    return tuple(
        Block(
            calls=own + (lane < longer),
            window=float(sums[WINDOW * LANES + lane]),
            wait=float(sums[WAIT * LANES + lane]),
            waited=int(sums[WAITED * LANES + lane]),
            lost=int(sums[LOST * LANES + lane]),
            busy=tuple(float(busy[one * LANES + lane]) for one in place),
            sent=tuple(int(sent[one * LANES + lane]) for one in place),
        )
        for lane in range(LANES)
    )


def one_block(model: QueueModel, number: int, *, calls: int, seed: int) -> Block:
    """Simulate one block of the fixed split of `calls`."""
    own = calls // BLOCKS + (number < calls % BLOCKS)
    warm_up = warm_up_of(model)
    place = places(model)
    keys = (key(seed, number, purpose) for purpose in (Purpose.CALL_GAP, Purpose.CALL_GROUP, Purpose.SERVICE))
    busy, sent, sums = no_floats(model.servers), no_ints(model.servers * len(model.groups)), no_floats(SUMS)
    serve_block(
        words((*keys, 0, warm_up, warm_up + own, CHUNK)),
        1 / model.rate,
        1 / model.service_rate,
        model.has_line,
        floats(upper_bounds(model)),
        ints(place[server] for group in model.groups for server in group.preference),
        no_floats(CHUNK),
        no_floats(CHUNK),
        no_floats(model.servers),
        busy,
        sent,
        sums,
    )
    return Block(
        calls=own,
        window=float(sums[WINDOW]),
        wait=float(sums[WAIT]),
        waited=int(sums[WAITED]),
        lost=int(sums[LOST]),
        busy=tuple(float(busy[one]) for one in place),
        sent=tuple(int(sent[first + one]) for first in range(0, len(sent), model.servers) for one in place),
    )


def places(model: QueueModel) -> list[int]:
    """Return by server where it stands in the list of the first group: the number that it has in the loops."""
    return sorted(range(model.servers), key=model.groups[0].preference.__getitem__)


def upper_bounds(model: QueueModel) -> list[float]:
    """Return where each group ends in the unit interval; the last ends beyond it."""
    rates = [group.rate for group in model.groups]
    return [math.fsum(rates[: last + 1]) / model.rate for last in range(len(rates) - 1)] + [2.0]
