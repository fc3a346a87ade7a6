"""A message centre and a link to it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ivr.network import smpp
from ivr.network.smpp import Address, SmppCentre
from ivr.simulators.smsc import SmscSimulator
from tests.network.link.centres import PASSWORD, Noted, Peer, Scripted


@pytest.fixture
def noted() -> Noted:
    return Noted()


@pytest.fixture
def smsc(tmp_path: Path) -> Iterator[SmscSimulator]:
    simulator = SmscSimulator(tmp_path / "smsc.sqlite", password=PASSWORD)
    simulator.start()
    yield simulator
    simulator.close()


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """No pause; a centre that answers has all the time that a busy machine needs."""
    monkeypatch.setattr(smpp, "DEADLINE", 30.0)
    monkeypatch.setattr(smpp, "PATIENCE", 30.0)
    monkeypatch.setattr(smpp, "FIRST_PAUSE", 0.0)


@pytest.fixture
def centre(smsc: SmscSimulator, quick: None) -> Iterator[SmppCentre]:
    made = SmppCentre(Address("ivr", "127.0.0.1", smsc.port), PASSWORD, "0890")
    yield made
    made.close()


@pytest.fixture
def scripted() -> Scripted:
    return lambda answers, first=None: Peer(answers, first)
