"""The dialogue of a change: price and consequences said, confirmed, carried out, told, undone.

Law: a change is confirmed before it is written, and what is said of it is true.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import assert_never

from ivr.errors import TemporarilyUnavailable
from ivr.flow.dialogue import Dialogue, Leave
from ivr.ports import Change, Moment, Offer, Reason, Receipt, Refusal, Settled, Value
from ivr.values import Money

NO_MONEY = Money(0)


@dataclass(frozen=True)
class Wording:
    """Which texts speak of a change: ``<family>.confirm``, ``.done``, ``.accepted``."""

    family: str
    values: Mapping[str, Value] = field(default_factory=dict)
    """What the texts of the family name, besides ``service``."""
    result: str = ""
    """Family of the texts after the confirmation; empty: the same."""
    already: str = f"refused.{Reason.ALREADY}"
    """Said when it is so already."""

    def prompts(self) -> Iterable[str]:
        """Keys of every text that ``make_change`` may say with this wording."""
        yield f"{self.family}.confirm"
        for text in ("done", "accepted"):
            yield f"{self.result or self.family}.{text}"
        yield self.already
        yield from ("change.also.on", "change.also.off", "change.idle", "change.cancelled")
        yield "change.unwritten"
        yield from ("change.price.once", "change.price.monthly", "change.price.free")
        yield from ("change.undo", "change.undone", "change.undo.accepted", "change.promised")
        yield "change.moment"
        yield from (f"refused.{reason}" for reason in Reason)


ON, OFF, MODIFY = Wording("change.on"), Wording("change.off"), Wording("change.modify")
"""The words of any service."""


def make_change(
    talk: Dialogue, wanted: Change, words: Wording, goal: str, *, undoes: bool = True
) -> Leave:
    """Speak about one change of the identified number, to the end.

    ``undoes``: offer to put it back; for what nobody would want back, False.
    """
    assert talk.call.subscriber is not None
    name = f"service.{wanted.service}"
    part = str(wanted.service)
    answer = talk.care.subscriptions.offer(talk.call.subscriber, wanted)
    if isinstance(answer, Refusal):
        _refuse(talk, answer, name, words)
        return _left(talk.after(part=f"{part}/after"))
    _describe(talk, answer, wanted, words)
    sure = talk.confirm(f"{part}/confirm")
    if isinstance(sure, Leave):
        return sure
    if not sure:
        talk.say("change.cancelled")
        return _left(talk.after(part=f"{part}/after"))
    _next_step(talk)
    try:
        receipt = talk.care.subscriptions.order(
            talk.call.id, talk.call.step, talk.call.subscriber, answer, _moment(talk)
        )
    except TemporarilyUnavailable:
        talk.mention("change.unwritten")  # it may or may not be in the book
        raise
    _note(talk, receipt)
    match receipt.settled:
        case Settled.REFUSED:
            talk.say(f"refused.{receipt.reason or Reason.NETWORK}", service=name)
            return _left(talk.after(part=f"{part}/after"))
        case Settled.DONE | Settled.ACCEPTED:
            family = words.result or words.family
            talk.say(f"{family}.{receipt.settled}", service=name, **words.values)
            _promise(talk, receipt)
            talk.call.reach(goal)
        case _:
            assert_never(receipt.settled)
    if not undoes:
        return _left(talk.after(part=f"{part}/after"))
    talk.say("change.undo")
    key = talk.after("2", f"{part}/after")
    if isinstance(key, Leave):
        return key
    return _undo(talk, receipt, name, part)


def _refuse(talk: Dialogue, refusal: Refusal, name: str, words: Wording) -> None:
    if refusal.reason is Reason.ALREADY:
        talk.say(words.already, service=name)
        return
    named: dict[str, Value] = {"service": name}
    if refusal.other:
        named["other"] = f"service.{refusal.other}"
    if refusal.hours:
        named |= {"opens": refusal.hours.opens, "closes": refusal.hours.closes}
    if refusal.until:
        named["until"] = refusal.until
    talk.say(f"refused.{refusal.reason}", **named)


def _undo(talk: Dialogue, done: Receipt, name: str, part: str) -> Leave:
    assert talk.call.subscriber is not None
    _next_step(talk)
    try:
        receipt = talk.care.subscriptions.undo(
            talk.call.id, talk.call.step, talk.call.subscriber, done.order, _moment(talk)
        )
    except TemporarilyUnavailable:
        talk.mention("change.unwritten")
        raise
    _note(talk, receipt)
    match receipt.settled:
        case Settled.DONE:
            talk.say("change.undone", service=name)
        case Settled.ACCEPTED:
            talk.say("change.undo.accepted", service=name)
            _promise(talk, receipt)
        case Settled.REFUSED:
            talk.say(f"refused.{receipt.reason or Reason.NETWORK}", service=name)
        case _:
            assert_never(receipt.settled)
    return _left(talk.after(part=f"{part}/undone"))


def _moment(talk: Dialogue) -> Moment:
    """Says that it takes a moment, while the network is being asked."""

    def say() -> None:
        talk.say("change.moment")
        talk.deliver()

    return say


def _promise(talk: Dialogue, receipt: Receipt) -> None:
    """Say of an accepted order that its result comes as a text message, once that is sure."""
    if receipt.settled is not Settled.ACCEPTED or talk.call.language is None:
        return
    try:
        talk.care.promises.promise(receipt.order, talk.call.language)
    except TemporarilyUnavailable:
        return  # the order stands all the same, and nothing was promised
    talk.say("change.promised")


def _next_step(talk: Dialogue) -> None:
    """A key of its own for each order, known to the worker that may have to take over."""
    talk.call.step += 1
    talk.mark()


def _describe(talk: Dialogue, offer: Offer, wanted: Change, words: Wording) -> None:
    for change in offer.changes:
        if change.service != wanted.service:
            side = "on" if change.on else "off"
            talk.say(f"change.also.{side}", service=f"service.{change.service}")
    for service in offer.idle:
        talk.say("change.idle", service=f"service.{service}")
    talk.say(f"{words.family}.confirm", service=f"service.{wanted.service}", **words.values)
    if offer.once > NO_MONEY:
        talk.say("change.price.once", price=offer.once)
    if offer.monthly > NO_MONEY:
        talk.say("change.price.monthly", price=offer.monthly)
    if offer.once == offer.monthly == NO_MONEY and wanted.on:
        talk.say("change.price.free")


def _note(talk: Dialogue, receipt: Receipt) -> None:
    if receipt.order:
        talk.call.orders.append(receipt.order)


def _left(key: str | Leave) -> Leave:
    return key if isinstance(key, Leave) else Leave.BACK
