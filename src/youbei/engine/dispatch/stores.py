"""Very many lots as columns, one posting list for each item, and who gets what from where.

Items do not touch one another. Where nobody competes for a lot, each need takes the lots that are there first, which is
best; where needs of several incidents want the same lots, a transport program decides, proven by its prices in whole
numbers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from youbei.engine.dispatch.pool import Ints, Small
from youbei.engine.dispatch.program import INFINITY, Rows, solve_linear
from youbei.engine.travel.graph import Graph
from youbei.engine.travel.search import Workspace, within

KEEPS = int(np.iinfo(np.int64).max)
# The first look goes so far (tenths of a second of travel), each further one twice as far; this only costs time.
FIRST_LOOK = 9000


@dataclass(frozen=True, slots=True)
class Stores:
    """Lots ordered by item: those of item i are `first[i]` to `first[i + 1]`. Times are tenths of a second from now.

    lot: the number the caller gave it. depot: its store. ready: when it can leave. expires: when it is of no more use.
    node: where each depot stands.
    """

    first: Ints
    lot: Ints
    depot: Small
    quantity: Ints
    ready: Ints
    expires: Ints
    node: Small

    def of(self, item: int) -> slice:
        return slice(int(self.first[item]), int(self.first[item + 1])) if item + 1 < len(self.first) else slice(0, 0)


def make_stores(
    *, item: ArrayLike, depot: ArrayLike, quantity: ArrayLike, ready: ArrayLike, expires: ArrayLike, node: ArrayLike
) -> Stores:
    """Return stores from columns; `expires` is KEEPS for what does not expire."""
    items = np.asarray(item, np.int64)
    order = np.argsort(items, kind="stable")
    first = np.zeros(int(items.max(initial=-1)) + 2, np.int64)
    np.cumsum(np.bincount(items, minlength=len(first) - 1), out=first[1:])
    return Stores(
        first,
        order,
        np.asarray(depot, np.int32)[order],
        np.asarray(quantity, np.int64)[order],
        np.asarray(ready, np.int64)[order],
        np.asarray(expires, np.int64)[order],
        np.asarray(node, np.int32),
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """Needs of items: by need the incident, item and quantity; by incident its node and weight; the latest use."""

    node: Ints
    weight: Ints
    incident: Ints
    item: Ints
    quantity: Ints
    most: int


@dataclass(frozen=True, slots=True)
class Drawn:
    """What is taken: by draw the need, the lot, the quantity and its arrival; what each need lacks.

    value: weight times pieces times arrival, over all draws, with as little lacking as can be; `is_proven`: none less.
    """

    need: Ints
    lot: Ints
    quantity: Ints
    arrival: Ints
    lacking: Ints
    value: int
    is_proven: bool


@dataclass(frozen=True, slots=True)
class Offered:
    """The lots that could serve a need (positions in the stores), the first to arrive first."""

    position: Ints
    arrival: Ints


def draw(stores: Stores, reverse: Graph, asked: Asked, *, workspace: Workspace) -> Drawn:
    """Return which lots serve which needs so that least is lacking and the weighted arrivals are least."""
    offered = look_around(stores, reverse, asked, workspace)
    parts: list[tuple[Ints, Ints, Ints, Ints]] = []
    is_proven = True
    for item in np.unique(asked.item):
        needs = np.flatnonzero(asked.item == item)
        chosen = [first_come(stores, offered[need], int(asked.quantity[need])) for need in needs]
        at = stores.of(int(item))
        taken = np.bincount(
            np.concatenate([position for position, _, _ in chosen]) - at.start,
            np.concatenate([quantity for _, quantity, _ in chosen]),
            minlength=at.stop - at.start,
        )
        if (taken > stores.quantity[at]).any():
            chosen, proven = compete(stores, asked, needs, [offered[need] for need in needs])
            is_proven = is_proven and proven
        for need, (position, quantity, arrival) in zip(needs, chosen, strict=True):
            parts.append((np.full(len(position), need), position, quantity, arrival))
    of_need, position, quantity, arrival = (
        np.concatenate([part[at] for part in parts]).astype(np.int64) if parts else np.empty(0, np.int64)
        for at in range(4)
    )
    given = np.bincount(of_need, quantity, minlength=len(asked.quantity)).astype(np.int64)
    value = int((asked.weight[asked.incident[of_need]] * quantity * arrival).sum())
    return Drawn(of_need, stores.lot[position], quantity, arrival, asked.quantity - given, value, is_proven)


def look_around(stores: Stores, reverse: Graph, asked: Asked, workspace: Workspace) -> list[Offered]:
    """Return who could serve each need, looking round each incident until nothing beyond can matter."""
    found: list[Offered] = [Offered(np.empty(0, np.int64), np.empty(0, np.int64))] * len(asked.quantity)
    rivals = np.bincount(asked.item, asked.quantity, minlength=len(stores.first)).astype(np.int64)
    for incident, node in enumerate(asked.node):
        radius = FIRST_LOOK
        while True:
            reach = min(radius, asked.most)
            nodes, times = within(reverse, int(node), reach, workspace=workspace)
            way = np.full(reverse.places, KEEPS // 4, np.int64)
            way[nodes] = times
            depot_way = way[stores.node]
            is_enough = True
            for need in np.flatnonzero(asked.incident == incident):
                found[need] = offer(stores, int(asked.item[need]), depot_way, asked.most)
                # Rivals may take what is nearest: only beyond what all of them want together nothing matters.
                known = stores.quantity[found[need].position[found[need].arrival <= reach]].sum()
                is_enough = is_enough and bool(known >= rivals[asked.item[need]])
            if is_enough or reach == asked.most:
                break
            radius *= 2
    return found


def offer(stores: Stores, item: int, depot_way: Ints, most: int) -> Offered:
    """Return the lots of an item that arrive in time and keep until then."""
    at = stores.of(item)
    arrival = depot_way[stores.depot[at]] + stores.ready[at]
    usable = np.flatnonzero((arrival <= most) & (arrival < stores.expires[at]) & (stores.quantity[at] > 0))
    order = usable[np.lexsort((usable, arrival[usable]))]
    return Offered(order + at.start, arrival[order])


def first_come(stores: Stores, offered: Offered, quantity: int) -> tuple[Ints, Ints, Ints]:
    """Take from the lots in order of arrival until the quantity is reached."""
    so_far = np.cumsum(stores.quantity[offered.position])
    last = min(int(np.searchsorted(so_far, quantity)) + 1, len(so_far))
    taken = stores.quantity[offered.position[:last]].copy()
    if last and so_far[last - 1] > quantity:
        taken[-1] -= so_far[last - 1] - quantity
    return offered.position[:last], taken, offered.arrival[:last]


def compete(
    stores: Stores, asked: Asked, needs: Ints, offered: list[Offered]
) -> tuple[list[tuple[Ints, Ints, Ints]], bool]:
    """Share the lots of one item between needs by a transport program; say whether its prices prove it."""
    lots, lot = np.unique(np.concatenate([one.position for one in offered]), return_inverse=True)
    arrival = np.concatenate([one.arrival for one in offered])
    need = np.repeat(np.arange(len(needs)), [len(one.arrival) for one in offered])
    weight = asked.weight[asked.incident[needs]]
    cost = np.concatenate([arrival * weight[need], np.full(len(needs), int(asked.most) * int(weight.max()) * 2 + 1)])
    rows = np.concatenate([need, np.arange(len(needs)), len(needs) + lot])
    columns = np.concatenate([np.arange(len(cost)), np.arange(len(arrival))])
    order = np.argsort(rows, kind="stable")
    start = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=len(needs) + len(lots)))])
    wanted, held = asked.quantity[needs], stores.quantity[lots]
    program = Rows(
        np.concatenate([wanted, np.full(len(lots), -INFINITY)]).astype(np.float64),
        np.concatenate([wanted, held]).astype(np.float64),
        start.astype(np.int32),
        columns[order].astype(np.int32),
        np.ones(len(columns)),
    )
    found = solve_linear(cost.astype(np.float64), np.zeros(len(cost)), np.full(len(cost), INFINITY), program)
    assert found.values is not None  # noqa: S101  (leaving everything empty is always allowed)
    assert found.row_duals is not None  # noqa: S101
    flow = np.round(found.values).astype(np.int64)
    prices = np.round(found.row_duals).astype(np.int64)
    need_price, lot_price = prices[: len(needs)], np.minimum(prices[len(needs) :], 0)
    is_bound = bool(
        (arrival * weight[need] >= need_price[need] + lot_price[lot]).all()
        and (cost[len(arrival) :] >= need_price).all()
    )
    bound = int((wanted * need_price).sum() + (held * lot_price).sum())
    taken = [np.flatnonzero((need == number) & (flow[: len(arrival)] > 0)) for number in range(len(needs))]
    shares = [(lots[lot[at]], flow[at], arrival[at]) for at in taken]
    return shares, is_bound and bound == int((flow * cost).sum())
