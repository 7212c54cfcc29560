"""What holds for every operation: it names a permission, turns strangers away, documents its answers."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from api.callers import Caller
from youbei.api.application import ALWAYS
from youbei.api.routes import api
from youbei.engine.access import Permission

SNAPSHOT = Path(__file__).parents[2] / "docs" / "reference" / "openapi.json"
OPERATIONS = [
    (method, path, operation)
    for path, methods in api.get_openapi_schema()["paths"].items()
    for method, operation in methods.items()
]
NAMES = [f"{method} {path}" for method, path, _ in OPERATIONS]


def address(path: str) -> str:
    """Return a concrete address for a path with parameters."""
    return re.sub(r"{\w+}", "1", path).removeprefix("/api")


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS, ids=NAMES)
def test_every_operation_names_a_permission(method: str, path: str, operation: dict[str, Any]) -> None:
    assert operation["x-permission"] in {*Permission, "signed_in"}
    assert operation["security"] == [{"Token": []}, {"Session": []}]


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS, ids=NAMES)
def test_every_operation_documents_what_it_may_answer(method: str, path: str, operation: dict[str, Any]) -> None:
    assert {str(status) for status in operation["responses"]} >= {str(status) for status in ALWAYS}
    assert operation["description"]


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS, ids=NAMES)
def test_nobody_calls_an_operation_without_signing_in(
    method: str, path: str, operation: dict[str, Any], db: None
) -> None:
    for caller in (Caller(), Caller("yb_wrong")):
        answer = caller(method.upper(), address(path), {})
        assert answer.status == 401
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS, ids=NAMES)
def test_a_stranger_gets_nothing(method: str, path: str, operation: dict[str, Any], stranger: Caller) -> None:
    if operation["x-permission"] == "signed_in":
        return
    answer = stranger(method.upper(), address(path), {})
    assert answer.status == (404 if "{" in path else 403)


def test_every_write_honours_an_idempotency_key_where_its_answer_may_be_kept() -> None:
    without = {
        operation["operationId"]
        for method, _, operation in OPERATIONS
        if method != "get" and "Idempotency-Key" not in {one["name"] for one in operation["parameters"]}
    }
    # Secrets are not kept in plain text; checking and simulating change nothing, an upload writes into no register, and
    # the same file is attached to a record once.
    quiet = {
        "calculate_needs",
        "propose_stock",
        "check_plan",
        "simulate_version",
        "suppose_dispatch",
        "work_scenario_out",
    }
    secret = {"make_token", "make_webhook", "renew_webhook_secret"}
    assert without == {"upload_sheet", "add_attachment", *secret, *quiet}


def test_operations_have_names_of_their_own() -> None:
    names = [operation["operationId"] for _, _, operation in OPERATIONS]
    assert len(names) == len(set(names))


def test_the_description_is_served(db: None) -> None:
    response = Client().get("/api/openapi.json")
    assert response.status_code == 200
    assert response.json()["openapi"].startswith("3.1")


def test_the_description_is_the_committed_one() -> None:
    made = json.dumps(api.get_openapi_schema(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    assert made == SNAPSHOT.read_text(encoding="utf-8"), "run: .venv/bin/python tools/openapi.py"
