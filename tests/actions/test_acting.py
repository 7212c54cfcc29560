"""What people do in a run, by whom and with what effect on the registers."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from tests.actions.town import NOW, Town, report_leak, store_plan
from tests.built_once import built_once
from youbei.actions import access, exercises, incidents, levels, resources, runs, stores, ways
from youbei.actions.advance import advance_run
from youbei.actions.registers import people as registers
from youbei.engine.access import Permission, Role
from youbei.engine.clock import ClockRefused
from youbei.engine.errors import NotAllowed, NotFound, Refused
from youbei.records.log import read_stream, verify_log
from youbei.records.models import Assignment, Message, Run, RunStep, Team, TeamCapability


def kinds(run: Run) -> list[str]:
    return [event.kind for event in read_stream(run.stream)]


def status(run: Run, step: str) -> str:
    return RunStep.objects.get(run=run, step=step).status


@built_once
def isolating(town: Town, run: Run) -> Run:
    """A run whose alarm is raised, so that the step which needs teams and suits is open."""
    return runs.finish_step(by=town.users["officer"], now=NOW + timedelta(minutes=2), run=run, step="alarm")


def test_a_finished_step_lets_its_follower_open(isolating: Run) -> None:
    assert (status(isolating, "alarm"), status(isolating, "isolate")) == ("finished", "open")


def test_the_log_says_who_did_it_by_post_and_not_by_name(town: Town, isolating: Run) -> None:
    done = next(event for event in read_stream(isolating.stream) if event.kind == "step.finished")
    assert done.by.id == f"user:{town.users['officer'].pk}"
    assert "周正" not in done.by.label


def test_steps_are_skipped_and_reopened_with_a_reason_by_the_commander(
    town: Town, isolating: Run, now: datetime
) -> None:
    at = now + timedelta(minutes=3)
    with pytest.raises(NotAllowed):
        runs.skip_step(by=town.users["officer"], now=at, run=isolating, step="isolate", reason="厂方已关阀")
    with pytest.raises(Refused):
        runs.skip_step(by=town.users["director"], now=at, run=isolating, step="isolate", reason="")
    runs.skip_step(by=town.users["director"], now=at, run=isolating, step="isolate", reason="厂方已关阀")
    assert status(isolating, "isolate") == "skipped"
    runs.reopen_step(by=town.users["director"], now=at, run=isolating, step="isolate", reason="复查发现仍有泄漏")
    assert status(isolating, "isolate") == "open"


def test_a_stranger_finds_no_run_and_an_observer_may_not_touch_it(town: Town, run: Run, now: datetime) -> None:
    with pytest.raises(NotFound):
        runs.finish_step(by=town.users["stranger"], now=now, run=run, step="alarm")
    with pytest.raises(NotAllowed):
        runs.finish_step(by=town.users["observer"], now=now, run=run, step="alarm")
    assert status(run, "alarm") == "open"


def test_who_fills_a_post_may_work_without_any_grant_there(town: Town, run: Run, now: datetime) -> None:
    member = registers.create_person(by=None, now=now, organisation=town.fire, code="sun", name_zh="孙勇")
    user = access.create_user(by=None, now=now, username="sun", person=member, grants=((Role.RESPONDER, town.fire),))
    assert not user.may(Permission.SEE, run.org_path)
    runs.finish_step(by=user, now=now, run=run, step="alarm")
    assert status(run, "alarm") == "finished"


def test_levels_are_raised_by_command_and_lowered_by_the_post_the_plan_names(
    town: Town, run: Run, now: datetime
) -> None:
    with pytest.raises(NotAllowed):
        runs.raise_level(by=town.users["officer"], now=now, run=run, level=2)
    assert runs.raise_level(by=town.users["director"], now=now, run=run, level=2).level == 2
    with pytest.raises(Refused):
        runs.lower_level(by=town.users["officer"], now=now, run=run, level=4, reason="好转")
    assert runs.lower_level(by=town.users["director"], now=now, run=run, level=4, reason="好转").level == 4
    with pytest.raises(levels.NoSuchLevel):
        runs.raise_level(by=town.users["director"], now=now, run=run, level=9)


def test_new_facts_reach_the_run_and_raise_its_level(town: Town, run: Run, now: datetime) -> None:
    incidents.add_facts(
        by=town.users["officer"],
        now=now + timedelta(minutes=4),
        incident=run.incident,
        facts={"serious_injured": 1},
        source="120",
        known_at=now + timedelta(minutes=1),
    )
    run.refresh_from_db()
    assert run.level == 3
    assert "level.raised" in kinds(run)


def test_a_post_is_passed_on_by_its_holder_or_the_commander(town: Town, run: Run, now: datetime) -> None:
    officer, director = town.users["officer"], town.users["director"]
    with pytest.raises(NotAllowed):
        runs.hand_over_post(by=officer, now=now, run=run, post="ops", holder="person:wu")
    with pytest.raises(Refused, match="registers"):
        runs.hand_over_post(by=officer, now=now, run=run, post="desk", holder="person:ghost")
    runs.hand_over_post(by=officer, now=now, run=run, post="desk", holder="person:wu", briefing="火势稳定")
    runs.hand_over_post(by=director, now=now, run=run, post="desk", holder="person:zhou")
    assert run.posts.get(post="desk").person == town.officer


def test_time_makes_a_step_late_and_climb_once_however_often_the_worker_ticks(
    town: Town, isolating: Run, now: datetime
) -> None:
    for minute in range(1, 40):
        advance_run(isolating.pk, now + timedelta(minutes=minute))
        advance_run(isolating.pk, now + timedelta(minutes=minute))
    found = kinds(isolating)
    assert found.count("step.late") == 1
    assert found.count("step.climbed") == 2
    late = next(event for event in read_stream(isolating.stream) if event.kind == "step.late")
    assert late.at == now + timedelta(minutes=12)
    keys = list(Message.objects.values_list("key", flat=True))
    assert len(keys) == len(set(keys))
    assert not list(verify_log())


def test_a_late_worker_lets_everything_happen_at_its_own_time(town: Town, isolating: Run, now: datetime) -> None:
    assert advance_run(isolating.pk, now + timedelta(hours=5))
    times = [event.at for event in read_stream(isolating.stream) if event.kind == "step.climbed"]
    assert times == [now + timedelta(minutes=12), now + timedelta(minutes=17)]
    isolating.refresh_from_db()
    assert isolating.next_due_at is None
    assert not advance_run(isolating.pk, now + timedelta(hours=6))


def test_the_nearest_team_is_proposed_first_and_taken_by_assignment(town: Town, isolating: Run, now: datetime) -> None:
    at, officer = now + timedelta(minutes=3), town.users["officer"]
    first, second = resources.propose_resources(isolating, "isolate/team")
    assert [first.resource, second.resource] == [f"team:{team.pk}" for team in town.teams[:2]]
    assert first.reason_en
    sent = resources.assign_resource(
        by=officer, now=at, run=isolating, need="isolate/team", resource=first.resource, reason=first.reason_zh
    )
    assert sent.expected_at > at
    assert sent.team == town.teams[0]
    assert not TeamCapability.objects.get(team=town.teams[0]).is_available
    [left] = resources.propose_resources(isolating, "isolate/team")
    assert left.resource == second.resource


def test_a_team_that_is_out_is_refused_with_where_it_is(town: Town, isolating: Run, now: datetime) -> None:
    officer, team = town.users["officer"], f"team:{town.teams[0].pk}"
    resources.assign_resource(by=officer, now=now, run=isolating, need="isolate/team", resource=team)
    other = runs.activate_plan(by=officer, now=now, incident=report_leak(town), plan_version=isolating.plan_version)
    runs.finish_step(by=officer, now=now, run=other, step="alarm")
    with pytest.raises(resources.ResourceTaken, match="incident 2026-000001"):
        resources.assign_resource(by=officer, now=now, run=other, need="isolate/team", resource=team)
    stores.set_team_status(
        by=town.users["keeper"], now=now, team=town.teams[1], status="out_of_service", note="until 14:00"
    )
    with pytest.raises(resources.ResourceTaken, match="out of service"):
        resources.assign_resource(
            by=officer, now=now, run=other, need="isolate/team", resource=f"team:{town.teams[1].pk}"
        )
    assert Assignment.objects.count() == 1


def test_a_refused_assignment_takes_nothing(town: Town, run: Run, now: datetime) -> None:
    team = town.teams[0]
    with pytest.raises(Refused, match="not an open need"):
        resources.assign_resource(
            by=town.users["officer"], now=now, run=run, need="isolate/team", resource=f"team:{team.pk}"
        )
    with pytest.raises(NotAllowed):
        resources.assign_resource(
            by=town.users["observer"], now=now, run=run, need="isolate/team", resource=f"team:{team.pk}"
        )
    team.refresh_from_db()
    assert team.status == Team.Status.AVAILABLE
    for wrong in ("team:999999", "lot:x", "ship:1", "team:" + "9" * 40, "team:١"):
        with pytest.raises(resources.NoSuchResource):
            resources.assign_resource(by=None, now=now, run=run, need="isolate/team", resource=wrong)
    with pytest.raises(resources.NoSuchNeed):
        resources.propose_resources(run, "isolate/dragons")


def test_needs_are_met_by_arrivals_and_a_released_team_is_free_again(town: Town, isolating: Run, now: datetime) -> None:
    officer = town.users["officer"]
    for team in town.teams[:2]:
        sent = resources.assign_resource(
            by=officer, now=now, run=isolating, need="isolate/team", resource=f"team:{team.pk}"
        )
        resources.arrive_resource(by=officer, now=now + timedelta(minutes=9), run=isolating, assignment=sent.code)
        resources.arrive_resource(by=officer, now=now + timedelta(minutes=9), run=isolating, assignment=sent.code)
    assert isolating.needs.get(need="isolate/team").is_met
    resources.release_resource(by=officer, now=now + timedelta(hours=1), run=isolating, assignment="a1", reason="完成")
    resources.release_resource(by=officer, now=now + timedelta(hours=1), run=isolating, assignment="a1", reason="完成")
    team = Team.objects.get(pk=town.teams[0].pk)
    assert team.status == Team.Status.AVAILABLE
    assert TeamCapability.objects.get(team=team).is_available
    assert kinds(isolating).count("resource.released") == 1


def test_stock_is_reserved_used_when_it_arrived_and_free_when_it_did_not(
    town: Town, isolating: Run, now: datetime
) -> None:
    officer, lot = town.users["officer"], town.lots[0]

    def send(quantity: float) -> Assignment:
        return resources.assign_resource(
            by=officer, now=now, run=isolating, need="isolate/suits", resource=f"lot:{lot.pk}", quantity=quantity
        )

    with pytest.raises(resources.ResourceTaken, match=r"10\.000 set"):
        send(11)
    for odd in (0, -1, float("nan"), float("inf"), 1e300):
        with pytest.raises(resources.ResourceTaken):
            send(odd)
    used, kept = send(4), send(3)
    lot.refresh_from_db()
    assert (lot.quantity, lot.reserved) == (Decimal(10), Decimal(7))
    with pytest.raises(resources.ResourceTaken):
        send(3.5)
    resources.arrive_resource(by=officer, now=now, run=isolating, assignment=used.code)
    for sent in (used, kept):
        resources.release_resource(by=officer, now=now, run=isolating, assignment=sent.code)
    lot.refresh_from_db()
    assert (lot.quantity, lot.reserved) == (Decimal(6), Decimal(0))


def test_an_exercise_takes_nothing_from_the_registers(town: Town, now: datetime) -> None:
    trainer, stored = town.users["trainer"], store_plan(town)
    drill = report_leak(town, by=trainer, mode="exercise")
    run = runs.activate_plan(by=trainer, now=now, incident=drill, plan_version=stored)
    runs.finish_step(by=trainer, now=now, run=run, step="alarm")
    team = f"team:{town.teams[0].pk}"
    resources.assign_resource(by=trainer, now=now, run=run, need="isolate/team", resource=team)
    assert Team.objects.get(pk=town.teams[0].pk).status == Team.Status.AVAILABLE
    with pytest.raises(resources.ResourceTaken):
        resources.assign_resource(by=trainer, now=now, run=run, need="isolate/team", resource=team)
    real = runs.activate_plan(by=town.users["officer"], now=now, incident=report_leak(town), plan_version=stored)
    runs.finish_step(by=town.users["officer"], now=now, run=real, step="alarm")
    resources.assign_resource(by=town.users["officer"], now=now, run=real, need="isolate/team", resource=team)
    resources.release_resource(by=trainer, now=now, run=run, assignment="a1")
    assert Team.objects.get(pk=town.teams[0].pk).status == Team.Status.ASSIGNED


def test_the_response_is_ended_by_the_commander_then_assessed_and_the_incident_closed(
    town: Town, run: Run, now: datetime
) -> None:
    director = town.users["director"]
    with pytest.raises(incidents.IncidentRefused, match="goes on"):
        incidents.close_incident(by=director, now=now, incident=run.incident, reason="完")
    with pytest.raises(Refused):
        runs.end_response(by=town.users["officer"], now=now, run=run, reason="泄漏停止")
    runs.record_deviation(by=town.users["officer"], now=now, run=run, subject="isolate", text="由厂方关阀")
    assert runs.end_response(by=director, now=now, run=run, reason="泄漏停止").phase == "ended"
    assert status(run, "clean") == "open"
    assert runs.assess_run(by=director, now=now, run=run, rating="S", text="到场偏慢").phase == "assessed"
    assert incidents.close_incident(by=director, now=now, incident=run.incident, reason="完").status == "closed"


class TestExerciseClock:
    @pytest.fixture
    def drill(self, town: Town, now: datetime) -> Run:
        trainer = town.users["trainer"]
        incident = report_leak(town, by=trainer, mode="exercise")
        return runs.activate_plan(by=trainer, now=now, incident=incident, plan_version=store_plan(town))

    def test_a_paused_exercise_stands_still(self, town: Town, drill: Run, now: datetime) -> None:
        trainer = town.users["trainer"]
        paused = exercises.pause_clock(by=trainer, now=now + timedelta(minutes=1), run=drill)
        assert paused.next_due_at is None
        assert not advance_run(drill.pk, now + timedelta(hours=3))
        resumed = exercises.resume_clock(by=trainer, now=now + timedelta(hours=3), run=drill)
        assert resumed.next_due_at == now + timedelta(hours=3, minutes=4)

    def test_a_faster_clock_brings_the_deadline_sooner(self, town: Town, drill: Run, now: datetime) -> None:
        fast = exercises.set_speed(by=town.users["trainer"], now=now, run=drill, speed=60)
        assert fast.next_due_at == now + timedelta(seconds=5)
        assert advance_run(drill.pk, now + timedelta(seconds=5))
        late = next(event for event in read_stream(drill.stream) if event.kind == "step.late")
        assert late.at == now + timedelta(minutes=5)

    def test_a_jump_lets_everything_on_the_way_happen_at_its_own_time(
        self, town: Town, drill: Run, now: datetime
    ) -> None:
        exercises.jump_clock(by=town.users["trainer"], now=now, run=drill, ahead=timedelta(minutes=30))
        events = read_stream(drill.stream)
        assert [event.at for event in events if event.kind == "step.late"] == [now + timedelta(minutes=5)]
        runs.finish_step(by=town.users["trainer"], now=now, run=drill, step="alarm")
        assert read_stream(drill.stream)[-1].at == now + timedelta(minutes=30)

    def test_a_real_run_has_no_clock_to_set(self, town: Town, run: Run, now: datetime) -> None:
        with pytest.raises(ClockRefused, match="real incident"):
            exercises.pause_clock(by=town.users["trainer"], now=now, run=run)

    def test_only_who_runs_exercises_sets_the_clock(self, town: Town, drill: Run, now: datetime) -> None:
        with pytest.raises(NotAllowed):
            exercises.pause_clock(by=town.users["director"], now=now, run=drill)
        with pytest.raises(ClockRefused):
            exercises.set_speed(by=town.users["trainer"], now=now, run=drill, speed=1e9)
        with pytest.raises(ClockRefused):
            exercises.jump_clock(by=town.users["trainer"], now=now, run=drill, ahead=timedelta(days=400_000))


def test_a_team_comes_along_the_roads_where_they_are_known(town: Town, isolating: Run, now: datetime) -> None:
    roads = {"nodes": [[37.50, 121.40], [37.50, 121.45], [37.49, 121.40]], "edges": [[0, 1, 600], [1, 2, 600]]}
    ways.store_roads(by=None, now=now, code="town", data=roads)
    sent = resources.assign_resource(
        by=town.users["officer"], now=now, run=isolating, need="isolate/team", resource=f"team:{town.teams[0].pk}"
    )
    assert sent.expected_at == now + timedelta(minutes=2 + 1 + 20)
    assert sent.route is not None
    assert [37.50, 121.45] in sent.route
