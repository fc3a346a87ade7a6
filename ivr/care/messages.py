"""Sends text messages from the outbox to the message centre, oldest first.

An acknowledged part is never sent again: each part of a text is stored with the centre's name for
it before the next one is sent. While the database is unavailable, acknowledgements are kept in
memory. SMPP has no key by which a centre could recognise a repeated message. So if this process or
the link dies after a part was sent and before its acknowledgement is stored, the outcome is
unknown. The part is then sent again, and the phone may show it twice, so that no text is ever lost.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from ivr import metrics
from ivr.care.notices import NoticeWriter
from ivr.care.results import ResultNotifier
from ivr.care.worker import run_rounds
from ivr.domain.messages import DeliveryReceipt, Message, MessageState, NotEver, NotNow, Taken, Why
from ivr.domain.notices import NOTICES
from ivr.errors import IvrError, TemporarilyUnavailable
from ivr.ports.clock import Clock
from ivr.ports.messages import MessageCentre, Outgoing
from ivr.ports.subscribers import Subscribers

log = structlog.get_logger()

WARNING = "warning"
"""The occasion of a warning to the owner of a number."""
CODE = "code"
"""The occasion of a one-time code."""
CODE_GOOD_FOR = timedelta(minutes=10)
"""How long a code is valid. An older one is not sent."""
FIRST_RETRY, LONGEST_RETRY = 5.0, 600.0
"""Seconds between attempts to send one message: doubled each time, with jitter."""
CLAIM = timedelta(seconds=60)
"""How long a worker claims a message; far longer than the centre's deadline for a part."""
GIVE_UP = timedelta(hours=48)
"""After this time an unsent message fails, because its text may be out of date."""
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
AT_ONCE = 200
"""Maximum number of messages in one round."""
MOST_PUT_OFF = 10
"""The round ends after this many messages in a row that the centre does not accept."""
IDLE = 1.0


@dataclass(frozen=True, slots=True)
class _Acknowledged:
    """A part that the centre accepted, and that is not stored yet."""

    id: int
    part: int
    of: int
    name: str
    at: datetime


@dataclass(frozen=True)
class MessageWorker:
    """Sends waiting messages. Several workers may run: each message is claimed by one."""

    outgoing: Outgoing
    centre: MessageCentre
    subscribers: Subscribers
    results: Callable[[], ResultNotifier]
    """Writes the promised results, with the texts of the live release."""
    clock: Clock
    a_day: int
    """Maximum messages of one occasion to a number in 24 hours."""
    notices: NoticeWriter
    notices_a_day: int
    """The same for notices. It is a separate limit, so that other messages do not use it up."""
    _unwritten: list[_Acknowledged] = field(default_factory=list)

    def once(self, is_over: Callable[[], bool] = lambda: False) -> int:
        """Do one round, or stop when ``is_over``; return how many messages were processed."""
        self._write_acknowledged()
        self._written("results of orders", lambda: self.results().write())
        self._written("notices to owners", self.notices.write)
        now = self.clock.now()
        for late in self.outgoing.expire(now - GIVE_UP, now):
            log.error("a text message is given up", message=late.id, tries=late.tries)
        try:
            self.centre.attend(0.0, self._receipt)
        except TemporarilyUnavailable:
            return 0  # no message was tried; the centre's adapter logged why
        sent = in_a_row = 0
        for _ in range(AT_ONCE):
            if is_over() or in_a_row == MOST_PUT_OFF:
                break
            now = self.clock.now()
            message = self.outgoing.claim(now, now + CLAIM)
            if message is None:
                break
            if not self._may_go(message):
                continue
            put_off = self._send(message)
            if put_off is Why.BUSY:
                break
            in_a_row = in_a_row + 1 if put_off else 0
            sent += not put_off
        if sent:
            log.info("text messages are sent", sent=sent)
        return sent

    def run(self, stop: threading.Event) -> None:
        """Do rounds until ``stop`` is set."""

        def pause(seconds: float) -> None:
            """Receive receipts while waiting."""
            try:
                self.centre.attend(seconds, self._receipt)
            except TemporarilyUnavailable:
                stop.wait(seconds)

        run_rounds(
            "messages", lambda: self.once(stop.is_set), stop, IDLE, longest=IDLE, pause=pause
        )
        self.centre.close()

    def _written(self, what: str, write: Callable[[], int]) -> None:
        try:
            write()
        except IvrError as error:  # they stay owed; messages in the outbox are sent all the same
            log.error(f"{what} cannot be written as messages", reason=str(error))

    def _may_go(self, message: Message) -> bool:
        """Tell whether a message may be sent now; if not, postpone or drop it."""
        if message.parts:
            return True
        now = self.clock.now()
        if message.occasion in (WARNING, CODE):
            dropped = self._useless(message)
            if dropped:
                self.outgoing.settle(message.id, MessageState.DROPPED, now, dropped)
            return not dropped
        is_notice = message.occasion in NOTICES
        most = self.notices_a_day if is_notice else self.a_day
        if self.outgoing.sent(message.number, message.occasion, now - DAY) >= most:
            if is_notice and self.outgoing.is_followed(message):
                # Of the messages that wait for the next day, only the newest is sent.
                self.outgoing.settle(message.id, MessageState.DROPPED, now, "a newer one waits")
                return False
            self.outgoing.cap(message.id, now + HOUR)
            log.warning("a number has reached its daily limit of messages", message=message.id)
            return False
        return True

    def _useless(self, message: Message) -> str:
        """Return why a warning or a code is not sent; empty: it is sent."""
        if self.subscribers.proof(message.number) is None:
            return "no subscriber"
        if message.occasion == CODE:
            is_late = self.clock.now() >= message.written + CODE_GOOD_FOR
            return "the code has expired" if is_late else ""
        if self.outgoing.sent(message.number, WARNING, self.clock.now() - HOUR):
            return "warned within the hour"
        return ""

    def _send(self, message: Message) -> Why | None:
        """Send the remaining parts. None: the message is done; else why it is postponed."""
        of = self.centre.parts(message.body)
        for part in range(message.parts, of):
            try:
                answer = self.centre.submit(message, part, self._receipt)
            except TemporarilyUnavailable as error:
                self._later(message, str(error), Why.BUSY)
                return Why.BUSY
            now = self.clock.now()
            match answer:
                case Taken(name):
                    self._unwritten.append(_Acknowledged(message.id, part, of, name, now))
                    self._write_acknowledged()
                case NotNow(reason, why):
                    self._later(message, reason, why)
                    return why
                case NotEver(reason):
                    self.outgoing.settle(message.id, MessageState.FAILED, now, reason)
                    log.error("a text message is refused", message=message.id, reason=reason)
                    return None
        return None

    def _write_acknowledged(self) -> None:
        """Store kept acknowledgements before anything is sent, so that no part is sent twice."""
        while self._unwritten:
            part = self._unwritten[0]
            until = self.clock.now() + CLAIM
            self.outgoing.acknowledged(part.id, part.part, part.of, part.name, part.at, until)
            del self._unwritten[0]

    def _later(self, message: Message, reason: str, why: Why) -> None:
        pause = min(LONGEST_RETRY, FIRST_RETRY * 2.0 ** min(message.tries, 20))
        pause *= random.uniform(0.8, 1.2)  # noqa: S311  jitter, not a secret
        due = self.clock.now() + timedelta(seconds=pause)
        self.outgoing.later(message.id, due, reason)
        metrics.put_off(why)
        say = log.error if why is Why.SETTING else log.warning
        say("a text message waits", message=message.id, tries=message.tries, reason=reason)

    def _receipt(self, receipt: DeliveryReceipt) -> None:
        is_noted = self.outgoing.receipt(receipt, self.clock.now())
        if not is_noted:
            log.info("a receipt for an unknown message", name=receipt.names[0])
        elif not receipt.has_arrived:
            log.warning("a phone did not get a text message", name=receipt.names[0])
