"""The invoices' worker: every try written down, every end told, nothing lost when it dies."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from ivr.care.faxes import FaxWorker
from ivr.domain.dialogue import Value
from ivr.domain.fax import FaxAnswer, FaxReason, FaxResult, FaxState
from ivr.domain.invoices import Invoice, InvoiceNumber, Paper, Wanted
from ivr.domain.values import Language, Money, Msisdn
from ivr.errors import TemporarilyUnavailable, Unusable
from ivr.testing.acting import on_phone
from ivr.testing.demo import NUMBER, Operator, demo_operator
from ivr.testing.invoices import FakeFax, PlainInvoiceRenderer
from ivr.testing.messages import MemoryOutbox
from tests.contracts.fax_contract import End, FaxContract
from tests.logged import logged

GOOD, DEAF = Msisdn("99312345678"), Msisdn("99312999999")


def write(language: Language, key: str, **values: Value) -> str:
    return " ".join([language, key, *(f"{name}={values[name]}" for name in sorted(values))])


class Office:
    """An operator with a fax; whatever dies in it can be started again."""

    def __init__(self) -> None:
        self.operator: Operator = demo_operator()
        self.fax = FakeFax(refuses={DEAF})
        self.outbox = MemoryOutbox()
        self.worker = self.new_worker()

    def new_worker(self) -> FaxWorker:
        return FaxWorker(
            self.operator.invoices,
            self.fax,
            PlainInvoiceRenderer(),
            self.outbox,
            write,
            self.operator.clock,
        )

    def order(self, fax: Msisdn = GOOD, step: int = 1) -> InvoiceNumber:
        number = self.operator.care.invoices.order(
            *on_phone("call", step),
            NUMBER,
            Language.RUSSIAN,
            [Wanted("communication", Money(5000))],
            fax,
        )
        assert isinstance(number, InvoiceNumber)
        return number

    def invoice(self, number: InvoiceNumber) -> Invoice:
        return self.operator.invoices.kept[number]

    def runs(self, seconds: int) -> None:
        for _ in range(seconds):
            self.worker.once()
            self.operator.clock.sleep(1)

    @property
    def told(self) -> list[str]:
        return [body for _, body in self.outbox.messages.values()]


class TestFakeFax(FaxContract):
    @pytest.fixture
    def fax(self) -> FakeFax:
        return FakeFax(is_silent=True)

    @pytest.fixture
    def end(self, fax: FakeFax) -> End:
        return fax.answers.__setitem__


class TestSending:
    def test_an_invoice_is_sent_at_once_and_the_payer_told(self) -> None:
        office = Office()
        number = office.order()
        office.runs(3)
        assert office.fax.sent == {"2026-1-1": (GOOD, b"tiff 1/2026 50.00")}
        assert office.invoice(number).state is FaxState.SENT
        assert office.outbox.messages == {
            "invoice:1/2026": (
                NUMBER,
                "ru sms.invoice.sent date=2026-11-22 fax=99312345678 number=1 "
                "total=Money(tenge=5000)",
            )
        }

    def test_a_fax_that_does_not_answer_is_tried_three_times_five_minutes_apart(self) -> None:
        office = Office()
        number = office.order(DEAF)
        office.runs(300)
        assert list(office.fax.sent) == ["2026-1-1"]
        office.runs(290)
        assert office.told == []
        office.runs(30)
        invoice = office.invoice(number)
        assert invoice.state is FaxState.FAILED
        assert [each.answer for each in invoice.tries] == [
            FaxAnswer(FaxResult.UNREACHED, 0, "SIP 408", FaxReason.NO_ANSWER)
        ] * 3
        begun = [each.begun for each in invoice.tries]
        for earlier, later in pairwise(begun):
            assert timedelta(minutes=5) <= later - earlier <= timedelta(minutes=5, seconds=5)
        assert [body.split()[1] for body in office.told] == ["sms.invoice.failed.no-answer"]
        office.runs(1000)
        assert len(office.fax.sent) == 3

    def test_a_later_try_may_get_through(self) -> None:
        office = Office()
        number = office.order(DEAF)
        office.runs(3)
        office.fax.refuses.clear()
        office.runs(310)
        assert office.invoice(number).state is FaxState.SENT
        assert [body.split()[1] for body in office.told] == ["sms.invoice.sent"]

    @pytest.mark.parametrize("fax", ["99369901234", "74951234567", "993112"])
    def test_a_number_that_costs_more_is_not_dialled_and_the_payer_told(self, fax: str) -> None:
        """It was ordered before the number was on the list."""
        office = Office()
        bad = office.order()
        office.operator.invoices.kept[bad] = dataclasses.replace(
            office.invoice(bad), fax=Msisdn(fax)
        )
        good = office.order(step=2)
        office.worker = dataclasses.replace(office.worker, premium=lambda: ("6990",))
        office.runs(5)
        assert (office.invoice(bad).state, office.invoice(good).state) == (
            FaxState.FAILED,
            FaxState.SENT,
        )
        assert [number for number, _ in office.fax.sent.values()] == [GOOD]
        assert [text.split()[1] for text in office.told] == [
            "sms.invoice.failed",
            "sms.invoice.sent",
        ]

    def test_one_that_waits_holds_up_no_other(self) -> None:
        office = Office()
        office.order(DEAF)
        office.runs(2)
        office.order(GOOD, step=2)
        office.runs(3)
        assert "2026-2-1" in office.fax.sent

    def test_no_more_than_four_go_on_at_once(self) -> None:
        office = Office()
        office.fax.is_silent = True
        for step in range(1, 6):
            office.order(step=step)
        office.runs(5)
        assert len(office.fax.sent) == 4

    def test_a_form_that_is_broken_is_a_failed_try(self) -> None:
        class BrokenPress(PlainInvoiceRenderer):
            def tiff(self, number: InvoiceNumber, paper: Paper, header: str = "") -> bytes:
                raise Unusable("invoice.typ: unknown variable")

        office = Office()
        number = office.order()
        office.worker = FaxWorker(
            office.operator.invoices,
            office.fax,
            BrokenPress(),
            office.outbox,
            write,
            office.operator.clock,
            tries=1,
        )
        office.runs(2)
        assert office.invoice(number).state is FaxState.FAILED
        (only,) = office.invoice(number).tries
        assert only.answer == FaxAnswer(
            FaxResult.FAILED, 0, "invoice.typ: unknown variable", FaxReason.NOT_DRAWN
        )
        assert len(office.told) == 1

    def test_the_log_has_no_whole_number(self, tmp_path: Path) -> None:
        office = Office()
        with logged(tmp_path / "orders.log") as file:
            office.order(DEAF)
            office.runs(1000)
        said = file.read_text()
        assert "a fax has ended" in said
        assert DEAF not in said
        assert NUMBER not in said


class TestDying:
    def test_nothing_is_tried_while_the_machinery_is_away(self) -> None:
        office = Office()
        number = office.order()
        office.fax.is_ready = False
        office.runs(1000)
        assert office.invoice(number).tries == ()
        office.fax.is_ready = True
        office.runs(3)
        assert office.invoice(number).state is FaxState.SENT

    def test_a_worker_that_dies_while_a_fax_goes_on_is_followed_by_another(self) -> None:
        office = Office()
        number = office.order()
        office.worker.once()
        office.worker = office.new_worker()
        office.runs(2)
        assert office.invoice(number).state is FaxState.SENT
        assert len(office.fax.sent) == 1
        assert len(office.told) == 1

    def test_one_that_dies_before_the_fax_began_loses_ten_minutes(self) -> None:
        office = Office()
        number = office.order()
        office.operator.invoices.begin(number, office.operator.clock.now())
        office.runs(590)
        assert office.fax.sent == {}
        office.runs(320)
        invoice = office.invoice(number)
        assert invoice.state is FaxState.SENT
        results = [each.answer.result for each in invoice.tries if each.answer]
        assert results == [FaxResult.LOST, FaxResult.SENT]

    def test_one_that_dies_between_the_message_and_its_end_tells_it_once(self) -> None:
        office = Office()
        number = office.order()
        end = office.operator.invoices.end

        def broken(*_: object) -> None:
            raise TemporarilyUnavailable("database")

        office.operator.invoices.end = broken  # type: ignore[method-assign,assignment]
        office.worker.once()
        with pytest.raises(TemporarilyUnavailable):
            office.worker.once()
        assert len(office.told) == 1
        office.operator.invoices.end = end  # type: ignore[method-assign]
        office.worker = office.new_worker()
        office.runs(2)
        assert office.invoice(number).state is FaxState.SENT
        assert len(office.told) == 1
        assert office.fax.answers == {}, "the result is forgotten only after it is written"

    def test_two_workers_send_one_fax(self) -> None:
        office = Office()
        office.order()
        other = office.new_worker()
        for _ in range(3):
            office.worker.once()
            other.once()
        assert len(office.fax.sent) == 1
        assert len(office.told) == 1
