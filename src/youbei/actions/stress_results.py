"""What a stress test leaves behind, as JSON: what its page shows and its readers take home."""

from __future__ import annotations

from typing import Any

from youbei import content
from youbei.engine.simulation.ensemble import Ensemble
from youbei.engine.simulation.improve import Search
from youbei.engine.simulation.parts import Part
from youbei.engine.simulation.promises import broken_promises
from youbei.engine.simulation.statistics import Times

BINS = 30


def found_in(found: Ensemble, part: Part, search: Search) -> dict[str, Any]:
    """Return what a page shows of a test: the report, broken promises, how times are spread, what would help most."""
    promises = [
        {"subject": one.subject, "share": one.broken.share, "low": one.broken.low, "high": one.broken.high,
         **one.text.as_data()}
        for one in broken_promises(found, content.resource_names())
    ]  # fmt: skip
    spread = {
        name: histogram(times)
        for name, times in (
            ("first_arrival", part.first_arrival),
            ("full_strength", part.full_strength),
            ("contained", part.contained),
        )
    }
    gains = [gain.as_data() for gain in search.gains]
    return {**found.as_data(), "promises": promises, "spread": spread, "improvements": gains}


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
