"""What is owed follows from what was used and the rates, to the cent; nothing used is left out in silence."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from youbei.engine.agreements import (
    Basis,
    Rate,
    Stage,
    Use,
    Validity,
    WrongStage,
    refuse_wrong_stage,
    statement,
    validity,
)
from youbei.engine.text import Text

START = datetime(2026, 11, 25, 4, tzinfo=UTC)


def rate(basis: Basis, amount: str, item: str = "") -> Rate:
    return Rate(basis.value, Text(basis.value), basis, Decimal(amount), item)


def team(hours: float | None, people: int = 8) -> Use:
    until = None if hours is None else START + timedelta(hours=hours)
    return Use(Text("一班", "Crew 1"), START, until, people=people)


def foam(quantity: str) -> Use:
    return Use(Text("泡沫液", "Foam"), START, START, item="foam", quantity=Decimal(quantity))


def test_hours_people_call_outs_and_quantities_are_charged_side_by_side() -> None:
    rates = [
        rate(Basis.TEAM_HOUR, "300"),
        rate(Basis.PERSON_HOUR, "35.5"),
        rate(Basis.CALL_OUT, "500"),
        rate(Basis.QUANTITY, "12.345", "foam"),
    ]
    found = statement(rates, [team(2.5), foam("10")])
    assert [line.total for line in found.lines] == [Decimal(750), Decimal(710), Decimal(500), Decimal("123.45")]
    assert found.total == Decimal("2083.45")


def test_what_no_rate_covers_is_listed_and_what_still_runs_has_no_price() -> None:
    found = statement([rate(Basis.QUANTITY, "1", "sand")], [foam("3"), team(1), team(None)])
    assert (found.lines, len(found.unpriced), len(found.running)) == ((), 2, 1)


@given(
    amounts=st.lists(st.decimals("0", "9999", places=2), max_size=4),
    hours=st.lists(st.none() | st.floats(0, 200), max_size=6),
)
def test_every_use_is_charged_unpriced_or_running_and_the_total_is_the_sum(
    amounts: list[Decimal], hours: list[float | None]
) -> None:
    uses = [team(one) for one in hours]
    found = statement([rate(Basis.TEAM_HOUR, str(one)) for one in amounts], uses)
    ended = sum(one is not None for one in hours)
    assert len(found.running) == len(hours) - ended
    assert len(found.lines) == ended * len(amounts)
    assert len(found.unpriced) == (0 if amounts else ended)
    assert found.total == sum((line.total for line in found.lines), Decimal(0))
    assert all(line.total >= 0 and -line.total.as_tuple().exponent <= 2 for line in found.lines)  # type: ignore[operator]


def test_an_agreement_holds_on_its_last_day_and_reminds_before() -> None:
    day = date(2026, 11, 25)
    assert validity(None, None, day) is Validity.VALID
    assert validity(None, day, day) is Validity.ENDING
    assert validity(None, day - timedelta(days=1), day) is Validity.ENDED
    assert validity(None, day + timedelta(days=61), day) is Validity.VALID
    assert validity(day + timedelta(days=1), None, day) is Validity.COMING


def test_a_statement_goes_its_way_step_by_step() -> None:
    for present, wanted in ((Stage.DRAFTED, Stage.SENT), (Stage.SENT, Stage.AGREED), (Stage.AGREED, Stage.PAID)):
        refuse_wrong_stage(present, wanted)
    for present, wanted in ((Stage.DRAFTED, Stage.PAID), (Stage.SENT, Stage.SENT), (Stage.PAID, Stage.DRAFTED)):
        with pytest.raises(WrongStage):
            refuse_wrong_stage(present, wanted)
