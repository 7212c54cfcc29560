"""Text that people read, in the two languages of the record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Language = Literal["zh", "en"]


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
