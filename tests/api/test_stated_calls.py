"""Claims about calls that are stated for a stress test over the API: kept, carried out, nonsense refused."""

from __future__ import annotations

from typing import Any

import pytest
from tests.built_once import A_MINUTE, built_once

from api.callers import Caller
from api.town import furnish
from youbei.actions import clock
from youbei.actions.jobs import run_to_the_end
from youbei.actions.stores import create_capability
from youbei.records.models import Job, Organisation, Team, TeamCapability

TESTS = "/plans/leak/versions/1/stress-tests"
CALLS = {"kind": "accident", "per_day": 6, "lat": 36.05, "lon": 120.35, "start": 22, "end": 6, "months": [1, 2, 3]}


@built_once(fresh_for=A_MINUTE)
def ready(city: Organisation, admin: Caller) -> None:
    furnish(city, admin)
    team = Team.objects.get()
    rescue = create_capability(by=None, now=clock.now(), code="rescue", name_zh="救援")
    TeamCapability.objects.create(team=team, capability=rescue, lat=team.lat, lon=team.lon)


def test_calls_that_are_stated_are_kept_and_come_at_night(ready: None, admin: Caller) -> None:
    begun = admin.post(TESTS, {"runs": 60, "calls": [CALLS]})
    assert begun.status == 202, begun.body
    assert begun.body["calls"] == [{**CALLS, "radius_km": 0.0}]
    for job in Job.objects.filter(ended_at=None):
        assert run_to_the_end(job.pk).status == Job.Status.DONE
    found = admin.get(f"/stress-tests/{begun.body['id']}").body["found"]
    hours = {cell["hour"] for cell in found["service"]["cells"]}
    assert hours
    assert hours <= {22, 23, 0, 1, 2, 3, 4, 5}
    for cell in found["service"]["cells"]:
        assert {"low", "high", "runs"} <= set(cell)


@pytest.mark.parametrize(
    "change",
    [
        {"per_day": 0},
        {"per_day": -1},
        {"per_day": 1e300},
        {"lat": 91},
        {"start": 5, "end": 5},
        {"start": 24},
        {"end": 0},
        {"months": [13]},
        {"months": [1, 1]},
        {"months": list(range(1, 20))},
        {"kind": "volcano"},
        {"radius_km": -1},
        {"colour": "red"},
        {"per_day": None},
    ],
)
def test_what_cannot_be_meant_is_refused(ready: None, admin: Caller, change: dict[str, Any]) -> None:
    assert admin.post(TESTS, {"runs": 60, "calls": [{**CALLS, **change}]}).status == 422


def test_too_many_groups_are_refused(ready: None, admin: Caller) -> None:
    assert admin.post(TESTS, {"runs": 60, "calls": [CALLS] * 21}).status == 422
