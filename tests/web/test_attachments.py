"""The files of a record on its page: added, opened, removed, and closed to strangers."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.actions.town import Town, build_town
from tests.built_once import built_once
from youbei import content
from youbei.actions.registers.attachments import attach
from youbei.actions.registers.save import save_record
from youbei.records.models import Attachment, Person, Team

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)
PDF = b"%PDF-1.7 minutes"


@built_once
def town() -> Town:
    return build_town()


def signed_in(town: Town, name: str) -> Client:
    client = Client()
    client.force_login(town.users[name])
    return client


@built_once
def page(town: Town) -> str:
    return f"/registers/team/{Team.objects.order_by('pk')[0].pk}/"


def file(data: bytes = PDF, name: str = "minutes.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def test_a_file_is_added_shown_and_removed(town: Town, page: str) -> None:
    keeper = signed_in(town, "keeper")
    assert keeper.post(f"{page}files/add/", {"file": file(), "title": ""}).status_code == 302
    found = Attachment.objects.get()
    assert "minutes.pdf" in keeper.get(page).content.decode()
    answer = keeper.get(f"{page}files/{found.pk}/")
    assert (answer.content, answer["Content-Type"]) == (PDF, "application/pdf")
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "script-src" not in answer["Content-Security-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert keeper.post(f"{page}files/{found.pk}/remove/").status_code == 302
    assert keeper.get(f"{page}files/{found.pk}/").status_code == 404


def test_a_wrong_file_is_named_and_the_words_stay(town: Town, page: str) -> None:
    answer = signed_in(town, "keeper").post(f"{page}files/add/", {"file": file(b"hello"), "title": "grade report"})
    assert answer.status_code == 422
    assert "grade report" in answer.content.decode()
    assert "PDF" in answer.content.decode()
    assert not Attachment.objects.exists()


def test_an_observer_opens_but_adds_nothing(town: Town, page: str) -> None:
    signed_in(town, "keeper").post(f"{page}files/add/", {"file": file(), "title": "x"})
    observer, found = signed_in(town, "observer"), Attachment.objects.get()
    assert "files/add" not in observer.get(page).content.decode()
    assert observer.get(f"{page}files/{found.pk}/").status_code == 200
    assert observer.post(f"{page}files/add/", {"file": file(), "title": "y"}).status_code == 403
    assert signed_in(town, "stranger").get(f"{page}files/{found.pk}/").status_code == 404


def test_a_scan_about_a_person_asks_for_the_purpose_first(town: Town) -> None:
    register = content.registers()["person"]
    save_record(
        register=register,
        values={"code": "zhang", "name_zh": "张三丰", "organisation": town.fire.code},
        by=None,
        now=NOW,
    )
    person = Person.objects.get(code="zhang")
    found = attach(register=register, row=person, title="身份证", content=PDF, by=None, now=NOW)
    address = f"/registers/person/{person.pk}/files/{found.pk}/"
    admin = signed_in(town, "admin")
    assert admin.get(address)["Content-Type"].startswith("text/html")
    assert admin.post(address, {"purpose": "curiosity"}).status_code == 422
    assert admin.post(address, {"purpose": "call_out"}).content == PDF
    assert signed_in(town, "observer").post(address, {"purpose": "call_out"}).status_code in {403, 404}
