"""Fax by Asterisk, as its management interface and its dialplan speak of it."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ivr.domain.fax import FaxAnswer, FaxReason, FaxResult
from ivr.domain.values import Msisdn
from ivr.ports.fax import Fax
from ivr.telephony.fax import AsteriskFax
from ivr.telephony.faxresults import ENDED, read_result
from ivr.telephony.faxtrunk import dial_string, fax_hosts
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
def fax(asterisk: Asterisk, folder: Path, *, has_trunk: bool = False) -> Iterator[AsteriskFax]:
    with asterisk.manager as manager, linked(manager) as link:
        made = AsteriskFax(link, folder, has_trunk)
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
            said = f"{words[answer.result]}|{answer.pages}|8031x7700|{answer.detail}"
            ends(tmp_path, reference, said)

        return end


class TestSending:
    def test_with_a_trunk_the_dialplan_dials_the_number(self, tmp_path: Path) -> None:
        asterisk = Asterisk()
        with fax(asterisk, tmp_path, has_trunk=True) as machine:
            machine.send("2026-1-1", b"pages", NUMBER)
        fields = originated(asterisk)
        assert fields["Channel"] == "Local/hold@fax-send/n"
        assert (fields["Context"], fields["Exten"]) == ("fax-send", NUMBER)

    def test_without_a_trunk_the_built_in_machine_is_rung(self, tmp_path: Path) -> None:
        asterisk = Asterisk()
        with fax(asterisk, tmp_path) as machine:
            assert machine.ready()
            assert machine.send("2026-1-1", b"pages", NUMBER) is None
        fields = originated(asterisk)
        assert fields["Channel"] == "Local/99312345678@fax-machine/n"
        assert (fields["Context"], fields["Exten"]) == ("fax-page", "s")
        assert fields["Variable"] == "IVR_FAX=2026-1-1"
        file = tmp_path / "outgoing" / "2026-1-1.tif"
        assert file.read_bytes() == b"pages"
        assert file.stat().st_mode & 0o777 == 0o600
        assert file.parent.stat().st_mode & 0o777 == 0o700

    @pytest.mark.parametrize(
        ("trunk", "dialled", "hosts"),
        [
            ("PJSIP/trunk/sip:{number}@10.0.0.5", "PJSIP/fax/sip:${EXTEN}@10.0.0.5", ["10.0.0.5"]),
            (
                "PJSIP/trunk-city/sip:9{number}@gw.example:5080",
                "PJSIP/fax/sip:9${EXTEN}@gw.example:5080",
                ["gw.example"],
            ),
            (
                "PJSIP/trunk/sip:+{number}@10.0.0.5:5060;transport=udp",
                "PJSIP/fax/sip:+${EXTEN}@10.0.0.5:5060;transport=udp",
                ["10.0.0.5"],
            ),
        ],
    )
    def test_faxes_leave_by_an_endpoint_of_their_own(
        self, trunk: str, dialled: str, hosts: list[str]
    ) -> None:
        assert dial_string(trunk) == dialled
        assert fax_hosts(trunk) == hosts

    def test_what_asterisk_refuses_is_an_answer(self, tmp_path: Path) -> None:
        asterisk = Asterisk()
        asterisk.refuses = True
        with fax(asterisk, tmp_path) as machine:
            answer = machine.send("2026-1-1", b"pages", NUMBER)
        assert answer == FaxAnswer(
            FaxResult.UNREACHED, 0, "Extension does not exist.", FaxReason.UNAVAILABLE
        )

    def test_a_folder_that_cannot_be_written_is_an_answer(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        with fax(Asterisk(), tmp_path / "file" / "fax") as machine:
            answer = machine.send("2026-1-1", b"pages", NUMBER)
        assert answer is not None
        assert (answer.result, answer.reason) == (FaxResult.FAILED, FaxReason.NOT_DRAWN)
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
            ends(tmp_path, "2026-1-1", "SUCCESS|2||HANGUP")
            for _ in range(2):
                assert machine.result("2026-1-1") == FaxAnswer(FaxResult.SENT, 2)
            machine.forget("2026-1-1")
            assert machine.result("2026-1-1") is None
            for name in ("outgoing", "results"):
                assert list((tmp_path / name).iterdir()) == []

    def test_one_of_an_earlier_installation_is_not_taken_for_it(self, tmp_path: Path) -> None:
        ends(tmp_path, "2026-1-1", "SUCCESS|1||")
        with fax(Asterisk(), tmp_path) as machine:
            machine.send("2026-1-1", b"pages", NUMBER)
            assert machine.result("2026-1-1") is None

    def test_that_is_not_whole_yet_is_none(self, tmp_path: Path) -> None:
        ends(tmp_path, "2026-1-1", "")
        with fax(Asterisk(), tmp_path) as machine:
            assert machine.result("2026-1-1") is None

    def test_is_read_without_a_link_too(self, tmp_path: Path) -> None:
        ends(tmp_path, "2026-1-1", "SUCCESS|1||")
        with fax(Asterisk(), tmp_path) as machine:
            pass
        assert not machine.ready()
        assert machine.result("2026-1-1") == FaxAnswer(FaxResult.SENT, 1)

    @pytest.mark.parametrize(
        ("kept", "answer"),
        [
            ("SUCCESS|1|8031x7700|HANGUP", FaxAnswer(FaxResult.SENT, 1)),
            ("SUCCESS|2||OK\n", FaxAnswer(FaxResult.SENT, 2)),
            ("FAILED|1|1|a|b", FaxAnswer(FaxResult.FAILED, 1, "a|b", FaxReason.UNKNOWN)),
            ("||", FaxAnswer(FaxResult.FAILED, reason=FaxReason.UNKNOWN)),
            ("|||", FaxAnswer(FaxResult.FAILED, reason=FaxReason.UNKNOWN)),
            (
                "FAILED|||" + "x" * 999,
                FaxAnswer(FaxResult.FAILED, 0, "x" * 200, FaxReason.UNKNOWN),
            ),
        ],
    )
    def test_in_the_words_of_the_dialplan(self, kept: str, answer: FaxAnswer) -> None:
        assert read_result(kept) == answer

    @pytest.mark.parametrize(
        ("status", "reason"),
        [
            (300, FaxReason.REDIRECTED),
            (301, FaxReason.REDIRECTED),
            (302, FaxReason.REDIRECTED),
            (305, FaxReason.REDIRECTED),
            (380, FaxReason.REDIRECTED),
            (400, FaxReason.UNAVAILABLE),
            (401, FaxReason.UNAVAILABLE),
            (403, FaxReason.FORBIDDEN),
            (404, FaxReason.NO_SUCH_NUMBER),
            (407, FaxReason.UNAVAILABLE),
            (408, FaxReason.UNAVAILABLE),
            (410, FaxReason.NO_SUCH_NUMBER),
            (415, FaxReason.INCOMPATIBLE),
            (480, FaxReason.UNAVAILABLE),
            (484, FaxReason.NO_SUCH_NUMBER),
            (486, FaxReason.BUSY),
            (487, FaxReason.NO_ANSWER),
            (488, FaxReason.INCOMPATIBLE),
            (499, FaxReason.UNAVAILABLE),
            (500, FaxReason.UNAVAILABLE),
            (502, FaxReason.UNAVAILABLE),
            (503, FaxReason.UNAVAILABLE),
            (504, FaxReason.UNAVAILABLE),
            (600, FaxReason.BUSY),
            (603, FaxReason.DECLINED),
            (604, FaxReason.NO_SUCH_NUMBER),
            (606, FaxReason.INCOMPATIBLE),
            (608, FaxReason.DECLINED),
            (699, FaxReason.UNAVAILABLE),
        ],
    )
    def test_a_final_status_says_why_nobody_was_reached(
        self, status: int, reason: FaxReason
    ) -> None:
        """Whatever word and cause Asterisk makes of it."""
        expected = FaxAnswer(FaxResult.UNREACHED, 0, f"SIP {status}", reason)
        for said in ("BUSY|17", "CONGESTION|0", "CHANUNAVAIL|1", "NOANSWER|19"):
            assert read_result(f"UNREACHED|{said}|{status}\n") == expected

    @pytest.mark.parametrize(
        ("kept", "reason"),
        [
            ("NOANSWER|0|", FaxReason.NO_ANSWER),
            ("NOANSWER|16|180", FaxReason.NO_ANSWER),
            ("NOANSWER|16|183", FaxReason.NO_ANSWER),
            ("BUSY|17|", FaxReason.BUSY),
            ("BUSY|0|", FaxReason.REDIRECTED),
            ("BUSY||", FaxReason.REDIRECTED),
            ("CHANUNAVAIL|1|", FaxReason.NO_SUCH_NUMBER),
            ("CHANUNAVAIL|0|", FaxReason.UNAVAILABLE),
            ("CHANUNAVAIL|20|", FaxReason.UNAVAILABLE),
            ("CONGESTION|34|", FaxReason.UNAVAILABLE),
            ("CONGESTION|21|", FaxReason.DECLINED),
            ("CONGESTION|28|", FaxReason.NO_SUCH_NUMBER),
            ("CONGESTION|58|", FaxReason.INCOMPATIBLE),
            ("CANCEL||", FaxReason.UNAVAILABLE),
            ("5", FaxReason.UNAVAILABLE),
            ("", FaxReason.UNAVAILABLE),
        ],
    )
    def test_without_one_dial_s_word_and_the_cause_say_it(
        self, kept: str, reason: FaxReason
    ) -> None:
        answer = read_result(f"UNREACHED|{kept}")
        assert (answer.result, answer.reason) == (FaxResult.UNREACHED, reason)

    @pytest.mark.parametrize(("words", "reason"), ENDED.items())
    def test_spandsp_s_words_say_why_pages_did_not_go_through(
        self, words: str, reason: FaxReason
    ) -> None:
        answer = read_result(f"FAILED|0|8031x7700|{words}")
        assert answer == FaxAnswer(FaxResult.FAILED, 0, words, reason)

    @pytest.mark.parametrize("agreed", ["", "0x0"])
    @pytest.mark.parametrize("words", ["The call dropped prematurely", "T38_NEG_ERROR"])
    def test_a_call_that_ends_before_a_fax_machine_was_heard_was_a_person_s(
        self, agreed: str, words: str
    ) -> None:
        answer = read_result(f"FAILED|0|{agreed}|{words}")
        assert answer == FaxAnswer(FaxResult.FAILED, 0, words, FaxReason.NO_FAX)
