"""Every export of every register: who gets what, what the log keeps of it, and that it is made while it leaves."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from xml.etree import ElementTree

import openpyxl
import pytest
from django.test import Client

from tests.built_once import built_once
from tests.web.conftest import client_of, user_with
from youbei import content
from youbei.actions.sheets import exporting
from youbei.actions.sheets.exporting import FORMATS, GEOGRAPHIC, HAVE, export_register
from youbei.engine.access import Role
from youbei.records.models import Expert, Item, LogEntry, Organisation, Person, Site, StockLot, Team, User

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 26, 8, tzinfo=UTC)
REGISTERS = content.registers()
# What is planted in each county, and what has a place.
PLANTED = ("site", "team", "lot", "person", "expert")
WITH_PLACE = ("site", "team", "expert")
KML = "{http://www.opengis.net/kml/2.2}"


@built_once
def counties() -> dict[str, Organisation]:
    made = {"province": Organisation.objects.create(id=1, code="province", name_zh="省", kind="government", path="/1/")}
    item = Item.objects.create(code="mask", name_zh="口罩", unit_zh="只")
    for number, code in enumerate(("ours", "theirs"), start=2):
        home = made[code] = Organisation.objects.create(
            id=number, code=code, name_zh=code, kind="government", parent_id=1, path=f"/1/{number}/"
        )
        plant(home, item)
    return made


def plant(home: Organisation, item: Item) -> None:
    stands: dict[str, Any] = {"organisation": home, "org_path": home.path}
    code = home.code
    Person.objects.create(code=f"person-{code}", name_zh="王某", phone="13912345678", **stands)
    Expert.objects.create(code=f"expert-{code}", name_zh="李专家", lat=34.1, lon=119.1, **stands)
    Expert.objects.create(code=f"nowhere-{code}", name_zh="张专家", **stands)
    Team.objects.create(code=f"team-{code}", name_zh="队", kind="volunteer", turn_out_s=60, lat=34, lon=119, **stands)
    site = Site.objects.create(
        code=f"site-{code}", name_zh='库"<&\x0b', kind="store", lat=34.5, lon=119.5,
        geometry={"type": "Polygon", "coordinates": [[[119, 34], [119.1, 34], [119, 34.1], [119, 34]]]}, **stands,
    )  # fmt: skip
    StockLot.objects.create(
        code=f"lot-{code}", item=item, site=site, reserve="government", quantity=5, lat=34, lon=119, **stands
    )


def users(counties: dict[str, Organisation]) -> dict[str, User]:
    return {
        "stranger": user_with(None, counties["ours"], name="stranger"),
        "neighbour": user_with(Role.REGISTRAR, counties["theirs"], name="neighbour"),
        "superior": user_with(Role.REGISTRAR, counties["province"], name="superior"),
        "owner": user_with(Role.REGISTRAR, counties["ours"], name="owner"),
    }


def forms_of(name: str) -> list[str]:
    """Return the forms in which any of what is planted leaves; no hospital is (see `api/test_exchange.py`)."""
    return [form for form in FORMATS if form != HAVE and (name in WITH_PLACE or form not in GEOGRAPHIC)]


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def codes_in(form: str, name: str, data: bytes) -> set[str]:
    """Return the codes of the records in a file of that form."""
    if form == "geojson":
        return {feature["id"] for feature in json.loads(data)["features"]}
    if form == "kml":
        values = [value.text for value in ElementTree.fromstring(data).iter(f"{KML}value")]  # noqa: S314  (our own)
        return {value for value in values if value and value.endswith(("-ours", "-theirs"))}
    if form == "xlsx":
        rows = openpyxl.load_workbook(BytesIO(data)).worksheets[0].iter_rows(min_row=2, values_only=True)
        found = [str(cell) for row in rows for cell in row if cell]
    else:
        found = data.decode("utf-8-sig").replace("\r", "").replace("\n", ",").split(",")
    return {cell for cell in found if cell.startswith((f"{name}-", "nowhere-")) and "," not in cell}


def expected(name: str, form: str, who: str) -> set[str]:
    seen = {"stranger": (), "neighbour": ("theirs",), "superior": ("ours", "theirs"), "owner": ("ours",)}[who]
    found = {f"{name}-{county}" for county in seen}
    if name == "expert" and form not in GEOGRAPHIC:
        found |= {f"nowhere-{county}" for county in seen}
    return found


@pytest.mark.parametrize("door", ["page", "api"])
@pytest.mark.parametrize("name", PLANTED)
def test_everybody_takes_away_what_is_theirs_and_the_log_says_who_what_and_how_many(
    counties: dict[str, Organisation], name: str, door: str
) -> None:
    for who, user in users(counties).items():
        client = client_of(user)
        for form in forms_of(name):
            before = LogEntry.objects.filter(kind="register.exported").count()
            answer = client.get(address(door, name, form))
            entries = list(LogEntry.objects.filter(kind="register.exported").order_by("position"))[before:]
            if who == "stranger":
                assert answer.status_code in (403, 404), (who, form)
                assert entries == []
                continue
            # The log speaks before a byte leaves: nothing has been taken out of the answer yet.
            said = [(json.loads(entry.data), entry.by_label, entry.by_id) for entry in entries]
            found = codes_in(form, name, body(answer))
            assert found == expected(name, form, who), (who, form)
            ((data, by_label, by_id),) = said
            assert (data["register"], data["format"], data["count"]) == (name, form, len(found)), (who, form)
            assert who in by_label or str(user.pk) in str(by_id), (by_label, by_id)


def address(door: str, name: str, form: str) -> str:
    return (
        f"/registers/{name}/export/?format={form}" if door == "page" else f"/api/registers/{name}/export?format={form}"
    )


def test_a_file_for_maps_is_well_formed_whatever_stands_in_a_name(counties: dict[str, Organisation]) -> None:
    owner = user_with(Role.REGISTRAR, counties["ours"], name="owner")
    for form in sorted(GEOGRAPHIC):
        made = export_register(register=REGISTERS["site"], by=owner, now=NOW, form=form, language="zh")
        text = b"".join(made.content).decode()
        if form == "kml":
            (name,) = ElementTree.fromstring(text).findall(f".//{KML}Placemark/{KML}name")  # noqa: S314  (our own)
            assert name.text == '库"<&'
            assert "<Polygon>" in text
        else:
            assert json.loads(text)["features"][0]["geometry"]["type"] == "Polygon"


@pytest.mark.parametrize("form", sorted(set(FORMATS) - {HAVE}))
def test_records_are_read_while_the_file_leaves(
    counties: dict[str, Organisation], monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    stands: dict[str, Any] = {"organisation": counties["ours"], "org_path": counties["ours"].path}
    Team.objects.bulk_create(
        Team(code=f"t{n}", name_zh=f"第{n}队", kind="volunteer", turn_out_s=60, lat=34, lon=119, **stands)
        for n in range(3_000)
    )
    monkeypatch.setattr(exporting, "PIECE", 100)
    monkeypatch.setattr("youbei.sheets.stream.PIECE", 100)
    taken = 0
    whole = exporting.records

    def counted(*told: Any) -> Iterator[Any]:
        nonlocal taken
        for record in whole(*told):
            taken += 1
            yield record

    monkeypatch.setattr(exporting, "records", counted)
    owner = user_with(Role.REGISTRAR, counties["ours"], name="owner")
    made = export_register(register=REGISTERS["team"], by=owner, now=NOW, form=form, language="en")
    assert made.count == 3_001
    assert taken == 0
    next(made.content)
    assert taken <= 2_000
    assert b"".join(made.content)
    assert taken == 3_001


def test_nobody_who_is_not_signed_in_takes_anything_away(counties: dict[str, Organisation], client: Client) -> None:
    for name in PLANTED:
        for form in forms_of(name):
            for door in ("page", "api"):
                assert client.get(address(door, name, form)).status_code in (302, 401, 403), (name, form, door)
    assert not LogEntry.objects.filter(kind="register.exported").exists()
