"""Hospitals as EDXL-HAVE 1.0: the elements, their order, and how old a figure is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from youbei.engine.exchange.have import BED_TYPES, STATES, Beds, Hospital, beds_by_total, write_have

HAVE = "{urn:oasis:names:tc:emergency:EDXL:HAVE:1.0}"
XNL, XPIL, GML = "{urn:oasis:names:tc:ciq:xnl:3}", "{urn:oasis:names:tc:ciq:xpil:3}", "{http://www.opengis.net/gml}"
NOW = datetime(2026, 11, 27, 8, tzinfo=UTC)
# Source: OASIS EDXL-HAVE 1.0 (2008), section 3.2. What stands in each element, in order; `!` marks what must be there.
ORDER: Mapping[str, tuple[str, ...]] = {
    f"{HAVE}HospitalStatus": (f"{HAVE}Hospital!",),
    f"{HAVE}Hospital": (
        f"{HAVE}Organization!",
        f"{HAVE}EmergencyDepartmentStatus",
        f"{HAVE}HospitalBedCapacityStatus",
        f"{HAVE}ServiceCoverageStatus",
        f"{HAVE}HospitalFacilityStatus",
        f"{HAVE}HospitalResourcesStatus",
        f"{HAVE}LastUpdateTime!",
    ),
    f"{HAVE}Organization": (
        f"{HAVE}OrganizationInformation!",
        f"{HAVE}OrganizationGeoLocation",
        f"{HAVE}CommentText",
    ),
    f"{HAVE}OrganizationInformation": (f"{XNL}OrganisationName!", f"{XPIL}Addresses", f"{XPIL}ContactNumbers"),
    f"{HAVE}OrganizationGeoLocation": (f"{GML}Point!",),
    f"{HAVE}HospitalBedCapacityStatus": (f"{HAVE}BedCapacity!",),
    f"{HAVE}BedCapacity": (f"{HAVE}BedType!", f"{HAVE}SubCategoryBedType", f"{HAVE}Capacity!", f"{HAVE}CommentText"),
    f"{HAVE}Capacity": (
        f"{HAVE}CapacityStatus",
        f"{HAVE}AvailableCount",
        f"{HAVE}BaselineCount",
        f"{HAVE}AdditionalCapacityCount24Hr",
        f"{HAVE}AdditionalCapacityCount72Hr",
    ),
    f"{HAVE}HospitalFacilityStatus": (
        f"{HAVE}HospitalEOCStatus",
        f"{HAVE}HospitalEOCPlan",
        f"{HAVE}ClinicalStatus",
        f"{HAVE}DeconCapacity",
        f"{HAVE}MorgueCapacity",
        f"{HAVE}FacilityStatus",
        f"{HAVE}SecurityStatus",
        f"{HAVE}Activity24Hr",
    ),
}
TYPES = (
    "AdultICU", "PediatricICU", "NeonatalICU", "EmergencyDepartment", "NurseryBeds", "MedicalSurgical",
    "RehabLongTermCare", "Burn", "Pediatrics", "AdultPsychiatric", "PediatricPsychiatric", "NegativeFlowIsolation",
    "OtherIsolation", "OperatingRooms",
)  # fmt: skip
FIRST = Hospital(
    code="first-hospital", name="第一医院", lat=34.6, lon=119.2, confirmed_at=NOW - timedelta(days=9), phone="0518-1",
    operating="full", beds=(Beds("general", 300, 12, NOW), Beds("icu", 20, 0, NOW - timedelta(hours=3))),
)  # fmt: skip


def written(*hospitals: Hospital) -> ElementTree.Element:
    return ElementTree.fromstring("".join(write_have(hospitals)))  # noqa: S314  (our own)


def demand_order(element: ElementTree.Element) -> None:
    """Fail where a part is not known, stands before one that comes first, or is missing though it must be there."""
    if element.tag in ORDER:
        order = [one.rstrip("!") for one in ORDER[element.tag]]
        places = [order.index(part.tag) for part in element]
        assert places == sorted(places), element.tag
        for one in ORDER[element.tag]:
            assert not one.endswith("!") or element.find(one.rstrip("!")) is not None, (element.tag, one)
    for part in element:
        demand_order(part)


def test_a_hospital_has_the_elements_of_the_standard_in_their_order() -> None:
    root = written(FIRST, replace(FIRST, code="second", phone="", operating="", beds=()))
    demand_order(root)
    first = root[0]
    name = first.find(f"{HAVE}Organization/{HAVE}OrganizationInformation/{XNL}OrganisationName")
    assert name is not None
    assert (name.get(f"{XNL}ID"), name.findtext(f"{XNL}NameElement")) == ("first-hospital", "第一医院")
    rows = [
        (row.findtext(f"{HAVE}BedType"), *(one.text for one in row.findall(f"{HAVE}Capacity/*")))
        for row in first.iter(f"{HAVE}BedCapacity")
    ]
    assert rows == [("MedicalSurgical", "12", "300"), ("AdultICU", "0", "20")]
    state = first.find(f"{HAVE}HospitalFacilityStatus")
    assert state is not None
    assert [one.text for one in state] == ["Full", "Normal"]
    assert first.findtext(f".//{GML}pos") == "34.6 119.2"


def test_no_figure_looks_newer_than_the_oldest_of_them() -> None:
    assert written(FIRST)[0].findtext(f"{HAVE}LastUpdateTime") == "2026-11-27T05:00:00+00:00"
    assert replace(FIRST, beds=(Beds("general", 300),)).updated_at == FIRST.confirmed_at
    # A place for dialysis is no bed in HAVE, so its figure is not in the document and makes it no older.
    kept = (Beds("general", 300, 12, NOW), Beds("dialysis", 9, 1, NOW - timedelta(days=5)))
    assert replace(FIRST, beds=kept).updated_at == NOW


def test_every_kind_of_bed_has_a_type_of_the_standard_and_is_told_apart() -> None:
    assert {kind for kind, _ in BED_TYPES.values()} <= set(TYPES)
    assert len(set(BED_TYPES.values())) == len(BED_TYPES)
    assert set(STATES) == {"open", "full", "closed"}


def test_what_is_known_of_the_whole_only_is_not_said_of_a_part() -> None:
    assert beds_by_total(300, None, None, 290, NOW) == (Beds("general", 300, 10, NOW),)
    assert beds_by_total(300, 20, 30, 290, NOW) == (Beds("general", 250), Beds("icu", 20), Beds("isolation", 30))
    assert beds_by_total(None, 20, None, None, None) == (Beds("icu", 20),)
    assert beds_by_total(10, 20, None, None, None) == (Beds("general", 0), Beds("icu", 20))
    assert beds_by_total(300, None, None, 310, NOW)[0].free == 0
    assert beds_by_total(None, None, None, None, None) == ()


@given(st.text(max_size=40), st.text(max_size=40))
def test_whatever_stands_in_a_name_the_document_is_well_formed(name: str, phone: str) -> None:
    demand_order(written(replace(FIRST, name=name, phone=phone)))
