"""The only place that builds adapters and hands them to the core."""

from __future__ import annotations

import dataclasses
import secrets
import ssl
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

from ivr import log
from ivr.care.accounts import Accounting
from ivr.care.attempts import Limits
from ivr.care.callbacks import CallbackDesk
from ivr.care.catalogue import Catalogue, read_catalogue
from ivr.care.identification import PASSPORTS_AT_ONCE, Identifying
from ivr.care.information import InformationDesk, Noticeboard
from ivr.care.invoices import InvoiceDesk, Terms, read_terms
from ivr.care.live import Live
from ivr.care.messages import MessageWorker
from ivr.care.news import News, parse_news, read_news
from ivr.care.notices import Notices, NoticeWriter
from ivr.care.numbering import NationalNumbering
from ivr.care.orders import OrderWorker
from ivr.care.pruning import Pruner
from ivr.care.publishing import Parts, Shelf
from ivr.care.puks import PukDesk
from ivr.care.requests import RequestDesk, RequestWorker
from ivr.care.results import Results
from ivr.care.subscriptions import Switching
from ivr.care.turns import Turns
from ivr.care.unlocking import UnlockDesk
from ivr.care.verifiers import Verifying
from ivr.care.warnings import OwnerWarning
from ivr.care.weighing import Weighing
from ivr.care.wording import LiveWording
from ivr.domain.dialogue import Value
from ivr.domain.values import Language
from ivr.errors import FlowBroken, TemporarilyUnavailable, Unusable
from ivr.flow.document import parse_flow
from ivr.flow.review import WRITTEN_OUTSIDE_OF_CALLS, needed_texts
from ivr.network.activation import ActivationNetwork
from ivr.network.backoffice import TmForumBackOffice
from ivr.network.billing import TmForumBills
from ivr.network.credentials import ClientCredentials, Credentials, FixedToken, tls_context
from ivr.network.offers import TmForumOffers
from ivr.network.smpp import Address, Role, SmppCentre, Types
from ivr.network.tmforum import TmForumNetwork
from ivr.network.twolinks import TwoLinks
from ivr.network.wire import Wire
from ivr.paper.invoice import InvoicePress
from ivr.ports.care import Care
from ivr.ports.dialogue import Prompts, Wording
from ivr.ports.messages import MessageCentre, Outbox
from ivr.ports.runner import Runner, inline
from ivr.settings import PROJECT
from ivr.simulators.smsc import LOOPBACK, Mood, SmscSimulator
from ivr.simulators.smsc_habits import Habit
from ivr.speech.backing import Backing
from ivr.speech.given import read_given
from ivr.speech.library import Library
from ivr.speech.manifest import Manifest, check_recordings, render
from ivr.speech.prompts import SpokenPrompts
from ivr.speech.texts import Texts, read_texts
from ivr.speech.voice import Voice
from ivr.speech.wholes import UNHURRIED
from ivr.speech.written import WrittenTexts
from ivr.store.importing import Imported, import_rows
from ivr.store.rows import Row
from ivr.store.writer import JournalWriter
from ivr.system.filemodes import narrow_tree
from ivr.system.threads import ContextExecutor
from ivr.telephony.lock import PortLock
from ivr.wiring.installation import Installation, open_settings
from ivr.wiring.installation import check_pepper as check_pepper
from ivr.wiring.installation import migrate_database as migrate_database
from ivr.wiring.installation import prepare_database as prepare_database
from ivr.wiring.slowports import run_by
from ivr.wiring.voices import open_voice

WORKER_PATIENCE = 3.0
"""Seconds that the orders' worker waits for one order: others wait behind it."""
ProgressCallback = Callable[[int, int], None]
"""Told how much of a long step is done: this many of that many."""
QUIET: ProgressCallback = lambda _done, _all: None  # noqa: E731


@dataclass(frozen=True)
class House(Installation):
    """Everything of one installation, built when it is first asked for."""

    run: Runner = inline
    """Runs what asks the database or the network for a call, or renders what it is to hear."""

    @property
    def flow_file(self) -> Path:
        """The flow that operators edit."""
        return PROJECT / "prompts" / "0890.yaml"

    @cached_property
    def journal(self) -> JournalWriter:
        """Where calls write what they leave behind; close it, so that all of it is written."""
        return self.new_journal()

    def new_journal(self) -> JournalWriter:
        """One of its own, for who wants to know when all of what he wrote is there."""
        return JournalWriter(self.store.journal, self.store.callers)

    @cached_property
    def numbering(self) -> NationalNumbering:
        return NationalNumbering()

    @cached_property
    def catalogue(self) -> Catalogue:
        return read_catalogue(PROJECT / "db" / "catalogue.yaml")

    @cached_property
    def news(self) -> News:
        """The news that operators edit."""
        return read_news(PROJECT / "prompts" / "news.yaml")

    @cached_property
    def board(self) -> Noticeboard:
        return Noticeboard(self.store.announcements, self.clock)

    @cached_property
    def terms(self) -> Terms:
        """The terms for invoices that operators edit."""
        return read_terms(PROJECT / "db" / "invoice.yaml")

    @cached_property
    def verifying(self) -> Verifying:
        return Verifying(self.pepper)

    @cached_property
    def port_lock(self) -> PortLock:
        """Of the AGI port and of the checkpoints of calls."""
        return PortLock.of(self.settings, self.pepper)

    @cached_property
    def turns(self) -> Turns:
        """Of all who say a code word, whatever release their calls have."""
        return Turns()

    @cached_property
    def passport_turns(self) -> Turns:
        """Of all who enter a passport, likewise."""
        return Turns(PASSPORTS_AT_ONCE)

    @cached_property
    def limits(self) -> Limits:
        """Of identification, across numbers."""
        settings = self.settings
        return Limits(
            settings.identify_numbers,
            settings.identify_unknown,
            settings.identify_unknown_most,
            settings.identify_strangers,
            settings.identify_line,
        )

    @cached_property
    def network(self) -> TmForumNetwork | ActivationNetwork:
        """With the patience of a caller."""
        if self.settings.network_api == "activation":
            return ActivationNetwork(self.wire("network"))
        return TmForumNetwork(self.wire("network"))

    def wire(self, what: str) -> Wire:
        """Requests to a part of what is behind: ``network``, ``billing`` …"""
        simulator = f"http://{self.settings.network_simulator_bind}"
        base = self.settings.network_url or simulator
        return Wire(what, base, credentials=self.credentials, tls=self.network_tls())

    @cached_property
    def credentials(self) -> Credentials:
        """What the network is shown, whatever part of it is asked."""
        settings = self.settings
        if not settings.network_oauth_url:
            return FixedToken(settings.token_for_network)
        if not settings.network_oauth_client or not settings.network_oauth_secret:
            raise Unusable(
                "IVR_NETWORK_OAUTH_URL is set: set IVR_NETWORK_OAUTH_CLIENT and"
                " IVR_NETWORK_OAUTH_SECRET too"
            )
        return ClientCredentials(
            settings.network_oauth_url,
            settings.network_oauth_client,
            settings.network_oauth_secret.get_secret_value(),
            settings.network_oauth_scope,
            self.network_tls,
        )

    def network_tls(self) -> ssl.SSLContext:
        """Unusable: a certificate cannot be read."""
        settings = self.settings
        return tls_context(settings.network_certificate, settings.network_key, settings.network_ca)

    @cached_property
    def bills(self) -> TmForumBills:
        return TmForumBills(self.wire("billing"), zone=self.clock.zone)

    @cached_property
    def back_office(self) -> TmForumBackOffice:
        return TmForumBackOffice(self.wire("back office"))

    @cached_property
    def offers(self) -> TmForumOffers:
        return TmForumOffers(self.wire("catalogue"))

    @cached_property
    def care(self) -> Care:
        """By the files that operators edit."""
        wording = WrittenTexts(self.texts)
        return run_by(self.run, self._care(self.catalogue, self.news, self.terms, wording))

    def _care(self, catalogue: Catalogue, news: News, terms: Terms, wording: Wording) -> Care:
        """What can be done for subscribers and told to anyone, by what a release has."""
        store, settings = self.store, self.settings
        premium = catalogue.premium_numbers
        return Care(
            identification=Identifying(
                store.subscribers,
                store.attempts,
                self.verifying,
                self.clock,
                OwnerWarning(store.subscribers, self.outbox, wording),
                self.turns,
                self.limits,
                self.passport_turns,
            ),
            codes=UnlockDesk(
                store.subscribers,
                store.attempts,
                store.codes,
                self.verifying,
                self.outbox,
                wording,
                self.clock,
                self.settings.identify_codes,
            ),
            numbering=self.numbering,
            subscriptions=Switching(
                store.subscribers,
                store.orders,
                self.network,
                catalogue,
                self.clock,
                self._asking,
                Notices(store.subscribers, self.outbox, wording),
                self.search,
            ),
            accounts=Accounting(
                store.subscribers,
                store.orders,
                store.payments,
                self.bills,
                catalogue,
                self.clock,
            ),
            puks=PukDesk(store.subscribers, self.clock),
            information=InformationDesk(catalogue, news, self.board, self.clock),
            callers=self.journal,
            callbacks=CallbackDesk(
                store.callbacks,
                premium,
                self.clock,
                settings.callbacks_a_day,
                settings.withheld_a_day,
            ),
            requests=RequestDesk(
                store.requests, self.clock, settings.requests_a_day, settings.withheld_a_day
            ),
            outbox=self.outbox,
            promises=store.promises,
            invoices=InvoiceDesk(
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
        """Asks the network for the orders of calls. A process that ends waits for what it asks."""
        return ContextExecutor("order")

    @property
    def search(self) -> timedelta:
        """How long what may have been sent is looked for before it is sent again."""
        return timedelta(seconds=self.settings.network_search_seconds)

    @cached_property
    def reckoning(self) -> Accounting:
        """What the simulated billing bills: not what billing says."""
        store = self.store
        return Accounting(
            store.subscribers, store.orders, store.payments, self.bills, self.catalogue, self.clock
        )

    def _weighing(self) -> Weighing:
        """By the catalogue of the live release."""
        try:
            return Weighing(self._live_catalogue.now(), self.clock)
        except (Unusable, FlowBroken) as error:
            raise TemporarilyUnavailable("release", str(error)) from error

    @cached_property
    def _live_catalogue(self) -> Live[Catalogue]:
        return Live(self.store.releases, lambda parts: Catalogue.model_validate(parts["catalogue"]))

    @cached_property
    def requests(self) -> RequestWorker:
        """Sends requests on to the back office."""
        return RequestWorker(self.store.requests, self.back_office, self.clock, self.search)

    @cached_property
    def pruner(self) -> Pruner:
        """Deletes old tries to identify, once a day."""
        return Pruner(self.store.attempts, self.store.codes, self.clock)

    @cached_property
    def outbox(self) -> Outbox:
        """Where text messages are put that are to be sent."""
        return self.store.outbox

    @cached_property
    def live_wording(self) -> LiveWording:
        """The texts of the live release, for what is written and not said."""
        return LiveWording(
            self.store.releases,
            lambda parts: WrittenTexts(
                self.backing.complete(
                    Texts.from_document(parts["speech"]["texts"]), WRITTEN_OUTSIDE_OF_CALLS
                )
            ),
        )

    @cached_property
    def backing(self) -> Backing:
        """The program's own texts, for releases that were published before it said them."""
        return Backing(lambda: self.texts, lambda: self.given)

    @cached_property
    def smsc_simulator(self) -> SmscSimulator:
        """The built-in message centre, not started."""
        settings = self.settings
        simulator = SmscSimulator(
            settings.home / "smsc.sqlite",
            password=secrets.token_hex(4),  # SMPP takes eight letters; only this process asks it
        )
        if settings.smsc_simulator_answer:
            simulator.mood, simulator.refusal = (
                Mood.REFUSES,
                int(settings.smsc_simulator_answer, 16),
            )
        try:
            simulator.habit = Habit(settings.smsc_simulator_receipts or Habit.PLAIN)
        except ValueError:
            raise Unusable(
                f"setting IVR_SMSC_SIMULATOR_RECEIPTS: '{settings.smsc_simulator_receipts}' is none"
                f" of {', '.join(Habit)}"
            ) from None
        return simulator

    @cached_property
    def messages(self) -> MessageWorker:
        """Sends what is in the outbox; the simulator must run where no message centre is set."""
        store, settings = self.store, self.settings
        return MessageWorker(
            store.outbox,
            self._message_centre(),
            store.subscribers,
            lambda: Results(store.promises, store.outbox, self.live_wording.now()),
            self.clock,
            settings.messages_a_day,
            NoticeWriter(
                store.facts,
                lambda: Notices(store.subscribers, store.outbox, self.live_wording.now()),
                self.clock,
            ),
            settings.notices_a_day,
        )

    def _message_centre(self) -> MessageCentre:
        settings = self.settings
        types = Types(
            int(settings.smsc_source_ton) if settings.smsc_source_ton else None,
            int(settings.smsc_source_npi) if settings.smsc_source_npi else None,
            settings.smsc_number_ton,
            settings.smsc_number_npi,
        )

        def link(role: Role) -> SmppCentre:
            password, source = self._smsc_password(), settings.smsc_source
            return SmppCentre(self._smsc(), password, source, types, role)

        if settings.smsc_links == "two":
            return TwoLinks(link(Role.SENDING), link(Role.RECEIVING))
        return link(Role.BOTH)

    def _smsc(self) -> Address:
        if not self.settings.smsc:
            simulator = self.smsc_simulator
            return Address(simulator.system_id, LOOPBACK, simulator.port)
        url = urlsplit(self.settings.smsc)
        assert url.username
        assert url.hostname
        assert url.port
        tls = self._smsc_tls() if url.scheme == "smpps" else None
        return Address(url.username, url.hostname, url.port, self.settings.smsc_system_type, tls)

    def _smsc_tls(self) -> ssl.SSLContext:
        """Trust in the message centre. Unusable: a file is no PEM, or lacks the key."""
        settings = self.settings
        try:
            context = ssl.create_default_context(cafile=settings.smsc_ca or None)
        except OSError:
            raise Unusable(
                f"setting IVR_SMSC_CA: '{settings.smsc_ca}' holds no certificate in PEM form: name"
                " another file"
            ) from None
        if settings.smsc_certificate:
            try:
                context.load_cert_chain(settings.smsc_certificate, password="")
            except OSError:
                raise Unusable(
                    f"setting IVR_SMSC_CERTIFICATE: '{settings.smsc_certificate}' does not hold a"
                    " certificate and its key, without a password, in PEM form"
                ) from None
        return context

    def _smsc_password(self) -> str:
        if not self.settings.smsc:
            return self.smsc_simulator.password
        return self.settings.smsc_password.get_secret_value()

    @cached_property
    def texts(self) -> Texts:
        """The texts that operators edit."""
        return read_texts(PROJECT / "prompts")

    @cached_property
    def given(self) -> Mapping[str, frozenset[str]]:
        """What the program fills in, by text."""
        return read_given(PROJECT / "db" / "placeholders.txt")

    @cached_property
    def voice(self) -> Voice:
        return open_voice(self.settings)

    @cached_property
    def library(self) -> Library:
        return Library(self.settings.home / "audio", self.settings.cache / "audio")

    @cached_property
    def shelf(self) -> Shelf:
        return Shelf(self.store.releases, self._built, self.run)

    def text_keys(self) -> Mapping[Language, frozenset[str]]:
        """The keys of the texts that operators edit, by language."""
        return {language: frozenset(self.texts.keys) for language in Language}

    def render(self, progress: ProgressCallback = QUIET) -> Manifest:
        """Audio of all texts that operators edit; only what changed is made anew."""
        return render(self.texts, self.recordings, self.library, self.voice, progress)

    @property
    def recordings(self) -> Path:
        """The folder of recordings, with one of each language."""
        return PROJECT / "prompts" / "recordings"

    @property
    def edited_files(self) -> tuple[Path, ...]:
        """The files of YAML that operators edit, besides the flow."""
        texts = (f"{name}.yaml" for name in (*Language, "pronunciation", "news"))
        rules = (PROJECT / "db" / f"{name}.yaml" for name in ("catalogue", "invoice"))
        return (*(PROJECT / "prompts" / name for name in texts), *rules)

    def check_recordings(self) -> None:
        """Unusable names a recording that belongs to no text or cannot be read."""
        check_recordings(self.texts, self.recordings)

    def speak(self, progress: ProgressCallback = QUIET) -> SpokenPrompts:
        """The prompts of the texts as they stand in their files."""
        manifest = self.render(progress)
        return SpokenPrompts(self.texts, manifest, self.library, self.voice, patience=UNHURRIED)

    def import_rows(
        self, rows: Iterable[Row], author: str, progress: Callable[[int], None] = lambda _rows: None
    ) -> Imported:
        """Add or update subscribers, all or none."""
        return import_rows(self.store.database, rows, self.pepper, author, progress)

    @cached_property
    def press(self) -> InvoicePress:
        """Draws invoices by the form that operators edit."""
        return InvoicePress(PROJECT / "db" / "invoice.typ")

    def write(self, language: Language, key: str, **values: Value) -> str:
        """A text of the live release in writing."""
        return self.live_wording.now().write(language, key, **values)

    def _built(self, parts: Parts) -> tuple[Prompts, Care]:
        manifest = Manifest.from_document(parts["speech"]["audio"])
        catalogue = Catalogue.model_validate(parts["catalogue"])
        news = parse_news(parts["news"], "the news of the release")
        terms = Terms.model_validate(parts["invoice"])
        named = (*catalogue.texts(), *(item.text for item in news), *terms.texts())
        needed = needed_texts(parse_flow(parts["flow"]), named)
        texts = self.backing.complete(Texts.from_document(parts["speech"]["texts"]), needed)
        for missing in sorted(needed - set(texts.keys)):
            raise FlowBroken(
                f"neither the live release nor this version has the text '{missing}': go back by "
                "`ivr flow rollback`, or write it and run `ivr flow publish`"
            )
        prompts = SpokenPrompts(texts, manifest, self.library, self.voice, self.run)
        return prompts, run_by(self.run, self._care(catalogue, news, terms, prompts))


def open_house(run: Runner = inline) -> House:
    """The house of the settings in the environment. Builds nothing yet."""
    return House(open_settings(), run)


def open_process(log_name: str) -> House:
    """The house of a process that runs on, with its log; what was open to others is closed."""
    house = open_house()
    settings = house.settings
    narrow_tree(settings.home)
    log.set_up(settings.log_level, settings.home / "logs" / log_name, settings.log_bytes)
    return house
