"""Claims about the optimiser over the API."""

from __future__ import annotations

from concurrent.futures import Future
from typing import Any

import pytest
from tests.built_once import built_once

from api.callers import Caller
from api.town import REPORT, Town, furnish
from youbei.actions import clock
from youbei.actions.dispatch.proposing import ANSWERS
from youbei.actions.dispatch.supposing import NOTHING
from youbei.actions.dispatch.working import BEGUN, Begun, Question
from youbei.records.log import head
from youbei.records.models import Assignment, Organisation, User

pytest.importorskip("highspy")


@built_once
def run(city: Organisation, admin: Caller) -> int:
    town: Town = furnish(city, admin)
    incident = admin.post("/incidents", REPORT).body["row"]["pk"]
    answer = admin.post(f"/incidents/{incident}/runs", {"version_pk": town.version})
    assert answer.status == 201, answer.body
    pk: int = answer.body["pk"]
    return pk


def test_a_program_gets_the_proposal_with_its_proof_and_carries_it_out(admin: Caller, run: int) -> None:
    found = admin.get("/dispatch").body
    assert found["is_proven"]
    assert {pick["need"] for pick in found["picks"]} == {"isolate/team", "isolate/suits"}
    assert all(pick["run"] == run and pick["reason"]["zh"] for pick in found["picks"])
    body: dict[str, Any] = {"chosen": [{"decision": pick["decision"]} for pick in found["picks"]]}
    answer = admin.post("/dispatch/decisions", body, Idempotency_Key="once")
    assert answer.status == 201, answer.body
    assert (len(answer.body["assignments"]), answer.body["costs"]) == (2, {})
    assert admin.post("/dispatch/decisions", body, Idempotency_Key="once").body == answer.body
    assert Assignment.objects.count() == 2
    again = admin.post("/dispatch/decisions", body)
    assert (again.status, again.body["code"]) == (409, "proposal-changed")


def test_while_it_is_worked_out_anew_nothing_is_carried_out_and_the_same_may_be_sent_again(
    admin: Caller, run: int
) -> None:
    found = admin.get("/dispatch").body
    sent = (
        ("/dispatch/decisions", {"chosen": [{"decision": pick["decision"]} for pick in found["picks"]]}),
        ("/dispatch/changes", {"teams": ["nobody"]}),
        ("/dispatch/moves-up", {"moves": [{"team": "nobody", "cover": "nothing"}]}),
    )
    ANSWERS.clear()
    question = Question(User.objects.get(username="admin").pk, None, NOTHING)
    BEGUN[question] = Begun(Future(), head().hash, clock.now())
    for address, body in sent:
        for headers in ({}, {"Idempotency_Key": f"anew{address}"}):
            answer = admin.post(address, body, **headers)
            assert (answer.status, answer.body["code"]) == (409, "worked-out-anew"), answer.body
            assert answer.body["text"]["zh"].startswith("情况刚刚有变化")
            assert answer.headers["Retry-After"] == "1"
    assert not Assignment.objects.exists()
    del BEGUN[question]
    address, body = sent[0]
    done = admin.post(address, body, Idempotency_Key=f"anew{address}")
    assert done.status == 201, done.body
    ANSWERS.clear()
    BEGUN[question] = Begun(Future(), head().hash, clock.now())
    assert admin.post(address, body, Idempotency_Key=f"anew{address}").body == done.body
    del BEGUN[question]


def test_suppositions_are_answered_and_nothing_is_sent(admin: Caller, run: int) -> None:
    suppose = {"more": [f"{run}:isolate/team"], "closed": [{"lat": 36.06, "lon": 120.36}]}
    found = admin.post("/dispatch/suppositions", {"suppose": suppose}).body
    assert found["shorts"][0]["missing"] == 2
    assert found["shorts"][0]["cure"]["action"] == "procure"
    assert not Assignment.objects.exists()


def test_bad_questions_are_refused_in_words(admin: Caller, run: int) -> None:
    assert admin.post("/dispatch/suppositions", {"suppose": {"closed": [{"lat": 99, "lon": 0}]}}).status == 422
    assert admin.post("/dispatch/decisions", {"chosen": []}).body["code"] == "decision-empty"
    assert admin.get("/dispatch?exercise=999999").status == 404


def test_who_sees_no_response_is_proposed_nothing(observer: Caller, stranger: Caller, run: int) -> None:
    assert observer.get("/dispatch").body["picks"] == []
    assert stranger.get("/dispatch").status == 403
