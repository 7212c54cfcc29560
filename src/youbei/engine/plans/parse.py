"""From text to data: TOML and JSON, with the grammar's complaints put so that an author can act on them."""

from __future__ import annotations

import json
import re
import tomllib
from typing import Any

from youbei.engine.plans.problems import PlanUnreadable, refuse_file, shorten

# Keys of more parts than this are refused before parsing, since the parser's work grows with their square.
_LONG_KEY = re.compile(
    r"""(?<![\w\-.])(?:(?:[\w-]++|"[^"\n]{0,200}"|'[^'\n]{0,200}')[ \t]{0,20}\.[ \t]{0,20}){24}(?=[\w"'-])""", re.ASCII
)
_WHERE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")

# What tomllib says (Python 3.11 to 3.14), and what it means to an author.
_TOML_SAYS: tuple[tuple[str, str], ...] = (
    ("Cannot declare", "同一张表声明了两次。"),
    ("Cannot overwrite", "同一项写了两次。"),
    ("Cannot mutate", "给已经写完的表又添了内容。"),
    ("Duplicate inline table key", "同一张行内表里，同一项写了两次。"),
    ("Unclosed array", "列表没有用 ] 收尾。"),
    ("Unclosed inline table", "行内表没有用 } 收尾。"),
    ("Unterminated string", "文字没有用引号收尾。"),
    ("Expected newline or end of document", "一行里写了两条，或引号、括号不配对。"),
    ("Expected '='", "项名之后缺少等号。"),
    ("Expected ']'", "表头没有用 ] 收尾。"),
    ("Invalid initial character for a key part", "项名含有不可用的字符；中文项名须加引号。"),
    ("Invalid value", "等号之后的值无法识别；文字须加引号。"),
    ("Invalid statement", "这一行不是“项 = 值”，也不是表头。"),
    ("Unescaped", "双引号文字中的反斜线须写作 \\\\。"),
    ("Invalid date", "日期或时间不成立。"),
    ("Illegal character", "有不可用的控制字符，或文字中断行。"),
    ("Found invalid character", "有不可用的字符。"),
)
_JSON_SAYS: tuple[tuple[str, str], ...] = (
    ("Expecting property name", "此处应为双引号括起的项名；最后一项之后不能有逗号。"),
    ("Expecting ':'", "项名之后缺少冒号。"),
    ("Expecting ','", "两项之间缺少逗号，或括号没有收尾。"),
    ("Expecting value", "此处应有值。"),
    ("Unterminated string", "文字没有用引号收尾。"),
    ("Extra data", "文件在结尾之后还有内容。"),
    ("Invalid control character", "文字中有控制字符；换行请写 \\n。"),
    ("Invalid \\escape", "反斜线之后的字符不成立。"),
    ("Illegal trailing comma", "最后一项之后不能有逗号。"),
)


class _DuplicateKey(ValueError):
    pass


class _NotFinite(ValueError):
    pass


def parse_toml(text: str) -> dict[str, Any]:
    """Return the tables of a TOML text; raise PlanUnreadable with the line where the grammar breaks."""
    if (long := _LONG_KEY.search(text)) is not None:
        raise _too_deep(text.count("\n", 0, long.start()) + 1)
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise _too_deep(None) from None
    except tomllib.TOMLDecodeError as error:
        raise _toml_refusal(str(error), text) from None
    except (ValueError, OverflowError) as error:
        raise _odd_value(error) from None


def _toml_refusal(message: str, text: str) -> PlanUnreadable:
    where = _WHERE.search(message)
    said = message[: where.start()] if where else message
    is_end = where is not None and where.group(1) is None
    line = text.rstrip().count("\n") + 1 if is_end or where is None else int(where.group(1))
    meaning = next((zh for start, zh in _TOML_SAYS if said.startswith(start)), "不合 TOML 语法。")
    if is_end:
        return refuse_file(
            zh=f"文件在一项的中间结束：{meaning}",
            en=f"The file ends in the middle of something: {shorten(said, 200)}.",
            cure_zh="文件可能没有传完，请重新取得；否则请补完最后一项。",
            cure_en="It may have been cut off: fetch it again, or complete the last entry.",
            line=line,
        )
    column = where.group(2) if where else "1"
    return refuse_file(
        zh=f"第 {column} 列不合 TOML 语法：{meaning}",
        en=f"column {column} is not TOML: {shorten(said, 200)}.",
        cure_zh="请改正这一行或它的前一行。",
        cure_en="Correct this line or the one before it.",
        line=line,
    )


def parse_json(text: str) -> dict[str, Any]:
    """Return the object of a JSON text; raise PlanUnreadable with the line where the grammar breaks."""
    try:
        data = json.loads(text, object_pairs_hook=_unique, parse_constant=_refuse_constant)
    except RecursionError:
        raise _too_deep(None) from None
    except json.JSONDecodeError as error:
        raise _json_refusal(error, text) from None
    except (ValueError, OverflowError) as error:
        raise _odd_value(error) from None
    if not isinstance(data, dict):
        raise refuse_file(
            zh="JSON 文件的最外层不是对象。",
            en="The JSON file is not an object.",
            cure_zh='预案须以 { 开始，如 {"id": "…"}。',
            cure_en='A plan begins with {, as in {"id": "…"}.',
        )
    return data


def _json_refusal(error: json.JSONDecodeError, text: str) -> PlanUnreadable:
    meaning = next((zh for start, zh in _JSON_SAYS if error.msg.startswith(start)), "不合 JSON 语法。")
    is_end = error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated string")
    return refuse_file(
        zh=f"第 {error.colno} 列不合 JSON 语法：{meaning}",
        en=f"column {error.colno} is not JSON: {error.msg}.",
        cure_zh="文件可能没有传完，请重新取得；否则请补完。" if is_end else "请改正此处。",
        cure_en="The file may have been cut off: fetch it again, or complete it." if is_end else "Correct this place.",
        line=error.lineno,
    )


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise _DuplicateKey(shorten(twice))
    return found


def _refuse_constant(name: str) -> float:
    raise _NotFinite(name)


def _odd_value(error: Exception) -> PlanUnreadable:
    if isinstance(error, _DuplicateKey):
        return refuse_file(
            zh=f"同一个对象里，“{error}”写了两次。",
            en=f'One object holds "{error}" twice.',
            cure_zh="请删去其一。",
            cure_en="Remove one of them.",
        )
    if isinstance(error, _NotFinite):
        return refuse_file(
            zh=f"文件含有 {error}，这不是 JSON 的数。",
            en=f"The file holds {error}, which is no number of JSON.",
            cure_zh="请改为有限的数。",
            cure_en="Give a finite number.",
        )
    return refuse_file(
        zh="文件中有一个数过长，无法读取。",
        en="The file holds a number too long to be read.",
        cure_zh="数的绝对值不得超过 9007199254740991。",
        cure_en="Numbers are at most 9007199254740991 in size.",
    )


def _too_deep(line: int | None) -> PlanUnreadable:
    return refuse_file(
        zh="列表或表套叠得过深，无法读取。",
        en="Lists or tables are nested too deep to be read.",
        cure_zh="预案最深只用到条件的 20 层；请检查括号是否配对。",
        cure_en="A plan nests conditions at most 20 deep; check that brackets are closed.",
        line=line,
    )
