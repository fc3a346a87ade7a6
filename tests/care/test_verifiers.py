"""What secrets are compared with: real argon2id, salted and keyed with the pepper."""

from __future__ import annotations

import dataclasses

import pytest
from argon2 import Parameters, extract_parameters

from ivr.care.folding import word_keys
from ivr.care.verifiers import Verifying
from ivr.ports import Verifiers
from ivr.testing.demo import CODEWORD_KEYS, NUMBER, OTHER, PASSPORT_KEYS, quick_verifying
from ivr.values import Msisdn

QUICK = quick_verifying()


def parameters(verifier: str | None) -> Parameters:
    assert verifier is not None
    return extract_parameters(verifier)


class TestCodeWord:
    def test_its_keys_match_in_the_script_that_it_was_set_in(self) -> None:
        verifiers = QUICK.codeword("Merjenim")
        assert QUICK.matches_keys(verifiers, CODEWORD_KEYS)
        assert not QUICK.matches_keys(verifiers, "63753647")
        assert verifiers.keys_cyrillic is None

    def test_a_word_of_both_scripts_matches_by_either_keys(self) -> None:
        word = "Арноха"  # А, р, о, х, а look like Latin letters, н is one of ours
        verifiers = QUICK.codeword(word)
        given = [keys for keys in word_keys(word) if keys]
        assert given
        assert all(QUICK.matches_keys(verifiers, keys) for keys in given)

    def test_nothing_set_matches_nothing(self) -> None:
        assert not QUICK.matches_keys(Verifiers(), CODEWORD_KEYS)
        assert not QUICK.matches_keys(Verifiers(), "")

    def test_another_pepper_does_not_match(self) -> None:
        other = dataclasses.replace(QUICK, pepper="another")
        assert not other.matches_keys(QUICK.codeword("merjenim"), CODEWORD_KEYS)

    def test_a_damaged_verifier_matches_nothing(self) -> None:
        assert not QUICK.matches_keys(Verifiers(keys_latin="not a hash"), CODEWORD_KEYS)

    def test_the_same_word_twice_has_different_salts(self) -> None:
        first, second = QUICK.codeword("merjenim"), QUICK.codeword("merjenim")
        assert first.keys_latin != second.keys_latin
        assert first.codeword != second.codeword

    def test_is_hashed_as_owasp_recommends(self) -> None:
        verifier = Verifying("pepper").codeword("merjenim").keys_latin
        used = parameters(verifier)
        assert verifier is not None
        assert verifier.startswith("$argon2id$")
        assert (used.memory_cost, used.time_cost, used.parallelism) == (19_456, 2, 1)

    def test_neither_word_nor_keys_are_in_the_verifier(self) -> None:
        for verifier in (value for value in dataclasses.astuple(QUICK.codeword("merjenim"))):
            assert verifier is None or (
                "merjenim" not in verifier and CODEWORD_KEYS not in verifier
            )


class TestPassport:
    @pytest.mark.parametrize(
        ("number", "keys", "matches"),
        [
            (NUMBER, PASSPORT_KEYS, True),
            (NUMBER, "26123457", False),
            (OTHER, PASSPORT_KEYS, False),  # a verifier is good for its own number only
        ],
    )
    def test_matches_its_number_and_keys(self, number: Msisdn, keys: str, matches: bool) -> None:
        verifiers = Verifiers(passport=QUICK.passport(NUMBER, PASSPORT_KEYS))
        assert QUICK.matches_passport(verifiers, number, keys) is matches

    def test_none_known_matches_nothing(self) -> None:
        assert not QUICK.matches_passport(Verifiers(), NUMBER, PASSPORT_KEYS)
        assert not QUICK.matches_passport(Verifiers(), NUMBER, "no passport is known")
