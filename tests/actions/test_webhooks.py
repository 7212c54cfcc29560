"""Webhooks end to end: the log goes to real receivers in order, at least once, signed, and only where it may."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import re
import socket
import subprocess
import sys
import time
from datetime import datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings

from tests.actions.town import NOW, Town, report_leak
from tests.channels.receiver import Receiver, hang, said
from youbei.actions import access
from youbei.actions.journal import record
from youbei.actions.registers.tree import merge_unit, move_unit
from youbei.actions.webhooks import keeping, settling
from youbei.actions.webhooks.keeping import Terms, WebhookRefused
from youbei.actions.webhooks.sending import BATCH, LEASE, Postman
from youbei.channels.webhook_address import AddressRefused
from youbei.engine.access import Permission, Role
from youbei.engine.clock import Mode
from youbei.engine.errors import NotAllowed, NotFound
from youbei.engine.events import ENGINE
from youbei.engine.webhooks import FIRST_DELAY, GIVE_UP_AFTER, LONGEST_DELAY, KindsRefused, WhichModes
from youbei.records.log import head, verify_log
from youbei.records.models import LogEntry, Message, Organisation, Webhook, WebhookSending

GUIDE = Path(__file__).parents[2] / "docs" / "howto" / "webhooks.md"
SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def loopback(settings: LazySettings) -> None:
    settings.WEBHOOK_NETWORKS = [ip_network("127.0.0.0/8")]


def terms(address: str, *kinds: str, modes: WhichModes = WhichModes.REAL) -> Terms:
    return Terms(title="wall display", address=address, kinds=kinds or ("incident.*",), modes=modes)


def hook(town: Town, address: str, *kinds: str, unit: Organisation | None = None, **more: Any) -> tuple[Webhook, str]:
    """Make a webhook of the administrator, without the test that is sent first."""
    by = more.pop("by", town.users["admin"])
    unit = unit or town.city
    row, secret = keeping.create_webhook(by=by, now=NOW, organisation=unit, terms=terms(address, *kinds, **more))
    Webhook.objects.filter(pk=row.pk).update(trial_asked_at=None)
    row.refresh_from_db()
    return row, secret


def work(now: datetime = NOW, postman: Postman | None = None, *, within: float = 20.0) -> None:
    """Let a postman work until nothing more is due at `now`."""
    postman = postman or Postman()
    ends = time.monotonic() + within
    while postman.step(now):
        assert time.monotonic() < ends, "the postman does not come to rest"
        postman.wait(0.5, now)


def happen(unit: Organisation, *kinds: str, mode: Mode = Mode.REAL, now: datetime = NOW) -> list[int]:
    """Write entries of some kinds into the log of a unit, and return their positions."""
    first = head().position + 1
    record(
        "demo:1", [(kind, {"n": n}) for n, kind in enumerate(kinds)], by=ENGINE, now=now, org_path=unit.path, mode=mode
    )
    return list(range(first, head().position + 1))


def positions(receiver: Receiver) -> list[int]:
    return [json.loads(one.body)["data"]["position"] for one in receiver.arrived]


def fresh(row: Webhook) -> Webhook:
    return Webhook.objects.get(pk=row.pk)


def is_signed(headers: dict[str, str], body: bytes, secret: str) -> bool:
    """Check a signature as the specification words it, with nothing of ours."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{body.decode()}"
    made = base64.b64encode(hmac.new(key, content.encode(), hashlib.sha256).digest()).decode()
    return any(one == f"v1,{made}" for one in headers["webhook-signature"].split(" "))


def test_an_incident_arrives_signed_as_it_stands_in_the_log(town: Town) -> None:
    with Receiver() as receiver:
        row, secret = hook(town, receiver.address)
        report_leak(town)
        work()
    entry = LogEntry.objects.get(kind="incident.reported")
    request = next(one for one in receiver.arrived if json.loads(one.body)["type"] == "incident.reported")
    told = json.loads(request.body)
    assert told["data"]["hash"] == entry.hash
    assert told["data"]["data"] == json.loads(entry.data)
    assert (told["mode"], told["title"]["zh"], told["subscription"]) == ("real", "接报突发事件", "town")
    # The hash can be checked by whoever receives it.
    body = {name: value for name, value in told["data"].items() if name != "hash"}
    written = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert hashlib.sha256(written.encode()).hexdigest() == entry.hash
    assert is_signed(request.headers, request.body, secret)
    assert not is_signed(request.headers, request.body + b" ", secret)
    assert abs(int(request.headers["webhook-timestamp"]) - time.time()) < 60
    assert "李四" not in request.body.decode()
    assert "13500000000" not in request.body.decode()
    assert (fresh(row).failures, fresh(row).last_success_at) == (0, NOW)


def test_everything_wanted_arrives_once_and_in_order_and_nothing_else(town: Town) -> None:
    with Receiver() as receiver:
        row, _ = hook(town, receiver.address, "fact.added", "road.*", unit=town.park)
        wanted: list[int] = []
        for _ in range(40):
            wanted += happen(town.plant, "fact.added", "road.closed")
            happen(town.fire, "fact.added")
            happen(town.park, "fact.corrected")
        work()
        assert positions(receiver) == wanted
        assert len(wanted) > BATCH
        assert fresh(row).position == head().position
        work()
        assert len(receiver.arrived) == len(wanted)


def test_what_is_not_taken_holds_up_what_follows_and_is_tried_again_ever_later(town: Town) -> None:
    is_well = False

    def answer(number: int) -> bytes:
        return said(204) if is_well or number == 0 else said(500, b"disk full")

    with Receiver(answer=answer) as receiver:
        row, _ = hook(town, receiver.address)
        first, second, third = happen(town.city, "incident.closed", "incident.merged", "incident.closed")
        now, waits = NOW, []
        work(now)
        for _ in range(12):
            waits.append(fresh(row).due_at - now)
            before = len(receiver.arrived)
            work(fresh(row).due_at - timedelta(milliseconds=1))
            assert len(receiver.arrived) == before, "it was tried before its time"
            now = fresh(row).due_at
            work(now)
        assert positions(receiver) == [first] + [second] * 13
        assert len({one for one in receiver.ids[1:]}) == 1
        for number, wait in enumerate(waits):
            middle = min(FIRST_DELAY * 2**number, LONGEST_DELAY)
            assert 0.8 * middle <= wait <= 1.2 * middle
        assert len({wait / min(FIRST_DELAY * 2**n, LONGEST_DELAY) for n, wait in enumerate(waits)}) > 6
        failing = fresh(row)
        assert (failing.failures, failing.failing_since) == (13, NOW)
        assert "500" in failing.problem_en
        is_well = True
        work(failing.due_at)
    assert positions(receiver)[-2:] == [second, third]
    assert (fresh(row).failures, fresh(row).problem_en, fresh(row).failing_since) == (0, "", None)
    kept = WebhookSending.objects.filter(webhook=row, position=second).order_by("id")
    assert [one.attempt for one in kept] == list(range(1, 15))
    assert kept[0].excerpt == "disk full"


def test_after_three_days_it_stops_says_so_and_goes_on_where_it_stopped(town: Town) -> None:
    is_well = False
    with Receiver(answer=lambda number: said(204) if is_well else said(500)) as receiver:
        row, _ = hook(town, receiver.address)
        [wanted] = happen(town.city, "incident.closed")
        work(NOW)
        now = NOW + GIVE_UP_AFTER - SECOND
        work(now)
        assert fresh(row).state == "active"
        work(fresh(row).due_at)
        stopped = fresh(row)
        assert (stopped.state, stopped.problem_en[:14]) == ("stopped", "For three days")
        told = Message.objects.get(recipient="agency:town")
        assert (told.address, "/webhooks/" in told.body_zh) == ("duty@town.example", True)
        entry = LogEntry.objects.get(kind="webhook.stopped")
        assert json.loads(entry.data)["reason"] == "failing"
        [later] = happen(town.city, "incident.merged")
        work(now + timedelta(days=1))
        assert set(positions(receiver)) == {wanted}
        is_well = True
        keeping.resume_webhook(by=town.users["admin"], now=NOW + timedelta(days=5), webhook=row)
        work(NOW + timedelta(days=5))
    assert positions(receiver)[-2:] == [wanted, later]


def test_gone_stops_it_at_once(town: Town) -> None:
    with Receiver(answer=lambda number: said(410)) as receiver:
        row, _ = hook(town, receiver.address)
        happen(town.city, "incident.closed", "incident.closed")
        work()
        work(NOW + timedelta(days=1))
    assert len(receiver.arrived) == 1
    assert (fresh(row).state, "410" in fresh(row).problem_zh) == ("stopped", True)


def test_a_receiver_that_asks_for_time_gets_it_up_to_a_quarter_of_an_hour(town: Town) -> None:
    for asked, least in (("120", timedelta(seconds=120)), ("99999", LONGEST_DELAY), ("tomorrow", 4 * SECOND)):
        with Receiver(answer=lambda number, asked=asked: said(429, b"", f"Retry-After: {asked}")) as receiver:
            row, _ = hook(town, receiver.address)
            happen(town.city, "incident.closed")
            work()
        assert least <= fresh(row).due_at - NOW <= max(least, 6 * SECOND)


def test_one_that_hangs_holds_up_neither_the_others_nor_the_postman(town: Town) -> None:
    postman = Postman(lines=4)
    with Receiver(behave=hang) as hanging, Receiver() as well:
        slow, _ = hook(town, hanging.address)
        quick, _ = hook(town, well.address)
        happen(town.city, "incident.closed")
        began = time.monotonic()
        while not well.arrived or not hanging.arrived:
            postman.step(NOW)
            assert time.monotonic() - began < 5
        for _ in range(5):
            [position] = happen(town.city, "incident.closed")
            while positions(well)[-1] != position:
                postman.step(NOW)
                assert time.monotonic() - began < 5, "the others wait for the one that hangs"
        assert len(hanging.arrived) == 1
        assert fresh(slow).lease
        assert fresh(quick).last_success_at == NOW


def test_those_that_failed_last_get_at_most_half_of_the_lines(town: Town) -> None:
    postman = Postman(lines=4)
    with Receiver(behave=hang) as hanging, Receiver() as well:
        for kind in ("incident.reported", "incident.graded", "incident.closed", "incident.merged", "fact.added"):
            row, _ = hook(town, hanging.address, kind, "road.closed")
            Webhook.objects.filter(pk=row.pk).update(failures=3, failing_since=NOW)
        hook(town, well.address, "road.closed")
        happen(town.city, "road.closed")
        began = time.monotonic()
        while not well.arrived or len(hanging.arrived) < 2:
            postman.step(NOW)
            assert time.monotonic() - began < 5
        assert len(hanging.arrived) == 2


def test_two_workers_never_send_for_one_webhook_at_once_and_a_dead_one_is_followed(town: Town) -> None:
    dead, other = Postman(), Postman()
    with Receiver(behave=hang) as receiver:
        row, _ = hook(town, receiver.address)
        happen(town.city, "incident.closed")
        dead.step(NOW)
        other.step(NOW + LEASE - SECOND)
        assert not other.under_way
        began = time.monotonic()
        while not receiver.arrived:
            time.sleep(0.01)
            assert time.monotonic() - began < 10
        stale = next(iter(dead.under_way.values()))
    with Receiver(port=receiver.port) as again:
        work(NOW + LEASE + SECOND, other)
        assert positions(again) == positions(receiver)
        assert again.ids == receiver.ids
    before = fresh(row)
    # The dead one wakes up after all: what it brings is no longer asked for.
    settling.settle(stale, [], NOW + LEASE + 2 * SECOND)
    assert fresh(row).position == before.position == head().position
    assert fresh(row).failures == 0


def test_a_lost_result_is_sent_again_under_the_same_id(town: Town) -> None:
    with Receiver() as receiver:
        hook(town, receiver.address)
        happen(town.city, "incident.closed", "incident.merged")
        killed = Postman()
        killed.step(NOW)
        killed.back.get(timeout=5)  # sent, and killed before it was noted
        work(NOW + LEASE + SECOND)
    assert receiver.ids == receiver.ids[:2] * 2


def test_a_new_secret_and_the_old_one_both_sign_for_a_day(town: Town) -> None:
    with Receiver() as receiver:
        row, old = hook(town, receiver.address)
        _, new = keeping.renew_secret(by=town.users["admin"], now=NOW, webhook=row)
        for at in (NOW + timedelta(hours=23, minutes=59), NOW + timedelta(hours=24)):
            happen(town.city, "incident.closed")
            work(at)
    during, after = receiver.arrived
    assert (is_signed(during.headers, during.body, old), is_signed(during.headers, during.body, new)) == (True, True)
    assert (is_signed(after.headers, after.body, old), is_signed(after.headers, after.body, new)) == (False, True)
    assert old != new
    stored = fresh(row)
    assert base64.b64decode(new[6:]) not in base64.urlsafe_b64decode(stored.secret[: len(stored.secret) // 4 * 4])
    assert new[6:] not in stored.secret + stored.old_secret


def test_exercises_come_only_when_asked_for_and_cannot_be_taken_for_real(town: Town) -> None:
    with Receiver() as real, Receiver() as both, Receiver() as drill:
        hook(town, real.address)
        hook(town, both.address, modes=WhichModes.BOTH)
        hook(town, drill.address, modes=WhichModes.EXERCISE)
        [happened] = happen(town.city, "incident.closed")
        [played] = happen(town.city, "incident.merged", mode=Mode.EXERCISE)
        happen(town.city, "incident.merged", mode=Mode.SIMULATED)
        work()
    assert (positions(real), positions(both), positions(drill)) == ([happened], [happened, played], [played])
    told = json.loads(drill.arrived[0].body)
    assert (told["type"], told["mode"]) == ("exercise:incident.merged", "exercise")
    assert told["title"] == {
        "zh": "【演练】 事件并案 【演练】",
        "en": "[EXERCISE] The incident was merged into another [EXERCISE]",
    }
    assert "EXERCISE" not in both.arrived[0].body.decode()


def test_the_test_says_that_nothing_happened_and_moves_nothing(town: Town) -> None:
    with Receiver() as receiver:
        row, secret = keeping.create_webhook(
            by=town.users["admin"], now=NOW, organisation=town.city, terms=terms(receiver.address)
        )
        work()
        keeping.pause_webhook(by=town.users["admin"], now=NOW, webhook=row)
        keeping.try_out(by=town.users["admin"], now=NOW + SECOND, webhook=row)
        happen(town.city, "incident.closed")
        work(NOW + SECOND)
    types = [json.loads(one.body)["type"] for one in receiver.arrived]
    assert types == ["webhook.test", "webhook.test"]
    assert len(set(receiver.ids)) == 2
    assert all(is_signed(one.headers, one.body, secret) for one in receiver.arrived)
    assert (fresh(row).trial_asked_at, fresh(row).position < head().position) == (None, True)


def test_a_failed_test_counts_as_no_failure_and_says_why(town: Town) -> None:
    with Receiver(answer=lambda number: said(401)) as receiver:
        row, _ = keeping.create_webhook(
            by=town.users["admin"], now=NOW, organisation=town.city, terms=terms(receiver.address)
        )
        work()
    assert (fresh(row).failures, fresh(row).trial_asked_at, fresh(row).state) == (0, None, "active")
    assert "401" in WebhookSending.objects.get(webhook=row).problem_zh


def test_paused_it_sends_nothing_and_resumed_everything_that_waited(town: Town) -> None:
    admin = town.users["admin"]
    with Receiver() as receiver:
        row, _ = hook(town, receiver.address)
        keeping.pause_webhook(by=admin, now=NOW, webhook=row)
        waited = happen(town.city, "incident.closed", "incident.merged")
        work()
        assert receiver.arrived == []
        with pytest.raises(WebhookRefused):
            keeping.pause_webhook(by=admin, now=NOW, webhook=row)
        keeping.resume_webhook(by=admin, now=NOW, webhook=row)
        with pytest.raises(WebhookRefused):
            keeping.resume_webhook(by=admin, now=NOW, webhook=row)
        work()
    assert positions(receiver) == waited


def test_it_can_be_sent_again_from_any_place_and_something_be_skipped(town: Town) -> None:
    admin = town.users["admin"]
    with Receiver(answer=lambda number: said(400) if number < 1 else said(204)) as receiver:
        row, _ = hook(town, receiver.address)
        first, second, third = happen(town.city, "incident.closed", "incident.merged", "incident.closed")
        work()
        keeping.send_again(by=admin, now=NOW, webhook=row, position=second)
        work()
        assert positions(receiver) == [first, second, third]
        keeping.send_again(by=admin, now=NOW, webhook=row, position=1)
        work()
        assert positions(receiver)[3:] == [first, second, third]
        keeping.send_again(by=admin, now=NOW, webhook=row, position=head().position + 1)
        work()
        assert len(receiver.arrived) == 6
    for position in (0, -1, head().position + 2, 2**62):
        with pytest.raises(WebhookRefused):
            keeping.send_again(by=admin, now=NOW, webhook=row, position=position)


def test_sent_again_while_a_sending_is_under_way_is_not_lost(town: Town) -> None:
    with Receiver() as receiver:
        row, _ = hook(town, receiver.address)
        happened = happen(town.city, "incident.closed", "incident.merged")
        postman = Postman()
        postman.step(NOW)
        keeping.send_again(by=town.users["admin"], now=NOW, webhook=row, position=happened[0])
        assert fresh(row).lease, "nobody else begins while one is under way"
        work(NOW, postman)
        work(NOW, postman)
    assert positions(receiver)[-2:] == happened


def test_who_lost_the_right_hears_nothing_more_and_somebody_else_can_take_it_over(town: Town) -> None:
    with Receiver() as receiver:
        helper = access.create_user(by=None, now=NOW, username="helper", grants=((Role.ADMINISTRATOR, town.park),))
        row, _ = hook(town, receiver.address, unit=town.park, by=helper)
        happen(town.plant, "incident.closed")
        work()
        access.end_grant(by=None, now=NOW, grant=helper.grants.get())
        secret = happen(town.plant, "incident.merged")
        work()
        assert (fresh(row).state, len(receiver.arrived)) == ("stopped", 1)
        assert json.loads(LogEntry.objects.get(kind="webhook.stopped").data)["reason"] == "no_right"
        keeping.resume_webhook(by=town.users["admin"], now=NOW, webhook=row)
        work()
    assert positions(receiver)[-1:] == secret


def test_an_account_out_of_use_and_a_unit_out_of_use_stop_it(town: Town) -> None:
    with Receiver() as receiver:
        hook(town, receiver.address, unit=town.park)
        hook(town, receiver.address, "road.*", unit=town.plant)
        Organisation.objects.filter(pk=town.plant.pk).update(retired_at=NOW)
        happen(town.plant, "incident.closed", "road.closed")
        town.users["admin"].is_active = False
        town.users["admin"].save()
        work()
    assert receiver.arrived == []
    assert sorted(json.loads(one.data)["reason"] for one in LogEntry.objects.filter(kind="webhook.stopped")) == [
        "no_right",
        "no_unit",
    ]


def test_without_the_key_of_the_installation_it_stops_and_says_so(town: Town, settings: LazySettings) -> None:
    with Receiver() as receiver:
        row, _ = hook(town, receiver.address)
        settings.SECRET_KEY = "another"
        happen(town.city, "incident.closed")
        keeping.try_out(by=town.users["admin"], now=NOW, webhook=row)
        work()
        work()
    assert receiver.arrived == []
    assert (fresh(row).state, "resume" in fresh(row).problem_en) == ("stopped", True)
    assert "resume" in WebhookSending.objects.get(webhook=row).problem_en


def test_only_who_administers_the_unit_and_may_take_its_log_away_keeps_webhooks(town: Town) -> None:
    address = "https://receiver.example/"
    for name in ("officer", "observer", "keeper"):
        with pytest.raises(NotAllowed):
            hook(town, address, by=town.users[name])
    with pytest.raises(NotFound):
        hook(town, address, by=town.users["stranger"])
    row, _ = hook(town, address)
    for act in (keeping.pause_webhook, keeping.resume_webhook, keeping.try_out, keeping.renew_secret):
        with pytest.raises(NotFound):
            act(by=town.users["stranger"], now=NOW, webhook=row)
    with pytest.raises(NotAllowed):
        keeping.remove_webhook(by=town.users["observer"], now=NOW, webhook=row)
    assert not Webhook.objects.visible_to(town.users["stranger"], Permission.MANAGE_ACCESS).exists()


def test_every_change_stands_in_the_log_without_secret_and_path(town: Town) -> None:
    admin = town.users["admin"]
    row, secret = hook(town, "https://receiver.example/token-of-the-receiver?key=abc")
    _, renewed = keeping.renew_secret(by=admin, now=NOW, webhook=row)
    other = terms("https://receiver.example/other-token", "plan.*", "incident.closed", modes=WhichModes.BOTH)
    keeping.change_webhook(by=admin, now=NOW, webhook=row, terms=other)
    keeping.change_webhook(by=admin, now=NOW, webhook=row, terms=other)
    keeping.pause_webhook(by=admin, now=NOW, webhook=row)
    keeping.send_again(by=admin, now=NOW, webhook=row, position=1)
    keeping.resume_webhook(by=admin, now=NOW, webhook=row)
    keeping.try_out(by=admin, now=NOW, webhook=row)
    keeping.remove_webhook(by=admin, now=NOW, webhook=row)
    entries = LogEntry.objects.filter(stream=f"webhook:{row.pk}").order_by("position")
    assert [one.kind.removeprefix("webhook.") for one in entries] == [
        "created", "secret_renewed", "changed", "paused", "moved", "resumed", "tested", "removed",
    ]  # fmt: skip
    written = " ".join(one.data for one in entries)
    for hidden in (secret[6:], renewed[6:], "token", "key=abc"):
        assert hidden not in written
    assert json.loads(entries[2].data)["address"] == "https://receiver.example"
    assert not list(verify_log())
    assert not Webhook.objects.exists()


def test_what_makes_no_webhook_is_refused_in_words(town: Town) -> None:
    address = "https://receiver.example/"
    refused: list[tuple[type[Exception], Terms]] = [
        (KindsRefused, Terms("a", address, [])),
        (KindsRefused, Terms("a", address, ["incident.eaten"])),
        (KindsRefused, Terms("a", address, ["inci*"])),
        (KindsRefused, Terms("a", address, ["**"])),
        (KindsRefused, Terms("a", address, [f"incident.{n}" for n in range(200)])),
        (WebhookRefused, Terms("  ", address, ["*"])),
        (AddressRefused, Terms("a", "http://10.0.0.1/", ["*"])),
        (AddressRefused, Terms("a", "ftp://receiver.example", ["*"])),
    ]
    for error, asked in refused:
        with pytest.raises(error):
            keeping.create_webhook(by=town.users["admin"], now=NOW, organisation=town.city, terms=asked)
    hook(town, address)
    with pytest.raises(WebhookRefused, match="such a webhook"):
        hook(town, address)
    for n in range(19):
        hook(town, f"https://receiver.example/{n}")
    with pytest.raises(WebhookRefused, match="the most"):
        hook(town, "https://receiver.example/more")


def test_only_the_last_hundred_sendings_are_kept(town: Town) -> None:
    with Receiver() as receiver:
        row, _ = hook(town, receiver.address)
        happen(town.city, *["incident.closed"] * 230)
        work()
    assert len(receiver.arrived) == 230
    assert [one.position for one in row.sendings.all()] == positions(receiver)[:-101:-1]


def test_the_receiver_of_the_guide_takes_what_is_signed_and_nothing_else(town: Town) -> None:
    """Run the very code that docs/howto/webhooks.md gives, as a program of its own."""
    [code] = re.findall(r"```python\n(.+?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    assert len([line for line in code.splitlines() if line.strip()]) <= 20
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    row, secret = hook(town, f"http://127.0.0.1:{port}/")
    environment = {**os.environ, "WEBHOOK_SECRET": secret, "PORT": str(port)}
    with subprocess.Popen([sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, text=True) as program:
        try:
            wait_for(port)
            happened = happen(town.city, "incident.closed")
            work()
            assert program.stdout is not None
            assert program.stdout.readline().split() == [id_of(happened[0]), "incident.closed"]
            keeping.renew_secret(by=town.users["admin"], now=NOW - timedelta(days=2), webhook=row)
            happen(town.city, "incident.closed")
            work()
            assert row.sendings.first().status == 401
        finally:
            program.kill()


def id_of(position: int) -> str:
    entry = LogEntry.objects.get(position=position)
    return f"log-{entry.position}-{entry.hash[:16]}"


def wait_for(port: int) -> None:
    ends = time.monotonic() + 10
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            assert time.monotonic() < ends
            time.sleep(0.05)
        else:
            return


def test_it_goes_with_its_unit_to_another_superior_and_ends_with_one_that_is_merged_away(town: Town) -> None:
    admin = access.create_user(by=None, now=NOW, username="own", grants=((Role.ADMINISTRATOR, town.plant),))
    with Receiver() as receiver:
        row, _ = hook(town, receiver.address, unit=town.plant, by=admin)
        move_unit(unit=town.plant, to=town.fire, document="x", by=None, now=NOW)
        town.plant.refresh_from_db()
        moved = happen(town.plant, "incident.closed")
        work()
        assert positions(receiver) == moved
        widest, _ = hook(town, receiver.address, "incident.closed", unit=town.plant)
        merge_unit(unit=town.plant, into=town.bureau, document="x", by=None, now=NOW)
        happen(town.bureau, "incident.closed")
        work()
    assert positions(receiver) == moved, "nobody hears of another unit by a stroke of the pen"
    assert (fresh(row).state, fresh(widest).state) == ("stopped", "stopped")
    reasons = [json.loads(one.data)["reason"] for one in LogEntry.objects.filter(kind="webhook.stopped")]
    assert reasons == ["no_unit", "no_unit"]


def test_secrets_and_addresses_are_in_no_message_to_the_unit(town: Town) -> None:
    with Receiver(answer=lambda number: said(410)) as receiver:
        _, secret = hook(town, receiver.address)
        happen(town.city, "incident.closed")
        work()
    message = Message.objects.get(recipient="agency:town")
    told = message.subject_zh + message.body_zh + message.subject_en + message.body_en
    assert secret not in told
    assert receiver.address not in told
    assert "410" in told
