"""What peers send by SIP beside calls: it runs no dialplan, and fills no log."""

from __future__ import annotations

import re
import socket
import uuid
from contextlib import suppress
from pathlib import Path
from typing import cast

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from ivr.errors import CallerHungUp
from ivr.settings import host_port
from ivr.softphone.exact_matcher import Vocabulary
from ivr.telephony.ami import AmiLink
from ivr.telephony.asterisklog import KEPT_FILES, AsteriskLog
from ivr.telephony.configuration import run_folder
from ivr.telephony.management import Manager
from ivr.telephony.seats import StoredSeatSecrets
from ivr.telephony.session import DONE, AgiSession
from ivr.wiring import telephony
from ivr.wiring.container import Container
from tests.e2e.line import RunningLine
from tests.e2e.peer import Peer
from tests.telephony.asterisk.exchange import SECONDS, Exchange
from tests.waiting import until

STRANGER = "127.0.0.2"
"""Where neither a trunk nor an agent may be."""
NO_AGENT = "127.0.0.3"
"""Where an agent may be, and somebody else is."""
PACKETS = 6_000
BURST = 50
"""Packets after which the flood looks whether Asterisk still answers: what it has no time for is
lost before it."""
RETRANSMISSION, MOST_SENT = 1.0, 20
"""Seconds between two packets of a caller who is not answered, and how many there are."""
A_LINE = 60
"""Bytes; a notice has more."""


@pytest.fixture
def line(exchange: Exchange) -> RunningLine:
    return RunningLine(
        exchange.settings, None, Container(exchange.settings), cast(Vocabulary, None)
    )


def calls_processed(exchange: Exchange) -> int:
    """Channels that there have ever been; a message that runs the dialplan makes one too."""
    shown = exchange.asterisk.command("core show channels count")
    found = re.search(r"(\d+) calls? processed", shown)
    assert found is not None
    return int(found[1])


@pytest.mark.parametrize(
    ("method", "fields", "status"),
    [
        ("MESSAGE", {"Content-Type": "text/plain"}, 501),
        ("SUBSCRIBE", {"Event": "presence", "Expires": "60"}, 489),
        ("SUBSCRIBE", {"Event": "dialog"}, 489),
        ("SUBSCRIBE", {"Event": "message-summary"}, 489),
        ("PUBLISH", {"Event": "presence"}, 489),
        ("PUBLISH", {"Event": "asterisk-devicestate"}, 489),
        ("NOTIFY", {"Event": "refer", "Subscription-State": "active"}, 501),
        ("REFER", {"Refer-To": "<sip:112@127.0.0.1>"}, 501),
        ("REFER", {"Refer-To": "<sip:0890@127.0.0.1?Replaces=a>"}, 501),
        ("INFO", {"Record": "on"}, 501),
        ("UPDATE", {}, 501),
        ("PRACK", {}, 501),
        ("INVITE", {"Require": "replaces", "Replaces": "a;to-tag=b;from-tag=c"}, 420),
    ],
)
def test_nothing_but_a_call_runs_the_dialplan(
    exchange: Exchange, line: RunningLine, method: str, fields: dict[str, str], status: int
) -> None:
    before = calls_processed(exchange)
    with Peer(line.settings) as peer:
        assert peer.ask(method, "0890", fields).status == status
    assert calls_processed(exchange) == before
    is_answered(exchange, line)
    assert calls_processed(exchange) == before + 1


@pytest.mark.parametrize("method", ["INVITE", "REGISTER", "OPTIONS", "MESSAGE", "SUBSCRIBE"])
def test_an_address_of_no_network_is_refused_before_it_is_asked_who_it_is(
    line: RunningLine, method: str
) -> None:
    media = "127.0.0.1" if method == "INVITE" else ""
    fields = {"Event": "presence"} if method == "SUBSCRIBE" else {}
    for address, status in ((STRANGER, 403), (NO_AGENT, 401)):
        with Peer(line.settings, address) as peer:
            assert peer.ask(method, "0890", fields, media).status == status, address


def test_no_call_takes_over_another(exchange: Exchange, line: RunningLine) -> None:
    """Neither one that wants it strictly (420), nor one that wants it if it can be had."""
    said: list[str] = []

    def talk(session: AgiSession) -> str | None:
        said.append("first")
        key = session.telephone.ask_key([exchange.utterance("long")], 2)
        return ended(session, key)

    exchange.talks.put(talk)
    with Peer(line.settings) as first, Peer(line.settings) as second:
        call = first.invite("0890")
        assert call.status == 200
        tag = call.tag.removeprefix(";tag=")
        replaces = {"Replaces": f"{call.id};to-tag={tag};from-tag=a"}
        assert second.invite("0890", {"Require": "replaces", **replaces}).status == 420
        exchange.talks.put(lambda session: ended(session, "second"))
        other = second.invite("0890", replaces)
        assert other.status == 200, "it is an ordinary call, of its own"
        assert exchange.said.get(timeout=SECONDS) == "second"
        assert exchange.said.get(timeout=SECONDS) is None, "the first goes on to its end"
        assert said == ["first"]


@pytest.mark.parametrize(
    ("method", "address", "broken"),
    [
        ("INVITE", STRANGER, False),
        ("REGISTER", STRANGER, False),
        ("OPTIONS", STRANGER, False),
        ("MESSAGE", STRANGER, False),
        ("INVITE", NO_AGENT, False),
        ("REGISTER", NO_AGENT, False),
        ("INVITE", STRANGER, True),
        ("INVITE", "127.0.0.1", True),
    ],
)
def test_strangers_cost_no_line_of_the_log_and_callers_are_served(
    exchange: Exchange, line: RunningLine, method: str, address: str, broken: bool
) -> None:
    logs = exchange.settings.home / "logs"
    before = size_of(logs)
    flood(exchange, method, address, broken)
    is_answered(exchange, line)
    assert size_of(logs) - before < A_LINE * 10


def test_the_log_is_turned_over_and_five_older_ones_are_kept(exchange: Exchange) -> None:
    file = exchange.settings.home / "logs" / "asterisk.log"
    link = telephony.manager(Container(exchange.settings), Manager.HEALTH)
    link.start()
    try:
        assert link.connected.wait(SECONDS)
        log = AsteriskLog(file, 10_000, lambda: turned_over(link))
        for turn in range(KEPT_FILES + 3):
            with file.open("a") as stream:
                stream.write(f"{turn} " * 6_000)
            log.look()
            until(lambda: file.stat().st_size < 1_000)
            log.look()  # nothing is to be done
    finally:
        link.close()
    older = sorted(each.name for each in file.parent.glob("asterisk.log.*"))
    assert older == [f"asterisk.log.{number}" for number in range(KEPT_FILES)]
    assert file.with_name("asterisk.log.0").read_text().endswith(f"{KEPT_FILES + 2} ")


def turned_over(link: AmiLink) -> None:
    assert link.action("LoggerRotate")["Response"] == "Success"


def is_answered(exchange: Exchange, line: RunningLine) -> None:
    """An ordinary caller is, and his call comes to the line."""
    exchange.talks.put(lambda session: ended(session, session.environment["agi_callerid"]))
    with Peer(line.settings, seconds=RETRANSMISSION) as peer:
        assert status_of_call(peer) == 200
    assert exchange.said.get(timeout=SECONDS) == "99361000000"


def status_of_call(peer: Peer) -> int:
    """As phones do, it sends the packet again while there is no answer."""
    for _ in range(MOST_SENT):
        with suppress(TimeoutError):
            return peer.invite("0890").status
    raise AssertionError("a caller is not answered")


def ended(session: AgiSession, said: str | None) -> str | None:
    """The line is done with a call, of which a test is told."""
    with suppress(CallerHungUp):
        session.set(DONE, "1")
    return said


def flood(exchange: Exchange, method: str, address: str, broken: bool) -> None:
    """Thousands of packets, each of another dialogue; Asterisk answers again at the end."""
    to = host_port(exchange.settings.sip_bind)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
        peer.bind((address, 0))
        peer.settimeout(SECONDS)
        for number in range(PACKETS):
            peer.sendto(packet(method, number, peer.getsockname(), to, broken), to)
            if number % BURST == 0 and not broken:
                peer.recv(65_535)


def packet(
    method: str, number: int, own: tuple[str, int], to: tuple[str, int], broken: bool
) -> bytes:
    id = uuid.uuid4().hex
    return (
        f"{method} sip:0890@{to[0]}:{to[1]} SIP/2.0\r\n"
        f"Via: SIP/2.0/UDP {own[0]}:{own[1]};branch=z9hG4bK{id}\r\n"
        f"Max-Forwards: 70\r\nFrom: <sip:{99361000000 + number}@{own[0]}>;tag={id}\r\n"
        f"To: <sip:0890@{to[0]}>\r\nCall-ID: {id}\r\n"
        f"CSeq: {'none' if broken else '1'} {method}\r\nContact: <sip:a@{own[0]}:{own[1]}>\r\n"
        "Content-Length: 0\r\n\r\n"
    ).encode()


def size_of(logs: Path) -> int:
    return sum(file.stat().st_size for file in logs.iterdir())


def test_sip_does_not_come_over_tcp(exchange: Exchange) -> None:
    with socket.socket() as peer, pytest.raises(ConnectionRefusedError):
        peer.connect(host_port(exchange.settings.sip_bind))


def test_a_foreign_page_cannot_speak_sip_by_a_websocket(exchange: Exchange) -> None:
    """Any page in a browser on this machine may try; it does not know the path."""
    bind = exchange.settings.asterisk_http_bind
    for path in ("ws", "a/ws", "httpstatus", "static/index.html", ""):
        with pytest.raises(InvalidStatus) as refused, connect(f"ws://{bind}/{path}", proxy=None):
            pass
        assert refused.value.response.status_code == 404, path
    made = StoredSeatSecrets(run_folder(exchange.settings.home), bind)
    with connect(made.websocket(), subprotocols=[Subprotocol("sip")], proxy=None) as own:
        assert own.subprotocol == "sip"
