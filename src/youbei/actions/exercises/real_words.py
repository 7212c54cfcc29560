"""What those in an exercise are told when something real breaks in: to whom it concerns as real, to others as exercise.

Whoever a real incident is not of is told that there is one, not which: a unit's incidents are its own.
"""

from __future__ import annotations

from datetime import datetime

from youbei.actions.exercises.telling import tell_listed
from youbei.actions.outbox import post_message
from youbei.engine.alerts.route import Outgoing
from youbei.engine.clock import Mode
from youbei.engine.text import Text
from youbei.records.models import Exercise, ExerciseUnit, Incident
from youbei.records.reports.names import name_of
from youbei.records.reports.written_to import address_of


def titled(row: Exercise) -> Text:
    return Text(row.title_zh, row.title_en or row.title_zh)


def which(incident: Incident | None) -> Text:
    if incident is None:
        return Text("发生真实情况。", "Something real has happened.")
    return Text(
        f"发生真实事件 {incident.number}：{incident.title}。", f"Real incident {incident.number}: {incident.named.en}."
    )


def suspended(row: Exercise, incident: Incident | None) -> Outgoing:
    title, real = titled(row), which(incident)
    return Outgoing(
        Text("演练暂停，这不是演习", "The exercise is suspended. This is real."),
        Text(
            f"{real.zh}《{title.zh}》立即暂停：请停止演练行动，解除演练任务，按实战岗位待命。是否恢复另行通知。",
            f"{real.en} The exercise “{title.en}” is suspended: stop all exercise activity. You are released from it "
            "and stand by at your real post. You will be told whether it goes on.",
        ),
    )


def called_away(row: Exercise, incident: Incident | None) -> Outgoing:
    title, real = titled(row), which(incident)
    return Outgoing(
        Text("本单位退场，这不是演习", "Your unit leaves the exercise. This is real."),
        Text(
            f"{real.zh}本单位人员立即退出演练《{title.zh}》：请停止演练行动，解除演练任务，按实战岗位待命。",
            f"{real.en} Your unit leaves the exercise “{title.en}” at once: stop all exercise activity. You are "
            "released from it and stand by at your real post.",
        ),
    )


def others_away(row: Exercise, unit: ExerciseUnit) -> Outgoing:
    title, name = titled(row), name_of(unit.organisation)
    return Outgoing(
        Text("有单位因真实情况退场", "A unit was called away for something real"),
        Text(
            f"{name.zh}因真实情况退出演练《{title.zh}》，其人员不再参演，请勿向其派发演练任务。其他单位继续演练。",
            f"{name.en or name.zh} was called away from the exercise “{title.en}” for something real. Its people do "
            "not play: give them nothing to do. The others go on.",
        ),
    )


def others_back(row: Exercise, unit: ExerciseUnit) -> Outgoing:
    title, name = titled(row), name_of(unit.organisation)
    return Outgoing(
        Text("单位归队继续演练", "A unit is back in the exercise"),
        Text(f"{name.zh}恢复参加演练《{title.zh}》。", f"{name.en or name.zh} is back in the exercise “{title.en}”."),
    )


def goes_on(row: Exercise) -> Outgoing:
    title = titled(row)
    return Outgoing(
        Text("演练恢复", "The exercise goes on"),
        Text(
            f"演练《{title.zh}》从暂停处恢复进行。仍在处置真实事件的人员不要参加，请告知导控组。",
            f"The exercise “{title.en}” goes on from where it stopped. Whoever is still at work on something real "
            "stays out of it and tells the controllers.",
        ),
    )


def tell_side(row: Exercise, unit: ExerciseUnit | None, said: Outgoing, *, key: str, now: datetime) -> None:
    """Tell those whom one unit has listed, by real messages: the unit that leads where `unit` is None."""
    listed = row.participants.filter(unit=unit)
    path = unit.org_path if unit else row.org_path
    tell_listed(listed, said, key=key, org_path=path, now=now, mode=Mode.REAL)


def tell_others(row: Exercise, unit: ExerciseUnit | None, said: Outgoing, *, key: str, now: datetime) -> None:
    """Tell, as exercise, everybody who is in it now, but for one unit's people; and the unit that leads."""
    present = row.participants.exclude(unit__state=ExerciseUnit.State.AWAY)
    if unit is not None:
        present = present.exclude(unit=unit)
    tell_listed(present, said, key=key, org_path=row.org_path, now=now)
    tell_leading_unit(row, said, key=key, now=now, mode=Mode.EXERCISE)


def tell_leading_unit(row: Exercise, said: Outgoing, *, key: str, now: datetime, mode: Mode) -> None:
    """Tell the unit that leads, whose director need not be on any list."""
    recipient = f"agency:{row.organisation.code}"
    post_message(
        key=f"{key}:{recipient}",
        org_path=row.org_path,
        recipient=recipient,
        address=address_of(row.organisation),
        said=said,
        now=now,
        mode=mode,
        is_enrolled=mode is Mode.EXERCISE,
    )
