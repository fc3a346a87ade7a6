"""``ivr orders list --open`` and ``ivr orders settle``, as an engineer uses them."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from ivr.__main__ import app
from ivr.domain.actor import caller
from ivr.domain.orders import Order, OrderState, Sent
from ivr.domain.services import Change
from ivr.domain.values import Language, Money, Msisdn, ServiceId
from ivr.errors import Unusable
from ivr.settings import PROJECT
from ivr.wiring.container import Container, open_container

NUMBER = Msisdn("99365123456")
ID = "5b0f2b62-7d0c-4d55-9d1a-0c6f3f5a9e10"
MMS = ServiceId("mms")


@pytest.fixture
def container(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Container:
    """The demo subscribers; one has ordered MMS an hour ago, which the network has lost."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IVR_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("LOGNAME", "aygul")
    done = CliRunner().invoke(app, ["subscribers", "import", str(PROJECT / "db" / "demo.csv")])
    assert done.exit_code == 0, done.output
    container = open_container()
    book, now = container.store.orders, container.clock.now()
    for id, hours in ((ID, 1), ("later", 0.5)):
        state, key = OrderState.ACKNOWLEDGED, f"n1-{hours}:1"
        at = now - timedelta(hours=hours)
        book.write(
            Order(id, key, NUMBER, (Change(MMS, True),), Money(300), state, at, actor=caller("n1"))
        )
    book.write(
        Order(
            "old",
            "n1-0:1",
            NUMBER,
            (),
            Money(0),
            state,
            now - timedelta(days=2),
            actor=caller("n1-0"),
        )
    )
    book.settle("old", OrderState.COMPLETED, now)
    for minutes in (50, 45):
        book.tried(ID, now - timedelta(minutes=minutes))
    book.note_sent(ID, Sent.KNOWN, now - timedelta(minutes=45))
    container.store.promises.promise(ID, Language.RUSSIAN)
    return container


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["orders", *words])


def test_those_that_wait_are_listed_the_oldest_first_with_what_is_needed(
    container: Container,
) -> None:
    listed = json.loads(run("list", "--open", "--json").stdout)
    assert [each["id"] for each in listed] == [ID, "later"]
    assert (listed[0]["tries"], listed[0]["sent"]) == (2, "known")
    table = run("list", "--open").stdout
    assert f"id: {ID}" in table
    assert "external_id: n1-1:1" in table, "by which the network knows it"
    assert "known" in table
    assert NUMBER not in table
    assert all(len(line.rstrip()) <= 80 for line in table.splitlines())
    assert "old" in [each["id"] for each in json.loads(run("list", "--json").stdout)]


@pytest.mark.parametrize(
    ("word", "state", "balance"), [("--done", "completed", -300), ("--cancelled", "cancelled", 0)]
)
def test_one_is_settled_under_the_engineer_s_name_and_its_caller_is_told(
    container: Container, word: str, state: str, balance: int
) -> None:
    before = container.store.subscribers.find(NUMBER)
    result = run("settle", ID, word)
    assert result.exit_code == 0, result.output
    assert result.stdout == ""
    assert result.stderr.startswith(f"order {ID} is {state}; ")
    after = container.store.subscribers.find(NUMBER)
    assert before is not None
    assert after is not None
    assert after.balance.tenge - before.balance.tenge == balance
    assert (MMS in after.services) is (state == "completed")
    acts = [(each.author, each.action, each.number) for each in container.store.audit.newest(1)]
    assert acts == [("operator aygul", f"order.{state}", NUMBER)]
    assert [each["id"] for each in json.loads(run("list", "--open", "--json").stdout)] == ["later"]
    assert [each.order.id for each in container.store.promises.owed(9)] == [ID]
    again = run("settle", ID, "--done")
    assert isinstance(again.exception, Unusable)
    assert str(again.exception) == f"order {ID} is {state} already; nothing was changed"


def test_one_that_a_worker_has_in_hand_is_refused(container: Container) -> None:
    order = container.store.orders.get(ID)
    assert order is not None
    now = container.clock.now()
    assert container.store.orders.claim(order, now, now + timedelta(seconds=60))
    refused = run("settle", ID, "--cancelled")
    assert str(refused.exception).startswith(f"order {ID} is being carried out now")
    assert container.store.orders.get(ID) == order


def test_what_became_of_it_is_to_be_said(container: Container) -> None:
    result = run("settle", ID)
    assert result.exit_code == 2
    assert "--done" in result.output
    assert "there is no order 77" in str(run("settle", "77", "--done").exception)
