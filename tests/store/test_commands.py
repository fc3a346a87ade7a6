"""What the commands on stored records print."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from ivr.commands import callbacks, orders, records, subscribers
from ivr.domain.actor import caller
from ivr.domain.call import Call, CallOutcome, Step
from ivr.domain.callbacks import Asked, Bound
from ivr.domain.orders import Order, OrderState
from ivr.domain.services import Change
from ivr.domain.values import Language, Money, Msisdn, ServiceId
from ivr.settings import PROJECT
from ivr.store import Store, migrate, open_database
from ivr.testing.acting import on_phone

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
NUMBER = "99365123456"
PEPPER = "Tq8vRz2LmXc5NbWy7KdHf3PgJs9EaU4o"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IVR_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("IVR_PEPPER", PEPPER)
    monkeypatch.delenv("IVR_DATABASE_URL", raising=False)
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path / "home"


@pytest.fixture
def commands() -> typer.Typer:
    app = typer.Typer()
    app.add_typer(subscribers.app, name="subscribers")
    app.command("calls")(records.calls)
    app.command("orders")(orders.list_orders)
    app.add_typer(callbacks.app, name="callbacks")
    return app


@pytest.fixture
def run(home: Path, commands: typer.Typer) -> CliRunner:
    result = CliRunner().invoke(
        commands, ["subscribers", "import", str(PROJECT / "db" / "demo.csv")]
    )
    assert result.exit_code == 0, result.output
    assert result.stdout == ""
    assert "12 subscribers were imported" in result.stderr
    return CliRunner()


def test_an_import_says_how_many_numbers_changed_hands(
    run: CliRunner, commands: typer.Typer, tmp_path: Path
) -> None:
    demo = (PROJECT / "db" / "demo.csv").read_text(encoding="utf-8")
    file = tmp_path / "next.csv"
    owned = "Myradowa Aýgül Batyrowna,II-MR 123456"
    file.write_text(demo.replace(owned, "Başga Adam,I-AŞ 654321"), encoding="utf-8")
    result = run.invoke(commands, ["subscribers", "import", str(file)])
    assert "12 subscribers were imported" in result.stderr
    assert "1 number changed hands: no data of the former owner was kept" in result.stderr
    again = run.invoke(commands, ["subscribers", "import", str(file)])
    assert "changed hands" not in again.stderr


@pytest.fixture
def store(home: Path, run: CliRunner) -> Store:
    url = f"sqlite:///{home / 'ivr.sqlite'}"
    migrate(url)
    return open_database(url, PEPPER)


def printed(run: CliRunner, commands: typer.Typer, *arguments: str) -> Any:
    result = run.invoke(commands, list(arguments))
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_a_demo_subscriber_is_shown_without_secrets(run: CliRunner, commands: typer.Typer) -> None:
    assert printed(run, commands, "subscribers", "show", NUMBER, "--json") == {
        "msisdn": NUMBER,
        "state": "active",
        "tariff": "duet",
        "balance": "45.30",
        "services": ["clip", "gprs", "sms"],
        "language": "tk",
    }
    readable = run.invoke(commands, ["subscribers", "show", NUMBER])
    assert "45.30" in readable.stdout


def test_a_number_that_is_none_is_wrong_usage(run: CliRunner, commands: typer.Typer) -> None:
    assert run.invoke(commands, ["subscribers", "show", "12"]).exit_code == 2


def test_an_unknown_number_is_named_masked(run: CliRunner, commands: typer.Typer) -> None:
    result = run.invoke(commands, ["subscribers", "show", "99361000077", "--json"])
    assert result.exit_code == 1
    assert str(result.exception) == "there is no subscriber …77; import it first"
    assert result.stdout == ""


def test_calls_are_listed_with_numbers_masked(
    run: CliRunner, commands: typer.Typer, store: Store
) -> None:
    call = Call(
        "c1",
        "0890",
        NOW,
        caller=Msisdn("99361000077"),
        subscriber=Msisdn(NUMBER),
        language=Language.TURKMEN,
        path=[Step("language", "1", 1.234)],
        goals=["account/balance"],
        identification=["codeword:match"],
    )
    store.journal.begin(call)
    store.journal.end(call, CallOutcome.ENDED, NOW)
    store.close()
    (listed,) = printed(run, commands, "calls", "--json")
    assert (listed["caller"], listed["subscriber"]) == ("…77", "…56")
    assert listed["path"] == ["language"]
    assert listed["steps"] == [{"node": "language", "key": "1", "at": 1.23}]
    assert listed["goals"] == ["account/balance"]
    assert (listed["outcome"], listed["seconds"]) == ("ended", 0.0)
    assert NUMBER not in json.dumps(listed)
    assert printed(run, commands, "calls", "--json", "--since", "2026-11-22T10:00:01Z") == []
    assert "account/balance" in run.invoke(commands, ["calls"]).stdout


def test_a_wrong_time_is_wrong_usage(run: CliRunner, commands: typer.Typer) -> None:
    assert run.invoke(commands, ["calls", "--since", "yesterday"]).exit_code == 2


def test_orders_are_listed_in_the_words_of_tm_forum(
    run: CliRunner, commands: typer.Typer, store: Store
) -> None:
    changes = (Change(ServiceId("gprs"), True), Change(ServiceId("mms"), False))
    order = Order(
        "o1",
        "c1:1",
        Msisdn(NUMBER),
        changes,
        Money(300),
        OrderState.ACKNOWLEDGED,
        NOW,
        actor=caller("c1"),
    )
    store.orders.write(order)
    store.close()
    (listed,) = printed(run, commands, "orders", "--json")
    assert listed["number"] == "…56"
    assert listed["items"] == [
        {"service": "gprs", "action": "add"},
        {"service": "mms", "action": "delete"},
    ]
    assert (listed["state"], listed["once"]) == ("acknowledged", "3.00")
    assert "add gprs" in run.invoke(commands, ["orders"]).stdout


def test_call_backs_are_listed_to_be_dialled(
    run: CliRunner, commands: typer.Typer, store: Store
) -> None:
    asked, bound = Asked(Msisdn(NUMBER), None, "nobody", None), Bound(NOW, 3, 3)
    store.callbacks.write(*on_phone("c1"), asked, NOW, bound)
    store.close()
    (listed,) = printed(run, commands, "callbacks", "--json")
    assert (listed["number"], listed["reason"], listed["status"]) == (NUMBER, "nobody", "open")
    assert NUMBER in run.invoke(commands, ["callbacks"]).stdout


@pytest.mark.parametrize("command", ["calls", "orders", "callbacks"])
def test_a_list_says_how_the_next_page_is_asked_for(
    run: CliRunner, commands: typer.Typer, store: Store, command: str
) -> None:
    for index in range(3):
        at, id = NOW + timedelta(minutes=index), f"page{index}"
        store.journal.begin(Call(id, "0890", at))
        number = Msisdn(f"9936500000{index}")
        store.callbacks.write(*on_phone(id), Asked(number, None, "", number), at, Bound(at, 9, 9))
        store.orders.write(
            Order(
                id=id,
                external_id=f"{id}:1",
                actor=caller(id),
                number=number,
                changes=(Change(ServiceId("mms"), True),),
                once=Money(0),
                state=OrderState.ACKNOWLEDGED,
                ordered=at,
            )
        )
    first = run.invoke(commands, [command, "--json", "--most", "2"])
    assert first.exit_code == 0, first.output
    sentence, _, after = first.stderr.strip().partition(" --after ")
    assert sentence == "there are more: use"
    second = run.invoke(commands, [command, "--json", "--most", "2", "--after", after])
    assert second.stderr == ""
    found = [each["id"] for done in (first, second) for each in json.loads(done.stdout)]
    assert len(found) == len(set(found)) == 3
    wrong = run.invoke(commands, [command, "--after", "x"])
    assert "the cursor is invalid" in str(wrong.exception)
