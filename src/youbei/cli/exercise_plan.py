"""The plan that an exercise tests, for the commands that need it: a file, the register, or the plans that ship."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from youbei.cli.data import database, has_database
from youbei.cli.options import Say, read_input
from youbei.engine.errors import NotFound

if TYPE_CHECKING:
    from youbei.engine.plans.model import Plan


def add_plan(command: argparse.ArgumentParser, say: Say) -> None:
    text = say("预案文件（默认按标识查找）", "plan file (default: by its id)")
    command.add_argument("--plan", metavar="FILE", help=text)


def find_plan(options: argparse.Namespace, plan_id: str) -> Plan:
    """Return the plan under test: from the file named, the register, or the plans that ship; raise NotFound."""
    from youbei import content
    from youbei.engine.plans.read import read_plan

    if options.plan:
        return read_plan(read_input(options.plan))
    if has_database(options.data):
        with database(options.data):
            from youbei.records.load import load_plan
            from youbei.records.models import Plan as PlanRow

            row = PlanRow.objects.filter(code=plan_id, current__isnull=False).select_related("current").first()
            if row is not None and row.current is not None:
                return load_plan(row.current)
    for text in content.plan_texts().values():
        plan = read_plan(text)
        if plan.id == plan_id:
            return plan
    raise NotFound(
        zh=f"找不到受检验的预案“{plan_id}”。请用 --plan 给出预案文件，或先将其入库。",
        en=f"The plan under test, {plan_id!r}, is not known. Name its file with --plan, or import it first.",
    )
