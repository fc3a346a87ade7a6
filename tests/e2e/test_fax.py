"""Invoices by fax: ordered with keys on a real call, received on a second Asterisk channel."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from ivr.ports.invoices import FaxAnswer, FaxResult, FaxState, Invoice, InvoiceNumber
from ivr.values import Language, Money, Msisdn
from tests.e2e.line import KEY_OF, RunningLine, environment, running_line, short_folder

GOOD, DEAF = Msisdn("99312345678"), Msisdn("99312345679")
HEADER = 32
"""Lines that a fax machine puts above a page: who sent it, when, which page."""
PAUSE = 2.0

T = TypeVar("T")


@pytest.fixture(scope="module")
def line() -> Iterator[RunningLine]:
    """A line of its own, whose fax machine hangs up on one number; tries follow soon."""
    folder = short_folder()
    with running_line(folder / "home", fax_refuses=DEAF, fax_pause_seconds=PAUSE) as line:
        yield line
    shutil.rmtree(folder)


def order(line: RunningLine, language: Language, fax: Msisdn) -> InvoiceNumber:
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
        assert not [each for each in line.house.store.invoices.newest(99) if each.fax == fax]
        caller.press("1")
        written = until(lambda: newest(line, number), 10)
        caller.hears("invoice.accepted", number=written.number.sequence)
    return written.number


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


def test_the_page_that_is_received_is_the_page_that_was_drawn(
    line: RunningLine, language: Language
) -> None:
    number = order(line, language, Msisdn(f"993123456{list(Language).index(language)}0"))
    invoice = ended(line, number, 90)
    assert invoice.state is FaxState.SENT
    assert invoice.paper.language is language
    assert [each.answer for each in invoice.tries] == [FaxAnswer(FaxResult.SENT, 1)]
    (file,) = (line.settings.home / "fax" / "received").glob(f"{invoice.fax}-*.tif")
    (received,) = pages(file.read_bytes())
    (drawn,) = pages(line.house.press.tiff(invoice.number, invoice.paper))
    assert drawn.any()
    assert received[:HEADER].any(), "the header line"
    assert received.shape == (HEADER + len(drawn), 1728)
    assert (received[HEADER:] == drawn).all()
    to, body = message(line, f"invoice:{number}")
    assert to == invoice.paper.phone
    assert body == line.house.write(
        language,
        "sms.invoice.sent",
        number=number.sequence,
        date=invoice.paper.dated,
        total=Money(17000),
        fax=invoice.fax,
    )
    assert list((line.settings.home / "fax" / "outgoing").iterdir()) == []


def test_a_fax_that_fails_is_tried_three_times_and_its_end_told(line: RunningLine) -> None:
    number = order(line, Language.RUSSIAN, DEAF)
    invoice = ended(line, number, 90)
    assert invoice.state is FaxState.FAILED
    results = [each.answer.result for each in invoice.tries if each.answer]
    assert results == [FaxResult.FAILED] * 3
    for earlier, later in pairwise(invoice.tries):
        assert earlier.ended is not None
        assert (later.begun - earlier.ended).total_seconds() >= PAUSE
    assert all(each.answer and each.answer.detail for each in invoice.tries)
    _, body = message(line, f"invoice:{number}")
    assert "не удалось передать на факс" in body


def test_the_journal_has_the_invoice_and_no_log_the_number(line: RunningLine) -> None:
    number = order(line, Language.ENGLISH, Msisdn("99312345671"))
    ended(line, number, 90)
    calls = line.house.store.journal.newest(20)
    (call,) = [each for each in calls if f"invoice:{number}" in each.orders]
    assert "account/invoice" in call.goals
    log = (line.settings.home / "logs" / "line.log").read_text()
    assert f'"fax": "{number.year}-{number.sequence}-1"' in log
    assert "99312345671" not in log


def ivr(line: RunningLine, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ivr", *arguments],
        env=environment(line.settings),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_office_lists_invoices_and_prints_one(line: RunningLine, tmp_path: Path) -> None:
    number = order(line, Language.TURKMEN, Msisdn("99312345672"))
    ended(line, number, 90)
    listed = ivr(line, "invoices", "--json")
    assert listed.returncode == 0, listed.stderr
    (mine,) = [each for each in json.loads(listed.stdout) if each["number"] == str(number)]
    assert (mine["total"], mine["state"], mine["payer"]) == ("170.00", "sent", "M… A… B…")
    assert [each["result"] for each in mine["tries"]] == ["sent"]
    assert "99312345672" not in listed.stdout
    file = tmp_path / "invoice.pdf"
    shown = ivr(line, "invoices", "show", str(number), "-o", str(file))
    assert shown.returncode == 0, shown.stderr
    assert file.read_bytes().startswith(b"%PDF-")
    assert file.stat().st_mode & 0o777 == 0o600
