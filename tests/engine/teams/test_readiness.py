"""What keeps a team from being ready is said in words; what it takes to leave is measured and not guessed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from youbei.engine.clock import Mode
from youbei.engine.teams.readiness import Equipment, Standing, lacks
from youbei.engine.teams.reviews import Interval, OwnReview, next_due, refuse_own
from youbei.engine.teams.turn_out import Sent, measure, to_plan_with
from youbei.engine.text import Text

TODAY = date(2026, 11, 25)
NOON = datetime(2026, 11, 25, 4, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def sent(late_min: float, *, mode: Mode = Mode.REAL, road_min: int = 10) -> Sent:
    expected = NOON + (5 + road_min) * MINUTE
    return Sent(NOON, expected, expected + late_min * MINUTE, promised=5 * MINUTE, mode=mode)


def test_a_team_that_has_everything_lacks_nothing() -> None:
    assert lacks(Standing(12, 12, insured_until=date(2027, 6, 1)), TODAY) == ()


def test_readiness_is_said_in_words_the_serious_first() -> None:
    sets = Equipment(Text("空气呼吸器", "breathing sets"), Text("套", "set"), Decimal(8), Decimal(8), Decimal(6))
    team = Standing(
        9,
        12,
        (sets,),
        insured_until=date(2026, 9, 30),
        reviews_due=((Text("复评", "Re-evaluation"), TODAY - 3 * 1440 * MINUTE),),
    )
    said = [(one.text.en, one.is_serious) for one in lacks(team, TODAY)]
    assert said == [
        ("3 of 12 people short", True),
        ("breathing sets: 2 unserviceable", True),
        ("insurance ended on 2026-09-30", True),
        ("re-evaluation was due on 2026-11-22, 3 days ago", False),
    ]


def test_a_broken_spare_is_not_serious() -> None:
    spare = Equipment(Text("泵", "pump"), Text("台", ""), Decimal(2), Decimal(3), Decimal(2))
    found = lacks(Standing(1, 1, (spare,), insured_until=date.max), TODAY)
    assert [one.is_serious for one in found] == [False]


def test_insurance_counts_on_its_last_day() -> None:
    assert [one.is_serious for one in lacks(Standing(1, 1, insured_until=TODAY), TODAY)] == [False]


def test_the_road_is_taken_off_what_the_arrival_says() -> None:
    assert sent(0).turn_out == 5 * MINUTE
    assert sent(3).turn_out == 8 * MINUTE
    assert sent(-20).turn_out == timedelta(0)


def test_real_and_exercise_are_measured_apart() -> None:
    observed = [sent(1), sent(2), sent(9), sent(30, mode=Mode.EXERCISE)]
    real = measure(observed, Mode.REAL)
    assert real is not None
    assert (real.number, real.median, real.most) == (3, 7 * MINUTE, 14 * MINUTE)
    assert measure(observed, Mode.EXERCISE) is not None
    assert measure([], Mode.REAL) is None


def test_few_observations_do_not_replace_the_promise_and_a_good_one_never_does() -> None:
    assert to_plan_with(5 * MINUTE, measure([sent(9), sent(9)])) == 5 * MINUTE
    assert to_plan_with(5 * MINUTE, measure([sent(9)] * 3)) == 14 * MINUTE
    assert to_plan_with(5 * MINUTE, measure([sent(-4)] * 3)) == 5 * MINUTE


@given(st.lists(st.integers(-30, 200), min_size=1, max_size=30))
def test_nine_in_ten_are_not_slower_than_said(late: list[int]) -> None:
    found = measure([sent(one) for one in late])
    assert found is not None
    spans = [sent(one).turn_out for one in late]
    assert sum(span <= found.most for span in spans) >= 0.9 * len(spans)
    assert found.most in spans
    assert sum(span < found.median for span in spans) <= len(spans) / 2


def test_the_next_review_follows_from_kind_and_result() -> None:
    rules = [
        Interval("evaluation", "failed", timedelta(days=30)),
        Interval("evaluation", "passed", timedelta(days=365)),
    ]
    assert next_due(rules, "evaluation", "failed", TODAY) == date(2026, 12, 25)
    assert next_due(rules, "acceptance", "failed", TODAY) is None


def test_nobody_reviews_their_own_team() -> None:
    refuse_own(9, 1, [2, 3])
    refuse_own(None, None, [])
    for reviewer in (1, 3):
        with pytest.raises(OwnReview):
            refuse_own(reviewer, 1, [2, 3])
