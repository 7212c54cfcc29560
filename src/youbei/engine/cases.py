"""Cases: what is learnt from a closed incident or exercise, and which of them resembles a new incident, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from youbei.engine.text import Text

# Assumption: the kind says most, then what is known of both; the place and the tags say little. They add up to one.
KIND, CATEGORY, FACTS, TAGS = 0.5, 0.1, 0.3, 0.1
# Assumption: below this two incidents have next to nothing in common.
LEAST = 0.2


@dataclass(frozen=True, slots=True)
class Traits:
    """What a case or an incident is compared by; `facts` are current values by key."""

    kind: str
    category: str
    facts: Mapping[str, Any]
    tags: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two are, from 0 to 1, and in what."""

    score: float
    grounds: tuple[Text, ...]


def likeness(one: Traits, other: Traits) -> Likeness:
    """Compare two; it is the same which stands first, and nothing is more alike to one than itself."""
    score = 0.0
    grounds = []
    if one.kind and one.kind == other.kind:
        score += KIND + CATEGORY
        grounds.append(Text("同一类型", "the same kind"))
    elif one.category and one.category == other.category:
        score += CATEGORY
        grounds.append(Text("同属一类事件", "the same category"))
    shared = shared_facts(one.facts, other.facts)
    known = set(one.facts) | set(other.facts)
    if shared:
        score += FACTS * len(shared) / len(known)
        grounds.append(Text(f"{len(shared)} 项情况相同", f"{len(shared)} facts alike"))
    tags = one.tags & other.tags
    if tags:
        score += TAGS * len(tags) / len(one.tags | other.tags)
        named = sorted(tags)
        grounds.append(Text(f"标签：{'、'.join(named)}", f"tags: {', '.join(named)}"))
    return Likeness(round(score, 4), tuple(grounds))


def shared_facts(one: Mapping[str, Any], other: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the facts that both know alike; numbers are alike where both or neither are above nought."""
    return tuple(sorted(key for key in set(one) & set(other) if alike(one[key], other[key])))


def alike(one: Any, other: Any) -> bool:
    if isinstance(one, bool) or isinstance(other, bool):
        return bool(one is other)
    if isinstance(one, (int, float)) and isinstance(other, (int, float)):
        return (one > 0) == (other > 0)
    return bool(one == other)


def most_alike(wanted: Traits, cases: Iterable[tuple[int, Traits]], *, most: int = 5) -> Sequence[tuple[int, Likeness]]:
    """Return the cases that resemble most, the most alike first, those of equal likeness by their number."""
    found = [(number, likeness(wanted, traits)) for number, traits in cases]
    near = [one for one in found if one[1].score >= LEAST]
    return sorted(near, key=lambda one: (-one[1].score, one[0]))[:most]
