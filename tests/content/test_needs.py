"""Claims about the needs catalogue: sourced, in both languages, about items that exist, and right by hand."""

from __future__ import annotations

import tomllib
from decimal import Decimal

import pytest

from youbei import content
from youbei.engine.stock.needs import (
    Evidence,
    NeedLine,
    NeedsUnreadable,
    ParameterRefused,
    needs_for,
    scenario_from_data,
)
from youbei.engine.text import Text


def both(text: Text) -> bool:
    return bool(text.zh and text.en)


def lines(scenario: str, **given: str) -> dict[str, NeedLine]:
    values = {name: Decimal(value) for name, value in given.items()}
    return {line.code: line for line in needs_for(content.needs()[scenario], values)}


def test_three_thousand_people_for_three_days() -> None:
    found = lines("displaced_people", people="3000", days="3")
    assert found["water_survival"].quantity == 67_500
    assert found["food"].quantity == 18_900_000
    assert found["toilets"].quantity == 150
    assert found["tents"].quantity == 875
    assert found["water_survival"].arithmetic.zh == "7.5 升/人·天 × 3000 人 × 3 天 = 67500 升"


def test_a_tank_of_twenty_metres() -> None:
    found = lines("burning_tank", area_m2="314", minutes="60", proportion="6")
    assert found["foam_solution"].quantity == Decimal("122460")
    assert found["foam_concentrate"].quantity == Decimal("7494.552")


def test_pieces_are_rounded_up() -> None:
    assert lines("displaced_people", people="21")["toilets"].quantity == 2
    assert "→" in lines("displaced_people", people="21")["toilets"].arithmetic.en


def test_a_parameter_out_of_bounds_is_refused_with_its_bounds() -> None:
    with pytest.raises(ParameterRefused) as caught:
        lines("displaced_people", people="-1")
    assert "人数" in caught.value.text.zh


def test_every_coefficient_has_a_source_or_says_why_and_both_languages() -> None:
    for scenario in content.needs().values():
        for coefficient in scenario.coefficients:
            assert both(coefficient.name)
            assert not coefficient.item or coefficient.item in content.items(), coefficient.item
            for factor in coefficient.factors:
                said = factor.why if factor.evidence is Evidence.ASSUMPTION else factor.source
                assert both(said), coefficient.code


def test_what_a_store_counts_is_counted_in_the_items_own_unit() -> None:
    for scenario in content.needs().values():
        for coefficient in scenario.coefficients:
            if coefficient.item:
                assert coefficient.unit == content.items()[coefficient.item].unit, coefficient.code


@pytest.mark.parametrize(
    ("old", "new"), [("source =", "sauce ="), ("read_on =", "red_on ="), ('times = ["people"', 'times = ["pigs"')]
)
def test_a_file_without_source_date_or_parameter_is_refused(old: str, new: str) -> None:
    text = dict(content.texts("needs"))["displaced_people"].decode()
    with pytest.raises(NeedsUnreadable):
        scenario_from_data(tomllib.loads(text.replace(old, new)))


def test_every_span_of_an_item_has_a_source_or_says_why_and_no_code_is_guessed() -> None:
    for item in content.items().values():
        for span in (item.shelf_life, item.test_interval):
            said = None if span is None else span.source or span.why
            assert said is None or both(said), item.code
        assert (item.weight_kg or 0) > 0, item.code
        assert (item.volume_m3 or 0) > 0, item.code
        assert all(other in content.items() and each > 0 for other, each in item.substitutes), item.code
        assert not item.gb_code or (len(item.gb_code) == 7 and item.gb_code[0] == str(item.item_class)), item.code


def test_capabilities_have_four_types() -> None:
    assert list(content.capability_types()) == [1, 2, 3, 4]
    assert all(both(said) for said in content.capability_types().values())
