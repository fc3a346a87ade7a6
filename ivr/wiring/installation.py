"""The settings, the secrets and the database of one installation.

Many commands need only these. The module imports little, so that they start fast;
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
    """Settings, secrets and database. Each is built at its first use."""

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
        """The pepper; made if there is none. Unusable: the database was made with another."""
        known = self.settings.known_secret("pepper")
        if known is None and self.store.fingerprint.is_kept():
            raise Unusable(f"this installation has no pepper: {_PEPPER_WAY_OUT}")
        if known is not None:
            return known  # prepare_database has checked it
        made = self.settings.secret("pepper")
        if not self.store.fingerprint.agrees(made):
            raise Unusable(_another_pepper(self.settings))
        return made


def open_settings() -> Settings:
    """Read the settings from the environment. Remove other users' rights from IVR_HOME."""
    settings = read_settings()
    check_home(settings.home)
    narrow_home(settings.home)
    return settings


def open_installation() -> Installation:
    """Return the installation for the settings in the environment; prepare its database."""
    installation = Installation(open_settings())
    prepare_database(installation)
    return installation


def prepare_database(installation: Installation) -> None:
    """Check that this program can use the form of the database; create it in an empty one.

    Unusable: it has another form, or was made with another pepper than that of this process.
    """
    check_database(installation)
    check_pepper(installation)


def check_database(installation: Installation) -> None:
    """Check or create the form as prepare_database, without the pepper."""
    installation.settings.home.mkdir(parents=True, exist_ok=True)
    check_form(installation.settings.database)


def upgrade_database(installation: Installation) -> str:
    """Prepare the database and migrate an older form to the newest. Only for the demo, where no
    other program uses the database.

    Return the older form; empty: no migration was needed.
    """
    installation.settings.home.mkdir(parents=True, exist_ok=True)
    url = installation.settings.database
    before = form_of(url)
    if not before.serves:
        migrate(url)
    check_pepper(installation)
    return "" if before.serves else before.revision or ""


def check_pepper(installation: Installation) -> str:
    """Compare the pepper with the database and return the result in words. Unusable: it differs.

    A process that needs no pepper may have none, such as ``ivr messages send`` in its container.
    """
    known = installation.settings.known_secret("pepper")
    if known is None:
        return "there is none yet; nothing has needed it"
    if not installation.store.fingerprint.agrees(known):
        raise Unusable(_another_pepper(installation.settings))
    return "it is the one that the database was made with"


_PEPPER_WAY_OUT = (
    "set IVR_PEPPER to the one that the database was made with, or restore its backup in"
    " IVR_HOME/secrets/pepper; if it is lost, see `ivr pepper replace --help`"
)


def _another_pepper(settings: Settings) -> str:
    is_given = bool(settings.pepper.get_secret_value())
    which = "IVR_PEPPER" if is_given else f"the pepper in {settings.home / 'secrets'}"
    return f"{which} is not the one that the database was made with: {_PEPPER_WAY_OUT}"
