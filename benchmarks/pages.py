"""List and board pages with a million incidents, beside the same pages with a thousand."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit, urlunsplit

from tools import postgres

from benchmarks.result import Result

FEW = 1_000
MANY = int(os.environ.get("YOUBEI_BENCHMARK_ROWS", "1000000"))
# A folder in which the filled databases are kept for the next run, and the address of a PostgreSQL that keeps its own.
KEPT = os.environ.get("YOUBEI_BENCHMARK_KEPT", "")
KEPT_POSTGRESQL = os.environ.get("YOUBEI_BENCHMARK_POSTGRESQL", "")
TURNS = 9
MORE_TURNS, SETS = 24, 2
ROUNDS = int(os.environ.get("YOUBEI_BENCHMARK_ROUNDS", "5"))


class Took(NamedTuple):
    """Milliseconds by the clock, and of processor time."""

    clock: float
    processor: float


class Measured(NamedTuple):
    """What one page took with few rows and with many, and how many things it lists in each.

    Where it lists fewer with few rows, `same` is the page with many rows cut to as many lines, if it can be cut.
    """

    database: str
    page: str
    small: Took
    large: Took
    small_lists: int
    large_lists: int
    same: Took

    @property
    def by_clock(self) -> float:
        return self.same.clock / self.small.clock

    @property
    def by_processor(self) -> float:
        return self.same.processor / self.small.processor


Doubt = Callable[[Measured], bool]


class Reader:
    """A process with a database of its own; see `page_reader`."""

    def __init__(self, module: str, count: int, environment: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", f"benchmarks.{module}", str(count)],
            cwd=Path(__file__).parent.parent,
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "youbei.settings", "YOUBEI_HOSTS": "*", **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def heard(self) -> object:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("the process that reads pages has stopped; what it said stands above")
        return json.loads(line)

    def measure(self, page: str, lines: int = 0) -> Took:
        """Return what a page takes; with `lines` a list shows no more than these."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps([page, ROUNDS, lines]) + "\n")
        self.process.stdin.flush()
        heard = self.heard()
        assert isinstance(heard, list)
        return Took(*heard)

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()


@contextmanager
def readers(module: str, url: str) -> Iterator[tuple[Reader, Reader]]:
    """Give a reader with few rows and one with many, on PostgreSQL where `url` names one, else on SQLite."""
    with ExitStack() as stack:
        found = []
        for count in (FEW, MANY):
            folder = stack.enter_context(folder_for(f"{module}_{count}"))
            environment = {"YOUBEI_DATA": folder, "DATABASE_URL": ""}
            if url:
                environment["DATABASE_URL"] = new_database(url, f"{module}_{count}")
            reader = Reader(module, count, environment)
            stack.callback(reader.stop)
            found.append(reader)
        yield found[0], found[1]


@contextmanager
def folder_for(name: str) -> Iterator[str]:
    """Give a folder for a database: a passing one, or where databases are kept the same in every run."""
    if KEPT:
        folder = Path(KEPT) / name
        folder.mkdir(parents=True, exist_ok=True)
        yield str(folder)
    else:
        with tempfile.TemporaryDirectory(prefix="youbei-bench-") as passing:
            yield passing


@contextmanager
def postgresql() -> Iterator[str]:
    if KEPT_POSTGRESQL:
        yield KEPT_POSTGRESQL
    else:
        with postgres.cluster() as url:
            yield url


def new_database(url: str, name: str) -> str:
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
            connection.execute(f'CREATE DATABASE "{name}"'.encode())
        # As docs/howto/run-on-postgresql.md advises for an SSD.
        connection.execute(f'ALTER DATABASE "{name}" SET random_page_cost = 1.1'.encode())
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def measured(
    module: str, database: str, url: str, turns: int = TURNS, is_doubtful: Doubt = lambda one: False
) -> Iterator[Measured]:
    """Yield what every page took with few rows and with many; a doubtful one is measured again, up to `SETS` times."""
    with readers(module, url) as (few, many):
        heard = [few.heard(), many.heard()]
        assert isinstance(heard[0], dict)
        assert isinstance(heard[1], dict)
        print(f"{database}: filled in {heard[1]['seconds']:.0f} s", file=sys.stderr, flush=True)
        lists = [one["rows"] for one in heard]
        for page in heard[0]["pages"]:
            is_cut = page in heard[0]["lists"] and lists[0][page] < lists[1][page]
            lines = lists[0][page] - 1 if is_cut else 0  # one line holds the headings
            asked = [(few, 0), (many, 0), *([(many, lines)] if is_cut else [])]
            turned: list[list[Took]] = [[] for _ in asked]
            for more in (turns, *[MORE_TURNS] * SETS):
                take_turns(page, asked, turned, more)
                small, large, *same = map(best, turned)
                one = Measured(database, page, small, large, lists[0][page], lists[1][page], same[0] if same else large)
                if not is_doubtful(one):
                    break
            yield one


def take_turns(page: str, asked: list[tuple[Reader, int]], turned: list[list[Took]], turns: int) -> None:
    """Ask each side in turn, every other time the other way round, so that what disturbs one disturbs all."""
    for turn in range(turns):
        for at in sorted(range(len(asked)), reverse=bool(turn % 2)):
            reader, lines = asked[at]
            turned[at].append(reader.measure(page, lines))


def best(turned: list[Took]) -> Took:
    """Return the least of each: what others do on the machine only ever adds to it."""
    return Took(*(min(side) for side in zip(*turned, strict=True)))


def on_both(module: str, turns: int = TURNS, is_doubtful: Doubt = lambda one: False) -> list[Measured]:
    """Measure on SQLite, and on PostgreSQL where it is installed."""
    found = list(measured(module, "SQLite", "", turns, is_doubtful))
    if postgres.binaries() is not None:
        with postgresql() as url:
            found += measured(module, "PostgreSQL", url, turns, is_doubtful)
    return found


def run() -> Result:
    found = on_both("page_reader")
    return Result(
        title="Pages as the database grows",
        question=(
            f"The same page with {MANY:,} incidents and with {FEW:,}, in milliseconds, through the whole stack "
            "(session, rights, queries, template)."
        ),
        goal="at most 1.5 times.",
        columns=("database", "page", f"ms at {FEW:,}", f"ms at {MANY:,}", "ratio (goal 1.5 at most)"),
        rows=tuple(
            (one.database, one.page, f"{one.small.clock:.1f}", f"{one.large.clock:.1f}", f"{one.by_clock:.2f}")
            for one in found
        ),
        note=(
            f"The best of {TURNS} turns, each the median of {ROUNDS} requests; the two databases take turns, in "
            "processes of their own. "
            "With a million incidents there are 250,000 runs, 1,250,000 steps, 250,000 messages and a million log "
            "entries; twelve runs are active in both."
        ),
    )
