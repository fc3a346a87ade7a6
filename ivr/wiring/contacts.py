"""Builds the services for calls with agents, for the desk's process."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

from ivr.contacts.callbacks import AgentCallbackService
from ivr.contacts.cards import CardService
from ivr.contacts.center import ContactCenter
from ivr.contacts.conversations import ConversationService
from ivr.contacts.handback import HandBackService
from ivr.contacts.identifying import CallIdentification
from ivr.contacts.live import LiveCalls
from ivr.contacts.membership import Membership
from ivr.contacts.presence import PresenceService
from ivr.contacts.seats import SeatService
from ivr.contacts.serving import ServingService
from ivr.contacts.states import IN_CALL
from ivr.content.releases import ReleaseCache
from ivr.domain.contacts import Skills
from ivr.domain.staff import User
from ivr.domain.values import Language
from ivr.flow.nodes.say import Say
from ivr.flow.release import Release
from ivr.ports.care import Care
from ivr.telephony.agent_queues import AmiAgentQueues
from ivr.telephony.ami import AmiLink
from ivr.telephony.call_control import AmiCallControl
from ivr.telephony.checkpoints import CheckpointStore
from ivr.telephony.configuration import run_folder
from ivr.telephony.management import Manager
from ivr.telephony.queue_events import hear_queues
from ivr.telephony.seats import StoredSeatSecrets
from ivr.wiring.container import Container
from ivr.wiring.telephony import manager

CARDS_AT_ONCE = 4
ALL_LANGUAGES = Skills(frozenset(Language))


@dataclass(frozen=True)
class Contacts:
    """All services for calls with agents. One per process; ``running`` starts it."""

    link: AmiLink
    seats: SeatService
    presence: PresenceService
    conversations: ConversationService
    cards: CardService
    live: LiveCalls
    identification: CallIdentification
    handback: HandBackService
    serving: ServingService
    callbacks: AgentCallbackService
    releases: ReleaseCache
    center: ContactCenter
    executor: ThreadPoolExecutor

    def release(self) -> Release:
        """Return the live release."""
        return self.releases.live()

    def has_link(self) -> bool:
        """Tell whether Asterisk answers."""
        return self.link.connected.is_set()

    def is_in_call(self, user: User) -> bool:
        """Tell whether a user rings, talks or describes a call: then no session of theirs ends."""
        return self.presence.status(user.name).state in IN_CALL


def contacts(container: Container) -> Contacts:
    """Build the services. Nothing connects yet."""
    store, clock = container.store, container.clock
    link = manager(container, Manager.DESK)
    places = CheckpointStore(container.settings.home / "places")
    control = AmiCallControl(link, places, container.port_lock)
    executor = ThreadPoolExecutor(CARDS_AT_ONCE, "card")
    live = LiveCalls(clock.now)
    secrets = StoredSeatSecrets(
        run_folder(container.settings.home), container.settings.asterisk_http_bind
    )

    def care() -> Care:
        return container.care

    cards = CardService(
        live,
        control,
        store.contacts,
        store.orders,
        store.journal,
        care,
        clock,
        store.audit,
        executor,
    )

    def topics() -> tuple[str, ...]:
        return container.release_cache.live().flow.topics

    is_widened = bool(container.settings.widen_seconds)
    membership = Membership(AmiAgentQueues(link), store.seat_loans, topics, is_widened)
    presence = PresenceService(membership, store.contacts, clock)
    conversations = ConversationService(store.contacts, cards, presence, store.orders, clock)
    center = ContactCenter(presence, conversations, cards)
    link.listen_to(hear_queues(center.hear))
    return Contacts(
        link=link,
        seats=SeatService(store.seat_loans, secrets, clock),
        presence=presence,
        conversations=conversations,
        cards=cards,
        live=live,
        identification=CallIdentification(live, cards, care, store.attempts, clock),
        handback=HandBackService(
            live,
            cards,
            control,
            store.contacts,
            clock,
            lambda number: _nodes(container, number),
            topics,
        ),
        serving=ServingService(live, cards, presence, care, lambda: _messages(container)),
        callbacks=AgentCallbackService(
            store.callbacks, lambda: care().callbacks, store.audit, clock
        ),
        releases=container.release_cache,
        center=center,
        executor=executor,
    )


@contextmanager
def running(
    desk: Contacts, skills: Callable[[str], Skills] = lambda _agent: ALL_LANGUAGES
) -> Iterator[Contacts]:
    """Run the services: the management link, and the thread for events.

    ``skills`` are those of agents whose states an earlier process has stored.
    """
    stop = threading.Event()
    worker = threading.Thread(target=desk.center.run, args=(stop,), name="contacts", daemon=True)
    desk.center.restore(skills)
    desk.link.start()
    worker.start()
    try:
        yield desk
    finally:
        stop.set()
        worker.join()
        desk.link.close()
        desk.executor.shutdown()


def _nodes(container: Container, number: int) -> frozenset[str]:
    """Return the nodes of a release to which an agent may send a caller."""
    release = container.release_cache.get(number) if number else container.release_cache.live()
    flow = release.flow
    return frozenset(flow.nodes) - {flow.agent, flow.identification, flow.start}


def _messages(container: Container) -> Collection[str]:
    """Return the texts that the line sends to callers with what they hear, in the flow's order."""
    nodes = container.release_cache.live().flow.nodes.values()
    found = [each.message or each.text for each in nodes if isinstance(each, Say) and each.topic]
    return list(dict.fromkeys(found))
