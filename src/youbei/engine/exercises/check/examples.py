"""The sound exercise, the plan it tests, and for every code the one change that the checker answers with it alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from youbei.engine.exercises.model import Exercise
from youbei.engine.exercises.read import read_exercise
from youbei.engine.plans.check.sound import SOUND as SOUND_PLAN
from youbei.engine.plans.model import Plan
from youbei.engine.plans.read import read_plan

SOUND = """\
id = "ammonia-drill"
version = "2026.1"
type = "functional"
plan = "ammonia"
sponsor = "works"
title = {zh = "氨泄漏演练", en = "Ammonia exercise"}

[start]
clock = "09:00"

[end]
when = {elapsed = "ended", atleast = "PT1M"}
at_most = "PT2H"

[[objectives]]
id = "first"
title = {zh = "先期处置", en = "First action"}
targets = [{measure = "activate", within = "PT5M"}]
tasks = [{id = "t-close", title = {zh = "关阀", en = "Close the valve"}, step = "close"}]

[[injects]]
id = "call"
kind = "call"
title = {zh = "报警", en = "A call"}
at = {clock = "09:05"}
objective = "first"
expects = [{id = "closed", title = {zh = "关阀", en = "Closed"}, within = "PT20M", who = "rescue", step = "close"}]
sender = {zh = "外操", en = "Operator"}
to = "commander"
text = {zh = "闻到氨味。", en = "A smell of ammonia."}
facts = [{key = "leak_continues", value = true}]

[[injects]]
id = "pump"
kind = "resource_failure"
title = {zh = "队伍受阻", en = "The team is held up"}
at = {since = "inject:call:fired", delay = "PT10M"}
capability = "hazmat"

[[injects]]
id = "nudge"
kind = "official_order"
title = {zh = "催办", en = "A reminder"}
type = "contingency"
at = {after = ["call"], when = {count = "actions_late", gte = 1, among = ["closed"]}}
sender = {zh = "园区", en = "Park"}
to = "commander"
text = {zh = "关好了吗？", en = "Is it closed?"}

[[roles]]
id = "fire"
title = {zh = "消防", en = "Fire service"}
plays = ["rescue"]
begins_in = {likely = "PT2M", source = "assumption"}

[[roles.reactions]]
id = "activate"
when = {elapsed = "inject:call:fired", atleast = "PT0S"}
delay = {likely = "PT1M", source = "assumption"}
does = [{activate = "IV"}]
"""


def sound_plan() -> Plan:
    """Return the plan that the sound exercise tests: the sound plan of the checker of plans."""
    return read_plan(SOUND_PLAN, format="toml")


@dataclass(frozen=True, slots=True)
class Example:
    """Replace texts of the sound exercise, each once."""

    edits: tuple[tuple[str, str], ...]

    def exercise(self) -> Exercise:
        text = SOUND
        for old, new in self.edits:
            if old not in text:
                raise ValueError(f"{old!r} does not stand in the sound exercise")
            text = text.replace(old, new, 1)
        return read_exercise(text, format="toml")


def _edit(*parts: str) -> Example:
    return Example(tuple(zip(parts[::2], parts[1::2], strict=True)))


OBJECTIVE = SOUND[SOUND.index("[[objectives]]") : SOUND.index("[[injects]]")]
SECOND_ROLE = (
    '[[roles]]\nid = "other"\ntitle = {zh = "另一家", en = "Another"}\nplays = ["rescue"]\n\n[[roles]]\nid = "fire"'
)
SECOND_OBJECTIVE = '[[objectives]]\nid = "second"\ntitle = {zh = "上报", en = "Reporting"}\n\n[[injects]]\nid = "call"'

EXAMPLES: Mapping[str, Example] = {
    "EX01": _edit('plan = "ammonia"', 'plan = "another"'),
    "EX02": _edit('to = "commander"', 'to = "comander"'),
    "EX03": _edit('en = "Close the valve"}, step = "close"', 'en = "Close the valve"}, step = "clsoe"'),
    "EX04": _edit('objective = "first"', 'objective = "frist"', 'targets', 'tasks = []\ntargets',
                  'tasks = [{id = "t-close", title = {zh = "关阀", en = "Close the valve"}, step = "close"}]\n', ""),
    "EX05": _edit('among = ["closed"]', 'among = ["clsoed"]'),
    "EX06": _edit('measure = "activate"', 'measure = "activation"'),
    "EX07": _edit('[[roles]]\nid = "fire"', SECOND_ROLE),
    "EX08": _edit('at = {clock = "09:05"}', 'at = {since = "inject:pump:fired"}'),
    "EX09": _edit('activate = "IV"', 'activate = "I"'),
    "EX10": _edit('key = "leak_continues"', 'key = "leak_continue"'),
    "EX11": _edit('capability = "hazmat"', 'capability = "hazmat"\nresource = "team:1"'),
    "WX01": _edit('clock = "09:05"', 'clock = "08:30"'),
    "WX02": _edit('[[injects]]\nid = "call"', SECOND_OBJECTIVE),
    "WX03": _edit(OBJECTIVE, "", 'objective = "first"\n', ""),
    "WX04": _edit('within = "PT20M"', 'within = "PT3H"'),
    "WX05": _edit('text = {zh = "闻到氨味。", en = "A smell of ammonia."}', 'text = {zh = "闻到氨味。"}'),
    "IX01": _edit('when = {elapsed = "ended", atleast = "PT1M"}\n', ""),
}  # fmt: skip
