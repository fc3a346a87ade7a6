"""Invoices by fax: ordered with keys on a real call, received on a second Asterisk channel."""

from __future__ import annotations

import io
import json
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import TypeVar, cast

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from ivr.care.faxes import FaxWorker
from ivr.care.faxtries import told
from ivr.domain.fax import FaxAnswer, FaxReason, FaxResult, FaxState
from ivr.domain.invoices import Invoice, InvoiceNumber, Wanted
from ivr.domain.values import Language, Money, Msisdn
from ivr.settings import Settings
from ivr.softphone.exact_matcher import Vocabulary
from ivr.telephony.asterisk import Asterisk
from ivr.telephony.configuration import render
from ivr.telephony.management import Manager
from ivr.testing.acting import on_phone
from ivr.wiring import telephony
from ivr.wiring.container import Container, prepare_database
from tests.e2e.installation import environment, free_port, line_settings, short_folder
from tests.e2e.line import KEY_OF, RunningLine, running_line
from tests.publishing import publish
from tests.waiting import until

GOOD, DEAF = Msisdn("99312345678"), Msisdn("99312345679")
HEADER = 100
"""Rows at the top of a page, in which its header line is: who sent it, when, which page."""
PAUSE = 1.0

T = TypeVar("T")


def order_by_phone(line: RunningLine, language: Language, fax: Msisdn) -> InvoiceNumber:
    """Ring, order an invoice for 50 and 120 manat with keys, and hang up."""
    number = line.subscriber()
    with line.call(number) as caller:
        caller.language = language
        caller.press(f"{KEY_OF[language]}1#")
        caller.proves()
        caller.press(f"5150#{fax.removeprefix('993')}")
        caller.hears("invoice.confirm", 40, total=Money(5000), fax=fax)
        caller.press("3")
        caller.hears("invoice.amount", 20)
        caller.press("120#")
        caller.hears("invoice.confirm", 40, total=Money(17000), fax=fax)
        assert newest(line, number) is None, "nothing is written before the confirmation"
        caller.press("1")
        written = until(lambda: newest(line, number))
        caller.hears("invoice.accepted", number=written.number.sequence)
    return written.number


def order(line: RunningLine, language: Language, fax: Msisdn) -> InvoiceNumber:
    """Order without a call."""
    wanted = [Wanted("communication", Money(5000)), Wanted("internet", Money(12000))]
    subscriber = line.subscriber()
    number = line.container.care.invoices.order(
        *on_phone(subscriber), subscriber, language, wanted, fax
    )
    assert isinstance(number, InvoiceNumber)
    return number


def newest(line: RunningLine, number: Msisdn) -> Invoice | None:
    """The newest invoice of a subscriber."""
    for invoice in line.container.store.invoices.newest(99):
        if invoice.paper.phone == number:
            return invoice
    return None


def ended(line: RunningLine, number: InvoiceNumber) -> Invoice:
    """Wait until an invoice was sent, or has failed for good."""

    def look() -> Invoice | None:
        invoice = line.container.store.invoices.get(number)
        assert invoice is not None
        return invoice if invoice.state in (FaxState.SENT, FaxState.FAILED) else None

    return until(look, seconds=240)  # a page takes half a minute of real time


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
    for kept in line.container.store.outbox.newest(99):
        if kept.reference == reference:
            return kept.number, kept.body
    raise AssertionError(f"no message about {reference}")


def assert_received(line: RunningLine, invoice: Invoice, machine: Settings | None = None) -> None:
    """What the fax machine kept is what was drawn, point by point, below the header line."""
    home = (machine or line.settings).home
    (file,) = (home / "fax" / "received").glob(f"{invoice.fax}-*.tif")
    (received,) = pages(file.read_bytes())
    (drawn,) = pages(line.container.press.tiff(invoice.number, invoice.paper))
    assert drawn.any()
    assert received[:HEADER].any(), "the header line"
    assert received.shape == drawn.shape == (2292, 1728)
    assert (received[HEADER:] == drawn[HEADER:]).all()


def assert_told(line: RunningLine, invoice: Invoice) -> None:
    """The subscriber was told what became of it and why, in the language of the call."""
    answer = invoice.tries[-1].answer
    assert answer is not None
    text = "sms.invoice.sent" if invoice.state is FaxState.SENT else told(answer.reason)
    to, body = message(line, f"invoice:{invoice.number}")
    assert to == invoice.paper.phone
    assert body == line.container.write(
        invoice.paper.language,
        text,
        number=invoice.number.sequence,
        date=invoice.paper.dated,
        total=Money(17000),
        fax=invoice.fax,
    )


@pytest.mark.timeout(300)
def test_an_invoice_is_ordered_with_keys_and_received_as_it_was_drawn(
    line: RunningLine, language: Language
) -> None:
    fax = Msisdn(f"99312{line.number()[-6:]}")
    number = order_by_phone(line, language, fax)
    invoice = ended(line, number)
    assert (invoice.paper.language, invoice.paper.total) == (language, Money(17000))
    assert [each.answer for each in invoice.tries] == [FaxAnswer(FaxResult.SENT, 1)]
    assert_received(line, invoice)
    assert_told(line, invoice)
    orders = f"invoice:{number}"
    until(lambda: any(orders in call.orders for call in line.container.store.journal.newest(999)))
    (call,) = [call for call in line.container.store.journal.newest(999) if orders in call.orders]
    assert "account/invoice" in call.goals
    log = (line.settings.home / "logs" / "orders.log").read_text()
    assert f'"fax": "{number.year}-{number.sequence}-1"' in log
    assert fax not in log
    outgoing = line.settings.home / "fax" / "outgoing"
    until(lambda: not list(outgoing.glob(f"{number.year}-{number.sequence}-*")))


@pytest.mark.nightly
def test_a_fax_that_fails_is_tried_again_and_its_end_told() -> None:
    folder = short_folder()
    with running_line(folder / "home", fax_refuses=DEAF, fax_pause_seconds=PAUSE) as line:
        number = order(line, Language.RUSSIAN, DEAF)
        invoice = ended(line, number)
        assert invoice.state is FaxState.FAILED
        answers = [each.answer for each in invoice.tries]
        dropped = "The call dropped prematurely"
        assert answers == [FaxAnswer(FaxResult.FAILED, 0, dropped, FaxReason.NO_FAX)] * 2
        for earlier, later in pairwise(invoice.tries):
            assert earlier.ended is not None
            assert (later.begun - earlier.ended).total_seconds() >= 3 * PAUSE
        assert_told(line, invoice)
        until(lambda: not list((line.settings.home / "fax" / "outgoing").iterdir()))

        listed = ivr(line, "invoices", "--json")
        assert listed.returncode == 0, listed.stderr
        (mine,) = json.loads(listed.stdout)
        assert (mine["number"], mine["total"], mine["state"]) == (str(number), "170.00", "failed")
        assert [each["result"] for each in mine["tries"]] == ["failed"] * 2
        assert [each["reason"] for each in mine["tries"]] == ["no-fax"] * 2
        assert DEAF not in listed.stdout
        file = folder / "invoice.pdf"
        shown = ivr(line, "invoices", "show", str(number), "-o", str(file))
        assert shown.returncode == 0, shown.stderr
        assert file.read_bytes() == line.container.press.pdf(number, invoice.paper)
    shutil.rmtree(folder)


@pytest.mark.nightly
def test_a_number_that_the_trunk_does_not_know_is_tried_once() -> None:
    """The trunk leads back to this line, where no fax number can be dialled: 404."""
    folder = short_folder()
    bind = f"127.0.0.1:{free_port(socket.SOCK_DGRAM)}"
    trunk = f"PJSIP/trunk/sip:{{number}}@{bind}"
    with running_line(folder / "home", sip_bind=bind, fax_trunk=trunk) as line:
        invoice = ended(line, order(line, Language.ENGLISH, GOOD))
        assert invoice.state is FaxState.FAILED
        (only,) = invoice.tries
        unknown = FaxAnswer(FaxResult.UNREACHED, 0, "SIP 404", FaxReason.NO_SUCH_NUMBER)
        assert only.answer == unknown
        assert_told(line, invoice)
        assert list((line.settings.home / "fax" / "received").iterdir()) == []
    shutil.rmtree(folder)


@contextmanager
def office_fax(folder: Path) -> Iterator[Settings]:
    """Another Asterisk with a fax machine at one number, reached by SIP."""
    settings = line_settings(folder, rtp_ports="29000-29199")
    (folder / "fax" / "received").mkdir(parents=True)
    configuration = render(settings, telephony.programs(Container(settings)), {})
    dialplan = configuration.with_name("extensions.conf")
    answers = f"[from-trunk]\nexten => {GOOD},1,Goto(fax-machine,{GOOD},1)\n"
    dialplan.write_text(dialplan.read_text().replace("[from-trunk]\n", answers, 1))
    program = telephony.programs(Container(settings)).asterisk
    with Asterisk(program, configuration, folder / "asterisk.out") as asterisk:
        asterisk.wait_ready()
        yield settings


@pytest.mark.nightly
def test_a_fax_goes_over_a_sip_trunk_to_another_exchange() -> None:
    folder = short_folder()
    with office_fax(folder / "office") as office:
        trunk = f"PJSIP/trunk/sip:{{number}}@{office.sip_bind}"
        with running_line(folder / "home", fax_trunk=trunk, fax_tries=1) as line:
            invoice = ended(line, order(line, Language.TURKMEN, GOOD))
            assert [each.answer for each in invoice.tries] == [FaxAnswer(FaxResult.SENT, 1)]
            assert_received(line, invoice, office)
    shutil.rmtree(folder)


@contextmanager
def worker(container: Container) -> Iterator[FaxWorker]:
    """A worker of its own process, as far as Asterisk can tell."""
    manager = telephony.manager(container, Manager.FAX)
    made = telephony.fax_worker(container, manager)
    manager.start()
    try:
        assert manager.connected.wait(10)
        yield made
    finally:
        manager.close()


@pytest.mark.nightly
def test_a_worker_that_dies_while_a_fax_goes_on_is_followed_by_another() -> None:
    folder = short_folder()
    settings = line_settings(folder / "home")
    container = Container(settings)
    prepare_database(container)
    publish(container)
    line = RunningLine(settings, None, container, cast(Vocabulary, None))
    number = order(line, Language.RUSSIAN, GOOD)
    programs = telephony.programs(container)
    configuration = render(settings, programs, {})
    with Asterisk(programs.asterisk, configuration, folder / "asterisk.out") as asterisk:
        asterisk.wait_ready()
        with worker(container) as first:
            assert first.once() == 1
            assert first.once() == 0, "it goes on"
        received = settings.home / "fax" / "received"
        until(lambda: list(received.glob("*.tif")))
        until(lambda: "0 active channels" in asterisk.command("core show channels count"))
        with worker(container) as second:
            assert second.once() == 1
        invoice = ended(line, number)
        assert [each.answer for each in invoice.tries] == [FaxAnswer(FaxResult.SENT, 1)]
        assert_received(line, invoice)
        assert_told(line, invoice)
        assert list((settings.home / "fax" / "results").iterdir()) == []
    container.store.close()
    shutil.rmtree(folder)


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
