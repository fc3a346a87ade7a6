"""What is listened to: menus, numbers and sentences with values, two sets of each.

The limits were set by the first set; the second one shows that they hold for others too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time

from ivr.domain.dialogue import Value
from ivr.domain.values import Money


@dataclass(frozen=True)
class Sentence:
    """Texts that are said one after another, with their values."""

    keys: tuple[str, ...]
    values: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class Repertoire:
    """One set of sentences."""

    menus: tuple[Sentence, ...]
    numbers: tuple[Sentence, ...]
    values: tuple[Sentence, ...]


def _menu(*choices: str) -> Sentence:
    texts = (text for at, choice in enumerate(choices, 1) for text in (choice, f"press.{at}"))
    return Sentence(tuple(texts))


def _phone(number: str) -> Sentence:
    return Sentence(("request.read-back",), {"number": number})


def _balance(manat: int, tenge: int) -> Sentence:
    return Sentence(("account.balance",), {"balance": Money(100 * manat + tenge)})


def _value(key: str, **values: Value) -> Sentence:
    return Sentence((key,), values)


FIRST = Repertoire(
    menus=(
        _menu(*(f"menu.main.{each}" for each in ("account", "services", "info", "number"))),
        _menu(*(f"menu.account.{each}" for each in ("balance", "plan", "bill", "payments"))),
        _menu("menu.info.news", "menu.info.tariffs", "menu.info.services"),
        _menu("menu.advice.roaming", "menu.advice.payment", "menu.advice.finance"),
        *(
            Sentence((key,))
            for key in (
                *("language.greeting", "fixed-keys", "confirm", "noinput.2", "nomatch.2"),
                *("unavailable.billing", "status.suspended", "change.moment", "agent.transfer"),
                *("identify.locked", "advice.roaming", "callback.number"),
            )
        ),
    ),
    numbers=(
        *map(_phone, ("66300890", "65124578", "61052317", "62708496")),
        *map(_phone, ("63914025", "64336601", "65820947", "61495370")),
        *(_balance(45, 30), _balance(5, 0), _balance(128, 65), _balance(12, 5)),
    ),
    values=(
        _value("account.payment", day=date(2026, 11, 22), amount=Money(4500)),
        _value("account.payment.earlier", day=date(2026, 3, 3), amount=Money(1250)),
        _value("account.balance.other", number="65124578", balance=Money(1960)),
        _value("forwarding.no-answer.is", seconds=20, number="66300890"),
        _value("packages.megabytes.confirm", volume=500, days=30),
        _value("invoice.confirm", total=Money(25000), fax="12345678"),
        _value("agent.hours.weekdays", opens=time(9), closes=time(18)),
        _value("request.done", request=417),
    ),
)
SECOND = Repertoire(
    menus=(
        _menu(*(f"menu.services.{each}" for each in ("data", "calls", "number", "packages"))),
        _menu("menu.packages.sms", "menu.packages.discount"),
        _menu("forwarding.always.choose", "forwarding.busy.choose", "forwarding.all-off"),
        _menu("callback.other", "callback.leave"),
        *(
            Sentence((key,))
            for key in (
                *("language.change", "noinput.1", "nomatch.1", "limit.reached", "unavailable"),
                *("status.blocked", "change.sooner", "puk.office", "identify.why", "agent.closed"),
                *("advice.vip", "goodbye"),
            )
        ),
    ),
    numbers=(
        *map(_phone, ("61773904", "64085162", "63219470", "65661308")),
        *map(_phone, ("62950741", "66478823", "61300019", "64542687")),
        *(_balance(73, 18), _balance(9, 90), _balance(310, 40), _balance(64, 0)),
    ),
    values=(
        _value("account.payment", day=date(2026, 4, 14), amount=Money(9800)),
        _value("account.payment.earlier", day=date(2025, 8, 31), amount=Money(8375)),
        _value("account.balance.other", number="64085162", balance=Money(340)),
        _value("forwarding.no-answer.is", seconds=15, number="63219470"),
        _value("packages.megabytes.confirm", volume=200, days=7),
        _value("invoice.confirm", total=Money(180000), fax="43276590"),
        _value("agent.hours.weekdays", opens=time(10, 30), closes=time(16, 30)),
        _value("request.done", request=2058),
    ),
)
REPERTOIRES = {"first": FIRST, "second": SECOND}
