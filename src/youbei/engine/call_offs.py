"""Calling off what an agreement promises: the states of a request, its clock, and when it cannot be made.

The states carry the message names of OASIS EDXL-RM 1.0 (2009), so that other systems know which exchange they mean.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from youbei.engine.agreements import Validity
from youbei.engine.errors import Refused
from youbei.engine.text import Text

# Assumption: where an agreement names no response time, a duty desk waits half an hour before it asks elsewhere.
USUAL_RESPONSE = timedelta(minutes=30)
MOST_CLIMBS = 3


class CallOffState(StrEnum):
    """How far a request has come. Late is no state: an unanswered request is late once its clock has run out."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    EN_ROUTE = "en_route"
    DELIVERED = "delivered"
    RETURNED = "returned"
    SETTLED = "settled"
    WITHDRAWN = "withdrawn"


S = CallOffState
STATE_NAMES: Mapping[CallOffState, Text] = {
    S.ASKED: Text("已请求，待答复", "asked"),
    S.ACCEPTED: Text("已同意", "accepted"),
    S.REFUSED: Text("已拒绝", "refused"),
    S.EN_ROUTE: Text("在途", "en route"),
    S.DELIVERED: Text("已到位", "delivered"),
    S.RETURNED: Text("已归还", "returned"),
    S.SETTLED: Text("已结算", "settled"),
    S.WITHDRAWN: Text("已撤回", "withdrawn"),
}
STEP_NAMES: Mapping[CallOffState, Text] = {
    S.EN_ROUTE: Text("已出发", "It has set off"),
    S.DELIVERED: Text("已到位", "It has arrived"),
    S.RETURNED: Text("已归还（归队）", "It has gone back"),
    S.SETTLED: Text("已结算", "It is settled"),
    S.WITHDRAWN: Text("撤回请求", "Withdraw the request"),
}
NEXT: Mapping[CallOffState, frozenset[CallOffState]] = {
    S.ASKED: frozenset({S.ACCEPTED, S.REFUSED, S.WITHDRAWN}),
    S.ACCEPTED: frozenset({S.EN_ROUTE, S.DELIVERED, S.WITHDRAWN}),
    S.REFUSED: frozenset(),
    S.EN_ROUTE: frozenset({S.DELIVERED, S.RETURNED}),
    S.DELIVERED: frozenset({S.RETURNED, S.SETTLED}),
    S.RETURNED: frozenset({S.SETTLED}),
    S.SETTLED: frozenset(),
    S.WITHDRAWN: frozenset(),
}
# What still holds a part of the agreed quantity.
HOLDING = (S.ASKED, S.ACCEPTED, S.EN_ROUTE)
# Source: OASIS EDXL-RM 1.0 (2009), section 3: the messages of resource management.
EDXL_RM: Mapping[CallOffState, str] = {
    S.ASKED: "RequestResource",
    S.ACCEPTED: "CommitResource",
    S.REFUSED: "ResponseToRequestResource",
    S.EN_ROUTE: "ReportResourceDeploymentStatus",
    S.DELIVERED: "ReportResourceDeploymentStatus",
    S.RETURNED: "ReportResourceDeploymentStatus",
    S.SETTLED: "",
    # With the recall (MessageRecall) of the request.
    S.WITHDRAWN: "RequestResource",
}


class CallOffRefused(Refused):
    """Refuse a request that the agreement does not carry, or a step that does not follow."""


def due_at(asked_at: datetime, response: timedelta | None) -> datetime:
    """Return by when the other side has to answer."""
    return asked_at + (response or USUAL_RESPONSE)


def next_climb_at(asked_at: datetime, due: datetime, climbed: int) -> datetime | None:
    """Return when an unanswered request climbs next: first when it is late, then after each further response time."""
    return due + climbed * (due - asked_at) if climbed < MOST_CLIMBS else None


def refuse_invalid(found: Validity, *, is_retired: bool) -> None:
    """Raise CallOffRefused unless an agreement is in force."""
    if is_retired or found is Validity.ENDED:
        raise CallOffRefused(
            zh="协议已到期或停用，不能据此请求。请续签，或改用别的协议、市场采购。",
            en="The agreement has ended or is out of use: nothing can be called off. Renew it, or use another one.",
        )
    if found is Validity.COMING:
        raise CallOffRefused(
            zh="协议尚未生效，不能据此请求。请改用别的协议，或与对方另行商定。",
            en="The agreement is not in force yet. Use another one, or settle it with the other side directly.",
        )


def refuse_too_much(wanted: Decimal, left: Decimal | None, unit: Text) -> None:
    """Raise CallOffRefused for more than is left under the agreement; `left` is None where nobody keeps count."""
    if wanted <= 0:
        raise CallOffRefused(zh="数量须大于零。请填写要多少。", en="The quantity must be above zero. Say how much.")
    if left is not None and wanted > left:
        has, asks = f"{left.normalize():f}", f"{wanted.normalize():f}"
        raise CallOffRefused(
            zh=f"协议项下只剩 {has} {unit.zh}，不够 {asks}。请减少数量，或另寻来源。",
            en=f"Only {has} {unit.en or unit.zh} are left under the agreement, not {asks}. Ask for less, "
            "or find another source.",
        )


def refuse_wrong_step(present: CallOffState, wanted: CallOffState) -> None:
    """Raise CallOffRefused unless `wanted` may follow `present`."""
    if wanted not in NEXT[present]:
        now, then = STATE_NAMES[present], STATE_NAMES[wanted]
        raise CallOffRefused(
            zh=f"这项请求目前“{now.zh}”，不能改为“{then.zh}”。请刷新后再看。",
            en=f"The request is {now.en} and cannot become {then.en}. Look at it again.",
        )
