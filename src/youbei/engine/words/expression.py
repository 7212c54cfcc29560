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
# Assumption: up to so many words an index weighs for an entry in a few microseconds.
MANY = 24


def all_of(parts: Iterable[Expression]) -> Expression | None:
    """Join what must all be there; None where there is nothing to ask for."""
    kept = tuple(dict.fromkeys(parts))
    return kept[0] if len(kept) == 1 else AllOf(kept) if kept else None


def any_of(parts: Iterable[Expression | None]) -> Expression | None:
    """Join what may be there instead of each other; what asks for nothing is passed over."""
    kept = tuple(dict.fromkeys(part for part in parts if part is not None))
    return kept[0] if len(kept) == 1 else AnyOf(kept) if kept else None


def least_of(parts: Iterable[Expression | None]) -> Expression | None:
    """Join as `any_of` does, without what asks for all that another asks for and more: whatever fits it fits that."""
    alternatives = (part.parts if isinstance(part, AnyOf) else (part,) for part in parts if part is not None)
    kept = list(dict.fromkeys(one for some in alternatives for one in some))
    asked = {one: frozenset(one.parts if isinstance(one, AllOf) else (one,)) for one in kept}
    return any_of(one for one in kept if not any(asked[other] < asked[one] for other in kept))


def terms(tokens: Iterable[str]) -> Expression | None:
    return all_of(Term(token) for token in tokens)


def size(expression: Expression) -> int:
    """Return how many tokens are asked for."""
    return 1 if isinstance(expression, Term) else sum(map(size, expression.parts))


def apart(expression: Expression) -> list[Expression]:
    """Take a question of very many alternatives apart: what fits one of these fits it, and the other way round.

    An index that weighs all alternatives for each entry it meets is slow at the whole; of each it looks up the rarest
    word first. Single words stay together, for whatever has one of them fits. What must be there besides stays where it
    was: what is asked for comes first, and where it must stand last.
    """
    if isinstance(expression, Term) or size(expression) <= MANY:
        return [expression]
    if isinstance(expression, AnyOf):
        words = [part for part in expression.parts if isinstance(part, Term)]
        one = any_of(words)
        return ([one] if one else []) + [
            piece for part in expression.parts if not isinstance(part, Term) for piece in apart(part)
        ]
    widest = max(expression.parts, key=size)
    pieces = apart(widest)
    if len(pieces) == 1:
        return [expression]
    return [AllOf(tuple(piece if part is widest else part for part in expression.parts)) for piece in pieces]


def is_many_words(expression: Expression) -> bool:
    """Say whether any of very many single words is asked for."""
    return (
        isinstance(expression, AnyOf)
        and len(expression.parts) > MANY
        and all(isinstance(part, Term) for part in expression.parts)
    )


def holds(expression: Expression, tokens: frozenset[str]) -> bool:
    """Say whether a set of tokens fits; what a database does with its index."""
    if isinstance(expression, Term):
        return expression.token in tokens
    found = (holds(part, tokens) for part in expression.parts)
    return all(found) if isinstance(expression, AllOf) else any(found)
