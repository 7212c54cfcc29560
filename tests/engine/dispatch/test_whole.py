"""Who stands beyond what was looked at changes nothing, wherever that is said to be proven."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from youbei.engine.dispatch.budget import Budget
from youbei.engine.dispatch.problem import Incident, Leg, Need, Place, Problem, Skill, Unit, Units
from youbei.engine.dispatch.situation import Situation
from youbei.engine.dispatch.solve import find, solve
from youbei.engine.dispatch.whole import Edge, is_whole

AT = datetime(2026, 1, 1, tzinfo=UTC)


def problem_with(times: dict[str, dict[str, int]], counts: dict[str, int]) -> Problem:
    """Units with their journeys to incidents that ask for so many each."""
    names = [*counts, *times]
    return Problem(
        at=AT,
        incidents=tuple(Incident(name, name, (Need("n", Units("pump", count)),)) for name, count in counts.items()),
        units=tuple(Unit(name, name, (Skill("pump"),)) for name in times),
        places=tuple(Place(name) for name in names),
        legs=tuple(Leg(unit, name, way) for unit, ways in times.items() for name, way in ways.items()),
    )


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_where_it_is_proven_more_units_beyond_the_edge_change_nothing(data: st.DataObject) -> None:
    counts = {f"fire{number}": data.draw(st.integers(1, 2)) for number in range(data.draw(st.integers(1, 2)))}
    near = {f"near{number}": {name: data.draw(st.integers(0, 50)) for name in counts} for number in range(7)}
    edge = data.draw(st.integers(0, 60))
    beyond = {f"far{number}": {name: data.draw(st.integers(edge, edge + 40)) for name in counts} for number in range(3)}
    problem = problem_with(near, counts)
    if is_whole(Situation(problem), [Edge(name, "pump", edge) for name in counts]):
        whole = solve(problem_with(near | beyond, counts))
        assert whole.score == solve(problem).score
        assert not any(send.unit in beyond for send in whole.plan.sends)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_the_prices_of_places_prove_more_and_nothing_wrong(data: st.DataObject) -> None:
    """Problems large enough to be matched are few here, so small ones are called large."""
    counts = {f"fire{number}": data.draw(st.integers(1, 3)) for number in range(data.draw(st.integers(1, 3)))}
    near = {f"near{number}": {name: data.draw(st.integers(0, 50)) for name in counts} for number in range(10)}
    edge = data.draw(st.integers(0, 60))
    beyond = {f"far{number}": {name: data.draw(st.integers(edge, edge + 40)) for name in counts} for number in range(3)}
    situation = Situation(problem_with(near, counts))
    edges = [Edge(name, "pump", edge) for name in counts]
    solution = find(situation, Budget(), large=0)
    # Where everybody is there already the greedy plan is proven, and nothing is matched.
    assume(solution.method == "matching")
    if is_whole(situation, edges, solution):
        whole = solve(problem_with(near | beyond, counts))
        assert whole.score == solution.score
        assert not any(send.unit in beyond for send in whole.plan.sends)


def test_prices_prove_what_counting_cannot() -> None:
    problem = problem_with({"a": {"fire": 10}, "b": {"fire": 30}}, {"fire": 1, "other": 1})
    problem = replace(problem, legs=(*problem.legs, Leg("b", "other", 5)))
    situation, edges = Situation(problem), [Edge("fire", "pump", 20), Edge("other", "pump", 6)]
    assert not is_whole(situation, edges)
    assert is_whole(situation, edges, find(situation, Budget(), large=0))


def test_it_is_not_proven_where_too_few_are_sooner() -> None:
    problem = problem_with({"a": {"fire": 10}, "b": {"fire": 30}}, {"fire": 2})
    situation = Situation(problem)
    assert not is_whole(situation, [Edge("fire", "pump", 30)])
    assert is_whole(situation, [Edge("fire", "pump", 31)])
    assert is_whole(situation, [])
    assert is_whole(situation, [Edge("fire", "another", 0)])
    out = replace(problem, units=(problem.units[0], replace(problem.units[1], is_staffed=False)))
    assert not is_whole(Situation(out), [Edge("fire", "pump", math.inf)])
