"""The owner is told of what could be a theft, each fact once, and no kind keeps another back."""

from __future__ import annotations

import dataclasses
from datetime import datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ivr.care.notices import AT_ONCE, LATE, NEWS, Notices, held_notices, notices_of
from ivr.domain.actor import caller
from ivr.domain.call import IdentificationMethod
from ivr.domain.identification import Attempt, AttemptResult, CallerKind
from ivr.domain.messages import MessageState
from ivr.domain.notices import Occasion
from ivr.domain.orders import Order, OrderState
from ivr.domain.services import FORWARDING, SUSPENSION, Change, Characteristics
from ivr.domain.subscriber import Verifiers
from ivr.domain.values import Language, Money, Msisdn, Secret, ServiceId
from ivr.errors import FlowBroken, TemporarilyUnavailable
from ivr.testing.acting import by, named, on_phone
from ivr.testing.clock import ASHGABAT, FixedClock
from ivr.testing.demo import NUMBER, OTHER, PASSPORT_KEYS, subscriber
from ivr.testing.dial import origin
from ivr.testing.prompts import EchoPrompts
from tests.care.desk import Desk
from tests.care.services import off, on, order, subscriptions
from tests.contracts.records import written_order

FRIEND, THIEF = "99361000000", "99362000000"
FAVOURITE = ServiceId("favourite")
HOUR = 3601.0
"""Seconds: what waits for room is looked at again each hour."""
DUE = datetime(2026, 11, 30, 14, 5, tzinfo=ASHGABAT)


def forwarded(*value: tuple[str, str], before: Characteristics = ()) -> Change:
    return Change(FORWARDING, bool(value), value, before)


def ordered(*changes: Change, id: str = "1") -> Order:
    now = FixedClock().now()
    return Order(
        id, f"c:{id}", NUMBER, changes, Money(0), OrderState.COMPLETED, now, now, actor=caller("c")
    )


def told(change: Change) -> tuple[str, str]:
    (notice,) = notices_of(ordered(change))
    assert notice.number == NUMBER
    return notice.reference, str(notice.values.get("targets", notice.values.get("target", "")))


class TestWhatIsTold:
    def test_forwarding_names_the_new_number(self) -> None:
        assert told(forwarded(("always", THIEF))) == ("forwarding:1", THIEF)

    def test_the_new_ones_first_and_then_the_others_that_hold(self) -> None:
        before = (("always", FRIEND), ("busy", FRIEND))
        change = forwarded(("always", THIEF), ("busy", FRIEND), before=before)
        assert told(change) == ("forwarding:1", f"{THIEF} {FRIEND}")
        (held,) = held_notices(ordered(change), DUE)
        assert held.values["targets"] == THIEF, "it waits by itself"

    def test_all_numbers_where_an_undo_sets_several(self) -> None:
        value = (("always", FRIEND), ("busy", THIEF), ("unreachable", FRIEND))
        set_all = forwarded(*value)
        undone = forwarded(before=value).opposite
        assert (undone.on, undone.value) == (True, value)
        assert told(undone) == told(set_all) == ("forwarding:1", f"{FRIEND} {THIEF}")

    def test_other_seconds_name_the_number_too(self) -> None:
        before = (("no-answer", FRIEND), ("no-answer-seconds", "5"))
        change = forwarded(("no-answer", FRIEND), ("no-answer-seconds", "30"), before=before)
        assert told(change) == ("forwarding:1", FRIEND)

    def test_a_kind_that_ends_and_the_end_of_all(self) -> None:
        before = (("always", FRIEND), ("busy", FRIEND))
        assert told(forwarded(("busy", FRIEND), before=before))[0] == "forwarding-changed:1"
        assert told(forwarded(before=before))[0] == "forwarding-off:1"

    def test_favourite_number_and_suspension(self) -> None:
        value = (("number", FRIEND),)
        assert told(Change(FAVOURITE, True, value)) == ("favourite:1", FRIEND)
        assert told(Change(FAVOURITE, False, (), value)) == ("favourite-off:1", "")
        assert told(Change(SUSPENSION, True)) == ("suspension:1", "")
        assert told(Change(SUSPENSION, False)) == ("suspension-off:1", "")

    def test_other_services_are_nobodys_theft(self) -> None:
        assert list(notices_of(ordered(on("gprs"), off("mms"), on("sms")))) == []

    def test_text_messages_that_are_switched_off(self) -> None:
        assert told(off("sms")) == ("sms-off:1", "")
        (held,) = held_notices(ordered(off("sms"), on("gprs")), DUE)
        assert held.reference == "held-sms:1"
        assert held.values == {"date": DUE.date(), "time": DUE.time()}

    def test_what_waits_says_what_was_asked_for_and_when_it_begins(self) -> None:
        changes = (forwarded(("always", THIEF)), Change(FAVOURITE, True, (("number", FRIEND),)))
        first, second = held_notices(ordered(*changes), DUE)
        assert first.reference == "held-forwarding:1"
        assert first.values == {"targets": THIEF, "date": DUE.date(), "time": DUE.time()}
        assert second.reference == "held-favourite:1"
        assert second.values == {"target": FRIEND, "date": DUE.date(), "time": DUE.time()}


@pytest.fixture
def desk() -> Desk:
    return Desk()


def notices(desk: Desk) -> list[tuple[str, MessageState]]:
    """Occasion and state of each notice to the owner, in the order in which they were written."""
    return [
        (row.occasion, row.state)
        for row in desk.outbox.rows.values()
        if row.occasion in set(Occasion) and row.number == NUMBER
    ]


def occasions(desk: Desk) -> list[str]:
    return [occasion for occasion, _ in notices(desk)]


def forward(desk: Desk, target: str, step: int) -> None:
    before = subscriptions(desk.operator).value(NUMBER, FORWARDING)
    wanted = Change(FORWARDING, True, (("always", target),), before)
    order(desk.operator, wanted, step)


class TestPaths:
    """Whichever path a fact comes by, the owner has one text of it."""

    def test_forwarding_by_a_call_and_its_undo(self, desk: Desk) -> None:
        forward(desk, THIEF, 1)
        (done,) = desk.operator.orders.orders.values()
        subscriptions(desk.operator).undo(*on_phone("call", 2), NUMBER, done.id)
        desk.worker.once()
        desk.worker.once()
        assert occasions(desk) == ["forwarding", "forwarding-off"]
        assert desk.outbox.messages[f"forwarding:{done.id}"] == (
            NUMBER,
            f"sms.notice.forwarding targets=sms.notice.number number={THIEF}",
        )
        assert {state for _, state in notices(desk)} == {MessageState.SENT}

    def test_forwarding_that_is_carried_out_later(self, desk: Desk) -> None:
        desk.operator.network.outage = True
        forward(desk, THIEF, 1)
        desk.worker.once()
        assert occasions(desk) == []
        (waiting,) = desk.operator.orders.orders.values()
        desk.clock.sleep(NEWS.total_seconds())
        desk.operator.orders.settle(waiting.id, OrderState.COMPLETED, desk.clock.now())
        desk.worker.once()
        assert occasions(desk) == ["forwarding"]

    def test_what_the_network_refused_is_not_told(self, desk: Desk) -> None:
        desk.operator.network.refuses = True
        forward(desk, THIEF, 1)
        desk.worker.once()
        assert occasions(desk) == []

    def test_suspension_and_resumption(self, desk: Desk) -> None:
        for step, change in enumerate((on(SUSPENSION), off(SUSPENSION)), 1):
            order(desk.operator, change, step)
        desk.worker.once()
        assert occasions(desk) == ["suspension", "suspension-off"]

    def test_puk_code_word_and_passport(self, desk: Desk) -> None:
        made = desk.operator
        made.care.puks.tell(caller("c1"), NUMBER)
        made.subscribers.set_codeword(*by("clerk"), NUMBER, Verifiers())
        for number in (OTHER, NUMBER):
            attempt = Attempt("c1", NUMBER, origin(number), IdentificationMethod.PASSPORT)
            made.care.identification.check(attempt, Secret(PASSPORT_KEYS))
        desk.worker.once()
        assert sorted(occasions(desk)) == ["codeword", "passport", "puk"]

    def test_a_secret_is_in_no_notice(self, desk: Desk) -> None:
        self.test_puk_code_word_and_passport(desk)
        bodies = [body for _, body in desk.outbox.messages.values()]
        assert bodies == [f"sms.notice.{occasion}" for occasion in occasions(desk)]

    def test_an_order_that_is_held_and_then_carried_out(self, desk: Desk) -> None:
        fresh = dataclasses.replace(
            ordered(forwarded(("always", THIEF)), id="o"),
            state=OrderState.HELD,
            settled=None,
            due=DUE,
        )
        desk.operator.orders.write(fresh)
        for _ in range(2):
            desk.worker.once()
        (body,) = (row.body for row in desk.outbox.rows.values())
        assert body.startswith("sms.notice.held-forwarding ")
        assert f"number={THIEF}" in body
        assert "date=2026-11-30 time=14:05:00" in body
        desk.operator.orders.settle("o", OrderState.COMPLETED, desk.clock.now())
        desk.worker.once()
        assert occasions(desk) == ["held-forwarding", "forwarding"]


class TestNeverLost:
    def test_a_worker_that_was_away_for_a_day_tells_all(self, desk: Desk) -> None:
        forward(desk, THIEF, 1)
        desk.clock.sleep(86_400)
        desk.worker.once()
        assert occasions(desk) == ["forwarding"]

    def test_an_outbox_that_is_away_is_tried_again_and_the_caller_is_served(
        self, desk: Desk
    ) -> None:
        def down(number: Msisdn, body: str, reference: str) -> None:
            raise TemporarilyUnavailable("database")

        desk.worker.once()
        put, desk.outbox.put = desk.outbox.put, down  # type: ignore[method-assign]
        forward(desk, THIEF, 1)
        assert dict(subscriptions(desk.operator).value(NUMBER, FORWARDING)) == {"always": THIEF}
        desk.worker.once()
        desk.clock.sleep(2 * LATE.total_seconds())
        desk.worker.once()
        desk.outbox.put = put  # type: ignore[method-assign]
        desk.worker.once()
        assert occasions(desk) == ["forwarding"]

    def test_one_that_has_no_words_keeps_no_other_back(self, desk: Desk) -> None:
        class Mute(EchoPrompts):
            def write(self, language: Language, key: str, **values: object) -> str:
                if key == "sms.notice.suspension":
                    raise FlowBroken("no such text")
                return key

        made = desk.operator
        told, made.notices.notices = (
            made.notices.notices,
            lambda: Notices(made.subscribers, made.outbox, Mute()),
        )
        order(made, on(SUSPENSION), 1)
        desk.clock.sleep(3 * HOUR)
        made.care.puks.tell(caller("c1"), NUMBER)
        desk.worker.once()
        assert occasions(desk) == ["puk"]
        desk.clock.sleep(2 * LATE.total_seconds())
        desk.worker.once()
        made.notices.notices = told
        desk.worker.once()
        assert occasions(desk) == ["puk", "suspension"]

    def test_many_facts_of_one_time_are_all_told(self, desk: Desk) -> None:
        for index in range(2 * AT_ONCE + 1):
            desk.operator.subscribers.told.append((NUMBER, f"call {index}", desk.clock.now()))
        desk.worker.once()
        assert len(occasions(desk)) == 2 * AT_ONCE + 1

    def test_a_fact_that_is_seen_late_is_told(self, desk: Desk) -> None:
        """Its transaction took a while, or another machine's clock is behind."""
        desk.worker.once()
        forward(desk, THIEF, 1)
        desk.clock.sleep(60)
        desk.worker.once()
        assert occasions(desk) == ["forwarding"]

    def test_the_owner_reads_it_in_the_owners_language(self, desk: Desk) -> None:
        seen: list[Language] = []

        class Noting(EchoPrompts):
            def write(self, language: Language, key: str, **values: object) -> str:
                seen.append(language)
                return key

        for language in Language:
            desk.operator.add(dataclasses.replace(subscriber(), language=language))
            Notices(desk.operator.subscribers, desk.outbox, Noting()).tell(NUMBER, "puk", "puk:1")
        assert seen == list(Language)


class TestBounds:
    def test_so_many_of_a_kind_go_in_a_day_and_then_the_newest(self) -> None:
        desk = Desk(notices_a_day=3)
        for step in range(1, 7):
            forward(desk, f"9936100000{step}", step)
            desk.worker.once()
        desk.clock.sleep(HOUR)
        desk.worker.once()
        states = [state for _, state in notices(desk)]
        sent, dropped = MessageState.SENT, MessageState.DROPPED
        assert states == [sent] * 3 + [dropped] * 2 + [MessageState.CAPPED]
        desk.clock.sleep(24 * HOUR)
        desk.worker.once()
        *_, last = desk.outbox.rows.values()
        assert (last.state, last.body[-11:]) == (sent, "99361000006")

    def test_ordinary_messages_and_notices_do_not_count_against_each_other(self) -> None:
        desk = Desk(a_day=1, notices_a_day=1)
        for name in ("order:1", "advice:1"):
            desk.put(name)
        forward(desk, THIEF, 1)
        assert desk.worker.once() == 3


FACTS = ("forwarding", "suspension", "favourite", "sms-off", "puk", "passport", "codeword")
KINDS = ("always", "busy", "no-answer", "unreachable")
A_DAY = 4


def happen(desk: Desk, fact: str, kind: str, at: int) -> str:
    """Let a fact be written as its repository writes it; answers the notice's occasion."""
    made, now = desk.operator, desk.clock.now()
    match fact:
        case "forwarding" | "suspension" | "favourite" | "sms-off":
            value = (("number", FRIEND),)
            before = subscriptions(made).value(NUMBER, FORWARDING)
            after = sorted({**dict(before), kind: f"9936{at:07}"}.items())
            change = {
                "forwarding": forwarded(*after, before=before),
                "sms-off": off("sms"),
                "suspension": on(SUSPENSION),
                "favourite": Change(FAVOURITE, True, value),
            }[fact]
            fresh = dataclasses.replace(
                ordered(change, id=f"o{at}"), state=OrderState.ACKNOWLEDGED, settled=None
            )
            made.orders.settle(written_order(made.orders, fresh).id, OrderState.COMPLETED, now)
        case "puk":
            made.subscribers.note_puk(named(f"call {at}"), NUMBER, now, now, 5)
        case "passport":
            attempt = Attempt(f"c{at}", NUMBER, origin(OTHER), IdentificationMethod.PASSPORT)
            tried = made.attempts.open(attempt, CallerKind.KNOWN, now).id
            made.attempts.settle(tried, AttemptResult.MATCH)
        case "codeword":
            made.subscribers.set_codeword(*by("clerk"), NUMBER, Verifiers())
    return fact


THEFT_AND_COVER = [("forwarding", kind, True) for kind in [*["always"] * (A_DAY + 1), "busy"]]


@example(THEFT_AND_COVER)
@given(
    st.lists(st.tuples(st.sampled_from(FACTS), st.sampled_from(KINDS), st.booleans()), max_size=40)
)
def test_every_kind_is_told_up_to_its_bound_whatever_else_happens(
    facts: list[tuple[str, str, bool]],
) -> None:
    """``True``: the worker has a round after the fact."""
    desk = Desk(notices_a_day=A_DAY)
    happened = []
    for at, (fact, kind, is_round) in enumerate(facts):
        happened.append(happen(desk, fact, kind, at))
        desk.clock.sleep(1)
        if is_round:
            desk.worker.once()
    desk.worker.once()
    desk.clock.sleep(HOUR)
    desk.worker.once()
    written = notices(desk)
    for kind in FACTS:
        count = happened.count(kind)
        states = [state for occasion, state in written if occasion == kind]
        assert len(states) == count, "each fact has one notice"
        assert states.count(MessageState.SENT) == min(count, A_DAY)
        assert states.count(MessageState.CAPPED) == (count > A_DAY), "the newest waits"
        assert all(state is MessageState.SENT for state in states[:A_DAY])
    desk.clock.sleep(24 * HOUR)
    desk.worker.once()
    assert {state for _, state in notices(desk)} <= {MessageState.SENT, MessageState.DROPPED}
    read = [row.body for row in desk.outbox.rows.values() if row.state is MessageState.SENT]
    for _, target in subscriptions(desk.operator).value(NUMBER, FORWARDING):
        assert any(target in body for body in read), "each number that holds is told"
