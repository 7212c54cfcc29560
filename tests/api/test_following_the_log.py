"""A program follows the log from a position on: in order, in pages, without gaps, and within what it may see."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from api.callers import Caller, make_caller
from api.test_registers import PERSON, TEAM, entered
from youbei.engine.access import Role
from youbei.records.models import LogEntry, Organisation, Person


def positions(answer: Any) -> list[int]:
    return [one["position"] for one in answer.body["items"]]


def followed(caller: Caller, after: int, more: str = "") -> list[int]:
    """Read what follows a position as a program does: page by page while there is a next one."""
    found: list[int] = []
    cursor: str | None = ""
    while cursor is not None:
        answer = caller.get(f"/log?after={after}&size=3{more}" + (f"&cursor={cursor}" if cursor else ""))
        assert answer.status == 200, answer.body
        found += positions(answer)
        cursor = answer.body["next"]
    return found


def test_what_follows_a_position_comes_in_order_and_whole(admin: Caller, observer: Caller, port: Organisation) -> None:
    head = admin.get("/log/head").body["position"]
    assert followed(admin, head) == []
    for number in range(4):
        entered(admin, "team", TEAM | {"code": f"t{number}"})
    entered(admin, "team", TEAM | {"code": "p", "organisation": "haizhou-port"})
    written = list(LogEntry.objects.filter(position__gt=head).order_by("position").values_list("position", flat=True))
    assert followed(admin, head) == written
    assert followed(admin, written[1]) == written[2:]
    assert followed(admin, 0)[-len(written) :] == written
    seen = followed(observer, head)
    assert seen == [one for one in written if LogEntry.objects.get(position=one).org_path.startswith(port.path)]
    assert 0 < len(seen) < len(written)
    kind = LogEntry.objects.get(position=written[0]).kind
    alike = LogEntry.objects.filter(position__in=written, kind=kind).order_by("position")
    assert followed(admin, head, f"&kind={kind}") == list(alike.values_list("position", flat=True))
    assert followed(admin, 2**62) == []
    for wrong in ("after=-1", "after=x", f"after={2**63}", "afetr=1", "after=1&after=2"):
        assert admin.get(f"/log?{wrong}").status == 422, wrong
    onward = admin.get("/log?after=0&size=1").body["next"]
    assert admin.get(f"/log?cursor={onward}").status == 400, "a cursor of one order is none of the other"


def test_the_page_is_taken_from_the_index_on_the_position(admin: Caller) -> None:
    entered(admin, "team", TEAM)
    with CaptureQueriesContext(connection) as asked:
        admin.get("/log?after=1&size=2")
    (page,) = [one["sql"] for one in asked if '"position" > 1' in one["sql"] and "LIMIT 3" in one["sql"]]
    assert "OFFSET" not in page
    assert "COUNT" not in page


def test_a_person_is_erased_over_the_api_as_on_the_page(admin: Caller, observer: Caller) -> None:
    made = entered(admin, "person", PERSON)
    address = f"/registers/person/records/{made['pk']}"
    ground = {"ground": "consent_withdrawn"}
    assert observer.post(f"{address}/erase").status in (403, 404)
    assert observer.post(f"{address}/erasure", ground).status in (403, 404)
    assert "No erasure waits" in admin.post(f"{address}/erase").body["detail"]
    for wrong in ({}, {"ground": ""}, {"ground": "because"}, {"ground": "unlawful", "why": "x"}):
        assert admin.post(f"{address}/erasure", wrong).status == 422, wrong
    asked = admin.post(f"{address}/erasure", ground)
    assert (asked.status, asked.body["ground"]) == (201, "consent_withdrawn")
    assert admin.post(f"{address}/erase").status == 409, "nobody confirms what they have asked"
    assert admin.post(f"{address}/erasure/withdraw").status == 200
    assert admin.post(f"{address}/erasure/withdraw").status == 409
    keeper = make_caller("keeper", Role.REGISTRAR, Organisation.objects.get(code="haizhou"))
    assert keeper.post(f"{address}/erasure", ground).status == 201
    answer = admin.post(f"{address}/erase", Idempotency_Key="once")
    assert answer.status == 200, answer.body
    assert answer.body["values"]["name_zh"] == "（已删除）"
    assert answer.body["retired_at"]
    assert admin.post(f"{address}/erase", Idempotency_Key="once").status == 200
    person = Person.objects.get(pk=made["pk"])
    assert (person.phone, person.email) == ("", "")
    assert LogEntry.objects.filter(kind="record.erased").count() == 1
    team = entered(admin, "team", TEAM)
    refused = admin.post(f"/registers/team/records/{team['pk']}/erase")
    assert refused.status == 404
    assert "retired" in refused.body["detail"]
