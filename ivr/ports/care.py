"""The operations of the service for a subscriber, the same for every channel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from ivr.domain.actor import Actor, OperationKey
from ivr.domain.call import Origin
from ivr.domain.hours import AgentHours, Presence
from ivr.domain.identification import Attempt, CodeSent, LockState, Proof, Verdict
from ivr.domain.payments import BillLine, Payment
from ivr.domain.services import OnDelay, PricedItem, no_op
from ivr.domain.subscriber import NoPuk, Subscriber
from ivr.domain.values import Language, Money, Msisdn, Secret, SpokenSecret
from ivr.ports.callbacks import Callbacks
from ivr.ports.invoices import Invoices
from ivr.ports.messages import Advice
from ivr.ports.requests import Requests
from ivr.ports.services import Subscriptions


class Identification(Protocol):
    """Checks code words and passports; the only place where secrets are compared."""

    def lock_state(self, call: str, number: Msisdn, origin: Origin) -> LockState:
        """Tell whether a caller may try now to prove a right to a number."""
        ...

    def proof(self, number: Msisdn) -> Proof | None:
        """Return the proof version that is current for a number.

        Return None if the number is unknown or terminated.
        """
        ...

    def check(
        self, attempt: Attempt, secret: Secret | SpokenSecret, on_delay: OnDelay = no_op
    ) -> Verdict:
        """Compare a secret that the caller keyed in, or said to an agent.

        Every kind of failure has the same words and takes the same time.

        ``on_delay`` is called once if many callers identify at the same time and there is no answer
        after 1.5 s. Raise TemporarilyUnavailable "identification" if there are too many; no attempt
        is recorded.
        """
        ...


class Codes(Protocol):
    """One-time codes by text message that end a lock. They prove no right to a number."""

    def send(self, number: Msisdn, origin: Origin) -> CodeSent:
        """Send a code to the number by text message.

        Words and time are the same whether or not the number belongs to a subscriber.
        """
        ...

    def check(self, actor: Actor, number: Msisdn, origin: Origin, secret: Secret) -> bool:
        """Whether the code is right; the failures of this kind of caller are then forgotten."""
        ...


class Numbering(Protocol):
    """The national numbering plan."""

    def parse(self, keyed: str) -> Msisdn | None:
        """Parse a mobile number in any of its forms (66…, 8 66…, 993…, 00993…), else None."""
        ...

    def dialled(self, keyed: str) -> str | None:
        """Return a mobile or city number, also a foreign one, with its country code; else None."""
        ...

    def complete(self, keyed: str) -> bool:
        """Tell whether no more digits can belong to this number."""
        ...


class Accounts(Protocol):
    def account(self, number: Msisdn) -> Subscriber | None:
        """Return the subscriber with the services of the catalogue, in its order, and with the
        packages that are still valid."""
        ...

    def priority(self, number: Msisdn) -> int:
        """Return the priority of a subscriber's call in the agents' queue: higher goes first.

        All others have 0, and so has everybody while the database is unavailable.
        """
        ...

    def bill(self, number: Msisdn, months_ago: int = 0) -> tuple[BillLine, ...]:
        """Return the items of this month (0) or last month (1); their sum is the bill.

        The result is empty if there is no bill of that month.
        """
        ...

    def payments(self, number: Msisdn) -> tuple[Payment, ...]:
        """Return the last five payments, newest first."""
        ...


class Puks(Protocol):
    """PUKs of SIM cards, for identified callers only."""

    def tell(self, actor: Actor, key: OperationKey, number: Msisdn) -> Secret | NoPuk:
        """Return the PUK of a number. The audit entry is written before.

        With the key of a reading that is done, it is read again and counts once.
        """
        ...


class Information(Protocol):
    """Public information, from the operator's data. It never needs the database."""

    def news(self) -> tuple[str, ...]:
        """Return the text keys of the news that are valid today, newest first."""
        ...

    def tariffs(self) -> tuple[tuple[str, Money], ...]:
        """Return the tariff ids with their monthly fees, in catalogue order."""
        ...

    def prices(self) -> tuple[PricedItem, ...]:
        """Return the services and packages on sale with their prices, in catalogue order."""
        ...

    def announcement(self) -> Mapping[Language, str] | None:
        """Return the words of the emergency announcement that is valid now; None: there is none."""
        ...

    def agents(self, hours: AgentHours, topic: str) -> Presence:
        """Tell which agents are at work now for a topic; an empty topic means any agent."""
        ...


class Callers(Protocol):
    """What the line stores about a calling number."""

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
