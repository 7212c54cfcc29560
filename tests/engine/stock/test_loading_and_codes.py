"""Claims about what vehicles carry, who uses up what expires, and codes of items."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from youbei import content
from youbei.engine.stock.codes import CodeRefused, best_fit, class_of, demand_shape, level_of, parent_of
from youbei.engine.stock.consumers import Consumer, share_out, use_of
from youbei.engine.stock.loading import Load, Overloaded, loaded, refuse_overload
from youbei.engine.text import Text

DAY = timedelta(days=1)


def test_a_vehicle_refuses_what_is_too_heavy_or_too_big_and_says_how_much() -> None:
    tents = [Load(Decimal(20), Decimal(40), Decimal("0.25"))]
    refuse_overload(tents, payload_kg=Decimal(800), volume_m3=Decimal(5), zh="车", en="Truck")
    with pytest.raises(Overloaded, match="about 800 kg"):
        refuse_overload(tents, payload_kg=Decimal(799), volume_m3=None, zh="车", en="Truck")
    with pytest.raises(Overloaded, match="about 5 m³"):
        refuse_overload(tents, payload_kg=None, volume_m3=Decimal(4), zh="车", en="Truck")


def test_what_has_no_weight_is_counted_and_not_hidden() -> None:
    assert loaded([Load(Decimal(3)), Load(Decimal(0)), Load(Decimal(1), Decimal(2))]).unknown == 1


def consumer(code: str, people: int, km: float, kind: str = "school") -> Consumer:
    return Consumer(code, Text(code, code), kind, people, km * 1000)


def test_the_nearest_that_use_such_a_thing_take_what_they_use_in_time() -> None:
    use = use_of("drinking_water", content.uses())
    schools = [consumer("far", 1000, 9), consumer("near", 100, 1), consumer("works", 500, 0, "enterprise")]
    found = share_out(Decimal(1500), use=use, consumers=schools, usable=10 * DAY)
    assert [(share.consumer.code, share.quantity, share.days) for share in found.shares] == [
        ("near", 1000, 10),
        ("far", 500, 1),
    ]
    assert found.left == 0
    assert found.why.zh
    assert found.why.en


@given(
    st.integers(0, 5000),
    st.integers(-3, 400),
    st.lists(st.tuples(st.integers(0, 900), st.integers(0, 50)), max_size=6),
)
def test_nobody_gets_more_than_they_use_before_it_expires(
    quantity: int, days: int, heads: list[tuple[int, int]]
) -> None:
    use = use_of("drinking_water", content.uses())
    assert use is not None
    schools = [consumer(str(number), people, km) for number, (people, km) in enumerate(heads)]
    found = share_out(Decimal(quantity), use=use, consumers=schools, usable=days * DAY)
    assert sum(share.quantity for share in found.shares) + found.left == quantity
    for share in found.shares:
        assert share.quantity <= share.consumer.people * use.daily * days
        assert share.days <= days


def test_a_code_says_its_level_its_class_and_what_stands_above() -> None:
    assert demand_shape("2 01 02 03") == "2010203"
    assert [level_of(code) for code in ("2000000", "2010000", "2010200", "2010203")] == [1, 2, 3, 4]
    assert [parent_of(code) for code in ("2000000", "2010000", "2010203")] == ["", "2000000", "2010200"]
    assert class_of("3010000") == "engineering"
    for wrong in ("4010203", "201020", "tents", ""):
        with pytest.raises(CodeRefused):
            demand_shape(wrong)


def test_the_code_whose_name_is_most_alike_is_proposed_within_the_class() -> None:
    codes = [("1010100", "棉帐篷"), ("1010200", "救灾帐篷"), ("2010100", "救灾帐篷架")]
    fit = best_fit("救灾帐篷", "basic", codes)
    assert fit is not None
    assert (fit.code, fit.likeness) == ("1010200", 1)
    assert best_fit("发电机", "equipment", codes) is None


def test_every_use_names_items_and_kinds_that_there_are() -> None:
    kinds = {choice.code for choice in content.registers()["organisation"].field("kind").choices}
    for use in content.uses():
        assert use.items <= set(content.items())
        assert use.kinds <= kinds
        assert use.daily > 0
