"""What every outbox, and every book of promises, does: in memory and in each database."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Protocol

import pytest

from ivr.domain.messages import DeliveryReceipt, Message, MessageState
from ivr.domain.values import Msisdn
from ivr.errors import KeyTaken
from ivr.ports.messages import Outbox, Outgoing, Promises
from ivr.ports.orders import OrderRepository
from ivr.testing.clock import FixedClock
from tests.contracts.records import NUMBER

OTHER = Msisdn("99361000000")
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def told(*names: str, has_arrived: bool = True) -> DeliveryReceipt:
    """A receipt of a message to NUMBER."""
    return DeliveryReceipt(names, (NUMBER, "0890"), has_arrived)


class OutboxAndOutgoing(Outbox, Outgoing, Protocol):
    """Both sides of one outbox."""


class MessageRecords(Protocol):
    """An outbox that takes two messages of an occasion a day, and promises beside an order book."""

    @property
    def outbox(self) -> OutboxAndOutgoing: ...
    @property
    def promises(self) -> Promises: ...
    @property
    def orders(self) -> OrderRepository: ...
    @property
    def clock(self) -> FixedClock: ...
    @property
    def all(self) -> Callable[[], list[Message]]: ...


class OutboxContract:
    """Derive, and give a fixture ``kept``."""

    def claimed(self, kept: MessageRecords) -> Message:
        now = kept.clock.now()
        claimed = kept.outbox.claim(now, now + MINUTE)
        assert claimed is not None
        return claimed

    def the_only(self, kept: MessageRecords) -> Message:
        (message,) = kept.all()
        return message

    def test_a_message_is_read_as_it_was_put(self, kept: MessageRecords) -> None:
        kept.outbox.put(NUMBER, "Belgiňiz işleýär. Готово.", "order:1")
        found = self.claimed(kept)
        assert (found.number, found.body) == (NUMBER, "Belgiňiz işleýär. Готово.")
        assert (found.reference, found.occasion) == ("order:1", "order")
        assert (found.state, found.tries, found.parts) == (MessageState.WAITING, 0, 0)
        assert found.written == kept.clock.now()

    def test_a_code_is_blanked_when_its_message_has_left(self, kept: MessageRecords) -> None:
        """Sent, dropped and given up alike; other texts are kept."""
        now = kept.clock.now()
        for reference in ("code:1", "code:2", "code:3", "order:1"):
            kept.outbox.put(NUMBER, "12345678", reference)
        ids = {message.reference: message.id for message in kept.all()}
        for reference in ("code:1", "order:1"):
            id = ids[reference]
            kept.outbox.acknowledged(id, 0, 2, f"{reference}.0", now, now + MINUTE)
            assert {message.body for message in kept.all()} == {"12345678"}, "a part is to come"
        for reference in ("code:1", "order:1"):
            kept.outbox.acknowledged(ids[reference], 1, 2, f"{reference}.1", now, now + MINUTE)
        kept.outbox.settle(ids["code:2"], MessageState.DROPPED, now, "no subscriber")
        kept.outbox.expire(now + MINUTE, now + MINUTE)
        bodies = {message.reference: message.body for message in kept.all()}
        assert bodies == {"code:1": "", "code:2": "", "code:3": "", "order:1": "12345678"}

    def test_a_message_is_found_by_its_reference(self, kept: MessageRecords) -> None:
        assert kept.outbox.find("order:1") is None
        kept.outbox.put(NUMBER, "text", "order:1")
        claimed, now = self.claimed(kept), kept.clock.now()
        kept.outbox.settle(claimed.id, MessageState.FAILED, now, "refused")
        found = kept.outbox.find("order:1")
        assert found is not None
        assert (found.id, found.state, found.settled) == (claimed.id, MessageState.FAILED, now)

    def test_one_occasion_is_written_once(self, kept: MessageRecords) -> None:
        kept.outbox.put(NUMBER, "first", "order:1")
        kept.outbox.put(NUMBER, "second", "order:1")
        assert self.the_only(kept).body == "first"

    def test_an_occasion_of_another_number_is_not_taken_for_this_one(
        self, kept: MessageRecords
    ) -> None:
        kept.outbox.put(NUMBER, "Bir", "order:1")
        with pytest.raises(KeyTaken):
            kept.outbox.put(OTHER, "Iki", "order:1")
        assert [(each.number, each.body) for each in kept.all()] == [(NUMBER, "Bir")]

    def test_the_oldest_is_claimed_first_and_by_one_only(self, kept: MessageRecords) -> None:
        for name in ("order:1", "order:2"):
            kept.outbox.put(NUMBER, name, name)
            kept.clock.sleep(1)
        now = kept.clock.now()
        found = [kept.outbox.claim(now, now + MINUTE) for _ in range(3)]
        assert [each and each.body for each in found] == ["order:1", "order:2", None]

    def test_what_a_dead_worker_held_is_claimed_again(self, kept: MessageRecords) -> None:
        kept.outbox.put(NUMBER, "text", "order:1")
        first = self.claimed(kept)
        kept.clock.sleep(59)
        assert kept.outbox.claim(kept.clock.now(), kept.clock.now()) is None
        kept.clock.sleep(2)
        assert self.claimed(kept).id == first.id

    def test_many_workers_at_once_never_hold_the_same(self, kept: MessageRecords) -> None:
        for index in range(8):
            kept.outbox.put(NUMBER, "text", f"order:{index}")
        now = kept.clock.now()

        def work(_index: int) -> list[int]:
            mine = []
            while (claimed := kept.outbox.claim(now, now + MINUTE)) is not None:
                mine.append(claimed.id)
            return mine

        with ThreadPoolExecutor(4) as pool:
            held = [id for mine in pool.map(work, range(4)) for id in mine]
        # A row that another worker is just taking is passed over, so some may be left: never two.
        assert len(held) == len(set(held))
        while (left := kept.outbox.claim(now, now + MINUTE)) is not None:
            held.append(left.id)
        assert len(held) == 8

    def test_it_is_sent_with_its_last_part(self, kept: MessageRecords) -> None:
        kept.outbox.put(NUMBER, "text", "order:1")
        id, now = self.claimed(kept).id, kept.clock.now()
        kept.outbox.acknowledged(id, 0, 2, "a", now, now + MINUTE)
        assert (self.the_only(kept).state, self.the_only(kept).parts) == (MessageState.WAITING, 1)
        kept.outbox.acknowledged(id, 1, 2, "b", now, now + MINUTE)
        sent = self.the_only(kept)
        assert (sent.state, sent.parts, sent.settled) == (MessageState.SENT, 2, now)
        kept.clock.sleep(3600)
        assert kept.outbox.claim(kept.clock.now(), kept.clock.now()) is None

    def test_a_failed_try_is_due_later(self, kept: MessageRecords) -> None:
        kept.outbox.put(NUMBER, "text", "order:1")
        now = kept.clock.now()
        kept.outbox.later(self.claimed(kept).id, now + MINUTE, "busy")
        assert kept.outbox.claim(now, now) is None
        kept.clock.sleep(60)
        again = self.claimed(kept)
        assert (again.tries, again.detail) == (1, "busy")

    def test_what_is_over_the_cap_waits_without_a_try(self, kept: MessageRecords) -> None:
        kept.outbox.put(NUMBER, "text", "order:1")
        now = kept.clock.now()
        kept.outbox.cap(self.claimed(kept).id, now + MINUTE)
        assert self.the_only(kept).state is MessageState.CAPPED
        kept.clock.sleep(60)
        assert self.claimed(kept).tries == 0

    def test_what_has_failed_or_is_dropped_is_never_claimed(self, kept: MessageRecords) -> None:
        for state in (MessageState.FAILED, MessageState.DROPPED):
            kept.outbox.put(NUMBER, "text", f"order:{state}")
            kept.outbox.settle(self.claimed(kept).id, state, kept.clock.now(), "why")
        kept.clock.sleep(3600)
        assert kept.outbox.claim(kept.clock.now(), kept.clock.now()) is None
        assert [message.detail for message in kept.all()] == ["why", "why"]

    def test_what_was_sent_does_not_fail_afterwards(self, kept: MessageRecords) -> None:
        kept.outbox.put(NUMBER, "text", "order:1")
        id, now = self.claimed(kept).id, kept.clock.now()
        kept.outbox.acknowledged(id, 0, 1, "a", now, now)
        kept.outbox.settle(id, MessageState.FAILED, now, "no")
        kept.outbox.later(id, now, "no")
        kept.outbox.cap(id, now)
        assert self.the_only(kept).state is MessageState.SENT

    def test_what_waited_too_long_fails_unless_it_is_being_sent(self, kept: MessageRecords) -> None:
        for name in ("order:1", "order:2", "order:3"):
            kept.outbox.put(NUMBER, name, name)
            kept.clock.sleep(1)
        assert self.claimed(kept).body == "order:1"
        kept.clock.sleep(10)
        kept.outbox.put(NUMBER, "fresh", "order:4")
        now = kept.clock.now()
        failed = kept.outbox.expire(now - timedelta(seconds=5), now)
        assert [message.body for message in failed] == ["order:2", "order:3"]
        states = [message.state for message in sorted(kept.all(), key=lambda each: each.id)]
        waiting, gone = MessageState.WAITING, MessageState.FAILED
        assert states == [waiting, gone, gone, waiting]
        assert kept.outbox.expire(now - timedelta(seconds=5), now) == []

    def test_the_day_is_counted_by_number_and_occasion(self, kept: MessageRecords) -> None:
        for number, name in ((NUMBER, "order:1"), (NUMBER, "advice:1"), (OTHER, "order:2")):
            kept.outbox.put(number, "text", name)
            now = kept.clock.now()
            kept.outbox.acknowledged(self.claimed(kept).id, 0, 1, name, now, now)
        since = kept.clock.now() - DAY
        assert kept.outbox.sent(NUMBER, "order", since) == 1
        assert kept.outbox.sent(NUMBER, "warning", since) == 0
        assert kept.outbox.sent(NUMBER, "order", kept.clock.now()) == 0

    def test_there_is_room_for_so_many_a_day(self, kept: MessageRecords) -> None:
        assert kept.outbox.has_room(NUMBER, "advice")
        kept.outbox.put(NUMBER, "text", "advice:1")
        now = kept.clock.now()
        kept.outbox.acknowledged(self.claimed(kept).id, 0, 1, "a", now, now)
        assert kept.outbox.has_room(NUMBER, "advice")
        kept.outbox.put(NUMBER, "text", "advice:2")
        assert not kept.outbox.has_room(NUMBER, "advice")
        assert kept.outbox.has_room(OTHER, "advice")
        assert kept.outbox.has_room(NUMBER, "order")

    def test_it_is_delivered_with_the_receipt_of_its_last_part(self, kept: MessageRecords) -> None:
        kept.outbox.put(NUMBER, "text", "order:1")
        id, now = self.claimed(kept).id, kept.clock.now()
        kept.outbox.acknowledged(id, 0, 2, "a", now, now)
        kept.outbox.acknowledged(id, 1, 2, "b", now, now)
        assert kept.outbox.receipt(told("a"), now)
        assert self.the_only(kept).state is MessageState.SENT
        assert kept.outbox.receipt(told("b"), now)
        assert self.the_only(kept).state is MessageState.DELIVERED
        assert not kept.outbox.receipt(told("c"), now)

    def test_a_lost_part_is_a_lost_message(self, kept: MessageRecords) -> None:
        kept.outbox.put(NUMBER, "text", "order:1")
        id, now = self.claimed(kept).id, kept.clock.now()
        kept.outbox.acknowledged(id, 0, 2, "a", now, now)
        kept.outbox.acknowledged(id, 1, 2, "b", now, now)
        kept.outbox.receipt(told("b", has_arrived=False), now)
        kept.outbox.receipt(told("a"), now)
        assert self.the_only(kept).state is MessageState.UNDELIVERED

    @pytest.mark.parametrize("has_arrived", [True, False])
    def test_what_became_of_it_is_final(self, kept: MessageRecords, has_arrived: bool) -> None:
        kept.outbox.put(NUMBER, "text", "order:1")
        id, now = self.claimed(kept).id, kept.clock.now()
        kept.outbox.acknowledged(id, 0, 1, "a", now, now)
        assert kept.outbox.receipt(told("a", has_arrived=has_arrived), now)
        state = self.the_only(kept).state
        assert not kept.outbox.receipt(told("a", has_arrived=not has_arrived), now)
        assert not kept.outbox.receipt(told("a", has_arrived=has_arrived), now)
        assert self.the_only(kept).state is state

    def test_a_name_in_another_spelling_is_of_the_same_number_only(
        self, kept: MessageRecords
    ) -> None:
        for number, name in ((OTHER, "10"), (NUMBER, "A")):
            kept.outbox.put(number, "text", f"order:{name}")
            now = kept.clock.now()
            kept.outbox.acknowledged(self.claimed(kept).id, 0, 1, name, now, now)
        assert kept.outbox.receipt(told("10", "A"), now)
        states = {message.number: message.state for message in kept.all()}
        assert states == {NUMBER: MessageState.DELIVERED, OTHER: MessageState.SENT}
        assert not kept.outbox.receipt(told("x", "10"), now)

    def test_why_it_waited_too_long_is_kept(self, kept: MessageRecords) -> None:
        kept.outbox.put(NUMBER, "text", "order:1")
        now = kept.clock.now()
        kept.outbox.later(self.claimed(kept).id, now, "busy")
        kept.outbox.put(OTHER, "text", "order:2")
        kept.clock.sleep(9)
        kept.outbox.expire(kept.clock.now(), kept.clock.now())
        details = [message.detail for message in sorted(kept.all(), key=lambda each: each.id)]
        assert details == ["waited too long; busy", "waited too long"]
