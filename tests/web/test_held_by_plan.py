"""The runs of a plan one beside another: over time, unit by unit, with what its simulation showed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.built_once import A_MINUTE, built_once
from tests.web.scene import Scene, open_scene
from youbei.actions import clock, runs
from youbei.engine.simulation.result import spread_of
from youbei.engine.simulation.statistics import Times, times_of
from youbei.records.models import Plan, RunStep, StressTest
from youbei.records.reports.held_by_plan import held_by_plan


@built_once(fresh_for=A_MINUTE)
def scene() -> Scene:
    return open_scene()


def plan_of(scene: Scene) -> Plan:
    return Plan.objects.get(pk=scene.version.plan_id)


def test_what_goes_on_is_not_compared_what_is_over_is(scene: Scene) -> None:
    officer = scene.town.users["officer"]
    assert held_by_plan(plan_of(scene), officer).runs == ()
    runs.end_response(by=None, now=clock.now(), run=scene.run, reason="done")
    [one] = held_by_plan(plan_of(scene), officer).runs
    assert (one.mode, one.run, one.done <= one.total) == ("real", scene.run.pk, True)
    assert held_by_plan(plan_of(scene), scene.town.users["stranger"]).runs == ()
    page = scene.browser("officer", "en").get(f"/plans/{scene.version.plan_id}/measured/").content.decode()
    assert scene.leak.title in page
    assert "This plan has not been stress-tested yet." in page


def test_units_are_set_side_by_side_and_the_simulation_stands_below(scene: Scene) -> None:
    runs.end_response(by=None, now=clock.now(), run=scene.run, reason="done")
    other = scene.run
    other.pk, other.mode, other.steps_done, other.steps_late = None, "exercise", 4, 1
    other.phase, other.activated_at = "assessed", clock.now() - timedelta(days=3)
    incident = scene.leak
    incident.pk, incident.number, incident.organisation, incident.org_path = (
        None,
        "X-1",
        scene.town.fire,
        scene.town.fire.path,
    )
    incident.save()
    other.incident = incident
    other.save()
    promises = [
        {"subject": "step:alarm", "share": 0.25, "low": 0.22, "high": 0.28},
        {"subject": "step:report", "share": 0.0},
    ]
    StressTest.objects.create(
        plan_version=scene.version,
        org_path=scene.town.city.path,
        runs=1000,
        seed=1,
        asked_at=clock.now(),
        asked_by="",
        found={"promises": promises, "runs": 600},
    )
    held = held_by_plan(plan_of(scene), scene.town.users["officer"])
    assert {(one.unit.en, one.exercises, one.responses) for one in held.units} == {
        ("Town emergency bureau", 0, 1),
        ("Town fire brigade", 1, 0),
    }
    assert [one.in_time for one in held.runs if one.mode == "exercise"] == [75.0]
    assert held.simulated is not None
    assert (held.simulated.broken, held.simulated.worst, held.simulated.runs) == (1, 25.0, 600)
    assert held.simulated.worst_half == pytest.approx(3.0)


def test_each_step_stands_beside_its_simulated_times_and_its_deadline(scene: Scene) -> None:
    began = clock.now() - timedelta(hours=2)
    ended = began + timedelta(minutes=45)
    RunStep.objects.filter(run=scene.run, step="alarm").update(status="done", started_at=began, finished_at=ended)
    found = {
        "promises": [],
        "steps": [
            {"step": "alarm", "late": {"share": 0.125, "low": 0.1, "high": 0.16}},
            {"step": "isolate", "late": None},
        ],
        "work": {"alarm": spread_of(times_of(range(60_000, 301_000, 1000))), "isolate": spread_of(Times())},
    }
    StressTest.objects.create(
        plan_version=scene.version, org_path=scene.town.city.path, runs=241, seed=1, asked_at=clock.now(), asked_by="",
        found=found,
    )  # fmt: skip
    held = held_by_plan(plan_of(scene), scene.town.users["officer"])
    assert held.simulated is not None
    one = held.simulated.steps["alarm"]
    assert (one.median, one.low, one.high) == tuple(timedelta(seconds=span) for span in (180, 72, 288))
    assert "isolate" not in held.simulated.steps
    page = scene.browser("officer", "en").get(f"/plans/{scene.version.plan_id}/measured/").content.decode()
    assert "slower than simulated" in page
    assert "12.5 %" in page
    assert "± 3.0 %" in page
    assert "from when it opens" in page
