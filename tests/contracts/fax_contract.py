"""What every Fax does: the one in memory, and Asterisk's over its management interface."""

from __future__ import annotations

from collections.abc import Callable

from ivr.domain.fax import FaxAnswer, FaxReason, FaxResult
from ivr.domain.values import Msisdn
from ivr.ports.fax import Fax

NUMBER, DEAF = Msisdn("99312345678"), Msisdn("99312345679")
End = Callable[[str, FaxAnswer], None]
"""Lets the fax of a reference end so."""


class FaxContract:
    """Derive, and give fixtures ``fax``, and ``end`` which ends a fax that goes on."""

    def test_a_try_that_goes_on_has_no_result(self, fax: Fax) -> None:
        assert fax.ready()
        assert fax.send("2026-1-1", b"pages", NUMBER) is None
        assert fax.result("2026-1-1") is None

    def test_its_result_stays_until_it_is_forgotten(self, fax: Fax, end: End) -> None:
        fax.send("2026-1-1", b"pages", NUMBER)
        end("2026-1-1", FaxAnswer(FaxResult.SENT, 2))
        assert fax.result("2026-1-1") == FaxAnswer(FaxResult.SENT, 2)
        assert fax.result("2026-1-1") == FaxAnswer(FaxResult.SENT, 2)
        fax.forget("2026-1-1")
        assert fax.result("2026-1-1") is None

    def test_tries_are_told_apart(self, fax: Fax, end: End) -> None:
        failed = FaxAnswer(FaxResult.FAILED, 0, "The call dropped prematurely", FaxReason.DROPPED)
        fax.send("2026-1-1", b"one", NUMBER)
        fax.send("2026-2-1", b"two", DEAF)
        end("2026-2-1", failed)
        assert fax.result("2026-1-1") is None
        assert fax.result("2026-2-1") == failed

    def test_an_old_result_of_the_same_name_is_none(self, fax: Fax, end: End) -> None:
        end("2026-1-1", FaxAnswer(FaxResult.SENT, 1))
        fax.send("2026-1-1", b"pages", NUMBER)
        assert fax.result("2026-1-1") is None

    def test_forgetting_what_is_not_known_does_nothing(self, fax: Fax) -> None:
        fax.forget("2026-9-9")
        assert fax.result("2026-9-9") is None
