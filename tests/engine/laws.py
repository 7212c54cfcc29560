"""The two laws of the run, said once: however time is cut the log is the same, and the log rebuilds the state."""

from __future__ import annotations

from datetime import timedelta

from youbei.engine.run import Run, advance, next_due
from youbei.testing import START

END = START + timedelta(hours=5)


def log_of(run: Run) -> list[tuple]:
    return [event.comparable() for event in run.log]


def assert_alike(run: Run, other: Run) -> None:
    """Hold two runs to each other at the end of the time that is looked at."""
    run, other = advance(run, END), advance(other, END)
    assert log_of(run) == log_of(other)
    assert run.state == other.state


def from_due_to_due(run: Run) -> Run:
    """Advance a run by one thing that falls due after the other."""
    while run.now is not None and (due := next_due(run)) is not None and due <= END:
        run = advance(run, due)
    return run
