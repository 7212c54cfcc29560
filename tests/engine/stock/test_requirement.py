"""Claims about requirement and gap, rotation and tests."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from youbei.engine.stock.capacity import Line as ProductionLine
from youbei.engine.stock.capacity import curve_of, lump
from youbei.engine.stock.requirement import Line, Reserve, Supply, explain, gaps
from youbei.engine.stock.rotation import Kept, Urgency, proposals, propose
from youbei.engine.stock.tests_due import Tested, TestState, all_due, due
from youbei.engine.text import Text

TODAY = date(2026, 11, 25)


def line(quantity: int, *, basis: str = "plan", organisation: str = "city", within_h: int = 0) -> Line:
    return Line("tent", Decimal(quantity), organisation, basis, Decimal(within_h))


SUPPLIES = [
    Supply("tent", Reserve.GOVERNMENT, lump(100)),
    Supply("tent", Reserve.AGREEMENT, lump(50, 3)),
    Supply("tent", Reserve.MARKET, lump(40, 20)),
    Supply("tent", Reserve.CAPACITY, curve_of(ProductionLine(24, 240, 0, 240))),
]


def test_each_reserve_counts_from_when_it_is_there() -> None:
    (gap,) = gaps([line(600)], SUPPLIES)
    assert [moment.total for moment in gap.moments] == [100, 150, 190, 670]
    assert [moment.lacking for moment in gap.moments] == [500, 450, 410, 0]
    assert gap.moments[-1].there[Reserve.CAPACITY] == 480
    assert gap.covered_after_h == 24 + 41


def test_the_yardsticks_of_one_unit_do_not_add_up_but_units_do() -> None:
    lines = [line(100), line(50), line(120, basis="standard"), line(30, organisation="county")]
    (gap,) = gaps(lines, [])
    assert gap.required == 180
    assert [one.basis for one in gap.left_out] == ["standard"]


def test_what_is_needed_later_does_not_lack_now() -> None:
    (gap,) = gaps([line(100), line(50, within_h=24)], [Supply("tent", Reserve.GOVERNMENT, lump(100))])
    assert [moment.lacking for moment in gap.moments] == [0, 0, 50, 50]
    assert gap.covered_after_h is None


def test_a_gap_says_how_it_was_reckoned_in_both_languages() -> None:
    (gap,) = gaps([line(600)], SUPPLIES)
    said = explain(gap.moments[1], Text("顶", "tents"))
    assert said.zh == "4 小时内应有 600 顶；可得 政府储备 100 + 协议储备 50 = 150；缺 450"
    assert "government 100 + by agreement 50 = 150" in said.en


def kept(days: int, life: int | None = 400) -> Kept:
    expires = TODAY + timedelta(days=days)
    made = None if life is None else expires - timedelta(days=life)
    return Kept("lot", Decimal(5), expires, made)


def test_a_lot_is_rotated_when_a_quarter_of_its_life_is_left_and_bought_a_lead_time_earlier() -> None:
    found = propose(kept(200), on=TODAY)
    assert found.rotate_by == TODAY + timedelta(days=100)
    assert found.start_on == TODAY + timedelta(days=70)
    assert found.share_left == Decimal("0.5")


def test_how_urgent_a_rotation_is_follows_from_the_day() -> None:
    said = {days: propose(kept(days), on=TODAY).urgency for days in (-1, 0, 99, 100, 130, 131, 220, 221)}
    assert said == {
        -1: Urgency.EXPIRED,
        0: Urgency.LATE,
        99: Urgency.LATE,
        100: Urgency.DUE,
        130: Urgency.DUE,
        131: Urgency.COMING,
        220: Urgency.COMING,
        221: Urgency.FINE,
    }


def test_without_a_known_life_a_lot_leaves_a_lead_time_before_it_expires() -> None:
    assert propose(kept(100, life=None), on=TODAY).rotate_by == TODAY + timedelta(days=70)


def test_only_what_must_be_rotated_is_proposed_and_the_most_urgent_first() -> None:
    assert [one.expires_on for one in proposals([kept(900), kept(50), kept(-3)], on=TODAY)] == [
        TODAY - timedelta(days=3),
        TODAY + timedelta(days=50),
    ]


YEAR = timedelta(days=365)


def test_equipment_is_due_an_interval_after_its_last_test() -> None:
    assert due(Tested("a", YEAR, last_on=TODAY - YEAR), on=TODAY).state is TestState.DUE
    assert due(Tested("a", YEAR, last_on=TODAY - YEAR - timedelta(1)), on=TODAY).state is TestState.OVERDUE
    assert due(Tested("a", YEAR, last_on=TODAY), on=TODAY).state is TestState.FINE


def test_what_failed_stays_failed_and_what_was_never_tested_is_said_so() -> None:
    assert due(Tested("a", YEAR, last_on=TODAY, passed=False), on=TODAY).state is TestState.FAILED
    assert due(Tested("a", YEAR), on=TODAY).state is TestState.NEVER
    assert due(Tested("a", YEAR, since=TODAY - YEAR * 2), on=TODAY).state is TestState.OVERDUE
    assert [one.lot for one in all_due([Tested("b", YEAR, last_on=TODAY), Tested("c", YEAR)], on=TODAY)] == ["c"]
