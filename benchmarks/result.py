"""What a benchmark hands back."""

from __future__ import annotations

import resource
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Result:
    """One benchmark's outcome.

    title, question: what was asked. goal: what was hoped for, in words; empty where there is none.
    columns, rows: the table that goes into the README. note: what to know when reading it.
    """

    title: str
    question: str
    goal: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""

    def as_markdown(self) -> str:
        lines = [f"### {self.title}", "", self.question]
        if self.goal:
            lines.append(f"Goal: {self.goal}")
        lines += ["", f"| {' | '.join(self.columns)} |", f"|{'---|' * len(self.columns)}"]
        lines += [f"| {' | '.join(row)} |" for row in self.rows]
        if self.note:
            lines += ["", self.note]
        return "\n".join(lines)


def most_megabytes() -> float:
    """Return the most memory that this process has held; on Linux without what it inherited from its parent."""
    status = Path("/proc/self/status")
    if status.exists():
        peak = next(line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM"))
        return int(peak.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
