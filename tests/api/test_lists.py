"""Lists cost the same number of queries however long they are."""

from __future__ import annotations

from itertools import count

import pytest

from api.callers import Caller, make_caller
from api.town import PLAN, REPORT, furnish
from growth import assert_queries_do_not_grow
from youbei.actions import clock
from youbei.actions.registers.people import create_organisation, create_person, create_post
from youbei.engine.access import Role
from youbei.records.models import Organisation

LISTS = (
    "/incidents",
    "/runs",
    "/plans",
    "/teams",
    "/stock",
    "/sites",
    "/messages",
    "/log",
    "/organisations",
    "/people",
    "/posts",
    "/registers/organisation/records",
    "/registers/team/records",
    "/grants",
    "/plans/leak/versions",
    "/me/tokens",
)


@pytest.mark.parametrize("path", LISTS)
def test_a_longer_list_asks_the_database_no_more_often(path: str, admin: Caller, city: Organisation) -> None:
    town = furnish(city, admin)
    numbers = count(1)

    def add_rows() -> None:
        number, now = next(numbers), clock.now()
        unit = create_organisation(by=None, now=now, code=f"unit-{number}", kind="park", name_zh="单位", parent=city)
        create_person(by=None, now=now, organisation=unit, code=f"person-{number}", name_zh="张三")
        create_post(by=None, now=now, organisation=unit, code="duty", name_zh="值班")
        make_caller(f"user-{number}", Role.OBSERVER, unit)
        admin.post("/me/tokens", {"label": f"key {number}"})
        admin.post("/plans", {"text": PLAN.replace('version = "1"', f'version = "1.{number}"')})
        admin.post("/plans", {"text": PLAN.replace('id = "leak"\nversion', f'id = "leak-{number}"\nversion')})
        incident = admin.post("/incidents", REPORT).body["row"]["pk"]
        assert admin.post(f"/incidents/{incident}/runs", {"version_pk": town.version}).status == 201

    def show() -> None:
        assert admin.get(path).status == 200

    assert_queries_do_not_grow(show, add_rows)
