"""The message centre, and the worker that sends through it."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlsplit

from ivr.care.messages import MessageWorker
from ivr.care.notices import Notices, NoticeWriter
from ivr.care.results import ResultNotifier
from ivr.errors import Unusable
from ivr.network.smpp import Address, Role, SmppCentre, Types
from ivr.network.twolinks import TwoLinks
from ivr.ports.messages import MessageCentre, Outbox
from ivr.wiring.contents import Contents


@dataclass(frozen=True)
class Messaging(Contents):
    """Text messages."""

    @cached_property
    def outbox(self) -> Outbox:
        """The outbox for text messages."""
        return self.store.outbox

    @cached_property
    def messages(self) -> MessageWorker:
        """Sends the messages in the outbox. Unusable: no message centre is set."""
        store, settings = self.store, self.settings
        return MessageWorker(
            store.outbox,
            self._message_centre(),
            store.subscribers,
            lambda: ResultNotifier(store.promises, store.outbox, self.live_wording.now()),
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
            password, source = settings.smsc_password.get_secret_value(), settings.smsc_source
            return SmppCentre(self._smsc(), password, source, types, role)

        if settings.smsc_links == "two":
            return TwoLinks(link(Role.SENDING), link(Role.RECEIVING))
        return link(Role.BOTH)

    def _smsc(self) -> Address:
        url = urlsplit(self.settings.smsc)
        if not (url.username and url.hostname and url.port):
            raise Unusable("there is no message centre: set IVR_SMSC")
        tls = self._smsc_tls() if url.scheme == "smpps" else None
        return Address(url.username, url.hostname, url.port, self.settings.smsc_system_type, tls)

    def _smsc_tls(self) -> ssl.SSLContext:
        """Return the TLS context for the message centre. Unusable: a file is no PEM, or lacks the
        key."""
        settings = self.settings
        try:
            context = ssl.create_default_context(cafile=settings.smsc_ca or None)
        except OSError:
            raise Unusable(
                f"setting IVR_SMSC_CA: '{settings.smsc_ca}' has no certificate in PEM form:"
                " name another file"
            ) from None
        if settings.smsc_certificate:
            try:
                context.load_cert_chain(settings.smsc_certificate, password="")
            except OSError:
                raise Unusable(
                    f"setting IVR_SMSC_CERTIFICATE: '{settings.smsc_certificate}' does not"
                    " have a certificate and its key, without a password, in PEM form"
                ) from None
        return context
