"""Where very many sell an item the database adds their offers up: the same as one by one, in fewer rows."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.built_once import built_once
from tests.web.conftest import client_of, user_with
from youbei.engine.access import Role
from youbei.records.models import CapacityLine, Item, MarketOffer, Organisation, Requirement
from youbei.records.reports import stock_for_sale
from youbei.records.reports.stock_gap import ItemGap, gap_report

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 26, 8, tzinfo=UTC)
TODAY = NOW.date()


@built_once
def city() -> Organisation:
    top = Organisation.objects.create(id=1, code="city", name_zh="市", kind="government", path="/1/")
    for code in ("mask", "pump"):
        item = Item.objects.create(code=code, name_zh=code, unit_zh="只")
        Requirement.objects.create(
            code=f"r-{code}", organisation=top, org_path="/1/", item=item, basis="plan", quantity=Decimal(5000)
        )
    return top


PRICE = st.sampled_from((None, Decimal(2), Decimal("2.5")))
ITEM = st.sampled_from(("mask", "pump"))
UNTIL = st.sampled_from((None, date(2026, 11, 25), date(2026, 11, 26)))
OFFER = st.tuples(ITEM, st.integers(1, 900), st.sampled_from((0, 4, 24)), PRICE, UNTIL)
LINE = st.tuples(
    ITEM, st.sampled_from((0, 12)), st.integers(1, 40), st.sampled_from((0, 24)), st.integers(40, 90),
    st.sampled_from((None, 100)), st.sampled_from((None, 5)), st.sampled_from((50, 100)), PRICE, UNTIL,
)  # fmt: skip


def plant(offers: list[Any], lines: list[Any]) -> None:
    items = {item.code: item for item in Item.objects.all()}
    top = {"organisation_id": 1, "org_path": "/1/"}
    MarketOffer.objects.bulk_create(
        MarketOffer(
            code=f"o{n}", item=items[item], quantity=quantity, delay_h=delay, unit_price=price, valid_until=until, **top
        )
        for n, (item, quantity, delay, price, until) in enumerate(offers)
    )
    CapacityLine.objects.bulk_create(
        CapacityLine(
            code=f"l{n}", item=items[item], switch_over_h=start, first_rate=first, ramp_up_h=ramp, full_rate=full,
            raw_material=raw, resupply_rate=resupply, share=share, unit_price=price, valid_until=until, **top,
        )
        for n, (item, start, first, ramp, full, raw, resupply, share, price, until) in enumerate(lines)
    )  # fmt: skip


def figures_of(found: list[ItemGap]) -> list[Any]:
    return [
        (row.gap.item, row.gap.moments, row.gap.covered_after_h, row.closing.cost, row.closing.open_end)
        for row in found
    ]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(OFFER, max_size=12), st.lists(LINE, max_size=8))
def test_sums_are_those_of_single_offers(
    city: Organisation, monkeypatch: pytest.MonkeyPatch, offers: list[Any], lines: list[Any]
) -> None:
    MarketOffer.objects.all().delete()
    CapacityLine.objects.all().delete()
    plant(offers, lines)
    single = gap_report(["/1/"], today=TODAY)
    with monkeypatch.context() as patch:
        patch.setattr(stock_for_sale, "FEW", 0)
        assert figures_of(gap_report(["/1/"], today=TODAY)) == figures_of(single)


def test_ten_times_as_many_offers_are_read_as_the_same_rows(
    city: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stock_for_sale, "FEW", 20)
    plant([("mask", 1, n % 3, Decimal(2 + n % 2), None) for n in range(600)], [])
    with CaptureQueriesContext(connection) as asked:
        found = gap_report(["/1/"], today=TODAY)
    (mask,) = [row for row in found if row.gap.item == "mask"]
    assert len(mask.gap.supplies) == 6
    assert mask.gap.moments[-1].there == {**mask.gap.moments[-1].there, mask.gap.supplies[0].reserve: Decimal(600)}
    assert not any('"records_marketoffer"."code"' in one["sql"] and "GROUP BY" not in one["sql"] for one in asked)
    assert [(one.quantity, one.unit_price, one.label) for one in mask.closing.purchases] == [
        (Decimal(100), price, "") for price in (Decimal(2), Decimal(2), Decimal(2), *[Decimal(3)] * 3)
    ]


def test_what_several_sell_at_a_price_leads_to_their_list(city: Organisation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stock_for_sale, "FEW", 1)
    plant([("mask", 5, 0, Decimal(2), None)] * 3, [])
    page = client_of(user_with(Role.REGISTRAR, city, name="keeper", language="en"))
    said = page.get("/stock/gaps/").content.decode()
    assert "several offers at this price" in said
    assert 'href="/registers/market_offer/?item=mask"' in said
    (mask,) = [one for one in page.get("/api/stock-gaps").json() if one["item"] == "mask"]
    assert [one["offer"] for one in mask["purchases"]] == [""]
