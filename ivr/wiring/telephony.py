"""Builds the objects that talk to Asterisk for one container. Nothing is started here."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from ivr.care.faxes import FaxWorker
from ivr.content.model import Content
from ivr.content.publishing import QUIET, ProgressCallback, Published
from ivr.domain.actor import Actor, OperationKey
from ivr.domain.values import Language
from ivr.flow.patience import Patience
from ivr.flow.question import Timing
from ivr.flow.release import Release
from ivr.flow.review import DIALPLAN_TEXTS
from ivr.flow.together import said_together
from ivr.ports.dialogue import Prompts
from ivr.settings import Settings, host_port
from ivr.supervision.worker_process import WorkerProcess
from ivr.telephony import executables
from ivr.telephony.ami import AmiLink
from ivr.telephony.call_handler import CallHandler
from ivr.telephony.checkpoints import CheckpointStore
from ivr.telephony.concatenated import ConcatenatedPrompts
from ivr.telephony.configuration import Programs
from ivr.telephony.fax import AsteriskFax
from ivr.telephony.folders import Sounds
from ivr.telephony.management import Manager
from ivr.telephony.offload import offload
from ivr.telephony.queue import journal_of_queue
from ivr.telephony.server import LineServer
from ivr.wiring.container import Container


def programs(container: Container) -> Programs:
    """Return the paths of Asterisk."""
    return Programs(
        executables.program(container.settings, "asterisk"),
        executables.modules(container.settings, "asterisk"),
        executables.share(container.settings, "asterisk"),
    )


def dialplan_sounds(prompts: Prompts) -> Sounds:
    """Return the sounds of the sentences that the dialplan plays itself."""
    return {
        (language, key.removeprefix("dialplan.")): Path(prompts.say(language, key).sounds[0])
        for language in Language
        for key in DIALPLAN_TEXTS
    }


def journal_link(container: Container) -> AmiLink:
    """Build a worker's management link: it writes the queue's events to the journal."""
    link = manager(container, Manager.LINE)
    link.listen_to(journal_of_queue(container.journal, container.clock))
    return link


def manager(container: Container, user: Manager) -> AmiLink:
    """Build a management link with the rights of a user."""
    settings = container.settings
    password = user.password(settings.secret("ami_secret"))
    return AmiLink(host_port(settings.ami_bind), user, password)


def patience(settings: Settings) -> Patience:
    """Return the time limits of a call."""
    return Patience(
        seconds=settings.patience_seconds,
        queue=settings.callback_seconds,
        call=settings.max_call_minutes * 60,
    )


def line_server(container: Container, worker: WorkerProcess | None = None) -> LineServer:
    """Build the server that takes calls; ``worker`` has the socket and slot of a worker process.

    The container must have been opened with ``offload``, so that slow work runs in threads.
    """
    assert container.run is offload, "calls would wait for each other"
    settings = container.settings
    line = CallHandler(
        container.release_cache,
        container.care,
        container.journal,
        container.clock,
        patience(settings),
        Timing(first_key=settings.silence_seconds),
    )
    checkpoints = CheckpointStore(container.settings.home / "places")
    return LineServer(
        worker.listener if worker else container.settings.agi_bind,
        container.settings.max_calls,
        line.answer,
        line.busy,
        lock=container.port_lock,
        checkpoints=checkpoints,
        concatenated=_concatenated(container.settings),
        place=(worker.scoreboard, worker.slot) if worker else None,
        exhausted=worker.exhausted if worker else None,
    )


def concatenate(container: Container, release: Release) -> int:
    """Make the missing concatenated prompts of a release; return how many it has."""
    return _concatenated(container.settings).make(said_together(release, container.clock))


def publish(
    container: Container,
    actor: Actor,
    key: OperationKey,
    content: Content,
    progress: ProgressCallback = QUIET,
) -> Published:
    """Publish content and make its concatenated prompts. Errors as in Publishing.publish."""
    made = container.publishing.publish(actor, key, content, progress)
    concatenate(container, container.release_cache.get(made.number))
    return made


def _concatenated(settings: Settings) -> ConcatenatedPrompts:
    return ConcatenatedPrompts(settings.home / "audio" / "concatenated")


def fax_worker(container: Container, link: AmiLink) -> FaxWorker:
    """Build the worker that faxes invoices over a management link."""
    settings = container.settings
    return FaxWorker(
        container.store.invoices,
        AsteriskFax(link, settings.home / "fax", has_trunk=bool(settings.fax_trunk)),
        container.press,
        container.outbox,
        container.write,
        container.clock,
        settings.fax_tries,
        timedelta(seconds=settings.fax_pause_seconds),
        lambda: container.catalogue.premium_numbers,
        settings.fax_station,
    )
