"""Benchmark (i): from "incident reported" committed to "plan activated" committed, against the bare SQL.

Two activations of the same plan are measured: as it is filed, where one step opens and the others wait, and with every
step opening at once, so that all its messages and needs are written too. The floor writes the very rows that an
activation wrote, with their keys moved on, over a plain driver connection in one transaction with the same durability;
it computes nothing. Both take turns on one database, so that a busy machine slows both. The registers hold a thousand
teams and ten thousand lots, or a hundred times as many.

    python -m benchmarks.activation [--teams N] [--lots N] [--at-once]    measures one database in this process
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.result import Result

ROOT = Path(__file__).resolve().parents[1]
SMALL, LARGE = (1_000, 10_000), (100_000, 1_000_000)
ROUNDS = 60
WARM_UP = 5
NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
PLAN = "city-ammonia"
TABLES = ("records_run", "records_logentry", "records_runstep", "records_runneed", "records_runpost", "records_message")


def measure(teams: int, lots: int, at_once: bool) -> dict[str, float]:
    """Fill a database and return the medians in milliseconds; Django is set up on a migrated database."""
    from django.db import connection, transaction

    from youbei.actions.incidents import report_incident
    from youbei.actions.runs import activate_plan
    from youbei.records.models import Incident, User

    with transaction.atomic():
        version, organisation = make_cast(at_once)
        fill(organisation, teams, lots)
    analyse(connection)

    def activate(second: int) -> tuple[int, float]:
        now = NOW + timedelta(seconds=second)
        incident = report_incident(
            by=User.objects.get(),
            now=now,
            organisation=organisation,
            category="accident",
            kind="ammonia_leak",
            title="冷库液氨泄漏",
            facts={"leak_continues": True, "serious_injured": 1},
        )
        incident, by = Incident.objects.get(pk=incident.pk), User.objects.get()
        began = time.perf_counter()
        run = activate_plan(by=by, now=now, incident=incident, plan_version=version)
        return run.pk, time.perf_counter() - began

    ours: list[float] = []
    floor: list[float] = []
    with plain_connection() as plain:
        for second in range(ROUNDS + WARM_UP):
            pk, seconds = activate(second)
            copy = copied_rows(plain, pk)
            bare = write_rows(plain, copy)
            if second >= WARM_UP:
                ours.append(seconds)
                floor.append(bare)
    rows = sum(len(values) for _, values in copy)
    return {
        "ours_ms": statistics.median(ours) * 1000,
        "floor_ms": statistics.median(floor) * 1000,
        "ratio": statistics.median(mine / bare for mine, bare in zip(ours, floor, strict=True)),
        "rows": rows,
    }


def make_cast(at_once: bool) -> tuple[Any, Any]:
    """Enter the organisations and posts that the plan names, store it, and make one account that may activate."""
    from youbei import content
    from youbei.actions import access, plans
    from youbei.actions.directory import AGENCY, codes_in
    from youbei.actions.registers import people as registers
    from youbei.engine.access import Role
    from youbei.engine.plans.model import LevelNumber, Start
    from youbei.engine.plans.read import read_plan
    from youbei.engine.plans.write import write_toml

    plan = read_plan(content.plan_texts()[PLAN])
    if at_once:
        steps = tuple(replace(step, start=Start(), from_level=LevelNumber.IV) for step in plan.steps)
        plan = replace(plan, steps=steps)
    codes = codes_in(plan)
    root = registers.create_organisation(by=None, now=NOW, code="root", kind="government", name_zh="市")
    names = {code.removeprefix(AGENCY) for code in codes if code.startswith(AGENCY)}
    names |= {code.partition("/")[0] for code in codes if "/" in code} | {plan.organisation}
    units = {
        name: registers.create_organisation(
            by=None, now=NOW, code=name, kind="agency", name_zh=name, parent=root, email=f"{name}@example.org"
        )
        for name in sorted(names)
    }
    person = None
    for number, code in enumerate(sorted(code for code in codes if "/" in code)):
        unit = units[code.partition("/")[0]]
        person = registers.create_person(
            by=None, now=NOW, organisation=unit, code=f"p{number}", name_zh="某", email=f"p{number}@example.org"
        )
        post = registers.create_post(by=None, now=NOW, organisation=unit, code=code, name_zh=code)
        registers.hold_post(by=None, now=NOW, post=post, person=person, starts_at=NOW - timedelta(days=1))
    access.create_user(by=None, now=NOW, username="officer", person=person, grants=((Role.COMMANDER, root),))
    return plans.import_plan(by=None, now=NOW, text=write_toml(plan)), units[plan.organisation]


def fill(organisation: Any, teams: int, lots: int) -> None:
    """Put teams and lots into the registers, spread over a province, in chunks that fit in memory."""
    from youbei.records.insert import insert_rows
    from youbei.records.models import Capability, Item, Site, StockLot, Team, TeamCapability

    capability = Capability.objects.create(code="any", name_zh="任意")
    item = Item.objects.create(code="any", name_zh="任意", unit_zh="件", unit_en="piece")
    place = {"organisation_id": organisation.pk, "org_path": organisation.path}
    site = Site.objects.create(**place, code="any", kind="store", name_zh="库", lat=37.5, lon=121.4)

    def position(number: int) -> dict[str, float]:
        return {"lat": 36 + number % 997 / 499, "lon": 120 + number % 1009 / 505}

    for numbers in chunks(teams):
        insert_rows(
            Team,
            [
                {**place, **position(n), "code": f"t{n}", "kind": "volunteer", "name_zh": f"队{n}", "turn_out_s": 60}
                for n in numbers
            ],
        )
    keys = list(Team.objects.values_list("pk", flat=True))
    for numbers in chunks(len(keys)):
        rows = [{"team_id": keys[n], "capability_id": capability.pk, **position(n)} for n in numbers]
        insert_rows(TeamCapability, rows)
    for numbers in chunks(lots):
        rows = [{**place, **position(n), "item_id": item.pk, "site_id": site.pk, "quantity": 1} for n in numbers]
        insert_rows(StockLot, rows)


def chunks(count: int, size: int = 20_000) -> Iterator[range]:
    for start in range(0, count, size):
        yield range(start, min(count, start + size))


def analyse(connection: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE" if connection.vendor == "postgresql" else "PRAGMA optimize")


@contextmanager
def plain_connection() -> Iterator[Any]:
    """Open the driver's own connection with Youbei's settings: write-ahead log, every commit on the disk."""
    from django.conf import settings
    from django.db import connection

    if connection.vendor == "postgresql":
        import psycopg

        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as plain:
            yield plain
        return
    import sqlite3

    plain = sqlite3.connect(settings.DATABASES["default"]["NAME"], isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "cache_size=-20000", "mmap_size=134217728"):
        plain.execute(f"PRAGMA {pragma}")
    yield plain
    plain.close()


Copy = list[tuple[str, list[list[Any]]]]


def copied_rows(plain: Any, run: int) -> Copy:
    """Return statements and rows that write again what activating that run wrote, as another run."""
    mark = "%s" if type(plain).__module__.startswith("psycopg") else "?"
    head = plain.execute("SELECT position FROM records_loghead WHERE id = 1").fetchone()[0]
    other = run + 1_000_000
    copy: Copy = []
    for table in TABLES:
        where = {"records_run": f"id = {run}", "records_logentry": f"stream IN ('run:{run}', 'outbox:run:{run}')"}.get(
            table, f"run_id = {run}"
        )
        found = plain.execute(f"SELECT * FROM {table} WHERE {where} ORDER BY 1")
        columns = [column[0] for column in found.description]
        rows = [moved(dict(zip(columns, row, strict=True)), table, run, other) for row in found.fetchall()]
        for number, row in enumerate(rows, start=1):
            if table == "records_logentry":
                row["position"] = head + number
        kept = [column for column in columns if column != "id" or table == "records_run"]
        marks = ", ".join([mark] * len(kept))
        statement = f"INSERT INTO {table} ({', '.join(kept)}) VALUES ({marks})"
        copy.append((statement, [[row[column] for column in kept] for row in rows]))
        if table == "records_logentry":
            last = rows[-1]
            move_head = f"UPDATE records_loghead SET position = {mark}, hash = {mark} WHERE id = 1"
            copy.append((move_head, [[last["position"], last["hash"]]]))
    return copy


def moved(row: dict[str, Any], table: str, run: int, other: int) -> dict[str, Any]:
    """Return a row as it would stand for another run."""
    if table == "records_run":
        row["id"] = other
    elif table == "records_logentry":
        row["stream"] = row["stream"].replace(f"run:{run}", f"run:{other}")
    else:
        row["run_id"] = other
    if table == "records_message":
        row["key"] = row["key"].replace(f"run:{run}:", f"run:{other}:")
    return {name: adapted(value) for name, value in row.items()}


def adapted(value: Any) -> Any:
    if isinstance(value, (dict, list)):
        return json.dumps(value)
    return value


def write_rows(plain: Any, copy: Copy) -> float:
    """Write the rows in one transaction and return how long that took, in seconds."""
    cursor = plain.cursor()
    began = time.perf_counter()
    cursor.execute("BEGIN IMMEDIATE" if "?" in copy[0][0] else "BEGIN")
    for statement, rows in copy:
        cursor.executemany(statement, rows)
    cursor.execute("COMMIT")
    return time.perf_counter() - began


def run() -> Result:
    """Measure small and large registers on SQLite, and on PostgreSQL where it is installed."""
    rows: list[tuple[str, ...]] = []
    with postgres_url() as url:
        for name, address in (("SQLite", ""), ("PostgreSQL", url)):
            for at_once in (False, True):
                for teams, lots in (SMALL, LARGE) if address or name == "SQLite" else ():
                    found = measured(teams, lots, at_once, address)
                    opened = "every step" if at_once else "as filed"
                    figures = [f"{found[name]:.2f}" for name in ("ours_ms", "floor_ms", "ratio")]
                    rows.append((name, opened, f"{teams:,}", f"{lots:,}", f"{found['rows']:.0f}", *figures))
    return Result(
        title="Activation",
        question='From "incident reported" committed to "plan activated" committed (the demo city\'s ammonia plan), '
        "against the bare SQL that writes the same rows.",
        goal="at most 3 times the bare SQL, and flat as the registers grow.",
        columns=("database", "opens at once", "teams", "lots", "rows written", "Youbei ms", "bare SQL ms", "ratio"),
        rows=tuple(rows),
        note=f"Medians of {ROUNDS} activations, each followed by its floor on the same database; every commit is on "
        "the disk before it counts. The floor reads nothing, decides nothing and hashes nothing.",
    )


@contextmanager
def postgres_url() -> Iterator[str]:
    """Give a private PostgreSQL that keeps its commits, or an empty address where none is installed."""
    sys.path.insert(0, str(ROOT / "tools"))
    import postgres

    if postgres.binaries() is None:
        print("PostgreSQL is not installed: measured on SQLite only.", file=sys.stderr)
        yield ""
        return
    with postgres.cluster(postgres.DURABLE) as url:
        yield url


def measured(teams: int, lots: int, at_once: bool, database_url: str) -> dict[str, float]:
    """Measure in a process of its own, on a fresh database."""
    if database_url:
        database_url = fresh_database(database_url)
    with tempfile.TemporaryDirectory(prefix="youbei-bench-") as folder:
        environment = {
            **os.environ,
            "YOUBEI_DATA": folder,
            "DATABASE_URL": database_url,
            "DJANGO_SETTINGS_MODULE": "youbei.settings",
        }
        command = [sys.executable, "-m", "benchmarks.activation", "--teams", str(teams), "--lots", str(lots)]
        command += ["--at-once"] if at_once else []
        done = subprocess.run(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def fresh_database(url: str) -> str:
    import psycopg

    name = f"bench_{time.monotonic_ns()}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    return url.rpartition("/")[0] + f"/{name}"


def main(arguments: Sequence[str]) -> int:
    import django
    from django.core.management import call_command

    parser = argparse.ArgumentParser()
    parser.add_argument("--teams", type=int, default=SMALL[0])
    parser.add_argument("--lots", type=int, default=SMALL[1])
    parser.add_argument("--at-once", action="store_true")
    parser.add_argument("--profile", action="store_true")
    given = parser.parse_args(arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "youbei.settings")
    django.setup()
    call_command("migrate", verbosity=0)
    found = profiled(given) if given.profile else measure(given.teams, given.lots, given.at_once)
    print(json.dumps(found))
    return 0


def profiled(given: argparse.Namespace) -> dict[str, float]:
    import cProfile
    import pstats

    profiler = cProfile.Profile()
    from youbei.actions import runs

    real: Callable[..., Any] = runs.activate_plan

    def watched(**named: Any) -> Any:
        return profiler.runcall(real, **named)

    runs.activate_plan = watched  # type: ignore[assignment]
    found = measure(given.teams, given.lots, given.at_once)
    pstats.Stats(profiler, stream=sys.stderr).sort_stats("cumulative").print_stats(60)
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
