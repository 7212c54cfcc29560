"""Webhooks over the wire: what is taken, what is not, and that no receiver can hold the sender or lead it elsewhere."""

from __future__ import annotations

import ipaddress
import socket
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.channels.receiver import Receiver, certificate, drip, hang, said
from youbei.channels.webhook import MOST_BODY, MOST_HEADERS, Line, Outcome
from youbei.channels.webhook_address import AddressRefused, Network, is_permitted, read_address

LOOPBACK: list[Network] = [ipaddress.ip_network("127.0.0.0/8")]
HEADERS = {"webhook-id": "log-1-a", "webhook-timestamp": "1", "webhook-signature": "v1,x"}
BODY = '{"演练":1}'.encode()


def sent(receiver: Receiver, *, patience_s: float = 5.0, times: int = 1) -> list[Outcome]:
    with Line(read_address(receiver.address, LOOPBACK), networks=LOOPBACK) as line:
        return [line.post(BODY, HEADERS, patience_s=patience_s) for _ in range(times)]


def test_an_event_arrives_whole_with_its_headers() -> None:
    with Receiver() as receiver:
        [outcome] = sent(receiver)
    [request] = receiver.arrived
    assert (outcome.status, outcome.problem) == (204, None)
    assert request.line == "POST /in?place=1 HTTP/1.1"
    assert request.body == BODY
    assert HEADERS.items() <= request.headers.items()
    assert request.headers["content-type"] == "application/json; charset=utf-8"
    assert request.headers["host"] == f"127.0.0.1:{receiver.port}"


def test_one_connection_serves_many_events_and_is_made_anew_where_the_receiver_has_closed_it() -> None:
    with Receiver() as receiver:
        assert all(one.is_taken for one in sent(receiver, times=5))
        assert receiver.connections == 1
    with Receiver(answer=lambda number: said(200, b"", "Connection: close")) as receiver:
        assert all(one.is_taken for one in sent(receiver, times=3))
        assert receiver.connections == 3

    def once(wire: socket.socket, receiver: Receiver) -> None:
        receiver.take_one(wire)  # and close, without having said so

    with Receiver(behave=once) as receiver:
        assert all(one.is_taken for one in sent(receiver, times=3))
        assert receiver.connections == 3


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_what_is_answered_in_the_two_hundreds_is_taken(status: int) -> None:
    with Receiver(answer=lambda number: said(status)) as receiver:
        assert sent(receiver)[0].is_taken


@pytest.mark.parametrize("status", [301, 302, 307, 308, 400, 401, 404, 410, 418, 429, 500, 503])
def test_everything_else_is_not_and_says_why_in_both_languages(status: int) -> None:
    with Receiver() as elsewhere:
        answer = said(status, "请稍后 later\x00\x1b[31m".encode(), f"Location: {elsewhere.address}", "Retry-After: 7")
        with Receiver(answer=lambda number: answer) as receiver:
            [outcome] = sent(receiver)
        assert elsewhere.arrived == []  # redirects are not followed
    assert outcome.problem is not None
    assert str(status) in outcome.problem.zh
    assert str(status) in outcome.problem.en
    assert (outcome.status, outcome.retry_after_s) == (status, 7)
    assert outcome.excerpt == "请稍后 later [31m"
    assert outcome.is_gone == (status == 410)


def test_a_receiver_that_hangs_costs_its_time_and_no_more() -> None:
    with Receiver(behave=hang) as receiver:
        began = time.monotonic()
        [outcome] = sent(receiver, patience_s=0.4)
        assert time.monotonic() - began < 2
    assert outcome.problem is not None
    assert "0.4 s" in outcome.problem.en


def test_a_receiver_that_answers_byte_by_byte_costs_its_time_and_no_more() -> None:
    with Receiver(behave=drip) as receiver:
        began = time.monotonic()
        [outcome] = sent(receiver, patience_s=0.4)
        assert time.monotonic() - began < 2
    assert outcome.problem is not None
    assert "0.4 s" in outcome.problem.en


def test_a_receiver_that_does_not_read_costs_its_time_and_no_more() -> None:
    def deaf(wire: socket.socket, receiver: Receiver) -> None:
        while receiver.is_open:
            time.sleep(0.02)

    with Receiver(behave=deaf) as receiver, Line(read_address(receiver.address, LOOPBACK), networks=LOOPBACK) as line:
        began = time.monotonic()
        outcome = line.post(b"x" * 30_000_000, HEADERS, patience_s=0.4)
        assert time.monotonic() - began < 2
    assert not outcome.is_taken


def test_of_ten_megabytes_only_the_beginning_is_read() -> None:
    def flood(wire: socket.socket, receiver: Receiver) -> None:
        receiver.take_one(wire)

    with Receiver(answer=lambda number: said(200, b"x" * 10_000_000), behave=flood) as receiver:
        [outcome] = sent(receiver)
    assert outcome.is_taken
    with Receiver(answer=lambda number: said(500, b"x" * 10_000_000), behave=flood) as receiver:
        [outcome] = sent(receiver)
    assert len(outcome.excerpt) == 300 <= MOST_BODY


@pytest.mark.parametrize(
    "answer",
    [
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X-Long: " + b"a" * (2 * MOST_HEADERS),
        b"HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
        b"HTTP/1.1 abc OK\r\n\r\n",
        b"",
        b"\x15\x03\x01\x00\x02\x02\x50",
        b"HTTP/9.9 200 OK\r\n\r\n",
    ],
)
def test_what_is_no_answer_is_a_failure_in_words(answer: bytes) -> None:
    def speak(wire: socket.socket, receiver: Receiver) -> None:
        wire.sendall(answer)

    with Receiver(behave=speak) as receiver:
        [outcome] = sent(receiver, patience_s=1)
    assert not outcome.is_taken
    assert outcome.problem is not None
    assert str(receiver.port) in outcome.problem.zh


def test_hints_before_the_answer_are_passed_over() -> None:
    with Receiver(answer=lambda number: b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + said(200)) as receiver:
        assert [one.status for one in sent(receiver, times=2)] == [200, 200]


def test_a_second_answer_behind_the_first_changes_nothing() -> None:
    with Receiver(answer=lambda number: said(200) + said(500) + b"rubbish") as receiver:
        assert [one.status for one in sent(receiver, times=3)] == [200, 200, 200]
        assert receiver.connections == 3


def test_where_nothing_listens_it_says_so() -> None:
    with Receiver() as receiver:
        pass
    [outcome] = sent(receiver)
    assert outcome.problem is not None
    assert outcome.problem.en.startswith("Nothing listens at 127.0.0.1:")


def test_a_certificate_is_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with certificate(tmp_path) as (context, made), Receiver(tls=context) as receiver:
        [outcome] = sent(receiver)
        assert outcome.problem is not None
        assert "certificate" in outcome.problem.en
        assert receiver.arrived == []
        monkeypatch.setenv("SSL_CERT_FILE", str(made))
        assert all(one.is_taken for one in sent(receiver, times=2))
        # The name in the certificate counts, not the address that is connected to.
        named = read_address(f"https://other.example:{receiver.port}/", LOOPBACK)
        with Line(named, networks=LOOPBACK, resolve=lambda host, port: ["127.0.0.1"]) as line:
            outcome = line.post(BODY, HEADERS)
        assert outcome.problem is not None
        assert "certificate" in outcome.problem.en


def test_a_server_without_tls_behind_https_is_a_failure_in_words() -> None:
    def speak(wire: socket.socket, receiver: Receiver) -> None:
        wire.recv(4096)
        wire.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with Receiver(behave=speak) as receiver:
        secure = read_address(receiver.address.replace("http", "https"), LOOPBACK)
        with Line(secure, networks=LOOPBACK) as line:
            outcome = line.post(BODY, HEADERS, patience_s=2)
    assert outcome.problem is not None
    assert "TLS" in outcome.problem.zh


def refused_at_sending(found: Sequence[str], networks: list[Network], scheme: str = "https") -> bool:
    address = read_address(f"{scheme}://inside.example:1/", [*networks, ipaddress.ip_network("192.0.2.0/24")])
    with Line(address, networks=networks, resolve=lambda host, port: found) as line:
        outcome = line.post(BODY, HEADERS, patience_s=0.1)
    return outcome.problem is not None and "YOUBEI_WEBHOOK_NETWORKS" in outcome.problem.en


FORBIDDEN = [
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1",
    "255.255.255.255", "240.0.0.1", "198.18.0.1", "::1", "::", "fe80::1", "fd00::1", "fec0::1", "ff02::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::1", "2001::1", "2001:db8::1", "::127.0.0.1",
]  # fmt: skip


@pytest.mark.parametrize("ip", FORBIDDEN)
def test_nothing_is_sent_to_addresses_that_are_not_public(ip: str) -> None:
    assert refused_at_sending([ip], [])
    assert refused_at_sending(["93.184.216.34", ip], []), "one forbidden address forbids the name"
    literal = f"[{ip}]" if ":" in ip else ip
    with pytest.raises(AddressRefused):
        read_address(f"https://{literal}/", [])


@pytest.mark.parametrize("host", ["2130706433", "0x7f000001", "127.1", "0177.0.0.1", "localhost", "localhost."])
def test_other_ways_to_write_loopback_are_found_out_when_they_are_looked_up(host: str) -> None:
    with Receiver() as receiver:
        address = read_address(f"https://{host}:{receiver.port}/", [])
        with Line(address) as line:
            outcome = line.post(BODY, HEADERS)
        assert receiver.connections == 0
    assert outcome.problem is not None
    assert "YOUBEI_WEBHOOK_NETWORKS" in outcome.problem.en


def test_public_addresses_are_reached_by_https_alone() -> None:
    public = ipaddress.ip_address("93.184.216.34")
    assert is_permitted(public, [], is_secure=True)
    assert not is_permitted(public, [], is_secure=False)
    assert not is_permitted(public, LOOPBACK, is_secure=False)
    assert is_permitted(ipaddress.ip_address("2606:2800:220:1::1"), [], is_secure=True)
    assert refused_at_sending(["93.184.216.34"], LOOPBACK, "http")


def test_a_name_that_points_elsewhere_a_moment_later_leads_nowhere() -> None:
    """The name stands for the receiver while it is checked, and for another machine ever after (DNS rebinding)."""
    asked: list[str] = []

    def turning(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["127.0.0.2"]

    only = [ipaddress.ip_network("127.0.0.1/32")]
    with Receiver(answer=lambda number: said(200, b"", "Connection: close")) as receiver:
        address = read_address(f"http://turning.example:{receiver.port}/", only)
        with Line(address, networks=only, resolve=turning) as line:
            first, second = (line.post(BODY, HEADERS, patience_s=1) for _ in range(2))
    assert (first.is_taken, asked, len(receiver.arrived)) == (True, ["turning.example"] * 2, 1)
    assert receiver.arrived[0].headers["host"] == f"turning.example:{receiver.port}"
    assert second.problem is not None
    assert "127.0.0.2" in second.problem.en


def test_a_name_that_is_not_found_says_so() -> None:
    def away(host: str, port: int) -> list[str]:
        raise OSError("no name service")

    with Line(read_address("https://nowhere.example/", []), resolve=away) as line:
        outcome = line.post(BODY, HEADERS)
    assert outcome.problem is not None
    assert "nowhere.example is not found" in outcome.problem.en


@pytest.mark.parametrize(
    "text",
    [
        "", "x", "example.org", "ftp://example.org/", "https://", "https:///a", "https://a b/", "https://a/\n", "//a/",
        "https://user:pass@example.org/", "https://example.org/#part", "https://example.org:99999/", "https://[::1/",
        "https://example.org:0/", "https://" + "a" * 600, "https://\x00/", "javascript:alert(1)", "https://.a./",
        "file:///etc/passwd", "https://例" + "例" * 70 + "/", "http://example.org/", "https://a\u202e/",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused_in_words(text: str) -> None:
    with pytest.raises(AddressRefused) as refused:
        read_address(text, [])
    assert refused.value.text.zh
    assert refused.value.text.en


def test_an_address_is_written_as_the_wire_wants_it() -> None:
    address = read_address("https://应急.example/收件?a=b&c=演练", [])
    assert address.host == "xn--extu8a.example"
    assert address.target == "/%E6%94%B6%E4%BB%B6?a=b&c=%E6%BC%94%E7%BB%83"
    assert address.origin == "https://xn--extu8a.example"
    assert read_address("https://[2606:2800:220:1::1]:8443", []).authority == "[2606:2800:220:1::1]:8443"


@given(st.text(max_size=60))
def test_no_text_whatever_is_a_fault(text: str) -> None:
    for begin in ("", "https://", "https://a.example/"):
        try:
            address = read_address(begin + text, [])
        except AddressRefused:
            continue
        assert address.target.isascii()
        assert not any(sign in address.target + address.authority for sign in " \r\n\x00")
