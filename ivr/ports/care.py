"""What the line can do for a subscriber, whoever asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from ivr.domain.actor import Actor
from ivr.domain.call import Origin
from ivr.domain.hours import AgentHours, Presence
from ivr.domain.identification import Attempt, CodeSent, LockState, Proof, Verdict
from ivr.domain.payments import BillItem, Payment
from ivr.domain.services import PricedItem, UtcDateTime, in_silence
from ivr.domain.subscriber import Account, NoPuk
from ivr.domain.values import Language, Money, Msisdn, Secret
from ivr.ports.callbacks import Callbacks
from ivr.ports.invoices import Invoices
from ivr.ports.messages import Advice
from ivr.ports.requests import Requests
from ivr.ports.services import Subscriptions


class Identification(Protocol):
    """Checks code words and passports; the only place where secrets are compared."""

    def standing(self, call: str, number: Msisdn, origin: Origin) -> LockState:
        """Whether a caller may try now to prove a right to a number."""
        ...

    def proof(self, number: Msisdn) -> Proof | None:
        """What a proof holds for now; None: no such number, or it is terminated."""
        ...

    def check(self, attempt: Attempt, secret: Secret, moment: UtcDateTime = in_silence) -> Verdict:
        """Same words and same time for every kind of failure.

        ``moment`` is called once if many identify just now and there is no answer after 1.5 s.
        TemporarilyUnavailable "identification": too many do, and this was no try.
        """
        ...


class Codes(Protocol):
    """One-time codes by text message that end a lock. They prove no right to a number."""

    def send(self, number: Msisdn, origin: Origin) -> CodeSent:
        """Write a code to the number. Same words and same time whether it is a subscriber's."""
        ...

    def check(self, actor: Actor, number: Msisdn, origin: Origin, secret: Secret) -> bool:
        """Whether the code is right; the failures of this kind of caller are then forgotten."""
        ...


class Numbering(Protocol):
    """The national numbering plan."""

    def parse(self, keyed: str) -> Msisdn | None:
        """A mobile number in any of its forms (66…, 8 66…, 993…, 00993…), else None."""
        ...

    def dialled(self, keyed: str) -> str | None:
        """A mobile or city number, also of another country, with its country code; else None."""
        ...

    def complete(self, keyed: str) -> bool:
        """No more digits can belong to this number."""
        ...


class Accounts(Protocol):
    def account(self, number: Msisdn) -> Account | None: ...

    def priority(self, number: Msisdn) -> int:
        """Where a subscriber's call stands among those that wait for an agent: higher goes first,
        0 is everybody else, also while the database is away."""
        ...

    def bill(self, number: Msisdn, months_ago: int = 0) -> tuple[BillItem, ...]:
        """The items of this month (0) or the last (1); their sum is the bill. None: there is no
        bill of that month."""
        ...

    def payments(self, number: Msisdn) -> tuple[Payment, ...]:
        """The last five, newest first."""
        ...


class Puks(Protocol):
    """PUKs of SIM cards, for identified callers only."""

    def tell(self, actor: Actor, number: Msisdn) -> Secret | NoPuk:
        """The PUK of a number; that it is told now is written down before."""
        ...


class Information(Protocol):
    """What anyone may hear, from the operator's data; never from the database."""

    def news(self) -> tuple[str, ...]:
        """Keys of the texts of the news that hold today, newest first."""
        ...

    def tariffs(self) -> tuple[tuple[str, Money], ...]:
        """The tariffs' ids with their monthly fees, in the catalogue's order."""
        ...

    def prices(self) -> tuple[PricedItem, ...]:
        """What can be had, in the catalogue's order."""
        ...

    def announcement(self) -> Mapping[Language, str] | None:
        """The words of an emergency announcement that holds now."""
        ...

    def agents(self, hours: AgentHours, topic: str) -> Presence:
        """Which agents are at work now for a topic; an empty one is anybody's."""
        ...


class Callers(Protocol):
    """What the line remembers of a calling number."""

    def language(self, caller: Msisdn) -> Language | None: ...

    def remember(self, caller: Msisdn, language: Language) -> None: ...


@dataclass(frozen=True, slots=True)
class Care:
    """Everything that a dialogue can do for a subscriber."""

    identification: Identification
    codes: Codes
    numbering: Numbering
    subscriptions: Subscriptions
    accounts: Accounts
    puks: Puks
    information: Information
    callers: Callers
    callbacks: Callbacks
    requests: Requests
    advice: Advice
    invoices: Invoices
