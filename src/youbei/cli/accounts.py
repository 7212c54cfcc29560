"""`youbei user ...` for an account that is there: for whoever runs the installation, when no administrator can."""

from __future__ import annotations

import argparse

from youbei.cli.data import database
from youbei.cli.finding import find_any, find_user
from youbei.cli.options import Groups, Output, Run, Say, add_data


def add(users: Groups, say: Say) -> None:
    """Add the commands to the group `user`."""
    commands: tuple[tuple[str, str, Run], ...] = (
        ("invite", say("生成一次性密码链接", "make a one-time link for a password"), run_link),
        ("unlock", say("解除登录锁定", "lift the lock on signing in"), run_unlock),
        ("reset", say("移除二次验证", "remove app, passkeys and recovery codes"), run_reset),
        ("deactivate", say("停用账号", "take the account out of use"), run_deactivate),
        ("reactivate", say("恢复账号", "put the account back to use"), run_reactivate),
        ("link", say("关联统一认证", "link it to an identity provider"), run_outside),
    )
    for name, text, run in commands:
        command = users.command(name, text, run)
        command.add_argument("username", metavar="NAME", help=say("用户名", "user name"))
        if name == "deactivate":
            command.add_argument("--reason", required=True, help=say("原因，写入日志", "why; it stands in the log"))
        if name == "link":
            command.add_argument("--provider", required=True, metavar="ID", help=say("统一认证的 id", "its id"))
            command.add_argument("--value", required=True, help=say("对方系统中的标识", "the name there"))
        add_data(command)


def run_link(options: argparse.Namespace, output: Output) -> int:
    with database(options.data):
        from django.urls import reverse

        from youbei.actions import clock
        from youbei.actions.accounts import make_password_link

        parts = make_password_link(by=None, now=clock.now(), user=find_user(options.username))
        path = reverse("choose_password", args=parts)
    output.line(
        f"在本站地址后接上此路径，三天内可用一次：{path}",
        f"Put this behind the address of the site; it is good once, for three days: {path}",
    )
    output.data({"path": path})
    return 0


def run_unlock(options: argparse.Namespace, output: Output) -> int:
    with database(options.data):
        from youbei.actions import clock
        from youbei.actions.lockouts import lift_lock

        count = lift_lock(by=None, now=clock.now(), user=find_user(options.username))
    output.line(f"已解除 {count} 项锁定。", f"Locks and counts lifted: {count}.")
    output.data({"lifted": count})
    return 0


def run_reset(options: argparse.Namespace, output: Output) -> int:
    with database(options.data):
        from youbei.actions import clock
        from youbei.actions.factors import reset_factors

        reset_factors(by=None, now=clock.now(), user=find_user(options.username))
    return said(output, options.username, "二次验证已移除", "has no second factor any more")


def run_deactivate(options: argparse.Namespace, output: Output) -> int:
    with database(options.data):
        from youbei.actions import clock
        from youbei.actions.accounts import deactivate

        deactivate(by=None, now=clock.now(), user=find_user(options.username), reason=options.reason)
    return said(output, options.username, "已停用", "is out of use")


def run_reactivate(options: argparse.Namespace, output: Output) -> int:
    with database(options.data):
        from youbei.actions import clock
        from youbei.actions.accounts import reactivate

        reactivate(by=None, now=clock.now(), user=find_any(options.username))
    return said(output, options.username, "已恢复使用", "is in use again")


def run_outside(options: argparse.Namespace, output: Output) -> int:
    with database(options.data):
        from youbei.actions import clock
        from youbei.actions.outside import link

        user = find_user(options.username)
        link(by=None, now=clock.now(), user=user, provider=options.provider, value=options.value)
    return said(output, options.username, "已关联", "is linked")


def said(output: Output, username: str, zh: str, en: str) -> int:
    output.line(f"账号 {username} {zh}。", f"The account {username} {en}.")
    output.data({"username": username})
    return 0
