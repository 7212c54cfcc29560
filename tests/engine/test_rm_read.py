"""What the other side of a request answers: which step a message is, and what is no step."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from youbei.engine.exchange.envelope import DE, RM, RM_MSG, ExchangeRefused, Status, read_envelope
from youbei.engine.exchange.rm import CARRIERS, Said, Thread, Unit, write_thread
from youbei.engine.exchange.rm_read import Answer, MessageRefused, answer_of, read_message
from youbei.engine.outside_xml import Element

NOW = datetime(2026, 11, 27, 8, tzinfo=UTC)


def embedded(kind: str, inner: str, message_id: str = "theirs:1") -> Element:
    content = (
        f'<{kind} xmlns="{RM_MSG}" xmlns:rm="{RM}"><MessageID>{message_id}</MessageID>'
        f"<OriginatingMessageID>ours:1</OriginatingMessageID>{inner}</{kind}>"
    )
    item = f"<contentObject><xmlContent><embeddedXMLContent>{content}</embeddedXMLContent></xmlContent></contentObject>"
    status = "<distributionStatus>Actual</distributionStatus>"
    return read_envelope(f'<EDXLDistribution xmlns="{DE}">{status}{item}</EDXLDistribution>'.encode()).contents[0]


def told(inside: str) -> str:
    return f"<ResourceInformation>{inside}</ResourceInformation>"


def amount(text: str) -> str:
    measured = f"<rm:MeasuredQuantity><rm:Amount>{text}</rm:Amount></rm:MeasuredQuantity>"
    return f"<AssignmentInformation><Quantity>{measured}</Quantity></AssignmentInformation>"


def said(response: str, reason: str = "") -> str:
    parts = f"<rm:ResponseType>{response}</rm:ResponseType><rm:ResponseReason>{reason}</rm:ResponseReason>"
    return f"<ResponseInformation>{parts}</ResponseInformation>"


def schedule(kind: str, at: str = "2026-11-27T16:00:00+08:00") -> str:
    when = f"<DateTime>{at}</DateTime>" if at else ""
    return f"<ScheduleInformation><ScheduleType>{kind}</ScheduleType>{when}</ScheduleInformation>"


def status(value: str) -> str:
    inside = f"<rm:ValueListURN>urn:x</rm:ValueListURN><rm:Value>{value}</rm:Value>"
    return f"<Resource><ResourceStatus><DeploymentStatus>{inside}</DeploymentStatus></ResourceStatus></Resource>"


def test_what_is_written_is_read_back_as_the_same_step() -> None:
    thread = Thread(
        base="city:aid:1", host="city", status=Status.ACTUAL, asker=Unit("a", "a"), helper=Unit("b", "b"),
        incident=("1", "x"), values="urn:x", value="y", name="z", quantity=Decimal(3), place="p", words="w", steps=(),
    )  # fmt: skip
    for step in CARRIERS:
        if step == "request":
            continue
        taken = Said(step, NOW, Decimal("2.5"), NOW + timedelta(hours=1), "why")
        text = write_thread(replace(thread, steps=(Said("request", NOW, Decimal(3)), taken)), [2])
        found = answer_of(read_message(read_envelope(text.encode()).contents[0]))
        assert found.step == step
        if step in ("offer", "commit"):
            assert (found.quantity, found.time) == (Decimal("2.5"), NOW + timedelta(hours=1))
        if step in ("refuse", "withdraw"):
            assert found.reason == "why"
        if step == "extend":
            assert found.time == NOW + timedelta(hours=1)


@pytest.mark.parametrize(
    ("kind", "inner", "expected"),
    [
        (
            "ResponseToRequestResource",
            said("Accept") + amount("2") + schedule("EstimatedArrival"),
            Answer("offer", Decimal(2), NOW),
        ),
        ("CommitResource", said("Decline", "none left"), Answer("refuse", reason="none left")),
        ("ReportResourceDeploymentStatus", status("In Transit"), Answer("depart")),
        ("ReportResourceDeploymentStatus", status("On-Scene"), Answer("arrive")),
        (
            "ReportResourceDeploymentStatus",
            schedule("ActualDeparture") + schedule("ActualArrival"),
            Answer("arrive"),
        ),
        ("ReleaseResource", "", Answer("release")),
    ],
)
def test_answers_of_other_systems_are_understood(kind: str, inner: str, expected: Answer) -> None:
    assert answer_of(read_message(embedded(kind, told(inner)))) == expected


@pytest.mark.parametrize(
    ("kind", "inner", "why"),
    [
        ("RequestResource", "<MessageRecall><rm:RecallType>Update</rm:RecallType></MessageRecall>", "cannot be taken"),
        ("OfferUnsolicitedResource", told(""), "has no step"),
        ("RequisitionResource", told(""), "commits by itself"),
        ("ResponseToRequestExtendedDeploymentDuration", told(said("Accept")), "has no step"),
        ("SendMoney", told(""), "no message of EDXL-RM"),
        ("CommitResource", told(said("Provisional")), "cannot be taken"),
        ("CommitResource", told(""), "cannot be taken"),
        ("ResponseToRequestResource", told(said("Maybe")), "cannot be taken"),
        ("ReportResourceDeploymentStatus", told(status("Assigned")), "does not say whether"),
        ("ReportResourceDeploymentStatus", told(schedule("ActualArrival", "")), "does not say whether"),
        ("CommitResource", told(said("Accept") + amount("-1")), "cannot be read"),
        ("CommitResource", told(said("Accept") + amount("1e9")), "cannot be read"),
        ("CommitResource", told(said("Accept") + amount("٣")), "cannot be read"),
        ("CommitResource", told(said("Accept") + amount("9" * 500)), "cannot be read"),
        ("CommitResource", told(said("Accept") + schedule("EstimatedArrival", "soon")), "names its zone"),
        ("CommitResource", told(said("Accept") + schedule("EstimatedArrival", "2026-11-27T16:00:00")), "zone"),
        ("CommitResource", told(said("Accept")) * 2, "one resource"),
    ],
)
def test_what_is_no_step_is_refused_in_words(kind: str, inner: str, why: str) -> None:
    with pytest.raises(MessageRefused, match=why) as refused:
        answer_of(read_message(embedded(kind, inner)))
    assert refused.value.text.zh.endswith("。")


@pytest.mark.parametrize("message_id", ["", "two words", "x" * 201, "tab\there"])
def test_a_message_has_an_identifier(message_id: str) -> None:
    with pytest.raises(MessageRefused, match="MessageID is missing"):
        read_message(embedded("ReleaseResource", "", message_id))


def test_a_message_without_its_envelope_is_not_taken() -> None:
    with pytest.raises(ExchangeRefused, match="inside EDXL-DE"):
        read_envelope(f'<ReleaseResource xmlns="{RM_MSG}"><MessageID>1</MessageID></ReleaseResource>'.encode())


@given(st.text(max_size=60), st.text(max_size=60))
def test_whatever_stands_in_it_a_message_is_read_or_refused(first: str, second: str) -> None:
    element = Element(f"rm:{first}" if second else "rm:CommitResource")
    element.parts += [Element("rm:MessageID", [first]), Element("rm:OriginatingMessageID", [second])]
    with suppress(MessageRefused):
        answer_of(read_message(element))
