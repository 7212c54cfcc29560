"""What the checker says: a code that is explained once, and findings that name a place."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from youbei.engine.text import Text


class Severity(StrEnum):
    """error: the plan cannot do what it promises. warning: it may not. info: worth knowing."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


_LETTERS = {"E": Severity.ERROR, "W": Severity.WARNING, "I": Severity.INFO}


@dataclass(frozen=True, slots=True)
class Code:
    """Explain one kind of finding, once for all plans; `code` is a letter for its severity and three digits."""

    code: str
    title: Text
    explanation: Text
    cure: Text

    @property
    def severity(self) -> Severity:
        return _LETTERS[self.code[0]]


@dataclass(frozen=True, slots=True)
class Finding:
    """Say what is wrong with a plan at one place, such as `steps.isolate.start.after[0]`, and how to cure it."""

    code: str
    severity: Severity
    place: str
    sentence: Text
    cure: Text

    @property
    def order(self) -> tuple[str, str, str, str]:
        """Sort errors first, then by code and place, whatever the order in which they were found."""
        rank = "012"[list(Severity).index(self.severity)]
        return rank, self.code[1:], self.place, self.sentence.en


def explain(code: str, title: tuple[str, str], explanation: tuple[str, str], cure: tuple[str, str]) -> Code:
    """Make a code from pairs of Chinese and English."""
    return Code(code, Text(*title), Text(*explanation), Text(*cure))
