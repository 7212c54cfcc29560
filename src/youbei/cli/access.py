"""`youbei user` and `youbei token`: accounts and keys for programs, made by whoever runs the installation."""

from __future__ import annotations

import argparse
import getpass
import secrets
import sys
from datetime import timedelta

from youbei.cli import accounts
from youbei.cli.data import database
from youbei.cli.finding import find_organisation, find_user
from youbei.cli.options import Groups, Output, Say, add_data
from youbei.engine.access import Permission, Role
from youbei.engine.errors import Refused


class DaysRefused(Refused):
    """Refuse a life of a key that is not a sensible number of days."""


def add(groups: Groups, say: Say) -> None:
    users = groups.group("user", say("账号", "accounts"))
    create = users.command("create", say("新建账号", "create an account"), run_create)
    create.add_argument("username", metavar="NAME", help=say("用户名", "user name"))
    create.add_argument("--role", choices=[role.value for role in Role], help=say("角色", "role"))
    create.add_argument("--organisation", metavar="CODE", help=say("授权单位代码（默认根单位）", "unit of the role"))
    create.add_argument("--password", metavar="-", choices=["-"], help=say("从标准输入读取口令", "read it from input"))
    create.add_argument("--language", choices=["zh-hans", "en"], default="zh-hans", help=say("界面语言", "language"))
    add_data(create)
    tokens = groups.group("token", say("API 密钥", "keys for programs"))
    token = tokens.command("create", say("新建密钥（只显示一次）", "create a key (shown once)"), run_token)
    token.add_argument("username", metavar="NAME", help=say("用户名", "user name"))
    token.add_argument("--label", default="cli", help=say("用途", "what it is for"))
    token.add_argument(
        "--permission",
        action="append",
        metavar="NAME",
        choices=[one.value for one in Permission],
        help=say(
            "允许的权限，可重复（默认本人全部）", "what it may do, may be repeated (default: all that the user may)"
        ),
    )
    token.add_argument("--organisation", metavar="CODE", help=say("仅限该单位及其下级", "only there and below"))
    token.add_argument("--days", type=int, help=say("有效天数（默认不限）", "days until it expires (default: never)"))
    add_data(token)
    accounts.add(users, say)


def run_create(options: argparse.Namespace, output: Output) -> int:
    password = read_password(output) if options.password else secrets.token_urlsafe(12)
    with database(options.data):
        from youbei.actions import clock
        from youbei.actions.access import create_user

        grants = ((Role(options.role), find_organisation(options.organisation)),) if options.role else ()
        user = create_user(
            by=None,
            now=clock.now(),
            username=options.username,
            password=password,
            grants=grants,
            language=options.language,
            is_checked=bool(options.password),
        )
    result = {"user": user.pk, "username": user.username}
    if options.password:
        output.line(f"已新建账号 {user.username}。", f"The account {user.username} was created.")
    else:
        result["password"] = password
        output.line(
            f"已新建账号 {user.username}，口令 {password}（只显示这一次）。",
            f"The account {user.username} was created; its password is {password} (shown only this once).",
        )
    output.data(result)
    return 0


def read_password(output: Output) -> str:
    if sys.stdin.isatty():
        return getpass.getpass(output.say("口令：", "Password: "))
    return sys.stdin.readline().rstrip("\r\n")


def run_token(options: argparse.Namespace, output: Output) -> int:
    if options.days is not None and not 1 <= options.days <= 3660:
        raise DaysRefused(
            zh=f"有效天数应在 1 至 3660 之间，不能是 {options.days}。",
            en=f"A key lasts 1 to 3660 days, not {options.days}.",
        )
    with database(options.data):
        from youbei.actions import clock
        from youbei.actions.keys import create_token

        now = clock.now()
        expires_at = now + timedelta(days=options.days) if options.days else None
        user = find_user(options.username)
        token, plain = create_token(
            by=None,
            now=now,
            user=user,
            label=options.label,
            expires_at=expires_at,
            permissions=[Permission(one) for one in options.permission] if options.permission else None,
            organisation=find_organisation(options.organisation) if options.organisation else None,
        )
    output.line(
        f"密钥（只显示这一次）：{plain}",
        f"Key (shown only this once): {plain}",
    )
    output.data({"token": token.pk, "key": plain, "expires_at": expires_at.isoformat() if expires_at else None})
    return 0
