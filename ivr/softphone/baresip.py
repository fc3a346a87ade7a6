"""Run one baresip: its folder, configuration, start, and its control by netstrings of JSON.

Observations with baresip 1.1 that determine the configuration:

* Without jitter buffer and concealment every packet is decoded unchanged on arrival, and
  ``sndfile`` writes it to its file within a millisecond (libsndfile writes through).
* ``aufile`` as microphone ends the call when its file ends. The silent file therefore lasts ten
  minutes; it is sparse and takes no disk space, but 10 MB of memory.
* A phone in a call takes 1.5 % of a core and 22 MB, in wideband 4 %. It starts in 15 ms.
* With SIP port 0 the kernel chooses the port; the control port does not support this. The control
  port accepts one client, and a second one ends the first. To keep phones apart, each has its own
  loopback address (127.0.0.0/8 is all loopback).
"""

from __future__ import annotations

import json
import secrets
import shutil
import socket
import struct
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from ivr.errors import TemporarilyUnavailable, Unusable
from ivr.system.hardening import die_with_parent, program_environment

START_SECONDS = 10.0
STOP_SECONDS = 2.0
STARTS = 5
MICROPHONE_SECONDS = 600
RTP_PORTS = "30000-32766"
"""A range outside the line's own ports and the kernel's ephemeral ports."""
MODULES = ("g711", "g722", "aufile", "sndfile", "account", "menu", "ctrl_tcp")
ADDRESS = "127.0.0.1"

_STARTER = ThreadPoolExecutor(1, "phones")
"""Starts every phone: the kernel ends a child when the *thread* that started it ends."""


class Baresip:
    """A baresip without an account (``uanew`` adds one). ``close`` removes all of its files."""

    def __init__(
        self,
        program: Sequence[str],
        modules: Path,
        rate: int,
        microphone: Path | None,
        rtp_ports: str = RTP_PORTS,
    ) -> None:
        """Start baresip. Unusable: it does not start."""
        self.folder = Path(tempfile.mkdtemp(prefix="phone-"))
        try:
            speaks = microphone or _silence(self.folder / "microphone.wav", rate)
            (self.folder / "accounts").touch()
            for _ in range(STARTS):
                control = _free_address()
                text = _configuration(self.folder, modules, control, rate, speaks, rtp_ports)
                (self.folder / "config").write_text(text)
                self._process = _STARTER.submit(_start, program, self.folder).result()
                link = self._connect(control)
                if link is not None:
                    self._link = link
                    return
                _end(self._process)
            raise Unusable(f"the phone does not start: {self._last_output()}; run `make setup`")
        except BaseException:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise

    @property
    def pid(self) -> int:
        return self._process.pid

    def send(self, command: str, parameters: str, token: str) -> None:
        """Send a command; the answer arrives among the messages, with the same token."""
        document = {"command": command, "params": parameters, "token": token}
        data = json.dumps(document).encode()
        try:
            self._link.sendall(b"%d:%s," % (len(data), data))
        except OSError:
            raise TemporarilyUnavailable("phone", "baresip has ended") from None

    def messages(self) -> Iterator[dict[str, Any]]:
        """Yield events and answers as they arrive, until baresip ends."""
        received = b""
        while True:
            try:
                more = self._link.recv(65536)
            except OSError:
                return
            if not more:
                return
            received += more
            while (message := netstring(received)) is not None:
                document, received = message
                yield document

    def dump(self) -> Path | None:
        """Return the file with the received sound; None before the first call."""
        return next(iter(sorted(self.folder.glob("dump-*-dec.wav"))), None)

    def close(self) -> None:
        """End baresip: it hangs up first. All of its files are removed on return."""
        _end(self._process)
        try:
            self._link.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        finally:
            self._link.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _connect(self, control: tuple[str, int]) -> socket.socket | None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                link = socket.create_connection(control, timeout=1)
            except OSError:
                time.sleep(0.01)
                continue
            link.settimeout(None)
            return link
        return None

    def _last_output(self) -> str:
        lines = (self.folder / "log").read_text(errors="replace").splitlines()
        return lines[-1] if lines else "baresip gave no output"


def netstring(data: bytes) -> tuple[dict[str, Any], bytes] | None:
    """Return the first complete ``LENGTH:JSON,`` and the rest of the data;
    None if it is incomplete."""
    length, colon, rest = data.partition(b":")
    if not colon or len(rest) <= int(length):
        return None
    end = int(length)
    return json.loads(rest[:end]), rest[end + 1 :]


def _start(program: Sequence[str], folder: Path) -> subprocess.Popen[bytes]:
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(
            [*program, "-f", str(folder)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=folder,
            env=program_environment(),
            start_new_session=True,
            preexec_fn=die_with_parent,
        )


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _configuration(
    folder: Path,
    modules: Path,
    control: tuple[str, int],
    rate: int,
    speaks: Path,
    rtp_ports: str,
) -> str:
    settings = {
        "poll_method": "epoll",
        "sip_listen": f"{ADDRESS}:0",
        "net_interface": ADDRESS,
        "rtp_ports": rtp_ports,
        "audio_player": "aufile,/dev/null",
        "audio_alert": "aufile,/dev/null",
        "audio_source": f"aufile,{speaks}",
        "ausrc_srate": rate,
        "auplay_srate": rate,
        "ausrc_channels": 1,
        "auplay_channels": 1,
        "audio_buffer": "20-160",
        "jitter_buffer_type": "off",
        "statmode_default": "off",
        "ringback_disabled": "yes",
        "snd_path": folder,
        "ctrl_tcp_listen": f"{control[0]}:{control[1]}",
        "module_path": modules,
    }
    lines = [f"{name} {value}" for name, value in settings.items()]
    return "\n".join([*lines, *(f"module {name}.so" for name in MODULES)]) + "\n"


def _silence(file: Path, rate: int) -> Path:
    size = 2 * rate * MICROPHONE_SECONDS
    parts = (b"RIFF", 36 + size, b"WAVEfmt ", 16, 1, 1, rate, rate * 2, 2, 16, b"data", size)
    with file.open("wb") as stream:
        stream.write(struct.pack("<4sI8sIHHIIHH4sI", *parts))
        stream.truncate(44 + size)
    return file


def _free_address() -> tuple[str, int]:
    address = ".".join(["127", *(str(1 + secrets.randbelow(254)) for _ in range(3))])
    with socket.socket() as probe:
        probe.bind((address, 0))
        port: int = probe.getsockname()[1]
        return address, port
