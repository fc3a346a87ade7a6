"""Asterisk, and all that talks to it, put together for one house. Nothing is started here."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from ivr.care.faxing import FaxWorker
from ivr.domain.values import Language
from ivr.flow.patience import Patience
from ivr.flow.question import Timing
from ivr.flow.release import Release
from ivr.flow.review import DIALPLAN_TEXTS
from ivr.flow.together import said_together
from ivr.ports.dialogue import Prompts
from ivr.settings import Settings, host_port
from ivr.supervision.post import Post
from ivr.telephony import executables
from ivr.telephony.ami import AmiLink
from ivr.telephony.concatenated import ConcatenatedPrompts
from ivr.telephony.configuration import Programs
from ivr.telephony.fax import AsteriskFax
from ivr.telephony.folders import Sounds
from ivr.telephony.line import Line
from ivr.telephony.management import Manager
from ivr.telephony.offload import offload
from ivr.telephony.places import Places
from ivr.telephony.queue import journal_of_queue
from ivr.telephony.server import LineServer
from ivr.wiring.container import House


def programs(house: House) -> Programs:
    """Where Asterisk is."""
    return Programs(
        executables.program(house.settings, "asterisk"),
        executables.modules(house.settings, "asterisk"),
        executables.share(house.settings, "asterisk"),
    )


def dialplan_sounds(prompts: Prompts) -> Sounds:
    """The sentences that Asterisk says by itself."""
    return {
        (language, key.removeprefix("dialplan.")): Path(prompts.say(language, key).sounds[0])
        for language in Language
        for key in DIALPLAN_TEXTS
    }


def journal_link(house: House) -> AmiLink:
    """The management link of a worker: it tells the journal what the queue does."""
    link = manager(house, Manager.LINE)
    link.listen_to(journal_of_queue(house.journal, house.clock))
    return link


def manager(house: House, user: Manager) -> AmiLink:
    """A management link with the rights of a user."""
    settings = house.settings
    password = user.password(settings.secret("ami_secret"))
    return AmiLink(host_port(settings.ami_bind), user, password)


def patience(settings: Settings) -> Patience:
    """How long callers are heard out."""
    return Patience(
        seconds=settings.patience_seconds,
        queue=settings.callback_seconds,
        call=settings.max_call_minutes * 60,
    )


def line_server(house: House, post: Post | None = None) -> LineServer:
    """The server that takes calls; ``post`` is that of a worker among others.

    The house is opened with ``offload``, so that threads do for the calls what may take long.
    """
    assert house.run is offload, "calls would wait for each other"
    settings = house.settings
    line = Line(
        house.shelf,
        house.care,
        house.journal,
        house.clock,
        patience(settings),
        Timing(first_key=settings.silence_seconds),
    )
    places = Places(house.settings.home / "places")
    return LineServer(
        post.listener if post else house.settings.agi_bind,
        house.settings.max_calls,
        line.answer,
        line.busy,
        lock=house.port_lock,
        places=places,
        concatenated=_concatenated(house.settings),
        place=(post.board, post.slot) if post else None,
        exhausted=post.exhausted if post else None,
    )


def concatenate(house: House, release: Release) -> int:
    """Make the concatenated prompts of a release that are not there; answers how many it has."""
    return _concatenated(house.settings).make(said_together(release, house.clock))


def _concatenated(settings: Settings) -> ConcatenatedPrompts:
    return ConcatenatedPrompts(settings.home / "audio" / "concatenated")


def fax_worker(house: House, link: AmiLink) -> FaxWorker:
    """Sends invoices over a management link."""
    settings = house.settings
    return FaxWorker(
        house.store.invoices,
        AsteriskFax(link, settings.home / "fax", has_trunk=bool(settings.fax_trunk)),
        house.press,
        house.outbox,
        house.write,
        house.clock,
        settings.fax_tries,
        timedelta(seconds=settings.fax_pause_seconds),
        house.catalogue.premium_numbers,
        settings.fax_station,
    )
