"""Which code words an office may set, and what becomes of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.care.codewords import (
    CodeWordAnswer,
    Weakness,
    clear_codeword,
    common_keys,
    set_codeword,
    weakness,
)
from ivr.care.folding import word_keys
from ivr.domain.actor import Actor, ActorKind, Channel, OperationKey
from ivr.domain.values import Msisdn
from ivr.testing.demo import OTHER, demo_operator, quick_verifying

NUMBER = Msisdn("99365123456")


def why(word: str, *, is_passport: bool = False) -> Weakness | None:
    return weakness(word, NUMBER, is_passport)


class TestCodeWords:
    @pytest.mark.parametrize("word", ["merjenim", "Жемчужинка", "göwher-däne", "ak bulut 77"])
    def test_a_good_one_is_taken(self, word: str) -> None:
        assert why(word) is None

    @pytest.mark.parametrize(
        ("word", "reason"),
        [
            ("", Weakness.SHORT),
            ("aşgab", Weakness.SHORT),
            ("a-ş-g-a-b", Weakness.SHORT),
            ("u" * 31, Weakness.LONG),
            ("merjen!m", Weakness.LETTERS),
            ("merjenім日", Weakness.LETTERS),
            ("жемчwяg", Weakness.LETTERS),
            ("parol1", Weakness.COMMON),
            ("2001salam", Weakness.COMMON),
            ("Маҳаббат", Weakness.LETTERS),
            ("abcabc", Weakness.RUN),  # 222222
            ("222222", Weakness.RUN),
            ("234567", Weakness.RUN),
            ("987654", Weakness.RUN),
            ("65123456", Weakness.OWN),
            ("123456", Weakness.RUN),
            ("99365123456", Weakness.OWN),
            ("123-456", Weakness.RUN),
        ],
    )
    def test_a_weak_one_is_refused_with_its_reason(self, word: str, reason: Weakness) -> None:
        assert why(word) is reason

    def test_the_tail_of_the_own_number_is_refused(self) -> None:
        assert weakness("512349", Msisdn("99365512349"), False) is Weakness.OWN

    def test_the_owners_passport_is_refused(self) -> None:
        assert why("26918273", is_passport=True) is Weakness.OWN

    def test_common_words_are_refused_by_their_keys(self) -> None:
        keys = next(iter(word_keys("kelebek")))
        assert keys is not None
        assert weakness("kelebek", NUMBER, False, frozenset({keys})) is Weakness.COMMON

    @pytest.mark.parametrize("word", ["parol", "salam", "пароль", "привет"])
    def test_the_shipped_list_has_the_words_that_anybody_would_guess(self, word: str) -> None:
        assert set(filter(None, word_keys(word))) <= common_keys()

    @given(st.text(max_size=40))
    def test_what_is_taken_can_be_keyed_in(self, word: str) -> None:
        if why(word) is None:
            assert any(keys and len(keys) >= 6 for keys in word_keys(word))


CLERK = Actor(ActorKind.CLERK, "aygul", Channel.OFFICE)
KEY = OperationKey("form 1")
NOBODY = Msisdn("99361999999")


@pytest.mark.parametrize(
    ("number", "word", "answer"),
    [
        (NUMBER, "göwherdäne", CodeWordAnswer.SET),
        (NUMBER, "merjenim", CodeWordAnswer.SET),
        (NUMBER, "göwherm", CodeWordAnswer.ADVISED),
        (NUMBER, "göwher", CodeWordAnswer.ADVISED),
        (NUMBER, "göwhe", Weakness.SHORT),
        (NUMBER, "II-MR 123456", Weakness.OWN),
        (NUMBER, "26123456", Weakness.OWN),
        (OTHER, "26123456", CodeWordAnswer.SET),
        (NOBODY, "göwherdäne", CodeWordAnswer.NOBODY),
        (NOBODY, "222222", Weakness.RUN),
    ],
)
def test_what_becomes_of_a_word(
    number: Msisdn, word: str, answer: CodeWordAnswer | Weakness
) -> None:
    """The second subscriber's passport is not known; the first's is II-MR 123456."""
    made, verifying = demo_operator(), quick_verifying()
    before = made.subscribers.verifiers(number)
    assert set_codeword(CLERK, KEY, number, word, made.subscribers, verifying) == answer
    after = made.subscribers.verifiers(number)
    if answer in (CodeWordAnswer.SET, CodeWordAnswer.ADVISED):
        assert after is not None
        keys = next(filter(None, word_keys(word)))
        assert verifying.check_keys(after, keys).matches
    else:
        assert after == before


@pytest.mark.parametrize(
    ("number", "answer"),
    [
        (NUMBER, CodeWordAnswer.CLEARED),
        (OTHER, CodeWordAnswer.HAS_NONE),
        (NOBODY, CodeWordAnswer.NOBODY),
    ],
)
def test_what_becomes_of_a_word_that_is_taken_away(number: Msisdn, answer: CodeWordAnswer) -> None:
    made = demo_operator()
    assert clear_codeword(CLERK, KEY, number, made.subscribers) is answer
    known = made.subscribers.verifiers(number)
    assert known is None or known.codeword is None
