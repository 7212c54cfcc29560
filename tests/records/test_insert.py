"""Rows written fast are the same rows that the models would have written."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Model

from tests.records.conftest import Town, incident, new_run_row
from youbei.records import models as rows
from youbei.records.insert import insert_rows, update_rows, upsert_rows

MOMENT = datetime(2026, 11, 22, 8, 30, 15, 7, tzinfo=UTC)


def stored(model: type[Model], **which: Any) -> dict[str, Any]:
    row = model._default_manager.filter(**which).values().get()
    return {name: value for name, value in row.items() if name not in {"id", "code", "number", "need", "key"}}


def both_ways(model: type[Model], name: str, values: dict[str, Any]) -> None:
    """Write one row through the model and one fast, and compare what is stored."""
    model._default_manager.create(**{name: "by-model"}, **values)
    insert_rows(model, [{name: "fast", **values}])
    assert stored(model, **{name: "fast"}) == stored(model, **{name: "by-model"})


def test_times_texts_numbers_and_booleans_are_stored_alike(town: Town) -> None:
    shanghai = timezone(timedelta(hours=8))
    values = {
        "organisation_id": town.city.pk,
        "org_path": town.city.path,
        "category": "accident",
        "kind": "leak",
        "title": "液氨泄漏 '\"%s",
        "lat": 30.123456789,
        "lon": None,
        "occurred_at": None,
        "known_at": MOMENT,
        "reported_at": MOMENT.astimezone(shanghai),
        "source": "phone",
        "entered_by": "user:1",
        "is_grade_lower_bound": True,
    }
    both_ways(rows.Incident, "number", values)
    assert rows.Incident.objects.get(number="fast").reported_at == MOMENT


@pytest.mark.parametrize("data", [None, {"b": [1, 2.5, None, "中"], "a": {}}, [], "text", 0, True])
def test_json_is_stored_alike(town: Town, data: Any) -> None:
    rows.RoadNetwork.objects.create(code="by-model", data=data if data is not None else {})
    insert_rows(rows.RoadNetwork, [{"code": "fast", "data": data if data is not None else {}}])
    assert stored(rows.RoadNetwork, code="fast") == stored(rows.RoadNetwork, code="by-model")


def test_json_that_is_absent_is_null(town: Town) -> None:
    run = new_run_row(town, incident(town.city, 1))
    update_rows(rows.Run, [{"id": run.pk, "clock": None}], key=("id",))
    assert rows.Run.objects.filter(pk=run.pk, clock__isnull=True).exists()
    update_rows(rows.Run, [{"id": run.pk, "clock": {"speed": 2.0}}], key=("id",))
    run.refresh_from_db()
    assert run.clock == {"speed": 2.0}


def test_decimals_and_dates_are_stored_alike(town: Town) -> None:
    values = {
        "item_id": town.lot.item_id,
        "site_id": town.lot.site_id,
        "organisation_id": town.city.pk,
        "org_path": town.city.path,
        "quantity": Decimal("12.345"),
        "expires_on": date(2027, 1, 31),
        "lat": 30.0,
        "lon": 120.0,
    }
    by_model = rows.StockLot.objects.create(**values)
    insert_rows(rows.StockLot, [values])
    fast = rows.StockLot.objects.order_by("-id")[0]
    assert fast.pk != by_model.pk
    assert stored(rows.StockLot, pk=fast.pk) == stored(rows.StockLot, pk=by_model.pk)


def test_many_rows_go_out_in_pieces(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("youbei.records.insert.PARAMETERS_PER_STATEMENT", 7)
    insert_rows(rows.Item, [{"code": f"i{n}", "name_zh": "物", "unit_zh": "个", "unit_en": "1"} for n in range(25)])
    assert rows.Item.objects.filter(code__startswith="i").count() == 25


def test_upsert_brings_a_row_up_to_date_and_keeps_what_is_to_be_kept(town: Town) -> None:
    run = new_run_row(town, incident(town.city, 1))
    first = {"run_id": run.pk, "need": "a/b", "opened_at": MOMENT, "asked": 2.0, "is_met": False}
    upsert_rows(rows.RunNeed, [first], unique=("run_id", "need"))
    later = {**first, "opened_at": MOMENT + timedelta(hours=1), "asked": 3.0, "is_met": True}
    upsert_rows(rows.RunNeed, [later], unique=("run_id", "need"), keep=("opened_at",))
    need = rows.RunNeed.objects.get(run=run)
    assert (need.opened_at, need.asked, need.is_met) == (MOMENT, 3.0, True)


def test_constraints_hold(town: Town) -> None:
    row = {"code": "suit", "name_zh": "again", "unit_zh": "", "unit_en": ""}
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_rows(rows.Item, [row])


def test_no_rows_are_no_statement(town: Town, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        insert_rows(rows.Item, [])
        upsert_rows(rows.Item, [], unique=("code",))
        update_rows(rows.Item, [], key=("code",))


def test_paths_compare_byte_by_byte(town: Town) -> None:
    """A range over paths is only right where the database does not order text by a language."""
    for code, path in (("a", "/1/"), ("b", "/1/2/"), ("c", "/10/"), ("d", "/1/10/"), ("e", "/2/")):
        rows.Organisation.objects.create(code=code, kind="park", name_zh=code, path=f"/9{path}")
    listed = list(rows.Organisation.objects.under("/9/1/").order_by("path").values_list("code", flat=True))
    assert listed == ["a", "d", "b"]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT table_name FROM information_schema.columns WHERE table_name LIKE 'records_%%'"
                " AND column_name IN ('org_path', 'path') AND collation_name IS DISTINCT FROM 'C'"
            )
            assert cursor.fetchall() == []
