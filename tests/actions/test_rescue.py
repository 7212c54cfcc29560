"""The rescue of a real response is scored against what its log shows, and ends up in the report and the case."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.actions.town import NOW, Town
from tests.built_once import built_once
from youbei import content
from youbei.actions import incidents, runs
from youbei.actions.advance import advance_run
from youbei.actions.findings.cases import make_case
from youbei.actions.findings.rescue import score_rescue
from youbei.engine.errors import NotAllowed, NotFound, Refused
from youbei.engine.exercises.report import Layout
from youbei.engine.exercises.rescue import Proof, Score, rescue_section
from youbei.records.log import read_stream
from youbei.records.models import Run
from youbei.records.reports.after_action import run_after_action
from youbei.records.reports.rescue import rescue_of, rescue_sheet

ALL = {one.id: Score(80, "按记录") for one in content.rescue_items()}


@built_once
def over(town: Town, run: Run) -> Run:
    runs.finish_step(by=town.users["officer"], now=NOW + timedelta(minutes=2), run=run, step="alarm")
    advance_run(run.pk, NOW + timedelta(minutes=30))
    return runs.end_response(by=town.users["director"], now=NOW + timedelta(minutes=35), run=run, reason="处置完毕")


def test_the_weights_add_up_to_a_hundred() -> None:
    assert sum(one.weight for one in content.rescue_items()) == 100
    assert {one.proof for one in content.rescue_items()} == set(Proof)


def test_the_log_proposes_points_with_its_lines(over: Run) -> None:
    lines = {line.item.id: line for line in rescue_sheet(over, None).lines}
    steps = lines["steps"]
    assert steps.fact.en == "2 tasks with a deadline: 1 in time, 0 late, 1 not done"
    assert steps.proposed == 50
    late = [event.seq for event in read_stream(over.stream) if event.kind == "step.late"]
    assert steps.seqs == tuple(late) != ()
    assert lines["activation"].times[0].took is not None
    assert lines["command"].proposed is None


def test_what_nobody_judged_counts_neither_way_and_gives_no_grade(town: Town, over: Run) -> None:
    score_rescue(by=None, now=NOW, run=over, scores={"command": Score(90, "果断")})
    sheet = rescue_sheet(over, rescue_of(over))
    assert (sheet.points, sheet.judged, sheet.whole, sheet.grade) == (90, 10, 100, None)
    score_rescue(by=None, now=NOW, run=over, scores=ALL)
    sheet = rescue_sheet(over, rescue_of(over))
    assert sheet.grade is not None
    assert (sheet.points, sheet.judged, sheet.grade.zh) == (80, 100, "良好")


def test_points_far_from_the_log_or_without_a_measure_need_a_reason(over: Run) -> None:
    for key in ("steps", "command"):
        with pytest.raises(Refused, match="say why"):
            score_rescue(by=None, now=NOW, run=over, scores={key: Score(100)})
    score_rescue(by=None, now=NOW, run=over, scores={"steps": Score(60)})
    for wrong in ({"nothing": Score(1, "x")}, {"steps": Score(101, "x")}, {"steps": Score(-1, "x")}):
        with pytest.raises(Refused):
            score_rescue(by=None, now=NOW, run=over, scores=wrong)


def test_it_takes_who_may_accept_and_a_response_that_is_over(town: Town, run: Run) -> None:
    with pytest.raises(Refused, match="not ended"):
        score_rescue(by=None, now=NOW, run=run, scores=ALL)
    for who, refusal in (("observer", NotAllowed), ("stranger", NotFound)):
        with pytest.raises(refusal):
            score_rescue(by=town.users[who], now=NOW, run=run, scores=ALL)


def test_the_result_stands_in_the_report_the_log_and_the_case(town: Town, over: Run) -> None:
    score_rescue(by=None, now=NOW, run=over, scores=ALL, conclusion="处置基本得当")
    for layout in Layout:
        section = next(one for one in run_after_action(over, layout).sections if one.title.zh == "应急处置评估")
        assert "80.0" in section.paragraphs[0].en
        assert section == rescue_section(rescue_sheet(over, rescue_of(over)), "处置基本得当")
    (told,) = read_stream(f"rescue:{over.pk}")
    assert told.data == {"run": over.pk, "points": 80.0, "judged": 100}
    incidents.close_incident(by=None, now=NOW + timedelta(hours=1), incident=over.incident, reason="完毕")
    case = make_case(by=None, now=NOW + timedelta(hours=1), incident=over.incident)
    assert "80.0 分" in case.evaluation
    assert "处置基本得当" in case.evaluation


def test_the_course_calls_steps_by_their_names(over: Run) -> None:
    for layout in Layout:
        tables = [table for section in run_after_action(over, layout).sections for table in section.tables]
        said = [
            row[3].en for table in tables if len(table.head) == 4 and table.head[3].en == "More" for row in table.rows
        ]
        assert "Isolate the source" in said
        assert "isolate" not in said
