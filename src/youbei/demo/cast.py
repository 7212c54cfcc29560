"""Enter the demo city into the registers: units, persons, posts, duty, sites, roads, teams and stock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from youbei import content
from youbei.actions.registers.people import create_organisation, create_person, create_post, hold_post
from youbei.actions.stores import create_capability, create_item, create_site, create_team, set_team_status
from youbei.demo.areas import areas
from youbei.demo.city import point, roads
from youbei.engine.resource_kinds import Item as CatalogueItem
from youbei.records.models import DutyShift, Organisation, Person, Post, RoadNetwork, Site

DAYS_BACK, DAYS_AHEAD = 125, 7
ITEM_CLASS_CODES = {1: "basic", 2: "equipment", 3: "engineering"}
CHANGE_HOUR = 8
# What the plans ask of holders (`qualifications` of their posts), by office; everybody else has none.
QUALIFICATIONS = {
    "haizhou-lanwan/duty-manager": ("safety_manager_certificate",),
    "haizhou-lanwan/safety-director": ("safety_manager_certificate", "certified_safety_engineer"),
    "haizhou-lanwan/general-manager": ("safety_manager_certificate",),
    "haizhou-lanwan/rescue-leader": ("hazmat_rescue_certificate",),
    "haizhou-lanwan/rescue-deputy": ("hazmat_rescue_certificate",),
    "haizhou-lanwan/first-aider": ("first_aid_certificate",),
    "haizhou-lanwan/clinic-head": ("first_aid_certificate",),
    "haizhou-park/fire-station-leader": ("hazmat_rescue_certificate",),
    "haizhou-chenguang/duty-manager": ("safety_manager_certificate",),
    "haizhou-chenguang/general-manager": ("safety_manager_certificate",),
    "haizhou-chenguang/rescue-leader": ("hazmat_rescue_certificate",),
    "haizhou-chenguang/production-deputy": ("safety_manager_certificate",),
    "haizhou-exam/papers-head": ("secrecy_training",),
    "haizhou-exam/deputy-director": ("secrecy_training",),
    "haizhou-school-binhai-primary/doctor": ("first_aid_certificate",),
}


@dataclass(frozen=True, slots=True)
class Names:
    """Hand out invented names, each combination once, always in the same order."""

    surnames: tuple[tuple[str, str], ...]
    given: tuple[tuple[str, str], ...]

    def name(self, number: int) -> tuple[str, str]:
        """Return the name with that number in Chinese and in pinyin; 31 × 31 of them differ."""
        surname = self.surnames[number % len(self.surnames)]
        given = self.given[(number * 7 + number // len(self.surnames)) % len(self.given)]
        return surname[0] + given[0], f"{surname[1]} {given[1]}"


def enter_catalogue(now: datetime) -> None:
    for capability in content.capabilities().values():
        create_capability(
            by=None, now=now, code=capability.code, name_zh=capability.name.zh, name_en=capability.name.en
        )
    for item in content.items().values():
        create_item(
            by=None,
            now=now,
            code=item.code,
            name_zh=item.name.zh,
            name_en=item.name.en,
            unit_zh=item.unit.zh,
            unit_en=item.unit.en,
            more=facts_of(item),
        )


def facts_of(item: CatalogueItem) -> dict[str, Any]:
    """Return the columns of an item that the catalogue knows more about than name and unit."""
    return {
        "item_class": ITEM_CLASS_CODES[item.item_class],
        "gb_code": item.gb_code,
        "shelf_life_days": item.shelf_life.length.days if item.shelf_life else None,
        "test_interval_days": item.test_interval.length.days if item.test_interval else None,
        "weight_kg": item.weight_kg,
        "volume_m3": item.volume_m3,
    }


def enter_units(now: datetime) -> dict[str, Organisation]:
    units: dict[str, Organisation] = {}
    for number, row in enumerate(content.demo_table("organisations")["organisations"]):
        units[row["code"]] = create_organisation(
            by=None,
            now=now,
            code=row["code"],
            kind=row["kind"],
            name_zh=row["zh"],
            name_en=row["en"],
            parent=units[row["parent"]] if "parent" in row else None,
            point=point(*row["at"]),
            phone=f"0500-5550{number:03d}",
            email=f"{row['code']}@haizhou.example",
        )
    return units


def enter_people(now: datetime, units: dict[str, Organisation]) -> dict[str, list[Person]]:
    """Enter posts and their people; return the people by post code, first the one who is on duty or in office now."""
    table, names = content.demo_table("posts"), content.demo_table("names")
    book = Names(tuple(map(tuple, names["surnames"])), tuple(map(tuple, names["given"])))
    numbers = count()
    people: dict[str, list[Person]] = {}
    for rank, (unit, post, zh, en) in enumerate(table["offices"], start=1):
        office = create_post(by=None, now=now, organisation=units[unit], code=post, name_zh=zh, name_en=en, rank=rank)
        holder = enter_person(now, units[unit], next(numbers), book, office.code)
        left = office.code in table["vacant"]
        ends_at = now + timedelta(days=60) if left else None
        hold_post(by=None, now=now, post=office, person=holder, starts_at=now, ends_at=ends_at)
        people[office.code] = [] if left else [holder]
    for row in table["duty"]:
        unit = units[row["unit"]]
        duty = create_post(
            by=None, now=now, organisation=unit, code=row["post"], kind="duty", name_zh=row["zh"], name_en=row["en"]
        )
        people[duty.code] = [enter_person(now, unit, next(numbers), book, duty.code) for _ in range(row["people"])]
    return people


def enter_person(now: datetime, unit: Organisation, number: int, book: Names, post: str) -> Person:
    zh, en = book.name(number)
    return create_person(
        by=None,
        now=now,
        organisation=unit,
        code=f"haizhou-p{number:03d}",
        name_zh=zh,
        name_en=en,
        phone=f"199 0050 {number:04d}",
        email=f"p{number:03d}@haizhou.example",
        qualifications=QUALIFICATIONS.get(post, ()),
    )


def enter_duty(now: datetime, people: dict[str, list[Person]]) -> None:
    """Fill the rosters from before the first incident to a week ahead.

    Shifts last twelve hours, or twenty-four where two people share the duty.
    """
    leads = {f"{row['unit']}/{row['post']}": bool(row.get("is_leader")) for row in content.demo_table("posts")["duty"]}
    local = now.astimezone(ZoneInfo(settings.TIME_ZONE))
    morning = local.replace(hour=CHANGE_HOUR, minute=0, second=0, microsecond=0)
    if morning > local:
        morning -= timedelta(days=1)
    shifts = []
    for post in Post.objects.filter(code__in=leads).order_by("id"):
        roster = people[post.code]
        length = timedelta(hours=12 if len(roster) > 2 else 24)
        current = (local - morning) // length
        for index in range(-timedelta(days=DAYS_BACK) // length, timedelta(days=DAYS_AHEAD) // length + 2):
            starts_at = morning + index * length
            person = roster[(index - current) % len(roster)]
            shifts.append(
                DutyShift(
                    post=post,
                    org_path=post.org_path,
                    person=person,
                    is_leader=leads[post.code],
                    starts_at=starts_at,
                    ends_at=starts_at + length,
                )
            )
    DutyShift.objects.bulk_create(shifts)


def enter_sites(now: datetime, units: dict[str, Organisation]) -> dict[str, Site]:
    """Enter the listed sites, and one for every school and hospital."""
    sites = {
        row["code"]: create_site(
            by=None,
            now=now,
            organisation=units[row["unit"]],
            code=row["code"],
            kind=row["kind"],
            name_zh=row["zh"],
            name_en=row["en"],
            point=point(*row["at"]),
            capacity=row.get("capacity"),
        )
        for row in content.demo_table("sites")["sites"]
    }
    for row in content.demo_table("organisations")["organisations"]:
        if row["kind"] in ("school", "hospital"):
            code = f"site-{row['code']}"
            sites[code] = create_site(
                by=None,
                now=now,
                organisation=units[row["code"]],
                code=code,
                kind=row["kind"],
                name_zh=row["zh"],
                name_en=row["en"],
                point=point(*row["at"]),
            )
    return sites


def enter_teams(now: datetime, units: dict[str, Organisation]) -> None:
    for number, row in enumerate(content.demo_table("teams")["teams"]):
        team = create_team(
            by=None,
            now=now,
            organisation=units[row["unit"]],
            code=row["code"],
            kind=row["kind"],
            name_zh=row["zh"],
            name_en=row["en"],
            point=point(*row["at"]),
            turn_out=timedelta(seconds=row["turn_out"]),
            capabilities=row["can"],
            strength=row["strength"],
            phone=f"0500-5551{number:03d}",
        )
        if "status" in row:
            set_team_status(by=None, now=now, team=team, status=row["status"], note=row["note"])


def enter_roads() -> None:
    nodes, edges = roads()
    RoadNetwork.objects.create(code="haizhou", data={"nodes": nodes, "edges": edges, "areas": areas()})
