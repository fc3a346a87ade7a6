"""The settings of the desk, a part of ``ivr.settings.Settings``."""

from __future__ import annotations

import ipaddress
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr
from pydantic_settings import BaseSettings

from ivr.system import checks

OFF = "off"


class DeskSettings(BaseSettings):
    """Settings of the desk and of the agents' browser phones."""

    desk: Annotated[str, AfterValidator(checks.bind_or_off)] = "127.0.0.1:8000"
    """Address of the desk; ``off``: ``ivr up`` starts none."""
    desk_health_bind: Annotated[str, AfterValidator(checks.bind)] = "127.0.0.1:8095"
    """Health and metrics of ``ivr desk``."""
    desk_url: Annotated[str, AfterValidator(checks.desk_url)] = ""
    """URL under which browsers reach the desk, if a reverse proxy stands before it."""
    desk_proxies: Annotated[str, AfterValidator(checks.networks)] = ""
    """Addresses and networks of reverse proxies whose ``X-Forwarded-…`` headers are believed."""

    asterisk_http_bind: Annotated[str, AfterValidator(checks.own_bind)] = "127.0.0.1:8088"
    """Where Asterisk takes the agents' browser phones, from ``ivr desk`` on this machine."""
    seats: int = Field(default=8, ge=0, le=500)
    """Browser phones of agents at the same time; 0: none."""
    seat_media_seconds: int = Field(default=6, ge=3, le=3600)
    """A talk with a browser phone ends after so long without a media packet from it, and the caller
    waits for an agent again."""
    widen_seconds: int = Field(default=0, ge=0, le=3600)
    """How long a caller waits before agents who do not speak the language are rung too; 0: they
    never are."""
    one_factor: str = "agent"
    """Roles, joined by commas, whose users may log in to the desk by the password alone."""
    oidc_issuer: Annotated[str, AfterValidator(checks.token_url)] = ""
    """The operator's OpenID Connect provider, ``https://…``; empty: names and passwords only."""
    oidc_client: str = ""
    oidc_secret: SecretStr = SecretStr("")
    oidc_claim: str = "preferred_username"
    """The claim of the provider that is the user's name."""

    @property
    def has_desk(self) -> bool:
        return self.desk != OFF

    @property
    def desk_address(self) -> str:
        """URL of the desk for people. A passkey cannot be made for an IP address, so loopback is
        ``localhost``."""
        host, _, port = self.desk.rpartition(":")
        return self.desk_url or f"http://{'localhost' if _is_loopback(host) else host}:{port}"

    @property
    def is_desk_local(self) -> bool:
        """Whether only this machine reaches the desk."""
        return _is_loopback(self.desk.rpartition(":")[0]) and not self.desk_url


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
