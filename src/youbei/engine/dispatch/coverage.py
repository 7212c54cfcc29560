"""What is uncovered at home after a dispatch, and who could move up to cover it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from youbei.engine.dispatch.explain import minutes_of, name_of
from youbei.engine.dispatch.plan import Plan
from youbei.engine.dispatch.problem import Cover, Status, Unit
from youbei.engine.dispatch.score import leaving
from youbei.engine.dispatch.situation import Situation, has_skill
from youbei.engine.text import Text


@dataclass(frozen=True, slots=True)
class MoveUp:
    """Move a unit that stays behind to the middle of a district, so that it is covered again after so many seconds."""

    unit: str
    place: str
    seconds: int

    def as_data(self) -> dict[str, Any]:
        return {"unit": self.unit, "place": self.place, "seconds": self.seconds}


@dataclass(frozen=True, slots=True)
class Covered:
    """How a district stands: wanted, present before and after the dispatch, on their way, and who should move up."""

    cover: str
    wanted: int
    before: int
    after: int
    coming: tuple[str, ...]
    moves_up: tuple[MoveUp, ...]
    text: Text

    @property
    def lacking(self) -> int:
        return max(0, self.wanted - self.after)

    def as_data(self) -> dict[str, Any]:
        return {
            "cover": self.cover,
            "wanted": self.wanted,
            "before": self.before,
            "after": self.after,
            "lacking": self.lacking,
            "coming": list(self.coming),
            "moves_up": [move.as_data() for move in self.moves_up],
            "text": self.text.as_data(),
        }


def coverage(situation: Situation, plan: Plan) -> tuple[Covered, ...]:
    """Return how each district stands after a dispatch.

    Units are advised to move up from where they can be spared, the nearest first; nobody is advised twice, and no
    move uncovers another district.
    """
    away = set(leaving(situation, plan))
    present = {cover.id: set(situation.covering[cover.id]) - away for cover in situation.problem.cover}
    found = []
    for cover in situation.problem.cover:
        before, after = len(situation.covering[cover.id]), len(present[cover.id])
        coming = [name for name in under_way(situation, cover) if name not in away | present[cover.id]]
        moves = advise(situation, cover, cover.number - after - len(coming), away, present)
        text = say(situation, cover, after, coming, moves)
        found.append(Covered(cover.id, cover.number, before, after, tuple(coming), tuple(moves), text))
    return tuple(found)


def under_way(situation: Situation, cover: Cover) -> list[str]:
    """Return who is moving up for a district already, whether there in time by now or not."""
    return [unit.id for unit in situation.problem.units if unit.moving_up == cover.id and may_move(unit, cover)]


def advise(
    situation: Situation, cover: Cover, lacking: int, away: set[str], present: dict[str, set[str]]
) -> list[MoveUp]:
    """Choose who moves up; what they leave is taken from `present`, and they themselves are not asked again."""
    moves: list[MoveUp] = []
    if lacking <= 0:
        return moves
    able = []
    for unit in situation.by_capability.get(cover.capability, ()):
        way = situation.times(unit.place, cover.place)
        is_free = not unit.moving_up and unit.id not in away | present[cover.id]
        if way is not None and is_free and may_move(unit, cover):
            able.append((unit.turn_out_s + way, unit.id))
    for seconds, name in sorted(able):
        if len(moves) == lacking:
            break
        if is_spare(situation, name, present):
            moves.append(MoveUp(name, cover.place, seconds))
            away.add(name)
            for here in present.values():
                here.discard(name)
    return moves


def may_move(unit: Unit, cover: Cover) -> bool:
    return unit.status is Status.AVAILABLE and unit.is_staffed and not unit.owner and has_skill(unit, cover)


def is_spare(situation: Situation, name: str, present: dict[str, set[str]]) -> bool:
    return all(
        name not in present[cover.id] or len(present[cover.id]) > cover.number for cover in situation.problem.cover
    )


def say(situation: Situation, cover: Cover, after: int, coming: list[str], moves: list[MoveUp]) -> Text:
    if after >= cover.number:
        return Text(f"仍有 {after}，须有 {cover.number}。", f"{after} remain, {cover.number} are wanted.")
    zh = f"只剩 {after}，须有 {cover.number}。" if after else f"一个也不剩，须有 {cover.number}。"
    en = f"{f'Only {after} remain' if after else 'None remains'}; {cover.number} wanted."
    for unit in coming:
        name = name_of(situation, unit)
        zh, en = f"{zh}“{name.zh}”正在前移。", f"{en} {name.en} is moving up."
    for move in moves:
        name, when = name_of(situation, move.unit), minutes_of(move.seconds)
        zh += f"可调“{name.zh}”前移，{when} 分钟到位。"
        en += f" Move up {name.en}: there after {when} min."
    left = cover.number - after - len(coming) - len(moves)
    if left > 0:
        zh += f"另缺 {left}，无可前移者。"
        en += f" {left} more lacking; nobody can be spared."
    return Text(zh, en)
