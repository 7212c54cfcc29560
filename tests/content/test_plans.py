"""The plans that ship: complete, in two languages, in the order of the standard, and carried out to their end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache

import pytest

from youbei import content
from youbei.content.checking import known_by_content
from youbei.engine.plans.check import Severity, check
from youbei.engine.plans.model import DurationSource, HolderKind, Phase, Plan, PlanKind, Scenario, Stage
from youbei.engine.plans.read import read_plan
from youbei.engine.simulation.plenty import plenty
from youbei.engine.simulation.simulate import SimulationReport, simulate
from youbei.engine.text import Text

TODAY = date(2026, 11, 22)
NAMES = tuple(content.plan_texts())
AMMONIA = ("lanwan-ammonia-onsite", "park-ammonia", "city-ammonia")


@cache
def plan(name: str) -> Plan:
    return read_plan(content.plan_texts()[name])


SCENARIOS = [(name, scenario) for name in NAMES for scenario in plan(name).scenarios]


@cache
def simulated(name: str, scenario_id: str) -> SimulationReport:
    """Carry the plan out six times in a world that has enough of everything."""
    read = plan(name)
    scenario = next(scenario for scenario in read.scenarios if scenario.id == scenario_id)
    return simulate(read, plenty(read, scenario), scenario, runs=6, seed=7)


def texts(read: Plan) -> Iterator[tuple[str, Text]]:
    yield "title", read.title
    for chapter in read.chapters:
        yield f"chapter {chapter.clause}", chapter.title
        yield f"chapter {chapter.clause}", chapter.body
    for level in read.levels:
        yield f"level {level.number.name}", level.measures
    for post in read.posts:
        yield f"post {post.id}", post.title
        yield f"post {post.id}", post.duties
    for step in read.steps:
        yield f"step {step.id}", step.title
        yield f"step {step.id}", step.card
        yield f"step {step.id}", step.takes.note
        for tell in step.tells:
            yield f"step {step.id}", tell.message
        for report in step.reports:
            yield f"step {step.id}", report.content
    for scenario in read.scenarios:
        yield f"scenario {scenario.id}", scenario.title


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_plan_has_no_errors_and_no_warnings(name: str) -> None:
    found = check(plan(name), known_by_content(TODAY))
    assert [(one.code, one.place) for one in found if one.severity is not Severity.INFO] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_plan_says_everything_in_both_languages(name: str) -> None:
    assert [place for place, text in texts(plan(name)) if not (text.zh and text.en)] == []


@pytest.mark.parametrize("name", NAMES)
def test_the_chapters_stand_in_the_order_of_the_standard_and_none_is_missing(name: str) -> None:
    read = plan(name)
    clauses = [chapter.clause for chapter in read.chapters]
    assert clauses == sorted(clauses, key=lambda clause: [int(part) for part in clause.split(".")])
    required = known_by_content(TODAY).required_chapters
    assert required is not None
    assert {chapter.clause for chapter in required[read.kind]} <= set(clauses)
    assert [chapter.clause for chapter in read.chapters if len(chapter.body.zh) < 40 or len(chapter.body.en) < 80] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_plan_is_large_enough_to_be_worked_with(name: str) -> None:
    read = plan(name)
    assert 18 <= len(read.steps) <= 35
    assert len(read.levels) in (3, 4)
    assert any(step.phase is Phase.RECOVERY for step in read.steps)
    assert read.commander is not None


@pytest.mark.parametrize("name", NAMES)
def test_a_duration_is_called_an_assumption_unless_a_standard_gives_it(name: str) -> None:
    for step in plan(name).steps:
        assert step.takes.source in (DurationSource.ASSUMPTION, DurationSource.STANDARD), step.id
        assert step.takes.note, step.id


@pytest.mark.parametrize("name", NAMES)
def test_a_plan_is_filed_with_a_number_and_an_authority(name: str) -> None:
    filed = [event for event in plan(name).life if event.stage is Stage.FILED]
    assert filed
    assert all(event.number and event.authority.zh and event.authority.en for event in filed)


@pytest.mark.parametrize("name", NAMES)
def test_every_rule_of_law_that_a_plan_names_is_one_that_is_enabled(name: str) -> None:
    rules = content.rules()
    for step in plan(name).steps:
        named = [report.rule for report in step.reports if report.rule]
        if step.within is not None and step.within.rule:
            named.append(step.within.rule)
        assert set(named) <= set(rules), step.id


@pytest.mark.parametrize(("name", "scenario"), SCENARIOS, ids=lambda part: getattr(part, "id", part))
def test_every_step_that_opens_is_finished_when_nothing_is_short(name: str, scenario: Scenario) -> None:
    report = simulated(name, scenario.id)
    stuck = [step.step for step in report.steps if step.finished.count < step.opened.count]
    assert stuck == []
    assert not any(need.short.count for need in report.needs)


@pytest.mark.parametrize(("name", "scenario"), SCENARIOS, ids=lambda part: getattr(part, "id", part))
def test_every_scenario_comes_to_its_end_and_goes_on_to_recovery(name: str, scenario: Scenario) -> None:
    read = plan(name)
    recovery = {step.id for step in read.steps if step.phase is Phase.RECOVERY}
    opened = {step.step for step in simulated(name, scenario.id).steps if step.opened.count > 0}
    assert recovery & opened


@pytest.mark.parametrize("name", NAMES)
def test_the_scenarios_together_reach_all_but_a_few_steps(name: str) -> None:
    read = plan(name)
    opened: set[str] = set()
    for scenario in read.scenarios:
        opened |= {step.step for step in simulated(name, scenario.id).steps if step.opened.count > 0}
    unseen = {step.id for step in read.steps} - opened
    assert len(unseen) <= 3, sorted(unseen)


def test_the_ammonia_plans_propose_one_another_from_the_works_to_the_city() -> None:
    onsite, park, city = (plan(name) for name in AMMONIA)
    assert (onsite.kind, park.kind, city.kind) == (PlanKind.ON_SITE, PlanKind.SPECIAL, PlanKind.SPECIAL)
    assert ("park-ammonia", "superior") in {(link.plan, link.relation) for link in onsite.links}
    assert ("city-ammonia", "superior") in {(link.plan, link.relation) for link in park.links}
    assert ("park-ammonia", "on_site") in {(link.plan, link.relation) for link in city.links}
    assert onsite.superior == park.organisation


def test_the_accident_report_of_the_works_has_an_hour_and_each_level_above_two() -> None:
    def limits(name: str) -> set[float]:
        return {
            step.within.limit.total_seconds() / 3600
            for step in plan(name).steps
            if step.within is not None and step.within.rule == "cn.accident.report_chain"
        }

    assert limits("lanwan-ammonia-onsite") == {1.0}
    assert limits("park-ammonia") == {2.0}
    assert limits("city-ammonia") == {2.0}


def test_a_leak_of_papers_is_reported_to_the_secrecy_administration_within_24_hours() -> None:
    step = plan("personnel-exam").step("secrecy-report")
    assert step.within is not None
    assert step.within.rule == "cn.secret_leak.report"
    assert step.within.limit.total_seconds() == 24 * 3600
    assert "agency:haizhou-secrecy" in {report.to for report in step.reports}


def test_the_examination_plan_tells_the_nine_partners() -> None:
    read = plan("personnel-exam")
    reached = {tell.to for step in read.steps for tell in step.tells} | {
        post.holder.ref for post in read.posts if post.holder is not None and post.holder.kind is HolderKind.AGENCY
    }
    partners = ("organisation", "edu", "police", "supervision", "radio", "secrecy", "power", "ems")
    assert {f"agency:haizhou-{partner}" for partner in partners} <= reached


def test_the_port_is_answered_by_agencies_without_a_common_superior() -> None:
    holders = {post.holder.ref for post in plan("border-port").posts if post.holder is not None}
    vertical = {f"agency:haizhou-{agency}" for agency in ("customs", "immigration", "maritime")}
    assert vertical | {"agency:haizhou-fire", "agency:haizhou-cdc"} <= holders


def test_a_school_counts_every_class_and_all_its_staff() -> None:
    read = plan("binhai-primary-evacuation")
    counted = {"count-classes", "count-staff"} <= {step.id for step in read.steps}
    assert counted
    for step_id in ("evacuate-lower", "evacuate-upper"):
        within = read.step(step_id).within
        assert within is not None
        assert within.limit.total_seconds() == 180
