"""Every table of every command on a terminal of 80 cells: no word is cut, times name their zone."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from rich.cells import cell_len
from typer.testing import CliRunner, Result

from ivr.__main__ import app
from ivr.commands import tables, times
from ivr.commands.tables import print_table
from ivr.domain.actor import caller
from ivr.domain.call import Call, CallOutcome, Step
from ivr.domain.callbacks import Asked, Bound
from ivr.domain.content import Announcement
from ivr.domain.fax import FaxAnswer, FaxResult, FaxState
from ivr.domain.invoices import InvoiceNumber, Wanted
from ivr.domain.messages import MessageState
from ivr.domain.orders import Order, OrderState
from ivr.domain.services import Change, SoldOffer
from ivr.domain.values import Language, Money, Msisdn, ServiceId
from ivr.settings import PROJECT
from ivr.testing.acting import by, on_phone
from ivr.testing.prompts import EchoPrompts
from ivr.wiring.container import Container, open_container
from tests.publishing import publish_without_sounds

NOW = datetime(2026, 11, 29, 21, 30, tzinfo=UTC)
LOCAL = "2026-11-30 02:30"
"""The same in Ashgabat."""
NUMBER, COMPANY = Msisdn("99365123456"), Msisdn("99366445500")
WORDS = {
    Language.TURKMEN: "Islegiňiz ýerine ýetirildi: habarlaşdyryjylar üçin sazlamalar iberildi.",
    Language.RUSSIAN: "Заявка выполнена, настройки отправлены; переадресация звонков включена.",
    Language.ENGLISH: "Your order is done; the settings were sent, misunderstandings aside.",
}
DETAIL = "the message centre answers 0x0a: it does not accept our sender: check IVR_SMSC_SOURCE_TON"


@pytest.fixture
def container(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Container:
    """An installation with the demo subscribers, at a terminal of 80 cells."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IVR_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "80")
    done = run("subscribers", "import", str(PROJECT / "db" / "demo.csv"))
    assert done.exit_code == 0, done.output
    return open_container()


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def readable(said: str, words: Sequence[str], width: int = 80) -> None:
    """Every word is whole in the output, and no line is longer than the terminal."""
    found = set(re.split(r"[\s()]+", said))
    assert [word for text in words for word in text.split() if word not in found] == []
    assert [line for line in said.splitlines() if cell_len(line.rstrip()) > width] == []


@pytest.mark.parametrize("language", Language)
def test_messages(container: Container, language: Language) -> None:
    outbox = dataclasses.replace(container.store.outbox, now=lambda: NOW)
    outbox.put(NUMBER, WORDS[language] * 3, "forwarding:1")
    claimed = outbox.claim(NOW, NOW)
    assert claimed is not None
    outbox.settle(claimed.id, MessageState.FAILED, NOW, DETAIL)
    said = run("messages", "--body").stdout
    readable(said, (WORDS[language] * 3, DETAIL, "…56", "forwarding", "failed", LOCAL, ZONE))
    assert WORDS[language].split()[0] not in run("messages").stdout
    readable(run("messages").stdout, (DETAIL, LOCAL, ZONE))


ZONE = "Asia/Ashgabat"


def test_calls(container: Container) -> None:
    goals = ["accounts/last-month-bill", "services/forwarding-always", "agents/business"]
    call = Call(
        "c1",
        "0890",
        NOW,
        caller=NUMBER,
        language=Language.TURKMEN,
        path=[Step("language", "1", 1.2)],
        goals=goals * 3,
    )
    container.store.journal.begin(call)
    container.store.journal.end(call, CallOutcome.ENDED, NOW + timedelta(seconds=3))
    readable(run("calls").stdout, (*goals, "ended", "3.0", LOCAL, ZONE))


def test_orders(container: Container) -> None:
    services = ("forwarding-when-unreachable", "internet-package-night-unlimited")
    changes = tuple(Change(ServiceId(each), True) for each in services)
    order = Order(
        "o1",
        "c1:1",
        NUMBER,
        changes,
        Money(123456789),
        OrderState.ACKNOWLEDGED,
        NOW,
        actor=caller("c1"),
    )
    container.store.orders.write(order)
    said = run("orders", "list").stdout
    readable(said, (*services, "1234567.89", "acknowledged", LOCAL, ZONE))


def test_call_backs(container: Container) -> None:
    asked = Asked(NUMBER, None, "nobody-of-the-business-agents", None)
    container.store.callbacks.write(*on_phone("c1"), asked, NOW, Bound(NOW, 3, 3))
    readable(run("callbacks").stdout, (NUMBER, "nobody-of-the-business-agents"))


def test_invoices(container: Container) -> None:
    publish_without_sounds(container)
    number = container.care.invoices.order(
        *on_phone(), COMPANY, Language.TURKMEN, [Wanted("internet", Money(12000))], COMPANY
    )
    assert isinstance(number, InvoiceNumber)
    why = "prematurely dropped: the receiver's machine did not confirm the second page"
    for _ in range(3):
        assert container.store.invoices.begin(number, NOW)
        answer = FaxAnswer(FaxResult.UNREACHED, 0, why)
        container.store.invoices.end(number, answer, NOW, FaxState.WAITING, NOW)
    words = ("unreached", why.removesuffix("page"), "120.00", "…00", "waiting")
    readable(run("invoices").stdout, (*words, str(number)))


def test_releases(container: Container) -> None:
    author = "an engineer of the operator's voice services with a name of many words"
    container.store.releases.publish(*by(author), "{}", NOW)
    readable(run("flow", "releases").stdout, (author, LOCAL, ZONE))


def test_paths(container: Container, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Container, "speak", lambda _house, _content: EchoPrompts())
    said = run("flow", "paths").stdout
    readable(said, ("goal", "keys", "identified", "account/balance"))


def test_a_subscriber(container: Container) -> None:
    said = run("subscribers", "show", NUMBER).stdout
    readable(said, (NUMBER, "duet", "45.30", "clip, gprs, sms"))


def test_catalogues(container: Container, monkeypatch: pytest.MonkeyPatch) -> None:
    offer = "internet-package-night-unlimited-for-business-subscribers"

    class Offers:
        def offers(self) -> Sequence[SoldOffer]:
            return [SoldOffer(offer, "", Money(1), Money(2))]

    monkeypatch.setattr(Container, "offers", Offers())
    said = run("catalogue", "compare")
    assert said.exit_code == 1
    readable(said.stdout, (offer, "is in the network only", "service.mms", "difference:"))


def test_the_announcement(container: Container) -> None:
    end = container.clock.now() + timedelta(hours=1)
    container.store.announcements.set(
        *by("engineer"), Announcement(WORDS, end), container.clock.now()
    )
    said = run("announcement", "show").stdout
    assert f"until {container.clock.local(end):%Y-%m-%d %H:%M} ({ZONE}), set by" in said


def test_a_time_is_read_in_the_operators_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IVR_TIMEZONE", "Asia/Tokyo")
    monkeypatch.setenv("TZ", "America/New_York")
    assert times.read("2026-11-30T06:30") == NOW
    assert times.read("2026-11-29T21:30Z") == NOW
    assert times.told(NOW) == "2026-11-30 06:30 (Asia/Tokyo)"
    for text in ("yesterday", "0001-01-01", "2026-13-01", ""):
        with pytest.raises(ValueError, match=r"."):
            times.read(text)


LONG = "Internationalisation-of-everything-that-anybody-has-ever-said-to-anybody-else-at-all"
ROW = {"at": NOW.isoformat(), "a": LONG, "b": WORDS[Language.RUSSIAN], "c": "x" * 60, "d": None}


@pytest.mark.parametrize("width", [30, 40, 60, 80, 100, 132, 200, 400])
def test_no_letter_is_lost_at_any_width(
    width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    print_table([ROW, {**ROW, "a": "", "at": None}], ("at", "a", "d"), under=("b", "c"))
    print_table([ROW], ("b", "c", "at", "a"))
    said = capsys.readouterr().out
    letters = re.sub(r"\s", "", said)
    for text in (LONG, WORDS[Language.RUSSIAN], "x" * 60, LOCAL, ZONE):
        assert text.replace(" ", "") in letters or width > 80
    assert "…" not in said
    assert [line for line in said.splitlines() if cell_len(line.rstrip()) > width] == []


def test_a_zone_of_a_long_name_is_whole(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("IVR_TIMEZONE", "America/Argentina/ComodRivadavia")
    print_table([{"at": NOW.isoformat()}], ("at",))
    assert "America/Argentina/ComodRivadavia" in re.sub(r"\s", "", capsys.readouterr().out)


def test_what_looks_like_a_time_only_within_a_text_stays(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_table([{"text": f"since {NOW.isoformat()}"}], ("text",))
    assert NOW.isoformat() in capsys.readouterr().out
    assert tables.TIME.fullmatch("2026-11-29") is None


def test_no_time_is_of_the_machines_zone() -> None:
    """Whoever shows a time gives the zone: the operator's."""
    machines = re.compile(r"astimezone\(\)|datetime\.now\(\)|time\.localtime|utcnow|ctime\(\)")
    files = (PROJECT / "ivr").rglob("*.py")
    assert [file.name for file in files if machines.search(file.read_text("utf-8"))] == []
