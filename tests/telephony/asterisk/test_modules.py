"""What a running Asterisk has in it: what the line uses, and nothing else."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from ivr.settings import Settings
from ivr.telephony.asterisk import Asterisk
from ivr.telephony.configuration import render
from ivr.wiring import telephony
from ivr.wiring.container import Container
from tests.e2e.installation import own_settings

RUNS_PROGRAMS = {
    "applications": {
        *("System", "TrySystem", "Exec", "TryExec", "ExecIf", "ExternalIVR", "Originate", "DISA"),
        *("ChanSpy", "ExtenSpy", "Record", "Dictate", "MixMonitor", "Dial", "Page", "SMS", "JACK"),
        *("Stasis", "AudioSocket", "Festival", "VoiceMail", "SendText", "Read", "Reload"),
        *("ChannelRedirect", "BlindTransfer", "AttendedTransfer", "Transfer", "PrivacyManager"),
        *("MP3Player", "Authenticate", "DBdel", "DBdeltree", "Verbose", "Log", "DumpChan"),
    },
    "functions": {
        *("SHELL", "CURL", "CURLOPT", "ODBC", "AST_CONFIG", "REALTIME", "AST_SORCERY", "SYSINFO"),
        *("GLOBAL", "LOCK", "PJSIP_ENDPOINT", "PJSIP_AOR", "PJSIP_HEADER", "DIALGROUP", "MODULE"),
    },
}
"""Or does what nobody here needs: records, listens in, dials out, asks servers."""
ABSENT = [
    *("app_system", "func_shell", "app_externalivr", "app_originate", "app_disa"),
    *("app_chanspy", "app_exec", "app_record", "app_mixmonitor", "app_dial"),
    *("app_stasis", "pbx_spool", "pbx_realtime", "pbx_loopback", "func_curl", "res_curl"),
    *("res_http_post", "res_http_media_cache", "res_pjsip_messaging", "res_pjsip_diversion"),
    *("res_pjsip_refer", "res_pjsip_exten_state", "res_pjsip_mwi"),
    *("res_pjsip_publish_asterisk", "res_pjsip_outbound_publish"),
    *("res_pjsip_outbound_registration", "res_pjsip_one_touch_record_info"),
    *("res_pjsip_history", "res_pjsip_notify", "res_pjsip_t38", "res_stasis", "res_ari"),
    *("res_smdi", "res_realtime", "res_sorcery_realtime", "res_config_curl", "chan_rtp"),
    *("chan_audiosocket", "chan_iax2"),
]


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return own_settings(tmp_path_factory.mktemp("modules"))


@pytest.fixture(scope="module")
def asterisk(settings: Settings) -> Iterator[Asterisk]:
    """As `ivr up` starts it."""
    home = settings.home
    configuration = render(settings, telephony.programs(Container(settings)), {})
    left = os.memfd_create("ours", 0)  # open in this process, and meant for its children
    os.set_inheritable(left, True)
    with Asterisk(
        telephony.programs(Container(settings)).asterisk, configuration, home / "out"
    ) as it:
        it.wait_ready()
        yield it
    os.close(left)


def listed(settings: Settings) -> set[str]:
    text = (settings.home / "asterisk" / "etc" / "modules.conf").read_text()
    assert "autoload = no\n" in text
    return set(re.findall(r"^load = (\w+)\.so$", text, re.M))


def test_what_is_loaded_is_what_is_listed_and_all_of_it_runs(
    asterisk: Asterisk, settings: Settings
) -> None:
    shown = asterisk.command("module show")
    modules = re.findall(r"^(\w+)\.so .* (Running|Not Running) ", shown, re.M)
    assert {name for name, _ in modules} == listed(settings)
    assert {state for _, state in modules} == {"Running"}


@pytest.mark.parametrize("module", ABSENT)
def test_what_can_be_misused_is_not_there(asterisk: Asterisk, module: str) -> None:
    assert "0 modules loaded" in asterisk.command(f"module show like {module}.so")


@pytest.mark.parametrize("kind", RUNS_PROGRAMS)
def test_nothing_runs_a_program_or_a_call_of_its_own(asterisk: Asterisk, kind: str) -> None:
    there = known(asterisk, kind)
    assert there & RUNS_PROGRAMS[kind] == set()
    assert there >= {"applications": {"AGI", "Queue"}, "functions": {"DB", "GROUP_COUNT"}}[kind]


def test_the_dialplan_uses_nothing_that_is_not_loaded(
    asterisk: Asterisk, settings: Settings
) -> None:
    text = (settings.home / "asterisk" / "etc" / "extensions.conf").read_text()
    lines = [line for line in text.splitlines() if not line.startswith(";")]
    steps = re.findall(r"(?:exten =>[^,]+,\w+|same => n)(?:\(\w+\))?,(\w+)\(", "\n".join(lines))
    functions = re.findall(r"(?:\$\{|Set\()([A-Z_0-9]+)\(", "\n".join(lines))
    assert {"AGI", "Queue", "UserEvent", "ReceiveFAX", "Wait"} <= set(steps)
    assert {"FILE", "FILTER", "IF", "DB", "CHANNEL", "FAXOPT"} <= set(functions)
    assert set(steps) <= known(asterisk, "applications")
    assert set(functions) <= known(asterisk, "functions")


def test_it_starts_without_a_complaint(asterisk: Asterisk, settings: Settings) -> None:
    assert asterisk.running()
    logged = (settings.home / "logs" / "asterisk.log").read_text()
    printed = (settings.home / "out").read_text()
    assert not re.search("ERROR|WARNING|declined|not confined", logged + printed)


def test_nothing_of_ours_is_in_it(asterisk: Asterisk) -> None:
    process = Path(f"/proc/{asterisk.pid}")
    given = (process / "environ").read_bytes().split(b"\0")
    names = {each.partition(b"=")[0].decode() for each in given if each}
    assert names <= {"HOME", "LANG", "LC_ALL", "PATH", "TZ"}
    limits = re.search(r"^Max core file size +(\S+) +(\S+)", (process / "limits").read_text(), re.M)
    assert limits is not None
    assert limits.groups() == ("0", "0")
    status = dict(re.findall(r"^(\w+):\t(.*)$", (process / "status").read_text(), re.M))
    assert (status["Umask"], status["NoNewPrivs"], status["Seccomp"]) == ("0077", "1", "2")
    assert not any("ours" in os.readlink(each) for each in (process / "fd").iterdir())


def known(asterisk: Asterisk, kind: str) -> set[str]:
    """Applications or functions that there are."""
    shown = asterisk.command(f"core show {kind}")
    pattern = r"^ +(\w+):" if kind == "applications" else r"^([A-Z_0-9]+) "
    return set(re.findall(pattern, shown, re.M))
