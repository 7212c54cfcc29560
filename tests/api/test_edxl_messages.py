"""Requests to other organisations as messages of EDXL-RM, out and in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client
from tests.built_once import built_once

from api.callers import Caller, make_caller
from api.test_calling_off import ASK, aid, keeper
from youbei.actions import clock
from youbei.engine.access import Role
from youbei.records.models import AidRequest, CallOff, Incident, Organisation

__all__ = ["aid", "keeper"]
DE, MSG = "{urn:oasis:names:tc:emergency:EDXL:DE:1.0}", "{urn:oasis:names:tc:emergency:EDXL:RM:1.0:msg}"
RM = "{urn:oasis:names:tc:emergency:EDXL:RM:1.0}"
REPORT: dict[str, Any] = {
    "organisation": "haizhou",
    "category": "accident",
    "kind": "ammonia_leak",
    "title": "液氨泄漏",
    "point": {"lat": 36.05, "lon": 120.35},
    "facts": {"serious_injured": 1},
    "source": "phone",
}


@built_once
def helper(port: Organisation) -> Caller:
    """A program of the port, which answers what is asked of it."""
    return make_caller("program-of-the-port", Role.DUTY_OFFICER, port)


@built_once
def asked(admin: Caller, port: Organisation) -> int:
    reported = admin.post("/incidents", REPORT)
    assert reported.status == 201, reported.body
    incident = Incident.objects.get().pk
    body = {"partner": port.code, "quantity": 2, "capability": "hazmat_response", "words": "带堵漏器材"}
    answer = admin.post(f"/incidents/{incident}/aid", body)
    assert answer.status == 201, answer.body
    return int(answer.body["pk"])


def in_hours(hours: float) -> str:
    return (clock.now().replace(microsecond=0) + timedelta(hours=hours)).isoformat()


def fetched(caller: Caller, address: str) -> ElementTree.Element:
    answer = Client().get(f"/api{address}", headers={"Authorization": f"Bearer {caller.key}"})
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/xml"), answer.content
    return ElementTree.fromstring(answer.content)  # noqa: S314  (our own)


def kinds(root: ElementTree.Element) -> list[str]:
    return [one[0].tag.removeprefix(MSG) for one in root.iter(f"{DE}embeddedXMLContent")]


def test_each_step_of_a_request_for_help_leaves_as_its_message(
    admin: Caller, helper: Caller, stranger: Caller, asked: int
) -> None:
    at = in_hours(1)
    for step, body in (("offer", {"quantity": 1, "at": at}), ("commit", {"quantity": 2, "at": at}), ("depart", {})):
        assert helper.post(f"/aid/{asked}/{step}", body).status == 200
    assert admin.post(f"/aid/{asked}/extend", {"at": in_hours(9)}).status == 200
    root = fetched(helper, f"/aid/{asked}/edxl?language=en")
    assert kinds(root) == [
        "RequestResource",
        "ResponseToRequestResource",
        "CommitResource",
        "ReportResourceDeploymentStatus",
        "RequestExtendedDeploymentDuration",
    ]
    assert root.findtext(f"{DE}distributionStatus") == "Actual"
    ((promised,),) = (fetched(admin, f"/aid/{asked}/edxl?step=3").iter(f"{MSG}CommitResource"),)
    assert promised.findtext(f".//{RM}Amount") == "2"
    assert promised.findtext(f".//{MSG}ScheduleInformation/{MSG}DateTime") == at
    assert promised.findtext(f"{MSG}OriginatingMessageID") == f"127.0.0.1:aid:{asked}:1"
    assert promised.findtext(f".//{MSG}TypeStructure/{RM}Value") == "hazmat_response"
    assert admin.get(f"/aid/{asked}/edxl?step=6").status == 404
    assert admin.get(f"/aid/{asked}/edxl?step=0").status == 422
    assert stranger.get(f"/aid/{asked}/edxl").status == 404


def test_what_belongs_to_an_exercise_says_so(admin: Caller, asked: int) -> None:
    Incident.objects.update(mode="exercise")
    assert fetched(admin, f"/aid/{asked}/edxl").findtext(f"{DE}distributionStatus") == "Exercise"


@pytest.mark.usefixtures("aid")
def test_each_step_under_an_agreement_leaves_as_its_message(keeper: Caller, stranger: Caller) -> None:
    pk = keeper.post("/call-offs", ASK).body["id"]
    at = in_hours(1)
    assert keeper.post(f"/call-offs/{pk}/accept", {"quantity": "1", "arrives_at": at}).status == 200
    for step in ("en_route", "delivered", "returned", "settled"):
        assert keeper.post(f"/call-offs/{pk}/step", {"to": step}).status == 200
    root = fetched(keeper, f"/call-offs/{pk}/edxl")
    assert kinds(root) == ["RequestResource", "CommitResource", *["ReportResourceDeploymentStatus"] * 3]
    assert [one.text for one in root.iter(f"{MSG}Name")] == ["堵漏队"] * 5
    assert [one.text for one in root.iter(f"{RM}Amount")] == ["2", "1", "1", "1", "1"]
    CallOff.objects.update(mode="exercise")
    assert fetched(keeper, f"/call-offs/{pk}/edxl?step=1").findtext(f"{DE}distributionStatus") == "Exercise"
    assert stranger.get(f"/call-offs/{pk}/edxl").status == 404


def test_the_page_of_a_request_leads_to_its_messages(admin: Caller, asked: int) -> None:
    assert admin.user is not None
    client = Client()
    client.force_login(admin.user)
    page = client.get(f"/aid/{asked}/").content.decode()
    assert f'href="/api/aid/{asked}/edxl?language=' in page
    assert client.get(f"/api/aid/{asked}/edxl").status_code == 200
    assert AidRequest.objects.get().state == "requested"
