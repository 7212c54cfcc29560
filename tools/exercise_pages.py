"""Write the pages that are made from the exercise language itself: its reference, its JSON Schema, the checker's codes.

Run it after a change to the language or to a code: `.venv/bin/python tools/exercise_pages.py`. A test fails until then.
"""

from __future__ import annotations

import json
from pathlib import Path

from youbei.engine.exercises.check.codes import CODES
from youbei.engine.exercises.check.examples import EXAMPLES, SOUND
from youbei.engine.exercises.deeds import DEEDS
from youbei.engine.exercises.injects import INJECTS
from youbei.engine.exercises.language import (
    BEGINNING,
    ENDING,
    EXERCISE,
    INTERLOCK,
    OBJECTIVE,
    REACTION,
    ROLE,
    SAFETY,
    TARGET,
    TASK,
)
from youbei.engine.exercises.language_injects import ACTION, COMMON, TIMING
from youbei.engine.exercises.write import json_schema
from youbei.engine.plans.shapes import Field

REFERENCE = Path(__file__).parents[1] / "docs" / "reference"
MARK = "<!-- 以下由 tools/exercise_pages.py 生成 made by tools/exercise_pages.py -->\n"
TABLES: tuple[tuple[str, tuple[Field, ...]], ...] = (
    ("演练 Exercise", EXERCISE.keys),
    ("开始 `[start]`", BEGINNING.keys),
    ("结束 `[end]`", ENDING.keys),
    ("目标 `[[objectives]]`", OBJECTIVE.keys),
    ("指标 `targets`", TARGET.keys),
    ("关键任务 `tasks`", TASK.keys),
    ("注入 `[[injects]]`", COMMON),
    ("注入的时间 `at`", TIMING.keys),
    ("预期行动 `expects`", ACTION.keys),
    ("代演单位 `[[roles]]`", ROLE.keys),
    ("反应 `reactions`", REACTION.keys),
    ("互锁 `[[interlocks]]`", INTERLOCK.keys),
    ("安全计划 `[safety]`", SAFETY.keys),
)
CHECKER = """\
# 演练检查 Exercise checker

像检查预案一样检查演练：`youbei exercise check FILE`。每条结果有代码、位置、一句话和改法。
An exercise is checked as a plan is: each finding has a code, a place, a sentence and a cure.

`EX…` 错误 error · `WX…` 警告 warning · `IX…` 提示 note

每个代码后面附一处改动：把文末的无误演练这样改动，检查结果只有这个代码。
Each code shows one change: made to the sound exercise at the end of this page, it gives this code alone.
"""


def table(title: str, keys: tuple[Field, ...]) -> str:
    rows = [f"| `{key.key}`{' *' if key.is_required else ''} | {key.about.zh} | {key.about.en} |" for key in keys]
    return "\n".join([f"### {title}\n", "| 项 Key | 含义 | Meaning |", "|---|---|---|", *rows, ""])


def language_page() -> str:
    written = (REFERENCE / "exercise-language.md").read_text("utf-8").partition(MARK)[0]
    parts = [written + MARK, *(table(title, keys) for title, keys in TABLES)]
    parts += [table(f"注入种类 `{name}` {kind.name.zh} {kind.name.en}", kind.keys) for name, kind in INJECTS.items()]
    parts += [table(f"代演行动 `{word}`", record.keys) for word, record in DEEDS.items()]
    return "\n".join(parts)


def checker_page() -> str:
    parts = [CHECKER]
    for code in CODES.values():
        edits = EXAMPLES[code.code].edits
        removed = [f"- {line}" for old, _ in edits for line in old.strip().split("\n")]
        added = [f"+ {line}" for _, new in edits for line in new.strip().split("\n") if line]
        parts.append(
            f"### {code.code} {code.title.zh} {code.title.en}\n\n{code.explanation.zh}\n{code.explanation.en}\n\n"
            f"改法 Cure：{code.cure.zh} {code.cure.en}\n\n```diff\n" + "\n".join([*removed, *added]) + "\n```\n"
        )
    parts.append(f"## 无误的演练 The sound exercise\n\n```toml\n{SOUND}```\n")
    return "\n".join(parts)


def schema_text() -> str:
    return json.dumps(json_schema(), ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    (REFERENCE / "exercise-language.md").write_text(language_page(), encoding="utf-8")
    (REFERENCE / "exercise-checker.md").write_text(checker_page(), encoding="utf-8")
    (REFERENCE / "exercise.schema.json").write_text(schema_text(), encoding="utf-8")
    print(f"exercise-language.md; exercise-checker.md: {len(CODES)} codes; exercise.schema.json")
