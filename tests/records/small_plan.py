"""A small plan that touches everything a projection has to follow, and a course of events in it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from youbei.engine.clock import Mode
from youbei.engine.events import Actor
from youbei.engine.plans.model import LevelNumber, Plan
from youbei.engine.plans.read import read_plan
from youbei.engine.run import Run, act, advance, new_run
from youbei.engine.run import commands as say

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
COMMANDER = Actor(id="user:1", label="指挥长", posts=frozenset({"commander"}))

TOML = """
id = "town-leak"
version = "2026.1"
kind = "special"
organisation = "town"
superior = "province"
hazards = ["ammonia_leak"]
title = {zh = "小城泄漏预案", en = "Town leak plan"}

[[levels]]
number = "IV"
when = {always = true}
may_lower = ["commander"]
may_end = ["commander"]
[[levels]]
number = "III"
when = {fact = "injured", gte = 3}
automatic = true
may_lower = ["commander"]
may_end = ["commander"]

[[posts]]
id = "commander"
title = {zh = "指挥长", en = "Commander"}
role = "commander"
holder = {kind = "person", ref = "wu"}
[[posts]]
id = "ops"
title = {zh = "处置组", en = "Operations"}
role = "group"
holder = {kind = "office", ref = "town/duty"}

[[steps]]
id = "alarm"
title = {zh = "报警", en = "Raise the alarm"}
owner = "ops"
within = {limit = "PT5M", since = "activation"}
late = [{after = "PT0S", to = "owner"}, {after = "PT5M", to = "commander"}]
takes = {shape = "fixed", likely = "PT2M", source = "assumption"}
tells = [{to = "commander", message = {zh = "请到场", en = "Please come"}}]
[[steps]]
id = "rescue"
title = {zh = "救援", en = "Rescue"}
owner = "ops"
start = {after = ["alarm"]}
within = {limit = "PT20M", since = "step:alarm:finished"}
needs = [{id = "team", capability = "hazmat", count = 2, within = "PT20M"}, {id = "suits", item = "suit", quantity = 4}]
takes = {shape = "fixed", likely = "PT30M", source = "assumption"}
[[steps]]
id = "evacuate"
title = {zh = "疏散", en = "Evacuate"}
owner = "commander"
from_level = "III"
within = {limit = "PT15M", since = "level:3"}
takes = {shape = "fixed", likely = "PT20M", source = "assumption"}
[[steps]]
id = "clean"
title = {zh = "洗消", en = "Clean up"}
owner = "ops"
phase = "recovery"
within = {limit = "PT2H", since = "ended"}
takes = {shape = "fixed", likely = "PT1H", source = "assumption"}

[end]
when = {count = "steps_finished", gte = 2}
by = ["commander"]
"""


def small_plan() -> Plan:
    return read_plan(TOML, format="toml")


def lived_through(plan: Plan, *, stream: str, posts: dict[str, str], resources: tuple[str, str]) -> Run:
    """Return a run with almost every kind of event in its log."""
    team, lot = resources
    run = new_run(plan, stream=stream, mode=Mode.REAL, digest="d", incident="I-1", known_at=NOW, occurred_at=None)

    def at(minutes: float) -> datetime:
        return NOW + timedelta(minutes=minutes)

    def assign(code: str, need: str, resource: str, quantity: float) -> say.Assign:
        return say.Assign(code, need, resource, f"Label of {resource}", quantity, timedelta(minutes=9), "nearest")

    script: list[tuple[float, say.Command]] = [
        (0, say.Activate(level=LevelNumber.IV, posts=posts, reason="leak")),
        (11, say.StartStep("alarm")),
        (12, say.FinishStep("alarm", note="said")),
        (13, assign("a1", "rescue/team", team, 1)),
        (14, assign("a2", "rescue/suits", lot, 4)),
        (15, say.AddFact(key="injured", value=3, source="scene", known_at=at(15))),
        (20, say.Arrive("a1")),
        (21, say.Arrive("a2")),
        (22, say.HandOver("ops", "person:li", "all quiet")),
        (23, say.Release("a1", "broken down")),
        (40, say.SkipStep("evacuate", "wind has turned")),
        (41, say.ReopenStep("evacuate", "wind has turned again")),
        (50, say.FinishStep("rescue", note="all out")),
        (51, say.FinishStep("evacuate", note="counted")),
        (52, say.Deviate("rescue", "one team only")),
        (60, say.EndResponse("over")),
        (200, say.FinishStep("clean", note="late, but clean")),
        (201, say.Assess("S", "one team was missing")),
    ]
    for minutes, command in script:
        run = act(run, command, at=at(minutes), by=COMMANDER)
    return advance(run, at(300))
