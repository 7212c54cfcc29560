"""What leaves an exercise by any channel: only what the mode gate lets go. And its log, written again, is the same."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.actions.test_exercises import SCRIPT
from tests.actions.town import NOW, Town
from tests.built_once import built_once
from youbei.actions import deliver, outbox
from youbei.actions.advance import advance_run
from youbei.actions.exercises import control, enrolling, keeping, leading
from youbei.actions.exercises.control import Improvised
from youbei.channels import BY_NAME, Channel, Outcome
from youbei.channels import Message as Plain
from youbei.engine.events import Event, iso
from youbei.engine.exercises.read import read_exercise
from youbei.engine.log import canonical
from youbei.engine.run import act, advance
from youbei.engine.run.commands import StartExercise
from youbei.records.load import load_run
from youbei.records.log import read_stream, verify_log
from youbei.records.models import Exercise, Message, PlanVersion, Run

TICKS = (0.4, 3.0, 11.5, 29.0, 61.0, 240.0, 900.0)


class Kept(Channel):
    """Take every message and keep it, in the place of any channel."""

    name = "kept"
    seen: list[Plain] = []

    @classmethod
    def reaches(cls, address: str) -> bool:
        return True

    def send(self, message: Plain) -> Outcome:
        type(self).seen.append(message)
        return Outcome.sent()


@built_once
def begun(town: Town, stored: PlanVersion) -> Exercise:
    """Begin an exercise in which the director alone takes part."""
    row = keeping.plan_exercise(by=None, now=NOW, script=read_exercise(SCRIPT))
    enrolling.enrol(by=None, now=NOW, exercise=row, participants=[("person:wu", "player", "commander")])
    return leading.start_exercise(by=None, now=NOW, exercise=row)


def lived(begun: Exercise) -> Run:
    for minutes in TICKS:
        advance_run(begun.run_id or 0, NOW + timedelta(minutes=minutes))
    return Run.objects.select_related("plan_version", "incident").get(pk=begun.run_id)


@pytest.mark.parametrize("name", sorted(BY_NAME))
def test_by_no_channel_does_anything_leave_but_stamped_and_to_those_enrolled(
    town: Town, begun: Exercise, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(deliver, "BY_NAME", dict.fromkeys(BY_NAME, Kept))
    monkeypatch.setattr(outbox, "channel_for", lambda address: name)
    Kept.seen = []
    for to in ("person:wu", "person:zhou", "agency:town-fire", "public", "commander"):
        said = Improvised("说明", to=to, text="请立即到岗。")
        control.improvise(by=town.users["trainer"], now=NOW + timedelta(seconds=1), exercise=begun, inject=said)
    lived(begun)
    deliver.deliver_due(NOW + timedelta(days=1), limit=1_000)
    assert {one.recipient for one in Kept.seen} == {f"person:{town.director.pk}"}
    for one in Kept.seen:
        assert one.mode == "exercise"
        for said_zh in (one.subject.zh, one.body.zh):
            assert said_zh.startswith("【演练】")
            assert said_zh.endswith("【演练】")
        for said_en in (one.subject.en, one.body.en):
            assert said_en.startswith("[EXERCISE]")
            assert said_en.endswith("[EXERCISE]")
    kept_back = Message.objects.exclude(status=Message.Status.SENT)
    assert kept_back.filter(status=Message.Status.REFUSED).exists()
    assert not kept_back.filter(status=Message.Status.QUEUED).exists()
    assert not Message.objects.exclude(mode="exercise").exists()


def written(events: list[Event]) -> bytes:
    """Return a log as it is written, line by line, without the chain and the wall."""
    lines = (
        canonical({"seq": one.seq, "at": iso(one.at), "kind": one.kind, "version": one.version, "data": one.data})
        for one in events
    )
    return "\n".join(lines).encode()


def test_replayed_in_one_go_it_writes_the_same_log_byte_for_byte(begun: Exercise) -> None:
    run = lived(begun)
    original = read_stream(run.stream)
    assert len(original) > 10
    [started] = [one for one in original if one.kind == "exercise.started"]
    again = act(load_run(run, events=()), StartExercise(), at=started.at, by=started.by)
    again = advance(again, NOW + timedelta(minutes=TICKS[-1]))
    assert written(list(again.log)) == written(list(original))
    assert list(verify_log()) == []
