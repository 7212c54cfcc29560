"""Experts, agreements and the people of teams over the API, from the call to the payment."""

from __future__ import annotations

from typing import Any

from tests.built_once import built_once

from api.callers import Caller, make_caller
from api.town import REPORT, Town, furnish
from youbei.engine.access import Role
from youbei.records.models import Assignment, LogEntry, Organisation, Person, Team

EXPERT = {"code": "qian", "name_zh": "钱工", "organisation": "haizhou", "specialties": ["hazchem"]}
EXPERT |= {"email": "qian@example.org", "lat": 36.1, "lon": 120.4}


@built_once
def town(city: Organisation, admin: Caller) -> Town:
    return furnish(city, admin)


@built_once
def officer(city: Organisation) -> Caller:
    return make_caller("officer", Role.DUTY_OFFICER, city)


def enter(caller: Caller, register: str, values: dict[str, Any]) -> int:
    answer = caller.post(f"/registers/{register}/records", {"values": values})
    assert answer.status == 201, answer.body
    return int(answer.body["pk"])


def test_an_expert_is_found_called_advises_and_is_judged(admin: Caller, officer: Caller, town: Town) -> None:
    expert = enter(admin, "expert", EXPERT)
    (offer,) = officer.get("/experts?specialty=hazchem&lat=36.1&lon=120.4").body
    assert (offer["pk"], offer["distance"], offer["consultations"]) == (expert, 0.0, 0)
    assert officer.get("/experts?specialty=dragons").status == 422
    incident = officer.post("/incidents", REPORT).body["row"]["pk"]
    call = officer.post(f"/experts/{expert}/calls", {"question": "能否喷酸？", "incident": incident})
    assert (call.status, call.body["values"]["state"]) == (201, "asked")
    address = f"/consultations/{call.body['pk']}"
    assert officer.post(f"{address}/judgement", {"usefulness": "followed"}).status == 409
    assert officer.post(f"{address}/answer", {"accepts": True}).body["values"]["state"] == "accepted"
    assert officer.post(f"{address}/answer", {"accepts": True}).status == 409
    advised = officer.post(f"{address}/advice", {"advice": "不要喷酸。", "minutes": 9}).body
    assert (advised["values"]["state"], advised["values"]["advice"]) == ("advised", "不要喷酸。")
    judged = officer.post(f"{address}/judgement", {"usefulness": "followed", "result": "堵漏完成"}).body
    assert judged["values"]["usefulness"] == "followed"
    kinds = LogEntry.objects.filter(stream=f"incident:{incident}", kind__startswith="expert.")
    assert [one.kind for one in kinds] == ["expert.called", "expert.answered", "expert.advised"]


def test_who_may_only_look_calls_no_expert(admin: Caller, city: Organisation, observer: Caller) -> None:
    expert = enter(admin, "expert", EXPERT)
    watcher = make_caller("watcher", Role.OBSERVER, city)
    assert watcher.post(f"/experts/{expert}/calls", {"question": "能否喷酸？"}).status == 403
    assert observer.post(f"/experts/{expert}/calls", {"question": "能否喷酸？"}).status in (403, 404)


def test_what_was_used_is_settled_and_agreed_by_another(
    admin: Caller, city: Organisation, port: Organisation, town: Town
) -> None:
    aid = {"code": "aid", "name_zh": "互助", "kind": "mutual_aid", "organisation": "haizhou", "partner": port.code}
    pk = enter(admin, "agreement", aid)
    rate = {"code": "call", "agreement": "aid", "name_zh": "出动", "basis": "call_out", "amount": "300"}
    enter(admin, "agreement_rate", rate)
    Team.objects.filter(pk=town.team).update(organisation=port, org_path=port.path)
    incident = admin.post("/incidents", REPORT).body["row"]["pk"]
    run = admin.post(f"/incidents/{incident}/runs", {"version_pk": town.version}).body["pk"]
    (proposal, *_) = admin.get(f"/runs/{run}/proposals?need=isolate/team").body
    assert proposal
    sent = admin.post(f"/runs/{run}/assignments", {"need": "isolate/team", "resource": f"team:{town.team}"})
    assert sent.status == 201, sent.body
    address = f"/agreements/{pk}/settlement"
    shown = admin.get(address).body
    assert ([one["incident"] for one in shown["to_settle"]], shown["rates"][0]["amount"]) == ([incident], "300.000")
    assert admin.post(f"/agreements/{pk}/compensations", {"incident": incident}).status == 409
    code = Assignment.objects.get(run=run).code
    admin.post(f"/runs/{run}/assignments/{code}/arrive")
    admin.post(f"/runs/{run}/assignments/{code}/release")
    drafted = admin.post(f"/agreements/{pk}/compensations", {"incident": incident})
    assert (drafted.status, drafted.body["total"], drafted.body["stage"]) == (201, "300.00", "drafted")
    statement = f"/compensations/{drafted.body['pk']}"
    assert admin.post(f"{statement}/sent").body["stage"] == "sent"
    assert admin.post(f"{statement}/agreed").status == 409
    other = make_caller("second", Role.RESOURCE_KEEPER, city)
    assert other.post(f"{statement}/agreed").body["agreed_by"]
    assert other.post(f"{statement}/paid", {"remark": "凭证 12"}).body["paid_note"] == "凭证 12"
    after = admin.get(address).body
    assert (after["to_settle"], [one["stage"] for one in after["statements"]]) == ([], ["paid"])
    assert admin.post(f"{statement}/burnt").status == 422


def test_a_selection_fills_the_roles_and_the_gap_is_gone(admin: Caller, observer: Caller, town: Town) -> None:
    team = {"team": "hazmat-1"}
    enter(admin, "team_role", team | {"code": "chief", "name_zh": "队长", "needed": 1, "qualifications": "hazmat"})
    values = {"organisation": "haizhou", "name_en": ""}
    able = enter(admin, "person", values | {"code": "li", "name_zh": "李雷"})
    Person.objects.filter(pk=able).update(qualifications=["hazmat"])
    enter(admin, "person", values | {"code": "han", "name_zh": "韩梅"})
    address = f"/teams/{town.team}"
    before = admin.get(f"{address}/competence").body
    assert (before["filled"], before["needed"], before["gaps"][0]["short"]) == (0, 1, 1)
    assert any("队长" in one["text"]["zh"] for one in before["lacks"])
    proposed = admin.get(f"{address}/selection").body
    assert {one["pk"]: one["role"] for one in proposed["people"] if one["role"]} == {able: "chief"}
    unfit = next(one for one in proposed["people"] if one["pk"] != able)
    assert unfit["fits"][0]["missing"] == ["hazmat"]
    assert admin.post(f"{address}/selection", {"places": {str(able): "chief"}}).body == {"changed": 1}
    assert admin.post(f"{address}/selection", {"places": {str(able): "cook"}}).status == 409
    after = admin.get(f"{address}/competence").body
    assert (after["filled"], after["gaps"]) == (1, [])
    assert observer.get(f"{address}/competence").status == 404
    assert admin.get(f"{address}/selection?unit=nowhere").status == 404
