"""What another system says of hospitals: what is read, what cannot be true, and XML that wants to do harm."""

from __future__ import annotations

import tracemalloc
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from youbei.engine.exchange.envelope import DE, DEEPEST, LARGEST, MOST_ELEMENTS, ExchangeRefused, Status, read_envelope
from youbei.engine.exchange.have import NAMESPACE, XNL, XPIL, Beds, Hospital, write_have
from youbei.engine.exchange.have_read import MOST_HOSPITALS, HospitalReport, Hospitals, ReportedBeds, read_hospitals

AT = datetime(2026, 11, 27, 8, tzinfo=UTC)
TIME = "<h:LastUpdateTime>2026-11-27T16:00:00+08:00</h:LastUpdateTime>"
NAMED = (
    '<h:Organization><h:OrganizationInformation><x:OrganisationName x:ID="first"/></h:OrganizationInformation>'
    "</h:Organization>"
)


def document(*hospitals: str) -> bytes:
    inner = "".join(f"<h:Hospital>{one}</h:Hospital>" for one in hospitals)
    return (
        f'<h:HospitalStatus xmlns:h="{NAMESPACE}" xmlns:x="{XNL}" xmlns:p="{XPIL}">{inner}</h:HospitalStatus>'.encode()
    )


def report(*parts: str, named: str = NAMED, time: str = TIME) -> HospitalReport:
    (found,) = read_hospitals(read_envelope(document(named + "".join(parts) + time)).contents[0])
    return found


def beds(*rows: tuple[str, str]) -> str:
    inside = "".join(
        f"<h:BedCapacity><h:BedType>{kind}</h:BedType><h:Capacity>{capacity}</h:Capacity></h:BedCapacity>"
        for kind, capacity in rows
    )
    return f"<h:HospitalBedCapacityStatus>{inside}</h:HospitalBedCapacityStatus>"


def state(facility: str = "", clinical: str = "") -> str:
    said = f"<h:ClinicalStatus>{clinical}</h:ClinicalStatus>" if clinical else ""
    said += f"<h:FacilityStatus>{facility}</h:FacilityStatus>" if facility else ""
    return f"<h:HospitalFacilityStatus>{said}</h:HospitalFacilityStatus>"


def test_what_is_written_is_read_back() -> None:
    kinds = (
        "general",
        "icu",
        "burns",
        "isolation",
        "negative_pressure",
        "emergency",
        "trauma",
        "children",
        "obstetric",
    )
    said = tuple(Beds(kind, 20 + n, n, AT) for n, kind in enumerate((*kinds, "psychiatric")))
    for operating in ("open", "full", "closed", "standby", ""):
        hospital = Hospital("first", "第一", 34.6, 119.2, AT, operating=operating, beds=said)
        (found,) = read_hospitals(read_envelope("".join(write_have([hospital])).encode()).contents[0])
        assert (found.codes, found.name, found.at, found.wrong.en) == (("first",), "第一", AT, "")
        assert found.operating == operating.replace("standby", "")
        assert found.beds == tuple(ReportedBeds(one.kind, one.beds, one.free) for one in said)


def test_codes_stand_where_the_standard_has_them() -> None:
    named = (
        "<h:Organization><h:OrganizationInformation><x:OrganisationName><x:NameElement>First</x:NameElement>"
        "</x:OrganisationName><p:Identifiers><p:Identifier><p:IdentifierElement>first</p:IdentifierElement>"
        "</p:Identifier></p:Identifiers></h:OrganizationInformation></h:Organization>"
    )
    assert report(named=named).codes == ("first",)
    assert "no code" in report(named="<h:Organization/>").wrong.en


@pytest.mark.parametrize(
    ("capacity", "expected"),
    [
        ("<h:AvailableCount>3</h:AvailableCount><h:BaselineCount>9</h:BaselineCount>", ReportedBeds("icu", 9, 3)),
        ("<h:AvailableCount> 3 </h:AvailableCount>", ReportedBeds("icu", None, 3)),
        ("<h:CapacityStatus>NotAvailable</h:CapacityStatus>", ReportedBeds("icu", None, 0)),
        ("<h:BaselineCount>9</h:BaselineCount>", ReportedBeds("icu", 9, None)),
    ],
)
def test_beds_are_counted_as_they_are_said(capacity: str, expected: ReportedBeds) -> None:
    assert report(beds(("AdultICU", capacity))).beds == (expected,)


@pytest.mark.parametrize(
    ("parts", "why"),
    [
        (beds(("AdultICU", "<h:AvailableCount>-1</h:AvailableCount>")), "no whole number"),
        (beds(("AdultICU", "<h:AvailableCount>1.5</h:AvailableCount>")), "no whole number"),
        (beds(("AdultICU", "<h:AvailableCount>٣</h:AvailableCount>")), "no whole number"),
        (beds(("AdultICU", f"<h:AvailableCount>{'9' * 4000}</h:AvailableCount>")), "no whole number"),
        (beds(("AdultICU", "<h:BaselineCount>100001</h:BaselineCount>")), "no whole number"),
        (
            beds(("Burn", "<h:AvailableCount>10</h:AvailableCount><h:BaselineCount>9</h:BaselineCount>")),
            "10 free of 9 beds",
        ),
        (beds(("Burn", ""), ("Burn", "")), "there twice"),
    ],
)
def test_numbers_that_cannot_be_true_are_said(parts: str, why: str) -> None:
    found = report(parts)
    assert why in found.wrong.en
    assert found.beds == ()


@pytest.mark.parametrize(
    "time", ["", "2026-11-27T08:00:00", "yesterday", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00"]
)
def test_a_report_without_a_time_cannot_be_placed(time: str) -> None:
    said = f"<h:LastUpdateTime>{time}</h:LastUpdateTime>" if time else ""
    assert "no time with its zone" in report(time=said).wrong.en


def test_what_the_register_has_no_word_for_is_named() -> None:
    found = report(beds(("NeonatalICU", "<h:AvailableCount>3</h:AvailableCount>")), state("Compromised", "Full"))
    assert (found.beds, found.operating) == ((), "")
    assert found.passed_over == ("NeonatalICU", "FacilityStatus compromised")
    assert report(state("Evacuating")).operating == "closed"
    assert report(state(clinical="Full")).operating == report(state("Normal", "Full")).operating == "full"
    assert report(state(clinical="NotApplicable")).operating == ""


def test_an_envelope_says_whether_it_is_real() -> None:
    def sent(status: str, inner: str) -> bytes:
        embedded = f"<xmlContent><embeddedXMLContent>{inner}</embeddedXMLContent></xmlContent>"
        said = f"<distributionStatus>{status}</distributionStatus><contentObject>{embedded}</contentObject>"
        return f'<EDXLDistribution xmlns="{DE}">{said}</EDXLDistribution>'.encode()

    inner = document(NAMED + TIME).decode()
    assert read_envelope(sent("Exercise", inner)).status is Status.EXERCISE
    assert len(read_envelope(sent("Actual", inner * 3)).contents) == 3
    for status, held in (
        ("Real", inner),
        ("", inner),
        ("Actual", ""),
        ("Actual", "<other xmlns='urn:x'/>"),
        ("Actual", inner * 51),
    ):
        with pytest.raises(ExchangeRefused):
            read_envelope(sent(status, held))


BOMB = '<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
FETCH = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
OUTSIDE = '<!DOCTYPE x SYSTEM "http://example.com/x.dtd">'


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00" * 100,
        b"<",
        b"not xml",
        b"<HospitalStatus/>",
        b'<HospitalStatus xmlns="urn:oasis:names:tc:emergency:EDXL:HAVE:2.0"/>',
        document(),
        *(one.encode() + document(NAMED + TIME) for one in (BOMB, FETCH, OUTSIDE)),
        BOMB.encode("utf-16") + document(NAMED).decode().encode("utf-16-le"),
        document(f"<h:Hospital>{'<h:a>' * (DEEPEST + 1)}"),
        document("<h:a>" * 100_000),
        document(f'<h:a b="{"c" * 5_000}"/>'),
        b"<?xml version='1.0' encoding='klingon'?>" + document(NAMED),
        document(NAMED)[:-5],
        b"<a>" + b" " * LARGEST,
    ],
)
def test_what_is_no_document_of_hospitals_is_refused_in_words(content: bytes) -> None:
    with pytest.raises(ExchangeRefused) as refused:
        read_hospitals(read_envelope(content).contents[0])
    assert refused.value.text.en.endswith(".")
    assert refused.value.text.zh.endswith("。")


def test_documents_are_bounded_in_elements_and_hospitals() -> None:
    with pytest.raises(ExchangeRefused, match="too large"):
        read_envelope(document("<h:a/>" * MOST_ELEMENTS))
    with pytest.raises(ExchangeRefused, match="in several documents"):
        read_hospitals(read_envelope(document(*[""] * (MOST_HOSPITALS + 1))).contents[0])


def test_many_hospitals_are_read_one_by_one_and_not_held() -> None:
    hospital = NAMED + beds(("AdultICU", "<h:BaselineCount>9</h:BaselineCount>")) + TIME
    peaks = []
    for count in (500, 5_000):
        content, met = document(*[hospital] * count), Hospitals()
        tracemalloc.start()
        envelope = read_envelope(content, met.take)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert (len(met.reports), len(envelope.contents[0].parts)) == (count, 0)
    # A report is a kilobyte at most; the elements of a hospital would be ten.
    assert peaks[1] - peaks[0] < 4_500 * 1_024


def enveloped(inner: str) -> bytes:
    return (
        f'<EDXLDistribution xmlns="{DE}"><distributionStatus>Actual</distributionStatus><contentObject><xmlContent>'
        f"<embeddedXMLContent>{inner}</embeddedXMLContent></xmlContent></contentObject></EDXLDistribution>"
    ).encode()


def test_hospitals_count_only_where_a_document_has_them() -> None:
    met = Hospitals()
    inner = document(NAMED + TIME).decode()
    assert len(read_envelope(enveloped(inner), met.take).contents) == len(met.reports) == 1
    for hidden in (f"<o:x xmlns:o='urn:o'>{inner}</o:x>", f"<h:Hospital xmlns:h='{NAMESPACE}'/>"):
        with suppress(ExchangeRefused):
            read_envelope(enveloped(hidden), met.take)
    assert len(met.reports) == 1
    with pytest.raises(ExchangeRefused, match="in several documents"):
        read_envelope(document(*[""] * (MOST_HOSPITALS + 1)), Hospitals().take)
    # What is no hospital is held, and bounded as before.
    for held in ("<h:a/>" * MOST_ELEMENTS, f"<h:Hospital>{'<h:a/>' * MOST_ELEMENTS}</h:Hospital>"):
        with pytest.raises(ExchangeRefused, match="too large"):
            read_envelope(document()[:-19] + held.encode() + document()[-19:], Hospitals().take)


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_bytes_do_more_than_be_refused(content: bytes) -> None:
    for tried in (content, document(NAMED + TIME)[:-20] + content):
        with suppress(ExchangeRefused):
            read_hospitals(read_envelope(tried).contents[0])
