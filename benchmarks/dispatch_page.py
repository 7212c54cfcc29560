"""The proposal and its page in the application, among very many teams, against the same among a hundredth of them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.result import Result

TEAMS = tuple(int(one) for one in os.environ.get("YOUBEI_BENCHMARK_TEAMS", "1000,100000").split(","))
DONE = (
    ("read", "the registers read, the nearest hundred of each capability"),
    ("problem", "the problem made of them"),
    ("first", "until a plan is at hand: a first one, where the final takes more looks"),
    ("final", "until the final plan"),
    ("page", "the page, opened until it is final: both plans, orders worth changing, areas, maps"),
    ("again", "the page once more, what was worked out being kept"),
)


def run() -> Result:
    found = [asked(count) for count in TEAMS]
    rows = [
        (what, *(f"{one[name]:.2f}" for one in found), f"{found[-1][name] / max(found[0][name], 1e-3):.1f}")
        for name, what in DONE
    ]
    rows.append(("teams, lots and offers looked at", *(f"{one['looked_at']:,}" for one in found), ""))
    rows.append(("sent", *(str(one["sent"]) for one in found), ""))
    rows.append(("whoever was not looked at cannot matter", *(said(one["is_whole"]) for one in found), ""))
    rows.append(("proven optimal", *(said(one["is_proven"]) for one in found), ""))
    return Result(
        "Dispatch: the proposal and its page in the application",
        f"Nine responses with {found[-1]['needs']} open needs of teams and items, on SQLite, no roads (straight ways). "
        "Seconds of the processor, the least of three turns, each from nothing known.",
        "Among a hundred times as many teams at most ten times as long; the page without working anything out within "
        "half a second.",
        ("what", *(f"{count:,} teams" for count in TEAMS), "times as long"),
        tuple(rows),
    )


def said(is_so: bool) -> str:
    return "yes" if is_so else "no"


def asked(teams: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="youbei-bench-") as folder:
        settings = {"DJANGO_SETTINGS_MODULE": "youbei.settings", "YOUBEI_HOSTS": "*", "DATABASE_URL": ""}
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.dispatch_reader", str(teams)],
            cwd=Path(__file__).parent.parent,
            env={**os.environ, **settings, "YOUBEI_DATA": folder},
            stdout=subprocess.PIPE,
            check=True,
        )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found
