"""Many stated quantities are decided in one step: each by itself, and none is held up by another."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.actions.test_sheets import NOW, keeper_of, save
from tests.actions.test_stated_quantities import enter, imported, inspector, keeper, quantity_of, unit
from youbei.actions.stock import deciding, verbs
from youbei.actions.stock.checking import disagreements
from youbei.actions.stock.deciding import TooManyAtOnce, decide_next, decide_these
from youbei.engine.access import Role
from youbei.records.models import LogEntry, Organisation, StatedQuantity, StockLot, User
from youbei.records.reports.stated import Which, how_many_wait

pytestmark = pytest.mark.django_db
__all__ = ["inspector", "keeper", "unit"]
COMMON = {"item": "tent", "site": "depot", "organisation": "north", "reserve": "government"}


@pytest.fixture(autouse=True)
def kept_in(tmp_path: Path, settings: Any) -> None:
    settings.DATA = tmp_path


def lots_of(count: int) -> list[StockLot]:
    return [save("lot", code=f"m{number}", quantity=100, **COMMON) for number in range(count)]


def states() -> dict[int, str]:
    return dict(StatedQuantity.objects.values_list("pk", "state"))


def test_what_cannot_be_confirmed_is_listed_with_its_reason_and_the_others_go_through(
    unit: Organisation, keeper: User
) -> None:
    clerk = keeper_of(unit, "clerk", Role.REGISTRAR)
    one, two, three = lots_of(3)
    waits = [enter(lot, keeper, 90).pk for lot in (one, two, three)]
    own = enter(one, clerk, 80).pk
    verbs.reserve(by=None, now=NOW, lot=two.pk, quantity=quantity_of(two), holder="x")
    made = decide_these(by=clerk, now=NOW, verb="confirm", statements=[*waits, own, 999_999], answer="seen")
    assert made.done == (waits[2], waits[0])
    assert [(row.statement, row.code) for row in made.refused] == [(999_999, ""), (own, "m0"), (waits[1], "m1")]
    assert "nobody verifies" in made.refused[1].why.en
    assert "reserved" in made.refused[2].why.en
    assert (quantity_of(one), quantity_of(two), quantity_of(three)) == (90, 100, 90)
    assert states() == {waits[0]: "confirmed", waits[1]: "waiting", waits[2]: "confirmed", own: "counted"}
    kinds = LogEntry.objects.filter(stream=f"register:lot:{three.pk}").order_by("seq").values_list("kind", flat=True)
    assert list(kinds)[-2:] == ["stock.counted", "stock.statement_confirmed"]
    assert list(disagreements()) == []


def test_all_of_one_store_or_one_import_go_in_steps_and_nobody_reaches_beyond_their_eyes(
    monkeypatch: pytest.MonkeyPatch, unit: Organisation, keeper: User, inspector: User
) -> None:
    monkeypatch.setattr(deciding, "AT_ONCE", 2)
    save("site", code="other", name_zh="另库", organisation="north", kind="store", lat=34.6, lon=119.2)
    lots_of(5)
    save("lot", code="else", quantity=100, **{**COMMON, "site": "other"})
    sheet = imported(keeper, *((f"m{number}", 90) for number in range(5)))
    enter(StockLot.objects.get(code="else"), keeper, 90)
    which, taken = Which(number=sheet.pk), []
    assert how_many_wait(inspector, which) == 5
    south: Organisation = save("organisation", code="south", name_zh="南县", kind="government", parent="city")
    stranger = keeper_of(south, "stranger", Role.INSPECTOR)
    assert decide_next(by=stranger, now=NOW, verb="confirm", which=which).done == ()
    own = decide_next(by=keeper, now=NOW, verb="confirm", which=which)
    assert (own.done, len(own.refused)) == ((), 2)
    before: int | None = 0
    while before is not None:
        made = decide_next(by=inspector, now=NOW, verb="confirm", which=Which(number=sheet.pk, before=before))
        taken.append(len(made.done))
        before = made.before
    assert taken == [2, 2, 1]
    store = decide_next(by=inspector, now=NOW, verb="reject", which=Which(site="other"), answer="100 lie there")
    assert len(store.done) == 1
    assert StatedQuantity.objects.get(pk=store.done[0]).answer == "100 lie there"
    assert sorted(StatedQuantity.objects.values_list("state", flat=True)) == [*["confirmed"] * 5, "rejected"]


def test_more_than_one_step_may_take_is_refused_before_anything_is_done(keeper: User, inspector: User) -> None:
    with pytest.raises(TooManyAtOnce, match="several steps"):
        decide_these(by=inspector, now=NOW, verb="confirm", statements=range(1, deciding.AT_ONCE + 2))
    assert decide_these(by=inspector, now=NOW, verb="confirm", statements=[]).done == ()


def test_a_step_costs_the_same_for_each_statement_however_many_wait(
    unit: Organisation, keeper: User, inspector: User
) -> None:
    lots = lots_of(12)
    waits = [enter(lot, keeper, 90).pk for lot in lots]
    taken = []
    for part in (waits[:2], waits[2:12]):
        with CaptureQueriesContext(connection) as queries:
            decide_these(by=inspector, now=NOW, verb="confirm", statements=part)
        taken.append(len(queries) / len(part))
    assert taken[1] <= taken[0]
