"""Example sentences for items of the script, so that a speaker reads each item as it will sound.

``Galyndyňyz [kyrk bäş] manat.``: the recorded item is in brackets, other values are ``…``.
"""

from __future__ import annotations

from collections.abc import Mapping

from ivr.domain.values import Language
from ivr.speech.forms import spoken
from ivr.speech.pieces import values
from ivr.speech.recordable import Contour, Item, contour_at, items, mid_name, names_in, value_name
from ivr.speech.texts import PAUSES, WRITTEN, Part, Slot, Texts
from ivr.speech.vocabulary import compose, vocabulary

Carriers = Mapping[str, str]
"""Example sentences by item name."""


def carriers(texts: Texts, language: Language) -> Carriers:
    """Return an example sentence for every item that is not a sentence itself."""
    found: dict[str, str] = {}
    known = vocabulary(language)
    kinds: set[tuple[str, Contour]] = set()
    for key, parts in texts.parts[language].items():
        for index, part in enumerate(parts):
            if key.startswith(WRITTEN) or not isinstance(part, Slot):
                continue
            contour = contour_at(parts, index)
            if part.kind == "text":
                _of_names(texts, language, parts, index, contour, found)
            elif part.kind != "plain" and (part.kind, contour) not in kinds:
                kinds.add((part.kind, contour))
                for value in values(part.kind):
                    words = compose(spoken(language, part.kind, value), known)
                    _of_value(parts, index, words, contour, found)
    for item in items(texts, language):
        if item.keys and "." in item.name and item.name not in texts.keys:
            _of_segment(texts, language, item, found)
    return found


def _of_value(
    parts: tuple[Part, ...], index: int, words: list[str], contour: Contour, found: dict[str, str]
) -> None:
    last = len(words) - 1
    for at, piece in enumerate(words):
        name = value_name(piece, contour if at == last else Contour.MID)
        if piece != "," and name not in found:
            said = [f"[{each}]" if place == at else each for place, each in enumerate(words)]
            found[name] = _sentence(parts, index, " ".join(said))


def _of_names(
    texts: Texts,
    language: Language,
    parts: tuple[Part, ...],
    index: int,
    contour: Contour,
    found: dict[str, str],
) -> None:
    slot = parts[index]
    assert isinstance(slot, Slot)
    for key in names_in(texts, language, slot):
        name = mid_name(key) if contour is Contour.MID else key
        sentence = _sentence(parts, index, f"[{texts.by_language[language][key]}]")
        if any(map(str.isalpha, sentence.partition("]")[2] + sentence.partition("[")[0])):
            found.setdefault(name, sentence)


def _of_segment(texts: Texts, language: Language, item: Item, found: dict[str, str]) -> None:
    key, _, number = item.keys[0].rpartition(".")
    if key not in texts.keys or not number.isdigit():
        return
    at = 0
    said = []
    for part in texts.parts[language][key]:
        if isinstance(part, Slot):
            said.append("…")
        elif part in PAUSES:
            said.append(part)
        else:
            at += 1
            said.append(f"[{part}]" if at == int(number) else part)
    found[item.name] = _joined(said)


def _sentence(parts: tuple[Part, ...], index: int, said: str) -> str:
    """Return the sentence around a placeholder, with ``said`` in its place."""
    shown = [
        said if at == index else "…" if isinstance(part, Slot) else part
        for at, part in enumerate(parts)
    ]
    before = " ".join(shown[:index])
    for mark in (". ", "! ", "? "):
        before = before.rpartition(mark)[2]
    after = shown[index + 1 :]
    for at, part in enumerate(after):
        if part[:1] in PAUSES or part.endswith("."):
            after = after[: at + 1]
            break
    return _joined([before, said, *after])


def _joined(said: list[str]) -> str:
    text = " ".join(each for each in said if each)
    for mark in PAUSES:
        text = text.replace(f" {mark}", mark)
    return text.replace("]..", "].")
