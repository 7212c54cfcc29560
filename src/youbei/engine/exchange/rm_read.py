"""Read what the other side of a request answers (EDXL-RM 1.0): which step of ours a message is.

Source: OASIS EDXL-RM 1.0 (2009), section 3: the messages.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from youbei.engine.exchange.envelope import ExchangeRefused, moment
from youbei.engine.outside_xml import Element

MESSAGES = (
    "RequestResource", "ResponseToRequestResource", "RequisitionResource", "CommitResource", "RequestInformation",
    "ResponseToRequestInformation", "OfferUnsolicitedResource", "ReleaseResource", "RequestReturn",
    "ResponseToRequestReturn", "RequestQuote", "ResponseToRequestQuote", "RequestResourceDeploymentStatus",
    "ReportResourceDeploymentStatus", "RequestExtendedDeploymentDuration",
    "ResponseToRequestExtendedDeploymentDuration",
)  # fmt: skip
IDENTIFIER = re.compile(r"[\x21-\x7e\u00a1-\ud7ff]{1,200}")
AMOUNT = re.compile(r"[0-9]{1,11}(\.[0-9]{1,3})?")
LONGEST = 2000
# Which report is which: by the time that it names, else by the word for the status.
REPORTED: Mapping[str, str] = {"ActualReturnArrival": "return", "ActualArrival": "arrive", "ActualDeparture": "depart"}
STATUS_WORDS: Mapping[str, str] = {
    "enroute": "depart",
    "intransit": "depart",
    "departed": "depart",
    "arrived": "arrive",
    "onscene": "arrive",
    "atincident": "arrive",
    "returned": "return",
    "demobilized": "return",
    "demobilised": "return",
}
UNTIL = ("RequestedReturnDeparture", "EstimatedReturnDeparture", "RequestedReturnArrival")


class MessageRefused(ExchangeRefused):
    """Refuse a message that is no step of a request, or does not say what it must."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it came. `times` maps ScheduleType to its time; `recall` is the RecallType, if it recalls one."""

    kind: str
    message_id: str
    originating_id: str
    response: str = ""
    reason: str = ""
    quantity: Decimal | None = None
    times: Mapping[str, datetime] | None = None
    status: str = ""
    recall: str = ""

    def time(self, *names: str) -> datetime | None:
        return next((self.times[name] for name in names if self.times and name in self.times), None)


@dataclass(frozen=True, slots=True)
class Answer:
    """The step that a message takes, with what is said with it."""

    step: str
    quantity: Decimal | None = None
    time: datetime | None = None
    reason: str = ""


def named(element: Element) -> tuple[str, str]:
    """Return the kind and the identifier of a message, as much of them as can be shown."""
    return element.name.partition(":")[2][:60], element.first("rm:MessageID")[:200]


def read_message(element: Element) -> Message:
    """Return what a message says; raise MessageRefused for one that is none or cannot be read."""
    kind, message_id = named(element)
    if kind not in MESSAGES:
        raise MessageRefused(
            zh=f"“{kind}”不是 EDXL-RM 1.0 的消息。请核对根元素名称。",
            en=f"{kind!r} is no message of EDXL-RM 1.0. Check the name of its root.",
        )
    if not IDENTIFIER.fullmatch(element.first("rm:MessageID")):
        raise MessageRefused(
            zh="缺少 MessageID，或其中有空格、超过 200 字。请给每条消息一个不变的标识。",
            en="MessageID is missing, holds blanks or is longer than 200. Give each message an identifier that stays.",
        )
    originating = element.first("rm:OriginatingMessageID")
    resources = list(element.all("rm:ResourceInformation"))
    recall = element.one("rm:MessageRecall")
    recalled = recall.first("rm:RecalledMessageID") if recall is not None else ""
    if len(resources) > 1 and recall is None:
        raise MessageRefused(
            zh="一条消息只能答复一项资源（ResourceInformation 只有一项）。请分成几条发送。",
            en="A message answers for one resource (one ResourceInformation). Send several messages.",
        )
    told = resources[0] if resources else Element("rm:ResourceInformation")
    response = told.one("rm:ResponseInformation") or Element("")
    return Message(
        kind=kind,
        message_id=message_id,
        originating_id=recalled if recalled and originating in ("", message_id) else originating,
        response=response.first("rm:ResponseType"),
        reason=(response.first("rm:ResponseReason") or element.first("rm:MessageDescription"))[:LONGEST],
        quantity=quantity_of(told),
        times=times_of(told),
        status=status_of(told),
        recall=recall.first("rm:RecallType") if recall is not None else "",
    )


def quantity_of(told: Element) -> Decimal | None:
    for assigned in told.all("rm:AssignmentInformation"):
        for quantity in assigned.all("rm:Quantity"):
            measured = quantity.one("rm:MeasuredQuantity")
            text = measured.first("rm:Amount") if measured is not None else quantity.first("rm:QuantityText")
            if not AMOUNT.fullmatch(text):
                raise MessageRefused(
                    zh=f"数量“{text[:20]}”无法读取。请写明数字，至多三位小数。",
                    en=f"The quantity {text[:20]!r} cannot be read. Write a number, of three decimals at most.",
                )
            return Decimal(text)
    return None


def times_of(told: Element) -> dict[str, datetime]:
    found = {}
    for one in told.all("rm:ScheduleInformation"):
        text = one.first("rm:DateTime")
        at = moment(text)
        if text and at is None:
            raise MessageRefused(
                zh=f"时间“{text[:40]}”无法读取，须含时区。",
                en=f"The time {text[:40]!r} cannot be read; it names its zone.",
            )
        if at is not None:
            found[one.first("rm:ScheduleType")] = at
    return found


def status_of(told: Element) -> str:
    for resource in told.all("rm:Resource"):
        for status in resource.all("rm:ResourceStatus"):
            for value in status.all("rm:DeploymentStatus"):
                return "".join(letter for letter in value.first("rm:Value").lower() if letter.isalpha())
    return ""


def answer_of(message: Message) -> Answer:
    """Return which step of a request a message takes; raise MessageRefused where it takes none."""
    if message.kind == "RequestResource":
        if message.recall == "Cancel":
            return Answer("withdraw", reason=message.reason)
        raise MessageRefused(
            zh=f"RecallType“{message.recall[:20]}”不能办理。要更改请求的，先用 Cancel 撤回，再重新请求。",
            en=f"RecallType {message.recall[:20]!r} cannot be taken. To change a request, recall it with Cancel and "
            "ask anew.",
        )
    if message.kind in ("ResponseToRequestResource", "CommitResource"):
        return response_of(message)
    if message.kind == "ReportResourceDeploymentStatus":
        return report_of(message)
    if message.kind == "RequestExtendedDeploymentDuration":
        return Answer("extend", time=message.time(*UNTIL))
    if message.kind == "ReleaseResource":
        return Answer("release")
    if message.kind == "RequisitionResource":
        raise MessageRefused(
            zh="无需另行订用：提供方会自行承诺（CommitResource），请取走答复。要资源的，请用 RequestResource。",
            en="Nothing need be ordered: whoever offers commits by itself (CommitResource); fetch the answers. To ask "
            "for a resource, send RequestResource.",
        )
    raise MessageRefused(
        zh=f"{message.kind} 在请求的办理中没有对应的步骤，未作更改。",
        en=f"{message.kind} has no step in a request here; nothing was changed.",
    )


def response_of(message: Message) -> Answer:
    arrives = message.time("EstimatedArrival")
    if message.response == "Decline":
        return Answer("refuse", reason=message.reason)
    if message.kind == "CommitResource" and message.response == "Accept":
        return Answer("commit", message.quantity, arrives)
    if message.kind == "ResponseToRequestResource" and message.response in ("Accept", "Provisional"):
        return Answer("offer", message.quantity, arrives)
    said = message.response[:20]
    raise MessageRefused(
        zh=f"{message.kind} 的 ResponseType“{said}”不能办理。承诺用 CommitResource 的 Accept，"
        "答复用 Accept、Provisional、Decline。",
        en=f"ResponseType {said!r} of {message.kind} cannot be taken. A commitment is CommitResource with Accept; a "
        "response is Accept, Provisional or Decline.",
    )


def report_of(message: Message) -> Answer:
    """Return what a report says happened: the last of the times that it names, else what its status says."""
    step = next((step for name, step in REPORTED.items() if message.time(name)), STATUS_WORDS.get(message.status, ""))
    if not step:
        raise MessageRefused(
            zh=f"报告没有写明已出发、已到达还是已归建（{'、'.join(REPORTED)}，"
            "或 DeploymentStatus en_route、arrived、returned）。",
            en=f"The report does not say whether it set out, arrived or is back ({', '.join(REPORTED)}, or "
            "DeploymentStatus en_route, arrived, returned).",
        )
    return Answer(step, message.quantity)
