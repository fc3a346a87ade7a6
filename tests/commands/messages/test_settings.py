"""Settings of the message centre."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivr.errors import Unusable
from ivr.network.smpp import SmppCentre
from ivr.network.twolinks import TwoLinks
from ivr.settings import read_settings
from ivr.wiring.container import Container, open_container


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
