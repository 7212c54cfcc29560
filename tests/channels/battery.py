"""The battery that every channel inherits."""

from __future__ import annotations

from youbei.channels import BY_NAME, Channel, Message
from youbei.channels.base import Result
from youbei.engine.text import Text

TAKEN_OVER = {Result.SENT, Result.RECORDED}


def message(key: str = "run:1:7:person:3", body: str = "请立即疏散。", address: str = "duty@example.org") -> Message:
    return Message(
        key=key,
        recipient="person:3",
        address=address,
        subject=Text("启动预案", "Plan activated"),
        body=Text(body, "Evacuate at once."),
    )


class Battery:
    """Inherit it, say how to make the channel, how to break it, and how to read what the receiver got."""

    def channel(self) -> Channel:
        raise NotImplementedError

    def unreachable(self) -> Channel:
        """Return the channel as it is when what it needs is away."""
        raise NotImplementedError

    def received(self) -> list[tuple[str, str]]:
        """Return (what identifies the message to its receiver, its text) of everything that came through."""
        raise NotImplementedError

    def test_it_stands_in_the_list(self) -> None:
        assert BY_NAME[type(self.channel()).name] is type(self.channel())

    def test_a_message_arrives_with_both_wordings(self) -> None:
        assert self.channel().send(message()).result in TAKEN_OVER
        [(_, text)] = self.received()
        assert "请立即疏散。" in text
        assert "Evacuate at once." in text

    def test_a_long_text_arrives_whole(self) -> None:
        long = "风向突变，下风向五百米内人员立即撤离。" * 2000
        assert self.channel().send(message(body=long)).result in TAKEN_OVER
        [(_, text)] = self.received()
        assert text.replace("\n", "").replace("\r", "").count("风向突变") == 2000

    def test_without_its_network_it_asks_to_be_tried_again(self) -> None:
        outcome = self.unreachable().send(message())
        assert outcome.result is Result.RETRY
        assert outcome.reason

    def test_a_resend_is_recognisable_as_the_same_message(self) -> None:
        for _ in range(2):
            assert self.channel().send(message()).result in TAKEN_OVER
        assert self.channel().send(message(key="run:1:8:person:3")).result in TAKEN_OVER
        first, again, other = self.received()
        assert first == again
        assert other[0] != first[0]

    def test_line_breaks_in_a_subject_cannot_add_anything(self) -> None:
        sly = Message("k", "person:3", "duty@example.org", Text("a\r\nBcc: x@example.org", "b"), Text("c", "d"))
        assert self.channel().send(sly).result in TAKEN_OVER
        assert len(self.received()) == 1
