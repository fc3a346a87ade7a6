"""The settings of the desk, a part of ``ivr.settings.Settings``."""

from __future__ import annotations

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
