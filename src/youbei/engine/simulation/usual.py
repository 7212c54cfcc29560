"""What may be otherwise on the day, as the reviewed content states it, for the posts of a plan."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from youbei.engine.plans.durations import parse_duration
from youbei.engine.plans.model import Plan
from youbei.engine.troubles import OffHours, Troubles, Unreachable

# What happened is told apart by the bits of one whole number.
MOST_POSTS = 40


def troubles_from_data(data: Mapping[str, Any], plan: Plan) -> Troubles:
    """Make the usual troubles: every post that somebody fills may be out of reach, every team off the road."""
    night, holiday, nobody = data["night"], data["holiday"], data["unreachable"]
    return Troubles(
        night=OffHours(float(night["slower"]), float(night["strength"])),
        night_from=float(night["from"]),
        night_until=float(night["until"]),
        holiday=OffHours(float(holiday["slower"]), float(holiday["strength"])),
        holiday_share=float(holiday["share"]),
        off_road=float(data["off_road"]["probability"]),
        unreachable=tuple(
            Unreachable(
                post.id,
                float(nobody["probability"]),
                parse_duration(nobody["deputy_after"]),
                parse_duration(nobody["alone_after"]),
            )
            for post in plan.posts[:MOST_POSTS]
        ),
    )
