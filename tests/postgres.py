"""A real PostgreSQL of the suite's own: throw-away data, a Unix socket, no port.

Each xdist worker that needs it starts one; what is not used is not started.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any

import psycopg

from tests.waiting import until

SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "listen_addresses": "",
    "shared_buffers": "32MB",
    "max_connections": "100",
    "autovacuum": "off",
}


class Postgres:
    """A server in a folder. ``stop`` and ``start`` as if a machine died and came back."""

    def __init__(self, folder: Path, **settings: str) -> None:
        """``settings`` are those of postgresql.conf, where the suite's own will not do."""
        self.folder = folder
        self._settings = {**SETTINGS, **settings}
        self._data = folder / "data"
        self._numbers = count(1)
        self._process: subprocess.Popen[bytes] | None = None
        self._run(
            [
                *(str(programs() / "initdb"), "--pgdata", str(self._data)),
                *("--username", "ivr", "--auth", "trust", "--encoding", "UTF8"),
                *("--locale", "C", "--no-sync"),
            ]
        )

    def start(self) -> None:
        options = [f"--{name}={value}" for name, value in self._settings.items()]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [
                    str(programs() / "postgres"),
                    "-D",
                    str(self._data),
                    "-k",
                    str(self.folder),
                    *options,
                ],
                stdout=log,
                stderr=log,
                cwd=self.folder,
                **unprivileged(),
            )
        until(self._is_up, (self.folder / "log").read_text)

    def _is_up(self) -> bool:
        try:
            psycopg.connect(self._dsn("postgres")).close()
        except psycopg.OperationalError:
            if self._process is None or self._process.poll() is not None:
                raise RuntimeError((self.folder / "log").read_text()) from None
            return False
        return True

    def stop(self) -> None:
        """End every connection at once and stop."""
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:
                self._process.send_signal(signal.SIGQUIT)
                self._process.wait(20)
            self._process = None

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """The server and all its sessions stand still, holding their connections."""
        assert self._process is not None
        family = [self._process.pid, *children(self._process.pid)]
        for pid in family:
            signal_to(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in family:
                signal_to(pid, signal.SIGCONT)

    def create(self, template: str = "template0") -> str:
        """A new database; answers its name."""
        name = f"ivr_{next(self._numbers)}"
        with psycopg.connect(self._dsn("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}".encode())
        return name

    def url(self, name: str) -> str:
        return f"postgresql+psycopg://ivr@/{name}?host={self.folder}"

    def _dsn(self, name: str) -> str:
        return f"host={self.folder} user=ivr dbname={name} connect_timeout=5"

    def _run(self, command: list[str]) -> None:
        done = subprocess.run(
            command, capture_output=True, text=True, cwd=self.folder, **unprivileged()
        )
        if done.returncode != 0:
            raise RuntimeError(done.stderr)


def programs() -> Path:
    """The folder of PostgreSQL's programs: those on PATH, or the newest that Debian keeps."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    kept = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3])
    )
    if not kept:
        raise RuntimeError("PostgreSQL is not installed: run `make test`, which installs it")
    return kept[-1].parent


def unprivileged() -> dict[str, Any]:
    """PostgreSQL refuses to run as root: then it runs as nobody."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def signal_to(pid: int, number: signal.Signals) -> None:
    """A session may have ended in this very moment."""
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def children(pid: int) -> list[int]:
    """Its direct children: PostgreSQL's sessions and helpers."""
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(child) for child in listed.split()]


@contextmanager
def running(**settings: str) -> Iterator[Postgres]:
    """A server for as long as it is needed; nothing is left of it."""
    folder = Path(tempfile.mkdtemp(prefix="ivr-pg-"))
    try:
        if os.geteuid() == 0:
            os.chown(folder, pwd.getpwnam("nobody").pw_uid, -1)
        server = Postgres(folder, **settings)
        try:
            server.start()
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
