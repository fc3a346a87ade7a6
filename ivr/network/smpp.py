"""Client for the operator's message centre over SMPP 3.4.

This module has the protocol: binding, submitting, receipts, and health checks (enquire_link). The
library ``smpplib`` encodes our requests (``ivr.network.link``). ``ivr.network.answers`` interprets
answers, ``ivr.network.receipts`` parses receipts.
"""

from __future__ import annotations

import random
import ssl
import time
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import structlog
from smpplib import consts

from ivr import metrics
from ivr.domain.messages import Message, NotEver, NotNow, Receipts, Taken, Why
from ivr.errors import TemporarilyUnavailable
from ivr.network.answers import Meaning, is_setting, meaning, not_bound, refused
from ivr.network.link import BROKEN, Link, LinkBroken
from ivr.network.pdu import (
    BINDS,
    RESPONSE,
    Command,
    Pdu,
    Status,
    read_data,
    read_deliver,
    read_name,
)
from ivr.network.receipts import read_receipt
from ivr.network.shortmessage import MOST_PARTS, encode
from ivr.ports.messages import MessageCentre

log = structlog.get_logger()

DEADLINE = 5.0
"""Limit in seconds for the answer to a bind and to an enquire_link."""
PATIENCE = 20.0
"""Limit in seconds for the answer to a message. If it comes later, the message is sent twice."""
QUIET = 20.0
"""Seconds without data from the centre after which an enquire_link is sent."""
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
"""First and longest pause in seconds before a reconnect: doubled each time, with jitter."""


class Role(StrEnum):
    """The purpose of a link, by the request that binds it (4.1)."""

    BOTH = "bind_transceiver"
    SENDING = "bind_transmitter"
    RECEIVING = "bind_receiver"


@dataclass(frozen=True, slots=True)
class Types:
    """Type of number and numbering plan (5.2.5, 5.2.6); None: derive it from the sender's form."""

    source_ton: int | None = None
    source_npi: int | None = None
    number_ton: int = consts.SMPP_TON_INTL
    number_npi: int = consts.SMPP_NPI_ISDN


@dataclass(frozen=True, slots=True)
class Address:
    """The message centre's address, and our name there."""

    system_id: str
    host: str
    port: int
    system_type: str = ""
    tls: ssl.SSLContext | None = None


class SmppCentre(MessageCentre):
    """A link to a message centre, opened on demand. Not thread-safe."""

    def __init__(
        self,
        address: Address,
        password: str,
        source: str,
        types: Types | None = None,
        role: Role = Role.BOTH,
    ) -> None:
        self._address, self._password, self._source = address, password, source
        self._types, self._role = types or Types(), role
        self._link: Link | None = None
        self._held: list[Pdu] = []
        """Receipts that came while an answer was awaited.

        A receipt may be for the part that the answer is about, which is not in the outbox yet.
        """
        self._failures = 0
        self._not_before = 0.0

    def parts(self, body: str) -> int:
        return len(encode(body, 0).parts)

    def submit(self, message: Message, part: int, receipts: Receipts) -> Taken | NotNow | NotEver:
        """Submit a part; see the port. A part has the same reference each time."""
        short = encode(message.body, message.id)
        if len(short.parts) > MOST_PARTS:
            return NotEver(
                f"the text has more than {MOST_PARTS} parts, which SMPP cannot count: shorten it"
            )
        source_ton, source_npi = self._source_types()
        answer = self._ask(
            receipts,
            Command.SUBMIT_SM,
            source_addr_ton=source_ton,
            source_addr_npi=source_npi,
            source_addr=self._source,
            dest_addr_ton=self._types.number_ton,
            dest_addr_npi=self._types.number_npi,
            destination_addr=message.number,
            esm_class=consts.SMPP_GSMFEAT_UDHI if short.has_headers else 0,
            data_coding=int(short.coding),
            registered_delivery=1,
            short_message=short.parts[part],
        )
        if answer.is_nack:
            return refused(answer.status, understood=False)
        if answer.status == Status.OK:
            return Taken(read_name(answer.body))
        if meaning(answer.status).meaning is Meaning.LINK:
            raise self._lost(
                LinkBroken(f"it answers 0x{answer.status:02x}: {meaning(answer.status).words}")
            )
        return refused(answer.status)

    def attend(self, seconds: float, receipts: Receipts) -> None:
        until = time.monotonic() + seconds
        while True:
            link = self._bound(receipts)
            self._take_held(link, receipts)
            if time.monotonic() - link.heard > QUIET:
                self._ask(receipts, Command.ENQUIRE_LINK)
            rest = until - time.monotonic()
            try:
                if link.has_word(max(0.0, min(rest, 1.0))):
                    self._act(link, link.next_pdu(DEADLINE), receipts)
            except BROKEN as error:
                raise self._lost(error) from None
            if rest <= 0:
                return

    def close(self) -> None:
        link, self._link = self._link, None
        if link is None:
            return
        try:
            link.say("unbind")
        except BROKEN:
            log.debug("the message centre closed the link before we did")
        link.close()

    def _source_types(self) -> tuple[int, int]:
        is_word = not self._source.isdigit()
        ton = consts.SMPP_TON_ALNUM if is_word else consts.SMPP_TON_UNK
        npi = consts.SMPP_NPI_UNK if is_word else consts.SMPP_NPI_ISDN
        types = self._types
        return (
            ton if types.source_ton is None else types.source_ton,
            npi if types.source_npi is None else types.source_npi,
        )

    def _ask(self, receipts: Receipts, command: Command, **fields: Any) -> Pdu:
        """Send a request and wait for its answer; handle requests of the centre in the meantime."""
        link = self._bound(receipts)
        self._take_held(link, receipts)
        until = time.monotonic() + (PATIENCE if command is Command.SUBMIT_SM else DEADLINE)
        try:
            sequence = link.say(command.name.lower(), **fields)
            while True:
                pdu = link.next_pdu(until - time.monotonic())
                if _answers(pdu, command, sequence):
                    return pdu
                if pdu.command in (Command.DELIVER_SM, Command.DATA_SM):
                    self._held.append(pdu)
                else:
                    self._act(link, pdu, receipts)
        except BROKEN as error:
            raise self._lost(error) from None

    def _take_held(self, link: Link, receipts: Receipts) -> None:
        held, self._held = self._held, []
        try:
            for pdu in held:
                self._act(link, pdu, receipts)
        except BROKEN as error:
            raise self._lost(error) from None

    def _act(self, link: Link, pdu: Pdu, receipts: Receipts) -> None:
        """Handle a request of the centre."""
        match pdu.command:
            case Command.ENQUIRE_LINK:
                link.answer(pdu.response())
            case Command.DELIVER_SM:
                # The response has an unused message_id (4.6.2), that of data_sm too (4.7.2).
                link.answer(pdu.response(_received(pdu, receipts), b"\0"))
            case Command.DATA_SM:
                link.answer(pdu.response(_received(pdu, receipts), b"\0"))
            case Command.UNBIND:
                link.answer(pdu.response())
                raise LinkBroken("it has ended the link")
            case Command.ALERT_NOTIFICATION | Command.OUTBIND:
                pass  # neither has an answer (4.12, 4.1.7)
            case _ if not pdu.is_response:
                link.answer(pdu.nack())

    def _bound(self, receipts: Receipts) -> Link:
        if self._link is not None:
            return self._link
        if time.monotonic() < self._not_before:
            raise TemporarilyUnavailable("smsc", "next try in some seconds")
        link = Link(self._address.host, self._address.port, self._address.tls)
        try:
            link.connect()
            self._link = link
            bound = self._ask(
                receipts,
                Command[self._role.value.upper()],
                system_id=self._address.system_id,
                password=self._password,
                system_type=self._address.system_type,
                interface_version=consts.SMPP_VERSION_34,
            )
            if bound.is_nack or bound.status != Status.OK:
                status = bound.status or Status.INVALID_COMMAND
                if is_setting(status):
                    metrics.put_off(Why.SETTING)
                raise LinkBroken(not_bound(status))
        except BROKEN as error:
            self._link = link
            raise self._lost(error) from None
        self._failures = 0
        log.info("the message centre is connected")
        return link

    def _lost(self, error: BaseException) -> TemporarilyUnavailable:
        """Close the link, set the pause before the next one, and return the error."""
        self._held.clear()  # the centre got no answer and delivers them again
        if self._link is not None:
            self._link.close()
            self._link = None
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** min(self._failures, 10))
        pause *= random.uniform(0.8, 1.2)  # noqa: S311  jitter, not a secret
        self._failures += 1
        self._not_before = time.monotonic() + pause
        reason = "no answer in time" if isinstance(error, TimeoutError) else str(error)
        lost = TemporarilyUnavailable("smsc", reason or "the link is broken")
        log.warning("the message centre is lost", reason=str(lost), pause=round(pause, 1))
        return lost


def _answers(pdu: Pdu, command: Command, sequence: int) -> bool:
    """Tell whether a PDU is the answer to the only open request.

    A centre that cannot read our sequence number refuses with 0 in its place (3.2, 4.3.1). The
    response to any kind of bind counts as the answer to a bind.
    """
    if pdu.is_nack:
        return pdu.sequence in (0, sequence)
    kinds = BINDS if command in BINDS else {command}
    return pdu.sequence == sequence and pdu.is_response and pdu.command ^ RESPONSE in kinds


def _received(pdu: Pdu, receipts: Receipts) -> Status:
    """Process a delivery; return the status for the centre, which keeps what is not accepted."""
    try:
        read = read_deliver if pdu.command == Command.DELIVER_SM else read_data
        receipt = read_receipt(read(pdu.body))
    except ValueError:
        log.warning(
            "an incomplete message from the message centre is ignored", octets=len(pdu.body)
        )
        return Status.INVALID_LENGTH
    if receipt is None:
        log.info("a message from the message centre is not a final receipt")
        return Status.OK
    try:
        receipts(receipt)
    except TemporarilyUnavailable:
        return Status.NOT_NOW
    return Status.OK
