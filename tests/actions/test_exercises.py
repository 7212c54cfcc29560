"""An exercise is planned, begun, led and ended, on the same engine and log as reality."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.actions.town import NOW, Town
from tests.built_once import built_once
from youbei.actions import incidents, runs
from youbei.actions.advance import advance_run
from youbei.actions.exercises import enrolling, keeping, leading, pace
from youbei.engine.errors import NotAllowed, NotFound, Refused
from youbei.engine.events import Event
from youbei.engine.exercises.read import read_exercise
from youbei.engine.text import Text
from youbei.records.load import load_run
from youbei.records.log import read_stream
from youbei.records.models import Exercise, Fact, Incident, Message, PlanVersion, Run, Team

pytestmark = pytest.mark.usefixtures("stored")
SCRIPT = (Path(__file__).parent / "exercise.toml").read_text(encoding="utf-8")


def minutes(number: float) -> datetime:
    return NOW + timedelta(minutes=number)


@built_once
def planned(town: Town, stored: PlanVersion) -> Exercise:
    row = keeping.plan_exercise(by=town.users["trainer"], now=NOW, script=read_exercise(SCRIPT))
    enrolled = [("town-emb", "player", ""), ("town-fire", "player", "ops"), ("person:wu", "player", "commander")]
    return enrolling.enrol(by=town.users["trainer"], now=NOW, exercise=row, participants=enrolled)


@built_once
def begun(town: Town, planned: Exercise) -> Exercise:
    return leading.start_exercise(by=town.users["trainer"], now=NOW, exercise=planned)


def run_of(exercise: Exercise) -> Run:
    return Run.objects.select_related("plan_version", "incident").get(pk=exercise.run_id)


def kinds(run: Run) -> list[str]:
    return [event.kind for event in read_stream(run.stream)]


def told(stream: str, kind: str) -> list[Event]:
    """Return the events of a kind in a stream."""
    return [event for event in read_stream(stream) if event.kind == kind]


def injects_fired(run: Run) -> list[str]:
    return [event.data["inject"] for event in told(run.stream, "inject.fired")]


class TestPlanning:
    def test_it_belongs_to_the_unit_whose_plan_it_tests(self, town: Town, planned: Exercise) -> None:
        assert planned.organisation == town.bureau
        assert planned.status == "planned"
        assert planned.digest

    def test_only_who_leads_exercises_plans_one(self, town: Town) -> None:
        with pytest.raises(NotAllowed):
            keeping.plan_exercise(by=town.users["observer"], now=NOW, script=read_exercise(SCRIPT))

    def test_a_stranger_learns_nothing_of_the_plan(self, town: Town) -> None:
        with pytest.raises(keeping.ExerciseRefused, match="not stored"):
            keeping.plan_exercise(by=town.users["stranger"], now=NOW, script=read_exercise(SCRIPT))

    def test_a_planned_one_may_be_revised_and_the_log_keeps_both_digests(self, town: Town, planned: Exercise) -> None:
        was = planned.digest
        other = read_exercise(SCRIPT.replace('version = "1"', 'version = "2"'))
        row = keeping.revise_exercise(by=town.users["trainer"], now=NOW, exercise=planned, script=other)
        entry = told(row.stream, "exercise.revised")[-1]
        assert (entry.data["was"], entry.data["digest"]) == (was, row.digest)
        assert was != row.digest

    def test_one_that_has_begun_stays_as_it_is(self, town: Town, begun: Exercise) -> None:
        with pytest.raises(keeping.ExerciseRefused, match="has begun"):
            keeping.revise_exercise(by=town.users["trainer"], now=NOW, exercise=begun, script=read_exercise(SCRIPT))

    def test_who_is_in_no_register_cannot_be_enrolled(self, town: Town, planned: Exercise) -> None:
        with pytest.raises(keeping.ExerciseRefused, match="not in the registers"):
            enrolling.enrol(
                by=town.users["trainer"], now=NOW, exercise=planned, participants=[("nobody", "player", "")]
            )

    def test_a_faulty_script_does_not_begin(self, town: Town) -> None:
        wrong = read_exercise(SCRIPT.replace('step = "alarm"}', 'step = "alrm"}'))
        row = keeping.plan_exercise(by=town.users["trainer"], now=NOW, script=wrong)
        with pytest.raises(keeping.ExerciseRefused, match="alrm"):
            leading.start_exercise(by=town.users["trainer"], now=NOW, exercise=row)
        assert not Incident.objects.exists()

    def test_a_cancelled_one_is_gone_but_the_log_says_why(self, town: Town, planned: Exercise) -> None:
        stream = planned.stream
        keeping.cancel_exercise(by=town.users["trainer"], now=NOW, exercise=planned, reason="storm")
        assert not Exercise.objects.exists()
        assert told(stream, "exercise.cancelled")[0].data["reason"] == "storm"


class TestStartEx:
    def test_it_opens_an_incident_in_exercise_mode_and_fires_what_is_due(self, begun: Exercise) -> None:
        assert begun.status == "running"
        assert begun.incident is not None
        assert begun.incident.number.startswith("E")
        assert injects_fired(run_of(begun)) == ["startex", "smell"]

    def test_the_plan_waits_for_its_players(self, begun: Exercise) -> None:
        assert run_of(begun).phase == "new"

    def test_what_the_scenario_brings_is_known_of_the_incident(self, begun: Exercise) -> None:
        fact = Fact.objects.get(incident=begun.incident)
        assert (fact.key, fact.value, fact.source) == ("leak_continues", True, "scenario")

    def test_an_inject_reaches_only_those_enrolled_stamped_as_exercise(self, town: Town, begun: Exercise) -> None:
        (sent,) = Message.objects.filter(run=begun.run, body_zh__contains="气味")
        assert (sent.mode, sent.status) == ("exercise", "queued")
        assert "演练" in sent.subject_zh

    def test_who_is_not_enrolled_is_not_told(self, town: Town, planned: Exercise) -> None:
        enrolling.enrol(by=None, now=NOW, exercise=planned, participants=[("person:wu", "player", "")])
        begun = leading.start_exercise(by=None, now=NOW, exercise=planned)
        (sent,) = Message.objects.filter(run=begun.run, body_zh__contains="气味")
        assert sent.status == "refused"

    def test_who_joins_later_is_told_from_then_on(self, town: Town, planned: Exercise) -> None:
        enrolling.enrol(by=None, now=NOW, exercise=planned, participants=[])
        begun = leading.start_exercise(by=None, now=NOW, exercise=planned)
        enrolling.enrol(by=None, now=NOW, exercise=begun, participants=[("person:wu", "player", "commander")])
        advance_run(run_of(begun).pk, minutes(11))
        assert Message.objects.get(run=begun.run, body_zh__contains="中毒").status == "queued"

    def test_starting_it_twice_begins_once(self, town: Town, begun: Exercise) -> None:
        again = leading.start_exercise(by=town.users["trainer"], now=minutes(1), exercise=begun)
        assert again.run_id == begun.run_id
        assert Run.objects.count() == 1

    def test_nobody_else_starts_it(self, town: Town, planned: Exercise) -> None:
        with pytest.raises(NotAllowed):
            leading.start_exercise(by=town.users["officer"], now=NOW, exercise=planned)
        with pytest.raises(NotFound):
            leading.start_exercise(by=town.users["stranger"], now=NOW, exercise=planned)


class TestTheWorkerCarriesItOn:
    def test_an_inject_fires_at_its_time_though_nobody_does_anything(self, begun: Exercise) -> None:
        run = run_of(begun)
        assert run.next_due_at is not None
        assert advance_run(run.pk, minutes(10.5))
        assert injects_fired(run) == ["startex", "smell", "hurt"]
        assert Fact.objects.filter(incident=begun.incident, key="serious_injured").exists()

    def test_what_was_not_done_in_time_is_late_in_the_log(self, begun: Exercise) -> None:
        advance_run(run_of(begun).pk, minutes(6))
        assert "action.late" in kinds(run_of(begun))

    def test_it_ends_itself_at_the_latest(self, begun: Exercise) -> None:
        advance_run(run_of(begun).pk, minutes(121))
        begun.refresh_from_db()
        assert (begun.status, begun.end_reason) == ("ended", "时间已到 / time is up")

    def test_folding_the_log_gives_the_run_that_was_carried_out(self, begun: Exercise) -> None:
        advance_run(run_of(begun).pk, minutes(10.5))
        loaded = load_run(run_of(begun))
        assert loaded.state.script.cues["hurt"].status.value == "fired"
        assert loaded.state.script.cues["rumour"].status.value == "waiting"

    def test_time_that_is_cut_otherwise_gives_the_same_log(self, town: Town, stored: PlanVersion) -> None:
        logs = []
        for cuts in ((5, 11, 30), (0.5, 7, 10, 10.2, 29, 30)):
            row = keeping.plan_exercise(by=None, now=NOW, script=read_exercise(SCRIPT))
            row = leading.start_exercise(by=None, now=NOW, exercise=row)
            for cut in cuts:
                advance_run(run_of(row).pk, minutes(cut))
            logs.append([(one.at, one.kind, one.data) for one in read_stream(run_of(row).stream)])
        assert logs[0] == logs[1]


class TestPlayersAct:
    @pytest.fixture
    def activated(self, town: Town, begun: Exercise, stored: PlanVersion) -> Run:
        assert begun.incident is not None
        return runs.activate_plan(
            by=town.users["officer"], now=minutes(2), incident=begun.incident, plan_version=stored
        )

    def test_they_activate_the_plan_in_the_run_of_the_exercise(self, begun: Exercise, activated: Run) -> None:
        assert activated.pk == begun.run_id
        assert activated.phase == "active"
        assert Run.objects.count() == 1

    def test_a_step_done_meets_the_expected_action(self, town: Town, activated: Run) -> None:
        runs.finish_step(by=town.users["officer"], now=minutes(3), run=activated, step="alarm")
        (met,) = told(activated.stream, "action.met")
        assert met.data["action"] == "alarm-raised"
        assert not met.data["is_late"]

    def test_a_played_post_begins_by_itself(self, activated: Run) -> None:
        runs.raise_level(by=None, now=minutes(3), run=activated, level=3, reason="more hurt")
        advance_run(activated.pk, minutes(5))
        started = [event.data["step"] for event in told(activated.stream, "step.started")]
        assert "warn" in started

    def test_a_real_team_is_never_taken(self, town: Town, activated: Run) -> None:
        runs.finish_step(by=None, now=minutes(3), run=activated, step="alarm")
        assert not Team.objects.exclude(status="available").exists()

    def test_facts_that_players_report_are_there_once(self, town: Town, activated: Run) -> None:
        incidents.add_facts(
            by=town.users["officer"], now=minutes(3), incident=activated.incident, facts={"deaths": 0}, source="phone"
        )
        assert Fact.objects.filter(key="deaths").count() == 1


class TestTheClock:
    def test_a_paused_exercise_says_so_and_brings_nothing(self, town: Town, begun: Exercise) -> None:
        pace.pause_clock(by=town.users["trainer"], now=minutes(1), run=run_of(begun))
        begun.refresh_from_db()
        assert begun.status == "paused"
        assert not advance_run(run_of(begun).pk, minutes(60))
        pace.resume_clock(by=town.users["trainer"], now=minutes(60), run=run_of(begun))
        begun.refresh_from_db()
        assert begun.status == "running"
        assert injects_fired(run_of(begun)) == ["startex", "smell"]

    def test_a_jump_brings_what_lies_between(self, town: Town, begun: Exercise) -> None:
        pace.jump_clock(by=town.users["trainer"], now=minutes(1), run=run_of(begun), ahead=timedelta(minutes=15))
        assert injects_fired(run_of(begun))[-1] == "hurt"

    def test_at_ten_times_the_speed_ten_minutes_pass_in_one(self, town: Town, begun: Exercise) -> None:
        pace.set_speed(by=town.users["trainer"], now=NOW, run=run_of(begun), speed=10)
        advance_run(run_of(begun).pk, minutes(1.1))
        assert injects_fired(run_of(begun))[-1] == "hurt"


class TestEndEx:
    def test_what_waits_is_skipped_and_what_is_open_was_missed(self, town: Town, begun: Exercise) -> None:
        row = leading.end_exercise(by=town.users["trainer"], now=minutes(4), exercise=begun, reason="enough")
        run = run_of(row)
        assert row.status == "ended"
        assert kinds(run)[-1] == "exercise.ended"
        assert {"action.missed", "inject.skipped"} <= set(kinds(run))

    def test_the_response_ends_with_it(self, town: Town, begun: Exercise, stored: PlanVersion) -> None:
        assert begun.incident is not None
        runs.activate_plan(by=None, now=minutes(2), incident=begun.incident, plan_version=stored)
        leading.end_exercise(by=town.users["trainer"], now=minutes(4), exercise=begun, reason="enough")
        assert run_of(begun).phase == "ended"

    def test_closing_it_closes_its_incident(self, town: Town, begun: Exercise) -> None:
        with pytest.raises(keeping.ExerciseRefused, match="not ended"):
            leading.close_exercise(by=town.users["trainer"], now=minutes(4), exercise=begun)
        leading.end_exercise(by=town.users["trainer"], now=minutes(4), exercise=begun, reason="enough")
        row = leading.close_exercise(by=town.users["trainer"], now=minutes(5), exercise=begun)
        assert row.status == "closed"
        assert row.incident is not None
        assert Incident.objects.get(pk=row.incident_id).status == "closed"


class TestWithoutAScript:
    def test_a_drill_begins_and_ends(self, town: Town) -> None:
        row = keeping.plan_drill(
            by=town.users["trainer"], now=NOW, organisation=town.bureau, title=Text("月度疏散", "Monthly evacuation")
        )
        row = leading.start_exercise(by=town.users["trainer"], now=NOW, exercise=row)
        assert (row.status, row.run_id) == ("running", None)
        row = leading.end_exercise(by=town.users["trainer"], now=minutes(4), exercise=row, reason="")
        assert row.status == "ended"

    def test_it_needs_a_name(self, town: Town) -> None:
        with pytest.raises(Refused, match="title"):
            keeping.plan_drill(by=None, now=NOW, organisation=town.bureau, title=Text(" ", ""))
