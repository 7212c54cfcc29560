"""What is asked of the index: tokens joined by "all of" and "any of"."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Term:
    token: str


@dataclass(frozen=True, slots=True)
class AllOf:
    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    parts: tuple[Expression, ...]


Expression = Term | AllOf | AnyOf


def all_of(parts: Iterable[Expression]) -> Expression | None:
    """Join what must all be there; None where there is nothing to ask for."""
    kept = tuple(dict.fromkeys(parts))
    return kept[0] if len(kept) == 1 else AllOf(kept) if kept else None


def any_of(parts: Iterable[Expression | None]) -> Expression | None:
    """Join what may be there instead of each other; what asks for nothing is passed over."""
    kept = tuple(dict.fromkeys(part for part in parts if part is not None))
    return kept[0] if len(kept) == 1 else AnyOf(kept) if kept else None


def terms(tokens: Iterable[str]) -> Expression | None:
    return all_of(Term(token) for token in tokens)


def holds(expression: Expression, tokens: frozenset[str]) -> bool:
    """Say whether a set of tokens fits; what a database does with its index."""
    if isinstance(expression, Term):
        return expression.token in tokens
    found = (holds(part, tokens) for part in expression.parts)
    return all(found) if isinstance(expression, AllOf) else any(found)
