"""The demo city's past, and the exercise that is running: told in content/demo/history.toml, played here."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from youbei import content
from youbei.actions.activation import activate_plan
from youbei.actions.deliver import deliver_due
from youbei.actions.exercises.coverage import enrol_by_post
from youbei.actions.exercises.keeping import library_script, plan_exercise
from youbei.actions.exercises.leading import close_exercise, end_exercise, start_exercise
from youbei.actions.incidents import add_facts, close_incident, report_incident
from youbei.actions.resources import release_resource
from youbei.actions.runs import assess_run, end_response, finish_step, raise_level, record_deviation, skip_step
from youbei.actions.stock.verbs import receive
from youbei.demo.city import point
from youbei.demo.play import Play
from youbei.engine.plans.model import Phase
from youbei.records.load import load_plan
from youbei.records.models import Assignment, Incident, Message, Organisation, Plan, Run, RunStep, StockLot, User

Row = Mapping[str, Any]
Happening = tuple[datetime, Callable[[], None]]
PASSED_ON = timedelta(minutes=2)
FAR = datetime.max.replace(tzinfo=UTC)


def play_history(now: datetime, users: Mapping[str, User], others: Sequence[Happening] = ()) -> None:
    """Play every incident of the past and what else happened, all of it together in the order of time, up to now."""
    rows = content.demo_table("history")["incidents"]
    plays: list[Play] = []

    def start(row: Row, at: datetime, seed: int) -> None:
        plays.append(begin(row, at, by=users[row["by"]], seed=seed))

    incidents: list[Happening] = [
        (started_at(row, now), partial(start, row, started_at(row, now), seed)) for seed, row in enumerate(rows, 1)
    ]
    ahead = deque(sorted([*incidents, *others], key=lambda one: one[0]))
    while True:
        play = min(plays, key=lambda one: one.next_moment() or FAR, default=None)
        moment = (play.next_moment() if play else None) or FAR
        if ahead and ahead[0][0] <= moment:
            at, happen = ahead.popleft()
            happen()
            keep_messages(at)
        elif play is None or moment > now:
            return
        else:
            play.go_on(moment)
            keep_messages(moment)


def begin(row: Row, start: datetime, *, by: User, seed: int) -> Play:
    """Report an incident, or begin an exercise of the library, and note what will be done about it."""
    incident = begun(row, start, by=by) if "library" in row else reported(row, start, by=by)
    play = Play(incident, by, seed, row.get("slow", {}), says_started="minutes_ago" in row)
    for cue in row["cues"]:
        play.add(start + timedelta(minutes=cue["minute"]), actor(incident, cue, by))
    return play


def begun(row: Row, start: datetime, *, by: User) -> Incident:
    """Begin an exercise of the library with whoever fills the posts of its plan, and return what it plays."""
    script = library_script(row["library"])
    exercise = plan_exercise(by=by, now=start, script=script, planned_at=start)
    enrol_by_post(by=by, now=start, exercise=exercise)
    incident = start_exercise(by=by, now=start, exercise=exercise).incident
    if incident is None:
        raise ValueError(f"{row['library']} has no script")
    return incident


def reported(row: Row, start: datetime, *, by: User) -> Incident:
    return report_incident(
        by=by,
        now=start,
        organisation=Organisation.objects.get(code=row["unit"]),
        category=content.incident_kinds()[row["kind"]].category.value,
        kind=row["kind"],
        title=row["title"]["zh"],
        title_en=row["title"]["en"],
        description=row["description"],
        place=row["place"],
        point=point(*row["site"]),
        known_at=start - PASSED_ON,
        source=row.get("source", "phone"),
        reporter=row.get("reporter", ""),
        facts=row["facts"],
        mode=row["mode"],
        enrolled=row.get("enrolled", ()),
    )


def started_at(row: Row, now: datetime) -> datetime:
    if "minutes_ago" in row:
        return now - timedelta(minutes=row["minutes_ago"])
    hour, minute = map(int, row["at"].split(":"))
    day = now.astimezone(ZoneInfo(settings.TIME_ZONE)) - timedelta(days=row["day"])
    return day.replace(hour=hour, minute=minute, second=0, microsecond=0)


def actor(incident: Incident, cue: Row, by: User) -> Callable[[datetime], object]:
    """Turn a cue into what somebody does at its time."""

    def act(now: datetime) -> None:
        for name, do in CUES.items():
            if name in cue:
                do(incident, cue, by, now)

    return act


def latest_run(incident: Incident) -> Run:
    return Run.objects.filter(incident=incident).order_by("pk").reverse()[0]


def say(incident: Incident, cue: Row, by: User, now: datetime) -> None:
    add_facts(by=by, now=now, incident=incident, facts=cue["facts"], source="现场 / scene")


def start_plan(incident: Incident, cue: Row, by: User, now: datetime) -> None:
    version = Plan.objects.select_related("current").get(code=cue["plan"]).current
    if version is not None:
        activate_plan(by=by, now=now, incident=incident, plan_version=version, reason=cue["reason"])


def lift_level(incident: Incident, cue: Row, by: User, now: datetime) -> None:
    raise_level(by=by, now=now, run=latest_run(incident), level=cue["level"], reason=cue["reason"])


def leave_out(incident: Incident, cue: Row, by: User, now: datetime) -> None:
    skip_step(by=by, now=now, run=latest_run(incident), step=cue["skip"], reason=cue["reason"])


def deviate(incident: Incident, cue: Row, by: User, now: datetime) -> None:
    record_deviation(by=by, now=now, run=latest_run(incident), subject=cue["subject"], text=cue["deviate"])


def end(incident: Incident, cue: Row, by: User, now: datetime) -> None:
    """End the response and let everything go."""
    run = latest_run(incident)
    end_response(by=by, now=now, run=run, reason=cue["end"])
    let_go(run, by, now)


def let_go(run: Run, by: User, now: datetime) -> None:
    """Release what an ended response holds, and take back into the stores what is washed, filled and used again."""
    held = list(Assignment.objects.filter(run=run, released_at__isnull=True))
    before = dict(StockLot.objects.filter(assignments__in=held).values_list("pk", "quantity"))
    for one in held:
        release_resource(by=by, now=now, run=run, assignment=one.code, reason="响应终止 / response ended")
    for lot in StockLot.objects.filter(pk__in=before):
        if lot.quantity < before[lot.pk]:
            back = before[lot.pk] - lot.quantity
            receive(by=None, now=now, lot=lot.pk, quantity=back, supplier=f"run:{run.pk}")


def assess(incident: Incident, cue: Row, by: User, now: datetime) -> None:
    """Finish what recovery is left, then assess: nothing of an assessed response is still open."""
    run = latest_run(incident)
    recovery = {step.id for step in load_plan(run.plan_version).steps if step.phase is Phase.RECOVERY}
    for row in RunStep.objects.filter(run=run, step__in=recovery, status__in=("open", "started")):
        finish_step(by=by, now=now, run=run, step=row.step)
    assess_run(by=by, now=now, run=run, rating=cue["assess"], text=cue["text"])


def endex(incident: Incident, cue: Row, by: User, now: datetime) -> None:
    end_exercise(by=by, now=now, exercise=incident.exercise, reason=cue["endex"])
    let_go(latest_run(incident), by, now)


def filed(incident: Incident, cue: Row, by: User, now: datetime) -> None:
    close_exercise(by=by, now=now, exercise=incident.exercise)


def close(incident: Incident, cue: Row, by: User, now: datetime) -> None:
    close_incident(by=by, now=now, incident=incident, reason=cue["close"])


CUES: Mapping[str, Callable[[Incident, Row, User, datetime], None]] = {
    "facts": say,
    "plan": start_plan,
    "level": lift_level,
    "skip": leave_out,
    "deviate": deviate,
    "end": end,
    "endex": endex,
    "assess": assess,
    "close": close,
    "filed": filed,
}


def keep_messages(now: datetime) -> None:
    """Let what was told then be recorded and not sent: nobody in Haizhou has a telephone."""
    number = Message.objects.filter(status=Message.Status.QUEUED).update(channel="recording")
    if number:
        deliver_due(now, limit=number)
