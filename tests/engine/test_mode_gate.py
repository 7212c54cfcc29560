"""The mode gate, as a table: what may leave the building in which mode, to whom, and in which words."""

from __future__ import annotations

import pytest

from youbei.engine.alerts.route import Outgoing, Recipient, Record, Refuse, Route, Send, route
from youbei.engine.clock import Mode
from youbei.engine.text import Text

SAID = Outgoing(Text("启动预案", "Plan activated"), Text("请到岗。", "Take your post."))
STAMPED = Outgoing(
    Text("【演练】 启动预案 【演练】", "[EXERCISE] Plan activated [EXERCISE]"),
    Text("【演练】\n请到岗。\n【演练】", "[EXERCISE]\nTake your post.\n[EXERCISE]"),
)
TABLE = [
    (Mode.SIMULATED, "person:1", False, Record, STAMPED),
    (Mode.SIMULATED, "person:1", True, Record, STAMPED),
    (Mode.SIMULATED, "agency:fire", False, Record, STAMPED),
    (Mode.SIMULATED, "public", False, Record, STAMPED),
    (Mode.EXERCISE, "person:1", True, Send, STAMPED),
    (Mode.EXERCISE, "agency:fire", True, Send, STAMPED),
    (Mode.EXERCISE, "person:1", False, Refuse, STAMPED),
    (Mode.EXERCISE, "agency:fire", False, Refuse, STAMPED),
    (Mode.EXERCISE, "public", False, Refuse, STAMPED),
    (Mode.REAL, "person:1", False, Send, SAID),
    (Mode.REAL, "agency:fire", False, Send, SAID),
    (Mode.REAL, "public", False, Send, SAID),
]


@pytest.mark.parametrize(("mode", "recipient", "is_enrolled", "way", "said"), TABLE)
def test_the_gate_follows_its_table(
    mode: Mode, recipient: str, is_enrolled: bool, way: type[Route], said: Outgoing
) -> None:
    found = route(SAID, mode, Recipient(recipient, is_enrolled))
    assert type(found) is way
    assert found.message == said


def test_every_mode_is_in_the_table() -> None:
    assert {row[0] for row in TABLE} == set(Mode)


def test_a_long_subject_keeps_its_stamp_at_the_end() -> None:
    long = Outgoing(Text("紧" * 500, "x" * 500), Text("a", "b"))
    found = route(long, Mode.EXERCISE, Recipient("person:1", is_enrolled=True))
    assert len(found.message.subject.zh) <= 200
    assert found.message.subject.zh.endswith("【演练】")
    assert found.message.subject.en.endswith("[EXERCISE]")


def test_a_text_in_one_language_is_stamped_in_both() -> None:
    found = route(Outgoing(Text("集合"), Text("集合")), Mode.EXERCISE, Recipient("person:1", is_enrolled=True))
    assert found.message.subject == Text("【演练】 集合 【演练】", "[EXERCISE] 集合 [EXERCISE]")
