"""Codes of divisions as they are entered: on form, API and sheet nothing that is not known is taken in silence."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from youbei import content
from youbei.actions import jobs
from youbei.actions.registers.division_codes import NoDivision
from youbei.actions.registers.keep import restore_record
from youbei.actions.registers.save import save_record
from youbei.actions.sheets.lines import refused_rows
from youbei.actions.sheets.upload import apply_import, check_import, upload_sheet
from youbei.records.models import Organisation, RecordChange, SheetImport, Site

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)


@pytest.fixture(autouse=True)
def kept_in(tmp_path: Path, settings: Any, db: None) -> None:
    settings.DATA = tmp_path


def save(name: str, pk: int | None = None, **values: Any) -> Any:
    return save_record(register=content.registers()[name], values=values, by=None, now=NOW, pk=pk)


def enter(code: str, division: str | None) -> Any:
    return save("organisation", code=code, name_zh=code, kind="school", division=division)


def brought(text: str) -> SheetImport:
    """Bring a sheet of organisations in, as far as its rows are good."""
    sheet = upload_sheet(
        register=content.registers()["organisation"],
        name="units.csv",
        chunks=[text.encode()],
        by=None,
        now=NOW,
        language="en",
    )
    for step in (
        lambda: check_import(sheet=sheet, matches=sheet.matches, by=None, now=NOW),
        lambda: apply_import(sheet=SheetImport.objects.get(pk=sheet.pk), by=None, now=NOW, only_good=True),
    ):
        going = step()
        assert going.job_id is not None
        jobs.run_to_the_end(going.job_id)
    return SheetImport.objects.get(pk=sheet.pk)


@pytest.mark.parametrize(
    "code", ["1", "123", "32070", "3207061", "abc", "32070x", "320706/old", "999999", "99", "00", "990101001"]
)
def test_what_can_be_no_code_is_refused_even_if_somebody_is_sure(code: str) -> None:
    for said in (code, f"{code}/new"):
        with pytest.raises(NoDivision) as refused:
            enter("x", said)
        assert refused.value.text.zh
    assert not Organisation.objects.exists()


@pytest.mark.parametrize("code", ["320799", "3299", "329901", "320799001", "320799001002"])
def test_a_code_that_may_be_new_is_confirmed_once_and_known_from_then_on(code: str) -> None:
    with pytest.raises(NoDivision, match=f"{code}/new"):
        enter("x", code)
    assert enter("x", f"{code}/new").division == code
    assert RecordChange.objects.get().after["division"] == code
    assert enter("y", code).division == code
    save("site", code="s", name_zh="库", kind="store", organisation="x", lat=34, lon=119, division=code)
    assert Site.objects.get().division == code


@pytest.mark.parametrize(
    "code", ["32", "3207", "320000", "320700", "320706", "320706001", "320706001002", "710000", "81"]
)
def test_a_code_in_force_needs_no_confirming(code: str) -> None:
    assert enter("x", code).division == code


def test_a_record_keeps_the_code_that_it_has_and_may_lose_it() -> None:
    """One that was taken before codes were checked does not stand in the way of other changes."""
    unit = enter("x", None)
    Organisation.objects.update(division="999999")
    assert save("organisation", pk=unit.pk, name_zh="新名", division="999999").division == "999999"
    assert save("organisation", pk=unit.pk, division=None).division == ""
    with pytest.raises(NoDivision):
        save("organisation", pk=unit.pk, division="999999")


def test_a_site_is_asked_as_a_unit_is() -> None:
    enter("x", None)
    with pytest.raises(NoDivision):
        save("site", code="s", name_zh="库", kind="store", organisation="x", lat=34, lon=119, division="320799")


def test_a_sheet_is_refused_row_by_row_and_says_how_to_confirm() -> None:
    done = brought(
        "编码,名称,类别,行政区划代码\na,甲,school,999999\nb,乙,school,320799\nc,丙,school,320706\nd,丁,school,320798/new\n"
    )
    assert (done.added, done.refused) == (2, 2)
    assert dict(Organisation.objects.values_list("code", "division")) == {"c": "320706", "d": "320798"}
    said = [entry["problems"][0][2] for entry in refused_rows(done)]
    assert "no province begins with 99" in said[0]
    assert "320799/new" in said[1]


def test_an_old_code_on_a_sheet_that_comes_again_is_no_change() -> None:
    sheet = "编码,名称,类别,行政区划代码\na,甲,school,110103\nb,乙,school,320798/new\n"
    assert brought(sheet).added == 2
    assert Organisation.objects.get(code="a").division == "110101"
    again = brought(sheet)
    assert (again.changed, again.unchanged, again.refused) == (0, 2, 0)


def test_a_code_that_stood_here_before_is_put_back_without_being_asked_for_again() -> None:
    row = enter("u", "310199/new")
    save("organisation", pk=row.pk, division="320706", name_en="Other")
    change = RecordChange.objects.filter(record_id=row.pk, kind="changed").latest("id")
    restore_record(change=change, by=None, now=NOW)
    assert Organisation.objects.get(pk=row.pk).division == "310199"


@pytest.mark.parametrize("wrong", ["99", "99010", "310"])
def test_what_was_never_a_code_is_not_put_back_and_the_refusal_says_what_to_do(wrong: str) -> None:
    row = enter("u", "320706")
    save("organisation", pk=row.pk, name_en="Other")
    change = RecordChange.objects.filter(record_id=row.pk, kind="changed").latest("id")
    change.before = {"division": wrong, "name_en": ""}
    change.save()
    with pytest.raises(NoDivision, match="Edit the record"):
        restore_record(change=change, by=None, now=NOW)
    assert Organisation.objects.get(pk=row.pk).name_en == "Other"
