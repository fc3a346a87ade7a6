"""Languages of callers and call-backs as stored, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from ivr.ports import CallbackBook
from ivr.store import Store
from ivr.store.callers import CallbackStatus
from ivr.values import Language, Msisdn
from tests.contracts.callbacks_contract import BOUND, CALLER, NOW, CallbacksContract, call


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


@dataclass
class Kept:
    store: Store

    @property
    def book(self) -> CallbackBook:
        return self.store.callbacks

    def open(self) -> list[Msisdn]:
        return [each.number for each in self.store.callbacks.list(CallbackStatus.OPEN, 100)]

    def done(self, number: Msisdn) -> None:
        for each in self.store.callbacks.list(CallbackStatus.OPEN, 100):
            if each.number == number:
                assert self.store.callbacks.done(each.id)


@pytest.fixture
def kept(store: Store) -> Kept:
    return Kept(store)


class TestCallbacks(CallbacksContract):
    def test_a_number_is_left_with_language_and_reason(self, store: Store) -> None:
        store.callbacks.write(call(), CALLER, NOW, BOUND)
        (left,) = store.callbacks.list(CallbackStatus.OPEN, 10)
        assert (left.call, left.number, left.reason) == ("c1", CALLER, "nobody")
        assert (left.language, left.at) == (Language.RUSSIAN, NOW)

    def test_a_call_back_is_done_once(self, store: Store) -> None:
        store.callbacks.write(call(), CALLER, NOW, BOUND)
        (left,) = store.callbacks.list(CallbackStatus.OPEN, 10)
        assert store.callbacks.done(left.id)
        assert not store.callbacks.done(left.id)
        assert store.callbacks.list(CallbackStatus.OPEN, 10) == []
        assert len(store.callbacks.list(CallbackStatus.DONE, 10)) == 1
