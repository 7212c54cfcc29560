"""What all units share, items and their codes, is kept by the unit above all others; where there are two, by none."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from tests.web.conftest import client_of, user_with
from youbei import content
from youbei.actions.registers.attachments import attach
from youbei.actions.registers.keep import confirm_records, restore_record, retire_record, revive_record
from youbei.actions.registers.people import create_organisation
from youbei.actions.registers.save import save_record
from youbei.actions.sheets.upload import upload_sheet
from youbei.engine.access import Role
from youbei.engine.errors import NotAllowed
from youbei.records.models import Item, Organisation, RecordChange, User
from youbei.records.reports.who import who_sees

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
ITEM = content.registers()["item"]
SHARED = [register for register in content.registers().values() if not register.owners]
MASK: dict[str, Any] = {"code": "mask", "name_zh": "防毒面具", "unit_zh": "具"}


def unit(code: str, parent: Organisation | None = None) -> Organisation:
    return create_organisation(by=None, now=NOW, code=code, kind="government", name_zh=code, parent=parent)


@pytest.fixture
def province() -> Organisation:
    return unit("province")


@pytest.fixture
def above(province: Organisation) -> User:
    return user_with(Role.REGISTRAR, province, name="above")


@pytest.fixture
def below(province: Organisation) -> User:
    return user_with(Role.REGISTRAR, unit("county", province), name="below")


def steps(by: User | None) -> None:
    """Do all that one does with a record of a register."""
    item = save_record(register=ITEM, values=MASK, by=by, now=NOW)
    save_record(register=ITEM, values={"unit_zh": "个"}, pk=item.pk, by=by, now=NOW)
    confirm_records(register=ITEM, pks=[item.pk], by=by, now=NOW)
    change = RecordChange.objects.get(register="item", kind=RecordChange.Kind.CHANGED)
    restore_record(change=change, by=by, now=NOW)
    retire_record(register=ITEM, pk=item.pk, reason="不再配备", by=by, now=NOW)
    revive_record(register=ITEM, pk=item.pk, by=by, now=NOW)
    attach(register=ITEM, row=Item.objects.get(), title="", content=b"%PDF-1.4 x", by=by, now=NOW)


def test_the_unit_above_all_others_keeps_the_items(above: User) -> None:
    steps(above)
    assert Item.objects.get().unit_zh == "具"
    upload_sheet(register=ITEM, name="a.csv", chunks=[b"code,name_zh\n"], by=above, now=NOW, language="en")


def test_a_unit_below_does_not(below: User) -> None:
    with pytest.raises(NotAllowed):
        steps(below)
    item = save_record(register=ITEM, values=MASK, by=None, now=NOW)
    with pytest.raises(NotAllowed):
        save_record(register=ITEM, values={"unit_zh": "个"}, pk=item.pk, by=below, now=NOW)
    with pytest.raises(NotAllowed):
        retire_record(register=ITEM, pk=item.pk, reason="x", by=below, now=NOW)
    with pytest.raises(NotAllowed):
        upload_sheet(register=ITEM, name="a.csv", chunks=[b"code,name_zh\n"], by=below, now=NOW, language="en")
    assert Item.objects.get().unit_zh == "具"


def test_of_two_side_by_side_neither_does_until_one_is_retired(above: User) -> None:
    other = unit("other-province")
    with pytest.raises(NotAllowed):
        steps(above)
    steps(None)
    Item.objects.all().delete()
    RecordChange.objects.filter(register="item").delete()
    Organisation.objects.filter(pk=other.pk).update(retired_at=NOW)
    steps(above)


@pytest.mark.parametrize("register", SHARED, ids=lambda one: one.name)
def test_the_pages_lead_those_to_a_form_who_may_save(register: Any, above: User, below: User) -> None:
    def answers(browser: Client) -> tuple[list[int], bool]:
        page = browser.get(f"/registers/{register.name}/").content.decode()
        forms = [browser.get(f"/registers/{register.name}/{name}/").status_code for name in ("new", "import")]
        return forms, f"/registers/{register.name}/new/" in page

    assert answers(client_of(above)) == ([200, 200], True)
    assert answers(client_of(below)) == ([403, 403], False)
    seers = {one.account: one.may_change for one in who_sees(register, "/", NOW)}
    assert seers == {"above": True, "below": False}


def test_an_item_is_entered_on_the_page(above: User) -> None:
    browser = client_of(above)
    answer = browser.post("/registers/item/new/", {**MASK, "unit_en": "piece", "name_en": "Gas mask"})
    assert answer.status_code == 302, answer.content.decode()
    page = browser.get(answer["Location"]).content.decode()
    assert "防毒面具" in page or "Gas mask" in page
    assert f"/registers/item/{Item.objects.get().pk}/change/" in page
