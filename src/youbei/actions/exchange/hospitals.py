"""Take in what another system says of hospitals: into the register of beds, as of the time that it names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from django.db import transaction

from youbei.actions import clock
from youbei.actions.registers.save import save_record
from youbei.engine.access import Permission
from youbei.engine.errors import NotAllowed, Refused
from youbei.engine.exchange.have_read import HospitalReport, ReportedBeds
from youbei.engine.text import Text
from youbei.records.models import BedCapacity, Site, User
from youbei.records.models.scope import Registered
from youbei.records.registers.tables import register_called

SOURCE = "exchange"
# Assumption: clocks of two systems differ by less; what lies further ahead is no time at which anything was seen.
CLOCKS_DIFFER = timedelta(minutes=5)
# Assumption: whoever sends, and what lies between, waits for an answer as long as that.
PATIENCE = timedelta(seconds=20)
Outcome = Literal["taken", "unchanged", "unknown", "not_permitted", "older", "impossible"]


@dataclass(frozen=True, slots=True)
class HospitalResult:
    """What became of a report: `taken` names what is in the register now, `older` what the register knew later.

    `passed_over` names what the register has no place for. `why` is a sentence where nothing was taken.
    """

    code: str
    outcome: Outcome
    why: Text = Text()
    taken: tuple[str, ...] = ()
    older: tuple[str, ...] = ()
    passed_over: tuple[str, ...] = ()


@dataclass(slots=True)
class Taking:
    """A report on its way into the register."""

    report: HospitalReport
    at: datetime
    by: User
    now: datetime
    taken: list[str] = field(default_factory=list)
    older: list[str] = field(default_factory=list)
    passed_over: list[str] = field(default_factory=list)


def take_hospitals(
    *, reports: Sequence[HospitalReport], by: User, now: datetime, after: int, most: int
) -> list[HospitalResult]:
    """Take in reports on hospitals, each by itself and whole or not at all; return what became of each.

    They are the ones behind the first `after`, `most` at most, and as many as come within PATIENCE: one at least.
    """
    met = {code for one in reports[:after] for code in one.codes[:1]}
    ends, done = clock.now() + PATIENCE, list[HospitalResult]()
    for one in reports[after : after + most]:
        done.append(take_hospital(one, met, by=by, now=now))
        if clock.now() >= ends:
            break
    return done


def take_hospital(report: HospitalReport, met: set[str], *, by: User, now: datetime) -> HospitalResult:
    said = report.codes[0] if report.codes else report.name
    site = site_of(report, by)
    if report.codes and site is None:
        return HospitalResult(
            said,
            "unknown",
            Text(
                "没有使用这个编码的医院，或您无权查看。请在场所登记册中核对编码。",
                "There is no hospital with this code that you may see. Check the code in the register of sites.",
            ),
        )
    if report.wrong or report.at is None or site is None:
        return impossible(said, report.wrong)
    if not by.may(Permission.EDIT_RESOURCE, site.org_path):
        return HospitalResult(
            site.code,
            "not_permitted",
            Text(
                "您的授权不允许更改这家医院。请由其单位授权。",
                "Your grants do not let you change this hospital. Ask its unit for one.",
            ),
        )
    if site.code in met:
        return impossible(site.code, Text("这份文件里已有这家医院", "the document names it twice"))
    met.add(site.code)
    if report.at > now + CLOCKS_DIFFER:
        ahead = f"{report.at:%Y-%m-%dT%H:%M:%SZ}"
        return impossible(
            site.code, Text(f"LastUpdateTime {ahead} 还没有到", f"LastUpdateTime {ahead} lies in the future")
        )
    taking = Taking(report, min(report.at, now), by, now)
    try:
        with transaction.atomic():
            take(taking, site.pk)
    except NotAllowed as refusal:
        return HospitalResult(site.code, "not_permitted", refusal.text)
    except Refused as refusal:
        return impossible(site.code, refusal.text)
    return result_of(site.code, taking)


def site_of(report: HospitalReport, by: User) -> Site | None:
    rows = Site.objects.visible_to(by).filter(kind=Site.Kind.HOSPITAL, retired_at=None, code__in=report.codes)
    found = {row.code: row for row in rows}
    return next((found[code] for code in report.codes if code in found), None)


def impossible(code: str, why: Text) -> HospitalResult:
    return HospitalResult(
        code,
        "impossible",
        Text(
            f"不可能属实，未采用：{why.zh.rstrip('。')}。请由对方核对后重发。",
            f"It cannot be true and was not taken: {why.en.rstrip('.')}. Let the other side check and send it again.",
        ),
    )


def result_of(code: str, taking: Taking) -> HospitalResult:
    passed = (*taking.report.passed_over, *taking.passed_over)
    taken, older = tuple(taking.taken), tuple(taking.older)
    if taken:
        return HospitalResult(code, "taken", Text(), taken, older, passed)
    if older:
        why = Text("登记册中的情况更新，未采用。", "The register knows newer figures; nothing was taken.")
        return HospitalResult(code, "older", why, taken, older, passed)
    return HospitalResult(code, "unchanged", Text(), taken, older, passed)


def take(taking: Taking, pk: int) -> None:
    """Write what is newer than what is known. The site is locked first: reports on it come one after another."""
    site = Site.objects.select_for_update(of=("self",), no_key=True).get(pk=pk)
    rows = {row.kind: row for row in BedCapacity.objects.select_for_update(of=("self",), no_key=True).filter(site=site)}
    for reported in taking.report.beds:
        take_beds(taking, site, rows.get(reported.kind), reported)
    take_state(taking, site)


def take_beds(taking: Taking, site: Site, row: BedCapacity | None, reported: ReportedBeds) -> None:
    if row is not None and row.retired_at is not None:
        taking.passed_over.append(reported.kind)
        return
    if row is None and reported.beds is None:
        # So many are free, but nobody ever said of how many.
        taking.passed_over.append(reported.kind)
        return
    values: dict[str, Any] = {}
    if reported.beds is not None and (row is None or reported.beds != row.beds):
        values["beds"] = reported.beds
    if reported.free is not None and (row is None or (reported.free, taking.at) != (row.free, row.free_at)):
        values |= {"free": reported.free, "free_at": taking.at}
    if row is not None and is_older(taking.at, row, values):
        taking.older.append(reported.kind)
        return
    if row is not None and not values:
        return
    new = {"site": site.code, "kind": reported.kind} if row is None else {}
    save(taking, "bed_capacity", new | values, row)
    taking.taken.append(reported.kind)


def is_older(at: datetime, row: BedCapacity, values: dict[str, Any]) -> bool:
    """Say whether the register knows later what a report would change: the free beds, or how many beds there are."""
    if "free" in values and row.free_at is not None and at < row.free_at:
        return True
    return "beds" in values and row.confirmed_at is not None and at < row.confirmed_at


def take_state(taking: Taking, site: Site) -> None:
    """Note whether the hospital is in operation; the same again confirms its entry as of then."""
    state = taking.report.operating
    if not state or (site.operating == state and site.confirmed_at is not None and taking.at <= site.confirmed_at):
        return
    if site.confirmed_at is not None and taking.at < site.confirmed_at:
        taking.older.append("operating")
        return
    save(taking, "site", {"operating": state}, site)
    taking.taken.append("operating")


def save(taking: Taking, register: str, values: dict[str, Any], row: Registered | None) -> None:
    """Save as of the time of the report; what the register has confirmed later stays confirmed as of then."""
    known_at = row.confirmed_at if row is not None else None
    save_record(
        register=register_called(register),
        values=values,
        by=taking.by,
        now=taking.now,
        pk=row.pk if row is not None else None,
        source=SOURCE,
        true_at=max(taking.at, known_at or taking.at),
    )
