"""Every page, every operation, every export: as the owner of a county and as its superior, who find what is there."""

from __future__ import annotations

import pytest

from tests.walk.language import left_english
from tests.walk.planted import Planted
from tests.walk.steps import call, calls, is_of_shared_register, is_seen_by_all, marks_in, walk
from youbei.engine.access import Permission

pytestmark = pytest.mark.django_db
# The road network of the installation, and the proof of a sealed time: none is planted.
MAY_BE_MISSING = {"/api/map/ground"}
# A campaign is its superior's; who is asked answers by link.
OF_THE_SUPERIOR = ("/api/campaigns/", "/api/campaign-units/")


def test_the_superior_sees_the_county_and_reads_of_it_in_chinese(planted: Planted) -> None:
    superior, left = planted.browser("superior", "zh-hans"), {}
    for address, needed in walk(planted):
        if needed is Permission.SEE:
            answer = superior.get(address)
            assert answer.status_code in {200, 302, 403, 404, 405}, address
            left |= {address: said} if (said := left_english(answer)) else {}
    assert not left, "sentences left in English on Chinese pages"
    for seen in (
        f"/incidents/{planted.incident.pk}/",
        f"/runs/{planted.run.pk}/",
        f"/plans/{planted.version.plan_id}/",
        *(f"/registers/{name}/{row.pk}/" for name, row in planted.records.items() if is_seen_by_all(name)),
    ):
        answer = superior.get(seen)
        assert answer.status_code == 200, seen
        assert marks_in(answer) or is_of_shared_register(seen), seen


def test_the_owner_reads_everything_through_the_api(planted: Planted) -> None:
    owner, unread = planted.browser("owner"), {}
    for method, address, _, body in calls(planted):
        if method == "GET":
            may_be_missing = "?" in address or address in MAY_BE_MISSING or address.endswith("/proof")
            expected = {200, 404} if may_be_missing else {200}
            status = call(owner, method, address, body).status_code
            if status not in (expected if not address.startswith(OF_THE_SUPERIOR) else {404}):
                unread[address] = status
    assert not unread
