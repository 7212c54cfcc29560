"""Requests to other organisations as messages of EDXL-RM, out and in."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client
from tests.built_once import built_once

from api.callers import Caller, make_caller
from api.test_calling_off import ASK, aid, keeper
from youbei.actions import clock
from youbei.actions.registers.people import create_organisation
from youbei.engine.access import Role
from youbei.engine.exchange.rm import CARRIERS
from youbei.records.models import AidRequest, CallOff, Incident, LogEntry, Organisation

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


Told = dict[str, Any]
RESPONSES = {"offer": "Provisional", "commit": "Accept", "refuse": "Decline"}
CARRIED = {name: carrier.message for name, carrier in CARRIERS.items()}


def message(
    step: str, origin: str, number: int = 1, *, kind: str = "", quantity: str = "", at: str = "", reason: str = ""
) -> str:
    """Return a message of another system, as it would write it."""
    parts = ""
    if step in RESPONSES:
        parts += f"<ResponseInformation><rm:ResponseType>{RESPONSES[step]}</rm:ResponseType>"
        parts += f"<rm:ResponseReason>{reason}</rm:ResponseReason></ResponseInformation>"
    if quantity:
        amount = f"<rm:MeasuredQuantity><rm:Amount>{quantity}</rm:Amount></rm:MeasuredQuantity>"
        parts += f"<AssignmentInformation><Quantity>{amount}</Quantity></AssignmentInformation>"
    schedule = kind or CARRIERS[step].schedule
    if schedule:
        when = f"<DateTime>{at or in_hours(0)}</DateTime>"
        parts += f"<ScheduleInformation><ScheduleType>{schedule}</ScheduleType>{when}</ScheduleInformation>"
    recall = "<MessageRecall><rm:RecallType>Cancel</rm:RecallType></MessageRecall>" if step == "withdraw" else ""
    described = f"<MessageDescription>{reason}</MessageDescription>" if step == "withdraw" else ""
    name = CARRIED[step]
    return (
        f'<{name} xmlns="urn:oasis:names:tc:emergency:EDXL:RM:1.0:msg" '
        'xmlns:rm="urn:oasis:names:tc:emergency:EDXL:RM:1.0">'
        f"<MessageID>port.example:{number}</MessageID><SentDateTime>{in_hours(0)}</SentDateTime>"
        f"<MessageContentType>{name}</MessageContentType>{described}<OriginatingMessageID>{origin}"
        f"</OriginatingMessageID>{recall}<ResourceInformation><ResourceInfoElementID>1</ResourceInfoElementID>{parts}"
        f"</ResourceInformation></{name}>"
    )


def sent(caller: Caller, *messages: str, status: str = "Actual") -> list[Told]:
    contents = "".join(
        f"<contentObject><xmlContent><embeddedXMLContent>{one}</embeddedXMLContent></xmlContent></contentObject>"
        for one in messages
    )
    content = (
        '<EDXLDistribution xmlns="urn:oasis:names:tc:emergency:EDXL:DE:1.0">'
        f"<distributionStatus>{status}</distributionStatus>{contents}</EDXLDistribution>"
    )
    answer = caller("POST", "/exchange/edxl", content.encode(), Content_Type="application/xml")
    assert answer.status == 200, answer.body
    found: list[Told] = answer.body["messages"]
    return found


def outcome(caller: Caller, one: str, status: str = "Actual") -> tuple[str, str]:
    (found,) = sent(caller, one, status=status)
    return found["outcome"], found["why"]["en"]


def origin_of(pk: int, kind: str = "aid") -> str:
    return f"127.0.0.1:{kind}:{pk}:1"


def test_answers_of_the_other_side_take_the_steps_of_a_request(admin: Caller, helper: Caller, asked: int) -> None:
    origin = origin_of(asked)
    at = in_hours(2)
    first = message("offer", origin, 1, quantity="1", at=at)
    (found,) = sent(helper, first)
    assert (found["outcome"], found["request"], found["step"], found["state"]) == (
        "taken", f"aid:{asked}", "offer", "offered",
    )  # fmt: skip
    row = AidRequest.objects.get()
    assert (row.state, row.promised, row.arrives_at.isoformat() if row.arrives_at else "") == ("offered", 1, at)
    # Sent twice, it is done once.
    before = LogEntry.objects.filter(kind__startswith="aid.").count()
    assert outcome(helper, first)[0] == "repeated"
    assert LogEntry.objects.filter(kind__startswith="aid.").count() == before
    steps = (
        message("commit", origin, 2, quantity="2", at=at),
        message("depart", origin, 3),
        message("arrive", origin, 4),
    )
    assert [one["state"] for one in sent(helper, *steps)] == ["committed", "en_route", "arrived"]
    assert outcome(admin, message("extend", origin, 5, at=in_hours(9)))[0] == "taken"
    assert outcome(admin, message("release", origin, 6))[0] == "taken"
    assert outcome(helper, message("return", origin, 7))[0] == "taken"
    assert AidRequest.objects.get().state == "returned"
    # What came as their message leaves with their identifier, and answers name it.
    thread = fetched(admin, f"/aid/{asked}/edxl")
    ids = [one.text for one in thread.iter(f"{MSG}MessageID")]
    assert ids == [origin, *(f"port.example:{number}" for number in range(1, 8))]
    log = LogEntry.objects.filter(kind="exchange.received").latest("position")
    assert json.loads(log.data) == {"status": "Actual", "messages": {"taken": 1}}


def test_a_message_may_what_its_sender_may(
    admin: Caller, helper: Caller, observer: Caller, stranger: Caller, city: Organisation, asked: int
) -> None:
    origin, at = origin_of(asked), in_hours(2)
    commit = message("commit", origin, 1, quantity="2", at=at)
    assert outcome(observer, commit)[0] == "not_permitted"
    # The other side does not take its own request back, and releases nothing.
    assert outcome(helper, message("withdraw", origin, 2, reason="x"))[0] == "not_permitted"
    outsider = make_caller("outsider", Role.DUTY_OFFICER, make_unit("far-away", city))
    assert outcome(outsider, commit)[0] == "unknown"
    content = "<EDXLDistribution/>"
    assert stranger("POST", "/exchange/edxl", content.encode(), Content_Type="application/xml").status == 403
    for wrong in (origin_of(asked + 1), origin_of(asked, "call-off"), f"other.example:aid:{asked}:1", "", f"{origin}0"):
        assert outcome(helper, message("commit", wrong, 3, quantity="2", at=at))[0] == "unknown", wrong
    assert AidRequest.objects.get().state == "requested"
    assert outcome(admin, message("withdraw", origin, 4, reason="已解除"))[0] == "taken"
    assert AidRequest.objects.get().why_not == "已解除"


def test_an_exercise_and_what_is_real_do_not_mix(helper: Caller, asked: int) -> None:
    commit = message("commit", origin_of(asked), 1, quantity="2", at=in_hours(2))
    for mode, status in (
        ("real", "Exercise"),
        ("exercise", "Actual"),
        ("simulated", "Actual"),
        ("simulated", "Exercise"),
    ):
        Incident.objects.update(mode=mode)
        found, why = outcome(helper, commit, status)
        assert found == "refused", (mode, status)
        assert "do not mix" in why
    for trial in ("Test", "System"):
        content = (
            f'<EDXLDistribution xmlns="{DE[1:-1]}"><distributionStatus>{trial}</distributionStatus><contentObject>'
        )
        content += f"<xmlContent><embeddedXMLContent>{commit}</embeddedXMLContent></xmlContent></contentObject>"
        answer = helper("POST", "/exchange/edxl", f"{content}</EDXLDistribution>".encode(), Content_Type="text/xml")
        assert answer.status == 422
    assert AidRequest.objects.get().state == "requested"
    Incident.objects.update(mode="exercise")
    assert outcome(helper, commit, "Exercise")[0] == "taken"
    assert LogEntry.objects.filter(kind="exchange.received").latest("position").mode == "exercise"


def test_what_does_not_follow_is_refused_and_changes_nothing(admin: Caller, helper: Caller, asked: int) -> None:
    origin, at = origin_of(asked), in_hours(2)
    refused = {
        message("depart", origin, 1): "What can follow now: offer, refuse, commit, withdraw",
        message("commit", origin, 2, quantity="9", at=at): "Say how many",
        message("commit", origin, 3, quantity="1.5", at=at): "whole number",
        message("commit", origin, 4, at=at): "Say how many",
        message("commit", origin, 5, quantity="1", at=in_hours(-1)): "it lies ahead",
        message("refuse", origin, 6): "Say why",
        message("request", origin, 7): "does not say what is wanted",
        message("offer", origin, 8, quantity="1", at=at).replace("port.example:", "127.0.0.1:aid:"): "sent from here",
    }
    for one, why in refused.items():
        found, said = outcome(helper, one)
        assert (found, why in said) == ("refused", True), (one, said)
    assert AidRequest.objects.get().state == "requested"
    assert not LogEntry.objects.filter(kind="aid.offered").exists()
    assert outcome(helper, message("commit", origin, 9, quantity="1", at=at))[0] == "taken"
    # One identifier stands for one message.
    found, said = outcome(helper, message("depart", origin, 9))
    assert (found, "was used for another step" in said) == ("refused", True)
    # One that is refused does not hold up the next.
    wrong, right = message("return", origin, 10), message("depart", origin, 11)
    assert [one["outcome"] for one in sent(helper, wrong, right)] == ["refused", "taken"]


@pytest.mark.usefixtures("aid")
def test_requests_under_agreements_are_answered_by_messages_too(keeper: Caller, port: Organisation) -> None:
    pk = keeper.post("/call-offs", ASK).body["id"]
    origin, at = origin_of(pk, "call-off"), in_hours(2)
    answers = make_caller("keeper-of-the-port", Role.RESOURCE_KEEPER, port)
    found, said = outcome(answers, message("offer", origin, 1, quantity="1", at=at))
    assert (found, "no such step" in said) == ("refused", True)
    commit = message("commit", origin, 2, quantity="1", at=at)
    assert outcome(answers, commit, "Exercise")[0] == "refused"
    assert [one["outcome"] for one in sent(answers, commit, commit)] == ["taken", "repeated"]
    assert outcome(answers, message("commit", origin, 3, quantity="1", at=at))[0] == "unchanged"
    assert outcome(answers, message("withdraw", origin, 4, reason="x"))[0] == "not_permitted"
    steps = (message("depart", origin, 5), message("arrive", origin, 6, quantity="1"), message("return", origin, 7))
    assert [one["state"] for one in sent(answers, *steps)] == ["en_route", "delivered", "returned"]
    row = CallOff.objects.get()
    assert (row.accepted, row.delivered) == (1, 1)
    ids = [one.text for one in fetched(keeper, f"/call-offs/{pk}/edxl").iter(f"{MSG}MessageID")]
    assert ids == [origin, *(f"port.example:{number}" for number in (2, 5, 6, 7))]


def make_unit(code: str, parent: Organisation) -> Organisation:
    return create_organisation(by=None, now=clock.now(), code=code, kind="government", name_zh=code, parent=parent)
