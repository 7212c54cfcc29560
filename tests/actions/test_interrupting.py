"""What is real breaks into an exercise at once, and only into one that it touches."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from tests.actions.test_alliance import Port
from tests.actions.test_exercises import SCRIPT
from tests.actions.town import NOW, Town, report_leak, store_plan
from tests.built_once import built_once
from youbei import worker
from youbei.actions import activation, resources, runs
from youbei.actions.exercises import alliance, breaking, control, enrolling, interrupting, keeping, leading, pace
from youbei.actions.exercises.touching import touches
from youbei.engine.errors import NotAllowed, NotFound, Refused
from youbei.engine.exercises.model import BreaksOn, Safety
from youbei.engine.exercises.read import read_exercise
from youbei.records.load import load_run
from youbei.records.log import read_stream
from youbei.records.models import (
    Enrolment,
    Exercise,
    ExerciseUnit,
    Incident,
    Interruption,
    Message,
    PlanVersion,
    Run,
)

LEVEL_TWO = Safety(level=2)


def minutes(number: float) -> datetime:
    return NOW + timedelta(minutes=number)


@built_once
def version(town: Town) -> PlanVersion:
    return store_plan(town)


@built_once
def port() -> Port:
    return Port()


def begun_with(town: Town, safety: Safety, *people: tuple[str, str, str]) -> Exercise:
    """Begin an exercise of the cold store in which these people play."""
    script = replace(read_exercise(SCRIPT), safety=safety)
    row = keeping.plan_exercise(by=None, now=NOW, script=script, organisation=town.plant)
    enrolling.enrol(by=None, now=NOW, exercise=row, participants=people or [("person:wu", "player", "commander")])
    return leading.start_exercise(by=None, now=minutes(1), exercise=row)


@built_once
def begun(town: Town, version: PlanVersion) -> Exercise:
    return begun_with(town, Safety())


def respond(town: Town, version: PlanVersion, at: datetime, **more: object) -> Run:
    """Report a real leak and activate the plan for it; its commander is the bureau's director, who is `person:wu`."""
    leak = report_leak(town, at, **more)
    return activation.activate_plan(by=town.users["director"], now=at, incident=leak, plan_version=version)


def tick(at: datetime) -> None:
    worker.tick(at)


def fresh(row: Exercise) -> Exercise:
    return Exercise.objects.get(pk=row.pk)


def kinds(stream: str) -> list[str]:
    return [event.kind for event in read_stream(stream)]


class TestWhatTouches:
    def test_a_real_plan_that_calls_a_player_suspends_the_exercise_at_the_next_tick(
        self, town: Town, version: PlanVersion, begun: Exercise
    ) -> None:
        run = respond(town, version, minutes(5))
        tick(minutes(5))
        row = fresh(begun)
        assert row.status == "suspended"
        one = Interruption.objects.get(exercise=row)
        assert (one.incident, one.unit, one.why) == (run.incident, None, "post")

    def test_one_that_is_not_touched_goes_on(self, town: Town, version: PlanVersion) -> None:
        row = begun_with(town, Safety(), ("agency:town-plant", "player", ""))
        respond(town, version, minutes(5))
        tick(minutes(5))
        assert fresh(row).status == "running"
        assert not Interruption.objects.exists()

    def test_a_report_alone_is_left_to_the_director_where_the_safety_plan_says_nothing_else(
        self, town: Town, begun: Exercise
    ) -> None:
        report_leak(town, minutes(5), organisation=town.plant)
        tick(minutes(5))
        assert fresh(begun).status == "running"

    def test_a_report_from_an_enrolled_unit_is_enough_where_the_safety_plan_says_so(
        self, town: Town, version: PlanVersion
    ) -> None:
        row = begun_with(town, Safety(breaks_on=BreaksOn.REPORT), ("agency:town-park", "player", ""))
        report_leak(town, minutes(4), organisation=town.fire)
        tick(minutes(4))
        assert fresh(row).status == "running"
        report_leak(town, minutes(5), organisation=town.plant)
        tick(minutes(5))
        assert fresh(row).status == "suspended"

    def test_a_response_less_severe_than_the_safety_plan_names_is_left_to_the_director(
        self, town: Town, version: PlanVersion
    ) -> None:
        row = begun_with(town, LEVEL_TWO)
        leak = report_leak(town, minutes(4))
        run = activation.activate_plan(by=None, now=minutes(4), incident=leak, plan_version=version, level=4)
        tick(minutes(4))
        assert fresh(row).status == "running"
        Run.objects.filter(pk=run.pk).update(level=2)
        tick(minutes(5))
        assert fresh(row).status == "suspended"

    def test_a_real_plan_of_the_unit_itself_and_one_for_an_incident_at_it(
        self, town: Town, version: PlanVersion
    ) -> None:
        row = begun_with(town, Safety(), ("person:zhou", "observer", ""))
        Exercise.objects.filter(pk=row.pk).update(organisation=town.bureau, org_path=town.bureau.path)
        leak = report_leak(town, minutes(4), organisation=town.fire)
        posts = {"desk": "agency:town-fire"}
        activation.activate_plan(by=None, now=minutes(4), incident=leak, plan_version=version, posts=posts)
        assert [(one.why, one.subject) for one in touches(fresh(row), minutes(4))] == [("run", "town-emb")]

    def test_a_team_of_somebody_enrolled_that_is_really_sent(self, town: Town, version: PlanVersion) -> None:
        row = begun_with(town, Safety(), ("agency:town-fire", "player", ""))
        leak, posts = report_leak(town, minutes(4)), {"ops": "agency:town-park"}
        run = activation.activate_plan(by=None, now=minutes(4), incident=leak, plan_version=version, posts=posts)
        assert not touches(row, minutes(4))
        send(town, run, minutes(6))
        tick(minutes(6))
        assert Interruption.objects.get(exercise=row).why == "team"

    def test_what_was_called_before_it_began_does_not_break_in(self, town: Town, version: PlanVersion) -> None:
        respond(town, version, minutes(0))
        row = begun_with(town, Safety())
        tick(minutes(2))
        assert fresh(row).status == "running"
        runs.raise_level(by=None, now=minutes(3), run=Run.objects.get(mode="real"), level=2)
        tick(minutes(3))
        assert fresh(row).status == "suspended"

    def test_another_exercise_never_does(self, town: Town, version: PlanVersion, begun: Exercise) -> None:
        other = begun_with(town, Safety())
        activation.activate_plan(by=None, now=minutes(3), incident=other.incident, plan_version=version)  # type: ignore[arg-type]
        tick(minutes(3))
        assert fresh(begun).status == "running"

    def test_an_exercise_without_a_script_is_suspended_too(self, town: Town, version: PlanVersion) -> None:
        row = keeping.plan_drill(by=None, now=NOW, organisation=town.plant, title=keeping.NO_TITLE)
        enrolling.enrol(by=None, now=NOW, exercise=row, participants=[("person:wu", "player", "")])
        row = leading.start_exercise(by=None, now=minutes(1), exercise=row)
        respond(town, version, minutes(5))
        tick(minutes(5))
        assert fresh(row).status == "suspended"
        row = interrupting.resume_exercise(by=None, now=minutes(30), exercise=row, reason="处置完毕")
        assert row.status == "running"
        assert kinds(row.stream)[-2:] == ["exercise.suspended", "exercise.resumed"]


def send(town: Town, run: Run, at: datetime) -> None:
    """Let the alarm be raised, and send the first engine to what is needed then."""
    runs.finish_step(by=None, now=at, run=run, step="alarm")
    need = run.needs.order_by("pk").first()
    assert need is not None
    resources.assign_resource(by=None, now=at, run=run, need=need.need, resource=f"team:{town.teams[0].pk}", quantity=1)


class TestNothingRealWaitsForIt:
    def test_while_no_exercise_goes_on_a_tick_asks_once(
        self, town: Town, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        with django_assert_num_queries(1):
            assert interrupting.let_reality_in(minutes(5)) == 0

    def test_one_that_cannot_be_read_holds_up_neither_the_others_nor_the_tick(
        self, town: Town, version: PlanVersion, begun: Exercise
    ) -> None:
        broken = begun_with(town, Safety())
        Exercise.objects.filter(pk=broken.pk).update(data={"no": "exercise"}, started_at=NOW)
        respond(town, version, minutes(5))
        assert interrupting.let_reality_in(minutes(5)) == 1
        assert (fresh(begun).status, fresh(broken).status) == ("suspended", "running")


class TestWhatStops:
    @pytest.fixture
    def stopped(self, town: Town, version: PlanVersion, begun: Exercise) -> Exercise:
        activation.activate_plan(by=None, now=minutes(2), incident=begun.incident, plan_version=version)  # type: ignore[arg-type]
        respond(town, version, minutes(5))
        tick(minutes(5))
        return fresh(begun)

    def test_players_are_released_by_a_real_message_and_nothing_of_the_exercise_goes_out(
        self, stopped: Exercise
    ) -> None:
        released = Message.objects.filter(key__startswith="suspended:", recipient__startswith="person:")
        assert [one.mode for one in released] == ["real"]
        assert "EXERCISE" not in released[0].subject_en
        assert "演习" in released[0].subject_zh
        assert not Message.objects.filter(run=stopped.run, status="queued").exists()

    def test_the_unit_that_leads_is_told_although_its_director_plays_no_part(self, stopped: Exercise) -> None:
        assert Message.objects.filter(key__startswith="suspended:", recipient="agency:town-plant", mode="real").exists()

    def test_its_clock_stands_and_no_inject_comes(self, stopped: Exercise) -> None:
        assert stopped.run is not None
        before = kinds(stopped.run.stream)
        tick(minutes(90))
        assert kinds(stopped.run.stream) == before
        assert before[-2:] == ["clock.set", "exercise.suspended"]

    def test_nobody_does_anything_in_it(self, stopped: Exercise) -> None:
        assert stopped.run is not None
        with pytest.raises(Refused, match="suspended"):
            control.fire_inject(by=None, now=minutes(6), exercise=stopped, inject="rumour")
        with pytest.raises(Refused, match="suspended"):
            pace.resume_clock(by=None, now=minutes(6), run=stopped.run)

    def test_evaluators_may_still_note_what_they_saw(self, stopped: Exercise) -> None:
        assert control.observe(by=None, now=minutes(6), exercise=stopped, text="撤出有序").pk

    def test_the_director_lets_it_go_on_with_a_reason_from_where_it_stood(self, town: Town, stopped: Exercise) -> None:
        assert stopped.run is not None
        with pytest.raises(Refused, match="why"):
            interrupting.resume_exercise(by=None, now=minutes(60), exercise=stopped, reason=" ")
        row = interrupting.resume_exercise(
            by=town.users["trainer"], now=minutes(60), exercise=stopped, reason="真实事件处置完毕"
        )
        assert row.status == "running"
        run = load_run(Run.objects.get(pk=stopped.run.pk))
        assert run.state.clock is not None
        assert run.state.clock.scenario_at(minutes(61)) == minutes(6)
        told = Message.objects.get(key__startswith="goes-on:", recipient__startswith="person:")
        assert told.mode == "exercise"

    def test_what_the_director_has_seen_does_not_stop_it_again_a_new_call_does(
        self, town: Town, version: PlanVersion, stopped: Exercise
    ) -> None:
        interrupting.resume_exercise(by=None, now=minutes(60), exercise=stopped, reason="处置完毕")
        tick(minutes(61))
        assert fresh(stopped).status == "running"
        respond(town, version, minutes(62))
        tick(minutes(62))
        assert fresh(stopped).status == "suspended"

    def test_a_raised_level_of_what_the_director_has_seen_stops_it_again_a_lowered_one_does_not(
        self, town: Town, stopped: Exercise
    ) -> None:
        real = Run.objects.get(mode="real")
        runs.raise_level(by=None, now=minutes(30), run=real, level=3)
        interrupting.resume_exercise(by=None, now=minutes(60), exercise=stopped, reason="处置完毕")
        runs.lower_level(by=town.users["director"], now=minutes(61), run=real, level=4, reason="缓和")
        tick(minutes(61))
        assert fresh(stopped).status == "running"
        runs.raise_level(by=None, now=minutes(62), run=real, level=2)
        tick(minutes(62))
        assert fresh(stopped).status == "suspended"
        last = Interruption.objects.get(exercise=stopped, lifted_at=None)
        assert (last.incident, last.why, last.at) == (real.incident, "post", minutes(62))

    def test_a_level_raised_without_reaching_that_of_the_safety_plan_does_not(
        self, town: Town, version: PlanVersion
    ) -> None:
        row = begun_with(town, Safety(level=1))
        leak = report_leak(town, minutes(4))
        real = activation.activate_plan(by=None, now=minutes(4), incident=leak, plan_version=version, level=4)
        runs.raise_level(by=None, now=minutes(5), run=real, level=2)
        tick(minutes(5))
        assert fresh(row).status == "running"

    def test_it_can_be_ended_or_broken_off(self, stopped: Exercise) -> None:
        leak = Incident.objects.get(mode="real")
        row = breaking.break_off(by=None, now=minutes(9), exercise=stopped, incident=leak)
        assert (row.status, row.broken_off_for) == ("ended", leak)
        assert not row.interruptions.filter(lifted_at=None).exists()

    def test_folding_its_log_gives_the_run_that_stopped(self, stopped: Exercise) -> None:
        assert stopped.run is not None
        assert load_run(Run.objects.get(pk=stopped.run.pk)).state.script.is_suspended

    def test_a_tick_again_says_nothing_twice(self, stopped: Exercise) -> None:
        before = Message.objects.count()
        tick(minutes(6))
        tick(minutes(7))
        assert (Message.objects.count(), Interruption.objects.count()) == (before, 1)


class TestTeamsAreFree:
    def test_a_team_that_the_exercise_has_pretended_to_send_is_really_sent_at_once_and_stops_it(
        self, town: Town, version: PlanVersion
    ) -> None:
        row = begun_with(town, Safety(), ("person:zhou", "observer", ""))
        playing = activation.activate_plan(by=None, now=minutes(2), incident=row.incident, plan_version=version)  # type: ignore[arg-type]
        send(town, playing, minutes(3))
        town.teams[0].refresh_from_db()
        assert town.teams[0].status == "available"
        posts = {"desk": "agency:town-fire", "commander": "agency:town-fire"}
        leak = report_leak(town, minutes(4), organisation=town.fire)
        run = activation.activate_plan(by=None, now=minutes(4), incident=leak, plan_version=version, posts=posts)
        tick(minutes(4))
        assert fresh(row).status == "running"
        send(town, run, minutes(5))
        town.teams[0].refresh_from_db()
        assert town.teams[0].status == "assigned"
        tick(minutes(5))
        assert fresh(row).status == "suspended"


class TestByHand:
    def test_a_player_calls_it_out_before_anything_is_reported(self, town: Town, begun: Exercise) -> None:
        row = interrupting.call_out(by=town.users["director"], now=minutes(3), exercise=begun, reason="有人真受伤")
        assert row.status == "suspended"
        assert Interruption.objects.get(exercise=row).subject == "有人真受伤"

    def test_who_takes_no_part_does_not(self, town: Town, begun: Exercise) -> None:
        with pytest.raises(NotAllowed):
            interrupting.call_out(by=town.users["observer"], now=minutes(3), exercise=begun)

    def test_who_may_not_know_of_it_learns_nothing(self, town: Town, version: PlanVersion, port: Port) -> None:
        row = begun_with(town, Safety())
        with pytest.raises(NotFound):
            interrupting.call_out(by=port.leader, now=minutes(3), exercise=row)

    def test_the_incident_of_an_exercise_is_none(self, begun: Exercise) -> None:
        with pytest.raises(Refused, match="real"):
            interrupting.call_out(by=None, now=minutes(3), exercise=begun, incident=begun.incident)


class TestOfOneUnit:
    @pytest.fixture
    def joined(self, town: Town, version: PlanVersion, port: Port) -> ExerciseUnit:
        row = keeping.plan_exercise(by=None, now=NOW, script=read_exercise(SCRIPT), organisation=town.plant)
        enrolling.enrol(by=None, now=NOW, exercise=row, participants=[("person:zhou", "player", "")])
        unit = alliance.ask_unit(by=None, now=NOW, exercise=row, organisation=port.unit)
        unit = alliance.answer_unit(by=port.leader, now=NOW, unit=unit, accepts=True)
        enrolling.enrol(by=None, now=NOW, exercise=row, participants=[("person:pilot", "player", "")], unit=unit)
        leading.start_exercise(by=None, now=minutes(1), exercise=row)
        unit.refresh_from_db()
        return unit

    @pytest.fixture
    def away(self, town: Town, version: PlanVersion, port: Port, joined: ExerciseUnit) -> ExerciseUnit:
        """Let the pilot be called to a real incident."""
        leak = report_leak(town, minutes(5))
        posts = {"desk": "agency:town-fire", "commander": "person:pilot"}
        activation.activate_plan(by=None, now=minutes(5), incident=leak, plan_version=version, posts=posts)
        tick(minutes(5))
        joined.refresh_from_db()
        return joined

    def test_its_people_leave_at_once_and_the_others_go_on(self, away: ExerciseUnit) -> None:
        assert away.state == "away"
        assert fresh(away.exercise).status == "running"
        refs = set(Enrolment.objects.filter(incident=away.exercise.incident).values_list("ref", flat=True))
        assert refs == {"person:zhou"}

    def test_they_are_told_for_real_and_the_others_as_exercise_without_what_it_is(
        self, port: Port, away: ExerciseUnit
    ) -> None:
        own = Message.objects.get(key__startswith="away:")
        assert (own.mode, own.recipient) == ("real", f"person:{port.pilot.pk}")
        others = Message.objects.filter(key__startswith="away-others:")
        assert {one.mode for one in others} == {"exercise"}
        number = Incident.objects.get(mode="real").number
        assert number in own.body_zh
        assert not any(number in one.body_zh + one.body_en for one in others)

    def test_it_is_not_touched_twice(self, away: ExerciseUnit) -> None:
        tick(minutes(6))
        assert Interruption.objects.count() == 1

    def test_the_unit_alone_brings_its_people_back(self, town: Town, port: Port, away: ExerciseUnit) -> None:
        with pytest.raises(NotFound):
            interrupting.return_unit(by=town.users["trainer"], now=minutes(9), unit=away, reason="好了")
        unit = interrupting.return_unit(by=port.leader, now=minutes(9), unit=away, reason="处置完毕")
        assert unit.state == "accepted"
        assert Enrolment.objects.filter(ref="person:pilot").exists()
        tick(minutes(10))
        unit.refresh_from_db()
        assert unit.state == "accepted"
        assert kinds(unit.exercise.stream)[-2:] == ["exercise.unit_away", "exercise.unit_back"]

    def test_a_partner_calls_out_for_its_own_people_and_not_for_the_others(
        self, port: Port, joined: ExerciseUnit
    ) -> None:
        with pytest.raises((NotFound, NotAllowed)):
            interrupting.call_out(by=port.leader, now=minutes(3), exercise=joined.exercise)
        row = interrupting.call_out(by=port.leader, now=minutes(3), exercise=joined.exercise, unit=joined)
        joined.refresh_from_db()
        assert (row.status, joined.state) == ("running", "away")

    def test_the_leading_units_incident_stops_it_for_all_and_tells_the_others_no_more_than_that(
        self, town: Town, version: PlanVersion, port: Port, joined: ExerciseUnit
    ) -> None:
        leak = report_leak(town, minutes(5))
        activation.activate_plan(by=None, now=minutes(5), incident=leak, plan_version=version)
        tick(minutes(5))
        assert fresh(joined.exercise).status == "suspended"
        pilot = Message.objects.get(key__startswith="suspended:", recipient=f"person:{port.pilot.pk}")
        assert pilot.mode == "real"
        assert leak.number not in pilot.body_zh
