"""The pages of an exercise that something real has stopped."""

from __future__ import annotations

from django.test import Client

from tests.actions.town import Town, report_leak
from tests.built_once import A_MINUTE, built_once
from tests.web.conftest import english
from tests.web.test_exercise_control import begun, evaluator, player
from tests.web.test_exercises import text
from youbei.actions import activation, clock
from youbei.actions.exercises import alliance, enrolling, interrupting, leading
from youbei.actions.exercises.interrupting import let_reality_in
from youbei.records.models import Exercise, ExerciseUnit

__all__ = ["begun", "evaluator", "player"]


@built_once(fresh_for=A_MINUTE)
def stopped(cast: Town, begun: Exercise) -> Exercise:
    """Let a real leak call the director of the bureau, who plays the commander."""
    leak = report_leak(cast, clock.now())
    assert begun.plan_version is not None
    activation.activate_plan(by=None, now=clock.now(), incident=leak, plan_version=begun.plan_version)
    assert let_reality_in(clock.now()) == 1
    begun.refresh_from_db()
    return begun


def test_every_page_is_grey_and_says_why(stopped: Exercise, trainer: Client, player: Client) -> None:
    for page in ("", "control/", "evaluate/", "media/"):
        shown = text(trainer, f"/exercises/{stopped.pk}/{page}")
        assert "is-suspended" in shown
        assert "plan activated by" in shown
        assert "冷库液氨泄漏" in shown
    assert "Let it go on" in text(trainer, f"/exercises/{stopped.pk}/")
    shown = text(player, f"/exercises/{stopped.pk}/")
    assert "Real incident: the exercise is stopped" in shown
    assert "Let it go on" not in shown


def test_a_page_that_is_open_learns_of_it_without_reloading(stopped: Exercise, trainer: Client) -> None:
    for page in (f"/exercises/{stopped.pk}/control/", f"/runs/{stopped.run_id}/"):
        part = trainer.get(page, headers={"X-Youbei-Parts": "part-stopped"}).content.decode()
        assert "Real incident: the exercise is stopped" in part
        assert "<html" not in part
    part = trainer.get(f"/exercises/{stopped.pk}/control/", headers={"X-Youbei-Parts": "part-next part-clock"})
    assert "Fire" not in part.content.decode()


def test_its_board_is_grey_too(stopped: Exercise, trainer: Client) -> None:
    assert "is-suspended" in text(trainer, f"/runs/{stopped.run_id}/")


def test_the_director_lets_it_go_on_with_a_reason(stopped: Exercise, trainer: Client, player: Client) -> None:
    assert player.get(f"/exercises/{stopped.pk}/go-on/").status_code in (403, 404)
    assert trainer.post(f"/exercises/{stopped.pk}/go-on/", {"reason": ""}).status_code == 422
    page = trainer.post(f"/exercises/{stopped.pk}/go-on/", {"reason": "处置完毕"}, follow=True).content.decode()
    assert "is-suspended" not in page


def test_a_player_presses_the_button_before_anything_is_reported(begun: Exercise, player: Client) -> None:
    assert "This is real" in text(player, f"/exercises/{begun.pk}/")
    player.post(f"/exercises/{begun.pk}/real/", {"incident": "", "reason": "有人摔伤"})
    begun.refresh_from_db()
    assert begun.status == "suspended"


def test_a_partner_presses_it_for_its_own_people(cast: Town, planned: Exercise, trainer: Client) -> None:
    now = clock.now()
    unit = alliance.ask_unit(by=None, now=now, exercise=planned, organisation=cast.plant)
    alliance.answer_unit(by=None, now=now, unit=unit, accepts=True)
    from_plant = english(cast.users["stranger"])
    enrolling.enrol(by=None, now=now, exercise=planned, participants=[("person:wu", "player", "")])
    leading.start_exercise(by=None, now=now, exercise=planned)
    here = f"/exercises/{planned.pk}/"
    assert "Real: your people leave" in text(from_plant, here)
    from_plant.post(f"{here}units/{unit.pk}/real/", {"incident": "", "reason": "停电"})
    assert ExerciseUnit.objects.get(pk=unit.pk).state == "away"
    assert "is-suspended" in text(from_plant, here)
    assert "is-suspended" not in text(trainer, here)
    assert "called away for something real" in text(trainer, here)
    from_plant.post(f"{here}units/{unit.pk}/return/", {"reason": "恢复供电"})
    assert ExerciseUnit.objects.get(pk=unit.pk).state == "accepted"


def test_the_sheet_offers_real_incidents_alone(cast: Town, begun: Exercise, trainer: Client) -> None:
    leak = report_leak(cast, clock.now())
    shown = text(trainer, f"/exercises/{begun.pk}/real/")
    assert leak.number in shown
    assert begun.incident is not None
    assert f'value="{begun.incident.pk}"' not in shown
    interrupting.call_out(by=None, now=clock.now(), exercise=begun)
    assert trainer.post(f"/exercises/{begun.pk}/real/", {"reason": "again"}).status_code == 409
