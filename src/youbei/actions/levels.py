"""Response levels as they are asked for from outside."""

from __future__ import annotations

from youbei.engine.errors import Refused
from youbei.engine.plans.model import LevelNumber


class NoSuchLevel(Refused):
    """Refuse a level that no plan has."""

    status = 422


def level_number(level: LevelNumber | int) -> LevelNumber:
    try:
        return LevelNumber(level)
    except ValueError as error:
        raise NoSuchLevel(
            zh=f"没有第 {level} 级响应。响应级别为 1 至 4，1 级最高。",
            en=f"There is no response level {level}. Levels are 1 to 4; 1 is the most severe.",
        ) from error
