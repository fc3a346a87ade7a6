"""Renders ``dialplans/`` into the configuration of one Asterisk."""

from __future__ import annotations

import hashlib
import ipaddress
import os
import re
import socket
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import jinja2

from ivr.contacts.skills import language_queue, topic_queue
from ivr.domain.values import Language
from ivr.errors import Unusable
from ivr.settings import PROJECT, Settings, host_port
from ivr.system.filemodes import private_folder
from ivr.telephony.admission import BoundFile
from ivr.telephony.faxtrunk import dial_string, fax_hosts
from ivr.telephony.folders import Folders, Sounds
from ivr.telephony.lock import token_key
from ivr.telephony.management import Manager
from ivr.telephony.seats import make_seats
from ivr.telephony.telephone import SAME_PRESS
from ivr.telephony.trunks import (
    CLEAN_CALLER,
    odd_numbers,
    peers,
    read_numbers,
    read_trunks,
    trusted,
    usual_numbers,
)

ANY_PEER = "192.0.2.1"
"""An address of another network (RFC 5737): the way there shows the machine's own address."""
LONGEST_FAX = 3600
"""Longest duration in seconds of a call with a fax, including ringing."""
LONGEST_SOCKET = 107
"""Longest path of a Unix socket in bytes (sockaddr_un)."""
UNWRITABLE = re.compile(r"[;\x00-\x1f\x7f\x85\u2028\u2029]")
ORIGIN = {
    "agent_secret": "IVR_AGENT_SECRET",
    "sip_peers": "IVR_TRUNK",
    "sip_bind": "IVR_SIP_BIND",
    "media_address": "IVR_SIP_BIND",
    "ami_host": "IVR_AMI_BIND",
    "agi_bind": "IVR_AGI_BIND",
    "fax_refuses": "IVR_FAX_REFUSES",
    "fax_station": "IVR_FAX_STATION",
    "http_host": "IVR_ASTERISK_HTTP_BIND",
}
"""Settings that template values come from, for error sentences."""


@dataclass(frozen=True, slots=True)
class Programs:
    """Where Asterisk is: its argument list, loadable modules and shared data."""

    asterisk: list[str]
    modules: Path
    share: Path


def render(
    settings: Settings,
    programs: Programs,
    sounds: Sounds,
    agents: Iterable[str] = ("agent1",),
    folders: Folders | None = None,
    topics: Iterable[str] = (),
) -> Path:
    """Write the configuration; return the path of asterisk.conf.

    Each of ``topics`` gets a queue in each language. The seats get new passwords. ``folders``
    default to those of ``ivr up``. Unusable names a setting that Asterisk's files cannot hold, or
    a folder that cannot be written.
    """
    own = own_folders(settings.home)
    private_folder(own.run)
    folders = folders or own
    values = _values(settings, programs, tuple(agents), folders)
    values["queues"] = [
        *(language_queue(language) for language in Language),
        *(topic_queue(topic, language) for topic in topics for language in Language),
    ]
    templates = jinja2.Environment(
        loader=jinja2.FileSystemLoader(PROJECT / "dialplans"),
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701  configuration files, not HTML
    )
    try:
        folders.make()
        _make_shared(settings.home)
        made = make_seats(own.run, settings.seats)
        values |= {"seats": made.passwords, "http_path": made.path}
        BoundFile(settings.home).write(settings.max_calls)
        folders.link(programs.share, sounds)
        for name in templates.list_templates(["j2"]):
            text = templates.get_template(name).render(values)
            _write(folders.etc / name.removesuffix(".j2"), text)
    except OSError as error:
        raise Unusable(
            f"{error.filename} cannot be written: {error.strerror}; choose another folder"
        ) from None
    return folders.etc / "asterisk.conf"


def own_folders(home: Path) -> Folders:
    """Return the folders of the Asterisk that ``ivr up`` starts: all in IVR_HOME."""
    here = home / "asterisk"
    return Folders(
        etc=here / "etc",
        data=here / "data",
        var=here / "var",
        spool=home / "spool",
        logs=home / "logs",
        run=run_folder(home),
    )


def run_folder(home: Path) -> Path:
    """Return the folder of the control socket: in IVR_HOME unless that path is too long.

    Otherwise it is in the user's runtime folder (XDG_RUNTIME_DIR) if the system has made one, else
    in the folder for temporary files.
    """
    digest = hashlib.sha256(os.fsencode(home)).hexdigest()[:12]
    own = os.environ.get("XDG_RUNTIME_DIR", "")
    is_own = os.path.isdir(own) and os.stat(own).st_uid == os.geteuid()
    places = [Path(place) / f"ivr-{digest}" for place in ([own] * is_own + [tempfile.gettempdir()])]
    fitting = filter(socket_fits, [home / "asterisk" / "run", *places])
    return next(fitting, places[-1])


def socket_fits(run: Path) -> bool:
    """Whether the path of a control socket in this folder is short enough."""
    return len(os.fsencode(run / "asterisk.ctl")) <= LONGEST_SOCKET


def check_ports(settings: Settings) -> None:
    """Check that all ports are free. Unusable names a taken port and its setting."""
    for name, bind, kind in (
        ("IVR_SIP_BIND", settings.sip_bind, socket.SOCK_DGRAM),
        ("IVR_AMI_BIND", settings.ami_bind, socket.SOCK_STREAM),
        ("IVR_AGI_BIND", settings.agi_bind, socket.SOCK_STREAM),
        *(
            [("IVR_ASTERISK_HTTP_BIND", settings.asterisk_http_bind, socket.SOCK_STREAM)]
            if settings.seats
            else []
        ),
        ("IVR_HEALTH_BIND", settings.health_bind, socket.SOCK_STREAM),
        ("IVR_NETWORK_LISTENER_BIND", settings.network_listener_bind, socket.SOCK_STREAM),
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


def _make_shared(home: Path) -> None:
    """Make the folders that Asterisk may open: landlock rules name only existing folders."""
    for name in ("audio", "admission", "fax/outgoing", "fax/received", "fax/results"):
        (home / name).mkdir(mode=0o700, parents=True, exist_ok=True)


def _root(modules: Path) -> Path:
    """Return the folder with programs and libraries: ``/usr`` of the tree or of the system."""
    return next((each for each in modules.parents if each.name == "usr"), modules)


def _values(
    settings: Settings, programs: Programs, agents: tuple[str, ...], folders: Folders
) -> dict[str, object]:
    ami_host, ami_port = host_port(settings.ami_bind)
    sip_host, _ = host_port(settings.sip_bind)
    low, _, high = settings.rtp_ports.partition("-")
    fax_low, _, fax_high = settings.fax_ports.partition("-")
    trunks = read_trunks(settings.trunk)
    own = read_numbers(settings.numbers)
    http_host, http_port = host_port(settings.asterisk_http_bind)
    values: dict[str, object] = {
        "etc": folders.etc,
        "var": folders.var,
        "data": folders.data,
        "spool": folders.spool,
        "logs": folders.logs,
        "run": folders.run,
        "modules": programs.modules,
        "system": f"ivr{settings.node_id()}",
        "sip_bind": settings.sip_bind,
        "media_address": sip_host,
        "external_address": settings.external_address,
        "local_networks": peers((), f"{sip_host},{settings.agent_networks}"),
        "trunks": trunks,
        "trusted": trusted(trunks, settings.trust_pai),
        "sip_peers": peers(
            trunks,
            settings.agent_networks,
            (*fax_hosts(settings.fax_trunk), *["127.0.0.1"] * bool(settings.seats)),
        ),
        "ice_candidates": _ice_candidates(sip_host, settings.external_address),
        "http_host": http_host,
        "http_port": http_port,
        "agents": agents,
        "agent_secret": settings.secret("agent_secret"),
        "ami_passwords": {
            user.value: user.password(settings.secret("ami_secret")) for user in Manager
        },
        "ami_host": ami_host,
        "ami_port": ami_port,
        "ami_permit": f"{ami_host}/255.255.255.255",
        "agi_bind": settings.agi_bind,
        "token_key": token_key(settings.secret("ami_secret")),
        "numbers": usual_numbers(own),
        "odd_numbers": odd_numbers(own),
        "sip_info": settings.sip_info,
        "same_press": round(SAME_PRESS * 1000),
        "queue_seconds": settings.callback_seconds,
        "agent_seconds": settings.agent_seconds,
        "widen_seconds": settings.widen_seconds,
        "pause_seconds": settings.agent_pause_seconds,
        "media_seconds": settings.media_seconds,
        "agent_media_seconds": settings.agent_media_seconds,
        "hold_seconds": settings.hold_minutes * 60,
        "rtp_low": low,
        "rtp_high": high,
        "most_calls": f"${{FILE({BoundFile(settings.home).path})}}",
        "most_told": settings.max_told,
        "most_by_caller": settings.max_calls_by_caller,
        "most_withheld": max(1, settings.max_calls // 2),
        "clean_caller": CLEAN_CALLER,
        "admission_folder": BoundFile(settings.home).path.parent,
        "fax_folder": settings.home / "fax",
        "audio_folder": settings.home / "audio",
        "modules_root": _root(programs.modules),
        "fax_trunk": bool(settings.fax_trunk),
        "fax_station": settings.fax_station,
        "fax_seconds": LONGEST_FAX,
        "fax_low": fax_low,
        "fax_high": fax_high,
        "fax_refuses": tuple(part for part in settings.fax_refuses.split(";") if part),
    }
    for name, value in values.items():
        _check(name, value)
    values["fax_dial"] = dial_string(settings.fax_trunk).replace(
        ";", "\\;"
    )  # a bare ; begins a comment
    return values


def _ice_candidates(media: str, external: str) -> dict[str, str]:
    """Return what browser phones are offered instead of the machine's own address.

    Asterisk never offers a loopback address by itself.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, suppress(OSError):
        if not ipaddress.ip_address(socket.gethostbyname(media)).is_loopback:
            return {media: f"{external},include_local_address"} if external else {}
        probe.connect((ANY_PEER, 9))  # sends nothing
        return {probe.getsockname()[0]: media}
    return {}


def _check(name: str, value: object) -> None:
    """Raise Unusable for a value that Asterisk's files cannot hold: ``;`` begins a comment, a line
    break the next setting."""
    parts = value if isinstance(value, (list, tuple)) else (value,)
    for part in map(str, parts):
        if UNWRITABLE.search(part) or part != part.strip():
            what = ORIGIN.get(name, f"a path for Asterisk ({part!r})")
            raise Unusable(
                f"{what} has a ';', a line break or a space at its beginning or end, which"
                " Asterisk's files cannot have: choose another"
            )


def _write(file: Path, text: str) -> None:
    fresh = file.with_suffix(".new")
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as stream:
        stream.write(text)
    fresh.replace(file)
