"""What Asterisk's configuration has for browser phones, and that it has nothing without them."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from ivr.errors import TemporarilyUnavailable
from ivr.telephony.configuration import Programs, render, run_folder
from ivr.telephony.seats import StoredSeatSecrets
from ivr.wiring import telephony
from ivr.wiring.container import Container
from tests.e2e.installation import own_settings


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Programs:
    return telephony.programs(Container(own_settings(tmp_path_factory.mktemp("programs"))))


def conf(folder: Path) -> dict[str, str]:
    return {file.name: file.read_text() for file in folder.glob("*.conf")}


def test_each_seat_has_a_password_of_its_own_that_is_new_at_each_start(
    tmp_path: Path, programs: Programs
) -> None:
    settings = own_settings(tmp_path, seats=3, agent_networks="10.1.0.0/16", trunk="10.0.0.5")
    stored = StoredSeatSecrets(run_folder(settings.home), settings.asterisk_http_bind)
    made: list[str] = []
    for _ in range(2):
        folder = render(settings, programs, {}).parent
        passwords = stored.secrets()
        assert list(passwords) == ["seat-01", "seat-02", "seat-03"]
        made += [*passwords.values(), stored.websocket()]
        text = (folder / "pjsip.conf").read_text()
        for seat, password in passwords.items():
            assert f"username = {seat}\npassword = {password}\n" in text
        assert "permit = 127.0.0.1/32\n" in text
    assert len(set(made)) == 8
    file = run_folder(settings.home) / "seats.json"
    assert file.stat().st_mode & 0o777 == 0o600
    file.write_text("{")
    with pytest.raises(TemporarilyUnavailable):
        stored.secrets()


def test_without_seats_asterisk_has_no_http_and_no_websocket(
    tmp_path: Path, programs: Programs
) -> None:
    settings = own_settings(tmp_path, seats=0, agent_networks="10.1.0.0/16", trunk="10.0.0.5")
    found = conf(render(settings, programs, {}).parent)
    assert "enabled = no" in found["http.conf"]
    assert "icesupport = no" in found["rtp.conf"]
    assert "websocket" not in found["modules.conf"]
    assert "127.0.0.1/32" not in found["pjsip.conf"]
    assert StoredSeatSecrets(run_folder(settings.home), "").secrets() == {}


@pytest.mark.parametrize(
    ("bind", "external", "offered"),
    [
        ("10.0.0.7:5060", "", "ice_permit = 10.0.0.7/255.255.255.255"),
        ("10.0.0.7:5060", "203.0.113.5", "10.0.0.7 => 203.0.113.5,include_local_address"),
    ],
)
def test_browser_phones_are_offered_the_address_of_the_audio(
    tmp_path: Path, programs: Programs, bind: str, external: str, offered: str
) -> None:
    settings = own_settings(tmp_path, sip_bind=bind, external_address=external)
    folder = render(settings, programs, {}).parent
    assert offered in (folder / "rtp.conf").read_text()


def test_agents_of_other_languages_are_left_out_for_a_time_or_for_good(
    tmp_path: Path, programs: Programs
) -> None:
    never = conf(render(own_settings(tmp_path), programs, {}).parent)
    assert "widen" not in never["queues.conf"] + never["queuerules.conf"]
    assert "QUEUE_MAX_PENALTY" not in never["extensions.conf"]
    later = conf(render(own_settings(tmp_path, widen_seconds=45), programs, {}).parent)
    assert "defaultrule = widen\n" in later["queues.conf"]
    assert "penaltychange => 45,99,0\n" in later["queuerules.conf"]
    assert "Set(QUEUE_MAX_PENALTY=49)\n" in later["extensions.conf"]


def test_asterisks_http_is_for_this_machine_alone(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match=r"'0.0.0.0:8088' can be reached by others"):
        own_settings(tmp_path, asterisk_http_bind="0.0.0.0:8088")
