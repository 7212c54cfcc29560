"""No operation passes over a parameter that it does not have, that stands there twice, or that holds no such value."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest

from api.callers import Answer, Caller
from api.test_registers import TEAM, entered, fetched
from youbei.actions import clock
from youbei.actions.registers.save import save_record
from youbei.api.routes import api
from youbei.content import registers
from youbei.records.models import Organisation

REAL = {"name": "team", "code": "leak", "version": "1", "form": "xlsx"}
VALUES = {"lat": "36", "lon": "120", "minutes": "30", "capability": "hazmat_response", "item": "x", "kind": "store"}
OPERATIONS: dict[str, dict[str, Any]] = {
    path.removeprefix("/api"): operations["get"]
    for path, operations in api.get_openapi_schema()["paths"].items()
    if "get" in operations
}


def filled(path: str) -> str:
    """Return the address with something in each place: names are looked at before what they name is looked for."""
    parts = path.split("/")
    return "/".join(REAL.get(part[1:-1], "1") if part.startswith("{") else part for part in parts)


def names_of(operation: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for one in operation.get("parameters", []) if one["in"] == "query"]


def misspelt(name: str) -> str:
    """Return a name with two letters exchanged, or one too many: as fingers do it."""
    turned = name[0] + name[2] + name[1] + name[3:] if len(name) > 2 else f"{name}x"
    return turned if turned != name else f"{name}s"


def refused(answer: Answer, name: str) -> str:
    """Return the sentence of a refusal that names the parameter, in words and for programs."""
    assert answer.status in (400, 422), (answer.status, answer.body)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert [one["place"] for one in answer.body["errors"]] == [f"query.{name}"]
    assert name in answer.body["text"]["zh"]
    sentence: str = answer.body["text"]["en"]
    assert name in sentence
    return sentence


@pytest.mark.parametrize("path", OPERATIONS)
def test_a_misspelt_parameter_is_named_with_the_one_that_was_meant(path: str, admin: Caller) -> None:
    names = [one["name"] for one in names_of(OPERATIONS[path])]
    for name in names:
        wrong = misspelt(name)
        sentence = refused(admin.get(f"{filled(path)}?{urlencode({wrong: 'open'})}"), wrong)
        assert f"Did you mean {name}?" in sentence
        assert all(known in sentence for known in names)
    refused(admin.get(f"{filled(path)}?zzz=1"), "zzz")


@pytest.mark.parametrize("path", [path for path, operation in OPERATIONS.items() if names_of(operation)])
def test_a_parameter_given_twice_is_refused_unless_it_is_a_list(path: str, admin: Caller) -> None:
    for one in names_of(OPERATIONS[path]):
        name = one["name"]
        answer = admin.get(f"{filled(path)}?{urlencode([(name, VALUES.get(name, '1')), (name, '2')])}")
        if one["schema"].get("type") == "array":
            assert answer.body.get("code") != "parameter-twice", answer.body
        else:
            assert "more than once" in refused(answer, name)


def test_a_stranger_is_told_nothing_about_parameters(stranger: Caller) -> None:
    assert Caller().get("/incidents?stauts=open").status == 401
    assert stranger.get("/incidents?stauts=open").status == 403


def test_a_write_with_a_parameter_that_it_does_not_have_writes_nothing(admin: Caller) -> None:
    body = {"label": "one"}
    answer = admin.post("/me/tokens?lable=x", body, Idempotency_Key="k1")
    assert (answer.status, answer.body["code"]) == (422, "unknown-parameter")
    assert [one["label"] for one in admin.get("/me/tokens").body] == ["test"]


@pytest.fixture
def listed(admin: Caller, port: Organisation) -> Caller:
    entered(admin, "team", TEAM)
    return admin


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("kind=profesional", "Did you mean professional?"),
        ("unit=hiazhou", "GET /organisations"),
        ("organisation=atlantis", "GET /registers/organisation/records"),
        ("capabilities=dragon_taming", "capabilities is never dragon_taming"),
        ("freshness=stael", "stale"),
        ("retired=maybe", "boolean"),
        ("only=2", "boolean"),
        ("established_on_from=soon", "2026-11-25"),
        ("established_on_from=2026-02-30", "2026-11-25"),
        ("established_on_from=2026-02-02&established_on_until=2026-01-01", "Exchange"),
        ("established_on=2026-01-01", "established_on_from"),
        (f"kind={'x' * 5000}", "too long"),
        ("kind=a%00b", "U+0000"),
        ("kind=%27%20OR%201%3D1", "is never"),
    ],
)
def test_a_value_that_no_record_can_have_is_refused_in_words(query: str, word: str, listed: Caller) -> None:
    name = query.partition("=")[0]
    for address in ("records", "export", "statistics", "statistics/file"):
        answer = listed.get(f"/registers/team/{address}?{query}")
        assert answer.status == 422, (address, answer.body)
        said = f"{answer.body['detail']} {answer.body['errors']}"
        assert name in said
        assert word in said or address != "records"
    if not name.startswith(("only", "retired")):
        answer = listed.get(f"/features/collections/team/items?{query}")
        assert answer.status == 400
        assert word in answer.body["text"]["en"]


def test_right_values_narrow_as_before_and_nothing_stands_for_what_is_not_filled_in(listed: Caller) -> None:
    def codes(query: str) -> list[str]:
        return [one["values"]["code"] for one in listed.get(f"/registers/team/records?{query}").body["items"]]

    for query in ("kind=professional", "kind=", "unit=haizhou&only=1", "established_on=-", "q=", "retired=0"):
        assert codes(query) == ["hazmat-1"], query
    assert codes("unit=haizhou-port") == codes("kind=volunteer") == []


def test_who_sees_a_part_may_narrow_by_the_whole_above_it(observer: Caller, listed: Caller) -> None:
    """The answer is what they see of it; a unit apart from theirs is answered as one that there is not."""
    entered(listed, "team", TEAM | {"code": "port-1", "organisation": "haizhou-port"})
    save_record(
        register=registers()["organisation"],
        values={"code": "farm", "name_zh": "农场", "kind": "school", "parent": "haizhou"},
        by=None,
        now=clock.now(),
    )
    found = observer.get("/registers/team/records?unit=haizhou").body["items"]
    assert [one["values"]["code"] for one in found] == ["port-1"]
    hidden, missing = (observer.get(f"/registers/team/records?unit={code}") for code in ("farm", "famr"))
    assert hidden.status == missing.status == 422
    assert hidden.body["detail"].replace("farm", "famr") == missing.body["detail"]


def test_only_its_own_is_the_same_wherever_it_is_asked(listed: Caller) -> None:
    """Statistics and exports once knew only `1`, and counted all for `true`."""
    entered(listed, "team", TEAM | {"code": "port-1", "organisation": "haizhou-port"})
    for flag in ("1", "true"):
        table = listed.get(f"/registers/team/statistics?rows=kind&unit=haizhou&only={flag}").body
        assert str(table["total"]["number"]) == "1"
        export = b"".join(fetched(listed, f"/registers/team/export?unit=haizhou&only={flag}").streaming_content)
        assert b"hazmat-1" in export
        assert b"port-1" not in export


def test_a_list_is_narrowed_by_one_of_several_codes(admin: Caller, city: Organisation) -> None:
    """What is dangerous about a hazard is several codes; it can be asked for by each, and for those without any."""
    field = registers()["hazard_point"].field("dangers")
    first, second = (choice.code for choice in field.choices[:2])
    entered(
        admin, "site", {"code": "s", "name_zh": "库", "kind": "store", "organisation": "haizhou", "lat": 36, "lon": 120}
    )
    for code, dangers in (("a", [first, second]), ("b", [second]), ("c", [])):
        entered(
            admin,
            "hazard_point",
            {
                "code": code,
                "name_zh": code,
                "site": "s",
                "substance": "氨",
                "dangers": dangers,
                "organisation": "haizhou",
            },
        )

    def codes(word: str) -> list[str]:
        items = admin.get(f"/registers/hazard_point/records?dangers={word}").body["items"]
        return [one["values"]["code"] for one in items]

    assert (codes(first), codes(second), codes("-")) == (["a"], ["a", "b"], ["c"])


@pytest.mark.parametrize("word", ["%F4%8F%BF%BF", "%ED%9F%BF", "32%C3%A9", "%7F", "%F0%9F%98%80"])
def test_the_beginning_of_a_code_may_be_any_letter(word: str, listed: Caller) -> None:
    """The last letter that there is has none after it, and one before the surrogates none that can be written."""
    assert listed.get(f"/registers/organisation/records?division={word}").body["items"] == []


@pytest.mark.parametrize(
    ("path", "word"),
    [
        ("/findings?state=clsoed", "Did you mean closed?"),
        ("/findings?source=nowhere", "source"),
        ("/findings?severity=huge", "severity"),
        ("/findings?element=air", "element"),
        ("/findings?unit=atlantis", "GET /organisations"),
        ("/findings?plan=leak", "query.plan"),
        ("/findings?run=x", "query.run"),
        ("/stock-orders?state=isued", "Did you mean issued?"),
        ("/accounts?role=king", "administrator"),
        ("/accounts?which=waek", "Did you mean weak?"),
        ("/teams?kind=dragon_taming", "kind"),
        ("/teams?status=avialable", "Did you mean available?"),
        ("/sites?kind=stroe", "Did you mean store?"),
        ("/messages?status=snet", "Did you mean sent?"),
        ("/incidents?category=accidnet_disaster", "Did you mean accident"),
        ("/messages?channel=emial", "Did you mean email?"),
        ("/log?kind=incident.reprted", "Did you mean incident.reported?"),
        ("/cases?kind=amonia_leak", "Did you mean ammonia_leak?"),
        ("/manual?kind=amonia_leak", "Did you mean ammonia_leak?"),
        ("/stock?kind=dragon-scales", "kind is never dragon-scales"),
        ("/incidents?status=opne", "query.status"),
        ("/people?organisation=atlantis", "GET /organisations"),
        ("/posts?organisation=atlantis", "GET /organisations"),
    ],
)
def test_a_choice_that_there_is_not_lists_neither_everything_nor_nothing(path: str, word: str, admin: Caller) -> None:
    answer = admin.get(path)
    assert answer.status == 422, answer.body
    assert word in f"{answer.body['detail']} {answer.body['errors']}"
