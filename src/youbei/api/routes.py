"""Every operation of the API, mounted under `/api/`."""

from __future__ import annotations

from youbei.api import (
    account,
    accounts,
    activation,
    assignments,
    catalogue,
    changes,
    drafts,
    findings,
    grants,
    incidents,
    log,
    me,
    messages,
    people,
    plan_trials,
    plans,
    registers,
    resources,
    runs,
    screens,
    sheets,
    stock,
    stock_orders,
    tree,
)
from youbei.api.application import make_api

SUBJECTS = (
    incidents,
    activation,
    runs,
    assignments,
    plans,
    plan_trials,
    findings,
    drafts,
    resources,
    sheets,
    changes,
    registers,
    stock,
    stock_orders,
    messages,
    log,
    tree,
    people,
    grants,
    accounts,
    catalogue,
    screens,
    me,
    account,
)
api = make_api()
for subject in SUBJECTS:
    api.add_router("", subject.router)
