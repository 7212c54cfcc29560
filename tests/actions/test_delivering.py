"""The outbox: leases, growing delays, giving up, and never noting the same message twice."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.test import override_settings

from tests.actions.town import Town, report_leak
from youbei.actions import deliver, runs
from youbei.channels import BY_NAME, Channel, Message, Outcome
from youbei.channels.recording import recorded
from youbei.records.log import export_lines, read_stream
from youbei.records.models import Message as Row
from youbei.records.models import PlanVersion, Run


class Fickle(Channel):
    """A channel that answers as told; what was handed over is kept."""

    name = "fickle"
    answer = Outcome.sent()
    seen: list[str] = []

    @classmethod
    def reaches(cls, address: str) -> bool:
        return True

    def send(self, message: Message) -> Outcome:
        type(self).seen.append(message.key)
        if type(self).answer.reason == "fault":
            raise RuntimeError("a bug in the channel")
        return type(self).answer


@pytest.fixture
def fickle(monkeypatch: pytest.MonkeyPatch) -> type[Fickle]:
    monkeypatch.setattr(deliver, "BY_NAME", {**BY_NAME, "console": Fickle})
    Fickle.answer, Fickle.seen = Outcome.sent(), []
    return Fickle


@pytest.fixture
def run(run: Run) -> Run:
    """Leave one message of the run in the outbox."""
    Row.objects.exclude(pk=Row.objects.earliest("pk").pk).delete()
    return run


def only_message() -> Row:
    return Row.objects.get()


def outbox(run: Run) -> list[str]:
    return [event.kind for event in read_stream(f"outbox:run:{run.pk}")]


def test_a_due_message_is_sent_once_and_logged(run: Run, now: datetime, fickle: type[Fickle]) -> None:
    assert deliver.deliver_due(now) == 1
    assert deliver.deliver_due(now + timedelta(hours=1)) == 0
    assert (only_message().status, only_message().sent_at) == ("sent", now)
    assert fickle.seen == [only_message().key]
    assert outbox(run) == ["message.sent"]


def test_the_log_of_deliveries_holds_no_address(run: Run, now: datetime, fickle: type[Fickle]) -> None:
    fickle.answer = Outcome.failed("550 duty@town-fire.example does not exist")
    deliver.deliver_due(now)
    assert only_message().reason.startswith("550")
    assert "duty@town-fire.example" not in str(list(export_lines()))


def test_a_temporary_failure_is_tried_again_after_growing_delays_and_then_given_up(
    run: Run, now: datetime, fickle: type[Fickle]
) -> None:
    fickle.answer = Outcome.retry("no network")
    at, waits = now, []
    while only_message().status == "queued":
        assert deliver.deliver_due(at) == 1
        assert deliver.deliver_due(at) == 0
        waits.append(only_message().due_at - at)
        at = only_message().due_at
    assert len(fickle.seen) == deliver.ATTEMPTS
    assert waits[:3] == [timedelta(seconds=10), timedelta(seconds=20), timedelta(seconds=40)]
    assert max(waits) <= max(deliver.LONGEST_DELAY, deliver.LEASE)
    assert outbox(run) == ["message.failed"]


def test_a_channel_that_reaches_nobody_is_asked_once_and_all_its_messages_wait(
    town: Town, stored: PlanVersion, now: datetime, fickle: type[Fickle]
) -> None:
    for _ in range(30):
        leak = report_leak(town)
        runs.activate_plan(by=town.users["officer"], now=now, incident=leak, plan_version=stored)
    waiting = Row.objects.filter(status="queued", channel="console").count()
    assert waiting > deliver.CLAIM
    fickle.answer = Outcome.away("no connection")
    deliver.deliver_due(now, limit=1000)
    assert len(fickle.seen) == 1
    assert Row.objects.filter(status="queued", reason="no connection").count() == waiting
    fickle.answer = Outcome.sent()
    deliver.deliver_due(now + timedelta(seconds=10), limit=1000)
    assert Row.objects.filter(status="sent").count() == waiting


def test_giving_up_takes_about_three_hours() -> None:
    waited = sum((deliver.delay(tries) for tries in range(1, deliver.ATTEMPTS)), timedelta())
    assert timedelta(hours=3) <= waited <= timedelta(hours=4)


def test_a_permanent_failure_is_not_tried_again(run: Run, now: datetime, fickle: type[Fickle]) -> None:
    fickle.answer = Outcome.failed("no such address")
    deliver.deliver_due(now)
    assert deliver.deliver_due(now + timedelta(days=1)) == 0
    assert (only_message().status, outbox(run)) == ("failed", ["message.failed"])


def test_a_fault_in_a_channel_delays_its_message_and_nothing_else(
    run: Run, now: datetime, fickle: type[Fickle]
) -> None:
    fickle.answer = Outcome.retry("fault")
    assert deliver.deliver_due(now) == 1
    assert only_message().status == "queued"
    fickle.answer = Outcome.sent()
    assert deliver.deliver_due(now + timedelta(minutes=1)) == 1
    assert only_message().status == "sent"


def test_a_message_whose_worker_died_is_taken_up_when_the_lease_has_run_out(
    run: Run, now: datetime, fickle: type[Fickle]
) -> None:
    [claimed] = deliver.claim(now, 20)
    assert deliver.claim(now + timedelta(seconds=1), 20) == []
    assert deliver.deliver_due(now + deliver.LEASE) == 1
    deliver.settle(claimed, Outcome.sent(), now + deliver.LEASE)
    assert outbox(run) == ["message.sent"]
    assert only_message().attempts == 2


def test_who_has_no_address_is_seen_not_to_have_been_told(town: Town, stored: PlanVersion, now: datetime) -> None:
    leak = report_leak(town, facts={"serious_injured": 1})
    type(town.fire).objects.filter(pk=town.fire.pk).update(email="", phone="")
    run = runs.activate_plan(by=town.users["officer"], now=now, incident=leak, plan_version=stored)
    told = {message.recipient: message for message in Row.objects.filter(run=run)}
    assert (told["agency:town-fire"].status, told["agency:town-fire"].channel) == ("failed", "recording")
    assert told["public"].status == "queued"
    assert "message.failed" in outbox(run)


def test_what_no_channel_reaches_is_kept(town: Town, stored: PlanVersion, now: datetime, tmp_path: Path) -> None:
    leak = report_leak(town, facts={"serious_injured": 1})
    run = runs.activate_plan(by=town.users["officer"], now=now, incident=leak, plan_version=stored)
    with override_settings(DATA=tmp_path):
        deliver.deliver_due(now)
    [kept] = recorded(tmp_path / "recorded-messages.jsonl")
    assert kept["recipient"] == "public"
    assert Row.objects.get(recipient="public").status == "recorded"
    assert "message.recorded" in outbox(run)
