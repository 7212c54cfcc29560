"""The pages of findings, as people use them."""

from __future__ import annotations

import re
from datetime import timedelta

from tests.built_once import A_MINUTE, built_once
from tests.growth import assert_queries_do_not_grow
from tests.web.scene import Scene, open_scene
from youbei.actions import clock
from youbei.actions.findings.recording import Wrong, record_finding
from youbei.actions.jobs import run_to_the_end
from youbei.engine.findings.kinds import Source
from youbei.engine.text import Text
from youbei.records.models import Finding, Job, Team


@built_once(fresh_for=A_MINUTE)
def scene() -> Scene:
    return open_scene(ago=timedelta(hours=9))


def test_what_the_log_shows_becomes_a_finding_that_others_accept(scene: Scene) -> None:
    officer, chief = scene.browser("officer"), scene.browser("director")
    page = officer.get(f"{scene.board}findings/").content.decode()
    assert "What the log shows to be wrong" in page
    address = f"/findings/new/?run={scene.run.pk}&shown=step:"
    start = page.index(address.replace("&", "&amp;").replace("step:", "step%3A"))
    address = page[start : page.index('"', start)].replace("&amp;", "&")
    form = officer.get(address).content.decode()
    assert 'value="town-emb"' in form
    given = {"unit": "town-emb", "severity": "general", "element": "training", "title_zh": "任务超时", "title_en": ""}
    answer = officer.post(address, given)
    row = Finding.objects.get()
    assert answer.headers["Location"] == f"/findings/{row.pk}/"
    due = (clock.now() + timedelta(days=5)).date().isoformat()
    settled = {"treatment": "now", "measures": "培训", "responsible": "值班室", "due_on": due}
    assert officer.post(f"/findings/{row.pk}/settle/", settled).status_code == 302
    assert officer.post(f"/findings/{row.pk}/rectify/", {"note": "已培训 12 人"}).status_code == 302
    assert "somebody else has to judge it" in officer.get(f"/findings/{row.pk}/").content.decode()
    assert officer.post(f"/findings/{row.pk}/accept/", {"note": "好"}).status_code == 403
    assert chief.post(f"/findings/{row.pk}/accept/", {"note": "抽考合格"}).status_code == 302
    page = chief.get(f"/findings/{row.pk}/").content.decode()
    assert "accepted" in page
    assert "抽考合格" in page
    assert f"#{row.pk}" in officer.get(f"{scene.board}findings/").content.decode()


def test_what_the_checker_says_becomes_a_finding_of_the_plan(scene: Scene) -> None:
    planner = scene.browser("planner", "zh-hans")
    address = f"/plans/{scene.version.plan_id}/check/"
    page = planner.get(address).content.decode()
    start = page.index("/findings/new/?version=")
    link = page[start : page.index('"', start)].replace("&amp;", "&")
    given = {"unit": "town-emb", "severity": "general", "element": "planning", "title_zh": "预案问题"}
    assert planner.post(link, given).status_code == 302
    row = Finding.objects.get()
    assert (row.plan_version, row.needs_retest) == (scene.version, True)
    assert f"/findings/{row.pk}/" in planner.get(address).content.decode()
    assert "预案问题" in planner.get("/findings/?state=active").content.decode()


def test_what_is_typed_is_not_lost_when_something_lacks(scene: Scene) -> None:
    wrong = Wrong(Text("甲", "A"), Source.REPORT)
    row = record_finding(by=None, now=clock.now(), organisation=scene.town.bureau, wrong=wrong)
    officer = scene.browser("officer")
    due = (clock.now() + timedelta(days=5)).date().isoformat()
    given = {"treatment": "stages", "measures": "keep me", "responsible": "x", "due_on": due, "stages": "soon"}
    answer = officer.post(f"/findings/{row.pk}/settle/", given)
    assert answer.status_code == 422
    assert "keep me" in answer.content.decode()
    assert "is no stage" in answer.content.decode()


def test_a_stranger_is_told_there_is_nothing(scene: Scene) -> None:
    wrong = Wrong(Text("甲", "A"), Source.REPORT)
    row = record_finding(by=None, now=clock.now(), organisation=scene.town.bureau, wrong=wrong)
    stranger = scene.browser("stranger")
    for address in ("", "settle/", "accept/", "stages/1/", "change/"):
        assert stranger.get(f"/findings/{row.pk}/{address}").status_code == 404
    assert "甲" not in stranger.get("/findings/").content.decode()


def test_the_list_asks_no_more_when_it_is_longer(scene: Scene) -> None:
    def record(count: int) -> None:
        for _ in range(count):
            wrong = Wrong(Text("甲", "A"), Source.REPORT, plan_version=scene.version)
            record_finding(by=None, now=clock.now(), organisation=scene.town.bureau, wrong=wrong)

    browser = scene.browser("observer")
    assert_queries_do_not_grow(lambda: browser.get("/findings/"), lambda: record(3))


def test_nonsense_in_the_address_narrows_nothing(scene: Scene) -> None:
    browser = scene.browser("observer")
    for query in ("state=x&source=%00", "plan=9999999999999999999999", "run=-1", "text=%23&unit=nowhere"):
        assert browser.get(f"/findings/?{query}").status_code == 200
    assert scene.browser("officer").get(f"/findings/new/?run={scene.run.pk}&shown=x").status_code == 404


def test_a_plan_is_changed_in_a_draft_and_the_retest_verifies(scene: Scene) -> None:
    planner, chief = scene.browser("planner"), scene.browser("director")
    wrong = Wrong(Text("报警超时", "late"), Source.EXERCISE, plan_version=scene.version, place="steps.alarm")
    row = record_finding(by=None, now=clock.now(), organisation=scene.town.bureau, wrong=wrong)
    here = f"/findings/{row.pk}/"
    due = (clock.now() + timedelta(days=5)).date().isoformat()
    planner.post(f"{here}settle/", {"treatment": "now", "measures": "改", "responsible": "科", "due_on": due})
    draft = planner.post(f"{here}draft/").headers["Location"]
    page = planner.get(draft).content.decode()
    assert "found here" in page
    assert 'value="5.0"' in planner.get(f"{draft}steps/alarm/").content.decode()
    times = {"limit": "10", "likely": "2", "source": "drill"}
    assert planner.post(f"{draft}steps/alarm/", times).status_code == 302
    assert planner.post(f"{draft}steps/alarm/", {**times, "low": "3"}).status_code == 422
    clause = {"clause": "7", "title_zh": "报警", "body_zh": "先报警。"}
    assert planner.post(f"{draft}clauses/new/", clause).status_code == 302
    assert "先报警。" in planner.get(draft).content.decode()
    planner.post(f"{here}rectify/", {"note": "草案已成"})
    assert chief.get(f"{draft}adopt/").status_code == 200
    assert chief.post(f"{draft}adopt/", {"version": "2", "note": "已核"}).status_code == 302
    retest = row.retests.get()
    assert chief.post(f"{here}retests/{retest.pk}/", {"run": ""}).status_code == 302
    assert "0 / 300" in chief.get(here).content.decode()
    run_to_the_end(Job.objects.get(kind="retest").pk)
    page = chief.get(here).content.decode()
    assert "verified" in page
    assert "300 simulated courses" in page


def test_the_report_of_a_run_is_read_on_screen_and_taken_as_word_and_pdf(scene: Scene) -> None:
    wrong = Wrong(Text("任务超时甲", "Late A"), Source.INCIDENT, run=scene.run, incident=scene.leak)
    record_finding(by=None, now=clock.now(), organisation=scene.town.bureau, wrong=wrong)
    browser = scene.browser("observer", "zh-hans")
    page = browser.get(f"{scene.board}report/").content.decode()
    assert "一、基本情况" in page
    assert "（日志第" in page
    assert "任务超时甲" in page
    for form, start in (("docx", b"PK"), ("pdf", b"%PDF-")):
        for layout in ("cn", "hseep"):
            answer = browser.get(f"{scene.board}report/{form}/?layout={layout}&language=en")
            assert answer.content.startswith(start)
            assert f"-{layout}-en.{form}" in answer.headers["Content-Disposition"]
    assert browser.get(f"{scene.board}report/exe/").status_code == 404
    assert scene.browser("stranger").get(f"{scene.board}report/pdf/").status_code == 404


def test_one_press_makes_a_finding_of_what_the_checker_says_and_of_a_stale_record_each_once(scene: Scene) -> None:
    admin = scene.browser("admin")
    page = admin.get(f"/plans/{scene.version.plan_id}/check/").content.decode()
    form = re.search(
        r'name="version" value="(\d+)"><input[^>]+name="code" value="(\w+)"><input[^>]+value="([^"]*)"', page
    )
    assert form is not None
    sent = {"version": form[1], "code": form[2], "place": form[3]}
    first, again = (admin.post("/findings/new/at-once/", sent).headers["Location"] for _ in range(2))
    assert first == again
    Team.objects.update(confirmed_at=None)
    stale = admin.get("/registers/freshness/plans/").content.decode()
    record = re.search(r'name="register" value="team"><input[^>]+name="record" value="(\d+)"', stale)
    assert record is not None
    press = {"register": "team", "record": record[1]}
    one, two = (admin.post("/findings/new/at-once/", press).headers["Location"] for _ in range(2))
    assert one == two
    assert Finding.objects.filter(source="stale_promise").count() == 1
    for wrong in ({}, {"register": "team", "record": "999999"}, {"register": "nothing", "record": "1"}):
        assert admin.post("/findings/new/at-once/", wrong).status_code == 404
