"""The phone against a real Asterisk."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from ivr.errors import TemporarilyUnavailable, Unusable
from ivr.softphone.baresip import netstring
from ivr.softphone.phone import Account, Codec, Phone
from ivr.softphone.prompt_listener import PromptListener
from ivr.telephony import executables
from tests.softphone.conftest import Exchange
from tests.waiting import until

SECONDS = 10.0
"""Everything here takes less, unless it is broken."""


def words(listener: PromptListener) -> list[str]:
    return [each.piece.words for each in listener.heard]


def answered(phone: Phone, number: str) -> Phone:
    phone.dial(number)
    phone.wait_for("CALL_ESTABLISHED", SECONDS)
    return phone


def test_what_is_played_is_heard_bit_for_bit(exchange: Exchange) -> None:
    with exchange.phone() as phone:
        listener = PromptListener(answered(phone, "play"), exchange.words)
        phone.wait_for("CALL_CLOSED", SECONDS)
        listener.listen()
        assert words(listener) == ["one", "two", "three"]
        assert all(each.complete for each in listener.heard)
        assert listener.heard[0].start < 1.0
        sound = phone.heard()
    played = [p for name in words(listener) for p in exchange.words.pieces if p.words == name]
    assert sound.strip(sound[:2]) in b"".join(f for p in played for f in p.frames)


def test_keys_pressed_in_one_go_all_arrive_in_order(exchange: Exchange) -> None:
    with exchange.phone() as phone:
        listener = PromptListener(answered(phone, "keys"), exchange.words)
        phone.press("13579086")
        assert listener.listen_until(
            lambda: words(listener)[-8:] == list("13579086"), 2 * SECONDS
        ), words(listener)


def test_a_key_stops_what_is_said(exchange: Exchange) -> None:
    with exchange.phone() as phone:
        listener = PromptListener(answered(phone, "menu"), exchange.words)
        assert listener.listen_until(lambda: listener.seconds > 0.5, SECONDS)
        phone.press("1")
        assert listener.listen_until(lambda: words(listener)[-1:] == ["two"], SECONDS)
        cut = listener.heard[0]
        assert (cut.piece.words, cut.complete) == ("long", False)
        assert cut.end - cut.start < 3.0


def test_a_refusal_has_its_sip_status(exchange: Exchange) -> None:
    for number, status in (("nothing", 404), ("busy", 486)):
        with exchange.phone() as phone:
            phone.dial(number)
            phone.wait_for("CALL_CLOSED", SECONDS)
            assert phone.status == status
            with pytest.raises(TemporarilyUnavailable, match=str(status)):
                phone.wait_for("CALL_ESTABLISHED", 1)


def test_an_agents_phone_registers_and_is_rung(exchange: Exchange) -> None:
    with (
        exchange.phone("agent1", password=exchange.agent_secret) as agent,
        exchange.phone() as caller,
    ):
        agent.wait_for("REGISTER_OK", SECONDS)
        caller.dial("agent")
        agent.wait_for("CALL_INCOMING", SECONDS)
        agent.accept()
        agent.wait_for("CALL_ESTABLISHED", SECONDS)
        caller.wait_for("CALL_ESTABLISHED", SECONDS)
        assert caller.status is None
        agent.hangup()
        caller.wait_for("CALL_CLOSED", SECONDS)


def test_a_wrong_password_does_not_register(exchange: Exchange) -> None:
    with exchange.phone("agent1", password="wrong") as agent:
        agent.wait_for("REGISTER_FAIL", SECONDS)


@pytest.mark.parametrize("codec", ["PCMU", "G722"])
def test_what_is_said_is_understood_in_every_codec(exchange: Exchange, codec: Codec) -> None:
    with exchange.phone(codec=codec) as phone:
        listener = PromptListener(answered(phone, "play"), exchange.words)
        listener.listen_until(lambda: phone.ended, SECONDS)
        listener.listen()
        assert words(listener) == ["one", "two", "three"]
        assert all(each.complete for each in listener.heard)


def test_many_phones_ring_at_once(exchange: Exchange) -> None:
    def ring(number: int, told: dict[int, list[str]]) -> None:
        with exchange.phone(f"9936500{number:04}") as phone:
            listener = PromptListener(answered(phone, "play"), exchange.words)
            listener.listen_until(lambda: phone.ended, 2 * SECONDS)
            listener.listen()
            told[number] = words(listener)

    told: dict[int, list[str]] = {}
    threads = [threading.Thread(target=ring, args=(number, told)) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told == {number: ["one", "two", "three"] for number in range(10)}


def test_a_closed_phone_leaves_nothing(exchange: Exchange) -> None:
    with exchange.phone() as phone:
        folder = Path(os.readlink(f"/proc/{phone.pid}/cwd"))
        answered(phone, "long")
        pid = phone.pid
    assert not folder.exists()
    assert not Path(f"/proc/{pid}").exists()


def test_a_phone_ends_when_its_program_is_killed(exchange: Exchange) -> None:
    program = executables.program(exchange.settings, "baresip")
    modules = executables.modules(exchange.settings, "baresip")
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "from ivr.softphone.phone import Account, Phone\n"
        "phone = Phone(sys.argv[3:], Path(sys.argv[1]), Account('1', sys.argv[2]))\n"
        "print(phone.pid, flush=True)\n"
        "sys.stdin.read()\n"
    )
    arguments = [str(modules), exchange.settings.sip_bind, *program]
    with subprocess.Popen(
        [sys.executable, "-c", script, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as parent:
        assert parent.stdout is not None
        pid = parent.stdout.readline().strip()
        folder = Path(os.readlink(f"/proc/{pid}/cwd"))
        parent.kill()
        parent.wait()
    until(lambda: not Path(f"/proc/{pid}").exists())
    shutil.rmtree(folder)


def test_what_cannot_be_rung_is_refused_in_words(exchange: Exchange) -> None:
    with exchange.phone() as phone, pytest.raises(Unusable, match="cannot be called"):
        phone.dial("08 90;evil")
    with pytest.raises(Unusable, match="cannot be called"):
        exchange.phone("a>b")


def test_only_keys_are_pressed(exchange: Exchange) -> None:
    with exchange.phone() as phone, pytest.raises(ValueError, match="'x'"):
        phone.press("x")


def test_a_program_that_is_no_phone_is_named(exchange: Exchange, tmp_path: Path) -> None:
    with pytest.raises(Unusable, match="does not start"):
        Phone(["false"], tmp_path, Account("1", "127.0.0.1:5060"))


def test_messages_are_taken_apart_however_they_were_cut() -> None:
    whole = b'8:{"a": 1},9:{"b": 22},'
    for cut in range(len(whole)):
        found, rest = [], b""
        for part in (whole[:cut], whole[cut:]):
            rest += part
            while (message := netstring(rest)) is not None:
                found.append(message[0])
                rest = message[1]
        assert found == [{"a": 1}, {"b": 22}]
