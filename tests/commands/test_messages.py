"""``ivr messages`` and its settings: what is shown, what is hidden, what is refused."""

from __future__ import annotations

import dataclasses
import json
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from ivr.__main__ import app
from ivr.domain.messages import DeliveryReceipt, MessageState
from ivr.domain.values import Msisdn
from ivr.errors import Unusable
from ivr.network.smpp import SmppCentre
from ivr.network.twolinks import TwoLinks
from ivr.processes.network import message_centre
from ivr.settings import read_settings
from ivr.simulators.smsc import SmscBehaviour
from ivr.simulators.smsc_habits import Habit
from ivr.store.outbox import StoredOutbox
from ivr.wiring.container import Container, open_container, prepare_database

NUMBER, OTHER = Msisdn("99365123456"), Msisdn("99366300891")
BODY = "Your order is done."


@pytest.fixture
def container(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Container:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IVR_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "200")
    container = open_container()
    prepare_database(container)
    container.outbox.put(NUMBER, BODY, "order:1")
    container.outbox.put(OTHER, "Another text.", "advice:1")
    return container


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["messages", *arguments])


def listed(*arguments: str) -> list[dict[str, Any]]:
    result = run("--json", *arguments)
    assert result.exit_code == 0, result.output
    found: list[dict[str, Any]] = json.loads(result.stdout)
    return found


def test_a_code_is_never_shown(container: Container) -> None:
    container.outbox.put(NUMBER, "12345678 is the code", "code:1")
    (code, *_) = listed("--body")
    assert (code["occasion"], code["body"]) == ("code", "")
    assert "12345678" not in run("--body").stdout


def test_messages_are_listed_newest_first_with_numbers_masked(container: Container) -> None:
    found = listed()
    assert [each["number"] for each in found] == ["…91", "…56"]
    assert [each["occasion"] for each in found] == ["advice", "order"]
    assert {each["state"] for each in found} == {"waiting"}
    assert "body" not in found[0]
    readable = run().stdout
    assert "waiting" in readable
    for hidden in (NUMBER, OTHER, BODY):
        assert hidden not in readable + json.dumps(found)


def test_the_messages_of_one_number(container: Container) -> None:
    assert [each["occasion"] for each in listed("--number", "65123456")] == ["order"]


def test_the_messages_in_one_state(container: Container) -> None:
    message = container.store.outbox.find("order:1")
    assert message is not None
    container.store.outbox.settle(
        message.id, MessageState.FAILED, container.store.outbox.now(), "no"
    )
    assert [each["occasion"] for each in listed("--state", "failed")] == ["order"]
    assert [each["occasion"] for each in listed("--state", "waiting")] == ["advice"]
    assert run("--state", "lost").exit_code == 2


def test_texts_are_shown_to_who_asks_for_them(container: Container) -> None:
    assert [each["body"] for each in listed("--body")] == ["Another text.", BODY]
    assert BODY in run("--body").stdout


def test_what_is_no_number_is_wrong_usage(container: Container) -> None:
    assert run("--number", "12").exit_code == 2


def test_a_message_that_waits_for_hours_is_ill(container: Container) -> None:
    doctor = ["doctor", "messages"]
    well = CliRunner().invoke(app, doctor)
    assert (well.exit_code, "not to phones" in well.stdout) == (0, True)
    old = dataclasses.replace(
        container.store.outbox, now=lambda: datetime.now(UTC) - timedelta(hours=2)
    )
    assert isinstance(old, StoredOutbox)
    old.put(NUMBER, BODY, "order:2")
    ill = CliRunner().invoke(app, doctor)
    assert (ill.exit_code, "a text message has been waiting since" in ill.stdout) == (1, True)
    claimed = old.claim(old.now(), old.now())
    assert claimed is not None
    old.settle(claimed.id, MessageState.FAILED, old.now(), "refused")
    assert CliRunner().invoke(app, doctor).exit_code == 0


def test_a_message_centre_that_is_not_there_is_ill(
    container: Container, monkeypatch: pytest.MonkeyPatch
) -> None:
    doctor = ["doctor", "messages"]
    with socket.create_server(("127.0.0.1", 0)) as centre:
        port = centre.getsockname()[1]
        monkeypatch.setenv("IVR_SMSC", f"smpp://ivr@127.0.0.1:{port}")
        well = CliRunner().invoke(app, doctor)
    assert (well.exit_code, f"answers on 127.0.0.1:{port}" in well.stdout) == (0, True)
    ill = CliRunner().invoke(app, doctor)
    assert (ill.exit_code, "check the address in IVR_SMSC" in ill.stdout) == (1, True)


def test_the_built_in_centre_takes_on_the_ways_of_others(
    container: Container, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IVR_SMSC_SIMULATOR_ANSWER", "0x0A")
    monkeypatch.setenv("IVR_SMSC_SIMULATOR_RECEIPTS", "capitals")
    simulator = message_centre(read_settings())
    assert (simulator.mood, simulator.refusal) == (SmscBehaviour.REFUSES, 0x0A)
    assert simulator.habit is Habit.CAPITALS
    monkeypatch.setenv("IVR_SMSC_SIMULATOR_RECEIPTS", "shouted")
    with pytest.raises(Unusable, match="'shouted' is not one of plain, text-only"):
        message_centre(read_settings())


class TestRetry:
    """``ivr messages retry``: a person sends again what failed."""

    def settled(
        self, container: Container, reference: str, state: MessageState, body: str = BODY
    ) -> int:
        """A message that came to an end; answers its id."""
        outbox = container.store.outbox
        outbox.put(NUMBER, body, reference)
        claimed = outbox.find(reference)
        assert claimed is not None
        now = outbox.now()
        if state is MessageState.FAILED:
            outbox.settle(claimed.id, state, now, "the message centre answers 0x0b")
            return claimed.id
        outbox.acknowledged(claimed.id, 0, 1, reference, now, now)
        if state is not MessageState.SENT:
            has_arrived = state is MessageState.DELIVERED
            outbox.receipt(DeliveryReceipt((reference,), (NUMBER,), has_arrived), now)
        return claimed.id

    @pytest.mark.parametrize("state", [MessageState.FAILED, MessageState.UNDELIVERED])
    def test_one_goes_again_as_if_it_were_new(
        self, container: Container, state: MessageState
    ) -> None:
        id = self.settled(container, "order:9", state)
        done = run("retry", str(id))
        assert (done.exit_code, done.stderr) == (0, "1 message to be sent again\n")
        message = container.store.outbox.get(id)
        assert message is not None
        assert (message.state, message.tries, message.parts) == (MessageState.WAITING, 0, 0)
        assert (message.detail, message.settled, message.body) == ("", None, BODY)
        (entry,) = container.store.audit.newest(1, NUMBER)
        assert entry.action == "message.retry"

    def test_an_old_one_is_not_given_up_at_once(self, container: Container) -> None:
        old = dataclasses.replace(
            container.store.outbox, now=lambda: datetime.now(UTC) - timedelta(days=9)
        )
        old.put(NUMBER, BODY, "order:9")
        claimed = old.claim(old.now(), old.now())
        assert claimed is not None
        old.settle(claimed.id, MessageState.FAILED, old.now(), "waited too long")
        assert run("retry", str(claimed.id)).exit_code == 0
        now = container.clock.now()
        assert container.store.outbox.expire(now - timedelta(hours=48), now) == []

    def test_all_that_failed_since_a_time_go_again_and_nothing_else(
        self, container: Container
    ) -> None:
        failed = [self.settled(container, f"order:{id}", MessageState.FAILED) for id in (7, 8)]
        lost = self.settled(container, "order:9", MessageState.UNDELIVERED)
        done = run("retry", "--since", "2026-01-01")
        assert (done.exit_code, done.stderr) == (0, "2 messages to be sent again\n")
        found = {message.id: message.state for message in container.store.outbox.newest(9)}
        assert {found[id] for id in failed} == {MessageState.WAITING}
        assert found[lost] is MessageState.UNDELIVERED
        again = run("retry", "--since", "2026-01-01")
        assert (again.exit_code, again.stderr) == (0, "0 messages to be sent again\n")

    def test_what_failed_before_stays(self, container: Container) -> None:
        self.settled(container, "order:9", MessageState.FAILED)
        assert "0 messages" in run("retry", "--since", "2999-01-01").stderr

    def test_a_code_is_never_sent_again(self, container: Container) -> None:
        id = self.settled(container, "code:9", MessageState.FAILED, "12345678 is the code")
        refused = run("retry", str(id))
        assert "is not kept, because it had a one-time code" in str(refused.exception)
        every = run("retry", "--since", "2026-01-01").stderr
        assert every == (
            "0 messages to be sent again; 1 cannot be sent: their texts are not kept, or the"
            " number has a new owner\n"
        )

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            ((), "give ids from `ivr messages`"),
            (("1", "--since", "2026-01-01"), "give ids"),
            (("4711",), "there is no message 4711: `ivr messages` lists them"),
            (("1",), "message 1 is waiting: only failed or undelivered messages can be sent again"),
            (("--since", "yesterday"), "--since yesterday is not a time: write it as 2026-11-24"),
        ],
    )
    def test_what_cannot_be_sent_again_is_said(
        self, container: Container, arguments: tuple[str, ...], said: str
    ) -> None:
        refused = run("retry", *arguments)
        assert isinstance(refused.exception, Unusable)
        assert said in str(refused.exception)

    def test_one_wrong_id_changes_nothing(self, container: Container) -> None:
        id = self.settled(container, "order:9", MessageState.FAILED)
        assert run("retry", str(id), "4711").exit_code == 1
        message = container.store.outbox.get(id)
        assert message is not None
        assert message.state is MessageState.FAILED


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("IVR_SMSC", "smpps://ivr@10.0.0.7", "or smpps:// with TLS"),
        ("IVR_SMSC_SYSTEM_TYPE", "a system of many words", "at most 12 letters"),
        ("IVR_SMSC_SYSTEM_TYPE", "Müşderi", "is not a system type"),
        ("IVR_SMSC_SOURCE_TON", "international", "not a whole number from 0 to 255"),
        ("IVR_SMSC_NUMBER_NPI", "256", "256 is too large: the maximum is 255"),
        ("IVR_SMSC_SIMULATOR_ANSWER", "busy", "not a command_status of SMPP such as 0x0a"),
        ("IVR_SMSC_LINKS", "receiver", "'receiver' is not one of 'one', 'two'"),
        ("IVR_SMSC_CA", "/nowhere/ca.pem", "there is no such file"),
        ("IVR_SMSC_CERTIFICATE", "/nowhere/own.pem", "there is no such file"),
        ("IVR_SMSC", "10.0.0.7:2775", "is not smpp://NAME@HOST:PORT"),
        ("IVR_SMSC", "smpp://10.0.0.7:2775", "is not smpp://NAME@HOST:PORT"),
        ("IVR_SMSC", "smpp://ivr@10.0.0.7", "is not smpp://NAME@HOST:PORT"),
        ("IVR_SMSC", "smpp://ivr@10.0.0.7:99999", "is not smpp://NAME@HOST:PORT"),
        ("IVR_SMSC", "smpp://ivr:topsecret@10.0.0.7:2775", "goes into IVR_SMSC_PASSWORD"),
        ("IVR_SMSC", "http://ivr@10.0.0.7:2775", "is not smpp://NAME@HOST:PORT"),
        ("IVR_SMSC", "smpp://a-very-long-name@h:2775", "at most 15 letters"),
        ("IVR_SMSC_PASSWORD", "topsecret1", "at most 8 letters"),
        ("IVR_SMSC_SOURCE", "a name of many", "neither a number nor a name"),
        ("IVR_SMSC_SOURCE", "Müşderi", "neither a number nor a name"),
        ("IVR_SMSC_SOURCE", "", "neither a number nor a name"),
        ("IVR_MESSAGES_A_DAY", "0", "0 is too small: the minimum is 1"),
        ("IVR_NETWORK_LATENCY", "soon", "'soon' is not a number such as 2.5"),
        ("IVR_LOG_MEGABYTES", "0", "it must be more than 0.0"),
        ("IVR_LOG_MEGABYTES", "inf", "is not a number"),
        ("IVR_SIP_INFO", "perhaps", "'perhaps' is neither true nor false"),
        ("IVR_WORKERS", "2.5", "'2.5' is not a whole number"),
    ],
)
def test_a_bad_setting_is_named_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, value: str, said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(name, value)
    with pytest.raises(Unusable, match=f"setting {name}: ") as caught:
        read_settings()
    assert said in str(caught.value)
    assert "topsecret" not in str(caught.value)


def test_a_good_setting_is_taken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IVR_SMSC", "smpp://ivr@smsc.example:2775")
    monkeypatch.setenv("IVR_SMSC_PASSWORD", "quayside")
    monkeypatch.setenv("IVR_SMSC_SOURCE", "MTS")
    settings = read_settings()
    assert (settings.smsc, settings.smsc_source) == ("smpp://ivr@smsc.example:2775", "MTS")
    assert "quayside" not in repr(settings)


def test_settings_of_the_link_are_taken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ca.pem").touch()
    monkeypatch.setenv("IVR_SMSC", "smpps://ivr@smsc.example:3550")
    monkeypatch.setenv("IVR_SMSC_LINKS", "two")
    monkeypatch.setenv("IVR_SMSC_SYSTEM_TYPE", "VMS")
    monkeypatch.setenv("IVR_SMSC_SOURCE_TON", "3")
    monkeypatch.setenv("IVR_SMSC_SOURCE_NPI", "")
    monkeypatch.setenv("IVR_SMSC_CA", str(tmp_path / "ca.pem"))
    monkeypatch.setenv("IVR_SMSC_CERTIFICATE", "")
    settings = read_settings()
    assert (settings.smsc_links, settings.smsc_system_type) == ("two", "VMS")
    assert (settings.smsc_source_ton, settings.smsc_source_npi) == ("3", "")
    assert (settings.smsc_number_ton, settings.smsc_number_npi) == (1, 1)
    assert (settings.smsc_ca, settings.smsc_certificate) == (str(tmp_path / "ca.pem"), "")


@pytest.mark.parametrize("name", ["IVR_SMSC_CA", "IVR_SMSC_CERTIFICATE"])
def test_a_file_that_is_no_pem_is_named(
    container: Container, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    file = tmp_path / "some.pem"
    file.write_text("no certificate")
    monkeypatch.setenv("IVR_SMSC", "smpps://ivr@smsc.example:3550")
    monkeypatch.setenv(name, str(file))
    with pytest.raises(Unusable, match=f"setting {name}: '.*some.pem'"):
        assert open_container().messages


def test_a_centre_that_wants_two_links_gets_them(
    container: Container, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IVR_SMSC", "smpp://ivr@smsc.example:2775")
    monkeypatch.setenv("IVR_SMSC_LINKS", "two")
    assert isinstance(open_container().messages.centre, TwoLinks)
    monkeypatch.setenv("IVR_SMSC_LINKS", "one")
    assert isinstance(open_container().messages.centre, SmppCentre)
