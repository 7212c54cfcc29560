"""Exchange with other systems in the emergency formats of OASIS (EDXL)."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from ninja import Router, Schema
from pydantic import Field

from youbei.actions import clock
from youbei.actions.exchange.hospitals import Outcome
from youbei.actions.exchange.messages import MessageOutcome
from youbei.actions.exchange.receive import receive
from youbei.actions.sheets.exporting import FORMATS, HAVE, HAVE_REGISTER, export_register
from youbei.api.access import caller, may
from youbei.api.asked import reads_filters
from youbei.api.register_filters import filters_asked
from youbei.api.registers import register_for
from youbei.api.repeat import idempotent
from youbei.api.sheets import Tongue, as_file, sends, with_file
from youbei.api.values import Id, Line, Slug, find
from youbei.engine.access import Permission
from youbei.engine.errors import Refused
from youbei.engine.exchange.envelope import LARGEST
from youbei.engine.exchange.have_read import MOST_HOSPITALS
from youbei.engine.exchange.rm import Thread, answered_numbers, write_thread
from youbei.engine.text import Text
from youbei.records.models import CallOff
from youbei.records.registers.filters import read_filters
from youbei.records.reports.call_offs import WITH, seen_by
from youbei.records.reports.dispatch.aid import aid_seen
from youbei.records.reports.threads import aid_thread, call_off_thread

router = Router(tags=["exchange"])
XML = FORMATS[HAVE]
Answer = HttpResponseBase
StepNumber = Annotated[int, Field(ge=1, le=1000)]
After = Annotated[int, Field(ge=0, le=MOST_HOSPITALS)]
# With a key everything is one transaction, in which others wait to write: no more of them than are done in seconds.
MOST_AS_ONE = 200
TAKES_XML = {"requestBody": {"required": True, "content": {"application/xml": {"schema": {"type": "string"}}}}}


class NoSuchStep(Refused):
    """Refuse a step that a request has not come to."""

    status = 404


class HospitalTakenOut(Schema):
    """What became of what was said of a hospital, named by its code.

    `taken` names the kinds of beds, and `operating`, that are in the register now; `older` what it knew later already;
    `passed_over` what it has no place for. `why`: why nothing was taken.
    """

    code: str
    outcome: Outcome
    why: Text
    taken: list[str]
    older: list[str]
    passed_over: list[str]


class MessageTakenOut(Schema):
    """What became of a message: of which request (`aid:12`, `call-off:7`) it was, which step it took, and where that
    stands now. `why`: why it was not taken.
    """

    message_id: str
    kind: str
    outcome: MessageOutcome
    request: str
    step: str
    state: str
    why: Text


class ExchangedOut(Schema):
    """What became of a document; `status` says whether it was real (Actual) or of an exercise.

    `next`: so many hospitals were dealt with; send the document again with `after` for the rest. None: that is all.
    """

    status: str
    next: int | None
    hospitals: list[HospitalTakenOut]
    messages: list[MessageTakenOut]


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


@router.get("/aid/{aid_id}/edxl", response=None, **with_file(may(Permission.SEE), sends(XML)))
def get_aid_as_edxl(
    request: HttpRequest, aid_id: Id, step: StepNumber | None = None, language: Tongue = "zh"
) -> Answer:
    """Return a request for help as messages of EDXL-RM 1.0 in EDXL-DE 1.0: all its steps so far, or one, from 1.

    `distributionStatus` is Exercise for what belongs to an exercise. The identifiers stay the same.
    """
    row = find(aid_seen(caller(request)), pk=aid_id)
    return as_messages(aid_thread(row, language), step, f"aid-{row.pk}")


@router.get("/call-offs/{call_off_id}/edxl", response=None, **with_file(may(Permission.SEE), sends(XML)))
def get_call_off_as_edxl(
    request: HttpRequest, call_off_id: Id, step: StepNumber | None = None, language: Tongue = "zh"
) -> Answer:
    """Return a request under an agreement as messages of EDXL-RM 1.0, like a request for help."""
    row = find(CallOff.objects.filter(seen_by(caller(request))).select_related(*WITH), pk=call_off_id)
    return as_messages(call_off_thread(row, language), step, f"call-off-{row.pk}")


def as_messages(thread: Thread, step: int | None, name: str) -> Answer:
    if step is not None and step > len(thread.steps):
        raise NoSuchStep(
            zh=f"这项请求目前只有 {len(thread.steps)} 步。",
            en=f"The request has {len(thread.steps)} steps so far. Ask for one of them.",
        )
    ours = answered_numbers(thread)
    numbers = [one for one in ours if step in (None, one)]
    if not numbers:
        raise NoSuchStep(
            zh="这一步是请求方自己的消息，不由本系统写出；或还没有答复。",
            en="That step is a message of the asker's own, which is not written here; or there is no answer yet.",
        )
    return as_file(HttpResponse(write_thread(thread, numbers), content_type=XML), f"{name}.xml")


@router.post("/exchange/edxl", response=ExchangedOut, **with_file(may(Permission.SEE), TAKES_XML))
@idempotent
def take_edxl(request: HttpRequest, after: After = 0) -> ExchangedOut:
    """Take in what another system sends, at most 20 MB: EDXL-HAVE 1.0, by itself or in EDXL-DE 1.0; EDXL-RM 1.0 in
    EDXL-DE.

    Hospitals are found by their codes; each is taken whole or not at all, as of the time that the document names.
    Messages are found by the OriginatingMessageID of a request and take its next step, as the caller may. The same
    document again changes nothing. Of many hospitals as many are taken as come within twenty seconds (with an
    Idempotency-Key two hundred at most, which are then taken all or none); `next` says where to go on, with `after`.
    """
    most = MOST_AS_ONE if request.headers.get("Idempotency-Key") else MOST_HOSPITALS
    done = receive(content=request.read(LARGEST + 1), by=caller(request), now=clock.now(), after=after, most=most)
    return ExchangedOut(
        status=done.status.value,
        next=done.next,
        hospitals=[
            HospitalTakenOut(
                code=one.code,
                outcome=one.outcome,
                why=one.why,
                taken=list(one.taken),
                older=list(one.older),
                passed_over=list(one.passed_over),
            )
            for one in done.hospitals
        ],
        messages=[MessageTakenOut(**asdict(one) | {"why": one.why}) for one in done.messages],
    )
