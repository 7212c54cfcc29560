from __future__ import annotations

from datetime import date, timedelta

import pytest

from youbei.engine.findings.kinds import FindingSeverity, Treatment
from youbei.engine.findings.settlement import (
    NoSuchStage,
    NotSettled,
    Settlement,
    Stage,
    demand_settled,
    lacking,
    stage_done,
    stages_from_data,
    stages_from_text,
    stages_to_data,
    stages_to_text,
)

TODAY = date(2026, 11, 25)
WEEK = TODAY + timedelta(days=7)
WHOLE = Settlement(Treatment.NOW, "更换", "设备科", "2 万元", WEEK, "停用该泵")


def test_a_general_finding_cured_at_once_needs_neither_funds_nor_interim_plan() -> None:
    quick = Settlement(Treatment.NOW, "更换", "设备科", due_on=WEEK)
    assert lacking(quick, FindingSeverity.GENERAL) == ()
    assert lacking(quick, FindingSeverity.MAJOR) == ("funds", "interim_plan")
    assert lacking(WHOLE, FindingSeverity.MAJOR) == ()


def test_what_cannot_be_cured_says_why_and_how_people_are_kept_safe() -> None:
    bare = Settlement(Treatment.CANNOT)
    assert lacking(bare, FindingSeverity.GENERAL) == ("why_not", "responsible", "due_on", "interim_plan")
    with pytest.raises(NotSettled, match="why it cannot be fixed now"):
        demand_settled(bare, FindingSeverity.GENERAL, today=TODAY)


def test_a_time_limit_that_has_passed_is_none() -> None:
    late = Settlement(Treatment.NOW, "更换", "设备科", due_on=TODAY - timedelta(days=1))
    with pytest.raises(NotSettled, match="has passed"):
        demand_settled(late, FindingSeverity.GENERAL, today=TODAY)


def test_stages_follow_each_other_and_end_in_time() -> None:
    def by_stages(*days: date) -> Settlement:
        stages = tuple(Stage("x", day) for day in days)
        return Settlement(Treatment.STAGES, "a", "b", "c", WEEK, "d", stages)

    assert demand_settled(by_stages(TODAY, WEEK), FindingSeverity.GENERAL, today=TODAY)
    for wrong in (by_stages(WEEK, TODAY), by_stages(WEEK + timedelta(days=1))):
        with pytest.raises(NotSettled, match="follow each other"):
            demand_settled(wrong, FindingSeverity.GENERAL, today=TODAY)


def test_stages_are_done_one_after_the_other() -> None:
    plan = Settlement(Treatment.STAGES, due_on=WEEK, stages=(Stage("first", TODAY), Stage("second", WEEK)))
    assert plan.next_due_on == TODAY
    with pytest.raises(NoSuchStage, match="the next is stage 1"):
        stage_done(plan, 2, on=TODAY)
    after = Settlement(Treatment.STAGES, due_on=WEEK, stages=stage_done(plan, 1, on=TODAY))
    assert after.next_due_on == WEEK
    assert after.stages[0].done_on == TODAY
    done = Settlement(Treatment.STAGES, due_on=WEEK, stages=stage_done(after, 2, on=TODAY))
    assert done.next_due_on == WEEK
    with pytest.raises(NoSuchStage, match="All stages are done"):
        stage_done(done, 3, on=TODAY)


def test_stages_come_back_from_data_and_from_text_as_they_went() -> None:
    stages = (Stage("更换阀门", TODAY), Stage("re-train", WEEK, None))
    assert stages_from_data(stages_to_data(stages)) == stages
    assert stages_from_text(stages_to_text(stages)) == stages
    with pytest.raises(NotSettled, match="is no stage"):
        stages_from_text("next week: valves")
