"""Claims about evaluation: what the log shows, what people rated, and that the three are never mixed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.engine.exercises.story import CALL, DIRECTOR, EXPECTS, PLAN, do, exercise, started

from youbei.engine.exercises.after_action import after_action
from youbei.engine.exercises.data import evaluation_data
from youbei.engine.exercises.evaluate import InjectOutcome, Rating, evaluate
from youbei.engine.exercises.measures import Verdict, measure
from youbei.engine.exercises.model import Exercise
from youbei.engine.exercises.report import Circumstances, Improvement, Layout
from youbei.engine.findings.kinds import Element
from youbei.engine.plans.model import LevelNumber
from youbei.engine.run import Run, advance
from youbei.engine.run.commands import Activate, EndExercise, FailInject, FinishStep, Observe, SkipInject
from youbei.testing import START, minutes, words

OBJECTIVE = """
[[objectives]]
id = "first"
title = {zh = "先期处置", en = "First action"}
targets = [{measure = "activate", within = "PT5M"}]
tasks = [{id = "t", title = {zh = "关阀", en = "Close"}, step = "s0"}]
"""
STORY: Exercise = exercise(OBJECTIVE, CALL, 'objective = "first"\n', EXPECTS)


def ended(run: Run, *, after: float = 40) -> Run:
    return do(run, EndExercise("time"), after=after, by=DIRECTOR)


def acted(*, activates: float = 2, finishes: float | None = 8) -> Run:
    run = do(started(STORY), Activate(LevelNumber.IV), after=activates)
    return run if finishes is None else do(run, FinishStep("s0"), after=finishes)


def test_what_was_done_in_time_is_performed_without_challenges():
    found = evaluate(STORY, PLAN, ended(acted()).log)
    assert (found.count(Verdict.MET), found.percent, found.automatic) == (1, 100.0, Rating.P)
    assert found.actions[0].took == minutes(8)
    assert found.objectives[0].tasks[0][1] is Verdict.DONE


def test_late_counts_half_and_missed_nothing():
    late = evaluate(STORY, PLAN, ended(acted(finishes=15)).log)
    assert (late.actions[0].verdict, late.percent, late.automatic) == (Verdict.LATE, 75.0, Rating.S)
    missed = evaluate(STORY, PLAN, ended(acted(activates=9, finishes=None)).log)
    assert (missed.actions[0].verdict, missed.percent, missed.automatic) == (Verdict.MISSED, 25.0, Rating.U)


@pytest.mark.parametrize("command", [SkipInject("call", "no time"), FailInject("call", "no line")])
def test_what_was_skipped_or_not_received_is_not_tested_and_costs_nothing(command):
    delayed = exercise(OBJECTIVE, CALL, 'objective = "first"\n', 'at = {delay = "PT5M"}\n', EXPECTS)
    run = do(started(delayed), Activate(LevelNumber.IV), after=1)
    run = do(run, command, after=3 if isinstance(command, SkipInject) else 6, by=DIRECTOR)
    found = evaluate(delayed, PLAN, ended(run).log)
    assert found.actions[0].verdict is Verdict.NOT_TESTED
    outcome = InjectOutcome.SKIPPED if isinstance(command, SkipInject) else InjectOutcome.FAILED
    assert (found.injects[0].outcome, found.injects[0].reason) == (outcome, command.reason)


def test_official_and_own_ratings_stand_apart_from_what_the_log_shows():
    run = do(ended(acted()), Observe("first", "hesitant", "S"), after=41, by=DIRECTOR)
    run = do(run, Observe("first", "we were fine", "95", source="own"), after=42)
    run = do(run, Observe("first", "on reflection", "M"), after=43, by=DIRECTOR)
    found = evaluate(STORY, PLAN, run.log)
    one = found.objectives[0]
    assert (one.automatic, one.official, one.own) == (Rating.P, "M", "95")
    assert (found.percent, found.official_percent, found.own_percent) == (100.0, 60.0, 95.0)
    assert [run.log[seq - 1].data["text"] for seq in one.evidence] == ["hesitant", "we were fine", "on reflection"]


def test_measures_count_from_the_first_inject():
    run = acted(activates=4)
    found = measure("activate", PLAN, run.log, timedelta(minutes=3))
    assert (found.took, found.verdict) == (minutes(4), Verdict.LATE)
    assert measure("arrive", PLAN, run.log).verdict is Verdict.MISSED
    assert measure("evacuate", PLAN, run.log).verdict is Verdict.NOT_TESTED
    assert measure("fact:leaking", PLAN, run.log).took == minutes(0)
    assert measure("step:s0", PLAN, run.log).took == minutes(4)


def test_an_exercise_that_still_runs_is_evaluated_as_far_as_it_went():
    found = evaluate(STORY, PLAN, advance(acted(finishes=None), START + minutes(30)).log)
    assert not found.is_complete
    assert found.actions[0].verdict is Verdict.MISSED
    assert evaluation_data(found)["actions"][0]["verdict"] == "missed"


@pytest.mark.parametrize("layout", Layout)
def test_what_went_wrong_becomes_an_issue_and_what_is_open_a_gap(layout):
    found = evaluate(STORY, PLAN, ended(acted(finishes=15)).log)
    report = after_action(STORY, PLAN, found, layout=layout)
    issue = report.improvements[0]
    assert (issue.issue.zh, issue.objective, issue.action.zh) == (
        "close：超时完成，用时 15 分钟，时限 10 分钟。",
        "first",
        "",
    )
    assert any("措施" in gap.zh for gap in report.gaps)


def test_what_people_settled_is_no_gap():
    settled = Improvement(
        words("valve stuck"), words("grease it"), "first", Element.EQUIPMENT, "works", due_on=START.date()
    )
    facts = Circumstances(
        held_on=START.date(), participants=(words("shift A"),), improvements=(settled,), conclusion=words("sound")
    )
    run = do(ended(acted()), Observe("first", "good", "P"), after=41, by=DIRECTOR)
    report = after_action(STORY, PLAN, evaluate(STORY, PLAN, run.log), layout=Layout.CN, circumstances=facts)
    assert report.gaps == ()
    assert report.sections[-1].paragraphs[0] == words("sound")
