"""One unit for each place, out of very many units: the proven optimum, looking only as far as it has to.

A need pays at most its price for its last place; whoever arrives after that can never be part of a better plan. So the
search round an incident ends at the price of its needs, and everything beyond is left alone with proof.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from youbei.engine.dispatch.matching import Matched, Offers, match
from youbei.engine.dispatch.pool import Ints, Pool, Skilled, near, skilled
from youbei.engine.travel.graph import Graph
from youbei.engine.travel.search import Workspace

# Where to look first is guessed from the straight line at this pace; a wrong guess only costs time.
METRES_PER_TENTH = 1.2
METRES_PER_DEGREE = 111_195.0
LEAST_LOOK = 1200
SPARE = 2
WIDER = 1.3


@dataclass(frozen=True, slots=True)
class Wants:
    """What incidents need. node, weight (priority): by incident. incident, capability, count, points: by need.

    An incident needs a capability once. `points` is what an empty place counts; `most` the latest useful arrival, in
    tenths of a second, of all needs.
    """

    node: Ints
    weight: Ints
    incident: Ints
    capability: Ints
    count: Ints
    points: Ints
    most: int


@dataclass(frozen=True, slots=True)
class Filled:
    """Who fills which need, and when; places left empty; the value and its bound: points, then weighted arrival."""

    need: Ints
    unit: Ints
    arrival: Ints
    empty: Ints
    value: tuple[int, ...]
    bound: tuple[int, ...]
    radius: tuple[int, ...]

    @property
    def is_proven(self) -> bool:
        return self.value == self.bound


class Surroundings:
    """What is known around each incident so far."""

    def __init__(self, pool: Pool, reverse: Graph, wants: Wants, workspace: Workspace) -> None:
        self.pool, self.reverse, self.wants, self.workspace = pool, reverse, wants, workspace
        incidents = len(wants.node)
        self.needs = [np.flatnonzero(wants.incident == number) for number in range(incidents)]
        self.radius = [0] * incidents
        self.horizon = [0] * incidents
        self.is_all = [False] * incidents
        self.unit: list[Ints] = [np.empty(0, np.int64)] * len(wants.count)
        self.arrival: list[Ints] = [np.empty(0, np.int64)] * len(wants.count)

    def look(self, incident: int, radius: int) -> None:
        """Look round an incident as far as a radius, and keep its units by need, the first to arrive first."""
        wants = self.wants
        found = near(
            self.pool, self.reverse, int(wants.node[incident]), radius, most=wants.most, workspace=self.workspace
        )
        needs = self.needs[incident]
        entries = skilled(self.pool, found, needs, wants.capability[needs])
        self.radius[incident], self.horizon[incident], self.is_all[incident] = radius, found.horizon, found.is_all
        for need in needs:
            self.keep(int(need), entries)

    def keep(self, need: int, entries: Skilled) -> None:
        chosen = np.flatnonzero(entries.need == need)
        order = chosen[np.lexsort((entries.unit[chosen], entries.arrival[chosen]))]
        self.unit[need], self.arrival[need] = entries.unit[order], entries.arrival[order]

    def guess(self, incident: int) -> int:
        """Guess how far the search will have to go: as if all roads were straight."""
        node, pool = int(self.wants.node[incident]), self.pool
        lat, lon = self.reverse.lat, self.reverse.lon
        narrow = math.cos(math.radians(float(lat[node])))
        latest = LEAST_LOOK
        for need in self.needs[incident]:
            capability = int(self.wants.capability[need])
            if capability >= len(pool.able):
                continue
            able = pool.able[capability]
            north, east = able.lat - lat[node], (able.lon - lon[node]) * narrow
            arrival = np.sqrt(north * north + east * east) * (METRES_PER_DEGREE / METRES_PER_TENTH) + able.ready
            last = int(self.wants.count[need]) + SPARE
            if last <= len(arrival):
                latest = max(latest, int(np.partition(arrival, last - 1)[last - 1]))
        return min(latest, self.wants.most) - pool.earliest

    def look_for_enough(self, incident: int) -> None:
        """Look farther until every need of an incident has some choice, or nothing more can be found."""
        radius = max(LEAST_LOOK, self.guess(incident))
        while True:
            self.look(incident, radius)
            known = [np.searchsorted(self.arrival[n], self.horizon[incident], "right") for n in self.needs[incident]]
            if self.is_all[incident] or (np.array(known) >= self.wants.count[self.needs[incident]]).all():
                return
            radius = int(radius * WIDER)

    def is_enough(self, need: int, price: Ints, offered: int) -> bool:
        """Say whether no unit that was not offered to a need could come cheaper than its price; look farther if so."""
        incident = int(self.wants.incident[need])
        weight = int(self.wants.weight[incident])
        latest = self.wants.most if price[0] > 0 else int(price[1]) // weight
        if latest > self.horizon[incident] and not self.is_all[incident]:
            self.look(incident, int(max(latest - self.pool.earliest, self.radius[incident]) * 1.02) + 1)
            return False
        return offered >= len(self.arrival[need]) or int(self.arrival[need][offered]) >= latest


def fill_places(pool: Pool, reverse: Graph, wants: Wants, *, workspace: Workspace) -> Filled:
    """Return who fills which place so that the fewest points are left, then the weighted arrivals are least; proven.

    `reverse` is the road network turned round.
    """
    around = Surroundings(pool, reverse, wants, workspace)
    for incident in range(len(wants.node)):
        around.look_for_enough(incident)
    offered = np.minimum(2 * wants.count + SPARE, [len(one) for one in around.arrival])
    while True:
        offers, units, cut = offers_of(around, offered)
        matched = match(offers)
        offered = cut.copy()
        is_enough = True
        for need in range(len(wants.count)):
            if not around.is_enough(need, matched.need_price[need], int(cut[need])):
                is_enough = False
                price = matched.need_price[need]
                weight = int(wants.weight[wants.incident[need]])
                latest = wants.most if price[0] > 0 else int(price[1]) // weight
                within = int(np.searchsorted(around.arrival[need], latest, side="right"))
                offered[need] = min(len(around.arrival[need]), max(within, int(cut[need])) + SPARE)
        if is_enough:
            return filled(around, offers, units, matched)


def offers_of(around: Surroundings, offered: Ints) -> tuple[Offers, Ints, Ints]:
    """Return the offers to all needs, with units numbered anew; who they are; and how many each need was offered."""
    wants = around.wants
    cut = np.minimum(offered, [len(one) for one in around.arrival]).astype(np.int64)
    first = np.zeros(len(cut) + 1, np.int64)
    np.cumsum(cut, out=first[1:])
    names = np.concatenate([unit[:most] for unit, most in zip(around.unit, cut, strict=True)])
    arrival = np.concatenate([one[:most] for one, most in zip(around.arrival, cut, strict=True)])
    units, number = np.unique(names, return_inverse=True)
    weight = np.repeat(wants.weight[wants.incident], cut)
    cost = np.zeros((len(names), 2), np.int64)
    cost[:, 1] = arrival * weight
    missing = np.zeros((len(cut), 2), np.int64)
    missing[:, 0] = wants.points
    return Offers(first, number.astype(np.int64), cost, wants.count, missing, len(units)), units, cut


def filled(around: Surroundings, offers: Offers, units: Ints, matched: Matched) -> Filled:
    need_of: NDArray[np.int64] = np.repeat(np.arange(len(offers.asked)), np.diff(offers.first))
    need = need_of[matched.taken]
    unit = units[offers.unit[matched.taken]]
    arrival = offers.cost[matched.taken, 1] // around.wants.weight[around.wants.incident[need]]
    return Filled(need, unit, arrival, matched.empty, matched.value, matched.bound, tuple(around.radius))
