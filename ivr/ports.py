"""What the dialogue and the care of subscribers need from outside, as narrow protocols.

Every port has a real adapter (telephony, store, network, speech) and an in-memory one in
``ivr.testing``; one contract test class runs on both.

Any method may raise TemporarilyUnavailable. Methods of Telephone may raise CallerHungUp.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from ivr.call import Call, Means, Outcome
from ivr.values import Language, Money, Msisdn, Secret, ServiceId

# --- speech and telephone -------------------------------------------------------------------

Value = Money | date | int | str
"""What a text's placeholder takes; which one is fixed by the placeholder's kind."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """A prompt ready to be heard: what it says in words, and the sounds that say it."""

    key: str
    """The text's key: ``menu.main``."""
    language: Language
    words: str
    """Exactly what is said, numbers and abbreviations spelled out."""
    sounds: tuple[str, ...] = ()
    """Sound names for Asterisk, in order: absolute paths without extension."""
    seconds: float = 0.0


class Prompts(Protocol):
    """The texts and the audio of one release."""

    def say(self, language: Language, key: str, **values: Value) -> Utterance:
        """The utterance of a text with its placeholders filled.

        Raises FlowBroken for an unknown key or a missing value.
        """
        ...


class Telephone(Protocol):
    """The caller's phone, at the height of "play, collect with time-outs and finish key".

    Keys pressed while nothing is asked are kept and answer the next question (type-ahead).
    """

    def play(self, utterances: Sequence[Utterance]) -> None:
        """Play to the end, or until a key is pressed; that key is kept for the next question."""
        ...

    def ask_key(self, utterances: Sequence[Utterance], first: float) -> str | None:
        """Play, and take one key of ``0123456789*#``, at once if one is pressed (barge-in).

        ``first`` is how many seconds to wait after the last prompt. None: nothing was pressed.
        """
        ...

    def ask_digits(
        self,
        utterances: Sequence[Utterance],
        complete: Callable[[str], bool],
        first: float,
        between: float,
    ) -> str | None:
        """Play, and take keys until ``#``, until ``complete(keys)``, or a pause of ``between``.

        The finishing ``#`` is not part of the answer: ``""`` is a ``#`` alone. ``*`` is. None:
        nothing was pressed within ``first`` seconds.
        """
        ...

    def ask_secret(
        self, utterance: Utterance, most: int, first: float, between: float
    ) -> Secret | None:
        """As ask_digits for a secret; earlier keys are flushed, recording is muted.

        ``utterance`` has exactly one sound. Ends at ``#``, ``most`` keys or a pause.
        """
        ...

    def forget_keys(self) -> None:
        """Flush type-ahead: before a confirmation or a secret."""
        ...

    def note(self, name: str, value: str) -> None:
        """Set a channel variable, which outlives this process. Never a secret."""
        ...


# --- care for subscribers -------------------------------------------------------------------


class Standing(StrEnum):
    """Whether identification for a number may be tried now."""

    OPEN = "open"
    SPENT = "spent"
    """The tries of this call are used up."""
    LOCKED = "locked"
    OFFICE = "office"
    """Too many failures in a row: only an office can end it."""


class Verdict(StrEnum):
    """The result of one try. NO_MATCH covers unknown number and no code word set too."""

    MATCH = "match"
    NO_MATCH = "no-match"
    LOCKED = "locked"
    """This try made, or met, a lock or the end of the call's tries."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to prove a right to ``number``, by ``means``, from ``caller``."""

    call: str
    number: Msisdn
    caller: Msisdn | None
    means: Means


class Identification(Protocol):
    """Checks code words and passports; the only place where secrets are compared."""

    def standing(self, call: str, number: Msisdn, caller: Msisdn | None) -> Standing: ...

    def check(self, attempt: Attempt, secret: Secret) -> Verdict:
        """Same words and same time for every kind of failure."""
        ...


class Numbering(Protocol):
    """The national numbering plan."""

    def parse(self, keyed: str) -> Msisdn | None:
        """A mobile number in any of its forms (66…, 8 66…, 993…, 00993…), else None."""
        ...

    def complete(self, keyed: str) -> bool:
        """No more digits can belong to this number."""
        ...


class Status(StrEnum):
    """State of a subscriber's number."""

    ACTIVE = "active"
    BLOCKED = "blocked"
    """Financially blocked."""
    INACTIVE = "inactive"
    """Blocked for inactivity."""
    SUSPENDED = "suspended"
    TERMINATED = "terminated"


class Reason(StrEnum):
    """Why a change is refused. Each has a text of its own: ``refused.<reason>``."""

    TARIFF = "tariff"
    BALANCE = "balance"
    BLOCKED = "blocked"
    INACTIVE = "inactive"
    SUSPENDED = "suspended"
    TERMINATED = "terminated"
    ALREADY = "already"
    """It is in the wanted state as it is."""
    NETWORK = "network"
    """The operator's network said no."""
    UNKNOWN = "unknown"
    """No such subscriber or service."""


SUSPENSION = ServiceId("suspension")
"""The number's own suspension, ordered like a service: on = suspended."""


@dataclass(frozen=True, slots=True)
class Change:
    """One item of an order: the wanted state, never "toggle"."""

    service: ServiceId
    on: bool


@dataclass(frozen=True, slots=True)
class Offer:
    """A change that can be made now, with what it brings along and what it costs.

    ``changes`` has the asked one last when switching on (requirements first), first when off.
    """

    changes: tuple[Change, ...]
    once: Money
    """Taken from the balance on activation, for all changes together."""
    monthly: Money
    """Monthly fees of all that is switched on."""


@dataclass(frozen=True, slots=True)
class Refusal:
    reason: Reason


class Settled(StrEnum):
    """What became of an order while the caller waited."""

    DONE = "done"
    ACCEPTED = "accepted"
    """Written down; it will be carried out."""
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Receipt:
    """The answer to an order; ``order`` is its id."""

    settled: Settled
    order: str
    reason: Reason | None = None


class Subscriptions(Protocol):
    """Services of a number: what there is, what is on, and changing it."""

    def menu(self, group: str) -> tuple[ServiceId, ...]:
        """The switchable services of one group of the catalogue, most used first."""
        ...

    def states(self, number: Msisdn) -> Mapping[ServiceId, bool]:
        """Every switchable service of the catalogue (and SUSPENSION), on or off."""
        ...

    def offer(self, number: Msisdn, wanted: Change) -> Offer | Refusal:
        """What the change would take; nothing is written."""
        ...

    def order(self, call: str, step: int, number: Msisdn, offer: Offer) -> Receipt:
        """Write the confirmed change down, then carry it out (3 s at most).

        ``call`` and ``step`` are the idempotency key: the same key never acts twice.
        """
        ...

    def undo(self, call: str, step: int, number: Msisdn, order: str) -> Receipt:
        """Put back what ``order`` changed in this call, its fee included."""
        ...


@dataclass(frozen=True, slots=True)
class BillItem:
    """One line of the bill: ``item`` is a text key (``tariff.oba``, ``service.mms``)."""

    item: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Account:
    """What a subscriber may hear about the number. No secret is in it."""

    number: Msisdn
    full_name: str
    language: Language
    tariff: str
    status: Status
    balance: Money
    services: tuple[ServiceId, ...]
    """Those that are on, in the catalogue's order."""
    company: str = ""


class Accounts(Protocol):
    def account(self, number: Msisdn) -> Account | None: ...

    def bill(self, number: Msisdn) -> tuple[BillItem, ...]:
        """The items of the current month; their sum is the bill."""
        ...


class Callers(Protocol):
    """What the line remembers of a calling number."""

    def language(self, caller: Msisdn) -> Language | None: ...

    def remember(self, caller: Msisdn, language: Language) -> None: ...


class Callbacks(Protocol):
    def leave(self, call: Call, number: Msisdn) -> None:
        """Keep a number to be called back, with the call's language and reason."""
        ...


@dataclass(frozen=True, slots=True)
class Care:
    """Everything that a dialogue can do for a subscriber."""

    identification: Identification
    numbering: Numbering
    subscriptions: Subscriptions
    accounts: Accounts
    callers: Callers
    callbacks: Callbacks


# --- behind the care ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A row of the subscriber database without its secrets."""

    msisdn: Msisdn
    full_name: str
    language: Language
    tariff: str
    status: Status
    balance: Money
    services: frozenset[ServiceId]
    company: str = ""


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

    def verifiers(self, number: Msisdn) -> Verifiers | None: ...

    def set_codeword(self, number: Msisdn, verifiers: Verifiers, author: str) -> bool:
        """Replace the code word's verifiers (not the passport's), with an audit entry.

        False if there is no such number.
        """
        ...


class AttemptResult(StrEnum):
    OPEN = "open"
    """Written before the comparison; a failure until settled."""
    MATCH = "match"
    NO_MATCH = "no-match"


@dataclass(frozen=True, slots=True)
class AttemptCounts:
    """Failures (OPEN or NO_MATCH) at one moment, since the last unlock or match of the number."""

    in_call: int
    last_hour: int
    last_day: int
    in_row: int
    """Failures of the number since its last match or unlock."""
    fifth_at: datetime | None
    """When the newest failure that completed five in an hour was made (a 30 min lock begins)."""
    tenth_at: datetime | None
    """Likewise ten in a day (24 h)."""
    numbers_by_caller: int
    """How many different numbers this calling number failed for in the last hour."""


class Attempts(Protocol):
    """Tries to identify. They survive a restart."""

    def open(self, attempt: Attempt, at: datetime) -> int:
        """Write a try before it is compared; answers its id."""
        ...

    def settle(self, id: int, result: AttemptResult) -> None: ...

    def counts(
        self, call: str, number: Msisdn, caller: Msisdn | None, at: datetime
    ) -> AttemptCounts: ...

    def unlock(self, number: Msisdn, author: str, at: datetime) -> bool:
        """Forget the failures of a number, with an audit entry. False: there were none."""
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


class OrderBook(Protocol):
    """Orders as written down. Each method is one short transaction."""

    def write(self, order: Order) -> Order:
        """Write a new order; if the external id is known, answer the one written then."""
        ...

    def get(self, id: str) -> Order | None: ...

    def settle(
        self, id: str, state: OrderState, at: datetime, reason: Reason | None = None
    ) -> Order:
        """Final state. COMPLETED changes the number's services (SUSPENSION: its status) and
        balance in the same transaction. Settling twice changes nothing."""
        ...

    def tried(self, id: str, at: datetime) -> None:
        """Note a try that had no answer; the order becomes IN_PROGRESS."""
        ...

    def unsettled(self, before: datetime, most: int) -> Sequence[Order]:
        """Oldest first: neither settled nor tried since ``before``."""
        ...

    def charges(self, number: Msisdn, since: datetime) -> Sequence[tuple[ServiceId, Money]]:
        """One-time fees taken by completed orders, undone ones left out."""
        ...


class NetworkAnswer(StrEnum):
    DONE = "done"
    REFUSED = "refused"


class Network(Protocol):
    """The operator's network, which really switches services."""

    def carry_out(self, order: Order) -> NetworkAnswer:
        """Idempotent by the order's external id. TemporarilyUnavailable within 3 s."""
        ...


class Journal(Protocol):
    """The record of calls."""

    def begin(self, call: Call) -> None: ...

    def end(self, call: Call, outcome: Outcome, at: datetime) -> None: ...


class Clock(Protocol):
    def now(self) -> datetime:
        """Aware, in UTC."""
        ...

    def sleep(self, seconds: float) -> None: ...
