"""Sheets as pages: from the template over the upload to the undoing, and the export of exactly what a list shows."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.web.conftest import client_of, user_with
from youbei import content
from youbei.actions import jobs
from youbei.actions.registers.save import save_record
from youbei.engine.access import Role
from youbei.records.models import LogEntry, Organisation, SheetImport, Team

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def kept_in(tmp_path: Any, settings: Any) -> None:
    settings.DATA = tmp_path


@pytest.fixture
def keeper(town: Organisation) -> Client:
    return client_of(user_with(Role.REGISTRAR, town, name="keeper", language="en"))


def filled(keeper: Client, rows: list[list[Any]]) -> bytes:
    """Fill in the template that the page offers."""
    book = openpyxl.load_workbook(BytesIO(keeper.get("/registers/team/template/?language=zh-hans").content))
    page = book.worksheets[0]
    titles = [cell.value for cell in page[1]]
    for row in rows:
        said = dict(zip(["编码", "名称", "所属单位", "类别", "承诺出动时间", "纬度", "经度"], row, strict=True))
        page.append([said.get(str(title)) for title in titles])
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def test_a_secretary_brings_in_a_sheet_and_takes_it_back(keeper: Client, town: Organisation) -> None:
    good = ["t1", "一队", "haizhou", "专业队伍", 3, 34.6, 119.2]
    bad = ["t2", "二队", "haizhou", "龙", 3, 34.6, 119.2]
    file = SimpleUploadedFile("队伍.xlsx", filled(keeper, [good, bad]))
    answer = keeper.post("/registers/team/import/", {"file": file})
    sheet = SheetImport.objects.get()
    where = f"/registers/imports/{sheet.pk}/"
    assert answer["Location"] == where
    page = keeper.get(where).content.decode()
    assert "Which column is what?" in page
    columns = {f"column-{index}": sheet.matches[heading] for index, heading in enumerate(sheet.headings)}
    keeper.post(f"{where}check/", columns)
    assert "being checked" in keeper.get(where).content.decode()
    while jobs.work_on_jobs(NOW):  # a busy machine needs more than the half second of a tick
        continue
    page = keeper.get(where).content.decode()
    assert "Import the 1 good rows" in page
    title = content.registers()["team"].field("kind").title.en
    assert f"<li>{title} has no “龙”" in page
    wrong = openpyxl.load_workbook(BytesIO(keeper.get(f"{where}refused/").content)).worksheets[0]
    said = [str(cell.value) for row in wrong.iter_rows() for cell in row if "龙”" in str(cell.value)]
    assert [one.count("类别") + one.count(title) for one in said] == [1]
    keeper.post(f"{where}apply/")
    jobs.work_on_jobs(NOW)
    assert Team.objects.get().name_zh == "一队"
    assert "Undo the whole import" in keeper.get(where).content.decode()
    keeper.post(f"{where}undo/")
    jobs.work_on_jobs(NOW)
    assert not Team.objects.exists()
    assert "队伍.xlsx" in keeper.get("/registers/imports/").content.decode()


def test_what_is_no_sheet_is_refused_on_the_page(keeper: Client) -> None:
    answer = keeper.post("/registers/team/import/", {"file": SimpleUploadedFile("t.xlsx", b"not a workbook")})
    assert answer.status_code == 422
    assert "is no valid workbook" in answer.content.decode()


def test_an_import_is_seen_by_its_owner_only(keeper: Client, town: Organisation) -> None:
    file = SimpleUploadedFile("t.xlsx", filled(keeper, []))
    keeper.post("/registers/team/import/", {"file": file})
    where = f"/registers/imports/{SheetImport.objects.get().pk}/"
    other = client_of(user_with(Role.REGISTRAR, town, name="other"))
    for address in (where, f"{where}refused/"):
        assert other.get(address).status_code == 404
    assert other.post(f"{where}check/").status_code == 404
    assert keeper.get(f"{where}check/").status_code == 404


@pytest.mark.parametrize("form", ["xlsx", "csv", "geojson", "kml"])
def test_a_list_is_taken_away_as_it_is_narrowed(keeper: Client, town: Organisation, form: str) -> None:
    for code, kind in (("t1", "volunteer"), ("t2", "professional")):
        Team.objects.create(
            organisation=town, org_path=town.path, code=code, kind=kind, name_zh=code, lat=34, lon=119, turn_out_s=60
        )
    answer = keeper.get(f"/registers/team/export/?format={form}&kind=volunteer")
    data = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    if form == "xlsx":
        page = openpyxl.load_workbook(BytesIO(data)).worksheets[0]
        data = str([[cell.value for cell in row] for row in page.iter_rows()]).encode()
    assert b"t1" in data
    assert b"t2" not in data


def test_an_export_that_cannot_be_made_says_why(keeper: Client, town: Organisation) -> None:
    assert keeper.get("/registers/post/export/?format=kml").status_code == 409
    observer = client_of(user_with(Role.OBSERVER, town, name="observer"))
    assert observer.get("/registers/team/export/").status_code == 403


def test_every_register_offers_its_template_in_both_languages(keeper: Client) -> None:
    for name, register in content.registers().items():
        for language in ("zh-hans", "en"):
            answer = keeper.get(f"/registers/{name}/template/?language={language}")
            if answer.status_code == 404:
                assert register.see != "see"
                continue
            titles = [cell.value for cell in openpyxl.load_workbook(BytesIO(answer.content)).worksheets[0][1]]
            assert titles == [field.title.in_language(language) for field in register.fields]


PHONE = "13912345678"


def person_with_phone(town: Organisation) -> None:
    values = {"code": "p1", "name_zh": "王某", "organisation": town.code, "phone": PHONE}
    save_record(register=content.registers()["person"], values=values, by=None, now=NOW)


def file_of(answer: Any) -> str:
    return b"".join(answer.streaming_content).decode()


def test_without_a_purpose_nothing_personal_leaves(keeper: Client, town: Organisation) -> None:
    person_with_phone(town)
    assert PHONE not in file_of(keeper.get("/registers/person/export/?format=csv"))
    for query in ("&reason=call_out", "&purpose=call_out"):
        unknown = keeper.get(f"/registers/person/export/?format=csv{query}")
        assert unknown.status_code == 422
        assert PHONE not in unknown.content.decode()
    for data in ({"format": "csv"}, {"format": "csv", "purpose": ""}, {"format": "csv", "purpose": "because"}):
        refused = keeper.post("/registers/person/export/personal/", data)
        assert refused.status_code == 422
        assert PHONE not in refused.content.decode()
    assert PHONE not in keeper.get("/registers/person/export/personal/?format=csv&purpose=call_out").content.decode()
    said = [json.loads(entry.data) for entry in LogEntry.objects.filter(kind="register.exported")]
    assert [one.get("personal", False) for one in said] == [False]


def test_with_a_purpose_personal_columns_are_exported_and_the_log_says_for_what(
    keeper: Client, town: Organisation
) -> None:
    person_with_phone(town)
    assert "With personal columns" in keeper.get("/registers/person/").content.decode()
    assert "With personal columns" not in keeper.get("/registers/team/").content.decode()
    answer = keeper.post("/registers/person/export/personal/?q=", {"format": "csv", "purpose": "call_out"})
    assert PHONE in file_of(answer)
    said = json.loads(LogEntry.objects.get(kind="register.exported").data)
    assert (said["personal"], said["purpose"]) == (True, "call_out")


def test_who_may_not_see_personal_data_is_not_offered_it(town: Organisation) -> None:
    person_with_phone(town)
    browser = client_of(user_with(Role.RESOURCE_KEEPER, town, name="resources", language="en"))
    assert "With personal columns" not in browser.get("/registers/person/").content.decode()
    form = {"format": "csv", "purpose": "call_out"}
    assert browser.post("/registers/person/export/personal/", form).status_code == 404
