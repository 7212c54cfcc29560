"""What the page of a record shows beyond its fields: parts that belong to one register, or to all.

A panel is a template and the function that finds what it shows; None leaves it out. To add one, write both and a line
in `PANELS` (for one register) or `EVERYWHERE`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from youbei.engine.registers.register import Register
from youbei.records.models.scope import Registered
from youbei.web.registers.agreements import agreement_panel
from youbei.web.registers.attachments import attachment_panel
from youbei.web.registers.experts import consultation_panel, expert_panel
from youbei.web.registers.known import personal_panel, who_panel
from youbei.web.registers.outline import shape_panel
from youbei.web.registers.places import hazard_panel, named_panel
from youbei.web.registers.sites import now_panel, parts_panel
from youbei.web.registers.standing import person_panel, post_panel
from youbei.web.registers.team import team_panel
from youbei.web.stock.panels import line_panel, lot_panel, site_panel, vehicle_panel

Find = Callable[[HttpRequest, Register, Registered], Mapping[str, Any] | None]


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of the page of a record: its template gets what `find` returns, as `panel`."""

    template: str
    find: Find
    is_aside: bool = False


@dataclass(frozen=True, slots=True)
class ShownPanel:
    template: str
    panel: Mapping[str, Any]
    is_aside: bool


PANELS: Mapping[str, tuple[Panel, ...]] = {
    "person": (Panel("people/_person.html", person_panel),),
    "post": (Panel("people/_post.html", post_panel),),
    "lot": (Panel("stock/_lot.html", lot_panel),),
    "site": (
        Panel("sites/_site.html", now_panel),
        Panel("sites/_parts.html", parts_panel),
        Panel("stock/_site.html", site_panel),
        Panel("sites/_named.html", named_panel),
    ),
    "hazard_point": (Panel("sites/_hazard.html", hazard_panel), Panel("sites/_named.html", named_panel)),
    "vehicle": (Panel("stock/_vehicle.html", vehicle_panel),),
    "capacity_line": (Panel("stock/_line.html", line_panel),),
    "team": (
        Panel("teams/_team.html", team_panel),
        Panel("teams/_team_aside.html", team_panel, is_aside=True),
    ),
    "agreement": (Panel("agreements/_agreement.html", agreement_panel),),
    "expert": (Panel("experts/_expert.html", expert_panel),),
    "consultation": (Panel("experts/_consultation.html", consultation_panel),),
}
EVERYWHERE: tuple[Panel, ...] = (
    Panel("registers/_attachments.html", attachment_panel, is_aside=True),
    Panel("sites/_shape.html", shape_panel, is_aside=True),
    Panel("registers/_personal.html", personal_panel, is_aside=True),
    Panel("registers/_who.html", who_panel, is_aside=True),
)


def panels_for(request: HttpRequest, register: Register, row: Registered) -> list[ShownPanel]:
    """Return the panels that have something to show for this record."""
    shown = []
    for panel in (*PANELS.get(register.name, ()), *EVERYWHERE):
        found = panel.find(request, register, row)
        if found is not None:
            shown.append(ShownPanel(panel.template, found, panel.is_aside))
    return shown
