"""Read a CAP alert from XML that a stranger may have written.

Nothing is expanded or fetched: a document type, and with it every entity, is refused at its first letter. Size, depth
and number of elements are bounded. Each value is checked against the enumeration that the schema gives it.

Source: OASIS CAP 1.2, 3.3 (XML schema); 1.1 has the same elements in what is read here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeVar
from xml.parsers import expat

from youbei.engine.alerts.cap import Alert, AlertRefused, Info, MsgType, Reference, Status

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


@dataclass(slots=True)
class Element:
    """One element of the message: its name without the namespace (`?` before a foreign one), text, parts."""

    name: str
    pieces: list[str] = field(default_factory=list)
    parts: list[Element] = field(default_factory=list)

    @property
    def text(self) -> str:
        return " ".join("".join(self.pieces).split())

    def all(self, name: str) -> Iterator[Element]:
        return (part for part in self.parts if part.name == name)

    def first(self, name: str) -> str:
        return next((part.text for part in self.all(name)), "")

    def needed(self, name: str, among: Sequence[str] = ()) -> str:
        """Return the text of a part that must be there, one of `among` if given; refuse otherwise."""
        found = self.first(name)
        if not found:
            raise unreadable(f"缺少 {name}", f"{name} is missing")
        if among and found not in among:
            raise unreadable(
                f"{name} 的值“{found[:40]}”不在协议所列之内",
                f"{name} has the value {found[:40]!r}, which CAP does not know",
            )
        return found


class Reader:
    """Build the elements of a message while they are parsed, and stop at the first that is too much."""

    def __init__(self) -> None:
        self.root: Element | None = None
        self.open: list[Element] = []
        self.count = 0

    def start(self, name: str, _attributes: object) -> None:
        self.count += 1
        if self.count > MOST_ELEMENTS or len(self.open) >= DEEPEST:
            raise too_large()
        space, _, local = name.rpartition(" ")
        if self.root is None and (local != "alert" or space not in NAMESPACES):
            raise AlertRefused(
                zh="这个文件不是 CAP 预警消息：根元素应为 CAP 1.2 的 alert。请导入发布者给出的 CAP 文件。",
                en="This file is no CAP alert: its root is not the `alert` of CAP 1.2. Import the CAP file of "
                "the issuer.",
            )
        element = Element(local if space in NAMESPACES else f"?{local}")
        if self.open:
            self.open[-1].parts.append(element)
        else:
            self.root = element
        self.open.append(element)

    def end(self, _name: str) -> None:
        self.open.pop()

    def characters(self, text: str) -> None:
        self.open[-1].pieces.append(text)

    @staticmethod
    def doctype(*_: object) -> None:
        raise AlertRefused(
            zh="文件带有文档类型声明或实体，可能有害，不予读取。CAP 消息不需要这些。",
            en="The file declares a document type or entities, which can do harm, so it is not read. No CAP message "
            "needs them.",
        )


def read_alert(content: bytes | str) -> Alert:
    """Return what a CAP message says; raise AlertRefused for what is none, is broken, hostile or too large.

    Of text the encoding that it declares is passed over, of bytes it counts.
    """
    encoding = "utf-8" if isinstance(content, str) else None
    content = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
    if len(content) > LARGEST:
        raise too_large()
    reader = Reader()
    parser = expat.ParserCreate(encoding, namespace_separator=" ")
    parser.buffer_text = True
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    parser.StartDoctypeDeclHandler = reader.doctype
    parser.EntityDeclHandler = reader.doctype
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.characters
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise AlertRefused(
            zh=f"文件不是完好的 XML，无法读取（{error}）。请重新获取。",
            en=f"The file is no well-formed XML and cannot be read ({error}). Fetch it again.",
        ) from None
    if reader.root is None:
        raise unreadable("文件是空的", "the file is empty")
    return alert_of(reader.root)


def alert_of(root: Element) -> Alert:
    in_order(root, ALERT_ORDER)
    identifier, sender = root.needed("identifier"), root.needed("sender")
    for name, value in (("identifier", identifier), ("sender", sender)):
        if len(value) > LONGEST_NAME or any(c in value for c in " ,<&"):
            raise unreadable(f"{name} 过长，或含空格、逗号", f"{name} is too long, or holds a blank or comma")
    status, msg_type = choice(root, "status", Status), choice(root, "msgType", MsgType)
    root.needed("scope", SCOPES)
    of = Reference(sender, identifier, moment(root.needed("sent"), "sent"))
    infos = tuple(info_of(one) for one in root.all("info"))
    return Alert(of, status, msg_type, references_in(root.first("references")), infos)


def info_of(element: Element) -> Info:
    in_order(element, INFO_ORDER)
    element.needed("category", CATEGORIES)
    element.needed("certainty", CERTAINTIES)
    responses = tuple(one.text for one in element.all("responseType"))
    areas = tuple(one.needed("areaDesc") for one in element.all("area"))
    return Info(
        words=(element.first("headline"), element.needed("event")),
        severity=element.needed("severity", SEVERITIES),
        urgency=element.needed("urgency", URGENCIES),
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
            raise unreadable(f"不认识的元素 {part.name[:40]}", f"the element {part.name[:40]!r} is not known to CAP")
        places.append(order.index(part.name))
    if places != sorted(places):
        raise unreadable(f"{element.name} 的元素次序不对", f"the elements of {element.name} stand in the wrong order")


def choice(root: Element, name: str, among: type[Choice]) -> Choice:
    return among(root.needed(name, tuple(one.value for one in among)))


def references_in(text: str) -> tuple[Reference, ...]:
    """Read `sender,identifier,sent` one after the other, divided by blanks."""
    found = []
    for one in text.split():
        parts = one.split(",")
        if len(parts) != 3 or not all(parts):
            raise unreadable(f"references 中的“{one[:60]}”无法读取", f"the reference {one[:60]!r} cannot be read")
        found.append(Reference(parts[0], parts[1], moment(parts[2], "references")))
    if len(found) > MOST_REFERENCES:
        raise too_large()
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
        raise unreadable(
            f"{name} 的时间“{text[:40]}”无法读取，须含时区",
            f"the time {text[:40]!r} in {name} cannot be read; it names its zone",
        )
    return at.astimezone(UTC)


def unreadable(zh: str, en: str) -> AlertRefused:
    return AlertRefused(
        zh=f"CAP 消息无法读取：{zh}。请向发布者索取合格的消息。",
        en=f"The CAP message cannot be read: {en}. Ask its issuer for a sound one.",
    )


def too_large() -> AlertRefused:
    return AlertRefused(
        zh=f"CAP 消息过大：最多 {LARGEST // 1_000_000} MB、{MOST_ELEMENTS} 个元素、{DEEPEST} 层。",
        en=f"The CAP message is too large: at most {LARGEST // 1_000_000} MB, {MOST_ELEMENTS} elements, {DEEPEST} "
        "levels.",
    )
