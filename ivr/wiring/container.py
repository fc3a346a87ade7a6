"""The container: builds all services and adapters of one installation from its settings."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import cached_property

from ivr import log
from ivr.care.accounts import AccountService
from ivr.care.advice import AdviceService
from ivr.care.attempts import Limits
from ivr.care.callbacks import CallbackService
from ivr.care.catalogue import Catalogue
from ivr.care.hash_queue import HashQueue
from ivr.care.identification import PASSPORTS_AT_ONCE, IdentificationService
from ivr.care.information import AnnouncementCache, InformationService
from ivr.care.invoices import InvoiceService, Terms
from ivr.care.news import News
from ivr.care.notices import Notices
from ivr.care.numbering import NationalNumbering
from ivr.care.orders import OrderWorker
from ivr.care.pruning import Pruner
from ivr.care.puks import PukService
from ivr.care.requests import RequestService, RequestWorker
from ivr.care.subscriptions import SubscriptionService
from ivr.care.unlocking import UnlockService
from ivr.care.verifiers import CredentialVerifier
from ivr.care.warnings import OwnerWarning
from ivr.care.weighing import Weighing
from ivr.content.model import Document, read_document
from ivr.content.publishing import Publishing
from ivr.content.releases import ReleaseCache
from ivr.errors import FlowBroken, TemporarilyUnavailable, Unusable
from ivr.flow.document import Flow
from ivr.ports.care import Care
from ivr.ports.dialogue import Prompts, TextSource
from ivr.ports.runner import Runner, inline
from ivr.settings import Settings
from ivr.speech.manifest import Manifest
from ivr.speech.prompts import SpokenPrompts
from ivr.store.writer import JournalWriter
from ivr.system.filemodes import narrow_tree
from ivr.system.threads import ContextExecutor
from ivr.telephony.lock import PortLock
from ivr.wiring.installation import check_database as check_database
from ivr.wiring.installation import check_pepper as check_pepper
from ivr.wiring.installation import open_settings
from ivr.wiring.installation import prepare_database as prepare_database
from ivr.wiring.installation import upgrade_database as upgrade_database
from ivr.wiring.messaging import Messaging
from ivr.wiring.networks import Networks
from ivr.wiring.slowports import run_by
from ivr.wiring.staff import Staff, staff_of

WORKER_PATIENCE = 3.0
"""Seconds that the order worker waits for one order: others wait behind it."""


@dataclass(frozen=True)
class Container(Networks, Messaging):
    """All objects of one installation. Each is built at its first use."""

    run: Runner = inline
    """Runs slow work for calls: database, network, rendering of prompts."""

    @cached_property
    def journal(self) -> JournalWriter:
        """The journal of calls. Close it, so that everything is written."""
        return JournalWriter(self.store.journal, self.store.callers)

    @cached_property
    def numbering(self) -> NationalNumbering:
        return NationalNumbering()

    @cached_property
    def board(self) -> AnnouncementCache:
        return AnnouncementCache(self.store.announcements, self.clock)

    @cached_property
    def verifying(self) -> CredentialVerifier:
        return CredentialVerifier(self.pepper)

    @cached_property
    def port_lock(self) -> PortLock:
        """Checks requests on the AGI port, and seals checkpoints."""
        return PortLock.of(self.settings, self.pepper)

    @cached_property
    def turns(self) -> HashQueue:
        """The hash queue for code words, shared by calls of all releases."""
        return HashQueue()

    @cached_property
    def staff(self) -> Staff:
        """The services for users. ``dataclasses.replace`` gives them another ``in_call``."""
        return staff_of(self, self.turns)

    @cached_property
    def passport_turns(self) -> HashQueue:
        """The hash queue for passports, likewise shared."""
        return HashQueue(PASSPORTS_AT_ONCE)

    @cached_property
    def limits(self) -> Limits:
        """Limits of identification across numbers."""
        settings = self.settings
        return Limits(
            settings.identify_numbers,
            settings.identify_unknown,
            settings.identify_unknown_most,
            settings.identify_strangers,
            settings.identify_line,
        )

    @property
    def care(self) -> Care:
        """The operations with the content of the live release."""
        return self.shelf.live().care

    @cached_property
    def publishing(self) -> Publishing:
        return Publishing(
            self.shelf,
            self.library,
            lambda: self.voice,
            self.shipped.read,
            lambda: self.given,
            self.clock,
        )

    def _care(self, catalogue: Catalogue, news: News, terms: Terms, wording: TextSource) -> Care:
        """Build the operations for the content of one release."""
        store, settings = self.store, self.settings
        premium = catalogue.premium_numbers
        return Care(
            identification=IdentificationService(
                store.subscribers,
                store.attempts,
                self.verifying,
                self.clock,
                OwnerWarning(store.subscribers, self.outbox, wording),
                self.turns,
                self.limits,
                self.passport_turns,
            ),
            codes=UnlockService(
                store.subscribers,
                store.attempts,
                store.codes,
                self.verifying,
                self.outbox,
                wording,
                self.clock,
                self.settings.identify_codes,
                store.database.transaction,
            ),
            numbering=self.numbering,
            subscriptions=SubscriptionService(
                store.subscribers,
                store.orders,
                self.network,
                catalogue,
                self.clock,
                self._asking,
                Notices(store.subscribers, self.outbox, wording),
                self.search,
                store.promises,
            ),
            accounts=AccountService(
                store.subscribers,
                store.orders,
                store.payments,
                self.bills,
                catalogue,
                self.clock,
            ),
            puks=PukService(store.subscribers, self.clock),
            information=InformationService(catalogue, news, self.board, self.clock),
            callers=self.journal,
            callbacks=CallbackService(
                store.callbacks,
                premium,
                self.clock,
                settings.callbacks_a_day,
                settings.withheld_a_day,
            ),
            requests=RequestService(
                store.requests, self.clock, settings.requests_a_day, settings.withheld_a_day
            ),
            advice=AdviceService(self.outbox, wording),
            invoices=InvoiceService(
                store.subscribers,
                store.invoices,
                terms,
                self.clock,
                premium,
                settings.faxes_to_mobile_a_day,
            ),
        )

    @cached_property
    def orders(self) -> OrderWorker:
        brisk = dataclasses.replace(self.network, patience=WORKER_PATIENCE)
        store = self.store
        return OrderWorker(
            store.orders,
            brisk,
            self.clock,
            store.subscribers,
            self._weighing,
            store.outbox.find,
            self.search,
        )

    @cached_property
    def _asking(self) -> ContextExecutor:
        """Runs requests to the network for calls' orders. The process waits for them at its end."""
        return ContextExecutor("order")

    @cached_property
    def reckoning(self) -> AccountService:
        """Computes the bills that the simulated billing shows; it does not ask billing."""
        store = self.store
        return AccountService(
            store.subscribers, store.orders, store.payments, self.bills, self.catalogue, self.clock
        )

    def _weighing(self) -> Weighing:
        """Weigh orders with the catalogue of the live release."""
        try:
            return Weighing(self.live_catalogue.now(), self.clock)
        except (Unusable, FlowBroken) as error:
            raise TemporarilyUnavailable("release", str(error)) from error

    @cached_property
    def requests(self) -> RequestWorker:
        """Sends requests to the back office."""
        return RequestWorker(self.store.requests, self.back_office, self.clock, self.search)

    @cached_property
    def pruner(self) -> Pruner:
        """Deletes old identification attempts once a day."""
        return Pruner(self.store.attempts, self.store.codes, self.clock)

    @cached_property
    def shelf(self) -> ReleaseCache:
        return ReleaseCache(self.store.releases, self._built, self.run)

    def _built(self, document: Document, source: str) -> tuple[Flow, Prompts, Care]:
        content = read_document(document, self.shipped.read, source)
        try:
            manifest = Manifest.from_document(document["speech"]["audio"])
        except (KeyError, TypeError, AttributeError):
            raise FlowBroken(f"{source} is damaged: it has no sounds") from None
        needed = content.needed_texts
        texts = self.backing.complete(content.texts, needed)
        for missing in sorted(needed - set(texts.keys)):
            raise FlowBroken(
                f"neither {source} nor this version has the text '{missing}': go back by "
                "`ivr flow rollback`, or write it and run `ivr flow publish`"
            )
        prompts = SpokenPrompts(texts, manifest, self.library, self.voice, self.run)
        care = self._care(content.catalogue, content.news, content.terms, prompts)
        return content.flow, prompts, run_by(self.run, care)


def open_container(run: Runner = inline) -> Container:
    """Return the container for the settings in the environment. Nothing is built yet."""
    return Container(open_settings(), run)


def open_process(log_name: str, settings: Settings | None = None) -> Container:
    """Return the container for a long-running process, set up its log, and remove other users'
    rights from IVR_HOME.

    ``settings`` default to those of the environment.
    """
    settings = settings or open_settings()
    container = Container(settings)
    narrow_tree(settings.home)
    log.set_up(settings.log_level, settings.home / "logs" / log_name, settings.log_bytes)
    return container
