"""An agent types what the caller says: matches or not, with the counters of the line."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field

import pytest

from ivr.care.blindcheck import BlindCheck, BlindResult
from ivr.care.verifiers import CredentialVerifier
from ivr.domain.call import IdentificationMethod
from ivr.domain.identification import Attempt, Verdict
from ivr.domain.values import Msisdn, Secret, SpokenSecret
from ivr.testing.acting import at_desk
from ivr.testing.demo import CODEWORD, CODEWORD_KEYS, NUMBER, Operator, demo_operator
from ivr.testing.demo import quick_verifying as verifying
from ivr.testing.dial import origin

PASSPORT, NAME = "II-MR 123456", "Aýgül Myradowa"
MATCHES, NO_MATCH, LOCKED, SUPERVISOR = BlindResult


@dataclass
class Desk:
    operator: Operator = field(default_factory=demo_operator)

    def says(
        self,
        word: str = "",
        *,
        call: str = "c1",
        agent: str = "aygul",
        number: Msisdn = NUMBER,
        passport: str = "",
        name: str = "",
    ) -> BlindResult:
        care, clock = self.operator.care, self.operator.clock
        check = BlindCheck(care.identification, self.operator.attempts, clock)
        said = SpokenSecret(word, passport, name)
        return check.check(at_desk(agent)[0], call, number, origin(None), said)


@pytest.mark.parametrize("word", [CODEWORD, CODEWORD.upper(), " merjenim.", "mеrjеnim"])
def test_a_word_matches_as_it_is_said(word: str) -> None:
    assert Desk().says(word) is MATCHES


@pytest.mark.parametrize("word", ["merjen", CODEWORD_KEYS, "x", "   "])
def test_another_word_does_not_match(word: str) -> None:
    assert Desk().says(word) is NO_MATCH


@pytest.mark.parametrize(
    ("passport", "name", "result"),
    [
        (PASSPORT, NAME, MATCHES),
        ("2mp 123456", "мырадова айгуль", MATCHES),
        (PASSPORT, "Aýgül", NO_MATCH),
        (PASSPORT, "Meret Myradow", NO_MATCH),
        ("II-MR 123457", NAME, NO_MATCH),
        ("", NAME, NO_MATCH),
    ],
)
def test_passport_and_name_match_together(passport: str, name: str, result: BlindResult) -> None:
    assert Desk().says(passport=passport, name=name) is result


def test_unknown_numbers_say_the_same() -> None:
    assert Desk().says(CODEWORD, number=Msisdn("99365999999")) is NO_MATCH
    unknown = Desk().says(passport=PASSPORT, name=NAME, number=Msisdn("99365999999"))
    assert unknown is NO_MATCH


def test_tries_of_the_line_and_of_the_agent_are_counted_together() -> None:
    desk = Desk()
    attempt = Attempt("c1", NUMBER, origin(None), IdentificationMethod.CODEWORD)
    for _ in range(2):
        wrong = desk.operator.care.identification.check(attempt, Secret("222222"))
        assert wrong is Verdict.NO_MATCH
    assert desk.says("wrong") is LOCKED
    assert desk.says(CODEWORD) is LOCKED


def test_ten_failures_in_an_hour_call_the_supervisor_for_this_agent_alone() -> None:
    desk = Desk()
    for index in range(10):
        number = Msisdn(f"9936512340{index}")
        assert desk.says("wrong", call=f"c{index}", number=number) in (NO_MATCH, LOCKED)
    assert desk.says(CODEWORD, call="last") is SUPERVISOR
    assert desk.says(CODEWORD, call="last", agent="merdan") is not SUPERVISOR
    desk.operator.clock.sleep(3601)
    assert desk.says(CODEWORD, call="later") is MATCHES


def test_what_was_said_is_in_no_text() -> None:
    said = SpokenSecret("word", "passport", "name")
    assert str(said) == repr(said) == "SpokenSecret(…)"
    assert "word" not in f"{dataclasses.replace(said)}"


def test_one_hash_is_made_in_any_case() -> None:
    made: list[str] = []

    class Counting(CredentialVerifier):
        def _hash(self, text: str, salt: bytes | None = None) -> str:
            made.append(text)
            return super()._hash(text, salt)

    known = verifying().codeword("merjenim")
    counting = Counting("pepper", verifying().hasher)
    for verifiers in (known, dataclasses.replace(known, codeword=None)):
        made.clear()
        assert not counting.matches_word(verifiers, "wrong")
    assert len(made) == 1
