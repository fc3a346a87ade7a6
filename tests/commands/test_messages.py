"""``ivr messages`` and its settings: what is shown, what is hidden, what is refused."""

from __future__ import annotations

import dataclasses
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from ivr import wiring
from ivr.__main__ import app
from ivr.errors import Unusable
from ivr.ports import MessageState
from ivr.settings import read_settings
from ivr.store.outbox import StoredOutbox
from ivr.values import Msisdn
from ivr.wiring import House

NUMBER, OTHER = Msisdn("99365123456"), Msisdn("99366300891")
BODY = "Your order is done."


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IVR_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "200")
    house = wiring.open_house()
    wiring.prepare_database(house)
    house.outbox.put(NUMBER, BODY, "order:1")
    house.outbox.put(OTHER, "Another text.", "advice:1")
    return house


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["messages", *arguments])


def listed(*arguments: str) -> list[dict[str, Any]]:
    result = run("--json", *arguments)
    assert result.exit_code == 0, result.output
    found: list[dict[str, Any]] = json.loads(result.stdout)
    return found


def test_a_code_is_never_shown(house: House) -> None:
    house.outbox.put(NUMBER, "12345678 is the code", "code:1")
    (code, *_) = listed("--body")
    assert (code["occasion"], code["body"]) == ("code", "")
    assert "12345678" not in run("--body").stdout


def test_messages_are_listed_newest_first_with_numbers_masked(house: House) -> None:
    found = listed()
    assert [each["number"] for each in found] == ["…91", "…56"]
    assert [each["occasion"] for each in found] == ["advice", "order"]
    assert {each["state"] for each in found} == {"waiting"}
    assert "body" not in found[0]
    readable = run().stdout
    assert "waiting" in readable
    for hidden in (NUMBER, OTHER, BODY):
        assert hidden not in readable + json.dumps(found)


def test_the_messages_of_one_number(house: House) -> None:
    assert [each["occasion"] for each in listed("--number", "65123456")] == ["order"]


def test_texts_are_shown_to_who_asks_for_them(house: House) -> None:
    assert [each["body"] for each in listed("--body")] == ["Another text.", BODY]
    assert BODY in run("--body").stdout


def test_what_is_no_number_is_wrong_usage(house: House) -> None:
    assert run("--number", "12").exit_code == 2


def test_a_message_that_waits_for_hours_is_ill(house: House) -> None:
    doctor = ["doctor", "messages"]
    well = CliRunner().invoke(app, doctor)
    assert (well.exit_code, "no phone gets any" in well.stdout) == (0, True)
    old = dataclasses.replace(
        house.store.outbox, now=lambda: datetime.now(UTC) - timedelta(hours=2)
    )
    assert isinstance(old, StoredOutbox)
    old.put(NUMBER, BODY, "order:2")
    ill = CliRunner().invoke(app, doctor)
    assert (ill.exit_code, "a text message waits since" in ill.stdout) == (1, True)
    claimed = old.claim(old.now(), old.now())
    assert claimed is not None
    old.settle(claimed.id, MessageState.FAILED, old.now(), "refused")
    assert CliRunner().invoke(app, doctor).exit_code == 0


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("IVR_SMSC", "10.0.0.7:2775", "is not smpp://NAME@HOST:PORT"),
        ("IVR_SMSC", "smpp://10.0.0.7:2775", "is not smpp://NAME@HOST:PORT"),
        ("IVR_SMSC", "smpp://ivr@10.0.0.7", "is not smpp://NAME@HOST:PORT"),
        ("IVR_SMSC", "smpp://ivr@10.0.0.7:99999", "is not smpp://NAME@HOST:PORT"),
        ("IVR_SMSC", "smpp://ivr:topsecret@10.0.0.7:2775", "goes into IVR_SMSC_PASSWORD"),
        ("IVR_SMSC", "http://ivr@10.0.0.7:2775", "is not smpp://NAME@HOST:PORT"),
        ("IVR_SMSC", "smpp://a-very-long-name@h:2775", "no names of more than 15"),
        ("IVR_SMSC_PASSWORD", "topsecret1", "no passwords of more than 8"),
        ("IVR_SMSC_SOURCE", "a name of many", "neither a number nor a name"),
        ("IVR_SMSC_SOURCE", "Müşderi", "neither a number nor a name"),
        ("IVR_SMSC_SOURCE", "", "neither a number nor a name"),
        ("IVR_MESSAGES_A_DAY", "0", "setting IVR_MESSAGES_A_DAY"),
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
