"""How often nobody is at a post of a plan, as rosters and holdings of these weeks show it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from youbei.engine.plans.model import Plan
from youbei.engine.troubles import Unreachable
from youbei.records.holders import holding_spans, post_code

# Assumption: a week back and a week ahead show how a post is manned; rosters are seldom drawn up for longer.
LOOKED_AT = timedelta(days=7)
Span = tuple[datetime, datetime | None]


def as_manned(plan: Plan, usual: Iterable[Unreachable], now: datetime) -> tuple[Unreachable, ...]:
    """Return the chances that nobody reaches a post, the greater the more of the time nobody is there at all."""
    codes = {post.id: post_code(post.holder.code) for post in plan.posts if post.holder is not None}
    spans: dict[str, list[Span]] = {}
    named = set(codes.values()) - {""}
    if named:
        for code, _, starts_at, ends_at in holding_spans(named, now - LOOKED_AT, now + LOOKED_AT):
            spans.setdefault(code, []).append((starts_at, ends_at))
    return tuple(with_gaps(one, share_unmanned(spans.get(codes.get(one.post, ""), []), now)) for one in usual)


def with_gaps(usual: Unreachable, unmanned: float) -> Unreachable:
    return replace(usual, probability=unmanned + (1 - unmanned) * usual.probability) if unmanned else usual


def share_unmanned(spans: list[Span], now: datetime) -> float:
    """Return for what share of the time that is spoken for nobody is there; 0 where nothing is written down.

    Spoken for is the time from the first entry to the last, a week back and a week ahead at most: what is not drawn up
    yet is no gap.
    """
    if not spans:
        return 0.0
    first = max(now - LOOKED_AT, min(start for start, _ in spans))
    ends = [end for _, end in spans]
    last = now + LOOKED_AT if None in ends else min(now + LOOKED_AT, max(end for end in ends if end is not None))
    manned, until = timedelta(0), first
    for start, end in sorted(spans, key=lambda span: span[0]):
        begins, leaves = max(start, until), last if end is None else min(end, last)
        if leaves > begins:
            manned, until = manned + (leaves - begins), leaves
    return 1 - manned / (last - first) if last > first else 0.0
