"""Requests that schemathesis makes from our own description: no failure of ours, and answers as described."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api.conftest import Caller
from youbei.asgi import WSGI

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
OPERATIONS = [result.ok() for result in schemathesis.openapi.from_wsgi("/api/openapi.json", WSGI).get_all_operations()]
NAMES = [operation.label for operation in OPERATIONS]
QUIET = list(HealthCheck)


def send_generated(operation: Any, caller: Caller, examples: int) -> None:
    """Send requests that fit the description, and as many that do not."""

    for mode in schemathesis.GenerationMode:

        @settings(max_examples=examples, deadline=None, derandomize=True, suppress_health_check=QUIET, database=None)
        @given(case=operation.as_strategy(generation_mode=mode))
        def send(case: schemathesis.Case) -> None:
            case.headers = {**(case.headers or {}), "Authorization": f"Bearer {caller.key}"}
            case.call_and_validate(checks=CHECKS)

        send()


@pytest.mark.parametrize("operation", OPERATIONS, ids=NAMES)
def test_generated_requests_are_answered_as_described(operation: Any, admin: Caller) -> None:
    send_generated(operation, admin, 6)


@pytest.mark.long
@pytest.mark.parametrize("operation", OPERATIONS, ids=NAMES)
def test_many_generated_requests_are_answered_as_described(operation: Any, admin: Caller) -> None:
    send_generated(operation, admin, 300)
