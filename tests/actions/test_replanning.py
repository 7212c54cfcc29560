"""Claims about planning again: who is turned round, who is not torn away in silence, and what stands in the log."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest

from tests.actions.town import NOW, Town, report_leak
from tests.built_once import built_once
from youbei.actions import resources, runs
from youbei.actions.dispatch.deciding import DecisionEmpty, ProposalChanged
from youbei.actions.dispatch.replanning import ReasonForTearing, plan_again, turn
from youbei.engine.places import Point
from youbei.records.models import Assignment, LogEntry, PlanVersion, Run, Team

pytest.importorskip("highspy")


@pytest.fixture
def at(now: datetime) -> datetime:
    return now + timedelta(minutes=2)


@built_once
def isolating(town: Town, run: Run) -> Run:
    return runs.finish_step(by=town.users["officer"], now=NOW + timedelta(minutes=2), run=run, step="alarm")


def send(town: Town, run: Run, number: int, at: datetime) -> Assignment:
    team = f"team:{town.teams[number].pk}"
    return resources.assign_resource(by=town.users["officer"], now=at, run=run, need="isolate/team", resource=team)


def serious(town: Town, stored: PlanVersion, at: datetime) -> Run:
    """A far more serious leak right beside the first team's station."""
    leak = report_leak(town, at, title="更大的泄漏", point=Point(37.50, 121.40), facts={"serious_injured": 3})
    second = runs.activate_plan(by=town.users["officer"], now=at, incident=leak, plan_version=stored, level=2)
    return runs.finish_step(by=town.users["officer"], now=at, run=second, step="alarm")


def test_nothing_is_worth_changing_while_all_is_well(town: Town, isolating: Run, at: datetime) -> None:
    send(town, isolating, 0, at)
    send(town, isolating, 1, at)
    assert not plan_again(town.users["officer"], now=at).is_any
    with pytest.raises(DecisionEmpty):
        turn(by=town.users["officer"], now=at, teams=[town.teams[0].pk])


def test_a_more_serious_incident_turns_a_team_round(
    town: Town, stored: PlanVersion, isolating: Run, at: datetime
) -> None:
    for number in (0, 1, 2):
        send(town, isolating, number, at)
    second = serious(town, stored, at)
    officer = town.users["officer"]
    found = plan_again(officer, now=at)
    assert found.is_any
    assert not found.has_torn
    assert all(one.text.zh and one.text.en for one in found.turned)
    assert "Against changing nothing" in found.gain.en
    teams = [one.team.pk for one in found.turned]
    with pytest.raises(ProposalChanged):
        turn(by=officer, now=at, teams=[*teams, 999_999])
    turn(by=officer, now=at, teams=teams)
    assert Assignment.objects.filter(run=second, released_at=None).count() >= 2
    assert Assignment.objects.filter(run=isolating, released_at=None).exists() or len(teams) == 3
    logged = [json.loads(row.data) for row in LogEntry.objects.filter(kind="dispatch.changed").order_by("position")]
    assert logged[-1]["gained"]
    assert {row.status for row in Team.objects.filter(pk__in=teams)} == {"assigned"}
    assert not plan_again(officer, now=at).is_any


def test_a_team_on_scene_is_taken_away_only_with_a_reason(
    town: Town, stored: PlanVersion, isolating: Run, at: datetime
) -> None:
    officer = town.users["officer"]
    for number in (0, 1, 2):
        sent = send(town, isolating, number, at)
        resources.arrive_resource(by=officer, now=at, run=isolating, assignment=sent.code)
    serious(town, stored, at)
    found = plan_again(officer, now=at)
    teams = [one.team.pk for one in found.turned]
    assert found.has_torn
    assert any("at work on scene" in one.text.en for one in found.turned)
    with pytest.raises(ReasonForTearing):
        turn(by=officer, now=at, teams=teams)
    turn(by=officer, now=at, teams=teams, reason="更严重的事故")
    assert json.loads(LogEntry.objects.filter(kind="dispatch.changed").latest("position").data)["torn"] >= 1
