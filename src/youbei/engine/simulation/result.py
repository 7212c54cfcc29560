"""A stress test from its first run to its result: what a page, a report and a file say of it, as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from youbei.engine.simulation.course import Course, course_of
from youbei.engine.simulation.ensemble import Ensemble, Setup
from youbei.engine.simulation.improve import Search, bad_and_typical
from youbei.engine.simulation.parts import Part
from youbei.engine.simulation.promises import broken_promises, worse_under
from youbei.engine.simulation.simulate import plain
from youbei.engine.simulation.statistics import Times, quantile, quantile_interval
from youbei.engine.text import Text

BINS = 30
TYPICAL, BAD = "typical", "bad"


def courses_of(setup: Setup, search: Search) -> dict[str, Course]:
    """Carry a bad run and a typical one out again, to be told and replayed."""
    bad, typical = bad_and_typical(search.outcomes)
    return {TYPICAL: course_of(setup, typical), BAD: course_of(setup, bad)}


def result_of(
    found: Ensemble, part: Part, search: Search, courses: Mapping[str, Course], names: Mapping[str, Text]
) -> dict[str, Any]:
    """Return all that was found: the report, broken promises, how times are spread, what would help most, and how a
    typical and a bad run went. `names` say what capabilities and items are called.
    """
    return {
        **found.as_data(),
        "promises": promises_of(found, names),
        "spread": {
            "first_arrival": histogram(part.first_arrival),
            "full_strength": histogram(part.full_strength),
            "contained": histogram(part.contained),
        },
        "work": {step.id: spread_of(one.work) for step, one in zip(found.plan.steps, part.tally.steps, strict=True)},
        "improvements": [gain.as_data() for gain in search.gains],
        "courses": {role: one.summary(found.plan) for role, one in courses.items()},
    }


def promises_of(found: Ensemble, names: Mapping[str, Text]) -> list[dict[str, Any]]:
    """Return the broken promises: in words, how often with the 95 % interval, and `under` which conditions more."""
    return [
        {
            "subject": one.subject,
            "share": one.broken.share,
            "low": one.broken.low,
            "high": one.broken.high,
            **one.text.as_data(),
            "under": list(under(found, one.subject)),
        }
        for one in broken_promises(found, names)
    ]


def under(found: Ensemble, subject: str) -> Iterator[dict[str, Any]]:
    """Yield the conditions under which a promise is plainly broken more often than otherwise, with both shares, the
    worst first.
    """
    for label, when, otherwise in worse_under(found, subject):
        yield {"label": label.as_data(), "broken": plain(asdict(when)), "otherwise": plain(asdict(otherwise))}


def spread_of(times: Times) -> dict[str, Any]:
    """Return how many times there are, their median, and between which nine in ten of them lie, in seconds, each with
    its 95 % interval; None with fewer than two.
    """
    ordered = sorted(times.values)
    if not ordered:
        return {"count": 0}
    low, median, high = (quantile(ordered, share) / 1000 for share in (0.05, 0.5, 0.95))
    intervals = {
        f"{name}_{side}": plain(at / 1000)
        for name, share in (("p05", 0.05), ("p50", 0.5), ("p95", 0.95))
        for side, at in zip(("low", "high"), quantile_interval(ordered, share), strict=True)
    }
    return {"count": times.count, "p05": low, "p50": median, "p95": high, **intervals}


def histogram(times: Times) -> dict[str, Any]:
    """Return how often times lie in each of thirty equal spans, from 0 to the longest; empty without any."""
    if not times.values:
        return {"width": 0.0, "counts": []}
    longest = max(times.values)
    width = longest / BINS or 1.0
    counts = [0] * BINS
    for value in times.values:
        counts[min(BINS - 1, int(value / width))] += 1
    return {"width": width / 1000, "counts": counts}
