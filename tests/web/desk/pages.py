"""The pages of the desk without a browser and without a network."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from starlette.testclient import TestClient

from ivr.web.desk.agents import AgentServices
from ivr.web.desk.app import Config, build_desk
from ivr.web.desk.bundle import Asset, Bundle
from ivr.web.desk.live import Live
from ivr.web.desk.services import Services
from ivr.web.desk.shield import Proxies
from ivr.web.guard import Hosts
from tests.staff.bench import Bench

ZONE = ZoneInfo("Asia/Ashgabat")
OURS = {"X-Desk": "1", "Sec-Fetch-Site": "same-origin"}
"""What our own script sends with a request that changes something."""
BUNDLE = Bundle(
    {
        "desk.css": Asset(b"body {}", "text/css; charset=utf-8"),
        "page.js": Asset(b"export {}", "text/javascript; charset=utf-8"),
        "icon.svg": Asset(b"<svg/>", "image/svg+xml"),
    }
)


def client(
    *,
    bundle: Bundle = BUNDLE,
    proxies: str = "",
    url: str = "",
    is_demo: bool = True,
    base: str = "http://localhost:8000",
    peer: str = "127.0.0.1",
    services: Services | None = None,
    contacts: AgentServices | None = None,
) -> TestClient:
    """A browser that has no script."""
    config = Config(Hosts.of("127.0.0.1", url), ZONE, Proxies.of(proxies), is_demo)
    return TestClient(
        build_desk(config, bundle, Live(), services or Bench().staff, contacts),
        base_url=base,
        raise_server_exceptions=False,
        client=(peer, 50000),
        follow_redirects=False,
    )
