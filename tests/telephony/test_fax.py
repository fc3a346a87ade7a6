"""Fax by Asterisk, as its management interface and its dialplan speak of it."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ivr.ports.fax import Fax, FaxAnswer, FaxResult
from ivr.telephony.fax import AsteriskFax, read_result
from ivr.values import Msisdn
from tests.contracts.fax_contract import End, FaxContract
from tests.telephony.manager import FakeManager, Fields
from tests.telephony.test_ami import SECONDS, linked

NUMBER = Msisdn("99312345678")


class Asterisk:
    """Its management interface, as far as fax needs it."""

    def __init__(self) -> None:
        self.refuses = False
        self.manager = FakeManager(answers=self.answer)

    def answer(self, fields: Fields) -> bytes | None:
        if fields["Action"] == "Originate" and self.refuses:
            return b"Response: Error\r\nMessage: Extension does not exist.\r\n"
        return b"Response: Success\r\n"


def ends(folder: Path, reference: str, kept: str) -> None:
    """The dialplan writes what became of a fax."""
    (folder / "results").mkdir(exist_ok=True)
    (folder / "results" / reference).write_text(kept)


@contextmanager
def fax(asterisk: Asterisk, folder: Path, trunk: str = "") -> Iterator[AsteriskFax]:
    with asterisk.manager as manager, linked(manager) as link:
        made = AsteriskFax(link, folder, trunk)
        assert link.connected.wait(SECONDS)
        yield made


def originated(asterisk: Asterisk) -> Fields:
    (fields,) = [each for each in asterisk.manager.actions if each["Action"] == "Originate"]
    return fields


class TestContract(FaxContract):
    @pytest.fixture
    def asterisk(self) -> Asterisk:
        return Asterisk()

    @pytest.fixture
    def fax(self, asterisk: Asterisk, tmp_path: Path) -> Iterator[Fax]:
        with fax(asterisk, tmp_path) as machine:
            yield machine

    @pytest.fixture
    def end(self, tmp_path: Path) -> End:
        words = {FaxResult.SENT: "SUCCESS", FaxResult.FAILED: "FAILED"}

        def end(reference: str, answer: FaxAnswer) -> None:
            ends(tmp_path, reference, f"{words[answer.result]}|{answer.pages}|{answer.detail}")

        return end


class TestSending:
    def test_without_a_trunk_the_built_in_machine_is_rung(self, tmp_path: Path) -> None:
        asterisk = Asterisk()
        with fax(asterisk, tmp_path) as machine:
            assert machine.ready()
            assert machine.send("2026-1-1", b"pages", NUMBER) is None
        fields = originated(asterisk)
        assert fields["Channel"] == "Local/99312345678@fax-machine/n"
        assert (fields["Context"], fields["Exten"]) == ("fax-send", "s")
        assert fields["Variable"] == "IVR_FAX=2026-1-1"
        file = tmp_path / "outgoing" / "2026-1-1.tif"
        assert file.read_bytes() == b"pages"
        assert file.stat().st_mode & 0o777 == 0o600
        assert file.parent.stat().st_mode & 0o777 == 0o700

    def test_with_a_trunk_the_number_is_dialled_there(self, tmp_path: Path) -> None:
        asterisk = Asterisk()
        with fax(asterisk, tmp_path, "PJSIP/trunk/sip:{number}@10.0.0.5") as machine:
            machine.send("2026-1-1", b"pages", NUMBER)
        assert originated(asterisk)["Channel"] == "PJSIP/trunk/sip:99312345678@10.0.0.5"

    def test_what_asterisk_refuses_is_an_answer(self, tmp_path: Path) -> None:
        asterisk = Asterisk()
        asterisk.refuses = True
        with fax(asterisk, tmp_path) as machine:
            answer = machine.send("2026-1-1", b"pages", NUMBER)
        assert answer == FaxAnswer(FaxResult.UNREACHED, 0, "Extension does not exist.")

    def test_a_folder_that_cannot_be_written_is_an_answer(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        with fax(Asterisk(), tmp_path / "file" / "fax") as machine:
            answer = machine.send("2026-1-1", b"pages", NUMBER)
        assert answer is not None
        assert answer.result is FaxResult.FAILED
        assert "Not a directory" in answer.detail

    def test_pages_that_a_dead_worker_left_are_removed_a_day_later(self, tmp_path: Path) -> None:
        outgoing = tmp_path / "outgoing"
        outgoing.mkdir()
        for name, age in (("2026-1-1", 25 * 3600), ("2026-2-1", 3600)):
            (outgoing / f"{name}.tif").touch()
            at = time.time() - age
            os.utime(outgoing / f"{name}.tif", (at, at))
        with fax(Asterisk(), tmp_path) as machine:
            machine.send("2026-3-1", b"pages", NUMBER)
        assert {file.stem for file in outgoing.iterdir()} == {"2026-2-1", "2026-3-1"}

    @pytest.mark.parametrize("reference", ["", "../x", "a b", "a/b", "a,b", "x\r\nAction: y"])
    def test_a_reference_is_letters_digits_and_hyphens(
        self, tmp_path: Path, reference: str
    ) -> None:
        with fax(Asterisk(), tmp_path) as machine, pytest.raises(ValueError, match="reference"):
            machine.send(reference, b"", NUMBER)


class TestResult:
    def test_is_read_until_it_is_forgotten(self, tmp_path: Path) -> None:
        asterisk = Asterisk()
        with fax(asterisk, tmp_path) as machine:
            machine.send("2026-1-1", b"pages", NUMBER)
            assert machine.result("2026-1-1") is None
            ends(tmp_path, "2026-1-1", "SUCCESS|2|HANGUP")
            for _ in range(2):
                assert machine.result("2026-1-1") == FaxAnswer(FaxResult.SENT, 2)
            machine.forget("2026-1-1")
            assert machine.result("2026-1-1") is None
            for name in ("outgoing", "results"):
                assert list((tmp_path / name).iterdir()) == []

    def test_one_of_an_earlier_installation_is_not_taken_for_it(self, tmp_path: Path) -> None:
        ends(tmp_path, "2026-1-1", "SUCCESS|1|")
        with fax(Asterisk(), tmp_path) as machine:
            machine.send("2026-1-1", b"pages", NUMBER)
            assert machine.result("2026-1-1") is None

    def test_that_is_not_whole_yet_is_none(self, tmp_path: Path) -> None:
        ends(tmp_path, "2026-1-1", "")
        with fax(Asterisk(), tmp_path) as machine:
            assert machine.result("2026-1-1") is None

    def test_is_read_without_a_link_too(self, tmp_path: Path) -> None:
        ends(tmp_path, "2026-1-1", "SUCCESS|1|")
        with fax(Asterisk(), tmp_path) as machine:
            pass
        assert not machine.ready()
        assert machine.result("2026-1-1") == FaxAnswer(FaxResult.SENT, 1)

    @pytest.mark.parametrize(
        ("kept", "answer"),
        [
            ("SUCCESS|1|HANGUP", FaxAnswer(FaxResult.SENT, 1)),
            ("FAILED|0|The call dropped", FaxAnswer(FaxResult.FAILED, 0, "The call dropped")),
            ("FAILED|1|a|b", FaxAnswer(FaxResult.FAILED, 1, "a|b")),
            ("UNREACHED|5", FaxAnswer(FaxResult.UNREACHED, 0, "busy")),
            ("UNREACHED|77", FaxAnswer(FaxResult.UNREACHED, 0, "reason 77")),
            ("UNREACHED|", FaxAnswer(FaxResult.UNREACHED, 0, "reason ")),
            ("||", FaxAnswer(FaxResult.FAILED)),
            ("FAILED||" + "x" * 999, FaxAnswer(FaxResult.FAILED, 0, "x" * 200)),
        ],
    )
    def test_in_the_words_of_the_dialplan(self, kept: str, answer: FaxAnswer) -> None:
        assert read_result(kept) == answer
