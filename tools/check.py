"""Check everything: what `make test` runs.

    tools/check.py            style, types, architecture, migrations, all tests on SQLite and PostgreSQL, browser tests
    tools/check.py --quick    without PostgreSQL and browser
    tools/check.py --long     with the long checks (many crashes, many generated plans) as well

What this machine cannot run is skipped with a line that says why; with CI set in the environment that is a failure. The
last line sums up everything that ran: a check without tests of its own counts as one.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import postgres

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
PYTHON = sys.executable
CODE = ["src", "tests", "tools", "benchmarks"]
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
NO_TESTS = 5
WORKERS = min(4, os.cpu_count() or 1)


@dataclass(frozen=True)
class Outcome:
    """Count what one check found, and how long it took; `note` says why it was skipped."""

    name: str
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0.0
    note: str = ""


def command(name: str, *words: str | Path, environment: dict[str, str] | None = None) -> Outcome:
    """Run a command that passes or fails as a whole; what it says is shown when it has ended."""
    started = time.monotonic()
    done = subprocess.run(
        [str(word) for word in words],
        cwd=ROOT,
        env=environment or dict(os.environ),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    print(f"\n=== {name}\n{done.stdout.strip()}".rstrip(), flush=True)
    is_fine = done.returncode == 0
    return Outcome(name, passed=int(is_fine), failed=int(not is_fine), seconds=time.monotonic() - started)


def run_tests(
    name: str, *words: str, parallel: bool = True, aside: bool = False, environment: dict[str, str] | None = None
) -> Outcome:
    """Run tests and count them. What is run `aside`, while other tests write here too, is told when it has ended."""
    if not aside:
        print(f"\n=== {name}", flush=True)
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="youbei-check-") as folder:
        report = Path(folder) / "report.xml"
        is_spread = parallel and WORKERS > 1
        spread = ["-n", str(WORKERS), "--dist", "loadfile", "--no-loadscope-reorder"] if is_spread else []
        done = subprocess.run(
            [PYTHON, "-m", "pytest", *words, *spread, f"--junitxml={report}", "--durations=8", "--durations-min=1"],
            cwd=ROOT,
            stdout=subprocess.PIPE if aside else None,
            stderr=subprocess.STDOUT if aside else None,
            # Tests start hundreds of processes; without bytecode kept each of them compiles everything again.
            env={**(environment or dict(os.environ)), "PYTHONDONTWRITEBYTECODE": ""},
        )
        counts = counted(report)
    if aside:
        print(f"\n=== {name}\n{done.stdout.decode(errors='replace').strip()}", flush=True)
    if done.returncode not in (0, 1, NO_TESTS) or (done.returncode == 1 and not counts["failed"]):
        counts["failed"] += 1
    return Outcome(name, **counts, seconds=time.monotonic() - started)


def counted(report: Path) -> dict[str, int]:
    """Count the cases in a report of pytest; none where it did not come to write one."""
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    if not report.exists():
        return counts
    for suite in ElementTree.parse(report).getroot().iter("testsuite"):  # noqa: S314  (written by our own pytest)
        failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        skipped = int(suite.get("skipped", 0))
        counts["failed"] += failed
        counts["skipped"] += skipped
        counts["passed"] += int(suite.get("tests", 0)) - failed - skipped
    return counts


def skip(name: str, why: str) -> Outcome:
    """Leave a check out; where nothing may be left out that is a failure."""
    print(f"\n=== {name}: skipped, {why}", flush=True)
    if os.environ.get("CI"):
        return Outcome(name, failed=1, note=f"{why} (nothing may be skipped in CI)")
    return Outcome(name, skipped=1, note=why)


def style() -> Outcome:
    return command("style", BIN / "ruff", "check", *CODE)


def layout() -> Outcome:
    return command("layout", BIN / "ruff", "format", "--check", "--quiet", *CODE)


def types() -> Outcome:
    return command("types", BIN / "mypy")


def imports() -> Outcome:
    return command("architecture", BIN / "lint-imports", "--no-cache")


def migrations() -> Outcome:
    with tempfile.TemporaryDirectory(prefix="youbei-check-") as folder:
        environment = dict(os.environ, DJANGO_SETTINGS_MODULE="youbei.settings", YOUBEI_DATA=folder, DATABASE_URL="")
        words = (PYTHON, "-m", "django", "makemigrations", "--check", "--dry-run")
        return command("migrations", *words, environment=environment)


WARM_UP = """
import django
django.setup()
from youbei.actions.dispatch.proposing import HAS_SOLVERS
from youbei.actions.warming import warm_up
warm_up() if HAS_SOLVERS else print("the extra `solve` is not installed")
"""


def loops() -> Outcome:
    """Compile the loops of the solvers, as a worker does at its start: else several tests would do so side by side."""
    with tempfile.TemporaryDirectory(prefix="youbei-check-") as folder:
        environment = dict(os.environ, DJANGO_SETTINGS_MODULE="youbei.settings", YOUBEI_DATA=folder, DATABASE_URL="")
        return command("solvers warm up", PYTHON, "-c", WARM_UP, environment=environment)


def collection() -> Outcome:
    """Import every test file: one that cannot be read would show only after the other tests of its database."""
    return command("test files are readable", PYTHON, "-m", "pytest", "--collect-only", "-qq", "tests")


def engine() -> Outcome:
    return run_tests(
        "engine, in an interpreter without Django", "tests/engine", "-p", "tools.without_django", "-p", "no:django"
    )


def on_sqlite() -> Outcome:
    environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    words = ("tests", "--ignore=tests/engine", "-m", "not browser and not long")
    return run_tests("tests on SQLite", *words, environment=environment)


# Who may open what is decided by the same lines for both databases: walked on SQLite each time, on PostgreSQL in the
# long checks.
SHORT = ("tests", "--ignore=tests/engine", "--ignore=tests/walk", "-m", "not browser and not long")


def on_postgresql(name: str = "tests on PostgreSQL", words: tuple[str, ...] = SHORT) -> Outcome:
    if url := os.environ.get("DATABASE_URL"):
        return run_tests(name, *words, environment=dict(os.environ, DATABASE_URL=url))
    if postgres.binaries() is None:
        return skip(name, "there is no PostgreSQL on this machine (Debian: apt install postgresql)")
    try:
        with postgres.cluster() as url:
            return run_tests(name, *words, environment=dict(os.environ, DATABASE_URL=url))
    except RuntimeError as problem:
        print(problem)
        return Outcome(name, failed=1, note="PostgreSQL did not start")


def in_browser() -> Outcome:
    if not (os.environ.get("CHROMIUM") or any(shutil.which(browser) for browser in BROWSERS)):
        return skip("browser tests", "there is no Chromium here (Debian: apt install chromium-headless-shell)")
    return run_tests("browser tests", "tests/e2e", "-m", "browser and not long", parallel=False, aside=WORKERS > 1)


def long_on_sqlite() -> Outcome:
    return run_tests("long checks on SQLite", "tests", "-m", "long", parallel=False)


def long_on_postgresql() -> Outcome:
    return on_postgresql("long checks on PostgreSQL", ("tests", "--ignore=tests/engine", "-m", "long and not browser"))


def walks_on_postgresql() -> Outcome:
    return on_postgresql("walks on PostgreSQL", ("tests/walk", "-m", "not browser and not long"))


# None of them uses more than one core: they are done side by side, before any test.
READING: list[Callable[[], Outcome]] = [types, loops, collection, migrations, style, layout, imports]
QUICK: list[Callable[[], Outcome]] = [on_sqlite]
FULL: list[Callable[[], Outcome]] = [*QUICK, on_postgresql]
LONG: list[Callable[[], Outcome]] = [*FULL, long_on_sqlite, long_on_postgresql, walks_on_postgresql]


def summary(outcomes: list[Outcome], seconds: float) -> str:
    """Return a line for each check, and the closing line."""
    lines = ["", "=== summary"]
    for one in outcomes:
        counts = f"{one.passed} passed, {one.failed} failed, {one.skipped} skipped"
        lines.append(f"{one.seconds:7.1f} s  {one.name}: {counts}" + (f" ({one.note})" if one.note else ""))
    total = [sum(getattr(one, what) for one in outcomes) for what in ("passed", "failed", "skipped")]
    lines.append(f"{seconds:7.1f} s  in all")
    lines.append("{} passed, {} failed, {} skipped".format(*total))
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description="Check everything.")
    parser.add_argument("--quick", action="store_true", help="style, types and tests on SQLite only")
    parser.add_argument("--long", action="store_true", help="the long checks as well")
    chosen = parser.parse_args()
    outcomes: list[Outcome] = []
    started = time.monotonic()
    try:
        with ThreadPoolExecutor(WORKERS) as pool:
            outcomes += pool.map(lambda check: check(), READING)
        outcomes.append(engine())  # alone, so that its loops are compiled once for all that comes after
        with ThreadPoolExecutor(1) as pool:
            # Test, server and browser wait for each other: the tests of one browser leave most of a core to others.
            browsing = [] if chosen.quick else [pool.submit(in_browser)]
            if WORKERS == 1:
                wait(browsing)
            for check in QUICK if chosen.quick else LONG if chosen.long else FULL:
                outcomes.append(check())
            outcomes += [one.result() for one in browsing]
    except KeyboardInterrupt:
        outcomes.append(Outcome("stopped by hand", failed=1))
    print(summary(outcomes, time.monotonic() - started), flush=True)
    return 1 if any(one.failed for one in outcomes) else 0


if __name__ == "__main__":
    sys.exit(main())
