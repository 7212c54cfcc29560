"""Claims about packs: what is written in them is reckoned exactly, and a unit that an item does not have is refused."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from youbei.engine.registers.packs import (
    Measured,
    NotEven,
    Pack,
    PacksRefused,
    Units,
    UnitUnknown,
    demand_packs,
    in_units,
    in_words,
    read_measured,
    read_packs,
    write_packs,
)
from youbei.engine.text import Text

WATER = Units(Text("瓶", "bottle"), read_packs("箱/box=24; 托/pallet=480"))


@pytest.mark.parametrize(
    ("said", "quantity", "words"),
    [
        ("3 箱", 72, "3 箱 = 72 瓶"),
        ("3箱", 72, "3 箱 = 72 瓶"),
        ("3 boxes", 72, "3 boxes = 72 bottle"),
        ("1 Box", 24, "1 Box = 24 bottle"),
        ("2 pallets 1 box 5 bottles", 989, "2 pallets 1 box 5 bottles = 989 bottle"),
        ("2托1箱5瓶", 989, "2 托 1 箱 5 瓶 = 989 瓶"),
        ("1,200 瓶", 1200, ""),
        ("0.5 箱", 12, "0.5 箱 = 12 瓶"),
        ("0 箱", 0, "0 箱 = 0 瓶"),
    ],
)
def test_a_quantity_in_packs_is_reckoned_in_the_unit_of_the_item(said: str, quantity: int, words: str) -> None:
    measured = read_measured(said)
    assert measured is not None
    assert in_units(measured, WATER) == quantity
    assert in_words(measured, Decimal(quantity), WATER) == words


@pytest.mark.parametrize(
    "text", ["", "3", "-3 箱", "箱", "3 箱 5", "1e4", "3+4 箱", "1,20 箱", "NaN 箱", "3.. 箱", "3 箱;"]
)
def test_what_is_no_quantity_with_a_unit_is_read_as_none(text: str) -> None:
    assert read_measured(text) is None


def test_an_unknown_unit_is_refused_with_those_that_are_known() -> None:
    measured = read_measured("3 盒")
    assert measured is not None
    with pytest.raises(UnitUnknown) as refusal:
        in_units(measured, WATER)
    assert "瓶/bottle、箱/box (= 24)、托/pallet (= 480)" in refusal.value.text.zh
    assert "瓶/bottle, 箱/box (= 24), 托/pallet (= 480)" in refusal.value.text.en


def test_what_does_not_come_out_in_thousandths_is_refused_and_nothing_is_rounded() -> None:
    bags = Units(Text("吨", "tonne"), read_packs("袋/bag=0.0255"))
    assert in_units(Measured(((Decimal(2), "袋"),)), bags) == Decimal("0.051")
    with pytest.raises(NotEven, match=r"0\.0255"):
        in_units(Measured(((Decimal(1), "bag"),)), bags)


@pytest.mark.parametrize(
    "text",
    ["箱", "箱=", "=24", "箱=0", "箱=-1", "箱=NaN", "箱=1e9", "箱=两打", "箱=24=2", "2箱=4", "箱=24;箱=12", "a/A=2",
     "x" * 21 + "=2", "箱=0.0000001", ";".join(f"p{chr(97 + n)}=2" for n in range(13))],
)  # fmt: skip
def test_packs_that_cannot_be_read_are_refused_with_how_to_write_them(text: str) -> None:
    with pytest.raises(PacksRefused):
        read_packs(text)


def test_a_pack_is_not_called_like_the_unit() -> None:
    with pytest.raises(PacksRefused, match="unit itself"):
        demand_packs(read_packs("bottles=6"), Text("瓶", "bottle"))


def test_full_width_marks_are_read_and_what_is_written_reads_back() -> None:
    packs = read_packs("箱／box＝24；托=480")
    assert packs == (Pack(("箱", "box"), Decimal(24)), Pack(("托",), Decimal(480)))
    assert write_packs(packs) == "箱/box=24; 托=480"
    assert read_packs("") == ()


@given(st.lists(st.decimals("0.000001", 1_000_000, places=6), min_size=1, max_size=12))
def test_packs_come_back_as_they_were(numbers: list[Decimal]) -> None:
    packs = tuple(Pack((f"包{chr(97 + at)}",), number) for at, number in enumerate(numbers))
    assert read_packs(write_packs(packs)) == packs


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_multiplying_is_exact(number: int, holds: int) -> None:
    units = Units(Text("个"), (Pack(("箱",), Decimal(holds)),))
    assert in_units(Measured(((Decimal(number), "箱"),)), units) == number * holds


def test_units_are_registered_as_many_or_as_one_and_written_either_way() -> None:
    units = Units(Text("瓶", "bottles"), read_packs("box=24; 托/trays=6; baby=2"))
    for said, quantity in {"1 bottle": 1, "2 Bottles": 2, "2 boxes": 48, "1 tray": 6, "3 babies": 6}.items():
        measured = read_measured(said)
        assert measured is not None
        assert in_units(measured, units) == quantity, said
