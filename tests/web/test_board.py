"""The incident board and what is done from it."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.actions.town import report_leak
from tests.built_once import A_MINUTE, built_once
from tests.web.scene import Scene, open_scene
from youbei.actions import access, activation, clock, incidents
from youbei.engine.access import Role
from youbei.records.models import Assignment, Run, RunNeed, RunPost, RunStep, User

pytestmark = pytest.mark.django_db
PARTIAL = {"HX-Request": "true"}


@built_once(fresh_for=A_MINUTE)
def scene() -> Scene:
    return open_scene()


def test_the_board_shows_level_clocks_late_steps_and_who_holds_the_posts(scene: Scene) -> None:
    page = scene.browser("officer").get(scene.board).content.decode()
    assert 'class="level level-3 far"' in page
    assert "data-since=" in page
    assert "Raise the alarm" in page
    assert 'class="chip chip-late"' in page
    assert "Town fire brigade" in page
    assert "nobody" in page


def test_the_board_speaks_chinese_to_those_who_chose_it(scene: Scene) -> None:
    page = scene.browser("officer", "zh-hans").get(scene.board).content.decode()
    for words in ("响应级别", "关阀断料", "小城消防救援大队", "超时", "III级"):
        assert words in page


def test_a_stranger_does_not_learn_that_the_run_exists(scene: Scene) -> None:
    assert scene.browser("stranger").get(scene.board).status_code == 404
    assert scene.browser("stranger").get("/runs/999999/").status_code == 404
    assert scene.browser("stranger").post(f"{scene.board}steps/alarm/start/").status_code == 404


def test_who_may_see_the_run_but_not_its_incident_gets_a_live_board_without_a_dead_link(scene: Scene) -> None:
    """Such as the park that answers by its plan an incident which was reported at the city."""
    town, now = scene.town, clock.now()
    above = report_leak(town, now, by=town.users["director"], organisation=town.city)
    run = activation.activate_plan(by=town.users["director"], now=now, incident=above, plan_version=scene.version)
    access.create_user(by=None, now=now, username="park", person=None, grants=((Role.COMMANDER, town.bureau),))
    town.users["park"] = User.objects.get(username="park")
    page = scene.browser("park").get(f"/runs/{run.pk}/").content.decode()
    assert f'data-live-streams="run:{run.pk}"' in page
    assert f'href="/incidents/{above.pk}/' not in page
    assert above.number in page


def test_an_observer_sees_the_board_without_a_button_to_act(scene: Scene) -> None:
    page = scene.browser("observer").get(scene.board).content.decode()
    assert "Raise the alarm" in page
    assert "/steps/alarm/finish/" not in page
    assert scene.browser("observer").post(f"{scene.board}steps/alarm/finish/", {"note": ""}).status_code == 403


def test_every_step_stands_in_the_chart_and_in_the_table(scene: Scene) -> None:
    page = scene.browser("officer").get(scene.board).content.decode()
    for step in ("alarm", "isolate", "warn"):
        assert f'data-step="{step}"' in page
    assert page.count('<th scope="row"') == 4


def test_only_the_parts_that_are_asked_for_are_drawn_anew(scene: Scene) -> None:
    answer = scene.browser("officer").get(scene.board, headers={"X-Youbei-Parts": "part-strip part-log nonsense"})
    page = answer.content.decode()
    assert 'id="part-strip"' in page
    assert 'id="part-log"' in page
    assert 'id="part-needs"' not in page
    assert "<html" not in page


def test_the_board_opens_when_no_step_with_a_deadline_is_open(scene: Scene) -> None:
    browser = scene.browser("director")
    for step in ("alarm", "isolate"):
        browser.post(f"{scene.board}steps/{step}/finish/", {"note": ""})
    answer = browser.get(scene.board)
    assert answer.status_code == 200
    assert "no step with a deadline is open" in answer.content.decode()


def test_what_was_left_of_an_ended_response_is_neither_to_do_nor_overdue(scene: Scene) -> None:
    browser = scene.browser("director")
    assert "Most overdue" in browser.get(scene.board).content.decode()
    browser.post(f"{scene.board}end/", {"reason": "over"})
    page = browser.get(scene.board).content.decode()
    assert "Most overdue" not in page
    assert "/steps/alarm/finish/" not in page
    assert "/steps/clean/finish/" in page


def test_after_the_assessment_recovery_goes_on_and_teams_are_released_from_the_board(scene: Scene) -> None:
    browser, team = scene.browser("director"), scene.town.teams[0]
    browser.post(f"{scene.board}steps/alarm/finish/", {"note": ""})
    browser.post(f"{scene.board}needs/isolate/team/assign/", {"other": f"team:{team.pk}", "quantity": "1"})
    browser.post(f"{scene.board}end/", {"reason": "over"})
    browser.post(f"{scene.board}assess/", {"rating": "P", "text": "well done"})
    assert Run.objects.get(pk=scene.run.pk).phase == "assessed"
    page = browser.get(scene.board).content.decode()
    assert "/steps/clean/finish/" in page
    assert "/release/" in page


def test_a_step_is_started_and_finished_with_plain_forms(scene: Scene) -> None:
    browser = scene.browser("officer")
    answer = browser.post(f"{scene.board}steps/alarm/start/", follow=True)
    assert "Step started." in answer.content.decode()
    assert RunStep.objects.get(run=scene.run, step="alarm").status == "started"
    browser.post(f"{scene.board}steps/alarm/finish/", {"note": "called 119"})
    assert RunStep.objects.get(run=scene.run, step="alarm").note == "called 119"
    assert RunStep.objects.get(run=scene.run, step="isolate").status == "open"


def test_with_htmx_a_finished_sheet_closes_with_a_notice_instead_of_a_page(scene: Scene) -> None:
    answer = scene.browser("officer", "zh-hans").post(f"{scene.board}steps/alarm/start/", headers=PARTIAL)
    assert answer.status_code == 204
    assert json.loads(answer["HX-Trigger"])["youbei:done"]["notice"] == "任务已开始。"


def test_a_refused_form_says_why_at_its_top_and_keeps_what_was_typed(scene: Scene) -> None:
    browser = scene.browser("director")
    answer = browser.post(f"{scene.board}steps/isolate/reopen/", {"reason": "the valve sticks"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert page.index('class="refusal"') < page.index("<textarea")
    assert "the valve sticks" in page
    chinese = scene.browser("director", "zh-hans")
    answer = chinese.post(f"{scene.board}steps/isolate/reopen/", {"reason": "阀门卡死"}, headers=PARTIAL)
    assert answer.status_code == 409
    assert "阀门卡死" in answer.content.decode()
    assert "<html" not in answer.content.decode()


def test_a_proposed_level_says_which_facts_it_rests_on(scene: Scene) -> None:
    browser = scene.browser("director")
    assert "call for" not in browser.get(scene.board).content.decode()
    facts = {"serious_injured": 4}
    incidents.add_facts(
        by=scene.town.users["officer"], now=clock.now(), incident=scene.leak, facts=facts, source="phone"
    )
    page = browser.get(scene.board).content.decode()
    assert "because" in page
    assert "Seriously injured ≥ 3 people (now 4 people)" in page
    assert "依据：" in scene.browser("director", "zh-hans").get(scene.board).content.decode()


def test_a_missing_reason_is_asked_for_before_anything_is_done(scene: Scene) -> None:
    answer = scene.browser("director").post(f"{scene.board}steps/alarm/skip/", {"reason": ""})
    assert answer.status_code == 422
    assert "This field is required." in answer.content.decode()
    assert RunStep.objects.get(run=scene.run, step="alarm").status == "open"


def test_resources_are_proposed_with_reasons_assigned_noted_and_released(scene: Scene) -> None:
    browser = scene.browser("officer")
    browser.post(f"{scene.board}steps/alarm/finish/", {"note": ""})
    address = f"{scene.board}needs/isolate/team/assign/"
    sheet = browser.get(address).content.decode()
    assert "there in" in sheet
    team = scene.town.teams[0]
    browser.post(address, {"resource": f"team:{team.pk}", "quantity": "1", "reason": ""})
    sent = Assignment.objects.get(run=scene.run)
    browser.post(f"{scene.board}assignments/{sent.code}/arrive/")
    browser.post(f"{scene.board}assignments/{sent.code}/release/", {"reason": "done"})
    sent.refresh_from_db()
    assert sent.arrived_at is not None
    assert sent.released_at is not None


def test_a_team_that_is_elsewhere_is_refused_in_the_form(scene: Scene) -> None:
    browser = scene.browser("officer")
    browser.post(f"{scene.board}steps/alarm/finish/", {"note": ""})
    address = f"{scene.board}needs/isolate/team/assign/"
    other = f"team:{scene.town.teams[0].pk}"
    browser.post(address, {"other": other, "quantity": "1"})
    answer = browser.post(address, {"other": other, "quantity": "1", "reason": "nearest"})
    assert answer.status_code == 409
    assert "nearest" in answer.content.decode()
    assert RunNeed.objects.get(run=scene.run, need="isolate/team").assigned == 1


def test_the_level_is_raised_by_the_commander_only(scene: Scene) -> None:
    form = {"level": "2", "reason": "three injured"}
    assert scene.browser("officer").post(f"{scene.board}level/", form).status_code == 403
    answer = scene.browser("director").post(f"{scene.board}level/", form, follow=True)
    assert 'class="level level-2 far"' in answer.content.decode()


def test_a_post_is_handed_over_a_deviation_recorded_and_the_run_ended_and_assessed(scene: Scene) -> None:
    browser = scene.browser("director")
    browser.post(f"{scene.board}posts/commander/hand-over/", {"holder": "person:zhou", "briefing": "valve closed"})
    assert RunPost.objects.get(run=scene.run, post="commander").holder == "person:zhou"
    browser.post(f"{scene.board}deviation/", {"subject": "isolate", "text": "closed by hand"})
    browser.post(f"{scene.board}end/", {"reason": "leak stopped"})
    assert Run.objects.get(pk=scene.run.pk).phase == "ended"
    browser.post(f"{scene.board}assess/", {"rating": "S", "text": "late alarm"})
    page = browser.get(scene.board).content.decode()
    assert Run.objects.get(pk=scene.run.pk).phase == "assessed"
    assert "closed by hand" in page


def test_an_exercise_is_unmistakable_and_its_clock_is_in_the_directors_hand() -> None:
    scene = open_scene(mode="exercise", ago=timedelta(minutes=10))
    trainer = scene.browser("trainer")
    page = trainer.get(scene.board).content.decode()
    assert "演练 EXERCISE" in page
    assert "is-exercise" in page
    trainer.post(f"{scene.board}clock/speed/", {"speed": "10.0"})
    trainer.post(f"{scene.board}clock/pause/")
    assert "paused" in trainer.get(scene.board).content.decode()
    before = Run.objects.get(pk=scene.run.pk).clock["scenario"]  # type: ignore[index]
    trainer.post(f"{scene.board}clock/jump/", {"minutes": "30"})
    after = Run.objects.get(pk=scene.run.pk).clock["scenario"]  # type: ignore[index]
    assert after > before
    assert "演练 EXERCISE" in trainer.get(f"{scene.board}steps/alarm/finish/").content.decode()
    assert scene.browser("officer").post(f"{scene.board}clock/resume/").status_code == 404


def test_a_real_run_has_no_clock_to_set(scene: Scene) -> None:
    assert scene.browser("trainer").post(f"{scene.board}clock/pause/").status_code == 404


def test_the_board_asks_the_database_no_more_often_when_the_run_has_gone_on(scene: Scene) -> None:
    browser = scene.browser("officer")
    browser.get(scene.board)
    with CaptureQueriesContext(connection) as early:
        browser.get(scene.board)
    browser.post(f"{scene.board}steps/alarm/finish/", {"note": ""})
    for team in scene.town.teams[:2]:
        browser.post(f"{scene.board}needs/isolate/team/assign/", {"other": f"team:{team.pk}", "quantity": "1"})
    user = scene.town.users["officer"]
    for count in range(5):
        facts = {"minor_injured": count}
        incidents.add_facts(by=user, now=clock.now(), incident=scene.leak, facts=facts, source="phone")
    with CaptureQueriesContext(connection) as late:
        browser.get(scene.board)
    assert len(late) <= len(early) + 2
