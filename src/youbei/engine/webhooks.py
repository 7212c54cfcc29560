"""Webhooks on paper: which events are wanted, how one is written and signed, and when it is tried again.

Names, headers and signature follow the Standard Webhooks specification 1.0.0 (https://www.standardwebhooks.com/,
`spec/standard-webhooks.md`, read 2026-11-26), so that receivers can check them with any of its libraries.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from youbei.engine.alerts.route import Outgoing, Recipient, Send, route
from youbei.engine.clock import Mode
from youbei.engine.errors import Refused
from youbei.engine.events import KINDS, iso
from youbei.engine.log import canonical
from youbei.engine.text import Text

TEST = "webhook.test"
EVERYTHING = "*"
MOST_KINDS = 100
# Source: Standard Webhooks 1.0.0, "Signature scheme": a secret has 24 to 64 random bytes and is written behind whsec_.
SECRET_PREFIX, SECRET_BYTES = "whsec_", 32

# The numbers of trying again. Assumptions: whoever is back is heard within a quarter of an hour; after three days
# somebody has to look, as with the large providers of webhooks.
FIRST_DELAY = timedelta(seconds=5)
LONGEST_DELAY = timedelta(minutes=15)
GIVE_UP_AFTER = timedelta(days=3)
# So much earlier or later, as a share, that receivers which went away together do not come back all at once.
JITTER = 0.2
# For so long after a secret was renewed, events are signed with the old one too.
OLD_SECRET_LASTS = timedelta(hours=24)


class WhichModes(StrEnum):
    """What a webhook hears of: what is real, exercises too, or exercises alone. Simulations are never sent."""

    REAL = "real"
    BOTH = "both"
    EXERCISE = "exercise"

    def wants(self, mode: str) -> bool:
        if mode == Mode.REAL:
            return self is not WhichModes.EXERCISE
        return mode == Mode.EXERCISE and self is not WhichModes.REAL


class KindsRefused(Refused):
    """Refuse a choice of kinds of events that nothing would ever fit."""

    status = 422


@dataclass(frozen=True, slots=True)
class Group:
    """Families of kinds (`incident` of `incident.reported`) that are chosen together."""

    code: str
    title: Text
    families: tuple[str, ...]

    @property
    def patterns(self) -> tuple[str, ...]:
        return tuple(f"{family}.*" for family in self.families)

    @property
    def kinds(self) -> tuple[str, ...]:
        return tuple(kind for kind in KINDS if kind.partition(".")[0] in self.families)


GROUPS: tuple[Group, ...] = (
    Group(
        "incidents",
        Text("突发事件与情况", "Incidents and what is known"),
        ("incident", "fact", "circumstance", "alert", "entry"),
    ),
    Group(
        "responses",
        Text("应急响应", "Responses"),
        ("run", "level", "step", "post", "deviation", "response", "end", "recovery", "clock", "rescue", "debrief"),
    ),
    Group(
        "dispatch",
        Text("调派、支援与现场", "Dispatch, aid and the scene"),
        ("dispatch", "need", "resource", "move_up", "aid", "request", "scene", "road", "vehicle", "expert"),
    ),
    Group("messages", Text("通知与提醒", "Messages and reminders"), ("message", "due")),
    Group(
        "exercises",
        Text("演练", "Exercises"),
        ("exercise", "inject", "action", "role", "observation", "hotwash", "headcount"),
    ),
    Group("findings", Text("问题与案例", "Findings and cases"), ("finding", "draft", "retest", "case")),
    Group("plans", Text("预案", "Plans"), ("plan",)),
    Group("stock", Text("物资与协议", "Stock and agreements"), ("stock", "call_off", "compensation")),
    Group(
        "registers",
        Text("登记资料与信息核实", "Registers and collection"),
        ("record", "register", "history", "layer", "organisation", "campaign", "exchange"),
    ),
    Group(
        "access",
        Text("账号、授权与日志推送", "Accounts, grants and webhooks"),
        ("grant", "account", "session", "factor", "webhook"),
    ),
)
FAMILIES = frozenset(kind.partition(".")[0] for kind in KINDS)


def checked_kinds(patterns: Iterable[str]) -> list[str]:
    """Return the patterns, each once and in order, or refuse those that fit no kind there is."""
    wanted = sorted({one.strip() for one in patterns} - {""})
    if not wanted:
        raise KindsRefused(
            zh="请至少选择一类记录；否则不会推送任何内容。",
            en="Choose at least one kind of events; otherwise nothing would ever be sent.",
        )
    if len(wanted) > MOST_KINDS:
        raise KindsRefused(
            zh=f"选择的种类过多（{len(wanted)} 项，最多 {MOST_KINDS} 项）。请改选整类，如 incident.*。",
            en=f"These are {len(wanted)} kinds, and {MOST_KINDS} is the most. Take whole families, such as incident.*.",
        )
    for one in wanted:
        if not kinds_of([one]):
            raise KindsRefused(
                zh=f"没有名为“{one}”的记录种类。种类见 docs/reference/events.md，整类写作 incident.*，全部写作 *。",
                en=f"There is no kind of events {one!r}. The kinds stand in docs/reference/events.md; a family is "
                "written incident.*, and all of them *.",
            )
    return [EVERYTHING] if EVERYTHING in wanted else wanted


def kinds_of(patterns: Iterable[str]) -> frozenset[str]:
    """Return the kinds that fit: exact ones, families written `incident.*`, or all of them (`*`)."""
    found: set[str] = set()
    for one in patterns:
        if one == EVERYTHING:
            return frozenset(KINDS)
        family, _, rest = one.partition(".")
        if rest == "*" and family in FAMILIES:
            found |= {kind for kind in KINDS if kind.startswith(f"{family}.")}
        elif one in KINDS:
            found.add(one)
    return frozenset(found)


def named_kinds(patterns: Sequence[str]) -> list[Text]:
    """Say which kinds are wanted, in words: whole groups by their titles, the others one by one."""
    if EVERYTHING in patterns:
        return [Text("全部记录", "everything")]
    named: list[Text] = []
    left = set(patterns)
    for group in GROUPS:
        if set(group.patterns) <= left:
            named.append(group.title)
            left -= set(group.patterns)
    return named + [Text(*KINDS[kind]) for kind in KINDS if kind in kinds_of(left)]


@dataclass(frozen=True, slots=True)
class Letter:
    """One event ready to be sent: `id` is the same however often it is sent, and `position` is 0 for a test."""

    id: str
    position: int
    type: str
    body: str


def letter(body: Mapping[str, Any], *, unit: str, which: WhichModes) -> Letter | None:
    """Write an entry of the log (`engine.log.entry_body` with its `hash`) as a letter; None where the gate stops it.

    It passes the mode gate as every message does. What belongs to an exercise says so in the type, so that a receiver
    which only looks there cannot take it for real, and in the title, first and last.
    """
    mode = Mode(body["mode"])
    name = Text(*KINDS.get(body["kind"], (body["kind"], body["kind"])))
    recipient = Recipient("webhook", is_enrolled=which.wants(mode) and mode is Mode.EXERCISE)
    passed = route(Outgoing(name, name), mode, recipient)
    if not isinstance(passed, Send) or not which.wants(mode):
        return None
    type_ = body["kind"] if mode is Mode.REAL else f"{Mode.EXERCISE}:{body['kind']}"
    content = {
        "type": type_,
        "timestamp": body["recorded_at"],
        "mode": mode.value,
        "title": passed.message.subject.as_data(),
        "subscription": unit,
        "data": dict(body),
    }
    return Letter(f"log-{body['position']}-{body['hash'][:16]}", body["position"], type_, canonical(content))


def trial_letter(*, number: int, asked_at: datetime, unit: str) -> Letter:
    """Write the letter that tries a webhook out; it stands for nothing that happened."""
    title = Text("这是一次推送测试，没有发生任何事件。", "This is a test. Nothing has happened.")
    content = {
        "type": TEST,
        "timestamp": iso(asked_at),
        "mode": "test",
        "title": title.as_data(),
        "subscription": unit,
        "data": {},
    }
    return Letter(f"test-{number}-{int(asked_at.timestamp() * 1000)}", 0, TEST, canonical(content))


def headers_of(one: Letter, secrets: Sequence[bytes], *, sent_at: datetime) -> dict[str, str]:
    """Return the headers of one sending, with a signature by each of the secrets."""
    timestamp = int(sent_at.timestamp())
    signatures = " ".join(signature(secret, one.id, timestamp, one.body.encode()) for secret in secrets)
    return {"webhook-id": one.id, "webhook-timestamp": str(timestamp), "webhook-signature": signatures}


def signature(secret: bytes, letter_id: str, timestamp: int, body: bytes) -> str:
    """Sign as Standard Webhooks v1 does: HMAC-SHA256 over `id.timestamp.body`."""
    signed = b".".join((letter_id.encode(), str(timestamp).encode(), body))
    return "v1," + base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()


def written_secret(secret: bytes) -> str:
    return SECRET_PREFIX + base64.b64encode(secret).decode()


def delay(failures: int, *, salt: str, asked: float | None = None) -> timedelta:
    """Return how long to wait after so many failures in a row: doubling from five seconds to a quarter of an hour.

    `salt` spreads webhooks that failed together. A receiver that `asked` for so many seconds gets them, up to the most.
    """
    doublings: int = 2 ** min(max(failures, 1) - 1, 16)
    wait = min(FIRST_DELAY * doublings, LONGEST_DELAY)
    share = int.from_bytes(hashlib.sha256(f"{salt}:{failures}".encode()).digest()[:4], "big") / 2**32
    wait *= 1 + JITTER * (2 * share - 1)
    return max(wait, min(timedelta(seconds=asked), LONGEST_DELAY)) if asked else wait
