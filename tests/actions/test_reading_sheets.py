"""A sheet is read in slices: with progress, with a stop between them, and whole again after a worker was killed."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from youbei import content
from youbei.actions import jobs
from youbei.actions.registers.save import save_record
from youbei.actions.sheets import reading
from youbei.actions.sheets.lines import depths, read_lines
from youbei.actions.sheets.upload import apply_import, cancel_import, check_import, upload_sheet
from youbei.records.models import Job, Organisation, SheetImport, Team

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 26, 8, tzinfo=UTC)
REGISTERS = content.registers()
HEAD = "编码,名称,所属单位,类别,承诺出动时间,纬度,经度"


@pytest.fixture(autouse=True)
def north(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: Any) -> Organisation:
    settings.DATA = tmp_path
    monkeypatch.setattr(reading, "AT_ONCE", 3)
    made: Organisation = save_record(
        register=REGISTERS["organisation"], by=None, now=NOW,
        values={"code": "north", "name_zh": "北安县", "kind": "government"},
    )  # fmt: skip
    return made


def team(number: int) -> str:
    return f"t{number},第{number}队,north,volunteer,5,34.6,119.2"


def checking(text: str, register: str = "team") -> SheetImport:
    sheet = upload_sheet(
        register=REGISTERS[register], name="t.csv", chunks=[text.encode()], by=None, now=NOW, language="zh-hans"
    )
    return check_import(sheet=sheet, matches=sheet.matches, by=None, now=NOW)


def job_of(sheet: SheetImport) -> Job:
    return Job.objects.get(pk=sheet.job_id)


def numbers(sheet: SheetImport) -> list[Any]:
    return [line.number for line, _ in read_lines(sheet, 0)]


def test_every_slice_says_how_many_rows_were_read() -> None:
    sheet = checking("\n".join([HEAD, *map(team, range(7))]))
    seen = []
    while not jobs.one_slice(sheet.job_id or 0):
        job = job_of(sheet)
        seen.append((job.done, job.total))
    assert seen == [(3, 0), (6, 0), (7, 0), (0, 7)]
    sheet.refresh_from_db()
    assert (sheet.rows, sheet.added, sheet.refused, sheet.stage) == (7, 7, 0, "checked")
    assert not reading.OPEN


def test_a_sheet_that_ends_with_a_slice_is_whole() -> None:
    sheet = checking("\n".join([HEAD, *map(team, range(6))]))
    assert jobs.run_to_the_end(sheet.job_id or 0).status == "done"
    assert numbers(sheet) == [2, 3, 4, 5, 6, 7]


@pytest.mark.parametrize("killed_after", [1, 2, 3])
def test_another_process_goes_on_where_one_was_killed(killed_after: int) -> None:
    twice = [team(1), team(2), team(3), team(4), team(1), team(5), team(2), team(6)]
    sheet = checking("\n".join([HEAD, *twice]))
    for _ in range(killed_after):
        assert not jobs.one_slice(sheet.job_id or 0)
    reading.OPEN.clear()
    assert jobs.run_to_the_end(sheet.job_id or 0).status == "done"
    sheet.refresh_from_db()
    assert numbers(sheet) == list(range(2, 10))
    assert [line.same_as for line, _ in read_lines(sheet, 0)] == [None] * 4 + [2, None, 3, None]
    assert (sheet.added, sheet.refused) == (6, 2)


def test_a_slice_that_is_done_again_leaves_no_row_twice() -> None:
    sheet = checking("\n".join([HEAD, *map(team, range(7))]))
    assert not jobs.one_slice(sheet.job_id or 0)
    state = job_of(sheet).state
    assert not jobs.one_slice(sheet.job_id or 0)
    Job.objects.filter(pk=sheet.job_id).update(state=state)  # as if that slice had been rolled back
    assert jobs.run_to_the_end(sheet.job_id or 0).status == "done"
    assert numbers(sheet) == list(range(2, 9))


def test_reading_can_be_stopped_and_begun_again() -> None:
    sheet = checking("\n".join([HEAD, *map(team, range(7))]))
    assert not jobs.one_slice(sheet.job_id or 0)
    cancel_import(sheet=sheet)
    assert jobs.run_to_the_end(sheet.job_id or 0).status == "cancelled"
    assert not reading.OPEN
    sheet.refresh_from_db()
    assert sheet.stage == "uploaded"
    again = check_import(sheet=sheet, matches=sheet.matches, by=None, now=NOW)
    assert jobs.run_to_the_end(again.job_id or 0).status == "done"
    assert jobs.run_to_the_end(apply_import(sheet=again, by=None, now=NOW).job_id or 0).status == "done"
    assert Team.objects.count() == 7


def test_superiors_come_first_however_far_down_they_stand() -> None:
    units = [
        "编码,名称,类别,上级单位",
        "d,丁,bureau,c",
        "c,丙,bureau,b",
        "b,乙,bureau,a",
        "x,戊,bureau,north",
        "a,甲,bureau,north",
    ]
    sheet = checking("\n".join(units), "organisation")
    assert jobs.run_to_the_end(sheet.job_id or 0).status == "done"
    assert [line.cells[0] for line, _ in read_lines(sheet, 0)] == ["x", "a", "b", "c", "d"]
    sheet.refresh_from_db()
    assert (sheet.added, sheet.refused) == (5, 0)
    assert jobs.run_to_the_end(apply_import(sheet=sheet, by=None, now=NOW).job_id or 0).status == "done"
    assert Organisation.objects.get(code="d").path.count("/") == 6


def test_damage_further_down_ends_the_check_with_a_sentence() -> None:
    rows = [*map(team, range(40)), 't9,"' + "长" * ((1 << 20) + 1)]
    sheet = checking("\n".join([HEAD, *rows]))
    job = jobs.run_to_the_end(sheet.job_id or 0)
    assert (job.status, job.attempts) == ("failed", 1)
    assert "Save it in Excel" in job.problem_en
    assert not reading.OPEN


def test_superiors_that_form_a_circle_are_named_by_the_check_already() -> None:
    rows = ["a,甲,bureau,north", "b,乙,bureau,c", "c,丙,bureau,b", "d,丁,bureau,c", "e,戊,bureau,e", "f,己,bureau,a"]
    sheet = checking("\n".join(["编码,名称,类别,上级单位", *rows]), "organisation")
    assert jobs.run_to_the_end(sheet.job_id or 0).status == "done"
    sheet.refresh_from_db()
    assert (sheet.added, sheet.refused) == (2, 4)
    assert all("circle" in one["problems"][0][2] for one in sheet.samples["refused"])
    assert jobs.run_to_the_end(apply_import(sheet=sheet, by=None, now=NOW).job_id or 0).status == "done"
    sheet.refresh_from_db()
    assert (sheet.added, sheet.refused) == (2, 4)


@pytest.mark.parametrize("last", ["", "n0"])
def test_a_very_deep_tree_and_a_very_wide_circle_are_ordered_at_once(last: str) -> None:
    count = 50_000
    above = {f"n{n}": f"n{n + 1}" for n in range(count - 1)} | {f"n{count - 1}": last}
    found = depths(above)
    assert found["n0"] == (count if last else count - 1)
    assert found[f"n{count - 1}"] == (count if last else 0)
