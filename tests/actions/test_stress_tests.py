"""Claims about stress tests: all runs are made, the same luck gives the same result, promises become findings."""

from __future__ import annotations

import csv
import json
from datetime import datetime, timedelta
from urllib.parse import quote

import pytest
from django.test import Client
from django.utils.html import escape

from tests.actions.town import NOW, Town
from tests.built_once import built_once
from youbei.actions import stress_tests
from youbei.actions.jobs import one_slice, run_to_the_end
from youbei.actions.stress_tests import StressTestRefused, start_stress_test, stop_stress_test, stress_test_for
from youbei.engine.errors import NotAllowed, NotFound
from youbei.engine.simulation.ensemble import set_up, simulate_many
from youbei.engine.simulation.replicate import carried_out, record
from youbei.records.load import load_plan
from youbei.records.models import Finding, Job, LogEntry, PlanVersion, StressTest, Team
from youbei.records.reports.replay import Moment
from youbei.records.reports.stress_replay import stress_frame

RUNS = 60
EN = {"accept-language": "en"}


@built_once
def test(town: Town, stored: PlanVersion) -> StressTest:
    return start_stress_test(by=town.users["admin"], now=NOW, version=stored, runs=RUNS, seed=7)


def ended(test: StressTest) -> StressTest:
    assert test.job is not None
    job = run_to_the_end(test.job.pk)
    assert job.status == Job.Status.DONE, (job.problem_en, job.status)
    return StressTest.objects.get(pk=test.pk)


def test_the_worker_makes_all_runs_as_the_engine_makes_them(test: StressTest, now: datetime) -> None:
    found = ended(test).found
    assert found is not None
    assert found["runs"] == RUNS
    work = stress_tests.begun(test, now)
    same = simulate_many(set_up(work.setup.plan, work.setup.world, work.setup.scenario, seed=7), runs=RUNS)
    assert {name: found[name] for name in same.as_data()} == same.as_data()
    for spread in found["spread"].values():
        assert sum(spread["counts"]) <= RUNS


def test_it_ends_sooner_once_every_share_is_known_well_enough(town: Town, stored: PlanVersion, now: datetime) -> None:
    """As on the command line; and the page says how many runs it took, and how well it was to be known."""
    asked = start_stress_test(by=town.users["admin"], now=now, version=stored, runs=100_000, precision=0.05)
    test = ended(asked)
    assert test.found is not None
    assert test.found["runs"] == test.done < 2_000
    for late in [one["late"] for one in test.found["steps"] if one["late"]] + [test.found["any_short"]]:
        assert late["high"] - late["low"] <= 0.1
    work = stress_tests.begun(test, now)
    setup = set_up(work.setup.plan, work.setup.world, work.setup.scenario, seed=1)
    assert simulate_many(setup, runs=100_000, precision=0.05).report.runs == test.done
    client = Client()
    client.force_login(town.users["admin"])
    page = client.get(f"/stress-tests/{test.pk}/", headers=EN).content.decode()
    assert f"{test.done:,} runs · enough at ± 5 percentage points" in page


def test_teams_are_called_as_the_reader_calls_them(town: Town, stored: PlanVersion, now: datetime) -> None:
    for number, team in enumerate(Team.objects.order_by("pk")):
        team.name_zh, team.name_en = f"第{number}救援队", f"Rescue Team {number}"
        team.save()
    test = ended(start_stress_test(by=town.users["admin"], now=now, version=stored, runs=RUNS, seed=7))
    assert test.found is not None
    assert test.found["busy"]
    client = Client()
    client.force_login(town.users["admin"])
    course = test.courses.first()
    assert course is not None
    sent = next(entry for entry, (_, kind, _) in enumerate(course.log, start=1) if kind == "resource.assigned")
    for address in (f"/stress-tests/{test.pk}/", f"/stress-tests/{test.pk}/runs/{course.role}/?entry={sent}"):
        zh = client.get(address, headers={"accept-language": "zh-hans"}).content.decode()
        en = client.get(address, headers=EN).content.decode()
        assert "救援队" in zh
        assert "Rescue Team" not in zh
        assert "Rescue Team" in en
        assert "救援队" not in en


def test_a_worker_that_is_killed_in_between_comes_to_the_same(
    test: StressTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stress_tests, "SLICE_S", 0.0)
    monkeypatch.setattr(stress_tests, "BLOCK", 7)
    monkeypatch.setattr(stress_tests, "PLAIN_BLOCK", 7)
    assert test.job is not None
    for _ in range(3):
        assert not one_slice(test.job.pk)
    assert Job.objects.get(pk=test.job.pk).done == 21
    stress_tests.WORKING.clear()
    found = ended(test).found
    monkeypatch.undo()
    again = start_stress_test(by=None, now=test.asked_at, version=test.plan_version, runs=RUNS, seed=7)
    assert ended(again).found == found


def test_one_test_of_a_plan_at_a_time(test: StressTest, town: Town, stored: PlanVersion, now: datetime) -> None:
    with pytest.raises(StressTestRefused, match="being tested already"):
        start_stress_test(by=town.users["admin"], now=now, version=stored, runs=RUNS)
    stop_stress_test(by=town.users["admin"], test=test)
    assert test.job is not None
    assert run_to_the_end(test.job.pk).status == Job.Status.CANCELLED
    ended(start_stress_test(by=town.users["admin"], now=now, version=stored, runs=RUNS))
    with pytest.raises(StressTestRefused, match="over already"):
        stop_stress_test(by=town.users["admin"], test=StressTest.objects.order_by("-pk")[0])


def test_what_makes_no_sense_is_refused(town: Town, stored: PlanVersion, now: datetime) -> None:
    for options, why in (
        ({"runs": 0}, "1 to"),
        ({"runs": 10**9}, "1 to"),
        ({"scenario": "moon"}, "no scenario"),
        ({"precision": 2.0}, "between 0 and 1"),
    ):
        with pytest.raises(StressTestRefused, match=why):
            start_stress_test(by=town.users["admin"], now=now, version=stored, **options)  # type: ignore[arg-type]
    assert not StressTest.objects.exists()
    assert not LogEntry.objects.filter(kind="plan.stress_tested").exists()


def test_an_observer_only_looks_and_a_stranger_finds_nothing(test: StressTest, town: Town, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        start_stress_test(by=town.users["observer"], now=now, version=test.plan_version)
    with pytest.raises(NotFound):
        start_stress_test(by=town.users["stranger"], now=now, version=test.plan_version)
    with pytest.raises(NotFound):
        stress_test_for(town.users["stranger"], test.pk)


def test_a_broken_promise_is_recorded_from_the_page_and_retested_by_simulation(test: StressTest, town: Town) -> None:
    row = ended(test)
    assert row.found is not None
    step = next(step for step in load_plan(row.plan_version).steps if step.within is not None)
    promise = {"subject": step.id, "share": 0.4, "low": 0.3, "high": 0.5, "zh": "超时四成", "en": "Late in 40 %"}
    row.found["promises"] = [promise]
    row.save()
    client = Client()
    client.force_login(town.users["admin"])
    page = client.get(f"/stress-tests/{row.pk}/").content.decode()
    assert "超时四成" in page or "Late in 40 %" in page
    address = f"/findings/new/?stress={row.pk}&subject={step.id}"
    form = client.get(address)
    assert form.status_code == 200
    initial = {name: field.initial for name, field in form.context["form"].fields.items() if field.initial is not None}
    data = {**initial, **form.context["form"].initial}
    assert client.post(address, data).status_code == 302
    finding = Finding.objects.get()
    assert (finding.source, finding.severity, finding.place) == ("simulation", "major", f"steps.{step.id}")
    assert finding.needs_retest
    assert client.get(f"/findings/new/?stress={row.pk}&subject=nothing").status_code == 404


def test_what_would_help_most_is_shown_and_becomes_a_finding(test: StressTest, town: Town) -> None:
    Team.objects.update(status=Team.Status.OUT_OF_SERVICE)
    row = ended(test)
    assert row.found is not None
    tried = row.found["improvements"]
    assert row.found["promises"]
    assert tried
    assert [one["gain"] for one in tried] == sorted((one["gain"] for one in tried), reverse=True)
    best = next(one for one in tried if one["is_plain"])
    assert 0 < best["low"] <= best["gain"] <= best["high"]
    client = Client()
    client.force_login(town.users["admin"])
    page = client.get(f"/stress-tests/{row.pk}/", headers={"accept-language": "en"}).content.decode()
    assert "What would help most" in page
    assert escape(best["en"]) in page
    address = f"/findings/new/?stress={row.pk}&measure={quote(best['key'])}"
    form = client.get(address).context["form"]
    data = {name: field.initial for name, field in form.fields.items() if field.initial is not None} | form.initial
    assert client.post(address, data).status_code == 302
    finding = Finding.objects.get()
    assert (finding.source, finding.place) == ("simulation", f"steps.{best['subject'].split('/')[0]}")
    assert best["what"]["en"] in finding.title_en
    assert client.get(f"/findings/new/?stress={row.pk}&measure=moon").status_code == 404


def test_a_bad_and_a_typical_run_are_kept_and_replayed_as_the_reference_made_them(test: StressTest, town: Town) -> None:
    row = ended(test)
    assert row.found is not None
    plan = load_plan(row.plan_version)
    work = stress_tests.begun(row, row.asked_at)
    client = Client()
    client.force_login(town.users["admin"])
    assert "Replay on board and map" in client.get(f"/stress-tests/{row.pk}/", headers=EN).content.decode()
    assert [one.role for one in row.courses.order_by("role")] == ["bad", "typical"]
    for course in row.courses.all():
        told = row.found["courses"][course.role]
        run, _ = carried_out(plan, work.setup.world, work.setup.scenario, seed=7, number=course.number, level=None)
        again = record(run, course.number)
        assert told["number"] == course.number
        assert [kind for _, kind, _ in course.log] == [event.kind for event in run.log]
        assert [one["finished"] for one in told["steps"]] == [
            at for at, opened in zip(again.finished, again.opened, strict=True) if opened is not None
        ]
        end = stress_frame(course, Moment(at=row.asked_at + timedelta(days=40)))
        assert end.is_at_end
        shown = {step.id: (step.finished_at, step.late_at is not None) for step in end.board.steps}
        for step, at, is_late in zip(plan.steps, again.finished, again.late, strict=True):
            finished_at, late = shown[step.id]
            assert (None if at is None else row.asked_at + timedelta(milliseconds=at)) == whole_milliseconds(
                finished_at
            )
            assert late == is_late
        first = stress_frame(course, Moment(seq=1))
        assert (first.number, first.previous, first.entries) == (1, None, len(course.log))
        page = client.get(f"/stress-tests/{row.pk}/runs/{course.role}/?share=200", headers=EN)
        assert "None of this happened" in page.content.decode()
    assert client.get(f"/stress-tests/{row.pk}/runs/worst/").status_code == 404
    client.force_login(town.users["stranger"])
    assert client.get(f"/stress-tests/{row.pk}/runs/bad/").status_code == 404
    assert not LogEntry.objects.filter(stream__startswith="simulation").exists()


def whole_milliseconds(at: datetime | None) -> datetime | None:
    return None if at is None else at.replace(microsecond=at.microsecond // 1000 * 1000)


def test_a_result_is_taken_home_as_report_table_and_data(test: StressTest, town: Town) -> None:
    client = Client()
    client.force_login(town.users["observer"])
    assert client.get(f"/stress-tests/{test.pk}/export/html/").status_code == 404
    row = ended(test)
    assert row.found is not None
    page = client.get(f"/stress-tests/{row.pk}/export/html/", headers=EN)
    assert page["Content-Disposition"] == f'attachment; filename="stress-test-{row.pk}.html"'
    assert "Promises that break" in page.content.decode()
    table = list(csv.reader(client.get(f"/stress-tests/{row.pk}/export/csv/").content.decode("utf-8-sig").splitlines()))
    assert [line[0] for line in table[1:]] == [one["step"] for one in row.found["steps"]]
    assert {len(line) for line in table} == {17}
    cell = {"place": "=north", "hour": 3, "calls": 90, "mean": 738.0, "low": 690.0, "high": 786.0, "runs": 64}
    few = {**cell, "hour": 4, "low": None, "high": None, "runs": 3}
    row.found = {**row.found, "service": {"cells": [cell, few]}}
    row.save(update_fields=["found"])
    given = client.get(f"/stress-tests/{row.pk}/export/calls/", headers=EN)
    assert given["Content-Disposition"] == f'attachment; filename="stress-test-{row.pk}-calls.csv"'
    calls = list(csv.reader(given.content.decode("utf-8-sig").splitlines()))
    assert calls[1] == ["'=north", "3", "90", "64", "738", "690", "786", ""]
    assert calls[2][3:] == ["3", "738", "", "", "too few runs for an interval"]
    assert not {line[-1] for line in table[1:]} & {"work", "before"}
    data = json.loads(client.get(f"/stress-tests/{row.pk}/export/json/").content)
    assert {name: data[name] for name in row.found} == row.found
    assert client.get(f"/stress-tests/{row.pk}/export/exe/").status_code == 404
    client.force_login(town.users["stranger"])
    assert client.get(f"/stress-tests/{row.pk}/export/json/").status_code == 404


def test_a_test_on_any_day_meets_what_may_go_wrong(town: Town, stored: PlanVersion, now: datetime) -> None:
    asked = start_stress_test(by=town.users["admin"], now=now, version=stored, runs=RUNS, seed=7, is_any_day=True)
    found = ended(asked).found
    assert found is not None
    assert {"night", "holiday"} <= {one["name"] for one in found["conditions"]}
    assert found["runs"] == RUNS
