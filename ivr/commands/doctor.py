"""``ivr doctor``: find the faults of this installation and name the remedies."""

from __future__ import annotations

import shutil
import socket
import sys
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import timedelta
from typing import Annotated
from urllib.parse import urlsplit

import typer

from ivr import log
from ivr.commands import guarding, times
from ivr.commands.openfiles import open_files
from ivr.commands.printing import show
from ivr.domain.invoices import InvoiceNumber, Payer, Wanted
from ivr.domain.values import Language
from ivr.errors import IvrError, Unusable
from ivr.network import probe
from ivr.processes.demo import NUMBER
from ivr.settings import host_port
from ivr.telephony import executables
from ivr.telephony.management import Manager
from ivr.wiring import telephony
from ivr.wiring.container import Container, check_database, check_pepper, open_container
from ivr.wiring.voices import shown, wanted

LONGEST_WAIT = timedelta(hours=1)
"""A text message that waits longer indicates a fault."""
LOGIN_SECONDS = 2.0
LEAST_FREE = 500_000_000
"""Minimum free bytes for IVR_HOME."""


def doctor(
    only: Annotated[
        list[str] | None, typer.Argument(help="Only these checks, by the names that it prints.")
    ] = None,
) -> None:
    """Check programs, files, database, ports and the running line."""
    for name in only or ():
        if name not in CHECKS:
            raise Unusable(f"there is no check '{name}'; the checks are: {', '.join(CHECKS)}")
    container = open_container()
    log.set_up("error")  # the command prints its own sentences
    wanted = {name: check for name, check in CHECKS.items() if not only or name in only}
    ill = 0
    for name, check in wanted.items():
        try:
            show(f"  good  {name:<10} {check(container)}")
        except IvrError as error:
            ill += 1
            show(f"  ILL   {name:<10} {error}")
        except OSError as error:
            ill += 1
            show(f"  ILL   {name:<10} {error.filename} cannot be used: {error.strerror}")
    if ill:
        print(f"{ill} of {len(wanted)} checks have failed", file=sys.stderr)
        raise typer.Exit(1)


def _disk(container: Container) -> str:
    home = container.settings.home
    home.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(home).free
    if free < LEAST_FREE:
        megabytes = free // 1_000_000
        raise Unusable(f"only {megabytes} MB are free at {home}: free some space there")
    return f"{free // 1_000_000} MB free"


def _programs(container: Container) -> str:
    names = ("asterisk", "espeak-ng", "baresip")
    for name in names:
        executables.program(container.settings, name)
    return ", ".join(names)


def _voice(container: Container) -> str:
    said = []
    for language in Language:
        container.voice.read(language, "a e o")
        said.append(f"{language} {shown(wanted(container.settings, language))}")
    return "speaks " + ", ".join(said)


def _flow(container: Container) -> str:
    content = container.content()
    for issue in content.issues(container.given):
        raise Unusable(f"{issue.place} {issue.problem}: `ivr flow check` lists all problems")
    return f"{len(content.flow.nodes)} nodes in {container.settings.content_folder}"


def _invoices(container: Container) -> str:
    terms = container.folder.terms()
    wanted = [Wanted(service, terms.least) for service in terms.services]
    payer, today = Payer("F.A.Aa.", NUMBER), container.clock.local().date()
    for language in Language:
        sample = terms.paper(payer, language, wanted, today)
        container.press.pdf(InvoiceNumber(sample.dated.year, 1), sample)
    return f"{len(wanted)} paid services"


def _database(container: Container) -> str:
    check_database(container)
    live = container.store.releases.live()
    if live is None:
        raise Unusable("nothing is published yet: run `ivr up` or `ivr flow publish`")
    container.release_cache.load(live)
    return f"release {live} is live and can be loaded"


def _pepper(container: Container) -> str:
    check_database(container)
    return check_pepper(container)


def _messages(container: Container) -> str:
    check_database(container)
    oldest = container.store.outbox.oldest_waiting()
    if oldest is not None and container.clock.now() - oldest.written > LONGEST_WAIT:
        raise Unusable(
            "a text message has been waiting since"
            f" {times.told(oldest.written)}{f' ({oldest.detail})' if oldest.detail else ''}:"
            " check that `ivr messages send` runs and IVR_SMSC answers; `ivr messages` lists"
            " all messages"
        )
    if not container.settings.smsc:
        return "sent to the built-in simulator, not to phones"
    # Do not bind: many centres accept one session per name, and `ivr messages send` has it.
    place = urlsplit(container.settings.smsc)
    return _listening(f"{place.hostname}:{place.port}", "check the address in IVR_SMSC")


def _line(container: Container) -> str:
    bind = container.settings.agi_bind
    said = _listening(bind, "the line is not running: start `ivr up` or `ivr line`")
    try:
        with socket.create_connection(host_port(bind), timeout=2) as call:
            call.shutdown(socket.SHUT_WR)
            call.recv(1)  # a worker hangs up; a supervisor process without workers resets
    except OSError:
        raise Unusable(f"no worker takes calls on {bind}: logs/line.log says why") from None
    return said


def _asterisk(container: Container) -> str:
    said = _listening(container.settings.ami_bind, "Asterisk is not running: start `ivr up`")
    link = telephony.manager(container, Manager.HEALTH)
    link.start()
    try:
        if not link.connected.wait(LOGIN_SECONDS):
            raise Unusable(
                f"{container.settings.ami_bind} refuses our password: Asterisk has an older "
                "configuration, run `ivr asterisk render` and restart it"
            )
    finally:
        link.close()
    return said


def _network(container: Container) -> str:
    activates = container.settings.network_api == "activation"
    wanted = (
        ("network", probe.ACTIVATION if activates else probe.ORDERING),
        ("network", probe.NUMBERS),
        ("billing", probe.BILLING),
        ("back office", probe.BACK_OFFICE),
    )
    found = []
    for part, listing in wanted:
        with closing(container.wire(part)) as wire:
            found.append(probe.probe(wire, listing))
    with closing(container.wire("catalogue")) as wire:
        found.append(probe.catalogue(wire))
    ill = [each for each in found if not each.is_well]
    name = container.settings.network_url or "the built-in simulator (nothing real is switched)"
    if ill:
        raise Unusable(f"{name}: {'; '.join(f'{each.name}: {each.said}' for each in ill)}")
    return f"{name}: {', '.join(f'{each.name} {each.said}' for each in found)}"


def _listening(bind: str, otherwise: str) -> str:
    try:
        with socket.create_connection(host_port(bind), timeout=2):
            return f"answers on {bind}"
    except OSError:
        raise Unusable(f"nothing answers on {bind}; {otherwise}") from None


CHECKS: Mapping[str, Callable[[Container], str]] = {
    "settings": lambda container: f"IVR_HOME is {container.settings.home}",
    "rights": lambda container: guarding.rights(container.settings),
    "secrets": lambda container: guarding.secrets(container.settings),
    "cores": lambda container: guarding.cores(container.settings),
    "reach": lambda container: guarding.reach(container.settings),
    "disk": _disk,
    "files": lambda container: open_files(container.settings),
    "programs": _programs,
    "catalogue": lambda container: f"{len(container.folder.catalogue().services)} services",
    "texts": lambda container: f"{len(container.folder.texts().keys)} in {len(Language)} languages",
    "voice": _voice,
    "flow": _flow,
    "invoices": _invoices,
    "database": _database,
    "pepper": _pepper,
    "line": _line,
    "asterisk": _asterisk,
    "network": _network,
    "messages": _messages,
}
