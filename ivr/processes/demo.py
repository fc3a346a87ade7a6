"""The demo: invented subscribers, and the text that ``ivr up`` prints for a first try."""

from __future__ import annotations

import os
import sys

from ivr.care.codewords import set_codeword
from ivr.care.folding import passport_keys, word_keys
from ivr.care.imports import import_payments, import_subscribers
from ivr.domain.actor import Actor, ActorKind, Channel, OperationKey
from ivr.domain.values import Msisdn, ServiceId
from ivr.settings import PROJECT, Settings
from ivr.staff.demo import demo_users
from ivr.store.payment_rows import read_payments
from ivr.store.rows import KnownCatalogueIds, read_rows
from ivr.wiring.container import Container

NUMBER = Msisdn("99365123456")
CODEWORD = "merjenim"
PASSPORT = "II-MR 123456"
FILE = PROJECT / "db" / "demo.csv"
PAYMENTS = PROJECT / "db" / "demo_payments.csv"


def fill(container: Container) -> None:
    """Add the demo subscribers and users to a database without them; set the first one's code
    word."""
    for name, profile in demo_users().items():
        container.store.staff.users.add(name, profile, container.clock.now())
    if container.store.subscribers.find(NUMBER) is not None:
        return
    known = KnownCatalogueIds(
        services=frozenset(ServiceId(id) for id in container.catalogue.services),
        tariffs=frozenset(container.catalogue.tariffs),
    )
    actor, key = Actor(ActorKind.SYSTEM, "demo", Channel.COMMAND), OperationKey("demo")
    import_subscribers(actor, key, read_rows(FILE, known), container.store.imports)
    payments = read_payments(PAYMENTS, container.store.subscribers, container.clock.zone)
    import_payments(actor, key, [payments], container.store.payments)
    set_codeword(actor, key, NUMBER, CODEWORD, container.store.subscribers, container.verifying)


def welcome(
    container: Container, seconds: float, is_edited: bool, *, has_desk: bool = False
) -> str:
    """Return the text that ``ivr up`` prints when everything runs; it took ``seconds``.

    ``is_edited``: the menus on disk differ from the live ones. ``has_desk``: the desk runs.
    """
    settings = container.settings
    command = f"{os.path.relpath(sys.argv[0])}" if sys.argv[0].endswith("ivr") else "ivr"
    return f"""
  0890 is ready after {seconds:.1f} s.

  Call it      in another terminal: {_environment()}{command} call 0890 --from {NUMBER}
               or with any SIP phone on this machine: sip:0890@{settings.sip_bind}
  Desk         {settings.desk_address if has_desk else _no_desk(settings)}
  Demo number  {NUMBER}
               code word {CODEWORD} (keys {word_keys(CODEWORD)[0]})
               or passport {PASSPORT} (keys {passport_keys(PASSPORT)})
  Demo agent   a SIP phone that registers as agent1 at {settings.sip_bind},
               password in {settings.home}/secrets/agent_secret
  Messages     {command} messages --body shows the text messages that were sent
  Logs         {settings.home}/logs
{_edited(container, command) if is_edited else ""}  Ctrl-C ends it all.
"""


def _no_desk(settings: Settings) -> str:
    return "does not run, see above" if settings.has_desk else "is off (IVR_DESK)"


def _edited(container: Container, command: str) -> str:
    live = container.release_cache.live().number
    return f"""  Menus        release {live} is live; the files differ from it:
               {command} flow publish makes them live, {command} flow pull loads it into the files
"""


def _environment() -> str:
    """Return the settings that another terminal needs to reach this line."""
    names = ("IVR_HOME", "IVR_SIP_BIND", "IVR_RUNTIME")
    return "".join(f"{name}={os.environ[name]} " for name in names if name in os.environ)
