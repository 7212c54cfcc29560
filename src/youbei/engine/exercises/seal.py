"""The sealed time of a no-notice exercise: drawn by a key, committed by a published hash, opened at StartEx.

Before: somebody draws the time inside permitted windows with a secret key, and publishes the commitment, which is the
SHA-256 of everything that decides. After: key and nonce are published, and anyone can work out the time anew and see
that it is what was committed. Nobody can have chosen the time after the fact, nor moved it.

The draw: `HMAC-SHA256(key, "<exercise>/<number>")` as a fraction of the permitted minutes. Source: FIPS 198-1 (HMAC),
FIPS 180-4 (SHA-256). A draw whose time meets an interlock (weather, exams, a real incident) is passed over, with the
facts that held, and the next number is drawn: the proof tells both.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from youbei.engine.conditions import Truth, Value, evaluate
from youbei.engine.errors import Refused
from youbei.engine.events import iso, parse_iso
from youbei.engine.exercises.model import Interlock
from youbei.engine.log import canonical
from youbei.engine.text import Text

MINUTE = timedelta(minutes=1)
# Assumption: 32 bytes each; a key or nonce that can be guessed would open the seal before its time.
KEY_BYTES = 32


class SealRefused(Refused):
    """Refuse to seal, or to open, what is not in order."""

    status = 422


@dataclass(frozen=True, slots=True)
class Window:
    """A period in which the exercise may begin: `starts_at <= t < ends_at`."""

    starts_at: datetime
    ends_at: datetime

    @property
    def minutes(self) -> int:
        return max(0, int((self.ends_at - self.starts_at) / MINUTE))


@dataclass(frozen=True, slots=True)
class Knew:
    """Somebody who knew the time beforehand: by a code of the register, since when, and why."""

    who: str
    since: datetime
    why: str = ""


@dataclass(frozen=True, slots=True)
class Seal:
    """What is published beforehand: the exercise, its windows, and the commitment."""

    exercise: str
    windows: tuple[Window, ...]
    sealed_at: datetime
    commitment: str


@dataclass(frozen=True, slots=True)
class Opening:
    """What is kept secret until StartEx, and published then. `passed_over` are the draws that met an interlock."""

    key: str
    nonce: str
    number: int
    starts_at: datetime
    knew: tuple[Knew, ...] = ()
    passed_over: tuple[tuple[int, str], ...] = ()


def draw(key: bytes, exercise: str, number: int, windows: Iterable[Window]) -> datetime:
    """Return the time that a key gives: a whole minute inside the windows, each minute as likely as any other."""
    every = tuple(windows)
    total = sum(window.minutes for window in every)
    if total <= 0:
        raise SealRefused(
            zh="没有可用的时段：开始须早于结束，至少一分钟。请给出允许演练的时段。",
            en="There is no time to draw from: a window begins before it ends, by a minute at least. Give one.",
        )
    word = int.from_bytes(hmac.new(key, f"{exercise}/{number}".encode(), hashlib.sha256).digest())
    left = word * total >> 256
    for window in every:
        if left < window.minutes:
            return window.starts_at + left * MINUTE
        left -= window.minutes
    raise AssertionError("the minutes of the windows do not add up")


def commitment_of(seal: Seal, opening: Opening) -> str:
    """Return the SHA-256, in hex, of everything that decides the time."""
    body = {
        "exercise": seal.exercise,
        "windows": [[iso(window.starts_at), iso(window.ends_at)] for window in seal.windows],
        "sealed_at": iso(seal.sealed_at),
        "key": opening.key,
        "nonce": opening.nonce,
    }
    return hashlib.sha256(canonical(body).encode()).hexdigest()


def seal_time(
    exercise: str, windows: Iterable[Window], *, key: bytes, nonce: bytes, knew: Iterable[Knew] = (), at: datetime
) -> tuple[Seal, Opening]:
    """Draw a time and seal it. `key` and `nonce` are random, from the door; keep the opening secret."""
    if len(key) < KEY_BYTES or len(nonce) < KEY_BYTES:
        raise SealRefused(
            zh=f"密钥和随机数各须至少 {KEY_BYTES} 字节，否则可被猜出。",
            en=f"Key and nonce have at least {KEY_BYTES} bytes each, or they could be guessed.",
        )
    every = tuple(windows)
    first = min((window.starts_at for window in every), default=at)
    if first < at:
        raise SealRefused(
            zh="时段有一部分已经过去，封存没有意义。请只给出将来的时段。",
            en="Part of the windows lies in the past, and sealing would prove nothing. Give times to come only.",
        )
    opening = Opening(key.hex(), nonce.hex(), 0, draw(key, exercise, 0, every), tuple(knew))
    unsigned = Seal(exercise, every, at, "")
    return replace(unsigned, commitment=commitment_of(unsigned, opening)), opening


def pass_over(seal: Seal, opening: Opening, interlock: str) -> Opening:
    """Return the opening after its time met an interlock: the next draw later than that time stands."""
    number, key = opening.number, bytes.fromhex(opening.key)
    for _ in range(MOST_DRAWS):
        number += 1
        starts_at = draw(key, seal.exercise, number, seal.windows)
        if starts_at > opening.starts_at:
            passed = (*opening.passed_over, (opening.number, interlock))
            return replace(opening, number=number, starts_at=starts_at, passed_over=passed)
    raise SealRefused(
        zh="允许的时段内已没有更晚的时间。请另行封存新的时段。",
        en="No later time is left in the permitted windows. Seal new ones.",
    )


# Assumption: so many draws without a later time mean that none is left.
MOST_DRAWS = 10_000


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known when an exercise is about to begin; interlocks look at facts only."""

    values: Mapping[str, Value]
    now: datetime

    def fact(self, key: str) -> Value | None:
        return self.values.get(key)

    def moment(self, name: str) -> datetime | None:
        return None

    def count(self, of: object, among: tuple[str, ...]) -> int:
        return 0


@dataclass(frozen=True, slots=True)
class Held:
    """How an interlock stands: True it holds the exercise back, None nobody knows, which holds it back, too."""

    interlock: Interlock
    truth: Truth


def holding(interlocks: Iterable[Interlock], facts: Mapping[str, Value], now: datetime) -> tuple[Held, ...]:
    """Return the interlocks that hold an exercise back: those that are true, and those about which nothing is known."""
    view = Facts(facts, now)
    found = (Held(one, evaluate(one.when, view)) for one in interlocks)
    return tuple(held for held in found if held.truth is not False)


@dataclass(frozen=True, slots=True)
class Fault:
    code: str
    text: Text


def verify(seal: Seal, opening: Opening) -> tuple[Fault, ...]:
    """Return what is wrong with an opened seal; nothing where the time is proven to be the one that was committed."""
    checks: tuple[tuple[str, Callable[[], bool], str, str], ...] = (
        ("commitment", lambda: commitment_of(seal, opening) == seal.commitment,
         "公布的哈希与密钥、随机数和时段不符：封存后被改动过。",
         "The published hash does not match key, nonce and windows: something was changed after sealing."),
        ("draw", lambda: draw(bytes.fromhex(opening.key), seal.exercise, opening.number, seal.windows)
         == opening.starts_at,
         "开始时间不是由密钥抽出的时间。", "The time is not the one that the key draws."),
        ("passed_over", lambda: is_next_later(seal, opening),
         "略过的抽取与编号不符。", "The draws that were passed over do not fit the number."),
        ("known_late", lambda: all(one.since <= opening.starts_at for one in opening.knew),
         "知情人名单中有晚于开始时间的记录。", "The list of who knew holds times after the start."),
    )  # fmt: skip
    return tuple(Fault(code, Text(zh, en)) for code, is_right, zh, en in checks if not holds(is_right))


def holds(is_right: Callable[[], bool]) -> bool:
    """Ask one check; what cannot even be worked out is wrong."""
    try:
        return is_right()
    except (ValueError, SealRefused):
        return False


def is_next_later(seal: Seal, opening: Opening) -> bool:
    """Return whether each draw passed over is followed by the next later one, up to the number that stands."""
    key = bytes.fromhex(opening.key)
    expected = 0
    latest = draw(key, seal.exercise, 0, seal.windows)
    for number, _ in opening.passed_over:
        if number != expected:
            return False
        later = next(
            (
                n
                for n in range(number + 1, number + 1 + MOST_DRAWS)
                if draw(key, seal.exercise, n, seal.windows) > latest
            ),
            None,
        )
        if later is None:
            return False
        expected, latest = later, draw(key, seal.exercise, later, seal.windows)
    return opening.number == expected


def seal_to_data(seal: Seal) -> dict[str, Any]:
    return {
        "exercise": seal.exercise,
        "windows": [{"starts_at": iso(one.starts_at), "ends_at": iso(one.ends_at)} for one in seal.windows],
        "sealed_at": iso(seal.sealed_at),
        "commitment": seal.commitment,
    }


def opening_to_data(opening: Opening) -> dict[str, Any]:
    return {
        "key": opening.key,
        "nonce": opening.nonce,
        "number": opening.number,
        "starts_at": iso(opening.starts_at),
        "knew": [{"who": one.who, "since": iso(one.since), "why": one.why} for one in opening.knew],
        "passed_over": [{"number": number, "interlock": interlock} for number, interlock in opening.passed_over],
    }


def seal_from_data(data: Mapping[str, Any]) -> Seal:
    """Read a seal; raise SealRefused where it is none."""
    try:
        windows = tuple(Window(parse_iso(one["starts_at"]), parse_iso(one["ends_at"])) for one in data["windows"])
        return Seal(str(data["exercise"]), windows, parse_iso(data["sealed_at"]), str(data["commitment"]))
    except (KeyError, TypeError, ValueError):
        raise not_one("封存公告", "a seal") from None


def opening_from_data(data: Mapping[str, Any]) -> Opening:
    try:
        return Opening(
            key=str(data["key"]),
            nonce=str(data["nonce"]),
            number=int(data["number"]),
            starts_at=parse_iso(data["starts_at"]),
            knew=tuple(Knew(one["who"], parse_iso(one["since"]), one.get("why", "")) for one in data["knew"]),
            passed_over=tuple((int(one["number"]), str(one["interlock"])) for one in data["passed_over"]),
        )
    except (KeyError, TypeError, ValueError):
        raise not_one("启封文件", "the opening of a seal") from None


def not_one(zh: str, en: str) -> SealRefused:
    return SealRefused(
        zh=f"这个文件不是{zh}。请给出 youbei exercise seal 写出的文件。",
        en=f"This file is not {en}. Give the file that youbei exercise seal wrote.",
    )
