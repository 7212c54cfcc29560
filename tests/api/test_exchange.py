"""What other systems fetch and bring in the emergency formats of OASIS."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client
from tests.built_once import built_once

from api.callers import Caller, make_caller
from youbei.actions import clock
from youbei.actions.exchange import hospitals as taking
from youbei.api import exchange
from youbei.engine.access import Role
from youbei.engine.exchange.have import Beds, Hospital, write_have
from youbei.records.models import BedCapacity, LogEntry, Organisation, RecordChange, Site

HAVE = "{urn:oasis:names:tc:emergency:EDXL:HAVE:1.0}"
XNL = "{urn:oasis:names:tc:ciq:xnl:3}"


@built_once
def registrar(port: Organisation) -> Caller:
    return make_caller("registrar", Role.REGISTRAR, port)


def enter(caller: Caller, register: str, values: dict[str, Any]) -> int:
    answer = caller.post(f"/registers/{register}/records", {"values": values})
    assert answer.status == 201, answer.body
    return int(answer.body["pk"])


def hospital(caller: Caller, code: str, unit: str, **more: Any) -> int:
    place = {"lat": 34.6, "lon": 119.2, "kind": "hospital", "organisation": unit}
    return enter(
        caller, "site", {"code": code, "name_zh": f"{code}医院", "name_en": f"{code} hospital", **place, **more}
    )


def hospitals_of(caller: Caller, query: str = "") -> dict[str, ElementTree.Element]:
    answer = Client().get(f"/api/exchange/have{query}", headers={"Authorization": f"Bearer {caller.key}"})
    assert answer.status_code == 200, answer.content
    assert answer["Content-Type"] == "application/xml"
    root = ElementTree.fromstring(b"".join(answer.streaming_content))  # type: ignore[attr-defined]  # noqa: S314
    return {str(one.find(f".//{XNL}OrganisationName").get(f"{XNL}ID")): one for one in root}  # type: ignore[union-attr]


def test_hospitals_leave_with_their_beds_for_whom_they_are_and_the_log_says_so(
    admin: Caller, registrar: Caller, observer: Caller, stranger: Caller, port: Organisation
) -> None:
    hospital(admin, "city-1", "haizhou", beds=200, operating="open")
    hospital(admin, "port-1", "haizhou-port")
    hospital(admin, "port-2", "haizhou-port")
    enter(
        admin,
        "site",
        {"code": "school", "name_zh": "学校", "kind": "school", "organisation": "haizhou-port"}
        | {"lat": 34, "lon": 119},
    )
    Site.objects.filter(code="port-2").update(confirmed_at=None)
    at = clock.now().replace(microsecond=0)
    enter(admin, "bed_capacity", {"site": "port-1", "kind": "icu", "beds": 9, "free": 2, "free_at": at.isoformat()})
    # A school is no hospital, and of what nobody ever confirmed nothing can be said as of a time.
    assert set(hospitals_of(admin)) == {"city-1", "port-1"}
    before = LogEntry.objects.filter(kind="register.exported").count()
    found = hospitals_of(registrar, "?language=en")
    assert set(found) == {"port-1"}
    data = json.loads(LogEntry.objects.filter(kind="register.exported").latest("position").data)
    assert (data["register"], data["format"], data["count"]) == ("site", "have", 1)
    assert LogEntry.objects.filter(kind="register.exported").count() == before + 1
    one = found["port-1"]
    assert one.findtext(f".//{XNL}NameElement") == "port-1 hospital"
    assert (one.findtext(f".//{HAVE}BedType"), one.findtext(f".//{HAVE}AvailableCount")) == ("AdultICU", "2")
    assert datetime.fromisoformat(str(one.findtext(f"{HAVE}LastUpdateTime"))) == at
    assert set(hospitals_of(admin, "?unit=haizhou-port")) == {"port-1"}
    assert observer.get("/exchange/have").status == 403
    assert stranger.get("/exchange/have").status == 403
    assert Caller().get("/exchange/have").status == 401
    assert admin.get("/exchange/have?kidn=hospital").status == 422


def test_only_the_register_of_sites_leaves_as_have(admin: Caller) -> None:
    answer = admin.get("/registers/team/export?format=have")
    assert answer.status == 409
    assert "Formats: xlsx, csv, geojson, kml." in answer.body["text"]["en"]
    assert (
        Client()
        .get("/api/registers/site/export?format=have", headers={"Authorization": f"Bearer {admin.key}"})
        .status_code
        == 200
    )


def said(code: str, at: datetime, *beds: Beds, operating: str = "") -> Hospital:
    """Return what another system says of a hospital as of a time."""
    known = tuple(Beds(one.kind, one.beds, one.free, at) for one in beds)
    return Hospital(code, code, 34.6, 119.2, confirmed_at=at, operating=operating, beds=known)


def send(caller: Caller, *hospitals: Hospital) -> Any:
    content = "".join(write_have(hospitals)).encode()
    return caller("POST", "/exchange/edxl", content, Content_Type="application/xml")


def outcomes(caller: Caller, *hospitals: Hospital) -> dict[str, str]:
    answer = send(caller, *hospitals)
    assert answer.status == 200, answer.body
    return {one["code"]: one["outcome"] for one in answer.body["hospitals"]}


def test_what_another_system_says_is_taken_as_of_its_time_and_stands_in_the_history(
    admin: Caller, port: Organisation
) -> None:
    site = hospital(admin, "port-1", "haizhou-port")
    at = clock.now().replace(microsecond=0) - timedelta(hours=2)
    Site.objects.update(confirmed_at=at - timedelta(days=1))
    report = said("port-1", at, Beds("icu", 9, 2), Beds("burns", 4, 4), operating="full")
    answer = send(admin, report)
    (one,) = answer.body["hospitals"]
    assert (one["outcome"], one["taken"], one["older"]) == ("taken", ["icu", "burns", "operating"], [])
    row = BedCapacity.objects.get(kind="icu")
    assert (row.beds, row.free, row.free_at, row.confirmed_at) == (9, 2, at, at)
    found = Site.objects.get(pk=site)
    assert (found.operating, found.confirmed_at) == ("full", at)
    change = RecordChange.objects.filter(register="bed_capacity", record_id=row.pk).get()
    assert (change.kind, change.source) == ("created", "exchange")
    entry = LogEntry.objects.filter(kind="exchange.received").latest("position")
    assert json.loads(entry.data) == {"hospitals": {"taken": 1}, "status": "Actual"}
    # The same again changes nothing; what leaves is as old as it came.
    assert outcomes(admin, report) == {"port-1": "unchanged"}
    assert RecordChange.objects.filter(register="bed_capacity").count() == 2
    assert datetime.fromisoformat(str(hospitals_of(admin)["port-1"].findtext(f"{HAVE}LastUpdateTime"))) == at


def test_what_is_older_than_what_is_known_stays_out_kind_by_kind(admin: Caller, port: Organisation) -> None:
    hospital(admin, "port-1", "haizhou-port", operating="open")
    now = clock.now().replace(microsecond=0)
    assert outcomes(admin, said("port-1", now - timedelta(hours=1), Beds("icu", 9, 2))) == {"port-1": "taken"}
    late = said("port-1", now - timedelta(hours=3), Beds("icu", 9, 7), Beds("burns", 4, 1), operating="closed")
    (one,) = send(admin, late).body["hospitals"]
    # Burns were not known before; who entered the site an hour ago said that it is open.
    assert (one["outcome"], one["taken"], one["older"]) == ("taken", ["burns"], ["icu", "operating"])
    assert BedCapacity.objects.get(kind="icu").free == 2
    assert Site.objects.get(code="port-1").operating == "open"
    (one,) = send(admin, said("port-1", now - timedelta(hours=4), Beds("icu", 9, 8))).body["hospitals"]
    assert one["outcome"] == "older"
    assert "nothing was taken" in one["why"]["en"]
    # A newer count is taken though it says the same: it holds as of then.
    assert outcomes(admin, said("port-1", now, Beds("icu", 9, 2))) == {"port-1": "taken"}
    assert BedCapacity.objects.get(kind="icu").free_at == now


def test_how_many_beds_there_are_is_not_confirmed_back_into_the_past(admin: Caller, port: Organisation) -> None:
    hospital(admin, "port-1", "haizhou-port")
    enter(admin, "bed_capacity", {"site": "port-1", "kind": "icu", "beds": 9})
    entered_at = BedCapacity.objects.get().confirmed_at
    at = clock.now().replace(microsecond=0) - timedelta(hours=2)
    assert outcomes(admin, said("port-1", at, Beds("icu", 9, 2))) == {"port-1": "taken"}
    row = BedCapacity.objects.get()
    assert (row.free, row.free_at, row.confirmed_at) == (2, at, entered_at)
    assert outcomes(admin, said("port-1", at + timedelta(minutes=1), Beds("icu", 8, 2))) == {"port-1": "older"}


def test_each_hospital_is_taken_whole_or_not_at_all_and_says_why(
    admin: Caller, registrar: Caller, observer: Caller, port: Organisation
) -> None:
    hospital(admin, "city-1", "haizhou")
    hospital(admin, "port-1", "haizhou-port")
    hospital(admin, "port-2", "haizhou-port")
    hospital(admin, "port-3", "haizhou-port")
    enter(admin, "bed_capacity", {"site": "port-2", "kind": "icu", "beds": 3})
    at = clock.now().replace(microsecond=0)
    sent = (
        said("port-1", at, Beds("icu", 9, 2)),
        said("city-1", at, Beds("icu", 9, 2)),
        said("nowhere", at, Beds("icu", 9, 2)),
        said("port-2", at, Beds("burns", 4, 1), Beds("icu", None, 5)),
        said("port-3", at + timedelta(hours=1), Beds("icu", 9, 2)),
        said("port-1", at, Beds("icu", 9, 3)),
    )
    answer = send(registrar, *sent)
    assert [(one["code"], one["outcome"]) for one in answer.body["hospitals"]] == [
        ("port-1", "taken"),
        ("city-1", "unknown"),
        ("nowhere", "unknown"),
        ("port-2", "impossible"),
        ("port-3", "impossible"),
        ("port-1", "impossible"),
    ]
    why = [one["why"]["en"] for one in answer.body["hospitals"]]
    assert "5 free of 3 beds" in why[3]
    assert "lies in the future" in why[4]
    assert "twice" in why[5]
    assert not BedCapacity.objects.filter(kind="burns").exists()
    assert BedCapacity.objects.get(site__code="port-1").free == 2
    assert outcomes(observer, said("port-1", at, Beds("icu", 9, 1))) == {"port-1": "not_permitted"}
    assert BedCapacity.objects.get(site__code="port-1").free == 2


def test_many_hospitals_are_taken_in_steps(admin: Caller, port: Organisation, monkeypatch: pytest.MonkeyPatch) -> None:
    for one in range(5):
        hospital(admin, f"port-{one}", "haizhou-port")
    at = clock.now().replace(microsecond=0) - timedelta(hours=1)
    reports = [said(f"port-{one}", at, Beds("icu", 9, one)) for one in range(5)]
    content = "".join(write_have([*reports, reports[0]])).encode()
    monkeypatch.setattr(taking, "PATIENCE", timedelta(0))
    after: int | None = 0
    codes, outcome = [], ""
    while after is not None:
        answer = admin("POST", f"/exchange/edxl?after={after}", content, Content_Type="application/xml").body
        (one,) = answer["hospitals"]
        codes.append(one["code"])
        after, outcome = answer["next"], one["outcome"]
    assert codes == ["port-0", "port-1", "port-2", "port-3", "port-4", "port-0"]
    assert outcome == "impossible"
    assert BedCapacity.objects.count() == 5
    monkeypatch.undo()
    monkeypatch.setattr(exchange, "MOST_AS_ONE", 2)
    whole = admin("POST", "/exchange/edxl", content, Content_Type="application/xml").body
    assert (len(whole["hospitals"]), whole["next"]) == (6, None)
    keyed = admin("POST", "/exchange/edxl", content, Content_Type="application/xml", Idempotency_Key="k").body
    assert (len(keyed["hospitals"]), keyed["next"]) == (2, 2)
    beyond = admin("POST", "/exchange/edxl?after=99", content, Content_Type="application/xml").body
    assert (beyond["hospitals"], beyond["next"]) == ([], None)


def test_only_what_is_real_enters_the_register(admin: Caller, stranger: Caller, port: Organisation) -> None:
    hospital(admin, "port-1", "haizhou-port")
    inner = "".join(write_have([said("port-1", clock.now(), Beds("icu", 9, 2))])).partition("?>")[2]

    def sent(status: str) -> Any:
        content = (
            f'<EDXLDistribution xmlns="urn:oasis:names:tc:emergency:EDXL:DE:1.0"><distributionStatus>{status}'
            "</distributionStatus><contentObject><xmlContent><embeddedXMLContent>"
            f"{inner}</embeddedXMLContent></xmlContent></contentObject></EDXLDistribution>"
        )
        return admin("POST", "/exchange/edxl", content.encode(), Content_Type="application/xml")

    for status in ("Exercise", "Test", "System", "Draft"):
        answer = sent(status)
        assert answer.status == 422, status
        assert answer.body["text"]["zh"]
    assert not BedCapacity.objects.exists()
    assert sent("Actual").body["hospitals"][0]["outcome"] == "taken"
    assert admin("POST", "/exchange/edxl", b"<a/>", Content_Type="text/plain").status == 422
    assert send(stranger, said("port-1", clock.now())).status == 403
    assert send(Caller(), said("port-1", clock.now())).status == 401
