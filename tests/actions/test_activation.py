"""From report to running plan: proposals, and activation in one transaction."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from tests.actions.town import Town, report_leak, store_plan
from youbei.actions import activation, incidents, plans, runs
from youbei.engine.errors import NotAllowed, NotFound
from youbei.engine.plans.model import LevelNumber
from youbei.records.log import export_lines, head, read_stream, verify_log
from youbei.records.models import Incident, LogEntry, Message, PlanVersion, Run, RunNeed, RunPost, RunStep


def test_a_plan_is_proposed_with_level_reasons_and_who_would_fill_its_posts(
    town: Town, stored: PlanVersion, now: datetime
) -> None:
    leak = report_leak(town, facts={"serious_injured": 1})
    [proposal] = incidents.propose_plans(leak, now=now)
    assert proposal.plan_version == stored
    assert proposal.level is LevelNumber.III
    assert proposal.fills == {
        "commander": "town-emb/director",
        "ops": "agency:town-fire",
        "desk": "town-emb/duty",
        "liaison": "",
    }
    said = " ".join(reason.en for reason in proposal.reasons)
    assert "Ammonia leak" in said
    assert "≥ 1" in said


def test_an_unknown_fact_makes_the_level_a_lower_bound(town: Town, stored: PlanVersion, now: datetime) -> None:
    [proposal] = incidents.propose_plans(report_leak(town), now=now)
    assert proposal.level is LevelNumber.IV
    assert proposal.is_lower_bound
    assert proposal.unknown == ("serious_injured",)


def test_other_hazards_withdrawn_plans_and_strangers_get_no_proposal(
    town: Town, stored: PlanVersion, leak: Incident, now: datetime
) -> None:
    flood = report_leak(town, category="natural", kind="flood")
    assert not incidents.propose_plans(flood, now=now)
    assert not incidents.propose_plans(leak, now=now, by=town.users["stranger"])
    plans.record_stage(by=town.users["planner"], now=now, plan_version=stored, stage="withdrawn", on=now.date())
    assert not incidents.propose_plans(leak, now=now)
    with pytest.raises(activation.ActivationRefused, match="withdrawn"):
        runs.activate_plan(by=town.users["officer"], now=now, incident=leak, plan_version=stored)


def test_a_deputy_stands_in_when_the_office_is_empty(town: Town, stored: PlanVersion, leak: Incident) -> None:
    later = leak.reported_at + timedelta(days=2)
    town.director_post.holdings.update(ends_at=later)
    [proposal] = incidents.propose_plans(leak, now=later)
    assert proposal.fills["commander"] == "person:zhou"
    assert proposal.fills["desk"] == ""


def test_activation_pins_the_version_and_starts_everything(
    town: Town, run: Run, stored: PlanVersion, now: datetime
) -> None:
    run.refresh_from_db()
    assert run.plan_version == stored
    assert (run.phase, run.level, run.mode) == ("active", 4, "real")
    assert run.next_due_at == now + timedelta(minutes=5)
    assert dict(RunPost.objects.filter(run=run).values_list("post", "holder")) == {
        "commander": "town-emb/director",
        "ops": "agency:town-fire",
        "desk": "town-emb/duty",
    }
    assert dict(RunStep.objects.filter(run=run).values_list("step", "status")) == {
        "alarm": "open",
        "isolate": "waiting",
        "warn": "waiting",
        "clean": "waiting",
    }
    told = Message.objects.get(run=run, key=f"run:{run.pk}:1:agency:town-fire")
    assert (told.address, told.channel, told.status) == ("duty@town-fire.example", "console", "queued")
    called = Message.objects.filter(run=run).exclude(pk=told.pk)
    bureau = {f"person:{person.pk}" for person in (town.director, town.officer)}
    assert {message.recipient for message in called} == {*bureau, "agency:town-fire"}
    assert all("Your post: " in message.body_en for message in called)
    first = read_stream(run.stream)[0]
    assert first.kind == "plan.activated"
    assert first.data["digest"] == stored.digest
    assert not list(verify_log())


def test_facts_already_known_stand_in_the_run_from_its_beginning(
    town: Town, stored: PlanVersion, now: datetime
) -> None:
    leak = report_leak(town, facts={"serious_injured": 4}, known_at=now - timedelta(minutes=7))
    run = runs.activate_plan(
        by=town.users["officer"], now=now + timedelta(minutes=1), incident=leak, plan_version=stored
    )
    assert run.level == LevelNumber.II
    fact = read_stream(run.stream)[0]
    assert (fact.kind, fact.data["value"]) == ("fact.added", 4)
    assert RunStep.objects.get(run=run, step="warn").status == "open"


def test_activating_twice_gives_the_same_run(
    town: Town, run: Run, stored: PlanVersion, leak: Incident, now: datetime
) -> None:
    again = runs.activate_plan(by=town.users["officer"], now=now, incident=leak, plan_version=stored)
    assert again == run
    assert Run.objects.count() == 1


def test_who_activates_may_choose_who_fills_a_post(
    town: Town, stored: PlanVersion, leak: Incident, now: datetime
) -> None:
    officer = town.users["officer"]
    with pytest.raises(activation.ActivationRefused, match="registers"):
        runs.activate_plan(by=officer, now=now, incident=leak, plan_version=stored, posts={"liaison": "person:ghost"})
    with pytest.raises(Exception, match="no post"):
        runs.activate_plan(by=officer, now=now, incident=leak, plan_version=stored, posts={"ghost": "person:wu"})
    run = runs.activate_plan(by=officer, now=now, incident=leak, plan_version=stored, posts={"liaison": "person:wu"})
    assert RunPost.objects.get(run=run, post="liaison").person == town.director


def test_only_who_may_activate_does(town: Town, stored: PlanVersion, leak: Incident, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        runs.activate_plan(by=town.users["observer"], now=now, incident=leak, plan_version=stored)
    with pytest.raises(NotFound):
        runs.activate_plan(by=town.users["stranger"], now=now, incident=leak, plan_version=stored)
    assert not Run.objects.exists()


@pytest.mark.parametrize("broken", ["append", "project", "insert_rows"])
def test_a_failure_in_the_middle_of_an_activation_leaves_nothing(
    town: Town, stored: PlanVersion, leak: Incident, now: datetime, broken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def then_fail(*arguments: Any, **named: Any) -> None:
        real(*arguments, **named)
        raise RuntimeError("the machine stops here")

    before, lines = head(), len(list(export_lines()))
    real = getattr(activation, broken)
    monkeypatch.setattr(activation, broken, then_fail)
    with pytest.raises(RuntimeError, match="stops here"), transaction.atomic():
        runs.activate_plan(by=town.users["officer"], now=now, incident=leak, plan_version=stored)
    monkeypatch.undo()
    assert head() == before
    assert len(list(export_lines())) == lines
    for table in (Run, RunStep, RunNeed, RunPost, Message):
        assert not table.objects.exists()
    assert not LogEntry.objects.filter(stream__startswith="run:").exists()
    run = runs.activate_plan(by=town.users["officer"], now=now, incident=leak, plan_version=stored)
    assert run.phase == "active"
    assert not list(verify_log())


def test_a_linked_plan_is_proposed_once_its_condition_holds(
    town: Town, run: Run, leak: Incident, now: datetime
) -> None:
    other = plans.import_plan(
        by=town.users["planner"],
        now=now,
        text=(
            'id = "town-evacuation"\nversion = "1"\nkind = "special"\norganisation = "town-emb"\n'
            'hazards = ["flood"]\ntitle = { zh = "疏散预案", en = "Evacuation plan" }\n'
        ),
    )
    incidents.add_facts(by=town.users["officer"], now=now, incident=leak, facts={"plume_off_site": True}, source="监测")
    first, second = incidents.propose_plans(leak, now=now)
    assert (first.plan_version, first.is_linked, first.offered_level) == (other, True, LevelNumber.IV)
    assert second.is_running


def test_an_exercise_tells_only_those_enrolled(town: Town, now: datetime) -> None:
    stored = store_plan(town)
    drill = report_leak(town, by=town.users["trainer"], mode="exercise", enrolled=["agency:town-emb"])
    run = runs.activate_plan(by=town.users["trainer"], now=now, incident=drill, plan_version=stored)
    told = Message.objects.filter(run=run)
    bureau = {f"person:{person.pk}": "queued" for person in (town.director, town.officer)}
    assert {message.recipient: message.status for message in told} == {**bureau, "agency:town-fire": "refused"}
    assert all(message.body_zh.startswith("【演练】") for message in told)
    refused = [message for message in told if message.status == "refused"]
    assert [event.kind for event in read_stream(f"outbox:run:{run.pk}")] == ["message.refused"] * len(refused)
