"""A small town with its cast, made through the actions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from youbei.actions import access, incidents, plans, stores
from youbei.actions.registers import people as registers
from youbei.engine.access import Role
from youbei.engine.places import Point
from youbei.records.models import Incident, Organisation, Person, PlanVersion, Post, StockLot, Team, User

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


@dataclass
class Town:
    """A city with a bureau, a fire brigade and a chemical park; one user for each kind of work."""

    city: Organisation
    bureau: Organisation
    fire: Organisation
    park: Organisation
    plant: Organisation
    director: Person
    officer: Person
    director_post: Post
    duty_post: Post
    teams: list[Team] = field(default_factory=list)
    lots: list[StockLot] = field(default_factory=list)
    users: dict[str, User] = field(default_factory=dict)


def build_town(now: datetime = NOW) -> Town:
    def organisation(code: str, kind: str, zh: str, en: str, parent: Organisation | None) -> Organisation:
        return registers.create_organisation(
            by=None, now=now, code=code, kind=kind, name_zh=zh, name_en=en, parent=parent, email=f"duty@{code}.example"
        )

    city = organisation("town", "government", "小城", "Town", None)
    bureau = organisation("town-emb", "bureau", "小城应急管理局", "Town emergency bureau", city)
    fire = organisation("town-fire", "rescue", "小城消防救援大队", "Town fire brigade", city)
    park = organisation("town-park", "park", "小城化工园区", "Town chemical park", city)
    plant = organisation("town-plant", "enterprise", "冷冻厂", "Cold store", park)

    def person(code: str, zh: str, home: Organisation, *qualifications: str) -> Person:
        return registers.create_person(
            by=None,
            now=now,
            organisation=home,
            code=code,
            name_zh=zh,
            name_en=code.title(),
            email=f"{code}@example.org",
            qualifications=qualifications,
        )

    director, officer = person("wu", "吴大有", bureau, "hazmat"), person("zhou", "周正", bureau)
    director_post = registers.create_post(
        by=None, now=now, organisation=bureau, code="director", name_zh="局长", name_en="Director", rank=1
    )
    duty_post = registers.create_post(
        by=None, now=now, organisation=bureau, code="duty", name_zh="值班室", name_en="Duty room", kind="duty"
    )
    registers.hold_post(by=None, now=now, post=director_post, person=director, starts_at=now - timedelta(days=300))
    registers.create_shift(
        by=None,
        now=now,
        post=duty_post,
        person=officer,
        starts_at=now - timedelta(hours=4),
        ends_at=now + timedelta(hours=20),
    )
    town = Town(city, bureau, fire, park, plant, director, officer, director_post, duty_post)
    add_resources(town, now)
    add_users(town, now)
    return town


def add_resources(town: Town, now: datetime) -> None:
    stores.create_capability(by=None, now=now, code="hazmat_response", name_zh="危化品处置", name_en="Hazmat response")
    suits = stores.create_item(
        by=None, now=now, code="gas_tight_suit", name_zh="气密防护服", unit_zh="套", unit_en="set"
    )
    for index in range(3):
        town.teams.append(
            stores.create_team(
                by=None,
                now=now,
                organisation=town.fire,
                code=f"engine-{index}",
                kind="professional",
                name_zh=f"{index} 号车",
                name_en=f"Engine {index}",
                point=Point(37.50 + index / 100, 121.40),
                turn_out=timedelta(minutes=1),
                capabilities={"hazmat_response": 1},
                strength=6,
            )
        )
    store = stores.create_site(
        by=None,
        now=now,
        organisation=town.bureau,
        code="store",
        kind="store",
        name_zh="应急物资库",
        name_en="Reserve store",
        point=Point(37.51, 121.41),
    )
    town.lots.append(stores.create_lot(by=None, now=now, item=suits, site=store, quantity=Decimal(10)))


def add_users(town: Town, now: datetime) -> None:
    cast: list[tuple[str, Person | None, Role, Organisation]] = [
        ("director", town.director, Role.COMMANDER, town.city),
        ("officer", town.officer, Role.DUTY_OFFICER, town.city),
        ("planner", None, Role.PLANNER, town.city),
        ("keeper", None, Role.RESOURCE_KEEPER, town.city),
        ("trainer", None, Role.EXERCISE_DIRECTOR, town.city),
        ("observer", None, Role.OBSERVER, town.city),
        ("admin", None, Role.ADMINISTRATOR, town.city),
        ("stranger", None, Role.ADMINISTRATOR, town.plant),
    ]
    for name, who, role, organisation in cast:
        town.users[name] = access.create_user(
            by=None, now=now, username=name, person=who, grants=((role, organisation),)
        )


PLAN = (Path(__file__).parent / "plan.toml").read_text(encoding="utf-8")
LEAK = Point(37.49, 121.40)


def store_plan(town: Town, now: datetime = NOW) -> PlanVersion:
    return plans.import_plan(by=town.users["planner"], now=now, text=PLAN, filename="plan.toml")


def report_leak(town: Town, now: datetime = NOW, **more: Any) -> Incident:
    """Let the duty officer enter a leak at the cold store, phoned in by someone at the scene."""
    details: dict[str, Any] = {
        "by": town.users["officer"],
        "organisation": town.bureau,
        "category": "accident",
        "kind": "ammonia_leak",
        "title": "冷库液氨泄漏",
        "place": "冷冻厂 2 号库",
        "point": LEAK,
        "reporter": "李四",
        "reporter_phone": "13500000000",
    }
    return incidents.report_incident(now=now, **(details | more))
