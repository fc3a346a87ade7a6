"""``ivr messages``: what waits, what was sent, and what is ill."""

from __future__ import annotations

import dataclasses
import json
import socket
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from typer.testing import CliRunner

from ivr.__main__ import app
from ivr.domain.messages import MessageState
from ivr.errors import Unusable
from ivr.processes.network import message_centre
from ivr.settings import read_settings
from ivr.simulators.smsc import SmscBehaviour
from ivr.simulators.smsc_habits import Habit
from ivr.store.outbox import StoredOutbox
from ivr.wiring.container import Container
from tests.commands.messages.run import BODY, NUMBER, OTHER, run


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
