"""The history of all registers on one page: narrowed, paged, exported, and closed to who may not see."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from tests.built_once import built_once
from tests.growth import assert_queries_do_not_grow
from tests.web.conftest import client_of, user_with
from youbei import content
from youbei.actions.registers.keep import confirm_records, retire_record
from youbei.actions.registers.people import create_organisation
from youbei.actions.registers.save import save_record
from youbei.engine.access import Role
from youbei.records.models import LogEntry, Organisation, User
from youbei.records.registers import changes
from youbei.records.registers.changes import ChangeFilters, change_page, changes_for

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
REGISTERS = content.registers()


def unit(code: str, parent: Organisation | None, name: str) -> Organisation:
    return create_organisation(
        by=None, now=NOW, code=code, kind="government", name_zh=name, name_en=name, parent=parent, email=""
    )


def team(code: str, home: Organisation, *, now: datetime = NOW, **more: Any) -> Any:
    values = {"code": code, "name_zh": f"队{code}", "name_en": f"Team {code}", "kind": "professional"}
    values |= {"organisation": home.code, "turn_out_min": 5, "lat": 34.6, "lon": 119.2}
    return save_record(
        register=REGISTERS["team"], values={**values, **more.pop("values", {})}, by=None, now=now, **more
    )


@built_once
def counties() -> tuple[Organisation, Organisation, Organisation]:
    city = unit("city", None, "City")
    return city, unit("east", city, "East"), unit("west", city, "West")


def text_of(browser: Client, query: str = "") -> str:
    return browser.get(f"/registers/changes/{query}").content.decode()


def test_a_county_sees_its_own_changes_and_not_its_neighbours(counties: Any) -> None:
    city, east, west = counties
    team("e1", east)
    team("w1", west)
    keeper = client_of(user_with(Role.REGISTRAR, east, name="keeper"))
    assert "Team e1" in text_of(keeper)
    assert "Team w1" not in text_of(keeper)
    above = client_of(user_with(Role.REGISTRAR, city, name="above"))
    assert "Team e1" in text_of(above)
    assert "Team w1" in text_of(above)
    assert "Team w1" not in text_of(above, "?unit=east")
    assert "Team e1" in text_of(above, "?unit=east")
    assert "Team e1" not in text_of(keeper, "?unit=west")
    assert client_of(user_with(None, city, name="nobody")).get("/registers/changes/").status_code == 403


def test_changes_of_a_register_that_one_may_not_see_are_not_there(counties: Any) -> None:
    city, east, _west = counties
    person = {"code": "p1", "name_zh": "王某", "organisation": "east", "phone": "13912345678"}
    save_record(register=REGISTERS["person"], values=person, by=None, now=NOW)
    vetted = {"person": "p1", "scope": "exam", "vetted_on": NOW.date(), "vetted_by": "bureau", "result": "passed"}
    choice = REGISTERS["vetting"].field("scope").choices[0].code
    save_record(register=REGISTERS["vetting"], values={**vetted, "scope": choice}, by=None, now=NOW)
    keeper = client_of(user_with(Role.REGISTRAR, east, name="keeper"))
    officer = client_of(user_with(Role.VETTING_OFFICER, city, name="vetter"))
    assert "/registers/vetting/" not in text_of(keeper)
    assert "/registers/vetting/" in text_of(officer)
    assert "13912345678" not in text_of(officer) + text_of(keeper)
    assert keeper.get("/registers/changes/?register=vetting").content.decode().count("row-line") == 0


def test_each_filter_keeps_exactly_what_it_names(counties: Any) -> None:
    _city, east, _west = counties
    author = user_with(Role.REGISTRAR, east, name="author")
    one = team("e1", east)
    two = team("e2", east, now=NOW + timedelta(days=2), source="import:7")
    confirm_records(register=REGISTERS["team"], pks=[one.pk], by=author, now=NOW + timedelta(days=3))
    retire_record(register=REGISTERS["team"], pk=two.pk, reason="closed", by=author, now=NOW + timedelta(days=4))

    def kinds(**filters: Any) -> list[str]:
        page = change_page(author, ChangeFilters(**filters), now=NOW)
        return [f"{row.change.kind}:{row.change.record_id}" for row in page.rows if row.register.name == "team"]

    assert kinds() == [f"retired:{two.pk}", f"confirmed:{one.pk}", f"created:{two.pk}", f"created:{one.pk}"]
    assert kinds(who="author") == [f"retired:{two.pk}", f"confirmed:{one.pk}"]
    assert kinds(kind="retired") == [f"retired:{two.pk}"]
    assert kinds(source="import") == [f"created:{two.pk}"]
    assert kinds(register="team", record=one.pk) == [f"confirmed:{one.pk}", f"created:{one.pk}"]
    day = (NOW + timedelta(days=2)).date()
    assert kinds(first=day, last=day) == [f"created:{two.pk}"]
    assert kinds(register="person") == [] == kinds(who="nobody-of-that-name")


@pytest.mark.parametrize("steps", [3, 3000])
def test_pages_forth_and_back_show_every_change_once_however_they_are_found(
    counties: Any, steps: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "STEPS", steps)
    monkeypatch.setattr(changes, "FEW", 2)
    _city, east, west = counties
    reader = user_with(Role.OBSERVER, east, name="reader")
    for number in range(9):
        team(f"e{number}", east, now=NOW + timedelta(minutes=number))
        team(f"w{number}", west, now=NOW + timedelta(minutes=number))
    filters = ChangeFilters(register="team")
    wanted = list(changes_for(reader, filters).order_by("-at", "-id").values_list("pk", flat=True))
    assert len(wanted) == 9
    seen, cursor, pages = [], None, []
    for _turn in range(30):
        page = change_page(reader, filters, now=NOW, cursor=cursor, size=2)
        pages.append([row.change.pk for row in page.rows])
        seen += pages[-1]
        if page.next_cursor is None:
            break
        cursor = page.next_cursor
    assert seen == wanted
    back: list[int] = []
    while page.previous_cursor is not None:
        page = change_page(reader, filters, now=NOW, cursor=page.previous_cursor, size=2)
        back = [row.change.pk for row in page.rows] + back
    assert [pk for pk in seen if pk in back] == back
    assert {*back, *pages[-1]} == set(wanted)


def test_the_export_holds_what_the_page_shows_without_personal_values_and_is_logged(counties: Any) -> None:
    city, east, west = counties
    team("w1", west)
    person = {"code": "p1", "name_zh": "王某", "organisation": "east", "phone": "13912345678"}
    save_record(register=REGISTERS["person"], values=person, by=None, now=NOW)
    browser = client_of(user_with(Role.REGISTRAR, east, name="keeper"))
    answer = browser.get("/registers/changes/export/?register=person")
    text = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    assert "王某" in text
    assert "•••" in text
    assert "13912345678" not in text
    assert "w1" not in text
    said = json.loads(LogEntry.objects.get(kind="history.exported").data)
    assert (said["count"], said["filters"]) == (1, {"register": "person"})
    observer = client_of(user_with(Role.OBSERVER, city, name="looker"))
    assert observer.get("/registers/changes/export/").status_code == 403


def test_a_page_of_changes_costs_the_same_however_many_there_are(counties: Any) -> None:
    _city, east, _west = counties
    user_with(Role.REGISTRAR, east, name="keeper")
    numbers = iter(range(1000))

    def show() -> None:
        change_page(User.objects.get(username="keeper"), ChangeFilters(), now=NOW)

    def add() -> None:
        for _ in range(3):
            team(f"t{next(numbers)}", east)

    assert_queries_do_not_grow(show, add)


def test_bad_addresses_show_a_page_and_no_error(counties: Any) -> None:
    browser = client_of(user_with(Role.REGISTRAR, counties[0], name="keeper"))
    for query in ("from=9999-12-31&until=0001-01-01", "record=²", "kind=x&source=y", "unit=nowhere&who=%00", "who=😀"):
        assert browser.get(f"/registers/changes/?{query}").status_code == 200, query
    assert browser.get("/registers/changes/?cursor=x").status_code == 400
