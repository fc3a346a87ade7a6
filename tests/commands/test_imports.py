"""``ivr subscribers``, ``payments`` and ``packages import``, as a clerk meets them."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from ivr.__main__ import app
from ivr.commands.importing import telling
from ivr.domain.actor import caller
from ivr.domain.audit import Tag
from ivr.domain.orders import Order, OrderState
from ivr.domain.services import FORWARDING, Change
from ivr.domain.values import Money, Msisdn, ServiceId
from ivr.errors import Unusable
from ivr.settings import PROJECT
from ivr.sheet.encoding import open_text
from ivr.sheet.findings import Notes
from ivr.wiring.container import Container, open_container

DEMO = PROJECT / "db" / "demo.csv"
NUMBER = Msisdn("99365123456")
HEADER = "msisdn,full_name,language,tariff,status,balance"


@pytest.fixture
def container(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Container:
    """An installation with the demo subscribers."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IVR_HOME", str(tmp_path / "home"))
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", "IVR_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    done = run("subscribers", "import", str(DEMO))
    assert done.stderr.startswith("12 subscribers were imported")
    return open_container()


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def refusal(done: Result) -> str:
    assert isinstance(done.exception, Unusable)
    return str(done.exception)


def write(tmp_path: Path, name: str, *lines: str) -> str:
    (tmp_path / name).write_text("\n".join((*lines, "")), encoding="utf-8")
    return str(tmp_path / name)


def row(number: str, balance: str = "1") -> str:
    return f"{number},A,tk,oba,active,{balance}"


def forwarded(container: Container) -> bool:
    found = container.store.subscribers.find(NUMBER)
    assert found is not None
    return FORWARDING in found.services


class TestSubscribers:
    def test_files_are_taken_together(self, container: Container, tmp_path: Path) -> None:
        files = [write(tmp_path, f"{n}.csv", HEADER, row(f"9936100000{n}")) for n in (1, 2)]
        assert run("subscribers", "import", *files).stderr == "2 subscribers were imported\n"

    def test_all_or_none_and_the_faults_of_each_are_named(
        self, container: Container, tmp_path: Path
    ) -> None:
        good = write(tmp_path, "good.csv", HEADER, row("99361000001"))
        bad = write(tmp_path, "bad.csv", HEADER, row("99361000002", "x"), row("12"))
        worse = write(tmp_path, "worse.csv", HEADER, row("99361000001", "2"))
        said = refusal(run("subscribers", "import", good, bad, worse)).splitlines()
        assert said == [
            f"{bad}: nothing was imported; correct these rows:",
            "  line 2: balance 'x' is not an amount in manat such as 45.30",
            "  line 3: msisdn is not a mobile number such as 99365123456",
            f"{worse}: nothing was imported; correct these rows:",
            f"  line 2: line 2 of {good} has the same number with other values",
        ]
        assert container.store.subscribers.find(Msisdn("99361000001")) is None

    def test_the_same_file_twice_is_taken_once(self, container: Container, tmp_path: Path) -> None:
        file = write(tmp_path, "a.csv", HEADER, row("99361000001"))
        done = run("subscribers", "import", file, file)
        assert "1 subscriber was imported\n" in done.stderr
        assert f"{file}: duplicate rows" in done.stderr

    def test_what_was_ordered_after_the_file_was_written_stays(
        self, container: Container, tmp_path: Path
    ) -> None:
        file = tmp_path / "old.csv"
        file.write_bytes(DEMO.read_bytes())
        made = datetime.now(UTC) - timedelta(hours=3)
        os.utime(file, (made.timestamp(), made.timestamp()))
        forward(container, made + timedelta(hours=1))
        said = run("subscribers", "import", str(file)).stderr
        assert "1 service or state changed by orders after " in said
        assert said.endswith("Asia/Ashgabat stayed as they are\n")
        assert forwarded(container)
        later = f"{container.clock.local(made + timedelta(hours=2)):%d.%m.%Y %H:%M}"
        assert "stayed" not in run("subscribers", "import", "--as-of", later, str(file)).stderr
        assert not forwarded(container)

    def test_a_time_that_is_none_is_refused(self, container: Container) -> None:
        said = refusal(run("subscribers", "import", str(DEMO), "--as-of", "yesterday"))
        assert said == "--as-of 'yesterday' is not a time such as 2026-11-22 10:30"


def forward(container: Container, at: datetime) -> None:
    change = Change(ServiceId("forwarding"), True, (("always", "99312223344"),))
    container.store.orders.write(
        Order(
            "o", "c:1", NUMBER, (change,), Money(0), OrderState.ACKNOWLEDGED, at, actor=caller("c")
        )
    )
    container.store.orders.settle("o", OrderState.COMPLETED, at)


class TestPayments:
    def test_equal_ones_are_both_taken_and_a_file_again_changes_nothing(
        self, container: Container, tmp_path: Path
    ) -> None:
        paid = f"{NUMBER},2026-11-29 10:30,20.00"
        file = write(tmp_path, "paid.csv", "msisdn,at,amount", paid, paid, ",,40.00")
        done = run("payments", "import", file)
        assert done.stderr == (
            f"{file}: rows of totals were ignored: 1 (line 4)\n2 payments were imported\n"
        )
        again = run("payments", "import", file)
        assert again.stderr.endswith("0 payments were imported, 2 already known\n")
        assert len(container.store.payments.newest(NUMBER, 9)) == 2

    def test_a_reference_of_another_amount_is_one_sentence(
        self, container: Container, tmp_path: Path
    ) -> None:
        header = "msisdn,at,amount,reference"
        first = write(tmp_path, "a.csv", header, f"{NUMBER},2026-11-29,20.00,A-1")
        other = write(tmp_path, "b.csv", header, f"{NUMBER},2026-11-29,30.00,A-1")
        run("payments", "import", first)
        assert "the file has references that exist with another time or amount: A-1" in refusal(
            run("payments", "import", other)
        )


class TestPackages:
    def test_an_unknown_order_is_refused_and_nothing_is_set(
        self, container: Container, tmp_path: Path
    ) -> None:
        forward(container, datetime.now(UTC))
        file = write(tmp_path, "left.csv", "external_id,left", "c:1,5", "c:9,5")
        said = refusal(run("packages", "import", file))
        assert said.endswith("line 3: external_id 'c:9': no package was bought by this order")
        assert container.store.audit.newest(1)[0].action != Tag.PACKAGES_IMPORT

    def test_one_that_is_over_is_passed_over_and_said(
        self, container: Container, tmp_path: Path
    ) -> None:
        forward(container, datetime.now(UTC))
        file = write(tmp_path, "left.csv", "external_id,left", "c:1,5")
        assert run("packages", "import", file).stderr == (
            "0 packages were updated\n1 package was ignored: no subscriber has them now\n"
        )


def test_what_comes_through_a_pipe_is_read(tmp_path: Path) -> None:
    read, written = os.pipe()
    os.write(written, "msisdn,balance\n".encode("utf-16"))
    os.close(written)
    try:
        with open_text(Path(f"/dev/fd/{read}"), Notes()) as text:
            assert text.read() == "msisdn,balance\n"
    finally:
        os.close(read)


def test_what_comes_through_a_pipe_is_taken_as_of_now_and_said(container: Container) -> None:
    for words, said in (((), True), (("--as-of", "2026-11-29"), False)):
        read, written = os.pipe()
        os.write(written, f"{HEADER}\n{row('99361000001')}\n".encode())
        os.close(written)
        done = run("subscribers", "import", f"/dev/fd/{read}", *words)
        os.close(read)
        assert done.stderr.startswith("1 subscriber was imported\n")
        assert ("give --as-of" in done.stderr) is said


@pytest.mark.parametrize("is_terminal", [False, True])
def test_how_far_it_is_is_told(
    tmp_path: Path,
    is_terminal: bool,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = Path(write(tmp_path, "a.csv", HEADER, row("99361000001")))
    if is_terminal:
        monkeypatch.setenv("FORCE_COLOR", "1")
        monkeypatch.setenv("TERM", "xterm")
    with telling("subscribers", [file]) as teller:
        teller.advance(60_000)
        teller.advance(60_000)
        teller.writing()
    said = capsys.readouterr().err
    if is_terminal:
        assert "writing subscribers" in said
    else:
        assert said == (
            "120000 of about 1 subscribers were read\n120000 subscribers are being written\n"
        )
