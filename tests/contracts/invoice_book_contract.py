"""What every InvoiceBook does: in memory and in each database."""

from __future__ import annotations

import dataclasses
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest

from ivr.domain.actor import caller
from ivr.domain.fax import FaxAnswer, FaxReason, FaxResult, FaxState, FaxTry
from ivr.domain.invoices import Draft, Invoice, InvoiceNumber, NoInvoice, Paper, PaperLine, Seller
from ivr.domain.values import Language, Money, Msisdn
from ivr.errors import KeyTaken
from ivr.ports.invoices import InvoiceRepository

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)
DAY_AGO = NOW - timedelta(days=1)
NUMBER, FAX = Msisdn("99365123456"), Msisdn("99312345678")
SELLER = Seller("«Görkezme»", "Aşgabat", "+993 12 00 00 00", "000", "«Mysal» banky", "0000", "00")
REFUSED = FaxAnswer(FaxResult.UNREACHED, 0, "SIP 486", FaxReason.BUSY)
TAKEN = FaxAnswer(FaxResult.SENT, 2)

CALLER = caller("c1")


def draft(
    key: str = "c1:1", *, dated: date = date(2026, 11, 22), at: datetime = NOW, number: str = NUMBER
) -> Draft:
    """An invoice of the usual subscriber for 50 manat."""
    paper = Paper(
        language=Language.TURKMEN,
        dated=dated,
        until=dated + timedelta(days=30),
        payer='"Ak Bulut" hojalyk jemgyýeti',
        phone=Msisdn(number),
        lines=(PaperLine("Aragatnaşyk", Money(5000), Money(652)),),
        rate=1500,
        seller=SELLER,
    )
    return Draft(key, paper, FAX, at, actor=CALLER)


def written(repository: InvoiceRepository, key: str = "c1:1", **how: object) -> Invoice:
    invoice = repository.write(draft(key, **how), DAY_AGO, 1000)  # type: ignore[arg-type]
    assert isinstance(invoice, Invoice)
    return invoice


def kept(repository: InvoiceRepository, invoice: Invoice) -> Invoice:
    found = repository.get(invoice.number)
    assert found is not None
    return found


class InvoiceBookContract:
    """Derive, and give a fixture ``repository``."""

    def test_an_invoice_is_read_as_it_was_written(self, repository: InvoiceRepository) -> None:
        invoice = written(repository)
        assert invoice == Invoice(
            InvoiceNumber(2026, 1),
            "c1:1",
            draft().paper,
            FAX,
            NOW,
            FaxState.WAITING,
            NOW,
            actor=CALLER,
        )
        assert repository.get(InvoiceNumber(2026, 1)) == invoice
        assert repository.get(InvoiceNumber(2026, 2)) is None

    def test_an_invoice_is_found_by_its_external_id(self, repository: InvoiceRepository) -> None:
        first, _ = written(repository), written(repository, "c1:2")
        assert repository.find("c1:1") == first
        assert repository.find("c1:3") is None

    def test_the_same_key_is_the_same_invoice_and_takes_no_number(
        self, repository: InvoiceRepository
    ) -> None:
        first = written(repository)
        other = dataclasses.replace(draft(), fax=Msisdn("99312999999"), ordered=LATER)
        assert repository.write(other, DAY_AGO, 1) == first
        assert written(repository, "c2:1").number.sequence == 2

    def test_each_year_is_counted_from_one_by_the_date_on_the_paper(
        self, repository: InvoiceRepository
    ) -> None:
        old, new = date(2026, 12, 31), date(2027, 1, 1)
        numbers = [
            written(repository, f"c{index}:1", dated=dated).number
            for index, dated in enumerate((old, new, old, new))
        ]
        assert [str(number) for number in numbers] == ["1/2026", "1/2027", "2/2026", "2/2027"]

    def test_no_more_than_the_operator_allows_and_no_number_is_lost(
        self, repository: InvoiceRepository
    ) -> None:
        written(repository, "c1:1", at=DAY_AGO)
        written(repository, "c2:1")
        written(repository, "c3:1", number="99366300891")
        assert repository.write(draft("c4:1"), DAY_AGO, 1) is NoInvoice.MANY
        assert written(repository, "c5:1").number.sequence == 4

    def test_one_fax_number_gets_so_many_whoever_pays(self, repository: InvoiceRepository) -> None:
        payers = ("99366300891", "99361000000", "99362000000")
        assert isinstance(repository.write(draft("c1:1", at=DAY_AGO), DAY_AGO, 9, 1), Invoice)
        answers = [
            repository.write(draft(f"p{payer}:1", number=payer), DAY_AGO, 9, 1) for payer in payers
        ]
        assert isinstance(answers[0], Invoice)
        assert answers[1:] == [NoInvoice.FAXED] * 2
        again = draft(f"p{payers[0]}:1", number=payers[0])
        assert repository.write(again, DAY_AGO, 9, 1) == answers[0]
        other = dataclasses.replace(draft("c9:1"), fax=Msisdn("99312999999"))
        assert isinstance(repository.write(other, DAY_AGO, 9, 1), Invoice)

    def test_two_payers_at_once_do_not_both_fax_a_number(
        self, repository: InvoiceRepository
    ) -> None:
        together = threading.Barrier(4)

        def write(index: int) -> Invoice | NoInvoice:
            together.wait()
            payer = f"9936100000{index}"
            return repository.write(draft(f"c{index}:1", number=payer), DAY_AGO, 9, 1)

        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(write, range(4)))
        assert answers.count(NoInvoice.FAXED) == 3

    def test_many_writers_at_once_leave_no_gap_and_no_repeat(
        self, repository: InvoiceRepository
    ) -> None:
        many = 12
        together = threading.Barrier(many)

        def write(index: int) -> Invoice:
            together.wait()
            return written(repository, f"c{index // 2}:1")  # each key by two of them

        with ThreadPoolExecutor(many) as pool:
            made = {invoice.external_id: invoice for invoice in pool.map(write, range(many))}
        assert sorted(each.number.sequence for each in made.values()) == list(range(1, 7))

    def test_a_try_is_begun_by_one_only(self, repository: InvoiceRepository) -> None:
        invoice = written(repository)
        assert list(repository.due(NOW, 10)) == [invoice]
        assert repository.begin(invoice.number, LATER)
        assert not repository.begin(invoice.number, LATER)
        assert list(repository.due(LATER, 10)) == []
        (going,) = repository.sending()
        assert going.tries == (FaxTry(LATER),)
        assert (going.state, going.due) == (FaxState.SENDING, LATER)

    def test_a_failed_try_waits_for_its_time(self, repository: InvoiceRepository) -> None:
        invoice = written(repository)
        repository.begin(invoice.number, NOW)
        again = NOW + timedelta(minutes=10)
        repository.end(invoice.number, REFUSED, LATER, FaxState.WAITING, again)
        assert list(repository.due(again - timedelta(seconds=1), 10)) == []
        (waiting,) = repository.due(again, 10)
        assert waiting.tries == (FaxTry(NOW, LATER, REFUSED),)
        assert repository.sending() == []

    def test_the_second_try_is_told_apart(self, repository: InvoiceRepository) -> None:
        invoice = written(repository)
        repository.begin(invoice.number, NOW)
        repository.end(invoice.number, REFUSED, NOW, FaxState.WAITING, NOW)
        repository.begin(invoice.number, LATER)
        repository.end(invoice.number, TAKEN, LATER, FaxState.SENT, LATER)
        sent = kept(repository, invoice)
        assert sent.state is FaxState.SENT
        assert sent.tries == (FaxTry(NOW, NOW, REFUSED), FaxTry(LATER, LATER, TAKEN))

    def test_what_has_ended_does_not_end_again(self, repository: InvoiceRepository) -> None:
        invoice = written(repository)
        repository.begin(invoice.number, NOW)
        repository.end(invoice.number, TAKEN, NOW, FaxState.SENT, NOW)
        repository.end(invoice.number, REFUSED, LATER, FaxState.FAILED, LATER)
        assert kept(repository, invoice).tries == (FaxTry(NOW, NOW, TAKEN),)
        assert kept(repository, invoice).state is FaxState.SENT

    def test_what_is_due_first_comes_first(self, repository: InvoiceRepository) -> None:
        late = written(repository, "c1:1", at=LATER)
        early = written(repository, "c2:1")
        assert [each.number for each in repository.due(LATER, 10)] == [early.number, late.number]
        assert [each.number for each in repository.due(LATER, 1)] == [early.number]
        assert [each.number for each in repository.due(NOW, 10)] == [early.number]

    def test_a_key_of_another_number_s_invoice_is_no_invoice_of_this_one(
        self, repository: InvoiceRepository
    ) -> None:
        first = written(repository)
        with pytest.raises(KeyTaken):
            written(repository, number="99361000000")
        assert repository.find("c1:1") == first
        assert written(repository, "c1:2").number == InvoiceNumber(2026, 2), "no number is left out"
