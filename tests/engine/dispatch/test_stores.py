"""Lots by the thousand: what is taken is what the full transport program would take."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from benchmarks.dispatch_instance import Province, province
from scipy.optimize import linprog

from youbei.engine.dispatch.stores import KEEPS, Asked, Stores, draw, make_stores
from youbei.engine.travel.search import NO_LIMIT, Workspace, to_all

ITEMS = 6


@pytest.fixture(scope="module")
def land() -> Province:
    return province(50)


def stores_of(land: Province, seed: int, lots: int = 300) -> Stores:
    rng = np.random.default_rng(seed)
    return make_stores(
        item=rng.integers(0, ITEMS, lots),
        depot=rng.integers(0, 40, lots),
        quantity=rng.integers(0, 50, lots),
        ready=rng.integers(0, 6000, lots),
        expires=np.where(rng.random(lots) < 0.5, KEEPS, rng.integers(0, 40_000, lots)),
        node=rng.integers(0, land.graph.nodes, 40),
    )


def asked_of(land: Province, seed: int, *, scarce: bool) -> Asked:
    rng = np.random.default_rng(seed)
    incidents = 4
    item = np.concatenate([rng.choice(ITEMS, 3, replace=False) for _ in range(incidents)])
    return Asked(
        rng.integers(0, land.graph.nodes, incidents),
        rng.integers(1, 6, incidents),
        np.repeat(np.arange(incidents), 3),
        item,
        rng.integers(1, 900 if scarce else 60, len(item)),
        60_000,
    )


def truth(land: Province, stores: Stores, asked: Asked) -> tuple[int, float]:
    """Return the least that lacks and then the least weighted arrival, by one linear program over everything."""
    workspace = Workspace(land.graph)
    times = [to_all(land.reverse, int(node), workspace=workspace) for node in asked.node]
    pairs = []
    for need, item in enumerate(asked.item):
        for position in range(*stores.of(int(item)).indices(len(stores.lot))):
            way = int(times[asked.incident[need]][stores.node[stores.depot[position]]])
            arrival = way + int(stores.ready[position])
            if way <= NO_LIMIT and arrival <= asked.most and arrival < stores.expires[position]:
                pairs.append((need, position, arrival * int(asked.weight[asked.incident[need]])))
    big = 2 * asked.most * int(asked.weight.max()) + 1
    count, needs = len(pairs), len(asked.quantity)
    cost = np.array([pair[2] for pair in pairs] + [big] * needs, float)
    equal = np.zeros((needs, count + needs))
    above = np.zeros((len(stores.lot), count + needs))
    for column, (need, position, _) in enumerate(pairs):
        equal[need, column] = above[position, column] = 1
    equal[np.arange(needs), count + np.arange(needs)] = 1
    found = linprog(cost, A_ub=above, b_ub=stores.quantity, A_eq=equal, b_eq=asked.quantity)
    lacking = round(found.x[count:].sum())
    return lacking, found.fun - big * lacking


@pytest.mark.parametrize("scarce", [False, True])
@pytest.mark.parametrize("seed", range(8))
def test_what_is_drawn_is_the_optimum_of_the_transport_program(land: Province, seed: int, scarce: bool) -> None:
    stores, asked = stores_of(land, seed), asked_of(land, seed, scarce=scarce)
    found = draw(stores, land.reverse, asked, workspace=Workspace(land.graph))
    lacking, value = truth(land, stores, asked)
    assert int(found.lacking.sum()) == lacking
    assert found.value == pytest.approx(value)
    assert found.is_proven


@pytest.mark.parametrize("seed", range(4))
def test_no_lot_gives_more_than_it_has_nor_after_it_expired(land: Province, seed: int) -> None:
    stores, asked = stores_of(land, seed), asked_of(land, seed, scarce=True)
    found = draw(stores, land.reverse, asked, workspace=Workspace(land.graph))
    given = np.bincount(found.lot, found.quantity, minlength=len(stores.lot))
    expires, held = np.empty(len(stores.lot), np.int64), np.empty(len(stores.lot), np.int64)
    expires[stores.lot], held[stores.lot] = stores.expires, stores.quantity
    assert (given <= held).all()
    assert (found.arrival < expires[found.lot]).all()
    assert (found.arrival <= asked.most).all()


def test_nothing_in_store_leaves_everything_lacking(land: Province) -> None:
    stores = replace(stores_of(land, 1), quantity=np.zeros(300, np.int64))
    asked = asked_of(land, 1, scarce=False)
    found = draw(stores, land.reverse, asked, workspace=Workspace(land.graph))
    assert (found.lacking == asked.quantity).all()
