"""Requests that schemathesis makes from our own description: no failure of ours, and answers as described."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, given, settings
from pytest_django import DjangoDbBlocker
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api.callers import Caller, make_caller
from api.town import REPORT, furnish
from youbei.actions import clock
from youbei.actions.registers.people import create_organisation
from youbei.asgi import WSGI
from youbei.engine.access import Role
from youbei.records.models import Organisation

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


def kept_open(environ: dict[str, Any], start_response: Any) -> Any:
    """Answer on the connection that holds the test's transaction, as Django's own test client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    return WSGI(environ, start_response)


pytestmark = pytest.mark.django_db
OPERATIONS = [
    result.ok() for result in schemathesis.openapi.from_wsgi("/api/openapi.json", kept_open).get_all_operations()
]
NAMES = [operation.label for operation in OPERATIONS]
QUIET = list(HealthCheck)


@pytest.fixture(autouse=True)
def _connected_again() -> Iterator[None]:
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@dataclass(frozen=True)
class Asked:
    """Who asks, and values for the parameters of addresses, of things that are there: a plan is running."""

    caller: Caller
    real: dict[str, Any]


@pytest.fixture(scope="module")
def asked(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Asked]:
    """Furnish once for all operations, inside one transaction that is taken back; each test takes back its own part."""
    with django_db_blocker.unblock():
        atomic = transaction.atomic()
        atomic.__enter__()
        home = create_organisation(
            by=None, now=clock.now(), code="haizhou", kind="government", name_zh="海州市", name_en="Haizhou"
        )
        yield furnished(home, make_caller("admin", Role.ADMINISTRATOR, home))
        transaction.set_rollback(True)
        atomic.__exit__(None, None, None)


def furnished(home: Organisation, admin: Caller) -> Asked:
    town = furnish(home, admin)
    incident = admin.post("/incidents", REPORT).body["row"]["pk"]
    run = admin.post(f"/incidents/{incident}/runs", {"version_pk": town.version}).body["pk"]
    names: dict[str, Any] = {"code": "leak", "version": "1", "step": "isolate", "post": "commander"}
    text = "编码,名称\r\nt1,一队\r\n".encode()
    sheet = admin("POST", "/registers/team/imports", text, Content_Type="application/octet-stream").body["pk"]
    names |= {"name": "team", "pk": town.team, "import_id": sheet}
    return Asked(admin, {"incident_id": incident, "run_id": run, "team_id": town.team, "lot_id": town.lot, **names})


def send_generated(operation: Any, asked: Asked, examples: int) -> None:
    """Send requests that fit the description, to things that are there, and requests that do not fit."""

    for mode in schemathesis.GenerationMode:

        @settings(max_examples=examples, deadline=None, derandomize=True, suppress_health_check=QUIET, database=None)
        @given(case=operation.as_strategy(generation_mode=mode))
        def send(case: schemathesis.Case) -> None:
            case.headers = {**(case.headers or {}), "Authorization": f"Bearer {asked.caller.key}"}
            if case.meta and case.meta.generation.mode.is_positive:
                case.path_parameters = {k: asked.real.get(k, v) for k, v in (case.path_parameters or {}).items()}
            case.call_and_validate(checks=CHECKS)

        send()


@pytest.mark.parametrize("operation", OPERATIONS, ids=NAMES)
def test_generated_requests_are_answered_as_described(operation: Any, asked: Asked) -> None:
    send_generated(operation, asked, 3)


@pytest.mark.long
@pytest.mark.parametrize("operation", OPERATIONS, ids=NAMES)
def test_many_generated_requests_are_answered_as_described(operation: Any, asked: Asked) -> None:
    send_generated(operation, asked, 40)
