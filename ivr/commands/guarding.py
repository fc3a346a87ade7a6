"""Checks of ``ivr doctor`` on access by other users and machines."""

from __future__ import annotations

import ipaddress
import os
from itertools import islice
from pathlib import Path

from ivr.errors import Unusable
from ivr.settings import Settings, host_port
from ivr.system.filemodes import open_to_others
from ivr.system.secretfiles import kept_secret

OWN_SECRETS = ("pepper", "ami_secret", "agent_secret", "network_token")
LONGEST_SMPP_PASSWORD = 8
SHORT_TOKEN = 16
"""A token with fewer letters is reported as short."""
CORE_PATTERN = Path("/proc/sys/kernel/core_pattern")


def rights(settings: Settings) -> str:
    """Raise Unusable if another user owns IVR_HOME or has a right to something in it."""
    home = settings.home
    if not home.exists():
        return "nothing is written yet"
    owner = home.stat().st_uid
    if os.geteuid() not in (0, owner):
        raise Unusable(f"{home} belongs to another user (uid {owner}): run this as that user")
    found = list(islice(open_to_others(home), 1000))
    if found:
        more = f" and {len(found) - 1} more" if len(found) > 1 else ""
        raise Unusable(f"{found[0]}{more} can be used by other users: run `chmod -R go= {home}`")
    return f"{home} is closed to other users"


def secrets(settings: Settings) -> str:
    """Raise Unusable if a stored secret is damaged. Secrets in the environment
    are checked when read."""
    folder = settings.home / "secrets"
    given = [name for name in OWN_SECRETS if getattr(settings, name).get_secret_value()]
    kept = [name for name in OWN_SECRETS if name not in given and (folder / name).exists()]
    for name in kept:
        kept_secret(folder, name)
    said = [f"{len(given)} from the environment", f"{len(kept)} in {folder}"]
    password = settings.smsc_password.get_secret_value()
    if settings.smsc and len(password) < LONGEST_SMPP_PASSWORD:
        said.append(
            f"IVR_SMSC_PASSWORD has fewer than the {LONGEST_SMPP_PASSWORD} letters that SMPP allows"
        )
    token = settings.network_token.get_secret_value()
    if token and len(token) < SHORT_TOKEN:
        said.append("IVR_NETWORK_TOKEN is short: ask the network for a longer one")
    return ", ".join(said)


def cores(_settings: Settings) -> str:
    """Check core dumps. Our own processes never write any; other programs follow
    the system's settings."""
    pattern = CORE_PATTERN.read_text().strip()
    if pattern.startswith("|"):
        program = pattern[1:].split()[0]
        return (
            f"our processes write none; those of Asterisk go to {program}, which should not keep"
            " them"
        )
    return "none are written"


def reach(settings: Settings) -> str:
    """Raise Unusable if other machines can query the simulated network."""
    binds = {name: getattr(settings, name) for name in Settings.model_fields if _is_bind(name)}
    if settings.has_desk:
        binds["desk"] = settings.desk
    beyond = {name: bind for name, bind in binds.items() if not _is_loopback(host_port(bind)[0])}
    if "network_simulator_bind" in beyond:
        raise Unusable(
            f"IVR_NETWORK_SIMULATOR_BIND is {beyond['network_simulator_bind']}: the simulated"
            " network is for this machine only; set it to a loopback address"
        )
    if not beyond:
        return "everything listens on loopback"
    named = ", ".join(f"IVR_{name.upper()} {bind}" for name, bind in beyond.items())
    return f"open to other machines: {named}; allow only those that need it"


def _is_bind(name: str) -> bool:
    return name.endswith("_bind")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
