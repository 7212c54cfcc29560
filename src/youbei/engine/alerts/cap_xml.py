"""Read a CAP alert from XML that a stranger may have written.

What makes XML dangerous is refused by `engine.outside_xml`. Each value is checked against the enumeration that the
schema gives it.

Source: OASIS CAP 1.2, 3.3 (XML schema); 1.1 has the same elements in what is read here.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeVar

from youbei.engine.alerts.cap import Alert, AlertRefused, Info, MsgType, Reference, Status
from youbei.engine.outside_xml import Element, Format, read_elements
from youbei.engine.text import Text

# Assumption: the largest message of the public collections is 26 kB; one with a picture inside may have a megabyte.
LARGEST, DEEPEST, MOST_ELEMENTS, MOST_REFERENCES = 2_000_000, 20, 20_000, 500
LONGEST_NAME = 200
NAMESPACES = ("urn:oasis:names:tc:emergency:cap:1.2", "urn:oasis:names:tc:emergency:cap:1.1")

ALERT_ORDER = (
    "identifier", "sender", "sent", "status", "msgType", "source", "scope", "restriction", "addresses", "code", "note",
    "references", "incidents", "info",
)  # fmt: skip
INFO_ORDER = (
    "language", "category", "event", "responseType", "urgency", "severity", "certainty", "audience", "eventCode",
    "effective", "onset", "expires", "senderName", "headline", "description", "instruction", "web", "contact",
    "parameter", "resource", "area",
)  # fmt: skip
SCOPES = ("Public", "Restricted", "Private")
CATEGORIES = (
    "Geo", "Met", "Safety", "Security", "Rescue", "Fire", "Health", "Env", "Transport", "Infra", "CBRNE", "Other",
)  # fmt: skip
URGENCIES = ("Immediate", "Expected", "Future", "Past", "Unknown")
SEVERITIES = ("Extreme", "Severe", "Moderate", "Minor", "Unknown")
CERTAINTIES = ("Observed", "Likely", "Possible", "Unlikely", "Unknown", "Very Likely")
RESPONSES = (
    "Shelter", "Evacuate", "Prepare", "Execute", "Avoid", "Monitor", "Assess", "AllClear", "None",
)  # fmt: skip
Choice = TypeVar("Choice", bound=StrEnum)


CAP = Format(
    name=Text("CAP 消息", "CAP message"),
    spaces=dict.fromkeys(NAMESPACES, ""),
    roots=("alert",),
    refuse=AlertRefused,
    not_it=Text(
        "这个文件不是 CAP 预警消息：根元素应为 CAP 1.2 的 alert。请导入发布者给出的 CAP 文件。",
        "This file is no CAP alert: its root is not the `alert` of CAP 1.2. Import the CAP file of the issuer.",
    ),
    largest=LARGEST,
    deepest=DEEPEST,
    most_elements=MOST_ELEMENTS,
)


def read_alert(content: bytes | str) -> Alert:
    """Return what a CAP message says; raise AlertRefused for what is none, is broken, hostile or too large.

    Of text the encoding that it declares is passed over, of bytes it counts.
    """
    return alert_of(read_elements(content, CAP))


def needed(element: Element, name: str, among: Sequence[str] = ()) -> str:
    """Return the text of a part that must be there, one of `among` if given; refuse otherwise."""
    found = element.first(name)
    if not found:
        raise CAP.unreadable(f"缺少 {name}", f"{name} is missing")
    if among and found not in among:
        raise CAP.unreadable(
            f"{name} 的值“{found[:40]}”不在协议所列之内",
            f"{name} has the value {found[:40]!r}, which CAP does not know",
        )
    return found


def alert_of(root: Element) -> Alert:
    in_order(root, ALERT_ORDER)
    identifier, sender = needed(root, "identifier"), needed(root, "sender")
    for name, value in (("identifier", identifier), ("sender", sender)):
        if len(value) > LONGEST_NAME or any(c in value for c in " ,<&"):
            raise CAP.unreadable(f"{name} 过长，或含空格、逗号", f"{name} is too long, or holds a blank or comma")
    status, msg_type = choice(root, "status", Status), choice(root, "msgType", MsgType)
    needed(root, "scope", SCOPES)
    of = Reference(sender, identifier, moment(needed(root, "sent"), "sent"))
    infos = tuple(info_of(one) for one in root.all("info"))
    return Alert(of, status, msg_type, references_in(root.first("references")), infos)


def info_of(element: Element) -> Info:
    in_order(element, INFO_ORDER)
    needed(element, "category", CATEGORIES)
    needed(element, "certainty", CERTAINTIES)
    responses = tuple(one.text for one in element.all("responseType"))
    areas = tuple(needed(one, "areaDesc") for one in element.all("area"))
    return Info(
        words=(element.first("headline"), needed(element, "event")),
        severity=needed(element, "severity", SEVERITIES),
        urgency=needed(element, "urgency", URGENCIES),
        response_types=tuple(one for one in responses if one in RESPONSES),
        sender_name=element.first("senderName"),
        starts_at=maybe(element.first("effective"), "effective"),
        expires_at=maybe(element.first("expires"), "expires"),
        areas=areas,
    )


def in_order(element: Element, order: Sequence[str]) -> None:
    """Refuse parts that the schema does not know or has in another order; what others add is passed over."""
    places = []
    for part in element.parts:
        if part.name.startswith("?"):
            continue
        if part.name not in order:
            raise CAP.unreadable(
                f"不认识的元素 {part.name[:40]}", f"the element {part.name[:40]!r} is not known to CAP"
            )
        places.append(order.index(part.name))
    if places != sorted(places):
        raise CAP.unreadable(
            f"{element.name} 的元素次序不对", f"the elements of {element.name} stand in the wrong order"
        )


def choice(root: Element, name: str, among: type[Choice]) -> Choice:
    return among(needed(root, name, tuple(one.value for one in among)))


def references_in(text: str) -> tuple[Reference, ...]:
    """Read `sender,identifier,sent` one after the other, divided by blanks."""
    found = []
    for one in text.split():
        parts = one.split(",")
        if len(parts) != 3 or not all(parts):
            raise CAP.unreadable(f"references 中的“{one[:60]}”无法读取", f"the reference {one[:60]!r} cannot be read")
        found.append(Reference(parts[0], parts[1], moment(parts[2], "references")))
    if len(found) > MOST_REFERENCES:
        raise CAP.too_large()
    return tuple(found)


def maybe(text: str, name: str) -> datetime | None:
    return moment(text, name) if text else None


def moment(text: str, name: str) -> datetime:
    """Read a time with its zone, as UTC. Source: CAP 1.2, 3.3.2: a time always names its zone, never `Z`."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None or not 1990 <= at.year <= 2190:
        raise CAP.unreadable(
            f"{name} 的时间“{text[:40]}”无法读取，须含时区",
            f"the time {text[:40]!r} in {name} cannot be read; it names its zone",
        )
    return at.astimezone(UTC)
