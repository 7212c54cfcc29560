"""Who is near each incident of a question, as far as anybody asked so far: no way is searched for twice."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from youbei.engine.dispatch.crews import Columns
from youbei.engine.dispatch.places import LEAST_LOOK, METRES_PER_DEGREE, METRES_PER_TENTH, Wants
from youbei.engine.dispatch.pool import Ints, Near, Pool, near, skilled
from youbei.engine.travel.graph import Graph
from youbei.engine.travel.search import Workspace

EVERYBODY = int(np.iinfo(np.int32).max)
# Assumption: a unit brings so many people on average; only the first guess of how far to look rests on it.
PEOPLE_OF_A_UNIT = 3
# A look that is likely to pass more than this share of all nodes is made through all of them, and is the last.
MOST_OF_ALL = 0.5
# So few units are all taken into account where they are known, however far away.
FEW_UNITS = 2000


def columns_of(pool: Pool, wants: Wants, found: Sequence[Near]) -> tuple[Columns, Ints]:
    """Return a column for each unit that was found near an incident and is of use there, and the arrivals."""
    unit, incident, arrival, first, need, people = [], [], [], [np.zeros(1, np.int64)], [], []
    for number, near_it in enumerate(found):
        needs = np.flatnonzero(wants.incident == number)
        entries = skilled(pool, near_it, needs, wants.capability[needs])
        begins = np.flatnonzero(np.diff(entries.unit, prepend=-1))
        unit.append(entries.unit[begins])
        arrival.append(entries.arrival[begins])
        incident.append(np.full(len(begins), number))
        ends = np.append(begins[1:], len(entries.unit))[: len(begins)]
        first.append(ends + (int(first[-1][-1]) if len(first[-1]) else 0))
        need.append(entries.need)
        people.append(entries.crew)
    when, where = np.concatenate(arrival), np.concatenate(incident)
    columns = Columns(
        np.concatenate(unit),
        where,
        when * wants.weight[where],
        np.concatenate(first),
        np.concatenate(need),
        np.concatenate(people),
        wants.count,
        wants.incident,
        pool.units,
    )
    return columns, when


class Looks:
    """What is known round the incidents of a question. `pool`, `reverse` and `wants` are as in `crew_field`."""

    def __init__(self, pool: Pool, reverse: Graph, wants: Wants, workspace: Workspace) -> None:
        self.pool, self.reverse, self.wants, self.workspace = pool, reverse, wants, workspace
        self.known: list[Near | None] = [None] * len(wants.node)

    @property
    def incidents(self) -> int:
        return len(self.known)

    def near(self, incident: int, radius: int) -> Near:
        """Return who is near an incident; look only where nobody has looked so far before."""
        known = self.known[incident]
        if known is None or (radius + self.pool.earliest > known.horizon and not known.is_all):
            node, most = int(self.wants.node[incident]), self.wants.most
            reach = most if self.is_nearly_all(radius) else radius
            known = near(self.pool, self.reverse, node, reach, most=most, workspace=self.workspace)
            self.known[incident] = known
        return self.cut(known, radius + self.pool.earliest) if len(known.unit) > FEW_UNITS else known

    def cut(self, known: Near, horizon: int) -> Near:
        """Leave out who arrives after a horizon."""
        if horizon >= known.horizon:
            return known
        kept = known.arrival <= horizon
        return Near(known.unit[kept], known.arrival[kept], horizon, known.is_all and bool(kept.all()), known.nodes)

    def is_nearly_all(self, radius: int) -> bool:
        """Say whether a look is likely to pass most nodes: their number grows as the square of the radius."""
        looked = [(one.horizon - self.pool.earliest, one.nodes) for one in self.known if one is not None]
        squares = sum(reach * reach for reach, _ in looked)
        nodes = sum(passed for _, passed in looked)
        return squares > 0 and nodes * radius * radius > MOST_OF_ALL * self.reverse.nodes * squares

    def columns(self, radius: Ints) -> tuple[Columns, Ints, Ints]:
        """Return all columns that are known within a radius of each incident or farther, and their arrivals.

        With them the horizons, before which nobody is left out (EVERYBODY: nobody at all).
        """
        found = [self.near(number, int(radius[number])) for number in range(self.incidents)]
        columns, arrival = columns_of(self.pool, self.wants, found)
        return columns, arrival, np.array([EVERYBODY if one.is_all else one.horizon for one in found], np.int64)

    def guess(self, incident: int, spare: int) -> int:
        """Guess how far to look to see who is needed and so many units more, as if all roads were straight."""
        node, pool, wants = int(self.wants.node[incident]), self.pool, self.wants
        lat, lon = float(self.reverse.lat[node]), float(self.reverse.lon[node])
        narrow, latest = math.cos(math.radians(lat)), LEAST_LOOK
        for need in np.flatnonzero(wants.incident == incident):
            able = pool.able[int(wants.capability[need])] if wants.capability[need] < len(pool.able) else None
            if able is None or not len(able.ready):
                continue
            north, east = able.lat - lat, (able.lon - lon) * narrow
            arrival = np.sqrt(north * north + east * east) * (METRES_PER_DEGREE / METRES_PER_TENTH) + able.ready
            last = min(len(arrival), int(wants.count[need]) // PEOPLE_OF_A_UNIT + spare)
            latest = max(latest, int(np.partition(arrival, last - 1)[last - 1]))
        return latest

    def guesses(self, spare: int) -> Ints:
        return np.array([self.guess(number, spare) for number in range(self.incidents)], np.int64)
