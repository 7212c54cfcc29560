"""Codes of authenticator apps, against the tables of the standards."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from youbei.engine.one_time import app_address, code_of, in_base32, matching_step, step_at

SECRET = b"12345678901234567890"
CODES = ("755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489")
NOW = datetime(2026, 11, 25, 10, 0, 7, tzinfo=UTC)


# Source: RFC 4226, appendix D.
@pytest.mark.parametrize(
    ("counter", "code"),
    list(enumerate(CODES)),
)
def test_codes_by_counter_are_those_of_the_standard(counter: int, code: str) -> None:
    assert code_of(SECRET, counter) == code


# Source: RFC 6238, appendix B (the last six of its eight digits).
@pytest.mark.parametrize(
    ("second", "code"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (2000000000, "279037")],
)
def test_codes_by_the_clock_are_those_of_the_standard(second: int, code: str) -> None:
    now = datetime.fromtimestamp(second, UTC)
    assert matching_step(SECRET, code, now) == second // 30


def test_a_code_is_good_one_step_early_or_late_and_no_longer() -> None:
    code = code_of(SECRET, step_at(NOW))
    for seconds, is_good in ((-61, False), (-30, True), (0, True), (30, True), (61, False)):
        assert (matching_step(SECRET, code, NOW + timedelta(seconds=seconds)) is not None) == is_good


@given(st.integers(min_value=0, max_value=2**36))
def test_a_used_step_and_all_before_it_count_no_more(second: int) -> None:
    now = datetime.fromtimestamp(second + 120, UTC)
    step = step_at(now)
    code = code_of(SECRET, step)
    assert matching_step(SECRET, code, now, after=step - 1) is not None
    found = matching_step(SECRET, code, now, after=step)
    assert found is None or (found > step and code_of(SECRET, found) == code)


@pytest.mark.parametrize("code", ["", "28708", "2870820", "２８７０８２", "abcdef", "\x00"])
def test_what_is_no_code_is_none(code: str) -> None:
    assert matching_step(SECRET, code, datetime.fromtimestamp(59, UTC)) is None


def test_the_address_for_the_app_names_account_and_issuer() -> None:
    address = app_address(SECRET, account="duty@海州", issuer="有备 Youbei")
    assert address.startswith("otpauth://totp/%E6%9C%89")
    assert f"secret={in_base32(SECRET)}&issuer=" in address
    assert " " not in address
    read = urlsplit(address)
    assert unquote(read.path) == "/有备 Youbei:duty@海州"
    assert parse_qs(read.query) == {"secret": [in_base32(SECRET)], "issuer": ["有备 Youbei"]}
