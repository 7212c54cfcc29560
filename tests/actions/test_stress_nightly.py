"""Claims about readiness by night: within its hours and its budget, in turns, and what breaks is recorded once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from tests.actions.town import Town
from youbei.actions import stress_nightly
from youbei.actions.jobs import run_to_the_end
from youbei.actions.stress_nightly import prove_plans_by_night
from youbei.actions.stress_tests import start_stress_test
from youbei.engine.findings.life import State
from youbei.records.models import Finding, Job, Plan, PlanVersion, StressTest, Team

# Two in the morning in the zone of the installation.
TWO = datetime(2026, 3, 10, 18, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def budget(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.NIGHTLY_SECONDS = 60
    settings.TIME_ZONE = "Asia/Shanghai"
    monkeypatch.setattr(stress_nightly, "RUNS", 40)
    stress_nightly.DONE.clear()


def one_night(now: datetime) -> StressTest:
    """Let the worker do all of a night; return the last test."""
    while prove_plans_by_night(now):
        test = StressTest.objects.order_by("-pk")[0]
        assert test.job is not None
        assert run_to_the_end(test.job.pk).status == Job.Status.DONE
    return StressTest.objects.order_by("-pk")[0]


def test_each_plan_is_tested_once_a_night_today_and_on_any_day(stored: PlanVersion) -> None:
    test = one_night(TWO)
    assert (test.plan_version, test.is_nightly, test.runs) == (stored, True, 40)
    assert list(StressTest.objects.order_by("pk").values_list("is_any_day", flat=True)) == [False, True]
    assert test.found is not None
    assert {"night", "holiday"} <= {one["name"] for one in test.found["conditions"]}
    assert not prove_plans_by_night(TWO + timedelta(hours=1))
    stress_nightly.DONE.clear()
    assert not prove_plans_by_night(TWO + timedelta(hours=1))
    one_night(TWO + timedelta(days=1))
    assert StressTest.objects.count() == 4


def test_a_promise_that_breaks_on_any_day_alone_says_when(
    town: Town, stored: PlanVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stress_nightly, "RUNS", 400)
    monkeypatch.setattr("youbei.actions.clock.now", lambda: TWO + timedelta(hours=7))
    one_night(TWO)
    today, any_day = StressTest.objects.order_by("pk")
    assert today.found is not None
    assert any_day.found is not None
    shares = {one["subject"]: one for one in any_day.found["promises"]}
    alone = set(shares) - {one["subject"] for one in today.found["promises"]}
    assert alone, shares
    assert any(shares[subject]["under"] for subject in alone)
    for finding in Finding.objects.filter(key__in=[f"stress:{stored.plan_id}:{subject}" for subject in alone]):
        assert finding.title_en.startswith("On any day: ")
        assert finding.evidence[0]["is_any_day"]
    client = Client()
    client.force_login(town.users["observer"])
    page = client.get("/readiness/", headers={"accept-language": "en"}).content.decode()
    assert "today, all in place" in page
    assert "Worse than otherwise:" in page


def test_without_a_test_it_says_when_the_next_night_is_and_offers_one(
    town: Town, stored: PlanVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("youbei.actions.clock.now", lambda: TWO + timedelta(hours=7))
    assert stress_nightly.next_night(TWO + timedelta(hours=7)) == TWO + timedelta(hours=23)
    assert stress_nightly.next_night(TWO - timedelta(hours=2)) == TWO - timedelta(hours=1)
    client = Client()
    for user, offered in (("planner", True), ("observer", False)):
        client.force_login(town.users[user])
        page = client.get("/readiness/", headers={"accept-language": "en"}).content.decode()
        assert "The next night begins" in page
        assert (f"/plans/{stored.plan_id}/stress/new/" in page) == offered


def test_a_plan_whose_text_is_broken_does_not_hold_up_the_others(town: Town, stored: PlanVersion) -> None:
    broken = Plan.objects.get(pk=stored.plan_id)
    broken.pk, broken.code = None, "broken"
    broken.save()
    version = PlanVersion.objects.get(pk=stored.pk)
    version.pk, version.plan, version.data, version.digest = None, broken, {"no": "plan"}, "0" * 64
    version.save()
    Plan.objects.filter(pk=broken.pk).update(current=version)
    one_night(TWO - timedelta(days=1))
    assert one_night(TWO).plan_version == stored
    assert StressTest.objects.count() == 4


@pytest.mark.parametrize("hours", [-2, 3, 10])
def test_nothing_is_tested_by_day(stored: PlanVersion, hours: int) -> None:
    assert not prove_plans_by_night(TWO + timedelta(hours=hours))
    assert not StressTest.objects.exists()


def test_without_a_budget_nothing_is_tested(stored: PlanVersion, settings: Any) -> None:
    settings.NIGHTLY_SECONDS = 0
    assert not prove_plans_by_night(TWO)


def test_where_the_budget_is_used_up_the_next_night_goes_on(town: Town, stored: PlanVersion, settings: Any) -> None:
    other = Plan.objects.create(
        code="other", kind="special", organisation=town.bureau, org_path=town.bureau.path, name_zh="另一个"
    )
    other.current = PlanVersion.objects.create(
        plan=other, version="1", data=stored.data, digest=stored.digest, stage="filed", stored_at=TWO, stored_by="x"
    )
    other.save()
    settings.NIGHTLY_SECONDS = 0.001
    first = one_night(TWO)
    assert StressTest.objects.count() == 1
    second = one_night(TWO + timedelta(days=1))
    assert {first.plan_version, second.plan_version} == {stored, other.current}


def test_what_breaks_is_recorded_once_and_again_after_a_cure_that_did_not_last(town: Town, stored: PlanVersion) -> None:
    Team.objects.update(status=Team.Status.OUT_OF_SERVICE)
    test = one_night(TWO)
    assert test.found is not None
    grave = {one["subject"] for one in test.found["promises"] if one["share"] >= 0.2}
    assert grave
    findings = list(Finding.objects.order_by("pk"))
    assert {row.evidence[0]["subject"] for row in findings} == grave
    assert {(row.source, row.severity, row.organisation) for row in findings} == {
        ("simulation", "major", stored.plan.organisation)
    }
    one_night(TWO + timedelta(days=1))
    assert Finding.objects.count() == len(findings)
    Finding.objects.filter(pk=findings[0].pk).update(state=State.VERIFIED)
    Finding.objects.filter(pk=findings[1].pk).update(state=State.DROPPED)
    one_night(TWO + timedelta(days=2))
    again = Finding.objects.exclude(pk__in=[row.pk for row in findings]).get()
    assert again.key == f"{findings[0].key}#2"
    one_night(TWO + timedelta(days=3))
    assert Finding.objects.count() == len(findings) + 1


def test_old_nights_are_forgotten_and_tests_of_people_are_not(stored: PlanVersion) -> None:
    own = start_stress_test(by=None, now=TWO - timedelta(days=60), version=stored, runs=1)
    assert own.job is not None
    run_to_the_end(own.job.pk)
    old = one_night(TWO - timedelta(days=40))
    one_night(TWO)
    assert StressTest.objects.filter(pk=own.pk).exists()
    assert not StressTest.objects.filter(pk=old.pk).exists()


def test_the_page_says_what_would_break_whose_it_is_and_where_it_is_recorded(
    town: Town, stored: PlanVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    Team.objects.update(status=Team.Status.OUT_OF_SERVICE)
    monkeypatch.setattr("youbei.actions.clock.now", lambda: TWO + timedelta(hours=7))
    test = one_night(TWO)
    assert test.found is not None
    client = Client()
    client.force_login(town.users["observer"])
    page = client.get("/readiness/", headers={"accept-language": "en"})
    rows = page.context["page"].rows
    assert [(row.pk, row.is_any_day) for row in rows] == [(test.pk, True), (test.pk - 1, False)]
    assert [one.text.en for one in rows[0].promises] == [one["en"] for one in test.found["promises"]]
    assert all(one.owner for one in rows[0].promises)
    found = {one.finding for row in rows for one in row.promises} - {None}
    assert found == set(Finding.objects.values_list("pk", flat=True))
    client.force_login(town.users["stranger"])
    assert not client.get("/readiness/").context["page"].rows
