"""For every code the one change to the sound plan that the checker answers with that code alone.

The reference page of the checker shows these changes, and a test runs them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from youbei.engine.plans.check.sound import SOUND
from youbei.engine.plans.model import Plan
from youbei.engine.plans.read import read_plan


def as_it_is(plan: Plan) -> Plan:
    return plan


@dataclass(frozen=True, slots=True)
class Example:
    """Replace texts of the sound plan (each once); `change` does what no file can say."""

    edits: tuple[tuple[str, str], ...] = ()
    change: Callable[[Plan], Plan] = as_it_is

    def plan(self) -> Plan:
        text = SOUND
        for old, new in self.edits:
            if old not in text:
                raise ValueError(f"{old!r} does not stand in the sound plan")
            text = text.replace(old, new, 1)
        return self.change(read_plan(text, format="toml"))


def _edit(*parts: str) -> Example:
    return Example(tuple(zip(parts[::2], parts[1::2], strict=True)))


CLOSE = 'start = {after = ["alarm"]}'
TAKES = 'takes = {shape = "triangular", low = "PT5M", likely = "PT10M", high = "PT15M"}'
LIMIT = 'within = {limit = "PT20M", since = "activation"}'
TEAM = '{id = "team", capability = "hazmat", count = 1, within = "PT15M"}'
FOUR = 'when = {fact = "leak_continues", eq = true}'
THREE = 'when = {fact = "injured", gte = 3}'
END = 'when = {fact = "leak_continues", eq = false}\nby'
LATE = 'late = [{after = "PT0S", to = "owner"}, {after = "PT5M", to = "superior"}]'
DEPUTIES = 'deputies = [{kind = "duty_post", ref = "works/duty"}]'
GROUP = 'role = "group"'
ALARM = 'card = {zh = "拉警报。", en = "Sound it."}'
HOLDER = 'holder = {kind = "agency", ref = "fire"}'
SCENARIOS = SOUND[SOUND.index("\n[[scenarios]]") :]
LEVELS = SOUND[SOUND.index("[[levels]]") : SOUND.index("[[posts]]")]
LEVEL_THREE = SOUND[SOUND.index('[[levels]]\nnumber = "III"') : SOUND.index("[[posts]]")]
REPORT = SOUND[SOUND.index('[[steps]]\nid = "report"') : SOUND.index('[[steps]]\nid = "tidy"')]
TIDY = SOUND[SOUND.index('[[steps]]\nid = "tidy"') : SOUND.index("[end]")]
STEPS = SOUND[SOUND.index("[[steps]]") : SOUND.index('[[steps]]\nid = "tidy"')]
FILED = '[[life]]\nstage = "filed"\non = 2025-03-20\n'
DUTY = '[[posts]]\nid = "{}"\ntitle = {{zh = "值班", en = "Duty"}}\nrole = "{}"\n'
ON_DUTY = 'holder = {kind = "duty_post", ref = "works/duty"}\n\n[[steps]]\nid = "alarm"'
FIRST = '[[steps]]\nid = "alarm"'


def _twice(plan: Plan) -> Plan:
    return replace(plan, scenarios=plan.scenarios * 2)


def _level(number: str, when: str, more: str = "") -> str:
    who = 'may_lower = ["commander"]\nmay_end = ["commander"]\nmeasures = {zh = "支援。", en = "Support."}\n'
    return f'[[levels]]\nnumber = "{number}"\nwhen = {when}\n{who}{more}'


EXAMPLES: Mapping[str, Example] = {
    # structure
    "E101": Example(change=_twice),
    "E102": _edit(LEVELS, "", 'when = {fact = "leak_continues", eq = false}\n', 'when = {fact = "injured", eq = 0}\n'),
    "E103": _edit(STEPS, REPORT.replace("PT10M\"", "PT10M\", source = \"drill\"") + 'phase = "recovery"\n'),
    "E104": _edit('role = "commander"', 'role = "deputy"'),
    "W105": _edit(GROUP, 'role = "commander"\n' + DEPUTIES),
    "E106": _edit(CLOSE, 'start = {after = ["alarn"]}'),
    "E107": _edit('owner = "rescue"\nstart', 'owner = "rescu"\nstart'),
    "E108": _edit(TEAM, '{id = "team", capability = "hazmat"}'),
    "E109": _edit(ALARM, ALARM + '\ndone = "needs_arrived"'),
    "W110": _edit('clause = "8.3"\ntakes', 'clause = "8.4"\ntakes'),
    "W111": _edit("[[levels]]", '[[chapters]]\nclause = "8.3"\ntitle = "A"\nbody = "B"\n\n[[levels]]'),
    "W112": _edit('hazards = ["ammonia_leak"]\n', ""),
    # course
    "W120": _edit(END, "by"),
    "E121": _edit(END, 'when = {all = [{fact = "injured", gt = 3}, {fact = "injured", lt = 3}]}\nby'),
    "W122": _edit(TIDY, ""),
    "W123": _edit(SCENARIOS, ""),
    "E124": _edit('key = "leak_continues", value = true', 'key = "injured", value = 1'),
    "I125": _edit('  {after = "PT1H", key = "leak_continues", value = false},\n', ""),
    "E126": _edit('plan = "park-plan"', 'plan = "park-plna"'),
    "E127": _edit('relation = "superior"', 'relation = "above"'),
    "E128": _edit('plan = "park-plan"', 'plan = "ammonia"'),
    "W129": _edit(END, 'when = {fact = "injured", gte = 5}\nby', 'value = false},\n', 'value = false},\n  '
                  '{after = "PT2H", key = "injured", value = 6},\n'),
    # flow
    "E201": _edit(ALARM, ALARM + '\nstart = {after = ["close"]}'),
    "E202": _edit(CLOSE, 'start = {after = ["alarm"], when = {all = [{fact = "injured", gte = 5}, {fact = "injured", '
                  "lte = 4}]}}"),
    "E203": _edit(ALARM, ALARM + '\nfrom_level = "III"'),
    "E204": _edit(CLOSE, 'start = {after = ["alarm", "tidy"]}', LIMIT, 'within = {limit = "PT20M"}'),
    "E205": _edit(CLOSE, 'start = {after = ["alarm"], since = "level:II"}'),
    "E206": _edit(ALARM, ALARM + '\nwithin = {limit = "PT5M", since = "step:close:finished"}\n'
                  'late = [{after = "PT0S", to = "owner"}]'),
    # levels
    "E301": _edit(THREE, FOUR),
    "E302": _edit(THREE, 'when = {all = [{fact = "injured", gt = 5}, {fact = "injured", lt = 5}]}'),
    "E303": _edit(FOUR, 'when = {fact = "injured", gte = 5}', 'key = "leak_continues", value = true',
                  'key = "injured", value = 5'),
    "E304": _edit(FOUR, 'when = {all = [{fact = "injured", gte = 1}, {fact = "injured", lt = 2}]}',
                  'key = "leak_continues", value = true', 'key = "injured", value = 1'),
    "W305": _edit(FOUR, 'when = {any = [{fact = "leak_continues", eq = true}, {fact = "injured", gte = 5}]}'),
    "W306": _edit('number = "III"', 'number = "II"'),
    "W307": _edit(LEVEL_THREE, LEVEL_THREE + _level("II", '{fact = "injured", gte = 5}')
                  + _level("I", '{fact = "injured", gte = 9}', "automatic = true\n")),
    "W308": _edit(FIRST, FIRST + '\nfrom_level = "III"', 'id = "close"', 'id = "close"\nfrom_level = "III"',
                  'id = "report"', 'id = "report"\nfrom_level = "III"'),
    "I309": _edit('may_lower = ["commander"]\n', ""),
    "I310": _edit('measures = {zh = "请求支援。", en = "Ask for support."}\n', ""),
    "W311": _edit(TIDY, TIDY + 'from_level = "II"\n'),
    "I312": _edit(FOUR, 'when = {all = [{fact = "injured", gte = 1}, {fact = "leak_continues", eq = true}]}',
                  'key = "leak_continues", value = true}', 'key = "leak_continues", value = true},\n  '
                  '{after = "PT0S", key = "injured", value = 2}'),
    # people
    "E401": _edit(HOLDER + "\n", ""),
    "E402": _edit(HOLDER, 'holder = {kind = "agency", ref = "fier"}'),
    "W403": _edit("works/duty", "works/guard"),
    "E404": _edit(DEPUTIES, DEPUTIES + '\nqualifications = ["hazmat_certificate"]', "\n" + DEPUTIES,
                  '\ndeputies = [{kind = "agency", ref = "fire"}]'),
    "W405": _edit(FIRST, DUTY.format("duty", "officer") + ON_DUTY),
    "W406": _edit(DEPUTIES + "\n", ""),
    "E407": _edit(GROUP, GROUP + '\nfrom_level = "III"', 'owner = "rescue"\nphase', 'owner = "commander"\nphase'),
    "W408": _edit(HOLDER, HOLDER + '\ndeputies = [{kind = "agency", ref = "fire"}]'),
    "E409": _edit('superior = "park"', 'superior = "prak"'),
    "E410": _edit(HOLDER, HOLDER + '\nqualifications = ["hazmat_certifcate"]'),
    "E411": _edit('to = "agency:fire"', 'to = "agency:fier"'),
    "E412": _edit('superior = "park"\n', ""),
    "W413": _edit(LATE, 'late = [{after = "PT0S", to = "deputy"}]'),
    # resources
    "E501": _edit('"hazmat"', '"hazmt"'),
    "E502": _edit('"suit"', '"siut"'),
    "E503": _edit(TEAM, '{id = "team", capability = "hazmat", count = 1, place = "gat"}'),
    "E504": _edit("count = 1", "count = 3"),
    "E505": _edit("quantity = 2", "quantity = 4"),
    "E506": _edit("count = 1", "count = 2"),
    "W507": _edit(REPORT, REPORT + 'needs = [{id = "team", capability = "hazmat", count = 2}]\n'),
    "W508": _edit(REPORT, REPORT + 'needs = [{id = "suits", item = "suit", quantity = 2}]\n'),
    "E509": _edit(REPORT, REPORT + 'needs = [{id = "masks", item = "mask", quantity = 2, place = "shed"}]\n'),
    "W951": _edit(REPORT, REPORT + 'needs = [{id = "divers", capability = "divers", count = 1}]\n'),
    "W952": _edit(REPORT, REPORT + 'needs = [{id = "masks", item = "mask", quantity = 5}]\n'),
    "W953": _edit(REPORT, REPORT + 'needs = [{id = "masks", item = "mask", quantity = 2, place = "quay"}]\n'),
    "W961": _edit('likely = "PT10M"', 'likely = "PT6M"'),
    "W954": _edit('{kind = "office", ref = "works/director"}', '{kind = "office", ref = "works/clerk"}'),
    # time
    "E601": _edit("PT20M", "PT6M"),
    "W602": _edit("PT20M", "PT11M"),
    "E603": _edit('low = "PT5M"', 'low = "PT12M"'),
    "E604": _edit(TAKES, 'takes = {shape = "lognormal", likely = "PT10M", spread = 1}'),
    "E605": _edit("PT20M", "PT0S"),
    "W606": _edit(LIMIT + "\n", ""),
    "W607": _edit(LATE, 'late = [{after = "PT5M", to = "owner"}, {after = "PT0S", to = "superior"}]'),
    "W608": _edit(TAKES + "\n", ""),
    "I609": _edit(', source = "drill"', ""),
    "I610": _edit(LATE + "\n", ""),
    # law
    "E701": _edit('en = "First report."}, rule = "cn.report"', 'en = "First report."}'),
    "W702": _edit('clause = "8.1"', 'clause = "8.2"'),
    "W703": _edit(FILED, ""),
    "W704": _edit("2025-03-01", "2022-03-01", "2025-03-20", "2022-03-20"),
    "W705": _edit("2025-03-01", "2025-04-01"),
    "E706": _edit('since = "known", rule = "cn.report"', 'since = "known", rule = "cn.reprot"'),
    "E707": _edit('limit = "PT1H"', 'limit = "PT2H"'),
    "W708": _edit(FILED, FILED + '[[life]]\nstage = "evaluated"\non = 2027-01-01\n'),
    "W709": _edit(FILED, FILED + '[[life]]\nstage = "withdrawn"\non = 2026-01-01\n'),
    # text
    "W801": _edit('title = {zh = "报警", en = "Alarm"}', 'title = {en = "Alarm"}'),
    "W802": _edit('title = {zh = "报警", en = "Alarm"}', 'title = {zh = "报警"}'),
    "E803": _edit('title = {zh = "报警", en = "Alarm"}', 'title = ""'),
    "W804": _edit(ALARM + "\n", ""),
    "W805": _edit("[[levels]]", '[[chapters]]\nclause = "8.4"\ntitle = "A"\nbody = ""\n\n[[levels]]'),
    "W806": _edit('message = {zh = "请到场。", en = "Please come."}', 'message = ""'),
    # facts
    "E901": _edit(THREE, 'when = {fact = "injurd", gte = 3}'),
    "E902": _edit(THREE + "\nmay", 'when = {fact = "injured", eq = "three"}\nmay'),
    "E903": _edit(THREE + "\nmay", 'when = {fact = "substance", eq = "amonia"}\nmay'),
    "W904": _edit(CLOSE, 'start = {after = ["alarm"], when = {all = []}}'),
    "E905": _edit('hazards = ["ammonia_leak"]', 'hazards = ["ammonia_leak", "amonia_leak"]'),
}  # fmt: skip
