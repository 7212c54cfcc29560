"""The page of a person and of a post: who holds it, how they are reached and when that worked, what has run out."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from tests.growth import assert_queries_do_not_grow
from tests.web.conftest import client_of, user_with
from youbei import content
from youbei.actions import clock
from youbei.actions.registers.save import save_record
from youbei.engine.access import Role
from youbei.records.models import ContactWay, Organisation, User

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


def save(name: str, **values: Any) -> Any:
    return save_record(register=content.registers()[name], values=values, by=None, now=NOW)


@pytest.fixture
def keeper(town: Organisation) -> Client:
    return client_of(user_with(Role.REGISTRAR, town, name="keeper", language="en"))


@pytest.fixture
def person(town: Organisation) -> Any:
    return save("person", code="p1", name_zh="林小满", organisation=town.code)


def page_of(browser: Client, row: Any, register: str) -> str:
    answer = browser.get(f"/registers/{register}/{row.pk}/")
    assert answer.status_code == 200
    return str(answer.content.decode())


def panel(page: str, name: str) -> str:
    return page.split(f'id="{name}"', 1)[1].split("</section>", 1)[0] if f'id="{name}"' in page else ""


def test_ways_stand_with_when_they_last_worked_and_never_in_full(keeper: Client, person: Any) -> None:
    for rank, address in enumerate(("13800001111", "13900002222"), start=1):
        save("contact_way", person="p1", way="mobile", address=address, rank=rank)
    ContactWay.objects.filter(address="13800001111").update(last_failed_at=NOW, last_ok_at=NOW - timedelta(days=9))
    ContactWay.objects.filter(address="13900002222").update(last_ok_at=NOW)
    ways = panel(page_of(keeper, person, "person"), "ways")
    assert "13800001111" not in ways
    assert "13900002222" not in ways
    assert ways.index("13••••22") < ways.index("13••••11")
    assert ways.count("chip-late") == 1
    assert "2026-11-22T08:00:00" in ways


def test_posts_certificates_and_teams_stand_on_the_page_of_a_person(
    keeper: Client, person: Any, town: Organisation
) -> None:
    save("post", code="chief", name_zh="局长", organisation=town.code, kind="office")
    save("post", code="old", name_zh="科长", organisation=town.code, kind="office")
    today = clock.now()
    save("holding", post="chief", person="p1", starts_at=today - timedelta(days=9))
    save("holding", post="old", person="p1", starts_at=today - timedelta(99), ends_at=today - timedelta(9))
    save("qualification", person="p1", kind="first_aid", expires_on=date(2020, 1, 1))
    page = page_of(keeper, person, "person")
    posts = panel(page, "posts")
    assert posts.index("局长") < posts.index("科长")
    assert posts.count("before") == 1
    assert "until 2020-01-01" in panel(page, "certificates")
    assert "chip-late" in panel(page, "certificates")
    assert panel(page, "vetting") == ""


def test_vetting_and_conflicts_are_for_those_who_vet(town: Organisation, person: Any, keeper: Client) -> None:
    given = {"vetted_on": date(2026, 7, 1), "vetted_by": "保密办", "result": "failed"}
    save("vetting", person="p1", scope="exam_team", **given)
    save("conflict", person="p1", kind="relative_candidate", declared_on=date(2026, 7, 2), effect="不得接触试卷")
    assert "不得接触试卷" not in page_of(keeper, person, "person")
    admin = client_of(user_with(Role.ADMINISTRATOR, town, name="admin", language="en"))
    vetting = panel(page_of(admin, person, "person"), "vetting")
    assert "Not passed" in vetting
    assert "不得接触试卷" in vetting


def test_a_post_says_who_holds_it_or_that_nobody_does(keeper: Client, person: Any, town: Organisation) -> None:
    post = save("post", code="chief", name_zh="局长", organisation=town.code, kind="office")
    assert "nobody" in panel(page_of(keeper, post, "post"), "holders")
    save("holding", post="chief", person="p1", starts_at=clock.now() - timedelta(days=1))
    holders = panel(page_of(keeper, post, "post"), "holders")
    assert "林小满" in holders
    assert "nobody" not in holders
    duty = save("post", code="duty", name_zh="值班员", organisation=town.code, kind="duty")
    assert "by the roster" in panel(page_of(keeper, duty, "post"), "holders")


def test_a_neighbour_opens_neither(stranger: User, person: Any) -> None:
    assert client_of(stranger).get(f"/registers/person/{person.pk}/").status_code == 404


def test_more_of_all_asks_the_database_no_more_often(keeper: Client, person: Any, town: Organisation) -> None:
    numbers = itertools.count()

    def enter() -> None:
        number = next(numbers)
        save("post", code=f"c{number}", name_zh="岗", organisation=town.code, kind="office")
        save("holding", post=f"c{number}", person="p1", starts_at=NOW)
        save("contact_way", person="p1", way="mobile", address=f"1380000{number:04d}")
        save("qualification", person="p1", kind="first_aid", number=str(number))

    assert_queries_do_not_grow(lambda: keeper.get(f"/registers/person/{person.pk}/"), enter)
