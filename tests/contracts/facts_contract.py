"""What every source of facts does: in memory and in each database."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta
from typing import Protocol

import pytest

from ivr.domain.call import IdentificationMethod
from ivr.domain.identification import Attempt, AttemptResult, CallerKind
from ivr.domain.notices import Occasion
from ivr.domain.orders import OrderState
from ivr.domain.services import FORWARDING, SMS, SUSPENSION, Change
from ivr.domain.subscriber import PukBound, Subscriber, Verifiers
from ivr.domain.values import Msisdn, ServiceId
from ivr.ports.attempts import Attempts
from ivr.ports.messages import Outbox
from ivr.ports.notices import Facts
from ivr.ports.orders import OrderRepository
from ivr.ports.subscribers import Subscribers
from ivr.testing.acting import by
from ivr.testing.demo import subscriber
from ivr.testing.dial import origin
from tests.contracts.order_book_contract import DONE, order
from tests.contracts.records import NUMBER, written_order

STRANGE = Msisdn("99361000000")
FAVOURITE = ServiceId("favourite")
DAY = timedelta(days=1)


class FactRecords(Protocol):
    """Facts with everything that writes them. Its time is the present."""

    @property
    def now(self) -> datetime: ...
    @property
    def facts(self) -> Facts: ...
    @property
    def orders(self) -> OrderRepository: ...
    @property
    def subscribers(self) -> Subscribers: ...
    @property
    def attempts(self) -> Attempts: ...
    @property
    def outbox(self) -> Outbox: ...

    def add(self, subscriber: Subscriber) -> None: ...


def hour(kept: FactRecords) -> tuple[datetime, datetime]:
    """The hour until now."""
    return kept.now - timedelta(hours=1), kept.now + timedelta(minutes=1)


class FactsContract:
    """Derive, and give a fixture ``kept``."""

    @pytest.fixture(autouse=True)
    def _subscriber(self, kept: FactRecords) -> None:
        kept.add(subscriber(NUMBER))

    def ordered(self, kept: FactRecords, key: str, *changes: Change) -> str:
        """Write an order; answers its id."""
        fresh = dataclasses.replace(order(key), changes=changes)
        return written_order(kept.orders, fresh).id

    def acts(self, kept: FactRecords) -> list[tuple[Occasion, Msisdn]]:
        found = kept.facts.acts(*hour(kept), 100)
        return [(act.occasion, act.number) for act in found]

    def untold(self, kept: FactRecords) -> list[str]:
        return [each.id for each in kept.facts.orders(*hour(kept), 100)]

    def test_a_completed_order_is_a_fact_until_its_notice_is_put(self, kept: FactRecords) -> None:
        value = (("always", STRANGE),)
        id = self.ordered(kept, "c1:1", Change(FORWARDING, True, value))
        assert self.untold(kept) == []
        kept.orders.settle(id, DONE, kept.now)
        (found,) = kept.facts.orders(*hour(kept), 9)
        assert (found.id, found.changes[-1].value) == (id, value)
        kept.outbox.put(NUMBER, "text", f"order:{id}")
        assert self.untold(kept) == [id]
        kept.outbox.put(NUMBER, "text", f"forwarding:{id}")
        assert self.untold(kept) == []

    def test_a_notice_about_one_order_tells_no_other(self, kept: FactRecords) -> None:
        ids = [self.ordered(kept, f"c{index}:1", Change(FORWARDING, True)) for index in range(3)]
        for id in ids:
            kept.orders.settle(id, DONE, kept.now)
        kept.outbox.put(NUMBER, "text", f"forwarding:{ids[0]}")
        kept.outbox.put(NUMBER, "text", f"suspension:{ids[1]}")
        assert sorted(self.untold(kept)) == sorted(ids[1:])

    @pytest.mark.parametrize("occasion", ["forwarding-off", "forwarding-changed"])
    def test_any_notice_about_the_service_tells_it(self, kept: FactRecords, occasion: str) -> None:
        id = self.ordered(kept, "c1:1", Change(FORWARDING, False))
        kept.orders.settle(id, DONE, kept.now)
        assert self.untold(kept) == [id]
        kept.outbox.put(NUMBER, "text", f"{occasion}:{id}")
        assert self.untold(kept) == []

    def test_each_service_of_an_order_is_told(self, kept: FactRecords) -> None:
        id = self.ordered(kept, "c1:1", Change(SUSPENSION, True), Change(FAVOURITE, True))
        kept.orders.settle(id, DONE, kept.now)
        kept.outbox.put(NUMBER, "text", f"suspension:{id}")
        assert self.untold(kept) == [id]
        kept.outbox.put(NUMBER, "text", f"favourite:{id}")
        assert self.untold(kept) == []

    def test_what_was_refused_or_concerns_others_is_no_fact(self, kept: FactRecords) -> None:
        for key, service, state in (
            ("c1:1", FORWARDING, OrderState.REJECTED),
            ("c1:2", FORWARDING, OrderState.CANCELLED),
            ("c1:3", ServiceId("gprs"), DONE),
        ):
            kept.orders.settle(self.ordered(kept, key, Change(service, True)), state, kept.now)
        assert self.untold(kept) == []

    def test_old_facts_are_left_out_and_the_oldest_come_first(self, kept: FactRecords) -> None:
        ids = [self.ordered(kept, f"c{index}:1", Change(FAVOURITE, True)) for index in range(3)]
        for id, hours in zip(ids, (0.2, 0.5, 30), strict=True):
            kept.orders.settle(id, DONE, kept.now - timedelta(hours=hours))
        assert self.untold(kept) == [ids[1], ids[0]]
        before = kept.now - timedelta(hours=0.4)
        assert [each.id for each in kept.facts.orders(hour(kept)[0], before, 9)] == [ids[1]]
        assert len(kept.facts.orders(*hour(kept), 1)) == 1

    def test_a_held_order_is_a_fact_until_its_notice_is_put(self, kept: FactRecords) -> None:
        value = (("always", STRANGE),)
        changes = (Change(FORWARDING, True, value),)
        first = dataclasses.replace(
            order("c1:1"), changes=changes, state=OrderState.HELD, due=kept.now
        )
        kept.orders.write(first)
        kept.orders.write(dataclasses.replace(order("c1:2"), changes=changes))
        told = dataclasses.replace(first, id="id c1:3", external_id="c1:3")
        kept.outbox.put(NUMBER, "text", f"held-forwarding:{written_order(kept.orders, told).id}")
        (found,) = kept.facts.held(9)
        assert (found.external_id, found.changes[-1].value) == ("c1:1", value)
        kept.outbox.put(NUMBER, "text", f"forwarding:{found.id}")
        assert [each.id for each in kept.facts.held(9)] == [found.id]
        kept.outbox.put(NUMBER, "text", f"held-forwarding:{found.id}")
        assert kept.facts.held(9) == []

    def test_what_a_former_owner_did_is_no_fact(self, kept: FactRecords) -> None:
        id = self.ordered(kept, "c1:1", Change(FORWARDING, False))
        now = kept.now
        kept.orders.settle(id, DONE, now)
        kept.subscribers.note_puk(*by("call c1"), NUMBER, now, PukBound(2, now - DAY, 5))
        assert (self.untold(kept), self.acts(kept)) == ([id], [(Occasion.PUK, NUMBER)])
        kept.add(dataclasses.replace(subscriber(NUMBER), owner_since=now))
        assert (self.untold(kept), self.acts(kept)) == ([], [])

    def test_of_text_messages_only_switching_off_is_a_fact(self, kept: FactRecords) -> None:
        for key, is_on in (("c1:1", True), ("c1:2", False)):
            id = self.ordered(kept, key, Change(SMS, is_on))
            kept.orders.settle(id, DONE, kept.now)
            held = dataclasses.replace(
                order(f"{key}9"), changes=(Change(SMS, is_on),), state=OrderState.HELD, due=kept.now
            )
            waiting = written_order(kept.orders, held).id
        assert self.untold(kept) == [id]
        assert [each.id for each in kept.facts.held(9)] == [waiting]
        kept.outbox.put(NUMBER, "text", f"sms-off:{id}")
        kept.outbox.put(NUMBER, "text", f"held-sms:{waiting}")
        assert (self.untold(kept), list(kept.facts.held(9))) == ([], [])

    def test_puks_and_code_words_are_facts(self, kept: FactRecords) -> None:
        now = kept.now
        kept.subscribers.note_puk(*by("call c1"), NUMBER, now, PukBound(2, now - DAY, 5))
        kept.subscribers.set_codeword(*by("clerk"), NUMBER, Verifiers("a"))
        assert self.acts(kept) == [(Occasion.PUK, NUMBER), (Occasion.CODEWORD, NUMBER)]
        for act in kept.facts.acts(*hour(kept), 100):
            kept.outbox.put(act.number, "text", f"{act.occasion}:{act.id}")
        assert self.acts(kept) == []

    @pytest.mark.parametrize(
        ("means", "caller", "result", "is_fact"),
        [
            (IdentificationMethod.PASSPORT, STRANGE, AttemptResult.MATCH, True),
            (IdentificationMethod.PASSPORT, None, AttemptResult.MATCH, True),
            (IdentificationMethod.PASSPORT, NUMBER, AttemptResult.MATCH, False),
            (IdentificationMethod.CODEWORD, STRANGE, AttemptResult.MATCH, False),
            (IdentificationMethod.PASSPORT, STRANGE, AttemptResult.NO_MATCH, False),
        ],
    )
    def test_a_passport_from_another_phone_is_a_fact(
        self,
        kept: FactRecords,
        means: IdentificationMethod,
        caller: Msisdn | None,
        result: AttemptResult,
        is_fact: bool,
    ) -> None:
        kind = CallerKind.OWN if caller == NUMBER else CallerKind.UNKNOWN
        id = kept.attempts.open(Attempt("c1", NUMBER, origin(caller), means), kind, kept.now).id
        assert self.acts(kept) == []
        kept.attempts.settle(id, result)
        assert self.acts(kept) == [(Occasion.PASSPORT, NUMBER)] * is_fact
        kept.outbox.put(NUMBER, "text", f"passport:{id}")
        assert self.acts(kept) == []
