"""On a road network: looking no farther than matters finds what looking everywhere finds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from benchmarks.dispatch_instance import Province, province, storm, teams
from tests.engine.dispatch.test_crews import full_model

from youbei.engine.dispatch.budget import Budget, Meter
from youbei.engine.dispatch.crew_field import columns_near, send_crews
from youbei.engine.dispatch.matching import Offers, match
from youbei.engine.dispatch.places import Wants, fill_places
from youbei.engine.dispatch.pool import Pool
from youbei.engine.travel.graph import with_closed
from youbei.engine.travel.search import NO_LIMIT, Workspace, to_all


@pytest.fixture(scope="module")
def land() -> Province:
    return province(60)


@pytest.fixture(scope="module")
def pool(land: Province) -> Pool:
    return teams(land, 800)


def all_offers(pool: Pool, land: Province, wants: Wants) -> Offers:
    """Return the offers of every unit to every need, by a search of the whole network."""
    workspace = Workspace(land.graph)
    unit, cost, first = [], [], [0]
    of_unit = np.repeat(np.arange(pool.units), np.diff(pool.first))
    for need, capability in enumerate(wants.capability):
        incident = wants.incident[need]
        times = to_all(land.reverse, int(wants.node[incident]), workspace=workspace)
        able = of_unit[pool.capability == capability]
        reached = able[times[pool.node[able]] <= NO_LIMIT]
        arrival = times[pool.node[reached]].astype(np.int64) + pool.ready[reached]
        in_time = arrival <= wants.most
        unit.append(reached[in_time])
        cost.append(arrival[in_time] * wants.weight[incident])
        first.append(first[-1] + int(in_time.sum()))
    costs = np.zeros((first[-1], 2), np.int64)
    costs[:, 1] = np.concatenate(cost)
    missing = np.stack([wants.points, np.zeros_like(wants.points)], axis=1)
    return Offers(np.array(first), np.concatenate(unit), costs, wants.count, missing, pool.units)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("most", [144_000, 6_000])
def test_places_are_filled_as_if_every_unit_had_been_asked(land: Province, pool: Pool, seed: int, most: int) -> None:
    wants = replace(storm(land, 1 + seed, counts=(1, 6), seed=seed), most=most)
    found = fill_places(pool, land.reverse, wants, workspace=Workspace(land.graph))
    truth = match(all_offers(pool, land, wants))
    assert found.is_proven
    assert found.value == truth.value


@pytest.mark.parametrize("seed", range(4))
def test_crews_are_sent_as_if_every_unit_had_been_asked(land: Province, pool: Pool, seed: int) -> None:
    wants = storm(land, 1 + seed % 3, counts=(4, 16), seed=seed)
    workspace, budget = Workspace(land.graph), Budget()
    found = send_crews(pool, land.reverse, wants, workspace=workspace, budget=budget, meter=Meter(budget))
    everywhere = np.full(len(wants.node), wants.most)
    columns, _, _ = columns_near(pool, land.reverse, wants, everywhere, workspace=workspace)
    truth = full_model(columns)
    assert truth is not None
    assert found.found.lower <= truth + 1e-6 <= found.found.value + 2e-6
    assert found.is_proven
    assert int((found.arrival * wants.weight[found.incident]).sum()) == found.found.value


def test_the_same_storm_has_the_same_answer(land: Province, pool: Pool) -> None:
    wants, workspace, budget = storm(land, 4, counts=(4, 16), seed=9), Workspace(land.graph), Budget(nodes=50, steps=40)
    one, other = (
        send_crews(pool, land.reverse, wants, workspace=workspace, budget=budget, meter=Meter(budget)) for _ in "ab"
    )
    assert one.unit.tolist() == other.unit.tolist()
    assert one.found.lower == other.found.lower <= one.found.value


@pytest.mark.parametrize("seed", range(3))
def test_closed_roads_never_bring_anyone_sooner(land: Province, pool: Pool, seed: int) -> None:
    wants, workspace = storm(land, 3, counts=(1, 5), seed=seed), Workspace(land.graph)
    closed = np.random.default_rng(seed).choice(land.graph.arcs, 400, replace=False)
    before = fill_places(pool, land.reverse, wants, workspace=workspace)
    after = fill_places(pool, with_closed(land.reverse, arcs=closed), wants, workspace=workspace)
    assert after.value >= before.value


def test_what_nobody_near_can_do_stays_empty_and_that_is_proven(land: Province, pool: Pool) -> None:
    wants = replace(storm(land, 2, counts=(2, 4), seed=1), most=1)
    found = fill_places(pool, land.reverse, wants, workspace=Workspace(land.graph))
    assert found.is_proven
    assert (found.empty == wants.count).all()
