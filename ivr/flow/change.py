"""The dialogue of a change: say price and consequences, confirm, carry out, tell, offer to undo.

Rules: a change is confirmed before it is stored, and everything said about it is true.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ivr.domain.dialogue import Value
from ivr.domain.services import Change, Offer, Reason, Refusal
from ivr.domain.values import Money
from ivr.errors import TemporarilyUnavailable
from ivr.flow.dialogue import Dialogue
from ivr.flow.question import NodeExit
from ivr.flow.result import due_of, left, on_delay, tell_result

NO_MONEY = Money(0)


@dataclass(frozen=True)
class ChangeTexts:
    """The texts for a change: ``<family>.confirm``, ``.done``, ``.accepted``."""

    family: str
    values: Mapping[str, Value] = field(default_factory=dict)
    """Values for the texts of the family, besides ``service``."""
    result: str = ""
    """Family of the texts after the confirmation; empty: the same family."""
    already: str = f"refused.{Reason.ALREADY}"
    """Said if the service is already in the wanted state."""

    def prompts(self) -> Iterable[str]:
        """Return the keys of every text that ``make_change`` may say with these texts."""
        yield f"{self.family}.confirm"
        for text in ("done", "accepted"):
            yield f"{self.result or self.family}.{text}"
        yield self.already
        yield from ("change.also.on", "change.also.off", "change.idle", "change.cancelled")
        yield "change.unwritten"
        yield from ("change.price.once", "change.price.monthly", "change.price.free")
        yield from ("change.undo", "change.undone", "change.undo.accepted", "change.promised")
        yield from ("change.delayed", "change.sooner", "change.held")
        yield "change.moment"
        yield from (f"refused.{reason}" for reason in Reason)


ON, OFF, MODIFY = ChangeTexts("change.on"), ChangeTexts("change.off"), ChangeTexts("change.modify")
"""The texts for any service."""


def make_change(
    talk: Dialogue, wanted: Change, words: ChangeTexts, goal: str, *, undoes: bool = True
) -> NodeExit:
    """Hold the whole dialogue about one change of the identified number.

    ``undoes``: offer to undo the change; False for changes that no caller would undo.
    """
    assert talk.call.subscriber is not None
    name = f"service.{wanted.service}"
    part = str(wanted.service)
    answer = talk.care.subscriptions.offer(talk.call.subscriber, wanted, talk.call.evidence)
    if isinstance(answer, Refusal):
        _refuse(talk, answer, name, words)
        return left(talk.after(part=f"{part}/after"))
    _describe(talk, answer, wanted, words)
    # Before the confirmation: nothing may come between confirmation and storing.
    talk.hold(goal, words.result or words.family)
    try:
        return _confirm(talk, answer, wanted, words, goal, undoes=undoes)
    finally:
        talk.clear_pending()


def _confirm(
    talk: Dialogue, offer: Offer, wanted: Change, words: ChangeTexts, goal: str, *, undoes: bool
) -> NodeExit:
    assert talk.call.subscriber is not None
    part = str(wanted.service)
    sure = talk.confirm(f"{part}/confirm")
    if isinstance(sure, NodeExit):
        return sure
    if not sure:
        talk.say("change.cancelled")
        return left(talk.after(part=f"{part}/after"))
    try:
        receipt = talk.care.subscriptions.order(
            talk.call.actor,
            talk.call.key,
            talk.call.subscriber,
            offer,
            on_delay(talk),
            talk.call.evidence,
            talk.call.language,
        )
    except TemporarilyUnavailable:
        talk.mention("change.unwritten")  # the order may or may not be stored
        raise
    return tell_result(
        talk,
        receipt,
        wanted.service,
        goal,
        words.result or words.family,
        words.values,
        undoes=undoes,
    )


def _refuse(talk: Dialogue, refusal: Refusal, name: str, words: ChangeTexts) -> None:
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


def _describe(talk: Dialogue, offer: Offer, wanted: Change, words: ChangeTexts) -> None:
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
    if offer.due is not None:
        talk.say("change.delayed", **due_of(talk, offer.due))
        talk.say("change.sooner")
