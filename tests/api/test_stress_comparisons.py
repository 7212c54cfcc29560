"""Claims about comparisons over the API: each kind of side can be named, and the answer is that of the page."""

from __future__ import annotations

from typing import Any

import pytest
from tests.built_once import built_once

from api.callers import Caller
from api.town import PLAN, furnish
from youbei.actions import clock
from youbei.actions.jobs import run_to_the_end
from youbei.records.models import Job, Organisation, SitingStudy

VERSION = "/plans/leak/versions/1"


@built_once
def tested(city: Organisation, admin: Caller) -> dict[str, Any]:
    """A test of the plan, done."""
    furnish(city, admin)
    begun = admin.post(f"{VERSION}/stress-tests", {"runs": 40})
    assert begun.status == 202
    work()
    found: dict[str, Any] = admin.get(f"/stress-tests/{begun.body['id']}").body
    assert found["is_done"]
    return found


def work() -> None:
    for job in Job.objects.filter(ended_at=None).order_by("pk"):
        assert run_to_the_end(job.pk).status == Job.Status.DONE


def compared(admin: Caller, **asked: Any) -> dict[str, Any]:
    begun = admin.post(f"{VERSION}/stress-comparisons", {"runs": 40, **asked})
    assert begun.status == 202, begun.body
    work()
    found: dict[str, Any] = admin.get(f"/stress-comparisons/{begun.body['id']}").body
    assert (found["is_done"], found["is_stopped"], found["done"]) == (True, False, 40)
    return found


def test_every_kind_of_side_is_named_and_compared(tested: dict[str, Any], admin: Caller, city: Organisation) -> None:
    assert admin.post("/plans", {"text": PLAN.replace('version = "1"', 'version = "2"')}).status == 201
    assert "No difference" in compared(admin, second={"version": "2"})["found"]["verdict"]["en"]
    team = tested["found"]["busy"][0]["team"]
    row = compared(admin, second={"test": tested["id"], "without": team}, is_any_day=True)
    assert (row["second"]["resources"], row["is_any_day"], row["seed"]) == ([team], True, 1)
    row = compared(admin, second={"test": tested["id"], "without": team}, seed=5)
    assert (row["seed"], row["found"]["seed"]) == (5, 5)
    site = {"zh": "东", "en": "east", "lat": 36.05, "lon": 120.35}
    study = SitingStudy.objects.create(
        org_path=city.path, question="median", answer={"sites": [site]}, asked_at=clock.now()
    )
    row = compared(admin, first={"siting": study.pk}, second={"siting": study.pk, "moves": "teams"})
    assert (row["first"]["en"], row["second"]["en"]) == ("reserves kept at east", "teams standing at east")


@pytest.mark.parametrize(
    "second",
    [
        {},
        {"version": "2", "siting": 1},
        {"measure": "x"},
        {"test": 1, "version": "2"},
        {"siting": 2**70},
        {"siting": 7, "moves": "moon"},
        {"test": 99, "measure": "x"},
    ],
)
def test_a_side_that_is_none_is_refused(tested: dict[str, Any], admin: Caller, second: dict[str, Any]) -> None:
    answer = admin.post(f"{VERSION}/stress-comparisons", {"second": second})
    assert answer.status == 422


def test_only_who_may_begins_stops_or_sees_one(
    tested: dict[str, Any], admin: Caller, observer: Caller, stranger: Caller
) -> None:
    asked = {"second": {"test": tested["id"], "without": tested["found"]["busy"][0]["team"]}}
    assert stranger.post(f"{VERSION}/stress-comparisons", asked).status == 404
    row = admin.post(f"{VERSION}/stress-comparisons", asked).body["id"]
    assert stranger.get(f"/stress-comparisons/{row}").status == 404
    assert admin.post(f"/stress-comparisons/{row}/stop").status == 200
    assert admin.get(f"/stress-comparisons/{99_999}").status == 404
