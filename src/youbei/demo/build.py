"""Make the demo city: registers, plans, accounts, a past, and an exercise that is running."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.crypto import salted_hmac

from youbei import content
from youbei.actions.access import create_user, give_grant
from youbei.actions.plans import import_plan
from youbei.demo import cast, reserves
from youbei.demo.called import calling_off
from youbei.demo.campaigns import asking
from youbei.demo.forces import attaching, enter_forces
from youbei.demo.history import play_history
from youbei.demo.proving import proving
from youbei.demo.site_parts import enter_site_parts
from youbei.engine.access import Role
from youbei.engine.errors import Refused
from youbei.engine.registers.register import Register
from youbei.engine.text import Text
from youbei.records.models import Organisation, Person, User
from youbei.records.registers.tables import model_of, records_of

SETTLED = timedelta(days=130)
VERTICAL = ("haizhou-customs", "haizhou-immigration", "haizhou-maritime", "donglan")
R = Role


class DemoRefused(Refused):
    """Refuse to mix the invented city with a real register."""


@dataclass(frozen=True, slots=True)
class DemoUser:
    """An account of the demo with its password, which is printed at each start."""

    username: str
    password: str
    title: Text


@dataclass(frozen=True, slots=True)
class DemoCast:
    """Whom one can sign in as; `is_new` says whether the city was made just now."""

    users: tuple[DemoUser, ...]
    is_new: bool


@dataclass(frozen=True, slots=True)
class Part:
    """One account: whose it is (a post), what it may do where, and what it is for."""

    username: str
    post: str
    title: Text
    grants: tuple[tuple[Role, str], ...]
    language: str = "zh-hans"


PARTS = (
    Part(
        "duty",
        "haizhou-emb/duty-officer",
        Text("市应急管理局值班员", "Duty officer of the bureau"),
        ((R.DUTY_OFFICER, "haizhou"), *((R.OBSERVER, unit) for unit in VERTICAL)),
    ),
    Part(
        "commander",
        "haizhou/deputy-mayor-safety",
        Text("总指挥（分管副市长）", "Commander (deputy mayor)"),
        ((R.COMMANDER, "haizhou"), *((R.OBSERVER, unit) for unit in VERTICAL)),
    ),
    Part(
        "director",
        "haizhou-emb/plan-head",
        Text("演练总指挥、预案编制", "Exercise director and planner"),
        (
            (R.EXERCISE_DIRECTOR, "haizhou"),
            (R.DUTY_OFFICER, "haizhou"),
            (R.PLANNER, "haizhou"),
            (R.RESOURCE_KEEPER, "haizhou"),
        ),
    ),
    Part(
        "park",
        "haizhou-park/director",
        Text("化工园区管委会主任", "Director of the chemical park"),
        ((R.COMMANDER, "haizhou-park"), (R.PLANNER, "haizhou-park"), (R.RESOURCE_KEEPER, "haizhou-park")),
    ),
    Part(
        "school",
        "haizhou-school-binhai-primary/principal",
        Text("滨海小学校长", "Principal of Binhai Primary"),
        ((R.COMMANDER, "haizhou-school-binhai-primary"), (R.EXERCISE_DIRECTOR, "haizhou-school-binhai-primary")),
    ),
    Part(
        "exam",
        "haizhou-exam/director",
        Text("市人事考试中心主任", "Director of the examination centre"),
        ((R.COMMANDER, "haizhou-hrss"), (R.EXERCISE_DIRECTOR, "haizhou-hrss")),
    ),
    Part(
        "port",
        "haizhou-portoffice/director",
        Text("市口岸办主任", "Director of the port office"),
        (
            (R.COMMANDER, "haizhou-portoffice"),
            (R.EXERCISE_DIRECTOR, "haizhou-portoffice"),
            (R.DUTY_OFFICER, "haizhou-harbour"),
            *((R.OBSERVER, unit) for unit in VERTICAL),
        ),
    ),
    Part(
        "registrar",
        "haizhou-emb/supply-head",
        Text("信息管理员", "Registrar"),
        ((R.REGISTRAR, "haizhou"), *((R.OBSERVER, unit) for unit in VERTICAL)),
    ),
    Part("inspector", "haizhou-emb/inspector", Text("督查员", "Inspector"), ((R.INSPECTOR, "haizhou"),)),
    Part(
        "observer",
        "haizhou-emb/public-affairs-head",
        Text("观察员（英文界面）", "Observer (in English)"),
        ((R.OBSERVER, "haizhou"),),
        "en",
    ),
    Part(
        "admin", "haizhou-emb/command-centre-head", Text("系统管理员", "Administrator"), ((R.ADMINISTRATOR, "state"),)
    ),
)


def build_demo(*, now: datetime) -> DemoCast:
    """Make the city if it is not there, and return its accounts; a second call changes nothing."""
    is_new = not Organisation.objects.filter(code="haizhou").exists()
    if is_new:
        refuse_other_cities()
        make_city(now)
    return DemoCast(tuple(DemoUser(part.username, password_of(part.username), part.title) for part in PARTS), is_new)


def refuse_other_cities() -> None:
    if Organisation.objects.exists():
        raise DemoRefused(
            zh="数据库中已有单位，演示城市不会混入其中。请用 --data 指定一个空的数据目录。",
            en="The database holds organisations already; the demo city is not mixed with them. "
            "Name an empty data folder with --data.",
        )


@transaction.atomic
def make_city(now: datetime) -> None:
    """Make everything or, if anything fails, nothing."""
    founded = now - SETTLED
    cast.enter_catalogue(founded)
    units = cast.enter_units(founded)
    people = cast.enter_people(founded, units)
    cast.enter_duty(now, people)
    sites = cast.enter_sites(founded, units)
    cast.enter_teams(founded, units)
    reserves.enter_stock(founded, now, sites)
    reserves.enter_reserves(founded, now, sites)
    enter_forces(founded, now, units)
    enter_site_parts(founded, now)
    cast.enter_roads()
    confirm_most(now)
    for name, text in content.plan_texts().items():
        import_plan(by=None, now=founded, text=text, filename=f"{name}.toml")
    users = {part.username: enter_user(part, founded, units, people) for part in PARTS}
    others = [*asking(now, users["registrar"]), *calling_off(now), *proving(now, users), *reserves.stating(now, users)]
    others += attaching(now)
    play_history(now, users, others)


# What the plan checker looks at; the findings of the demo's plans are others.
RELIED_ON = frozenset({"person", "team", "site", "lot"})


def confirm_most(now: datetime) -> None:
    """Let what is entered have been confirmed lately; of what plans do not rest on, one in eleven never was."""
    for register in content.registers().values():
        rows = list(records_of(register).only("pk", "confirmed_at").order_by("pk"))
        for number, row in enumerate(rows):
            is_left_out = number % 11 == 10 and register.name not in RELIED_ON
            row.confirmed_at = None if is_left_out else now - ago(register, number)
        model_of(register)._default_manager.bulk_update(rows, ["confirmed_at"], batch_size=500)


def ago(register: Register, number: int) -> timedelta:
    """Say how long ago a record was confirmed; what is asked for daily, within the day for all but one in seven."""
    if register.fresh_for is not None and register.fresh_for <= timedelta(days=1):
        return timedelta(hours=30 if number % 7 == 4 else 1 + number % 7)
    return timedelta(days=1 + number % 60)


def enter_user(part: Part, now: datetime, units: dict[str, Organisation], people: dict[str, list[Person]]) -> User:
    user = create_user(
        by=None,
        now=now,
        username=part.username,
        password=password_of(part.username),
        person=people[part.post][0],
        language=part.language,
        is_checked=False,
    )
    for role, unit in part.grants:
        give_grant(by=None, now=now, user=user, role=role, organisation=units[unit])
    return user


def password_of(username: str) -> str:
    """Return the demo password of an account: the same at each start, different on every installation."""
    word = salted_hmac("youbei.demo", username, algorithm="sha256").hexdigest()
    return f"{word[:4]}-{word[4:8]}-{word[8:12]}"
