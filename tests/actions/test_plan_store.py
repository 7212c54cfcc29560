"""Plans: stored once, never changed, with their legal life."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from tests.actions.town import PLAN, Town
from youbei.actions import plans, stores
from youbei.engine.errors import NotAllowed
from youbei.engine.plans.read import PlanUnreadable
from youbei.records.load import load_plan
from youbei.records.log import read_stream
from youbei.records.models import PlanVersion


def test_a_stored_version_reads_back_as_the_same_plan(town: Town, stored: PlanVersion) -> None:
    plan = load_plan(stored)
    assert plan.id == stored.plan.code == "town-ammonia"
    assert stored.plan.current == stored
    assert (stored.stage, stored.plan.hazards) == ("filed", ["ammonia_leak"])
    kinds = [event.kind for event in read_stream(f"register:plan:{stored.plan_id}")]
    assert kinds == ["record.created", "plan.versioned"]


def test_the_same_file_again_is_the_same_version(town: Town, stored: PlanVersion, now: datetime) -> None:
    again = plans.import_plan(by=town.users["planner"], now=now, text=PLAN.replace("PT10M", "PT600S").encode("gb18030"))
    assert again == stored
    assert PlanVersion.objects.count() == 1


def test_other_content_under_a_stored_version_is_refused(town: Town, stored: PlanVersion, now: datetime) -> None:
    changed = PLAN.replace("PT10M", "PT15M")
    with pytest.raises(plans.PlanRefused, match="never changed"):
        plans.import_plan(by=town.users["planner"], now=now, text=changed)
    newer = plans.import_plan(by=town.users["planner"], now=now, text=changed.replace("2026.1", "2026.2"))
    stored.plan.refresh_from_db()
    assert stored.plan.current == newer
    assert load_plan(PlanVersion.objects.get(pk=stored.pk)) != load_plan(newer)


def test_an_unreadable_file_or_an_unknown_organisation_stores_nothing(town: Town, now: datetime) -> None:
    with pytest.raises(PlanUnreadable):
        plans.import_plan(by=town.users["planner"], now=now, text=PLAN[: len(PLAN) // 2])
    with pytest.raises(plans.PlanRefused, match="no organisation"):
        plans.import_plan(by=town.users["planner"], now=now, text=PLAN.replace("town-emb", "nowhere"))
    with pytest.raises(NotAllowed):
        plans.import_plan(by=town.users["officer"], now=now, text=PLAN)
    assert not PlanVersion.objects.exists()


def test_a_filing_has_a_number_and_a_day_that_has_come(town: Town, stored: PlanVersion, now: datetime) -> None:
    planner = town.users["planner"]
    with pytest.raises(plans.PlanRefused, match="number"):
        plans.record_stage(by=planner, now=now, plan_version=stored, stage="filed", on=date(2026, 11, 1))
    with pytest.raises(plans.PlanRefused, match="has not come"):
        plans.record_stage(by=planner, now=now, plan_version=stored, stage="evaluated", on=date(2027, 1, 1))
    version = plans.record_stage(by=planner, now=now, plan_version=stored, stage="withdrawn", on=date(2026, 11, 20))
    assert version.plan.is_withdrawn
    last = read_stream(f"register:plan:{stored.plan_id}")[-1]
    assert (last.kind, last.data["stage"]) == ("plan.life", "withdrawn")


def test_a_stored_plan_is_checked_against_the_registers_as_they_are(
    town: Town, stored: PlanVersion, now: datetime
) -> None:
    found = {finding.code for finding in plans.check_stored_plan(stored, now=now)}
    for team in town.teams[:2]:
        stores.set_team_status(by=town.users["keeper"], now=now, team=team, status="out_of_service")
    fewer = {finding.code for finding in plans.check_stored_plan(stored, now=now)}
    assert fewer > found
