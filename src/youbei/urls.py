"""Every address."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

from youbei.web import design, people

urlpatterns: list[URLPattern | URLResolver] = [
    *people.urlpatterns,
    *design.urlpatterns,
]

handler400 = "youbei.web.errors.bad_request"
handler403 = "youbei.web.errors.forbidden"
handler404 = "youbei.web.errors.not_found"
handler500 = "youbei.web.errors.server_error"
