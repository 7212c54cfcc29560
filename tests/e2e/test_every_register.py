"""Every register, its list and a record of it: in both languages, by day and by night, and on a phone."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

import pytest

from e2e.city import City
from e2e.conftest import OpenDesk
from e2e.desk import PHONE, Desk
from e2e.judge import LANGUAGES, inaccessible, judge, reading
from e2e.test_paper_and_phone import OVERFLOW
from youbei import content

REGISTERS = tuple(content.registers())
# Kinds of page that are walked below, by an example of each.
REGISTER_PAGES = ("/registers/team/", "/registers/team/1/", "/registers/team/new/")


def pages_of(name: str, city: City) -> list[str]:
    """Return the list, the empty form, and a record where the city has one."""
    listed = re.search(rf'href="(/registers/{name}/\d+/)"', city.page(f"/registers/{name}/"))
    return [f"/registers/{name}/", f"/registers/{name}/new/", *([listed[1]] if listed else [])]


@pytest.fixture(scope="module")
def pages(city: City) -> Callable[[str], list[str]]:
    """Look for the pages of a register once for all tests of them."""
    return cache(lambda name: pages_of(name, city))


@pytest.fixture(scope="module")
def phone(open_desk: OpenDesk) -> Desk:
    return open_desk("admin", "zh-hans", **PHONE)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", REGISTERS)
def test_a_register_is_accessible_whole_and_in_one_language(
    name: str,
    language: str,
    pages: Callable[[str], list[str]],
    readers: dict[str, Desk],
    skimmers: dict[str, Desk],
) -> None:
    for address in pages(name):
        accessibly = language == reading(address)
        desk = (readers if accessibly else skimmers)[language]
        desk.go(address)
        judge(desk, accessibly=accessibly)


@pytest.mark.long
@pytest.mark.parametrize("name", REGISTERS)
def test_a_register_is_as_accessible_in_the_other_language(
    name: str, pages: Callable[[str], list[str]], readers: dict[str, Desk]
) -> None:
    for address in pages(name):
        desk = next(readers[one] for one in LANGUAGES if one != reading(address))
        desk.go(address)
        assert inaccessible(desk.page) == [], address


@pytest.mark.parametrize("name", REGISTERS)
def test_no_page_of_a_register_is_wider_than_the_phone(
    name: str, pages: Callable[[str], list[str]], phone: Desk
) -> None:
    found = []
    for address in pages(name):
        phone.go(address)
        found += [f"{address}: {one}" for one in phone.page.evaluate(OVERFLOW)]
    assert found == []
