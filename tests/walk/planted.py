"""A province with two counties. Whatever belongs to the first one carries marks that must never be seen in the second.

Every register gets one record, made from its description: a register that is added is planted without a change here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from django.test import Client
from fido2.cose import ES256
from fido2.webauthn import Aaguid, AttestedCredentialData

from tests.asking import envelope, line, request
from youbei import content
from youbei.actions import access, activation, advance, call_offs, clock, incidents, plans
from youbei.actions.aid import request_aid
from youbei.actions.campaigns import opening
from youbei.actions.delegations import delegate
from youbei.actions.exchange.answering import decline_request
from youbei.actions.exchange.receive import receive
from youbei.actions.exercises import circumstances, control, enrolling, head_counts, keeping, leading
from youbei.actions.factors import ask_for_factor
from youbei.actions.findings.drafts import open_draft
from youbei.actions.findings.moving import settle
from youbei.actions.findings.recording import Wrong, record_finding
from youbei.actions.findings.retests import schedule_retest
from youbei.actions.jobs import run_to_the_end
from youbei.actions.keys import create_token
from youbei.actions.registers.attachments import attach
from youbei.actions.registers.people import create_organisation, hold_post
from youbei.actions.registers.save import save_record
from youbei.actions.reports import save_report
from youbei.actions.roads import close_roads
from youbei.actions.scene import enter
from youbei.actions.sessions import begin_session
from youbei.actions.sheets.upload import upload_sheet
from youbei.actions.stock_orders import Wanted, take
from youbei.actions.stress_tests import start_stress_test
from youbei.actions.views import save_view
from youbei.actions.webhooks.keeping import Terms as WebhookTerms
from youbei.actions.webhooks.keeping import create_webhook
from youbei.engine.access import Role
from youbei.engine.exercises.read import read_exercise
from youbei.engine.findings.kinds import Source, Treatment
from youbei.engine.findings.settlement import Settlement, Stage
from youbei.engine.places import Point
from youbei.engine.registers.field import Field, FieldKind
from youbei.engine.registers.register import Register
from youbei.engine.stock.proposal import Terms
from youbei.engine.text import Text
from youbei.records.models import (
    Agreement,
    AidRequest,
    CallOff,
    CampaignUnit,
    Case,
    Circumstance,
    Compensation,
    DebriefLink,
    Entry,
    Exercise,
    ExerciseUnit,
    FactorRule,
    Finding,
    Grant,
    HeadCount,
    HotWash,
    HotWashAnswer,
    Incident,
    MoveUp,
    Organisation,
    OutsideLogin,
    OutsideRequest,
    Passkey,
    PlanDraft,
    PlanVersion,
    Retest,
    RoadClosure,
    Run,
    SavedView,
    SheetImport,
    SitingStudy,
    StatedQuantity,
    StockLot,
    StockOrder,
    StressComparison,
    StressTest,
    Team,
    User,
    Webhook,
    WebhookSending,
)
from youbei.records.registers.saved_reports import Kept

# In names and words; in codes; in telephone numbers. None of them occurs anywhere else.
WORD, CODE, PHONE = "Vk7xq", "qx7kv", "1397770"
MARKS = (WORD.lower(), CODE, PHONE)
DAY = date(2026, 1, 5)
TOWN = Path(__file__).parents[1] / "actions"
PLAN = (TOWN / "plan.toml").read_text(encoding="utf-8")
EXERCISE = (TOWN / "exercise.toml").read_text(encoding="utf-8")


@dataclass
class Planted:
    """The two counties, what was planted in the first, and who walks."""

    province: Organisation
    county: Organisation
    neighbour: Organisation
    records: dict[str, Any] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)

    version: PlanVersion = field(init=False)
    incident: Incident = field(init=False)
    run: Run = field(init=False)
    lent: Grant = field(init=False)
    rule: FactorRule = field(init=False)
    outside: OutsideLogin = field(init=False)
    passkey: Passkey = field(init=False)
    sheet: SheetImport = field(init=False)
    compensation: Compensation = field(init=False)
    call_off: CallOff = field(init=False)
    stress: StressTest = field(init=False)
    comparison: StressComparison = field(init=False)
    asked: CampaignUnit = field(init=False)
    view: SavedView = field(init=False)
    report: Kept = field(init=False)
    order: StockOrder = field(init=False)
    stated: StatedQuantity = field(init=False)
    closure: RoadClosure = field(init=False)
    aid: AidRequest = field(init=False)
    outside: OutsideRequest = field(init=False)
    declined: OutsideRequest = field(init=False)
    move_up: MoveUp = field(init=False)
    entry: Entry = field(init=False)
    study: SitingStudy = field(init=False)
    exercise: Exercise = field(init=False)
    exercise_unit: ExerciseUnit = field(init=False)
    circumstance: Circumstance = field(init=False)
    photo: int = field(init=False)
    counting: HeadCount = field(init=False)
    count_word: str = field(init=False)
    finding: Finding = field(init=False)
    draft: PlanDraft = field(init=False)
    case: Case = field(init=False)
    retest: Retest = field(init=False)
    webhook: Webhook = field(init=False)

    def browser(self, name: str, language: str = "en") -> Client:
        client = Client(headers={"accept-language": language})
        client.force_login(self.users[name])
        session = client.session
        session["language"] = language
        session["confirmed_at"] = clock.now().isoformat()
        session.save()
        return client


def plant() -> Planted:
    now = clock.now() - timedelta(hours=1)

    def unit(code: str, name: str, parent: Organisation | None) -> Organisation:
        return create_organisation(by=None, now=now, code=code, kind="government", name_zh=name, parent=parent)

    province = unit("province", "省", None)
    county = unit(f"{CODE}-county", f"{WORD}县", province)
    planted = Planted(province, county, unit("neighbour", "邻县", province))
    for register in in_order(content.registers().values()):
        row = planted.records[register.name] = plant_record(planted, register, now)
        word = WORD if register.owners else "shared"
        attach(register=register, row=row, title=f"{word} scan", content=b"%PDF-1.7 " + word.encode(), by=None, now=now)
    add_users(planted, now)
    add_response(planted, now)
    add_account_things(planted, now)
    add_order(planted, now)
    add_statement(planted, now)
    add_dispatch(planted, now)
    add_exercise(planted, now)
    add_debrief_link(planted, now)
    add_finding(planted, now)
    add_webhook(planted, now)
    return planted


def add_dispatch(planted: Planted, now: datetime) -> None:
    """Close a road, ask a unit of the county for help, let somebody go in, and ask where a reserve should stand."""
    by, corners = planted.users["owner"], [Point(36.0, 120.0), Point(36.0, 120.1), Point(36.1, 120.1)]
    reason = f"{WORD} flood"
    planted.closure = close_roads(by=by, now=now, incident=planted.incident, area=corners, reason=reason)
    planted.entry = enter(by=by, now=now, run=planted.run, people=2, minutes=20, label=f"{WORD} group")
    planted.stress = start_stress_test(by=by, now=now, version=planted.version, runs=1)
    planted.comparison = StressComparison.objects.create(
        plan_version=planted.version,
        org_path=planted.version.plan.org_path,
        against={"kind": "without", "resources": [], "zh": WORD, "en": WORD},
        runs=1,
        asked_at=now,
        asked_by=WORD,
    )
    partner = create_organisation(
        by=None, now=now, code=f"{CODE}-aid", kind="rescue", name_zh=f"{WORD}支援队", parent=planted.county
    )
    planted.aid = request_aid(
        by=by, now=now, incident=planted.incident, partner=partner, quantity=2, capability="rescue", words=WORD
    )
    asked = [request(line(name=f"{WORD} pump"), f"{CODE}:{one}", words=WORD) for one in range(2)]
    document = envelope(*asked, unit=f"{CODE}-county", sender=f"{CODE}@province.example")
    receive(content=document, by=by, now=clock.now())
    planted.outside, planted.declined = OutsideRequest.objects.order_by("pk")
    decline_request(by=by, now=clock.now(), request=planted.declined, reason=WORD)
    planted.move_up = MoveUp.objects.create(
        team=planted.records["team"],
        cover=planted.records["home_cover"],
        lat=36.0,
        lon=120.0,
        ordered_at=now,
        ordered_by=WORD,
        leaves_at=now,
        expected_at=now,
    )
    planted.study = SitingStudy.objects.create(
        org_path=planted.county.path,
        by=by,
        question="unreached",
        asked={"places": "school", "capability": "rescue"},
        asked_at=now,
        answer={
            "unreached": [
                {"pk": 1, "zh": f"{WORD} school", "en": "", "lat": 36.0, "lon": 120.0, "seconds": 9000, "team": None}
            ],
            "asked": 1,
            "is_cut": False,
            "is_by_road": False,
        },
    )


def add_exercise(planted: Planted, now: datetime) -> None:
    """Plan an exercise of the plan of the county and let it begin."""
    text = EXERCISE.replace("town-ammonia", planted.version.plan.code).replace("town-emb", planted.county.code)
    text = text.replace("town-leak", f"{CODE}-exercise").replace("小城", WORD).replace("Town", WORD)
    by = planted.users["owner"]
    planted.exercise = keeping.plan_exercise(by=by, now=now, script=read_exercise(text))
    enrolled = [(planted.county.code, "player", "ops"), (f"person:{planted.records['person'].code}", "player", "")]
    enrolling.enrol(by=by, now=now, exercise=planted.exercise, participants=enrolled)
    planted.exercise = leading.start_exercise(by=by, now=now, exercise=planted.exercise, override="planted")
    part = planted.records["organisation"]
    planted.exercise_unit = ExerciseUnit.objects.create(
        exercise=planted.exercise,
        organisation=part,
        org_path=part.path,
        task=f"{WORD} share",
        state=ExerciseUnit.State.ACCEPTED,
        asked_at=now,
    )
    planted.circumstance = circumstances.state_circumstance(
        by=by,
        now=now,
        organisation=part,
        key="warning_colour",
        value="orange",
        source=f"{WORD} weather",
        ends_at=now + timedelta(days=1),
    )
    picture = b"\xff\xd8\xff\xe0" + WORD.encode()
    planted.counting = head_counts.prepare_head_count(
        by=by, now=now, organisation=planted.county, title=f"{WORD} count", exercise=planted.exercise
    )
    head_counts.sound_alarm(by=by, now=now, head_count=planted.counting)
    planted.count_word = head_counts.link_of(by=by, now=now, organisation=planted.county)
    seen = control.observe(by=by, now=now, exercise=planted.exercise, text=f"{WORD} seen", photo=picture)
    planted.photo = seen.photos.get().pk
    add_hot_wash(planted, now)


def add_debrief_link(planted: Planted, now: datetime) -> None:
    DebriefLink.objects.create(
        run=planted.run,
        org_path=planted.county.path,
        purpose=f"{WORD} debriefing",
        nonce=CODE,
        made_at=now,
        made_by=WORD,
        expires_at=now + timedelta(days=30),
    )


def add_hot_wash(planted: Planted, now: datetime) -> None:
    """Let a participant have said something by name."""
    questions = [one.as_data() for one in content.questionnaires()["short"].questions]
    wash = HotWash.objects.create(
        exercise=planted.exercise,
        org_path=planted.county.path,
        questionnaire="short",
        questions=questions,
        is_anonymous=False,
        asked=3,
        nonce=CODE,
        opened_at=now,
        closes_at=now + timedelta(days=30),
    )
    HotWashAnswer.objects.create(hot_wash=wash, mark="m", answers={"change": f"{WORD} radios"}, said_by=f"{WORD} name")


def add_finding(planted: Planted, now: datetime) -> None:
    """Record something wrong with the plan of the county, and settle its cure by stages."""
    by, day = planted.users["owner"], (clock.now() + timedelta(days=9)).date()
    wrong = Wrong(
        Text(f"{WORD} 超时", f"{WORD} late"),
        Source.INCIDENT,
        incident=planted.incident,
        run=planted.run,
        plan_version=planted.version,
        place=f"steps.{CODE}",
        detail=f"{WORD} detail",
        evidence=[{"stream": planted.run.stream, "seq": 1}],
    )
    planted.finding = record_finding(by=by, now=now, organisation=planted.county, wrong=wrong)
    settlement = Settlement(
        Treatment.STAGES, f"{WORD} measures", f"{WORD} chief", "-", day, "-", (Stage(f"{WORD} stage", day),)
    )
    settle(by=by, now=now, finding=planted.finding, settlement=settlement)
    planted.case = Case.objects.create(
        incident=planted.incident,
        org_path=planted.county.path,
        kind=planted.incident.kind,
        category=planted.incident.category,
        title=f"{WORD} case",
        lessons=f"{WORD} lesson",
        made_at=now,
        made_by=WORD,
        changed_at=now,
    )
    planted.draft = open_draft(by=by, now=now, plan=planted.version.plan, finding=planted.finding)
    planted.retest = schedule_retest(by=by, now=now, finding=planted.finding, version=planted.version)


def add_webhook(planted: Planted, now: datetime) -> None:
    """Send the log of the county somewhere, where it was not taken."""
    terms = WebhookTerms(f"{WORD} display", f"https://receiver.example/{CODE}", ["*"])
    planted.webhook, _ = create_webhook(by=planted.users["owner"], now=now, organisation=planted.county, terms=terms)
    WebhookSending.objects.create(
        webhook=planted.webhook,
        position=1,
        kind="incident.reported",
        attempt=1,
        at=now,
        took_ms=1,
        status=500,
        is_taken=False,
        problem_zh=WORD,
        problem_en=WORD,
        excerpt=WORD,
    )


def add_order(planted: Planted, now: datetime) -> None:
    """Reserve a part of the lot of the county for a purpose."""
    lot = planted.records["lot"]
    StockLot.objects.filter(pk=lot.pk).update(expires_on=None)
    wanted = Wanted(lot.item, Terms(Decimal("0.5"), now.date()), purpose=f"{WORD} order")
    planted.order = take(
        by=planted.users["owner"], now=now, wanted=wanted, chosen={f"lot:{lot.pk}": Decimal("0.5")}, is_issued=False
    )


def add_statement(planted: Planted, now: datetime) -> None:
    """State another quantity of the lot of the county, which waits."""
    lot = StockLot.objects.get(pk=planted.records["lot"].pk)
    said = {"quantity": lot.quantity + 1}
    owner = planted.users["owner"]
    save_record(register=content.registers()["lot"], values=said, by=owner, now=now, pk=lot.pk, reason=WORD)
    planted.stated = StatedQuantity.objects.get()


def in_order(registers: Any) -> list[Register]:
    """Return the registers so that each stands after those it refers to."""
    waiting, placed = list(registers), []
    names = {register.name for register in waiting}
    done: set[str] = set()
    while waiting:
        ready = [one for one in waiting if {f.refers_to for f in one.references} & names <= done | {one.name}]
        assert ready, f"registers refer to each other in a circle: {[one.name for one in waiting]}"
        placed += ready
        done |= {one.name for one in ready}
        waiting = [one for one in waiting if one not in ready]
    return placed


def plant_record(planted: Planted, register: Register, now: datetime) -> Any:
    """Enter a record of the county; one of a register that all share carries no marks."""
    marked = bool(register.owners)
    values: dict[str, Any] = {}
    for number, one in enumerate(register.fields):
        value = reference(planted, register, one) if one.refers_to else value_of(one, register.name, number, marked)
        if value is not None:
            values[one.name] = value
    return save_record(register=register, values=values, by=None, now=now)


def reference(planted: Planted, register: Register, one: Field) -> Any:
    """Return the key of the record planted in the register that a field refers to."""
    if one.refers_to == "organisation":
        return planted.county.code
    if one.name == "reviewer":  # the only person planted leads the team that is reviewed
        return None
    target = planted.records.get(one.refers_to)
    return getattr(target, "code", None) if target is not None else None


def value_of(one: Field, register: str, number: int, marked: bool) -> Any:
    """Return a value that fits a field and carries the mark of its kind."""
    word, code = (WORD, CODE) if marked else ("shared", "shared")
    if one.name == "gb_code" or (register == "item_code" and one.name == "code"):
        return "1010100"
    if register == "item_code" and one.name == "parent":
        return None
    if one.name == "division":  # a code that must be one of the table
        return "320706"
    if one.name == "packs":  # a text that must be packs
        return f"{'crate' if marked else 'box'}=24"
    if one.name == "hours":  # a text that must be hours
        return "08:00-12:00"
    made: dict[FieldKind, Any] = {
        FieldKind.TEXT: f"{word} {register} {number}"[: one.max_length],
        FieldKind.LONG_TEXT: f"{word} {one.name}",
        FieldKind.CODE: f"{code}-{register.replace('_', '-')}-{number}"[: one.max_length],
        FieldKind.PHONE: f"{PHONE if marked else '1380000'}{number:04d}",
        FieldKind.EMAIL: f"{code}-{number}@example.org",
        FieldKind.INTEGER: int(one.least or 0) + 1 if one.most != 1 else 1,
        FieldKind.DECIMAL: (one.least or Decimal(0)) + 1,
        FieldKind.DATE: DAY + timedelta(days=number),
        FieldKind.MOMENT: datetime(2026, 1, 5, tzinfo=UTC) + timedelta(days=number),
        FieldKind.FLAG: False,
        FieldKind.LATITUDE: 36.05,
        FieldKind.LONGITUDE: 120.35,
        FieldKind.GEOMETRY: None,
    }
    if one.kind is FieldKind.CHOICE:
        return one.choices[0].code
    if one.kind is FieldKind.CHOICES:
        return (one.choices[0].code,)
    if one.kind is FieldKind.GRADES:
        return {one.choices[0].code: 1}
    return made[one.kind]


def add_users(planted: Planted, now: datetime) -> None:
    """Make the six who walk; the neighbour may do everything at home, the superior may look everywhere."""
    cast = {
        "stranger": ("stranger", ()),
        "neighbour": ("neighbour", ((Role.ADMINISTRATOR, planted.neighbour),)),
        "superior": ("superior", ((Role.OBSERVER, planted.province),)),
        "owner": (f"{CODE}.owner", ((Role.ADMINISTRATOR, planted.county),)),
        "colleague": (f"{CODE}.colleague", ((Role.OBSERVER, planted.county),)),
        "inspector": (f"{CODE}.inspector", ((Role.INSPECTOR, planted.county),)),
    }
    for name, (username, grants) in cast.items():
        planted.users[name] = access.create_user(by=None, now=now, username=username, grants=grants, language="en")


def add_response(planted: Planted, now: datetime) -> None:
    """Store a plan of the county, report a leak there and activate the plan for it."""
    post, person = planted.records["post"], planted.records["person"]
    hold_post(by=None, now=now, post=post, person=person, starts_at=now - timedelta(days=1))
    text = PLAN.replace('superior = "town"', 'superior = "province"').replace('"zhou"', f'"{person.code}"')
    for office in ("town-emb/director", "town-emb/duty", "town-emb/nobody"):
        text = text.replace(office, post.code)
    text = text.replace("duty_post", "office").replace("town-ammonia", f"{CODE}-ammonia")
    text = text.replace("town-emb", planted.county.code).replace("town-fire", planted.county.code)
    text = text.replace("小城", WORD).replace("Town", WORD)
    by = planted.users["owner"]
    planted.version = plans.import_plan(by=by, now=now, text=text, filename="plan.toml")
    planted.incident = incidents.report_incident(
        by=by,
        now=now,
        organisation=planted.county,
        category="accident",
        kind="ammonia_leak",
        title=f"{WORD} 泄漏",
        place=f"{WORD} 2 号库",
        point=Point(36.05, 120.35),
        reporter=f"{WORD} reporter",
        reporter_phone=f"{PHONE}9999",
        facts={"leak_continues": True},
    )
    planted.run = activation.activate_plan(by=by, now=now, incident=planted.incident, plan_version=planted.version)
    advance.advance_run(planted.run.pk, clock.now())
    aid = planted.records["agreement"]
    Agreement.objects.filter(pk=aid.pk).update(valid_from=None, valid_until=None)
    planted.call_off = call_offs.ask(
        agreement=aid,
        wanted=call_offs.Wanted(Decimal(1), what=f"{WORD} team", place=f"{WORD} gate"),
        once=f"{CODE}-form",
        by=None,
        now=now,
        incident=planted.incident,
    )
    planted.compensation = Compensation.objects.create(
        agreement=planted.records["agreement"],
        incident=planted.incident,
        org_path=planted.county.path,
        lines={"lines": [], "unpriced": []},
        terms=f"{WORD} terms",
        total=Decimal(0),
        drafted_at=now,
        drafted_by=WORD,
        drafter="user:0",
    )


def teams_of(unit: Organisation) -> list[int]:
    return list(Team.objects.under(unit.path).values_list("pk", flat=True))


def add_account_things(planted: Planted, now: datetime) -> None:
    """Give the owner's account what an account can have: a session, a key, a passkey, something lent, a rule."""
    owner, colleague = planted.users["owner"], planted.users["colleague"]
    create_token(by=None, now=now, user=owner, label=f"{WORD} key")
    session = {"session_key": "s" * 32, "address": "10.0.0.1", "agent": f"{WORD} browser", "method": "password"}
    begin_session(user=owner, now=now, **session)
    public_key = ES256.from_cryptography_key(generate_private_key(SECP256R1()).public_key())
    credential = bytes(AttestedCredentialData.create(Aaguid.NONE, CODE.encode(), public_key))
    planted.passkey = Passkey.objects.create(
        user=owner, label=f"{WORD} ring", credential_id=CODE, credential=credential, handle="x", created_at=now
    )
    campaign = opening.open_campaign(
        by=None, now=now, organisation=planted.province, title_zh=f"{WORD} asks", registers=["team"],
        due_at=clock.now() + timedelta(days=9), records={"team": teams_of(planted.county)},
    )  # fmt: skip
    run_to_the_end(campaign.job_id)
    planted.asked = CampaignUnit.objects.get(campaign=campaign, organisation=planted.county)
    team = content.registers()["team"]
    text = f"编码,名称\r\n{CODE},{WORD}\r\n".encode()
    planted.sheet = upload_sheet(register=team, name=f"{WORD}.csv", chunks=[text], by=owner, now=now, language="en")
    planted.view = save_view(
        register=team,
        name=f"{WORD} view",
        query="kind=volunteer",
        by=owner,
        share_with=planted.county,
        is_default=False,
    )
    planted.report = save_report(
        register=team,
        name=f"{WORD} report",
        query=f"rows=kind&unit={CODE}-county",
        by=owner,
        share_with=planted.county,
        is_pinned=True,
    )
    planted.outside = OutsideLogin.objects.create(user=colleague, provider="p", value=f"{WORD}-outside", made_at=now)
    planted.rule = ask_for_factor(by=None, now=now, organisation=planted.county, role=Role.INSPECTOR)
    own = Grant.objects.get(user=owner, delegated_from=None)
    ends_at = clock.now() + timedelta(days=7)
    planted.lent = delegate(
        by=owner, now=now, grant=own, to=colleague, starts_at=now, ends_at=ends_at, reason=f"{WORD} leave"
    )
