"""Text that people read, in the two languages of the record."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Language = Literal["zh", "en"]
HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class Text:
    """Say one thing in simplified Chinese and in English; either may be empty, never both in a published record."""

    zh: str = ""
    en: str = ""

    def in_language(self, language: str) -> str:
        """Return the wording for a language code such as `zh-hans` or `en`; fall back to the other wording."""
        if language.lower().startswith("zh"):
            return self.zh or self.en
        return self.en or self.zh

    def __bool__(self) -> bool:
        return bool(self.zh or self.en)

    def as_data(self) -> dict[str, str]:
        return {"zh": self.zh, "en": self.en}

    @classmethod
    def from_data(cls, data: dict[str, str] | str) -> Text:
        """Read `{zh, en}`, or a bare string that stands for both languages."""
        if isinstance(data, str):
            return cls(zh=data, en=data)
        return cls(zh=data.get("zh", ""), en=data.get("en", ""))

    @classmethod
    def parted(cls, said: str) -> Text:
        """Part a text that says the same in both languages, `中文 / English`; another stands for both as it is."""
        zh, slash, en = said.partition(" / ")
        if slash and en and HAN.search(zh) and not HAN.search(en):
            return cls(zh, en)
        return cls(said, said)


# How what is counted is called in English when it is one: the longest ending that fits.
ONE_OF = (("ies", "y"), ("sses", "ss"), ("xes", "x"), ("ches", "ch"), ("shes", "sh"), ("ss", "ss"), ("s", ""))


def unit_of(quantity: object, unit: Text) -> Text:
    """Return in what a quantity is counted, in English as one or as many: `1 set`, `2 sets`; `1 kg`, `2 kg`.

    Units are written down as they are called when there are many.
    """
    if quantity != 1:
        return unit
    first, space, rest = unit.en.partition(" ")
    for ending, one in ONE_OF:
        if first.endswith(ending):
            return Text(unit.zh, first.removesuffix(ending) + one + space + rest)
    return unit
