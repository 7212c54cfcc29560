"""A program leads an exercise: injects written, rehearsed, fired and changed, the time sealed, the year shown."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.actions.town import Town, build_town, report_leak, store_plan
from tests.built_once import A_MINUTE, built_once
from tests.cap import cap, reference

from api.callers import Caller, make_caller
from youbei.actions import clock
from youbei.actions.exercises import keeping
from youbei.actions.keys import create_token
from youbei.actions.registers.people import create_organisation, create_person
from youbei.engine.access import Role
from youbei.engine.exercises.read import read_exercise
from youbei.records.models import Exercise

SCRIPT = (Path(__file__).parents[1] / "actions" / "exercise.toml").read_text(encoding="utf-8")
CALL = {"kind": "message", "title": "A question", "sender": "Press", "to": "liaison", "text": "Anybody hurt?"}


@built_once(fresh_for=A_MINUTE)
def cast() -> Town:
    town = build_town(clock.now() - timedelta(hours=1))
    store_plan(town)
    return town


def caller_of(cast: Town, name: str) -> Caller:
    user = cast.users[name]
    return Caller(create_token(by=None, now=clock.now(), user=user, label="test")[1], user)


@built_once
def trainer(cast: Town) -> Caller:
    return caller_of(cast, "trainer")


@built_once(fresh_for=A_MINUTE)
def address(cast: Town) -> str:
    row = keeping.plan_exercise(by=None, now=clock.now(), script=read_exercise(SCRIPT))
    return f"/exercises/{row.pk}"


def ok(answer: Any, status: int = 200) -> Any:
    assert answer.status == status, answer.body
    return answer.body


def states(trainer: Caller, address: str) -> dict[str, str]:
    return {one["id"]: one["status"] for one in ok(trainer.get(f"{address}/injects"))}


def test_injects_are_written_copied_and_removed(trainer: Caller, address: str) -> None:
    assert ok(trainer.post(f"{address}/script/injects", {"inject": CALL}), 201)["id"] == "message"
    changed = trainer("PUT", f"{address}/script/injects/message", {"inject": CALL | {"title": "Another"}})
    assert ok(changed)["title"]["en"] == "Another"
    assert ok(trainer.post(f"{address}/script/injects/message/copy"), 201)["id"] == "message-2"
    assert trainer("DELETE", f"{address}/script/injects/message-2").status == 204
    wrong = trainer.post(f"{address}/script/injects", {"inject": CALL | {"to": "nobody"}})
    assert wrong.status == 409
    assert "nobody" in str(wrong.body)
    assert list(states(trainer, address)) == ["smell", "message", "hurt", "rumour"]


def test_the_safety_plan_is_written_and_read_by_whoever_sees_it(cast: Town, trainer: Caller, address: str) -> None:
    plan = {"text": {"zh": "口令：中止", "en": "Stop"}, "breaks_on": "report", "level": 3}
    assert trainer("PUT", f"{address}/safety", plan | {"level": 5}).status == 422
    assert caller_of(cast, "observer")("PUT", f"{address}/safety", plan).status == 403
    assert ok(trainer("PUT", f"{address}/safety", plan)) == plan
    assert ok(caller_of(cast, "observer").get(f"{address}/safety")) == plan


def test_a_rehearsal_tells_what_comes_and_what_never_does(trainer: Caller, address: str) -> None:
    found = ok(trainer.get(f"{address}/rehearsal"))
    assert [one["id"] for one in found["came"]] == ["smell", "hurt"]
    assert [one["id"] for one in found["never"]] == ["rumour"]
    assert [one["id"] for one in ok(trainer.get(f"{address}/rehearsal?inject=hurt"))["came"]] == ["hurt"]
    assert trainer.get(f"{address}/rehearsal?inject=none").status == 404


def test_the_console_fires_holds_leaves_out_and_improvises(trainer: Caller, address: str) -> None:
    ok(trainer.post(f"{address}/start"))
    ok(trainer.post(f"{address}/injects/hurt/hold"))
    ok(trainer.post(f"{address}/injects/rumour/fire"))
    assert states(trainer, address) == {"smell": "fired", "hurt": "held", "rumour": "fired"}
    words = {"title": "Four are hurt", "to": "commander", "text": "Four.", "facts": {"serious_injured": 4}}
    ok(trainer("PUT", f"{address}/injects/hurt/words", words))
    assert states(trainer, address)["hurt"] == "skipped"
    ok(trainer.post(f"{address}/improvised", {"title": "The wind turns", "to": "commander", "text": "North-west."}))
    ok(trainer.post(f"{address}/injects/smell/fail", {"reason": "the line was dead"}))
    assert states(trainer, address)["smell"] == "failed"
    seen = ok(trainer.post(f"{address}/observations", {"text": "quick", "rating": "P", "subject": "raise"}), 201)
    assert (seen["rating"], seen["source"]) == ("P", "official")
    assert trainer.post(f"{address}/injects/rumour/skip", {}).status == 409


def test_it_waits_for_what_is_real_unless_somebody_who_may_says_why(cast: Town, trainer: Caller, address: str) -> None:
    real = report_leak(cast, clock.now(), organisation=cast.bureau)
    refused = trainer.post(f"{address}/start", {"override": "I want to"})
    assert refused.status == 409
    assert real.number in str(refused.body)
    admin = caller_of(cast, "admin")
    assert admin.post(f"{address}/start").status == 409
    begun = admin.post(f"{address}/start", {"override": "The leak is of last week"})
    assert ok(begun)["summary"]["status"] == "running"


def test_the_duty_desk_states_lists_and_lifts_what_holds(cast: Town, trainer: Caller) -> None:
    desk = caller_of(cast, "officer")
    until = (clock.now() + timedelta(hours=6)).isoformat()
    rain = {"organisation": "town", "key": "warning_colour", "value": "red", "source": "Weather", "ends_at": until}
    for wrong in ({"value": "mauve"}, {"key": "nothing"}, {"source": " "}, {"ends_at": "2020-01-01T00:00:00Z"}):
        assert desk.post("/circumstances", rain | wrong).status in (409, 422), wrong
    assert caller_of(cast, "observer").post("/circumstances", rain).status == 403
    assert caller_of(cast, "stranger").post("/circumstances", rain).status == 404
    stated = ok(desk.post("/circumstances", rain), 201)
    assert [one["id"] for one in ok(caller_of(cast, "observer").get("/circumstances"))["items"]] == [stated["id"]]
    assert ok(caller_of(cast, "stranger").get("/circumstances"))["items"] == []
    lift = f"/circumstances/{stated['id']}/lift"
    assert caller_of(cast, "observer").post(lift).status == 403
    assert caller_of(cast, "stranger").post(lift).status == 404
    ok(desk.post(lift))
    ok(desk.post(lift))
    assert ok(desk.get("/circumstances"))["items"] == []


def test_a_cap_alert_comes_in_and_holds_or_is_played(cast: Town, trainer: Caller, address: str) -> None:
    desk, at = caller_of(cast, "officer"), clock.now().replace(microsecond=0)
    done = ok(desk.post("/alerts", {"organisation": "town", "message": cap(at)}), 201)
    assert (done["stated"]["value"], done["stated"]["alert"], done["is_again"]) == ("orange", "rain-1", False)
    over = cap(at, identifier="rain-2", msg_type="Cancel", references=reference(at))
    assert ok(desk.post("/alerts", {"organisation": "town", "message": over}), 201)["lifted"] == 1
    played = cap(at, status="Exercise")
    assert "exercise" in str(desk.post("/alerts", {"organisation": "town", "message": played}).body)
    assert trainer.post(f"{address}/alerts", {"message": played}).status == 409
    ok(trainer.post(f"{address}/start"))
    assert ok(trainer.post(f"{address}/alerts", {"message": played}), 201)["title"] == "市气象台: 暴雨预警"
    assert trainer.post(f"{address}/alerts", {"message": cap(at)}).status == 409
    for message in (played, "<rss/>"):
        assert caller_of(cast, "stranger").post(f"{address}/alerts", {"message": message}).status == 404


def test_who_has_no_part_in_it_controls_nothing(cast: Town, trainer: Caller, address: str) -> None:
    ok(trainer.post(f"{address}/start"))
    assert caller_of(cast, "stranger").post(f"{address}/injects/hurt/fire").status == 404
    assert caller_of(cast, "observer").post(f"{address}/injects/hurt/fire").status == 403
    assert states(trainer, address)["hurt"] == "waiting"


def test_the_time_is_sealed_looked_into_and_proven(cast: Town, trainer: Caller, address: str) -> None:
    begins = clock.now() + timedelta(days=3)
    window = {"starts_at": begins.isoformat(), "ends_at": (begins + timedelta(hours=6)).isoformat()}
    assert ok(trainer.post(f"{address}/seal", {"windows": [window]}))["summary"]["status"] == "sealed"
    proof = ok(trainer.get(f"{address}/proof"))
    assert (proof["opening"], proof["faults"]) == (None, [])
    assert proof["seal"]["commitment"]
    assert trainer.post(f"{address}/look", {"why": " "}).status == 422
    at = ok(trainer.post(f"{address}/look", {"why": "to warn the hospital"}))["starts_at"]
    assert window["starts_at"][:10] <= at[:10] <= window["ends_at"][:10]
    assert trainer.post(f"{address}/script/injects", {"inject": CALL}).status == 409


def test_the_programme_of_a_unit_follows_its_regimes(trainer: Caller, cast: Town) -> None:
    place = "/drill-programmes/town-emb"
    known = ok(trainer.get(place))
    assert known["regimes"] == []
    wanted = known["proposed"][:1]
    assert wanted
    found = trainer("PUT", f"{place}/regimes", {"regimes": wanted})
    assert [one["id"] for one in ok(found)["regimes"]] == wanted
    listed = ok(trainer.get("/drill-programmes"))["items"]
    assert [one["organisation"]["en"] for one in listed] == ["Town emergency bureau"]
    assert trainer("PUT", f"{place}/regimes", {"regimes": ["no-such"]}).status == 409
    assert not Exercise.objects.exists()


def test_units_without_a_common_superior_hold_it_together(cast: Town, trainer: Caller, address: str) -> None:
    now = clock.now()
    make = create_organisation
    harbour = make(by=None, now=now, code="harbour", kind="port", name_zh="海港", name_en="Harbour", parent=None)
    create_person(by=None, now=now, organisation=harbour, code="pilot", name_zh="引航员", email="p@harbour.example")
    other, at = make_caller("harbour", Role.EXERCISE_DIRECTOR, harbour), f"{address}/units/harbour"
    assert other.get(address).status == 404
    asked = trainer.post(f"{address}/units", {"organisation": "harbour", "task": "Pilots"})
    assert [one["code"] for one in ok(asked, 201)] == ["town-emb", "harbour"]
    assert len(ok(other.get("/exercises/asked"))) == 1
    assert other.post(f"{at}/accept").status == 204
    assert ok(other.get("/exercises/asked")) == []
    people = {"participants": [{"ref": "person:pilot"}]}
    seen = ok(other("PUT", f"{at}/participants", people))
    assert (seen["part"], [one["ref"] for one in seen["participants"]]) == ("partner", ["person:pilot"])
    assert trainer("PUT", f"{at}/participants", people).status == 404
    assert other.get(f"{address}/classes").status == 404
    assert trainer.get(f"{address}/classes?unit=harbour").status == 404
    assert {"staff", "everybody"} <= {one["key"] for one in ok(other.get(f"{address}/classes?unit=harbour"))}
    ok(other.post(f"{address}/classes", {"classes": ["staff"], "unit": "harbour"}))
    for closed in (other.get(f"{address}/injects"), other.post(f"{address}/start")):
        assert closed.status == 404
    assert other.post(f"{at}/withdraw", {"reason": "Storm"}).status == 204
    assert other.get(address).status == 404


def test_the_hot_wash_is_told_to_open_by_itself(trainer: Caller, address: str) -> None:
    ok(trainer("PUT", f"{address}/hot-wash/after", {"questionnaire": "short"}))
    assert trainer("PUT", f"{address}/hot-wash/after", {"questionnaire": "none"}).status == 409
    assert Exercise.objects.get().hot_wash_with == "short"
