"""The whole main job over the API: report, grade, propose, activate, send, work, end, assess, close, verify."""

from __future__ import annotations

from typing import Any

from tests.built_once import built_once

from api.callers import Caller, make_caller
from api.town import PLAN, REPORT, Town, furnish
from youbei.engine.access import Role
from youbei.records.models import Incident, Item, Organisation, Run, StockLot


@built_once
def town(city: Organisation, admin: Caller) -> Town:
    return furnish(city, admin)


@built_once
def incident(town: Town, admin: Caller) -> int:
    answer = admin.post("/incidents", REPORT)
    assert answer.status == 201, answer.body
    pk: int = answer.body["row"]["pk"]
    return pk


@built_once
def run(incident: int, town: Town, admin: Caller) -> int:
    answer = admin.post(f"/incidents/{incident}/runs", {"version_pk": town.version})
    assert answer.status == 201, answer.body
    pk: int = answer.body["pk"]
    return pk


def steps(admin: Caller, run: int) -> dict[str, Any]:
    board = admin.get(f"/runs/{run}").body
    return {step["id"]: step for lane in board["lanes"] for step in lane["steps"]}


def ok(answer: Any, status: int = 200) -> Any:
    assert answer.status == status, answer.body
    return answer.body


def test_an_incident_is_answered_from_report_to_verified_log(
    admin: Caller, town: Town, port: Organisation, incident: int, run: int
) -> None:
    proposals = ok(admin.get(f"/incidents/{incident}/proposals"))
    assert proposals[0]["plan"] == "leak"
    assert proposals[0]["is_running"]
    assert steps(admin, run)["isolate"]["status"] == "open"

    choices = ok(admin.get(f"/runs/{run}/proposals?need=isolate/team"))
    assert choices[0]["resource"] == f"team:{town.team}"
    assert choices[0]["turn_out"] == "PT2M"
    sent = ok(admin.post(f"/runs/{run}/assignments", {"need": "isolate/team", "resource": f"team:{town.team}"}), 201)
    suits = {"need": "isolate/suits", "resource": f"lot:{town.lot}", "quantity": 2}
    ok(admin.post(f"/runs/{run}/assignments", suits), 201)
    ok(admin.post(f"/runs/{run}/assignments/{sent['code']}/arrive", {}))
    ok(admin.post(f"/runs/{run}/steps/isolate/start", {}))
    ok(admin.post(f"/runs/{run}/steps/isolate/finish", {"note": "阀门已关"}))
    assert steps(admin, run)["monitor"]["status"] == "open"
    ok(admin.post(f"/runs/{run}/steps/isolate/reopen", {"reason": "又漏"}))
    ok(admin.post(f"/runs/{run}/steps/isolate/finish", {}))
    ok(admin.post(f"/runs/{run}/steps/monitor/skip", {"reason": "无风险"}))
    ok(admin.post(f"/runs/{run}/assignments/{sent['code']}/release", {"reason": "任务完成"}))

    known = ok(admin.post(f"/incidents/{incident}/facts", {"facts": {"serious_injured": 3}, "source": "医院"}))
    assert {fact["key"]: fact["value"] for fact in known["facts"]}["serious_injured"] == 3
    assert ok(admin.get(f"/runs/{run}"))["run"]["proposed_level"] == 3
    assert ok(admin.post(f"/runs/{run}/raise", {"level": 3, "reason": "伤员增加"}))["level"] == 3
    assert ok(admin.post(f"/runs/{run}/lower", {"level": 4, "reason": "已控制"}))["level"] == 4
    ok(admin.post(f"/runs/{run}/posts/commander/hand-over", {"holder": "agency:haizhou-port", "briefing": "无"}))
    ok(admin.post(f"/runs/{run}/deviations", {"subject": "isolate", "text": "先关总阀"}))
    assert ok(admin.post(f"/runs/{run}/end", {"reason": "险情排除"}))["phase"] == "ended"
    assert ok(admin.post(f"/runs/{run}/assessment", {"rating": "S", "text": "监测偏慢"}))["phase"] == "assessed"
    assert ok(admin.post(f"/incidents/{incident}/close", {"reason": "处置完毕"}))["row"]["status"] == "closed"

    kinds = [line["kind"] for line in ok(admin.get(f"/log?stream=run:{run}&size=200"))["items"]]
    assert "plan.activated" in kinds
    assert kinds[0] == "run.assessed"
    assert ok(admin.get("/log/verification"))["holds"]


def test_a_refusal_says_what_why_and_what_to_do_and_changes_nothing(admin: Caller, run: int, incident: int) -> None:
    before = ok(admin.get("/log/head"))
    refused = (
        (f"/runs/{run}/steps/monitor/finish", {}, 409),
        (f"/runs/{run}/steps/none/start", {}, 409),
        (f"/runs/{run}/assignments", {"need": "isolate/none", "resource": "team:1"}, 404),
        (f"/runs/{run}/assignments", {"need": "isolate/team", "resource": "team:999999"}, 404),
        (f"/runs/{run}/assignments", {"need": "isolate/team", "resource": "team:99999999999999999999"}, 404),
        (f"/runs/{run}/clock", {"do": "pause"}, 409),
        (f"/runs/{run}/clock", {"do": "jump"}, 422),
        (f"/runs/{run}/assessment", {"rating": "P", "text": ""}, 409),
        (f"/incidents/{incident}/facts", {"facts": {"no_such_fact": 1}, "source": "x"}, 422),
        (f"/incidents/{incident}/close", {"reason": "x"}, 409),
        ("/runs/999999/end", {"reason": "x"}, 404),
    )
    for path, body, status in refused:
        answer = admin.post(path, body)
        assert answer.status == status, (path, body, answer.body)
        assert answer.body["text"]["zh"]
        assert answer.body["text"]["en"]
    assert ok(admin.get("/log/head")) == before


def test_a_report_sent_twice_with_one_key_is_one_incident(admin: Caller, town: Town) -> None:
    first, second = (admin.post("/incidents", REPORT, Idempotency_Key="r-1") for _ in range(2))
    assert first.body == second.body
    assert Incident.objects.count() == 1


def test_a_step_finished_twice_with_one_key_is_answered_alike(admin: Caller, run: int) -> None:
    first, second = (admin.post(f"/runs/{run}/steps/isolate/finish", {}, Idempotency_Key="s-1") for _ in range(2))
    assert first.status == second.status == 200
    assert first.body == second.body


def test_what_lies_in_another_subtree_is_not_there(admin: Caller, observer: Caller, incident: int, run: int) -> None:
    for path in (f"/incidents/{incident}", f"/runs/{run}", f"/incidents/{incident}/proposals", "/plans/leak/versions"):
        assert observer.get(path).status == 404
    assert observer.post(f"/runs/{run}/end", {"reason": "x"}).status in (403, 404)
    for path in ("/incidents", "/runs", "/plans", "/teams", "/stock", "/messages"):
        assert ok(observer.get(path))["items"] == []
    assert Run.objects.get(pk=run).phase == "active"


def test_an_exercise_clock_is_set(admin: Caller, town: Town) -> None:
    report = {**REPORT, "mode": "exercise", "enrolled": ["haizhou"]}
    pk = ok(admin.post("/incidents", report), 201)["row"]["pk"]
    run = ok(admin.post(f"/incidents/{pk}/runs", {"version_pk": town.version, "level": 4}), 201)["pk"]
    for body in ({"do": "pause"}, {"do": "resume"}, {"do": "set_speed", "speed": 10}, {"do": "jump", "seconds": 60}):
        ok(admin.post(f"/runs/{run}/clock", body))
    assert ok(admin.get(f"/runs/{run}"))["clock"]["speed"] == 10


def test_plans_are_read_exported_compared_checked_and_simulated(admin: Caller, town: Town) -> None:
    assert ok(admin.get("/plans"))["items"][0]["code"] == "leak"
    changed = PLAN.replace('version = "1"', 'version = "2"').replace("PT10M", "PT12M")
    ok(admin.post("/plans", {"text": changed}), 201)
    assert [row["version"] for row in ok(admin.get("/plans/leak/versions"))] == ["2", "1"]
    changes = ok(admin.get("/plans/leak/versions/current/difference?before=1"))
    assert "steps.isolate.within.limit" in {change["place"] for change in changes} | {
        f"{change['place']}.limit" for change in changes
    }
    for form in ("toml", "json"):
        file = ok(admin.get(f"/plans/leak/versions/2/file?format={form}"))
        again = ok(admin.post("/plans", {"text": file["text"], "format": form}), 201)
        assert again["version"] == "2"
    assert ok(admin.get("/plans/leak/versions/2"))["data"]["id"] == "leak"
    assert ok(admin.get("/plans/leak/versions/2/check"))["findings"]
    assert ok(admin.post("/plans/check", {"text": PLAN}))["plan"] == "leak"
    result = ok(admin.post("/plans/leak/versions/2/simulation", {"runs": 5, "seed": 3}))
    assert result["runs"] == 5
    assert admin.post("/plans/leak/versions/2/simulation", {"scenario": "none"}).status == 422
    stage = {"stage": "reviewed", "on": "2026-01-05"}
    assert ok(admin.post("/plans/leak/versions/2/stages", stage))["stage"] == "reviewed"


def test_a_plan_file_that_is_none_is_refused_with_its_place(admin: Caller, town: Town) -> None:
    for text in ("x", "id = ", "{", "[" * 5000, PLAN.replace('kind = "special"', 'kind = "specil"')):
        for path in ("/plans", "/plans/check"):
            answer = admin.post(path, {"text": text})
            assert answer.status in (409, 422), answer.body
            assert answer.body["code"] == "plan-unreadable"


def test_a_team_goes_out_of_service_and_a_lot_is_counted(admin: Caller, town: Town) -> None:
    out = ok(admin.post(f"/teams/{town.team}/status", {"status": "out_of_service", "note": "检修"}))
    assert out["status"] == "out_of_service"
    assert float(ok(admin.post(f"/stock/{town.lot}/count", {"quantity": "7.5"}))["quantity"]) == 7.5
    given = {"quantity": "2.5", "consumer": "School"}
    assert float(ok(admin.post(f"/stock/{town.lot}/issue", given))["quantity"]) == 5
    newest = ok(admin.get(f"/stock/{town.lot}/ledger"))[0]
    assert (newest["verb"], float(newest["change"]), float(newest["balance"])) == ("issue", -2.5, 5)
    ok(admin.post(f"/stock-movements/{newest['movement']}/reverse", {"reason": "wrong lot"}))
    unit = StockLot.objects.select_related("item").get(pk=town.lot).item
    Item.objects.filter(pk=unit.pk).update(packs="箱/box=0.5")
    ok(admin.post(f"/stock/{town.lot}/issue", {"quantity": "3 boxes", "consumer": "School"}))
    packed = ok(admin.get(f"/stock/{town.lot}/ledger"))[0]
    assert (float(packed["change"]), packed["reason"].startswith("3 boxes = 1.5 ")) == (-1.5, True)
    for nonsense in ("3 crates", "1e400", "-2", "-2 boxes", "boxes", "NaN", "3 boxes 2", "0", "0 boxes"):
        assert admin.post(f"/stock/{town.lot}/issue", {"quantity": nonsense, "consumer": "x"}).status == 422, nonsense
    ok(admin.post(f"/stock-movements/{packed['movement']}/reverse", {"reason": "wrong lot"}))
    needs = ok(admin.post("/needs/displaced_people", {"parameters": {"people": "3000", "days": "3"}}))
    assert {one["code"]: float(one["quantity"]) for one in needs}["tents"] == 875
    assert ok(admin.get("/stock-gaps")) == []
    assert admin.post(f"/stock/{town.lot}/count", {"quantity": "-1"}).status == 422
    assert admin.post(f"/stock/{town.lot}/count", {"quantity": "1e400"}).status == 422


def test_a_quantity_that_is_sent_waits_for_a_second_person(admin: Caller, town: Town) -> None:
    address = f"/registers/lot/records/{town.lot}"
    unit = Organisation.objects.get(code="haizhou")
    keeper = make_caller("storekeeper", Role.RESOURCE_KEEPER, unit)
    inspector = make_caller("inspector", Role.INSPECTOR, unit)
    sent = ok(keeper("PATCH", address, {"values": {"quantity": "8", "shelf": "B2"}, "reason": "two were torn"}))
    assert (float(sent["values"]["quantity"]), sent["values"]["shelf"]) == (10, "B2")
    (waits,) = sent["waits"]
    (listed,) = ok(inspector.get("/stock-stated"))["items"]
    assert (listed["id"], listed["state"], listed["source"], listed["reason"]) == (
        waits,
        "waiting",
        "api",
        "two were torn",
    )
    assert (float(listed["stood"]), float(listed["stated"]), float(listed["to"])) == (10, 8, 8)
    assert keeper.post(f"/stock-stated/{waits}/confirm", {}).status == 409
    assert inspector.post(f"/stock-stated/{waits + 1}/confirm", {}).status == 404
    assert inspector.post(f"/stock-stated/{waits}/confirm", {"reason": 7}).status == 422
    done = ok(inspector.post(f"/stock-stated/{waits}/confirm", {"reason": "seen"}))
    assert (done["state"], done["answer"], float(done["quantity"])) == ("confirmed", "seen", 8)
    assert ok(admin.get(address))["waits"] == []
    assert inspector.post(f"/stock-stated/{waits}/reject", {}).status == 409
    (again,) = ok(keeper("PATCH", address, {"values": {"quantity": "9"}}))["waits"]
    assert ok(keeper.post(f"/stock-stated/{again}/reject", {}))["state"] == "withdrawn"
    assert ok(inspector.get("/stock-stated"))["items"] == []
    (third,) = ok(keeper("PATCH", address, {"values": {"quantity": "7"}}))["waits"]
    many = {"verb": "confirm", "ids": [third, again, third + 1], "reason": "all seen"}
    kept = ok(keeper.post("/stock-stated/decide", many))
    assert (kept["done"], {one["id"] for one in kept["refused"]}) == ([], {third, again, third + 1})
    decided = ok(inspector.post("/stock-stated/decide", many))
    assert (decided["done"], decided["before"]) == ([third], None)
    assert [(one["id"], one["lot"] is None) for one in decided["refused"]] == [(third + 1, True), (again, False)]
    for unclear in ({}, {"ids": [1], "site": "x"}, {"ids": [1], "before": 2}, {"ids": list(range(1, 102))}):
        assert inspector.post("/stock-stated/decide", {"verb": "confirm", **unclear}).status == 422
    assert ok(inspector.post("/stock-stated/decide", {"verb": "reject", "site": "nowhere"}))["done"] == []
    assert inspector.get("/stock-stated?import_id=0").status == 422


def test_the_first_screens_tell_what_goes_on(admin: Caller, town: Town, run: int) -> None:
    assert ok(admin.get("/home"))["running"][0]["pk"] == run
    assert [mark["layer"] for mark in ok(admin.get("/map"))["incidents"]] == ["incident"]
    assert admin.get("/map/ground").status == 404
    assert {"code": "agency:haizhou", "name": {"zh": "海州市", "en": "Haizhou"}} in ok(
        admin.get(f"/runs/{run}/holders")
    )


def test_preferences_are_kept(admin: Caller) -> None:
    assert ok(admin.post("/me/preferences", {"language": "en", "theme": "dark"}))["theme"] == "dark"
    assert ok(admin.get("/me"))["language"] == "en"
    assert admin.post("/me/preferences", {"theme": "pink"}).status == 422
