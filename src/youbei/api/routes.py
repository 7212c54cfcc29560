"""Every operation of the API, mounted under `/api/`."""

from __future__ import annotations

from youbei.api import (
    activation,
    assignments,
    catalogue,
    grants,
    incidents,
    log,
    me,
    messages,
    people,
    plan_trials,
    plans,
    resources,
    runs,
    screens,
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
    messages,
    log,
    people,
    grants,
    catalogue,
    screens,
    me,
)
api = make_api()
for subject in SUBJECTS:
    api.add_router("", subject.router)
