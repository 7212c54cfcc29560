"""What comes in from other systems: an EDXL-DE 1.0 envelope with its contents, or an EDXL-HAVE document by itself.

Source: OASIS EDXL-DE 1.0 (2006), section 3.2: `distributionStatus` says whether the contents are actual.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from youbei.engine.errors import Refused
from youbei.engine.exchange.have import NAMESPACE as HAVE
from youbei.engine.exchange.have import XNL, XPIL
from youbei.engine.outside_xml import Element, Format, read_elements
from youbei.engine.text import Text

DE = "urn:oasis:names:tc:emergency:EDXL:DE:1.0"
RM, RM_MSG = "urn:oasis:names:tc:emergency:EDXL:RM:1.0", "urn:oasis:names:tc:emergency:EDXL:RM:1.0:msg"
# The list of values that addresses of our units are from.
UNITS = "urn:youbei:organisation"
# Assumption: the hospitals of a province with all that HAVE can say of them are fewer. So many elements are gone
# through; hospitals are read one by one and let go, and of everything else no more are held at a time.
LARGEST, DEEPEST, MOST_ELEMENTS, MOST_GONE_THROUGH = 20_000_000, 40, 200_000, 2_000_000
MOST_CONTENTS = 50


class ExchangeRefused(Refused):
    """Refuse a document of another system that cannot be taken."""

    status = 422


class Status(StrEnum):
    """Whether what is distributed is real."""

    ACTUAL = "Actual"
    EXERCISE = "Exercise"
    SYSTEM = "System"
    TEST = "Test"


EDXL = Format(
    name=Text("EDXL 消息", "EDXL message"),
    spaces={DE: "de:", HAVE: "have:", RM: "rm:", RM_MSG: "rm:", XNL: "xnl:", XPIL: "xpil:"},
    roots=("de:EDXLDistribution", "have:HospitalStatus"),
    refuse=ExchangeRefused,
    not_it=Text(
        "根元素须为 EDXL-DE 1.0 的 EDXLDistribution，或 EDXL-HAVE 1.0 的 HospitalStatus。"
        "资源消息（EDXL-RM）请放在 EDXL-DE 中发送：只有它写明是真实还是演练。",
        "The root is EDXLDistribution of EDXL-DE 1.0, or HospitalStatus of EDXL-HAVE 1.0. Send resource messages "
        "(EDXL-RM) inside EDXL-DE: it alone says whether they are real or of an exercise.",
    ),
    largest=LARGEST,
    deepest=DEEPEST,
    most_elements=MOST_ELEMENTS,
    most_handed_on=MOST_GONE_THROUGH,
)
STATUS, HOSPITAL = "have:HospitalStatus", "have:Hospital"
EMBEDDED = ("de:EDXLDistribution", "de:contentObject", "de:xmlContent", "de:embeddedXMLContent")
HOSPITALS_AT = ((STATUS, HOSPITAL), (*EMBEDDED, STATUS, HOSPITAL))


@dataclass(frozen=True, slots=True)
class Envelope:
    """What came: whether it is real, who sent it to which units, and what is in it.

    A bare document of hospitals has the status Actual. `units` are the codes in explicit addresses of our scheme.
    """

    status: Status
    contents: tuple[Element, ...]
    sender: str = ""
    units: tuple[str, ...] = ()


def read_envelope(content: bytes, on_hospital: Callable[[Element], None] | None = None) -> Envelope:
    """Return what another system sent; raise ExchangeRefused for what cannot be read or holds nothing.

    Each Hospital is given to `on_hospital`, if there is one, and not kept. The whole is only known to be sound at the
    end: what was given may not take effect before.
    """
    root = read_elements(content, EDXL, dict.fromkeys(HOSPITALS_AT, on_hospital) if on_hospital else None)
    if root.name == STATUS:
        return Envelope(Status.ACTUAL, (root,))
    said = root.first("de:distributionStatus")
    if said not in [one.value for one in Status]:
        raise EDXL.unreadable(
            f"distributionStatus 的值“{said[:40]}”不在协议所列之内",
            f"distributionStatus has the value {said[:40]!r}, not one of {', '.join(Status)}",
        )
    contents = tuple(contents_of(root))
    if not contents:
        raise EDXL.unreadable(
            "其中没有 EDXL-HAVE 或 EDXL-RM 内容（contentObject/xmlContent/embeddedXMLContent）",
            "it holds no EDXL-HAVE or EDXL-RM (contentObject/xmlContent/embeddedXMLContent)",
        )
    if len(contents) > MOST_CONTENTS:
        raise EDXL.unreadable(f"内容超过 {MOST_CONTENTS} 项", f"it holds more than {MOST_CONTENTS} contents")
    return Envelope(Status(said), contents, root.first("de:senderID"), tuple(units_of(root)))


def units_of(root: Element) -> Iterator[str]:
    for address in root.all("de:explicitAddress"):
        if address.first("de:explicitAddressScheme") == UNITS:
            yield from (value.text for value in address.all("de:explicitAddressValue") if value.text)


def contents_of(root: Element) -> Iterator[Element]:
    for item in root.all("de:contentObject"):
        for xml in item.all("de:xmlContent"):
            for embedded in xml.all("de:embeddedXMLContent"):
                yield from (part for part in embedded.parts if part.name.startswith(("have:", "rm:")))


def moment(text: str) -> datetime | None:
    """Return a time with its zone as UTC, None for anything else."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    if at.tzinfo is None or not 1990 <= at.year <= 2190:
        return None
    return at.astimezone(UTC)
