"""``ivr invoices``, as the office meets it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from ivr import wiring
from ivr.__main__ import app
from ivr.commands.invoices import mask_name
from ivr.errors import Unusable
from ivr.ports.fax import FaxAnswer, FaxResult, FaxState
from ivr.ports.invoices import InvoiceNumber, Wanted
from ivr.settings import PROJECT
from ivr.values import Language, Money, Msisdn
from ivr.wiring import House

COMPANY = Msisdn("99366445500")
FAX = Msisdn("99312345678")


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """An installation with the demo subscribers."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IVR_HOME", str(tmp_path / "home"))
    done = run("subscribers", "import", str(PROJECT / "db" / "demo.csv"))
    assert done.exit_code == 0, done.output
    return wiring.open_house()


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def ordered(house: House) -> InvoiceNumber:
    """An invoice whose first try has failed."""
    number = house.care.invoices.order(
        "call", 1, COMPANY, Language.TURKMEN, [Wanted("internet", Money(12000))], FAX
    )
    assert isinstance(number, InvoiceNumber)
    now = datetime.now(UTC)
    book = house.store.invoices
    assert book.begin(number, now)
    busy = FaxAnswer(FaxResult.UNREACHED, 0, "busy")
    book.end(number, busy, now, FaxState.WAITING, now)
    return number


def test_none_yet_is_said(house: House) -> None:
    assert run("invoices").stderr == "none yet\n"
    assert json.loads(run("invoices", "--json").stdout) == []


def test_the_list_has_states_and_tries_and_no_whole_number_or_name(house: House) -> None:
    number = ordered(house)
    (document,) = json.loads(run("invoices", "--json").stdout)
    assert document["number"] == str(number)
    assert (document["total"], document["vat"]) == ("120.00", "15.65")
    assert (document["phone"], document["fax"]) == ("…00", "…78")
    assert document["state"] == "waiting"
    assert [(each["result"], each["detail"]) for each in document["tries"]] == [
        ("unreached", "busy")
    ]
    table = run("invoices").stdout
    assert str(number) in table
    for private in (COMPANY, FAX, "Bulut", "Ogulgerek"):
        assert private not in table + json.dumps(document, ensure_ascii=False)


def test_one_is_printed_again_as_it_was(house: House, tmp_path: Path) -> None:
    number = ordered(house)
    file = tmp_path / "i.pdf"
    done = run("invoices", "show", str(number), "-o", str(file))
    assert done.exit_code == 0, done.output
    assert file.read_bytes().startswith(b"%PDF-")
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("17", "'17' is no number of an invoice: write it as 17/2026"),
        ("17/2026", "there is no invoice 17/2026"),
    ],
)
def test_one_that_is_not_there_is_one_sentence(house: House, number: str, said: str) -> None:
    done = run("invoices", "show", number, "-o", "x.pdf")
    assert isinstance(done.exception, Unusable)
    assert said in str(done.exception)


def test_a_file_that_cannot_be_written_is_named(house: House, tmp_path: Path) -> None:
    number = ordered(house)
    done = run("invoices", "show", str(number), "-o", str(tmp_path / "none" / "i.pdf"))
    assert isinstance(done.exception, Unusable)
    assert "cannot be written (No such file or directory)" in str(done.exception)


def test_a_name_is_masked_to_its_first_letters() -> None:
    assert mask_name("Myradowa Aýgül") == "M… A…"
    assert mask_name('"Ak Bulut" HJ') == "A… B… H…"
