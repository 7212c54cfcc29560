"""The manual of typical cases and plans, on a page and as files."""

from __future__ import annotations

import io
from datetime import timedelta

from docx import Document

from tests.built_once import A_MINUTE, built_once
from tests.web.scene import Scene, open_scene
from youbei.actions import clock, incidents, runs
from youbei.actions.findings.cases import change_case, make_case, validate_case
from youbei.records.models import Case
from youbei.records.reports.manual import chosen_for, manual_of


@built_once(fresh_for=A_MINUTE)
def scene() -> Scene:
    scene = open_scene()
    now = clock.now()
    runs.end_response(by=None, now=now, run=scene.run, reason="done")
    incidents.close_incident(by=None, now=now + timedelta(seconds=1), incident=scene.leak, reason="done")
    case = make_case(by=scene.town.users["officer"], now=now, incident=scene.leak)
    words = {"lessons": "先断料，再堵漏", "tags": "液氨, 夜间"}
    case = change_case(by=scene.town.users["officer"], now=now, case=case, values=words)
    validate_case(by=scene.town.users["admin"], now=now, case=case)
    return scene


def words_of(content: bytes) -> str:
    document = Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(one.text for one in document.paragraphs), *cells])


def test_it_holds_contents_lessons_and_extracts_of_the_plans_of_that_kind(scene: Scene) -> None:
    officer = scene.browser("officer", "zh-hans")
    page = officer.get("/cases/manual/?kind=ammonia_leak").content.decode()
    assert scene.leak.title in page
    answer = officer.get("/cases/manual/docx/?kind=ammonia_leak&language=zh")
    assert answer.status_code == 200
    said = words_of(answer.content)
    for word in ("目录", "先断料，再堵漏", "液氨", "小城液氨泄漏专项应急预案", "关阀断料", "抢险组"):
        assert word in said, word
    english = words_of(officer.get("/cases/manual/docx/?kind=ammonia_leak&language=en").content)
    assert "Isolate the source" in english
    assert officer.get("/cases/manual/pdf/?kind=ammonia_leak").content[:4] == b"%PDF"


def test_kind_tag_and_leaving_out_plans_narrow_it(scene: Scene) -> None:
    user = scene.town.users["officer"]
    assert len(chosen_for(user, tag="夜间").cases) == 1
    assert chosen_for(user, tag="白天").cases == ()
    assert chosen_for(user, kind="kitchen_fire").cases == ()
    assert chosen_for(user, kind="ammonia_leak", has_plans=False).plans == ()


def test_only_what_is_validated_and_may_be_seen_goes_in(scene: Scene) -> None:
    assert chosen_for(scene.town.users["stranger"]).cases == ()
    Case.objects.update(validated_at=None)
    assert chosen_for(scene.town.users["officer"]).cases == ()


def test_what_a_case_does_not_say_is_listed_as_blank(scene: Scene) -> None:
    report = manual_of(chosen_for(scene.town.users["officer"]))
    assert any("关键决策" in gap.zh for gap in report.gaps)
    assert not any("教训" in gap.zh for gap in report.gaps)


def test_an_odd_choice_is_no_error(scene: Scene) -> None:
    officer = scene.browser("officer")
    for odd in ("kind=nothing", "tag=%00", "tag=" + "x" * 99, "plans=7"):
        assert officer.get(f"/cases/manual/?{odd}").status_code == 200
    assert officer.get("/cases/manual/exe/").status_code == 404


def test_single_cases_and_plans_are_chosen(scene: Scene) -> None:
    officer = scene.browser("officer", "zh-hans")
    case, plan = Case.objects.get(), scene.version.plan
    page = officer.get("/cases/manual/?kind=ammonia_leak").content.decode()
    assert page.count(" checked") == 2
    head = "/cases/manual/docx/?kind=ammonia_leak&language=zh&only=1"
    case_alone = words_of(officer.get(f"{head}&case={case.pk}").content)
    plan_alone = words_of(officer.get(f"{head}&plan={plan.pk}&case=x&case=99999999999999999999").content)
    assert "先断料，再堵漏" in case_alone
    assert "关阀断料" not in case_alone
    assert "关阀断料" in plan_alone
    assert "先断料，再堵漏" not in plan_alone
