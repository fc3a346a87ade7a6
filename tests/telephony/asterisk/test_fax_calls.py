"""Faxes to a trunk that does not put them through, on a real Asterisk: the reason of each is known.

The trunk is played by hand, message by message: it answers by the last three digits of the number.
"""

from __future__ import annotations

import re
import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

import pytest

from ivr.domain.fax import FaxAnswer, FaxReason, FaxResult
from ivr.domain.values import Msisdn
from ivr.settings import Settings
from ivr.telephony.ami import AmiLink
from ivr.telephony.asterisk import Asterisk
from ivr.telephony.configuration import render
from ivr.telephony.fax import AsteriskFax
from ivr.telephony.faxresults import of_status
from ivr.telephony.management import Manager
from ivr.wiring import telephony
from ivr.wiring.container import Container
from tests.e2e.installation import own_settings, short_folder
from tests.e2e.peer import Peer
from tests.waiting import until

SECONDS = 20.0
REFERENCES = count(1)
RINGS, HANGS_UP, REDIRECTS = "180", "200", "302"
STATUSES = (
    *(300, 301, 302, 305, 380, 400, 401, 403, 404, 407, 408, 410, 415, 420, 480, 484, 485, 486),
    *(488, 499, 500, 501, 502, 503, 504, 513, 580, 600, 603, 604, 606, 607, 608, 699),
)
ANSWER = (
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    "m=audio {0} RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\n"
)


class Trunk:
    """Answers calls; hears at another address whether a redirection is followed."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.elsewhere = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.elsewhere.bind(("127.0.0.1", 0))
        self.elsewhere.setblocking(False)
        self.port = self._socket.getsockname()[1]
        self.called: list[str] = []
        """The numbers of the calls that came."""
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def close(self) -> None:
        self._socket.sendto(b"end", self._socket.getsockname())
        self._thread.join()
        self._socket.close()
        self.elsewhere.close()

    def _serve(self) -> None:
        while (packet := self._socket.recvfrom(65_535))[0] != b"end":
            text, peer = packet[0].decode(), packet[1]
            method = text.partition(" ")[0]
            if method == "INVITE":
                self._invited(text, peer)
            elif method == "ACK":
                self._acknowledged(text, peer)
            elif method in ("CANCEL", "BYE"):
                self._reply(text, "200 OK", peer)
                if method == "CANCEL":
                    invite = re.sub(r"CSeq: (\d+) CANCEL", r"CSeq: \1 INVITE", text)
                    self._reply(invite, "487 Request Terminated", peer)

    def _invited(self, text: str, peer: tuple[str, int]) -> None:
        number = text.partition("sip:")[2].partition("@")[0]
        self.called.append(number)
        status = number[-3:]
        if status == HANGS_UP:
            media = ANSWER.format(self.elsewhere.getsockname()[1])
            self._reply(text, "200 OK", peer, media)
        else:
            self._reply(text, f"{status} as it is told", peer)

    def _acknowledged(self, text: str, peer: tuple[str, int]) -> None:
        """The person who answered hangs up."""
        found = dict(re.findall(r"^(From|To|Call-ID): (.*?)\r$", text, re.M))
        if f"{HANGS_UP}@" not in found["To"]:
            return
        contact = f"sip:fax@{peer[0]}:{peer[1]}"
        lines = [
            f"BYE {contact} SIP/2.0",
            f"Via: SIP/2.0/UDP 127.0.0.1:{self.port};branch=z9hG4bKbye{len(self.called)}",
            "Max-Forwards: 70",
            f"From: {found['To']}",
            f"To: {found['From']}",
            f"Call-ID: {found['Call-ID']}",
            "CSeq: 1 BYE",
            "Content-Length: 0",
        ]
        self._socket.sendto("\r\n".join([*lines, "", ""]).encode(), peer)

    def _reply(self, text: str, status: str, peer: tuple[str, int], media: str = "") -> None:
        lines = [
            f"SIP/2.0 {status}",
            *re.findall(r"^(?:Via|From|Call-ID|CSeq): .*?(?=\r$)", text, re.M),
        ]
        found = re.search(r"^To: (.*?)\r$", text, re.M)
        assert found is not None
        tag = "" if ";tag=" in found[1] else ";tag=trunk"
        lines.append(f"To: {found[1]}{tag}")
        where = self.elsewhere.getsockname()[1] if status.startswith("3") else self.port
        lines.append(f"Contact: <sip:99399999999@127.0.0.1:{where}>")
        if media:
            lines.append("Content-Type: application/sdp")
        lines += [f"Content-Length: {len(media)}", "", media]
        self._socket.sendto("\r\n".join(lines).encode(), peer)


@pytest.fixture(scope="module")
def trunk() -> Iterator[Trunk]:
    made = Trunk()
    yield made
    made.close()


@pytest.fixture(scope="module")
def settings(trunk: Trunk) -> Iterator[Settings]:
    folder = short_folder()
    way = f"PJSIP/trunk/sip:{{number}}@127.0.0.1:{trunk.port};transport=udp"
    yield own_settings(folder / "h", fax_trunk=way)
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def fax(settings: Settings) -> Iterator[AsteriskFax]:
    """Sends by the trunk, by the rights that ``ivr orders`` has."""
    with running(settings) as link:
        yield AsteriskFax(link, settings.home / "fax", has_trunk=True)


@contextmanager
def running(settings: Settings) -> Iterator[AmiLink]:
    container = Container(settings)
    configuration = render(settings, telephony.programs(container), {})
    dialplan = configuration.with_name("extensions.conf")
    dialplan.write_text(dialplan.read_text().replace(",60,ig", ",1,ig"))  # how long it may ring
    program = telephony.programs(container).asterisk
    with Asterisk(program, configuration, settings.home / "out") as asterisk:
        asterisk.wait_ready()
        link = telephony.manager(container, Manager.FAX)
        link.start()
        try:
            assert link.connected.wait(SECONDS)
            yield link
        finally:
            link.close()


def sent(fax: AsteriskFax, number: str) -> FaxAnswer:
    """What became of a fax."""
    reference = f"2026-1-{next(REFERENCES)}"
    assert fax.send(reference, b"no pages", Msisdn(number)) is None
    until(lambda: fax.result(reference) is not None)
    answer = fax.result(reference)
    assert answer is not None
    fax.forget(reference)
    return answer


@pytest.mark.parametrize("status", STATUSES)
def test_the_reason_of_a_call_that_is_not_put_through_is_known(
    fax: AsteriskFax, trunk: Trunk, status: int
) -> None:
    number = f"99312000{status}"
    detail = f"SIP {status}" if status >= 400 else "SIP 3xx"
    assert sent(fax, number) == FaxAnswer(FaxResult.UNREACHED, 0, detail, of_status(status))
    assert trunk.called.count(number) == 1


def test_a_call_that_rings_for_too_long_is_given_up(fax: AsteriskFax) -> None:
    answer = sent(fax, f"99312000{RINGS}")
    assert (answer.result, answer.reason) == (FaxResult.UNREACHED, FaxReason.NO_ANSWER)


def test_a_person_who_answers_and_hangs_up_is_no_fax_machine(fax: AsteriskFax) -> None:
    answer = sent(fax, f"99312000{HANGS_UP}")
    assert (answer.result, answer.reason) == (FaxResult.FAILED, FaxReason.NO_FAX)


def test_no_other_number_is_dialled_than_the_one_of_the_invoice(
    fax: AsteriskFax, trunk: Trunk
) -> None:
    before = len(trunk.called)
    for status in ("300", "301", REDIRECTS, "305", "380"):
        assert sent(fax, f"99312000{status}").reason is FaxReason.REDIRECTED
    assert [number[-3:] for number in trunk.called[before:]] == ["300", "301", "302", "305", "380"]
    with pytest.raises(BlockingIOError):
        trunk.elsewhere.recv(65_535)


@pytest.mark.parametrize("name", ["fax", "FAX", "trunk"])
def test_nobody_comes_in_by_the_way_out(fax: AsteriskFax, settings: Settings, name: str) -> None:
    assert fax.ready()
    with Peer(settings, "127.0.0.2") as stranger:
        said = {"From": f"<sip:{name}@127.0.0.1>;tag=a"}
        assert stranger.invite("0890", said).status == 401


def test_callers_do_not_get_at_it_either(
    fax: AsteriskFax, settings: Settings, trunk: Trunk
) -> None:
    """Neither by the number that a fax would go to, nor by a name of the dialplan."""
    assert fax.ready()
    before = len(trunk.called)
    with Peer(settings) as caller:
        for number in ("99312000404", "hold", "s"):
            assert caller.invite(number).status == 404
    assert len(trunk.called) == before
