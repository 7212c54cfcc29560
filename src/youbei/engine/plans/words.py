"""Shapes of words: text in two languages, identifiers, words out of a fixed few."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from youbei.engine.plans.model import LevelNumber
from youbei.engine.plans.problems import At, meant
from youbei.engine.plans.shapes import BAD, Defs, Schema, read_string, refuse_unknown_keys
from youbei.engine.text import Text

SLUG = re.compile(r"[a-z0-9][a-z0-9_.\-]{0,63}")
VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.\-]{0,39}")


@dataclass(frozen=True, slots=True)
class Line:
    """Free text in one language, such as a number of filing or a code of the register."""

    def read(self, value: Any, at: At) -> Any:
        return read_string(value, at)

    def write(self, value: str) -> str:
        return value

    def schema(self, defs: Defs) -> Schema:
        return {"type": "string"}


@dataclass(frozen=True, slots=True)
class Slug:
    """An identifier: lower-case letters, digits, `_`, `-` and `.`."""

    def read(self, value: Any, at: At) -> Any:
        text = read_string(value, at)
        if text is BAD or SLUG.fullmatch(text):
            return text
        at.expected(
            value,
            zh="标识符",
            en="an identifier",
            cure_zh="标识符由小写字母、数字和 _ - . 组成，以字母或数字开头，不超过 64 个字符，如 isolate_leak。",
            cure_en="Identifiers are lower-case letters, digits and _ - . , begin with a letter or digit and have at "
            "most 64 characters, such as isolate_leak.",
        )
        return BAD

    def write(self, value: str) -> str:
        return value

    def schema(self, defs: Defs) -> Schema:
        defs["id"] = {"type": "string", "pattern": f"^{SLUG.pattern}$"}
        return {"$ref": "#/$defs/id"}


@dataclass(frozen=True, slots=True)
class VersionName:
    """The name of a version, which becomes part of addresses and file names."""

    def read(self, value: Any, at: At) -> Any:
        text = read_string(value, at)
        if text is BAD or VERSION.fullmatch(text):
            return text
        at.expected(
            value,
            zh="版本号",
            en="a version",
            cure_zh="版本号由字母、数字和 _ - . 组成，以字母或数字开头，不超过 40 个字符，如 2026.1。",
            cure_en="Versions are letters, digits and _ - . , begin with a letter or digit and have at most 40 "
            "characters, such as 2026.1.",
        )
        return BAD

    def write(self, value: str) -> str:
        return value

    def schema(self, defs: Defs) -> Schema:
        return {"type": "string", "pattern": f"^{VERSION.pattern}$"}


@dataclass(frozen=True, slots=True)
class Bilingual:
    """Text for people: `{zh = "...", en = "..."}`, or a bare string that stands for both."""

    def read(self, value: Any, at: At) -> Any:
        if isinstance(value, str):
            text = read_string(value, at)
            return BAD if text is BAD else Text(zh=text, en=text)
        if not isinstance(value, dict):
            at.expected(
                value,
                zh="中英文文字",
                en="text in Chinese and English",
                cure_zh='请写作 {zh = "…", en = "…"}。',
                cure_en='Write {zh = "…", en = "…"}.',
            )
            return BAD
        known = ("zh", "en")
        refuse_unknown_keys(value, known, at)
        read = {key: read_string(value[key], at.down(key)) for key in known if key in value}
        return BAD if BAD in read.values() else Text(**read)

    def write(self, value: Text) -> Any:
        if value.zh == value.en:
            return value.zh
        return {key: text for key, text in value.as_data().items() if text}

    def schema(self, defs: Defs) -> Schema:
        languages = {"zh": {"type": "string"}, "en": {"type": "string"}}
        table = {"type": "object", "properties": languages, "additionalProperties": False}
        defs["text"] = {
            "description": "中英文；只写一串文字时两种语言相同。 Text.",
            "anyOf": [{"type": "string"}, table],
        }
        return {"$ref": "#/$defs/text"}


@dataclass(frozen=True, slots=True)
class OneOf:
    """A word out of a fixed few: those of an enumeration, or the `only` ones of it."""

    words: type[StrEnum]
    only: tuple[StrEnum, ...] = ()

    def read(self, value: Any, at: At) -> Any:
        words = [word.value for word in self.only or self.words]
        if isinstance(value, str) and value in words:
            return self.words(value)
        listed = ", ".join(words)
        cure = meant(value, words) if isinstance(value, str) else Text(zh="请选其一。", en="Choose one of them.")
        at.expected(value, zh=f"以下之一：{listed}", en=f"one of {listed}", cure_zh=cure.zh, cure_en=cure.en)
        return BAD

    def write(self, value: StrEnum) -> str:
        return value.value

    def schema(self, defs: Defs) -> Schema:
        return {"enum": [word.value for word in self.only or self.words]}


@dataclass(frozen=True, slots=True)
class LevelName:
    """A response level: I, II, III or IV."""

    def read(self, value: Any, at: At) -> Any:
        if isinstance(value, str) and value in LevelNumber.__members__:
            return LevelNumber[value]
        at.expected(
            value,
            zh="响应级别 I、II、III 或 IV",
            en="a response level I, II, III or IV",
            cure_zh='请写作 "III"，I 级最重。',
            cure_en='Write "III"; I is the most severe.',
        )
        return BAD

    def write(self, value: LevelNumber) -> str:
        return value.name

    def schema(self, defs: Defs) -> Schema:
        return {"enum": list(LevelNumber.__members__)}
