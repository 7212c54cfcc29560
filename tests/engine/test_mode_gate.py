"""The mode gate, as a table: what may leave the building in which mode, to whom, and in which words."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from youbei.engine.alerts.route import Outgoing, Recipient, Record, Refuse, Route, Send, cap_status, route
from youbei.engine.clock import Mode
from youbei.engine.text import Text

SAID = Outgoing(Text("启动预案", "Plan activated"), Text("请到岗。", "Take your post."))
STAMPED = Outgoing(
    Text("【演练】 启动预案 【演练】", "[EXERCISE] Plan activated [EXERCISE]"),
    Text("【演练】\n请到岗。\n【演练】", "[EXERCISE]\nTake your post.\n[EXERCISE]"),
)
RECIPIENTS = ("person:1", "agency:fire", "public")
# (mode, enrolled, text is stamped already) -> what happens to a person's or an agency's message
TABLE = {
    (Mode.SIMULATED, False, False): Record,
    (Mode.SIMULATED, False, True): Record,
    (Mode.SIMULATED, True, False): Record,
    (Mode.SIMULATED, True, True): Record,
    (Mode.EXERCISE, False, False): Refuse,
    (Mode.EXERCISE, False, True): Refuse,
    (Mode.EXERCISE, True, False): Send,
    (Mode.EXERCISE, True, True): Send,
    (Mode.REAL, False, False): Send,
    (Mode.REAL, False, True): Refuse,
    (Mode.REAL, True, False): Send,
    (Mode.REAL, True, True): Refuse,
}


@pytest.mark.parametrize("recipient", RECIPIENTS)
@pytest.mark.parametrize(("case", "way"), TABLE.items())
def test_the_gate_follows_its_table(case: tuple[Mode, bool, bool], way: type[Route], recipient: str) -> None:
    mode, is_enrolled, is_stamped_already = case
    found = route(STAMPED if is_stamped_already else SAID, mode, Recipient(recipient, is_enrolled))
    is_public_exercise = mode is Mode.EXERCISE and recipient == "public"
    assert type(found) is (Refuse if is_public_exercise else way)
    if not is_stamped_already:
        assert found.message == (SAID if mode is Mode.REAL else STAMPED)
    if isinstance(found, Refuse):
        assert found.reason.zh
        assert found.reason.en


def test_the_table_holds_every_combination() -> None:
    assert set(TABLE) == set(product(Mode, (False, True), (False, True)))


@pytest.mark.parametrize("way", [Send, Record])
def test_nothing_leaves_an_exercise_or_a_simulation_without_a_stamp_first_and_last(way: type[Route]) -> None:
    mode = Mode.EXERCISE if way is Send else Mode.SIMULATED
    said = route(SAID, mode, Recipient("person:1", is_enrolled=True)).message
    for wording, stamp in (
        (said.subject.zh, "【演练】"),
        (said.subject.en, "[EXERCISE]"),
        (said.body.zh, "【演练】"),
        (said.body.en, "[EXERCISE]"),
    ):
        assert wording.startswith(stamp)
        assert wording.endswith(stamp)


@pytest.mark.parametrize("part", ["subject", "body"])
@pytest.mark.parametrize("wording", ["[EXERCISE] go", "go [EXERCISE] ", "【演练】去", "去【演练】"])
def test_a_text_stamped_at_either_end_does_not_go_out_as_real(part: str, wording: str) -> None:
    message = replace(SAID, **{part: Text("去", wording)})
    assert isinstance(route(message, Mode.REAL, Recipient("person:1")), Refuse)


def test_a_real_text_may_speak_of_exercises() -> None:
    message = Outgoing(Text("停止演练，转入实战", "Exercise stopped: this is real"), Text("", ""))
    assert isinstance(route(message, Mode.REAL, Recipient("person:1")), Send)


@pytest.mark.parametrize(("mode", "status"), [("real", "Actual"), ("exercise", "Exercise"), ("simulated", None)])
def test_alerts_carry_the_status_of_their_mode(mode: str, status: str | None) -> None:
    assert cap_status(Mode(mode)) == status


def test_a_long_subject_keeps_its_stamp_at_the_end() -> None:
    long = Outgoing(Text("紧" * 500, "x" * 500), Text("a", "b"))
    found = route(long, Mode.EXERCISE, Recipient("person:1", is_enrolled=True))
    assert len(found.message.subject.zh) <= 200
    assert found.message.subject.zh.endswith("【演练】")
    assert found.message.subject.en.endswith("[EXERCISE]")


def test_a_text_in_one_language_is_stamped_in_both() -> None:
    found = route(Outgoing(Text("集合"), Text("集合")), Mode.EXERCISE, Recipient("person:1", is_enrolled=True))
    assert found.message.subject == Text("【演练】 集合 【演练】", "[EXERCISE] 集合 [EXERCISE]")
