"""Refusals that several commands share."""

from __future__ import annotations

from youbei.engine.errors import Refused
from youbei.engine.run.state import RunPhase
from youbei.engine.run.work import Work


class RunRefused(Refused):
    """Refuse a command that the run, as it stands, does not allow."""


class RunNotActive(RunRefused):
    """Refuse what only a running response allows."""


class ReasonMissing(RunRefused):
    """Refuse what must be explained, and is not."""


def need_begun(work: Work) -> None:
    """Refuse unless the plan was activated; ended runs pass."""
    if work.state.phase is RunPhase.NEW:
        raise RunNotActive(
            zh="预案尚未启动，不能进行此操作。请先启动预案。",
            en="This cannot be done: the plan has not been activated. Activate it first.",
        )


def need_response(work: Work) -> None:
    """Refuse unless the response is under way."""
    need_begun(work)
    if work.state.phase is not RunPhase.ACTIVE:
        raise RunNotActive(
            zh="响应已经终止，不能再进行此操作。事态再起时，请重新启动预案。",
            en="This cannot be done: the response has ended. If the emergency flares up again, activate the plan anew.",
        )


def need_reason(reason: str, *, zh: str, en: str) -> None:
    """Refuse an empty reason; `zh` and `en` name what is to be explained."""
    if not reason.strip():
        raise ReasonMissing(
            zh=f"{zh}须写明原因。请填写原因后重试。", en=f"{en} needs a reason. State it and try again."
        )
