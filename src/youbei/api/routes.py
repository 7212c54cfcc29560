"""Every operation of the API, mounted under `/api/`."""

from __future__ import annotations

from youbei.api import (
    account,
    accounts,
    activation,
    agreements,
    assignments,
    campaigns,
    catalogue,
    changes,
    experts,
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
    search,
    sheets,
    statistics,
    stock,
    stock_orders,
    teams,
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
    resources,
    teams,
    experts,
    agreements,
    sheets,
    changes,
    statistics,
    registers,
    search,
    campaigns,
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
