"""``ivr flow wording``: every text in its languages, side by side, as one page to read."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.speech.texts import Texts
from ivr.values import Language

NAMES = {
    Language.TURKMEN: "Türkmençe",
    Language.RUSSIAN: "По-русски",
    Language.ENGLISH: "English",
}
INTRODUCTION = """# Sözler · Слова · Wording

0890 belgisiniň ähli sözleri üç dilde ýanaşyk. `ivr flow wording` döredýär; sözler `prompts/`
bukjasynda üýtgedilýär.

Все слова номера 0890 на трёх языках рядом. Создаётся командой `ivr flow wording`; слова меняются
в папке `prompts/`.

Every text of 0890 in three languages side by side. Made by `ivr flow wording`; the texts are edited
in `prompts/`. Words in braces are filled in during a call.
"""


def wording(texts: Texts) -> str:
    """The page, in the order of the files: one table for each family of keys."""
    return "\n".join(_lines(texts)).rstrip() + "\n"


def _lines(texts: Texts) -> Iterator[str]:
    yield INTRODUCTION
    families: dict[str, list[str]] = {}
    for key in texts.keys:
        families.setdefault(key.partition(".")[0], []).append(key)
    for family, keys in families.items():
        yield f"## {family}\n"
        yield f"| | {' | '.join(NAMES[language] for language in Language)} |"
        yield f"|---|{'---|' * len(Language)}"
        for key in keys:
            cells = (texts.by_language[language][key] for language in Language)
            yield f"| `{key}` | {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
        yield ""
