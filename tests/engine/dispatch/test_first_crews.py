"""A first plan for crews: there always is one, it says what is missing, and its arrivals by road are true."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from benchmarks.dispatch_instance import Province, province, storm, teams

from youbei.engine.dispatch.budget import Budget, Meter
from youbei.engine.dispatch.crew_field import send_crews
from youbei.engine.dispatch.first_crews import FirstCrews, first_crews, guessed_crews
from youbei.engine.dispatch.places import Wants
from youbei.engine.dispatch.pool import Pool, make_pool
from youbei.engine.travel.graph import with_closed
from youbei.engine.travel.search import UNREACHED, Workspace, to_all


@pytest.fixture(scope="module")
def land() -> Province:
    return province(60)


@pytest.fixture(scope="module")
def pool(land: Province) -> Pool:
    return teams(land, 800)


def missing_of(plan: FirstCrews, pool: Pool, wants: Wants) -> list[int]:
    """Count anew how many people each need misses."""
    left = wants.count.copy()
    for unit, incident in zip(plan.unit, plan.incident, strict=True):
        for at in range(pool.first[unit], pool.first[unit + 1]):
            needs = np.flatnonzero((wants.incident == incident) & (wants.capability == pool.capability[at]))
            left[needs] -= pool.crew[at]
    found: list[int] = np.maximum(left, 0).tolist()
    return found


@pytest.mark.parametrize("seed", range(8))
def test_a_first_plan_covers_every_need_and_arrives_when_it_says(land: Province, pool: Pool, seed: int) -> None:
    wants, workspace = storm(land, 1 + seed * 2, counts=(2, 9), seed=seed), Workspace(land.graph)
    for plan in (guessed_crews(pool, land.reverse, wants), first_crews(pool, land.reverse, wants, workspace=workspace)):
        assert len(set(plan.unit.tolist())) == len(plan.unit)
        assert missing_of(plan, pool, wants) == plan.missing.tolist() == [0] * len(wants.count)
    assert plan.is_by_road
    for incident, node in enumerate(wants.node):
        mine = plan.incident == incident
        times = to_all(land.reverse, int(node), workspace=workspace)
        assert (plan.arrival[mine] == times[pool.node[plan.unit[mine]]] + pool.ready[plan.unit[mine]]).all()
    assert (plan.arrival <= wants.most).all()


@pytest.mark.parametrize("seed", range(4))
def test_a_first_plan_is_no_better_than_what_is_proven_and_not_far_from_it(
    land: Province, pool: Pool, seed: int
) -> None:
    wants, workspace, budget = storm(land, 3, counts=(2, 9), seed=seed), Workspace(land.graph), Budget()
    best = send_crews(pool, land.reverse, wants, workspace=workspace, budget=budget, meter=Meter(budget))
    first = first_crews(pool, land.reverse, wants, workspace=workspace)
    assert best.found.lower <= first.value(wants) <= 1.3 * best.found.value


def test_where_needs_fight_over_few_everybody_is_shared_out(land: Province) -> None:
    """Two incidents, two units: the only one that can do both is nearer to where the other could do as well."""
    pool = make_pool(land.graph, node=[0, 1], ready=[0, 0], first=[0, 2, 3], capability=[0, 1, 0], crew=[5, 5, 5])
    wants = Wants(
        np.array([0, 2000]),
        np.array([1, 1]),
        np.array([0, 1]),
        np.array([0, 1]),
        np.array([5, 5]),
        np.array([1, 1]),
        144_000,
    )
    plan = first_crews(pool, land.reverse, wants, workspace=Workspace(land.graph))
    assert not plan.missing.any()
    assert dict(zip(plan.unit.tolist(), plan.incident.tolist(), strict=True)) == {0: 1, 1: 0}


@pytest.mark.parametrize(("incidents", "seed"), [(11, 5), (9, 11), (17, 6), (21, 7), (21, 10)])
def test_where_nearly_everybody_is_needed_nobody_is_wasted(
    land: Province, pool: Pool, incidents: int, seed: int
) -> None:
    """Of some skill there are three people more in the whole province than are asked for: a full plan is found."""
    wants = storm(land, incidents, counts=(2, 9), seed=seed)
    plan = first_crews(pool, land.reverse, wants, workspace=Workspace(land.graph))
    assert missing_of(plan, pool, wants) == plan.missing.tolist() == [0] * len(wants.count)


@pytest.mark.parametrize("seed", range(4))
def test_what_nobody_can_bring_is_said_to_be_missing(land: Province, seed: int) -> None:
    few = teams(land, 40)
    wants, workspace = storm(land, 6, counts=(6, 20), seed=seed), Workspace(land.graph)
    for plan in (guessed_crews(few, land.reverse, wants), first_crews(few, land.reverse, wants, workspace=workspace)):
        assert plan.missing.any()
        assert missing_of(plan, few, wants) == plan.missing.tolist()
        # Nobody is free who could bring what is still missing anywhere.
        sent = set(plan.unit.tolist())
        asked = set(wants.capability[plan.missing > 0].tolist())
        for unit in range(few.units):
            can = set(few.capability[few.first[unit] : few.first[unit + 1]].tolist())
            assert unit in sent or not can & asked


def test_nobody_is_sent_who_comes_too_late_or_has_no_road(land: Province, pool: Pool) -> None:
    workspace = Workspace(land.graph)
    late = replace(storm(land, 2, counts=(2, 4), seed=1), most=1)
    assert first_crews(pool, land.reverse, late, workspace=workspace).missing.tolist() == late.count.tolist()
    wants = storm(land, 2, counts=(2, 4), seed=1)
    cut_off = with_closed(land.reverse, arcs=np.arange(land.graph.arcs))
    assert to_all(cut_off, int(wants.node[0]), workspace=workspace)[0] == UNREACHED
    plan = first_crews(pool, cut_off, wants, workspace=workspace)
    assert missing_of(plan, pool, wants) == plan.missing.tolist()
    assert all(pool.node[unit] == wants.node[at] for unit, at in zip(plan.unit, plan.incident, strict=True))


def test_without_any_units_everything_is_missing(land: Province) -> None:
    nobody = make_pool(land.graph, node=[], ready=[], first=[0], capability=[], crew=[])
    wants = storm(land, 2, counts=(2, 4), seed=1)
    plan = first_crews(nobody, land.reverse, wants, workspace=Workspace(land.graph))
    assert plan.missing.tolist() == wants.count.tolist()


def test_the_same_storm_has_the_same_first_plan(land: Province, pool: Pool) -> None:
    wants, workspace = storm(land, 9, counts=(2, 9), seed=5), Workspace(land.graph)
    one, other = (first_crews(pool, land.reverse, wants, workspace=workspace) for _ in "ab")
    assert one.unit.tolist() == other.unit.tolist()
    assert one.incident.tolist() == other.incident.tolist()
