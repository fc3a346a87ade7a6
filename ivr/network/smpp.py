"""The operator's message centre over SMPP 3.4. Implements ``ivr.ports.MessageCentre``.

The library ``smpplib`` makes and reads the PDUs. Its faults are mended here in one thin subclass:
it writes passwords and texts to its log, waits for a PDU without a whole deadline, believes any
length, gives up a link over an optional field that it does not expect, and leaves an unbind
unanswered.
"""

from __future__ import annotations

import logging
import random
import re
import select
import socket
import struct
import time
from dataclasses import dataclass
from typing import Any

import structlog
from smpplib import client, consts, exceptions, smpp
from smpplib.pdu import extract_command

from ivr.errors import TemporarilyUnavailable
from ivr.network.shortmessage import MOST_PARTS, encode
from ivr.ports import Message, NotEver, NotNow, Receipts, Taken

log = structlog.get_logger()

DEADLINE = 5.0
"""Seconds for connecting, and for each answer."""
QUIET = 20.0
"""Seconds without a word from the centre after which it is asked whether it is there."""
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
"""Seconds before a link is tried again: doubled each time, with jitter."""
LONGEST_PDU = 65_536
PASSES = frozenset(
    {
        consts.SMPP_ESME_RTHROTTLED,
        consts.SMPP_ESME_RMSGQFUL,
        consts.SMPP_ESME_RSYSERR,
        consts.SMPP_ESME_RSUBMITFAIL,
        consts.SMPP_ESME_RX_T_APPN,
    }
)
"""Answers (SMPP 3.4, 5.1.3) that later may be others."""
RECEIPT, KIND_OF_MESSAGE = 0x04, 0x3C
"""``esm_class`` of a receipt, and its bits that tell the kind (5.2.12)."""
ARRIVED, LOST = frozenset({2}), frozenset({3, 4, 5, 8})
"""``message_state`` (5.2.28): delivered; expired, deleted, undeliverable, rejected."""
WORDS = {"DELIVRD": 2, "EXPIRED": 3, "DELETED": 4, "UNDELIV": 5, "REJECTD": 8}
"""The same in the text of a receipt (appendix B)."""
_BROKEN = (
    exceptions.ConnectionError,
    exceptions.PDUError,
    OSError,
    struct.error,
    ValueError,
    KeyError,
)
"""What the library raises when a link, or what comes over it, is of no use."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where the message centre is, and who we are to it."""

    system_id: str
    host: str
    port: int


class SmppCentre:
    """A transceiver's link to a message centre, opened when it is needed. For one thread."""

    def __init__(self, address: Address, password: str, source: str) -> None:
        self._address, self._password, self._source = address, password, source
        self._link: _Link | None = None
        self._held: list[Any] = []
        """Receipts that came before an answer: perhaps of the very part that it is about, which is
        not written down yet."""
        self._failures = 0
        self._not_before = 0.0

    def parts(self, body: str) -> int:
        return len(encode(body, 0).parts)

    def submit(self, message: Message, part: int, receipts: Receipts) -> Taken | NotNow | NotEver:
        """As the port says. A part goes out under the same reference each time."""
        short = encode(message.body, message.id)
        if len(short.parts) > MOST_PARTS:
            return NotEver(f"longer than {MOST_PARTS} parts")
        is_word = not self._source.isdigit()
        answer = self._ask(
            receipts,
            "submit_sm",
            source_addr_ton=consts.SMPP_TON_ALNUM if is_word else consts.SMPP_TON_UNK,
            source_addr_npi=consts.SMPP_NPI_UNK if is_word else consts.SMPP_NPI_ISDN,
            source_addr=self._source,
            dest_addr_ton=consts.SMPP_TON_INTL,
            dest_addr_npi=consts.SMPP_NPI_ISDN,
            destination_addr=message.number,
            esm_class=consts.SMPP_GSMFEAT_UDHI if short.has_headers else 0,
            data_coding=int(short.coding),
            registered_delivery=1,
            short_message=short.parts[part],
        )
        if answer.status == consts.SMPP_ESME_ROK:
            return Taken(_text(answer.message_id))
        reason = f"the message centre answers 0x{answer.status:02x}"
        return NotNow(reason) if answer.status in PASSES else NotEver(reason)

    def attend(self, seconds: float, receipts: Receipts) -> None:
        until = time.monotonic() + seconds
        while True:
            link = self._bound(receipts)
            self._take_held(link, receipts)
            if time.monotonic() - link.heard > QUIET:
                self._ask(receipts, "enquire_link")
            rest = until - time.monotonic()
            if rest <= 0:
                return
            try:
                if link.has_word(min(rest, 1.0)):
                    self._act(link, link.next_pdu(DEADLINE), receipts)
            except _BROKEN as error:
                raise self._lost(error) from None

    def close(self) -> None:
        link, self._link = self._link, None
        if link is None:
            return
        try:
            link.say("unbind")
        except _BROKEN:
            log.debug("the message centre is gone before the link is ended")
        link.disconnect()

    def _ask(self, receipts: Receipts, command: str, **fields: Any) -> Any:
        """Send a request and wait for its answer; what comes in between is dealt with."""
        link = self._bound(receipts)
        self._take_held(link, receipts)
        until = time.monotonic() + DEADLINE
        try:
            sequence = link.say(command, **fields)
            while True:
                pdu = link.next_pdu(until - time.monotonic())
                is_answer = pdu is not None and (pdu.is_response() or pdu.command == "generic_nack")
                if is_answer and pdu.sequence == sequence:
                    return pdu
                if pdu is not None and pdu.command == "deliver_sm":
                    self._held.append(pdu)
                else:
                    self._act(link, pdu, receipts)
        except _BROKEN as error:
            raise self._lost(error) from None

    def _take_held(self, link: _Link, receipts: Receipts) -> None:
        held, self._held = self._held, []
        try:
            for pdu in held:
                self._act(link, pdu, receipts)
        except _BROKEN as error:
            raise self._lost(error) from None

    def _act(self, link: _Link, pdu: Any, receipts: Receipts) -> None:
        """Deal with what the centre sends by itself."""
        match None if pdu is None else pdu.command:
            case "enquire_link":
                link.answer(pdu, "enquire_link_resp")
            case "deliver_sm":
                link.answer(pdu, "deliver_sm_resp", _received(pdu, receipts))
            case "unbind":
                link.answer(pdu, "unbind_resp")
                raise exceptions.ConnectionError("the message centre ends the link")

    def _bound(self, receipts: Receipts) -> _Link:
        if self._link is not None:
            return self._link
        if time.monotonic() < self._not_before:
            raise TemporarilyUnavailable("smsc", "it is tried again in some seconds")
        link = _Link(self._address.host, self._address.port)
        try:
            link.connect()
            self._link = link
            bound = self._ask(
                receipts,
                "bind_transceiver",
                system_id=self._address.system_id,
                password=self._password,
                system_type="",
                interface_version=consts.SMPP_VERSION_34,
            )
            if bound.status != consts.SMPP_ESME_ROK:
                raise exceptions.PDUError(f"it refuses our name or password (0x{bound.status:02x})")
        except _BROKEN as error:
            self._link = link
            raise self._lost(error) from None
        self._failures = 0
        log.info("the message centre is there")
        return link

    def _lost(self, error: BaseException) -> TemporarilyUnavailable:
        """Give the link up, and wait before the next."""
        self._held.clear()  # the centre, unanswered, tells them again
        if self._link is not None:
            self._link.disconnect()
            self._link = None
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(self._failures, 10))
        pause *= random.uniform(0.8, 1.2)  # noqa: S311  jitter, not a secret
        self._failures += 1
        self._not_before = time.monotonic() + pause
        said = "no answer in time" if isinstance(error, TimeoutError) else str(error)
        lost = TemporarilyUnavailable("smsc", said or "the link is broken")
        log.warning("the message centre is lost", reason=str(lost), pause=round(pause, 1))
        return lost


class _Link(client.Client):  # type: ignore[misc]  # smpplib has no types
    """The library's client, with deadlines and without a log."""

    state: int

    def __init__(self, host: str, port: int) -> None:
        super().__init__(host, port, timeout=DEADLINE, allow_unknown_opt_params=True)
        self.logger = logging.getLogger("ivr.smpp.wire")
        self.logger.disabled = True  # it would show the password, and texts, in hexadecimal
        self.heard = time.monotonic()
        """When the centre was heard last."""
        self._until = 0.0

    def say(self, command: str, **fields: Any) -> int:
        """Send a request; answers its sequence number."""
        pdu = smpp.make_pdu(command, client=self, **fields)
        self._socket.settimeout(DEADLINE)
        self.send_pdu(pdu)
        return int(pdu.sequence)

    def answer(self, request: Any, command: str, status: int = consts.SMPP_ESME_ROK) -> None:
        """Send the response to a request of the centre."""
        pdu = smpp.make_pdu(command, client=self, status=status)
        pdu.sequence = request.sequence
        self._socket.settimeout(DEADLINE)
        self.send_pdu(pdu)

    def has_word(self, seconds: float) -> bool:
        return bool(select.select([self._socket], [], [], seconds)[0])

    def next_pdu(self, seconds: float) -> Any:
        """The next whole PDU within ``seconds`` (else TimeoutError); None: one of no known kind."""
        self._until = time.monotonic() + seconds
        size = self._recv_exact(4)
        raw = size + self._recv_exact(struct.unpack(">L", size)[0] - 4)
        self.heard = time.monotonic()
        pdu = self._parsed(raw)
        if pdu is not None and pdu.status == consts.SMPP_ESME_ROK:
            self.state = consts.STATE_SETTERS.get(pdu.command, self.state)
        return pdu

    def _parsed(self, raw: bytes) -> Any:
        try:
            return smpp.parse_pdu(raw, client=self, allow_unknown_opt_params=True)
        except exceptions.UnknownCommandError:
            return None
        except KeyError:
            # An optional field that the library knows, but not in this PDU: without these fields.
            pdu = smpp.make_pdu(extract_command(raw), client=self)
            pdu.parse_optional_params = lambda _fields: None
            pdu.parse(raw)
            return pdu

    def _recv_exact(self, exact_size: int) -> bytes:
        if not 0 <= exact_size <= LONGEST_PDU:
            raise exceptions.ConnectionError("what the message centre sends is no SMPP")
        found = b""
        while len(found) < exact_size:
            rest = self._until - time.monotonic()
            if rest <= 0:
                raise TimeoutError
            self._socket.settimeout(rest)
            part = self._socket.recv(exact_size - len(found))
            if not part:
                raise exceptions.ConnectionError("the message centre has hung up")
            found += part
        return found

    def connect(self) -> None:
        """As the library, but it says what is wrong."""
        try:
            self._socket = socket.create_connection((self.host, self.port), DEADLINE)
        except OSError as error:
            said = error.strerror or "no answer"
            raise exceptions.ConnectionError(f"{said} at {self.host}:{self.port}") from None
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.state = consts.SMPP_CLIENT_STATE_OPEN


def _received(pdu: Any, receipts: Receipts) -> int:
    """Take a receipt; answers the status for the centre, which keeps what is not taken."""
    if (pdu.esm_class or 0) & KIND_OF_MESSAGE != RECEIPT:
        log.info("a text message came in and is not read: nobody does here")
        return int(consts.SMPP_ESME_ROK)
    words = _text(pdu.short_message)
    name = _text(getattr(pdu, "receipted_message_id", None)) or _found(r"\bid:(\S+)", words)
    state = getattr(pdu, "message_state", None) or WORDS.get(_found(r"\bstat:(\w+)", words), 0)
    if not name or state not in ARRIVED | LOST:
        return int(consts.SMPP_ESME_ROK)
    try:
        receipts(name, state in ARRIVED)
    except TemporarilyUnavailable:
        return int(consts.SMPP_ESME_RX_T_APPN)
    return int(consts.SMPP_ESME_ROK)


def _found(pattern: str, words: str) -> str:
    found = re.search(pattern, words)
    return found.group(1) if found else ""


def _text(value: bytes | None) -> str:
    return (value or b"").decode("latin-1").rstrip("\0")
