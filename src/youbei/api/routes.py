"""Every operation of the API, mounted under `/api/`."""

from __future__ import annotations

from youbei.api import grants, log, me, messages, people, resources
from youbei.api.application import make_api

api = make_api()
for module in (resources, messages, log, people, grants, me):
    api.add_router("", module.router)
