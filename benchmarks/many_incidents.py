"""A database with as many incidents as asked for: a few real ones, made by the actions, and old ones multiplied in SQL.

What is multiplied: incidents, a run for every fourth, five steps and a message for each run, a log entry for each
incident. The old log entries are fillers without a true hash; nothing here verifies them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction
from django.db.models import Model

from youbei import content
from youbei.actions import access, activation, incidents, plans
from youbei.actions.registers import people as registers
from youbei.engine.access import Role
from youbei.engine.plans.read import read_plan
from youbei.records import models as rows
from youbei.records import triggers

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
YEARS = 10
PLAN = "city-ammonia"
RUNNING = 12
SMALL = 60


@dataclass(frozen=True)
class Base:
    city: rows.Organisation
    districts: tuple[rows.Organisation, ...]
    small: rows.Organisation
    run: rows.Run


def build(count: int) -> Base:
    """Fill a migrated, empty database with `count` incidents."""
    base = make_base()
    hurry()
    with transaction.atomic():
        multiply_all(base, count)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("VACUUM ANALYZE")
        else:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return base


def hurry() -> None:
    """Fill fast and unsafely; the settings end with the connection."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA synchronous = OFF")
            cursor.execute("PRAGMA cache_size = -600000")
        else:
            cursor.execute("SET synchronous_commit = off")


def make_base() -> Base:
    """Make the units, accounts for a view of everything, of a district and of one school, and what is running now."""
    text = dict(content.texts("plans"))[PLAN]
    own = read_plan(text, format="toml").organisation

    def unit(code: str, parent: rows.Organisation | None) -> rows.Organisation:
        return registers.create_organisation(
            by=None,
            now=NOW,
            code=code,
            kind="government",
            name_zh=code,
            name_en=code,
            parent=parent,
            email=f"{code}@example.org",
        )

    city = unit("haizhou", None)
    bureau = unit(own, city) if own != "haizhou" else city
    districts = tuple(unit(f"district-{number}", city) for number in range(10))
    small = unit("school-1", districts[3])
    for name, where in (("city", city), ("district", districts[3]), ("small", small)):
        access.create_user(by=None, now=NOW, username=name, grants=((Role.COMMANDER, where),), language="en")
    version = plans.import_plan(by=None, now=NOW, text=text, filename="plan.toml")
    started = [report(bureau, version, number) for number in range(RUNNING)]
    return Base(city=city, districts=districts, small=small, run=started[0])


def report(where: rows.Organisation, version: rows.PlanVersion, number: int) -> rows.Run:
    when = NOW - timedelta(minutes=number)
    incident = incidents.report_incident(
        by=None,
        now=when,
        organisation=where,
        category="accident",
        kind="ammonia_leak",
        title=f"Ammonia leak {number}",
        facts={"injured": 3} if "injured" in content.fact_kinds() else {},
    )
    return activation.activate_plan(by=None, now=when, incident=incident, plan_version=version)


def multiply_all(base: Base, count: int) -> None:
    template = rows.Incident.objects.get(pk=base.run.incident_id)
    old = count - RUNNING
    small_every = max(1, old // SMALL)
    homes = [*base.districts]
    home = "CASE" + "".join(f" WHEN n % 10 = {order} THEN {one.pk}" for order, one in enumerate(homes)) + " END"
    path = "CASE" + "".join(f" WHEN n % 10 = {order} THEN '{one.path}'" for order, one in enumerate(homes)) + " END"
    is_small = f"n % {small_every} = 7 % {small_every}"
    moment = time_of(old)
    multiply(
        rows.Incident,
        template.pk,
        old,
        {
            "number": "'OLD-' || n",
            "status": "'closed'",
            "organisation_id": f"CASE WHEN {is_small} THEN {base.small.pk} ELSE {home} END",
            "org_path": f"CASE WHEN {is_small} THEN '{base.small.path}' ELSE {path} END",
            "reported_at": moment,
            "known_at": moment,
            "closed_at": moment,
        },
    )
    first = rows.Incident.objects.filter(number="OLD-1").values_list("pk", flat=True).get()
    multiply(
        rows.Run,
        base.run.pk,
        old // 4,
        {
            "incident_id": f"{first} + (n - 1) * 4",
            "org_path": f"(SELECT i.org_path FROM records_incident i WHERE i.id = {first} + (n - 1) * 4)",
            "phase": "'assessed'",
            "next_due_at": "NULL",
            "activated_at": moment,
            "ended_at": moment,
        },
    )
    newest = rows.Run.objects.order_by("pk").values_list("pk", flat=True)
    first_run = newest[RUNNING]
    for step in rows.RunStep.objects.filter(run=base.run).order_by("pk")[:5]:
        multiply(rows.RunStep, step.pk, old // 4, {"run_id": f"{first_run} + n - 1", "status": "'finished'"})
    message = rows.Message.objects.create(
        key="old-0",
        run=base.run,
        org_path=base.run.org_path,
        mode="real",
        channel="email",
        recipient="agency:haizhou",
        subject_zh="请到场",
        subject_en="Please come",
        queued_at=NOW,
        due_at=NOW,
    )
    multiply(
        rows.Message,
        message.pk,
        old // 4,
        {"key": "'old-' || n", "run_id": f"{first_run} + n - 1", "status": "'sent'", "queued_at": moment},
    )
    multiply_log(old, moment, path)


def multiply_log(count: int, moment: str, path: str) -> None:
    last = rows.LogEntry.objects.order_by("-position")[0]
    triggers.remove(connection)
    multiply(
        rows.LogEntry,
        last.position,
        count,
        {
            "position": f"{last.position} + n",
            "stream": "'filler:' || n",
            "seq": "1",
            "at": moment,
            "recorded_at": moment,
            "org_path": path,
        },
    )
    rows.LogHead.objects.update(position=last.position + count)
    triggers.install(connection)


def time_of(count: int) -> str:
    """Return the SQL for moments evenly over the years before now."""
    seconds = YEARS * 365 * 86400 / count
    if connection.vendor == "sqlite":
        return f"strftime('%Y-%m-%d %H:%M:%S', 1479772800 + n * {seconds}, 'unixepoch')"
    return f"to_timestamp(1479772800 + n * {seconds})"


def multiply(model: type[Model], template: int, count: int, changes: dict[str, str]) -> None:
    """Copy one row `count` times; `changes` gives SQL for columns, in which `n` counts from 1."""
    key = model._meta.pk
    columns = [field.column for field in model._meta.concrete_fields if field is not key or field.column in changes]
    values = ", ".join(changes.get(column, f't."{column}"') for column in columns)
    listed = ", ".join(f'"{column}"' for column in columns)
    if connection.vendor == "sqlite":
        series = f"(WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < {count}) SELECT n FROM c)"
    else:
        series = f"generate_series(1, {count})"
    table = model._meta.db_table
    alias = "s" if connection.vendor == "sqlite" else "s(n)"
    where = f't."{key.column}" = {template}'
    source = f"{series} AS {alias}, {table} AS t"
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} ({listed}) SELECT {values} FROM {source} WHERE {where}")
