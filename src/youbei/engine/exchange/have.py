"""Hospitals and their beds as EDXL-HAVE 1.0: which beds are which, and how old a figure is.

Source: OASIS EDXL-HAVE 1.0 (2008), section 3.2: the elements of a Hospital and their order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from youbei.engine.outside_xml import xml_text

NAMESPACE = "urn:oasis:names:tc:emergency:EDXL:HAVE:1.0"
XNL, XPIL, GML = "urn:oasis:names:tc:ciq:xnl:3", "urn:oasis:names:tc:ciq:xpil:3", "http://www.opengis.net/gml"
# Kinds of beds of the register, as BedType and SubCategoryBedType. HAVE counts wards of other kinds as MedicalSurgical
# and tells them apart by the sub-category. Places for dialysis and hyperbaric oxygen are no beds there.
BED_TYPES: Mapping[str, tuple[str, str]] = {
    "general": ("MedicalSurgical", ""),
    "icu": ("AdultICU", ""),
    "burns": ("Burn", ""),
    "isolation": ("OtherIsolation", ""),
    "negative_pressure": ("NegativeFlowIsolation", ""),
    "emergency": ("EmergencyDepartment", ""),
    "trauma": ("MedicalSurgical", "trauma"),
    "children": ("Pediatrics", ""),
    "obstetric": ("MedicalSurgical", "obstetric"),
    "psychiatric": ("AdultPsychiatric", ""),
}
# Whether a site is in operation, as ClinicalStatus and FacilityStatus; a stand-by says nothing of either.
STATES: Mapping[str, tuple[str, str]] = {
    "open": ("Normal", "Normal"),
    "full": ("Full", "Normal"),
    "closed": ("NotApplicable", "Closed"),
}


@dataclass(frozen=True, slots=True)
class Beds:
    """Beds of a kind: how many there are, and how many of them were free when."""

    kind: str
    beds: int | None
    free: int | None = None
    free_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Hospital:
    """What a hospital tells others; `confirmed_at` is when its entry was last confirmed."""

    code: str
    name: str
    lat: float
    lon: float
    confirmed_at: datetime
    phone: str = ""
    operating: str = ""
    beds: tuple[Beds, ...] = ()

    @property
    def updated_at(self) -> datetime:
        """Return as of when the availability holds: the time of its oldest figure, so that none looks newer than it is.

        A hospital of which no free beds are known goes by the confirmation of its entry.
        """
        return min((one.free_at for one in self.known if one.free_at is not None), default=self.confirmed_at)

    @property
    def known(self) -> tuple[Beds, ...]:
        """Return the beds for which HAVE has a word."""
        return tuple(one for one in self.beds if one.kind in BED_TYPES)


def beds_by_total(
    beds: int | None, intensive: int | None, isolation: int | None, taken: int | None, taken_at: datetime | None
) -> tuple[Beds, ...]:
    """Return the beds of a hospital of which only totals are known: all, of which intensive care, of which isolation.

    How many are free is known of the whole only, so it is said where the whole is not divided.
    """
    parts = [Beds(kind, number) for kind, number in (("icu", intensive), ("isolation", isolation)) if number]
    if beds is None:
        return tuple(parts)
    rest = max(0, beds - sum(one.beds or 0 for one in parts))
    if parts or taken is None or taken_at is None:
        return (Beds("general", rest), *parts)
    return (Beds("general", rest, max(0, beds - taken), taken_at),)


def write_have(hospitals: Iterable[Hospital]) -> Iterator[str]:
    """Yield an EDXL-HAVE document piece by piece, a piece for each hospital."""
    yield (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<have:HospitalStatus xmlns:have="{NAMESPACE}" xmlns:xnl="{XNL}" xmlns:xpil="{XPIL}" xmlns:gml="{GML}">\n'
    )
    for one in hospitals:
        yield hospital_xml(one)
    yield "</have:HospitalStatus>\n"


def hospital_xml(one: Hospital) -> str:
    code = xml_text(one.code)
    phone = f"<xpil:ContactNumberElement>{xml_text(one.phone)}</xpil:ContactNumberElement>"
    numbers = f"<xpil:ContactNumbers><xpil:ContactNumber>{phone}</xpil:ContactNumber></xpil:ContactNumbers>"
    return (
        "<have:Hospital><have:Organization><have:OrganizationInformation>"
        f'<xnl:OrganisationName xnl:ID="{code}"><xnl:NameElement>{xml_text(one.name)}</xnl:NameElement>'
        f"</xnl:OrganisationName>{numbers if one.phone else ''}</have:OrganizationInformation>"
        f"<have:OrganizationGeoLocation><gml:Point><gml:pos>{one.lat!r} {one.lon!r}</gml:pos>"
        "</gml:Point></have:OrganizationGeoLocation></have:Organization>"
        f"{beds_xml(one.known)}{state_xml(one.operating)}"
        f"<have:LastUpdateTime>{one.updated_at.isoformat(timespec='seconds')}</have:LastUpdateTime></have:Hospital>\n"
    )


def beds_xml(beds: Iterable[Beds]) -> str:
    rows = "".join(capacity_xml(one) for one in beds)
    return f"<have:HospitalBedCapacityStatus>{rows}</have:HospitalBedCapacityStatus>" if rows else ""


def capacity_xml(one: Beds) -> str:
    kind, part = BED_TYPES[one.kind]
    return (
        f"<have:BedCapacity><have:BedType>{kind}</have:BedType>"
        f"{tag('SubCategoryBedType', part)}<have:Capacity>{tag('AvailableCount', one.free)}"
        f"{tag('BaselineCount', one.beds)}</have:Capacity></have:BedCapacity>"
    )


def state_xml(operating: str) -> str:
    if operating not in STATES:
        return ""
    clinical, facility = STATES[operating]
    said = tag("ClinicalStatus", clinical) + tag("FacilityStatus", facility)
    return f"<have:HospitalFacilityStatus>{said}</have:HospitalFacilityStatus>"


def tag(name: str, value: object) -> str:
    return "" if value is None or value == "" else f"<have:{name}>{value}</have:{name}>"
