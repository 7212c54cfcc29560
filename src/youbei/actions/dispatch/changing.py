"""What a supposition changes in the proposal: whose orders, and what it costs."""

from __future__ import annotations

from dataclasses import dataclass

from youbei.actions.dispatch.proposing import HAS_SOLVERS, Proposal
from youbei.actions.dispatch.wording import by_how_much
from youbei.engine.text import Text

if HAS_SOLVERS:
    from youbei.engine.dispatch.replan import Change, changes_between
    from youbei.engine.dispatch.situation import Situation


@dataclass(frozen=True, slots=True)
class Changed:
    changes: tuple[Change, ...]
    cost: Text


def what_changes(before: Proposal, after: Proposal) -> Changed:
    """Return whose orders differ between two proposals, and on which level the second is worse."""
    changes = changes_between(Situation(after.problem), before.answer.plan, after.answer.plan, {})
    pairs = zip(after.answer.score.as_tuple(), before.answer.score.as_tuple(), strict=True)
    levels = tuple(one - other for one, other in pairs)
    if not any(levels):
        return Changed(tuple(changes), Text("总体同样好。", "As good as before."))
    cost = by_how_much(levels)
    return Changed(tuple(changes), Text(f"与实际情形相比：{cost.zh}。", f"Against what is: {cost.en}."))
