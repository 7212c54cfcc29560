"""Requests to other organisations as messages of EDXL-RM 1.0 inside EDXL-DE 1.0: each step is a message of its thread.

Source: OASIS EDXL-RM 1.0 (2009), section 3: the messages and what each must and may hold; OASIS EDXL-DE 1.0 (2006),
section 3.2: the envelope.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from youbei.engine.exchange.envelope import DE, RM, RM_MSG, UNITS, Status
from youbei.engine.outside_xml import xml_text

# Our own lists of values; EDXL-RM leaves it to those who exchange which lists they use.
CAPABILITIES, ITEMS, STATUSES = "urn:youbei:capability", "urn:youbei:item", "urn:youbei:deployment-status"
# The list of values that other systems are addressed by: how they name themselves in senderID.
SENDERS = "urn:youbei:sender"
# Everything of a thread that begins here is about one resource.
ELEMENT = "1"


@dataclass(frozen=True, slots=True)
class Carrier:
    """The message that carries a step, and what it says by its form alone.

    `distribution` is the type of the envelope, `response` the ResponseType, `schedule` what the time of the step is,
    `status` the DeploymentStatus. `by_asker`: the unit that asked sends it.
    """

    message: str
    distribution: str
    by_asker: bool = False
    response: str = ""
    schedule: str = ""
    status: str = ""


CARRIERS: Mapping[str, Carrier] = {
    "request": Carrier("RequestResource", "Request", by_asker=True, schedule="RequestedArrival"),
    "offer": Carrier("ResponseToRequestResource", "Response", response="Provisional", schedule="EstimatedArrival"),
    "refuse": Carrier("ResponseToRequestResource", "Response", response="Decline"),
    "commit": Carrier("CommitResource", "Response", response="Accept", schedule="EstimatedArrival"),
    "withdraw": Carrier("RequestResource", "Cancel", by_asker=True),
    "depart": Carrier("ReportResourceDeploymentStatus", "Report", schedule="ActualDeparture", status="en_route"),
    "arrive": Carrier("ReportResourceDeploymentStatus", "Report", schedule="ActualArrival", status="arrived"),
    "extend": Carrier(
        "RequestExtendedDeploymentDuration", "Request", by_asker=True, schedule="RequestedReturnDeparture"
    ),
    "release": Carrier("ReleaseResource", "Report", by_asker=True),
    "return": Carrier("ReportResourceDeploymentStatus", "Report", schedule="ActualReturnArrival", status="returned"),
}
# How other questions are answered: in words, with the reason why not, or that no prices are quoted.
ANSWERS: Mapping[str, Carrier] = {
    "inform": Carrier("ResponseToRequestInformation", "Response", response="Accept"),
    "no_information": Carrier("ResponseToRequestInformation", "Response", response="Decline"),
    "no_quote": Carrier("ResponseToRequestQuote", "Response", response="Decline"),
}


@dataclass(frozen=True, slots=True)
class Unit:
    """A side of a request."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Said:
    """A step that was taken: when, how many, for when, and why. `message_id` is set where it came as a message."""

    step: str
    at: datetime
    quantity: Decimal | None = None
    time: datetime | None = None
    reason: str = ""
    message_id: str = ""


def carrier_of(said: Said) -> Carrier:
    return CARRIERS.get(said.step) or ANSWERS[said.step]


@dataclass(frozen=True, slots=True)
class Thread:
    """A request with its steps. `base` begins its message identifiers; `host` is the domain of this deployment.

    `values` names the list that `value` is from, empty where what is asked for is said in words only. With
    `is_from_outside` the asker is another system; its own messages are not written here, and `element` is its name of
    the resource.
    """

    base: str
    host: str
    status: Status
    asker: Unit
    helper: Unit
    incident: tuple[str, str]
    values: str
    value: str
    name: str
    quantity: Decimal
    place: str
    words: str
    steps: Sequence[Said]
    element: str = ELEMENT
    is_from_outside: bool = False

    def message_id(self, number: int) -> str:
        """Return the identifier of the message of a step, counted from 1; it never changes."""
        return self.steps[number - 1].message_id or f"{self.base}:{number}"

    def sender(self, number: int) -> Unit:
        return self.asker if carrier_of(self.steps[number - 1]).by_asker else self.helper


def thread_base(host: str, kind: str, pk: int) -> str:
    """Return how the message identifiers of a request begin: which deployment, which kind of request, which one."""
    return f"{host}:{kind}:{pk}"


def write_thread(thread: Thread, numbers: Sequence[int]) -> str:
    """Return the messages of these steps (from 1) in one envelope, that of the last of them."""
    return write_messages([(thread, number) for number in numbers])


def write_messages(messages: Sequence[tuple[Thread, int]]) -> str:
    """Return messages of threads between the same two sides in one envelope, that of the last of them."""
    thread, last = messages[-1]
    said = thread.steps[last - 1]
    sender, carrier = thread.sender(last), carrier_of(said)
    to = thread.helper if carrier.by_asker else thread.asker
    identifier = thread.message_id(last) + ("" if len(messages) == 1 else ":thread")
    contents = "".join(
        "<contentObject><contentDescription>"
        f"{carrier_of(one.steps[number - 1]).message}</contentDescription><xmlContent><embeddedXMLContent>\n"
        f"{message_xml(one, number)}</embeddedXMLContent></xmlContent></contentObject>\n"
        for one, number in messages
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<EDXLDistribution xmlns="{DE}">'
        f"<distributionID>{xml_text(identifier)}</distributionID><senderID>{address(thread, sender)}</senderID>"
        f"<dateTimeSent>{moment_of(said.at)}</dateTimeSent><distributionStatus>{thread.status}</distributionStatus>"
        f"<distributionType>{carrier.distribution}</distributionType>"
        "<combinedConfidentiality>Unclassified</combinedConfidentiality>"
        f"{reference(thread) if carrier.distribution == 'Cancel' else ''}"
        f"<explicitAddress><explicitAddressScheme>{SENDERS if thread.is_from_outside else UNITS}"
        f"</explicitAddressScheme><explicitAddressValue>{xml_text(to.code)}</explicitAddressValue></explicitAddress>\n"
        f"{contents}</EDXLDistribution>\n"
    )


def answered_numbers(thread: Thread) -> list[int]:
    """Return the steps (from 1) whose messages are ours to write: all of them, of an asker outside only the answers."""
    numbers = range(1, len(thread.steps) + 1)
    return [one for one in numbers if not (thread.is_from_outside and carrier_of(thread.steps[one - 1]).by_asker)]


def address(thread: Thread, unit: Unit) -> str:
    return xml_text(f"{unit.code}@{thread.host}")


def reference(thread: Thread) -> str:
    """Return the reference to the envelope of the request: its identifier, sender and time."""
    sent = f"{xml_text(thread.message_id(1))},{address(thread, thread.asker)},{moment_of(thread.steps[0].at)}"
    return f"<distributionReference>{sent}</distributionReference>"


def message_xml(thread: Thread, number: int) -> str:
    said = thread.steps[number - 1]
    carrier = carrier_of(said)
    # Source: EDXL-RM 1.0, 3.3: RequestResource begins a thread and has no PrecedingMessageID, its recall neither.
    before = "" if carrier.message == "RequestResource" else msg("PrecedingMessageID", thread.message_id(number - 1))
    recall = rm("RecalledMessageID", thread.message_id(1)) + rm("RecallType", "Cancel")
    incident = "".join(
        rm(name, value) for name, value in zip(("IncidentID", "IncidentDescription"), thread.incident, strict=True)
    )
    described = said.reason if carrier.response != "Decline" else ""
    return (
        f'<{carrier.message} xmlns="{RM_MSG}" xmlns:rm="{RM}">'
        f"{msg('MessageID', thread.message_id(number))}{msg('SentDateTime', moment_of(said.at))}"
        f"{msg('MessageContentType', carrier.message)}{msg('MessageDescription', described)}"
        f"{msg('OriginatingMessageID', thread.message_id(1))}{before}"
        f"{within('IncidentInformation', incident)}"
        f"{within('MessageRecall', recall) if said.step == 'withdraw' else ''}"
        f"{contact(thread.asker, 'Requester')}{contact(thread.helper, 'RespondingOrg')}"
        f"{within('ResourceInformation', resource_of(thread, number))}</{carrier.message}>\n"
    )


def resource_of(thread: Thread, number: int) -> str:
    said = thread.steps[number - 1]
    carrier = carrier_of(said)
    response = rm("PrecedingResourceInfoElementID", thread.element)
    response += rm("ResponseType", response_type(thread, said))
    response += rm("ResponseReason", said.reason) if said.step != "inform" else ""
    kind = rm("ValueListURN", thread.values) + rm("Value", thread.value) if thread.values else ""
    status = rm("ValueListURN", STATUSES) + rm("Value", carrier.status) if carrier.status else ""
    resource = msg("Name", thread.name) + within("TypeStructure", kind)
    resource += within("ResourceStatus", within("DeploymentStatus", status))
    has_assignment = carrier.response != "Decline" and said.step in CARRIERS
    return (
        msg("ResourceInfoElementID", thread.element)
        + (within("ResponseInformation", response) if carrier.response else "")
        + within("Resource", resource)
        + (within("AssignmentInformation", assignment(thread, number)) if has_assignment else "")
        + within("ScheduleInformation", schedule(thread, said, carrier))
    )


def response_type(thread: Thread, said: Said) -> str:
    """Return the ResponseType; whoever takes on what another system asks has accepted it."""
    is_taken_on = thread.is_from_outside and said.step == "offer"
    return "Accept" if is_taken_on else carrier_of(said).response


def assignment(thread: Thread, number: int) -> str:
    """Return how many: of this step, else the last number that was said before it, else as many as were asked for."""
    so_far = (one.quantity for one in reversed(thread.steps[:number]) if one.quantity is not None)
    text = f"{next(so_far, thread.quantity).normalize():f}"
    words = thread.words if number == 1 else ""
    return within("Quantity", f"<rm:MeasuredQuantity>{rm('Amount', text)}</rm:MeasuredQuantity>") + msg(
        "AnticipatedFunction", words
    )


def schedule(thread: Thread, said: Said, carrier: Carrier) -> str:
    if not carrier.schedule:
        return ""
    at = said.at if carrier.schedule.startswith("Actual") else said.time
    where = within("Location", rm("LocationDescription", thread.place)) if "Arrival" in carrier.schedule else ""
    if carrier.schedule == "ActualReturnArrival":
        where = ""
    return msg("ScheduleType", carrier.schedule) + msg("DateTime", moment_of(at)) + where


def contact(unit: Unit, role: str) -> str:
    return within("ContactInformation", rm("ContactDescription", unit.name) + rm("ContactRole", role))


def moment_of(at: datetime | None) -> str:
    return at.isoformat(timespec="seconds") if at is not None else ""


def msg(name: str, text: str) -> str:
    """Return an element of the message; nothing for no text."""
    return f"<{name}>{said}</{name}>" if (said := xml_text(text)) else ""


def rm(name: str, text: str) -> str:
    """Return an element of the common types; nothing for no text."""
    return f"<rm:{name}>{said}</rm:{name}>" if (said := xml_text(text)) else ""


def within(name: str, inside: str) -> str:
    return f"<{name}>{inside}</{name}>" if inside else ""
