"""`youbei serve`: the web server, and beside it one worker as a child process."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from youbei.cli.data import database
from youbei.cli.options import Groups, Output, Say, add_data
from youbei.cli.rubbish import pass_over_what_is_loaded
from youbei.engine.errors import Refused

if TYPE_CHECKING:
    from youbei.asgi import Application
    from youbei.cli.first import FirstAccount
    from youbei.demo import DemoCast

GRACE_S = 2


class PortTaken(Refused):
    """Refuse to serve where another program already listens, or where we may not."""


def add(groups: Groups, say: Say) -> None:
    text = say("启动网站与后台进程", "start the web server and its worker")
    command = groups.command("serve", text, run)
    command.add_argument("--demo", action="store_true", help=say("装入演示城市", "load the demo city"))
    command.add_argument("--host", default="127.0.0.1", help=say("监听地址（默认 127.0.0.1）", "address to listen on"))
    command.add_argument("--port", type=port_number, default=8000, help=say("端口（默认 8000）", "port (default 8000)"))
    command.add_argument("--no-worker", action="store_true", help=say("不启动后台进程", "start no worker"))
    command.add_argument("--access-log", action="store_true", help=say("打印每个请求", "print every request"))
    add_data(command)


def port_number(text: str) -> int:
    number = int(text)
    if not 0 <= number <= 65535:
        raise argparse.ArgumentTypeError("0-65535")
    return number


def run(options: argparse.Namespace, output: Output) -> int:
    allow_host(options.host)
    listener = bind(options.host, options.port)
    address = address_of(options.host, listener.getsockname()[1])
    is_everywhere = options.host in {"0.0.0.0", "::"}  # noqa: S104
    os.environ.setdefault(
        "YOUBEI_PUBLIC_ADDRESS", address_of("127.0.0.1", listener.getsockname()[1]) if is_everywhere else address
    )
    with listener, database(options.data, migrate=True) as folder:
        accounts = prepare(options, output)
        announce(output, address, folder, accounts)
        serve(listener, folder, options)
    output.note("已停止。", "Stopped.")
    return 0


def address_of(host: str, port: int) -> str:
    return f"http://{host if ':' not in host else f'[{host}]'}:{port}"


def allow_host(host: str) -> None:
    """Let the server answer under the address it was told to listen on, where no names are configured."""
    if "YOUBEI_HOSTS" not in os.environ and host not in {"127.0.0.1", "localhost", "::1"}:
        names = ["127.0.0.1", "localhost", "[::1]", host, socket.gethostname()]
        os.environ["YOUBEI_HOSTS"] = "*" if host in {"0.0.0.0", "::"} else ",".join(names)  # noqa: S104


def bind(host: str, port: int) -> socket.socket:
    """Return a socket bound to the address; raise PortTaken at once rather than after the preparations."""
    listener = None
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(2048)
    except (OSError, UnicodeError) as error:
        if listener is not None:
            listener.close()
        raise PortTaken(
            zh=f"无法在 {host}:{port} 上监听：{error}。请检查 --host，用 --port 换一个端口，或停止占用它的程序。",
            en=f"Cannot listen on {host}:{port}: {error}. Check --host, choose another --port, or stop what uses it.",
        ) from None
    return listener


@dataclass(frozen=True, slots=True)
class Accounts:
    """Whom one can sign in as: the account of a first run, and those of the demo city."""

    first: FirstAccount | None
    demo: DemoCast | None


def prepare(options: argparse.Namespace, output: Output) -> Accounts:
    """Make what a first run needs: the account `admin` and, where asked for, the demo city."""
    from django.conf import settings

    from youbei.cli.first import first_account, load_demo
    from youbei.identity.providers import read_providers

    read_providers(settings.OIDC_FILE)  # whoever starts the server learns at once that the file is wrong
    demo = load_demo(output) if options.demo else None
    return Accounts(first=first_account(), demo=demo)


def announce(output: Output, address: str, folder: Path, accounts: Accounts) -> None:
    """Say in both languages, whatever the terminal's, where the server is and what to do first."""
    result: dict[str, Any] = {"address": address, "data": str(folder)}
    lines = [f"有备已启动  Youbei is running:  {address}", f"数据目录  Data folder:  {folder}"]
    if accounts.first is not None:
        result["first_account"] = {"username": accounts.first.username, "password": accounts.first.password}
        lines += [
            f"首次登录  First sign-in:  {accounts.first.username}  /  {accounts.first.password}",
            "口令只显示这一次，请登录后修改。  The password is shown only this once: change it after signing in.",
        ]
    if accounts.demo is not None:
        result["demo_accounts"] = [
            {"username": user.username, "password": user.password} for user in accounts.demo.users
        ]
        lines.append("演示账号  Demo accounts:")
        lines += [
            f"  {user.username:<10} {user.password}   {user.title.zh}  {user.title.en}" for user in accounts.demo.users
        ]
    lines += [
        "下一步：在浏览器中打开上面的网址并登录；按 Ctrl-C 停止。",
        "Next: open the address in a browser and sign in; press Ctrl-C to stop.",
    ]
    if not output.is_json:
        print("\n".join(lines), flush=True)
    output.data(result)


def serve(listener: socket.socket, folder: Path, options: argparse.Namespace) -> None:
    """Serve until told to stop; the worker child ends with us."""
    import uvicorn
    from django.db import connections

    from youbei.asgi import application
    from youbei.cli.supervise import Supervised

    connections.close_all()  # the threads open their own
    if options.access_log:
        logging.getLogger("uvicorn.access").setLevel(logging.INFO)
    config = uvicorn.Config(
        application,
        lifespan="off",
        timeout_graceful_shutdown=GRACE_S,
        log_config=None,
        access_log=options.access_log,
        server_header=False,
        ws="none",
    )
    server = make_server(config, application)
    pass_over_what_is_loaded()
    for number in (signal.SIGINT, signal.SIGTERM):  # uvicorn raises them again when it has stopped
        signal.signal(number, lambda *_: None)
    if options.no_worker:
        server.run(sockets=[listener])
        return
    with Supervised(folder):
        server.run(sockets=[listener])


def make_server(config: Any, application: Application) -> Any:
    import uvicorn

    class Server(uvicorn.Server):
        """End the live streams first, or they would hold up the stop for the whole grace."""

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            application.close()
            await super().shutdown(sockets)

    return Server(config)
