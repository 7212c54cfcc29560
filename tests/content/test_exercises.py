"""The exercises that ship: one for each plan, sound, in two languages, and each runs by itself to its evaluation."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache

import pytest

from youbei import content
from youbei.engine.events import Event
from youbei.engine.exercises.after_action import after_action
from youbei.engine.exercises.check import check_exercise
from youbei.engine.exercises.evaluate import InjectOutcome, evaluate
from youbei.engine.exercises.injects import INJECTS
from youbei.engine.exercises.measures import Verdict
from youbei.engine.exercises.model import Exercise
from youbei.engine.exercises.read import read_exercise
from youbei.engine.exercises.rehearse import rehearse
from youbei.engine.exercises.report import Layout, Section
from youbei.engine.exercises.write import write_json, write_toml
from youbei.engine.plans.model import DurationSource, Plan
from youbei.engine.plans.read import read_plan
from youbei.engine.run import Run
from youbei.engine.simulation.plenty import plenty
from youbei.engine.text import Text

AT = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)
NAMES = tuple(content.exercise_texts())
PLANS = {plan.id: plan for plan in (read_plan(text) for text in content.plan_texts().values())}


@cache
def exercise(name: str) -> Exercise:
    return read_exercise(content.exercise_texts()[name])


def plan_of(name: str) -> Plan:
    return PLANS[exercise(name).plan]


@cache
def rehearsed(name: str, seed: int | None = None) -> Run:
    plan = plan_of(name)
    return rehearse(exercise(name), plan, at=AT, world=plenty(plan, plan.scenarios[0]), seed=seed)


def test_every_plan_of_the_demo_has_an_exercise() -> None:
    assert {exercise(name).plan for name in NAMES} == set(PLANS)


def test_the_exercises_together_use_every_kind_of_inject() -> None:
    assert {inject.kind for name in NAMES for inject in exercise(name).injects} == set(INJECTS)


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_exercise_has_no_findings(name: str) -> None:
    assert check_exercise(exercise(name), plan_of(name), content.fact_kinds()) == ()


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_exercise_is_the_same_when_written_and_read(name: str) -> None:
    assert read_exercise(write_toml(exercise(name))) == exercise(name)
    assert read_exercise(write_json(exercise(name))) == exercise(name)


@pytest.mark.parametrize("name", NAMES)
def test_it_runs_by_itself_from_startex_to_endex_before_its_time_is_over(name: str) -> None:
    log = rehearsed(name).log
    assert (log[0].kind, log[0].at) == ("exercise.started", AT)
    ended = next(event for event in log if event.kind == "exercise.ended")
    assert ended.data["reason"] == "结束条件已满足 / end condition met"
    assert [event.kind for event in log if event.kind in ("plan.activated", "response.ended")] == [
        "plan.activated",
        "response.ended",
    ]
    assert not [event for event in log if event.kind == "role.acted" and event.data["refused"]]


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_missed_where_nothing_is_short_and_every_objective_is_tested(name: str) -> None:
    found = evaluate(exercise(name), plan_of(name), rehearsed(name).log)
    assert found.count(Verdict.MISSED) == 0
    assert found.count(Verdict.NOT_TESTED) == 0
    assert all(one.percent is not None and one.percent >= 75 for one in found.objectives)
    fired = [one for one in found.injects if one.outcome is InjectOutcome.FIRED]
    assert len(fired) >= 6


@pytest.mark.parametrize("name", NAMES)
def test_luck_changes_the_times_but_neither_the_injects_nor_the_end(name: str) -> None:
    usual, lucky = rehearsed(name), rehearsed(name, 7)
    assert lucky.log != usual.log

    def planned(log: tuple[Event, ...]) -> set[str]:
        return {event.data["inject"] for event in log if event.kind == "inject.fired"} - {"where-is-it", "silence"}

    assert planned(lucky.log) == planned(usual.log) or len(planned(lucky.log)) >= 6
    assert rehearsed(name, 7).state.script.is_over


def texts_of(section: Section) -> list[Text]:
    found = [section.title, *section.paragraphs, *section.points]
    found += [cell for table in section.tables for row in (table.head, *table.rows) for cell in row]
    return found + [text for below in section.sections for text in texts_of(below)]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("layout", Layout)
def test_its_report_says_everything_in_both_languages(name: str, layout: Layout) -> None:
    found = evaluate(exercise(name), plan_of(name), rehearsed(name).log)
    report = after_action(exercise(name), plan_of(name), found, layout=layout)
    assert len(report.sections) == 5
    blank = [text for section in report.sections for text in texts_of(section) if not (text.zh and text.en)]
    assert blank == []
    assert any("未填演练日期" in gap.zh for gap in report.gaps)


@pytest.mark.parametrize("name", NAMES)
def test_the_delay_of_a_played_role_is_called_an_assumption(name: str) -> None:
    for role in exercise(name).roles:
        assert role.begins_in.source is DurationSource.ASSUMPTION
        assert role.begins_in.note
