"""Two channels at one subscriber: a caller on the phone and an agent at a desk.

Each hears an offer, confirms it later, and undoes it later. Whatever comes between, no change of
the one is lost by the other, no more money is spent than there is, and an undo puts back only what
its own order changed.
"""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from ivr.domain.actor import Actor, OperationKey
from ivr.domain.forwarding import END_ALL, KINDS, SECONDS, Kind, end_kind, set_kind
from ivr.domain.orders import Order, OrderState
from ivr.domain.services import FORWARDING, Change, Offer, Receipt, Settled
from ivr.domain.values import Money, ServiceId
from ivr.testing.acting import at_desk, on_phone
from ivr.testing.demo import NUMBER, Operator, subscriber

CHANNELS = ("phone", "desk")
BALANCE = 1_200
PARTS = (*KINDS, SECONDS)


def by(channel: str, step: int) -> tuple[Actor, OperationKey]:
    """Each operation has a key of its own; the form of a key says nothing."""
    return on_phone("call", step) if channel == "phone" else at_desk(form=f"form {step}")


def forwarded(kind: Kind, number: str, seconds: int) -> Change:
    """Set a kind, or end it where there is no number."""
    seconds = seconds if kind == "no-answer" else 0
    return set_kind(kind, number, seconds) if number else end_kind(kind)


FORWARDED = st.builds(
    forwarded,
    st.sampled_from(KINDS),
    st.sampled_from(["99361000000", "99312223344", ""]),
    st.sampled_from([10, 20]),
)
PAID = [
    Change(ServiceId("international"), True),
    Change(ServiceId("sms-package"), True, (("package", "m"),)),
    Change(ServiceId("favourite"), True, (("number", "99361000000"),)),
    Change(ServiceId("internet-package"), True, (("package", "m"),)),
]
WANTED = st.one_of(FORWARDED, FORWARDED, st.sampled_from([END_ALL, *PAID]))


class TwoChannels(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.operator = Operator()
        self.operator.add(subscriber(services="sms gprs", balance=BALANCE))
        self.offers: dict[str, Offer] = {}
        """What a channel has heard and not confirmed."""
        self.done: dict[str, list[str]] = {channel: [] for channel in CHANNELS}
        self.parts: dict[str, list[tuple[str, str]]] = {part: [("", "")] for part in PARTS}
        """What each part of forwarding was set to, and by which order: the last one is so now."""
        self.step = 0

    def hear(self, channel: str, wanted: Change) -> None:
        self.offers.pop(channel, None)
        offer = self.operator.care.subscriptions.offer(NUMBER, wanted)
        if isinstance(offer, Offer):
            self.offers[channel] = offer

    @rule(channel=st.sampled_from(CHANNELS), wanted=WANTED)
    def hears(self, channel: str, wanted: Change) -> None:
        self.hear(channel, wanted)

    @rule(first=st.sampled_from(CHANNELS), phone=WANTED, desk=WANTED, is_away=st.booleans())
    def both_hear_and_confirm(self, first: str, phone: Change, desk: Change, is_away: bool) -> None:
        self.hear("phone", phone)
        self.hear("desk", desk)
        for channel in sorted(CHANNELS, key=lambda each: each != first):
            self.confirms(channel, is_away)

    @rule(channel=st.sampled_from(CHANNELS), is_away=st.sampled_from([False, False, True]))
    def confirms(self, channel: str, is_away: bool) -> None:
        """The network answers, or the order stays open."""
        if channel not in self.offers:
            return
        offer = self.offers.pop(channel)
        before = self.value()
        self.operator.network.outage = is_away
        self.step += 1
        told = self.operator.care.subscriptions.order(*by(channel, self.step), NUMBER, offer)
        if told.settled is Settled.REFUSED:
            return
        self.done[channel].append(told.order)
        if told.settled is Settled.DONE:
            self.note(told, offer, before)

    def note(self, told: Receipt, offer: Offer, before: Mapping[str, str]) -> None:
        """An order of forwarding sets the parts that were asked for, and no other."""
        wanted = offer.wanted
        assert wanted is not None
        if wanted.service != FORWARDING:
            return
        named = dict(wanted.value) if wanted.on else dict.fromkeys(PARTS, "")
        assert self.value() == {
            part: named.get(part, before.get(part, ""))
            for part in PARTS
            if named.get(part, before.get(part, ""))
        }
        for part, value in named.items():
            if value != self.parts[part][-1][0]:
                self.parts[part].append((value, told.order))

    @rule(channel=st.sampled_from(CHANNELS), back=st.integers(0, 2))
    def undoes(self, channel: str, back: int) -> None:
        mine = self.done[channel][::-1]
        if back >= len(mine):
            return
        before, balance = self.value(), self.balance()
        order = self.order(mine[back])
        self.operator.network.outage = False
        self.step += 1
        told = self.operator.care.subscriptions.undo(*by(channel, self.step), NUMBER, order.id)
        if told.settled is not Settled.DONE or order.state is not OrderState.COMPLETED:
            assert (self.value(), self.balance()) == (before, balance)
            return
        self.done[channel].remove(order.id)
        if order.changes[-1].service != FORWARDING:
            return
        expected = dict(before)
        for part, known in self.parts.items():
            if known[-1][1] == order.id:
                known.pop()
                expected[part] = known[-1][0]
            else:
                assert order.id not in [by for _, by in known], f"{part} was changed since"
        assert self.value() == {part: value for part, value in expected.items() if value}

    @rule()
    def worker_goes_round(self) -> None:
        opened = self.operator.orders.waiting(NUMBER)
        self.operator.network.outage = False
        self.operator.clock.sleep(400)
        self.operator.worker().once()
        for order in opened:
            ended = self.order(order.id)
            if ended.state is OrderState.COMPLETED:
                self.carried_out(ended)

    def carried_out(self, order: Order) -> None:
        """An order of forwarding sets its parts, and its undo puts these back."""
        change = order.changes[-1]
        if change.service != FORWARDING:
            return
        for part, known in self.parts.items():
            if order.undoes is None and part in change.parts:
                known.append((dict(change.value).get(part, ""), order.id))
            elif known[-1][1] == order.undoes:
                known.pop()

    @invariant()
    def no_more_is_spent_than_there_is(self) -> None:
        done = [o for o in self.operator.orders.orders.values() if o.state is OrderState.COMPLETED]
        assert self.balance() == BALANCE - sum(each.once.tenge for each in done)
        assert self.balance() >= 0
        assert self.operator.subscribers.rows[NUMBER].balance >= Money(0)

    @invariant()
    def each_part_is_what_was_set_last(self) -> None:
        assert self.value() == {
            part: known[-1][0] for part, known in self.parts.items() if known[-1][0]
        }

    def value(self) -> dict[str, str]:
        return dict(self.operator.care.subscriptions.value(NUMBER, FORWARDING))

    def balance(self) -> int:
        return self.operator.subscribers.rows[NUMBER].balance.tenge

    def order(self, id: str) -> Order:
        return self.operator.orders.orders[id]


TestTwoChannels = TwoChannels.TestCase
TestTwoChannels.settings = settings(max_examples=150, stateful_step_count=25, deadline=None)
