"""Invoices: the operator's terms, drawing one up, and the twin of the book in memory."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ivr.care.invoices import InvoiceService, Terms, read_terms, vat_within
from ivr.care.numbering import fixed_or_mobile
from ivr.domain.invoices import Invoice, InvoiceNumber, NoInvoice, Wanted
from ivr.domain.subscriber import Status
from ivr.domain.values import Language, Money, Msisdn
from ivr.errors import TemporarilyUnavailable, Unusable
from ivr.ports.invoices import InvoiceRepository
from ivr.settings import PROJECT
from ivr.testing.acting import on_phone
from ivr.testing.clock import FixedClock
from ivr.testing.demo import NUMBER, Operator, demo_operator, shipped_terms, subscriber
from ivr.testing.invoices import MemoryInvoiceRepository
from tests.contracts.invoice_book_contract import InvoiceBookContract

FAX = Msisdn("99312345678")
FIFTY = Wanted("communication", Money(5000))
FILE = PROJECT / "db" / "invoice.yaml"


class TestMemoryInvoiceBook(InvoiceBookContract):
    @pytest.fixture
    def repository(self) -> InvoiceRepository:
        return MemoryInvoiceRepository()


def ordered(operator: Operator, *wanted: Wanted, step: int = 1) -> Invoice:
    number = operator.care.invoices.order(
        *on_phone("call", step), NUMBER, Language.RUSSIAN, wanted or (FIFTY,), FAX
    )
    assert isinstance(number, InvoiceNumber)
    return operator.invoices.kept[number]


class TestDesk:
    def test_an_invoice_says_who_pays_whom_how_much_and_until_when(self) -> None:
        invoice = ordered(demo_operator(), FIFTY, Wanted("internet", Money(2000)))
        paper = invoice.paper
        assert (paper.payer, paper.phone) == ("Myradowa Aýgül Batyrowna", NUMBER)
        assert [line.name for line in paper.lines] == [
            "Предоплата услуг связи",
            "Предоплата интернет-пакетов",
        ]
        assert [line.vat for line in paper.lines] == [Money(652), Money(261)]
        assert (paper.total, paper.vat) == (Money(7000), Money(913))
        assert (paper.dated, paper.until) == (date(2026, 11, 22), date(2026, 12, 22))
        assert paper.seller.bank == "Банк «Пример», г. Ашхабад"
        assert invoice.fax == FAX

    def test_a_company_pays_in_its_own_name(self) -> None:
        operator = demo_operator()
        operator.add(dataclasses.replace(subscriber(), company="«Ak Bulut» HJ"))
        assert ordered(operator).paper.payer == "«Ak Bulut» HJ"

    def test_the_same_step_of_a_call_is_one_invoice(self) -> None:
        operator = demo_operator()
        assert ordered(operator) == ordered(operator)
        assert ordered(operator, step=2).number.sequence == 2

    @pytest.mark.parametrize("status", [Status.BLOCKED, Status.SUSPENDED, Status.INACTIVE])
    def test_a_blocked_number_may_be_paid_for(self, status: Status) -> None:
        operator = demo_operator()
        operator.add(subscriber(status=status))
        assert ordered(operator).number.sequence == 1

    def test_an_ended_contract_gets_no_invoice(self) -> None:
        operator = demo_operator()
        operator.add(subscriber(status=Status.TERMINATED))
        refused = operator.care.invoices.order(
            *on_phone("c", 1), NUMBER, Language.ENGLISH, (FIFTY,), FAX
        )
        assert refused is NoInvoice.TERMINATED
        assert operator.invoices.kept == {}

    def test_the_sixth_in_a_day_is_refused_and_the_next_day_is_not(self) -> None:
        operator = demo_operator()
        for step in range(1, 6):
            ordered(operator, step=step)
        refused = operator.care.invoices.order(
            *on_phone("call", 6), NUMBER, Language.ENGLISH, (FIFTY,), FAX
        )
        assert refused is NoInvoice.MANY
        operator.clock.sleep(24 * 3600)
        assert ordered(operator, step=7).number.sequence == 6

    def test_a_number_that_is_gone_is_an_outage(self) -> None:
        operator = demo_operator()
        operator.subscribers.rows.clear()
        with pytest.raises(TemporarilyUnavailable):
            ordered(operator)

    def test_the_date_and_the_year_are_those_of_the_country(self) -> None:
        repository = MemoryInvoiceRepository()
        new_year = datetime(2026, 12, 31, 19, 0, tzinfo=UTC)  # midnight in Ashgabat
        for at in (new_year.replace(hour=18, minute=59), new_year):
            operator = demo_operator()
            desk = InvoiceService(
                operator.subscribers, repository, shipped_terms(), FixedClock(at), ()
            )
            desk.order(*on_phone(at.isoformat()), NUMBER, Language.TURKMEN, (FIFTY,), FAX)
        assert [str(number) for number in repository.kept] == ["1/2026", "1/2027"]
        assert [each.paper.dated for each in repository.kept.values()] == [
            date(2026, 12, 31),
            date(2027, 1, 1),
        ]


class TestTax:
    @pytest.mark.parametrize(
        ("tenge", "rate", "vat"),
        [(11500, 1500, 1500), (5000, 1500, 652), (100, 0, 0), (115, 1500, 15), (100, 1800, 15)],
    )
    def test_is_taken_out_of_the_amount(self, tenge: int, rate: int, vat: int) -> None:
        assert vat_within(Money(tenge), rate) == Money(vat)

    @given(st.integers(0, 10**9), st.integers(0, 9999))
    def test_is_within_half_a_tenge_of_the_truth(self, tenge: int, rate: int) -> None:
        vat = vat_within(Money(tenge), rate).tenge
        assert abs(vat * (10_000 + rate) - tenge * rate) * 2 <= 10_000 + rate


class TestFaxNumber:
    @pytest.mark.parametrize(
        ("keyed", "number"),
        [
            ("12345678", "99312345678"),
            ("812345678", "99312345678"),
            ("99312345678", "99312345678"),
            ("0099312345678", "99312345678"),
            ("66300891", "99366300891"),
            ("52245678", "99352245678"),
        ],
    )
    def test_is_a_city_or_mobile_number_of_the_country(self, keyed: str, number: str) -> None:
        assert fixed_or_mobile(keyed) == number

    @pytest.mark.parametrize(
        "keyed", ["", "1234567", "00000000", "99999999", "0074951234567", "0890", "1234567*"]
    )
    def test_is_nothing_else(self, keyed: str) -> None:
        assert fixed_or_mobile(keyed) is None


class TestTerms:
    def test_those_of_the_project_can_be_read_and_written_again(self) -> None:
        terms = read_terms(FILE)
        assert terms.rate == 1500
        assert Terms.model_validate(terms.model_dump(mode="json")) == terms

    @pytest.mark.parametrize(
        ("path", "value", "said"),
        [
            ("vat", "many", "vat: "),
            ("vat", 15, "vat: "),
            ("least", "10.50", "least and most must be whole manat"),
            ("least", "0", "least and most must be whole manat"),
            ("least", "6000", "least must not be greater than most"),
            ("most", 5000, 'write a price in quotes, such as "3.00"'),
            ("days", 0, "days: "),
            ("services", {}, "services: "),
            ("bank", {"name": "x"}, "bank.name: "),
            ("colour", "red", "colour: "),
            ("seller.name", {"tk": "x", "ru": "x"}, "is missing in 'en'"),
            ("seller.name", {"tk": "x", "ru": "x", "en": ""}, "seller.name.en: "),
            ("services.phone", {"tk": "x", "de": "x"}, "services.phone.de"),
        ],
    )
    def test_wrong_ones_are_named(
        self, tmp_path: Path, path: str, value: object, said: str
    ) -> None:
        document = yaml.safe_load(FILE.read_text())
        *way, last = path.split(".")
        place = document
        for part in way:
            place = place[part]
        place[last] = value
        file = tmp_path / "invoice.yaml"
        file.write_text(yaml.safe_dump(document))
        with pytest.raises(Unusable) as refused:
            read_terms(file)
        assert str(file) in str(refused.value)
        assert said in str(refused.value)
        assert "\n" not in str(refused.value)

    @pytest.mark.parametrize("data", [b"[", b"\xff\xfe", b"", b"- 1"])
    def test_what_is_none_at_all_is_refused(self, tmp_path: Path, data: bytes) -> None:
        file = tmp_path / "invoice.yaml"
        file.write_bytes(data)
        with pytest.raises(Unusable, match=r"invoice\.yaml"):
            read_terms(file)

    def test_a_file_that_is_not_there_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(Unusable, match="cannot be read"):
            read_terms(tmp_path / "none.yaml")


class TestNumber:
    def test_is_written_and_read(self) -> None:
        assert str(InvoiceNumber(2026, 17)) == "17/2026"
        assert InvoiceNumber.read("17/2026") == InvoiceNumber(2026, 17)

    @pytest.mark.parametrize("text", ["", "17", "17/26", "/2026", "2026-17", "x/2026", "١/2026"])
    def test_nothing_else_is_one(self, text: str) -> None:
        with pytest.raises(ValueError, match="not the number"):
            InvoiceNumber.read(text)
