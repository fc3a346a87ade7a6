"""``ivr up`` as a person starts and ends it: what is left, and what is said when it fails."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ivr.domain.values import Language
from ivr.settings import Settings, host_port
from ivr.system.hardening import die_with_parent
from ivr.testing.acting import by
from tests.e2e.installation import environment, line_settings, short_folder, sounds_made
from tests.e2e.line import running_line
from tests.nightly import nightly
from tests.waiting import until

SECONDS = 60.0
TCP_PORTS = [
    f"{name}_bind" for name in ("agi", "ami", "network_simulator", "network_listener", "health")
]


@pytest.fixture
def folder() -> Iterator[Path]:
    sounds_made()
    folder = short_folder()
    yield folder
    shutil.rmtree(folder)


def processes(home: Path) -> list[str]:
    """Command lines of all that runs for an IVR_HOME."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            around = (process / "environ").read_bytes().decode(errors="replace").split("\0")
        except OSError:
            continue
        if process.name != str(os.getpid()) and (
            str(home) in command or f"IVR_HOME={home}" in around
        ):
            found.append(command)
    return found


def listening(settings: Settings) -> list[str]:
    """The ports of an installation that are in use."""
    used = []
    for name, kind in (
        ("sip_bind", socket.SOCK_DGRAM),
        ("agi_bind", socket.SOCK_STREAM),
        ("ami_bind", socket.SOCK_STREAM),
        ("network_simulator_bind", socket.SOCK_STREAM),
        ("network_listener_bind", socket.SOCK_STREAM),
        ("health_bind", socket.SOCK_STREAM),
    ):
        with socket.socket(socket.AF_INET, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(host_port(getattr(settings, name)))
            except OSError:
                used.append(name)
    return used


class TestEnding:
    @pytest.mark.parametrize(
        "number", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.nightly)]
    )
    def test_a_signal_leaves_no_process_and_no_port(
        self, folder: Path, number: signal.Signals
    ) -> None:
        home = folder / "home"
        with running_line(home) as line:
            assert line.process is not None
            assert len(processes(home)) >= 2
            assert len(listening(line.settings)) == 6
            with line.call(line.number()) as caller:
                caller.hears("welcome", language=Language.TURKMEN)
                line.process.send_signal(number)
                assert line.process.wait(20) == 0
        assert processes(home) == []
        assert listening(line.settings) == []

    def test_a_killed_one_takes_its_asterisk_along(self, folder: Path) -> None:
        settings = line_settings(folder / "home")
        process = subprocess.Popen(
            [sys.executable, "-m", "ivr", "up"],
            env=environment(settings),
            stdout=subprocess.PIPE,
            preexec_fn=die_with_parent,
            text=True,
        )
        assert process.stdout is not None
        with process.stdout:
            assert any("is ready" in line for line in process.stdout)
        process.kill()
        process.wait()
        until(lambda: processes(settings.home) == [])
        until(lambda: listening(settings) == [])  # a process is gone before its files are

    @pytest.mark.nightly
    def test_an_asterisk_that_died_is_told_and_started_again(self, folder: Path) -> None:
        settings = line_settings(folder / "home")
        with subprocess.Popen(
            [sys.executable, "-m", "ivr", "up"],
            env=environment(settings),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            preexec_fn=die_with_parent,
            text=True,
        ) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            assert any("is ready" in line for line in process.stdout)
            pid = int((settings.home / "asterisk" / "run" / "asterisk.pid").read_text())
            os.kill(pid, signal.SIGKILL)
            assert any("Asterisk ended by itself: it is started" in line for line in process.stderr)
            process.send_signal(signal.SIGINT)
            assert process.wait(20) == 0
        assert processes(settings.home) == []

    @pytest.mark.nightly
    def test_a_second_start_finds_everything_again(self, folder: Path) -> None:
        for _ in range(2):
            with running_line(folder / "home") as line:
                assert line.container.store.releases.live() == 1
        with closing(sqlite3.connect(folder / "home" / "ivr.sqlite")) as database:
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)

    @pytest.mark.nightly
    def test_a_restart_keeps_what_a_person_made_live(self, folder: Path) -> None:
        home = folder / "home"
        with running_line(home) as line:
            releases = line.container.store.releases
            first = releases.get(1)
            assert first is not None
            assert releases.publish(*by("editor"), first.document, first.published) == 2
            assert releases.point(*by("editor"), 1, first.published)
        with running_line(home) as line:
            assert line.container.store.releases.live() == 1
            assert "Menus" not in (folder / "home.out").read_text()
        damaged = first.document.replace('"speech":', '"spoken":')
        line.container.store.releases.publish(*by("editor"), damaged, first.published)
        with running_line(home) as line, line.call(line.number()) as caller:
            assert line.container.store.releases.live() == 4, "what cannot run is published again"
            caller.hears("welcome", language=Language.TURKMEN)
        older = first.document.replace("Hello!", "Hello! Older service.")
        line.container.store.releases.publish(*by("editor"), older, first.published)
        with running_line(home) as line:
            assert line.container.store.releases.live() == 5
            said = (folder / "home.out").read_text()
            assert "release 5 is live; prompts/ or db/catalogue.yaml differ from it" in said


class TestSideBySide:
    @pytest.mark.nightly
    def test_two_installations_do_not_meet(self, folder: Path) -> None:
        with running_line(folder / "one") as one, running_line(folder / "two") as two:
            number = one.subscriber(services="sms")
            assert two.container.store.subscribers.find(number) is None
            caller = one.number()
            with one.call(caller) as first, two.call(caller) as second:
                first.press("2")
                second.press("3")
                first.hears("menu.main.account", language=Language.RUSSIAN)
                second.hears("menu.main.account", language=Language.ENGLISH)
            until(lambda: one.container.store.callers.language(caller) is Language.RUSSIAN)
            until(lambda: two.container.store.callers.language(caller) is Language.ENGLISH)


def start(settings: Settings, **given: str) -> subprocess.CompletedProcess[str]:
    """``ivr up`` that is expected to refuse."""
    return subprocess.run(
        [sys.executable, "-m", "ivr", "up"],
        env={**environment(settings), **given},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


def refusal(done: subprocess.CompletedProcess[str]) -> str:
    """The one sentence that was said."""
    assert done.returncode == 1, done
    assert done.stdout == ""
    lines = [line for line in done.stderr.splitlines() if line.strip()]
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("ivr: ")
    return lines[0]


class TestRefusing:
    @pytest.mark.parametrize(
        ("name", "value", "said"),
        [
            ("IVR_SIP_BIND", "5060", "setting IVR_SIP_BIND: '5060' is not HOST:PORT"),
            nightly("IVR_SIP_BIND", "127.0.0.1:99999", "setting IVR_SIP_BIND"),
            nightly("IVR_RTP_PORTS", "29999-20000", "setting IVR_RTP_PORTS"),
            nightly("IVR_MAX_CALLS", "many", "setting IVR_MAX_CALLS"),
            nightly("IVR_MAX_CALLS", "0", "setting IVR_MAX_CALLS"),
            nightly("IVR_DATABASE_URL", "bogus", "IVR_DATABASE_URL is not a database URL"),
            nightly(
                "IVR_DATABASE_URL", "mysql://x/y", "databases of kind 'mysql' are not supported"
            ),
            (
                "IVR_DATABASE_URL",
                "postgresql+psycopg://nobody:hidden@127.0.0.1:1/ivr",
                "the database cannot be used now",
            ),
            nightly(
                "IVR_FAX_TRUNK", "Dial(x)", "IVR_FAX_TRUNK: 'Dial(x)' is not PJSIP/trunk/sip:…"
            ),
            nightly("IVR_FAX_TRUNK", "PJSIP/{number}@trunk", "is not PJSIP/trunk/sip:…"),
            nightly(
                "IVR_FAX_REFUSES", "a,b", "setting IVR_FAX_REFUSES: 'a,b' is not numbers joined"
            ),
            ("IVR_RUNTIME", "/nowhere", "is not installed: run `make setup`"),
        ],
    )
    def test_a_bad_setting_is_named_with_the_way_out(
        self, folder: Path, name: str, value: str, said: str
    ) -> None:
        settings = line_settings(folder / "home")
        sentence = refusal(start(settings, **{name: value, "PATH": "/usr/bin:/bin"}))
        assert said in sentence
        assert "hidden" not in sentence
        assert processes(settings.home) == []

    @pytest.mark.parametrize("name", ["sip_bind", *map(nightly, TCP_PORTS)])
    def test_a_port_in_use_is_named(self, folder: Path, name: str) -> None:
        settings = line_settings(folder / "home")
        kind = socket.SOCK_DGRAM if name == "sip_bind" else socket.SOCK_STREAM
        with socket.socket(socket.AF_INET, kind) as other:
            other.bind(host_port(getattr(settings, name)))
            if kind == socket.SOCK_STREAM:
                other.listen()
            sentence = refusal(start(settings))
        assert f"{getattr(settings, name)} cannot be used" in sentence
        assert f"set IVR_{name.upper()} to a free port" in sentence
        assert processes(settings.home) == []

    def test_a_home_that_cannot_be_written_is_named(self, folder: Path) -> None:
        (folder / "file").touch()
        sentence = refusal(start(line_settings(folder / "file" / "home")))
        assert f"{folder}/file/home cannot be written (Not a directory)" in sentence
        assert "set IVR_HOME" in sentence

    def test_a_database_that_is_none_is_named_and_left_alone(self, folder: Path) -> None:
        home = folder / "home"
        home.mkdir()
        garbage = b"no database at all " * 500
        (home / "ivr.sqlite").write_bytes(garbage)
        sentence = refusal(start(line_settings(home)))
        assert f"the database {home}/ivr.sqlite cannot be read" in sentence
        assert "restore it from a backup, or move it away" in sentence
        assert (home / "ivr.sqlite").read_bytes() == garbage

    @pytest.mark.nightly
    @pytest.mark.parametrize("kilobytes", [0, 20, 64])
    def test_a_disk_without_room_is_told_and_a_later_start_is_whole(
        self, folder: Path, kilobytes: int
    ) -> None:
        """No file may grow beyond so much: what a full disk does, done by the system."""
        settings = line_settings(folder / "home")

        def limited() -> None:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (kilobytes * 1024, kilobytes * 1024))

        done = subprocess.run(
            [sys.executable, "-m", "ivr", "up"],
            env=environment(settings),
            capture_output=True,
            preexec_fn=limited,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        sentence = refusal(done)
        assert str(settings.home) in sentence
        assert "cannot be written" in sentence
        assert processes(settings.home) == []
        with running_line(settings.home) as line, line.call(line.number()) as caller:
            caller.hears("welcome", language=Language.TURKMEN)
