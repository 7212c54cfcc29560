"""The pages of a plan: text, steps, findings, versions, export and import."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.web.conftest import client_of, user_with
from youbei import content
from youbei.actions.plans import import_plan
from youbei.engine.access import Role
from youbei.engine.plans.read import read_plan
from youbei.engine.plans.write import write_toml
from youbei.records.models import Organisation, Plan, PlanVersion, User

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
TABS = ("", "steps/", "check/", "versions/")


def shipped() -> str:
    return content.plan_texts()["park-ammonia"].decode()


@pytest.fixture
def source() -> str:
    """One of the shipped plans, as the town's own."""
    text = shipped()
    plan = read_plan(text, format="toml")
    return text.replace(f'"{plan.organisation}"', '"haizhou"')


@pytest.fixture
def stored(town: Organisation, source: str) -> PlanVersion:
    return import_plan(by=None, now=NOW, text=source, filename="plan.toml")


@pytest.mark.parametrize("tab", TABS)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_view_of_a_plan_is_shown(town: Organisation, stored: PlanVersion, tab: str, language: str) -> None:
    browser = client_of(user_with(Role.OBSERVER, town, name="reader", language=language))
    response = browser.get(f"/plans/{stored.plan_id}/{tab}")
    assert response.status_code == 200
    plan = read_plan(shipped(), format="toml")
    assert plan.title.in_language(language) in response.content.decode()


@pytest.mark.parametrize("tab", [*TABS, "export.toml", "export.json"])
def test_a_stranger_finds_no_plan(stored: PlanVersion, stranger: User, tab: str) -> None:
    assert client_of(stranger).get(f"/plans/{stored.plan_id}/{tab}").status_code == 404


def test_the_graph_has_a_box_for_each_step_and_a_line_for_each_dependency(
    browser: Client, stored: PlanVersion, source: str
) -> None:
    page = browser.get(f"/plans/{stored.plan_id}/steps/").content.decode()
    plan = read_plan(source, format="toml")
    assert page.count('class="graph-box') == len(plan.steps)
    pairs = sum(len(set(step.start.after) | set(step.start.after_any)) for step in plan.steps)
    assert page.count('class="graph-line') >= pairs


@pytest.mark.parametrize("kind", ["toml", "json"])
def test_an_exported_plan_is_the_same_plan(browser: Client, stored: PlanVersion, source: str, kind: str) -> None:
    response = browser.get(f"/plans/{stored.plan_id}/export.{kind}")
    assert read_plan(response.content, format=kind) == read_plan(source, format="toml")  # type: ignore[arg-type]
    assert f".{kind}" in response["Content-Disposition"]


def test_versions_show_what_changed(browser: Client, stored: PlanVersion, source: str) -> None:
    plan = read_plan(source, format="toml")
    newer = source.replace(f'version = "{plan.version}"', 'version = "9999.1"').replace(
        f'version="{plan.version}"', 'version="9999.1"'
    )
    newer = newer.replace(plan.steps[0].title.en, "A step by another name")
    import_plan(by=None, now=NOW, text=newer, filename="plan.toml")
    page = browser.get(f"/plans/{stored.plan_id}/versions/").content.decode()
    assert "A step by another name" in page
    assert plan.steps[0].title.en in page


def test_a_version_that_the_plan_does_not_have_is_not_found(browser: Client, stored: PlanVersion) -> None:
    assert browser.get(f"/plans/{stored.plan_id}/?version=99999").status_code == 404


def test_a_planner_imports_a_file_and_sees_its_findings(town: Organisation, source: str) -> None:
    planner = client_of(user_with(Role.PLANNER, town, name="planner"))
    file = SimpleUploadedFile("plan.toml", source.encode())
    response = planner.post("/plans/import/", {"file": file})
    assert response.status_code == 302
    assert response["Location"] == f"/plans/{Plan.objects.get().pk}/check/"


def test_a_broken_file_is_refused_with_its_place_and_stores_nothing(town: Organisation, source: str) -> None:
    planner = client_of(user_with(Role.PLANNER, town, name="planner"))
    file = SimpleUploadedFile("plan.toml", source[: len(source) // 2].encode())
    response = planner.post("/plans/import/", {"file": file})
    assert response.status_code in (409, 422)
    assert "refusal" in response.content.decode()
    assert not Plan.objects.exists()


def test_a_duty_officer_may_not_import(town: Organisation, source: str) -> None:
    officer = client_of(user_with(Role.DUTY_OFFICER, town, name="duty"))
    assert officer.get("/plans/import/").status_code == 403


def test_what_was_written_by_hand_and_by_the_writer_is_one_version(stored: PlanVersion, source: str) -> None:
    again = import_plan(by=None, now=NOW, text=write_toml(read_plan(source, format="toml")), filename="x.toml")
    assert again.pk == stored.pk
