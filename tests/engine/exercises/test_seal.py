"""Claims about the sealed time: drawn fairly, committed before, verified by anyone after."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from youbei.engine.conditions import Compare, Op
from youbei.engine.exercises.model import Interlock
from youbei.engine.exercises.seal import (
    Knew,
    SealRefused,
    Window,
    draw,
    holding,
    opening_from_data,
    opening_to_data,
    pass_over,
    seal_from_data,
    seal_time,
    seal_to_data,
    verify,
)
from youbei.testing import words

NOW = datetime(2026, 11, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
WINDOWS = (Window(NOW + HOUR, NOW + 3 * HOUR), Window(NOW + 24 * HOUR, NOW + 26 * HOUR))
KEYS = st.binary(min_size=32, max_size=32)
NONCE = bytes(range(32))


def sealed(key: bytes = NONCE):
    return seal_time("drill", WINDOWS, key=key, nonce=NONCE, at=NOW, knew=[Knew("person:1", NOW, "prepares it")])


@settings(max_examples=60)
@given(key=KEYS)
def test_the_time_lies_in_a_window_and_an_honest_seal_verifies(key):
    seal, opening = sealed(key)
    assert any(one.starts_at <= opening.starts_at < one.ends_at for one in WINDOWS)
    assert verify(seal, opening) == ()
    assert verify(seal_from_data(seal_to_data(seal)), opening_from_data(opening_to_data(opening))) == ()


@settings(max_examples=30)
@given(key=KEYS, minutes=st.integers(1, 600))
def test_a_time_that_was_moved_is_found_out(key, minutes):
    seal, opening = sealed(key)
    moved = replace(opening, starts_at=opening.starts_at + minutes * timedelta(minutes=1))
    assert "draw" in {fault.code for fault in verify(seal, moved)}


def test_whatever_else_is_changed_is_found_out_too():
    seal, opening = sealed()
    other = replace(opening, key=(b"x" * 32).hex())
    assert "commitment" in {fault.code for fault in verify(seal, other)}
    wider = replace(seal, windows=(Window(NOW, NOW + 99 * HOUR),))
    assert "commitment" in {fault.code for fault in verify(wider, opening)}
    late = replace(opening, knew=(Knew("person:2", opening.starts_at + HOUR),))
    assert {fault.code for fault in verify(seal, late)} == {"known_late"}
    assert "draw" in {fault.code for fault in verify(seal, replace(opening, key="no hex"))}


def test_the_commitment_tells_nothing_without_the_nonce():
    one, _ = sealed()
    two, _ = seal_time("drill", WINDOWS, key=NONCE, nonce=b"n" * 32, at=NOW)
    assert one.commitment != two.commitment


def test_every_minute_is_as_likely_as_any_other():
    hours = [draw(bytes([n % 256, n // 256]) * 16, "drill", 0, WINDOWS) for n in range(4000)]
    second = sum(at >= WINDOWS[1].starts_at for at in hours)
    assert 1850 <= second <= 2150


def test_a_draw_that_meets_an_interlock_is_passed_over_for_a_later_one_and_the_proof_says_so():
    seal, opening = next(
        found for found in (sealed(bytes([n]) * 32) for n in range(99)) if found[1].starts_at < NOW + 2 * HOUR
    )
    later = pass_over(seal, opening, "storm")
    assert later.starts_at > opening.starts_at
    assert later.passed_over == ((0, "storm"),)
    assert verify(seal, later) == ()
    skipped = replace(later, passed_over=())
    assert "passed_over" in {fault.code for fault in verify(seal, skipped)}


def test_an_interlock_holds_when_it_is_true_and_when_nobody_knows():
    exam = Interlock("exam", words("exam"), Compare("exam_started", Op.EQ, True))
    assert [held.truth for held in holding([exam], {"exam_started": True}, NOW)] == [True]
    assert [held.truth for held in holding([exam], {}, NOW)] == [None]
    assert holding([exam], {"exam_started": False}, NOW) == ()


def test_windows_in_the_past_empty_windows_and_short_keys_are_refused():
    with pytest.raises(SealRefused, match="past"):
        seal_time("drill", WINDOWS, key=NONCE, nonce=NONCE, at=NOW + 2 * HOUR)
    with pytest.raises(SealRefused, match="no time"):
        seal_time("drill", [Window(NOW + HOUR, NOW + HOUR)], key=NONCE, nonce=NONCE, at=NOW)
    with pytest.raises(SealRefused, match="32 bytes"):
        seal_time("drill", WINDOWS, key=b"short", nonce=NONCE, at=NOW)
    with pytest.raises(SealRefused, match="is not a seal"):
        seal_from_data({"exercise": 1})
