"""Claims about the supply of a production line: monotone, within its rates, exact at the corners, and invertible."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from youbei.engine.stock.capacity import Line, combine, curve_of, lump

LINES = st.builds(
    Line,
    switch_over_h=st.integers(0, 72),
    first_rate=st.integers(0, 50),
    ramp_up_h=st.integers(0, 96),
    full_rate=st.integers(50, 500),
    raw_material=st.none() | st.integers(0, 3000),
    resupply_rate=st.integers(0, 400),
    share=st.fractions(0, 1, max_denominator=10),
)
HOURS = st.fractions(0, 1000, max_denominator=20)


@given(LINES, HOURS, HOURS)
def test_supply_never_shrinks_and_never_grows_faster_than_the_full_rate(
    line: Line, one: Fraction, other: Fraction
) -> None:
    first, last = sorted((one, other))
    curve = curve_of(line)
    assert 0 <= curve.at(first) <= curve.at(last)
    assert curve.at(last) - curve.at(first) <= (last - first) * Fraction(line.full_rate) / 24


@given(LINES, HOURS)
def test_nothing_is_made_before_the_switch_over_nor_without_material(line: Line, hours: Fraction) -> None:
    curve = curve_of(line)
    assert curve.at(Fraction(line.switch_over_h)) == 0
    if line.raw_material is not None:
        had = Fraction(line.raw_material) + Fraction(line.resupply_rate) / 24 * hours
        assert curve.at(hours) <= had * Fraction(line.share)


@given(LINES, st.integers(1, 5000))
def test_when_is_the_inverse_of_at(line: Line, quantity: int) -> None:
    curve = curve_of(line)
    moment = curve.when(quantity)
    if moment is None:
        assert curve.at(10**6) < quantity
    else:
        assert curve.at(moment) >= quantity
        assert moment == 0 or curve.at(moment - Fraction(1, 1000)) < quantity


@given(st.lists(LINES, max_size=3), HOURS)
def test_lines_together_make_what_they_make_apart(lines: list[Line], hours: Fraction) -> None:
    curves = [curve_of(line) for line in lines]
    assert combine(curves).at(hours) == sum(curve.at(hours) for curve in curves)


def test_a_line_by_hand() -> None:
    """12 h switch-over, then 240 a day at once: 120 after 24 h; material for 200 is used up after 32 h; then 24 a
    day."""
    curve = curve_of(Line(switch_over_h=12, first_rate=240, ramp_up_h=0, full_rate=240, raw_material=200))
    assert curve.at(12) == 0
    assert curve.at(24) == 120
    assert curve.at(32) == 200
    assert curve.at(500) == 200
    assert curve.when(201) is None


def test_the_ramp_up_makes_the_mean_of_first_and_full_rate() -> None:
    curve = curve_of(Line(switch_over_h=0, first_rate=0, ramp_up_h=48, full_rate=240))
    assert curve.at(48) == 240
    assert curve.at(72) == 480


def test_the_share_that_was_promised_is_all_that_counts() -> None:
    line = Line(switch_over_h=0, first_rate=240, ramp_up_h=0, full_rate=240, share=Fraction(1, 4))
    assert curve_of(line).at(24) == 60


def test_a_delivery_is_there_at_once_after_its_delay_and_the_way() -> None:
    curve = lump(50, 6).later(2)
    assert (curve.at(7), curve.at(8), curve.when(50), curve.when(51)) == (0, 50, 8, None)
