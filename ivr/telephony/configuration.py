"""Renders ``dialplans/`` into the configuration of one Asterisk."""

from __future__ import annotations

import hashlib
import os
import shutil
import socket
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import jinja2

from ivr.errors import Unusable
from ivr.settings import PROJECT, Settings, host_port
from ivr.values import Language

NUMBERS = ("0890", "66300890", "99366300890", "+99366300890")
"""What a caller may dial; one dialogue behind all."""
LONGEST_SOCKET = 107
"""Bytes of a Unix socket's path (sockaddr_un)."""
Sounds = Mapping[tuple[Language, str], Path]
"""The sentences that Asterisk says by itself: (language, name) → audio path without extension."""


@dataclass(frozen=True, slots=True)
class Programs:
    """Where Asterisk is: its argument list, loadable modules and shared data."""

    asterisk: list[str]
    modules: Path
    share: Path


def render(
    settings: Settings, programs: Programs, sounds: Sounds, agents: Iterable[str] = ("agent1",)
) -> Path:
    """Write the configuration under IVR_HOME/asterisk; answers the path of asterisk.conf."""
    home = settings.home
    etc, var, data = (home / "asterisk" / name for name in ("etc", "var", "data"))
    for folder in (etc, var / "keys", data, home / "spool", home / "logs"):
        folder.mkdir(parents=True, exist_ok=True)
    etc.chmod(0o700)
    _link_data(data, programs.share, sounds)
    values = _values(settings, programs, tuple(agents), etc, var, data)
    templates = jinja2.Environment(
        loader=jinja2.FileSystemLoader(PROJECT / "dialplans"),
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701  configuration files, not HTML
    )
    for name in templates.list_templates(["j2"]):
        text = templates.get_template(name).render(values)
        _write(etc / name.removesuffix(".j2"), text)
    return etc / "asterisk.conf"


def run_folder(home: Path) -> Path:
    """Where the control socket is: in IVR_HOME, or elsewhere if that path is too long for one."""
    wanted = home / "asterisk" / "run"
    if len(os.fsencode(wanted / "asterisk.ctl")) <= LONGEST_SOCKET:
        return wanted
    digest = hashlib.sha256(os.fsencode(home)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"ivr-{digest}"


def check_ports(settings: Settings) -> None:
    """Unusable names the port that is taken and the setting that moves it."""
    for name, bind, kind in (
        ("IVR_SIP_BIND", settings.sip_bind, socket.SOCK_DGRAM),
        ("IVR_AMI_BIND", settings.ami_bind, socket.SOCK_STREAM),
        ("IVR_ASTERISK_HTTP_BIND", settings.asterisk_http_bind, socket.SOCK_STREAM),
    ):
        with socket.socket(socket.AF_INET, kind) as probe:
            if kind == socket.SOCK_STREAM:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(host_port(bind))
            except OSError as error:
                raise Unusable(
                    f"{bind} cannot be used ({error.strerror}): set {name} to a free port"
                ) from None


def _values(
    settings: Settings,
    programs: Programs,
    agents: tuple[str, ...],
    etc: Path,
    var: Path,
    data: Path,
) -> dict[str, object]:
    run = run_folder(settings.home)
    run.mkdir(mode=0o700, parents=True, exist_ok=True)
    ami_host, ami_port = host_port(settings.ami_bind)
    http_host, http_port = host_port(settings.asterisk_http_bind)
    sip_host, _ = host_port(settings.sip_bind)
    low, _, high = settings.rtp_ports.partition("-")
    return {
        "etc": etc,
        "var": var,
        "data": data,
        "home": settings.home,
        "run": run,
        "modules": programs.modules,
        "system": f"ivr{hashlib.sha256(os.fsencode(settings.home)).hexdigest()[:6]}",
        "sip_bind": settings.sip_bind,
        "media_address": sip_host,
        "trunk_matches": [part.strip() for part in settings.trunk.split(",") if part.strip()]
        or ["127.0.0.1"],
        "agents": agents,
        "agent_secret": settings.secret("agent_secret"),
        "ami_secret": settings.secret("ami_secret"),
        "ami_host": ami_host,
        "ami_port": ami_port,
        "ami_permit": f"{ami_host}/255.255.255.255",
        "http_host": http_host,
        "http_port": http_port,
        "agi_bind": settings.agi_bind,
        "numbers": NUMBERS,
        "queue_seconds": settings.callback_seconds,
        "rtp_low": low,
        "rtp_high": high,
    }


def _link_data(data: Path, share: Path, sounds: Sounds) -> None:
    for name in ("documentation", "moh", "rest-api", "static-http"):
        if (share / name).exists():
            _link(data / name, share / name)
    (data / "sounds").mkdir(exist_ok=True)
    packaged = share / "sounds"
    for language, voice in (("en", "en_US_f_Allison"), ("ru", "ru_RU_f_IvrvoiceRU")):
        for source in (packaged / voice, packaged / language):
            if source.exists():
                _link(data / "sounds" / language, source)
                break
    for (language, name), audio in sounds.items():
        folder = data / "sounds" / "ivr" / language
        folder.mkdir(parents=True, exist_ok=True)
        for encoding in ("alaw", "ulaw", "g722"):
            _link(folder / f"{name}.{encoding}", audio.with_name(f"{audio.name}.{encoding}"))


def _link(link: Path, target: Path) -> None:
    if link.is_symlink() and link.readlink() == target:
        return
    if link.is_symlink() or link.is_file():
        link.unlink()
    elif link.is_dir():
        shutil.rmtree(link)
    link.symlink_to(target)


def _write(file: Path, text: str) -> None:
    fresh = file.with_suffix(".new")
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as stream:
        stream.write(text)
    fresh.replace(file)
