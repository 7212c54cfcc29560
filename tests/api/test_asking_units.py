"""Collection campaigns over the API: open, watch, remind, read the answers, close."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.built_once import built_once

from api.callers import Caller, make_caller
from youbei.actions import clock, jobs
from youbei.actions.campaigns import answers
from youbei.engine.access import Role
from youbei.records.models import Campaign, CampaignUnit, Message, Organisation

TEAM = {"code": "p1", "name_zh": "港口队", "kind": "enterprise", "organisation": "haizhou-port"}
TEAM |= {"turn_out_min": 15, "lat": 34.6, "lon": 119.2}


def asked(**more: Any) -> dict[str, Any]:
    due_at = (clock.now() + timedelta(days=9)).isoformat()
    return {"organisation": "haizhou", "title_zh": "核实", "registers": ["team"], "due_at": due_at, **more}


@built_once
def registrar(city: Organisation, port: Organisation, admin: Caller) -> Caller:
    assert admin.post("/registers/team/records", {"values": TEAM}).status == 201
    return make_caller("registrar", Role.REGISTRAR, city)


def opened(caller: Caller, **more: Any) -> int:
    answer = caller.post("/campaigns", asked(**more))
    assert answer.status == 201, answer.body
    jobs.work_on_jobs(clock.now())
    return int(answer.body["pk"])


def test_a_campaign_is_opened_answered_and_closed(registrar: Caller) -> None:
    pk = opened(registrar)
    (listed,) = registrar.get("/campaigns").body["items"]
    assert (listed["pk"], listed["status"], listed["units_total"], listed["items_total"]) == (pk, "open", 1, 1)
    (unit,) = registrar.get(f"/campaigns/{pk}/units?state=late").body["items"]
    assert (unit["organisation"], unit["state"], unit["items_total"]) == ("haizhou-port", "not_opened", 1)
    assert "/c/" in registrar.get(f"/campaign-units/{unit['pk']}").body["link"]
    row = CampaignUnit.objects.select_related("campaign", "organisation").get(pk=unit["pk"])
    answers.gone(unit=row, item=row.items.get(), reason="已撤销", now=clock.now())
    (answer,) = registrar.get(f"/campaign-units/{unit['pk']}/answers").body["items"]
    assert (answer["register_name"], answer["state"], answer["note"]) == ("team", "gone", "已撤销")
    shown = registrar.get(f"/campaigns/{pk}").body
    assert (shown["units_done"], shown["answers"]) == (1, {"gone": 1})
    assert [(one["organisation"], one["done"]) for one in shown["areas"]] == [("haizhou-port", 1)]
    assert [(one["kind"], one["done"]) for one in shown["kinds"]] == [("port", 1)]
    assert registrar.get(f"/campaigns/{pk}/units?state=late").body["items"] == []
    assert registrar.post(f"/campaigns/{pk}/close").body["status"] == "closed"


def test_those_who_have_not_answered_are_reminded(registrar: Caller) -> None:
    pk = opened(registrar)
    unit = CampaignUnit.objects.get()
    assert registrar.post(f"/campaign-units/{unit.pk}/remind").body == {"units": 1}
    Message.objects.all().delete()
    assert registrar.post(f"/campaigns/{pk}/remind").body == {"units": 1}
    CampaignUnit.objects.update(notices=[])
    jobs.work_on_jobs(clock.now())
    assert Message.objects.get().recipient == "agency:haizhou-port"
    registrar.post(f"/campaigns/{pk}/close")
    assert registrar.post(f"/campaigns/{pk}/remind").status == 409


def test_a_new_link_ends_the_old_one(registrar: Caller) -> None:
    opened(registrar)
    address = f"/campaign-units/{CampaignUnit.objects.get().pk}"
    before = registrar.get(address).body["link"]
    assert registrar.post(f"{address}/renew").body["link"] not in ("", before)


def test_a_series_says_when_the_next_one_opens_until_it_is_stopped(registrar: Caller) -> None:
    pk = opened(registrar, repeats="month")
    assert registrar.get(f"/campaigns/{pk}").body["next_opens_at"]
    assert registrar.post(f"/campaigns/{pk}/stop").body["next_opens_at"] is None


@pytest.mark.parametrize(
    "wrong", [{"registers": ["vetting"]}, {"unit_kinds": ["castle"]}, {"due_at": "2020-01-01T00:00:00Z"}]
)
def test_a_campaign_that_makes_no_sense_is_refused(wrong: dict[str, Any], registrar: Caller) -> None:
    assert registrar.post("/campaigns", asked(**wrong)).status == 409
    assert not Campaign.objects.exists()


def test_whoever_may_not_run_campaigns_sees_none(registrar: Caller, city: Organisation, observer: Caller) -> None:
    pk = opened(registrar)
    keeper = make_caller("keeper", Role.RESOURCE_KEEPER, city)
    assert keeper.get("/campaigns").status == 403
    assert keeper.get(f"/campaigns/{pk}").status == 403
    assert keeper.post("/campaigns", asked()).status == 403
    assert observer.get(f"/campaign-units/{CampaignUnit.objects.get().pk}").status in (403, 404)
