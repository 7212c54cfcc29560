"""What other systems fetch and bring in the emergency formats of OASIS."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from xml.etree import ElementTree

from django.test import Client
from tests.built_once import built_once

from api.callers import Caller, make_caller
from youbei.actions import clock
from youbei.engine.access import Role
from youbei.records.models import LogEntry, Organisation, Site

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
