"""Exchange with other systems in the emergency formats of OASIS (EDXL)."""

from __future__ import annotations

from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from ninja import Router

from youbei.actions import clock
from youbei.actions.sheets.exporting import FORMATS, HAVE, HAVE_REGISTER, export_register
from youbei.api.access import caller, may
from youbei.api.asked import reads_filters
from youbei.api.register_filters import filters_asked
from youbei.api.registers import register_for
from youbei.api.sheets import Tongue, as_file, sends, with_file
from youbei.api.values import Line, Slug
from youbei.engine.access import Permission
from youbei.records.registers.filters import read_filters

router = Router(tags=["exchange"])


@router.get("/exchange/have", response=None, **with_file(may(Permission.EXPORT_REGISTER), sends(FORMATS[HAVE])))
@reads_filters
def get_have(request: HttpRequest, language: Tongue = "zh", q: Line = "", unit: Slug | None = None) -> HttpResponseBase:
    """Return the hospitals that you may take away, with their beds, as an EDXL-HAVE 1.0 document.

    Narrowed as the list of sites is (`unit`, `q`, the fields of the register). The log says who took it.
    """
    by = caller(request)
    register = register_for(HAVE_REGISTER, by)
    filters = read_filters(register, filters_asked(register, request.GET, by=by, also=("language",)))
    made = export_register(register=register, by=by, now=clock.now(), form=HAVE, language=language, filters=filters)
    return as_file(StreamingHttpResponse(made.content, content_type=made.content_type), made.name)
