"""What secrets are compared with: real argon2id, salted and keyed with the pepper."""

from __future__ import annotations

import dataclasses

import pytest
from argon2 import Parameters, PasswordHasher, extract_parameters

from ivr.care.folding import word_keys
from ivr.care.verifiers import CredentialVerifier, KeyCheck
from ivr.domain.subscriber import Verifiers
from ivr.domain.values import Msisdn
from ivr.testing.demo import CODEWORD_KEYS, NUMBER, OTHER, PASSPORT_KEYS, quick_verifying

QUICK = quick_verifying()


def parameters(verifier: str | None) -> Parameters:
    assert verifier is not None
    return extract_parameters(verifier)


class TestCodeWord:
    def test_its_keys_match_in_the_script_that_it_was_set_in(self) -> None:
        verifiers = QUICK.codeword("Merjenim")
        assert QUICK.check_keys(verifiers, CODEWORD_KEYS).matches
        assert not QUICK.check_keys(verifiers, "63753647").matches
        assert verifiers.keys_cyrillic is None

    def test_a_word_of_both_scripts_matches_by_either_keys(self) -> None:
        word = "Арноха"  # А, р, о, х, а look like Latin letters, н is one of ours
        verifiers = QUICK.codeword(word)
        given = [keys for keys in word_keys(word) if keys]
        assert given
        assert all(QUICK.check_keys(verifiers, keys).matches for keys in given)

    def test_nothing_set_matches_nothing(self) -> None:
        assert not QUICK.check_keys(Verifiers(), CODEWORD_KEYS).matches
        assert not QUICK.check_keys(Verifiers(), "").matches

    def test_another_pepper_does_not_match(self) -> None:
        other = dataclasses.replace(QUICK, pepper="another")
        assert not other.check_keys(QUICK.codeword("merjenim"), CODEWORD_KEYS).matches

    def test_a_damaged_verifier_matches_nothing(self) -> None:
        assert not QUICK.check_keys(Verifiers(keys_latin="not a hash"), CODEWORD_KEYS).matches

    def test_the_same_word_twice_has_different_salts(self) -> None:
        first, second = QUICK.codeword("merjenim"), QUICK.codeword("merjenim")
        assert first.keys_latin != second.keys_latin
        assert first.codeword != second.codeword

    def test_is_hashed_as_owasp_recommends(self) -> None:
        verifier = CredentialVerifier("pepper").codeword("merjenim").keys_latin
        used = parameters(verifier)
        assert verifier is not None
        assert verifier.startswith("$argon2id$")
        assert (used.memory_cost, used.time_cost, used.parallelism) == (19_456, 2, 1)

    def test_neither_word_nor_keys_are_in_the_verifier(self) -> None:
        for verifier in (value for value in dataclasses.astuple(QUICK.codeword("merjenim"))):
            assert verifier is None or (
                "merjenim" not in verifier and CODEWORD_KEYS not in verifier
            )


class Counting(PasswordHasher):
    """Counts the slow computations of an instance."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.computations = 0

    def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
        self.computations += 1
        return super().hash(password, salt=salt)


BOTH, BOTH_LATIN, BOTH_CYRILLIC = "Арноха", "274692", "265572"
OLD_BOTH = Verifiers(
    keys_latin="$argon2id$v=19$m=8,t=1,p=1$iww/oESQJGoXbzFm97yLhw$"
    "rV8x09+jE7MNixnqm5u527XuZ9MhREijsSmz/8HvVFQ",
    keys_cyrillic="$argon2id$v=19$m=8,t=1,p=1$S8v2AFlFrCyr+TnwYhEcBw$"
    "5L8wlGALc2qVRiVEKmHIWC/fMN6yWeinXgUI8GZ5Wws",
)
"""Verifiers of BOTH as version 0.1 made them: a salt for each script."""
DIGITS = "20260115"
OLD_DIGITS = Verifiers(
    keys_latin="$argon2id$v=19$m=8,t=1,p=1$QuerRmrC6fFnbL1YP95EPg$"
    "bnlU8IKPz3WtfuS/zcs8erBoRAhtRiLm+1Z52LKB7iM",
    keys_cyrillic="$argon2id$v=19$m=8,t=1,p=1$18XdmBClU8o5USJbG8y7GQ$"
    "g7bF6U0RihKPzMO/0146wLSzmguwib6FjvLkSWxGGAI",
)
DAMAGED = ("not a hash", "", "$argon2id$v=19$m=8,t=0,p=1$x$y", "$argon2id$v=19$m=8,t=1,p=1$ä$y")
OTHER_PARAMETERS = CredentialVerifier("pepper", PasswordHasher(2, 16, 1)).codeword("merjenim")


class TestWork:
    @pytest.mark.parametrize(
        ("stored", "keys", "matches"),
        [
            (QUICK.codeword(BOTH), BOTH_LATIN, True),
            (QUICK.codeword(BOTH), BOTH_CYRILLIC, True),
            (QUICK.codeword(BOTH), "7777777", False),
            (QUICK.codeword("merjenim"), CODEWORD_KEYS, True),
            (QUICK.codeword("merjenim"), "7777777", False),
            (QUICK.codeword("тоннаж"), "655523", True),  # Cyrillic letters alone
            (QUICK.codeword(DIGITS), DIGITS, True),
            (Verifiers(), CODEWORD_KEYS, False),
            *((Verifiers(keys_latin=damaged), CODEWORD_KEYS, False) for damaged in DAMAGED),
        ],
    )
    def test_takes_one_computation_whatever_is_set_and_whatever_matches(
        self, stored: Verifiers, keys: str, matches: bool
    ) -> None:
        hasher = Counting()
        checked = CredentialVerifier("pepper", hasher).check_keys(stored, keys)
        assert checked == KeyCheck(matches)
        assert hasher.computations == 1

    def test_other_parameters_of_the_verifier_are_kept_to(self) -> None:
        assert QUICK.check_keys(OTHER_PARAMETERS, CODEWORD_KEYS) == KeyCheck(True)
        assert QUICK.check_keys(OTHER_PARAMETERS, "7777777") == KeyCheck(False)


class TestTwoSalts:
    """Verifiers of version 0.1."""

    @pytest.mark.parametrize(
        ("old", "keys", "others"),
        [
            (OLD_BOTH, BOTH_LATIN, BOTH_CYRILLIC),
            (OLD_BOTH, BOTH_CYRILLIC, BOTH_LATIN),
            (OLD_DIGITS, DIGITS, DIGITS),
        ],
    )
    def test_match_and_are_renewed(self, old: Verifiers, keys: str, others: str) -> None:
        hasher = Counting()
        verifying = CredentialVerifier("pepper", hasher)
        renewed = verifying.check_keys(old, keys).renewed
        assert renewed is not None
        assert hasher.computations == 2
        for right in (keys, others):
            assert verifying.check_keys(renewed, right) == KeyCheck(True)
        assert verifying.check_keys(renewed, "7777777") == KeyCheck(False)
        assert hasher.computations == 2 + 3

    def test_are_kept_when_nothing_matches(self) -> None:
        assert QUICK.check_keys(OLD_BOTH, "7777777") == KeyCheck(False)

    def test_equal_verifiers_never_tell_that_a_word_is_of_digits(self) -> None:
        renewed = QUICK.check_keys(OLD_DIGITS, DIGITS).renewed
        for stored in (QUICK.codeword(DIGITS), renewed):
            assert stored is not None
            assert stored.keys_latin != stored.keys_cyrillic


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
