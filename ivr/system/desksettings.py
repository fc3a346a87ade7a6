"""The settings of the desk, a part of ``ivr.settings.Settings``."""

from __future__ import annotations

import ipaddress
from typing import Annotated

from pydantic import AfterValidator
from pydantic_settings import BaseSettings

from ivr.system import checks

OFF = "off"


class DeskSettings(BaseSettings):
    """What only ``ivr desk`` reads."""

    desk: Annotated[str, AfterValidator(checks.bind_or_off)] = "127.0.0.1:8000"
    """Address of the desk; ``off``: ``ivr up`` starts none."""
    desk_health_bind: Annotated[str, AfterValidator(checks.bind)] = "127.0.0.1:8095"
    """Health and metrics of ``ivr desk``."""
    desk_url: Annotated[str, AfterValidator(checks.desk_url)] = ""
    """URL under which browsers reach the desk, if a reverse proxy stands before it."""
    desk_proxies: Annotated[str, AfterValidator(checks.networks)] = ""
    """Addresses and networks of reverse proxies whose ``X-Forwarded-…`` headers are believed."""

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
