"""The dry run of an import, slice by slice: its rows are read, and what each would do is said; nothing is written."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from youbei.actions.sheets import holding_lines, lines, reading
from youbei.actions.sheets.judge import Judge, Judged
from youbei.actions.sheets.notes import NOTE_COUNT
from youbei.engine.registers.register import Register
from youbei.engine.text import Text
from youbei.records.models import Job, SheetImport, Site, StockLot
from youbei.records.registers.pages import called
from youbei.records.registers.tables import register_called
from youbei.records.registers.values import as_json

BATCH = 1000
SAMPLES = 20
# What the preview keeps of quantities that differ: the first of them, and how many by site.
DIFFERING, PLACES = "differing", "differing_at"


def check_slice(job: Job, now: datetime) -> bool:
    """Read the next rows or, once all are read, judge the next; return whether these were the last."""
    sheet = SheetImport.objects.select_for_update(of=("self",)).select_related("by").get(pk=job.subject_id)
    register = register_called(sheet.register)
    if "offset" not in job.state:
        if reading.read_slice(job, sheet, register):
            sheet.rows = job.total = job.done - sheet.samples.get(NOTE_COUNT, 0)
            sheet.save(update_fields=["rows"])
            job.state, job.done = {"offset": 0, "size": 0}, 0
        return False
    batch, behind = lines.some_lines(sheet, job.state["offset"], BATCH)
    own = lines.codes_among(sheet, register, batch)
    judge = Judge(register, lines.columns(sheet), job.by, own, now=now)
    held = job.state.get("held", 0)
    judge.held_before = lambda persons: holding_lines.held_by(sheet, held, persons)
    judged = judge.judge(batch)
    refused = [as_entry(one) for one in judged if one.problems]
    job.state = {
        "offset": behind[-1] if behind else job.state["offset"],
        "size": lines.keep_refused(sheet, job.state["size"], refused),
        "held": holding_lines.keep_held(sheet, held, judged),
    }
    job.done += len(batch)
    count(sheet, judged)
    keep_samples(sheet, register, judged)
    if len(batch) < BATCH:
        sheet.stage = SheetImport.Stage.CHECKED
        sheet.save()
        return True
    sheet.save()
    return False


def refers_to_itself(register: Register) -> bool:
    return any(field.refers_to == register.name for field in register.references)


def count(sheet: SheetImport, judged: list[Judged]) -> None:
    for one in judged:
        setattr(sheet, one.what, getattr(sheet, one.what) + 1)
        sheet.differing += one.stated is not None and not one.problems


def as_entry(one: Judged) -> dict[str, Any]:
    return {
        "number": one.line.number,
        "cells": list(one.line.cells),
        "problems": [[name, why.zh, why.en] for name, why in one.problems],
    }


def keep_samples(sheet: SheetImport, register: Register, judged: list[Judged]) -> None:
    """Keep the first rows of each sort for the preview; personal values are left out of it."""
    keep_differing(sheet, register, judged)
    for one in judged:
        kept = sheet.samples.setdefault(one.what, [])
        if len(kept) >= SAMPLES or one.what == "unchanged":
            continue
        if one.what == "refused":
            kept.append(as_entry(one))
            continue
        shown = [name for name in one.fields_changed if name not in register.personal]
        kept.append(
            {
                "number": one.line.number,
                "name": name_in_preview(register, one).as_data(),
                "before": as_json({name: one.before.get(name) for name in shown}),
                "after": as_json({name: one.after[name] for name in shown}),
            }
        )


def keep_differing(sheet: SheetImport, register: Register, judged: list[Judged]) -> None:
    """Keep where quantities differ from the ledger, and how many there, and the first of them."""
    for one in judged:
        if one.stated is None or one.problems or not isinstance(one.row, StockLot):
            continue
        where = one.row.site
        places = sheet.samples.setdefault(PLACES, {})
        if where.code in places or len(places) < SAMPLES:
            place = places.setdefault(where.code, {**place_name(where), "count": 0})
            place["count"] += 1
        kept = sheet.samples.setdefault(DIFFERING, [])
        if len(kept) < SAMPLES:
            said = as_json({"stood": one.row.quantity, "stated": one.stated})
            name = called(register, one.row).as_data()
            kept.append({"number": one.line.number, "name": name, "site": place_name(where), **said})


def place_name(site: Site) -> dict[str, str]:
    return {"zh": site.name_zh, "en": site.name_en or site.name_zh}


def name_in_preview(register: Register, one: Judged) -> Text:
    """Name a record as it would be; one that waits for another of the same sheet has no name yet."""
    if not one.after:
        return Text()
    return called(register, one.row) if one.row is not None else register.name_of(one.after)


def given_up(job: Job, is_cancelled: bool) -> None:
    """Leave the import where it can be checked again."""
    reading.forget(job.pk)
    stage = SheetImport.Stage.UPLOADED if is_cancelled else SheetImport.Stage.FAILED
    SheetImport.objects.filter(pk=job.subject_id).update(stage=stage)
