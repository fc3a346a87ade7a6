"""``ivr up``: runs the processes of production in one terminal, with demo subscribers.

``ivr line``, ``ivr orders``, ``ivr messages send``, ``ivr desk`` and Asterisk are its children: one
that ends by itself is started again, and all of them end with it. The line works without the desk:
if its port is taken, everything else runs. The simulated network and message centre run
in this process: it has loaded their modules anyway, and only it knows the message centre's port and
password.
"""

from __future__ import annotations

import gc
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from ivr import log
from ivr.content.publishing import ProgressCallback
from ivr.domain.actor import Actor, ActorKind, Channel, new_key
from ivr.errors import FlowBroken, IvrError, Unusable
from ivr.processes import demo, network
from ivr.processes.background import stop_signal
from ivr.settings import Settings
from ivr.supervision.child import Child
from ivr.supervision.restarts import Restarts
from ivr.supervision.starting import IVR
from ivr.system.filemodes import narrow_tree
from ivr.telephony.asterisk import Asterisk
from ivr.telephony.configuration import check_ports, render
from ivr.wiring import telephony
from ivr.wiring.container import Container, open_container, upgrade_database

WATCH_SECONDS = 0.5
"""Interval between two checks that all children run."""
READY_LOOK_SECONDS = 0.02
READY_SECONDS = 120.0
"""Time that the children have to become ready."""
STDERR = Console(stderr=True)
_ACTOR = Actor(ActorKind.SYSTEM, "ivr up", Channel.COMMAND)


def run() -> None:
    """Run everything until SIGINT or SIGTERM."""
    started = time.monotonic()
    container = open_container()
    with ExitStack() as stack:
        stop = stop_signal()
        is_edited = _prepare(container)
        check_ports(container.settings)
        simulators = network.Simulators(container)
        asterisk = _asterisk(container, stack)
        children, desk = _children(simulators.variables), _desk(container.settings)
        _fork(container, [*children, *desk], stack)
        stack.enter_context(simulators)
        asterisk.wait_ready()
        _wait_ready(children, stop)
        served = [child for child in desk if _comes_up(child, stop)]
        seconds = time.monotonic() - started
        print(demo.welcome(container, seconds, is_edited, has_desk=bool(served)), flush=True)
        restarts = [Restarts("Asterisk", asterisk, _say, is_given_up=True)]
        restarts += [Restarts(child.name, child, _say) for child in [*children, *served]]
        while not stop.wait(WATCH_SECONDS):
            for each in restarts:
                each.look()
        _say("ending …")


def _prepare(container: Container) -> bool:
    """Prepare all that the children need. True: the menus on disk differ from the live ones."""
    home = container.settings.home
    narrow_tree(home)
    try:
        (home / "logs").mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Unusable(
            f"{home} cannot be written ({error.strerror}): set IVR_HOME to another folder"
        ) from None
    settings = container.settings
    log.set_up(settings.log_level, home / "logs" / "up.log", settings.log_bytes)
    if moved := upgrade_database(container):
        _say(f"the database was upgraded from form {moved} to the one of this program")
    demo.fill(container)
    if _serves(container):
        return _is_edited(container)
    with _progress("prompts") as progress:
        content = replace(container.content(), base=container.store.releases.live())
        made = telephony.publish(container, _ACTOR, new_key(), content, progress)
    container.folder.note_base(made.number)
    return False


def _is_edited(container: Container) -> bool:
    """Whether the files that operators edit differ from the live release."""
    try:
        return bool(container.publishing.difference(container.content()))
    except IvrError:
        return True  # `ivr flow check` says what is wrong with them


def _serves(container: Container) -> bool:
    """Whether there is a live release that this version can run."""
    if container.store.releases.live() is None:
        return False
    try:
        container.release_cache.live()
    except FlowBroken:
        return False
    return True


def _asterisk(container: Container, stack: ExitStack) -> Asterisk:
    """Start Asterisk; do not wait until it is ready."""
    programs = telephony.programs(container)
    live = container.release_cache.live()
    sounds = telephony.dialplan_sounds(live.prompts)
    configuration = render(container.settings, programs, sounds, topics=live.flow.topics)
    output = container.settings.home / "logs" / "asterisk.out"
    return stack.enter_context(Asterisk(programs.asterisk, configuration, output))


def _children(centre: Mapping[str, str]) -> Sequence[Child]:
    return (
        # The demo ends at once: it does not wait for calls.
        Child("ivr line", (*IVR, "line"), {"IVR_DRAIN_SECONDS": "0"}),
        Child("ivr orders", (*IVR, "orders")),
        Child("ivr messages send", (*IVR, "messages", "send"), centre),
    )


def _desk(settings: Settings) -> Sequence[Child]:
    """Return the desk, if there is one; with the doors of the demo if only this machine sees it."""
    if not settings.has_desk:
        return ()
    words = ("desk", "--demo") if settings.is_desk_local else ("desk",)
    return (Child("ivr desk", (*IVR, *words)),)


def _comes_up(child: Child, stop: threading.Event) -> bool:
    """Wait until a child is ready, or ``stop``. False: it has ended, and has printed why."""
    deadline = time.monotonic() + READY_SECONDS
    while not child.is_ready() and child.running() and time.monotonic() < deadline:
        if stop.wait(READY_LOOK_SECONDS):
            return False
    return child.running()


def _fork(container: Container, children: Sequence[Child], stack: ExitStack) -> None:
    """Start the children as forks: they share the modules that this process has loaded."""
    container.store.database.close()  # SQLite's connections do not survive a fork
    stack.callback(_end, children)
    gc.collect()
    gc.freeze()  # objects that the collector does not scan stay shared
    for child in children:
        child.fork()


def _wait_ready(children: Sequence[Child], stop: threading.Event) -> None:
    """Wait until all children are ready, or ``stop``. Unusable: one has ended, or is too slow."""
    deadline = time.monotonic() + READY_SECONDS
    while missing := [child for child in children if not child.is_ready()]:
        for child in missing:
            child.check_running()
        if time.monotonic() > deadline:
            raise Unusable(f"{missing[0].name} is not ready after {READY_SECONDS:.0f} s")
        if stop.wait(READY_LOOK_SECONDS):
            return


def _end(children: Sequence[Child]) -> None:
    for child in children:
        child.end()
    for child in children:
        child.wait()


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


@contextmanager
def _progress(what: str) -> Iterator[ProgressCallback]:
    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=STDERR, transient=True) as bar:
        task = bar.add_task(what)
        yield lambda done, all: bar.update(task, completed=done, total=all)
