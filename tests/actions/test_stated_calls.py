"""Claims about calls that are stated for a stress test on its page: as asked for, with their words, never a 500."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from tests.actions.town import Town
from tests.built_once import built_once
from youbei.actions.jobs import run_to_the_end
from youbei.records.models import Capability, Job, PlanVersion, StressTest, TeamCapability

EN = {"accept-language": "en"}
CALLS = {
    "calls_per_day": "4",
    "calls_kind": "accident",
    "calls_at": "37.5, 122.1",
    "calls_km": "2",
    "calls_from": "0",
    "calls_until": "24",
}


@pytest.fixture
def client(town: Town) -> Client:
    browser = Client(headers=EN)
    browser.force_login(town.users["admin"])
    return browser


@built_once
def rescuers(town: Town) -> None:
    rescue, _ = Capability.objects.get_or_create(code="rescue", defaults={"name_zh": "救援", "name_en": "Rescue"})
    for team in town.teams:
        TeamCapability.objects.create(team=team, capability=rescue, lat=team.lat, lon=team.lon)


def ask(client: Client, version: PlanVersion, **changes: str) -> StressTest | str:
    said = {"runs": "200", "seed": "1", **CALLS, **changes}
    answer = client.post(f"/plans/{version.plan_id}/stress/new/", said)
    if answer.status_code in (302, 204, 200):
        return StressTest.objects.latest("id")
    assert answer.status_code == 422
    return str(answer.content.decode())


def ended(test: StressTest) -> StressTest:
    assert test.job is not None
    assert run_to_the_end(test.job.pk).status == Job.Status.DONE
    return StressTest.objects.get(pk=test.pk)


def test_calls_that_are_stated_come_and_are_said_to_be_assumed(
    client: Client,
    stored: PlanVersion,
    rescuers: None,
) -> None:
    asked = ask(client, stored)
    assert isinstance(asked, StressTest)
    test = ended(asked)
    assert test.found is not None
    places = test.found["service"]["places"]
    assert len(places) == 7
    per_day = sum(one["per_day"]["value"] for one in places)
    assert 3.5 < per_day < 4.5
    page = client.get(f"/stress-tests/{test.pk}/").content.decode()
    assert "Calls of every day that were assumed: Accident, 4 a day at 37.500, 122.100 and 2 km around" in page
    assert "assumed 1 (37.500, 122.100)" in page
    report = client.get(f"/stress-tests/{test.pk}/export/html/").content.decode()
    assert "calls assumed besides: Accident, 4 a day" in report
    assert "另假设警情：事故灾难，每天 4 起" in report
    kept = json.loads(client.get(f"/stress-tests/{test.pk}/export/json/").content)
    assert kept["calls"][0]["per_day"] == 4.0


def test_where_nobody_can_go_it_says_so(client: Client, stored: PlanVersion) -> None:
    asked = ask(client, stored, calls_kind="health")
    assert isinstance(asked, StressTest)
    test = ended(asked)
    assert test.found is None
    assert "no team nearby can go" in client.get(f"/stress-tests/{test.pk}/").content.decode()


def test_more_than_the_teams_can_do_is_said_with_its_load(
    client: Client,
    stored: PlanVersion,
    rescuers: None,
) -> None:
    asked = ask(client, stored, calls_per_day="9000")
    assert isinstance(asked, StressTest)
    assert "more than the teams can do" in client.get(f"/stress-tests/{ended(asked).pk}/").content.decode()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"calls_at": ""}, "There is no such place"),
        ({"calls_at": "999, 999"}, "There is no such place"),
        ({"calls_at": "nan, nan"}, "There is no such place"),
        ({"calls_per_day": ""}, "Say how many calls a day come there"),
        ({"calls_per_day": "-1"}, "greater than or equal to 0"),
        ({"calls_per_day": "nan"}, "Enter a number"),
        ({"calls_per_day": "1e9"}, "less than or equal to 10000"),
        ({"calls_kind": "volcano"}, "Select a valid choice"),
        ({"calls_km": "5000"}, "less than or equal to 100"),
        ({"calls_from": "25"}, "less than or equal to 23"),
        ({"calls_from": "6", "calls_until": "6"}, "The hours must be whole"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    client: Client,
    stored: PlanVersion,
    change: dict[str, str],
    says: str,
) -> None:
    answer = ask(client, stored, **change)
    assert isinstance(answer, str)
    assert says in answer
    assert not StressTest.objects.exists()


def test_nothing_stated_is_nothing_assumed(client: Client, stored: PlanVersion) -> None:
    asked = ask(client, stored, calls_per_day="", calls_at="", calls_km="")
    assert isinstance(asked, StressTest)
    assert asked.calls == []
