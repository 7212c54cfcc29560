"""Crews out of very many units: the columns near each incident, and proof that nobody farther away can matter.

A unit that arrives later than all its people could save anywhere in the tables of an incident cannot lower the bound,
and cannot be in a plan as cheap as the best: so far the search has to go, and no farther.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from youbei.engine.dispatch.budget import Budget, Meter
from youbei.engine.dispatch.cover_tables import build_plan
from youbei.engine.dispatch.crew_search import Search, carry_on, prepare
from youbei.engine.dispatch.crews import Columns, Covered, Ints, clamped, nearest
from youbei.engine.dispatch.places import LEAST_LOOK, METRES_PER_DEGREE, METRES_PER_TENTH, Wants
from youbei.engine.dispatch.pool import Pool, near, skilled
from youbei.engine.travel.graph import Graph
from youbei.engine.travel.search import Workspace

# Assumption: a unit brings so many people on average; only the first guess of how far to look rests on it.
PEOPLE_OF_A_UNIT = 3
MOST_LOOKS = 8
# Assumption: who covers a need so many times over is choice enough for a first plan.
ENOUGH = 3.0
FARTHER = 1.15


@dataclass(frozen=True, slots=True)
class CrewsSent:
    """Who is sent to which incident and arrives when; the weighted arrivals and their bound."""

    unit: Ints
    incident: Ints
    arrival: Ints
    found: Covered
    columns: int

    @property
    def is_proven(self) -> bool:
        return self.found.is_proven


def guess(pool: Pool, reverse: Graph, wants: Wants, incident: int) -> int:
    """Guess how far to look, as if all roads were straight."""
    node = int(wants.node[incident])
    lat, lon = float(reverse.lat[node]), float(reverse.lon[node])
    narrow, latest = math.cos(math.radians(lat)), LEAST_LOOK
    for need in np.flatnonzero(wants.incident == incident):
        able = pool.able[int(wants.capability[need])] if wants.capability[need] < len(pool.able) else None
        if able is None or not len(able.ready):
            continue
        north, east = able.lat - lat, (able.lon - lon) * narrow
        arrival = np.sqrt(north * north + east * east) * (METRES_PER_DEGREE / METRES_PER_TENTH) + able.ready
        last = min(len(arrival), int(wants.count[need]) // PEOPLE_OF_A_UNIT + 4)
        latest = max(latest, int(np.partition(arrival, last - 1)[last - 1]))
    return latest


def columns_near(
    pool: Pool, reverse: Graph, wants: Wants, radius: Ints, *, workspace: Workspace
) -> tuple[Columns, Ints, Ints]:
    """Return all columns within a radius of each incident, their arrivals, and the horizons (none: a huge number)."""
    unit, incident, arrival, first, need, people = [], [], [], [np.zeros(1, np.int64)], [], []
    horizon = np.zeros(len(wants.node), np.int64)
    for number, node in enumerate(wants.node):
        found = near(pool, reverse, int(node), int(radius[number]), most=wants.most, workspace=workspace)
        horizon[number] = np.iinfo(np.int32).max if found.is_all else found.horizon
        needs = np.flatnonzero(wants.incident == number)
        entries = skilled(pool, found, needs, wants.capability[needs])
        begins = np.flatnonzero(np.diff(entries.unit, prepend=-1))
        unit.append(entries.unit[begins])
        arrival.append(entries.arrival[begins])
        incident.append(np.full(len(begins), number))
        ends = np.append(begins[1:], len(entries.unit))[: len(begins)]
        first.append(ends + (int(first[-1][-1]) if len(first[-1]) else 0))
        need.append(entries.need)
        people.append(entries.crew)
    when = np.concatenate(arrival)
    where = np.concatenate(incident)
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
    return columns, when, horizon


def first_crews(pool: Pool, reverse: Graph, wants: Wants, *, workspace: Workspace) -> CrewsSent:
    """Return a plan within milliseconds: incident by incident, who brings most of what is missing per second of way.

    Nothing is known of how good it is: its bound is 0. `found.picked` is None where this way covers not all needs.
    """
    radius = np.array([guess(pool, reverse, wants, number) for number in range(len(wants.node))])
    while True:
        columns, arrival, horizon = columns_near(pool, reverse, wants, radius, workspace=workspace)
        picked = built(clamped(columns)) if columns.count else np.empty(0, np.int64)
        part = columns.only(picked)
        given = np.bincount(part.need, part.people, minlength=len(wants.count))
        is_short = np.bincount(wants.incident, given < wants.count, minlength=len(wants.node)) > 0
        if not is_short.any():
            found = Covered(picked, int(part.cost.sum()), 0)
            return CrewsSent(part.unit, part.incident, arrival[picked], found, columns.count)
        if bool((horizon >= wants.most)[is_short].all()):
            nobody = np.empty(0, np.int64)
            return CrewsSent(nobody, nobody, nobody, Covered(None, 0, 0), columns.count)
        radius = np.where(is_short, radius * 2, radius)


def built(columns: Columns) -> Ints:
    """Return the columns that are chosen greedily, the cheapest per share of what is still missing first."""
    chosen = nearest(columns, ENOUGH)
    part = columns.only(chosen)
    order = np.argsort(part.incident, kind="stable")
    bits = build_plan(
        part.first,
        part.unit,
        np.searchsorted(part.incident[order], np.arange(int(columns.need_incident.max()) + 2)).astype(np.int64),
        order,
        part.cost.astype(np.float64),
        part.need,
        part.people,
        part.demand,
        1 / np.maximum(1, part.demand),
        part.units,
    )
    picked: Ints = chosen[bits.view(np.bool_)]
    return picked


def send_crews(
    pool: Pool,
    reverse: Graph,
    wants: Wants,
    *,
    workspace: Workspace,
    budget: Budget,
    meter: Meter,
) -> CrewsSent:
    """Return who goes where so that all people are there and the weighted arrivals are least, with a bound.

    `wants.count` is people; `reverse` the road network turned round. `found.picked` is None where the units within
    reach cannot cover all needs.
    """
    radius = np.array([guess(pool, reverse, wants, number) for number in range(len(wants.node))])
    beyond = (int(np.diff(pool.first).max(initial=1)), int(min(pool.crew.max(initial=1), wants.count.max(initial=1))))
    for _look in range(MOST_LOOKS):
        columns, arrival, horizon = columns_near(pool, reverse, wants, radius, workspace=workspace)
        search = prepare(columns, budget=budget, meter=meter, beyond=beyond) if columns.count else None
        if search is None:
            if bool((horizon >= wants.most).all()):
                break
            radius = radius * 2
            continue
        is_short = out_of_sight(search, wants, horizon)
        if not is_short.any():
            carry_on(search)
            is_short = out_of_sight(search, wants, horizon)
        if not is_short.any():
            return sent(search, arrival)
        needed = np.minimum(search.reach // wants.weight + 1, wants.most)
        farther = np.maximum(radius * FARTHER, (needed - pool.earliest) * FARTHER)
        radius = np.where(is_short, farther, radius).astype(np.int64)
    nobody = np.empty(0, np.int64)
    return CrewsSent(nobody, nobody, nobody, Covered(None, 0, 0, meter.was_stopped), columns.count)


def out_of_sight(search: Search, wants: Wants, horizon: Ints) -> NDArray[np.bool_]:
    """Say for which incidents a unit that was not found might matter."""
    needed: NDArray[np.bool_] = np.minimum(search.reach // wants.weight + 1, wants.most) > horizon
    return needed


def sent(search: Search, arrival: Ints) -> CrewsSent:
    """Return the best plan of a search that saw everybody who matters."""
    picked, columns = search.best, search.columns
    lower = min(search.lower, search.upper)
    if picked is None:
        nobody = np.empty(0, np.int64)
        return CrewsSent(nobody, nobody, nobody, Covered(None, 0, lower, search.meter.was_stopped), columns.count)
    found = Covered(picked, search.upper, lower, search.meter.was_stopped)
    return CrewsSent(columns.unit[picked], columns.incident[picked], arrival[picked], found, columns.count)
