"""Why a fax did not arrive, and what is done about it."""

from __future__ import annotations

import dataclasses
from zoneinfo import ZoneInfo

import pytest

from ivr.care.faxtries import RULES, told
from ivr.domain.fax import FaxReason, FaxState
from ivr.domain.invoices import InvoiceNumber, Paper
from ivr.domain.values import Msisdn
from ivr.testing.clock import FixedClock
from ivr.testing.invoices import PlainInvoiceRenderer
from tests.care.test_faxes import DEAF, GOOD, Office
from tests.metrics.exposed import samples, value


class TestReasons:
    @pytest.mark.parametrize("reason", FaxReason)
    def test_each_has_a_rule_and_words(self, reason: FaxReason) -> None:
        assert reason in RULES
        assert told(reason).startswith("sms.invoice.failed")

    @pytest.mark.parametrize(
        ("reason", "begun", "text"),
        [
            (FaxReason.BUSY, [0, 5, 10], "sms.invoice.failed.busy"),
            (FaxReason.NO_ANSWER, [0, 5, 10], "sms.invoice.failed.no-answer"),
            (FaxReason.DROPPED, [0, 5, 10], "sms.invoice.failed.broken-off"),
            (FaxReason.BAD_LINE, [0, 5, 10], "sms.invoice.failed.broken-off"),
            (FaxReason.LOST, [0, 5, 10], "sms.invoice.failed"),
            (FaxReason.UNKNOWN, [0, 5, 10], "sms.invoice.failed"),
            (FaxReason.UNAVAILABLE, [0, 15, 30], "sms.invoice.failed"),
            (FaxReason.REDIRECTED, [0, 15, 30], "sms.invoice.failed"),
            (FaxReason.DECLINED, [0, 15, 30], "sms.invoice.failed"),
            (FaxReason.INCOMPATIBLE, [0, 15, 30], "sms.invoice.failed"),
            (FaxReason.NO_FAX, [0, 15], "sms.invoice.failed.no-fax"),
            (FaxReason.NO_SUCH_NUMBER, [0], "sms.invoice.failed.no-such-number"),
            (FaxReason.FORBIDDEN, [0], "sms.invoice.failed"),
        ],
    )
    def test_say_when_it_is_tried_again_and_what_the_payer_is_told(
        self, reason: FaxReason, begun: list[int], text: str
    ) -> None:
        """``begun``: minutes after the order at which tries begin."""
        office = Office()
        office.fax.reason = reason
        number = office.order(DEAF)
        office.runs(3600)
        invoice = office.invoice(number)
        assert invoice.state is FaxState.FAILED
        first = invoice.tries[0].begun
        assert [(each.begun - first).total_seconds() // 60 for each in invoice.tries] == begun
        assert [body.split()[1] for body in office.told] == [text]

    def test_a_person_with_a_mobile_phone_is_not_rung_again(self) -> None:
        office = Office()
        mobile = Msisdn("99361234567")
        office.fax.refuses.add(mobile)
        office.fax.reason = FaxReason.NO_FAX
        number = office.order(mobile)
        office.runs(3600)
        assert len(office.invoice(number).tries) == 1

    def test_the_payer_is_told_of_the_last_reason(self) -> None:
        office = Office()
        office.fax.reason = FaxReason.BUSY
        number = office.order(DEAF)
        office.runs(10)
        office.fax.reason = FaxReason.NO_SUCH_NUMBER
        office.runs(400)
        assert office.invoice(number).state is FaxState.FAILED
        assert [body.split()[1] for body in office.told] == ["sms.invoice.failed.no-such-number"]

    def test_are_counted(self) -> None:
        before = samples()
        office = Office()
        office.fax.reason = FaxReason.BUSY
        office.order(DEAF)
        office.order(GOOD, step=2)
        office.runs(1000)
        after = samples()

        def grown(name: str, end: str) -> float:
            return value(after, name, end=end) - value(before, name, end=end)

        assert (grown("ivr_fax_tries_total", "busy"), grown("ivr_faxes_total", "busy")) == (3, 1)
        assert (grown("ivr_fax_tries_total", "sent"), grown("ivr_faxes_total", "sent")) == (1, 1)
        assert value(after, "ivr_faxes_total", end="no-such-number") == value(
            before, "ivr_faxes_total", end="no-such-number"
        )

    @pytest.mark.parametrize(
        ("zone", "header"),
        [
            ("Asia/Ashgabat", "22.11.2026 15:00 (UTC+5)"),
            ("UTC", "22.11.2026 10:00 (UTC+0)"),
            ("America/St_Johns", "22.11.2026 06:30 (UTC-3:30)"),
            ("Asia/Kolkata", "22.11.2026 15:30 (UTC+5:30)"),
            ("Pacific/Kiritimati", "23.11.2026 00:00 (UTC+14)"),
        ],
    )
    def test_the_header_has_the_operator_s_time_number_and_name(
        self, zone: str, header: str
    ) -> None:
        office, drawn = Office(), list[str]()

        class Press(PlainInvoiceRenderer):
            def tiff(self, number: InvoiceNumber, paper: Paper, header: str = "") -> bytes:
                drawn.append(header)
                return b""

        clock = FixedClock(office.operator.clock.now(), ZoneInfo(zone))
        office.worker = dataclasses.replace(
            office.worker, press=Press(), clock=clock, station="+993 66 30 08 90"
        )
        office.order()
        office.runs(1)
        assert drawn == [
            f"{header}  +993 66 30 08 90 → +99312345678  «Показательная связь» (пример)"
        ]
