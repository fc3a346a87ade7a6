"""An agent's browser, and the office behind it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

from httpx import Response

from ivr.domain.staff import Role
from ivr.flow.document import Flow, read_flow
from ivr.flow.release import Release
from ivr.settings import PROJECT
from ivr.testing.prompts import EchoPrompts
from tests.contacts.office import Office
from tests.staff.bench import Bench
from tests.web.desk.test_login import Browser


@cache
def shipped_flow() -> Flow:
    return read_flow(PROJECT / "prompts" / "0890.yaml")


@dataclass
class DeskOffice(Office):
    """The services of an office as the pages take them."""

    is_linked: bool = True
    flow: Flow = field(default_factory=shipped_flow)

    def release(self) -> Release:
        return Release(1, self.flow, EchoPrompts(), self.operator.care)

    def has_link(self) -> bool:
        return self.is_linked


@dataclass
class Desk:
    """An agent's browser, and the office behind it."""

    office: DeskOffice
    browser: Browser

    def get(self, path: str = "/desk") -> str:
        answer = self.browser.client.get(path)
        assert answer.status_code == 200, answer.text
        return answer.text

    def post(self, path: str, **form: object) -> Response:
        key = self.office.act()[1]
        return self.browser.post(path, {"key": key, **form})


def desk(*roles: Role, checkpoint: str = "") -> Desk:
    """An agent who is logged in; the language of the page is English."""
    office = DeskOffice()
    office.control.checkpoints["c1"] = checkpoint
    bench = Bench()
    browser = Browser(bench, contacts=office)
    bench.user("aygul", *roles)
    assert browser.login().status_code == 204
    browser.post("/language", {"language": "en"})
    return Desk(office, browser)
