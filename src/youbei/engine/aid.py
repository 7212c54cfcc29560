"""Requests to other organisations, and how they are answered: offered, refused, committed, under way, there, released.

Source: OASIS EDXL-RM 1.0 (2009), section 3: the resource messages, in the order discovery, ordering, use, return. Each
step here names the message that would carry it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from youbei.engine.errors import Refused
from youbei.engine.text import Text


class State(StrEnum):
    """How far a request has come."""

    REQUESTED = "requested"
    OFFERED = "offered"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    COMMITTED = "committed"
    EN_ROUTE = "en_route"
    ARRIVED = "arrived"
    RELEASED = "released"
    RETURNED = "returned"


class Side(StrEnum):
    """Who takes a step: who asked for help, who gives it, or either."""

    ASKER = "asker"
    HELPER = "helper"
    EITHER = "either"


@dataclass(frozen=True, slots=True)
class Step:
    """One step: from which states to which, by whom, and what must be said with it.

    `message` is the message of EDXL-RM. A step without `to` leaves the state as it is.
    """

    name: Text
    side: Side
    since: tuple[State, ...]
    to: State | None
    message: str
    takes_quantity: bool = False
    takes_time: bool = False
    takes_reason: bool = False


S = State
STEPS: Mapping[str, Step] = {
    "offer": Step(
        Text("可以提供", "offer"),
        Side.HELPER,
        (S.REQUESTED,),
        S.OFFERED,
        "ResponseToRequestResource",
        takes_quantity=True,
        takes_time=True,
    ),
    "refuse": Step(
        Text("不能提供", "refuse"),
        Side.HELPER,
        (S.REQUESTED, S.OFFERED),
        S.REFUSED,
        "ResponseToRequestResource",
        takes_reason=True,
    ),
    "commit": Step(
        Text("承诺派出", "commit"),
        Side.HELPER,
        (S.REQUESTED, S.OFFERED),
        S.COMMITTED,
        "CommitResource",
        takes_quantity=True,
        takes_time=True,
    ),
    "withdraw": Step(
        Text("撤回请求", "withdraw"),
        Side.ASKER,
        (S.REQUESTED, S.OFFERED),
        S.WITHDRAWN,
        # With the recall (MessageRecall) of the request.
        "RequestResource",
        takes_reason=True,
    ),
    "depart": Step(
        Text("已出发", "set out"), Side.HELPER, (S.COMMITTED,), S.EN_ROUTE, "ReportResourceDeploymentStatus"
    ),
    "arrive": Step(
        Text("已到达", "arrived"),
        Side.EITHER,
        (S.COMMITTED, S.EN_ROUTE),
        S.ARRIVED,
        "ReportResourceDeploymentStatus",
    ),
    "extend": Step(
        Text("延长使用", "extend"),
        Side.ASKER,
        (S.COMMITTED, S.EN_ROUTE, S.ARRIVED),
        None,
        "RequestExtendedDeploymentDuration",
        takes_time=True,
    ),
    "release": Step(
        Text("同意撤离", "release"), Side.ASKER, (S.COMMITTED, S.EN_ROUTE, S.ARRIVED), S.RELEASED, "ReleaseResource"
    ),
    "return": Step(
        Text("已归建", "returned"), Side.HELPER, (S.RELEASED,), S.RETURNED, "ReportResourceDeploymentStatus"
    ),
}
STATE_NAMES: Mapping[State, Text] = {
    S.REQUESTED: Text("已请求", "requested"),
    S.OFFERED: Text("可提供", "offered"),
    S.REFUSED: Text("不能提供", "refused"),
    S.WITHDRAWN: Text("已撤回", "withdrawn"),
    S.COMMITTED: Text("已承诺", "committed"),
    S.EN_ROUTE: Text("在途", "en route"),
    S.ARRIVED: Text("已到达", "arrived"),
    S.RELEASED: Text("已同意撤离", "released"),
    S.RETURNED: Text("已归建", "returned"),
}
OVER = frozenset({S.REFUSED, S.WITHDRAWN, S.RETURNED})


class WrongStep(Refused):
    """Refuse a step that does not follow from where a request stands."""


class StepIncomplete(Refused):
    """Refuse a step without what must be said with it."""

    status = 422


def steps_from(state: State) -> tuple[str, ...]:
    """Return the steps that may follow, in order."""
    return tuple(name for name, step in STEPS.items() if state in step.since)


def after(state: State, name: str) -> State:
    """Return where a request stands after a step; raise WrongStep."""
    step = STEPS.get(name)
    if step is None or state not in step.since:
        known = "、".join(STEPS[one].name.zh for one in steps_from(state)) or "（已办结）"
        known_en = ", ".join(STEPS[one].name.en for one in steps_from(state)) or "nothing, it is over"
        raise WrongStep(
            zh=f"请求目前“{STATE_NAMES[state].zh}”，不能这样办。现在可以：{known}。",
            en=f"The request is {STATE_NAMES[state].en}, so this cannot be done. What can follow now: {known_en}.",
        )
    return step.to or state
