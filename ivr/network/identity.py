"""An OpenID Connect provider: the operator's own login, where there is one (OIDC Core 1.0).

The authorization code flow with PKCE. Authlib speaks OAuth 2, joserfc checks the ID token. Neither
our secret nor a token is logged.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
import structlog
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import OAuth2Client
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from ivr.domain.staff import Identity
from ivr.errors import TemporarilyUnavailable
from ivr.ports.clock import Clock
from ivr.ports.staff import IdentityProvider

log = structlog.get_logger()

WHAT = "identity provider"
SECONDS = 5.0
"""Limit in seconds for one request."""
KEPT = timedelta(hours=1)
"""How long the provider's document and keys are kept."""
LEEWAY = 60
"""Seconds by which the clocks may differ."""
ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]
MULTI_FACTOR = "mfa"
"""The value of ``amr`` for several factors (RFC 8176)."""


@dataclass
class OidcProvider(IdentityProvider):
    """A provider by its issuer. Thread-safe."""

    issuer: str
    client: str
    secret: str = field(repr=False)
    clock: Clock
    claim: str = "preferred_username"
    """The claim that is the user's name here."""
    _about: Mapping[str, Any] = field(default_factory=dict, repr=False)
    _keys: KeySet | None = field(default=None, repr=False)
    _read_at: datetime | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def address(self, redirect: str, state: str, nonce: str, verifier: str) -> str:
        about, _ = self._known()
        with self._client(redirect) as client:
            url, _ = client.create_authorization_url(
                about["authorization_endpoint"], state=state, code_verifier=verifier, nonce=nonce
            )
        return str(url)

    def identify(self, code: str, redirect: str, nonce: str, verifier: str) -> Identity | None:
        about, keys = self._known()
        try:
            with self._client(redirect) as client:
                answer = client.fetch_token(
                    about["token_endpoint"], code=code, code_verifier=verifier
                )
        except httpx.HTTPError as error:
            raise TemporarilyUnavailable(WHAT) from error
        except (AuthlibBaseError, ValueError):
            return None  # the code is wrong, used or too old
        try:
            claims = jwt.decode(str(answer.get("id_token")), keys, algorithms=ALGORITHMS).claims
            self._rules(nonce).validate(claims)
        except (JoseError, ValueError) as error:
            log.warning("an ID token is refused", reason=type(error).__name__)
            self._forget()  # its key may be new
            return None
        name, methods = claims.get(self.claim), claims.get("amr")
        if not isinstance(name, str):
            log.error("an ID token does not have the claim of IVR_OIDC_CLAIM", claim=self.claim)
            return None
        return Identity(name, isinstance(methods, list) and MULTI_FACTOR in methods)

    def _rules(self, nonce: str) -> jwt.JWTClaimsRegistry:
        return jwt.JWTClaimsRegistry(
            now=lambda: int(self.clock.now().timestamp()),
            leeway=LEEWAY,
            iss={"essential": True, "value": self.issuer},
            aud={"essential": True, "value": self.client},
            exp={"essential": True},
            nonce={"essential": True, "value": nonce},
        )

    def _client(self, redirect: str) -> OAuth2Client:
        return OAuth2Client(
            self.client,
            self.secret,
            scope="openid profile",
            redirect_uri=redirect,
            code_challenge_method="S256",
            timeout=SECONDS,
            trust_env=False,
        )

    def _known(self) -> tuple[Mapping[str, Any], KeySet]:
        """Return the provider's document and keys, read again after KEPT."""
        now = self.clock.now()
        with self._lock:
            if self._keys is None or self._read_at is None or now - self._read_at > KEPT:
                about = self._get(f"{self.issuer}/.well-known/openid-configuration")
                if about.get("issuer") != self.issuer:
                    raise TemporarilyUnavailable(WHAT, "its document is of another issuer")
                self._about, self._keys = about, self._key_set(about)
                self._read_at = now
            return self._about, self._keys

    def _key_set(self, about: Mapping[str, Any]) -> KeySet:
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            url = urlsplit(str(about.get(name)))
            is_local = url.hostname in ("127.0.0.1", "::1", "localhost")
            if url.scheme != "https" and not is_local:
                raise TemporarilyUnavailable(WHAT, f"its {name} is not https://…")
        try:
            return KeySet.import_key_set(dict(self._get(about["jwks_uri"])))  # type: ignore[arg-type]
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise TemporarilyUnavailable(WHAT, "its keys cannot be read") from error

    def _get(self, url: str) -> Mapping[str, Any]:
        try:
            with httpx.Client(timeout=SECONDS, trust_env=False) as client:
                answer = client.get(url)
            found = answer.raise_for_status().json()
        except (httpx.HTTPError, ValueError) as error:
            raise TemporarilyUnavailable(WHAT) from error
        if not isinstance(found, dict):
            raise TemporarilyUnavailable(WHAT, "its answer is no object")
        return found

    def _forget(self) -> None:
        with self._lock:
            self._read_at = None
