"""What another system sends when it asks for help, as it would write it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from youbei.actions import clock
from youbei.engine.exchange.envelope import DE, RM, RM_MSG

CONTACT = (
    "<ContactInformation><rm:ContactDescription>省厅值班室</rm:ContactDescription><rm:ContactRole>Requester"
    '</rm:ContactRole><rm:AdditionalContactInformation><xpil:ContactNumbers xmlns:xpil="urn:oasis:names:tc:ciq:xpil:3">'
    "<xpil:ContactNumber><xpil:ContactNumberElement>0532-5550101</xpil:ContactNumberElement></xpil:ContactNumber>"
    "</xpil:ContactNumbers></rm:AdditionalContactInformation></ContactInformation>"
)


def in_hours(hours: float) -> str:
    return (clock.now().replace(microsecond=0) + timedelta(hours=hours)).isoformat()


def line(
    element: str = "1",
    name: str = "排水泵车",
    quantity: str = "3",
    *,
    needed: str = "",
    until: str = "",
    more: str = "",
) -> str:
    """Return a resource that is asked for."""
    amount = f"<rm:MeasuredQuantity><rm:Amount>{quantity}</rm:Amount></rm:MeasuredQuantity>" if quantity else ""
    where = (
        "<Location><rm:LocationDescription>北堤泵站</rm:LocationDescription><rm:TargetArea>"
        '<gml:Point xmlns:gml="http://www.opengis.net/gml"><gml:pos>36.1 120.4</gml:pos></gml:Point>'
        "</rm:TargetArea></Location>"
    )
    schedule = (
        "<ScheduleInformation><ScheduleType>RequestedArrival</ScheduleType>"
        f"<DateTime>{needed or in_hours(6)}</DateTime>{where}</ScheduleInformation>"
    )
    if until:
        schedule += (
            "<ScheduleInformation><ScheduleType>RequestedReturnDeparture</ScheduleType>"
            f"<DateTime>{until}</DateTime></ScheduleInformation>"
        )
    return (
        f"<ResourceInformation><ResourceInfoElementID>{element}</ResourceInfoElementID>"
        f"<Resource><Name>{name}</Name><TypeStructure><rm:ValueListURN>urn:x-province:kinds</rm:ValueListURN>"
        f"<rm:Value>pump-truck</rm:Value></TypeStructure>{more}</Resource>"
        f"<AssignmentInformation><Quantity>{amount}</Quantity></AssignmentInformation>{schedule}</ResourceInformation>"
    )


def request(
    lines: str | None = None, message_id: str = "province.example:77", *, kind: str = "RequestResource",
    sent: str = "", more: str = "", words: str = "内涝，请支援",
) -> str:  # fmt: skip
    """Return a message that asks, without its envelope."""
    return (
        f'<{kind} xmlns="{RM_MSG}" xmlns:rm="{RM}"><MessageID>{message_id}</MessageID>'
        f"<SentDateTime>{sent or in_hours(0)}</SentDateTime><MessageContentType>{kind}</MessageContentType>"
        f"<MessageDescription>{words}</MessageDescription><OriginatingMessageID>{message_id}</OriginatingMessageID>"
        "<IncidentInformation><rm:IncidentID>P-2026-9</rm:IncidentID><rm:IncidentDescription>台风"
        f"</rm:IncidentDescription></IncidentInformation>{more}{CONTACT}{line() if lines is None else lines}</{kind}>"
    )


def later(kind: str, message_id: str, inside: str = "", origin: str = "province.example:77") -> str:
    """Return a message that says more of a request that was made."""
    return (
        f'<{kind} xmlns="{RM_MSG}" xmlns:rm="{RM}"><MessageID>{message_id}</MessageID>'
        f"<SentDateTime>{in_hours(0)}</SentDateTime><OriginatingMessageID>{origin}</OriginatingMessageID>"
        f"{inside}{CONTACT}</{kind}>"
    )


CANCEL = "<MessageRecall><rm:RecallType>Cancel</rm:RecallType></MessageRecall>"


def envelope(*messages: str, status: str = "Actual", unit: str = "", sender: str = "desk@province.example") -> bytes:
    address = (
        "<explicitAddress><explicitAddressScheme>urn:youbei:organisation</explicitAddressScheme>"
        f"<explicitAddressValue>{unit}</explicitAddressValue></explicitAddress>"
    )
    inside = "".join(
        f"<contentObject><xmlContent><embeddedXMLContent>{one}</embeddedXMLContent></xmlContent></contentObject>"
        for one in messages
    )
    return (
        f'<EDXLDistribution xmlns="{DE}"><distributionID>d</distributionID><senderID>{sender}</senderID>'
        f"<dateTimeSent>{in_hours(0)}</dateTimeSent><distributionStatus>{status}</distributionStatus>"
        f"{address if unit else ''}{inside}</EDXLDistribution>"
    ).encode()


def send(caller: Any, *messages: str, **more: str) -> list[dict[str, Any]]:
    answer = caller.post("/exchange/edxl", envelope(*messages, **more), Content_Type="application/xml")
    assert answer.status == 200, answer.body
    found: list[dict[str, Any]] = answer.body["messages"]
    return found
