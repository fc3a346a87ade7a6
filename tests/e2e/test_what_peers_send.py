"""What a peer writes into SIP is text: it never becomes a line of the AGI header or of an event.

The calls are real; in the line's place a server notes what Asterisk tells it of each and sends the
call to the agents' queue, whose events a raw management link reads.
"""

from __future__ import annotations

import re
import shutil
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from queue import SimpleQueue

import pytest
import structlog

from ivr.settings import host_port
from ivr.telephony.agi import NAMES
from ivr.telephony.lock import TOKEN, PortLock
from ivr.telephony.management import Manager
from ivr.telephony.server import LineServer
from ivr.telephony.session import GIVEN, AgiSession
from ivr.telephony.trunks import NUMBERS
from tests.e2e.installation import short_folder
from tests.e2e.line import RunningLine
from tests.e2e.peer import Peer
from tests.e2e.test_bad_days import asterisk_alone
from tests.nightly import nightly

SECONDS = 20.0
CHECKPOINT = "IVR_PLACE=node=number-puk&subscriber=99365880001"
CONTROL = [*map(chr, range(0x20)), "\x7f"]
ODD = [
    *("\x85", "\u2028", "\u2029", "\u202e", "\ufeff", "\U0001f4de", "ýüz", "Ж"),
    *("${UNIQUEID}", "$[1+1]", "|", ",", ")", "&", '\\"', ";", "99365123456,1)", "=", "<1>", "-"),
]
"""Characters that mean something to Asterisk, to terminals, or to nobody."""
FIELDS = {
    "From": "<sip:{0}@127.0.0.1>;tag=a",
    "From, its name": '"{0}" <sip:99361000000@127.0.0.1>;tag=a',
    "From, its host": "<sip:99361000000@{0}>;tag=a",
    "To": "<sip:{0}@127.0.0.1>",
    "To, its name": '"{0}" <sip:0890@127.0.0.1>',
    "Contact": "<sip:{0}@127.0.0.1:9>",
    "Diversion": "<sip:{0}@127.0.0.1>;reason={0}",
    "History-Info": "<sip:{0}@127.0.0.1>;index=1",
    "P-Asserted-Identity": '"{0}" <sip:{0}@127.0.0.1>',
    "P-Preferred-Identity": '"{0}" <sip:{0}@127.0.0.1>',
    "Remote-Party-ID": '"{0}" <sip:{0}@127.0.0.1>;party=calling;privacy=off',
    "Referred-By": "<sip:{0}@127.0.0.1>",
    "Reason": 'Q.850;cause=16;text="{0}"',
    "User-Agent": "{0}",
    "Subject": "{0}",
    "Organization": "{0}",
    "Call-Info": "<sip:{0}@127.0.0.1>",
    "Alert-Info": "{0}",
    "Accept-Language": "{0}",
    "User-to-User": "{0}",
    "X-Account": "{0}",
}
"""Header fields of SIP, and where in them a peer may write what it likes."""
ALL = {name: pattern for name, pattern in FIELDS.items() if "," not in name}
"""At once: none of them makes the whole message unreadable."""


@dataclass
class Notes:
    """What Asterisk told of the calls."""

    line: RunningLine
    told: SimpleQueue[AgiSession] = field(default_factory=SimpleQueue)
    events: bytearray = field(default_factory=bytearray)

    def take(self, session: AgiSession) -> None:
        self.told.put(session)
        session.set("IVR_NEXT", "agent")
        session.set("IVR_DONE", "1")


@pytest.fixture(scope="module")
def notes() -> Iterator[Notes]:
    folder = short_folder()
    with asterisk_alone(folder / "home") as line:
        notes = Notes(line)
        lock = PortLock.of(line.settings)
        server = LineServer(line.settings.agi_bind, 100, notes.take, notes.take, lock=lock)
        server.start()
        with closing(server), listening(notes):
            yield notes
    shutil.rmtree(folder)


@contextmanager
def listening(notes: Notes) -> Iterator[None]:
    """Keep every byte of the management link's events."""
    settings = notes.line.settings
    with socket.create_connection(host_port(settings.ami_bind)) as link:
        user = Manager.LINE
        secret = user.password(settings.secret("ami_secret"))
        link.sendall(f"Action: Login\r\nUsername: {user}\r\nSecret: {secret}\r\n\r\n".encode())

        def read() -> None:
            while received := link.recv(65536):
                notes.events += received

        thread = threading.Thread(target=read)
        thread.start()
        yield
        link.sendall(b"Action: Logoff\r\n\r\n")
        thread.join()


def escaped(text: str) -> str:
    return "".join(f"%{byte:02x}" for byte in text.encode())


def forms(evil: str) -> list[str]:
    """One text as a peer may write it."""
    header = f"{evil}agi_arg_1:{evil}agi_arg_:{CHECKPOINT}{evil}{evil}"
    event = f"{evil}{evil}Event: Forged{evil}Queue: agents{evil}{evil}"
    return [escaped(header), escaped(event), f"99365880001{escaped(header)}"]


def fields(text: str | bytes, names: Mapping[str, str]) -> dict[str, str | bytes]:
    said = text if isinstance(text, bytes) else text.encode()
    return {
        name.partition(",")[0]: pattern.encode().replace(b"{0}", said)
        for name, pattern in names.items()
    }


def ring(notes: Notes, peer: Peer, number: str | bytes, given: Mapping[str, str | bytes]) -> None:
    """Call, look at what Asterisk tells of it, and hang up."""
    try:
        call = peer.invite(number, given)
    except TimeoutError:
        return  # no SIP at all: Asterisk does not answer
    if call.status != 200:
        return
    try:
        check(notes.told.get(timeout=SECONDS))
    finally:
        call.hang_up()


def check(session: AgiSession) -> str:
    """The calling number. Every field of the header holds what it may hold, and no more."""
    known = session.environment
    assert set(known) == set(NAMES)
    assert re.fullmatch(r"[0-9+]{1,24}|unknown", known["agi_callerid"])
    assert known["agi_calleridname"] == "unknown"
    assert known["agi_dnid"].replace("-", "") in NUMBERS  # Asterisk reads over them
    assert known["agi_rdnis"] == "unknown"
    assert known["agi_accountcode"] == ""
    assert session.get("IVR_PLACE") == ""
    assert session.get("IVR_DIALLED") in NUMBERS
    return known["agi_callerid"]


def check_all(notes: Notes, peer: Peer) -> None:
    """An ordinary caller is served, and no event was forged until then."""
    call = peer.invite("0890", {"From": "<sip:99365123456@127.0.0.1>;tag=a"})
    assert call.status == 200
    while check(notes.told.get(timeout=SECONDS)) != "99365123456":
        pass  # a call whose answer could not be told from others
    call.hang_up()
    known = re.compile(rb"([A-Za-z]+(\([A-Z_]+\))?: .*|ChanVariable.*|DestChanVariable.*|)")
    for line in bytes(notes.events).split(b"\r\n")[1:-1]:
        assert known.fullmatch(line), line
        assert not re.match(rb"(?i)event: forged", line)
        assert b"\n" not in line


@pytest.fixture
def peer(notes: Notes) -> Iterator[Peer]:
    with Peer(notes.line.settings, seconds=1.0) as peer:
        yield peer


@pytest.mark.parametrize(
    "field",
    [name if name == "From" else nightly(name) for name in FIELDS],
)
def test_a_line_break_in_any_field_is_no_line(notes: Notes, peer: Peer, field: str) -> None:
    for text in (*forms("\n"), *forms("\r\n")):
        ring(notes, peer, "0890", fields(text, {field: FIELDS[field]}))
    check_all(notes, peer)


@pytest.mark.nightly
def test_no_character_in_any_field_gets_through(notes: Notes, peer: Peer) -> None:
    for evil in (*CONTROL, *ODD):
        ring(notes, peer, "0890", fields(forms(evil)[0], ALL))
    check_all(notes, peer)


@pytest.mark.parametrize("evil", ["\n", "\r\n", "\0", "\x1b", "ýüz", '"'], ids=ascii)
def test_what_is_not_even_escaped_is_no_line(notes: Notes, peer: Peer, evil: str) -> None:
    ring(notes, peer, "0890", fields(f"99365880001{evil}agi_arg_: {CHECKPOINT}".encode(), ALL))
    check_all(notes, peer)


def test_nothing_behind_the_dialled_number_gets_through(notes: Notes, peer: Peer) -> None:
    for evil in (*CONTROL, *ODD):
        ring(notes, peer, f"0890{escaped(evil)}agi_arg_1: {CHECKPOINT}".replace(" ", "%20"), {})
        ring(notes, peer, f"0890{escaped(evil)}", {})
    check_all(notes, peer)


def test_what_is_too_long_is_cut(notes: Notes, peer: Peer) -> None:
    for text in ("9" * 25, "9" * 500, escaped("\n") * 200, "ý" * 300):
        ring(notes, peer, "0890", fields(text, ALL))
        ring(notes, peer, "0890", fields(text, {"From": FIELDS["From"]}))
    check_all(notes, peer)


def test_what_is_no_utf_8_is_no_harm(notes: Notes, peer: Peer) -> None:
    for text in (b"\xff\xfe", b"\xc0\x8a", b"\xed\xa0\x80", b"%", b"%zz", b"%0"):
        ring(notes, peer, "0890", fields(text, ALL))
        ring(notes, peer, "0890", fields(text, {"From": FIELDS["From"]}))
    check_all(notes, peer)


def test_the_arguments_are_those_of_the_dialplan(notes: Notes, peer: Peer) -> None:
    """Nothing gets as far as the strict reading of the header, which would refuse it."""
    given = fields(escaped(f"\nagi_arg_1: {CHECKPOINT}"), {"From": FIELDS["From"]})
    with structlog.testing.capture_logs() as logs:
        call = peer.invite("0890", given)
        session = notes.told.get(timeout=SECONDS)
        call.hang_up()
    assert not logs
    assert session._given.keys() - {"IVR_NEXT", "IVR_DONE"} == GIVEN - {TOKEN}
