"""Every address."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from youbei.api.routes import api
from youbei.web import design, people

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/", api.urls),
    *people.urlpatterns,
    *design.urlpatterns,
]

handler400 = "youbei.web.errors.bad_request"
handler403 = "youbei.web.errors.forbidden"
handler404 = "youbei.web.errors.not_found"
handler500 = "youbei.web.errors.server_error"
