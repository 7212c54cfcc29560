"""Who may do what: permissions, the roles that bundle them, and nothing about rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from youbei.engine.text import Text


class Permission(StrEnum):
    """One thing that can be allowed on a subtree of organisations."""

    SEE = "see"
    REPORT_INCIDENT = "report_incident"
    MANAGE_INCIDENT = "manage_incident"
    ACTIVATE_PLAN = "activate_plan"
    COMMAND_RUN = "command_run"
    WORK_STEP = "work_step"
    ASSIGN_RESOURCE = "assign_resource"
    EDIT_PLAN = "edit_plan"
    EDIT_RESOURCE = "edit_resource"
    COUNT_STOCK = "count_stock"
    EDIT_PEOPLE = "edit_people"
    SEE_PERSONAL = "see_personal"
    VET_PEOPLE = "vet_people"
    EXPORT_REGISTER = "export_register"
    RUN_CAMPAIGN = "run_campaign"
    RUN_EXERCISE = "run_exercise"
    RECORD_FINDING = "record_finding"
    CURE_FINDING = "cure_finding"
    ACCEPT_FINDING = "accept_finding"
    VERIFY_LOG = "verify_log"
    EXPORT_LOG = "export_log"
    MANAGE_ACCESS = "manage_access"


class Role(StrEnum):
    DUTY_OFFICER = "duty_officer"
    COMMANDER = "commander"
    RESPONDER = "responder"
    PLANNER = "planner"
    RESOURCE_KEEPER = "resource_keeper"
    REGISTRAR = "registrar"
    VETTING_OFFICER = "vetting_officer"
    EXERCISE_DIRECTOR = "exercise_director"
    INSPECTOR = "inspector"
    OBSERVER = "observer"
    ADMINISTRATOR = "administrator"


P = Permission
ROLES: Mapping[Role, frozenset[Permission]] = {
    Role.DUTY_OFFICER: frozenset(
        {
            P.SEE,
            P.SEE_PERSONAL,
            P.REPORT_INCIDENT,
            P.MANAGE_INCIDENT,
            P.ACTIVATE_PLAN,
            P.WORK_STEP,
            P.ASSIGN_RESOURCE,
            P.VERIFY_LOG,
            P.RECORD_FINDING,
            P.CURE_FINDING,
        }
    ),
    Role.COMMANDER: frozenset(
        {
            P.SEE,
            P.SEE_PERSONAL,
            P.REPORT_INCIDENT,
            P.MANAGE_INCIDENT,
            P.ACTIVATE_PLAN,
            P.COMMAND_RUN,
            P.WORK_STEP,
            P.ASSIGN_RESOURCE,
            P.VERIFY_LOG,
            P.RECORD_FINDING,
            P.CURE_FINDING,
            P.ACCEPT_FINDING,
        }
    ),
    Role.RESPONDER: frozenset({P.SEE, P.REPORT_INCIDENT, P.WORK_STEP, P.RECORD_FINDING}),
    Role.PLANNER: frozenset({P.SEE, P.EDIT_PLAN, P.RECORD_FINDING, P.CURE_FINDING}),
    Role.RESOURCE_KEEPER: frozenset(
        {P.SEE, P.EDIT_RESOURCE, P.COUNT_STOCK, P.EXPORT_REGISTER, P.RECORD_FINDING, P.CURE_FINDING}
    ),
    Role.REGISTRAR: frozenset(
        {
            P.SEE,
            P.EDIT_RESOURCE,
            P.COUNT_STOCK,
            P.EDIT_PEOPLE,
            P.SEE_PERSONAL,
            P.EXPORT_REGISTER,
            P.RUN_CAMPAIGN,
            P.RECORD_FINDING,
            P.CURE_FINDING,
        }
    ),
    Role.VETTING_OFFICER: frozenset({P.SEE, P.SEE_PERSONAL, P.VET_PEOPLE}),
    Role.EXERCISE_DIRECTOR: frozenset(
        {
            P.SEE,
            P.REPORT_INCIDENT,
            P.ACTIVATE_PLAN,
            P.RUN_EXERCISE,
            P.COMMAND_RUN,
            P.WORK_STEP,
            P.ASSIGN_RESOURCE,
            P.RECORD_FINDING,
            P.ACCEPT_FINDING,
        }
    ),
    Role.INSPECTOR: frozenset({P.SEE, P.COUNT_STOCK, P.VERIFY_LOG, P.EXPORT_LOG, P.RECORD_FINDING, P.ACCEPT_FINDING}),
    Role.OBSERVER: frozenset({P.SEE}),
    Role.ADMINISTRATOR: frozenset(Permission),
}

ROLE_NAMES: Mapping[Role, Text] = {
    Role.DUTY_OFFICER: Text("值班员", "Duty officer"),
    Role.COMMANDER: Text("指挥长", "Commander"),
    Role.RESPONDER: Text("响应人员", "Responder"),
    Role.PLANNER: Text("预案编制员", "Planner"),
    Role.RESOURCE_KEEPER: Text("资源管理员", "Resource keeper"),
    Role.REGISTRAR: Text("信息管理员", "Registrar"),
    Role.VETTING_OFFICER: Text("审查专员", "Vetting officer"),
    Role.EXERCISE_DIRECTOR: Text("演练总指挥", "Exercise director"),
    Role.INSPECTOR: Text("督查员", "Inspector"),
    Role.OBSERVER: Text("观察员", "Observer"),
    Role.ADMINISTRATOR: Text("管理员", "Administrator"),
}


# What a delegate gets all but: giving rights on would outlast the delegation and pass it further.
NOT_DELEGATED: frozenset[Permission] = frozenset({P.MANAGE_ACCESS})


def allows(role: Role, permission: Permission) -> bool:
    return permission in ROLES[role]


def within(paths: Iterable[str], limit: str) -> list[str]:
    """Return what two subtrees have in common, for each path: the deeper of the two where one holds the other."""
    both = {
        path if path.startswith(limit) else limit for path in paths if path.startswith(limit) or limit.startswith(path)
    }
    return sorted(both)


@dataclass(frozen=True, slots=True)
class Scope:
    """What a key for programs is limited to; `None` and `/` limit nothing. It only ever takes away."""

    permissions: frozenset[Permission] | None = None
    org_path: str = "/"

    @property
    def is_limited(self) -> bool:
        return self.permissions is not None or self.org_path != "/"

    def allows(self, permission: Permission) -> bool:
        return self.permissions is None or permission in self.permissions


def must_have_factor(held: Iterable[tuple[Role, str]], rules: Iterable[tuple[Role | None, str]]) -> bool:
    """Say whether grants (role, path) fall under a rule (role or None for all, path) that asks for a second factor.

    A rule binds the grants on its organisation and below; it cannot bind the superior's own people.
    """
    asked = list(rules)
    return any(path.startswith(under) and wanted in (None, role) for role, path in held for wanted, under in asked)
