"""``ivr network-simulator`` and ``ivr catalogue compare`` as a person runs them."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from ivr.errors import Unusable
from ivr.settings import Settings, read_settings
from ivr.system.hardening import die_with_parent
from tests.e2e.installation import environment, own_settings


@contextmanager
def simulator(settings: Settings) -> Iterator[str]:
    """The command in a process of its own; the address of its moods."""
    process = subprocess.Popen(
        [sys.executable, "-m", "ivr", "network-simulator"],
        env=environment(settings),
        stderr=subprocess.PIPE,
        preexec_fn=die_with_parent,
    )
    assert process.stderr is not None
    assert b"answers on" in process.stderr.readline()
    try:
        yield f"http://{settings.network_simulator_bind}/simulator"
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
        process.stderr.close()


def compare(settings: Settings, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ivr", "catalogue", "compare", *options],
        env=environment(settings),
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_simulator_answers_changes_its_mood_and_ends(tmp_path: Path) -> None:
    settings = own_settings(tmp_path, network_latency=0.3, network_refuses="mms; sms")
    with simulator(settings) as address, httpx.Client(trust_env=False) as client:
        assert client.get(address).status_code == 401
        client.headers["Authorization"] = f"Bearer {settings.token_for_network}"
        mood = client.get(address).json()
        assert (mood["latency"], sorted(mood["refuses"])) == (0.3, ["mms", "sms"])
        assert client.patch(address, json={"latency": 0, "outage": "error"}).json()["latency"] == 0
        path = address.removesuffix("/simulator") + "/tmf-api/serviceOrdering/v4/serviceOrder"
        fault = client.get(path)
        assert (fault.status_code, fault.json()["reason"]) == (503, "out of service")
        for wrong in ({"latency": -1}, {"colour": "red"}, {"outage": "closed"}):
            refused = client.patch(address, json=wrong)
            assert refused.status_code == 422
            assert next(iter(wrong)) in refused.json()["reason"]
        assert client.get(f"{address}/switched/99365123456").json() == {}
        assert compare(settings).returncode == 1  # the catalogue has its part in the outage
        client.patch(address, json={"outage": "none"})
        agreed = compare(settings)
        assert (agreed.returncode, agreed.stdout) == (0, "the catalogues agree\n")
        document = compare(settings, "--json")
        assert json.loads(document.stdout) == []


def test_a_spoilt_file_is_named_with_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "network.sqlite").write_text("no database " * 999)
    done = subprocess.run(
        [sys.executable, "-m", "ivr", "network-simulator"],
        env=environment(own_settings(tmp_path)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "network.sqlite cannot be used" in done.stderr
    assert "remove it" in done.stderr


def test_without_a_network_the_comparison_says_so_in_one_sentence(tmp_path: Path) -> None:
    done = compare(own_settings(tmp_path))
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "the catalogue cannot be used now" in done.stderr
    assert "IVR_NETWORK_URL" in done.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("IVR_NETWORK_URL", "network.example"),
        ("IVR_NETWORK_URL", "ftp://network.example"),
        ("IVR_NETWORK_URL", "https://"),
        ("IVR_NETWORK_OUTAGE", "perhaps"),
        ("IVR_NETWORK_API", "soap"),
        ("IVR_NETWORK_SIMULATOR_BIND", "8090"),
        ("IVR_NETWORK_DELIVERIES", "-1"),
    ],
)
def test_a_wrong_setting_is_named(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(name, value)
    with pytest.raises(Unusable, match=name):
        read_settings()


@pytest.mark.parametrize(
    ("value", "read"), [("true", "error"), ("false", "none"), ("", "none"), ("hang", "hang")]
)
def test_an_outage_may_still_be_true_or_false(
    value: str, read: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IVR_NETWORK_OUTAGE", value)
    assert read_settings().network_outage == read


def test_an_address_loses_its_last_slash(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IVR_NETWORK_URL", "https://network.example/api/")
    assert read_settings().network_url == "https://network.example/api"
