"""Registers over the API: described, listed, entered, changed, confirmed, taken back; sheets in and out."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.built_once import built_once

from api.callers import Caller, make_caller
from youbei import content
from youbei.actions.jobs import run_to_the_end
from youbei.engine.access import Role
from youbei.records.models import LogEntry, Organisation, RecordChange, SheetImport, Team

TEAM = {
    "code": "hazmat-1",
    "name_zh": "危化一队",
    "kind": "professional",
    "organisation": "haizhou",
    "strength": 30,
    "turn_out_min": 15,
    "lat": 34.6,
    "lon": 119.2,
}
PERSON = {"code": "li", "name_zh": "李雷", "organisation": "haizhou", "phone": "13812345678"}


@built_once
def registrar(city: Organisation) -> Caller:
    return make_caller("registrar", Role.ADMINISTRATOR, city)


def entered(caller: Caller, register: str, values: dict[str, Any]) -> Any:
    answer = caller.post(f"/registers/{register}/records", {"values": values})
    assert answer.status == 201, answer.body
    return answer.body


def fetched(caller: Caller, path: str) -> Any:
    """Return the answer to a call that sends a file."""
    return Client().get(f"/api{path}", headers={"Authorization": f"Bearer {caller.key}"})


def test_every_register_is_described(admin: Caller) -> None:
    described = {one["name"]: one for one in admin.get("/registers").body}
    assert set(described) == set(content.registers())
    assert described["team"] == admin.get("/registers/team").body
    kind = next(field for field in described["team"]["fields"] if field["name"] == "kind")
    assert {"code": "professional", "title": {"zh": "专业队伍", "en": "professional team"}}["code"] in {
        choice["code"] for choice in kind["choices"]
    }


def test_a_record_is_entered_changed_and_the_change_taken_back(admin: Caller) -> None:
    made = entered(admin, "team", TEAM)
    address = f"/registers/team/records/{made['pk']}"
    assert (made["values"]["strength"], made["freshness"]) == (30, "fresh")
    assert made["links"]["organisation"]["name"]["en"] == "Haizhou"
    changed = admin("PATCH", address, {"values": {"strength": 25}, "seen": made["last_change"]}).body
    assert (changed["values"]["strength"], changed["values"]["name_zh"]) == (25, "危化一队")
    last, first = admin.get(f"{address}/changes").body["items"]
    assert (first["kind"], last["before"], last["after"]) == ("created", {"strength": 30}, {"strength": 25})
    assert last["source"] == "api"
    assert admin.post(f"{address}/changes/{last['pk']}/restore").body["values"]["strength"] == 30


def test_what_somebody_else_has_changed_is_not_overwritten(admin: Caller, registrar: Caller) -> None:
    made = entered(admin, "team", TEAM)
    address = f"/registers/team/records/{made['pk']}"
    registrar("PATCH", address, {"values": {"strength": 20}})
    answer = admin("PATCH", address, {"values": {"strength": 25}, "seen": made["last_change"]})
    assert answer.status == 409
    assert admin.get(address).body["values"]["strength"] == 20


def test_a_wrong_value_is_refused_with_a_sentence_and_nothing_is_kept(admin: Caller) -> None:
    answer = admin.post("/registers/team/records", {"values": TEAM | {"strength": "many"}})
    assert answer.status == 422
    assert "现有人数" in answer.body["text"]["zh"]
    assert admin.post("/registers/team/records", {"values": TEAM | {"wheels": 4}}).status == 409
    assert admin.get("/registers/team/records").body["items"] == []


def test_nobody_holds_a_post_twice_and_nothing_has_happened_that_is_to_come(admin: Caller) -> None:
    entered(admin, "person", PERSON)
    entered(admin, "post", {"code": "head", "name_zh": "主任", "organisation": "haizhou", "kind": "office"})
    held = {"post": "head", "person": "li", "starts_at": "2026-01-01T00:00:00Z", "ends_at": "2026-06-01T00:00:00Z"}
    entered(admin, "holding", held)
    again = {**held, "starts_at": "2026-05-31T00:00:00Z", "ends_at": None}
    answer = admin.post("/registers/holding/records", {"values": again})
    assert answer.status == 409
    assert "holds 主任 already (from 2026-01-01 08:00 until 2026-06-01 08:00)" in answer.body["detail"]
    entered(admin, "holding", {**again, "starts_at": "2026-06-01T00:00:00Z"})
    entered(admin, "team", TEAM)
    review = {"team": "hazmat-1", "kind": "grading", "held_on": "2999-01-01", "held_by": "x", "result": "passed"}
    answer = admin.post("/registers/team_review/records", {"values": review})
    assert (answer.status, "Held on says 2999-01-01, which is still to come" in answer.body["detail"]) == (422, True)


def test_the_list_is_narrowed_by_the_fields_of_the_register(admin: Caller, port: Organisation) -> None:
    entered(admin, "team", TEAM)
    entered(admin, "team", TEAM | {"code": "port-1", "kind": "volunteer", "organisation": "haizhou-port"})

    def codes(query: str) -> list[str]:
        return [one["values"]["code"] for one in admin.get(f"/registers/team/records{query}").body["items"]]

    assert codes("") == ["hazmat-1", "port-1"]
    assert codes("?kind=volunteer") == codes("?unit=haizhou-port") == codes("?organisation=haizhou-port") == ["port-1"]
    assert codes("?unit=haizhou&only=true") == ["hazmat-1"]
    page = admin.get("/registers/team/records?size=1").body
    assert codes(f"?size=1&cursor={page['next']}") == ["port-1"]


@pytest.mark.parametrize("query", ["knid=volunteer", "order=shoe_size", "freshness=new", "established_on_from=soon"])
def test_a_filter_that_would_narrow_nothing_is_refused(query: str, admin: Caller) -> None:
    for address in ("records", "export"):
        assert admin.get(f"/registers/team/{address}?{query}").status == 422, address


def test_records_are_confirmed_retired_and_revived(admin: Caller) -> None:
    made = entered(admin, "team", TEAM)
    Team.objects.update(confirmed_at=None)
    assert admin.get(f"/registers/team/records/{made['pk']}").body["freshness"] == "never"
    assert admin.post("/registers/team/confirmations", {"records": [made["pk"]]}).body == {"count": 1}
    assert admin.post(f"/registers/team/records/{made['pk']}/confirm").body["freshness"] == "fresh"
    retired = admin.post(f"/registers/team/records/{made['pk']}/retire", {"reason": "解散"}).body
    assert retired["retired_at"]
    assert admin.get("/registers/team/records").body["items"] == []
    assert len(admin.get("/registers/team/records?retired=true").body["items"]) == 1
    assert admin.post(f"/registers/team/records/{made['pk']}/revive").body["retired_at"] is None


def test_one_foreign_record_keeps_all_from_being_confirmed(admin: Caller, port: Organisation) -> None:
    own = entered(admin, "team", TEAM | {"code": "port-1", "organisation": "haizhou-port"})
    foreign = entered(admin, "team", TEAM)
    keeper = make_caller("keeper", Role.ADMINISTRATOR, port)
    before = RecordChange.objects.count()
    answer = keeper.post("/registers/team/confirmations", {"records": [own["pk"], foreign["pk"]]})
    assert answer.status == 404
    assert RecordChange.objects.count() == before


def test_who_may_look_may_not_write(admin: Caller, observer: Caller) -> None:
    made = entered(admin, "team", TEAM | {"organisation": "haizhou-port"})
    address = f"/registers/team/records/{made['pk']}"
    assert observer.get(address).status == 200
    assert observer.post("/registers/team/records", {"values": TEAM}).status == 403
    assert observer("PATCH", address, {"values": {"strength": 1}}).status == 403
    for step in ("confirm", "revive"):
        assert observer.post(f"{address}/{step}").status == 403
    above = entered(admin, "team", TEAM | {"code": "hazmat-2"})
    assert observer.get(f"/registers/team/records/{above['pk']}").status == 404
    assert observer.get("/registers/vetting").status == 404


def test_personal_values_are_masked_until_a_purpose_is_named(admin: Caller, registrar: Caller) -> None:
    made = entered(admin, "person", PERSON)
    address = f"/registers/person/records/{made['pk']}"
    admin("PATCH", address, {"values": {"phone": "13987654321"}})
    for path in ("/registers/person/records", address, f"{address}/changes"):
        shown = json.dumps(admin.get(path).body)
        assert "13812345678" not in shown, path
        assert "13987654321" not in shown, path
    assert admin.post(f"{address}/looks", {"purpose": "curiosity"}).status == 422
    looked = admin.post(f"{address}/looks", {"purpose": "call_out"})
    assert looked.body["values"]["phone"] == "13987654321"
    entry = LogEntry.objects.filter(kind="record.looked").latest("position")
    assert json.loads(entry.data)["purpose"] == "call_out"
    assert "13987654321" not in entry.data


def test_a_sheet_goes_in_and_is_undone(admin: Caller) -> None:
    head = "编码,名称,类别,所属单位,现有人数,承诺出动时间,纬度,经度"
    rows = ("t1,一队,专业队伍,haizhou,12,15,34.6,119.2", "t2,二队,专业队伍,haizhou,不详,15,34.6,119.2")
    text = "\r\n".join([head, *rows])
    sheet = admin("POST", "/registers/team/imports?filename=teams.csv", text.encode("gb18030"), Content_Type="text/csv")
    assert sheet.status == 201, sheet.body
    assert [column["field"] for column in sheet.body["columns"]][:4] == ["code", "name_zh", "kind", "organisation"]
    address = f"/registers/imports/{sheet.body['pk']}"
    assert step(admin, address, "check")["stage"] == "checked"
    checked = admin.get(address).body
    assert (checked["added"], checked["refused"]) == (1, 1)
    assert Team.objects.count() == 0
    assert admin.post(f"{address}/apply", {"only_good": False}).status == 409
    assert step(admin, address, "apply")["added"] == 1
    assert fetched(admin, f"{address}/refused").content[:2] == b"PK"
    assert [one["pk"] for one in admin.get("/registers/imports").body["items"]] == [sheet.body["pk"]]
    assert Team.objects.get().code == "t1"
    assert step(admin, address, "undo")["stage"] == "undone"
    assert Team.objects.count() == 0


def step(caller: Caller, address: str, name: str) -> Any:
    """Take a step of an import and let it be done, as the worker does."""
    answer = caller.post(f"{address}/{name}")
    assert answer.status == 202, answer.body
    run_to_the_end(SheetImport.objects.get(pk=answer.body["pk"]).job_id or 0)
    return caller.get(address).body


def test_an_import_is_its_uploaders_alone(admin: Caller, port: Organisation) -> None:
    sheet = admin("POST", "/registers/team/imports", "编码,名称\r\nt1,一队\r\n".encode(), Content_Type="text/csv").body
    other = make_caller("keeper", Role.ADMINISTRATOR, port)
    assert other.get(f"/registers/imports/{sheet['pk']}").status == 404
    assert other.post(f"/registers/imports/{sheet['pk']}/check").status == 404


def test_what_is_exported_goes_in_again_unchanged(admin: Caller) -> None:
    entered(admin, "team", TEAM)
    answer = fetched(admin, "/registers/team/export?format=csv&kind=professional")
    assert answer["Content-Type"].startswith("text/csv")
    data = b"".join(answer.streaming_content)
    sheet = admin("POST", "/registers/team/imports?filename=t.csv", data, Content_Type="text/csv").body
    checked = step(admin, f"/registers/imports/{sheet['pk']}", "check")
    assert (checked["rows"], checked["unchanged"]) == (1, 1)


def test_an_export_holds_personal_columns_for_a_purpose_only(admin: Caller) -> None:
    entered(admin, "person", PERSON)
    without = fetched(admin, "/registers/person/export?format=csv")
    assert b"13812345678" not in b"".join(without.streaming_content)
    whole = fetched(admin, "/registers/person/export?format=csv&purpose=call_out")
    assert b"13812345678" in b"".join(whole.streaming_content)


def test_a_template_is_sent_in_both_languages(admin: Caller) -> None:
    for language in ("zh", "en"):
        assert fetched(admin, f"/registers/team/template?language={language}").content[:2] == b"PK"


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), max_size=30),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["type", "coordinates", "a"]), inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_value_breaks_a_record(admin: Caller, data: st.DataObject) -> None:
    register = data.draw(st.sampled_from(sorted(content.registers())))
    names = st.sampled_from([field.name for field in content.registers()[register].fields])
    values = data.draw(st.dictionaries(names, ANYTHING, max_size=6))
    answer = admin.post(f"/registers/{register}/records", {"values": values})
    assert answer.status in {201, 404, 409, 422}, answer.body


def test_files_are_added_as_they_are_and_those_of_persons_are_fetched_for_a_purpose(registrar: Caller) -> None:
    pdf = b"%PDF-1.7 grade inspection"
    team = f"/registers/team/records/{entered(registrar, 'team', TEAM)['pk']}/files"
    person = f"/registers/person/records/{entered(registrar, 'person', PERSON)['pk']}/files"
    assert registrar.post(team, b"hello", Content_Type="application/octet-stream").status == 422
    for address in (team, person):
        answer = registrar.post(f"{address}?title=scan", pdf, Content_Type="application/octet-stream")
        assert answer.status == 201, answer.body
        assert [one["title"] for one in registrar.get(address).body] == ["scan"]
    of_team, of_person = (f"{one}/{registrar.get(one).body[0]['id']}" for one in (team, person))
    assert registrar.get(of_team).body == pdf
    assert registrar.get(of_person).status == 422
    assert registrar.get(f"{of_person}?purpose=call_out").body == pdf
    assert registrar("DELETE", of_team).status == 204
    assert registrar.get(of_team).status == 404
