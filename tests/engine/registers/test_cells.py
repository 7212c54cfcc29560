"""What people write into cells is read for what they mean, or refused with what to write instead."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from youbei.engine.registers.field import Field, FieldKind, choices
from youbei.engine.registers.parse import CellRefused, parse
from youbei.engine.registers.write import write
from youbei.engine.text import Text

SHANGHAI = timezone(timedelta(hours=8))
KINDS = choices(shelter=("避难场所", "Shelter"), store=("仓库", "Store"))


def field(kind: FieldKind, **more: Any) -> Field:
    return Field("x", Text("栏", "Column"), kind, **more)


@pytest.mark.parametrize(
    ("cell", "meant"),
    [
        ("2026-11-25", date(2026, 11, 25)),
        ("2026/11/5", date(2026, 11, 5)),
        ("2026.11.25", date(2026, 11, 25)),
        ("2026年11月25日", date(2026, 11, 25)),
        ("２０２６年１１月２５日", date(2026, 11, 25)),
        ("2026 年 11 月 25 号", date(2026, 11, 25)),
        ("2026.11.25.", date(2026, 11, 25)),
        ("2026-11-25 8：30", date(2026, 11, 25)),
        ("1969-07-20", date(1969, 7, 20)),
        ("2101年1月1日", date(2101, 1, 1)),
        ("20261125", date(2026, 11, 25)),
        (20261125, date(2026, 11, 25)),
        (46351, date(2026, 11, 25)),
        ("46351", date(2026, 11, 25)),
        (46351.0, date(2026, 11, 25)),
        (datetime(2026, 11, 25, 8, 30), date(2026, 11, 25)),
        ("2026-11-25 08:30", date(2026, 11, 25)),
    ],
)
def test_a_day_is_read_however_it_is_written(cell: Any, meant: date) -> None:
    assert parse(field(FieldKind.DATE), cell) == meant


@pytest.mark.parametrize(
    "cell",
    ["soon", "2026-13-01", "2026-02-30", "2026-11", True, "25/11/2026 at noon", 2026, 202611, "2026年11月", 1, -5],
)
def test_what_is_no_day_is_refused_with_how_to_write_one(cell: Any) -> None:
    with pytest.raises(CellRefused, match="2026-11-25"):
        parse(field(FieldKind.DATE), cell)


@pytest.mark.parametrize("cell", ["#REF!", "#N/A", "#div/0!", "#FORMULA?", "#######"])
@pytest.mark.parametrize("kind", list(FieldKind))
def test_what_excel_put_in_place_of_a_value_is_refused_and_never_taken_for_nothing(kind: FieldKind, cell: str) -> None:
    with pytest.raises(CellRefused, match=r"of Excel|never calculated|too narrow") as refused:
        parse(field(kind, choices=KINDS), cell)
    assert refused.value.text.zh


@pytest.mark.parametrize("cell", ["1.38E+10", "8.6138e+12", "3.2E+17", 3.2070019900101e17])
@pytest.mark.parametrize("kind", [FieldKind.PHONE, FieldKind.TEXT, FieldKind.CODE, FieldKind.REFERENCE])
def test_a_number_whose_digits_are_lost_is_no_telephone_number_and_no_code(kind: FieldKind, cell: Any) -> None:
    with pytest.raises(CellRefused, match="whole number again"):
        parse(field(kind), cell)


@pytest.mark.parametrize(
    ("kind", "cell", "meant"),
    [
        (FieldKind.PHONE, 13800000000.0, "13800000000"),
        (FieldKind.PHONE, "１３８００００００００", "13800000000"),
        (FieldKind.PHONE, "0518-81234567、13800000000", "0518-81234567、13800000000"),
        (FieldKind.CODE, "007", "007"),
        (FieldKind.CODE, "Ａ－１＿２．３", "a-1_2.3"),
        (FieldKind.TEXT, "#3 泵房", "#3 泵房"),
        (FieldKind.TEXT, "E+10", "E+10"),
        (FieldKind.DECIMAL, "1.5E+3", Decimal(1500)),
        (FieldKind.DECIMAL, "-0", Decimal(0)),
    ],
)
def test_numbers_marks_and_widths_of_offices_are_understood(kind: FieldKind, cell: Any, meant: Any) -> None:
    assert str(parse(field(kind), cell)) == str(meant)


def test_a_time_without_a_zone_is_taken_in_the_zone_of_the_sheet() -> None:
    meant = datetime(2026, 11, 25, 0, 30, tzinfo=UTC)
    assert parse(field(FieldKind.MOMENT), "2026年11月25日 8:30", SHANGHAI) == meant
    assert parse(field(FieldKind.MOMENT), "2026-11-25T00:30:00Z", SHANGHAI) == meant
    assert parse(field(FieldKind.MOMENT), 46351 + 8.5 / 24, SHANGHAI) == meant


@pytest.mark.parametrize(
    ("cell", "meant"),
    [
        ("1,200", "1200"),
        ("１２００", "1200"),
        (1200.0, "1200"),
        ("12.50", "12.5"),
        ("30 人", "30"),
        (0.1 + 0.2, "0.3"),
        ("－5", "-5"),
    ],
)
def test_a_number_is_read_however_it_is_written(cell: Any, meant: str) -> None:
    assert parse(field(FieldKind.DECIMAL, unit=Text("人", "people")), cell) == Decimal(meant)


@pytest.mark.parametrize("cell", ["many", "1.5.2", "12 apples", True, "1e999999999", "inf"])
def test_what_is_no_number_is_refused(cell: Any) -> None:
    with pytest.raises(CellRefused):
        parse(field(FieldKind.DECIMAL), cell)


def test_bounds_whole_numbers_and_places_are_kept() -> None:
    with pytest.raises(CellRefused, match="cannot be less than 0"):
        parse(field(FieldKind.INTEGER, least=Decimal(0)), -1)
    with pytest.raises(CellRefused, match="whole number"):
        parse(field(FieldKind.INTEGER), "1.5")
    with pytest.raises(CellRefused, match="three decimal places"):
        parse(field(FieldKind.DECIMAL), "1.2345")


def test_a_choice_is_read_by_its_code_and_by_its_title_in_either_language() -> None:
    for cell in ("store", "STORE", "仓库", " Store "):
        assert parse(field(FieldKind.CHOICE, choices=KINDS), cell) == "store"
    with pytest.raises(CellRefused, match="Choose from: Shelter, Store"):
        parse(field(FieldKind.CHOICE, choices=KINDS), "Barn")


def test_capabilities_are_read_with_their_types() -> None:
    able = field(FieldKind.GRADES, choices=choices(hazmat=("危化品处置", "Hazmat"), medical=("医疗救护", "Medical")))
    assert parse(able, "危化品处置：1；medical:2") == {"hazmat": 1, "medical": 2}
    assert parse(able, "hazmat") == {"hazmat": 4}
    with pytest.raises(CellRefused, match="1 to 4"):
        parse(able, "hazmat:7")


@pytest.mark.parametrize("cell", ["34°36′4.32″N", "34.6012", 34.6012, "北34.6012°"])
def test_degrees_are_read_in_both_ways_of_writing(cell: Any) -> None:
    assert parse(field(FieldKind.LATITUDE), cell) == pytest.approx(34.6012)


def test_degrees_off_the_earth_are_refused() -> None:
    with pytest.raises(CellRefused, match="-90 to 90"):
        parse(field(FieldKind.LATITUDE), 119.22)


@pytest.mark.parametrize("cell", ["", None, "  ", "—", "N/A", "/", float("nan"), "\u3000"])
def test_an_empty_cell_says_nothing_and_is_refused_only_where_something_must_stand(cell: Any) -> None:
    assert parse(field(FieldKind.TEXT), cell) is None
    with pytest.raises(CellRefused, match="required"):
        parse(field(FieldKind.TEXT, is_required=True), cell)


@pytest.mark.parametrize(
    "cell",
    [
        '{"type":"Point"}',
        '{"type":"Circle","coordinates":[1,2]}',
        "[]x",
        '{"type":"Point","coordinates":[500,2]}',
        "{" * 5000,
    ],
)
def test_a_geometry_that_is_none_is_refused(cell: str) -> None:
    with pytest.raises(CellRefused):
        parse(field(FieldKind.GEOMETRY), cell)


VALUES = {
    FieldKind.TEXT: st.text(
        st.characters(whitelist_categories=("L", "N"), max_codepoint=0x9FFF), min_size=3, max_size=20
    ),
    FieldKind.INTEGER: st.integers(-(10**9), 10**9),
    FieldKind.DECIMAL: st.decimals(-(10**9), 10**9, places=3),
    FieldKind.DATE: st.dates(date(1900, 3, 1), date(2200, 1, 1)),
    FieldKind.MOMENT: st.datetimes(datetime(1901, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)),
    FieldKind.FLAG: st.booleans(),
    FieldKind.CHOICE: st.sampled_from(["shelter", "store"]),
    FieldKind.CHOICES: st.lists(st.sampled_from(["shelter", "store"]), min_size=1, unique=True).map(tuple),
    FieldKind.GRADES: st.dictionaries(st.sampled_from(["shelter", "store"]), st.integers(1, 4), min_size=1),
    FieldKind.LATITUDE: st.floats(-90, 90).map(lambda value: round(value, 7)),
    FieldKind.LONGITUDE: st.floats(-180, 180).map(lambda value: round(value, 7)),
}


@given(st.data(), st.sampled_from(sorted(VALUES)), st.sampled_from(["zh", "en"]))
def test_what_is_written_is_read_back(data: st.DataObject, kind: FieldKind, language: str) -> None:
    one = field(kind, choices=KINDS)
    value = data.draw(VALUES[kind])
    if kind is FieldKind.TEXT:
        value = parse(one, value)
    assert parse(one, write(one, value, language, SHANGHAI), SHANGHAI) == value


@given(
    st.sampled_from(sorted(FieldKind)),
    st.one_of(st.text(max_size=60), st.floats(), st.integers(), st.binary(max_size=8)),
)
def test_no_cell_breaks_the_reader(kind: FieldKind, cell: Any) -> None:
    with suppress(CellRefused):
        parse(field(kind, choices=KINDS), cell)
