"""Searching, counting, saved views and what is near, over the API: each as the pages have it."""

from __future__ import annotations

from typing import Any

import pytest

from api.callers import Caller
from api.town import furnish
from youbei.actions import clock
from youbei.actions.counts import keep_counts
from youbei.records.models import CountWanted, Heartbeat, Organisation, SavedView

TEAM = {"code": "hazmat-1", "name_zh": "危化一队", "kind": "professional", "organisation": "haizhou", "strength": 30}
TEAM |= {"turn_out_min": 15, "lat": 34.6, "lon": 119.2}


def enter(caller: Caller, values: dict[str, Any]) -> Any:
    answer = caller.post("/registers/team/records", {"values": values})
    assert answer.status == 201, answer.body
    return answer.body


def listed(caller: Caller, query: dict[str, str]) -> int:
    words = "&".join(f"{name}={value}" for name, value in query.items())
    return len(caller.get(f"/registers/team/records?size=200&{words}").body["items"])


def test_a_search_finds_by_initials_and_says_why_and_where(admin: Caller, port: Organisation) -> None:
    made = enter(admin, TEAM | {"organisation": "haizhou-port"})
    (hit,) = admin.get("/search?q=whyd").body["items"]
    assert (hit["register_name"], hit["pk"], hit["reason"]) == ("team", made["pk"], "initials")
    assert hit["unit"]["zh"] == "港口"
    assert admin.get("/search?q=whyd&in_register=site").body == {"items": [], "is_more": False}
    assert [one["code"] for one in admin.get("/search?q=hazmat&unit=haizhou-port").body["items"]] == ["hazmat-1"]


def test_a_search_finds_only_what_one_may_see(admin: Caller, observer: Caller) -> None:
    enter(admin, TEAM)
    assert admin.get("/search?q=hazmat").body["items"]
    assert observer.get("/search?q=hazmat").body["items"] == []
    assert observer.get("/search?q=hazmat&unit=haizhou").status == 404
    assert observer.get("/search?q=hazmat&in_register=dragons").status == 422


def test_a_long_answer_says_that_there_is_more(admin: Caller) -> None:
    for number in range(3):
        enter(admin, TEAM | {"code": f"hazmat-{number}"})
    assert admin.get("/search?q=hazmat&size=2").body["is_more"] is True
    assert admin.get("/search?q=hazmat&size=3").body["is_more"] is False


def test_every_number_of_the_statistics_lists_exactly_its_records(admin: Caller, port: Organisation) -> None:
    for number, (kind, unit) in enumerate(
        [("professional", "haizhou"), ("volunteer", "haizhou"), ("volunteer", "haizhou-port")]
    ):
        enter(admin, TEAM | {"code": f"t{number}", "kind": kind, "organisation": unit})
    table = admin.get("/registers/team/statistics?rows=kind&columns=area").body
    assert (table["rows_by"], table["columns_by"], table["total"]["number"]) == ("kind", "area", "3")
    numbers = [table["total"], *(one["total"] for one in table["rows"] + table["columns"])]
    numbers += [cell for line in table["rows"] for cell in line["cells"]]
    assert len(numbers) == 9
    for one in numbers:
        assert listed(admin, one["query"]) == int(one["number"]), one
    within = admin.get("/registers/team/statistics?rows=area&kind=volunteer").body
    assert within["total"] == {"number": "2", "query": {"kind": "volunteer"}}


def test_statistics_sum_a_number_and_refuse_what_is_not_counted(admin: Caller) -> None:
    enter(admin, TEAM)
    enter(admin, TEAM | {"code": "t2", "strength": 12})
    assert admin.get("/registers/team/statistics?rows=kind&measure=strength").body["total"]["number"] == "42"
    for query in ("rows=shoe_size", "columns=shoe_size", "measure=name_zh", "knid=volunteer"):
        assert admin.get(f"/registers/team/statistics?{query}").status == 422, query


def test_statistics_count_only_what_one_may_see(admin: Caller, observer: Caller, stranger: Caller) -> None:
    enter(admin, TEAM)
    assert observer.get("/registers/team/statistics").body["total"]["number"] == "0"
    assert stranger.get("/registers/team/statistics").status == 404


def test_a_view_is_kept_shared_changed_and_removed(admin: Caller, observer: Caller) -> None:
    body = {"name": "志愿队伍", "query": "kind=volunteer&order=strength", "share_with": "haizhou", "is_default": True}
    kept = admin.post("/registers/team/views", body)
    assert (kept.status, kept.body["is_own"], kept.body["is_shared"], kept.body["is_default"]) == (
        201,
        True,
        True,
        True,
    )
    (seen,) = observer.get("/registers/team/views").body
    assert (seen["query"], seen["is_own"], seen["shared_by"]) == ("kind=volunteer&order=strength", False, "admin")
    assert observer("DELETE", f"/registers/team/views/{seen['pk']}").status == 404
    again = admin.post("/registers/team/views", body | {"share_with": None}).body
    assert (again["pk"], again["is_shared"]) == (kept.body["pk"], False)
    assert observer.get("/registers/team/views").body == []
    assert admin("DELETE", f"/registers/team/views/{again['pk']}").status == 204
    assert not SavedView.objects.exists()


def test_a_view_is_shared_only_with_units_that_one_sees(observer: Caller) -> None:
    assert observer.post("/registers/team/views", {"name": "x", "share_with": "haizhou"}).status == 404


@pytest.mark.parametrize(
    ("query", "register", "value"),
    [
        ("teams?capability=hazmat_response&type=1", "team", ("type", 1)),
        ("stock?item=gas_tight_suit", "lot", ("sum", "10.000")),
        ("sites?kind=store", "site", ("capacity", None)),
    ],
)
def test_what_is_near_says_when_it_is_there(
    query: str, register: str, value: tuple[str, Any], city: Organisation, admin: Caller, observer: Caller
) -> None:
    furnish(city, admin)
    (found,) = admin.get(f"/reach/{query}&lat=36.05&lon=120.35&minutes=30").body["items"]
    assert (found["register_name"], found[value[0]]) == (register, value[1])
    assert found["unit"]["en"] == "Haizhou"
    assert found["total"].startswith("PT")
    assert admin.get(f"/reach/{query}&lat=26.05&lon=110.35&minutes=30").body["items"] == []
    assert observer.get(f"/reach/{query}&lat=36.05&lon=120.35&minutes=30").body["items"] == []


def test_near_what_nobody_knows_is_refused_rather_than_answered_with_nothing(admin: Caller) -> None:
    place = "lat=36.05&lon=120.35&minutes=30"
    assert admin.get(f"/reach/teams?{place}&capability=dragon_taming").status == 422
    assert admin.get(f"/reach/sites?{place}&kind=castle").status == 422
    assert admin.get("/reach/sites?lat=136.05&lon=120.35&minutes=30&kind=store").status == 422


@pytest.mark.sqlite  # on PostgreSQL nothing is kept in a transaction that wrote
def test_very_many_records_are_counted_by_the_worker_and_asked_for_again(
    admin: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    enter(admin, TEAM)
    monkeypatch.setattr("youbei.records.registers.keeping.LARGE", 0)
    address = "/registers/team/statistics?rows=kind&columns=area"
    now = clock.now()
    Heartbeat.objects.create(name="worker", at=now)
    answer = admin.get(address)
    assert (answer.status, answer.body["state"]) == (202, "counting")
    assert answer.body["address"].endswith(address)
    while CountWanted.objects.exists():
        keep_counts(now)
    assert admin.get(address).body["total"]["number"] == "1"
    # What has been counted follows what is entered, and nobody waits again.
    enter(admin, TEAM | {"code": "hazmat-2"})
    assert admin.get(address).body["total"]["number"] == "2"


def test_without_a_worker_it_is_counted_at_once(admin: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    enter(admin, TEAM)
    monkeypatch.setattr("youbei.records.registers.keeping.LARGE", 0)
    assert admin.get("/registers/team/statistics?rows=kind").status == 200
