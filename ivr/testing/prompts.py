"""Prompts in memory: every text says its own key and values."""

from __future__ import annotations

from ivr.domain.dialogue import Utterance, Value
from ivr.domain.values import Language, Money
from ivr.ports.dialogue import Prompts


class EchoPrompts(Prompts):
    """``say(tk, "balance", balance=…)`` is heard as ``balance balance=45.30``."""

    def say(self, language: Language, key: str, **values: Value) -> Utterance:
        return Utterance(key, language, self.write(language, key, **values))

    def for_answer(self) -> EchoPrompts:
        return self

    def write(self, language: Language, key: str, **values: Value) -> str:
        shown = (
            f"{name}={value.manat if isinstance(value, Money) else value}"
            for name, value in values.items()
        )
        return " ".join((key, *shown))
