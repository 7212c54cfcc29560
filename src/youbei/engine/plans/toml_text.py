"""Write data as TOML the way a person would: one line where it fits, dotted keys or a line per item where it does not.

Source: TOML 1.0.0 (https://toml.io/en/v1.0.0).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

WIDTH = 110

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}


def toml_text(data: Mapping[str, Any]) -> str:
    """Return the TOML text of a table: its own keys first, then tables, then a block per entry of lists of tables."""
    lines: list[str] = []
    blocks = [key for key, value in data.items() if is_table_list(value) or isinstance(value, Mapping)]
    plain = [key for key in data if key not in blocks]
    short = [key for key in blocks if isinstance(data[key], Mapping) and _fits(key, data[key]) and "zh" in data[key]]
    for key in (*plain, *short):
        lines += _entry(key, data[key])
    for key in blocks:
        if key in short:
            continue
        if isinstance(data[key], Mapping):
            lines += ["", f"[{_key(key)}]", *_body(data[key])]
        else:
            for entry in data[key]:
                lines += ["", f"[[{_key(key)}]]", *_body(entry)]
    return "\n".join(lines).lstrip("\n") + "\n"


def is_table_list(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(entry, Mapping) for entry in value)


def _body(table: Mapping[str, Any]) -> Iterator[str]:
    for key, value in table.items():
        yield from _entry(key, value)


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else _string(key)


def _fits(prefix: str, value: Any) -> bool:
    line = inline(value)
    return len(prefix) + 3 + len(line) <= WIDTH and "\\n" not in line


def _entry(key: str, value: Any, prefix: str = "") -> Iterator[str]:
    """Yield the lines of one key, choosing the plainest form that fits."""
    name = prefix + _key(key)
    if _fits(name, value):
        yield f"{name} = {inline(value)}"
    elif isinstance(value, Mapping) and value:
        for inner, part in value.items():
            yield from _entry(inner, part, f"{name}.")
    elif isinstance(value, list) and value:
        yield f"{name} = ["
        for part in value:
            yield f"  {inline(part)},"
        yield "]"
    elif isinstance(value, str) and "\n" in value:
        yield f"{name} = {_block(value)}"
    else:
        yield f"{name} = {inline(value)}"


def inline(value: Any) -> str:
    """Return a value on one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_key(key)} = {inline(part)}" for key, part in value.items()) + "}"
    return "[" + ", ".join(inline(part) for part in value) + "]"


def _string(text: str) -> str:
    return '"' + "".join(_escape(letter) for letter in text) + '"'


def _block(text: str) -> str:
    """Write a text of several lines between triple quotes."""
    letters = [letter if letter in "\n\t" else _escape(letter) for letter in text.replace('"', "\x00")]
    body = "".join(letters).replace("\\u0000", '"').replace('"""', '""\\"')
    if body.endswith('"'):
        body = body[:-1] + '\\"'
    return f'"""\n{body}"""'


def _escape(letter: str) -> str:
    if letter in _ESCAPES:
        return _ESCAPES[letter]
    if letter < " " or letter == "\x7f":
        return f"\\u{ord(letter):04X}"
    return letter
