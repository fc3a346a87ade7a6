"""Invoices by fax: ordered with keys on a real call, received on a second Asterisk channel."""

from __future__ import annotations

import io
import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import pairwise
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ivr.ports.invoices import (
    FaxAnswer,
    FaxResult,
    FaxState,
    Invoice,
    InvoiceNumber,
    Paper,
    Wanted,
)
from ivr.telephony.fax import REASONS
from ivr.values import Language, Money, Msisdn
from tests.e2e.line import KEY_OF, RunningLine, environment, free_port, running_line, short_folder

GOOD, DEAF = Msisdn("99312345678"), Msisdn("99312345679")
HEADER = 32
"""Lines that a fax machine puts above a page: who sent it, when, which page."""
PAUSE = 2.0

T = TypeVar("T")


def order_by_phone(line: RunningLine, language: Language, fax: Msisdn) -> InvoiceNumber:
    """Ring, order an invoice for 50 and 120 manat with keys, and hang up."""
    number = line.subscriber()
    with line.call(number) as caller:
        caller.language = language
        caller.press(f"{KEY_OF[language]}1#1")
        caller.proves(number)
        caller.press(f"5150#{fax.removeprefix('993')}")
        caller.hears("invoice.confirm", 40, total=Money(5000), fax=fax)
        caller.press("3")
        caller.hears("invoice.amount", 20)
        caller.press("120#")
        caller.hears("invoice.confirm", 40, total=Money(17000), fax=fax)
        assert newest(line, number) is None, "nothing is written before the confirmation"
        caller.press("1")
        written = until(lambda: newest(line, number), 10)
        caller.hears("invoice.accepted", number=written.number.sequence)
    return written.number


def order(line: RunningLine, language: Language, fax: Msisdn) -> InvoiceNumber:
    """Order without a call."""
    wanted = [Wanted("communication", Money(5000)), Wanted("internet", Money(12000))]
    subscriber = line.subscriber()
    number = line.house.care.invoices.order(subscriber, 1, subscriber, language, wanted, fax)
    assert isinstance(number, InvoiceNumber)
    return number


def newest(line: RunningLine, number: Msisdn) -> Invoice | None:
    """The newest invoice of a subscriber."""
    for invoice in line.house.store.invoices.newest(99):
        if invoice.paper.phone == number:
            return invoice
    return None


def until(what: Callable[[], T | None], seconds: float) -> T:
    """Wait for something that is there, and answer it."""
    deadline = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.2)
    return found


def ended(line: RunningLine, number: InvoiceNumber, seconds: float) -> Invoice:
    """Wait until an invoice was sent, or has failed for good."""

    def look() -> Invoice | None:
        invoice = line.house.store.invoices.get(number)
        assert invoice is not None
        return invoice if invoice.state in (FaxState.SENT, FaxState.FAILED) else None

    return until(look, seconds)


def pages(tiff: bytes) -> list[NDArray[np.bool_]]:
    """The pages of a fax, True where there is ink."""
    with Image.open(io.BytesIO(tiff)) as image:
        found = []
        for frame in range(getattr(image, "n_frames", 1)):
            image.seek(frame)
            found.append(np.asarray(image.convert("L")) < 128)
    return found


def message(line: RunningLine, reference: str) -> tuple[str, str]:
    """Number and body of the text message of an occasion."""
    for file in (line.settings.home / "outbox").glob("*.json"):
        kept = json.loads(file.read_text())
        if kept["reference"] == reference:
            return kept["number"], kept["body"]
    raise AssertionError(f"no message about {reference}")


def assert_received(line: RunningLine, invoice: Invoice) -> None:
    """What the fax machine kept is what was drawn, point by point, below its own header line."""
    (file,) = (line.settings.home / "fax" / "received").glob(f"{invoice.fax}-*.tif")
    (received,) = pages(file.read_bytes())
    (drawn,) = pages(line.house.press.tiff(invoice.number, invoice.paper))
    assert drawn.any()
    assert received[:HEADER].any(), "the header line"
    assert received.shape == (HEADER + len(drawn), 1728)
    assert (received[HEADER:] == drawn).all()


def assert_told(line: RunningLine, invoice: Invoice) -> None:
    """The subscriber was told what became of it, in the language of the call."""
    to, body = message(line, f"invoice:{invoice.number}")
    assert to == invoice.paper.phone
    assert body == line.house.write(
        invoice.paper.language,
        f"sms.invoice.{invoice.state}",
        number=invoice.number.sequence,
        date=invoice.paper.dated,
        total=Money(17000),
        fax=invoice.fax,
    )


def test_an_invoice_is_ordered_with_keys_in_each_language(
    line: RunningLine, language: Language
) -> None:
    number = order_by_phone(line, language, Msisdn("99312345678"))
    invoice = line.house.store.invoices.get(number)
    assert invoice is not None
    assert (invoice.paper.language, invoice.paper.total) == (language, Money(17000))


def test_invoices_are_received_as_they_were_drawn_and_failures_tried_again() -> None:
    folder = short_folder()
    with running_line(folder / "home", fax_refuses=DEAF, fax_pause_seconds=PAUSE) as line:
        failing = order(line, Language.RUSSIAN, DEAF)
        sent = [
            order(line, language, Msisdn(f"9931234560{place}"))
            for place, language in enumerate(Language)
        ]
        by_phone = order_by_phone(line, Language.TURKMEN, GOOD)
        for number in (*sent, by_phone):
            invoice = ended(line, number, 120)
            assert invoice.state is FaxState.SENT
            assert [each.answer for each in invoice.tries] == [FaxAnswer(FaxResult.SENT, 1)]
            assert_received(line, invoice)
            assert_told(line, invoice)
        invoice = ended(line, failing, 60)
        assert invoice.state is FaxState.FAILED
        answers = [each.answer for each in invoice.tries]
        assert answers == [FaxAnswer(FaxResult.FAILED, 0, "The call dropped prematurely")] * 3
        for earlier, later in pairwise(invoice.tries):
            assert earlier.ended is not None
            assert (later.begun - earlier.ended).total_seconds() >= PAUSE
        assert_told(line, invoice)
        until(lambda: not list((line.settings.home / "fax" / "outgoing").iterdir()), 5)

        calls = [call for call in line.house.store.journal.newest(9) if call.orders]
        assert [(call.orders, "account/invoice" in call.goals) for call in calls] == [
            ((f"invoice:{by_phone}",), True)
        ]
        log = (line.settings.home / "logs" / "line.log").read_text()
        assert f'"fax": "{by_phone.year}-{by_phone.sequence}-1"' in log
        assert GOOD not in log
        assert DEAF not in log

        listed = ivr(line, "invoices", "--json")
        assert listed.returncode == 0, listed.stderr
        (mine,) = [each for each in json.loads(listed.stdout) if each["number"] == str(by_phone)]
        assert (mine["total"], mine["state"], mine["payer"]) == ("170.00", "sent", "M… A… B…")
        assert [each["result"] for each in mine["tries"]] == ["sent"]
        assert GOOD not in listed.stdout
        file = folder / "invoice.pdf"
        shown = ivr(line, "invoices", "show", str(by_phone), "-o", str(file))
        assert shown.returncode == 0, shown.stderr
        assert file.read_bytes() == line.house.press.pdf(by_phone, _paper(line, by_phone))
        assert file.stat().st_mode & 0o777 == 0o600
    shutil.rmtree(folder)


def test_a_fax_that_nobody_answers_on_the_trunk_says_so() -> None:
    """The trunk leads back to this line, where no fax number can be dialled: 404."""
    folder = short_folder()
    bind = f"127.0.0.1:{free_port(socket.SOCK_DGRAM)}"
    trunk = f"PJSIP/trunk/sip:{{number}}@{bind}"
    with running_line(folder / "home", sip_bind=bind, fax_trunk=trunk, fax_tries=1) as line:
        invoice = ended(line, order(line, Language.ENGLISH, GOOD), 60)
        assert invoice.state is FaxState.FAILED
        (only,) = invoice.tries
        assert only.answer is not None
        assert only.answer.result is FaxResult.UNREACHED
        assert only.answer.detail in REASONS.values()
        assert_told(line, invoice)
        assert list((line.settings.home / "fax" / "received").iterdir()) == []
    shutil.rmtree(folder)


def _paper(line: RunningLine, number: InvoiceNumber) -> Paper:
    invoice = line.house.store.invoices.get(number)
    assert invoice is not None
    return invoice.paper


def ivr(line: RunningLine, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the office."""
    return subprocess.run(
        [sys.executable, "-m", "ivr", *arguments],
        env=environment(line.settings),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
