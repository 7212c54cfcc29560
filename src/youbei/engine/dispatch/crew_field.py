"""Crews out of very many units: the columns near each incident, and proof that nobody farther away can matter.

A unit that arrives later than all its people could save anywhere in the tables of an incident cannot lower the bound,
and cannot be in a plan as cheap as the best: so far the search has to go, and no farther.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from youbei.engine.dispatch.budget import Budget, Meter
from youbei.engine.dispatch.crew_search import SMALL, Search, carry_on, prepare
from youbei.engine.dispatch.crews import Columns, Covered, Ints
from youbei.engine.dispatch.looks import Looks
from youbei.engine.dispatch.places import Wants
from youbei.engine.dispatch.pool import Pool
from youbei.engine.travel.graph import Graph
from youbei.engine.travel.search import Workspace

MOST_LOOKS = 8
FARTHER = 1.15
# So many units beyond those who are needed are looked for at first.
SPARE = 4


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


def columns_near(
    pool: Pool, reverse: Graph, wants: Wants, radius: Ints, *, workspace: Workspace
) -> tuple[Columns, Ints, Ints]:
    """Return all columns within a radius of each incident, their arrivals, and the horizons (none: a huge number)."""
    return Looks(pool, reverse, wants, workspace).columns(radius)


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
    looks = Looks(pool, reverse, wants, workspace)
    radius = looks.guesses(SPARE)
    beyond = (int(np.diff(pool.first).max(initial=1)), int(min(pool.crew.max(initial=1), wants.count.max(initial=1))))
    for _look in range(MOST_LOOKS):
        columns, arrival, horizon = looks.columns(radius)
        search = prepare(columns, budget=budget, meter=meter, beyond=beyond) if columns.count else None
        if search is None:
            if bool((horizon >= wants.most).all()):
                break
            short = lacking(columns, wants)
            radius = np.where(short if short.any() else True, radius * 2, radius)
            continue
        is_short = out_of_sight(search, wants, horizon)
        if search.best is None and columns.count <= SMALL:
            # Any column could be in the first plan, and they are few: see them all before work is put into some.
            is_short = horizon < wants.most
            search.reach[:] = wants.most * wants.weight
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


def lacking(columns: Columns, wants: Wants) -> NDArray[np.bool_]:
    """Say for which incidents all these columns together bring too few people to a need."""
    given = np.bincount(columns.need, columns.people, minlength=len(wants.count))
    short: NDArray[np.bool_] = np.bincount(wants.incident, given < wants.count, minlength=len(wants.node)) > 0
    return short


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
