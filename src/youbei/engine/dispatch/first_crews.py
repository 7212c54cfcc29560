"""A first plan for crews within milliseconds: who to alert while the better plan is being worked out.

Who goes is chosen by straight lines first, among those who are likely to be near; the roads are then searched no
farther than to those who were chosen, and whoever was passed on the way is chosen from anew, by the roads. There is
always a plan: where not all people can be had, it says how many are missing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from youbei.engine.dispatch.crews import Columns, Floats, Ints, clamped, nearest
from youbei.engine.dispatch.first_loops import first_plan
from youbei.engine.dispatch.first_scarce import share_out
from youbei.engine.dispatch.looks import PEOPLE_OF_A_UNIT, columns_of
from youbei.engine.dispatch.places import METRES_PER_DEGREE, METRES_PER_TENTH, Wants
from youbei.engine.dispatch.pool import Near, Pool, Small, near_as_far_as
from youbei.engine.travel.graph import Graph
from youbei.engine.travel.search import Workspace

# Assumption: who covers a need so many times over, and so many units more, is choice enough for a first plan.
ENOUGH, SPARE = 3.0, 6
# Where that leaves somebody missing, the choice is made so much larger, until it is everybody.
LARGER = 4
ROUNDS = 2
# A guess of who has not been seen on the roads counts so much longer once others have been seen.
UNSEEN = 1.1
# The roads are searched so often, where those who were chosen turn out to be too far away.
LOOKS = 4
# So many more ways to value people are tried among those who were seen.
WAYS = 10
# So many pairs of incidents that want the same unit, by incident, begin anew together.
PAIRS = 100
# So often those who can do what is scarce are shared out anew, where sharing out made something else scarce.
SCARCE_ROUNDS = 3
GOLDEN = (math.sqrt(5) - 1) / 2


@dataclass(frozen=True, slots=True)
class FirstCrews:
    """Who is sent to which incident and arrives when, in tenths of a second; how many people each need still misses.

    Not `is_by_road`: arrivals are guessed along straight lines. Nothing is known of how good the plan is.
    """

    unit: Ints
    incident: Ints
    arrival: Ints
    missing: Ints
    is_by_road: bool

    def value(self, wants: Wants) -> int:
        """Return the sum of arrivals, weighted: what better plans have less of, where nothing is missing."""
        return int((self.arrival * wants.weight[self.incident]).sum())


class Guesses:
    """What is known of who is where round the incidents: seen on the roads so far, and guessed beyond."""

    def __init__(self, pool: Pool, reverse: Graph, wants: Wants) -> None:
        self.pool, self.reverse, self.wants = pool, reverse, wants
        self.seen: list[Near | None] = [None] * len(wants.node)
        self.is_seen = np.zeros(pool.units, np.bool_)

    def straight(self, incident: int, units: Small) -> Ints:
        """Return when units would arrive along straight lines."""
        nodes = self.pool.node[units]
        lat, lon = self.reverse.lat, self.reverse.lon
        at = int(self.wants.node[incident])
        north, east = lat[nodes] - lat[at], (lon[nodes] - lon[at]) * math.cos(math.radians(float(lat[at])))
        ways = np.sqrt(north * north + east * east) * (METRES_PER_DEGREE / METRES_PER_TENTH)
        arrival: Ints = ways.astype(np.int64) + self.pool.ready[units]
        return arrival

    def around(self, incident: int, larger: int, *, is_guessed: bool) -> Near:
        """Return who was seen round an incident, with those beyond who are likely to be the nearest of each need."""
        seen = self.seen[incident]
        if seen is not None and (seen.is_all or not is_guessed):
            return seen
        chosen = [self.likely(incident, int(need), larger) for need in np.flatnonzero(self.wants.incident == incident)]
        units = np.unique(np.concatenate(chosen))
        if seen is None:
            return Near(units, self.straight(incident, units), 0, False, 0)
        self.is_seen[seen.unit] = True
        units = units[~self.is_seen[units]]
        self.is_seen[seen.unit] = False
        beyond = np.maximum((self.straight(incident, units) * UNSEEN).astype(np.int64), seen.horizon + 1)
        return Near(np.concatenate([seen.unit, units]), np.concatenate([seen.arrival, beyond]), seen.horizon, False, 0)

    def likely(self, incident: int, need: int, larger: int) -> Small:
        capability = int(self.wants.capability[need])
        if capability >= len(self.pool.able):
            return np.empty(0, np.int32)
        able = self.pool.able[capability]
        count = larger * (math.ceil(ENOUGH * int(self.wants.count[need]) / PEOPLE_OF_A_UNIT) + SPARE)
        if count >= len(able.unit):
            return able.unit
        return able.unit[np.argpartition(self.straight(incident, able.unit), count)[:count]]

    def choose(self, before: FirstCrews, *, is_guessed: bool) -> FirstCrews:
        """Choose anew, beginning with a plan; among ever more of those who are likely where people are missing."""
        larger = 1
        while True:
            found = [self.around(one, larger, is_guessed=is_guessed) for one in range(len(self.seen))]
            columns, arrival = columns_of(self.pool, self.wants, found)
            is_everybody = larger * PEOPLE_OF_A_UNIT > self.pool.units or not is_guessed
            plan = chosen_of(
                columns,
                arrival,
                before,
                # Where others are likely too, they are looked at before those at hand are shared out exactly.
                capability=self.wants.capability if is_everybody else None,
                share=ENOUGH * larger,
                ways=1 if is_guessed else WAYS,
            )
            if not plan.missing.any() or is_everybody:
                return plan
            larger *= LARGER

    def unseen(self, plan: FirstCrews, incident: int) -> Ints:
        """Return who is sent to an incident without having been seen on the roads."""
        units: Ints = plan.unit[plan.incident == incident]
        seen = self.seen[incident]
        return units if seen is None else units[~np.isin(units, seen.unit)]


def nobody(wants: Wants) -> FirstCrews:
    none = np.empty(0, np.int64)
    return FirstCrews(none, none, none, wants.count, False)


def guessed_crews(pool: Pool, reverse: Graph, wants: Wants) -> FirstCrews:
    """Return who should be alerted at once, chosen along straight lines: no road has been looked at yet."""
    return Guesses(pool, reverse, wants).choose(nobody(wants), is_guessed=True)


def first_crews(pool: Pool, reverse: Graph, wants: Wants, *, workspace: Workspace) -> FirstCrews:
    """Return a first plan by road: whoever is sent arrives then, by the latest useful time."""
    guesses = Guesses(pool, reverse, wants)
    plan = nobody(wants)
    for _look in range(LOOKS):
        guessed = guesses.choose(plan, is_guessed=True)
        for incident in range(len(wants.node)):
            units = guesses.unseen(guessed, incident)
            if len(units):
                node = int(wants.node[incident])
                guesses.seen[incident] = near_as_far_as(
                    pool, reverse, node, units, most=wants.most, workspace=workspace
                )
        plan = guesses.choose(guessed, is_guessed=False)
        if not plan.missing.any() or guessed.missing.sum() >= plan.missing.sum():
            break
    return replace(plan, is_by_road=True)


def chosen_of(
    columns: Columns, arrival: Ints, before: FirstCrews, *, capability: Ints | None, share: float, ways: int
) -> FirstCrews:
    """Return what is chosen of some columns: first for the needs that few can fill, then better incident by incident.

    Of the plan `before` whoever is still among the columns goes as it says, unless somebody better is found. What is
    missing then is shared out exactly, before everything else, where the `capability` of each need is given.
    """
    if not columns.count:
        none = np.empty(0, np.int64)
        return FirstCrews(none, none, none, columns.demand.copy(), False)
    key = columns.incident * columns.units + columns.unit
    sent = np.flatnonzero(np.isin(key, before.incident * columns.units + before.unit))
    likely = np.union1d(nearest(columns, share), sent)
    part, arrival = clamped(columns.only(likely)), arrival[likely]
    chosen, missing = filled(part, np.searchsorted(likely, sent), ways)
    kinds: Ints = np.empty(0, np.int64)
    for _round in range(SCARCE_ROUNDS):
        if capability is None:
            break
        new = np.setdiff1d(capability[missing > 0], kinds)
        if not len(new):
            break
        kinds = np.union1d(kinds, new)
        other, lacking = filled(part, share_out(part, np.isin(capability, kinds)), ways)
        if lacking.sum() < missing.sum():
            chosen, missing = other, lacking
    return FirstCrews(part.unit[chosen], part.incident[chosen], arrival[chosen], missing, False)


def filled(part: Columns, begin: Ints, ways: int) -> tuple[Ints, Ints]:
    """Return the columns that are chosen, beginning with some, and how many people each need misses."""
    entry_column = np.repeat(np.arange(part.count), np.diff(part.first))
    rate = part.cost[entry_column] / np.maximum(1, part.people)
    of_need = np.lexsort((entry_column, rate, part.need))
    of_need_first = np.searchsorted(part.need[of_need], np.arange(len(part.demand) + 1))
    incidents = int(part.need_incident.max()) + 1
    need_of = np.argsort(part.need_incident, kind="stable")
    price, scarcity = prices(part, of_need, of_need_first, rate)
    picked, missing = first_plan(
        np.searchsorted(part.incident, np.arange(incidents + 1)),
        part.incident,
        part.first,
        part.unit,
        part.cost.astype(np.float64),
        part.need,
        entry_column,
        part.people,
        part.demand,
        np.searchsorted(part.need_incident[need_of], np.arange(incidents + 1)),
        need_of,
        of_need_first,
        of_need,
        worths_of(price, part.demand, ways),
        np.argsort(-scarcity, kind="stable"),
        part.units,
        ROUNDS,
        begin,
        np.random.default_rng(0).integers(0, 2**60, PAIRS * incidents if ways > 1 else 0),
    )
    return np.flatnonzero(picked), missing


def worths_of(price: Floats, demand: Ints, ways: int) -> Floats:
    """Return ways to value people: at what the last one costs, evenly by need, and at other mixtures of that kind."""
    even = 1 / np.maximum(1.0, demand)
    turned = [(np.arange(len(price)) + 1) * (way + 1) * GOLDEN % 1 for way in range(ways)]
    return np.stack([price, even, *(price * (0.4 + 1.2 * one) for one in turned)])


def prices(part: Columns, of_need: Ints, of_need_first: Ints, rate: Floats) -> tuple[Floats, Floats]:
    """Return by need what its last person costs, the cheapest first, and the share asked of all who could come."""
    price, scarcity = np.ones(len(part.demand)), np.zeros(len(part.demand))
    for need in range(len(part.demand)):
        entries = of_need[of_need_first[need] : of_need_first[need + 1]]
        people = np.cumsum(part.people[entries])
        if not len(people):
            continue
        last = min(int(np.searchsorted(people, part.demand[need])), len(people) - 1)
        price[need] = max(1.0, float(rate[entries[last]]))
        scarcity[need] = part.demand[need] / max(1, int(people[-1]))
    return price, scarcity
