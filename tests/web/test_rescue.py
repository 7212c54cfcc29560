"""The sheet of the rescue on a page."""

from __future__ import annotations

from tests.built_once import A_MINUTE, built_once
from tests.web.scene import Scene, open_scene
from youbei import content
from youbei.actions import clock, runs
from youbei.records.models import RescueEvaluation


@built_once(fresh_for=A_MINUTE)
def over() -> Scene:
    scene = open_scene()
    runs.end_response(by=None, now=clock.now(), run=scene.run, reason="done")
    return scene


def test_it_is_scored_and_what_was_typed_stays_where_it_is_refused(over: Scene) -> None:
    admin, here = over.browser("admin"), f"{over.board}rescue/"
    page = admin.get(here).content.decode()
    assert "tasks with a deadline" in page
    assert "?entry=" in page
    refused = admin.post(here, {"points-command": "90", "conclusion": "kept words"})
    assert refused.status_code == 409
    assert "kept words" in refused.content.decode()
    assert 'value="90"' in refused.content.decode()
    sent = {f"points-{one.id}": "80" for one in content.rescue_items()}
    sent |= {f"why-{one.id}": "as seen" for one in content.rescue_items()}
    done = admin.post(here, sent, follow=True).content.decode()
    assert "80.0" in done
    assert "good" in done
    assert RescueEvaluation.objects.get().scores["command"] == {"points": 80, "why": "as seen"}
    assert "The rescue evaluated" in admin.get(f"{over.board}report/").content.decode()


def test_who_may_only_look_sees_the_sheet_without_fields(over: Scene) -> None:
    page = over.browser("observer").get(f"{over.board}rescue/").content.decode()
    assert "not judged" in page
    assert "points-command" not in page
    assert over.browser("observer").post(f"{over.board}rescue/", {"points-steps": "50"}).status_code == 403
    assert over.browser("stranger").get(f"{over.board}rescue/").status_code == 404


def test_an_exercise_has_no_such_sheet(db: None) -> None:
    scene = open_scene(mode="exercise")
    assert scene.browser("admin").get(f"{scene.board}rescue/").status_code == 404
