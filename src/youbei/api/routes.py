"""Every operation of the API, mounted under `/api/`."""

from __future__ import annotations

from youbei.api import me, people
from youbei.api.application import make_api

api = make_api()
for module in (me, people):
    api.add_router("", module.router)
