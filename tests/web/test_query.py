"""Whatever stands behind the question mark of an address, a page answers."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from tests.web.conftest import client_of, user_with
from youbei.engine.access import Role
from youbei.records.models import Organisation

PAGES = (
    "/incidents/?q={}",
    "/search/?q={}",
    "/registers/team/?q={}&unit={}",
    "/registers/team/?status={}",
    "/registers/team/statistics/?rows={}",
    "/registers/changes/?unit={}&who={}",
    "/registers/freshness/?unit={}",
    "/registers/due/?unit={}&kind={}",
    "/registers/organisation/tree/?below={}",
    "/accounts/?q={}",
    "/log/?stream={}",
)


@pytest.mark.parametrize("word", ["\0", "a\0b", "😀", "'\"%_", "9" * 5000])
@pytest.mark.parametrize("page", PAGES)
def test_a_page_answers_whatever_it_is_asked(page: str, word: str, town: Organisation) -> None:
    browser = client_of(user_with(Role.ADMINISTRATOR, town, name="admin"))
    assert browser.get(page.replace("{}", quote(word))).status_code in (200, 404)
