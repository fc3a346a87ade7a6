"""The settings, the secrets and the database of one installation.

This is all that many commands need. It imports little, so that they start fast;
``ivr.wiring.container`` builds the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from zoneinfo import ZoneInfo

from ivr.errors import Unusable
from ivr.settings import Settings, read_settings
from ivr.store import Store, check_form, form_of, migrate, open_database
from ivr.system.clock import SystemClock
from ivr.system.filemodes import check_home, narrow_home


@dataclass(frozen=True)
class Installation:
    """Each part is built when it is first asked for."""

    settings: Settings

    @cached_property
    def clock(self) -> SystemClock:
        return SystemClock(ZoneInfo(self.settings.timezone))

    @cached_property
    def store(self) -> Store:
        settings = self.settings
        return open_database(
            settings.database, lambda: self.pepper, settings.messages_a_day, self.clock
        )

    @cached_property
    def pepper(self) -> str:
        """Made if this installation has none. Unusable: the database was made with another."""
        known = self.settings.known_secret("pepper")
        if known is None and self.store.fingerprint.is_kept():
            raise Unusable(f"this installation has no pepper: {_PEPPER_WAY_OUT}")
        if known is not None:
            return known  # prepare_database has compared it
        made = self.settings.secret("pepper")
        if not self.store.fingerprint.agrees(made):
            raise Unusable(_another_pepper(self.settings))
        return made


def open_settings() -> Settings:
    """The settings in the environment. What was open to others in IVR_HOME is closed."""
    settings = read_settings()
    check_home(settings.home)
    narrow_home(settings.home)
    return settings


def open_installation() -> Installation:
    """The installation of these settings, with its database prepared."""
    installation = Installation(open_settings())
    prepare_database(installation)
    return installation


def prepare_database(installation: Installation) -> None:
    """See that the database has a form that serves this program; an empty one is given it.

    Unusable: it has another form, or was made with another pepper than this process has.
    """
    check_database(installation)
    check_pepper(installation)


def check_database(installation: Installation) -> None:
    """The same, whatever its pepper is."""
    installation.settings.home.mkdir(parents=True, exist_ok=True)
    check_form(installation.settings.database)


def upgrade_database(installation: Installation) -> str:
    """As prepare_database, but an older form is brought to the newest: for the demo, which is one
    program on one machine.

    Answers the older form; empty: nothing had to be done.
    """
    installation.settings.home.mkdir(parents=True, exist_ok=True)
    url = installation.settings.database
    before = form_of(url)
    if not before.serves:
        migrate(url)
    check_pepper(installation)
    return "" if before.serves else before.revision or ""


def check_pepper(installation: Installation) -> str:
    """Whether the pepper is the database's, in words. Unusable: it is another.

    A part that needs none, as ``ivr messages send`` in its container, may have none.
    """
    known = installation.settings.known_secret("pepper")
    if known is None:
        return "there is none here, nothing has needed it yet"
    if not installation.store.fingerprint.agrees(known):
        raise Unusable(_another_pepper(installation.settings))
    return "it is the one that the database was made with"


_PEPPER_WAY_OUT = (
    "set IVR_PEPPER to the one that the database was made with, or put its copy into"
    " IVR_HOME/secrets/pepper; if it is lost, see `ivr pepper replace --help`"
)


def _another_pepper(settings: Settings) -> str:
    is_given = bool(settings.pepper.get_secret_value())
    which = "IVR_PEPPER" if is_given else f"the pepper in {settings.home / 'secrets'}"
    return f"{which} is not the one that the database was made with: {_PEPPER_WAY_OUT}"
