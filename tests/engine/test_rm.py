"""Requests as messages of EDXL-RM 1.0 in EDXL-DE 1.0: elements and their order, and how answers thread."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from xml.etree import ElementTree

import pytest

from youbei.engine.aid import STEPS
from youbei.engine.call_offs import EDXL_RM, CallOffState
from youbei.engine.exchange.envelope import Status, read_envelope
from youbei.engine.exchange.rm import CARRIERS, Said, Thread, Unit, thread_base, write_thread

DE, MSG = "{urn:oasis:names:tc:emergency:EDXL:DE:1.0}", "{urn:oasis:names:tc:emergency:EDXL:RM:1.0:msg}"
RM = "{urn:oasis:names:tc:emergency:EDXL:RM:1.0}"
NOW = datetime(2026, 11, 27, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
# Source: OASIS EDXL-DE 1.0 (2006), section 3.2, and EDXL-RM 1.0 (2009), section 3. What stands in an element, in order;
# `!` marks what must be there.
ORDER: Mapping[str, str] = {
    f"{DE}EDXLDistribution": "distributionID! senderID! dateTimeSent! distributionStatus! distributionType! "
    "combinedConfidentiality! language senderRole recipientRole keyword distributionReference explicitAddress "
    "targetArea contentObject",
    f"{DE}explicitAddress": "explicitAddressScheme! explicitAddressValue!",
    f"{DE}contentObject": "contentDescription contentKeyword incidentID incidentDescription originatorRole "
    "consumerRole confidentiality xmlContent!",
    f"{MSG}*": "MessageID! SentDateTime! MessageContentType! MessageDescription OriginatingMessageID! "
    "PrecedingMessageID IncidentInformation MessageRecall Funding ContactInformation! ResourceInformation!",
    f"{MSG}IncidentInformation": "IncidentID IncidentDescription",
    f"{MSG}MessageRecall": "RecalledMessageID! RecallType!",
    f"{MSG}ContactInformation": "ContactDescription ContactRole ContactLocation AdditionalContactInformation",
    f"{MSG}ResourceInformation": "ResourceInfoElementID! ResponseInformation Resource AssignmentInformation "
    "ScheduleInformation",
    f"{MSG}ResponseInformation": "PrecedingResourceInfoElementID! ResponseType! ReasonCode ResponseReason",
    f"{MSG}Resource": "ResourceID Name TypeStructure TypeInfo Keyword Description Credentials Certifications "
    "SpecialRequirements ResponsibleParty OwnershipInformation ResourceStatus",
    f"{MSG}ResourceStatus": "InventoryRefreshDateTime DeploymentStatus Availability",
    f"{MSG}TypeStructure": "ValueListURN! Value!",
    f"{MSG}DeploymentStatus": "ValueListURN! Value!",
    f"{MSG}AssignmentInformation": "Quantity Restrictions AnticipatedFunction PriceQuote OrderID "
    "AssignmentInstructions",
    f"{MSG}Quantity": "MeasuredQuantity!",
    f"{RM}MeasuredQuantity": "Amount! UnitOfMeasure",
    f"{MSG}ScheduleInformation": "ScheduleType! DateTime Location",
    f"{MSG}Location": "LocationDescription",
}
# What stands in the namespace of the common types, whatever element it is in.
COMMON = {
    f"{MSG}IncidentInformation", f"{MSG}MessageRecall", f"{MSG}ContactInformation", f"{MSG}ResponseInformation",
    f"{MSG}TypeStructure", f"{MSG}DeploymentStatus", f"{MSG}Quantity", f"{RM}MeasuredQuantity", f"{MSG}Location",
}  # fmt: skip
# What each message must have besides, and what it may not. Source: EDXL-RM 1.0, section 3.3 ff.
ANSWERS = {"ResponseToRequestResource", "CommitResource"}
SCHEDULES: Mapping[str, set[str]] = {
    "RequestResource": {"RequestedArrival", "RequestedDeparture", "EstimatedReturnArrival", "ReportTo", "Route"},
    "ResponseToRequestResource": {"EstimatedArrival", "EstimatedDeparture", "BeginAvailable", "EndAvailable"},
    "CommitResource": {"EstimatedArrival", "EstimatedDeparture", "Committed", "Current"},
    "RequestExtendedDeploymentDuration": {"RequestedReturnDeparture", "RequestedReturnArrival", "Current"},
    "ReportResourceDeploymentStatus": {"ActualArrival", "ActualDeparture", "ActualReturnArrival", "Current"},
}
STEPS_TAKEN = (
    Said("request", NOW, Decimal(3), NOW + 4 * HOUR),
    Said("offer", NOW + HOUR, Decimal(2), NOW + 3 * HOUR),
    Said("commit", NOW + HOUR, Decimal(2), NOW + 3 * HOUR),
    Said("depart", NOW + 2 * HOUR),
    Said("arrive", NOW + 3 * HOUR),
    Said("extend", NOW + 4 * HOUR, None, NOW + 9 * HOUR),
    Said("release", NOW + 8 * HOUR),
    Said("return", NOW + 9 * HOUR),
)
THREAD = Thread(
    base=thread_base("city.example", "aid", 12), host="city.example", status=Status.ACTUAL,
    asker=Unit("haizhou", "海州市"), helper=Unit("port", "港口"), incident=("2026-7", "液氨泄漏"),
    values="urn:youbei:capability", value="hazmat_response", name="危化处置", quantity=Decimal(3),
    place="东门 <1>", words="带堵漏器材", steps=STEPS_TAKEN,
)  # fmt: skip


def written(thread: Thread, *numbers: int) -> ElementTree.Element:
    text = write_thread(thread, numbers or range(1, len(thread.steps) + 1))
    read_envelope(text.encode())
    return ElementTree.fromstring(text)  # noqa: S314  (our own)


def messages(root: ElementTree.Element) -> list[ElementTree.Element]:
    return [one[0] for one in root.iter(f"{DE}embeddedXMLContent")]


def demand_order(element: ElementTree.Element, order: str | None = None) -> None:
    """Fail where a part is not known, stands before one that comes first, or is missing though it must be there."""
    order = order or ORDER.get(element.tag)
    if order is not None:
        space = RM if element.tag in COMMON else element.tag.partition("}")[0] + "}"
        names = [f"{space}{one.rstrip('!')}" for one in order.split()]
        places = [names.index(part.tag) for part in element]
        assert places == sorted(places), element.tag
        for one in order.split():
            assert not one.endswith("!") or element.find(f"{space}{one[:-1]}") is not None, (element.tag, one)
    for part in element:
        is_message = element.tag == f"{DE}embeddedXMLContent"
        demand_order(part, ORDER[f"{MSG}*"] if is_message else None)


def test_every_step_has_the_message_that_the_state_machines_name() -> None:
    assert {name: CARRIERS[name].message for name in STEPS} == {name: step.message for name, step in STEPS.items()}
    of_states = {"accepted": "commit", "refused": "refuse", "en_route": "depart", "delivered": "arrive"}
    for state, step in {**of_states, "returned": "return", "withdrawn": "withdraw", "asked": "request"}.items():
        assert EDXL_RM[CallOffState(state)] == CARRIERS[step].message


def test_every_message_has_the_elements_of_the_standard_in_their_order() -> None:
    refused = (STEPS_TAKEN[0], Said("refuse", NOW + HOUR, reason="全队在外 & 无车"))
    withdrawn = (STEPS_TAKEN[0], Said("withdraw", NOW + HOUR, reason="已解除"))
    for steps in (STEPS_TAKEN, refused, withdrawn):
        root = written(replace(THREAD, steps=steps))
        demand_order(root)
        for said, message in zip(steps, messages(root), strict=True):
            kind = message.tag.removeprefix(MSG)
            assert kind == CARRIERS[said.step].message == message.findtext(f"{MSG}MessageContentType")
            told = message.find(f"{MSG}ResourceInformation")
            assert told is not None
            # An answer says to what; a request does not, as it begins the thread.
            assert (message.find(f"{MSG}PrecedingMessageID") is None) == (kind == "RequestResource")
            assert (told.find(f"{MSG}ResponseInformation") is not None) == (kind in ANSWERS)
            declines = told.findtext(f"{MSG}ResponseInformation/{RM}ResponseType") == "Decline"
            assert declines == (told.find(f"{MSG}AssignmentInformation/{MSG}Quantity") is None)
            for schedule in told.iter(f"{MSG}ScheduleType"):
                assert schedule.text in SCHEDULES[kind]


def test_answers_thread_by_identifiers_that_never_change() -> None:
    sent = messages(written(THREAD))
    ids = [one.findtext(f"{MSG}MessageID") for one in sent]
    assert ids == [f"city.example:aid:12:{number}" for number in range(1, 9)]
    assert {one.findtext(f"{MSG}OriginatingMessageID") for one in sent} == {"city.example:aid:12:1"}
    assert [one.findtext(f"{MSG}PrecedingMessageID") for one in sent[1:]] == ids[:-1]
    assert write_thread(THREAD, [3]) == write_thread(replace(THREAD, steps=STEPS_TAKEN[:3]), [3])
    # What came as a message of the other side keeps its name.
    theirs = (*STEPS_TAKEN[:1], replace(STEPS_TAKEN[1], message_id="urn:port:7"), STEPS_TAKEN[2])
    sent = messages(written(replace(THREAD, steps=theirs)))
    assert (sent[1].findtext(f"{MSG}MessageID"), sent[2].findtext(f"{MSG}PrecedingMessageID")) == ("urn:port:7",) * 2


@pytest.mark.parametrize(
    ("number", "kind", "sender", "to"),
    [(1, "Request", "haizhou", "port"), (3, "Response", "port", "haizhou"), (4, "Report", "port", "haizhou")],
)
def test_the_envelope_says_who_tells_whom(number: int, kind: str, sender: str, to: str) -> None:
    root = written(THREAD, number)
    assert root.findtext(f"{DE}distributionType") == kind
    assert root.findtext(f"{DE}senderID") == f"{sender}@city.example"
    assert root.findtext(f"{DE}explicitAddress/{DE}explicitAddressValue") == to
    assert root.findtext(f"{DE}distributionID") == f"city.example:aid:12:{number}"
    assert len(messages(root)) == 1


def test_an_exercise_is_an_exercise_in_every_envelope() -> None:
    for status in Status:
        assert written(replace(THREAD, status=status)).findtext(f"{DE}distributionStatus") == status


def test_a_request_that_is_taken_back_recalls_its_message() -> None:
    steps = (STEPS_TAKEN[0], Said("withdraw", NOW + HOUR, reason="已解除"))
    root = written(replace(THREAD, steps=steps), 2)
    (message,) = messages(root)
    assert root.findtext(f"{DE}distributionType") == "Cancel"
    sent = "city.example:aid:12:1,haizhou@city.example,2026-11-27T08:00:00+00:00"
    assert root.findtext(f"{DE}distributionReference") == sent
    recall = message.find(f"{MSG}MessageRecall")
    assert recall is not None
    assert [one.text for one in recall] == ["city.example:aid:12:1", "Cancel"]


def test_how_many_is_what_was_said_last() -> None:
    amounts = [one.findtext(f".//{RM}Amount") for one in messages(written(THREAD))]
    assert amounts == ["3", "2", "2", "2", "2", "2", "2", "2"]
