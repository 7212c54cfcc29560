"""Claims about siting over the API: what is malformed meets a sentence in both languages."""

from __future__ import annotations

from typing import Any

import pytest

from api.callers import Caller
from youbei.actions.jobs import run_to_the_end
from youbei.records.models import SitingStudy

pytest.importorskip("highspy")
WELL = {"question": "median", "places": "school", "candidates": "station"}


def test_a_question_is_queued_read_and_stopped(admin: Caller, observer: Caller) -> None:
    answer = admin.post("/siting", WELL, Idempotency_Key="once")
    assert (answer.status, answer.body["status"]) == (201, "queued"), answer.body
    assert admin.post("/siting", WELL, Idempotency_Key="once").body == answer.body
    address = f"/siting/{answer.body['pk']}"
    assert admin.get(address).body["answer"] is None
    assert admin.get(f"{address}/areas").body["features"] == []
    assert observer.get(address).status == 404
    assert observer.post(f"{address}/stop").status == 404
    assert admin.post(f"{address}/stop").status == 200
    run_to_the_end(SitingStudy.objects.get().job_id or 0)
    assert admin.get(address).body["status"] == "cancelled"
    again = admin.post(f"{address}/stop")
    assert (again.status, again.body["code"]) == (409, "study-over")


@pytest.mark.parametrize(
    "wrong",
    [
        {"p": 0},
        {"p": -1},
        {"p": 51},
        {"p": 10**400},
        {"p": 1.5},
        {"p": "two"},
        {"p": None},
        {"p": True, "minutes": []},
        {"minutes": 0},
        {"minutes": -30},
        {"minutes": 1441},
        {"minutes": {"at": 3}},
        {"question": "radius"},
        {"question": None},
        {"places": ""},
        {"places": "castle"},
        {"places": "school\x00"},
        {"places": ["school"]},
        {"places": "x" * 5000},
        {"candidates": None},
        {"candidates": "castle"},
        {"standing": "castle"},
        {"weigh": "perhaps"},
        {"question": "unreached", "capability": None},
        {"question": "unreached", "capability": "flying"},
        {"points": [[0, 0]]},
    ],
)
def test_a_malformed_question_is_refused_in_both_languages(admin: Caller, wrong: dict[str, Any]) -> None:
    answer = admin.post("/siting", WELL | wrong)
    assert answer.status in {400, 422}, answer.body
    assert answer.body["text"]["zh"]
    assert answer.body["text"]["en"]
    assert not SitingStudy.objects.exists()


@pytest.mark.parametrize("body", ["[]", "null", '"school"', "7", "{", '{"p": NaN}', '{"p": Infinity}', "\\ud800", ""])
def test_a_body_that_is_no_question_is_refused(admin: Caller, body: str) -> None:
    answer = admin("POST", "/siting", body.encode())
    assert answer.status in {400, 422}, answer.body
    assert answer.body["text"]["zh"]
