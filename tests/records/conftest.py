"""A small town in rows, made directly: the tables are what is tested here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from tests.built_once import built_once
from tests.records.small_plan import NOW, small_plan
from youbei.engine.access import Role
from youbei.engine.plans.write import digest, plan_to_data
from youbei.records import models as rows


@dataclass
class Town:
    """A city with a brigade under it and a neighbour beside it; `user` sees the city, `keeper` the brigade only."""

    city: rows.Organisation
    brigade: rows.Organisation
    neighbour: rows.Organisation
    wu: rows.Person
    li: rows.Person
    user: rows.User
    keeper: rows.User
    stranger: rows.User
    team: rows.Team
    lot: rows.StockLot
    version: rows.PlanVersion


def organisation(code: str, parent: rows.Organisation | None = None) -> rows.Organisation:
    made = rows.Organisation.objects.create(code=code, kind="government", name_zh=code, name_en=code, parent=parent)
    made.path = f"{parent.path if parent else '/'}{made.pk}/"
    made.save()
    return made


def user(name: str, home: rows.Organisation | None, *, person: rows.Person | None = None) -> rows.User:
    made = rows.User.objects.create(username=name, person=person)
    if home is not None:
        rows.Grant.objects.create(
            user=made, role=Role.COMMANDER.value, organisation=home, org_path=home.path, starts_at=NOW - timedelta(9)
        )
    return made


def incident(home: rows.Organisation, number: int, **changes: object) -> rows.Incident:
    values: dict[str, object] = {
        "number": f"I-{home.code}-{number}",
        "organisation": home,
        "org_path": home.path,
        "category": "accident",
        "kind": "ammonia_leak",
        "title": f"泄漏 {number}",
        "known_at": NOW,
        "reported_at": NOW + timedelta(seconds=number // 2),
        "source": "phone",
        "entered_by": "user:1",
    }
    return rows.Incident.objects.create(**{**values, **changes})


def new_run_row(town: Town, found: rows.Incident) -> rows.Run:
    return rows.Run.objects.create(
        incident=found, plan_version=town.version, organisation=town.city, org_path=found.org_path, mode="real"
    )


@built_once
def town() -> Town:
    city = organisation("town")
    brigade, neighbour = organisation("town-fire", city), organisation("next")

    def person(code: str) -> rows.Person:
        return rows.Person.objects.create(code=code, name_zh=code, organisation=city, org_path=city.path)

    wu, li = person("wu"), person("li")
    post = rows.Post.objects.create(code="town/duty", organisation=city, org_path=city.path, name_zh="值班室")
    rows.DutyShift.objects.create(
        post=post, org_path=city.path, person=li, starts_at=NOW - timedelta(hours=1), ends_at=NOW + timedelta(hours=9)
    )
    capability = rows.Capability.objects.create(code="hazmat", name_zh="危化")
    team = rows.Team.objects.create(
        code="team-1",
        name_zh="一队",
        name_en="Team 1",
        organisation=brigade,
        org_path=brigade.path,
        kind="professional",
        lat=30.0,
        lon=120.0,
        turn_out_s=90,
    )
    rows.TeamCapability.objects.create(team=team, capability=capability, lat=30.0, lon=120.0)
    item = rows.Item.objects.create(code="suit", name_zh="防护服", unit_zh="套", unit_en="set")
    store = rows.Site.objects.create(
        code="store", kind="store", name_zh="库", organisation=brigade, org_path=brigade.path, lat=30.0, lon=120.1
    )
    lot = rows.StockLot.objects.create(
        item=item,
        site=store,
        organisation=brigade,
        org_path=brigade.path,
        quantity=Decimal(10),
        lat=30.0,
        lon=120.1,
    )
    plan = small_plan()
    stored = rows.Plan.objects.create(
        code=plan.id, kind="special", name_zh="预案", organisation=city, org_path=city.path
    )
    version = rows.PlanVersion.objects.create(
        plan=stored,
        version=plan.version,
        data=plan_to_data(plan),
        digest=digest(plan),
        stage="filed",
        stored_at=NOW,
        stored_by="user:1",
    )
    stored.current = version
    stored.save()
    return Town(
        city=city,
        brigade=brigade,
        neighbour=neighbour,
        wu=wu,
        li=li,
        user=user("wu", city, person=wu),
        keeper=user("keeper", brigade),
        stranger=user("stranger", None),
        team=team,
        lot=lot,
        version=version,
    )
