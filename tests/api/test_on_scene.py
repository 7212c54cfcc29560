"""Claims about the scene, help asked of others, closed roads and siting over the API."""

from __future__ import annotations

from datetime import timedelta

import pytest

from api.callers import Caller
from api.test_dispatch import run
from youbei.actions import clock
from youbei.actions.jobs import run_to_the_end
from youbei.actions.registers.people import create_organisation
from youbei.actions.stores import create_site
from youbei.engine.places import Point
from youbei.records.models import Entry, Incident, LogEntry, Organisation, RoadClosure, Run, SitingStudy

pytest.importorskip("highspy")
__all__ = ["run"]


def test_who_goes_in_is_counted_until_all_are_out(admin: Caller, run: int) -> None:
    body = {"people": 4, "minutes": 20, "label": "hose crew", "zone": "shed 2"}
    entered = admin.post(f"/runs/{run}/scene/entries", body, Idempotency_Key="in")
    assert entered.status == 201, entered.body
    assert admin.post(f"/runs/{run}/scene/entries", body, Idempotency_Key="in").body == entered.body
    found = admin.get(f"/runs/{run}/scene").body
    assert (found["inside"], found["overdue"], len(found["entries"])) == (4, 0, 1)
    address = f"/runs/{run}/scene/entries/{entered.body['pk']}"
    assert admin.post(f"{address}/heard", {"minutes": 5}).body["due_out_at"] < entered.body["due_out_at"]
    assert admin.post(f"{address}/leave", {"people": 1}).body["people"] == 3
    assert admin.post(f"{address}/leave", {}).body["left_at"]
    found = admin.get(f"/runs/{run}/scene").body
    assert (found["inside"], found["entries"], len(found["out"])) == (0, [], 1)


def test_bad_entries_and_strangers_are_refused(admin: Caller, observer: Caller, stranger: Caller, run: int) -> None:
    address = f"/runs/{run}/scene/entries"
    assert admin.post(address, {"people": 0, "minutes": 20, "label": "x"}).status == 422
    assert admin.post(address, {"people": 2, "minutes": 20}).body["code"] == "entry-refused"
    assert admin.post(f"{address}/999/leave", {}).status == 404
    assert observer.post(address, {"people": 2, "minutes": 20, "label": "x"}).status in (403, 404)
    assert stranger.get(f"/runs/{run}/scene").status in (403, 404)
    assert not Entry.objects.exists()


def test_roads_are_closed_listed_and_opened(admin: Caller, observer: Caller, run: int) -> None:
    incident = Run.objects.get(pk=run).incident_id
    area = [{"lat": 36.05, "lon": 120.35}, {"lat": 36.06, "lon": 120.35}, {"lat": 36.06, "lon": 120.36}]
    answer = admin.post(f"/incidents/{incident}/closures", {"area": area, "reason": "plume", "factor": 3})
    assert answer.status == 201, answer.body
    pk = answer.body["pk"]
    assert [(one["pk"], one["factor"]) for one in admin.get("/closures").body] == [(pk, 3.0)]
    assert observer.get("/closures").body == []
    assert observer.post(f"/closures/{pk}/open").status in (403, 404)
    assert admin.post(f"/closures/{pk}/open").body["opened_at"]
    assert admin.get("/closures").body == []
    again = admin.post(f"/closures/{pk}/open")
    assert (again.status, again.body["code"]) == (409, "already-open")


def test_an_area_of_two_corners_closes_nothing(admin: Caller, run: int) -> None:
    incident = Run.objects.get(pk=run).incident_id
    area = [{"lat": 36.05, "lon": 120.35}, {"lat": 36.06, "lon": 120.35}]
    assert admin.post(f"/incidents/{incident}/closures", {"area": area, "reason": "x"}).status in (409, 422)
    assert not RoadClosure.objects.exists()


def test_help_goes_from_step_to_step_and_says_what_may_follow(admin: Caller, city: Organisation, run: int) -> None:
    incident = Incident.objects.get(runs=run)
    helper = create_organisation(
        by=None, now=clock.now(), code="helper", kind="rescue", name_zh="邻市救援队", parent=city
    )
    body = {"partner": helper.code, "quantity": 2, "capability": "hazmat_response"}
    asked = admin.post(f"/incidents/{incident.pk}/aid", body)
    assert asked.status == 201, asked.body
    pk = asked.body["pk"]
    assert {one["step"] for one in asked.body["steps"]} >= {"withdraw", "commit"}
    at = (clock.now() + timedelta(hours=1)).isoformat()
    assert admin.post(f"/aid/{pk}/commit", {"quantity": 3, "at": at}).status == 422
    assert admin.post(f"/aid/{pk}/commit", {"quantity": 2, "at": at}).body["state"] == "committed"
    held = [one for one in admin.get(f"/runs/{run}/scene").body["sent"] if not one["released_at"]]
    assert [one["name"]["zh"] for one in held] == ["邻市救援队"]
    for step, state in (("depart", "en_route"), ("arrive", "arrived"), ("release", "released"), ("return", "returned")):
        assert admin.post(f"/aid/{pk}/{step}", {}).body["state"] == state
    again = admin.post(f"/aid/{pk}/depart", {})
    assert (again.status, again.body["code"]) == (409, "wrong-step")
    assert [one["pk"] for one in admin.get(f"/aid?incident={incident.pk}").body["items"]] == [pk]
    assert LogEntry.objects.filter(stream=incident.stream, kind="aid.returned").exists()


def test_a_siting_question_is_asked_worked_on_and_answered(admin: Caller, city: Organisation) -> None:
    for number in range(4):
        kind = "school" if number < 3 else "store"
        create_site(
            by=None,
            now=clock.now(),
            organisation=city,
            code=f"site-{number}",
            kind=kind,
            name_zh=f"场所{number}",
            point=Point(36.05 + number / 100, 120.35),
        )
    body = {"question": "median", "places": "school", "candidates": "store", "p": 1, "minutes": 15}
    asked = admin.post("/siting", body, Idempotency_Key="once")
    assert asked.status == 201, asked.body
    assert (asked.body["status"], asked.body["answer"]) == ("queued", None)
    pk = asked.body["pk"]
    job = SitingStudy.objects.get(pk=pk).job
    assert job is not None
    run_to_the_end(job.pk)
    found = admin.get(f"/siting/{pk}").body
    areas = admin.get(f"/siting/{pk}/areas").body
    assert areas["type"] == "FeatureCollection"
    assert {one["geometry"]["type"] for one in areas["features"]} == {"MultiPolygon"}
    assert admin.get("/dispatch/areas").body["features"] == []
    assert (found["status"], found["done"], found["total"]) == ("done", 3, 3)
    assert [one["zh"] for one in found["answer"]["sites"]] == ["场所3"]
    assert found["answer"]["is_proven"]
    assert [one["pk"] for one in admin.get("/siting").body["items"]] == [pk]
    assert admin.post(f"/siting/{pk}/stop").body["code"] == "study-over"


def test_a_question_that_makes_no_sense_is_refused_and_others_see_none(
    admin: Caller, stranger: Caller, city: Organisation
) -> None:
    assert admin.post("/siting", {"question": "median", "places": "school"}).body["code"] == "study-refused"
    assert admin.post("/siting", {"question": "best", "places": "school"}).status == 422
    answer = admin.post("/siting", {"question": "unreached", "places": "school", "capability": "rescue"})
    assert admin.post(f"/siting/{answer.body['pk']}/stop").body["status"] == "queued"
    assert stranger.get(f"/siting/{answer.body['pk']}").status in (403, 404)
