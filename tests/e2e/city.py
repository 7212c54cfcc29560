"""The demo city behind the real command: its server with its worker, its accounts, and its command line."""

from __future__ import annotations

import re
import tempfile
import time
from dataclasses import dataclass, field
from html import unescape
from http.cookiejar import CookieJar
from pathlib import Path
from subprocess import CompletedProcess
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener, urlopen

from playwright.sync_api import StorageState
from tests.asking import envelope, line, request

from server.process import ServerProcess, youbei


@dataclass
class City:
    """A running demo city, and the sessions that were opened in it."""

    server: ServerProcess
    sessions: dict[tuple[str, str], StorageState] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return self.server.address

    @property
    def folder(self) -> Path:
        return self.server.folder

    def password(self, username: str) -> str:
        """Return the password that the server said at its start."""
        said = {one["username"]: one["password"] for one in self.server.first["demo_accounts"]}
        return str(said[username])

    def command(self, *words: str) -> CompletedProcess[str]:
        """Run `youbei ...` on the city's folder, as its operator would."""
        return youbei(self.folder, *words)

    def session(self, username: str, language: str) -> StorageState:
        """Return the cookies of an account that has signed in and chosen its language; each is made once."""
        if (username, language) not in self.sessions:
            self.sessions[username, language] = self.sign_in(username, language)
        return self.sessions[username, language]

    def page(self, path: str, username: str = "admin") -> str:
        """Return the HTML that an account gets, in Chinese."""
        cookies = self.session(username, "zh-hans")["cookies"]
        header = "; ".join(f"{cookie['name']}={cookie['value']}" for cookie in cookies)
        with urlopen(Request(self.address + path, headers={"Cookie": header})) as answer:
            return str(answer.read().decode())

    def find(self, path: str, pattern: str) -> str:
        """Return the first address on a page that fits a pattern."""
        found = re.search(rf'href="({pattern})"', self.page(path))
        assert found is not None, f"{path} has no link to {pattern}"
        return found[1]

    def places(self) -> dict[str, str]:
        """Find the addresses of what the demo city holds: the running exercise, a closed incident, a plan."""
        incident = self.find("/incidents/?mode=exercise&status=open", r"/incidents/\d+/")
        fresh = self.report()
        closed = self.find("/incidents/?mode=exercise&status=closed", r"/incidents/\d+/")
        call_off = self.find("/call-offs/", r"/call-offs/\d+/")
        link = re.search(r"/a/[\w-]+/", self.page(call_off))
        assert link is not None
        park = next(run for run in self.runs(incident) if 'id="step-turn-out"' in self.page(run))
        return {
            "incident": incident,
            "fresh": fresh,
            "activate": self.find(fresh, r"/incidents/\d+/activate/\d+/"),
            "run": park,
            "closed": closed,
            "assessed": self.runs(closed)[0],
            "account": self.find("/accounts/?q=duty", r"/accounts/\d+/"),
            "plan": self.find("/plans/?kind=special", r"/plans/\d+/"),
            "quiet": self.find("/incidents/?mode=real&status=open", r"/incidents/\d+/"),
            "person": self.find("/registers/person/", r"/registers/person/\d+/"),
            "organisation": self.find("/registers/organisation/", r"/registers/organisation/\d+/"),
            "team": self.find("/registers/team/", r"/registers/team/\d+/"),
            "expert": self.find("/registers/expert/", r"/registers/expert/\d+/"),
            "site": self.find("/registers/site/", r"/registers/site/\d+/"),
            "agreement": self.find("/registers/agreement/", r"/registers/agreement/\d+/"),
            "call_off": call_off,
            "call_off_link": link[0],
            "lot": self.find("/registers/lot/", r"/registers/lot/\d+/").removeprefix("/registers/lot"),
            "scan": self.attach(self.find("/registers/person/", r"/registers/person/\d+/")),
            **self.exercises(),
            **self.debrief(self.runs(closed)[0]),
            "report": self.kept_report(),
            "real_run": self.real_run(),
            **self.stress(self.find("/plans/?kind=special", r"/plans/\d+/")),
            "webhook": self.webhook(),
            "request": self.asked(),
        }

    def asked(self) -> str:
        """Let another system ask for help; return the address of its request."""
        with tempfile.NamedTemporaryFile(suffix=".xml") as file:
            file.write(envelope(request(line("a") + line("b", "冲锋舟 boats", "5")), unit="haizhou"))
            file.flush()
            done = self.command("exchange", "receive", file.name, "--as", "admin")
        assert done.returncode == 0, done.stderr
        return self.find("/requests/", r"/requests/\d+/")

    def webhook(self) -> str:
        """Send the log to a receiver that is not there; return the address of the webhook once its test has failed."""
        opener = build_opener(HTTPCookieProcessor(CookieJar()))
        self.post(opener, "/sign-in/", username="admin", password=self.password("admin"))
        asked = {"title": "值班大屏 Display", "address": "https://receiver.invalid/youbei", "modes": "both"}
        self.post(opener, "/webhooks/new/", **asked, organisation="haizhou", groups="incidents", kinds="plan.activated")
        return self.find("/webhooks/", r"/webhooks/\d+/")

    def stress(self, plan: str) -> dict[str, str]:
        """Stress-test a plan with calls of every day, compare it with the first that is offered, and wait for both."""
        opener = build_opener(HTTPCookieProcessor(CookieJar()))
        self.post(opener, "/sign-in/", username="admin", password=self.password("admin"))
        scenario = re.search(r'<option value="([\w-]+)"', self.page(f"{plan}stress/new/"))
        said = {"scenario": scenario[1] if scenario else "", "runs": "200", "seed": "1"}
        calls = {"calls_per_day": "3", "calls_kind": "accident", "calls_at": "33.44, 122.79", "calls_km": "3"}
        test = self.ended(urlsplit(self.post(opener, f"{plan}stress/new/", **said, **calls)).path)
        offered = re.search(r'<option value="([^"]+)"', self.page(f"{plan}stress/compare/"))
        assert offered is not None
        found = self.post(opener, f"{plan}stress/compare/", against=unescape(offered[1]), seed="1")
        return {"stress": test, "comparison": self.ended(urlsplit(found).path)}

    def ended(self, address: str) -> str:
        """Wait for the work that a page shows under way."""
        for _ in range(1500):
            if 'id="progress"' not in self.page(address):
                return address
            time.sleep(0.2)
        raise AssertionError(f"{address} does not end")

    def kept_report(self) -> str:
        """Keep two tables of numbers, both on the duty desk; return the address that removes one."""
        opener = build_opener(HTTPCookieProcessor(CookieJar()))
        self.post(opener, "/sign-in/", username="admin", password=self.password("admin"))
        for name, table in (("2026-1", "rows=kind&columns=area"), ("2026-2", "rows=area&freshness=stale")):
            self.post(opener, "/registers/team/statistics/keep/", name=name, query=table, is_pinned="on")
        return self.find("/reports/", r"/reports/\d+/remove/")

    def real_run(self) -> str:
        """Find a real response that is over."""
        closed = re.findall(r'href="(/incidents/\d+/)"', self.page("/incidents/?mode=real&status=closed"))
        return next(run for incident in closed for run in self.runs(incident))

    def debrief(self, run: str) -> dict[str, str]:
        """Share the replay of a run that is over; return the address of the link, and of the page that ends it."""
        opener = build_opener(HTTPCookieProcessor(CookieJar()))
        self.post(opener, "/sign-in/", username="admin", password=self.password("admin"))
        self.post(opener, f"{run}replay/share/", purpose="2026", days="7")
        page = self.page(f"{run}replay/")
        link, end = re.search(r"/d/[\w-]+/", page), re.search(r"/runs/\d+/replay/links/\d+/end/", page)
        assert link is not None
        assert end is not None
        return {"debrief": link[0], "debrief_end": end[0]}

    def attach(self, record: str) -> str:
        """Attach a scan to a record as the administrator; return its address."""
        opener = build_opener(HTTPCookieProcessor(CookieJar()))
        self.post(opener, "/sign-in/", username="admin", password=self.password("admin"))
        mark, address = self.mark(opener, f"{record}files/add/"), f"{self.address}{record}files/add/"
        lines = (
            f'--scan\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n{mark}\r\n'
            '--scan\r\nContent-Disposition: form-data; name="file"; filename="1.pdf"\r\n\r\n%PDF-1.7\r\n--scan--\r\n'
        )
        headers = {"Referer": self.address, "Content-Type": "multipart/form-data; boundary=scan"}
        opener.open(Request(address, data=lines.encode(), headers=headers)).close()
        return self.find(record, rf"{record}files/\d+/")

    def exercises(self) -> dict[str, str]:
        """Plan two exercises of a school and begin one, and count the heads there; return their addresses."""
        opener = build_opener(HTTPCookieProcessor(CookieJar()))
        self.post(opener, "/sign-in/", username="school", password=self.password("school"))
        library = "/exercises/library/binhai-kitchen-fire/"
        planned = urlsplit(self.post(opener, library, is_announced="on")).path
        self.post(opener, planned + "posts/")
        begun = urlsplit(self.post(opener, library, is_announced="on")).path
        self.post(opener, begun + "posts/")
        self.post(opener, begun + "start/")
        stopped = urlsplit(self.post(opener, library, is_announced="on")).path
        self.post(opener, stopped + "posts/")
        self.post(opener, stopped + "start/")
        self.post(opener, stopped + "real/", incident="", reason="有人受伤 Somebody is hurt")
        unit = {"organisation": "haizhou-school-binhai-primary", "title": "11 月疏散 November", "target": "180"}
        counting = urlsplit(self.post(opener, "/head-counts/new/", **unit)).path
        self.post(opener, counting + "alarm/")
        link = urlsplit(re.search(r"https?://[^<]+/h/[^<]+/", self.page(counting))[0]).path  # type: ignore[index]
        group = re.search(rf"{link}[\w-]+/", self.page(link))
        programme = self.find("/exercises/programme/", r"/exercises/programme/\d+/")
        sealed = urlsplit(self.post(opener, library, is_announced="on")).path
        self.post(opener, sealed + "seal/", starts_at="2099-01-05T08:00", ends_at="2099-01-09T17:00")
        self.post(opener, planned + "ask-unit/", organisation="haizhou-customs", task="联合检疫 Quarantine")
        asked = re.search(rf"{planned}units/\d+/remove/", self.page(planned))
        return {
            "planned": planned,
            "exercise_unit": asked[0] if asked else "",
            "exercise": begun,
            "stopped": stopped,
            "head_count": counting,
            "count_link": link,
            "count_group": group[0] if group else "",
            "programme": programme,
            "proof": sealed.replace("/exercises/", "/proof/"),
            **self.hot_washes(opener),
        }

    def hot_washes(self, opener: OpenerDirector) -> dict[str, str]:
        """Hold two drills without a script, and ask those who took part in one of them; return their addresses."""
        drill = {"organisation": "haizhou-school-binhai-primary", "title": "警报演练 Alarm", "is_announced": "on"}
        held = [urlsplit(self.post(opener, "/exercises/new/", **drill)).path for _ in range(2)]
        for one in held:
            self.post(opener, one + "start/")
            self.post(opener, one + "end/", reason="")
        asked = {"questionnaire": "short", "is_anonymous": "1", "asked": "40", "days": "3"}
        self.post(opener, held[1] + "hot-wash/open/", **asked)
        address = re.search(r"https?://[^<\"]+/w/[^<\"]+/", self.page(held[1] + "hot-wash/"))
        assert address is not None
        return {"over": held[0], "washed": held[1], "wash_link": urlsplit(address[0]).path}

    def report(self) -> str:
        """Report a leak as the duty officer; return the address of the incident."""
        opener = build_opener(HTTPCookieProcessor(CookieJar()))
        self.post(opener, "/sign-in/", username="duty", password=self.password("duty"))
        said = {"kind": "ammonia_leak", "organisation": "haizhou-lanwan", "place": "1号罐 Tank 1", "source": "phone"}
        return urlsplit(self.post(opener, "/incidents/new/", **said, fact_leak_continues="true")).path

    def runs(self, incident: str) -> list[str]:
        return re.findall(r'class="strong" href="(/runs/\d+/)"', self.page(incident))

    def sign_in(self, username: str, language: str) -> StorageState:
        jar = CookieJar()
        opener = build_opener(HTTPCookieProcessor(jar))
        self.post(opener, "/sign-in/", username=username, password=self.password(username))
        self.post(opener, "/language/", language=language, next="/shortcuts/")
        cookies = [
            {"name": cookie.name, "value": cookie.value or "", "url": self.address, "sameSite": "Lax"} for cookie in jar
        ]
        assert any(cookie["name"] == "sessionid" for cookie in cookies), f"{username} could not sign in"
        return {"cookies": [self.stored(cookie) for cookie in cookies], "origins": []}  # type: ignore[typeddict-item]

    def stored(self, cookie: dict[str, str]) -> dict[str, object]:
        """Return a cookie the way a browser stores it."""
        kept = {name: value for name, value in cookie.items() if name != "url"}
        return {**kept, "domain": "127.0.0.1", "path": "/", "expires": -1, "httpOnly": False, "secure": False}

    def post(self, opener: OpenerDirector, path: str, **data: str) -> str:
        """Send a form as a browser does; return the address where it led."""
        mark = self.mark(opener, path if path != "/language/" else "/shortcuts/")
        body = urlencode({"csrfmiddlewaretoken": mark, **data}).encode()
        with opener.open(Request(self.address + path, data=body, headers={"Referer": self.address})) as answer:
            return str(answer.geturl())

    def mark(self, opener: OpenerDirector, path: str) -> str:
        """Return what a form of a page must bring with it."""
        with opener.open(self.address + path) as page:
            found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.read().decode())
        assert found is not None
        return found[1]
