"""`youbei simulate`: a plan carried out thousands of times, two compared, and service systems."""

from __future__ import annotations

from youbei.cli import simulate_compare, simulate_many, simulate_nearest, simulate_queue
from youbei.cli.options import Groups, Say


def add(groups: Groups, say: Say) -> None:
    group = groups.group("simulate", say("仿真", "simulate plans and service systems"), usual="plan")
    simulate_many.add(group, say)
    simulate_compare.add(group, say)
    simulate_queue.add(group, say)
    simulate_nearest.add(group, say)
