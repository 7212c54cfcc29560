"""Why personal data may be looked at, and why it is erased. The log keeps the one and the other.

Source: 突发事件应对法 (2024), Art. 85: personal information collected for a response is used for nothing else.
Source: 个人信息保护法 (2021), Art. 47: on which grounds personal information is deleted.
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


class ErasureGround(StrEnum):
    """A reason to erase personal data. It is one of a list, so that the log that keeps it holds nothing personal."""

    PURPOSE_OVER = "purpose_over"
    PERIOD_OVER = "period_over"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    UNLAWFUL = "unlawful"
    OTHER_LAW = "other_law"


# Source: 个人信息保护法 (2021), Art. 47, items 1 to 5.
GROUNDS: Mapping[ErasureGround, Text] = {
    ErasureGround.PURPOSE_OVER: Text(
        "目的已实现、无法实现或不再必要", "its purpose is reached, cannot be reached, or is over"
    ),
    ErasureGround.PERIOD_OVER: Text(
        "停止服务或保存期限已满", "the service has ended, or the time for which it is kept"
    ),
    ErasureGround.CONSENT_WITHDRAWN: Text("本人撤回同意", "the person has withdrawn the consent"),
    ErasureGround.UNLAWFUL: Text("违反法律法规或约定处理", "it is kept against the law or what was agreed"),
    ErasureGround.OTHER_LAW: Text("法律、行政法规规定的其他情形", "another law or regulation asks for it"),
}


class GroundRefused(Refused):
    """Refuse to erase without a ground that counts."""

    status = 422


def ground_called(word: str) -> ErasureGround:
    """Return a ground by its code; raise GroundRefused for anything else."""
    try:
        return ErasureGround(word.strip())
    except ValueError:
        raise GroundRefused(
            zh="删除个人信息必须说明理由。请选择："
            + "；".join(f"{one}（{text.zh}）" for one, text in GROUNDS.items())
            + "。",
            en="Say why personal data is erased. Choose: "
            + "; ".join(f"{one} ({text.en})" for one, text in GROUNDS.items())
            + ".",
        ) from None
