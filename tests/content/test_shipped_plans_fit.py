"""Claims about shipped plans and catalogues: they speak of the same things, and the plans can be simulated."""

from __future__ import annotations

import pytest

from youbei import content
from youbei.engine.conditions import Compare, leaves
from youbei.engine.incidents import BadFact, check_fact
from youbei.engine.plans.model import Plan
from youbei.engine.plans.read import read_plan
from youbei.engine.resources import World
from youbei.engine.simulation.simulate import simulate

PLANS = {name: read_plan(text) for name, text in content.plan_texts().items()}


def facts_of(plan: Plan) -> set[str]:
    conditions = [level.when for level in plan.levels] + [plan.end.when] + [link.when for link in plan.links]
    for step in plan.steps:
        conditions += [one for one in (step.start.when, step.done_when) if one is not None]
    named = {leaf.fact for one in conditions for leaf in leaves(one) if isinstance(leaf, Compare)}
    return named | {fact.key for scenario in plan.scenarios for fact in scenario.facts}


@pytest.mark.parametrize("plan", PLANS.values(), ids=list(PLANS))
def test_a_shipped_plan_names_only_what_the_catalogues_hold(plan: Plan) -> None:
    needs = [need for step in plan.steps for need in step.needs]
    rules = {step.within.rule for step in plan.steps if step.within} | {
        report.rule for step in plan.steps for report in step.reports
    }
    assert facts_of(plan) <= set(content.fact_kinds())
    assert {need.capability for need in needs} - {""} <= set(content.capabilities())
    assert {need.item for need in needs} - {""} <= set(content.items())
    assert rules - {""} <= set(content.rules())
    assert set(plan.hazards) <= set(content.incident_kinds())


@pytest.mark.parametrize("plan", PLANS.values(), ids=list(PLANS))
def test_the_scenarios_of_a_shipped_plan_state_values_that_their_facts_can_have(plan: Plan) -> None:
    for scenario in plan.scenarios:
        for fact in scenario.facts:
            try:
                assert check_fact(content.fact_kinds()[fact.key], fact.value) == fact.value
            except BadFact as refused:
                pytest.fail(f"{plan.id}/{scenario.id}: {refused}")


@pytest.mark.parametrize("plan", PLANS.values(), ids=list(PLANS))
def test_a_shipped_plan_can_be_simulated_on_each_of_its_scenarios(plan: Plan) -> None:
    assert plan.scenarios
    for scenario in plan.scenarios:
        report = simulate(plan, World(), scenario, runs=3, seed=1)
        assert report.runs == 3
        assert any(step.finished.count for step in report.steps)
