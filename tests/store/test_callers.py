"""Languages of callers and call-backs as stored, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from ivr.domain.callbacks import CallbackStatus
from ivr.domain.values import Language, Msisdn
from ivr.ports.callbacks import CallbackBook
from ivr.store import Store
from tests.contracts.callbacks_contract import BOUND, CALLER, DAY, NOW, CallbacksContract, call


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

    def ids(self) -> list[int]:
        return [each.id for each in self.store.callbacks.waiting(100)]

    def done(self, number: Msisdn) -> None:
        for each in self.store.callbacks.list(CallbackStatus.OPEN, 100):
            if each.number == number:
                assert self.store.callbacks.close(each.id, "test", NOW)


@pytest.fixture
def kept(store: Store) -> Kept:
    return Kept(store)


class TestCallbacks(CallbacksContract):
    def test_a_number_is_left_with_language_and_reason(self, store: Store) -> None:
        store.callbacks.write(call(), CALLER, NOW, BOUND)
        (left,) = store.callbacks.list(CallbackStatus.OPEN, 10)
        assert (left.call, left.number, left.reason) == ("c1", CALLER, "nobody")
        assert (left.language, left.at) == (Language.RUSSIAN, NOW)

    def test_who_took_and_closed_one_is_audited(self, store: Store) -> None:
        book = store.callbacks
        book.write(call(), CALLER, NOW, BOUND)
        (left,) = book.waiting(10)
        book.take(left.id, "aygul", NOW, NOW)
        book.take(left.id, "merdan", NOW, NOW - DAY)
        book.close(left.id, "aygul", NOW)
        book.close(left.id, "merdan", NOW)
        acts = [(each.author, each.action, each.number) for each in store.audit.newest(10)]
        assert acts == [("aygul", "callback.done", CALLER), ("aygul", "callback.taken", CALLER)]
