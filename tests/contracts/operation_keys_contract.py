"""The same operation key a second time: the thing is done once, and answered alike."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ivr.care.locks import Unlocked, unlock
from ivr.domain.actor import new_key
from ivr.domain.call import IdentificationMethod, Origin
from ivr.domain.content import Announcement
from ivr.domain.identification import Attempt, CallerKind
from ivr.domain.payments import PaymentRow
from ivr.domain.subscriber import NoPuk, PukBound, Verifiers
from ivr.domain.values import Language, Money, Msisdn
from ivr.errors import KeyTaken
from ivr.ports.content import Announcements
from ivr.testing.acting import by
from tests.contracts.records import NUMBER, Records, subscriber

NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
OTHER = Msisdn("99365000001")
FIRST, SECOND = Verifiers("a", "b", "c"), Verifiers("d", "e", "f")


class OperationKeysContract:
    def test_a_code_word_is_set_once(self, records: Records) -> None:
        records.add(subscriber())
        once = by("clerk")
        assert records.subscribers.set_codeword(*once, NUMBER, FIRST)
        proof = records.subscribers.proof(NUMBER)
        assert records.subscribers.set_codeword(*once, NUMBER, SECOND)
        assert word_of(records) == FIRST.codeword
        assert records.subscribers.proof(NUMBER) == proof
        assert records.subscribers.set_codeword(*by("clerk"), NUMBER, SECOND)
        assert word_of(records) == SECOND.codeword

    def test_a_code_word_is_cleared_once(self, records: Records) -> None:
        records.add(subscriber())
        records.subscribers.set_codeword(*by("clerk"), NUMBER, FIRST)
        once = by("clerk")
        assert records.subscribers.clear_codeword(*once, NUMBER)
        records.subscribers.set_codeword(*by("clerk"), NUMBER, SECOND)
        assert records.subscribers.clear_codeword(*once, NUMBER)
        assert word_of(records) == SECOND.codeword

    def test_a_number_is_unlocked_once(self, records: Records) -> None:
        records.add(subscriber())
        once = by("clerk")
        attempt = Attempt("c1", NUMBER, Origin(OTHER), IdentificationMethod.CODEWORD)
        for _ in range(2):
            records.attempts.open(attempt, CallerKind.UNKNOWN, NOW)
            answer = unlock(*once, NUMBER, records.subscribers, records.attempts, NOW)
            assert answer is Unlocked.UNLOCKED
        assert len(records.attempts.counts(attempt, CallerKind.UNKNOWN, NOW).failures) == 1

    def test_the_key_of_another_number_is_refused(self, records: Records) -> None:
        records.add(subscriber())
        records.add(subscriber(number=OTHER))
        once = by("clerk")
        attempt = Attempt("c1", NUMBER, Origin(OTHER), IdentificationMethod.CODEWORD)
        records.attempts.open(attempt, CallerKind.UNKNOWN, NOW)
        records.attempts.unlock(*once, NUMBER, NOW)
        records.subscribers.set_codeword(*once, NUMBER, FIRST)
        records.subscribers.clear_codeword(*once, NUMBER)
        with pytest.raises(KeyTaken):
            records.subscribers.set_codeword(*once, OTHER, SECOND)
        with pytest.raises(KeyTaken):
            records.subscribers.clear_codeword(*once, OTHER)
        with pytest.raises(KeyTaken):
            records.attempts.unlock(*once, OTHER, NOW)
        assert word_of(records, OTHER) is None

    def test_payments_are_imported_once(self, records: Records) -> None:
        records.add(subscriber())
        once = by("clerk")
        paid = [PaymentRow(NUMBER, NOW - timedelta(days=day), Money(100)) for day in (1, 2, 3)]
        assert records.payments.add_files(*once, [paid[:2]]) == 2
        assert records.payments.add_files(*once, [paid[:2]]) == 2
        assert records.payments.add_files(*once, [paid]) == 2
        assert len(records.payments.newest(NUMBER, 9)) == 2
        assert records.payments.add_files(*by("clerk"), [paid]) == 1

    def test_a_puk_is_told_again_and_counts_once(self, records: Records) -> None:
        records.add(subscriber())
        records.add(subscriber(number=OTHER))
        (actor, key), bound = by("caller c1"), PukBound(2, NOW - timedelta(days=1), 2)
        told = records.subscribers.note_puk
        assert [told(actor, key, NUMBER, NOW, bound) for _ in range(3)] == [None] * 3
        assert told(actor, new_key(), NUMBER, NOW, bound) is None
        assert told(actor, new_key(), NUMBER, NOW, bound) is NoPuk.TWICE
        assert told(*by("caller c2"), NUMBER, NOW, bound) is NoPuk.OFFICE
        assert told(actor, key, NUMBER, NOW, bound) is None
        with pytest.raises(KeyTaken):
            told(actor, key, OTHER, NOW, bound)

    def test_a_release_is_published_once(self, records: Records) -> None:
        once, releases = by("editor"), records.releases
        assert releases.published(once[1]) is None
        assert releases.publish(*once, "{}", NOW) == 1
        assert releases.publish(*by("editor"), "{}", NOW) == 2
        assert releases.publish(*once, "{}", NOW) == 1
        assert (releases.published(once[1]), releases.live()) == (1, 2)
        assert len(releases.newest(9)) == 2

    def test_a_release_is_rolled_back_once(self, records: Records) -> None:
        once, releases = by("editor"), records.releases
        for _ in range(2):
            releases.publish(*by("editor"), "{}", NOW)
        assert releases.point(*once, 1, NOW)
        assert releases.point(*by("editor"), 2, NOW)
        assert releases.point(*once, 1, NOW)
        assert releases.live() == 2
        with pytest.raises(KeyTaken):
            releases.point(*once, 2, NOW)

    def test_an_announcement_is_set_once(self, announcements: Announcements) -> None:
        once = by("clerk")
        announcements.set(*once, announced("one"), NOW)
        announcements.set(*by("clerk"), announced("two"), NOW)
        announcements.set(*once, announced("one"), NOW)
        newest = announcements.newest()
        assert newest is not None
        assert newest.words[Language.ENGLISH] == "two"
        assert newest.author == "operator clerk"


def word_of(records: Records, number: Msisdn = NUMBER) -> str | None:
    known = records.subscribers.verifiers(number)
    assert known is not None
    return known.codeword


def announced(words: str) -> Announcement:
    return Announcement(dict.fromkeys(Language, words), NOW + timedelta(hours=1))
