"""Whatever happens around an order, a confirmed change is made once, and no other is made.

A state machine deals out two calls at once, outages, late answers, orders that stay open, refusals
after acceptance, cancellations that come too late, crashes of the line at every point, workers'
rounds, repeated messages, undos, used packages, held orders; after each step the network, the
records, the money and what callers were told must agree. It runs on the records in memory and on
those in SQLite.
"""

from __future__ import annotations

from typing import cast

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from ivr.care.lostorders import LostOrders
from ivr.care.settlement import FINAL
from ivr.domain.call import Evidence, IdentificationMethod
from ivr.domain.orders import NetworkAnswer, OrderState
from ivr.domain.services import FORWARDING, SUSPENSION, Change, Offer
from ivr.domain.values import ServiceId
from ivr.errors import Unusable
from ivr.ports.orders import OrderRepository
from ivr.testing.acting import at_terminal, on_phone
from ivr.testing.demo import NUMBER
from tests.care.any_order import INTERNET, MESSAGES, Crash, InSqlite
from tests.care.checked_orders import A_DAY, CheckedOrders

SERVICES = [ServiceId(id) for id in ("sms", "gprs", "mms", "international", "waiting")]
FAVOURITE = ServiceId("favourite")
MOODS = ("good", "good", "silent", "late", "slow", "refuses")
CHANNELS = ("a", "b")
STRONG, WEAK = Evidence(), Evidence(IdentificationMethod.PASSPORT)


class Orders(CheckedOrders):
    """What callers, the network, workers and engineers may do, in any order."""

    @initialize(moods=st.lists(st.sampled_from(MOODS), min_size=3, max_size=3))
    def callers_on_a_bad_day(self, moods: list[str]) -> None:
        for mood, service in zip(moods, SERVICES, strict=False):
            self._hear("a", Change(service, service not in ("sms", "gprs")), mood)

    @rule(mood=st.sampled_from(MOODS), cancels=st.booleans())
    def network_changes(self, mood: str, cancels: bool) -> None:
        self.network.mood, self.network.cancels = mood, cancels

    @rule(back=st.integers(0, 3))
    def event_arrives(self, back: int) -> None:
        keys = list(self.network.answers)[::-1]
        if back < len(keys):
            try:
                self.worker.look(keys[back], self.network)
            except Crash:
                return

    @rule(after=st.integers(0, 3), before=st.booleans())
    def line_will_die(self, after: int, before: bool) -> None:
        self.repository.dies = (after, before)

    @rule(
        channel=st.sampled_from(CHANNELS),
        service=st.sampled_from([*SERVICES, SUSPENSION, FORWARDING, FAVOURITE]),
        mood=st.sampled_from([*MOODS, None]),
    )
    def caller_switches(self, channel: str, service: ServiceId, mood: str | None) -> None:
        self._hear(channel, Change(service, not self.switching.states(NUMBER)[service]), mood)

    @rule(
        channel=st.sampled_from(CHANNELS),
        what=st.sampled_from([(FORWARDING, "always"), (FORWARDING, "busy"), (FAVOURITE, "number")]),
        number=st.sampled_from(["99361000000", "99312223344", ""]),
        evidence=st.sampled_from([STRONG, WEAK]),
        mood=st.sampled_from([*MOODS, None]),
    )
    def caller_sets(
        self,
        channel: str,
        what: tuple[ServiceId, str],
        number: str,
        evidence: Evidence,
        mood: str | None,
    ) -> None:
        service, part = what
        self._hear(channel, Change(service, True, ((part, number),)), mood, evidence)

    @rule(
        channel=st.sampled_from(CHANNELS),
        service=st.sampled_from([INTERNET, INTERNET, MESSAGES]),
        package=st.sampled_from(["m", "l"]),
        mood=st.sampled_from([*MOODS, None]),
    )
    def caller_buys(self, channel: str, service: ServiceId, package: str, mood: str | None) -> None:
        self._hear(channel, Change(service, True, (("package", package),)), mood)

    @rule(channel=st.sampled_from(CHANNELS), mood=st.sampled_from(MOODS))
    def caller_confirms(self, channel: str, mood: str) -> None:
        """Perhaps long after the price was told: the other call goes on meanwhile."""
        if channel not in self.offered:
            return
        self.network.mood = mood
        self.step += 1
        self._order(f"{channel}:{self.step}", *self.offered.pop(channel))

    @rule(
        mood=st.sampled_from(MOODS),
        package=st.sampled_from(["m", "l"]),
        service=st.sampled_from([INTERNET, MESSAGES]),
    )
    def both_buy_at_once(self, mood: str, package: str, service: ServiceId) -> None:
        for channel in CHANNELS:
            self._hear(channel, Change(service, True, (("package", package),)), None)
        for channel in CHANNELS:
            self.caller_confirms(channel, mood)

    def _hear(
        self, channel: str, change: Change, mood: str | None, evidence: Evidence = STRONG
    ) -> None:
        """Hear the price, and confirm it at once unless there is no mood yet."""
        offer = self.switching.offer(NUMBER, change, evidence)
        if isinstance(offer, Offer):
            self.offered[channel] = offer, evidence
            if mood is not None:
                self.caller_confirms(channel, mood)

    def _order(self, key: str, offer: Offer, evidence: Evidence) -> None:
        self.confirmed[key] = offer, evidence
        by = on_phone(key.partition(":")[0], int(key.partition(":")[2]))
        self._answer(
            key,
            lambda: self.switching.order(*by, NUMBER, offer, evidence=evidence),
        )

    @rule(back=st.integers(0, 3))
    def message_is_repeated(self, back: int) -> None:
        keys = list(self.confirmed)[::-1]
        if back < len(keys):
            self._order(keys[back], *self.confirmed[keys[back]])

    @rule(back=st.integers(0, 3), mood=st.sampled_from(MOODS), channel=st.sampled_from(CHANNELS))
    def caller_undoes(self, back: int, mood: str, channel: str) -> None:
        """With a key of its own each time, of an order that may be undone already."""
        self.network.mood = mood
        mine = [told for key, told in self.told.items() if key.startswith(f"{channel}:")]
        undos = {each.id for each in self.kept.orders() if each.undoes}
        orders = [each.order for each in mine if each.order and each.order not in undos][::-1]
        if back < len(orders):
            self.step += 1
            step = self.step
            self._answer(
                f"{channel}:{step}",
                lambda: self.switching.undo(*on_phone(channel, step), NUMBER, orders[back]),
            )

    @rule(
        channel=st.sampled_from(CHANNELS),
        service=st.sampled_from([INTERNET, INTERNET, MESSAGES, FAVOURITE]),
        mood=st.sampled_from(MOODS),
        share=st.sampled_from([0, 1, 2]),
        is_done=st.booleans(),
        moods=st.lists(st.sampled_from(MOODS), min_size=1, max_size=2),
    )
    def caller_thinks_better_of_it(
        self,
        channel: str,
        service: ServiceId,
        mood: str,
        share: int,
        is_done: bool,
        moods: list[str],
    ) -> None:
        """Buys, uses it perhaps, and undoes it: twice, because the first time was lost."""
        name, value = ("number", "99361000000") if service == FAVOURITE else ("package", "m")
        self._hear(channel, Change(service, True, ((name, value),)), mood)
        self.network_decides_what_is_open(is_done)
        self.package_is_used(0, share)
        for each in moods:
            self.caller_undoes(0, each, channel)

    @rule(back=st.integers(0, 2), share=st.sampled_from([0, 1, 2]))
    def package_is_used(self, back: int, share: int) -> None:
        owned = self.row().packages[::-1]
        if back < len(owned):
            order = self.kept.repository.get(owned[back].order)
            assert order is not None
            self.kept.use(order, owned[back].left * share // 2)

    @rule()
    def owner_stops_what_is_held(self) -> None:
        try:
            for each in self.switching.held(NUMBER):
                assert self.switching.stop(*on_phone("owner"), NUMBER, each.order)
        except Crash:
            return

    @rule(back=st.integers(0, 2), is_done=st.booleans(), seconds=st.sampled_from([0, 5, 400]))
    def engineer_settles(self, back: int, is_done: bool, seconds: int) -> None:
        """By hand, as it is in the network; or it is made so there."""
        self.clock.sleep(seconds)
        waiting = self.kept.repository.waiting(NUMBER)[::-1]
        if back >= len(waiting):
            return
        order = waiting[back]
        key = order.external_id
        if key in self.network.answers:
            is_done = self.network.answers[key] is NetworkAnswer.DONE
        desk = LostOrders(cast(OrderRepository, self.repository), self.clock)
        try:
            desk.settle(*at_terminal(), order.id, is_done=is_done)
        except Unusable:
            return
        except Crash:
            settled = self.kept.repository.get(order.id)
            if settled is None or settled.state not in FINAL:
                return
        settled = self.kept.repository.get(order.id)
        if key not in self.network.answers:
            self.network.open.pop(key, None)
            if settled is not None and settled.state is OrderState.COMPLETED:
                self.network.open[key] = order
                self.network.end(key, is_done=True)
            else:
                self.network.answers[key] = NetworkAnswer.CANCELLED

    @rule(seconds=st.sampled_from([1, 5, 400, A_DAY]))
    def worker_goes_round(self, seconds: int) -> None:
        self.clock.sleep(seconds)
        try:
            self.worker.once()
        except Crash:
            return


class StoredOrders(Orders):
    records = InSqlite


TestOrdersInAnyOrder = Orders.TestCase
TestOrdersInAnyOrder.settings = settings(max_examples=100, stateful_step_count=30)
TestStoredOrdersInAnyOrder = StoredOrders.TestCase
TestStoredOrdersInAnyOrder.settings = settings(
    max_examples=15, stateful_step_count=20, deadline=None
)
