"""Invoices by fax: ordered with keys on a real call, received on a second Asterisk channel."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ivr.ports.invoices import FaxResult, FaxState, Invoice
from ivr.values import Language, Money, Msisdn
from tests.e2e.line import KEY_OF, RunningLine, running_line, short_folder

GOOD, DEAF = Msisdn("99312345678"), Msisdn("99312345679")


@pytest.fixture(scope="module")
def line() -> Iterator[RunningLine]:
    """A line of its own, whose fax machine hangs up on one number; tries follow at once."""
    folder = short_folder()
    with running_line(folder / "home", fax_refuses=DEAF, fax_pause_seconds=1) as line:
        yield line
    shutil.rmtree(folder)


def order(line: RunningLine, language: Language, fax: Msisdn) -> tuple[Msisdn, Invoice]:
    """Ring, order an invoice for 50 and 120 manat with keys, hang up."""
    number = line.subscriber()
    with line.call(number) as caller:
        caller.language = language
        caller.press(f"{KEY_OF[language]}1#1")
        caller.proves(number)
        caller.press("5150#2")
        caller.hears("invoice.amount", 40, least=Money(1000), most=Money(500000))
        caller.press("120#")
        caller.hears("invoice.subtotal", 60, total=Money(17000))
    raise AssertionError
