"""An alert that comes in: what a CAP 1.2 message says, whether it counts for real, and which warning it gives.

Source: OASIS, Common Alerting Protocol Version 1.2 (2010-07-01), chapter 3. Only what decides about a warning is kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from youbei.engine.clock import Mode
from youbei.engine.errors import Refused
from youbei.engine.text import Text

# Assumption: a warning that does not say when it expires holds for a day; CAP leaves that to the recipient.
UNSAID = timedelta(days=1)


class AlertRefused(Refused):
    """Refuse an alert that is none, or that must not count."""


class Status(StrEnum):
    ACTUAL = "Actual"
    EXERCISE = "Exercise"
    SYSTEM = "System"
    TEST = "Test"
    DRAFT = "Draft"


class MsgType(StrEnum):
    ALERT = "Alert"
    UPDATE = "Update"
    CANCEL = "Cancel"
    ACK = "Ack"
    ERROR = "Error"


@dataclass(frozen=True, slots=True)
class Reference:
    """Name one message: who sent it, under which identifier, when."""

    sender: str
    identifier: str
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class Info:
    """One part of an alert, often one for each language. `words` are its headline and event.

    `starts_at` is when the warning takes effect (`effective`), not when what it warns of is expected.
    """

    words: tuple[str, ...]
    severity: str
    urgency: str
    response_types: tuple[str, ...] = ()
    sender_name: str = ""
    starts_at: datetime | None = None
    expires_at: datetime | None = None
    areas: tuple[str, ...] = ()

    @property
    def is_over(self) -> bool:
        """Say whether this part tells that the danger has passed."""
        return self.urgency == "Past" or "AllClear" in self.response_types


@dataclass(frozen=True, slots=True)
class Alert:
    """A message as it came. `of` names it; `references` are the earlier ones that it updates or cancels."""

    of: Reference
    status: Status
    msg_type: MsgType
    references: tuple[Reference, ...] = ()
    infos: tuple[Info, ...] = ()

    @property
    def title(self) -> str:
        """Return its first headline or event; empty without any."""
        return next((word for info in self.infos for word in info.words if word), "")


@dataclass(frozen=True, slots=True)
class Colour:
    """One colour of a warning: the severity of CAP that stands for it, and the words that name it."""

    code: str
    severity: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Warning:
    """What an alert warns of: its colour, from when until when, and by whom and of what in its own words."""

    colour: str
    starts_at: datetime
    ends_at: datetime
    title: str
    published_by: str


def colours_from_data(data: Mapping[str, Any]) -> tuple[Colour, ...]:
    """Read the colours, the least grave first."""
    return tuple(Colour(one["code"], one["severity"], tuple(one["words"])) for one in data["colours"])


NOT_FOR_USE = {
    Status.TEST: Text(
        "这是测试消息（status=Test），按协议应忽略，不作为预警。请导入正式发布的消息。",
        "This is a test message (status Test), which is to be disregarded. Import the one that was really issued.",
    ),
    Status.DRAFT: Text(
        "这是草稿（status=Draft），尚未发布，不作为预警。请待正式发布后导入。",
        "This is a draft (status Draft) that was not issued. Import it once it is.",
    ),
    Status.SYSTEM: Text(
        "这是系统消息（status=System），只供发布网络内部使用，不作为预警。",
        "This message is for the alert network itself (status System) and warns of nothing.",
    ),
}


def admit(status: Status, *, to: Mode) -> None:
    """Let a message in where its status fits: `Actual` counts for real, `Exercise` inside of an exercise alone.

    It is the mode gate in the other direction (`route` guards what goes out). Raises AlertRefused.
    """
    if status in NOT_FOR_USE:
        text = NOT_FOR_USE[status]
        raise AlertRefused(zh=text.zh, en=text.en)
    if status is Status.EXERCISE and to is not Mode.EXERCISE:
        raise AlertRefused(
            zh="这是演练消息（status=Exercise），不得作为真实预警。请指明它所属的正在进行的演练。",
            en="This message belongs to an exercise (status Exercise) and must not count as a real warning. Name the "
            "running exercise that it is for.",
        )
    if status is Status.ACTUAL and to is not Mode.REAL:
        raise AlertRefused(
            zh="这是真实预警（status=Actual），不得放入演练。请作为真实预警导入，不要指明演练。",
            en="This is a real warning (status Actual) and must not be played in an exercise. Import it "
            "without naming one.",
        )


def refuse_reply(alert: Alert) -> None:
    """Refuse an acknowledgement or an error report, and an update or cancellation of somebody else's message."""
    if alert.msg_type in (MsgType.ACK, MsgType.ERROR):
        raise AlertRefused(
            zh=f"这是对其他消息的答复（msgType={alert.msg_type.value}），不是预警。",
            en=f"This answers another message (msgType {alert.msg_type.value}) and warns of nothing.",
        )
    if alert.msg_type is MsgType.ALERT:
        return
    if not alert.references:
        raise AlertRefused(
            zh=f"消息的 msgType 为 {alert.msg_type.value}，却没有写明针对哪条消息（references）。"
            "请向发布者索取完整的消息。",
            en=f"The message has msgType {alert.msg_type.value} and does not say of which message (references). Ask "
            "its sender for the whole of it.",
        )
    strange = next((one.sender for one in alert.references if one.sender != alert.of.sender), "")
    if strange:
        raise AlertRefused(
            zh=f"{alert.of.sender} 不能更新或解除 {strange} 发布的预警。请导入原发布者的消息。",
            en=f"{alert.of.sender} cannot update or cancel what {strange} has issued. Import a message of the "
            "one who did.",
        )


def warning_of(alert: Alert, colours: Sequence[Colour], *, now: datetime) -> Warning | None:
    """Return the gravest warning that an alert gives; None where it tells that the danger has passed.

    Raises AlertRefused where it has expired, or neither its words nor its severity tell a colour.
    """
    live = [info for info in alert.infos if not info.is_over]
    if not live and alert.infos:
        return None
    ranked = [(rank, info) for info in live if (rank := rank_of(info, colours)) is not None]
    if not ranked:
        raise AlertRefused(
            zh="消息没有写明预警级别（severity 为 Unknown，标题中也没有颜色）。请在“当前情况”中按原文手工填报。",
            en="The message does not tell how grave it is (severity Unknown, no colour in its headline). State it by "
            "hand under “What holds now”.",
        )
    worst = max(rank for rank, _ in ranked)
    gravest = [info for rank, info in ranked if rank == worst]
    starts_at = min(info.starts_at or alert.of.sent_at for info in gravest)
    ends_at = max(info.expires_at or (info.starts_at or alert.of.sent_at) + UNSAID for info in gravest)
    if ends_at <= now:
        raise AlertRefused(
            zh=f"这条预警已于 {ends_at:%Y-%m-%d %H:%M} UTC 失效。请导入现行的消息。",
            en=f"This warning has expired at {ends_at:%Y-%m-%d %H:%M} UTC. Import the one in force.",
        )
    published_by = next((info.sender_name for info in gravest if info.sender_name), alert.of.sender)
    title = next((word for info in gravest for word in info.words if word), "")
    return Warning(colours[worst].code, starts_at, ends_at, title, published_by)


def rank_of(info: Info, colours: Sequence[Colour]) -> int | None:
    """Return the place of a part's colour, the gravest highest: by its words, else by its severity; None unknown."""
    for text in info.words:
        low = text.lower()
        named = [rank for rank, one in enumerate(colours) if any(is_named(word, low) for word in one.words)]
        if named:
            return max(named)
    return next((rank for rank, one in enumerate(colours) if one.severity == info.severity), None)


def is_named(word: str, text: str) -> bool:
    """Say whether a text names a colour: Chinese anywhere, English as a word of its own (no `Redding`)."""
    return word in text if not word.isascii() else word in "".join(c if c.isalpha() else " " for c in text).split()
