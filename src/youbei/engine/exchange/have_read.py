"""Read what another system says of hospitals (EDXL-HAVE 1.0): which beds it means, and what cannot be true.

Source: OASIS EDXL-HAVE 1.0 (2008), section 3.2.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from youbei.engine.errors import Refused
from youbei.engine.exchange.envelope import EDXL, ExchangeRefused, moment
from youbei.engine.exchange.have import BED_TYPES
from youbei.engine.outside_xml import Element
from youbei.engine.text import Text

# Assumption: no province has more hospitals.
MOST_HOSPITALS, MOST_BEDS = 10_000, 100_000
LONGEST_CODE, LONGEST_NAME = 80, 200
WHOLE = re.compile(r"\+?[0-9]{1,9}")
KINDS = {(kind.lower(), part): name for name, (kind, part) in BED_TYPES.items()}
# ClinicalStatus and FacilityStatus as the state of a site; a facility that is evacuated takes nobody.
CLOSED, GOING = ("closed", "evacuating"), ("normal",)


@dataclass(frozen=True, slots=True)
class ReportedBeds:
    """Beds of a kind of the register: how many there are, how many of them are free; None where it is not said."""

    kind: str
    beds: int | None
    free: int | None


@dataclass(frozen=True, slots=True)
class HospitalReport:
    """What is said of a hospital. `wrong`: why it cannot be true; `passed_over`: what has no place in the register."""

    codes: tuple[str, ...]
    name: str
    at: datetime | None
    beds: tuple[ReportedBeds, ...] = ()
    operating: str = ""
    wrong: Text = Text()
    passed_over: tuple[str, ...] = ()


class Impossible(Exception):
    """Something in a report cannot be true; `args[0]` says what."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.text = Text(zh, en)


def read_hospitals(root: Element) -> list[HospitalReport]:
    """Return the reports in a HospitalStatus, in order; raise ExchangeRefused where there are none, or too many."""
    found = list(root.all("have:Hospital"))
    if not found:
        raise EDXL.unreadable("其中没有医院（Hospital）", "it names no Hospital")
    if len(found) > MOST_HOSPITALS:
        raise too_many()
    return [hospital_of(one) for one in found]


@dataclass(slots=True)
class Hospitals:
    """Reports as they are met in a document, one after the other."""

    reports: list[HospitalReport] = field(default_factory=list)

    def take(self, element: Element) -> None:
        """Read what is said of one more hospital; raise ExchangeRefused for one too many."""
        if len(self.reports) >= MOST_HOSPITALS:
            raise too_many()
        self.reports.append(hospital_of(element))


def too_many() -> Refused:
    return ExchangeRefused(
        zh=f"其中的医院多于 {MOST_HOSPITALS} 家。请分成几份发送。",
        en=f"It names more than {MOST_HOSPITALS} hospitals. Send them in several documents.",
    )


def hospital_of(element: Element) -> HospitalReport:
    codes, name = who(element)
    if not codes:
        return HospitalReport(
            codes, name, None,
            wrong=Text("没有编码（xnl:OrganisationName 的 xnl:ID）", "it has no code (xnl:ID of xnl:OrganisationName)"),
        )  # fmt: skip
    at = moment(element.first("have:LastUpdateTime"))
    passed_over: list[str] = []
    try:
        if at is None:
            said = element.first("have:LastUpdateTime")[:40]
            raise Impossible(
                f"LastUpdateTime“{said}”不是带时区的时间", f"LastUpdateTime {said!r} is no time with its zone"
            )
        beds = tuple(beds_of(element, passed_over))
        operating = operating_of(element, passed_over)
    except Impossible as wrong:
        return HospitalReport(codes, name, at, wrong=wrong.text)
    return HospitalReport(codes, name, at, beds, operating, passed_over=tuple(passed_over))


def who(element: Element) -> tuple[tuple[str, ...], str]:
    """Return the codes by which a hospital may be known, the likeliest first, and how it is called."""
    codes: list[str] = []
    name = ""
    for organization in element.all("have:Organization"):
        for about in organization.all("have:OrganizationInformation"):
            for called in about.all("xnl:OrganisationName"):
                codes.append(called.attributes.get("ID", ""))
                name = name or called.first("xnl:NameElement")
            for several in about.all("xpil:Identifiers"):
                for one in several.all("xpil:Identifier"):
                    codes += [part.text for part in one.all("xpil:IdentifierElement")]
    kept = dict.fromkeys(code.strip() for code in codes if 0 < len(code.strip()) <= LONGEST_CODE)
    return tuple(kept)[:5], name[:LONGEST_NAME]


def beds_of(element: Element, passed_over: list[str]) -> Iterator[ReportedBeds]:
    """Yield the beds for which the register has a kind; the other types of beds are named in `passed_over`."""
    met: set[str] = set()
    for status in element.all("have:HospitalBedCapacityStatus"):
        for row in status.all("have:BedCapacity"):
            said, part = row.first("have:BedType"), row.first("have:SubCategoryBedType")
            called = f"{said}/{part}"[:80].rstrip("/")
            kind = KINDS.get((said.lower(), part))
            if kind is None:
                passed_over.append(called)
                continue
            if kind in met:
                raise Impossible(f"{called} 出现了两次", f"{called} is there twice")
            met.add(kind)
            found = capacity_of(kind, called, row.one("have:Capacity"))
            if found.beds is not None or found.free is not None:
                yield found


def capacity_of(kind: str, called: str, capacity: Element | None) -> ReportedBeds:
    if capacity is None:
        return ReportedBeds(kind, None, None)
    free = count(called, capacity, "AvailableCount")
    beds = count(called, capacity, "BaselineCount")
    if free is None and capacity.first("have:CapacityStatus") == "NotAvailable":
        free = 0
    if free is not None and beds is not None and free > beds:
        raise Impossible(f"{called} 空床 {free} 多于床位 {beds}", f"{called}: {free} free of {beds} beds")
    return ReportedBeds(kind, beds, free)


def count(called: str, capacity: Element, name: str) -> int | None:
    text = capacity.first(f"have:{name}")
    if not text:
        return None
    if not WHOLE.fullmatch(text) or int(text) > MOST_BEDS:
        raise Impossible(
            f"{called} 的 {name}“{text[:20]}”不是 0 至 {MOST_BEDS} 的整数",
            f"{name} of {called} is {text[:20]!r}, no whole number from 0 to {MOST_BEDS}",
        )
    return int(text)


def operating_of(element: Element, passed_over: list[str]) -> str:
    """Return the state of a site that is said, empty where nothing is said of it or the register has no word for it."""
    status = element.one("have:HospitalFacilityStatus")
    if status is None:
        return ""
    facility, clinical = (status.first(f"have:{name}").lower() for name in ("FacilityStatus", "ClinicalStatus"))
    if facility in CLOSED:
        return "closed"
    if facility and facility not in GOING:
        passed_over.append(f"FacilityStatus {facility}"[:80])
        return ""
    if clinical == "full":
        return "full"
    return "open" if facility or clinical in GOING else ""
