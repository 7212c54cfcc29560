"""Claims about comparisons: both sides meet the same luck, and what was found to help helps."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from tests.actions.town import LEAK, NOW, PLAN, Town
from tests.built_once import built_once
from youbei.actions import plans, stress_comparisons
from youbei.actions.jobs import one_slice, run_to_the_end
from youbei.actions.stress_comparisons import comparison_for, start_comparison, stop_comparison
from youbei.actions.stress_tests import StressTestRefused, start_stress_test
from youbei.engine.errors import NotAllowed, NotFound
from youbei.engine.places import Point
from youbei.records.models import (
    Capability,
    Finding,
    Incident,
    Job,
    MarketOffer,
    PlanVersion,
    SitingStudy,
    StockLot,
    StressComparison,
    StressTest,
    Team,
    TeamCapability,
)

EN = {"accept-language": "en"}


@built_once
def test(town: Town, stored: PlanVersion) -> StressTest:
    """A test of the plan without its teams, so that something would help."""
    Team.objects.update(status=Team.Status.OUT_OF_SERVICE)
    made = start_stress_test(by=None, now=NOW, version=stored, runs=60)
    assert made.job is not None
    run_to_the_end(made.job.pk)
    return StressTest.objects.get(pk=made.pk)


def compared(town: Town, now: datetime, version: PlanVersion, against: str, **more: Any) -> StressComparison:
    row = start_comparison(by=town.users["admin"], now=now, version=version, against=against, runs=60, **more)
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


def study(town: Town, now: datetime, name: str, point: Point) -> str:
    """A siting study that chose one site; return it as a side on which the reserves stand there."""
    site = {"pk": 1, "zh": name, "en": name, "lat": point.lat, "lon": point.lon, "capacity": 0}
    row = SitingStudy.objects.create(
        org_path=town.city.path, question="median", asked={}, answer={"sites": [site]}, asked_at=now
    )
    return f"siting:{row.pk}:stock"


def finish_of(row: StressComparison, step: str) -> dict[str, Any]:
    assert row.found is not None
    found: dict[str, Any] = next(one for one in row.found["differences"] if one["measure"] == f"{step}/finished")
    return found


@built_once
def leaking(town: Town) -> PlanVersion:
    """The plan with a scenario that has a place, so that ways count."""
    place = f"place = {{lat = {LEAK.lat}, lon = {LEAK.lon}}}"
    scenario = f"\n[[scenarios]]\nid = 'leak'\ntitle = {{zh = '泄漏', en = 'Leak'}}\n{place}\n"
    text = PLAN.replace('version = "2026.1"', 'version = "2026.3"', 1) + scenario
    return plans.import_plan(by=town.users["planner"], now=NOW, text=text, filename="plan.toml")


def test_two_siting_variants_differ_by_the_way(town: Town, leaking: PlanVersion, now: datetime) -> None:
    near, far = study(town, now, "east", LEAK), study(town, now, "west", Point(LEAK.lat + 0.4, LEAK.lon))
    row = compared(town, now, leaking, far, first=near)
    assert row.first is not None
    assert (row.first["en"], row.against["en"]) == ("reserves kept at east", "reserves kept at west")
    assert finish_of(row, "isolate")["difference"] > 600
    back = compared(town, now, leaking, near, first=far)
    assert finish_of(back, "isolate")["difference"] == -finish_of(row, "isolate")["difference"]
    teams = compared(town, now, leaking, far.replace("stock", "teams"))
    assert "teams standing at west" in teams.against["en"]
    assert finish_of(teams, "isolate")["difference"] > 600


def test_a_study_of_others_is_no_siting_variant(town: Town, leaking: PlanVersion, now: datetime) -> None:
    named = study(town, now, "east", LEAK)
    SitingStudy.objects.update(org_path="/elsewhere/")
    with pytest.raises(StressTestRefused, match="nothing of that kind"):
        start_comparison(by=town.users["admin"], now=now, version=leaking, against=named)


def test_a_seed_gives_the_same_pairs_again_and_another_gives_others(
    test: StressTest, town: Town, now: datetime
) -> None:
    assert test.found is not None
    against = f"measure:{test.pk}:{test.found['improvements'][0]['key']}"
    first, again, other = (
        compared(town, now, test.plan_version, against, seed=seed, is_any_day=True) for seed in (7, 7, 8)
    )
    assert first.found is not None
    assert other.found is not None
    assert (first.seed, first.found["seed"]) == (7, 7)
    assert first.found == again.found
    assert first.found["differences"] != other.found["differences"]
    client = Client()
    client.force_login(town.users["observer"])
    assert "seed 8" in client.get(f"/stress-comparisons/{other.pk}/", headers=EN).content.decode()


def test_both_sides_meet_any_day_with_its_luck(town: Town, stored: PlanVersion, now: datetime) -> None:
    made = start_stress_test(by=None, now=now, version=stored, runs=60)
    assert made.job is not None
    run_to_the_end(made.job.pk)
    found = StressTest.objects.get(pk=made.pk).found
    assert found is not None
    against = f"without:{made.pk}:{found['busy'][0]['team']}"
    today, any_day = compared(town, now, stored, against), compared(town, now, stored, against, is_any_day=True)
    assert today.found is not None
    assert any_day.found is not None
    assert any_day.is_any_day
    first = [one["first"] for one in any_day.found["differences"] if one["measure"] == "ended"]
    assert first != [one["first"] for one in today.found["differences"] if one["measure"] == "ended"]


def test_a_supplier_is_left_out_on_any_day(town: Town, leaking: PlanVersion, now: datetime) -> None:
    StockLot.objects.update(quantity=1)
    offer = MarketOffer.objects.create(
        code="o", quantity=Decimal(30), delay_h=Decimal(1), supplier_name="甲厂", organisation=town.bureau,
        org_path=town.bureau.path, item=town.lots[0].item,
    )  # fmt: skip
    made = start_stress_test(by=None, now=now, version=leaking, runs=200, is_any_day=True)
    assert made.job is not None
    assert run_to_the_end(made.job.pk).status == Job.Status.DONE
    row = compared(town, now, leaking, f"without:{made.pk}:offer:{offer.pk}")
    assert row.is_any_day
    assert row.against["en"] == "without 甲厂"
    assert row.found is not None
    short = next(one for one in row.found["differences"] if one["measure"] == "short")
    assert (short["second"], short["difference"] > 0.5) == (1.0, True)


def test_what_one_side_never_reaches_is_said_on_the_page(town: Town, leaking: PlanVersion, now: datetime) -> None:
    StockLot.objects.update(quantity=1)
    offer = MarketOffer.objects.create(
        code="o", quantity=Decimal(30), delay_h=Decimal(1), supplier_name="甲厂", organisation=town.bureau,
        org_path=town.bureau.path, item=town.lots[0].item,
    )  # fmt: skip
    made = start_stress_test(by=None, now=now, version=leaking, runs=60, is_any_day=True)
    assert made.job is not None
    run_to_the_end(made.job.pk)
    row = compared(town, now, leaking, f"without:{made.pk}:offer:{offer.pk}")
    assert row.found is not None
    never = [one for one in row.found["reaches"] if one["second"] == 0]
    assert never
    client = Client()
    client.force_login(town.users["observer"])
    page = client.get(f"/stress-comparisons/{row.pk}/", headers=EN).content.decode()
    assert f"the second never reaches it (0 of 60 runs; the first in {never[0]['first']})" in page


def busy_town(town: Town, now: datetime) -> None:
    """A town whose teams can rescue, with more incidents than they can serve."""
    rescue = Capability.objects.create(code="rescue", name_zh="抢险", name_en="Rescue")
    for team in town.teams:
        TeamCapability.objects.create(team=team, capability=rescue, lat=team.lat, lon=team.lon)
    Incident.objects.bulk_create(
        Incident(
            number=f"I-{number}", organisation=town.bureau, org_path=town.bureau.path, category="accident",
            kind="ammonia_leak", title="泄漏", known_at=now, reported_at=now - timedelta(minutes=number + 1),
            source="phone", entered_by="x", lat=LEAK.lat, lon=LEAK.lon,
        )
        for number in range(1_000)
    )  # fmt: skip


def test_a_day_that_asks_too_much_is_answered_in_words(town: Town, leaking: PlanVersion, now: datetime) -> None:
    busy_town(town, now)
    test = start_stress_test(by=None, now=now, version=leaking, runs=60, is_any_day=True)
    row = start_comparison(by=None, now=now, version=leaking, against=study(town, now, "east", LEAK), is_any_day=True)
    for job in (test.job, row.job):
        assert job is not None
        assert run_to_the_end(job.pk).status == Job.Status.DONE
    client = Client()
    client.force_login(town.users["observer"])
    for address in (f"/stress-tests/{test.pk}/", f"/stress-comparisons/{row.pk}/", f"/plans/{leaking.plan_id}/stress/"):
        page = client.get(address, headers=EN).content.decode()
        assert "more than the teams can do" in page, address
    test.refresh_from_db()
    assert (test.found, test.refusal is not None) == (None, True)
    assert "a load of" in client.get(f"/stress-tests/{test.pk}/", headers=EN).content.decode()
    client.force_login(town.users["officer"])
    address = f"/findings/new/?stress={test.pk}&subject=overload"
    assert address.replace("&", "&amp;") in client.get(f"/stress-tests/{test.pk}/", headers=EN).content.decode()
    sheet = client.get(address, headers=EN).content.decode()
    assert "waits would grow without end" in sheet
    assert "Add teams" not in sheet


def test_a_night_that_asks_too_much_becomes_a_finding_once(
    town: Town, leaking: PlanVersion, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy_town(town, now)
    for _ in range(2):
        test = start_stress_test(by=None, now=now, version=leaking, runs=60, is_any_day=True, is_nightly=True)
        assert test.job is not None
        assert run_to_the_end(test.job.pk).status == Job.Status.DONE
    finding = Finding.objects.get(key=f"stress:{leaking.plan_id}:overload")
    assert (finding.severity, finding.source, finding.element) == ("major", "simulation", "organisation")
    assert finding.title_en.startswith("The day asks for more than the teams can do: ")
    assert finding.title_en.endswith("without end.")
    assert finding.title_zh.endswith("无限增长。")
    monkeypatch.setattr("youbei.actions.clock.now", lambda: now)
    client = Client()
    client.force_login(town.users["observer"])
    assert f"/findings/{finding.pk}/" in client.get("/readiness/", headers=EN).content.decode()


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
    "against",
    ["", "moon", "version:1x", "version:99999999999999999999", "measure:1:x\x00", "without:0:a", "siting:1:moon"],
)
def test_what_is_nothing_to_compare_with_is_refused(
    town: Town, stored: PlanVersion, now: datetime, against: str
) -> None:
    with pytest.raises(StressTestRefused, match="nothing of that kind"):
        start_comparison(by=town.users["admin"], now=now, version=stored, against=against)


def test_the_two_sides_must_differ(town: Town, stored: PlanVersion, now: datetime) -> None:
    named = study(town, now, "east", LEAK)
    for first, against in ((named, named), (f"version:{stored.pk}", named)):
        with pytest.raises(StressTestRefused, match="must differ"):
            start_comparison(by=town.users["admin"], now=now, version=stored, first=first, against=against)


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
    answer = client.post(address, {"against": offered[0], "seed": "41"})
    assert answer.status_code == 302
    assert answer["Location"].startswith("/stress-comparisons/")
    assert StressComparison.objects.get().seed == 41
