"""Personal data: looked at for a purpose, with every look in the log; erased on request, also out of the history."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.built_once import built_once
from youbei import content
from youbei.actions.access import create_user, give_grant
from youbei.actions.deliver import deliver_due
from youbei.actions.directory import Directory
from youbei.actions.registers.erasing import ask_erasure
from youbei.actions.registers.people import create_shift, hold_post
from youbei.actions.registers.personal import erase_person, look_at
from youbei.actions.registers.reached import let_certificates_count, note_reached
from youbei.actions.registers.save import save_record
from youbei.engine.access import Role
from youbei.engine.errors import NotAllowed, Refused
from youbei.engine.privacy import ErasureGround, Purpose, purpose_called
from youbei.records.log import verify_log
from youbei.records.models import ContactWay, LogEntry, Message, Organisation, Person, PostHolding, RecordChange
from youbei.records.reports.vetting import vetting_state
from youbei.records.reports.who import ancestors, who_sees

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)
GROUND = ErasureGround.CONSENT_WITHDRAWN
REGISTERS = content.registers()


def save(name: str, **values: Any) -> Any:
    return save_record(register=REGISTERS[name], values=values, by=None, now=NOW)


@built_once
def unit() -> Organisation:
    made: Organisation = save("organisation", code="unit", name_zh="单位", kind="bureau")
    save("post", code="unit/desk", name_zh="值班员", organisation="unit", kind="duty")
    save("person", code="zhang", name_zh="张三丰", organisation="unit", phone="13812345678", email="zhang@unit.example")
    return made


def user_of(unit: Organisation, role: Role) -> Any:
    user = create_user(by=None, now=NOW, username=role.value, password="long enough for anybody")
    give_grant(by=None, now=NOW, user=user, role=role, organisation=unit)
    return user


def test_a_look_needs_the_right_and_a_purpose_and_stands_in_the_log(unit: Organisation) -> None:
    person = Person.objects.get()
    register = REGISTERS["person"]
    with pytest.raises(NotAllowed):
        look_at(
            register=register,
            row=person,
            purpose=Purpose.CALL_OUT,
            by=user_of(unit, Role.OBSERVER),
            now=NOW,
            via="page",
        )
    with pytest.raises(Refused, match="Say what personal data is needed for"):
        purpose_called("curiosity")
    said = look_at(
        register=register, row=person, purpose=Purpose.CALL_OUT, by=user_of(unit, Role.REGISTRAR), now=NOW, via="page"
    )
    assert said["phone"] == "13812345678"
    entry = LogEntry.objects.get(kind="record.looked")
    assert json.loads(entry.data)["purpose"] == "call_out"
    assert "13812345678" not in entry.data


def test_what_is_erased_is_nowhere_and_the_log_still_holds(unit: Organisation) -> None:
    save("qualification", person="zhang", kind="first_aid", number="A-77")
    save("contact_way", person="zhang", way="mobile", address="13899990000")
    person = Person.objects.get()
    save_record(register=REGISTERS["person"], values={"phone": "13700001111"}, by=None, now=NOW, pk=person.pk)
    hold_post(by=None, now=NOW, post=_post(), person=person, starts_at=NOW - timedelta(days=9))
    ask_erasure(name="person", pk=person.pk, ground=GROUND, by=user_of(unit, Role.ADMINISTRATOR), now=NOW)
    erase_person(pk=person.pk, by=user_of(unit, Role.REGISTRAR), now=NOW)
    kept = " ".join(
        [
            *(f"{row.name_zh}{row.name_en}{row.phone}{row.email}" for row in Person.objects.all()),
            *(f"{row.before}{row.after}" for row in RecordChange.objects.exclude(register="organisation")),
            *LogEntry.objects.values_list("data", flat=True),
        ]
    )
    for word in ("张三丰", "13812345678", "13700001111", "13899990000", "A-77", "zhang@unit.example"):
        assert word not in kept, word
    assert not ContactWay.objects.exists()
    assert PostHolding.objects.get().ends_at == NOW
    assert RecordChange.objects.filter(kind="erased").count() == 1
    assert list(verify_log()) == []


def _post() -> Any:
    from youbei.records.models import Post

    return Post.objects.get()


def test_nobody_is_erased_who_is_still_on_the_roster(unit: Organisation) -> None:
    person = Person.objects.get()
    create_shift(
        by=None, now=NOW, post=_post(), person=person, starts_at=NOW, ends_at=NOW + timedelta(hours=12), is_leader=False
    )
    with pytest.raises(Refused, match="roster"):
        erase_person(pk=person.pk, by=None, now=NOW, ground=GROUND)


def test_a_certificate_counts_until_its_last_day_is_over(unit: Organisation) -> None:
    save("qualification", person="zhang", kind="first_aid", expires_on=date(2026, 12, 31))
    assert Person.objects.get().qualifications == ["first_aid"]
    assert let_certificates_count(date(2026, 12, 31)) == 0
    assert let_certificates_count(date(2027, 1, 1)) == 1
    assert Person.objects.get().qualifications == []
    assert let_certificates_count(date(2027, 1, 1)) == 0


def test_a_certificate_counts_from_the_day_it_is_issued_on(unit: Organisation) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    save("qualification", person="zhang", kind="first_aid", issued_on=tomorrow)
    assert Person.objects.get().qualifications == []
    assert let_certificates_count(tomorrow - timedelta(days=1)) == 0
    assert let_certificates_count(tomorrow) == 1
    assert Person.objects.get().qualifications == ["first_aid"]
    assert let_certificates_count(tomorrow) == 0


def test_a_message_goes_by_the_way_that_worked_last(unit: Organisation) -> None:
    def address() -> str:
        return Directory(["person:zhang"], NOW).contacts("person:zhang")[0].address

    assert address() == "zhang@unit.example"
    first = save("contact_way", person="zhang", way="email", address="first@unit.example", rank=1)
    second = save("contact_way", person="zhang", way="email", address="second@unit.example", rank=2)
    assert address() == "first@unit.example"
    note_reached(way=first, is_reached=False, by=None, now=NOW)
    assert address() == "second@unit.example"
    note_reached(way=first, is_reached=True, by=None, now=NOW + timedelta(hours=1))
    assert address() == "first@unit.example"
    assert ContactWay.objects.get(pk=second.pk).last_ok_at is None


def test_a_delivery_notes_whether_the_way_works(unit: Organisation, settings: Any) -> None:
    person = Person.objects.get()
    way = save("contact_way", person="zhang", way="email", address="zhang@unit.example")
    Message.objects.create(
        key="k1", org_path=unit.path, mode="real", channel="console", recipient=f"person:{person.pk}",
        address="zhang@unit.example", subject_zh="题", subject_en="Subject", queued_at=NOW, due_at=NOW,
    )  # fmt: skip
    deliver_due(NOW)
    way.refresh_from_db()
    assert way.last_ok_at == NOW


def test_the_latest_vetting_decides_while_it_lasts(unit: Organisation) -> None:
    person = Person.objects.get()

    def vet(on: date, result: str, until: date | None = None) -> None:
        save(
            "vetting",
            person="zhang",
            scope="exam_papers",
            vetted_on=on,
            vetted_by="考办",
            result=result,
            valid_until=until,
        )

    vet(date(2026, 1, 1), "passed", date(2026, 12, 31))
    assert vetting_state([person.pk], date(2026, 6, 1))[person.pk].passed == {"exam_papers"}
    assert vetting_state([person.pk], date(2027, 1, 1))[person.pk].passed == frozenset()
    vet(date(2026, 7, 1), "failed")
    assert vetting_state([person.pk], date(2026, 8, 1))[person.pk].failed == {"exam_papers"}
    save("conflict", person="zhang", kind="relative_candidate", declared_on=date(2026, 5, 1), effect="不接触试卷")
    assert vetting_state([person.pk], date(2026, 6, 1))[person.pk].conflicts == ("relative_candidate",)


def test_who_can_see_a_record_and_why(unit: Organisation) -> None:
    other = save("organisation", code="other", name_zh="别处", kind="bureau")
    user_of(unit, Role.REGISTRAR)
    stranger = create_user(by=None, now=NOW, username="elsewhere", password="long enough for anybody")
    give_grant(by=None, now=NOW, user=stranger, role=Role.ADMINISTRATOR, organisation=other)
    seers = who_sees(REGISTERS["person"], Person.objects.get().org_path, NOW)
    assert [(seer.account, seer.may_change, seer.sees_personal) for seer in seers] == [("registrar", True, True)]
    assert who_sees(REGISTERS["vetting"], unit.path, NOW) == []
    assert ancestors("/1/5/") == ["/", "/1/", "/1/5/"]
