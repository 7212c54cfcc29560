"""Sheets go into registers and come out again: checked first, row by row, undone as a whole, the same both ways."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.built_once import built_once
from youbei import content
from youbei.actions import jobs
from youbei.actions.access import create_user, give_grant
from youbei.actions.registers.save import save_record
from youbei.actions.sheets.exporting import ExportRefused, export_register, refused_sheet
from youbei.actions.sheets.upload import (
    ImportRefused,
    apply_import,
    cancel_import,
    check_import,
    choose_sheet,
    other_sheets,
    undo_import,
    upload_sheet,
)
from youbei.engine.access import Role
from youbei.engine.errors import NotAllowed
from youbei.engine.registers.field import Field, FieldKind
from youbei.engine.registers.parse import parse
from youbei.engine.registers.register import Register
from youbei.engine.registers.write import write
from youbei.records.models import (
    Job,
    LogEntry,
    Organisation,
    Person,
    RecordChange,
    SheetImport,
    Team,
    TeamCapability,
    TeamReview,
    User,
)
from youbei.records.registers.tables import model_of
from youbei.records.registers.values import values_of
from youbei.sheets.read import SheetRefused

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)
REGISTERS = content.registers()
HEAD = ["编码", "名称", "所属单位", "类别", "承诺出动时间", "纬度", "经度", "现有人数", "能力"]
GOOD = ["t1", "危化一队", "north", "专业队伍", 2.5, 34.6, 119.2, "３０", "抢险救援:1"]


@pytest.fixture(autouse=True)
def kept_in(tmp_path: Path, settings: Any) -> None:
    settings.DATA = tmp_path


def save(name: str, **values: Any) -> Any:
    return save_record(register=REGISTERS[name], values=values, by=None, now=NOW)


@built_once
def north() -> Organisation:
    save("organisation", code="city", name_zh="市", kind="government")
    save("organisation", code="south", name_zh="南县", kind="government", parent="city")
    unit: Organisation = save("organisation", code="north", name_zh="北县", kind="government", parent="city")
    return unit


def keeper_of(unit: Organisation, name: str = "keeper", role: Role = Role.REGISTRAR) -> User:
    user = create_user(by=None, now=NOW, username=name, password="long enough for anybody")
    give_grant(by=None, now=NOW, user=user, role=role, organisation=unit)
    return user


def sheet_of(
    rows: list[list[Any]], register: str = "team", by: User | None = None, name: str = "t.xlsx"
) -> SheetImport:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for row in rows:
        page.append(row)
    file = BytesIO()
    book.save(file)
    return upload(file.getvalue(), register, by, name)


def upload(data: bytes, register: str, by: User | None = None, name: str = "t.xlsx") -> SheetImport:
    return upload_sheet(register=REGISTERS[register], name=name, chunks=[data], by=by, now=NOW, language="zh-hans")


def checked(sheet: SheetImport, by: User | None = None) -> SheetImport:
    return done(check_import(sheet=sheet, matches=sheet.matches, by=by, now=NOW))


def applied(sheet: SheetImport, by: User | None = None) -> SheetImport:
    return done(apply_import(sheet=sheet, by=by, now=NOW))


def done(sheet: SheetImport) -> SheetImport:
    assert sheet.job_id is not None
    job = jobs.run_to_the_end(sheet.job_id)
    assert job.status == Job.Status.DONE, (job.problem_en, job.status)
    return SheetImport.objects.get(pk=sheet.pk)


def counts(sheet: SheetImport) -> tuple[int, int, int, int]:
    return (sheet.added, sheet.changed, sheet.unchanged, sheet.refused)


def test_the_check_counts_what_would_happen_and_writes_nothing(north: Organisation) -> None:
    save("team", code="t0", name_zh="旧队", organisation="north", kind="volunteer", turn_out_min=5, lat=34.6, lon=119.2)
    sheet = checked(
        sheet_of(
            [
                HEAD,
                GOOD,
                ["t0", "旧队", "北县", "volunteer", 5, 34.6, 119.2, 12, None],
                ["t2", "", "north", "Dragons", "soon", 34.6, 119.2, "many", "flying:9"],
                ["t1", "重复", *GOOD[2:]],
                ["t3", "外地队", "nowhere", *GOOD[3:]],
            ]
        )
    )
    assert counts(sheet) == (1, 1, 0, 3)
    assert Team.objects.count() == 1
    problems = {row["number"]: [name for name, _, _ in row["problems"]] for row in sheet.samples["refused"]}
    assert problems == {
        4: ["name_zh", "kind", "turn_out_min", "strength", "capabilities"],
        5: [""],
        6: ["organisation"],
    }
    assert sheet.samples["changed"][0]["after"] == {"strength": 12}


def test_good_rows_are_taken_and_the_others_come_back_as_a_sheet_to_correct(north: Organisation) -> None:
    sheet = checked(sheet_of([HEAD, GOOD, ["t2", "二队", "north", "Dragons", *GOOD[4:]]]))
    with pytest.raises(ImportRefused, match="1 rows must be corrected"):
        apply_import(sheet=sheet, by=None, now=NOW, only_good=False)
    sheet = applied(sheet)
    assert counts(sheet) == (1, 0, 0, 1)
    team = Team.objects.get()
    assert (team.code, team.strength, team.turn_out_s, team.org_path) == ("t1", 30, 150, north.path)
    assert TeamCapability.objects.get().capability.code == "rescue"
    page = openpyxl.load_workbook(BytesIO(refused_sheet(sheet, "zh-hans"))).worksheets[0]
    assert page["D2"].comment is not None
    assert "没有“Dragons”这一项" in str(page["J2"].value)
    page["D2"] = "专业队伍"
    rows = [[cell.value for cell in row] for row in page.iter_rows()]
    again = applied(checked(sheet_of(rows)))
    assert counts(again) == (1, 0, 0, 0)


def test_another_sheet_of_the_file_is_taken_when_it_is_chosen(north: Organisation) -> None:
    book = openpyxl.Workbook()
    first = book.active
    assert first is not None
    first.title = "一月"
    pages = {"二月": "t2", "旧表": "t3", "说明": ""}
    first.append(HEAD)
    first.append(GOOD)
    for title, code in pages.items():
        page = book.create_sheet(title)
        page.append(HEAD if code else ["请看", "这里"])
        page.append([code, *GOOD[1:]])
    book["旧表"].sheet_state = "hidden"
    file = BytesIO()
    book.save(file)
    sheet = upload(file.getvalue(), "team")
    assert (sheet.sheet, other_sheets(sheet)) == ("一月", ["二月"])
    checked(sheet)
    with pytest.raises(ImportRefused, match="no sheet '旧表'"):
        choose_sheet(sheet=sheet, name="旧表", by=None)
    other = choose_sheet(sheet=sheet, name="二月", by=None)
    assert (other.sheet, other_sheets(other), other.stage) == ("二月", ["一月"], "uploaded")
    assert counts(applied(checked(other))) == (1, 0, 0, 0)
    assert list(Team.objects.values_list("code", flat=True)) == ["t2"]
    with pytest.raises(ImportRefused, match="has gone on"):
        choose_sheet(sheet=other, name="一月", by=None)
    with pytest.raises(SheetRefused, match="It has: 一月, 二月, 说明"):
        upload_sheet(
            register=REGISTERS["team"],
            name="t.xlsx",
            chunks=[file.getvalue()],
            by=None,
            now=NOW,
            language="en",
            sheet="三月",
        )


def test_the_same_sheet_again_changes_nothing_but_confirms(north: Organisation) -> None:
    applied(checked(sheet_of([HEAD, GOOD])))
    before = RecordChange.objects.count()
    sheet = applied(checked(sheet_of([HEAD, GOOD])))
    assert counts(sheet) == (0, 0, 1, 0)
    assert RecordChange.objects.count() == before


def test_a_missing_column_leaves_values_and_an_empty_cell_clears_them(north: Organisation) -> None:
    applied(checked(sheet_of([[*HEAD, "电话"], [*GOOD, "0518-1111"]])))
    applied(checked(sheet_of([["编码", "电话"], ["t1", None]])))
    team = Team.objects.get()
    assert (team.phone, team.strength) == ("", 30)


def test_units_are_entered_with_their_superiors_in_any_order(north: Organisation) -> None:
    rows = [
        ["编码", "名称", "类别", "上级单位"],
        ["class-1", "村", "community", "school"],
        ["school", "学校", "school", "bureau"],
        ["bureau", "局", "bureau", "north"],
    ]
    sheet = applied(checked(sheet_of(rows, "organisation")))
    assert counts(sheet) == (3, 0, 0, 0)
    bureau = Organisation.objects.get(code="bureau")
    assert Organisation.objects.get(code="class-1").path.startswith(f"{north.path}{bureau.pk}/")


def test_units_in_a_circle_are_refused(north: Organisation) -> None:
    rows = [["编码", "名称", "类别", "上级单位"], ["a", "甲", "school", "b"], ["b", "乙", "school", "a"]]
    sheet = checked(sheet_of(rows, "organisation"))
    assert sheet.refused == 2
    with pytest.raises(ImportRefused, match="no row"):
        applied(sheet)
    assert not Organisation.objects.filter(code__in=["a", "b"]).exists()


def test_an_import_is_undone_as_a_whole_but_not_what_others_built_on_it(north: Organisation) -> None:
    save("team", code="t0", name_zh="旧队", organisation="north", kind="volunteer", turn_out_min=5, lat=34.6, lon=119.2)
    rows = [HEAD, GOOD, ["t0", "新名", *GOOD[2:]], ["t2", *GOOD[1:]], ["t3", *GOOD[1:]]]
    sheet = applied(checked(sheet_of(rows)))
    assert Team.objects.count() == 4
    save_record(
        register=REGISTERS["team"], values={"phone": "0518-9"}, by=None, now=NOW, pk=Team.objects.get(code="t2").pk
    )
    save("team_role", team="t3", code="leader", name_zh="队长")
    sheet = done(undo_import(sheet=sheet, by=None, now=NOW))
    assert sheet.stage == "undone"
    assert sheet.kept_back == 2
    assert sorted(Team.objects.values_list("code", flat=True)) == ["t0", "t2", "t3"]
    old = Team.objects.get(code="t0")
    assert (old.name_zh, old.kind, old.capabilities, old.strength) == ("旧队", "volunteer", {}, 0)
    assert list(LogEntry.objects.filter(stream=f"import:{sheet.pk}").values_list("kind", flat=True)) == [
        "register.imported",
        "register.undone",
    ]


def test_nobody_imports_where_they_may_not_write(north: Organisation) -> None:
    south = Organisation.objects.get(code="south")
    save("team", code="t9", name_zh="北队", organisation="north", kind="volunteer", turn_out_min=5, lat=34.6, lon=119.2)
    keeper = keeper_of(south)
    rows = [HEAD, GOOD, ["t9", "抢来", "south", *GOOD[3:]], ["t5", "南队", "south", *GOOD[3:]]]
    sheet = checked(sheet_of(rows, by=keeper), keeper)
    assert counts(sheet) == (1, 0, 0, 2)
    applied(sheet, keeper)
    assert Team.objects.get(code="t9").name_zh == "北队"
    with pytest.raises(NotAllowed):
        sheet_of([HEAD, GOOD], by=keeper_of(south, "observer", Role.OBSERVER))


def test_the_choice_of_columns_is_remembered(north: Organisation) -> None:
    keeper = keeper_of(north)
    sheet = sheet_of([["队伍号", "名称", "所属单位"], ["t1", "x", "north"]], by=keeper)
    assert sheet.matches["队伍号"] == ""
    with pytest.raises(ImportRefused, match="Code"):
        check_import(sheet=sheet, matches=sheet.matches, by=keeper, now=NOW)
    check_import(sheet=sheet, matches={**sheet.matches, "队伍号": "code"}, by=keeper, now=NOW)
    again = sheet_of([["队伍号", "名称", "所属单位"], ["t1", "x", "north"]], by=keeper)
    assert again.matches["队伍号"] == "code"


def test_a_killed_slice_is_done_again_and_none_twice(north: Organisation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("youbei.actions.sheets.applying.BATCH", 2)
    rows = [HEAD, *([f"t{number}", *GOOD[1:]] for number in range(7))]
    sheet = apply_import(sheet=checked(sheet_of(rows)), by=None, now=NOW)
    assert sheet.job is not None
    assert not jobs.one_slice(sheet.job.pk)
    assert Team.objects.count() == 2
    done(sheet)
    assert Team.objects.count() == 7
    assert RecordChange.objects.filter(source=sheet.source).count() == 7
    assert SheetImport.objects.get(pk=sheet.pk).added == 7


def test_a_stopped_import_can_be_undone(north: Organisation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("youbei.actions.sheets.applying.BATCH", 2)
    rows = [HEAD, *([f"t{number}", *GOOD[1:]] for number in range(7))]
    sheet = apply_import(sheet=checked(sheet_of(rows)), by=None, now=NOW)
    assert sheet.job is not None
    jobs.one_slice(sheet.job.pk)
    with CaptureQueriesContext(connection) as asked:
        cancel_import(sheet=sheet)
    locking = [one["sql"] for one in asked.captured_queries if "FOR UPDATE" in one["sql"]]
    tables = [sql.partition('FROM "')[2].partition('"')[0] for sql in locking]
    # As a slice does: the other way round each might wait for the other. SQLite locks no rows.
    assert tables in ([], ["records_job", "records_sheetimport"])
    assert jobs.run_to_the_end(sheet.job.pk).status == "cancelled"
    sheet = SheetImport.objects.get(pk=sheet.pk)
    assert sheet.stage == "cancelled"
    done(undo_import(sheet=sheet, by=None, now=NOW))
    assert not Team.objects.exists()


def test_the_worker_gives_deadlines_their_turn_between_slices(
    north: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("youbei.actions.jobs.PER_TICK", 0.0)
    rows = [HEAD, *([f"t{number}", *GOOD[1:]] for number in range(3))]
    check_import(sheet=(sheet := sheet_of(rows)), matches=sheet.matches, by=None, now=NOW)
    assert jobs.work_on_jobs(NOW)  # one slice, and there is more to do
    assert SheetImport.objects.get(pk=sheet.pk).stage == "checking"
    for _ in range(20):
        jobs.work_on_jobs(NOW)
    assert SheetImport.objects.get(pk=sheet.pk).stage == "checked"


SAMPLE: dict[FieldKind, Any] = {
    FieldKind.TEXT: "=1+1 “引号”,;",
    FieldKind.LONG_TEXT: "第一行\n第二行",
    FieldKind.CODE: "3707",
    FieldKind.INTEGER: 12,
    FieldKind.DECIMAL: Decimal("2.5"),
    FieldKind.DATE: date(2027, 1, 31),
    FieldKind.MOMENT: datetime(2026, 1, 1, 8, 30, tzinfo=UTC),
    FieldKind.FLAG: True,
    FieldKind.LATITUDE: 34.6012345,
    FieldKind.LONGITUDE: 119.22,
    FieldKind.PHONE: "+86 138-0000-0000",
    FieldKind.EMAIL: "a@example.org",
    FieldKind.GEOMETRY: {"type": "Polygon", "coordinates": [[[119, 34], [120, 34], [120, 35], [119, 34]]]},
}

HAPPENED = date(2026, 1, 31)
# Nobody reviews their own team: another person does, once the first is in it.
GIVEN = {"reviewer": None, "gb_code": "1010101", "packs": "箱/box=24; 托=0.5"}


def cut(field: Field, value: Any) -> Any:
    """Return a text as long as its column, and anything else as it is."""
    return value[: field.max_length] if field.kind in (FieldKind.TEXT, FieldKind.CODE) and value else value


def value_for(field: Field) -> Any:
    if field.name == "hours":  # a text that must be hours
        return "08:00-12:00"
    if field.not_future and field.kind is FieldKind.DATE:
        return HAPPENED
    value = SAMPLE[field.kind]
    if field.kind is FieldKind.INTEGER:
        return min(max(value, int(field.least or 0)), int(field.most if field.most is not None else value))
    return value


def sample_of(register: Register, code: str, refers: dict[str, str]) -> dict[str, Any]:
    """Return a record in which every field says something."""
    said: dict[str, Any] = {}
    for field in register.fields:
        if field.name in GIVEN:
            said[field.name] = GIVEN[field.name]
        elif field.kind is FieldKind.REFERENCE:
            said[field.name] = refers.get(field.refers_to)
        elif field.kind is FieldKind.CHOICE:
            said[field.name] = next(choice.code for choice in field.choices if choice.code != "assigned")
        elif field.kind is FieldKind.CHOICES:
            said[field.name] = tuple(choice.code for choice in field.choices[:2])
        elif field.kind is FieldKind.GRADES:
            said[field.name] = {field.choices[0].code: 2}
        else:
            said[field.name] = value_for(field)
        said[field.name] = cut(field, said[field.name])
    for first, last in (("valid_from", "valid_until"), ("starts_at", "ends_at"), ("issued_on", "expires_on")):
        if said.get(first) and said.get(last):
            said[last] = said[first] + timedelta(days=1)
    if register.name == "item_code":
        return {**said, "code": "1010101", "parent": "1010100"}
    return {**said, **({"code": code} if register.has("code") else {})}


@built_once
def world(north: Organisation) -> dict[str, str]:
    """Enter one record of each register, each with everything said."""
    made = {"organisation": "north"}
    for register in REGISTERS.values():
        row = save(register.name, **sample_of(register, f"{register.name.replace('_', '-')}-1", made))
        if register.has("code") and register.name != "organisation":
            made[register.name] = row.code
    save("person", **sample_of(REGISTERS["person"], "reviewer-1", made))
    review = TeamReview.objects.get()
    save_record(register=REGISTERS["team_review"], values={"reviewer": "reviewer-1"}, by=None, now=NOW, pk=review.pk)
    return made


def test_every_field_of_every_register_says_something_before_it_leaves(world: dict[str, str]) -> None:
    said = {
        (register.name, name)
        for register in REGISTERS.values()
        for row in model_of(register)._default_manager.all()
        for name, value in values_of(register, row).items()
        if value is not None
    }
    assert {(one.name, field.name) for one in REGISTERS.values() for field in one.fields} - said == set()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_choice_is_read_as_it_is_written(language: str) -> None:
    for register in REGISTERS.values():
        for field in register.fields:
            for choice in field.choices:
                shapes: dict[FieldKind, Any] = {
                    FieldKind.CHOICES: (choice.code,),
                    FieldKind.GRADES: {choice.code: 3},
                }
                value = shapes.get(field.kind, choice.code)
                assert parse(field, write(field, value, language)) == value, (register.name, field.name)


@pytest.mark.parametrize("form", ["xlsx", "csv"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_register_comes_back_as_it_left(world: dict[str, str], form: str, language: str) -> None:
    for register in REGISTERS.values():
        data = exported(register, form, language)
        sheet = checked(upload(data, register.name, name=f"r.{form}"))
        total = model_of(register)._default_manager.count()
        assert counts(sheet) == (0, 0, total, 0), (register.name, sheet.samples)


def test_an_outline_too_long_for_a_cell_stays_what_it_was(world: dict[str, str]) -> None:
    ring = [[119 + n / 5000, 34 + (n % 2) / 100] for n in range(2000)] + [[119.5, 33], [119, 33], [119, 34]]
    shape = {"type": "Polygon", "coordinates": [ring]}
    site = model_of(REGISTERS["site"])._default_manager.get(code=world["site"])
    model_of(REGISTERS["site"])._default_manager.filter(pk=site.pk).update(geometry=shape)
    for form in ("xlsx", "csv"):
        sheet = checked(upload(exported(REGISTERS["site"], form, "en"), "site", name=f"r.{form}"))
        assert counts(sheet) == (0, 0, 1, 0), sheet.samples
    applied(checked(upload(exported(REGISTERS["site"], "xlsx", "en"), "site")))
    site.refresh_from_db()
    assert site.geometry == shape


def exported(register: Register, form: str, language: str) -> bytes:
    made = export_register(register=register, by=None, now=NOW, form=form, language=language, reason="keeping")
    return b"".join(made.content)


def test_a_deployment_is_rebuilt_from_its_exports(world: dict[str, str]) -> None:
    files = {register.name: exported(register, "xlsx", "en") for register in REGISTERS.values()}
    said = {name: all_values(REGISTERS[name]) for name in files}
    for register in reversed(REGISTERS.values()):
        for row in model_of(register)._default_manager.order_by("-pk"):
            row.delete()
    assert not Organisation.objects.exists()
    for name, data in files.items():
        sheet = applied(checked(upload(data, name)))
        assert sheet.refused == 0, (name, sheet.samples)
    for name, values in said.items():
        assert all_values(REGISTERS[name]) == values, name


def all_values(register: Register) -> list[Any]:
    """Return what all records say, in an order that does not hang on their keys: a file is in that of the tree."""
    return sorted((values_of(register, row) for row in model_of(register)._default_manager.all()), key=repr)


def test_what_has_a_place_goes_onto_maps(world: dict[str, str]) -> None:
    sites = json.loads(exported(REGISTERS["site"], "geojson", "en"))
    assert sites["features"][0]["geometry"] == SAMPLE[FieldKind.GEOMETRY]
    kml = exported(REGISTERS["team"], "kml", "zh").decode()
    assert "<Point><coordinates>119.22,34.6012345</coordinates></Point>" in kml
    with pytest.raises(ExportRefused, match="cannot be exported"):
        exported(REGISTERS["post"], "kml", "en")


def test_an_export_needs_its_permission_stands_in_the_log_and_holds_no_personal_data_without_a_reason(
    world: dict[str, str], north: Organisation
) -> None:
    keeper, observer = keeper_of(north), keeper_of(north, "observer", Role.OBSERVER)
    with pytest.raises(NotAllowed):
        export_register(register=REGISTERS["person"], by=observer, now=NOW, form="csv", language="en")
    bare = export_register(register=REGISTERS["person"], by=keeper, now=NOW, form="csv", language="en")
    text = b"".join(bare.content).decode()
    assert Person.objects.get(code="person-1").phone not in text
    assert "Telephone" not in text
    full = export_register(
        register=REGISTERS["person"], by=keeper, now=NOW, form="csv", language="en", reason="call_out"
    )
    assert Person.objects.get(code="person-1").phone in b"".join(full.content).decode()
    entries = LogEntry.objects.filter(kind="register.exported").order_by("position")
    assert [json.loads(entry.data)["count"] for entry in entries] == [2, 2]
    assert json.loads(entries[1].data)["purpose"] == "call_out"


def test_a_neighbour_exports_nothing_of_ours(world: dict[str, str]) -> None:
    neighbour = keeper_of(Organisation.objects.get(code="south"), "neighbour")
    for register in REGISTERS.values():
        if register.owners and neighbour.paths_with(register.see):
            made = export_register(
                register=register, by=neighbour, now=NOW, form="csv", language="en", reason="inspection"
            )
            assert made.count == (1 if register.name == "organisation" else 0), register.name
