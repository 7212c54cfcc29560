"""Every address."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from youbei.api.routes import api
from youbei.web import (
    design,
    finding,
    home,
    incidents,
    log,
    map,
    people,
    plans,
    reach,
    readiness,
    stress,
    stress_compare,
    stress_courses,
    stress_export,
)
from youbei.web.accounts import grants
from youbei.web.accounts import list as account_list
from youbei.web.accounts import one as account_one
from youbei.web.campaigns import link as campaign_link
from youbei.web.campaigns import manage
from youbei.web.dispatch import aid, asked, closures
from youbei.web.dispatch import page as dispatch_page
from youbei.web.dispatch import panel as dispatch_panel
from youbei.web.dispatch import scene as dispatch_scene
from youbei.web.exercises import alliance as exercise_alliance
from youbei.web.exercises import circumstances as exercise_circumstances
from youbei.web.exercises import control as exercise_control
from youbei.web.exercises import count_link, counts, hot_wash, hot_wash_link, programme, proof
from youbei.web.exercises import evaluating as exercise_evaluating
from youbei.web.exercises import leading as exercise_leading
from youbei.web.exercises import list as exercise_list
from youbei.web.exercises import models as exercise_models
from youbei.web.exercises import one as exercise_one
from youbei.web.exercises import reality as exercise_reality
from youbei.web.exercises import rehearsing as exercise_rehearsing
from youbei.web.exercises import writing as exercise_writing
from youbei.web.findings import cases as case_pages
from youbei.web.findings import drafts as plan_drafts
from youbei.web.findings import list as finding_list
from youbei.web.findings import manual as manual_pages
from youbei.web.findings import one as finding_one
from youbei.web.findings import record as finding_record
from youbei.web.findings import report as run_report
from youbei.web.findings import rescue as rescue_pages
from youbei.web.findings import retests as finding_retests
from youbei.web.me import confirm, factors, keys, lending, page
from youbei.web.registers import (
    agreements,
    attachments,
    call_offs,
    changes,
    due,
    edit,
    experts,
    freshness,
    lists,
    outline,
    personal,
    records,
    reports,
    selection,
    sheets,
    sites,
    statistics,
    taking,
    tree,
    views,
)
from youbei.web.runs import board, command, exercise, replay, resources, steps
from youbei.web.signing import link, outside, password, second
from youbei.web.siting import studies
from youbei.web.stock import codes as stock_codes
from youbei.web.stock import lots as stock_lots
from youbei.web.stock import needs as stock_needs
from youbei.web.stock import orders as stock_orders
from youbei.web.stock import overview as stock_overview
from youbei.web.stock import stated as stock_stated
from youbei.web.stock import taking as stock_taking
from youbei.web.stock import vehicles as stock_vehicles
from youbei.web.webhooks import pages as webhook_pages

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/", api.urls),
    *password.urlpatterns,
    *second.urlpatterns,
    *outside.urlpatterns,
    *link.urlpatterns,
    *people.urlpatterns,
    *page.urlpatterns,
    *confirm.urlpatterns,
    *factors.urlpatterns,
    *keys.urlpatterns,
    *lending.urlpatterns,
    *account_list.urlpatterns,
    *account_one.urlpatterns,
    *grants.urlpatterns,
    *design.urlpatterns,
    *home.urlpatterns,
    *finding.urlpatterns,
    *finding_list.urlpatterns,
    *finding_record.urlpatterns,
    *manual_pages.urlpatterns,
    *case_pages.urlpatterns,
    *plan_drafts.urlpatterns,
    *finding_retests.urlpatterns,
    *rescue_pages.urlpatterns,
    *run_report.urlpatterns,
    *finding_one.urlpatterns,
    *incidents.urlpatterns,
    *map.urlpatterns,
    *reach.urlpatterns,
    *plans.urlpatterns,
    *changes.urlpatterns,
    *due.urlpatterns,
    *freshness.urlpatterns,
    *taking.urlpatterns,
    *sheets.urlpatterns,
    *campaign_link.urlpatterns,
    *manage.urlpatterns,
    *personal.urlpatterns,
    *tree.urlpatterns,
    *selection.urlpatterns,
    *agreements.urlpatterns,
    *call_offs.urlpatterns,
    *sites.urlpatterns,
    *outline.urlpatterns,
    *attachments.urlpatterns,
    *experts.urlpatterns,
    *statistics.urlpatterns,
    *reports.urlpatterns,
    *lists.urlpatterns,
    *views.urlpatterns,
    *edit.urlpatterns,
    *records.urlpatterns,
    *stock_overview.urlpatterns,
    *stock_needs.urlpatterns,
    *stock_taking.urlpatterns,
    *stock_codes.urlpatterns,
    *stock_vehicles.urlpatterns,
    *stock_orders.urlpatterns,
    *stock_stated.urlpatterns,
    *stock_lots.urlpatterns,
    *log.urlpatterns,
    *webhook_pages.urlpatterns,
    *board.urlpatterns,
    *replay.urlpatterns,
    *steps.urlpatterns,
    *command.urlpatterns,
    *resources.urlpatterns,
    *dispatch_page.urlpatterns,
    *dispatch_panel.urlpatterns,
    *dispatch_scene.urlpatterns,
    *closures.urlpatterns,
    *aid.urlpatterns,
    *asked.urlpatterns,
    *studies.urlpatterns,
    *stress.urlpatterns,
    *readiness.urlpatterns,
    *stress_compare.urlpatterns,
    *stress_courses.urlpatterns,
    *stress_export.urlpatterns,
    *exercise.urlpatterns,
    *exercise_list.urlpatterns,
    *exercise_one.urlpatterns,
    *exercise_writing.urlpatterns,
    *exercise_rehearsing.urlpatterns,
    *exercise_models.urlpatterns,
    *exercise_control.urlpatterns,
    *exercise_evaluating.urlpatterns,
    *hot_wash.urlpatterns,
    *exercise_alliance.urlpatterns,
    *hot_wash_link.urlpatterns,
    *exercise_circumstances.urlpatterns,
    *exercise_reality.urlpatterns,
    *exercise_leading.urlpatterns,
    *counts.urlpatterns,
    *count_link.urlpatterns,
    *programme.urlpatterns,
    *proof.urlpatterns,
]

handler400 = "youbei.web.errors.bad_request"
handler403 = "youbei.web.errors.forbidden"
handler404 = "youbei.web.errors.not_found"
handler500 = "youbei.web.errors.server_error"
