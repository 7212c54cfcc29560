"""The same storms for ours, a greedy list, the full model in HiGHS and in OR-Tools CP-SAT: 1,000 to 100,000 teams."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.dispatch_crews import asked_apart
from benchmarks.dispatch_instance import Province, province, storm, teams
from benchmarks.result import Result, most_megabytes
from youbei.engine.dispatch.budget import Budget, Meter
from youbei.engine.dispatch.crew_field import CrewsSent, columns_near, send_crews
from youbei.engine.dispatch.first_crews import FirstCrews, first_crews, guessed_crews
from youbei.engine.dispatch.places import Wants
from youbei.engine.dispatch.pool import Pool
from youbei.engine.travel.search import UNREACHED, Workspace, many_to_many

SIDE = 1010
# What the peers, and our own proof, may take of the processor; a minute and more where there is time for it.
LIMIT_S = float(os.environ.get("YOUBEI_BENCHMARK_LIMIT_S", "10"))
# Teams, and how many people a need asks for: what so few teams can bring to fifty incidents.
PEOPLE = {1_000: (2, 5), 10_000: (4, 20), 100_000: (8, 59)}
SIZES = tuple(int(one) for one in os.environ.get("YOUBEI_BENCHMARK_TEAMS", "1000,10000,100000").split(","))
# The gap that is near enough, by incidents.
GAPS = {1: 0.0, 10: 0.005, 50: 0.01}
STORMS = tuple(int(one) for one in os.environ.get("YOUBEI_BENCHMARK_INCIDENTS", "1,10,50").split(","))
SEED = 20
# The first plan is timed so often, as long as the turns together have not taken so many seconds.
TURNS, TURNING_S = 5, 2.0
PEERS = ("benchmarks.peer_highs", "benchmarks.peer_cpsat")


@dataclass(frozen=True, slots=True)
class Case:
    teams: int
    pool: Pool
    wants: Wants
    gap: float

    @property
    def incidents(self) -> int:
        return len(self.wants.node)


@dataclass(frozen=True, slots=True)
class Timed:
    sent: CrewsSent
    cpu: float


@dataclass(frozen=True, slots=True)
class First:
    """A first plan, the least time of some turns, and what it is worth by road; how many have no road there at all."""

    plan: FirstCrews
    cpu: float
    value: int
    roadless: int


@dataclass(frozen=True, slots=True)
class Ours:
    """Who is alerted, the first plan by road, the plan that is near enough, the one that the limit allows; memory."""

    alerted: First
    first: First
    near: Timed
    best: Timed
    megabytes: float


def run() -> Result:
    land = province(SIDE)
    workspace = Workspace(land.graph)
    cases = list(cases_of(land))
    answer(land, workspace, cases[0], Budget())
    first_crews(cases[0].pool, land.reverse, cases[0].wants, workspace=workspace)
    guessed_crews(cases[0].pool, land.reverse, cases[0].wants)
    mine = []
    for case in cases:
        print(f"{case.teams:,} teams, {case.incidents} incidents: ours", file=sys.stderr, flush=True)
        mine.append(ours(land, workspace, case))
    rows = []
    for case, one in zip(cases, mine, strict=True):
        far = np.full(case.incidents, case.wants.most)
        began = time.process_time()
        columns, _, _ = columns_near(case.pool, land.reverse, case.wants, far, workspace=workspace)
        size = (f"{columns.count:,}", f"{time.process_time() - began:.2f}")
        print(f"{case.teams:,} teams, {case.incidents} incidents: peers", file=sys.stderr, flush=True)
        rows.append(row(case, one, size, [asked_apart(peer, columns, LIMIT_S) for peer in PEERS]))
    return Result(
        "Dispatch: the same storms from 1,000 to 100,000 teams and 1 to 50 incidents",
        f"Teams bring several capabilities to one incident each; {land.graph.nodes:,} nodes. All seconds are of the "
        "processor. Ours with travel times: until it is said who is to be alerted (chosen along straight lines, judged "
        "here by road), until a first plan by road, until near enough (1 incident proven, 10 "
        f"within 0.5 %, 50 within 1 %), until proven, {LIMIT_S:.0f} s at most. The peers are handed every column there "
        f"is with its travel time and have {LIMIT_S:.0f} s. `above`: how far a plan is above the best bound "
        "that anybody proved: its quality.",
        "A complete first plan within milliseconds; proven sooner than by the full models, or nearer where nobody "
        "proves it.",
        (
            "teams",
            "incidents",
            "columns",
            "their travel s",
            "alert s",
            "above",
            "first s",
            "above",
            "near enough s",
            "above",
            "to proof s",
            "above",
            "MB",
            *(f"{peer}: {what}" for peer in ("HiGHS", "CP-SAT") for what in ("first s", "to proof s", "above", "MB")),
        ),
        tuple(rows),
        "One storm each, all in one run. HiGHS with one thread, CP-SAT with two workers (whose seconds add up), each "
        "in a process of its own; building their models counts, `their travel` (the times to every team; ours are in "
        "our seconds) does not. Our memory holds the network and all teams, theirs the model alone. Asserted: no plan "
        "of theirs is below our bound, and none of ours below a bound they proved; whoever is alerted and every "
        "first plan covers all needs.",
    )


def cases_of(land: Province) -> Iterator[Case]:
    for count in SIZES:
        pool = teams(land, count)
        for incidents in STORMS:
            yield Case(count, pool, storm(land, incidents, counts=PEOPLE[count], seed=SEED), GAPS[incidents])


def ours(land: Province, workspace: Workspace, case: Case) -> Ours:
    limited = Budget(nodes=4000, steps=1200, guard_s=LIMIT_S, clock=time.process_time)
    return Ours(
        first_of(land, workspace, case, lambda: guessed_crews(case.pool, land.reverse, case.wants)),
        first_of(land, workspace, case, lambda: first_crews(case.pool, land.reverse, case.wants, workspace=workspace)),
        timed(lambda: answer(land, workspace, case, Budget(nodes=2000, gap=case.gap))),
        timed(lambda: answer(land, workspace, case, limited)),
        most_megabytes(),
    )


def first_of(land: Province, workspace: Workspace, case: Case, make: Callable[[], FirstCrews]) -> First:
    """Make a first plan a few times; its value is by road, whatever it guesses itself."""
    turns: list[float] = []
    while not turns or (len(turns) < TURNS and sum(turns) < TURNING_S):
        began = time.process_time()
        plan = make()
        turns.append(time.process_time() - began)
    assert not plan.missing.any()
    value = roadless = 0
    for incident, node in enumerate(case.wants.node):
        units = plan.unit[plan.incident == incident]
        times = many_to_many(land.reverse, [int(node)], case.pool.node[units], workspace=workspace)[0]
        arrival = times.astype(np.int64) + case.pool.ready[units]
        assert not plan.is_by_road or (arrival == plan.arrival[plan.incident == incident]).all()
        value += int(arrival[times != UNREACHED].sum()) * int(case.wants.weight[incident])
        roadless += int((times == UNREACHED).sum())
    assert not (plan.is_by_road and roadless)
    return First(plan, min(turns), value, roadless)


def answer(land: Province, workspace: Workspace, case: Case, budget: Budget) -> CrewsSent:
    return send_crews(case.pool, land.reverse, case.wants, workspace=workspace, budget=budget, meter=Meter(budget))


def timed(work: Callable[[], CrewsSent]) -> Timed:
    began = time.process_time()
    sent = work()
    return Timed(sent, time.process_time() - began)


def row(case: Case, one: Ours, size: tuple[str, str], peers: list[dict[str, Any]]) -> tuple[str, ...]:
    plans = [one.near.sent.found, one.best.sent.found]
    lower = max(one.near.sent.found.lower, one.best.sent.found.lower)
    values = [found["value"] for found in peers if found["value"] is not None]
    assert all(lower <= value + 0.5 for value in values)
    proven = [found["bound"] for found in peers if found["is_proven"]]
    assert all(plan.value >= bound - 0.5 for plan in plans for bound in proven if plan.picked is not None)
    assert all(first.value >= bound - 0.5 for first in (one.alerted, one.first) for bound in [lower, *proven])
    best = max([lower, *proven])

    def above(value: float | None) -> str:
        return "no plan" if value is None else f"{max(0.0, value / best - 1):.2%}"

    def quality(first: First) -> str:
        return above(first.value) + (f", {first.roadless} without a road" if first.roadless else "")

    near, last = one.near.sent.found, one.best.sent.found
    cells = [
        f"{case.teams:,}",
        str(case.incidents),
        *size,
        *(cell for first in (one.alerted, one.first) for cell in (f"{first.cpu:.3f}", quality(first))),
        f"{one.near.cpu:.2f}",
        above(near.value if near.picked is not None else None),
        f"{one.best.cpu:.2f}" if last.is_proven else f"not in {one.best.cpu:.0f}",
        above(last.value if last.picked is not None else None),
        f"{one.megabytes:,.0f}",
    ]
    for found in peers:
        cells += [
            "–" if found["first"] is None else f"{found['first']:.2f}",
            f"{found['cpu']:.2f}" if found["is_proven"] else f"not in {found['cpu']:.0f}",
            above(found["value"]),
            f"{found['megabytes']:,.0f}",
        ]
    return tuple(cells)
