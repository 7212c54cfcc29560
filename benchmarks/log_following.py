"""`GET /api/log?after=N` deep in a log of a million entries, beside the same in one of a thousand.

    python -m benchmarks.log_following COUNT

fills the database of the settings with so many entries and prints milliseconds of processor time for each case.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
from django.core.management import call_command
from django.db import connection
from tools import postgres

from benchmarks.result import Result

FEW, MANY = 1_000, int(os.environ.get("YOUBEI_BENCHMARK_ROWS", "1000000"))
TURNS = 20
# One entry in two hundred is the district's, all of the first twentieth is the village's, forty are the school's.
FILL = """INSERT INTO records_logentry (position, stream, seq, at, recorded_at, mode, kind, version, data, by_id,
    by_label, org_path, prev_hash, hash)
    {numbers}
    SELECT n, 'register:team:' || n, 1, '2026-11-01 00:00:00+00', '2026-11-01 00:00:00+00', 'real', 'record.changed', 1,
    '{{"register": "team", "fields": ["name_zh"], "remarks": "{filler}"}}', 'system', 'system',
    CASE WHEN n % 25000 = 7 THEN '{school}'
    WHEN n <= {village_until} THEN '{village}' WHEN n % 200 = 3 THEN '{district}'
    ELSE '{other}' END, '', '' || n FROM numbers"""
NUMBERS = {
    "sqlite": "WITH RECURSIVE numbers(n) AS (SELECT {first} UNION ALL SELECT n + 1 FROM numbers WHERE n < {last})",
    "postgresql": "WITH numbers(n) AS (SELECT generate_series({first}, {last}))",
}


def run() -> Result:
    """Measure on both databases; a page is fifty entries, read through the whole stack."""
    rows: list[tuple[str, ...]] = []
    for name, places in (("SQLite", sqlite), ("PostgreSQL", postgresql)):
        found = []
        for count in (FEW, MANY):
            with places() as environment:
                found.append(measured(count, environment))
        few, many = found
        for case in many:
            ratio = many[case] / few[case]
            rows.append((name, case, f"{few[case]:.1f} ms", f"{many[case]:.1f} ms", f"{ratio:.2f}"))
    return Result(
        title="Following a log of a million entries",
        question="Processor time of the process that answers and of its database's connection, for one page of fifty "
        "entries of `GET /api/log?after=N`, by what the caller sees and where N lies.",
        goal="no page costs more than a walk over 50,000 entries, however long the run that the caller may not see.",
        columns=("Database", "Case", f"{FEW:,} entries", f"{MANY:,} entries", "Ratio"),
        rows=tuple(rows),
        note="The mean of twenty. The long run is the worst "
        "case: all entries that the caller sees, more than are looked up at once, lie before it; the page is empty and "
        "says where to go on.",
    )


@contextmanager
def sqlite() -> Iterator[dict[str, str]]:
    with tempfile.TemporaryDirectory() as folder:
        yield {"YOUBEI_DATA": folder, "DATABASE_URL": ""}


@contextmanager
def postgresql() -> Iterator[dict[str, str]]:
    with tempfile.TemporaryDirectory() as folder, postgres.cluster() as url:
        yield {"YOUBEI_DATA": folder, "DATABASE_URL": url}


def measured(count: int, environment: dict[str, str]) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.log_following", str(count)],
        cwd=Path(__file__).parent.parent,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "youbei.settings", "YOUBEI_HOSTS": "*", **environment},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def spent_s() -> float:
    """Return the processor time that this process and, on PostgreSQL, the one that serves its connection have spent."""
    own = time.process_time()
    if connection.vendor != "postgresql":
        return own
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return own + (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def read(count: int) -> dict[str, float]:
    """Fill an empty database, and return what each case takes, in milliseconds."""
    from django.test import Client

    from youbei.actions import access, clock
    from youbei.actions.registers.people import create_organisation
    from youbei.engine.access import Role
    from youbei.records.models import LogEntry, LogHead, User

    call_command("migrate", verbosity=0)
    now, units = clock.now(), {}
    for name in ("city", "district", "village", "school", "other"):
        units[name] = create_organisation(
            by=None, now=now, code=name, kind="government", name_zh=name, parent=units.get("city")
        )
    for name, unit in units.items():
        access.create_user(by=None, now=now, username=name, grants=((Role.OBSERVER, unit),))
    first = LogHead.objects.get().position + 1
    last = first + count - 1
    places = {name: unit.path for name, unit in units.items()}
    with connection.cursor() as cursor:
        numbers = NUMBERS[connection.vendor].format(first=first, last=last)
        until = first + count // 20
        cursor.execute(FILL.format(numbers=numbers, filler="x" * 200, village_until=until, **places))
        cursor.execute("ANALYZE" if connection.vendor == "sqlite" else "VACUUM ANALYZE")
    LogHead.objects.update(position=last, hash=str(last))
    assert LogEntry.objects.count() == last

    def case(name: str, after: int) -> float:
        client = Client()
        client.force_login(User.objects.get(username=name), backend="django.contrib.auth.backends.ModelBackend")
        spent = 0.0
        for turn in range(TURNS + 1):
            start = spent_s()
            answer = client.get(f"/api/log?after={after}&size=50")
            assert answer.status_code == 200, answer.content
            spent += spent_s() - start if turn else 0.0
        return spent / TURNS * 1000

    middle = first + count // 2
    return {
        "sees all, from the beginning": case("city", 0),
        "sees all, in the middle": case("city", middle),
        "sees all, at the end": case("city", last - 50),
        "sees one in two hundred, in the middle": case("district", middle),
        "sees forty of all, from the beginning": case("school", 0),
        "sees nothing behind a long run": case("village", until + 1),
    }


if __name__ == "__main__":
    django.setup()
    print(json.dumps(read(int(sys.argv[1]))))
