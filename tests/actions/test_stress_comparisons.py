"""Claims about comparisons: both sides meet the same luck, and what was found to help helps."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.test import Client

from tests.actions.town import PLAN, Town
from youbei.actions import plans, stress_comparisons
from youbei.actions.jobs import one_slice, run_to_the_end
from youbei.actions.stress_comparisons import comparison_for, start_comparison, stop_comparison
from youbei.actions.stress_tests import StressTestRefused, start_stress_test
from youbei.engine.errors import NotAllowed, NotFound
from youbei.records.models import Job, PlanVersion, StressComparison, StressTest, Team

EN = {"accept-language": "en"}


@pytest.fixture
def test(town: Town, stored: PlanVersion, now: datetime) -> StressTest:
    """A test of the plan without its teams, so that something would help."""
    Team.objects.update(status=Team.Status.OUT_OF_SERVICE)
    made = start_stress_test(by=None, now=now, version=stored, runs=60)
    assert made.job is not None
    run_to_the_end(made.job.pk)
    return StressTest.objects.get(pk=made.pk)


def compared(town: Town, now: datetime, version: PlanVersion, against: str) -> StressComparison:
    row = start_comparison(by=town.users["admin"], now=now, version=version, against=against, runs=60)
    assert row.job is not None
    job = run_to_the_end(row.job.pk)
    assert job.status == Job.Status.DONE, job.problem_en
    return comparison_for(town.users["observer"], row.pk)


def test_a_measure_that_helps_is_better_by_what_it_gained(test: StressTest, town: Town, now: datetime) -> None:
    assert test.found is not None
    best = test.found["improvements"][0]
    row = compared(town, now, test.plan_version, f"measure:{test.pk}:{best['key']}")
    assert row.found is not None
    broken = next(one for one in row.found["differences"] if one["measure"] == "broken_promises")
    assert broken["difference"] == pytest.approx(-best["gain"])
    assert (broken["first"], broken["runs"]) == (pytest.approx(best["before"]), 60)
    assert "The second is better" in row.found["verdict"]["en"]
    client = Client()
    client.force_login(town.users["observer"])
    page = client.get(f"/stress-comparisons/{row.pk}/", headers=EN).content.decode()
    assert "The second is better" in page
    assert "Promises broken in a run" in page
    assert (
        f"/stress-comparisons/{row.pk}/" in client.get(f"/plans/{test.plan_version.plan_id}/stress/").content.decode()
    )


def test_a_version_beside_itself_makes_no_difference(town: Town, stored: PlanVersion, now: datetime) -> None:
    text = PLAN.replace('version = "2026.1"', 'version = "2026.2"', 1)
    assert text != PLAN
    other = plans.import_plan(by=town.users["planner"], now=now, text=text, filename="plan.toml")
    row = compared(town, now, other, f"version:{stored.pk}")
    assert row.found is not None
    assert all(one["difference"] == 0 for one in row.found["differences"])
    assert "No difference" in row.found["verdict"]["en"]


def test_without_a_team_fewer_promises_are_kept(town: Town, stored: PlanVersion, now: datetime) -> None:
    made = start_stress_test(by=None, now=now, version=stored, runs=60)
    assert made.job is not None
    run_to_the_end(made.job.pk)
    found = StressTest.objects.get(pk=made.pk).found
    assert found is not None
    for one in found["busy"][:1]:
        row = compared(town, now, stored, f"without:{made.pk}:{one['team']}")
        assert row.found is not None
        broken = next(one for one in row.found["differences"] if one["measure"] == "broken_promises")
        assert broken["difference"] >= 0
        assert row.against["resources"] == [one["team"]]


def test_a_worker_that_is_killed_in_between_comes_to_the_same(
    test: StressTest, town: Town, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert test.found is not None
    against = f"measure:{test.pk}:{test.found['improvements'][0]['key']}"
    whole = compared(town, now, test.plan_version, against).found
    monkeypatch.setattr(stress_comparisons, "SLICE_S", 0.0)
    monkeypatch.setattr(stress_comparisons, "BLOCK", 7)
    monkeypatch.setattr(stress_comparisons, "PLAIN_BLOCK", 7)
    row = start_comparison(by=None, now=now, version=test.plan_version, against=against, runs=60)
    assert row.job is not None
    assert not one_slice(row.job.pk)
    stress_comparisons.WORKING.clear()
    run_to_the_end(row.job.pk)
    assert StressComparison.objects.get(pk=row.pk).found == whole


@pytest.mark.parametrize(
    "against", ["", "moon", "version:1x", "version:99999999999999999999", "measure:1:x\x00", "without:0:a"]
)
def test_what_is_nothing_to_compare_with_is_refused(
    town: Town, stored: PlanVersion, now: datetime, against: str
) -> None:
    with pytest.raises(StressTestRefused, match="nothing of that kind"):
        start_comparison(by=town.users["admin"], now=now, version=stored, against=against)


def test_it_is_stopped_by_whoever_may_and_seen_by_no_stranger(test: StressTest, town: Town, now: datetime) -> None:
    assert test.found is not None
    against = f"measure:{test.pk}:{test.found['improvements'][0]['key']}"
    with pytest.raises(NotAllowed):
        start_comparison(by=town.users["observer"], now=now, version=test.plan_version, against=against)
    row = start_comparison(by=town.users["admin"], now=now, version=test.plan_version, against=against)
    with pytest.raises(NotFound):
        comparison_for(town.users["stranger"], row.pk)
    with pytest.raises(NotAllowed):
        stop_comparison(by=town.users["observer"], comparison=row)
    stop_comparison(by=town.users["admin"], comparison=row)
    assert row.job is not None
    assert run_to_the_end(row.job.pk).status == Job.Status.CANCELLED
    with pytest.raises(StressTestRefused, match="over already"):
        stop_comparison(by=town.users["admin"], comparison=comparison_for(town.users["admin"], row.pk))


def test_the_form_offers_what_was_found_to_help(test: StressTest, town: Town) -> None:
    client = Client()
    client.force_login(town.users["admin"])
    address = f"/plans/{test.plan_version.plan_id}/stress/compare/"
    form = client.get(address, headers=EN).context["form"]
    offered = [value for value, _ in form.fields["against"].choices]
    assert test.found is not None
    assert f"measure:{test.pk}:{test.found['improvements'][0]['key']}" in offered
    answer = client.post(address, {"against": offered[0]})
    assert answer.status_code == 302
    assert answer["Location"].startswith("/stress-comparisons/")
