"""Why personal data may be looked at. Every look states one of these purposes, and the log keeps it.

Source: 突发事件应对法 (2024), Art. 85: personal information collected for a response is used for nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from youbei.engine.errors import Refused
from youbei.engine.text import Text


class Purpose(StrEnum):
    """A reason to look at personal data."""

    CALL_OUT = "call_out"
    KEEPING = "keeping"
    PLANNING = "planning"
    EXERCISE = "exercise"
    INSPECTION = "inspection"
    SUBJECT = "subject"


PURPOSES: Mapping[Purpose, Text] = {
    Purpose.CALL_OUT: Text("应急联络与调派", "to reach or call out the person"),
    Purpose.KEEPING: Text("核对和维护登记资料", "to keep the register"),
    Purpose.PLANNING: Text("编制预案和排班", "to write a plan or a roster"),
    Purpose.EXERCISE: Text("组织演练", "to prepare an exercise"),
    Purpose.INSPECTION: Text("督查检查", "to inspect"),
    Purpose.SUBJECT: Text("本人要求查询", "the person asked for it"),
}


class PurposeRefused(Refused):
    """Refuse a look at personal data without a purpose that counts."""

    status = 422


def purpose_called(word: str) -> Purpose:
    """Return a purpose by its code; raise PurposeRefused for anything else."""
    try:
        return Purpose(word.strip())
    except ValueError:
        raise PurposeRefused(
            zh="查看个人信息必须说明用途。请选择：" + "、".join(text.zh for text in PURPOSES.values()) + "。",
            en="Say what personal data is needed for. Choose: "
            + "; ".join(text.en for text in PURPOSES.values())
            + ".",
        ) from None
