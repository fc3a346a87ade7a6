"""The adapters to the operator's network: orders, billing, back office, catalogue."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from ivr.errors import Unusable
from ivr.network.activation import ActivationNetwork
from ivr.network.backoffice import TmForumBackOffice
from ivr.network.billing import TmForumBills
from ivr.network.credentials import ClientCredentials, Credentials, FixedToken, tls_context
from ivr.network.http_client import HttpClient
from ivr.network.offers import TmForumOffers
from ivr.network.tmforum import TmForumNetwork
from ivr.wiring.installation import Installation


@dataclass(frozen=True)
class Networks(Installation):
    """The operator's systems, accessed over HTTP."""

    @cached_property
    def network(self) -> TmForumNetwork | ActivationNetwork:
        """The network, with the timeouts for a waiting caller."""
        if self.settings.network_api == "activation":
            return ActivationNetwork(self.wire("network"))
        return TmForumNetwork(self.wire("network"))

    def wire(self, what: str) -> HttpClient:
        """Return an HTTP client for one system: ``network``, ``billing`` …"""
        simulator = f"http://{self.settings.network_simulator_bind}"
        base = self.settings.network_url or simulator
        return HttpClient(what, base, credentials=self.credentials, tls=self.network_tls())

    @cached_property
    def credentials(self) -> Credentials:
        """The credentials for all systems of the network."""
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
        """Return the TLS context for the network. Unusable: a certificate cannot be read."""
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

    @property
    def search(self) -> timedelta:
        """How long to search the network for an order that may have been sent, before it is sent
        again."""
        return timedelta(seconds=self.settings.network_search_seconds)
