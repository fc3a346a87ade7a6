"""What an agent does for the proved number of the present caller, by the line's own operations."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ivr.contacts.cards import CardService
from ivr.contacts.live import LiveCall, LiveCalls
from ivr.contacts.presence import PresenceService
from ivr.domain.actor import Actor, OperationKey
from ivr.domain.call import Call
from ivr.domain.presence import AgentState
from ivr.domain.rights import Right
from ivr.domain.services import Change, Offer, Package, Receipt, Refusal, Settled
from ivr.domain.services import Reason as Why
from ivr.domain.values import Money, Msisdn, ServiceId
from ivr.ports.care import Care
from ivr.staff.rights import require


class Unserved(StrEnum):
    """Why nothing can be done for the caller. Each value has a text on the desk."""

    GONE = "gone"
    """The actor is not in a call with this caller."""
    UNPROVED = "unproved"
    """The caller has proved no right to a number."""


class Texted(StrEnum):
    """The result of sending a text. Each value has a text on the desk."""

    SENT = "sent"
    MANY = "many"
    """The number has got its texts of today."""
    NOBODY = "nobody"
    """It is not known to which number."""
    UNKNOWN = "unknown"
    """The line has no such text."""


@dataclass(frozen=True, slots=True)
class Switch:
    """A service or a package that an agent can switch for a number."""

    service: ServiceId
    is_on: bool
    package: Package | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A change that an agent asks for."""

    service: ServiceId
    is_on: bool = True
    """The wanted state."""
    package: str = ""


@dataclass(frozen=True)
class ServingService:
    """Each operation raises Forbidden without the right, and TemporarilyUnavailable."""

    live: LiveCalls
    cards: CardService
    presence: PresenceService
    care: Callable[[], Care]
    """The operations with the content of the live release."""
    texts: Callable[[], Collection[str]]
    """The keys of the texts of the live release that the line sends to callers."""

    def switches(self, actor: Actor, id: str) -> Sequence[Switch] | Unserved:
        """Return what can be switched for the caller's number, services before packages."""
        found = self._served(actor, id)
        if isinstance(found, Unserved):
            return found
        _live, _call, number = found
        subscriptions, prices = self.care().subscriptions, self.care().information.prices()
        states = subscriptions.states(number)
        switches = {
            each.service: Switch(each.service, states[each.service])
            for each in prices
            if each.package is None and each.service in states
        }
        packages = [Switch(each.service, False, each.package) for each in prices if each.package]
        sold = {each.service for each in packages}
        return [each for id, each in switches.items() if id not in sold] + packages

    def offer(self, actor: Actor, id: str, asked: Asked) -> Offer | Refusal | Unserved:
        """Return what a change involves and costs; nothing is stored."""
        found = self._served(actor, id)
        if isinstance(found, Unserved):
            return found
        _live, call, number = found
        return self._offer(call, number, asked)

    def order(
        self, actor: Actor, key: OperationKey, id: str, asked: Asked, told: str
    ) -> Receipt | Unserved:
        """Order a change for the caller's number.

        ``told`` is ``terms`` of the offer that was shown; with other terms nothing is ordered.
        """
        found = self._served(actor, id)
        if isinstance(found, Unserved):
            return found
        live, call, number = found
        subscriptions = self.care().subscriptions
        if (done := subscriptions.recall(actor, key, number, language=call.language)) is not None:
            return done.receipt
        offer = self._offer(call, number, asked)
        if isinstance(offer, Refusal):
            return Receipt(Settled.REFUSED, "", offer.reason)
        if terms(offer) != told:
            return Receipt(Settled.REFUSED, "", Why.CHANGED)
        receipt = subscriptions.order(
            actor, key, number, offer, evidence=call.evidence, language=call.language
        )
        self.cards.refresh(live)
        return receipt

    def undo(self, actor: Actor, key: OperationKey, id: str, order: str) -> Receipt | Unserved:
        """Put back what an order of this actor has changed."""
        found = self._served(actor, id)
        if isinstance(found, Unserved):
            return found
        live, call, number = found
        receipt = self.care().subscriptions.undo(
            actor, key, number, order, evidence=call.evidence, language=call.language
        )
        self.cards.refresh(live)
        return receipt

    def send_text(self, actor: Actor, key: OperationKey, id: str, text: str) -> Texted | Unserved:
        """Send a text of the release to the caller, in the language of the call."""
        require(actor, Right.ORDER)
        live = self._live(actor, id)
        if live is None:
            return Unserved.GONE
        if text not in self.texts():
            return Texted.UNKNOWN
        call, advice = self.cards.state(live), self.care().advice
        number = advice.recipient(call)
        if number is None:
            return Texted.NOBODY
        is_sent = advice.send(actor, key, number, text, call.language)
        return Texted.SENT if is_sent else Texted.MANY

    def _served(self, actor: Actor, id: str) -> tuple[LiveCall, Call, Msisdn] | Unserved:
        """Return the call of the actor, its state, and the proved number."""
        require(actor, Right.ORDER)
        live = self._live(actor, id)
        if live is None:
            return Unserved.GONE
        call = self.cards.state(live)
        if call.subscriber is None:
            return Unserved.UNPROVED
        return live, call, call.subscriber

    def _live(self, actor: Actor, id: str) -> LiveCall | None:
        status = self.presence.status(actor.id)
        is_mine = status.call == id and status.state in (AgentState.TALKING, AgentState.WRAP_UP)
        return self.live.get(id) if is_mine else None

    def _offer(self, call: Call, number: Msisdn, asked: Asked) -> Offer | Refusal:
        subscriptions = self.care().subscriptions
        if asked.package:
            change = subscriptions.purchase(asked.service, asked.package)
        else:
            change = Change(asked.service, asked.is_on)
        return subscriptions.offer(number, change, call.evidence)


def terms(offer: Offer) -> str:
    """Return what an agent tells of an offer, in a form that can be compared."""
    changes = [f"{each.service}={'on' if each.on else 'off'}" for each in offer.changes]
    return " ".join((_tenge(offer.once), _tenge(offer.monthly), *changes))


def _tenge(amount: Money) -> str:
    return str(amount.tenge)
