"""Worker and server are killed at random moments of a run: nothing is lost, and nothing visibly repeated."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from tests.channels.test_email import Mailbox, free_port

ROOT = Path(__file__).resolve().parents[2]
THEATRE = Path(__file__).with_name("theatre.py")


def perform(environment: dict[str, str], *, kills: int, seed: int) -> tuple[dict[str, Any], Mailbox]:
    """Let the theatre play on a fresh database, with a mail server of its own; return what came of it and the mail."""
    box = Mailbox()
    controller = Controller(box, hostname="127.0.0.1", port=free_port())
    controller.start()
    settings = {
        **environment,
        "PYTHONPATH": str(ROOT),
        "YOUBEI_SMTP_HOST": "127.0.0.1",
        "YOUBEI_SMTP_PORT": str(controller.port),
        "YOUBEI_TICK_SECONDS": "0.003",
    }
    try:
        done = subprocess.run(
            [sys.executable, str(THEATRE), str(kills), str(seed)],
            env=settings,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
    finally:
        controller.stop()
    assert done.returncode == 0, done.stderr[-4000:]
    return json.loads(done.stdout.splitlines()[-1]), box


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    from tests.conftest import own_database_at

    with own_database_at(tmp_path_factory.mktemp("undisturbed")) as environment:
        return perform(environment, kills=0, seed=0)[0]


def check_like(disturbed: dict[str, Any], box: Mailbox, undisturbed: dict[str, Any]) -> None:
    assert disturbed["faults"] == []
    assert disturbed["events"] == undisturbed["events"]
    assert disturbed["messages"] == undisturbed["messages"]
    assert disturbed["deliveries"] == undisturbed["deliveries"]
    assert len(set(disturbed["deliveries"])) == len(disturbed["deliveries"])
    copies = defaultdict(set)
    for mail in box.mails:
        copies[mail["X-Youbei-Key"]].add((mail["Message-ID"], mail["Subject"], mail["To"], mail.get_content()))
    assert len(copies) == sum(status == "sent" for _, status in disturbed["messages"])
    assert all(len(different) == 1 for different in copies.values())


@pytest.mark.database
def test_the_undisturbed_run_is_worth_disturbing(undisturbed: dict[str, Any]) -> None:
    kinds = {event[3] for event in undisturbed["events"]}
    assert {"plan.activated", "step.late", "step.climbed", "level.raised", "clock.set", "response.ended"} <= kinds
    assert len(undisturbed["events"]) > 100
    assert not undisturbed["faults"]


def test_twenty_kills_leave_the_log_as_if_nothing_had_happened(
    own_database: dict[str, str], undisturbed: dict[str, Any]
) -> None:
    check_like(*perform(own_database, kills=20, seed=2026), undisturbed)


@pytest.mark.long
@pytest.mark.parametrize("seed", [1, 2])
def test_a_hundred_kills_leave_the_log_as_if_nothing_had_happened(
    own_database: dict[str, str], undisturbed: dict[str, Any], seed: int
) -> None:
    check_like(*perform(own_database, kills=100, seed=seed), undisturbed)
