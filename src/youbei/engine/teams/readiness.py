"""What keeps a team from being what it should be, each as a sentence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from youbei.engine.teams.selection import Selection
from youbei.engine.text import Text

# Assumption: a month is what a renewal of insurance or grade takes to arrange.
SOON = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Equipment:
    """An item of a team's list: how much it must have, has, and can use (None where nobody has said)."""

    item: Text
    unit: Text
    required: Decimal
    present: Decimal
    serviceable: Decimal | None = None

    @property
    def short(self) -> Decimal:
        return max(self.required - self.present, Decimal(0))

    @property
    def unserviceable(self) -> Decimal:
        return max(self.present - self.serviceable, Decimal(0)) if self.serviceable is not None else Decimal(0)

    @property
    def lacking(self) -> Decimal:
        """Return how much of what is required cannot be used now."""
        usable = self.present if self.serviceable is None else min(self.serviceable, self.present)
        return max(self.required - usable, Decimal(0))


@dataclass(frozen=True, slots=True)
class Standing:
    """A team as it stands on a day. `reviews_due` are (what, day) of the reviews that come next."""

    strength: int
    required_strength: int | None = None
    equipment: tuple[Equipment, ...] = ()
    selection: Selection | None = None
    insurer: str = ""
    insured_until: date | None = None
    grade_until: date | None = None
    reviews_due: tuple[tuple[Text, date], ...] = ()
    has_passed_last_review: bool = True


@dataclass(frozen=True, slots=True)
class Lack:
    """One thing that is not as it should be. `is_serious`: people would go out unready or unprotected."""

    text: Text
    is_serious: bool = True


def lacks(team: Standing, on: date) -> tuple[Lack, ...]:
    """Say what is missing, the serious first; empty where the team is what it should be."""
    found = [*people_lacks(team), *equipment_lacks(team.equipment), *paper_lacks(team, on)]
    return tuple(sorted(found, key=lambda one: not one.is_serious))


def people_lacks(team: Standing) -> Iterator[Lack]:
    if team.required_strength is not None and team.strength < team.required_strength:
        short = team.required_strength - team.strength
        yield Lack(
            Text(
                f"编制 {team.required_strength} 人，缺 {short} 人",
                f"{short} of {team.required_strength} people short",
            )
        )
    for gap in team.selection.gaps if team.selection else ():
        name = gap.role.name
        yield Lack(
            Text(
                f"岗位“{name.zh}”需 {gap.role.needed} 人，合格人员缺 {gap.short} 人",
                f"{name.en or name.zh}: {gap.short} of {gap.role.needed} places without a qualified person",
            )
        )


def equipment_lacks(equipment: Sequence[Equipment]) -> Iterator[Lack]:
    for one in equipment:
        zh, en = one.item.zh, one.item.en or one.item.zh
        if one.short:
            yield Lack(
                Text(
                    f"{zh}缺 {said(one.short)} {one.unit.zh}（应配 {said(one.required)}）",
                    f"{en}: {said(one.short)} of {said(one.required)} missing",
                )
            )
        if one.unserviceable:
            yield Lack(
                Text(
                    f"{zh}有 {said(one.unserviceable)} {one.unit.zh}不能使用",
                    f"{en}: {said(one.unserviceable)} unserviceable",
                ),
                is_serious=one.lacking > 0,
            )


def paper_lacks(team: Standing, on: date) -> Iterator[Lack]:
    """Insurance, grade and reviews. Source: 突发事件应对法 (2024), Art. 40: members of teams are to be insured."""
    if team.insured_until is None:
        yield Lack(Text("没有登记队员人身意外伤害保险", "no accident insurance of its members is entered"))
    elif team.insured_until < on:
        yield Lack(Text(f"人身意外伤害保险已于 {team.insured_until} 到期", f"insurance ended on {team.insured_until}"))
    elif team.insured_until < on + SOON:
        yield Lack(
            Text(f"保险将于 {team.insured_until} 到期", f"insurance ends on {team.insured_until}"), is_serious=False
        )
    if team.grade_until is not None and team.grade_until < on:
        yield Lack(
            Text(f"等级评定已于 {team.grade_until} 失效", f"the grade lapsed on {team.grade_until}"), is_serious=False
        )
    for what, due in team.reviews_due:
        if due < on:
            yield Lack(
                Text(
                    f"{what.zh}应于 {due} 前进行，已逾期 {(on - due).days} 天",
                    f"{what.en.lower()} was due on {due}, {(on - due).days} days ago",
                ),
                is_serious=False,
            )
    if not team.has_passed_last_review:
        yield Lack(Text("最近一次评定不合格", "the last review was not passed"))


def said(amount: Decimal) -> str:
    return format(amount.normalize(), "f")
