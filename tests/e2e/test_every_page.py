"""Every page in both languages, by day and by night: accessible, whole, and in one language."""

from __future__ import annotations

import re

import pytest
from django.urls import URLPattern, get_resolver, resolve
from playwright.sync_api import expect

from e2e.conftest import OpenDesk
from e2e.desk import Desk
from e2e.judge import LANGUAGES, accessibility, inaccessible, judge, reading
from e2e.test_every_register import REGISTER_PAGES

# What is between braces is looked up in the city: see `City.places`.
OUTBREAK = (
    "?population=2000&infected=2&reproduction=2.5&incubation_days=4&infectious_days=6&traced_share=0.3&isolation_days=2"
    "&from_day=7&days=60&every=5&day_lasts=10&fact=cases&to=commander&begins=0"
)
PAGES = {
    "duty desk": "/",
    "incidents": "/incidents/",
    "report": "/incidents/new/",
    "report of a leak": "/incidents/new/?kind=ammonia_leak",
    "incident": "{incident}",
    "facts": "{incident}facts/",
    "close": "{incident}close/",
    "activate": "{activate}",
    "closed incident": "{closed}",
    "board": "{run}",
    "assessed board": "{assessed}",
    "start a step": "{run}steps/receive/start/",
    "skip a step": "{run}steps/receive/skip/",
    "assign": "{run}needs/turn-out/hazmat/assign/",
    "level": "{run}level/",
    "hand over": "{run}posts/commander/hand-over/",
    "deviation": "{run}deviation/",
    "end": "{run}end/",
    "assess": "{assessed}assess/",
    "speed": "{run}clock/speed/",
    "jump": "{run}clock/jump/",
    "map": "/map/",
    "plans": "/plans/",
    "import a plan": "/plans/import/",
    "plan": "{plan}",
    "plan: steps": "{plan}steps/",
    "plan: check": "{plan}check/",
    "plan: measured times": "{plan}measured/",
    "plan: versions": "{plan}versions/",
    "findings": "/findings/",
    "cases": "/cases/",
    "late findings": "/findings/?state=late",
    "new finding": "/findings/new/",
    "report of a run": "{run}report/",
    "report of a run, the other layout": "{run}report/?layout=hseep",
    "what went wrong in a run": "{run}findings/",
    "teams": "/registers/team/",
    "stock": "/registers/lot/",
    "sites": "/registers/site/",
    "log": "/log/",
    "webhooks": "/webhooks/",
    "webhook": "{webhook}",
    "new webhook": "/webhooks/new/",
    "change a webhook": "{webhook}change/",
    "send again": "{webhook}again/",
    "new secret of a webhook": "{webhook}secret/",
    "remove a webhook": "{webhook}remove/",
    "style page": "/design/",
    "shortcuts": "/shortcuts/",
    "my account": "/me/",
    "my factors": "/me/factors/",
    "lend": "/me/lend/",
    "is it you": "/me/confirm/",
    "accounts": "/accounts/",
    "account": "{account}",
    "new account": "/accounts/new/",
    "give a role": "{account}grants/give/",
    "deactivate": "{account}deactivate/",
    "reset factors": "{account}factors/reset/",
    "factor rules": "/accounts/rules/",
    "new factor rule": "/accounts/rules/add/",
    "registers": "/registers/",
    "changes": "/registers/changes/",
    "freshness": "/registers/freshness/",
    "falls due": "/registers/due/",
    "what plans rest on": "/registers/freshness/plans/",
    "take teams with personal columns": "/registers/person/export/personal/",
    "search": "/search/?q=%E6%B6%88%E9%98%B2",
    "within reach": "/reach/",
    "imports": "/registers/imports/",
    "import teams": "/registers/team/import/",
    "teams counted": "/registers/team/statistics/",
    "lots counted": "/registers/lot/statistics/",
    "reports": "/reports/",
    "keep a report": "/registers/team/statistics/keep/?rows=kind",
    "remove a report": "{report}",
    "tree of units": "/registers/organisation/tree/",
    "move a unit": "{organisation}move/",
    "merge a unit": "{organisation}merge/",
    "team": "{team}",
    "change a team": "{team}change/",
    "retire a team": "{team}retire/",
    "new team": "/registers/team/new/",
    "selection for a team": "{team}selection/",
    "person": "{person}",
    "personal data": "{person}personal/",
    "erase a person": "{person}erase/",
    "call an expert": "{expert}call/",
    "erase an expert": "{expert}erase/",
    "experts of an incident": "{incident}experts/",
    "dispatch": "/dispatch/",
    "what if": "/dispatch/?close=34.6,119.2&down=1",
    "closed roads": "{incident}roads/",
    "ask for help": "{incident}aid/new/",
    "help asked of others": "/aid/",
    "what other systems ask": "/requests/",
    "request of another system": "{request}",
    "take a request": "{request}take/",
    "decline a request": "{request}decline/",
    "answer a question": "{request}answer/",
    "the scene": "{run}scene/",
    "go in": "{run}scene/enter/",
    "siting": "/siting/",
    "campaigns": "/campaigns/",
    "new campaign": "/campaigns/new/",
    "materials": "/stock/",
    "materials due": "/stock/due/",
    "gaps": "/stock/gaps/",
    "take from the stock": "/stock/take/",
    "codes of items": "/stock/codes/",
    "quantities to be confirmed": "/stock/stated/",
    "orders of stock": "/stock/orders/",
    "split a unit": "{organisation}split/",
    "dissolve a unit": "{organisation}dissolve/",
    "needs": "/stock/needs/",
    "needs of displaced people": "/stock/needs/displaced_people/",
    "issue a lot": "/stock/lots{lot}issue/",
    "label of a lot": "/stock/lots{lot}label/",
    "exercises": "/exercises/",
    "library of exercises": "/exercises/library/",
    "plan an exercise": "/exercises/library/binhai-kitchen-fire/",
    "plan a drill": "/exercises/new/",
    "import an exercise": "/exercises/import/",
    "planned exercise": "{planned}",
    "seal an exercise": "{planned}seal/",
    "revise an exercise": "{planned}revise/",
    "write the safety plan": "{planned}safety/",
    "ask a unit": "{planned}ask-unit/",
    "take a unit off": "{exercise_unit}",
    "enrol by class": "{planned}classes/",
    "hot wash at endex": "{planned}hot-wash-after/",
    "who takes part": "{planned}enrol/",
    "planned injects": "{planned}injects/",
    "rehearsal": "{planned}rehearsal/",
    "rehearsal of an inject": "{planned}rehearsal/?inject=seventeen",
    "scenario models": "{planned}models/",
    "outbreak": "{planned}models/outbreak/",
    "outbreak worked out": "{planned}models/outbreak/" + OUTBREAK,
    "kinds of injects": "{planned}injects/add/",
    "add a call": "{planned}injects/add/call/",
    "change a planned inject": "{planned}injects/seventeen/change/",
    "copy an inject": "{planned}injects/seventeen/copy/",
    "remove an inject": "{planned}injects/seventeen/remove/",
    "copy injects": "{planned}injects/library/?from=port-both",
    "write an exercise": "/exercises/write/",
    "running exercise": "{exercise}",
    "call out what is real": "{exercise}real/",
    "stopped exercise": "{stopped}",
    "stopped control": "{stopped}control/",
    "let it go on": "{stopped}go-on/",
    "control": "{exercise}control/",
    "change an inject": "{exercise}control/parent/change/",
    "evaluate": "{exercise}evaluate/",
    "media wall": "{exercise}media/",
    "measures": "{exercise}measures/",
    "proof of the time": "{proof}",
    "manual of cases": "/cases/manual/",
    "the rescue scored": "{real_run}rescue/",
    "replay": "{assessed}replay/",
    "replay, further on": "{assessed}replay/?entry=9",
    "share a replay": "{assessed}replay/share/",
    "end a link to a replay": "{debrief_end}",
    "replay by the link": "{debrief}",
    "no hot wash yet": "{over}hot-wash/",
    "open a hot wash": "{over}hot-wash/open/",
    "hot wash": "{washed}hot-wash/",
    "out of how many": "{washed}hot-wash/asked/",
    "close a hot wash": "{washed}hot-wash/close/",
    "participant's questions": "{wash_link}",
    "participant's thanks": "{wash_link}thanks/",
    "programme": "/exercises/programme/",
    "what holds": "/exercises/circumstances/",
    "state what holds": "/exercises/circumstances/new/",
    "take in a warning": "/exercises/circumstances/alert/",
    "programme of a unit": "{programme}",
    "what applies to a unit": "{programme}regimes/",
    "head-counts": "/head-counts/",
    "new head-count": "/head-counts/new/",
    "schools compared": "/head-counts/schools/",
    "head-count": "{head_count}",
    "absent today": "{head_count}absent/",
    "count of a group": "{head_count}groups/staff/",
    "end a head-count": "{head_count}end/",
    "new link of a head-count": "{head_count}link/",
    "teacher's page": "{count_link}",
    "teacher's class": "{count_group}",
    "open a file": "{scan}",
    "stress tests of a plan": "{plan}stress/",
    "begin a stress test": "{plan}stress/new/",
    "stress test": "{stress}",
    "readiness": "/readiness/",
    "compare a plan": "{plan}stress/compare/",
    "a comparison": "{comparison}",
    "a run of a stress test": "{stress}runs/bad/",
    "remove a file": "{scan}remove/",
    "add a file": "{organisation}files/add/",
    "outline of a site": "{site}outline/",
    "outline of a unit": "{organisation}outline/",
    "calling off": "/call-offs/",
    "call off": "{agreement}call-off/",
    "call off for an incident": "{fresh}call-off/",
    "what was called off": "{call_off}",
    "answer by the link": "{call_off_link}",
    "no such page": "/nowhere/",
    "no such incident": "/incidents/999999/",
}
MISSING = {"no such page", "no such incident"}
JUDGED = {"sign in": "/sign-in/", **{name: path for name, path in PAGES.items() if name not in MISSING}}
# Data, files, parts of pages, and addresses that are only posted to; what a post shows is judged elsewhere.
NO_PAGES = {
    "webhook_act",
    "stress_test_stop",
    "stress_comparison_stop",
    "exercise_toml",
    "exercise_json",
    "exercise_xlsx",
    "exercise_photo",
    "exercise_break_off",
    "circumstance_lift",
    "exercise_seal_file",
    "exercise_opening_file",
    "head_count_alarm",
    "count_offline",
    "campaign_offline",
    "map_ground",
    "map_data",
    "plan_toml",
    "plan_json",
    "incident_new_facts",
    "incident_units",
    "sign_out",
    "choose_language",
    "choose_theme",
    "log_verify",
    # Judged in test_signing_in, by somebody who has just signed in.
    "sign_in_code",
    "sign_in_code_passkey",
    "sign_in_passkey",
    "sign_in_passkey_options",
    "sign_in_with",
    "sign_in_back",
    "choose_password",
    "my_password",
    "my_app",
    "my_app_remove",
    "my_passkey_add",
    "my_passkey_remove",
    "my_codes",
    "my_key_new",
    "my_key_remove",
    "my_session_end",
    "my_sessions_end",
    "my_lent_end",
    "account_link",
    "account_unlock",
    "account_sessions_end",
    "account_reactivate",
    "grant_end",
    "outside_add",
    "outside_remove",
    "factor_rule_remove",
    # Judged in test_a_campaign_from_a_phone, with the units that were asked.
    "campaign",
    "campaign_close",
    "campaign_remind",
    "campaign_stop",
    "campaign_letters",
    "campaign_unit",
    "campaign_unit_step",
    "campaign_link",
    "campaign_link_change",
    "campaign_link_add",
    "search_proposals",
    "reach_map",
    "import",
    "import_refused",
    "import_kept",
    "findings_export",
    "run_report_file",
    "manual_file",
    "stress_export",
    "finding_at_once",
    # Judged in test_a_finding, on the way from the log of a run to its acceptance.
    "finding",
    "finding_settle",
    "finding_change",
    "finding_stage",
    "finding_act",
    "draft_open",
    "draft",
    "draft_clause",
    "draft_step",
    "draft_file",
    "draft_adopt",
    "draft_drop",
    "retest_hold",
    "retest_stop",
    "case",
    "case_make",
    "case_change",
    "case_validate",
    "import_step",
    "register_export",
    "changes_export",
    "register_template",
    "way_reached",
    "call_off_step",
    "compensation_draft",
    "compensation",
    "compensation_move",
    "site_taken",
    "consultation_answer",
    "consultation_advice",
    "consultation_attach",
    "consultation_judge",
    "view_keep",
    "view_remove",
    "register_statistics_file",
    "report_pin",
    "record_suggest",
    "record_confirm",
    "record_revive",
    "record_restore",
    "stock_needs_keep",
    "stock_order",
    "stock_order_issue",
    "stock_order_cancel",
    "stock_stated_decide",
    "stock_stated_several",
    "vehicle_place",
    "lot_rotate_out",
    "lot_tested",
    "movement_reverse",
    "run_dispatch",
    # Judged in test_dispatch_pages, with what was asked, closed and worked out.
    "aid",
    "aid_step",
    "closure_open",
    "scene_heard",
    "scene_leave",
    "siting_study",
    "siting_stop",
    "run_depart",
    "run_arrive",
    "run_release",
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_accessible_whole_and_in_one_language(
    name: str, language: str, places: dict[str, str], readers: dict[str, Desk], skimmers: dict[str, Desk]
) -> None:
    accessibly = language == reading(name)
    desk = (readers if accessibly else skimmers)[language]
    open_page(desk, name, places)
    judge(desk, accessibly=accessibly)


@pytest.mark.long
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_as_accessible_in_the_other_language(
    name: str, places: dict[str, str], readers: dict[str, Desk]
) -> None:
    desk = next(readers[one] for one in LANGUAGES if one != reading(name))
    open_page(desk, name, places)
    assert inaccessible(desk.page) == []


def open_page(desk: Desk, name: str, places: dict[str, str]) -> None:
    """Open a page by its name above."""
    if name in MISSING:
        desk.expects(404)
    answer = desk.page.goto(desk.address + PAGES[name].format(**places))
    assert answer is not None
    assert answer.status == (404 if name in MISSING else 200)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sign_in_page_is_accessible_and_in_one_language(language: str, open_desk: OpenDesk) -> None:
    desk = open_desk("", language, bypass_csp=True)
    desk.go("/sign-in/")
    judge(desk)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_forbidden_page_is_accessible_and_in_one_language(language: str, open_desk: OpenDesk) -> None:
    desk = open_desk("observer", language, bypass_csp=True)
    desk.expects(403)
    answer = desk.page.goto(desk.address + "/incidents/new/")
    assert answer is not None
    assert answer.status == 403
    judge(desk)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_board_with_an_open_sheet_and_menu_is_accessible(
    language: str, places: dict[str, str], readers: dict[str, Desk]
) -> None:
    desk = readers[language]
    desk.go(places["run"])
    desk.page.locator("#part-posts [hx-target='#sheet']").first.click()
    expect(desk.sheet.get_by_role("textbox").first).to_be_visible()
    desk.page.locator("details:not([open]) > summary").evaluate_all("all => all.forEach((one) => one.click())")
    judge(desk)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_verified_log_is_accessible_and_in_one_language(language: str, readers: dict[str, Desk]) -> None:
    desk = readers[language]
    desk.go("/log/")
    desk.press("Verify the whole log")
    desk.sees("The log holds: no entry is missing, none was changed.")
    judge(desk)


def test_every_address_of_a_page_is_judged(places: dict[str, str]) -> None:
    judged = {resolve(path.format(**places).partition("?")[0]).url_name for path in JUDGED.values()}
    judged |= {resolve(path).url_name for path in REGISTER_PAGES}
    routes = [route for route in get_resolver().url_patterns if isinstance(route, URLPattern)]
    assert {route.name for route in routes} - judged - NO_PAGES == set()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_chosen_theme_holds_against_the_device(theme: str, open_desk: OpenDesk) -> None:
    other = {"light": "dark", "dark": "light"}[theme]
    desk = open_desk("inspector", "en", bypass_csp=True, color_scheme=other)
    desk.go("/")
    desk.page.locator(".user-menu summary").click()
    with desk.page.expect_navigation():
        desk.page.get_by_role("button", name=desk.say({"light": "Day", "dark": "Night"}[theme]), exact=True).click()
    background = desk.page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    is_dark = sum(int(figure) for figure in re.findall(r"\d+", background)[:3]) < 3 * 128
    assert is_dark == (theme == "dark")
    assert accessibility(desk.page, rules=("color-contrast",)) == []
