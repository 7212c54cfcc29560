"""Events: past-tense facts, and nothing else is called an event here.

The engine makes `Event`s. Recording gives each a place in the one chain of the deployment and makes it an
`Entry` (see `log.py`). The kinds are listed in `KINDS`; a kind once released keeps its meaning for ever, a new meaning
is a new version with an upcaster.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from youbei.engine.clock import Mode

Data = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Actor:
    """Say who did something: an id that can be erased from the register, and a label that names no person.

    `id` is like `user:17`, `person:4`, or `youbei` for the engine itself; `label` is a post or an office.
    """

    id: str = "youbei"
    label: str = "youbei"
    posts: frozenset[str] = frozenset()


ENGINE = Actor()


@dataclass(frozen=True, slots=True)
class Event:
    """State one fact: what happened (`kind`, `data`) in which stream, as its `seq`-th event, at which scenario time.

    `data` holds JSON values only and refers to persons by id. Datetimes inside it are ISO 8601 with offset.
    """

    stream: str
    seq: int
    at: datetime
    mode: Mode
    kind: str
    data: Data = field(default_factory=dict)
    version: int = 1
    by: Actor = ENGINE

    def comparable(self) -> tuple[Any, ...]:
        """Return all of the event that does not depend on when and where it was recorded."""
        return (self.stream, self.seq, self.at, self.mode, self.kind, self.version, dict(self.data), self.by.id)


def iso(moment: datetime) -> str:
    """Write an aware datetime as ISO 8601 in UTC with `Z` and microseconds, so that text order is time order."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")[:-6] + "Z"


def parse_iso(text: str) -> datetime:
    """Read an ISO 8601 datetime with offset into UTC."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo is UTC else moment.astimezone(UTC)


# Every kind that may stand in the log: what it states, in both languages. Documented in docs/reference/events.md.
KINDS: dict[str, tuple[str, str]] = {
    # incident:<id>
    "incident.reported": ("接报突发事件", "An incident was reported"),
    "incident.graded": ("事件定级", "The incident was graded"),
    "incident.closed": ("事件结案", "The incident was closed"),
    "incident.merged": ("事件并案", "The incident was merged into another"),
    "dispatch.decided": ("决定调度方案", "A dispatch was decided"),
    "dispatch.changed": ("调整调度方案", "Orders were changed"),
    "move_up.ordered": ("下令前移", "A team was ordered to move up"),
    "move_up.arrived": ("前移到位", "A team stands where it moved up to"),
    "move_up.ended": ("前移结束", "A team's move up is over"),
    "aid.requested": ("请求支援", "Help was asked of another organisation"),
    "aid.offered": ("支援可提供", "Help was offered"),
    "aid.refused": ("支援不能提供", "Help was refused"),
    "aid.committed": ("支援已承诺", "Help was committed"),
    "aid.withdrawn": ("撤回支援请求", "A request for help was withdrawn"),
    "aid.departed": ("支援已出发", "Help set out"),
    "aid.arrived": ("支援已到达", "Help arrived"),
    "aid.extended": ("支援延长", "Help was asked to stay longer"),
    "aid.released": ("支援同意撤离", "Help was released"),
    "aid.returned": ("支援已归建", "Help is back home"),
    # request:<id>
    "request.received": ("收到外部请求", "Another system asked for help"),
    "request.taken": ("受理外部请求", "A request of another system was taken on"),
    "request.answered": ("答复外部询问", "A question of another system was answered"),
    "request.declined": ("谢绝外部请求", "A request of another system was declined"),
    "request.withdrawn": ("外部请求被撤回", "A request of another system was recalled"),
    # incident:<id>
    "scene.entered": ("进入危险区", "Rescuers went into the danger zone"),
    "scene.heard": ("联络危险区内人员", "Those inside were heard of"),
    "scene.left": ("撤出危险区", "Rescuers came out of the danger zone"),
    "expert.called": ("请专家咨询", "An expert was asked"),
    "expert.answered": ("专家应答", "An expert answered the call"),
    "expert.advised": ("专家提出意见", "An expert gave advice"),
    "expert.attached": ("专家意见关联到事件", "Advice was attached to the incident"),
    "compensation.drafted": ("起草补偿结算单", "A compensation statement was drafted"),
    "compensation.sent": ("送达补偿结算单", "A compensation statement was sent"),
    "compensation.agreed": ("确认补偿结算单", "A compensation statement was agreed"),
    "compensation.paid": ("支付补偿", "A compensation was paid"),
    # incident:<id>, or register:call_off:<pk> without an incident
    "call_off.asked": ("按协议请求", "Something was called off under an agreement"),
    "call_off.accepted": ("协议请求已同意", "A request under an agreement was accepted"),
    "call_off.refused": ("协议请求被拒绝", "A request under an agreement was refused"),
    "call_off.overdue": ("协议请求逾期未答复", "A request under an agreement was not answered in time"),
    "call_off.sent": ("协议力量出发", "What was called off set off"),
    "call_off.delivered": ("协议力量到位", "What was called off arrived"),
    "call_off.returned": ("协议力量归还", "What was called off went back"),
    "call_off.settled": ("协议请求已结算", "A request under an agreement was settled"),
    "call_off.withdrawn": ("协议请求已撤回", "A request under an agreement was withdrawn"),
    # facts, in incident and run streams
    "fact.added": ("获悉情况", "A fact became known"),
    "fact.corrected": ("情况更正", "A fact was corrected"),
    "fact.withdrawn": ("情况撤回", "A fact was withdrawn"),
    # run:<id>
    "plan.activated": ("启动预案", "The plan was activated"),
    "plan.proposed": ("建议启动关联预案", "A linked plan was proposed"),
    "level.proposed": ("建议响应级别", "A level was proposed"),
    "level.raised": ("提升响应级别", "The level was raised"),
    "level.lowered": ("降低响应级别", "The level was lowered"),
    "post.filled": ("岗位到位", "A post was filled"),
    "post.handed_over": ("岗位交接", "A post was handed over"),
    "step.opened": ("任务下达", "A step was opened"),
    "step.started": ("任务开始", "A step was started"),
    "step.finished": ("任务完成", "A step was finished"),
    "step.skipped": ("任务跳过", "A step was skipped"),
    "step.reopened": ("任务重开", "A step was reopened"),
    "step.late": ("任务超时", "A step became late"),
    "step.climbed": ("逐级催办", "A late step climbed"),
    "need.opened": ("提出需求", "A need was opened"),
    "need.met": ("需求满足", "A need was met"),
    "need.short": ("资源短缺", "A need could not be met"),
    "resource.assigned": ("调派资源", "A resource was assigned"),
    "resource.departed": ("资源出发", "A resource set out"),
    "resource.arrived": ("资源到达", "A resource arrived"),
    "resource.released": ("资源归队", "A resource was released"),
    "resource.returned": ("队伍返回驻地", "A team was back at its base"),
    "message.queued": ("发出通知", "A message was queued"),
    "deviation.recorded": ("记录偏离预案", "A deviation from the plan was recorded"),
    "end.proposed": ("建议终止响应", "The end of the response was proposed"),
    "response.ended": ("响应终止", "The response was ended"),
    "recovery.finished": ("后期处置完成", "Recovery was finished"),
    "run.assessed": ("总结评估", "The run was assessed"),
    "clock.set": ("演练时钟调整", "The exercise clock was set"),
    # the script of an exercise, in its run's stream
    "exercise.started": ("演练开始", "The exercise started"),
    "exercise.ended": ("演练结束", "The exercise ended"),
    "exercise.suspended": ("演练因真实事件暂停", "The exercise was suspended for a real incident"),
    "exercise.resumed": ("演练恢复", "The exercise went on"),
    "inject.fired": ("触发注入", "An inject was fired"),
    "inject.skipped": ("跳过注入", "An inject was skipped"),
    "inject.held": ("暂扣注入", "An inject was held back"),
    "inject.released": ("放行注入", "An inject was released"),
    "inject.failed": ("注入未送达", "An inject did not reach the players"),
    "action.met": ("预期行动完成", "An expected action was done"),
    "action.late": ("预期行动超时", "An expected action became late"),
    "action.missed": ("预期行动未完成", "An expected action was missed"),
    "role.noticed": ("代演单位知悉", "A played role noticed something"),
    "role.acted": ("代演单位行动", "A played role acted"),
    "resource.failed": ("资源失效", "A resource went out of order"),
    "road.closed": ("道路中断", "A road was closed"),
    "observation.recorded": ("评估观察", "An observation was recorded"),
    "entry.struck": ("记录划除", "An entry was struck"),
    # exercise:<id>
    "exercise.planned": ("演练列入计划", "An exercise was planned"),
    "exercise.revised": ("演练方案修改", "An exercise was revised"),
    "exercise.unit_asked": ("邀请单位共同组织演练", "A unit was asked to hold an exercise together"),
    "exercise.unit_answered": ("共同组织单位答复", "A unit answered for its part in an exercise"),
    "exercise.unit_away": ("单位因真实事件退场", "A unit was called away from an exercise for a real incident"),
    "exercise.unit_back": ("单位归队继续演练", "A unit came back to an exercise"),
    "exercise.unit_removed": ("移出共同组织单位", "A unit was taken off an exercise"),
    "exercise.inject_written": ("编写演练注入", "An inject of an exercise was written"),
    "exercise.cancelled": ("演练取消", "An exercise was cancelled"),
    "exercise.sealed": ("演练时间封存", "The time of an exercise was sealed"),
    "exercise.looked_into": ("查看封存时间", "Somebody looked into the sealed time"),
    "exercise.passed_over": ("封存时间顺延", "A sealed time was passed over"),
    "exercise.overridden": ("演练不顾互锁开始", "An exercise was begun although something held it back"),
    "exercise.revealed": ("演练时间启封", "The sealed time of an exercise was revealed"),
    "circumstance.stated": ("情况生效", "It was stated what holds in an area"),
    "alert.received": ("收到预警消息（CAP）", "An alert (CAP) was taken in"),
    "circumstance.lifted": ("情况解除", "What held in an area was lifted"),
    "exercise.broken_off": ("演练因真实事件中止", "An exercise was broken off for a real incident"),
    "exercise.closed": ("演练归档", "An exercise was closed"),
    "hotwash.opened": ("即时点评开始", "A hot wash was opened"),
    "hotwash.changed": ("即时点评变更", "A hot wash was changed"),
    "hotwash.closed": ("即时点评结束", "A hot wash was closed"),
    # rescue:<run>
    "rescue.scored": ("应急处置评分", "The rescue was scored"),
    # debrief:<id>
    "debrief.shared": ("开放复盘链接", "A debrief link was made"),
    "debrief.opened": ("打开复盘链接", "A debrief link was opened"),
    "debrief.ended": ("停用复盘链接", "A debrief link was ended"),
    # headcount:<id>
    "headcount.prepared": ("人数清点准备", "A head-count was prepared"),
    "headcount.alarm": ("拉响疏散警报", "The alarm to evacuate was sounded"),
    "headcount.reported": ("班级报数", "A group reported its count"),
    "headcount.ended": ("人数清点结束", "A head-count was ended"),
    # register:<subject>:<id>
    "record.created": ("登记", "A record was created"),
    "record.changed": ("变更登记", "A record was changed"),
    "record.removed": ("注销登记", "A record was removed"),
    "record.confirmed": ("核实登记", "Records were confirmed"),
    "record.retired": ("停用登记", "A record was retired"),
    "organisation.moved": ("调整隶属关系", "A unit was moved to another superior"),
    "organisation.split": ("单位拆分", "A unit was divided"),
    "organisation.dissolved": ("单位撤销", "A unit was dissolved"),
    "organisation.merged": ("单位合并", "A unit was merged into another"),
    "campaign.opened": ("发起信息核实", "A collection campaign was opened"),
    "campaign.entered": ("单位打开核实链接", "A unit opened its link"),
    "campaign.answered": ("单位完成核实", "A unit has answered"),
    "campaign.closed": ("结束信息核实", "A collection campaign was closed"),
    "campaign.stopped": ("停止重复信息核实", "A collection campaign is no longer repeated"),
    "record.looked": ("查看个人信息", "Personal data was looked at"),
    "record.attached": ("添加附件", "A file was attached"),
    "record.detached": ("删除附件", "A file was removed"),
    "record.erasure_asked": ("申请删除个人信息", "It was asked to erase personal data"),
    "record.erasure_withdrawn": ("撤回删除申请", "It was withdrawn to erase personal data"),
    "record.erased": ("删除个人信息", "Personal data was erased"),
    "record.reached": ("联络结果", "It was noted whether somebody was reached"),
    "register.imported": ("导入登记表", "A sheet was imported"),
    "register.undone": ("撤销导入", "An import was undone"),
    "register.exported": ("导出登记册", "A register was exported"),
    "exchange.received": ("收到其他系统的消息", "A message of another system was taken in"),
    "layer.opened": ("读取图层", "A layer was read"),
    "history.exported": ("导出变更记录", "The history of the registers was exported"),
    "due.told": ("到期提醒", "A unit or its superior was told of what falls due"),
    "record.revived": ("重新启用登记", "A record was brought back into use"),
    # webhook:<id>
    "webhook.created": ("设置日志推送", "A webhook was made"),
    "webhook.changed": ("修改日志推送", "A webhook was changed"),
    "webhook.paused": ("暂停日志推送", "A webhook was paused"),
    "webhook.resumed": ("恢复日志推送", "A webhook was resumed"),
    "webhook.stopped": ("日志推送停止", "A webhook has stopped"),
    "webhook.secret_renewed": ("更换推送密钥", "A webhook got a new secret"),
    "webhook.moved": ("调整推送起点", "A webhook was set to another place in the log"),
    "webhook.tested": ("测试日志推送", "A webhook was tried out"),
    "webhook.removed": ("删除日志推送", "A webhook was removed"),
    # register:lot:<id>, beside the above
    "stock.opened": ("物资账期初", "The ledger of a lot was opened"),
    "stock.received": ("物资入库", "Stock was received"),
    "stock.issued": ("物资出库", "Stock was issued"),
    "stock.moved": ("物资移库", "Stock was moved"),
    "stock.write_off_asked": ("申请物资报废", "It was applied to write stock off"),
    "stock.reserved": ("物资预留", "Stock was reserved"),
    "stock.released": ("解除物资预留", "Reserved stock was released"),
    "stock.counted": ("物资盘点", "Stock was counted"),
    "stock.written_off": ("物资报废", "Stock was written off"),
    "stock.rotated": ("物资轮换", "Stock was rotated"),
    "stock.restated": ("物资登记更正", "The quantity of a lot was restated in the register"),
    "stock.stated": ("物资报数待核实", "A quantity was stated for a lot and waits for a second person"),
    "stock.statement_confirmed": ("物资报数核实", "A stated quantity was confirmed"),
    "stock.statement_rejected": ("物资报数驳回", "A stated quantity was rejected"),
    "stock.statement_withdrawn": ("物资报数撤回", "A stated quantity was taken back"),
    "stock.reversed": ("物资业务冲销", "A movement of stock was reversed"),
    "vehicle.placed": ("车辆报告位置", "A vehicle said where it is"),
    "stock.ordered": ("物资取用", "Stock was ordered"),
    "stock.order_issued": ("取用单发放", "An order of stock was handed out"),
    "stock.order_cancelled": ("取用单取消", "An order of stock was taken back"),
    # register:finding:<id>
    "finding.recorded": ("登记问题", "A finding was recorded"),
    "finding.changed": ("更正问题", "A finding was corrected"),
    "finding.moved": ("问题办理", "A finding was moved on"),
    "finding.told": ("问题催办", "A unit or its superior was told of a finding"),
    # register:case:<id>
    "case.made": ("形成案例", "A case was made"),
    "case.changed": ("修改案例", "A case was changed"),
    "case.validated": ("审定案例", "A case was validated"),
    "finding.exported": ("导出问题清单", "Findings were exported"),
    "draft.opened": ("起草预案修改", "A draft of a plan was opened"),
    "draft.changed": ("修改预案草案", "A draft of a plan was changed"),
    "draft.closed": ("预案草案办结", "A draft of a plan was adopted or dropped"),
    "retest.scheduled": ("安排复验", "A retest was scheduled"),
    "retest.held": ("进行复验", "A retest was held"),
    "plan.stress_tested": ("预案压力推演", "A plan was stress-tested"),
    "plan.versioned": ("预案版本入库", "A plan version was stored"),
    "plan.life": ("预案流程节点", "A plan passed a stage of its legal life"),
    "grant.given": ("授权", "A grant was given"),
    "grant.ended": ("收回授权", "A grant was ended"),
    "grant.delegated": ("委托代理", "A grant was lent to somebody standing in"),
    "account.link_made": ("生成密码链接", "A link for a password was made"),
    "account.deactivated": ("停用账号", "An account was deactivated"),
    "account.reactivated": ("恢复账号", "An account was put back to use"),
    "account.locked": ("登录锁定", "Signing in was locked"),
    "account.unlocked": ("解除登录锁定", "The lock on signing in was lifted"),
    "session.ended": ("结束会话", "Sessions were ended"),
    "factor.added": ("增加登录方式", "A way of signing in was added"),
    "factor.removed": ("移除登录方式", "A way of signing in was removed"),
    "factor.recovered": ("使用恢复码登录", "A recovery code was used"),
    # outbox:<run or incident>
    "message.sent": ("通知已送出", "A message was handed to its channel"),
    "message.failed": ("通知未送达", "A message could not be delivered"),
    "message.recorded": ("通知仅留存", "A message was kept instead of sent"),
    "message.refused": ("通知被拦截", "A message was stopped at the mode gate"),
}
