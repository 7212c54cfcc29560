"""The ways in which a register can be counted, and what can be added up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from youbei.engine.registers.field import NUMBERS, Field, FieldKind
from youbei.engine.registers.register import Register
from youbei.engine.text import Text

Kind = Literal["choice", "reference", "grades", "band", "freshness", "area"]
AREA, FRESHNESS, COUNT = "area", "freshness", "count"


@dataclass(frozen=True, slots=True)
class Dimension:
    """A way to count a register. One in which a record may fall into several buckets `is_multiple`."""

    name: str
    title: Text
    kind: Kind
    field: Field | None = None

    @property
    def is_multiple(self) -> bool:
        return self.kind == "grades"


def dimensions_of(register: Register) -> list[Dimension]:
    """Return the ways a register can be counted."""
    found = []
    if register.owners:
        found.append(Dimension(AREA, Text("区域", "Area"), "area"))
    for one in register.fields:
        if one.kind is FieldKind.GRADES:
            found.append(Dimension(one.name, one.title, "grades", one))
        elif one.is_filter and (one.kind is FieldKind.CHOICE or (one.kind is FieldKind.CODE and one.choices)):
            found.append(Dimension(one.name, one.title, "choice", one))
        elif one.is_filter and one.kind is FieldKind.REFERENCE and one.name != "organisation":
            found.append(Dimension(one.name, one.title, "reference", one))
        elif one.is_filter and one.kind is FieldKind.DATE:
            found.append(Dimension(one.name, one.title, "band", one))
    if register.fresh_for is not None or not found:
        found.append(Dimension(FRESHNESS, Text("新鲜度", "Freshness"), "freshness"))
    return found


def measures_of(register: Register) -> list[tuple[str, Text]]:
    """Return what can be counted: the records, or the sum of a number they hold."""
    numbers = [(one.name, one.title) for one in register.fields if one.kind in NUMBERS and one.name not in NOT_SUMMED]
    return [(COUNT, Text("条数", "Records")), *numbers]


# Numbers whose sum means nothing.
NOT_SUMMED = frozenset(
    {
        "rank",
        "floor",
        "turn_out_min",
        "response_min",
        "delay_h",
        "within_h",
        "switch_over_h",
        "ramp_up_h",
        "share",
        "score",
    }
    | {"shelf_life_days", "test_interval_days", "unit_value", "unit_price", "weight_kg", "volume_m3", "price"}
)
