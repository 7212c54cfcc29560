"""A finding on a plan: the draft, its adoption by somebody else, and the retest that verifies."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.actions.town import Town
from youbei.actions import runs
from youbei.actions.findings import drafts, judging, moving, retest_work
from youbei.actions.findings.recording import Wrong, record_finding
from youbei.actions.findings.retests import RetestRefused, hold_retest, jobs_of, stop_retest
from youbei.actions.jobs import run_to_the_end
from youbei.actions.plans import check_stored_plan
from youbei.engine.duties_apart import SamePerson
from youbei.engine.errors import NotAllowed, NotFound
from youbei.engine.findings.kinds import Source, Treatment
from youbei.engine.findings.settlement import Settlement
from youbei.engine.plans.drafting import DraftRefused
from youbei.engine.plans.model import Duration, Scenario
from youbei.engine.plans.problems import PlanUnreadable
from youbei.engine.simulation.simulate import simulate_part
from youbei.engine.text import Text
from youbei.records.load import load_plan
from youbei.records.measured import measured_of_plan
from youbei.records.models import Finding, Incident, Job, LogEntry, PlanDraft, PlanVersion, Retest, Run, RunStep, Team
from youbei.records.nearby import world_for
from youbei.records.reports.wrongs import check_key

MINUTE = timedelta(minutes=1)
NEEDY = "isolate/team"
LONG = {"shape": "fixed", "likely": "PT30M", "source": "drill"}


def late_step(town: Town, now: datetime, version: PlanVersion, step: str = "alarm") -> Finding:
    wrong = Wrong(Text("报警超时", "late"), Source.EXERCISE, plan_version=version, place=f"steps.{step}")
    return record_finding(by=town.users["officer"], now=now, organisation=town.bureau, wrong=wrong)


def settled(town: Town, now: datetime, row: Finding) -> Finding:
    how = Settlement(Treatment.NOW, "改时限", "预案科", due_on=now.date() + timedelta(days=9))
    return moving.settle(by=town.users["planner"], now=now, finding=row, settlement=how)


def drafted(town: Town, now: datetime, row: Finding, limit: timedelta, takes: dict[str, str]) -> PlanDraft:
    planner = town.users["planner"]
    assert row.plan is not None
    draft = drafts.open_draft(by=planner, now=now, plan=row.plan, finding=row)
    return drafts.change_step_times(by=planner, now=now, draft=draft, step="alarm", limit=limit, takes=takes)


def adopted(town: Town, now: datetime, row: Finding, limit: timedelta, takes: dict[str, str]) -> Retest:
    settled(town, now, row)
    draft = drafted(town, now, row, limit, takes)
    moving.rectify(by=town.users["planner"], now=now, finding=row, note="草案已成")
    drafts.adopt_draft(by=town.users["director"], now=now, draft=draft, version="2", note="已核对")
    return Retest.objects.get(finding=row)


def simulated(town: Town, now: datetime, retest: Retest) -> Retest:
    """Hold a retest by simulation, and let the worker do it."""
    assert hold_retest(by=town.users["director"], now=now, retest=retest).state == "scheduled"
    job = run_to_the_end(Job.objects.get(kind="retest", subject_id=retest.pk, ended_at=None).pk)
    assert job.status in ("done", "cancelled"), job.problem_en
    return Retest.objects.get(pk=retest.pk)


def test_a_simulation_that_is_stopped_decides_nothing(town: Town, now: datetime, stored: PlanVersion) -> None:
    row = late_step(town, now, stored)
    retest = adopted(town, now, row, 10 * MINUTE, {"shape": "fixed", "likely": "PT2M"})
    director = town.users["director"]
    with pytest.raises(RetestRefused, match="nothing to stop"):
        stop_retest(by=director, retest=retest)
    hold_retest(by=director, now=now, retest=retest)
    with pytest.raises(RetestRefused, match="being simulated"):
        hold_retest(by=director, now=now, retest=retest)
    job = jobs_of([retest.pk])[retest.pk]
    stop_retest(by=director, retest=retest)
    assert run_to_the_end(job.pk).status == "cancelled"
    retest.refresh_from_db()
    row.refresh_from_db()
    assert (retest.state, retest.found["is_undecided"], row.state) == ("scheduled", True, "accepted")
    assert simulated(town, now, retest).state == "passed"


def test_a_late_step_is_cured_by_a_new_version_and_verified_by_simulation(
    town: Town, now: datetime, stored: PlanVersion
) -> None:
    row = late_step(town, now, stored)
    retest = adopted(town, now, row, 10 * MINUTE, {"shape": "fixed", "likely": "PT2M"})
    row.refresh_from_db()
    assert (row.state, row.closed_at, retest.way) == ("accepted", None, "simulation")
    plan = row.plan
    assert plan is not None
    plan.refresh_from_db()
    assert plan.current is not None
    assert (plan.current.version, plan.current.stage) == ("2", "revised")
    assert retest.plan_version == plan.current
    with pytest.raises(SamePerson):
        moving.moved(row, moving.Act.PASS_RETEST, by=town.users["planner"], now=now, note="", values={})
    held = simulated(town, now, retest)
    row.refresh_from_db()
    assert (held.state, row.state, row.closed_at is None) == ("passed", "verified", False)
    assert "300 simulated courses, late in 0" in held.found["why"]["en"]
    with pytest.raises(RetestRefused):
        hold_retest(by=town.users["director"], now=now, retest=retest)
    kinds = set(LogEntry.objects.filter(stream=row.stream).values_list("kind", flat=True))
    assert kinds >= {"retest.scheduled", "retest.held"}


@pytest.mark.parametrize(("is_there", "state"), [(True, "passed"), (False, "failed")])
def test_a_need_that_came_short_is_retested_as_a_need(
    town: Town, now: datetime, stored: PlanVersion, is_there: bool, state: str
) -> None:
    wrong = Wrong(
        Text("缺队伍", "short"), Source.SIMULATION, plan_version=stored, place=f"steps.{NEEDY.partition('/')[0]}",
        key=f"stress:{stored.plan_id}:{NEEDY}",
    )  # fmt: skip
    row = record_finding(by=town.users["officer"], now=now, organisation=town.bureau, wrong=wrong)
    retest = adopted(town, now, row, 10 * MINUTE, {"shape": "fixed", "likely": "PT2M"})
    if not is_there:
        Team.objects.update(status=Team.Status.OUT_OF_SERVICE)
    held = simulated(town, now, retest)
    assert held.state == state
    assert ("not enough free in 0;" in held.found["why"]["en"]) == is_there


def test_the_kernel_judges_a_retest_as_the_reference_does(town: Town, now: datetime, stored: PlanVersion) -> None:
    row = late_step(town, now, stored)
    uneven = {"shape": "triangular", "likely": "PT3M", "low": "PT1M", "high": "PT9M", "source": "drill"}
    retest = adopted(town, now, row, 4 * MINUTE, uneven)
    held = simulated(town, now, retest)
    assert held.plan_version is not None
    plan = load_plan(held.plan_version)
    position = next(place for place, step in enumerate(plan.steps) if step.id == "alarm")
    world = world_for(plan, None, today=now.date())
    scenario = Scenario(id="", title=Text())
    tally = simulate_part(plan, world, scenario, numbers=range(300), seed=retest_work.SEED).steps[position]
    said = f"{tally.tried} simulated courses, late in {tally.late};"
    assert (0 < tally.late < tally.tried, said in held.found["why"]["en"]) == (True, True), held.found


def test_a_cure_that_does_not_help_opens_the_finding_again(town: Town, now: datetime, stored: PlanVersion) -> None:
    row = late_step(town, now, stored)
    retest = adopted(town, now, row, 4 * MINUTE, LONG)
    held = simulated(town, now, retest)
    row.refresh_from_db()
    assert (held.state, row.state, row.doers) == ("failed", "open", [])
    assert row.deadline_on is not None


def test_whoever_drafted_does_not_adopt(town: Town, now: datetime, stored: PlanVersion) -> None:
    row = settled(town, now, late_step(town, now, stored))
    draft = drafted(town, now, row, 10 * MINUTE, {})
    moving.rectify(by=town.users["admin"], now=now, finding=row, note="好了")
    drafts.change_step_times(by=town.users["admin"], now=now, draft=draft, step="alarm", limit=9 * MINUTE, takes={})
    with pytest.raises(SamePerson):
        drafts.adopt_draft(by=town.users["admin"], now=now, draft=draft, version="2", note="好")
    with pytest.raises(NotAllowed):
        drafts.adopt_draft(by=town.users["planner"], now=now, draft=draft, version="2", note="好")
    with pytest.raises(NotFound):
        drafts.adopt_draft(by=town.users["stranger"], now=now, draft=draft, version="2", note="好")
    with pytest.raises(judging.AdoptFirst):
        judging.accept(by=town.users["director"], now=now, finding=row, note="口头验收")
    assert PlanVersion.objects.count() == 1


def test_a_draft_is_not_adopted_before_its_finding_is_reported_nor_over_a_newer_version(
    town: Town, now: datetime, stored: PlanVersion
) -> None:
    row = settled(town, now, late_step(town, now, stored))
    draft, chief = drafted(town, now, row, 10 * MINUTE, {}), town.users["director"]
    with pytest.raises(drafts.DraftClosed, match="not reported"):
        drafts.adopt_draft(by=chief, now=now, draft=draft, version="2", note="好")
    other = drafts.open_draft(by=town.users["planner"], now=now, plan=stored.plan)
    with pytest.raises(drafts.DraftClosed, match="changes nothing"):
        drafts.adopt_draft(by=chief, now=now, draft=other, version="2", note="好")
    text = Text("总则", "General"), Text("一。", "One.")
    drafts.change_clause(by=town.users["planner"], now=now, draft=other, clause="1", title=text[0], body=text[1])
    drafts.adopt_draft(by=chief, now=now, draft=other, version="2", note="好")
    moving.rectify(by=town.users["planner"], now=now, finding=row, note="好了")
    with pytest.raises(drafts.DraftClosed, match="another version meanwhile"):
        drafts.adopt_draft(by=chief, now=now, draft=draft, version="3", note="好")


def test_a_draft_shows_text_and_structure_and_refuses_what_is_no_plan(
    town: Town, now: datetime, stored: PlanVersion
) -> None:
    row = settled(town, now, late_step(town, now, stored))
    planner, draft = town.users["planner"], drafted(town, now, row, 10 * MINUTE, LONG)
    title, body = Text("警报", "Alarm"), Text("先报警。", "Raise the alarm first.")
    draft = drafts.change_clause(by=planner, now=now, draft=draft, clause="7.2", title=title, body=body)
    assert {one.place for one in drafts.changes_of(draft)} == {
        "steps.alarm.within", "steps.alarm.takes", "chapters.7.2",
    }  # fmt: skip
    with pytest.raises(DraftRefused):
        drafts.change_step_times(by=planner, now=now, draft=draft, step="none", limit=None, takes={})
    with pytest.raises(PlanUnreadable):
        drafts.change_step_times(by=planner, now=now, draft=draft, step="alarm", limit=None, takes={"likely": "x"})
    draft.refresh_from_db()
    assert len(drafts.changes_of(draft)) == 3
    assert drafts.open_draft(by=planner, now=now, plan=stored.plan, finding=row) == draft


def test_what_the_checker_said_is_verified_when_it_no_longer_says_so(
    town: Town, now: datetime, stored: PlanVersion
) -> None:
    one = next(found for found in check_stored_plan(stored, now=now) if found.place.startswith("steps."))
    wrong = Wrong(
        one.sentence, Source.PLAN_CHECK, key=check_key(stored.plan_id, one), plan_version=stored, place=one.place
    )
    row = record_finding(by=town.users["officer"], now=now, organisation=town.bureau, wrong=wrong)
    settled(town, now, row)
    moving.rectify(by=town.users["planner"], now=now, finding=row, note="改过了")
    judging.accept(by=town.users["director"], now=now, finding=row, note="看过了")
    retest = Retest.objects.get(finding=row)
    assert (retest.way, retest.asks["code"]) == ("check", one.code)
    assert hold_retest(by=town.users["director"], now=now, retest=retest).state == "failed"


def test_measured_times_are_flagged_and_proposed_in_a_draft(
    town: Town, now: datetime, stored: PlanVersion, leak: Incident
) -> None:
    for number in range(6):
        run = runs.activate_plan(by=town.users["officer"], now=now, incident=leak, plan_version=stored)
        RunStep.objects.filter(run=run, step="isolate").update(
            status="finished", started_at=now, finished_at=now + (40 + number) * MINUTE
        )
        Run.objects.filter(pk=run.pk).update(phase="assessed")
    assert measured_of_plan(stored.plan.code)["isolate"].count == 6
    draft = drafts.draft_measured(by=town.users["planner"], now=now, plan=stored.plan)
    assert {one.place for one in drafts.changes_of(draft)} == {"steps.isolate.takes"}
    assert "实测" in drafts.changes_of(draft)[0].after
    said = {(one.code, one.place) for one in check_stored_plan(stored, now=now)}
    assert (("W961", "steps.isolate.takes") in said) == (load_plan(stored).steps[1].takes != Duration())
