"""May this person do that here? Asked first by every action."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from youbei.engine.access import Permission, Role
from youbei.engine.errors import NotAllowed, NotFound
from youbei.engine.registers.register import Register
from youbei.engine.text import Text
from youbei.records.models import Grant, User
from youbei.records.registers.tables import right_at


@dataclass(frozen=True, slots=True)
class Mandate:
    """What somebody without an account may do: keep the records of one unit, in some registers, for a while.

    It stands where a user would: it sees and edits below `org_path` and nothing else. `id` and `label` name it in the
    log; `source` in the history of the records.
    """

    id: str
    label: str
    org_path: str
    registers: frozenset[str]
    source: str

    def may(self, permission: Permission, org_path: str) -> bool:
        return permission in MANDATED and org_path.startswith(self.org_path)

    def paths_with(self, permission: Permission) -> list[str]:
        return [self.org_path] if permission in MANDATED else []


MANDATED = frozenset({Permission.SEE, Permission.EDIT_RESOURCE, Permission.EDIT_PEOPLE})
By = User | Mandate | None
PERMISSION_NAMES: Mapping[Permission, Text] = {
    Permission.SEE: Text("查看", "look at this"),
    Permission.REPORT_INCIDENT: Text("上报突发事件", "report incidents"),
    Permission.MANAGE_INCIDENT: Text("管理突发事件", "manage incidents"),
    Permission.ACTIVATE_PLAN: Text("启动预案", "activate plans"),
    Permission.COMMAND_RUN: Text("指挥处置", "command a response"),
    Permission.WORK_STEP: Text("执行任务", "work on steps"),
    Permission.ASSIGN_RESOURCE: Text("调派资源", "assign resources"),
    Permission.EDIT_PLAN: Text("编制预案", "edit plans"),
    Permission.EDIT_RESOURCE: Text("维护资源", "edit resources"),
    Permission.COUNT_STOCK: Text("盘点库存、核实报数", "count stock and verify stated quantities"),
    Permission.EDIT_PEOPLE: Text("维护单位、人员和岗位", "edit organisations, people and posts"),
    Permission.SEE_PERSONAL: Text("查看个人信息", "see personal data"),
    Permission.VET_PEOPLE: Text("办理政审背审与回避", "vet people and keep conflicts of interest"),
    Permission.EXPORT_REGISTER: Text("导出登记资料", "export registers"),
    Permission.RUN_CAMPAIGN: Text("组织信息核实", "run collection campaigns"),
    Permission.RUN_EXERCISE: Text("组织演练", "run exercises"),
    Permission.RECORD_FINDING: Text("登记问题", "record findings"),
    Permission.CURE_FINDING: Text("落实问题整改", "settle and report the cure of findings"),
    Permission.ACCEPT_FINDING: Text("验收问题整改", "accept the cure of findings"),
    Permission.VERIFY_LOG: Text("核验日志", "verify the log"),
    Permission.EXPORT_LOG: Text("导出日志", "export the log"),
    Permission.MANAGE_ACCESS: Text("管理账号与授权", "manage accounts and grants"),
}


def installation() -> User:
    """Return who stands for the installation itself where reading asks for an account: it sees everything.

    It is no account and is never saved.
    """
    user = User(username="installation")
    user.__dict__["_grants_now"] = [Grant(role=role.value, org_path="/") for role in Role]
    return user


def require(by: By, permission: Permission, org_path: str) -> None:
    """Let pass whoever holds the permission on that organisation; a stranger is told there is no such thing.

    `by=None` is the installation itself (set-up and the demo city), which may do everything.
    """
    if by is None:
        return
    if by.may(permission, org_path):
        if isinstance(by, User):
            note_standing_in(by, permission, org_path)
        return
    if not by.may(Permission.SEE, org_path):
        raise not_found()
    raise not_allowed(permission)


def require_change(by: By, register: Register, path: str) -> None:
    """Let pass whoever may change a record of a register that stands at `path`; what all units share everybody sees."""
    at = right_at(register, path)
    if by is not None and not register.owners and not by.may(register.edit, at):
        raise not_allowed(register.edit)
    require(by, register.edit, at)


def note_standing_in(by: User, permission: Permission, org_path: str) -> None:
    """Remember for the label in the log that this user may act here only for another, who lent the grant."""
    lent = by.lent_for(permission, org_path)
    if lent is not None:
        by.__dict__["_stands_in"] = lent


def not_found() -> NotFound:
    return NotFound(
        zh="没有找到所要的内容，或您无权查看。请核对地址，或向管理员申请授权。",
        en="There is nothing here that you may see. Check the address, or ask an administrator for access.",
    )


def not_allowed(permission: Permission) -> NotAllowed:
    name = PERMISSION_NAMES[permission]
    return NotAllowed(
        zh=f"您在该单位没有“{name.zh}”的授权。请向管理员申请，或请有授权的人办理。",
        en=f"You hold no grant to {name.en} for this organisation. Ask an administrator, or someone who holds it.",
    )
