"""Claims about requirements that follow by themselves: from plans, heads and standards; in line, and never twice."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.actions.town import NOW, Town, store_plan
from tests.built_once import built_once
from youbei import content
from youbei.actions import plans
from youbei.actions.registers.save import save_record
from youbei.actions.registers.tree import merge_unit
from youbei.actions.requirements import derive_marked
from youbei.engine.errors import Refused
from youbei.engine.stock.closing import close
from youbei.records.models import DerivationDue, LogEntry, Organisation, Requirement, SchoolClass, Site
from youbei.records.reports.stock_gap import gap_report

HAZCHEM = {"kind": "enterprise", "sector": "hazchem"}


def save(name: str, now: datetime, **values: Any) -> Any:
    return save_record(register=content.registers()[name], values=values, by=None, now=now)


def derive(now: datetime) -> None:
    while derive_marked(now):
        pass
    assert not DerivationDue.objects.exists()


def in_use() -> dict[str, Decimal]:
    rows = Requirement.objects.filter(retired_at=None).exclude(source="").select_related("item")
    return {row.item.code: row.quantity for row in rows}


@built_once
def catalogue(town: Town) -> None:
    for code in ("drinking_water", "blanket", "head_count_card", "radio_set"):
        save("item", NOW, code=code, name_zh=code, unit_zh="件")


def test_a_filed_plan_asks_for_what_its_steps_need_until_it_is_withdrawn(town: Town, now: datetime) -> None:
    version = store_plan(town)
    plans.record_stage(by=None, now=now, plan_version=version, stage="filed", on=now.date(), number="1")
    derive(now)
    row = Requirement.objects.get(source__startswith="plan:", item=town.lots[0].item)
    assert row.quantity > 0
    assert version.plan.code in row.source
    written = LogEntry.objects.count()
    derive(now)
    assert LogEntry.objects.count() == written
    plans.record_stage(by=None, now=now, plan_version=version, stage="withdrawn", on=now.date())
    derive(now)
    assert in_use() == {}


def test_a_school_and_a_shelter_ask_by_their_heads_and_again_when_these_change(
    town: Town, catalogue: None, now: datetime
) -> None:
    school = save("organisation", now, code="school", name_zh="小学", kind="school", parent=town.city.code)
    for number in (1, 2):
        save("school_class", now, code=f"c{number}", name_zh=f"{number}班", organisation="school", pupils=40)
    derive(now)
    assert in_use()["head_count_card"] == 4
    third = save("school_class", now, code="c3", name_zh="3班", organisation="school", pupils=40)
    derive(now)
    assert in_use()["head_count_card"] == 6
    assert Requirement.objects.filter(organisation=school, item__code="head_count_card").count() == 1
    SchoolClass.objects.filter(pk=third.pk).delete()
    save(
        "site", now, code="hall", name_zh="避难场所", kind="shelter", organisation=town.city.code, capacity=100,
        lat=37, lon=121,
    )  # fmt: skip
    derive(now)
    assert Requirement.objects.get(organisation=town.city, item__code="blanket").quantity == 100


def test_a_standard_asks_of_those_it_is_for(town: Town, catalogue: None, now: datetime) -> None:
    save(
        "organisation", now, code="works", name_zh="化工厂", kind="enterprise", sector="hazchem", parent=town.city.code
    )
    derive(now)
    row = Requirement.objects.get(source__startswith="standard:")
    assert (row.item.code, row.quantity, row.basis) == ("radio_set", 4, "standard")
    assert "30077" in row.basis_text


def test_what_was_entered_by_hand_stays_and_the_larger_yardstick_counts(
    town: Town, catalogue: None, now: datetime
) -> None:
    works = save(
        "organisation", now, code="works", name_zh="化工厂", kind="enterprise", sector="hazchem", parent="town"
    )
    mine = save("requirement", now, code="mine", item="radio_set", organisation="works", quantity=9, basis="standard")
    derive(now)
    mine.refresh_from_db()
    assert mine.quantity == 9
    [gap] = [row for row in gap_report([works.path], today=now.date()) if row.gap.item == "radio_set"]
    assert gap.gap.required == 9
    derived = Requirement.objects.exclude(source="").get()
    with pytest.raises(Refused, match="follows from"):
        save_record(
            register=content.registers()["requirement"], values={"quantity": 1}, by=None, now=now, pk=derived.pk
        )


def test_a_merged_unit_asks_for_nothing_more_and_nothing_is_asked_twice(
    town: Town, catalogue: None, now: datetime
) -> None:
    for code in ("a", "b"):
        save("organisation", now, code=code, name_zh=code, **HAZCHEM, parent="town")
    derive(now)
    one, other = (Organisation.objects.get(code=code) for code in "ab")
    merge_unit(unit=one, into=other, document="", by=None, now=now)
    derive(now)
    assert Requirement.objects.filter(retired_at=None).exclude(source="").count() == 1


def test_a_gap_is_closed_by_the_cheapest_offers_and_says_what_nobody_has(
    town: Town, catalogue: None, now: datetime
) -> None:
    save("requirement", now, code="mine", item="blanket", organisation="town", quantity=100, basis="order")
    offers = (("dear", 40, 9), ("cheap", 30, 5), ("unknown", 10, None))
    for code, quantity, price in offers:
        more = {} if price is None else {"unit_price": price}
        save(
            "market_offer", now, code=code, item="blanket", organisation="town", supplier_name="x", quantity=quantity,
            delay_h=10, **more,
        )  # fmt: skip
    [gap] = [row for row in gap_report(["/"], today=date(2026, 11, 25)) if row.gap.item == "blanket"]
    closing = close(gap.gap)
    assert [one.label for one in closing.purchases] == ["cheap", "dear", "unknown"]
    assert (closing.cost, closing.open_end) == (30 * 5 + 40 * 9, 20)
    assert closing.has_unknown_price
    assert not Site.objects.filter(code="hall").exists()
