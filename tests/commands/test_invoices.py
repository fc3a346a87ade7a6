"""``ivr invoices``, as the office meets it."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from ivr.__main__ import app
from ivr.commands.invoices import WORDS, mask_name, said_of
from ivr.domain.fax import FaxAnswer, FaxReason, FaxResult, FaxState, FaxTry
from ivr.domain.invoices import InvoiceNumber, Wanted
from ivr.domain.values import Language, Money, Msisdn
from ivr.errors import Unusable
from ivr.settings import PROJECT
from ivr.testing.acting import on_phone
from ivr.wiring.container import Container, open_container
from tests.publishing import publish_without_sounds

COMPANY = Msisdn("99366445500")
FAX = Msisdn("99312345678")


@pytest.fixture
def container(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Container:
    """An installation with the demo subscribers."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IVR_HOME", str(tmp_path / "home"))
    done = run("subscribers", "import", str(PROJECT / "db" / "demo.csv"))
    assert done.exit_code == 0, done.output
    return open_container()


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def ordered(container: Container) -> InvoiceNumber:
    """An invoice whose first try has failed."""
    publish_without_sounds(container)
    number = container.care.invoices.order(
        *on_phone(), COMPANY, Language.TURKMEN, [Wanted("internet", Money(12000))], FAX
    )
    assert isinstance(number, InvoiceNumber)
    now = datetime.now(UTC)
    book = container.store.invoices
    assert book.begin(number, now)
    busy = FaxAnswer(FaxResult.UNREACHED, 0, "SIP 486", FaxReason.BUSY)
    book.end(number, busy, now, FaxState.WAITING, now)
    return number


def test_none_yet_is_said(container: Container) -> None:
    assert run("invoices").stderr == "none yet\n"
    assert json.loads(run("invoices", "--json").stdout) == []


def test_the_list_has_states_and_tries_and_no_whole_number_or_name(container: Container) -> None:
    number = ordered(container)
    (document,) = json.loads(run("invoices", "--json").stdout)
    assert document["number"] == str(number)
    assert (document["total"], document["vat"]) == ("120.00", "15.65")
    assert (document["phone"], document["fax"]) == ("…00", "…78")
    assert document["state"] == "waiting"
    assert [(each["result"], each["reason"], each["detail"]) for each in document["tries"]] == [
        ("unreached", "busy", "SIP 486")
    ]
    table = run("invoices").stdout
    assert str(number) in table
    for private in (COMPANY, FAX, "Bulut", "Ogulgerek"):
        assert private not in table + json.dumps(document, ensure_ascii=False)


def test_one_is_printed_again_as_it_was(container: Container, tmp_path: Path) -> None:
    number = ordered(container)
    file = tmp_path / "i.pdf"
    done = run("invoices", "show", str(number), "-o", str(file))
    assert done.exit_code == 0, done.output
    assert file.read_bytes().startswith(b"%PDF-")
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("17", "'17' is not the number of an invoice: write it as 17/2026"),
        ("17/2026", "there is no invoice 17/2026"),
    ],
)
def test_one_that_is_not_there_is_one_sentence(
    container: Container, number: str, said: str
) -> None:
    done = run("invoices", "show", number, "-o", "x.pdf")
    assert isinstance(done.exception, Unusable)
    assert said in str(done.exception)


def test_a_file_that_cannot_be_written_is_named(container: Container, tmp_path: Path) -> None:
    number = ordered(container)
    done = run("invoices", "show", str(number), "-o", str(tmp_path / "none" / "i.pdf"))
    assert isinstance(done.exception, Unusable)
    assert "cannot be written (No such file or directory)" in str(done.exception)


def test_a_name_is_masked_to_its_first_letters() -> None:
    assert mask_name("Myradowa Aýgül") == "M… A…"
    assert mask_name('"Ak Bulut" HJ') == "A… B… H…"


def test_the_table_fits_80_columns_and_no_word_is_cut(
    container: Container, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    number = ordered(container)
    book, now = container.store.invoices, datetime.now(UTC)
    for reason in (FaxReason.DROPPED, FaxReason.NOT_DIALLED):
        assert book.begin(number, now)
        answer = FaxAnswer(FaxResult.FAILED, 0, "The call dropped prematurely", reason)
        book.end(number, answer, now, FaxState.WAITING, now)
    table = run("invoices").stdout
    assert max(map(len, table.splitlines())) <= 80
    assert "…" not in table.replace("…00", "").replace("…78", "").replace("A… B… h…", "")
    words = " ".join(re.sub(r"[^\w().:/… -]", " ", table).split())
    for said in (
        "busy (SIP 486)",
        "dropped",
        "prematurely",
        "premium-rate",
        "times of Asia/Ashgabat",
    ):
        assert said in words


def test_times_are_the_operator_s(container: Container) -> None:
    ordered(container)
    (invoice,) = container.store.invoices.newest(1)
    begun = container.clock.local(invoice.tries[0].begun)
    assert begun.utcoffset() == timedelta(hours=5)
    assert f"{begun:%d.%m. %H:%M}" in run("invoices").stdout


@pytest.mark.parametrize("reason", FaxReason)
def test_each_reason_has_words_of_its_own(reason: FaxReason) -> None:
    assert list(WORDS.values()).count(WORDS[reason]) == 1
    now = datetime.now(UTC)
    each = FaxTry(now, now, FaxAnswer(FaxResult.FAILED, 0, "detail", reason))
    assert said_of(each) == f"{WORDS[reason]} (detail)"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (None, "goes on"),
        (FaxAnswer(FaxResult.SENT, 1), "sent, 1 page"),
        (FaxAnswer(FaxResult.SENT, 2), "sent, 2 pages"),
        (FaxAnswer(FaxResult.UNREACHED, 0, "busy"), "unreached (busy)"),
    ],
)
def test_other_ends_are_said_too(answer: FaxAnswer | None, said: str) -> None:
    """The last is a try that an older version has written down."""
    assert said_of(FaxTry(datetime.now(UTC), None, answer)) == said
