"""What follows from a record when it is written: copies that make it quick to find, and where it stands.

`complete` fills a row before it is stored, `follow` brings other tables in line afterwards. Both take many rows, so
that an import pays a fixed number of queries for thousands.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from youbei import content
from youbei.engine.registers.packs import read_packs, write_packs
from youbei.engine.registers.register import Register
from youbei.engine.stock.codes import parent_of
from youbei.engine.teams.reviews import next_due
from youbei.records.insert import insert_rows
from youbei.records.models import (
    Capability,
    EquipmentTest,
    HazardPoint,
    Item,
    ItemCode,
    MemberReview,
    MoveUp,
    Organisation,
    Person,
    Qualification,
    Site,
    StockLot,
    Team,
    TeamCapability,
    TeamReview,
    Vehicle,
)
from youbei.records.models.scope import Registered
from youbei.records.registers.derivation import mark_changed
from youbei.records.registers.spans import note_units
from youbei.records.search.entries import write_entries


def owner_of(register: Register, row: Registered) -> Registered | None:
    """Return the record from which a row's place in the tree follows, None at the root or where all share it."""
    for name in register.owners:
        owner: Registered | None = getattr(row, name)
        if owner is not None:
            return owner
    return None


def place_of(register: Register, row: Registered) -> str:
    """Return the path at which a row belongs, before it is stored: its owner's; `/` without one."""
    owner = owner_of(register, row)
    if owner is None:
        return "/"
    return owner.path if isinstance(owner, Organisation) else owner.org_path


def complete(register: Register, rows: Sequence[Registered]) -> None:
    """Fill in what follows from what a row refers to."""
    for row in rows:
        if register.name != "organisation":
            row.org_path = place_of(register, row)
        if isinstance(row, (Organisation, Site)) and row.division:
            row.division = content.divisions().map_code(row.division)
        if isinstance(row, Item) and row.packs:
            row.packs = write_packs(read_packs(row.packs))
        if isinstance(row, ItemCode) and not row.parent:
            row.parent = parent_of(row.code)
        if isinstance(row, StockLot):
            row.lat, row.lon = row.site.lat, row.site.lon
        if isinstance(row, HazardPoint) and row.site is not None and (row.lat is None or row.lon is None):
            row.lat, row.lon = row.site.lat, row.site.lon
        if isinstance(row, TeamReview | MemberReview) and row.next_due_on is None:
            row.next_due_on = next_due(content.review_intervals(), row.kind, row.result, row.held_on)


def follow(register: Register, rows: Sequence[Registered], *, now: datetime) -> None:
    """Bring in line what is copied from these rows; they are stored already, as they are from `now` on."""
    if register.name == "organisation":
        set_paths(rows)
        note_units([row for row in rows if isinstance(row, Organisation)], now)
    elif register.name == "team":
        copy_capabilities([row for row in rows if isinstance(row, Team)])
    elif register.name == "qualification":
        count_certificates([row.person_id for row in rows if isinstance(row, Qualification)], today())
    elif register.name == "site":
        for row in rows:
            StockLot.objects.filter(site_id=row.pk).update(lat=row.lat, lon=row.lon)  # type: ignore[attr-defined]
    elif register.name == "vehicle":
        move_along([row for row in rows if isinstance(row, Vehicle)])
    elif register.name == "equipment_test":
        set_next_tests([row for row in rows if isinstance(row, EquipmentTest)])
    mark_changed(register, rows)
    write_entries(register, rows)


def move_along(vehicles: Sequence[Vehicle]) -> None:
    """Let what is on board stand where its vehicle does, and its inside belong to whom it belongs."""
    for vehicle in vehicles:
        if vehicle.site_id is not None:
            Site.objects.filter(pk=vehicle.site_id).update(
                lat=vehicle.lat,
                lon=vehicle.lon,
                organisation_id=vehicle.organisation_id,
                org_path=vehicle.org_path,
            )
            StockLot.objects.filter(site_id=vehicle.site_id).update(lat=vehicle.lat, lon=vehicle.lon)


def set_next_tests(tests: Sequence[EquipmentTest]) -> None:
    """Write onto lots when their next test is due, as their latest test says; one that failed is due at once."""
    of_lots = EquipmentTest.objects.filter(lot__in=[test.lot_id for test in tests])
    latest = {test.lot_id: test for test in of_lots.select_related("lot__item").order_by("tested_on", "pk")}
    lots = []
    for test in latest.values():
        lot, days = test.lot, test.lot.item.test_interval_days
        following = test.next_due_on or (test.tested_on + timedelta(days=days) if days else None)
        lot.next_test_on = test.tested_on if test.result == "failed" else following
        lots.append(lot)
    StockLot.objects.bulk_update(lots, ["next_test_on"], batch_size=500)


def today() -> date:
    """Return the day in the zone of the installation: a certificate counts by the day on the wall."""
    return timezone.localdate()


def count_certificates(persons: Sequence[int], on: date) -> None:
    """Copy into persons which certificates count on a day, so that rosters and plans find them with the person."""
    held: dict[int, set[str]] = {pk: set() for pk in persons}
    counted: list[int] = []
    rows = Qualification.objects.filter(person__in=list(held))
    for row in rows.filter(retired_at__isnull=True).exclude(expires_on__lt=on).exclude(issued_on__gt=on):
        held[row.person_id].add(row.kind)
        counted.append(row.pk)
    rows.filter(is_counted=True).exclude(pk__in=counted).update(is_counted=False)
    rows.filter(pk__in=counted, is_counted=False).update(is_counted=True)
    people = list(Person.objects.filter(pk__in=list(held)))
    for person in people:
        person.qualifications = sorted(held[person.pk])
    Person.objects.bulk_update(people, ["qualifications"], batch_size=500)


def set_paths(rows: Sequence[Any]) -> None:
    """Give new units their paths, superiors before those below them."""
    new = {row.pk: row for row in rows if not row.path}
    for row in sorted(new.values(), key=lambda unit: unit.pk):
        chain = [row]
        while chain[-1].parent_id in new and not new[chain[-1].parent_id].path:
            chain.append(new[chain[-1].parent_id])
        for unit in reversed(chain):
            above = new[unit.parent_id].path if unit.parent_id in new else unit.parent.path if unit.parent else "/"
            unit.path = f"{above}{unit.pk}/"
    Organisation.objects.bulk_update(new.values(), ["path"], batch_size=500)


def copy_capabilities(teams: Sequence[Team]) -> None:
    """Make the rows by which the nearest able team is found agree with what the teams say."""
    wanted: dict[tuple[int, str], tuple[int, Team]] = {
        (team.pk, code): (grade, team) for team in teams for code, grade in team.capabilities.items()
    }
    known = capabilities_known({code for _, code in wanted})
    TeamCapability.objects.filter(team__in=[team.pk for team in teams]).delete()
    moving = MoveUp.objects.filter(team__in=teams, ended_at=None, incident=None)
    stands = {pk: (lat, lon) for pk, lat, lon in moving.values_list("team_id", "lat", "lon")}
    insert_rows(
        TeamCapability,
        [
            {
                "team_id": team.pk,
                "capability_id": known[code],
                "type": grade,
                "is_available": team.status == Team.Status.AVAILABLE and team.retired_at is None,
                "lat": stands.get(team.pk, (team.lat, team.lon))[0],
                "lon": stands.get(team.pk, (team.lat, team.lon))[1],
            }
            for (_, code), (grade, team) in sorted(wanted.items(), key=lambda item: item[0])
        ],
    )


def capabilities_known(codes: set[str]) -> dict[str, int]:
    """Return the keys of capabilities; those of the catalogue that have no row yet get one."""
    known = dict(Capability.objects.filter(code__in=codes).values_list("code", "pk"))
    for code in sorted(codes - known.keys()):
        name = content.capabilities()[code].name
        known[code] = Capability.objects.create(code=code, name_zh=name.zh, name_en=name.en).pk
    return known
