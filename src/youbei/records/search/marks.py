"""The tokens of an entry that no one types: its register, where it stands, and whether it is in the sample.

One entry in `SAMPLED` belongs to a sample, by its number alone; it has all its tokens a second time, marked as such.
What fits very many records is then answered from the sample, and costs no more than what fits few.
"""

from __future__ import annotations

from collections.abc import Iterable
from zlib import crc32

from youbei.engine.words.expression import AllOf, AnyOf, Expression, Term

SAMPLED = 16
SHARED = "o0"
SAMPLE_MARK = "~"


def register_mark(name: str) -> str:
    return f"r:{name}"


def place_marks(org_path: str, *, is_shared: bool) -> list[str]:
    """Return a mark for every organisation above a record; a shared record is marked as everybody's."""
    return [SHARED] if is_shared else [f"o{key}" for key in org_path.split("/") if key]


def place_mark(org_path: str) -> str:
    """Return the mark of all that stands in a subtree."""
    return f"o{org_path.rstrip('/').rpartition('/')[2]}"


def all_tokens(tokens: Iterable[str], *, register: str, org_path: str, is_shared: bool, record_id: int) -> str:
    """Return the tokens of an entry as they are stored, in a fixed order."""
    kept = sorted({*tokens, register_mark(register), *place_marks(org_path, is_shared=is_shared)})
    if is_sampled(register, record_id):
        kept += [f"{SAMPLE_MARK}{token}" for token in kept]
    return " ".join(kept)


def is_sampled(register: str, record_id: int) -> bool:
    return crc32(f"{register}:{record_id}".encode()) % SAMPLED == 0


def in_sample(expression: Expression) -> Expression:
    """Ask the same of the sample only."""
    if isinstance(expression, Term):
        return Term(f"{SAMPLE_MARK}{expression.token}")
    parts = tuple(map(in_sample, expression.parts))
    return AllOf(parts) if isinstance(expression, AllOf) else AnyOf(parts)
