"""The invoices' worker killed before or after any step: nothing is lost, told twice, or untrue."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from hypothesis import given
from hypothesis import strategies as st

from ivr.care.faxes import FaxWorker
from ivr.domain.fax import FaxResult, FaxState
from ivr.ports.fax import Fax
from ivr.ports.invoices import InvoiceRepository
from ivr.ports.messages import Outbox
from ivr.testing.invoices import PlainInvoiceRenderer
from tests.care.test_faxes import DEAF, GOOD, Office, write


class Killed(BaseException):
    """The process is gone."""


@dataclass
class Life:
    """A worker's life ends before or after one of its steps."""

    steps: int
    after: bool

    def guards(self, port: object) -> Any:
        return _Guarded(port, self)


class _Guarded:
    def __init__(self, port: object, life: Life) -> None:
        self._port, self._life = port, life

    def __getattr__(self, name: str) -> Callable[..., Any]:
        step = getattr(self._port, name)

        def guarded(*given: Any) -> Any:
            self._life.steps -= 1
            if self._life.steps == 0 and not self._life.after:
                raise Killed
            answer = step(*given)
            if self._life.steps == 0:
                raise Killed
            return answer

        return guarded


def mortal(office: Office, life: Life) -> FaxWorker:
    return FaxWorker(
        cast(InvoiceRepository, life.guards(office.operator.invoices)),
        cast(Fax, life.guards(office.fax)),
        PlainInvoiceRenderer(),
        cast(Outbox, life.guards(office.outbox)),
        write,
        office.operator.clock,
    )


LIVES = st.lists(st.tuples(st.integers(1, 25), st.booleans()), max_size=6)


@given(LIVES, st.integers(0, 3))
def test_every_invoice_comes_to_its_true_end_and_is_told_once(
    lives: list[tuple[int, bool]], deaf: int
) -> None:
    office = Office()
    numbers = [office.order(DEAF if at < deaf else GOOD, step=at + 1) for at in range(3)]
    for steps, after in lives:
        worker = mortal(office, Life(steps, after))
        try:
            for _ in range(400):
                worker.once()
                office.operator.clock.sleep(2)
        except Killed:
            office.operator.clock.sleep(1)
    office.worker = office.new_worker()
    for _ in range(1800):
        office.worker.once()
        office.operator.clock.sleep(2)
    for number in numbers:
        invoice = office.invoice(number)
        assert invoice.state in (FaxState.SENT, FaxState.FAILED)
        assert 1 <= len(invoice.tries) <= 3
        results = [each.answer.result for each in invoice.tries if each.answer]
        assert len(results) == len(invoice.tries), "every try has an end"
        assert (invoice.state is FaxState.SENT) == (results[-1] is FaxResult.SENT)
        assert FaxResult.SENT not in results[:-1], "what has arrived is not sent again"
        _, body = office.outbox.messages[f"invoice:{number}"]
        assert f"sms.invoice.{invoice.state}" in body
        references = [
            each for each in office.fax.sent if each.startswith(f"2026-{number.sequence}-")
        ]
        assert len(references) <= len(invoice.tries)
    assert len(office.outbox.messages) == 3
    if not lives:
        assert office.fax.answers == {}, "a result is forgotten once it is written"
