"""Read what another system asks of us (EDXL-RM 1.0): what is wanted, how many, where, when, and whom to ask back.

Source: OASIS EDXL-RM 1.0 (2009), section 3.3 and 3.4: RequestResource, RequestInformation, RequestQuote and
their elements.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from youbei.engine.exchange.envelope import moment
from youbei.engine.exchange.rm_read import AMOUNT, IDENTIFIER, MessageRefused, named
from youbei.engine.outside_xml import Element
from youbei.engine.places import Point

# The messages that begin a thread, and are kept until somebody here has answered them.
INFORMATION, QUOTE = "RequestInformation", "RequestQuote"
ASKS = ("RequestResource", INFORMATION, QUOTE)
# Assumptions: a request names fewer resources, and no request means more of anything than this.
MOST_LINES, MOST_ASKED = 30, 100_000_000
LINE, PROSE, CONTACT = 200, 2000, 1000
# Assumption: clocks of two systems differ by less.
CLOCKS_DIFFER = timedelta(minutes=5)
# Assumptions: what was sent so long ago is answered by nobody; what is wanted so far ahead is a slip of the pen.
OLDEST, LATE_BY, FARTHEST = timedelta(days=30), timedelta(days=30), timedelta(days=731)
WANTED_AT = ("RequestedArrival", "ReportTo", "BeginAvailable")
WANTED_UNTIL = ("RequestedReturnDeparture", "RequestedDeparture", "RequestedReturnArrival", "EndAvailable")


@dataclass(frozen=True, slots=True)
class Wanted:
    """One resource that is asked for, as the asker names it: `value` of its list `values`, so many of a `unit`.

    `quantity` is None where the number was said in words only (`unit` then holds them) or not at all.
    """

    element: str
    name: str
    values: str = ""
    value: str = ""
    quantity: Decimal | None = None
    unit: str = ""
    words: str = ""
    needed_by: datetime | None = None
    until: datetime | None = None
    place: str = ""
    point: Point | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """A request as it came. `incident_id` and `incident_words` name the incident as the asker does."""

    kind: str
    message_id: str
    sent_at: datetime
    incident_id: str
    incident_words: str
    words: str
    contact: str
    wanted: tuple[Wanted, ...]


def begins_thread(element: Element) -> bool:
    """Say whether a message asks for something anew, and recalls nothing."""
    return named(element)[0] in ASKS and element.one("rm:MessageRecall") is None


def fingerprint(element: Element, *more: str) -> str:
    """Return what is the same for two copies of a message and for no other, however they are set out."""
    digest = hashlib.sha256("\x1f".join(more).encode())
    stack = [(element, 0)]
    while stack:
        one, depth = stack.pop()
        said = sorted(one.attributes.items())
        digest.update(f"{depth}\x1f{one.name}\x1f{one.text}\x1f{said}\x1e".encode("utf-8", "backslashreplace"))
        stack += [(part, depth + 1) for part in reversed(one.parts)]
    return digest.hexdigest()


def read_ask(element: Element, *, now: datetime) -> Ask:
    """Return what is asked; raise MessageRefused, with a sentence, for what cannot be read or cannot be meant."""
    kind, _ = named(element)
    message_id = element.first("rm:MessageID")
    if not IDENTIFIER.fullmatch(message_id):
        raise MessageRefused(
            zh="缺少 MessageID，或其中有空格、超过 200 字。请给每条消息一个不变的标识。",
            en="MessageID is missing, holds blanks or is longer than 200. Give each message an identifier that stays.",
        )
    about = list(element.all("rm:ResourceInformation"))
    least = 0 if kind == INFORMATION and element.first("rm:MessageDescription") else 1
    if not least <= len(about) <= MOST_LINES:
        raise MessageRefused(
            zh=f"一条请求须写明 1 至 {MOST_LINES} 项资源（ResourceInformation），这里有 {len(about)} 项。"
            "请补充，或分成几条发送。",
            en=f"A request names 1 to {MOST_LINES} resources (ResourceInformation); here are {len(about)}. Name one, "
            "or send several requests.",
        )
    wanted = tuple(wanted_of(one, number, now) for number, one in enumerate(about, start=1))
    refuse_twice(wanted)
    incident = element.one("rm:IncidentInformation") or Element("")
    return Ask(
        kind=kind,
        message_id=message_id,
        sent_at=sent_at(element, now),
        incident_id=short("IncidentID", incident.first("rm:IncidentID"), LINE),
        incident_words=short("IncidentDescription", incident.first("rm:IncidentDescription"), PROSE),
        words=short("MessageDescription", element.first("rm:MessageDescription"), PROSE),
        contact=short("ContactInformation", "\n".join(contacts_of(element)), CONTACT),
        wanted=wanted,
    )


def sent_at(element: Element, now: datetime) -> datetime:
    text = element.first("rm:SentDateTime")
    at = moment(text)
    if at is None:
        raise MessageRefused(
            zh=f"SentDateTime“{text[:40]}”不是带时区的时间。请写明消息何时发出。",
            en=f"SentDateTime {text[:40]!r} is no time with its zone. Say when the message was sent.",
        )
    if not now - OLDEST <= at <= now + CLOCKS_DIFFER:
        raise MessageRefused(
            zh=f"SentDateTime“{text[:40]}”早于 {OLDEST.days} 天前，或还没有到。请核对时钟；仍需要的，请重新发出请求。",
            en=f"SentDateTime {text[:40]!r} is more than {OLDEST.days} days past, or has not come yet. Check the "
            "clock; what is still wanted, ask for anew.",
        )
    return at


def wanted_of(told: Element, number: int, now: datetime) -> Wanted:
    resource = told.one("rm:Resource") or Element("")
    kind = resource.one("rm:TypeStructure") or Element("")
    values, value = kind.first("rm:ValueListURN"), kind.first("rm:Value")
    keyword = resource.one("rm:Keyword") or Element("")
    name = resource.first("rm:Name") or value or keyword.first("rm:Value") or resource.first("rm:Description")[:LINE]
    if not name:
        raise MessageRefused(
            zh=f"第 {number} 项没有写明要什么（Resource 的 Name、TypeStructure 或 Description）。",
            en=f"Resource {number} does not say what is wanted (Name, TypeStructure or Description of Resource).",
        )
    assigned = told.one("rm:AssignmentInformation") or Element("")
    quantity, unit = quantity_of(assigned)
    needed_by, until = times_of(told, now)
    place, point = where(told)
    instructions = assigned.one("rm:AssignmentInstructions") or Element("")
    words = (
        resource.first("rm:Description"),
        resource.first("rm:SpecialRequirements"),
        assigned.first("rm:AnticipatedFunction"),
        assigned.first("rm:Restrictions"),
        " ".join(texts_of(instructions)),
    )
    return Wanted(
        element=short("ResourceInfoElementID", told.first("rm:ResourceInfoElementID"), 100) or str(number),
        name=short("Name", name, LINE),
        values=short("ValueListURN", values, LINE),
        value=short("Value", value, LINE),
        quantity=quantity,
        unit=short("UnitOfMeasure, QuantityText", unit, LINE),
        words=short("Description, AnticipatedFunction", "\n".join(dict.fromkeys(one for one in words if one)), PROSE),
        needed_by=needed_by,
        until=until,
        place=short("Location", place, LINE),
        point=point,
    )


def refuse_twice(wanted: tuple[Wanted, ...]) -> None:
    if len({one.element for one in wanted}) < len(wanted):
        raise MessageRefused(
            zh="有两项资源的 ResourceInfoElementID 相同。请给每项一个不同的标识，答复按它对应。",
            en="Two resources have the same ResourceInfoElementID. Give each its own: answers refer to it.",
        )


def quantity_of(assigned: Element) -> tuple[Decimal | None, str]:
    """Return how many, and of what unit; a number that is said in words stays words."""
    quantity = assigned.one("rm:Quantity")
    if quantity is None:
        return None, ""
    measured = quantity.one("rm:MeasuredQuantity")
    said = measured.first("rm:Amount") if measured is not None else quantity.first("rm:QuantityText")
    if measured is None and not AMOUNT.fullmatch(said):
        return None, said
    if not AMOUNT.fullmatch(said) or not 0 < Decimal(said) <= MOST_ASKED:
        raise MessageRefused(
            zh=f"数量“{said[:20]}”不能受理：须大于 0，不超过 {MOST_ASKED}，至多三位小数。请核对。",
            en=f"The quantity {said[:20]!r} cannot be meant: it is above 0, at most {MOST_ASKED}, of three decimals at "
            "most. Check it.",
        )
    unit = measured.one("rm:UnitOfMeasure") if measured is not None else None
    return Decimal(said), (unit.first("rm:Value") or unit.text) if unit is not None else ""


def times_of(told: Element, now: datetime) -> tuple[datetime | None, datetime | None]:
    """Return from when and until when it is wanted; raise MessageRefused for times that nobody can mean."""
    found: dict[str, datetime] = {}
    for one in told.all("rm:ScheduleInformation"):
        text = one.first("rm:DateTime")
        at = moment(text)
        if text and (at is None or not now - LATE_BY <= at <= now + FARTHEST):
            raise MessageRefused(
                zh=f"时间“{text[:40]}”无法受理：须含时区，并在 {LATE_BY.days} 天前至 "
                f"{FARTHEST.days} 天后之间。请核对。",
                en=f"The time {text[:40]!r} cannot be meant: it names its zone, and lies between {LATE_BY.days} days "
                f"ago and {FARTHEST.days} days ahead. Check it.",
            )
        if at is not None:
            found.setdefault(one.first("rm:ScheduleType"), at)
    needed_by = next((found[name] for name in WANTED_AT if name in found), None)
    until = next((found[name] for name in WANTED_UNTIL if name in found), None)
    if needed_by is not None and until is not None and until <= needed_by:
        raise MessageRefused(
            zh="要求撤离的时间不晚于要求到达的时间。请核对这两个时间。",
            en="It would be let go before it is wanted. Check the two times.",
        )
    return needed_by, until


def where(told: Element) -> tuple[str, Point | None]:
    """Return where it is wanted, in words and as a point, as far as either is said."""
    place, point = "", None
    for schedule in told.all("rm:ScheduleInformation"):
        for location in schedule.all("rm:Location"):
            address = location.one("rm:Address") or Element("")
            place = place or location.first("rm:LocationDescription") or " ".join(texts_of(address))
            point = point or point_of(location)
    return place, point


def point_of(location: Element) -> Point | None:
    """Return the first position (`gml:pos`: latitude, then longitude, WGS 84) in a location."""
    for one in everything(location):
        if one.name.lstrip("?").rpartition(":")[2] != "pos":
            continue
        try:
            lat, lon = (float(part) for part in one.text.split())
        except ValueError:
            lat = lon = math.nan
        if not (abs(lat) <= 90 and abs(lon) <= 180):
            raise MessageRefused(
                zh=f"坐标“{one.text[:40]}”无法读取。gml:pos 依次写纬度和经度（WGS 84）。",
                en=f"The position {one.text[:40]!r} cannot be read. gml:pos is latitude, then longitude (WGS 84).",
            )
        return Point(lat, lon)
    return None


def contacts_of(element: Element) -> Iterator[str]:
    """Yield whom to ask back, a line for each contact: role, description, names and numbers."""
    for contact in element.all("rm:ContactInformation"):
        role = contact.first("rm:ContactRole")
        said = [one for part in contact.parts if part.name != "rm:ContactRole" for one in texts_of(part)]
        if said:
            yield f"{role}: {' '.join(said)}" if role else " ".join(said)


def everything(element: Element) -> Iterator[Element]:
    yield element
    for part in element.parts:
        yield from everything(part)


def texts_of(element: Element) -> list[str]:
    return [one.text for one in everything(element) if one.text]


def short(name: str, text: str, limit: int) -> str:
    """Return a text that can be kept; raise MessageRefused for a longer one, so that nothing of it is lost unseen."""
    if len(text) > limit:
        raise MessageRefused(
            zh=f"{name} 有 {len(text)} 字，最多 {limit} 字。请缩短。",
            en=f"{name} has {len(text)} characters, at most {limit}. Shorten it.",
        )
    return text
