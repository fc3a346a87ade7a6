"""``ivr up``: everything in one terminal. ``ivr orders``, ``ivr messages send``: one part each."""

from __future__ import annotations

import gc
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import TYPE_CHECKING

import structlog
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from ivr import log, metrics
from ivr.commands import demo
from ivr.content import editing
from ivr.errors import FlowBroken, Unusable
from ivr.processes.front import FrontKeeper, book_ended_calls
from ivr.supervision.post import Post
from ivr.supervision.scoreboard import Scoreboard
from ivr.system.filemodes import narrow_tree
from ivr.telephony.ami import AmiLink
from ivr.telephony.asterisk import Asterisk
from ivr.telephony.configuration import check_ports, render
from ivr.telephony.longest import CallAges
from ivr.telephony.management import Manager
from ivr.telephony.offload import offload
from ivr.telephony.queue import QueueBoard
from ivr.telephony.revival import Revival
from ivr.telephony.server import LineServer
from ivr.wiring import telephony
from ivr.wiring.container import House, ProgressCallback, open_house, open_process, prepare_database

if TYPE_CHECKING:
    from ivr.web.figures import Figures

logger = structlog.get_logger()
FOLLOW_SECONDS = 2.0
"""How often a line looks which release is live."""
MEASURE_SECONDS = 5.0
"""How often a process notes what it holds: less often than anybody fetches it."""
WATCH_SECONDS = 1.0
"""How often `ivr up` looks whether Asterisk is still there."""
STDERR = Console(stderr=True)


def up() -> None:
    """Run everything in one terminal, with demo subscribers; Ctrl-C ends it all."""
    house = open_house(offload)
    started = time.monotonic()
    with ExitStack() as stack:
        stop = _stop_signal()
        is_edited = _prepare(house)
        check_ports(house.settings)
        _network(house, stack)
        asterisk = _asterisk(house, stack)
        take_calls(house, stack, drain_seconds=0.0)
        _orders(house, stack)
        _messages(house, stack)
        print(demo.welcome(house, time.monotonic() - started, is_edited), flush=True)
        revival = Revival(asterisk, lambda said: print(said, file=sys.stderr, flush=True))
        while not stop.wait(WATCH_SECONDS):
            revival.look(stop)
        print("ending …", file=sys.stderr)


def run_orders() -> None:
    """Carry out accepted orders until SIGINT or SIGTERM."""
    from ivr.processes import health

    house = open_process("orders.log")
    prepare_database(house)
    stop = _stop_signal()
    with ExitStack() as stack:
        try:
            _listener(house, stack)
        except Unusable as error:  # another `ivr orders` hears the events; asking does it alone
            print(f"orders: no events are heard here: {error}", file=sys.stderr)
        manager = _invoices(house, stack)
        _part_health(house, stack, "orders", health.of_orders(house, manager))
        _background(stack, "requests", house.requests.run)
        _background(stack, "pruning", house.pruner.run)
        print("orders: carrying out what was accepted", file=sys.stderr)
        house.orders.run(stop)


def run_messages() -> None:
    """Send text messages until SIGINT or SIGTERM."""
    from ivr.processes import health

    house = open_process("messages.log")
    prepare_database(house)
    with ExitStack() as stack:
        stop = _stop_signal()
        where = _smsc(house, stack)
        _part_health(house, stack, "messages", health.of_messages(house))
        print(f"messages: sending by {where}", file=sys.stderr)
        house.messages.run(stop)


def _prepare(house: House) -> bool:
    """Everything that the parts need. True: the menus on disk are not those that are live."""
    home = house.settings.home
    narrow_tree(home)
    try:
        (home / "logs").mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Unusable(
            f"{home} cannot be written ({error.strerror}): set IVR_HOME to a folder that can"
        ) from None
    settings = house.settings
    log.set_up(settings.log_level, home / "logs" / "line.log", settings.log_bytes)
    prepare_database(house)
    demo.fill(house)
    with _progress("prompts") as progress:
        if not _serves(house):
            editing.publish_flow(house, house.flow_file, "ivr up", progress)
            return False
        return editing.is_edited(house, progress)


def _serves(house: House) -> bool:
    """Whether there is a live release that this version can run."""
    if house.store.releases.live() is None:
        return False
    try:
        house.shelf.live()
    except FlowBroken:
        return False
    return True


def _asterisk(house: House, stack: ExitStack) -> Asterisk:
    programs = telephony.programs(house)
    live = house.shelf.live()
    sounds = telephony.dialplan_sounds(live.prompts)
    configuration = render(house.settings, programs, sounds, topics=live.flow.topics)
    logs = house.settings.home / "logs"
    _write_front(house)
    asterisk = stack.enter_context(
        Asterisk(programs.asterisk, configuration, logs / "asterisk.out")
    )
    asterisk.wait_ready()
    return asterisk


def take_calls(
    house: House, stack: ExitStack, drain_seconds: float, post: Post | None = None
) -> bool:
    """Load all that a call needs, and take calls; ``post`` is that of a worker, which waits first.

    False: the worker is to end before it was needed.
    """
    house.shelf.live()
    house.board.refresh()
    stack.callback(house.journal.close)
    link = telephony.journal_link(house)
    server = telephony.line_server(house, post)
    _background(stack, "releases", lambda stop: _follow(house, stop))
    _background(stack, "measures", lambda stop: _measure(house, stop))
    if post is None:
        _line_health(house, stack, server)
    elif not post.wait_for_work():
        return False
    link.start()
    stack.callback(link.close)
    gc.collect()
    gc.freeze()  # what is loaded stays: nobody needs to look through it again and again
    server.start()
    stack.callback(server.drain, drain_seconds)
    return True


def _line_health(house: House, stack: ExitStack, server: LineServer) -> None:
    """Health and metrics, until the last call has ended."""
    from ivr.processes import health
    from ivr.web.figures import LineState

    link, queues, keeper, watched = _kept(house, stack, os.getpid())
    state = LineState(
        calls=lambda: server.calls,
        workers=lambda: {"serving" if server.is_taking else "draining": 1},
    )
    stack.enter_context(
        health.of_line(
            house,
            state,
            link,
            lambda: queues.queues,
            most_calls=lambda: keeper.admission.most,
            watched=watched,
        )
    )


def tell_of_workers(
    house: House, stack: ExitStack, board: Scoreboard, listening: socket.socket
) -> None:
    """Health and metrics of a line in several processes, by a process that takes no call."""
    from ivr.processes import health

    link, queues, keeper, watched = _kept(house, stack, os.getppid())
    state = health.state_of(board)
    server = health.of_line(
        house,
        state,
        link,
        lambda: queues.queues,
        listening,
        lambda: keeper.admission.most,
        watched,
    )
    stack.enter_context(server)
    _background(stack, "measures", lambda stop: _measure(house, stop))


def _write_front(house: House) -> None:
    """Before Asterisk starts; Unusable where the folder cannot be written."""
    try:
        FrontKeeper(house, telephony.manager(house, Manager.HEALTH)).write()
    except OSError as error:
        raise Unusable(
            f"{error.filename} cannot be written ({error.strerror}): see whose it is, and run this"
            " as that user"
        ) from None


def _kept(
    house: House, stack: ExitStack, root: int
) -> tuple[AmiLink, QueueBoard, FrontKeeper, Figures]:
    """Keep what Asterisk asks by itself, and the journal of who needed no more; look at queues
    and at the age of calls.

    ``root`` is the pid of the line's first process.
    """
    from ivr.web.figures import care_figures

    link = telephony.manager(house, Manager.HEALTH)
    queues = QueueBoard(link)
    ages = CallAges(link)
    link.start()
    stack.callback(link.close)
    _background(stack, "queues", queues.follow)
    _background(stack, "ages", ages.follow)
    house.board.refresh()
    keeper = FrontKeeper(house, link, root)
    _background(stack, "front", keeper.follow)
    _background(stack, "ended", lambda stop: book_ended_calls(house, stop))
    longest = house.settings.max_call_minutes * 60
    watched = care_figures(lambda: queues.paused, lambda: ages.oldest, longest)
    return link, queues, keeper, watched


def _measure(house: House, stop: threading.Event) -> None:
    """Note what this process holds, again and again."""
    machine = metrics.Machine()
    while True:
        usage = house.store.database.usage()
        metrics.pool(usage.in_use, usage.size)
        machine.look()
        if stop.wait(MEASURE_SECONDS):
            return


def _follow(house: House, stop: threading.Event) -> None:
    while not stop.wait(FOLLOW_SECONDS):
        house.shelf.refresh()
        house.board.refresh()


def _orders(house: House, stack: ExitStack) -> None:
    _listener(house, stack)
    _background(stack, "orders", house.orders.run)
    _background(stack, "requests", house.requests.run)
    _background(stack, "pruning", house.pruner.run)
    _invoices(house, stack)


def _part_health(
    house: House, stack: ExitStack, name: str, server: AbstractContextManager[object]
) -> None:
    """Health and metrics of a part; a second one on the same machine does without."""
    try:
        stack.enter_context(server)
    except Unusable as error:
        print(f"{name}: no health is told here: {error}", file=sys.stderr)
    _background(stack, "measures", lambda stop: _measure(house, stop))


def _invoices(house: House, stack: ExitStack) -> AmiLink:
    """Invoices are sent by fax over a management link of their own."""
    manager = telephony.manager(house, Manager.FAX)
    worker = telephony.fax_worker(house, manager)
    manager.start()
    stack.callback(manager.close)
    _background(stack, "invoices", worker.run)
    return manager


def _network(house: House, stack: ExitStack) -> None:
    """The simulated network, unless a real one is set."""
    from ivr.wiring import servers

    if servers.is_simulated(house):
        stack.enter_context(servers.simulator(house))


def _listener(house: House, stack: ExitStack) -> None:
    """Hear the network's events. Service activation has none of orders."""
    from ivr.wiring import servers

    if house.settings.network_api == "activation":
        return
    stack.enter_context(servers.listener(house))
    _background(stack, "events", lambda stop: servers.stay_registered(house, stop))


def _messages(house: House, stack: ExitStack) -> None:
    _smsc(house, stack)
    _background(stack, "messages", house.messages.run)


def _smsc(house: House, stack: ExitStack) -> str:
    """The message centre in words; the built-in one is started where no other is set."""
    if house.settings.smsc:
        return house.settings.smsc
    house.smsc_simulator.start()
    stack.callback(house.smsc_simulator.close)
    return "the built-in simulator: no phone gets anything"


def _background(stack: ExitStack, name: str, work: Callable[[threading.Event], None]) -> None:
    stop = threading.Event()
    thread = threading.Thread(target=work, args=(stop,), name=name)
    thread.start()
    stack.callback(thread.join)
    stack.callback(stop.set)


def _stop_signal() -> threading.Event:
    """An event that SIGINT and SIGTERM set."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: stop.set())
    return stop


@contextmanager
def _progress(what: str) -> Iterator[ProgressCallback]:
    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=STDERR, transient=True) as bar:
        task = bar.add_task(what)
        yield lambda done, all: bar.update(task, completed=done, total=all)
