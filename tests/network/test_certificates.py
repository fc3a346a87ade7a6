"""TLS towards the network: authorities and our own certificate."""

from __future__ import annotations

import datetime as dt
import ipaddress
import ssl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from ivr.domain.orders import NetworkAnswer
from ivr.errors import TemporarilyUnavailable, Unusable
from ivr.network.credentials import tls_context
from ivr.network.http_client import HttpClient
from ivr.network.tmforum import TmForumNetwork
from ivr.settings import read_settings
from ivr.wiring.container import Container
from tests.network.test_credentials import serving
from tests.network.world import order


@dataclass
class Papers:
    """An authority, and certificates by it, as PEM files."""

    folder: Path

    def __post_init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.authority = self._signed("authority", self.key, is_authority=True)
        self.ca = self._write("ca.pem", self.authority)

    def of(self, name: str) -> tuple[Path, Path]:
        """Certificate and key."""
        key = ec.generate_private_key(ec.SECP256R1())
        private = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        file = self.folder / f"{name}.key"
        file.write_bytes(private)
        return self._write(f"{name}.pem", self._signed(name, key)), file

    def _write(self, name: str, certificate: x509.Certificate) -> Path:
        file = self.folder / name
        file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        return file

    def _signed(
        self, name: str, key: ec.EllipticCurvePrivateKey, *, is_authority: bool = False
    ) -> x509.Certificate:
        now = dt.datetime.now(dt.UTC)
        issuer = "authority"
        address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
        return (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
            .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(days=1))
            .not_valid_after(now + dt.timedelta(days=1))
            .add_extension(x509.BasicConstraints(is_authority, None), critical=True)
            .add_extension(x509.SubjectAlternativeName([address]), critical=False)
            .sign(self.key, hashes.SHA256())
        )


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Papers:
    return Papers(tmp_path_factory.mktemp("papers"))


@contextmanager
def network_behind_tls(papers: Papers) -> Iterator[int]:
    """A network without bills that lets nobody in without a certificate by the authority."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

        def do_GET(self) -> None:
            said = b'[{"id": "1", "externalId": "c:1", "state": "completed"}]'
            self.send_response(200)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*papers.of("network"))
    context.load_verify_locations(papers.ca)
    context.verify_mode = ssl.CERT_REQUIRED

    class Server(ThreadingHTTPServer):
        def handle_error(self, _request: Any, _address: Any) -> None:
            """Who shows no certificate is not talked to."""

    server = Server(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(
        server.socket, server_side=True, do_handshake_on_connect=False
    )
    with serving(server) as port:
        yield port


def test_a_network_that_wants_our_certificate_gets_it(papers: Papers) -> None:
    certificate, key = papers.of("line")
    with ExitStack() as stack:
        port = stack.enter_context(network_behind_tls(papers))
        for shown, its_key, is_let_in in ((certificate, key, True), (None, None, False)):
            tls = tls_context(shown, its_key, papers.ca)
            wire = HttpClient("network", f"https://127.0.0.1:{port}", tls=tls)
            stack.callback(wire.close)
            network = TmForumNetwork(wire, 2.0)
            if is_let_in:
                assert network.outcome(order("c:1")) is NetworkAnswer.DONE
            else:
                with pytest.raises(TemporarilyUnavailable):
                    network.outcome(order("c:1"))


def test_a_network_by_another_authority_is_not_believed(papers: Papers) -> None:
    certificate, key = papers.of("line")
    with network_behind_tls(papers) as port:
        wire = HttpClient(
            "network", f"https://127.0.0.1:{port}", tls=tls_context(certificate, key, None)
        )
        with pytest.raises(TemporarilyUnavailable, match="no connection"):
            TmForumNetwork(wire, 2.0).outcome(order("c:1"))
        wire.close()


def test_the_settings_reach_the_wire(
    papers: Papers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate, key = papers.of("line")
    monkeypatch.chdir(tmp_path)
    with network_behind_tls(papers) as port:
        for name, value in {
            "URL": f"https://127.0.0.1:{port}",
            "CERTIFICATE": certificate,
            "KEY": key,
            "CA": papers.ca,
        }.items():
            monkeypatch.setenv(f"IVR_NETWORK_{name}", str(value))
        network = Container(read_settings()).network
        assert network.outcome(order("c:1")) is NetworkAnswer.DONE
        network.wire.close()


@pytest.mark.parametrize("spoilt", ["certificate", "key", "ca", "another-key"])
def test_a_certificate_that_cannot_be_read_is_named(
    papers: Papers, tmp_path: Path, spoilt: str
) -> None:
    certificate, key = papers.of("line")
    wrong = tmp_path / "wrong.pem"
    wrong.write_text("no certificate")
    given = {"certificate": certificate, "key": key, "ca": papers.ca}
    if spoilt == "another-key":
        given["key"] = papers.of("another")[1]
    else:
        given[spoilt] = wrong
    name = "CA" if spoilt == "ca" else "CERTIFICATE"
    with pytest.raises(Unusable, match=f"IVR_NETWORK_{name}"):
        tls_context(given["certificate"], given["key"], given["ca"])
    with pytest.raises(Unusable, match="IVR_NETWORK_CA"):
        tls_context(None, None, tmp_path / "not-there.pem")


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"OAUTH_URL": "http://idp.example/token"}, "IVR_NETWORK_OAUTH_URL"),
        ({"OAUTH_URL": "idp.example"}, "IVR_NETWORK_OAUTH_URL"),
        ({"OAUTH_URL": "https://idp.example/token"}, "IVR_NETWORK_OAUTH_CLIENT"),
        ({"SEARCH_SECONDS": "-1"}, "IVR_NETWORK_SEARCH_SECONDS"),
        ({"SEARCH_SECONDS": "1e9"}, "IVR_NETWORK_SEARCH_SECONDS"),
    ],
)
def test_a_setting_that_cannot_be_is_named(
    given: dict[str, str], named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in given.items():
        monkeypatch.setenv(f"IVR_NETWORK_{name}", value)
    with pytest.raises(Unusable, match=named):
        _ = Container(read_settings()).credentials
