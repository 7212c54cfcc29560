"""What people do by mistake, twice, too late or in each other's way."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.actions.town import Town, report_leak
from youbei.actions import access, incidents, resources, runs
from youbei.actions.registers import people as registers
from youbei.actions.running import posts_of
from youbei.engine.access import Role
from youbei.engine.errors import Refused
from youbei.records.holders import reader_of
from youbei.records.load import load_plan
from youbei.records.log import read_stream
from youbei.records.models import Incident, Organisation, Run, RunPost, Team, User
from youbei.records.reports.lanes import board_posts
from youbei.records.run_rows import rows_now


def test_a_post_is_not_handed_over_to_somebody_whom_no_register_knows(town: Town, run: Run, now: datetime) -> None:
    director = town.users["director"]
    for holder in ("agency:nowhere", "person:nobody", "town-emb/nobody", "吴大有"):
        with pytest.raises(Refused):
            runs.hand_over_post(by=director, now=now, run=run, post="desk", holder=holder)
    assert RunPost.objects.get(run=run, post="desk").holder == "town-emb/duty"


def test_what_a_deviation_is_about_is_kept_clean_and_short(town: Town, run: Run, now: datetime) -> None:
    director = town.users["director"]
    runs.record_deviation(by=director, now=now, run=run, subject="isolate\0", text="先洗消")
    assert read_stream(run.stream)[-1].data["subject"] == "isolate"
    with pytest.raises(Refused):
        runs.record_deviation(by=director, now=now, run=run, subject="x" * 1000, text="先洗消")


def test_a_title_that_nobody_can_see_is_no_title_and_none_turns_the_text_around(town: Town) -> None:
    for unseen in ("\u200b", "\u202e", "\u2066\u2069", "\ufeff \u3000"):
        with pytest.raises(Refused):
            report_leak(town, title=unseen)
    assert report_leak(town, title="𰻝䶮\u202e库氨泄漏").title == "𰻝䶮库氨泄漏"
    assert report_leak(town, title="ئاممىياك 👨\u200d🚒").title == "ئاممىياك 👨\u200d🚒"


def test_nothing_is_sent_to_a_step_of_the_response_once_it_has_ended(town: Town, run: Run, now: datetime) -> None:
    director = town.users["director"]
    runs.finish_step(by=director, now=now, run=run, step="alarm")
    runs.end_response(by=director, now=now, run=run, reason="已处置")
    team = town.teams[0]
    with pytest.raises(Refused):
        resources.assign_resource(by=director, now=now, run=run, need="isolate/team", resource=f"team:{team.pk}")
    team.refresh_from_db()
    assert team.status == Team.Status.AVAILABLE


def test_the_head_of_the_log_is_locked_after_the_runs_that_learn_of_a_fact(
    town: Town, run: Run, leak: Incident, now: datetime
) -> None:
    """The other way round, a fact and a step finished at the same moment would wait for each other for ever."""
    with CaptureQueriesContext(
        connection,
    ) as asked:
        incidents.add_facts(by=town.users["officer"], now=now, incident=leak, facts={"deaths": 1}, source="120")
    tables = [query["sql"] for query in asked]
    first_head = next(index for index, sql in enumerate(tables) if "records_loghead" in sql)
    first_run = next(index for index, sql in enumerate(tables) if 'FROM "records_run"' in sql)
    assert first_run < first_head


@pytest.mark.parametrize(("role", "may"), [(Role.OBSERVER, False), (Role.RESPONDER, True)])
def test_an_agency_is_filled_by_those_who_may_work_there_and_not_by_everybody_employed(
    town: Town, run: Run, now: datetime, role: Role, may: bool
) -> None:
    post = RunPost.objects.get(run=run, holder="agency:town-fire")
    brigade = Organisation.objects.get(code="town-fire")
    person = registers.create_person(by=None, now=now, organisation=brigade, code="shen", name_zh="沈一")
    user = access.create_user(by=None, now=now, username="shen", person=person, grants=((role, brigade),))
    user = User.objects.get(pk=user.pk)
    assert (post.post in posts_of(user, run, now)) is may
    shown = {
        row.id: row.is_mine for row in board_posts(rows_now(run), load_plan(run.plan_version), reader_of(user, now))
    }
    assert shown[post.post] is may
