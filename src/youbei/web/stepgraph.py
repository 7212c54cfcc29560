"""Lay out the step graph of a plan: layers from left to right, a box per step, a line per dependency."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from youbei.engine.plans.graph import Case, Edge, critical_path, edges, layers
from youbei.engine.plans.model import Phase, Plan, Step

BOX_WIDTH, BOX_HEIGHT = 186.0, 46.0
GAP_X, GAP_Y = 54.0, 14.0
PAD = 12.0
# Sweeps of the barycentre method; after a few the order of a plan's size no longer changes.
SWEEPS = 6


@dataclass(slots=True)
class Box:
    """A step at its place, in px; `is_critical` says that it decides when the plan is done."""

    step: Step
    owner: str
    x: float
    y: float
    is_critical: bool

    @property
    def middle(self) -> float:
        return self.y + BOX_HEIGHT / 2


@dataclass(frozen=True, slots=True)
class Line:
    before: str
    after: str
    kind: str
    path: str
    is_critical: bool


@dataclass(slots=True)
class Graph:
    width: float
    height: float
    box_width: float = BOX_WIDTH
    box_height: float = BOX_HEIGHT
    boxes: list[Box] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)


def draw(plan: Plan, owners: Mapping[str, str]) -> Graph:
    """Return the graph; `owners` words each post."""
    found = edges(plan)
    columns = ordered(response_before_recovery(plan), found)
    tallest = max((len(column) for column in columns), default=0)
    height = 2 * PAD + tallest * (BOX_HEIGHT + GAP_Y) - GAP_Y
    graph = Graph(width=2 * PAD + len(columns) * (BOX_WIDTH + GAP_X) - GAP_X, height=max(height, BOX_HEIGHT))
    critical = critical_path(plan, Case.LIKELY)
    pairs = set(pairwise(critical))
    steps = {step.id: step for step in plan.steps}
    by_id: dict[str, Box] = {}
    for number, column in enumerate(columns):
        top = (graph.height - (len(column) * (BOX_HEIGHT + GAP_Y) - GAP_Y)) / 2
        for row, step_id in enumerate(column):
            x, y = PAD + number * (BOX_WIDTH + GAP_X), top + row * (BOX_HEIGHT + GAP_Y)
            step = steps[step_id]
            by_id[step_id] = Box(step, owners.get(step.owner, step.owner), x, round(y, 1), step_id in critical)
    graph.boxes = list(by_id.values())
    graph.lines = [line_of(edge, by_id, (edge.before, edge.after) in pairs) for edge in found]
    graph.lines.sort(key=lambda line: line.is_critical)
    return graph


def response_before_recovery(plan: Plan) -> list[list[str]]:
    """Return the layers of the response, then those of the recovery, which begins when the response has ended."""
    recovery = {step.id for step in plan.steps if step.phase is Phase.RECOVERY}
    found = layers(plan)
    parts = [[step for step in layer if step not in recovery] for layer in found]
    parts += [[step for step in layer if step in recovery] for layer in found]
    return [part for part in parts if part]


def ordered(columns: Sequence[Sequence[str]], found: Sequence[Edge]) -> list[list[str]]:
    """Order each layer so that lines cross little: a step stands at the mean of those it is tied to."""
    neighbours: dict[str, list[str]] = defaultdict(list)
    for edge in found:
        neighbours[edge.after].append(edge.before)
        neighbours[edge.before].append(edge.after)
    arranged = [list(column) for column in columns]
    for _ in range(SWEEPS):
        place = {step: (row + 0.5) / len(column) for column in arranged for row, step in enumerate(column)}
        for column in arranged:
            means = {}
            for step in column:
                tied = [place[other] for other in neighbours[step] if other in place]
                means[step] = sum(tied) / len(tied) if tied else place[step]
            column.sort(key=lambda step: means[step])
            place.update({step: (row + 0.5) / len(column) for row, step in enumerate(column)})
    return arranged


def line_of(edge: Edge, boxes: Mapping[str, Box], is_critical: bool) -> Line:
    before, after = boxes[edge.before], boxes[edge.after]
    x0, x1 = before.x + BOX_WIDTH, after.x
    bend = max((x1 - x0) / 2, GAP_X / 2)
    path = f"M{x0} {before.middle}C{x0 + bend} {before.middle} {x1 - bend} {after.middle} {x1} {after.middle}"
    return Line(edge.before, edge.after, edge.kind.value, path, is_critical)
