"""The run: a plan being carried out against a clock, the same in simulation, exercise and reality.

    new_run(plan, ...) -> run            a run that has not begun
    advance(run, until) -> run           carry out whatever is due at or before `until`
    act(run, command, at=, by=) -> run   a person or device does something at `at` (first advances to `at`)
    fold(plan, events, ...) -> run       rebuild a run from its log
    next_due(run) -> datetime | None     when time will bring the next thing

Two laws, kept by property tests: however time is cut into ticks, the log is the same; folding the log rebuilds the
state. How a run behaves is told in docs/reference/run.md.

    carry > acts > react > steps, filling, follow > calls > facts, wording > work > apply > agenda > index, view,
    setting > state, script
"""

from youbei.engine.run.index import ALL
from youbei.engine.run.runs import Run, act, advance, fold, new_run, next_due
from youbei.engine.run.view import RunView

__all__ = ["ALL", "Run", "RunView", "act", "advance", "fold", "new_run", "next_due"]
