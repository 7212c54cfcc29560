"""Sheets as offices have them are read: titles on top, merged headings, encodings, dates and numbers of every kind."""

from __future__ import annotations

import zipfile
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from youbei import content
from youbei.engine.registers.parse import parse
from youbei.sheets.match import known_headings, match_columns, normal
from youbei.sheets.read import SheetRefused, Table, open_table
from youbei.sheets.write import columns_of, unguarded, write_csv, write_refused, write_workbook

TEAM = content.registers()["team"]
KNOWN = known_headings(TEAM)


def known(heading: str) -> bool:
    return normal(heading) in KNOWN


def workbook(tmp_path: Path, rows: list[list[Any]], *, merges: tuple[str, ...] = (), name: str = "t.xlsx") -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    for span in merges:
        sheet.merge_cells(span)
    path = tmp_path / name
    book.save(path)
    return path


def read(path: Path) -> Table:
    return open_table(path, path.name, known)


def test_headings_are_found_below_a_title_and_a_note(tmp_path: Path) -> None:
    path = workbook(
        tmp_path,
        [
            ["海州市应急队伍登记表", None, None],
            ["填表单位：市应急管理局", None, "2026 年 11 月"],
            ["编码", "名称", "现有人数"],
            ["t1", "危化一队", 30],
            [None, None, None],
            ["t2", "危化二队", "２５"],
        ],
        merges=("A1:C1",),
    )
    table = read(path)
    assert table.header.headings == ("编码", "名称", "现有人数")
    assert [(row.number, row.cells) for row in table.rows] == [
        (4, ("t1", "危化一队", 30)),
        (6, ("t2", "危化二队", "２５")),
    ]


def test_merged_groups_name_their_parts(tmp_path: Path) -> None:
    path = workbook(
        tmp_path,
        [["编码", "名称", "值守", None, "备注"], [None, None, "昼间", "夜间", None], ["t1", "队", "a", "b", "c"]],
        merges=("A1:A2", "B1:B2", "C1:D1", "E1:E2"),
    )
    table = read(path)
    assert table.header.headings == ("编码", "名称", "值守 昼间", "值守 夜间", "备注")
    assert next(table.rows).cells == ("t1", "队", "a", "b", "c")


def test_a_known_part_of_a_group_keeps_its_own_name(tmp_path: Path) -> None:
    path = workbook(
        tmp_path, [["编码", "人员", None], [None, "现有人数", "编制人数"], ["t1", 3, 5]], merges=("A1:A2", "B1:C1")
    )
    assert read(path).header.headings == ("编码", "现有人数", "编制人数")


def test_the_sheet_with_the_known_headings_is_taken(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    first = book.active
    assert first is not None
    first.append(["说明", "本表每季度更新"])
    second = book.create_sheet("队伍")
    second.append(["编码", "名称", "类别"])
    second.append(["t1", "队", "专业队伍"])
    hidden = book.create_sheet("旧")
    hidden.append(["编码", "名称", "类别", "状态"])
    hidden.sheet_state = "hidden"
    path = tmp_path / "several.xlsx"
    book.save(path)
    assert read(path).sheet == "队伍"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-32"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_text_is_read_in_the_encodings_of_offices(tmp_path: Path, encoding: str, delimiter: str) -> None:
    path = tmp_path / "t.csv"
    text = f"编码{delimiter}名称\r\nt1{delimiter}危化队𰻝\r\n"
    path.write_bytes(text.encode(encoding))
    table = read(path)
    assert table.header.headings == ("编码", "名称")
    assert next(table.rows).cells == ("t1", "危化队𰻝")


def test_dates_and_numbers_come_as_what_they_are(tmp_path: Path) -> None:
    path = workbook(
        tmp_path, [["编码", "名称", "组建日期"], [1001, "队", datetime(2020, 5, 1)], ["2", "队", "2020年5月1日"]]
    )
    rows = list(read(path).rows)
    founded = TEAM.field("established_on")
    assert [parse(founded, row.cells[2]) for row in rows] == [date(2020, 5, 1)] * 2
    assert parse(TEAM.field("code"), rows[0].cells[0]) == "1001"


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"PK\x03\x04 not really", "t.xlsx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "t.xls"),
        (b"just words", "t.xlsx"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(range(256)), "photo.csv"),
        (b"", "t.csv"),
        (b"one line without columns", "t.csv"),
    ],
)
def test_what_is_no_table_is_refused_with_what_to_do(tmp_path: Path, data: bytes, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(SheetRefused) as refused:
        list(read(path).rows)
    assert refused.value.text.zh
    assert any(word in str(refused.value) for word in ("save it", "Save it", "template"))


def test_a_workbook_with_a_password_is_told_from_a_damaged_one(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 2000 + "EncryptedPackage".encode("utf-16-le"))
    with pytest.raises(SheetRefused, match="remove the password") as refused:
        read(path)
    assert "密码" in refused.value.text.zh


def test_a_quote_that_is_never_closed_swallows_no_rows(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text('编码,名称\nt1,"危化\n一队"\nt2,3" 水带\nt3,"危化\nt4,五队\n', encoding="utf-8")
    with pytest.raises(SheetRefused, match=r"t3.*never closed"):
        list(read(path).rows)
    path.write_text('编码,名称\nt1,"危化\n一队"\nt2,3" 水带\n', encoding="utf-8")
    assert [row.cells for row in read(path).rows] == [("t1", "危化\n一队"), ("t2", '3" 水带')]


def test_headings_that_stand_there_twice_can_be_told_apart(tmp_path: Path) -> None:
    table = read(workbook(tmp_path, [["编码", "名称", "数量", "数量"], ["t1", "队", 1, 2]]))
    assert table.header.headings == ("编码", "名称", "数量", "数量 #2")
    assert [match.field for match in match_columns(content.registers()["lot"], ["编码", "数量", "数量 #2"])] == [
        "code",
        "quantity",
        "",
    ]


def test_a_file_that_unpacks_to_far_too_much_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 200_000_000)
    with pytest.raises(SheetRefused, match="unpacks"):
        read(path)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=400), st.sampled_from(["t.xlsx", "t.csv", "t"]))
def test_no_bytes_break_the_reader(tmp_path: Path, data: bytes, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with suppress(SheetRefused):
        list(read(path).rows)


def test_columns_are_matched_by_name_by_likeness_and_as_remembered() -> None:
    matches = match_columns(TEAM, ["编码*", "番号（全称）", "现有 人数(人)", "承诺出动时间（分钟）", "天气", "Leader"])
    assert [match.field for match in matches] == ["code", "", "strength", "turn_out_min", "", "leader"]
    again = match_columns(TEAM, ["编码*", "番号（全称）"], {"番号（全称）": "name_zh"})
    assert [(match.field, match.why) for match in again] == [("code", "name"), ("name_zh", "remembered")]
    like = match_columns(TEAM, ["承诺的出动时间"])[0]
    assert (like.field, like.why) == ("turn_out_min", "likeness")


def test_a_heading_may_say_what_the_sheet_is_about() -> None:
    matches = match_columns(TEAM, ["队伍编码", "队伍名称（全称）", "队伍"])
    assert [(match.field, match.why) for match in matches] == [("code", "name"), ("name_zh", "name"), ("", "")]


def test_a_list_of_staff_is_understood_as_offices_head_it() -> None:
    matches = match_columns(content.registers()["person"], ["工号", "姓名", "单位", "手机号", "身份证号", "职务"])
    fields = [match.field for match in matches]
    assert fields == ["code", "name_zh", "organisation", "phone", "id_number", "title"]


def test_a_field_is_taken_by_one_column_only() -> None:
    matches = match_columns(TEAM, ["名称", "名称", "Name"])
    assert [match.field for match in matches].count("name_zh") == 1


@pytest.mark.parametrize("register", content.registers().values(), ids=content.registers().keys())
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_template_is_matched_whole(tmp_path: Path, register: Any, language: str) -> None:
    path = tmp_path / "template.xlsx"
    write_workbook(path, register, [], language=language)
    known_here = known_headings(register)
    table = open_table(path, path.name, lambda heading: normal(heading) in known_here)
    matches = match_columns(register, table.header.headings)
    assert [match.field for match in matches] == [field.name for field in columns_of(register)]
    assert {match.score for match in matches} == {1.0}


HARMFUL = ['=HYPERLINK("http://x")', "+1+1", "-2+3", "@SUM(A1)", "=1", "'quoted", "plain", "-5"]
HARMFUL += ["＝1+1", "－5℃冷库", "'=1", "''+1", "'", "''", "'-5", "a,b", 'a"b', "=cmd|' /C calc'!A0"]


@pytest.mark.parametrize("text", HARMFUL)
def test_no_text_becomes_a_formula_and_all_come_back(tmp_path: Path, text: str) -> None:
    record = {field.name: None for field in TEAM.fields} | {"code": "t1", "name_zh": text}
    path = tmp_path / "out.csv"
    path.write_text("".join(write_csv(TEAM, [record], language="zh")), encoding="utf-8", newline="")
    if text[0] in "=+@＝－" or text == "-2+3":
        assert f"'{text.replace(chr(34), chr(34) * 2)}" in path.read_text(encoding="utf-8")
    assert unguarded(next(read(path).rows).cells[1]) == text
    book = tmp_path / "out.xlsx"
    write_workbook(book, TEAM, [record], language="zh")
    assert unguarded(next(read(book).rows).cells[1]) == text
    write_refused(tmp_path / "refused.xlsx", ["编码", "名称"], [(["t1", text], {1: "?"}, "?")], language="zh")
    assert unguarded(next(read(tmp_path / "refused.xlsx").rows).cells[1]) == text
    cell = openpyxl.load_workbook(book).worksheets[0]["B2"]
    assert cell.data_type == "s"


def test_refused_rows_come_back_as_they_came_with_what_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "refused.xlsx"
    write_refused(path, ["编码", "名称"], [(["t1", "=x"], {1: "太怪"}, "名称：太怪")], language="zh")
    sheet = openpyxl.load_workbook(path).worksheets[0]
    assert [cell.value for cell in sheet[2]] == ["t1", "=x", "名称：太怪"]
    assert sheet["B2"].comment is not None
    assert [match.field for match in match_columns(TEAM, read(path).header.headings)] == ["code", "name_zh", ""]
