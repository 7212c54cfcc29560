"""Every page, every operation, every export: as a neighbour county, which finds nothing of this one."""

from __future__ import annotations

import pytest

from tests.shape.test_doors import operations
from tests.walk.bodies import body_for, query_for
from tests.walk.places import addresses
from tests.walk.planted import CODE, PHONE, WORD, Planted
from tests.walk.steps import call, calls, closed_pages, entries, is_about_a_row, is_of_shared_register, marks_in, walk

pytestmark = pytest.mark.django_db


def test_a_neighbour_sees_nothing_of_the_county_in_pages_lists_searches_and_exports(planted: Planted) -> None:
    neighbour = planted.browser("neighbour")
    for address, _ in walk(planted):
        answer = neighbour.get(address)
        assert answer.status_code < 500, address
        assert marks_in(answer) == [], address
        # What was searched for stands in the field again; so one looks for the other marks.
        for sought in (WORD, CODE, PHONE) if not any(map(str.isdigit, address)) else ():
            found = marks_in(neighbour.get(address, {name: sought for name in ("q", "text", "query", "search")}))
            assert set(found) <= {sought.lower()}, f"{address} tells a searcher for {sought} about the county"
    for method, address, _, body in calls(planted):
        if method == "GET":
            answer = call(neighbour, method, address, body)
            assert answer.status_code < 500, address
            assert marks_in(answer) == [], address


def test_every_address_with_a_row_of_the_county_is_not_there_for_a_neighbour(planted: Planted) -> None:
    neighbour, before = planted.browser("neighbour"), entries()
    for route, _ in closed_pages():
        if "<int:pk>" in route:
            for address in addresses(route, planted):
                if not is_of_shared_register(address):
                    assert neighbour.get(address).status_code in {404, 405}, address
                    assert neighbour.post(address).status_code == 404, f"POST {address}"
    for method, path, operation in operations():
        if is_about_a_row(path) and operation["x-permission"] != "nobody":
            for address in addresses(path, planted):
                if is_of_shared_register(address):
                    continue
                asked = f"{address}?{query_for(operation)}"
                answer = call(neighbour, method.upper(), asked, body_for(operation))
                assert answer.status_code == 404, f"{method} {address}: {answer.status_code} {answer.content[:200]!r}"
    assert entries() == before, "a neighbour has written into the log"
