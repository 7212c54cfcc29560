"""Write the pages that are made from the plan language itself: its reference, its JSON Schema, the checker's codes.

Run it after a change to the language or to a code: `.venv/bin/python tools/plan_pages.py`. A test fails until then.
"""

from __future__ import annotations

import json
from pathlib import Path

from youbei.engine.plans.check.codes import CODES, FAMILIES
from youbei.engine.plans.check.examples import EXAMPLES, Example
from youbei.engine.plans.check.finding import Code
from youbei.engine.plans.check.sound import SOUND
from youbei.engine.plans.language import CHAPTER, END, LEVEL, LIFE, LINK, PLAN, POST, SCENARIO, SCENARIO_FACT
from youbei.engine.plans.language_steps import DEADLINE, DURATION, NEED, START, STEP
from youbei.engine.plans.schema import json_schema
from youbei.engine.plans.shapes import Record

REFERENCE = Path(__file__).parents[1] / "docs" / "reference"

TITLES = {
    "structure": "结构 Structure",
    "course": "全程 Course",
    "flow": "流程 Flow",
    "levels": "分级 Levels",
    "people": "人员 People",
    "resources": "资源 Resources",
    "time": "时间 Time",
    "law": "法规 Law",
    "text": "文字 Text",
    "facts": "情况 Facts",
    "freshness": "新鲜度 Freshness",
    "measured": "实测用时 Measured times",
}

INTRODUCTION = """\
# 预案检查 Plan checker

检查器像编译器一样读一份预案，指出哪里不对、为什么、怎么改。每条结果有代码、位置、一句话和改法。
The checker reads a plan like a compiler: it says what is wrong, where, and how to cure it. Each finding has a code, a
place, a sentence and a cure.

- `E…` 错误 error：预案做不到它写的事。 The plan cannot do what it says.
- `W…` 警告 warning：可能做不到，或者不合要求。 It may not, or falls short of a requirement.
- `I…` 提示 info：值得知道。 Worth knowing.

位置按标识符写，如 `steps.isolate.start.after[0]`，与步骤的先后无关。没有登记册时，只检查预案自身；有登记册时，按今天的
人员、队伍、库存和规则检查。
Places name identifiers, such as `steps.isolate.start.after[0]`, and do not depend on the order of the file. Without a
register only the plan itself is checked; with one, it is checked against today's people, teams, stock and rules.

命令行 On the command line: `youbei plan check FILE`

级别的含义：条件成立的级别中，取最高的一级。所以较轻的级别不必重复较重级别的条件，也不必写上限。
What levels mean: of all levels whose condition holds, the most severe applies. A milder level therefore need not repeat
the condition of a more severe one, and needs no upper bound.

时间的含义：最快（E601）取三角分布的最短值、对数正态分布的 5% 分位数，资源视为已到；最可能（W602）取最可能值或中位数。
What times mean: the fastest course (E601) takes the least value of a triangular duration and the 5 % point of a
lognormal one, with all resources there; the likely course (W602) takes the mode or the median.

每个代码后面附一处改动：把文末的无误预案这样改动，检查结果恰好只有这一条。
Each code shows one change: made to the sound plan at the end of this page, it gives exactly this finding.
"""


# What people write stands before this line; what follows it is made here.
MARK = "<!-- 以下由 tools/plan_pages.py 生成 made by tools/plan_pages.py -->\n"

TABLES: tuple[tuple[str, Record], ...] = (
    ("预案 Plan", PLAN),
    ("流程节点 `[[life]]`", LIFE),
    ("章节 `[[chapters]]`", CHAPTER),
    ("级别 `[[levels]]`", LEVEL),
    ("岗位 `[[posts]]`", POST),
    ("步骤 `[[steps]]`", STEP),
    ("步骤的开始 `start`", START),
    ("步骤的时限 `within`", DEADLINE),
    ("步骤的用时 `takes`", DURATION),
    ("步骤的需求 `needs`", NEED),
    ("终止 `[end]`", END),
    ("衔接 `[[links]]`", LINK),
    ("情景 `[[scenarios]]`", SCENARIO),
    ("情景中的情况 `facts`", SCENARIO_FACT),
)


def language_page() -> str:
    written = (REFERENCE / "plan-language.md").read_text("utf-8").partition(MARK)[0]
    parts = [written + MARK]
    for title, record in TABLES:
        rows = [
            f"| `{key.key}`{' *' if key.is_required else ''} | {key.about.zh} | {key.about.en} |" for key in record.keys
        ]
        parts.append("\n".join([f"### {title}\n", "| 项 Key | 含义 | Meaning |", "|---|---|---|", *rows, ""]))
    return "\n".join(parts)


def changes(example: Example) -> str:
    """Return the example's changes as a diff of the sound plan."""
    lines: list[str] = []
    for old, new in example.edits:
        mine, theirs = old.strip("\n").split("\n"), new.strip("\n").split("\n")
        while mine and theirs and mine[0] == theirs[0]:
            mine, theirs = mine[1:], theirs[1:]
        while mine and theirs and mine[-1] == theirs[-1]:
            mine, theirs = mine[:-1], theirs[:-1]
        lines += [f"- {line}" for line in mine if line] + [f"+ {line}" for line in theirs if line]
    return "\n".join(lines) or "同一情景写两次 the same scenario twice"


def section(code: Code) -> str:
    return (
        f"### {code.code} {code.title.zh} {code.title.en}\n\n"
        f"{code.explanation.zh}\n{code.explanation.en}\n\n"
        f"改法 Cure：{code.cure.zh} {code.cure.en}\n\n"
        f"```diff\n{changes(EXAMPLES[code.code])}\n```\n"
    )


def checker_page() -> str:
    parts = [INTRODUCTION]
    for name, codes in FAMILIES.items():
        parts.append(f"## {TITLES[name]}\n")
        parts += [section(code) for code in codes]
    parts.append(f"## 无误的预案 The sound plan\n\n```toml\n{SOUND}```\n")
    return "\n".join(parts)


def schema_text() -> str:
    return json.dumps(json_schema(), ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    (REFERENCE / "plan-language.md").write_text(language_page(), encoding="utf-8")
    (REFERENCE / "plan-checker.md").write_text(checker_page(), encoding="utf-8")
    (REFERENCE / "plan.schema.json").write_text(schema_text(), encoding="utf-8")
    print(f"plan-language.md; plan-checker.md: {len(CODES)} codes; plan.schema.json")
