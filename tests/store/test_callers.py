"""Languages of callers and call-backs as stored, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from ivr.call import Call
from ivr.store import Store
from ivr.store.callers import CallbackStatus
from ivr.values import Language, Msisdn

CALLER = Msisdn("99361000000")
CALL = Call("c1", "0890", datetime.now(UTC), language=Language.RUSSIAN, reason="nobody")


class TestCallers:
    def test_an_unknown_caller_has_no_language(self, store: Store) -> None:
        assert store.callers.language(CALLER) is None

    def test_the_last_language_is_remembered(
        self, store: Store, reopen: Callable[[], Store]
    ) -> None:
        store.callers.remember(CALLER, Language.RUSSIAN)
        store.callers.remember(CALLER, Language.ENGLISH)
        store.close()
        assert reopen().callers.language(CALLER) is Language.ENGLISH


class TestCallbacks:
    def test_a_number_is_left_with_language_and_reason(self, store: Store) -> None:
        before = datetime.now(UTC)
        store.callbacks.leave(CALL, CALLER)
        (left,) = store.callbacks.list(CallbackStatus.OPEN, 10)
        assert (left.call, left.number, left.reason) == ("c1", CALLER, "nobody")
        assert left.language is Language.RUSSIAN
        assert before <= left.at <= datetime.now(UTC)

    def test_the_same_number_left_twice_in_a_call_is_kept_once(self, store: Store) -> None:
        store.callbacks.leave(CALL, CALLER)
        store.callbacks.leave(CALL, CALLER)
        store.callbacks.leave(CALL, Msisdn("99361000001"))
        assert len(store.callbacks.list(CallbackStatus.OPEN, 10)) == 2

    def test_a_call_back_is_done_once(self, store: Store) -> None:
        store.callbacks.leave(CALL, CALLER)
        (left,) = store.callbacks.list(CallbackStatus.OPEN, 10)
        assert store.callbacks.done(left.id)
        assert not store.callbacks.done(left.id)
        assert store.callbacks.list(CallbackStatus.OPEN, 10) == []
        assert len(store.callbacks.list(CallbackStatus.DONE, 10)) == 1
