"""What a solver answers: the plan, what it is worth, and how much of that is proven."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from youbei.engine.dispatch.plan import Plan
from youbei.engine.dispatch.score import LEVEL_NAMES, Score
from youbei.engine.text import Text


@dataclass(frozen=True, slots=True)
class Proof:
    """What is known of one level: the value of the plan, and a bound below which no plan can be.

    The bound of a level supposes that the levels before it are at their optimum.
    """

    level: str
    value: int
    lower: int

    @property
    def is_proven(self) -> bool:
        return self.lower >= self.value

    @property
    def gap(self) -> float:
        """Return the share of the value that a better plan could save at most; 0 where it is proven."""
        return 0.0 if self.is_proven else (self.value - self.lower) / self.value


@dataclass(frozen=True, slots=True)
class Solution:
    """A plan with its score and its proof, level by level. `method` names how it was found.

    `was_stopped`: the time guard struck, so that another machine may find another plan. `prices`, where places were
    matched: by incident and need what its last place is worth, on every level up to the arrivals.
    """

    plan: Plan
    score: Score
    proofs: tuple[Proof, ...]
    method: str
    was_stopped: bool = False
    prices: Mapping[tuple[str, str], tuple[int, ...]] = field(default_factory=dict)

    @property
    def decisive(self) -> Proof:
        """Return the first level that is not proven, else the last one: it says how good the plan is known to be."""
        return next((proof for proof in self.proofs if not proof.is_proven), self.proofs[-1])

    @property
    def lower(self) -> int:
        return self.decisive.lower

    @property
    def upper(self) -> int:
        return self.decisive.value

    @property
    def gap(self) -> float:
        return self.decisive.gap

    @property
    def is_proven(self) -> bool:
        """Say whether no plan is better: the bound meets the value on every level."""
        return all(proof.is_proven for proof in self.proofs)

    def verdict(self) -> Text:
        """Say in a sentence how good the plan is known to be."""
        if self.is_proven:
            return Text("已证明最优：各级下界等于数值。", "Proven optimal: on every level the bound equals the value.")
        one = self.decisive
        name = LEVEL_NAMES[one.level]
        return Text(
            f"未证明最优：“{name.zh}”为 {one.value}，下界 {one.lower}，差距 {one.gap:.2%}。",
            f"Not proven optimal: {name.en} is {one.value}, bound {one.lower}, gap {one.gap:.2%}.",
        )

    def as_data(self) -> dict[str, Any]:
        return {
            **self.plan.as_data(),
            "score": self.score.as_data(),
            "levels": [
                {"level": one.level, "value": one.value, "lower": one.lower, "is_proven": one.is_proven}
                for one in self.proofs
            ],
            "level": self.decisive.level,
            "lower": self.lower,
            "upper": self.upper,
            "gap": self.gap,
            "is_proven": self.is_proven,
            "was_stopped": self.was_stopped,
            "method": self.method,
            "verdict": self.verdict().as_data(),
        }
