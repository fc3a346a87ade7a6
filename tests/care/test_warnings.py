"""The owner of a number is warned when others fail to identify for it."""

from __future__ import annotations

import dataclasses

import pytest

from ivr.domain.call import IdentificationMethod, Origin
from ivr.domain.identification import Attempt, CallerKind
from ivr.domain.values import Language, Msisdn, Secret
from ivr.errors import TemporarilyUnavailable
from ivr.testing.demo import CODEWORD_KEYS, NUMBER, subscriber
from ivr.testing.prompts import EchoPrompts
from tests.care.desk import STRANGER, fail_to_identify
from tests.care.services import operator


class TestWarnings:
    @pytest.mark.parametrize("number", [NUMBER, STRANGER])
    def test_the_third_failure_warns_whoever_the_number_is(self, number: Msisdn) -> None:
        made = operator()
        fail_to_identify(made, number, times=2)
        assert made.outbox.messages == {}
        fail_to_identify(made, number)
        ((to, body),) = made.outbox.messages.values()
        assert (to, body) == (number, f"sms.warning number={number}")

    def test_failures_in_several_calls_add_up(self) -> None:
        made = operator()
        for index in range(3):
            fail_to_identify(made, NUMBER, call=f"call-{index}")
        assert len(made.outbox.messages) == 1

    def test_a_match_begins_anew(self) -> None:
        made = operator()
        fail_to_identify(made, NUMBER, times=2)
        right = Attempt("d", NUMBER, Origin(), IdentificationMethod.CODEWORD)
        made.care.identification.check(right, Secret(CODEWORD_KEYS))
        fail_to_identify(made, NUMBER, call="e", times=2)
        assert made.outbox.messages == {}

    def test_an_outbox_that_is_down_does_not_change_the_answer(self) -> None:
        made = operator()

        def down(number: Msisdn, body: str, reference: str) -> None:
            raise TemporarilyUnavailable("database")

        made.outbox.put = down  # type: ignore[method-assign]
        fail_to_identify(made, NUMBER, times=3)
        attempt = Attempt("c", NUMBER, Origin(), IdentificationMethod.CODEWORD)
        counts = made.attempts.counts(attempt, CallerKind.UNKNOWN, made.clock.now())
        assert counts.in_row == 3

    def test_the_owner_reads_it_in_the_owner_s_language(self) -> None:
        made = operator()
        made.add(dataclasses.replace(subscriber(), language=Language.RUSSIAN))
        seen: list[Language] = []

        class Noting(EchoPrompts):
            def write(self, language: Language, key: str, **values: object) -> str:
                seen.append(language)
                return key

        warning = made.care.identification.warning  # type: ignore[attr-defined]
        for number in (NUMBER, STRANGER):
            dataclasses.replace(warning, wording=Noting()).failed(number, 3, 1)
        assert seen == [Language.RUSSIAN, Language.TURKMEN]
