"""The worker as a process of its own: it sends, is killed, and another goes on; ticks never wait for it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise

import pytest

from tests.channels.receiver import Receiver, hang, said

EVENTS = 120
SETUP = """
import django, sys
django.setup()
from datetime import timedelta
from django.db import transaction
from youbei.actions import access, clock
from youbei.actions.journal import record
from youbei.actions.registers.people import create_organisation
from youbei.actions.webhooks.keeping import Terms, create_webhook
from youbei.engine.access import Role
from youbei.engine.events import ENGINE
from youbei.records.models import Webhook
now = clock.now()
unit = create_organisation(by=None, now=now, code="town", kind="government", name_zh="town")
admin = access.create_user(by=None, now=now, username="admin", grants=((Role.ADMINISTRATOR, unit),))
for address in sys.argv[2:]:
    create_webhook(by=admin, now=now, organisation=unit, terms=Terms("x", address, ["incident.*"]))
Webhook.objects.update(trial_asked_at=None)
with transaction.atomic():
    what = [("incident.closed", {"n": n}) for n in range(int(sys.argv[1]))]
    record("demo:1", what, by=ENGINE, now=now, org_path=unit.path)
"""
# What a worker's lease is let to run out by: as if its minute and a half were over.
FORGET = """
import django
django.setup()
from youbei.actions import clock
from youbei.records.models import Webhook
Webhook.objects.exclude(lease="").update(lease_until=clock.now())
"""
TELL = """
import django, json
django.setup()
from youbei.records.log import head, verify_log
from youbei.records.models import Heartbeat, Webhook
rows = [[w.position, w.failures, w.lease] for w in Webhook.objects.order_by("pk")]
beats = Heartbeat.objects.count()
print(json.dumps({"rows": rows, "head": head().position, "beats": beats, "faults": len(list(verify_log()))}))
"""


def python(environment: dict[str, str], code: str, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code, *words], env=environment, capture_output=True, text=True, timeout=90, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


@contextmanager
def worker(environment: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "youbei", "worker", "--while-stdin-is-open", "--data", environment["YOUBEI_DATA"]]
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def wait_until(is_so: Callable[[], bool], process: subprocess.Popen[str], seconds: float = 60) -> None:
    ends = time.monotonic() + seconds
    while not is_so():
        assert process.poll() is None, process.stderr and process.stderr.read()[-3000:]
        assert time.monotonic() < ends
        time.sleep(0.02)


@pytest.fixture
def here(own_database: dict[str, str]) -> dict[str, str]:
    return {**own_database, "YOUBEI_WEBHOOK_NETWORKS": "127.0.0.0/8", "YOUBEI_TICK_SECONDS": "0.05"}


def numbers(receiver: Receiver) -> list[int]:
    return [json.loads(one.body)["data"]["data"]["n"] for one in receiver.arrived]


def test_killed_in_the_middle_it_is_followed_by_another_and_nothing_is_lost_or_out_of_order(
    here: dict[str, str],
) -> None:
    def slowly(number: int) -> bytes:
        time.sleep(0.01)
        return said(204)

    with Receiver(answer=slowly) as receiver:
        python(here, SETUP, str(EVENTS), receiver.address)
        for part in (20, 60):
            with worker(here) as process:
                wait_until(lambda part=part: len(set(receiver.ids)) > part, process)
                process.send_signal(signal.SIGKILL)
                process.wait(10)
            python(here, FORGET)
        with worker(here) as process:
            wait_until(lambda: len(set(receiver.ids)) == EVENTS, process)
            wait_until(lambda: json.loads(python(here, TELL))["rows"][0][0] > EVENTS, process)
        seen = numbers(receiver)
        told = json.loads(python(here, TELL))
    first_times = list(dict.fromkeys(seen))
    assert first_times == list(range(EVENTS)), "each arrives, and none before the one that was there first"
    assert all(later <= earlier + 1 for earlier, later in pairwise(seen)), "nothing was skipped"
    assert len(seen) > EVENTS, "what was on its way came again"
    assert len(set(receiver.ids)) == EVENTS, "under the same id"
    assert told["rows"] == [[told["head"], 0, ""]]
    assert told["faults"] == 0


def test_a_receiver_that_hangs_holds_up_neither_ticks_nor_others_and_the_worker_ends_when_told(
    here: dict[str, str],
) -> None:
    with Receiver(behave=hang) as hanging, Receiver() as well:
        python(here, SETUP, "1", hanging.address, well.address)
        with worker(here) as process:
            wait_until(lambda: bool(hanging.arrived and well.arrived), process, 30)
            assert json.loads(python(here, TELL))["beats"] == 1
            began = time.monotonic()
            process.terminate()
            assert process.wait(10) == 0
            assert time.monotonic() - began < 5
