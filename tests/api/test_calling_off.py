"""What an agreement promises is asked for, answered and taken on by programs; both sides see it, nobody else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.built_once import built_once

from api.callers import Caller, make_caller
from youbei.actions import clock
from youbei.engine.access import Role
from youbei.records.models import CallOff, Organisation

ASK: dict[str, Any] = {"agreement": "aid", "quantity": "2", "what": "堵漏队", "once": "program-0001"}


@built_once
def aid(admin: Caller, city: Organisation, port: Organisation) -> None:
    values = {"code": "aid", "name_zh": "互助", "kind": "mutual_aid", "organisation": city.code, "partner": port.code}
    answer = admin.post("/registers/agreement/records", {"values": {**values, "response_min": "15"}})
    assert answer.status == 201, answer.body


@built_once
def keeper(city: Organisation) -> Caller:
    return make_caller("keeper-of-the-city", Role.RESOURCE_KEEPER, city)


@pytest.mark.usefixtures("aid")
class TestCallingOff:
    def test_it_is_asked_for_once_answered_and_taken_on(self, keeper: Caller) -> None:
        asked = keeper.post("/call-offs", ASK)
        assert asked.status == 200, asked.body
        assert (asked.body["state"], asked.body["edxl_rm"], asked.body["is_late"]) == (
            "asked",
            "RequestResource",
            False,
        )
        assert keeper.post("/call-offs", ASK).body["id"] == asked.body["id"]
        address = f"/call-offs/{asked.body['id']}"
        at = (clock.now() + timedelta(hours=1)).isoformat()
        assert keeper.post(f"{address}/accept", {"quantity": "3", "arrives_at": at}).status == 409
        promised = keeper.post(f"{address}/accept", {"quantity": "1", "arrives_at": at, "people": 6}).body
        assert (promised["state"], promised["accepted"]) == ("accepted", "1.000")
        assert keeper.post(f"{address}/step", {"to": "settled"}).status == 409
        for step in ("en_route", "delivered", "returned", "settled"):
            assert keeper.post(f"{address}/step", {"to": step}).body["state"] == step
        assert [one["id"] for one in keeper.get("/call-offs").body] == [asked.body["id"]]

    def test_a_refusal_says_why(self, keeper: Caller) -> None:
        address = f"/call-offs/{keeper.post('/call-offs', ASK).body['id']}"
        assert keeper.post(f"{address}/refuse", {"reason": ""}).status in (409, 422)
        assert keeper.post(f"{address}/refuse", {"reason": "全队在外"}).body["state"] == "refused"

    def test_what_was_not_answered_in_time_is_late(self, keeper: Caller) -> None:
        pk = keeper.post("/call-offs", ASK).body["id"]
        CallOff.objects.filter(pk=pk).update(due_at=clock.now() - timedelta(minutes=1))
        assert keeper.get(f"/call-offs/{pk}").body["is_late"] is True

    def test_a_stranger_finds_nothing_and_an_observer_only_looks(self, keeper: Caller, city: Organisation) -> None:
        pk = keeper.post("/call-offs", ASK).body["id"]
        stranger, watcher = Caller(), make_caller("watcher-of-the-city", Role.OBSERVER, city)
        assert stranger.get(f"/call-offs/{pk}").status == 401
        assert watcher.get(f"/call-offs/{pk}").status == 200
        assert watcher.post("/call-offs", {**ASK, "once": "program-0002"}).status == 403
        assert watcher.post(f"/call-offs/{pk}/step", {"to": "withdrawn"}).status == 403
