"""Texts in writing, with values in figures, for text messages and papers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time

from ivr.domain.dialogue import Value
from ivr.domain.values import Language, Money
from ivr.errors import FlowBroken
from ivr.ports.dialogue import TextSource
from ivr.speech.forms import COUNTED, UNITS, unit
from ivr.speech.texts import PLACEHOLDER, Texts

DEEPEST = 3
"""Maximum nesting of texts."""
VOLUMES = {
    Language.TURKMEN: ("MB", "GB"),
    Language.RUSSIAN: ("МБ", "ГБ"),
    Language.ENGLISH: ("MB", "GB"),
}
"""Units of megabytes and gigabytes."""


@dataclass(frozen=True)
class WrittenTexts(TextSource):
    texts: Texts

    def write(self, language: Language, key: str, **values: Value) -> str:
        """Return a text with its values. FlowBroken: unknown key, missing or wrong value."""
        return self._text(language, key, values, 0)

    def _text(self, language: Language, key: str, values: Mapping[str, Value], depth: int) -> str:
        if depth > DEEPEST:
            raise FlowBroken(f"text '{key}' includes texts that include each other without end")
        try:
            text = self.texts.by_language[language][key]
        except KeyError:
            raise FlowBroken(f"there is no text '{key}' in {language}") from None

        def filled(placeholder: re.Match[str]) -> str:
            name, _, kind = placeholder.group(1).partition(":")
            if name not in values:
                raise FlowBroken(f"text '{key}' has no value for '{name}'")
            value = values[name]
            if kind == "text":
                return self._text(language, str(value), {}, depth + 1)
            try:
                return written(language, kind, value)
            except ValueError as error:
                raise FlowBroken(f"text '{key}', value '{name}': {error}") from None

        return PLACEHOLDER.sub(filled, text).strip()


def written(language: Language, kind: str, value: Value) -> str:
    """Return a value in figures. ValueError: it is not of its kind."""
    match kind, value:
        case "money" | "money-from" | "money-to", Money():
            return money(language, value)
        case "date", date():
            return f"{value:%d.%m.%Y}"
        case "monthday" | "monthday-from" | "monthday-to", date():
            return f"{value:%d.%m}"
        case "clock" | "clock-from" | "clock-to", time():
            return f"{value:%H:%M}"
        case "plain", str():
            return value
        case "phone", str():
            return pairs(value.removeprefix("993") if len(value) == 11 else value)
        case "code", str():
            return pairs(value)
        case "number" | "key", int():
            return str(value)
        case "percent", int():
            return f"{value}%"
        case "megabytes", int():
            mega, giga = VOLUMES[language]
            is_whole = value and value % 1024 == 0
            return f"{value // 1024} {giga}" if is_whole else f"{value} {mega}"
        case _, int() if kind in COUNTED:
            return f"{value} {unit(language, value, kind)}"
    raise ValueError(f"{value!r} cannot be written as {kind}")


def money(language: Language, amount: Money) -> str:
    """Return an amount: ``45.30 manat``, ``10 manat`` (without teňňe if there are none)."""
    manat, tenge = divmod(abs(amount.tenge), 100)
    if not tenge:
        sign = "-" if amount.tenge < 0 else ""
        return f"{sign}{manat} {unit(language, manat, 'manat')}"
    # Russian uses the genitive after a fraction: 45.30 маната.
    forms = UNITS["manat"][language]
    return f"{amount.manat} {forms[1] if language is Language.RUSSIAN else forms[0]}"


def pairs(code: str) -> str:
    """Return digits in pairs, an odd one first: ``66 30 08 90``."""
    if not (code.isascii() and code.isdigit()):
        raise ValueError("a number is written in pairs from its digits")
    odd = len(code) % 2
    groups = [code[:odd]] if odd else []
    return " ".join(groups + [code[at : at + 2] for at in range(odd, len(code), 2)])
