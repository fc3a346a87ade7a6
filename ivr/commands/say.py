"""``ivr say``: render one prompt exactly as a caller hears it."""

from __future__ import annotations

import difflib
from datetime import date, time
from pathlib import Path
from typing import Annotated

import typer

from ivr.commands.printing import show
from ivr.domain.dialogue import Value
from ivr.domain.values import Language, Money
from ivr.errors import Unusable
from ivr.speech.audio import write_wave
from ivr.speech.manifest import recorded
from ivr.speech.prompts import SpokenPrompts
from ivr.speech.texts import Texts
from ivr.speech.wholes import UNHURRIED
from ivr.wiring.container import open_container

EXAMPLES = {"money": "45.30", "date": "2026-11-22", "monthday": "2026-11-22", "clock": "08:30"}


def say(
    language: Annotated[Language, typer.Argument(help="tk, ru or en.")],
    key: Annotated[str, typer.Argument(help="The key of a text in en.yaml of IVR_CONTENT.")],
    values: Annotated[
        list[str] | None, typer.Argument(help="Values of its placeholders: name=value.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="WAV file to write.")
    ] = None,
) -> None:
    """Render one prompt exactly as a caller hears it; without -o, print its words."""
    container = open_container()
    texts = container.folder.texts()
    given = _values(texts, key, values or [])
    recordings = recorded(texts, container.folder.recordings, container.library)
    prompts = SpokenPrompts(
        texts, recordings, container.library, container.voice, patience=UNHURRIED
    )
    utterance = prompts.say(language, key, **given)
    if output is None:
        show(utterance.words)
    else:
        write_wave(output, prompts.heard(utterance))


def _values(texts: Texts, key: str, given: list[str]) -> dict[str, Value]:
    _known(texts, key)
    kinds = texts.slots(key)
    values: dict[str, Value] = {}
    for pair in given:
        name, equals, text = pair.partition("=")
        if not equals or name not in kinds:
            wanted = ", ".join(f"{name}=…" for name in kinds) or "none"
            raise Unusable(f"'{pair}' is not a value of text '{key}'; its values are: {wanted}")
        values[name] = _value(name, kinds[name], text)
        if kinds[name] == "text":
            _known(texts, text)
    for name, kind in kinds.items():
        if name not in values:
            raise Unusable(f"text '{key}' needs {name}=… ({kind})")
    return values


def _known(texts: Texts, key: str) -> None:
    if key not in texts.keys:
        near = difflib.get_close_matches(key, texts.keys, n=3)
        hint = (
            f"similar keys: {', '.join(near)}" if near else "the keys are in en.yaml of IVR_CONTENT"
        )
        raise Unusable(f"there is no text '{key}'; {hint}")


def _value(name: str, kind: str, text: str) -> Value:
    try:
        match kind.partition("-")[0]:
            case "money":
                return Money.from_manat(text)
            case "date" | "monthday":
                return date.fromisoformat(text)
            case "clock":
                return time.fromisoformat(text)
            case "phone" | "text" | "code" | "plain":
                return text
            case _:
                return int(text)
    except ValueError:
        example = EXAMPLES.get(kind.partition("-")[0], "5")
        raise Unusable(f"{name}={text} is not a {kind}: write it as in {name}={example}") from None
