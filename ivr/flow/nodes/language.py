"""The choice of a language, which is stored for the calling number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Literal

from ivr.domain.values import Language
from ivr.errors import TemporarilyUnavailable
from ivr.flow.dialogue import Dialogue
from ivr.flow.nodes.node import Next, Node, NodeId
from ivr.flow.question import NodeExit


class LanguageChoice(Node):
    """Asks for the language, unless the calling number chose one before.

    Such a caller is greeted in that language, and hears in each other language that ``*`` leads to
    this choice.
    """

    kind: Literal["language"]
    next: NodeId

    def exits(self) -> Mapping[str, str]:
        return {"next": self.next}

    def prompts(self) -> Iterable[str]:
        return ("welcome", "language.press", "language.change", "language.greeting")

    def visit(self, talk: Dialogue) -> Next:
        remembered = None if talk.returned else self._remembered(talk)
        if remembered:
            talk.speak(remembered)
            talk.mention("language.greeting")
            for other in talk.languages:
                if other != remembered:
                    talk.mention_in(other, "language.change")
            return self.next
        keys = {str(number): language for number, language in enumerate(talk.languages, 1)}
        if not talk.returned:
            talk.mention_in(talk.languages[0], "welcome")
        for key, language in keys.items():
            talk.say_in(language, "language.press", press=int(key))
        key = talk.choose("".join(keys))
        if isinstance(key, NodeExit):
            return key
        if talk.call.caller:
            # Without a database the choice is valid for this call, but not stored.
            with suppress(TemporarilyUnavailable):
                talk.care.callers.remember(talk.call.caller, keys[key])
        talk.speak(keys[key])
        return self.next

    def _remembered(self, talk: Dialogue) -> Language | None:
        if talk.call.caller is None:
            return None
        try:
            language = talk.care.callers.language(talk.call.caller)
        except TemporarilyUnavailable:
            return None
        return language if language in talk.languages else None
