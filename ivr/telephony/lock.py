"""Authentication on the AGI port: peer addresses, tokens of requests and seals of checkpoints.

Any peer of the port could claim to be a call of an identified subscriber. So a peer needs an
allowed address; each request carries a token that only the dialplan can make; and each checkpoint
carries a seal that only the line can make. The keys are derived from secrets that every worker and
every node of an installation has: the seal's key from the pepper, which Asterisk never sees, the
token's key from the management password, which Asterisk has anyway.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from ivr.settings import Settings, host_port
from ivr.telephony.uniqueid import second_of

TOKEN = "IVR_TOKEN"  # noqa: S105  the name of a variable
"""The argument of a request that carries its token."""
LONGEST_CALL_SECONDS = 24 * 3600.0
"""A request for an older call is refused as a replay."""
SEAL = "&seal="
SEAL_DIGITS = 16
"""Hexadecimal: 64 bits. Each guess needs a request with a valid token."""

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class PortLock:
    """Checks requests and seals checkpoints. Each process that uses checkpoints has one."""

    pepper: str
    ami_secret: str
    peers: tuple[Network, ...] = (ipaddress.ip_network(LOOPBACK),)
    """Networks whose addresses may connect."""
    now: Callable[[], float] = time.time
    """Unix time."""

    @classmethod
    def of(cls, settings: Settings, pepper: str = "") -> PortLock:
        """Make the lock of an installation; ``pepper`` defaults to that of the settings."""
        host, _ = host_port(settings.agi_bind)
        named = [part.strip() for part in settings.agi_peers.split(",") if part.strip()]
        address = socket.gethostbyname(host)
        own = LOOPBACK if ipaddress.ip_address(address).is_unspecified else address
        peers = tuple(ipaddress.ip_network(each, strict=False) for each in named or [own])
        return cls(pepper or settings.secret("pepper"), settings.secret("ami_secret"), peers)

    def admits(self, address: str) -> bool:
        """Whether a peer at ``address`` may connect."""
        try:
            peer = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(peer in network for network in self.peers)

    def token(self, request: Mapping[str, str]) -> str:
        """Return the token for a request with this header. It covers the call, its channel and its
        number, so that it is valid for no other call."""
        caller = request["agi_callerid"].removeprefix("unknown")
        said = f"{request['agi_uniqueid']}|{request['agi_channel']}|{caller}"
        text = f"{self._token_key}{said}|{self._token_key}"
        return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()

    def opens(self, request: Mapping[str, str], token: str) -> bool:
        """Whether the token is right and the call is younger than LONGEST_CALL_SECONDS."""
        begun = second_of(request["agi_uniqueid"])
        is_fresh = begun is not None and abs(self.now() - begun) < LONGEST_CALL_SECONDS
        return is_fresh and hmac.compare_digest(self.token(request).encode(), token.encode())

    def seal(self, call: str, checkpoint: str) -> str:
        """Return the checkpoint with its seal; "" for an empty one."""
        return f"{checkpoint}{SEAL}{self._digest(call, checkpoint)}" if checkpoint else ""

    def unseal(self, call: str, sealed: str) -> str:
        """Return the checkpoint if its seal is valid for this call; else ""."""
        checkpoint, _, digest = sealed.rpartition(SEAL)
        is_ours = hmac.compare_digest(self._digest(call, checkpoint).encode(), digest.encode())
        return checkpoint if is_ours else ""

    def _digest(self, call: str, checkpoint: str) -> str:
        text = f"{call}\0{checkpoint}".encode("utf-8", "replace")
        return hmac.digest(self._seal_key, text, "sha256").hex()[:SEAL_DIGITS]

    @cached_property
    def _token_key(self) -> str:
        return token_key(self.ami_secret)

    @cached_property
    def _seal_key(self) -> bytes:
        return _derived(self.pepper, "checkpoint seal")


def token_key(ami_secret: str) -> str:
    """Return the key that is rendered into the dialplan. The token is a SHA1 over key, call and key
    again: a server in the line's place learns the tokens of its calls, never the key."""
    return _derived(ami_secret, "agi token").hex()


def _derived(secret: str, purpose: str) -> bytes:
    return hmac.digest(secret.encode(), purpose.encode(), "sha256")
