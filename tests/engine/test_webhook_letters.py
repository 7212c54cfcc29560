"""Webhooks on paper: kinds, letters, signatures and waits."""

from __future__ import annotations

import base64
import json
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from youbei.engine.clock import Mode
from youbei.engine.events import KINDS, Actor, Event
from youbei.engine.log import GENESIS, chain, entry_body
from youbei.engine.webhooks import (
    FAMILIES,
    FIRST_DELAY,
    GROUPS,
    JITTER,
    LONGEST_DELAY,
    MOST_KINDS,
    KindsRefused,
    Letter,
    WhichModes,
    checked_kinds,
    delay,
    headers_of,
    kinds_of,
    letter,
    named_kinds,
    signature,
    trial_letter,
    written_secret,
)

NOW = datetime(2026, 11, 27, 1, 2, 3, 456000, UTC)


def body(kind: str = "incident.closed", mode: Mode = Mode.REAL) -> dict[str, object]:
    event = Event(stream="incident:1", seq=1, at=NOW, mode=mode, kind=kind, data={"reason": "完"}, by=Actor())
    [entry] = chain([event], after=6, head=GENESIS, recorded_at=NOW)
    whole = entry_body(position=entry.position, event=event, recorded_at=NOW, prev_hash=GENESIS)
    return {**whole, "hash": entry.hash}


def test_every_family_of_kinds_stands_in_one_group() -> None:
    counted = Counter(family for group in GROUPS for family in group.families)
    assert counted == dict.fromkeys(FAMILIES, 1)
    assert sorted(kind for group in GROUPS for kind in group.kinds) == sorted(KINDS)


def test_the_signature_is_that_of_the_specification() -> None:
    # Source: the example of the Standard Webhooks reference libraries (libraries/python/tests, read 2026-11-26).
    secret = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    signed = signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_secret_is_written_as_the_specification_has_it() -> None:
    assert written_secret(b"\x00" * 24) == "whsec_" + "A" * 32


def test_headers_carry_a_signature_for_each_secret() -> None:
    one = Letter("log-1-a", 1, "incident.closed", "{}")
    headers = headers_of(one, [b"new", b"old"], sent_at=NOW)
    assert headers["webhook-timestamp"] == str(int(NOW.timestamp()))
    assert headers["webhook-signature"].split(" ") == [
        signature(secret, "log-1-a", int(NOW.timestamp()), b"{}") for secret in (b"new", b"old")
    ]


@pytest.mark.parametrize("which", WhichModes)
@pytest.mark.parametrize("mode", Mode)
def test_the_mode_gate_decides_what_leaves(which: WhichModes, mode: Mode) -> None:
    """Nothing of a simulation ever; of an exercise only what was asked for, stamped; of reality unless not wanted."""
    made = letter(body(mode=mode), unit="town", which=which)
    may_go = {
        Mode.REAL: which is not WhichModes.EXERCISE, Mode.EXERCISE: which is not WhichModes.REAL, Mode.SIMULATED: False,
    }[mode]  # fmt: skip
    assert (made is not None) == may_go
    if made is not None:
        told, is_exercise = json.loads(made.body), mode is Mode.EXERCISE
        assert told["type"].startswith("exercise:") == is_exercise
        assert (told["type"], told["mode"]) == (made.type, mode.value)
        for text, stamp in ((told["title"]["zh"], "【演练】"), (told["title"]["en"], "[EXERCISE]")):
            assert (text.startswith(stamp), text.endswith(stamp)) == (is_exercise, is_exercise)


def test_a_letter_is_the_same_however_often_it_is_written_and_its_id_has_no_dot() -> None:
    first, again = (letter(body(), unit="town", which=WhichModes.REAL) for _ in range(2))
    assert first == again
    assert first is not None
    assert "." not in first.id + trial_letter(number=1, asked_at=NOW, unit="town").id
    assert first.id.startswith("log-7-")


def test_a_test_is_no_event() -> None:
    told = json.loads(trial_letter(number=3, asked_at=NOW, unit="town").body)
    assert (told["type"], told["mode"], told["data"]) == ("webhook.test", "test", {})
    assert told["type"] not in KINDS


def test_kinds_families_and_everything() -> None:
    assert kinds_of(["incident.closed", "plan.*"]) == {"incident.closed", *(k for k in KINDS if k.startswith("plan."))}
    assert kinds_of(["*"]) == set(KINDS)
    assert checked_kinds([" plan.* ", "plan.*", "*"]) == ["*"]
    assert len(checked_kinds(f"{family}.*" for family in FAMILIES)) <= MOST_KINDS


@given(st.lists(st.sampled_from([*KINDS, *(f"{family}.*" for family in FAMILIES)]), min_size=1, max_size=40))
def test_what_is_chosen_is_named_in_words(patterns: list[str]) -> None:
    named = [text.en for text in named_kinds(checked_kinds(patterns))]
    assert named
    assert len(named) == len(set(named))
    assert not any("*" in name for name in named)


@given(st.text(max_size=20))
def test_a_text_that_is_no_kind_is_refused(text: str) -> None:
    if not kinds_of([text.strip()]):
        with pytest.raises(KindsRefused):
            checked_kinds([text])


@given(st.integers(1, 10_000), st.text(max_size=5), st.none() | st.floats(0, 1e6))
def test_waits_double_within_bounds_and_differ_between_webhooks(failures: int, salt: str, asked: float | None) -> None:
    middle = min(FIRST_DELAY * 2 ** min(failures - 1, 16), LONGEST_DELAY)
    wait = delay(failures, salt=salt, asked=asked)
    assert wait >= middle * (1 - JITTER) - timedelta(microseconds=1)
    assert wait <= max(middle, LONGEST_DELAY if asked else middle) * (1 + JITTER) + timedelta(microseconds=1)
    assert not asked or wait >= min(timedelta(seconds=asked), LONGEST_DELAY)
