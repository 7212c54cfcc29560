"""What another system asks: it is kept once, seen by those who may answer, taken or declined, and answered as EDXL."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.asking import CANCEL, in_hours, later, line, request, send
from tests.built_once import built_once

from api.callers import Caller, make_caller
from youbei.actions import clock
from youbei.actions.exchange import asked as keeping
from youbei.actions.registers.people import create_organisation
from youbei.engine.access import Role
from youbei.records.models import AidRequest, Incident, LogEntry, Organisation, OutsideLine, OutsideRequest

MSG, RM = "{urn:oasis:names:tc:emergency:EDXL:RM:1.0:msg}", "{urn:oasis:names:tc:emergency:EDXL:RM:1.0}"
REPORT: dict[str, Any] = {"kind": "flood", "title": "省防指请求支援排涝"}


@built_once
def province(port: Organisation) -> Caller:
    """The program by which the province asks; it may report to the port and no more."""
    return make_caller("program-of-the-province", Role.RESPONDER, port)


@built_once
def officer(port: Organisation) -> Caller:
    return make_caller("officer-of-the-port", Role.DUTY_OFFICER, port)


def offer(number: int = 1, quantity: int = 2, hours: float = 5, capability: str = "rescue") -> dict[str, Any]:
    return {"line": number, "quantity": quantity, "at": in_hours(hours), "capability": capability}


def answers(caller: Caller, pk: int) -> ElementTree.Element:
    answer = Client().get(f"/api/requests/{pk}/edxl", headers={"Authorization": f"Bearer {caller.key}"})
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/xml"), answer.content
    return ElementTree.fromstring(answer.content)  # noqa: S314  (our own)


def said(root: ElementTree.Element) -> list[tuple[str, str | None, str | None]]:
    contents = [one[0] for one in root.iter("{urn:oasis:names:tc:emergency:EDXL:DE:1.0}embeddedXMLContent")]
    return [
        (one.tag.removeprefix(MSG), one.findtext(f".//{RM}ResponseType"), one.findtext(f".//{RM}Amount"))
        for one in contents
    ]


def test_a_request_is_kept_with_all_it_says(province: Caller, officer: Caller) -> None:
    (came,) = send(province, request(line(until=in_hours(48), more="<Description>口径 300</Description>")))
    assert (came["outcome"], came["step"], came["state"], came["why"]) == (
        "taken",
        "request",
        "waiting",
        {"zh": "", "en": ""},
    )
    pk = int(came["request"].removeprefix("request:"))
    shown = officer.get(f"/requests/{pk}").body
    assert (shown["unit"], shown["mode"]) == ("haizhou-port", "real")
    assert (shown["sender"], shown["message_id"]) == ("desk@province.example", "province.example:77")
    assert (shown["incident_id_there"], shown["incident_there"]) == ("P-2026-9", "台风")
    assert shown["contact"] == "Requester: 省厅值班室 0532-5550101"
    (one,) = shown["lines"]
    assert (one["name"], one["value"], one["quantity"], one["place"]) == ("排水泵车", "pump-truck", "3.000", "北堤泵站")
    assert (one["lat"], one["lon"], one["words"]) == (36.1, 120.4, "口径 300")
    assert one["needed_by"] < one["until"]
    entry = LogEntry.objects.get(kind="request.received")
    assert entry.mode == "real"
    assert "0532" not in entry.data
    assert "值班室" not in entry.data


def test_the_same_message_twice_is_one_and_another_under_its_name_is_refused(province: Caller) -> None:
    message = request(sent=in_hours(-1))
    assert [one["outcome"] for one in send(province, message, message)] == ["taken", "repeated"]
    assert send(province, message)[0]["outcome"] == "repeated"
    (changed,) = send(province, message.replace("<rm:Amount>3<", "<rm:Amount>30<"))
    assert changed["outcome"] == "refused"
    assert "says something else" in changed["why"]["en"]
    (practised,) = send(province, message, status="Exercise")
    assert practised["outcome"] == "refused"
    assert OutsideRequest.objects.count() == OutsideLine.objects.count() == 1
    assert LogEntry.objects.filter(kind="request.received").count() == 1
    assert OutsideLine.objects.get().quantity == 3


def test_it_is_taken_into_a_new_incident_and_the_asker_fetches_every_step(province: Caller, officer: Caller) -> None:
    (came,) = send(province, request(line("a", quantity="3") + line("b", "冲锋舟", "5")))
    pk = int(came["request"].removeprefix("request:"))
    assert province.get(f"/requests/{pk}/edxl").status == 409
    body = {"offers": [offer()], "report": REPORT}
    assert officer.post(f"/requests/{pk}/take", body).status == 422
    done = officer.post(f"/requests/{pk}/take", {**body, "reason": "冲锋舟全部在外"})
    assert done.status == 200, done.body
    incident = Incident.objects.get()
    aid = AidRequest.objects.get()
    assert (done.body["state"], done.body["incident"]) == ("taken", incident.number)
    assert (aid.state, aid.quantity, aid.promised, aid.partner.code) == ("offered", 3, 2, "haizhou-port")
    root = answers(province, pk)
    assert sorted(said(root), key=str) == [
        ("ResponseToRequestResource", "Accept", "2"),
        ("ResponseToRequestResource", "Decline", None),
    ]
    ids = {one.text for one in root.iter(f"{MSG}OriginatingMessageID")}
    assert ids == {"province.example:77"}
    assert {one.text for one in root.iter(f"{RM}PrecedingResourceInfoElementID")} == {"a", "b"}
    assert {one.text for one in root.iter(f"{RM}IncidentID")} == {"P-2026-9"}
    assert [one.text for one in root.iter(f"{RM}ResponseReason")] == ["冲锋舟全部在外"]
    assert officer.post(f"/aid/{aid.pk}/commit", {"quantity": 2, "at": in_hours(5)}).status == 200
    for step in ("depart", "arrive"):
        assert officer.post(f"/aid/{aid.pk}/{step}", {}).status == 200
    release = later("ReleaseResource", "province.example:78")
    assert [one["outcome"] for one in send(province, release, release)] == ["taken", "repeated"]
    assert officer.post(f"/aid/{aid.pk}/return", {}).status == 200
    assert [one[0] for one in said(answers(province, pk))][2:] == [
        "CommitResource",
        *["ReportResourceDeploymentStatus"] * 3,
    ]
    assert said(answers(officer, pk)) == said(answers(province, pk))
    assert officer.post(f"/requests/{pk}/decline", {"reason": "x"}).status == 409


def test_it_goes_into_an_incident_that_is_known_and_only_into_one_of_its_mode(
    province: Caller, officer: Caller
) -> None:
    pk = int(send(province, request())[0]["request"].removeprefix("request:"))
    report = {"organisation": "haizhou-port", "category": "natural", **REPORT, "source": "phone"}
    made = officer.post("/incidents", report)
    assert made.status == 201, made.body
    incident = Incident.objects.get()
    Incident.objects.update(mode="exercise")
    body = {"offers": [offer()], "incident": incident.pk}
    assert officer.post(f"/requests/{pk}/take", body).status == 422
    Incident.objects.update(mode="real")
    assert officer.post(f"/requests/{pk}/take", body).status == 200
    assert Incident.objects.count() == 1
    both = officer.post(f"/requests/{pk}/take", {**body, "report": REPORT})
    assert both.status == 409


def test_it_is_declined_with_a_reason(province: Caller, officer: Caller) -> None:
    pk = int(send(province, request())[0]["request"].removeprefix("request:"))
    assert officer.post(f"/requests/{pk}/decline", {"reason": " "}).status == 422
    assert officer.post(f"/requests/{pk}/decline", {"reason": "泵车在修 <b>&"}).body["state"] == "declined"
    root = answers(province, pk)
    assert said(root) == [("ResponseToRequestResource", "Decline", None)]
    assert root.findtext(f".//{RM}ResponseReason") == "泵车在修 <b>&"
    assert root.findtext(f".//{MSG}MessageID") == f"127.0.0.1:request:{pk}:1:2"
    cancel = later("RequestResource", "province.example:79", CANCEL)
    assert send(province, cancel)[0]["outcome"] == "refused"


def test_the_asker_recalls_what_nobody_has_answered(province: Caller, officer: Caller) -> None:
    pk = int(send(province, request(line("a") + line("b")))[0]["request"].removeprefix("request:"))
    cancel = later("RequestResource", "province.example:79", CANCEL + line("a") + line("b"))
    assert [one["outcome"] for one in send(province, cancel, cancel)] == ["taken", "repeated"]
    assert officer.get(f"/requests/{pk}").body["state"] == "withdrawn"
    assert officer.post(f"/requests/{pk}/take", {"offers": [offer()], "report": REPORT}).status == 409
    assert province.get(f"/requests/{pk}/edxl").status == 409


def test_what_belongs_to_an_exercise_stays_there(province: Caller, officer: Caller) -> None:
    pk = int(send(province, request(), status="Exercise")[0]["request"].removeprefix("request:"))
    assert OutsideRequest.objects.get().mode == LogEntry.objects.get(kind="request.received").mode == "exercise"
    assert officer.post(f"/requests/{pk}/take", {"offers": [offer()], "report": REPORT}).status == 403
    assert officer.post(f"/requests/{pk}/decline", {"reason": "x"}).status == 200
    assert (
        b"<distributionStatus>Exercise<"
        in Client().get(f"/api/requests/{pk}/edxl", headers={"Authorization": f"Bearer {province.key}"}).content
    )
    assert (
        province.post("/exchange/edxl", request().encode(), Content_Type="application/xml").status == 422
    )  # outside an envelope nobody says whether it is real


def test_only_those_who_may_answer_see_it_and_the_asker_its_own(
    admin: Caller, province: Caller, officer: Caller, observer: Caller, stranger: Caller, city: Organisation
) -> None:
    pk = int(send(province, request())[0]["request"].removeprefix("request:"))
    neighbour = create_organisation(by=None, now=clock.now(), code="lanwan", kind="county", name_zh="蓝湾", parent=city)
    beside = make_caller("officer-of-the-neighbour", Role.DUTY_OFFICER, neighbour)
    looking = make_caller("observer-of-the-port", Role.OBSERVER, Organisation.objects.get(code="haizhou-port"))
    for caller in (beside, looking):
        assert caller.get("/requests").body["items"] == []
        assert caller.get(f"/requests/{pk}").status == caller.get(f"/requests/{pk}/edxl").status == 404
        assert caller.post(f"/requests/{pk}/decline", {"reason": "x"}).status in (403, 404)
    assert stranger.get(f"/requests/{pk}").status in (403, 404)
    assert [one["may_answer"] for one in province.get("/requests").body["items"]] == [False]
    assert province.post(f"/requests/{pk}/decline", {"reason": "x"}).status == 403
    assert [one["pk"] for one in admin.get("/requests?message=province.example:77").body["items"]] == [pk]
    assert OutsideRequest.objects.get().state == "waiting"
    (elsewhere,) = send(province, request(message_id="x:1"), unit="lanwan")
    assert elsewhere["outcome"] in ("unknown", "refused")
    assert "lanwan" in elsewhere["why"]["en"]
    (no_right,) = send(looking, request(message_id="x:2"))
    assert no_right["outcome"] == "not_permitted"
    # A message of another system does not touch what the province asked, whatever it names.
    cancel = later("RequestResource", "x:3", CANCEL)
    assert send(beside, cancel)[0]["outcome"] == "unknown"
    assert OutsideRequest.objects.get().state == "waiting"


def test_what_cannot_be_meant_meets_a_sentence(province: Caller) -> None:
    wrong = {
        request(line(quantity="0")): "The quantity '0'",
        request(line(quantity="-5")): "The quantity '-5'",
        request(line(quantity="99999999999")): "The quantity '99999999999'",
        request(line(needed="1995-01-01T00:00:00Z")): "The time '1995",
        request(line(needed="2189-01-01T00:00:00Z")): "The time '2189",
        request(line(needed="tomorrow")): "The time 'tomorrow'",
        request(line(until=in_hours(1))): "let go before it is wanted",
        request(line() + line()): "the same ResourceInfoElementID",
        request(""): "here are 0",
        request("".join(line(str(one)) for one in range(31))): "here are 31",
        request(line(name="x" * 201)): "Name has 201",
        request(words="x" * 2001): "MessageDescription has 2001",
        request(sent="2020-01-01T00:00:00Z"): "SentDateTime",
        request(sent=in_hours(2)): "SentDateTime",
        request(message_id="has blanks"): "MessageID is missing",
        request(message_id="127.0.0.1:aid:1:1"): "sent from here",
        request(line().replace("36.1 120.4", "136.1 120.4")): "The position",
        request(line().replace("36.1 120.4", "nan nan")): "The position",
        request(line("", "", more="").replace("pump-truck", "")): "does not say what is wanted",
        request(more=CANCEL.replace("Cancel", "Update")): "RecallType 'Update'",
    }
    for message, expected in wrong.items():
        (came,) = send(province, message)
        assert came["outcome"] == "refused", (expected, came)
        assert expected in came["why"]["en"], (expected, came)
        assert came["why"]["zh"]
    assert send(province, request(), sender="")[0]["outcome"] == "refused"
    assert not OutsideRequest.objects.exists()


def test_a_system_that_floods_is_stopped(province: Caller, monkeypatch: Any) -> None:
    monkeypatch.setattr(keeping, "MOST_WAITING", 3)
    came = send(province, *(request(message_id=f"flood:{one}") for one in range(5)))
    assert [one["outcome"] for one in came] == ["taken"] * 3 + ["refused"] * 2
    assert "not answered yet" in came[-1]["why"]["en"]
    assert send(province, request(message_id="flood:0", sent=in_hours(-1)))[0]["outcome"] == "refused"
    monkeypatch.setattr(keeping, "MOST_IN_AN_HOUR", 3)
    OutsideRequest.objects.update(state="declined")
    assert "within an hour" in send(province, request(message_id="flood:9"))[0]["why"]["en"]
    assert OutsideRequest.objects.count() == 3


def browser_of(caller: Caller, language: str = "en") -> Client:
    assert caller.user is not None
    client = Client(headers={"accept-language": language})
    client.force_login(caller.user)
    session = client.session
    session["language"] = language
    session.save()
    return client


def test_the_duty_desk_and_the_menu_say_how_many_wait(province: Caller, officer: Caller, observer: Caller) -> None:
    assert b"/requests/" not in browser_of(officer).get("/").content
    send(province, request(), request(message_id="province.example:80"))
    page = browser_of(officer).get("/").content.decode()
    assert "2 requests of other systems wait for your answer" in page
    assert 'Requests <span class="count">2</span>' in page
    assert "2 条其他系统的请求等待答复" in browser_of(officer, "zh-hans").get("/").content.decode()
    assert b"/requests/" not in browser_of(observer).get("/").content
    assert browser_of(observer).get("/requests/").status_code == 403


def test_a_page_shows_what_is_asked_and_takes_or_declines_it(
    province: Caller, officer: Caller, observer: Caller
) -> None:
    markup = "&lt;script&gt;alert(1)&lt;/script&gt;"
    asked = request(line("a", markup, "2.5") + line("b", quantity=""), words=markup)
    pk = int(send(province, asked)[0]["request"].removeprefix("request:"))
    browser = browser_of(officer)
    for address in ("/requests/", f"/requests/{pk}/", f"/requests/{pk}/take/", f"/requests/{pk}/decline/"):
        page = browser.get(address).content.decode()
        assert "<script>alert" not in page
        assert browser_of(observer).get(address).status_code in (403, 404), address
    page = browser.get(f"/requests/{pk}/").content.decode()
    assert markup in page
    assert "0532-5550101" in page
    assert "What you do now" in page
    given = {
        "incident": "new", "kind": "flood", "title": "支援", "reason": "",
        "quantity_1": "2", "what_1": "capability:rescue", "at_1": "2099-01-01T08:00", "quantity_2": "",
    }  # fmt: skip
    assert "Say why not" in browser.post(f"/requests/{pk}/take/", given).content.decode()
    nothing = browser.post(f"/requests/{pk}/take/", given | {"quantity_1": "", "reason": "x"})
    assert (nothing.status_code, "decline the request" in nothing.content.decode()) == (422, True)
    assert browser.post(f"/requests/{pk}/take/", given | {"incident": "999999"}).status_code == 422
    assert not Incident.objects.exists()
    done = browser.post(f"/requests/{pk}/take/", given | {"reason": "没有"})
    assert done.status_code == 302, done.content.decode()
    page = browser.get(f"/requests/{pk}/").content.decode()
    assert "Answers (EDXL-RM)" in page
    assert Incident.objects.get().number in page
    aid = AidRequest.objects.get()
    for address in ("/aid/", f"/aid/{aid.pk}/", "/requests/?state=all", "/requests/?state=taken"):
        assert "desk@province.example" in browser.get(address).content.decode(), address
    assert 'id="strange"' in browser.get("/requests/?state=x").content.decode()
    assert browser.post(f"/requests/{pk}/decline/", {"reason": "x"}).status_code == 409


def test_the_inbox_costs_the_same_however_many_wait(province: Caller, officer: Caller) -> None:
    browser, taken = browser_of(officer), []
    browser.get("/requests/")
    for first in (0, 10):
        send(province, *(request(line("a") + line("b"), f"many:{first + one}") for one in range(10 if first else 2)))
        with CaptureQueriesContext(connection) as queries:
            assert browser.get("/requests/").status_code == 200
        taken.append(len(queries))
    assert taken[0] == taken[1]


def test_a_question_is_answered_in_words_or_declined(province: Caller, officer: Caller) -> None:
    ask = [request("", f"province.example:{one}", kind="RequestInformation", words="有多少泵车？") for one in (81, 82)]
    first, second = (int(one["request"].removeprefix("request:")) for one in send(province, *ask))
    assert officer.post(f"/requests/{first}/take", {"offers": [offer()], "report": REPORT}).status == 422
    browser = browser_of(officer)
    assert "有多少泵车？" in browser.get("/requests/").content.decode()
    page = browser.get(f"/requests/{first}/").content.decode()
    assert f"/requests/{first}/answer/" in page
    assert f"/requests/{first}/take/" not in page
    assert browser.post(f"/requests/{first}/answer/", {"words": " "}).status_code == 422
    assert browser.post(f"/requests/{first}/answer/", {"words": "两台 <b>"}).status_code == 302
    assert "两台 &lt;b&gt;" in browser.get(f"/requests/{first}/").content.decode()
    assert officer.post(f"/requests/{first}/answer", {"words": "三台"}).status == 409
    root = answers(province, first)
    assert said(root) == [("ResponseToRequestInformation", "Accept", None)]
    assert root.findtext(f".//{MSG}MessageDescription") == "两台 <b>"
    assert root.findtext(f".//{MSG}OriginatingMessageID") == "province.example:81"
    assert officer.post(f"/requests/{second}/decline", {"reason": "不掌握"}).status == 200
    root = answers(province, second)
    assert said(root) == [("ResponseToRequestInformation", "Decline", None)]
    assert root.findtext(f".//{RM}ResponseReason") == "不掌握"
    (empty,) = send(province, request("", "province.example:83", kind="RequestInformation", words=""))
    assert empty["outcome"] == "refused"
    pk = int(send(province, request())[0]["request"].removeprefix("request:"))
    assert officer.post(f"/requests/{pk}/answer", {"words": "x"}).status == 422


def test_a_quote_is_declined_at_once(province: Caller, officer: Caller) -> None:
    (came,) = send(province, request(kind="RequestQuote"))
    assert (came["outcome"], came["state"]) == ("taken", "declined")
    pk = int(came["request"].removeprefix("request:"))
    root = answers(province, pk)
    assert said(root) == [("ResponseToRequestQuote", "Decline", None)]
    assert "No prices are quoted" in str(root.findtext(f".//{RM}ResponseReason"))
    assert officer.get("/requests?state=waiting").body["items"] == []
    assert "asks for prices" in browser_of(officer).get(f"/requests/{pk}/").content.decode()
    assert [one["outcome"] for one in send(province, request(kind="RequestQuote", sent=in_hours(-1)))] == ["refused"]


def test_what_has_no_place_is_refused_by_name_and_the_status_is_told(province: Caller, officer: Caller) -> None:
    pk = int(send(province, request())[0]["request"].removeprefix("request:"))
    status = later("RequestResourceDeploymentStatus", "province.example:90")
    (told,) = send(province, status)
    assert (told["outcome"], told["state"]) == ("unchanged", "waiting")
    assert officer.post(f"/requests/{pk}/take", {"offers": [offer()], "report": REPORT}).status == 200
    assert send(province, status)[0]["state"] == "offered"
    assert send(officer, status)[0]["outcome"] == "unknown"
    for kind in ("RequisitionResource", "OfferUnsolicitedResource", "RequestReturn", "ResponseToRequestQuote"):
        (came,) = send(province, later(kind, "province.example:91"))
        assert came["outcome"] == "refused", kind
    assert AidRequest.objects.get().state == "offered"
