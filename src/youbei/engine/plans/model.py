"""The plan language as data: what a plan is, before anyone reads it from a file or runs it.

All of it is frozen and compares by value, so a plan can be hashed, pinned to a version and compared with another.
Identifiers (`id`) are lower-case slugs, unique in their list and stable over versions.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import IntEnum, StrEnum

from youbei.engine.conditions import Always, Condition, Value
from youbei.engine.places import Point
from youbei.engine.text import Text


class PlanKind(StrEnum):
    """综合应急预案, 专项应急预案, 现场处置方案. Source: GB/T 29639-2020, 5.1."""

    COMPREHENSIVE = "comprehensive"
    SPECIAL = "special"
    ON_SITE = "on_site"


class LevelNumber(IntEnum):
    """Response levels; I is the most severe. Source: 突发事件应对法 (2024), Art 71."""

    I = 1
    II = 2
    III = 3
    IV = 4


class Stage(StrEnum):
    """Stages of a plan's legal life, in their usual order."""

    DRAFTED = "drafted"
    REVIEWED = "reviewed"
    SIGNED = "signed"
    PUBLISHED = "published"
    FILED = "filed"
    EVALUATED = "evaluated"
    REVISED = "revised"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class LifeEvent:
    """Record one stage: when, by whom, and for a filing its number and authority."""

    stage: Stage
    on: date
    by: Text = Text()
    number: str = ""
    authority: Text = Text()
    note: Text = Text()


@dataclass(frozen=True, slots=True)
class Chapter:
    """One chapter of the plan's text; `clause` is its number in GB/T 29639-2020, such as `6.3.4`."""

    clause: str
    title: Text
    body: Text


@dataclass(frozen=True, slots=True)
class Level:
    """One response level: when it applies, whether it may be raised without a person, who may lower or end it.

    `may_lower` and `may_end` hold post ids. Raising automatically means: at the instant `when` becomes true.
    """

    number: LevelNumber
    when: Condition
    is_automatic: bool = False
    may_lower: tuple[str, ...] = ()
    may_end: tuple[str, ...] = ()
    measures: Text = Text()


class HolderKind(StrEnum):
    PERSON = "person"
    OFFICE = "office"
    DUTY_POST = "duty_post"
    AGENCY = "agency"


@dataclass(frozen=True, slots=True)
class Holder:
    """Say who fills a post: a person, an office (whoever heads it), a duty post (whoever is on duty), or an agency.

    `ref` is the register's code for it, such as `office:haizhou-emb/director` or `agency:haizhou-fire`.
    """

    kind: HolderKind
    ref: str

    @property
    def code(self) -> str:
        """Return the holder as runs and messages name it: `person:<code>`, `agency:<code>`, or a post's own code."""
        bare = self.ref.partition(":")[2] or self.ref
        prefix = {HolderKind.PERSON: "person:", HolderKind.AGENCY: "agency:"}.get(self.kind, "")
        return prefix + bare


class PostRole(StrEnum):
    COMMANDER = "commander"
    DEPUTY = "deputy"
    GROUP = "group"
    OFFICER = "officer"


@dataclass(frozen=True, slots=True)
class Post:
    """One post in the plan's command structure.

    `ics` is the ICS position it corresponds to, as a slug (`operations_section_chief`), or empty. Deputies are tried
    in order. `qualifications` are slugs of certificates that a holder must have.
    """

    id: str
    title: Text
    role: PostRole
    holder: Holder | None = None
    deputies: tuple[Holder, ...] = ()
    ics: str = ""
    qualifications: tuple[str, ...] = ()
    duties: Text = Text()
    from_level: LevelNumber = LevelNumber.IV


@dataclass(frozen=True, slots=True)
class Start:
    """Say what starts a step. Everything given must hold; nothing given means: on activation.

    after: steps that must be finished or skipped (`after_any`: one of them is enough).
    when: a condition that must be true at that instant.
    delay: time to wait after the moment `since` (a name as in `conditions.MOMENTS`).
    """

    after: tuple[str, ...] = ()
    after_any: tuple[str, ...] = ()
    when: Condition | None = None
    since: str = "activation"
    delay: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Deadline:
    """Limit a step to `limit` after the moment `since`; `opened` is the step's own opening.

    `rule` names the rule of law that asks for it, or is empty where the plan's authors chose it.
    """

    limit: timedelta
    since: str = "opened"
    rule: str = ""


class DurationShape(StrEnum):
    FIXED = "fixed"
    TRIANGULAR = "triangular"
    LOGNORMAL = "lognormal"


class DurationSource(StrEnum):
    ASSUMPTION = "assumption"
    DRILL = "drill"
    INCIDENT = "incident"
    STANDARD = "standard"


@dataclass(frozen=True, slots=True)
class Duration:
    """Say how long something takes, and how we know.

    fixed: `likely`. triangular: `low`, `likely` (the mode), `high`. lognormal: `likely` is the median and `spread`
    the geometric standard deviation (> 1). `source` and `note` tell where the figure comes from.
    """

    shape: DurationShape = DurationShape.FIXED
    likely: timedelta = timedelta(0)
    low: timedelta = timedelta(0)
    high: timedelta = timedelta(0)
    spread: float = 1.0
    source: DurationSource = DurationSource.ASSUMPTION
    note: Text = Text()


@dataclass(frozen=True, slots=True)
class Need:
    """Ask for teams with a capability, or for a quantity of an item; exactly one of the two.

    `count` is the number of teams. `quantity` is in the item's own unit. `place` is `incident` or a site's code.
    `within` counts from the opening of the step.
    """

    id: str
    capability: str = ""
    count: int = 0
    item: str = ""
    quantity: float = 0.0
    place: str = "incident"
    within: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Tell:
    """Tell someone something when the step opens. `to` is a post id, `public`, or a register code (`agency:...`)."""

    to: str
    message: Text


@dataclass(frozen=True, slots=True)
class ReportUp:
    """Report to a superior or another authority when the step is finished; `rule` is the law that asks for it."""

    to: str
    content: Text
    rule: str = ""


class Done(StrEnum):
    """How a step is known to be done."""

    CONFIRMED = "confirmed"
    NEEDS_ARRIVED = "needs_arrived"
    CONDITION = "condition"


class ClimbTo(StrEnum):
    OWNER = "owner"
    DEPUTY = "deputy"
    COMMANDER = "commander"
    SUPERIOR = "superior"


@dataclass(frozen=True, slots=True)
class Climb:
    """When a step is `after` past its deadline, remind its owner or tell someone above."""

    after: timedelta
    to: ClimbTo


class Phase(StrEnum):
    RESPONSE = "response"
    RECOVERY = "recovery"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to be done, by one post, from a level on (IV means: at every level)."""

    id: str
    title: Text
    owner: str
    from_level: LevelNumber = LevelNumber.IV
    start: Start = Start()
    within: Deadline | None = None
    takes: Duration = Duration()
    needs: tuple[Need, ...] = ()
    tells: tuple[Tell, ...] = ()
    reports: tuple[ReportUp, ...] = ()
    card: Text = Text()
    done: Done = Done.CONFIRMED
    done_when: Condition | None = None
    late: tuple[Climb, ...] = ()
    phase: Phase = Phase.RESPONSE
    clause: str = ""


@dataclass(frozen=True, slots=True)
class End:
    """Say when the response may end, and who decides; the decision itself is always a person's."""

    when: Condition = Always()
    by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """Tie this plan to another: propose it once `when` holds. `relation` is superior, parallel or on_site."""

    plan: str
    relation: str
    when: Condition = Always()


@dataclass(frozen=True, slots=True)
class ScenarioFact:
    """Let a fact become known `after` the start of a scenario."""

    after: timedelta
    key: str
    value: Value


@dataclass(frozen=True, slots=True)
class Scenario:
    """A design-basis course of events, on which the plan is simulated and rehearsed."""

    id: str
    title: Text
    facts: tuple[ScenarioFact, ...] = ()
    place: Point | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """A whole plan. `organisation` is the code of the unit whose plan it is; `superior` that of whom it reports to."""

    id: str
    version: str
    kind: PlanKind
    title: Text
    organisation: str
    hazards: tuple[str, ...] = ()
    superior: str = ""
    life: tuple[LifeEvent, ...] = ()
    chapters: tuple[Chapter, ...] = ()
    levels: tuple[Level, ...] = ()
    posts: tuple[Post, ...] = ()
    steps: tuple[Step, ...] = ()
    end: End = field(default_factory=End)
    links: tuple[Link, ...] = ()
    scenarios: tuple[Scenario, ...] = ()

    def step(self, step_id: str) -> Step:
        """Return a step by id; raise KeyError where the plan has none of that id."""
        for step in self.steps:
            if step.id == step_id:
                return step
        raise KeyError(step_id)

    def post(self, post_id: str) -> Post:
        for post in self.posts:
            if post.id == post_id:
                return post
        raise KeyError(post_id)

    @property
    def commander(self) -> Post | None:
        return next((post for post in self.posts if post.role is PostRole.COMMANDER), None)
