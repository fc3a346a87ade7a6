"""Faxes to machines that take them, or hang up in the middle: a second Asterisk, over SIP.

A page takes half a minute of real time: nightly.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from itertools import count
from pathlib import Path

import pytest

from ivr.care.invoices import read_terms
from ivr.domain.fax import FaxAnswer, FaxReason, FaxResult
from ivr.domain.invoices import InvoiceNumber, Payer, Wanted
from ivr.domain.values import Language, Money, Msisdn
from ivr.paper.invoice import PdfInvoiceRenderer
from ivr.settings import PROJECT, Settings
from ivr.telephony.asterisk import Asterisk
from ivr.telephony.configuration import render
from ivr.telephony.fax import AsteriskFax
from ivr.wiring import telephony
from ivr.wiring.container import Container
from tests.e2e.installation import own_settings, short_folder
from tests.e2e.test_fax import pages
from tests.telephony.asterisk.test_fax_calls import running
from tests.waiting import until

pytestmark = pytest.mark.nightly
SECONDS = 150.0
REFERENCES = count(1)
NUMBER = Msisdn("99312345678")
RECEIVES = "Set(FAXOPT(localstationid)=+99312345678)\n same => n,ReceiveFAX({file}{options})"
MACHINES = {
    "audio": ("no", RECEIVES.replace("{options}", "")),
    "t38 or audio": ("yes", RECEIVES.replace("{options}", ",f")),
    "t38 only": ("yes", RECEIVES.replace("{options}", "")),
    "audio though t38 is offered": ("yes", RECEIVES.replace("{options}", ",F")),
    "audio without ecm": (
        "no",
        "Set(FAXOPT(ecm)=no)\n same => n,Set(FAXOPT(maxrate)=4800)\n same => n,"
        + RECEIVES.replace("{options}", ""),
    ),
}
"""Whether it may use T.38, and what it does."""


@contextmanager
def machine(
    folder: Path, t38: str, does: str, meanwhile: Callable[[Asterisk], None] | None = None
) -> Iterator[Settings]:
    """Another Asterisk that answers every number and does something."""
    settings = own_settings(folder, rtp_ports="29000-29199", fax_ports="29200-29299")
    configuration = render(settings, telephony.programs(Container(settings)), {})
    for name, old, new in (
        ("pjsip.conf", "t38_udptl = no", f"t38_udptl = {t38}"),
        ("modules.conf", "load = res_fax.so", "load = res_pjsip_t38.so\nload = res_fax.so"),
        (
            "extensions.conf",
            "[from-trunk]\n",
            f"[from-trunk]\nexten => {NUMBER},1,Answer()\n same => n,{does}\n same => n,Hangup()\n"
            f"exten => h,1,Set(FILE({folder}/fax/received/tsi)=${{REMOTESTATIONID}})\n",
        ),
    ):
        file = configuration.with_name(name)
        file.write_text(file.read_text().replace(old, new, 1))
    program = telephony.programs(Container(settings)).asterisk
    with Asterisk(program, configuration, folder / "asterisk.out") as asterisk:
        asterisk.wait_ready()
        thread = threading.Thread(target=meanwhile, args=(asterisk,)) if meanwhile else None
        if thread:
            thread.start()
        yield settings
        if thread:
            thread.join()


def sent_to(folder: Path, other: Settings, tiff: bytes) -> FaxAnswer:
    """Send a fax there; what became of it."""
    settings = own_settings(folder, fax_trunk=f"PJSIP/trunk/sip:{{number}}@{other.sip_bind}")
    reference = f"2026-1-{next(REFERENCES)}"
    with running(settings) as link:
        fax = AsteriskFax(link, settings.home / "fax", has_trunk=True)
        assert fax.send(reference, tiff, NUMBER) is None
        return until(lambda: fax.result(reference))


@pytest.fixture(scope="module")
def tiff() -> bytes:
    """The page of an invoice."""
    terms = read_terms(PROJECT / "db" / "invoice.yaml")
    wanted = [Wanted(service, Money(123450)) for service in terms.services]
    payer = Payer("Ataýewa Ogulgerek", Msisdn("99366445500"))
    paper = terms.paper(payer, Language.TURKMEN, wanted, date(2026, 11, 29))
    press = PdfInvoiceRenderer(PROJECT / "db" / "invoice.typ")
    return press.tiff(InvoiceNumber(2026, 17), paper, "29.11.2026 21:00 (UTC+5)  «Görkezme»")


@pytest.fixture
def folder() -> Iterator[Path]:
    made = short_folder()
    yield made
    shutil.rmtree(made)


@pytest.mark.parametrize("kind", MACHINES)
def test_every_kind_of_machine_gets_the_page_as_it_was_drawn(
    folder: Path, tiff: bytes, kind: str
) -> None:
    t38, does = MACHINES[kind]
    received = folder / "office" / "fax" / "received" / "it.tif"
    with machine(folder / "office", t38, does.format(file=received)) as office:
        assert sent_to(folder / "home", office, tiff) == FaxAnswer(FaxResult.SENT, 1)
        until(received.with_name("tsi").exists)
    assert received.with_name("tsi").read_text().strip() == "+993 66 30 08 90"
    (drawn,), (there,) = pages(tiff), pages(received.read_bytes())
    assert (there == drawn).all(), "with our own header line, and no other"


@pytest.mark.parametrize(
    "does", ["Wait(120)", "Wait(4)", "Wait(14)", "Playback(ivr/en/busy)\n same => n,Wait(20)"]
)
def test_who_answers_and_is_no_machine_is_taken_for_none(
    folder: Path, tiff: bytes, does: str
) -> None:
    with machine(folder / "office", "no", does) as office:
        answer = sent_to(folder / "home", office, tiff)
    assert (answer.result, answer.reason) == (FaxResult.FAILED, FaxReason.NO_FAX), answer


def test_a_machine_that_hangs_up_in_the_middle_is_one(folder: Path, tiff: bytes) -> None:
    """Also one that does not tell its number."""
    received = folder / "office" / "fax" / "received" / "it.tif"

    def hangs_up(asterisk: Asterisk) -> None:
        until(received.exists)
        asterisk.command("channel request hangup all")

    does = f"ReceiveFAX({received})"
    with machine(folder / "office", "no", does, hangs_up) as office:
        answer = sent_to(folder / "home", office, tiff)
    assert (answer.result, answer.reason) == (FaxResult.FAILED, FaxReason.DROPPED), answer
