"""Whom a server takes a request for: a name of its own, and none that a stranger's page has."""

from __future__ import annotations

import socket
from pathlib import Path

import httpx
import pytest

from ivr.processes import network, orders
from ivr.web.guard import Hosts
from ivr.web.health import health_app
from ivr.web.server import HttpServer
from ivr.wiring.container import Container, prepare_database
from tests.e2e.installation import free_port, own_settings

STRANGE = (
    "evil.example",
    "evil.example:8090",
    "127.0.0.1.evil.example",
    "localhost.evil.example",
    "localhost@evil.example",
    "10.1.2.3",
    "[::2]",
    "",
    "localhost/x",
    "localhost:99999999",
    "[",
)


@pytest.mark.parametrize(
    "header", ["localhost", "LocalHost:8090", "localhost.", "127.0.0.1:8090", "[::1]:8090"]
)
def test_its_own_names_are_known(header: str) -> None:
    assert Hosts.of("127.0.0.1").knows(header)


@pytest.mark.parametrize("header", STRANGE)
def test_another_name_is_not(header: str) -> None:
    assert not Hosts.of("127.0.0.1").knows(header)


def test_the_address_that_it_listens_at_and_the_name_that_others_know_are_its_own() -> None:
    own = Hosts.of("10.0.0.9", "https://line.example/tmf-api/serviceOrdering/v4")
    assert own.knows("10.0.0.9:8091")
    assert own.knows("line.example")
    assert not own.knows("10.0.0.8")
    assert Hosts.of("0.0.0.0").knows("10.0.0.8")  # of all addresses any may be its own
    assert not Hosts.of("0.0.0.0").knows("evil.example")


@pytest.mark.parametrize("name", ["simulator", "listener"])
def test_real_servers_answer_to_their_own_name_only(name: str, tmp_path: Path) -> None:
    container = Container(own_settings(tmp_path))
    prepare_database(container)
    server = network.network(container) if name == "simulator" else orders.listener(container)
    bind = getattr(container.settings, f"network_{name}_bind")
    path = "/simulator" if name == "simulator" else "/"
    with server, httpx.Client(base_url=f"http://{bind}", trust_env=False) as client:
        token = {"Authorization": f"Bearer {container.settings.token_for_network}"}
        right = 200 if name == "simulator" else 405
        assert client.get(path, headers=token).status_code == right
        for strange in ("evil.example", f"evil.example:{bind.rpartition(':')[2]}"):
            assert client.get(path, headers={**token, "Host": strange}).status_code == 421
        host, port = bind.split(":")
        with socket.create_connection((host, int(port)), 30) as link:
            link.sendall(b"GET /simulator HTTP/1.0\r\n\r\n")  # no name at all
            assert link.recv(100).startswith(b"HTTP/1.1 421")


@pytest.mark.parametrize("path", ["/simulator", "/simulator/switched/99365123456", "/tmf-api/x"])
def test_the_simulator_wants_its_token_everywhere(path: str, tmp_path: Path) -> None:
    container = Container(own_settings(tmp_path))
    prepare_database(container)
    bind = container.settings.network_simulator_bind
    with network.network(container), httpx.Client(base_url=f"http://{bind}") as client:
        for header in ({}, {"Authorization": "Bearer"}, {"Authorization": "Bearer x"}):
            assert client.get(path, headers=header).status_code == 401
            assert client.patch(path, headers=header, json={"latency": 9}).status_code == 401
        assert container.offers.offers()  # our own client has it
    assert (tmp_path / "secrets" / "network_token").stat().st_mode & 0o777 == 0o600


def test_health_is_asked_by_any_name() -> None:
    port = free_port()
    with HttpServer(health_app(dict), "127.0.0.1", port, "IVR_TEST"):
        url = f"http://127.0.0.1:{port}/health/live"
        assert httpx.get(url, headers={"Host": "probe.example"}, trust_env=False).status_code == 200
