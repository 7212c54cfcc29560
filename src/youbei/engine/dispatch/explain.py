"""Why each unit and each lot was chosen, who would be next, and what that would cost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from youbei.engine.dispatch.moves import Delivery, Move, by_volume, deliveries
from youbei.engine.dispatch.plan import Draw, Plan, Send
from youbei.engine.dispatch.score import (
    LEVEL_NAMES,
    LEVELS,
    delivery_of,
    leaving,
    lost_cover,
    missing_pieces,
    move_of,
    points_each,
)
from youbei.engine.dispatch.situation import Situation
from youbei.engine.text import Text

# So many of the units that would arrive next are tried in the place of a chosen one.
TRIED = 12
CM3_OF_A_M3 = 1_000_000


@dataclass(frozen=True, slots=True)
class Pick:
    """One decision explained.

    `difference` is what the plan's score would gain (less is better) with the runner-up in its place, by level.
    `carriage` says who fetches it, what it weighs, how large it is where that is known, and whether the room is full.
    """

    chosen: Send | Draw
    arrival_s: int
    reason: Text
    runner_up: str = ""
    runner_up_arrival_s: int | None = None
    difference: tuple[int, ...] = ()
    carriage: Text = field(default_factory=Text)

    @property
    def whole_reason(self) -> Text:
        """Return the reason, and who fetches it where somebody does."""
        if not self.carriage:
            return self.reason
        return Text(f"{self.reason.zh}{self.carriage.zh}", f"{self.reason.en} {self.carriage.en}")

    def as_data(self) -> dict[str, Any]:
        one = self.chosen
        return {
            "resource": one.unit if isinstance(one, Send) else one.supply,
            "incident": one.incident,
            "need": one.need,
            "arrival_s": self.arrival_s,
            "reason": self.whole_reason.as_data(),
            "runner_up": self.runner_up or None,
            "runner_up_arrival_s": self.runner_up_arrival_s,
            "difference": {level: value for level, value in zip(LEVELS, self.difference, strict=False) if value},
        }


class Exchange:
    """Try another unit in the place of a chosen one, and say what changes in the score."""

    def __init__(self, situation: Situation, plan: Plan, moves: Sequence[Move]) -> None:
        self.situation, self.plan = situation, plan
        self.gone = leaving(situation, plan)
        self.chosen = {send: move_of(situation, send) for send in plan.sends}
        self.missing = missing_pieces(situation, plan)
        self.given = [0] * len(situation.wanted)
        for move in self.chosen.values():
            for number, pieces in move.gives:
                self.given[number] += pieces
        self.lost = lost_cover(situation, self.gone)
        self.moves: dict[tuple[str, str, int], list[Move]] = defaultdict(list)
        for move in sorted(moves, key=lambda one: (one.arrival_s, one.send.unit)):
            self.moves[move.send.incident, move.send.need, move.send.part].append(move)

    def alternatives(self, send: Send) -> list[Move]:
        return self.moves[send.incident, send.need, send.part]

    def free_alternatives(self, send: Send) -> list[Move]:
        """Return the next to arrive of those who stay at home, of whom any could go instead."""
        found = []
        for move in self.alternatives(send):
            if move.send.unit not in self.gone and self.is_spare(move, send):
                found.append(move)
                if len(found) == TRIED:
                    break
        return found

    def is_spare(self, move: Move, instead_of: Send) -> bool:
        gone = self.gone_with(instead_of, move)
        strict = [cover for cover in self.situation.problem.cover if cover.is_strict]
        tied = self.situation.gone_with(move.send.unit)
        if not any(tied & self.situation.covering[cover.id] for cover in strict):
            return True
        lost = lost_cover(self.situation, gone)
        return not any(lost[cover.id] for cover in strict)

    def gone_with(self, instead_of: Send, move: Move) -> frozenset[str]:
        gone = self.gone - self.situation.gone_with(instead_of.unit)
        return gone | self.situation.gone_with(move.send.unit)

    def difference(self, send: Send, other: Move) -> tuple[int, ...]:
        """Return by how much each level grows with the other in the place of the chosen."""
        old = self.chosen[send]
        priority = self.situation.incidents[send.incident].priority
        unmet = self.unmet_difference(old, other)
        cover = 0
        if self.situation.problem.cover:
            gone = self.gone_with(send, other)
            cover = sum(lost_cover(self.situation, gone).values()) - sum(self.lost.values())
        return (
            *unmet,
            priority * (other.late_s - old.late_s),
            priority * (other.arrival_s - old.arrival_s),
            0,
            0,
            cover,
            other.price - old.price,
        )

    def unmet_difference(self, old: Move, other: Move) -> tuple[int, int]:
        if old.send.need:
            return (0, 0)
        change: dict[int, int] = defaultdict(int)
        for number, pieces in old.gives:
            change[number] -= pieces
        for number, pieces in other.gives:
            change[number] += pieces
        unmet = [0, 0]
        for number, pieces in change.items():
            wanted = self.situation.wanted[number]
            missing = max(0, wanted.need.asked - self.given[number] - pieces) - self.missing[number]
            unmet[not wanted.need.is_life_safety] += missing * points_each(wanted)
        return unmet[0], unmet[1]

    def pick(self, send: Send) -> Pick:
        move = self.chosen[send]
        tried = [(self.difference(send, other), other) for other in self.free_alternatives(send)]
        reason = self.reason(send, move)
        if not tried:
            return Pick(send, move.arrival_s, with_tail(reason, "没有别的可替换。", "There is no other."))
        difference, other = min(tried, key=lambda one: (one[0], one[1].send.unit))
        label = name_of(self.situation, other.send.unit)
        zh, en = worse_by(difference)
        tail = (f"其次是“{label.zh}”，{zh}。", f"Next would be {label.en}: {en}.")
        return Pick(send, move.arrival_s, with_tail(reason, *tail), other.send.unit, other.arrival_s, difference)

    def reason(self, send: Send, move: Move) -> Text:
        """Say how the chosen one ranks by arrival, and where the earlier ones are."""
        others = self.alternatives(send)
        rank = 1 + sum(other.arrival_s < move.arrival_s for other in others)
        total = minutes_of(move.arrival_s)
        zh = f"{len(others)} 个合格的中第 {rank} 个到达，{total} 分钟。"
        en = f"Number {rank} to arrive of {len(others)} that are suitable, after {total} min."
        earlier = [one.send.unit for one in others if one.arrival_s < move.arrival_s and one.send.unit in self.gone]
        kept = rank - 1 - len(earlier)
        if earlier:
            zh += f"更早的 {len(earlier)} 个已另有安排。"
            en += f" {len(earlier)} that would be earlier are sent as well."
        if kept:
            zh += f"另有 {kept} 个更早的未派，总体更优。"
            en += f" {kept} earlier ones stay, which is better as a whole."
        return Text(zh, en)


def name_of(situation: Situation, resource: str) -> Text:
    """Return the name of a unit, supply or incident; its identifier where it has none."""
    for register in (situation.units, situation.supplies, situation.incidents):
        found = register.get(resource)
        if found is not None and found.label:
            return Text(found.label.in_language("zh"), found.label.in_language("en"))
    return Text(resource, resource)


def with_tail(text: Text, zh: str, en: str) -> Text:
    return Text(text.zh + zh, f"{text.en} {en}")


def kilograms(grams: int) -> str:
    return f"{grams / 1000:.1f}".removesuffix(".0")


def minutes_of(seconds: int) -> str:
    return f"{seconds / 60:.1f}".removesuffix(".0")


def worse_by(difference: Sequence[int]) -> tuple[str, str]:
    """Say on which level an exchange first matters, and by how much."""
    for level, value in zip(LEVELS, difference, strict=True):
        if value:
            name = LEVEL_NAMES[level]
            return f"“{name.zh}”{value:+}", f"{name.en} {value:+}"
    return "同样好，按标识符取舍", "equally good, chosen by its identifier"


def picks(situation: Situation, plan: Plan, moves: Sequence[Move]) -> tuple[Pick, ...]:
    """Explain every decision of a plan."""
    exchange = Exchange(situation, plan, moves)
    left = {supply.id: supply.quantity for supply in situation.supplies.values()}
    for draw in plan.draws:
        left[draw.supply] -= draw.quantity
    drawn = tuple(pick_of_draw(situation, plan, draw, left) for draw in plan.draws)
    return tuple(exchange.pick(send) for send in plan.sends) + drawn


def pick_of_draw(situation: Situation, plan: Plan, draw: Draw, left: dict[str, int]) -> Pick:
    way = delivery_of(situation, draw)
    gone = leaving(situation, plan)
    wanted = situation.needs[draw.incident, draw.need]
    others = [
        one
        for one in deliveries(situation, wanted)
        if one.supply != draw.supply and left[one.supply] > 0 and (not one.vehicle or one.vehicle not in gone)
    ]
    total = minutes_of(way.arrival_s)
    reason = Text(f"取 {draw.quantity}，{total} 分钟到达。", f"{draw.quantity} of it, there after {total} min.")
    carriage = carried(situation, draw) if draw.vehicle else Text()
    if not others:
        reason = with_tail(reason, "没有别的可替换。", "There is no other.")
        return Pick(draw, way.arrival_s, reason, carriage=carriage)
    other = min(others, key=lambda one: (one.arrival_s, one.supply, one.vehicle))
    later = other.arrival_s - way.arrival_s
    label = name_of(situation, other.supply)
    zh = f"其次是“{label.zh}”，{'晚' if later >= 0 else '早'} {minutes_of(abs(later))} 分钟。"
    en = f"Next would be {label.en}, {minutes_of(abs(later))} min {'later' if later >= 0 else 'earlier'}."
    return Pick(
        draw,
        way.arrival_s,
        with_tail(reason, zh, en),
        other.supply,
        other.arrival_s,
        draw_difference(situation, draw, way, other),
        carriage,
    )


def carried(situation: Situation, draw: Draw) -> Text:
    vehicle = name_of(situation, draw.vehicle)
    supply, carrier = situation.supplies[draw.supply], situation.units[draw.vehicle]
    kg = kilograms(draw.quantity * supply.grams_each)
    zh, en = f"由“{vehicle.zh}”运送，重 {kg} 千克", f"Fetched by {vehicle.en}: {kg} kg"
    if supply.cm3_each:
        m3 = f"{draw.quantity * supply.cm3_each / CM3_OF_A_M3:.3f}".rstrip("0").rstrip(".")
        zh, en = f"{zh}、{m3} 立方米", f"{en}, {m3} m³"
    if by_volume(carrier, supply) == draw.quantity:
        zh, en = f"{zh}，车厢已满", f"{en}; there is no room for more"
    return Text(f"{zh}。", f"{en}.")


def draw_difference(situation: Situation, draw: Draw, way: Delivery, other: Delivery) -> tuple[int, ...]:
    weight = draw.quantity * situation.incidents[draw.incident].priority
    late = weight * (other.late_s - way.late_s)
    return (0, 0, 0, 0, late, weight * (other.arrival_s - way.arrival_s), 0, draw.quantity * (other.price - way.price))
