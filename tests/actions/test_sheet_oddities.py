"""Sheets as offices have them: digits that were to stay, days counted from 1904, remarks and sums below the table."""

from __future__ import annotations

from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900

from youbei import content
from youbei.actions import jobs
from youbei.actions.registers.save import save_record
from youbei.actions.sheets import reading
from youbei.actions.sheets.exporting import export_register
from youbei.actions.sheets.lines import Line
from youbei.actions.sheets.notes import is_note
from youbei.actions.sheets.upload import apply_import, check_import, upload_sheet
from youbei.records.models import Organisation, Person, Qualification, SheetImport, Team
from youbei.records.registers.filters import ALL

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 26, 8, tzinfo=UTC)
REGISTERS = content.registers()
PEOPLE = "编码,姓名,所属单位,电话,备注"


@pytest.fixture(autouse=True)
def north(tmp_path: Path, settings: Any) -> Organisation:
    settings.DATA = tmp_path
    made: Organisation = save("organisation", code="north", name_zh="北安县", kind="government")
    return made


def save(name: str, **values: Any) -> Any:
    return save_record(register=REGISTERS[name], values=values, by=None, now=NOW)


def checked(data: bytes, register: str, name: str) -> SheetImport:
    sheet = upload_sheet(register=REGISTERS[register], name=name, chunks=[data], by=None, now=NOW, language="zh-hans")
    jobs.run_to_the_end(check_import(sheet=sheet, matches=sheet.matches, by=None, now=NOW).job_id or 0)
    return SheetImport.objects.get(pk=sheet.pk)


def applied(data: bytes, register: str, name: str) -> SheetImport:
    sheet = checked(data, register, name)
    jobs.run_to_the_end(apply_import(sheet=sheet, by=None, now=NOW).job_id or 0)
    return SheetImport.objects.get(pk=sheet.pk)


def test_digits_that_were_to_stay_as_they_are_do(north: Organisation) -> None:
    rows = [
        PEOPLE,
        'p1,甲,north,"=""0518-5551234""",',
        "p2,乙,north,'0518-5551235,'07 号",
        'p3,丙,north,="13800000000",',
    ]
    assert applied("\r\n".join(rows).encode("gb18030"), "person", "人员.csv").added == 3
    found = {row.code: (row.phone, row.remarks) for row in Person.objects.all()}
    assert found == {
        "p1": ("0518-5551234", ""),
        "p2": ("0518-5551235", "07 号"),
        "p3": ("13800000000", ""),
    }


@pytest.mark.parametrize("text", ["'07 号", "''07", "'=1", '="07"', "'", "'a", "'－1"])
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_text_that_looks_like_that_comes_back_as_it_was(north: Organisation, text: str, form: str) -> None:
    save(
        "team",
        code="t1",
        name_zh="队",
        organisation="north",
        kind="volunteer",
        turn_out_min=5,
        lat=34,
        lon=119,
        remarks=text,
    )
    made = export_register(register=REGISTERS["team"], filters=ALL, form=form, by=None, now=NOW, language="zh-hans")
    sheet = checked(b"".join(made.content), "team", f"t.{form}")
    assert (sheet.unchanged, sheet.changed, sheet.refused) == (1, 0, 0)


@pytest.mark.parametrize(
    ("epoch", "issued"), [(CALENDAR_WINDOWS_1900, date(2022, 1, 1)), (CALENDAR_MAC_1904, date(2026, 1, 2))]
)
def test_bare_numbers_are_counted_from_where_the_workbook_counts(
    north: Organisation, epoch: datetime, issued: date
) -> None:
    for number in (1, 2):
        save("person", code=f"p{number}", name_zh="甲", organisation="north")
    book = openpyxl.Workbook()
    book.epoch = epoch
    page = book.active
    assert page is not None
    page.append(["人员编码", "证书种类", "发证日期", "有效期至"])
    page.append(["p1", "急救员证", 44562, datetime(2027, 3, 1)])
    page.append(["p2", "急救员证", "44562", "长期"])
    file = BytesIO()
    book.save(file)
    assert applied(file.getvalue(), "qualification", "证书.xlsx").added == 2
    found = {row.person.code: (row.issued_on, row.expires_on) for row in Qualification.objects.all()}
    assert found == {"p1": (issued, date(2027, 3, 1)), "p2": (issued, None)}


def test_what_is_no_record_is_passed_over_and_named(north: Organisation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "AT_ONCE", 2)
    rows = [
        "队伍编码,队伍名称,所属单位,类别,承诺出动时间（分钟）,北纬,东经",
        "必填,必填,必填,必填,选填,,",
        "例：a-1,示例队伍,north,专业,5,34.6,119.2",
        "t1,一队,north,专业,5,34.6,119.2",
        ",,,,,,",
        "合计,,,,5,,",
        "t2,二队,north,社会志愿,5,34.6,119.2",
        "备注：以上队伍均已核实,,,,,,",
        "填表人：张三,,,审核人：李四,,,",
        "total,三队,north,volunteer,5,34.6,119.2",
        "随便写的一句话,,,,,,",
    ]
    sheet = applied("\n".join(rows).encode(), "team", "t.csv")
    assert (sheet.added, sheet.refused, sheet.rows) == (3, 1, 4)
    assert set(Team.objects.values_list("code", "kind")) == {
        ("t1", "professional"),
        ("t2", "volunteer"),
        ("total", "volunteer"),
    }
    assert sheet.samples["note_count"] == 5
    assert [number for number, _ in sheet.samples["notes"]] == [2, 3, 6, 8, 9]
    assert sheet.samples["notes"][3][1] == "备注：以上队伍均已核实"


def test_an_empty_row_and_a_whole_record_are_no_note() -> None:
    positions = {"code": 0, "name_zh": 1}
    assert not is_note(REGISTERS["team"], Line(2, (None, "")), positions)
    assert not is_note(REGISTERS["team"], Line(2, ("total", "合计队")), positions)
    assert is_note(REGISTERS["team"], Line(2, ("合计", 3)), {"code": 0, "strength": 1, "name_zh": 0}) is False
    assert is_note(REGISTERS["team"], Line(2, ("合计", None)), positions)
