"""A process that owns one database of a given size, opens pages of it and tells how long each took.

    python -m benchmarks.page_reader COUNT

It says which pages there are once the database stands; then for each line `[page, rounds, lines]` it answers with
milliseconds by the clock and of processor time, as JSON.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import django
from django.core.management import call_command
from django.db import connection

django.setup()

from django.test import Client  # noqa: E402

from benchmarks.many_incidents import Base, build  # noqa: E402
from youbei.records import models as rows  # noqa: E402
from youbei.records.pages import FORWARD, make_cursor  # noqa: E402
from youbei.records.reports.incidents import ORDER  # noqa: E402


def client_of(name: str) -> Client:
    client = Client()
    client.force_login(rows.User.objects.get(username=name), backend="django.contrib.auth.backends.ModelBackend")
    return client


def pages(base: Base) -> dict[str, Callable[[], object]]:
    """Return the pages that are measured, each as a call that opens it through the whole stack."""
    city, district, small = client_of("city"), client_of("district"), client_of("small")
    oldest, newest = (rows.Incident.objects.order_by(key).values_list("pk", flat=True)[0] for key in ("pk", "-pk"))
    middle = rows.Incident.objects.get(pk=(oldest + newest) // 2)
    deep = make_cursor(FORWARD, ORDER, middle)

    def opened(client: Client, address: str) -> Callable[[], object]:
        def call() -> object:
            answer = client.get(address)
            assert answer.status_code == 200, (address, answer.status_code)
            return answer

        return call

    return {
        "incidents, first page": opened(city, "/incidents/"),
        "incidents, a page in the middle": opened(city, f"/incidents/?cursor={deep}"),
        "incidents, open ones": opened(city, "/incidents/?status=open"),
        "incidents, seen from a district (a tenth)": opened(district, "/incidents/"),
        "incidents, seen from one school (60)": opened(small, "/incidents/"),
        "duty home": opened(city, "/"),
        "incident board": opened(city, f"/runs/{base.run.pk}/"),
    }


def before(call: Callable[[], object]) -> None:
    """Do what belongs before every opening of a page and is not part of it."""
    getattr(call, "prepare", lambda: None)()


def rows_of(answered: object) -> int:
    """Count what a page lists."""
    return str(getattr(answered, "content", b"")).count("<li>") + str(getattr(answered, "content", b"")).count("<tr>")


def answer(
    make: Callable[[], dict[str, Callable[[], object]]],
    *,
    is_list: Callable[[str], bool] = lambda name: False,
    show: Callable[[int], object] = lambda lines: None,
) -> None:
    """Build the database and its pages, say which there are, and measure those one is asked for.

    `is_list` says whether a page can be cut to a number of lines, and `show` has lists cut so; 0 is as they are.
    """
    call_command("migrate", verbosity=0)
    started = time.perf_counter()
    calls = make()
    seconds = time.perf_counter() - started
    rows = {}
    for name, call in calls.items():
        before(call)
        rows[name] = rows_of(call())
    lists = [name for name in calls if is_list(name)]
    print(json.dumps({"pages": list(calls), "lists": lists, "rows": rows, "seconds": seconds}), flush=True)
    for line in sys.stdin:
        name, rounds, lines = json.loads(line)
        show(lines)
        taken = []
        for _ in range(rounds):
            before(calls[name])
            taken.append(timed(calls[name]))
        print(json.dumps([statistics.median(side) for side in zip(*taken, strict=True)]), flush=True)


def timed(call: Callable[[], object]) -> tuple[float, float]:
    """Return how many milliseconds a page took by the clock, and of processor time.

    The processor's are those of this process and of the one of PostgreSQL that answers it.
    """
    busy, started = processor_ms(), time.perf_counter()
    call()
    taken = (time.perf_counter() - started) * 1000
    return taken, processor_ms() - busy


def processor_ms() -> float:
    own = time.process_time() * 1000
    if connection.vendor != "postgresql":
        return own
    connection.ensure_connection()
    said = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")
    return own + (int(said.read_text().split()[0]) / 1e6 if said.exists() else 0)


if __name__ == "__main__":
    answer(lambda: pages(build(int(sys.argv[1]))))
