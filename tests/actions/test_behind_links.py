"""Who was sent the link of a campaign does not confirm with an account what was stated by it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.actions.test_sheets import NOW, keeper_of, save
from tests.built_once import built_once
from youbei.actions import jobs
from youbei.actions.campaigns import answers, opening, telling
from youbei.actions.stock.behind_links import is_behind, plain
from youbei.actions.stock.verifying import confirm_stated, reject_stated
from youbei.engine.access import Role
from youbei.engine.duties_apart import SamePerson
from youbei.records.models import (
    CampaignItem,
    CampaignUnit,
    Message,
    Organisation,
    Person,
    PostHolding,
    StatedQuantity,
    StockLot,
    User,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def kept_in(tmp_path: Path, settings: Any) -> None:
    settings.DATA = tmp_path


@built_once
def works() -> Organisation:
    save("organisation", code="city", name_zh="市", kind="government")
    made: Organisation = save("organisation", code="works", name_zh="厂", kind="enterprise", parent="city")
    save("site", code="depot", name_zh="库", organisation="works", kind="store", lat=34.6, lon=119.2)
    save("item", code="tent", name_zh="帐篷", unit_zh="顶")
    save("lot", code="a", quantity=100, item="tent", site="depot", organisation="works", reserve="government")
    save("person", code="li", name_zh="李", organisation="works", phone="+86 138-0000-1111")
    save("post", code="store", name_zh="库管", organisation="works")
    save("holding", post="store", person="li", starts_at=NOW - timedelta(days=99))
    return made


def account(works: Organisation, name: str, *, email: str = "", person: str = "") -> User:
    made = keeper_of(works, name, Role.REGISTRAR)
    made.email = email
    made.person = Person.objects.get(code=person) if person else None
    made.save()
    return made


def by_link(works: Organisation) -> StatedQuantity:
    """Open a campaign, send its link, and answer by it that ninety lie there."""
    campaign = opening.open_campaign(
        by=None,
        now=NOW,
        organisation=Organisation.objects.get(code="city"),
        title_zh="核实",
        registers=["lot"],
        due_at=NOW + timedelta(days=9),
    )
    assert campaign.job_id is not None
    jobs.run_to_the_end(campaign.job_id)
    telling.tell_units(NOW)
    unit = CampaignUnit.objects.get(organisation=works)
    item = CampaignItem.objects.get(unit=unit, register="lot", record_id=StockLot.objects.get(code="a").pk)
    answers.change(unit=unit, item=item, values={"quantity": 90}, seen=None, now=NOW)
    return StatedQuantity.objects.get(actor=f"link:{unit.pk}")


def test_the_account_with_the_address_of_the_link_does_not_confirm_but_takes_back(works: Organisation) -> None:
    Organisation.objects.filter(pk=works.pk).update(email="Store@works.example")
    one = by_link(works)
    assert Message.objects.get(recipient="agency:works").address == "Store@works.example"
    Organisation.objects.filter(pk=works.pk).update(email="new@works.example")
    same, other = account(works, "same", email="store@WORKS.example "), account(works, "other", email="x@works.example")
    with pytest.raises(SamePerson):
        confirm_stated(by=same, now=NOW, statement=one.pk)
    assert is_behind(account(works, "new", email="new@works.example"), one.actor, one.at)
    assert not is_behind(other, one.actor, one.at)
    assert reject_stated(by=same, now=NOW, statement=one.pk).state == "withdrawn"


def test_the_person_whose_post_was_written_to_does_not_confirm_and_another_does(works: Organisation) -> None:
    save("contact_way", post="store", way="email", address="keeper@works.example")
    one = by_link(works)
    holder, other = account(works, "holder", person="li"), account(works, "other", email="boss@works.example")
    with pytest.raises(SamePerson):
        confirm_stated(by=holder, now=NOW, statement=one.pk)
    confirm_stated(by=other, now=NOW, statement=one.pk)
    assert StockLot.objects.get(code="a").quantity == 90


def test_whoever_held_the_post_only_before_is_another(works: Organisation) -> None:
    save("contact_way", post="store", way="email", address="keeper@works.example")
    PostHolding.objects.update(ends_at=NOW - timedelta(days=9))
    one = by_link(works)
    confirm_stated(by=account(works, "former", person="li"), now=NOW, statement=one.pk)


def test_a_link_that_was_sent_nowhere_and_one_of_another_kind_hold_nobody_up(works: Organisation) -> None:
    one = by_link(works)
    user = account(works, "any", person="li", email="li@works.example")
    for actor in (one.actor, "link:999999", "link:call_off:3", "user:1", "link:" + "9" * 30):
        assert not is_behind(user, actor, NOW)
    confirm_stated(by=user, now=NOW, statement=one.pk)


def test_two_spellings_of_an_address_are_one() -> None:
    assert plain(["+86 138-0000-1111", "Li@X.example ", "", " "]) == plain(["13800001111", "li@x.EXAMPLE"])
