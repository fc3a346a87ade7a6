"""Requests to the back office: stored while the caller waits, sent later by a worker."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from ivr.care.carrier import SEARCH
from ivr.care.worker import run_rounds
from ivr.domain.actor import Actor, OperationKey
from ivr.domain.callbacks import Bound
from ivr.domain.orders import NotSettled, Sent
from ivr.domain.requests import NoRequest, Numbers, Request, RequestKind
from ivr.domain.values import Language, Msisdn
from ivr.errors import TemporarilyUnavailable
from ivr.ports.business import BackOffice
from ivr.ports.clock import Clock
from ivr.ports.requests import RequestRepository, Requests

log = structlog.get_logger()

FIRST_RETRY, LONGEST_RETRY = 5.0, 600.0
"""Seconds between attempts to send one request: doubled each time."""
CLAIM = timedelta(seconds=60)
"""Maximum time for which a worker claims a request."""
AT_ONCE = 5000
IDLE = 2.0
IN_CALL = 3
"""Maximum requests per call."""
LEAST: Mapping[RequestKind, int] = {"merge-accounts": 2, "split-account": 1}
MOST = 5
"""Maximum numbers in one request."""
DAY = timedelta(hours=24)
KEPT = timedelta(days=400)
"""How long a request is kept after the back office has it."""


def numbers_of(kind: RequestKind, numbers: Sequence[Msisdn]) -> Numbers:
    """Tell whether these are enough or too many numbers for a request."""
    if len(set(numbers)) < len(numbers):
        return Numbers.TWICE
    if len(numbers) < LEAST[kind]:
        return Numbers.FEW
    if len(numbers) > MOST:
        return Numbers.MANY
    return Numbers.FULL if len(numbers) == MOST else Numbers.ENOUGH


@dataclass(frozen=True)
class RequestService(Requests):
    repository: RequestRepository
    clock: Clock
    a_day: int = 10
    """Daily limit of one caller."""
    withheld_a_day: int = 50
    """Daily limit of all unidentified callers without a usable number together."""

    def room(self, actor: Actor, party: Msisdn | None) -> NoRequest | None:
        return self.repository.room(actor, party, self._bound(), IN_CALL)

    def numbers(self, kind: RequestKind, numbers: Sequence[Msisdn]) -> Numbers:
        return numbers_of(kind, numbers)

    def leave(
        self,
        actor: Actor,
        key: OperationKey,
        kind: RequestKind,
        numbers: Sequence[Msisdn],
        asker: Msisdn | None,
        language: Language | None,
        subscriber: Msisdn | None = None,
    ) -> int | NoRequest:
        far = numbers_of(kind, numbers)
        if far not in (Numbers.ENOUGH, Numbers.FULL):
            raise ValueError(f"the numbers of a request are {far}")
        asked = Request(
            key,
            kind,
            tuple(numbers),
            asker,
            language,
            self.clock.now(),
            party=subscriber or asker,
            actor=actor,
        )
        written = self.repository.write(asked, self._bound(), IN_CALL)
        return written if isinstance(written, NoRequest) else written.number

    def recall(self, actor: Actor, key: OperationKey, asker: Msisdn | None) -> int | None:
        known = self.repository.find(key)
        if known is not None and (known.actor, known.asker) != (actor, asker):
            log.error("a request of another caller has this key", request=key)
            return None  # another actor used the key: this caller's request was not stored
        return known.number if known else None

    def _bound(self) -> Bound:
        return Bound(self.clock.now() - DAY, self.a_day, self.withheld_a_day)


@dataclass
class RequestWorker:
    """Sends stored requests to the back office. Only one worker handles a request at a time.

    A request that the back office may have already is only looked for, until it was not found for
    the time ``search``.
    """

    repository: RequestRepository
    office: BackOffice
    clock: Clock
    search: timedelta = SEARCH
    """As ``Carrier.search``: with two tickets, two people would call the subscriber."""
    _tidied: datetime | None = None
    _lost: dict[int, tuple[datetime | None, datetime | None]] = field(default_factory=dict)
    """By request: its last attempt as known to this worker, and since when it is looked for,
    because the back office may have it; None: it was never sent."""

    def once(self) -> int:
        """Do one round over the waiting requests; return how many the back office accepted."""
        taken = 0
        now = self.clock.now()
        self._tidy(now)
        for request in self.repository.unsent(now - timedelta(seconds=FIRST_RETRY), AT_ONCE):
            at = self.clock.now()
            if not self._is_due(request) or not self.repository.claim(request, at, at + CLAIM):
                continue
            try:
                ticket = self.office.request(
                    request.reference,
                    request.kind,
                    request.numbers,
                    _described(request),
                    send=self._may_be_sent(request, at),
                )
            except TemporarilyUnavailable as error:
                self._note(request, error, at)
                self.repository.tried(request.number, at)
                log.warning("a request waits", request=request.number, reason=str(error))
                if isinstance(error, NotSettled) and error.sent is Sent.MISSED:
                    continue
                break  # the other requests would fail in the same way
            self._lost.pop(request.number, None)
            self.repository.sent(request.number, ticket)
            taken += 1
        if taken:
            log.info("requests are with the back office", taken=taken)
        return taken

    def _may_be_sent(self, request: Request, now: datetime) -> bool:
        """Tell whether a request was never sent, or was looked for long enough since."""
        mine, since = self._lost.get(request.number, (None, None))
        tried = request.tried
        if tried is not None and tried != mine and (since is None or tried >= since + self.search):
            since = tried  # another worker tried it
        self._lost[request.number] = (request.tried, since)
        return since is None or now >= since + self.search

    def _note(self, request: Request, error: TemporarilyUnavailable, now: datetime) -> None:
        """Note whether the back office may have a request, after an attempt without an answer."""
        sent = error.sent if isinstance(error, NotSettled) else Sent.SENT
        _, since = self._lost.get(request.number, (None, None))
        self._lost[request.number] = (now, now if sent is Sent.SENT else since)

    def run(self, stop: threading.Event) -> None:
        """Do rounds until ``stop`` is set."""
        run_rounds("requests", self.once, stop, IDLE)

    def _tidy(self, now: datetime) -> None:
        """Once a day, delete old requests that are done, to limit the table."""
        if self._tidied is None or now >= self._tidied + DAY:
            self.repository.forget(now - KEPT)
            self._tidied = now

    def _is_due(self, request: Request) -> bool:
        if request.tried is None:
            return True
        pause = min(LONGEST_RETRY, FIRST_RETRY * 2.0 ** min(request.tries, 20))
        return self.clock.now() >= request.tried + timedelta(seconds=pause)


def _described(request: Request) -> str:
    """Return the text for the staff of the back office."""
    asker = f"; asked from {request.asker}" if request.asker else ""
    return (
        f"0890 request {request.number}: {request.kind} {', '.join(request.numbers)}{asker}; "
        "the owner is to be identified"
    )
