"""Claims about the files of records: what they are is read from them, the log knows them, persons are protected."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.actions.town import Town
from tests.built_once import built_once
from youbei import content
from youbei.actions.registers import attachments
from youbei.actions.registers.attachments import attach, attachments_of, detach, open_attachment
from youbei.actions.registers.personal import erase_person
from youbei.actions.registers.save import save_record
from youbei.engine.errors import NotAllowed, NotFound, Refused
from youbei.engine.privacy import ErasureGround, Purpose
from youbei.records.models import Attachment, LogEntry, Qualification, Team
from youbei.records.reports.who import looks_at

NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)
PDF, JPEG = b"%PDF-1.7 certificate", b"\xff\xd8\xff\xe0 photo"
REGISTERS = content.registers()
TEAM, CERTIFICATE, PERSON = REGISTERS["team"], REGISTERS["qualification"], REGISTERS["person"]


@built_once
def team(town: Town) -> Team:
    return Team.objects.order_by("pk")[0]


@built_once
def certificate(town: Town) -> Qualification:
    save_record(
        register=PERSON,
        values={"code": "zhang", "name_zh": "张三丰", "organisation": town.fire.code},
        by=None,
        now=NOW,
    )
    row = save_record(
        register=CERTIFICATE, values={"person": "zhang", "kind": "fire_engineer", "number": "7"}, by=None, now=NOW
    )
    assert isinstance(row, Qualification)
    return row


def added(register: Any, row: Any, data: bytes = PDF, title: str = "正面") -> Attachment:
    return attach(register=register, row=row, title=title, content=data, by=None, now=NOW)


def last(kind: str) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(LogEntry.objects.filter(kind=kind).order_by("-pk")[0].data)
    return said


def test_a_file_is_kept_as_it_came_and_the_log_knows_it_by_its_digest_alone(town: Town, team: Team) -> None:
    found = added(TEAM, team)
    assert bytes(Attachment.objects.get().content) == PDF
    assert found.media_type == "application/pdf"
    said = last("record.attached")
    assert said["digest"] == found.digest == hashlib.sha256(PDF).hexdigest()
    assert "正面" not in json.dumps(said, ensure_ascii=False)
    detach(register=TEAM, row=team, pk=found.pk, by=None, now=NOW)
    assert last("record.detached")["digest"] == found.digest
    assert not Attachment.objects.exists()


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "empty"),
        (b"<svg onload=alert(1)>", "PDF, JPEG"),
        (b"RIFF....WAVE", "PDF, JPEG"),
        (b"MZ\x90", "PDF, JPEG"),
        (PDF + b"x" * attachments.LARGEST, "larger than 10 MB"),
    ],
)
def test_what_is_no_scan_or_too_large_is_refused(town: Town, team: Team, data: bytes, why: str) -> None:
    with pytest.raises(Refused, match=why):
        added(TEAM, team, data)
    assert not Attachment.objects.exists()


def test_a_record_holds_so_many_files_and_no_more(town: Town, team: Team) -> None:
    for number in range(attachments.MOST):
        added(TEAM, team, PDF + str(number).encode())
    with pytest.raises(Refused, match="20 files"):
        added(TEAM, team)


def test_a_file_that_is_sent_twice_is_kept_once(town: Town, team: Team) -> None:
    assert added(TEAM, team) == added(TEAM, team, title="again")
    assert Attachment.objects.count() == 1


def test_only_who_may_change_a_record_adds_and_removes_its_files(town: Town, team: Team) -> None:
    found = added(TEAM, team)
    for name, refusal in (("observer", NotAllowed), ("stranger", NotFound)):
        with pytest.raises(refusal):
            attach(register=TEAM, row=team, title="", content=PDF, by=town.users[name], now=NOW)
        with pytest.raises(refusal):
            detach(register=TEAM, row=team, pk=found.pk, by=town.users[name], now=NOW)


def test_a_file_is_reached_by_its_own_record_only(town: Town, team: Team) -> None:
    found = added(TEAM, team)
    other = Team.objects.exclude(pk=team.pk)[0]
    with pytest.raises(NotFound):
        detach(register=TEAM, row=other, pk=found.pk, by=None, now=NOW)


def test_a_certificate_is_opened_for_a_purpose_by_who_may_and_the_look_is_logged(
    town: Town, certificate: Qualification
) -> None:
    found = added(CERTIFICATE, certificate, JPEG)

    def opened(user: str | None, purpose: Purpose | None) -> Attachment:
        return open_attachment(
            register=CERTIFICATE,
            row=certificate,
            pk=found.pk,
            purpose=purpose,
            by=town.users[user] if user else None,
            now=NOW,
            via="page",
        )

    with pytest.raises(NotAllowed):
        opened("observer", Purpose.CALL_OUT)
    with pytest.raises(Refused, match="what it is needed for"):
        opened(None, None)
    assert looks_at(CERTIFICATE, certificate.pk) == []
    assert bytes(opened("admin", Purpose.CALL_OUT).content) == JPEG
    assert [look.by_id for look in looks_at(CERTIFICATE, certificate.pk)] == [f"user:{town.users['admin'].pk}"]


def test_a_file_of_a_team_needs_no_purpose(town: Town, team: Team) -> None:
    found = added(TEAM, team)
    opened = open_attachment(
        register=TEAM, row=team, pk=found.pk, purpose=None, by=town.users["observer"], now=NOW, via="page"
    )
    assert bytes(opened.content) == PDF


def test_who_is_erased_leaves_no_scan_behind(town: Town, team: Team, certificate: Qualification) -> None:
    added(CERTIFICATE, certificate)
    added(PERSON, certificate.person, JPEG)
    kept = added(TEAM, team)
    erase_person(pk=certificate.person_id, by=None, now=NOW, ground=ErasureGround.PERIOD_OVER)
    assert list(Attachment.objects.values_list("pk", flat=True)) == [kept.pk]


def test_a_list_of_files_does_not_read_them(town: Town, team: Team) -> None:
    added(TEAM, team)
    assert "content" in attachments_of(TEAM, team.pk)[0].get_deferred_fields()
