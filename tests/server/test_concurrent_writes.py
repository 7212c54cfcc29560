"""Programs that send the same write at once, over real HTTP."""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from server.process import ServerProcess

REPORT = {"organisation": "root", "category": "accident", "kind": "ammonia_leak", "title": "液氨泄漏"}


def post(server: ServerProcess, key: str, body: dict[str, Any], repeat: str) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json", "Idempotency-Key": repeat}
    request = Request(f"{server.address}/api/incidents", json.dumps(body).encode(), headers)
    with urlopen(request, timeout=30) as answer:
        found: dict[str, Any] = json.load(answer)
        return found


def test_a_report_sent_many_times_at_once_is_one_incident(own_database: dict[str, str], tmp_path: Path) -> None:
    extra = {"DATABASE_URL": own_database["DATABASE_URL"]} if os.environ.get("DATABASE_URL") else {}
    with ServerProcess(tmp_path / "data", extra=extra) as server:
        key = server.token()
        with ThreadPoolExecutor(16) as pool:
            same = list(pool.map(lambda _: post(server, key, REPORT, "one"), range(16)))
            other = list(pool.map(lambda number: post(server, key, REPORT, f"n-{number}"), range(16)))
        assert {answer["row"]["number"] for answer in same} == {same[0]["row"]["number"]}
        assert all(answer == same[0] for answer in same)
        assert len({answer["row"]["number"] for answer in other}) == 16
