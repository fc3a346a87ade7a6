"""What the care of subscribers keeps and asks behind it: the database, the network, the time."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Protocol

from ivr.call import Call, Outcome
from ivr.ports.care import Attempt
from ivr.ports.proof import Proof
from ivr.ports.sending import Sent
from ivr.ports.services import Change, Characteristics, Reason, Refusal, Status
from ivr.values import Language, Money, Msisdn, Secret, ServiceId


@dataclass(frozen=True, slots=True)
class Held:
    """A service that is on."""

    since: datetime | None = None
    """When it was switched on; None: before this database knew."""
    value: Characteristics = ()


@dataclass(frozen=True, slots=True)
class HeldPackage:
    """A package that was bought."""

    service: ServiceId
    package: str
    left: int
    """In the catalogue's unit of the service."""
    until: datetime
    """From then on it is over."""
    order: str = ""
    """Id of the order that bought it."""


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A row of the subscriber database without its secrets."""

    msisdn: Msisdn
    full_name: str
    language: Language
    tariff: str
    status: Status
    balance: Money
    services: Mapping[ServiceId, Held]
    """Those that are on."""
    company: str = ""
    packages: tuple[HeldPackage, ...] = ()
    """Those that may still last, the first to end first."""
    owner_since: datetime | None = None
    """When the number changed hands; None: not since this database knows it."""
    tax_number: str = ""
    """Of the payer; empty: not known. Likewise the next two."""
    address: str = ""
    contract: str = ""
    """The number of the contract."""


@dataclass(frozen=True, slots=True)
class Verifiers:
    """What secrets are compared with. All are keyed or salted hashes; None: not set."""

    codeword: str | None = None
    """argon2id of the folded word."""
    keys_latin: str | None = None
    """argon2id of the word's key digits, written in Latin letters."""
    keys_cyrillic: str | None = None
    passport: str | None = None
    """Keyed hash (HMAC-SHA256 with the pepper) of the passport's eight keys and the number."""


class Subscribers(Protocol):
    """The subscriber database."""

    def find(self, number: Msisdn) -> Subscriber | None: ...

    def among(self, numbers: Collection[Msisdn]) -> frozenset[Msisdn]:
        """Those of ``numbers`` that are subscribers."""
        ...

    def verifiers(self, number: Msisdn) -> Verifiers | None: ...

    def proof(self, number: Msisdn) -> Proof | None:
        """What a proof of the right to the number holds for now.

        None: there is no such number, or it is terminated. One indexed read.
        """
        ...

    def set_codeword(self, number: Msisdn, verifiers: Verifiers, author: str) -> bool:
        """Replace the code word's verifiers (not the passport's), with an audit entry.

        Proofs of the right to the number end, and all its failures are forgotten: the owner was in
        the office. False if there is no such number.
        """
        ...

    def renew_keys(self, number: Msisdn, known: Verifiers, renewed: Verifiers) -> None:
        """Store the same code word's key verifiers in a newer form; proofs and failures stay.

        Nothing is stored if they are no longer ``known``: another code word was set meanwhile.
        """
        ...

    def clear_codeword(self, number: Msisdn, author: str) -> bool:
        """Take the code word away, with an audit entry; proofs of the right to the number end.

        Failures and locks stay. False if the number has no code word, or there is no such number.
        """
        ...

    def puk(self, number: Msisdn) -> Secret | None:
        """The PUK of the number's SIM card; None: not known."""
        ...

    def puks_told(self, number: Msisdn, author: str) -> int:
        """How many times the PUK was told to ``author``, by the audit."""
        ...

    def note_puk(
        self, number: Msisdn, author: str, at: datetime, since: datetime, most: int
    ) -> bool:
        """Audit that the PUK is told at ``at``. False, and nothing written: it was told ``most``
        times to this owner since ``since``."""
        ...


class CallerKind(StrEnum):
    """What a calling number says about the number that the caller asks for."""

    OWN = "own"
    """The call comes from the number itself, as the trunk vouches for it."""
    KNOWN = "known"
    """It comes from another subscriber's number."""
    UNKNOWN = "unknown"
    """The calling number says nothing: withheld, foreign, of a city, or of no subscriber."""

    @property
    def is_own(self) -> bool:
        return self is CallerKind.OWN


class AttemptResult(StrEnum):
    OPEN = "open"
    """Written before the comparison; a failure until settled."""
    MATCH = "match"
    NO_MATCH = "no-match"


@dataclass(frozen=True, slots=True)
class AttemptCounts:
    """Failures (OPEN or NO_MATCH) that stand against a further try.

    Those of a number are counted apart for its own phone and for all other callers, since the
    last match or unlock of that kind. Those of ``by_caller`` to ``line`` are nought for the own
    phone, which they do not stand against.
    """

    in_call: int = 0
    """Failures of this call, for any number."""
    in_row: int = 0
    """Failures of the number by this kind of caller."""
    fifth_at: datetime | None = None
    """When the newest failure was made that was the fifth within an hour."""
    tenth_at: datetime | None = None
    """Likewise the tenth within a day."""
    by_caller: tuple[tuple[datetime, Msisdn], ...] = ()
    """Failures of this calling number in the last 25 hours, in order: when and for which number."""
    unknown: int = 0
    """Failures of unknown callers of this trunk in the last ten minutes."""
    strangers: int = 0
    """Failures of all callers of this trunk who were not at the own phone, in ten minutes."""
    line: int = 0
    """Likewise of the whole line, in the last minute."""


class Attempts(Protocol):
    """Tries to identify. They survive a restart."""

    def open(self, attempt: Attempt, kind: CallerKind, at: datetime) -> int:
        """Write a try before it is compared; answers its id."""
        ...

    def settle(self, id: int, result: AttemptResult) -> None:
        """Note the result. A MATCH forgets the earlier failures of its number and kind."""
        ...

    def counts(
        self, attempt: Attempt, kind: CallerKind, at: datetime, before: int | None = None
    ) -> AttemptCounts:
        """What stands against a try at ``at``; of the tries written before id ``before`` only."""
        ...

    def forget(self, number: Msisdn, kind: CallerKind, author: str, at: datetime) -> bool:
        """Forget a number's failures by one kind of caller (the own phone, or all others).

        With an audit entry. False: there were none.
        """
        ...

    def unlock(self, number: Msisdn, author: str, at: datetime) -> bool:
        """Forget all failures of a number, with an audit entry. False: there were none."""
        ...

    def prune(self, before: datetime, failures_before: datetime) -> int:
        """Delete tries that no rule needs; answers how many.

        Matches and forgotten failures go when they are older than ``before``, other failures when
        they are older than ``failures_before``, except where they hold a number at the office. The
        newest try stays: its id is never given again.
        """
        ...


@dataclass(frozen=True, slots=True)
class Code:
    """A one-time code that was sent to a number. ``verifier`` is a keyed hash of it."""

    id: int
    verifier: str


@dataclass(frozen=True, slots=True)
class CodeHolder:
    """Who asks for a one-time code or keys one in: for which number, and from which phone."""

    number: Msisdn
    is_own: bool
    """The phone is the subscriber's own."""
    phone: str = ""
    """What its calling number is counted under (``Origin.key``); empty: withheld."""


class CodeBook(Protocol):
    """One-time codes as written down: those of the own phone apart from those of all others."""

    def write(
        self,
        holder: CodeHolder,
        verifier: str,
        at: datetime,
        until: datetime,
        most: int,
        most_of_number: int,
    ) -> int | None:
        """Keep a code, good until ``until``; answers its id. Older ones of this phone end.

        None, and nothing is kept: in 24 hours this phone asked for ``most``, or all phones of its
        kind for ``most_of_number``.
        """
        ...

    def attempt(self, holder: CodeHolder, at: datetime, most: int) -> Sequence[Code]:
        """The codes that are good now, with a try counted for each.

        A code has ``most`` tries from the phone that asked for it and ``most`` from all others.
        """
        ...

    def use(self, id: int, at: datetime) -> bool:
        """A code was right. False: it was used before."""
        ...

    def prune(self, before: datetime) -> int:
        """Delete codes that ended before ``before``, but the newest; answers how many."""
        ...


class PaymentRow(NamedTuple):
    """A payment as billing reports it."""

    number: Msisdn
    at: datetime
    amount: Money
    reference: str = ""
    """What billing calls it; empty: it has no name."""

    @property
    def equal(self) -> tuple[Msisdn, datetime, Money]:
        """What is the same in payments that cannot be told apart without a reference."""
        return self.number, self.at, self.amount


@dataclass(frozen=True, slots=True)
class KnownPayment:
    """A payment that is kept. ``ordinal`` counts its equals."""

    row: PaymentRow
    ordinal: int


class Payments(Protocol):
    """Money that came onto accounts, as the operator's billing reports it."""

    def newest(self, number: Msisdn, most: int) -> Sequence[tuple[datetime, Money]]:
        """Newest first."""
        ...

    def add(
        self, payments: Sequence[tuple[Msisdn, datetime, Money] | PaymentRow], author: str
    ) -> int:
        """Take over payments of known numbers, all or none, with an audit entry.

        Answers how many were new: see ``ivr.care.paying``. Unusable: a reference is known with
        another moment or amount.
        """
        ...


@dataclass(frozen=True, slots=True)
class Announcement:
    """What every caller hears before the menu, until its time."""

    words: Mapping[Language, str]
    until: datetime
    author: str = ""


class Announcements(Protocol):
    """Emergency announcements that operators switch on."""

    def newest(self) -> Announcement | None:
        """The one that was set last, whether or not its time is over."""
        ...

    def set(self, announcement: Announcement, at: datetime) -> None:
        """Make an announcement the newest, with an audit entry."""
        ...


class OrderState(StrEnum):
    """TM Forum TMF641 service order states."""

    ACKNOWLEDGED = "acknowledged"
    REJECTED = "rejected"
    PENDING = "pending"
    HELD = "held"
    IN_PROGRESS = "inProgress"
    CANCELLED = "cancelled"
    COMPLETED = "completed"
    FAILED = "failed"
    PARTIAL = "partial"


@dataclass(frozen=True, slots=True)
class Order:
    """A service order. ``external_id`` is the idempotency key ``call:step``."""

    id: str
    external_id: str
    number: Msisdn
    changes: tuple[Change, ...]
    once: Money
    """Taken from the balance when completed; negative when an undo gives back."""
    state: OrderState
    ordered: datetime
    settled: datetime | None = None
    reason: Reason | None = None
    undoes: str | None = None
    """Id of the order that this one puts back."""
    tries: int = 0
    tried: datetime | None = None
    """When the network was asked last, or was about to be."""
    due: datetime | None = None
    """For HELD: when it takes effect."""
    sent: Sent = Sent.NOT
    sent_at: datetime | None = None
    """Since when ``sent`` is so."""

    @property
    def call(self) -> str:
        """The call that it was ordered in."""
        return self.external_id.rpartition(":")[0]

    def is_by_owner(self, since: datetime | None) -> bool:
        """Whether the owner ordered it whose number it is since ``since``, and no former one."""
        return since is None or self.ordered > since


@dataclass(frozen=True, slots=True)
class Situation:
    """What an order is weighed against, as it is under the lock of its subscriber."""

    subscriber: Subscriber | None
    open: tuple[Order, ...] = ()
    """Other orders of the number that are not settled and not held, oldest first."""
    held: tuple[Order, ...] = ()
    """Other orders of the number that are held."""
    undone: Order | None = None
    """The order that this one undoes."""
    undos: tuple[Order, ...] = ()
    """Others that undo the same order, or this one: those that are open or completed."""
    changed: Callable[[ServiceId], datetime | None] = lambda _service: None
    """As ``OrderBook.last_settled``."""
    proof: Proof | None = None
    """As ``Subscribers.proof``."""


Check = Callable[[Situation], Refusal | tuple[str, ...]]
"""Weighs an order: a refusal, or the ids of the held orders that it replaces."""


def unweighed(_situation: Situation) -> tuple[str, ...]:
    """Whatever stands against it, an order is written."""
    return ()


class OrderBook(Protocol):
    """Orders as written down. Each method is one short transaction."""

    def write(self, order: Order, check: Check = unweighed) -> Order | Refusal:
        """Write a new order; if the external id is known, answer the one written then.

        KeyTaken: the external id is that of another number's order.
        ``check`` is asked within the transaction, with the subscriber's row locked. What it
        refuses is not written; held orders that it names are cancelled (WITHDRAWN).
        """
        ...

    def release(self, id: str, at: datetime, check: Check) -> Order:
        """Let a held order be carried out, or cancel it with the reason that ``check`` has.

        An order that is not held stays as it is.
        """
        ...

    def stop(self, id: str, at: datetime, author: str) -> Order:
        """Cancel a held order (WITHDRAWN), with an audit entry; any other stays as it is."""
        ...

    def situation(self, number: Msisdn, order: Order | None = None) -> Situation:
        """What an order of a number would be weighed against now, itself left out.

        No lock is held when it is answered.
        """
        ...

    def undoing(self, id: str) -> Order | None:
        """The order that undoes an order: one that is open or completed."""
        ...

    def held(self, number: Msisdn) -> Sequence[Order]:
        """Orders of a number that are held, the first to be due first."""
        ...

    def due(self, at: datetime, most: int) -> Sequence[Order]:
        """Held orders of all numbers that are due, the first to be due first."""
        ...

    def get(self, id: str) -> Order | None: ...

    def find(self, external_id: str) -> Order | None:
        """The order with an external id."""
        ...

    def settle(
        self,
        id: str,
        state: OrderState,
        at: datetime,
        reason: Reason | None = None,
        author: str = "",
    ) -> Order:
        """Final state, and in the same transaction all that follows from it, as
        ``ivr.care.settlement`` has it: COMPLETED changes the number's services (SUSPENSION: its
        status) and balance; an undo of what is not completed is CANCELLED. An order of a former
        owner changes neither. Settling twice changes nothing.

        ``author`` is a person who settles it: then there is an audit entry.
        """
        ...

    def tried(self, id: str, at: datetime) -> bool:
        """Note a try that had no answer, or is about to be made; the order becomes IN_PROGRESS.

        False: it is settled, or held.
        """
        ...

    def claim(self, order: Order, at: datetime, until: datetime) -> bool:
        """Take an order in hand: until then nobody else asks the network for it.

        False: another has it in hand, or it was tried, settled or held since it was read. A claim
        of a worker that died ends by its time.
        """
        ...

    def unclaim(self, id: str, until: datetime) -> None:
        """Give the claim back that lasts until then; a later one of another stays."""
        ...

    def sending(self, order: Order, at: datetime) -> bool:
        """Note that an open order is about to be sent (SENT), whoever was first.

        False: it is not open any more, or its ``sent`` and ``sent_at`` are not those of ``order``:
        somebody else sends it.
        """
        ...

    def note_sent(self, id: str, sent: Sent, at: datetime | None) -> None:
        """Note what is known of an open order's way to the network."""
        ...

    def unsettled(self, before: datetime, most: int) -> Sequence[Order]:
        """Oldest first: neither settled nor held nor tried since ``before``."""
        ...

    def waiting(self, number: Msisdn) -> Sequence[Order]:
        """Orders of one number that are neither settled nor held, oldest first."""
        ...

    def last_settled(self, number: Msisdn, service: ServiceId) -> datetime | None:
        """When an order of the number's owner last changed a service; undone and undoing orders,
        which left everything as it was, do not count."""
        ...

    def charges(
        self, number: Msisdn, since: datetime, until: datetime
    ) -> Sequence[tuple[ServiceId, Money]]:
        """One-time fees taken by the owner's orders that were completed from ``since`` until before
        ``until``, less what undoing them has paid back; those of which nothing is left are left
        out."""
        ...


class NetworkAnswer(StrEnum):
    DONE = "done"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    """It will not be carried out any more."""


class Network(Protocol):
    """The operator's network, which really switches services."""

    def carry_out(self, order: Order) -> NetworkAnswer:
        """Idempotent by the order's external id. TemporarilyUnavailable within 8 s: it does not
        answer, or has not ended the order; asking again finds it. As NotSettled it says what is
        known of the order's way; as any other error, the order may have been sent.

        ``order.sent`` NOT or MISSED says that it may be sent, after it was looked for if it was
        tried before; CONFLICT that a network which does not know it has refused it; with any
        other it is only looked for.
        """
        ...

    def cancel(self, order: Order) -> NetworkAnswer | None:
        """Ask that an order be carried out no more, and answer how it ended; None: it is not
        known there. DONE is "too late". TemporarilyUnavailable as for ``carry_out``.

        A network that cannot cancel carries the order out and answers so.
        """
        ...


class Journal(Protocol):
    """The record of calls."""

    def begin(self, call: Call) -> None: ...

    def end(self, call: Call, outcome: Outcome, at: datetime) -> None:
        """Close the record of a call. A call taken up again by another worker is reopened by begin
        and its path goes on."""
        ...

    def agent(self, call: str, event: str, agent: str, at: datetime) -> None:
        """Note what the agents' queue did with a call: ``connected`` or ``abandoned``.

        ``agent`` is the agent's name or empty. The same event twice is kept once.
        """
        ...


class Clock(Protocol):
    def now(self) -> datetime:
        """Aware, in UTC."""
        ...

    def local(self, moment: datetime | None = None) -> datetime:
        """A moment (none given: now) as the operator's subscribers read it off their clocks."""
        ...

    def sleep(self, seconds: float) -> None: ...


@dataclass(frozen=True, slots=True)
class StoredRelease:
    """A published release: everything that a caller can meet, immutable."""

    number: int
    author: str
    published: datetime
    document: str
    """JSON: the flow, the texts of every language, the audio by content hash, the
    catalogue."""


class Releases(Protocol):
    """The published releases, and which of them is live."""

    def publish(self, document: str, author: str, at: datetime) -> int:
        """Keep a release and make it live; answers its number, one more than the newest."""
        ...

    def live(self) -> int | None:
        """Number of the live release; None before the first one."""
        ...

    def get(self, number: int) -> StoredRelease | None: ...

    def newest(self, most: int) -> Sequence[StoredRelease]:
        """Newest first."""
        ...

    def point(self, number: int, author: str, at: datetime) -> bool:
        """Make a kept release live (roll back or forward). False: no such release."""
        ...
