"""Erasure: afterwards what was known about somebody is in no table, no index, no file and no message."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from youbei import content
from youbei.actions.access import create_user
from youbei.actions.jobs import run_to_the_end
from youbei.actions.old_sheets import CLEARING, clear_old_sheets
from youbei.actions.registers.attachments import attach
from youbei.actions.registers.erasing import ask_erasure, waiting_erasure, withdraw_erasure
from youbei.actions.registers.keep import retire_record
from youbei.actions.registers.people import hold_post
from youbei.actions.registers.personal import erase_expert, erase_person
from youbei.actions.registers.save import save_record
from youbei.actions.sheets.upload import ImportRefused, apply_import, check_import, undo_import, upload_sheet
from youbei.engine.access import Role
from youbei.engine.duties_apart import SamePerson
from youbei.engine.errors import NotAllowed, NotFound, Refused
from youbei.engine.privacy import ErasureGround, GroundRefused, ground_called
from youbei.engine.registers.field import FieldKind
from youbei.records.log import verify_log
from youbei.records.models import Consultation, LogEntry, Message, Organisation, Person, Post, SheetImport
from youbei.records.registers.indexing import check
from youbei.records.search.find import find
from youbei.records.search.vendor import merge_all_words

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)
REGISTERS = content.registers()
# In whatever says something about the person, and nowhere else.
MARK = "zq7vx"


@pytest.fixture(autouse=True)
def kept_in(tmp_path: Path, settings: Any, db: None) -> None:
    settings.DATA = tmp_path


def save(name: str, pk: int | None = None, **values: Any) -> Any:
    return save_record(register=REGISTERS[name], values=values, by=None, now=NOW, pk=pk)


def about(name: str, **values: Any) -> Any:
    """Enter a record about the person, the mark in every text that it may have."""
    marked = {
        one.name: MARK
        for one in REGISTERS[name].fields
        if not one.choices
        and one.kind in (FieldKind.TEXT, FieldKind.LONG_TEXT, FieldKind.CODE)
        and one.name not in ("code", *values)
    }
    row = save(name, **{**marked, **values})
    held = b"%PDF-1.4 " + f"{MARK} {name} {row.pk}".encode()
    attach(register=REGISTERS[name], row=row, title=f"{MARK}.pdf", content=held, by=None, now=NOW)
    return row


def everywhere(word: str) -> Iterator[str]:
    """Yield the columns of any table in which a word stands, whatever kind they are of."""
    for table in connection.introspection.table_names():
        if table == "records_searchwords":  # an index that cannot be read itself; what it consists of is read
            continue
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT * FROM "{table}"')
            names = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                for name, value in zip(names, row, strict=True):
                    text = bytes(value).decode("latin-1") if isinstance(value, (bytes, memoryview)) else str(value)
                    if word in text.casefold():
                        yield f"{table}.{name}: {text[:80]}"


@pytest.fixture
def unit() -> Organisation:
    made: Organisation = save("organisation", code="unit", name_zh="单位", kind="bureau")
    save("post", code="unit/desk", name_zh="值班员", organisation="unit", kind="duty")
    save("team", code="team", name_zh="队", organisation="unit", kind="volunteer", turn_out_min=5, lat=34, lon=119)
    return made


@pytest.fixture
def person(unit: Organisation) -> Person:
    """A person about whom every register says something, some of it twice, and to whom a message went."""
    row: Person = about(
        "person", code="p1", organisation="unit", name_zh=MARK, name_en=MARK, phone="13812345678",
        email=f"{MARK}@example.org",
    )  # fmt: skip
    save("person", pk=row.pk, name_zh=f"{MARK}二", phone="13987654321")
    about("qualification", person="p1", kind="first_aid")
    retired = about("qualification", person="p1", kind="medical", number=f"{MARK}-2")
    retire_record(register=REGISTERS["qualification"], pk=retired.pk, reason=f"{MARK} lost it", by=None, now=NOW)
    about("contact_way", person="p1", way="email", address=f"{MARK}@way.example")
    about("vetting", person="p1", scope="exam_team", result="passed", vetted_on=date(2026, 1, 5))
    about("conflict", person="p1", kind="reviewer", declared_on=date(2026, 1, 5))
    about("team_member", person="p1", team="team", role=None)
    about(
        "member_review",
        person="p1",
        team="team",
        kind=REGISTERS["member_review"].field("kind").choices[0].code,
        held_on=date(2026, 1, 5),
        result=REGISTERS["member_review"].field("result").choices[0].code,
    )
    hold_post(by=None, now=NOW, post=Post.objects.get(), person=row, starts_at=NOW - timedelta(days=9))
    for number, recipient in enumerate((f"person:{row.pk}", "post:unit/desk")):
        Message.objects.create(
            key=f"m{number}", mode="real", channel="email", recipient=recipient, address=f"{MARK}@way.example",
            subject_zh="通知", subject_en="A message", queued_at=NOW, due_at=NOW, org_path=unit.path,
        )  # fmt: skip
    return row


def test_what_is_erased_stands_nowhere_in_the_database(unit: Organisation, person: Person) -> None:
    reader = create_user(by=None, now=NOW, username="reader", grants=((Role.REGISTRAR, unit),))
    assert find(reader, MARK).hits
    assert len(list(everywhere(MARK))) > 20
    asker = create_user(by=None, now=NOW, username="asker", grants=((Role.REGISTRAR, unit),))
    ask_erasure(name="person", pk=person.pk, ground=ErasureGround.CONSENT_WITHDRAWN, by=asker, now=NOW)
    assert len(list(everywhere(MARK))) > 20
    erase_person(pk=person.pk, by=reader, now=NOW)
    merge_all_words()  # as the worker does from time to time: until then SQLite's index holds words without records
    left = "\n".join(everywhere(MARK))
    assert not left, left
    for number in ("13812345678", "13987654321"):
        assert list(everywhere(number)) == []
    assert not find(reader, MARK).hits
    assert check() == []
    assert list(verify_log()) == []


def test_who_an_expert_was_stands_nowhere_and_the_advice_stays(unit: Organisation) -> None:
    expert = about(
        "expert", code="e1", organisation="unit", name_zh=MARK, name_en=MARK, specialties=["fire"], phone="13812345678",
        email=f"{MARK}@example.org", lat=34.5, lon=119.5,
    )  # fmt: skip
    save("expert", pk=expert.pk, name_zh=f"{MARK}二", phone="13987654321")
    save("consultation", code="c1", expert="e1", organisation="unit", asked_at=NOW, question="怎么办", advice="撤离")
    Message.objects.create(
        key="m", mode="real", channel="sms", recipient="expert:e1", address="13812345678", subject_zh="请教",
        subject_en="A question", queued_at=NOW, due_at=NOW, org_path=unit.path,
    )  # fmt: skip
    reader = create_user(by=None, now=NOW, username="reader", grants=((Role.REGISTRAR, unit),))
    outsider = create_user(by=None, now=NOW, username="outsider")
    with pytest.raises(NotFound):
        erase_expert(pk=expert.pk, by=outsider, now=NOW)
    ask_erasure(name="expert", pk=expert.pk, ground=ErasureGround.PURPOSE_OVER, by=None, now=NOW)
    erase_expert(pk=expert.pk, by=reader, now=NOW)
    merge_all_words()
    for word in (MARK, "13812345678", "13987654321"):
        assert list(everywhere(word)) == []
    assert not find(reader, MARK).hits
    assert Consultation.objects.get().advice == "撤离"
    assert check() == []
    assert list(verify_log()) == []


def test_nobody_erases_alone_and_what_was_asked_can_be_withdrawn(unit: Organisation, person: Person) -> None:
    first, second, reader = (
        create_user(by=None, now=NOW, username=name, grants=((role, unit),))
        for name, role in (("first", Role.REGISTRAR), ("second", Role.REGISTRAR), ("looks", Role.OBSERVER))
    )
    asked = {"name": "person", "pk": person.pk, "ground": ErasureGround.UNLAWFUL, "now": NOW}
    with pytest.raises(Refused, match="No erasure waits"):
        erase_person(pk=person.pk, by=first, now=NOW)
    with pytest.raises(Refused, match="No erasure waits"):
        erase_person(pk=person.pk, by=None, now=NOW)
    with pytest.raises(NotAllowed):
        ask_erasure(by=reader, **asked)
    with pytest.raises(Refused, match="other records are retired"):
        ask_erasure(by=first, **{**asked, "name": "team"})
    ask_erasure(by=first, **asked)
    with pytest.raises(Refused, match="asked already"):
        ask_erasure(by=second, **asked)
    with pytest.raises(SamePerson):
        erase_person(pk=person.pk, by=first, now=NOW)
    with pytest.raises(NotAllowed):
        erase_person(pk=person.pk, by=reader, now=NOW)
    with pytest.raises(NotAllowed):
        withdraw_erasure(name="person", pk=person.pk, by=reader, now=NOW)
    withdraw_erasure(name="person", pk=person.pk, by=first, now=NOW)
    assert waiting_erasure("person", person.pk) is None
    with pytest.raises(Refused, match="No erasure waits"):
        erase_person(pk=person.pk, by=second, now=NOW)
    assert Person.objects.get(pk=person.pk).phone == "13987654321"
    ask_erasure(by=second, **asked)
    erase_person(pk=person.pk, by=first, now=NOW)
    assert waiting_erasure("person", person.pk) is None
    said = [
        (one.kind, "unlawful" in one.data)
        for one in LogEntry.objects.filter(kind__startswith="record.eras").order_by("position")
    ]
    assert said == [
        ("record.erasure_asked", True),
        ("record.erasure_withdrawn", False),
        ("record.erasure_asked", True),
        ("record.erased", True),
    ]
    assert list(verify_log()) == []


def test_the_installation_erases_for_a_ground_and_no_other_word_is_one(unit: Organisation, person: Person) -> None:
    with pytest.raises(GroundRefused, match="consent_withdrawn"):
        ground_called(f"{MARK} wants it")
    erase_person(pk=person.pk, by=None, now=NOW, ground=ground_called("period_over"))
    assert Person.objects.get(pk=person.pk).phone == ""


def uploaded() -> SheetImport:
    return upload_sheet(
        register=REGISTERS["person"],
        name="people.csv",
        chunks=[f"编码,姓名,所属单位,手机\np9,{MARK},unit,13812345678\n".encode()],
        by=None,
        now=NOW,
        language="en",
    )


def test_people_whom_an_undone_import_removes_leave_no_history(unit: Organisation) -> None:
    sheet = uploaded()
    for step in (check_import, apply_import, undo_import):
        more = {"matches": sheet.matches} if step is check_import else {}
        going = step(sheet=SheetImport.objects.get(pk=sheet.pk), by=None, now=NOW, **more)  # type: ignore[operator]
        assert going.job_id is not None
        run_to_the_end(going.job_id)
        assert Person.objects.filter(code="p9").exists() == (step is apply_import)
    merge_all_words()
    for word in (MARK, "13812345678"):
        assert list(everywhere(word)) == []


def test_a_sheet_is_gone_when_its_days_are_over(unit: Organisation, settings: Any) -> None:
    sheet = uploaded()
    done = check_import(sheet=sheet, matches=sheet.matches, by=None, now=NOW)
    assert done.job_id is not None
    run_to_the_end(done.job_id)
    kept = list((settings.DATA / "files").iterdir())
    assert len(kept) > 1
    for path in kept:
        os.utime(path, (NOW.timestamp(), NOW.timestamp()))
    CLEARING.next_at = NOW
    assert clear_old_sheets(NOW + timedelta(days=settings.KEEP_FILES_DAYS)) == 0
    assert list(everywhere(MARK))
    assert clear_old_sheets(NOW + timedelta(days=settings.KEEP_FILES_DAYS, minutes=59)) == 0, "it looks once an hour"
    assert clear_old_sheets(NOW + timedelta(days=settings.KEEP_FILES_DAYS, hours=2)) == len(kept)
    assert list((settings.DATA / "files").iterdir()) == []
    assert list(everywhere(MARK)) == []
    with pytest.raises(ImportRefused, match="Upload it again"):
        apply_import(sheet=SheetImport.objects.get(), by=None, now=NOW)
    with pytest.raises(ImportRefused, match="Upload it again"):
        check_import(sheet=sheet, matches=sheet.matches, by=None, now=NOW)
