"""The caller's side of a call with an agent: where its checkpoint is, and where it goes."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from ivr.domain.values import Language
from ivr.telephony.call_control import ON_CHANNEL, PASSED_ON, AmiCallControl
from ivr.telephony.checkpoints import CheckpointStore
from tests.telephony.manager import FakeManager, Fields
from tests.telephony.scripted import LOCK
from tests.telephony.test_ami import SECONDS, linked

CALL, CHANNEL, CHECKPOINT = "ivr1-1795531970.12", "PJSIP/trunk-00000001", "node=main&step=3"


@dataclass
class Bench:
    manager: FakeManager
    control: AmiCallControl
    folder: Path

    def asked(self, action: str) -> list[Fields]:
        return [each for each in self.manager.actions if each["Action"] == action]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with ExitStack() as stack:
        manager = stack.enter_context(FakeManager())
        link = stack.enter_context(linked(manager))
        assert link.connected.wait(SECONDS)
        folder = tmp_path / "places"
        yield Bench(manager, AmiCallControl(link, CheckpointStore(folder), LOCK), folder)


def test_a_checkpoint_is_kept_in_its_file_sealed(bench: Bench) -> None:
    bench.control.keep(CALL, CHANNEL, CHECKPOINT)
    assert bench.control.checkpoint(CALL, CHANNEL) == CHECKPOINT
    assert (bench.folder / CALL).read_text() == f"{LOCK.seal(CALL, CHECKPOINT)}\n"
    (cleared,) = bench.asked("Setvar")
    assert (cleared["Variable"], cleared["Value"]) == (ON_CHANNEL, "")
    assert bench.control.checkpoint("ivr1-1795531970.13", CHANNEL) == ""


def test_a_checkpoint_of_no_file_is_on_the_channel(bench: Bench) -> None:
    shutil.rmtree(bench.folder)
    sealed = LOCK.seal(CALL, CHECKPOINT)
    bench.control.keep(CALL, CHANNEL, CHECKPOINT)
    (kept,) = bench.asked("Setvar")
    assert (kept["Channel"], kept["Value"]) == (CHANNEL, sealed)
    bench.manager.answers = lambda _fields: f"Response: Success\r\nValue: {sealed}\r\n".encode()
    assert bench.control.checkpoint(CALL, CHANNEL) == CHECKPOINT
    bench.manager.answers = lambda _fields: b"Response: Success\r\nValue: node=main\r\n"
    assert bench.control.checkpoint(CALL, CHANNEL) == "", "not ours"


def test_a_caller_goes_back_or_on_and_one_who_has_hung_up_does_not(bench: Bench) -> None:
    assert bench.control.send_back(CALL, CHANNEL, CHECKPOINT)
    assert bench.control.pass_on(CHANNEL, "roaming", Language.TURKMEN)
    assert [each["Context"] for each in bench.asked("Redirect")] == ["back", "agents"]
    said = {each["Variable"]: each["Value"] for each in bench.asked("Setvar")[1:]}
    assert said == {
        "IVR_TOPIC": "roaming",
        "IVR_LANGUAGE": "tk",
        "IVR_WAITS": "",
        "QUEUE_PRIO": PASSED_ON,
    }
    bench.manager.answers = lambda _fields: b"Response: Error\r\nMessage: no such channel\r\n"
    assert not bench.control.send_back(CALL, CHANNEL, CHECKPOINT)
    assert not bench.control.pass_on(CHANNEL, "", None)
