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
            if status not in expected:
                unread[address] = status
    assert not unread


def test_an_inspector_may_count_and_changes_no_resource(planted: Planted) -> None:
    inspector, wrong, counted = planted.browser("inspector"), {}, 0
    for method, address, needed, body in calls(planted):
        if needed == Permission.EDIT_RESOURCE and method != "GET":
            status = call(inspector, method, address, body).status_code
            wrong |= {} if status in {403, 404} else {address: status}
        if needed == Permission.COUNT_STOCK:
            status, counted = call(inspector, method, address, body).status_code, counted + 1
            wrong |= {} if status in {200, 409} else {address: status}
    assert not wrong
    assert counted >= 2
    lot = planted.records["lot"].pk
    for verb in ("receive", "issue", "move", "write_off", "rotate"):
        said = {"quantity": "0.1", "consumer": "x", "why": "x", "to": planted.records["site"].code}
        assert inspector.post(f"/stock/lots/{lot}/{verb}/", said).status_code in {403, 404}, verb
