"""The adapter to an OpenID Connect provider, against a provider on loopback."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from ivr.content.simulation.clock import FixedClock
from ivr.domain.staff import Identity
from ivr.errors import TemporarilyUnavailable
from ivr.network.identity import OidcProvider

CLIENT, SECRET, REDIRECT = "ivr-desk", "secret of the tests", "http://localhost:8000/back"
STATE, NONCE, VERIFIER = "state", "nonce", "v" * 64


@dataclass
class Provider:
    """What the provider on loopback says. ``change`` is applied to the claims of each ID token."""

    clock: FixedClock
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "1"}))
    signing: RSAKey | None = None
    """Another key than the published one."""
    change: dict[str, Any] = field(default_factory=dict)
    about: dict[str, Any] = field(default_factory=dict)
    status: int = 200
    issuer: str = ""
    reads: int = 0
    """How often its keys were read."""
    posted: list[dict[str, list[str]]] = field(default_factory=list)

    def answer(self, path: str, body: str) -> tuple[int, dict[str, Any]]:
        if path == "/.well-known/openid-configuration":
            names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
            known = {name: f"{self.issuer}/{name}" for name in names}
            return self.status, {"issuer": self.issuer, **known, **self.about}
        if path == "/jwks_uri":
            self.reads += 1
            return 200, {"keys": [self.key.as_dict(private=False)]}
        form = parse_qs(body)
        self.posted.append(form)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest())
        sent = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"][0].encode()).digest())
        if form["code"] != ["good"] or sent != challenge:
            return 400, {"error": "invalid_grant"}
        now = int(self.clock.now().timestamp())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "sub": "42",
            "exp": now + 300,
            "iat": now,
            "nonce": NONCE,
            "preferred_username": "aygul",
            **self.change,
        }
        token = jwt.encode(
            {"alg": "RS256", "kid": "1"},
            {name: value for name, value in claims.items() if value is not None},
            self.signing or self.key,
        )
        return 200, {"access_token": "a", "token_type": "Bearer", "id_token": token}


@pytest.fixture
def provider() -> Iterator[Provider]:
    made = Provider(FixedClock())

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            status, found = made.answer(self.path, self.rfile.read(length).decode())
            body = json.dumps(found).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    made.issuer = f"http://127.0.0.1:{server.server_port}"
    yield made
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def adapter(provider: Provider) -> OidcProvider:
    return OidcProvider(provider.issuer, CLIENT, SECRET, provider.clock)


def identify(
    adapter: OidcProvider, code: str = "good", verifier: str = VERIFIER
) -> Identity | None:
    return adapter.identify(code, REDIRECT, NONCE, verifier)


def test_the_browser_is_sent_with_pkce_and_a_nonce(adapter: OidcProvider) -> None:
    url = urlsplit(adapter.address(REDIRECT, STATE, NONCE, VERIFIER))
    assert url.path == "/authorization_endpoint"
    asked = {name: values[0] for name, values in parse_qs(url.query).items()}
    assert asked.pop("code_challenge")
    assert asked == {
        "response_type": "code",
        "client_id": CLIENT,
        "redirect_uri": REDIRECT,
        "scope": "openid profile",
        "state": STATE,
        "nonce": NONCE,
        "code_challenge_method": "S256",
    }


def test_who_came_back_is_told(provider: Provider, adapter: OidcProvider) -> None:
    assert identify(adapter) == Identity("aygul", has_second_factor=False)
    provider.change = {"amr": ["pwd", "mfa"]}
    assert identify(adapter) == Identity("aygul", has_second_factor=True)
    assert provider.reads == 1
    assert provider.posted[0]["redirect_uri"] == [REDIRECT]
    assert SECRET not in repr(adapter)


@pytest.mark.parametrize(
    "change",
    [
        {"iss": "https://other.example"},
        {"aud": "another-client"},
        {"nonce": "another"},
        {"nonce": None},
        {"exp": 1},
        {"exp": None},
        {"preferred_username": None},
        {"preferred_username": 7},
    ],
)
def test_a_token_for_others_or_another_time_is_refused(
    provider: Provider, adapter: OidcProvider, change: dict[str, Any]
) -> None:
    provider.change = change
    assert identify(adapter) is None


def test_a_wrong_code_or_browser_is_refused(adapter: OidcProvider) -> None:
    assert identify(adapter, "bad") is None
    assert identify(adapter, verifier="w" * 64) is None


def test_a_token_signed_by_another_is_refused_and_new_keys_are_read(
    provider: Provider, adapter: OidcProvider
) -> None:
    assert identify(adapter) is not None
    provider.signing = RSAKey.generate_key(2048, {"kid": "1"})
    assert identify(adapter) is None
    provider.key = provider.signing
    assert identify(adapter) is not None
    assert provider.reads == 2


def test_keys_are_read_again_after_an_hour(provider: Provider, adapter: OidcProvider) -> None:
    identify(adapter)
    provider.clock.sleep(3601)
    identify(adapter)
    assert provider.reads == 2


@pytest.mark.parametrize(
    "about",
    [{"issuer": "https://other.example"}, {"token_endpoint": "http://other.example/token"}],
)
def test_a_document_that_cannot_be_trusted_is_not_used(
    provider: Provider, adapter: OidcProvider, about: dict[str, Any]
) -> None:
    provider.about = about
    with pytest.raises(TemporarilyUnavailable, match="identity provider"):
        adapter.address(REDIRECT, STATE, NONCE, VERIFIER)


def test_a_provider_that_is_away_is_said(provider: Provider, adapter: OidcProvider) -> None:
    provider.status = 503
    with pytest.raises(TemporarilyUnavailable, match="the identity provider does not answer"):
        identify(adapter)


def test_another_claim_may_be_the_name(provider: Provider) -> None:
    provider.change = {"email": "aygul@operator.example"}
    adapter = OidcProvider(provider.issuer, CLIENT, SECRET, provider.clock, "email")
    assert identify(adapter) == Identity("aygul@operator.example", has_second_factor=False)
