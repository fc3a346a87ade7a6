"""The placeholders that the program provides for each of its texts.

``db/placeholders.txt`` has a line for each text of the program: its key, then ``name:kind`` of each
placeholder. Texts that an operator adds are not in it. `python -m ivr.speech.given` generates it
from ``prompts/``; developers run it after changing the placeholders.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from ivr.domain.values import Language
from ivr.speech.texts import Slot, Texts, read_texts

HEAD = "# What the program fills in, by text: written by `python -m ivr.speech.given`.\n"


def read_given(file: Path) -> Mapping[str, frozenset[str]]:
    """Read the placeholders of each text of the program, as ``name:kind``."""
    lines = (line.split() for line in file.read_text(encoding="utf-8").splitlines())
    return {words[0]: frozenset(words[1:]) for words in lines if words and words[0] != "#"}


def wrongly_filled(texts: Texts, given: Mapping[str, frozenset[str]]) -> Iterator[tuple[str, str]]:
    """Yield ``language/key`` and the fault of each text that uses placeholders which the
    program does not provide."""
    for key, names in given.items():
        for language in Language if key in texts.keys else ():
            own = _names(texts, language, key)
            if own != names:
                yield (
                    f"{language}/{key}",
                    f"the program fills in {_listed(names)}, the text has {_listed(own)}; write "
                    "the placeholders as they were",
                )


def written(texts: Texts) -> str:
    """Return the lines of ``db/placeholders.txt``."""
    return HEAD + "".join(
        " ".join([key, *sorted(_names(texts, Language.TURKMEN, key))]) + "\n"
        for key in texts.keys
        if not key.startswith("news.")
    )


def _names(texts: Texts, language: Language, key: str) -> frozenset[str]:
    parts = texts.parts[language][key]
    return frozenset(f"{part.name}:{part.kind}" for part in parts if isinstance(part, Slot))


def _listed(names: frozenset[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in sorted(names)) or "nothing"


if __name__ == "__main__":
    sys.stdout.write(written(read_texts(Path(__file__).parents[2] / "prompts")))
