"""Languages of callers and call-backs as stored, on SQLite and on PostgreSQL."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from ivr.care.callbacks import take_callback
from ivr.domain.audit import Tag, entry_of
from ivr.domain.callbacks import Asked, CallbackResult, Left
from ivr.domain.values import Language, Msisdn
from ivr.ports.callbacks import CallbackRepository
from ivr.store import Store
from ivr.store.callers import CallbackStatus
from ivr.testing.acting import at_desk, on_phone
from tests.contracts.callbacks_contract import BOUND, CALLER, NOW, CallbacksContract, asked_by

ASKED = asked_by(CALLER, CALLER)


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
    def repository(self) -> CallbackRepository:
        return self.store.callbacks

    def open(self) -> list[Msisdn]:
        return [each.number for each in self.store.callbacks.list(CallbackStatus.OPEN, 100)]

    def done(self, number: Msisdn) -> None:
        for each in self.store.callbacks.list(CallbackStatus.OPEN, 100):
            if each.number == number:
                assert self.store.callbacks.done(*at_desk(form=f"form {each.id}"), each.id, NOW)


@pytest.fixture
def kept(store: Store) -> Kept:
    return Kept(store)


class TestCallbacks(CallbacksContract):
    def test_a_number_is_left_with_language_and_reason(self, store: Store) -> None:
        store.callbacks.write(*on_phone("c1"), ASKED, NOW, BOUND)
        (left,) = store.callbacks.list(CallbackStatus.OPEN, 10)
        assert (left.call, left.number, left.reason) == ("c1", CALLER, "nobody")
        assert (left.language, left.at) == (Language.RUSSIAN, NOW)

    def test_a_call_back_is_done_once(self, store: Store) -> None:
        store.callbacks.write(*on_phone("c1"), ASKED, NOW, BOUND)
        (left,) = store.callbacks.list(CallbackStatus.OPEN, 10)
        assert store.callbacks.done(*at_desk(form="1"), left.id, NOW)
        assert not store.callbacks.done(*at_desk(form="2"), left.id, NOW)
        assert not store.callbacks.take(*at_desk(form="3"), left.id, NOW, NOW)
        assert store.callbacks.waiting(10) == []
        assert len(store.callbacks.list(CallbackStatus.DONE, 10)) == 1
        (entry,) = store.audit.newest(10)
        known = at_desk(form="1")
        assert dataclasses.replace(entry, host=None) == entry_of(
            *known,
            NOW,
            Tag.CALLBACK_DONE,
            CALLER,
            before={"callback": left.id, "status": "open", "taken_by": None},
            after={"callback": left.id, "status": "done", "taken_by": None},
        )

    def test_one_agent_takes_a_call_back_and_another_only_when_it_is_forgotten(
        self, store: Store
    ) -> None:
        repository = store.callbacks
        repository.write(*on_phone("c1"), ASKED, NOW, BOUND)
        (left,) = repository.waiting(10)
        assert take_callback(*at_desk(form="1"), left.id, repository, NOW)
        later = NOW + timedelta(minutes=59)
        assert not take_callback(*at_desk("merdan", "2"), left.id, repository, later)
        (taken,) = repository.waiting(10)
        assert (taken.status, taken.taken_by) == (CallbackStatus.TAKEN, "agent aygul")
        assert repository.write(*on_phone("c2"), ASKED, NOW, BOUND) is Left.ALREADY
        later = NOW + timedelta(minutes=60)
        assert take_callback(*at_desk("merdan", "3"), left.id, repository, later)
        taken_again = repository.get(left.id)
        assert taken_again is not None
        assert taken_again.taken_by == "agent merdan"
        assert repository.done(*at_desk(form="4"), left.id, NOW), "the agent reports it"
        acts = [(entry.author, entry.action) for entry in reversed(store.audit.newest(10))]
        assert acts == [
            ("agent aygul", "callback.taken"),
            ("agent merdan", "callback.taken"),
            ("agent aygul", "callback.done"),
        ]

    def test_what_was_never_left_is_neither_taken_nor_done(self, store: Store) -> None:
        assert not store.callbacks.take(*at_desk(), 7, NOW, NOW)
        assert not store.callbacks.done(*at_desk(), 7, NOW)
        assert store.callbacks.get(7) is None
        assert store.audit.newest(10) == []


def test_an_agent_is_offered_what_is_due_in_the_own_languages(store: Store) -> None:
    book, hour = store.callbacks, timedelta(hours=1)
    for last, language in enumerate((Language.RUSSIAN, Language.TURKMEN, None)):
        number = Msisdn(f"9936200000{last}")
        asked = Asked(number, language, "nobody", None, number, topic="roaming")
        book.write(*on_phone(f"c{last}"), asked, NOW + timedelta(minutes=last), BOUND)

    def due(at: datetime, *languages: Language) -> list[int]:
        return [each.id for each in book.due(languages, at, at - hour, 9)]

    assert due(NOW, Language.RUSSIAN) == [1, 3]
    assert due(NOW, *Language) == [1, 2, 3]
    assert take_callback(*at_desk(form="1"), 1, book, NOW)
    assert due(NOW, Language.RUSSIAN) == [3]
    assert due(NOW + hour, Language.RUSSIAN) == [1, 3], "not called back within an hour"
    later = CallbackResult.LATER
    assert book.tried(*at_desk(form="2"), 1, later, NOW, NOW + 2 * hour)
    assert due(NOW + hour, Language.RUSSIAN) == [3]
    assert due(NOW + 2 * hour, Language.RUSSIAN) == [1, 3]
    found = book.get(1)
    assert found is not None
    assert (found.topic, found.tries, found.result) == ("roaming", 1, later)
