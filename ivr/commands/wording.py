"""``ivr flow wording``: one page with every text in its languages, side by side.

A changed row is marked with the reasons, so that a reader need not read the whole page again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, time

from ivr.commands.wordingchanges import WordingChanges
from ivr.domain.dialogue import Value
from ivr.domain.values import Language, Money
from ivr.speech.forms import spoken
from ivr.speech.texts import Texts

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
MARKS = """## {count} ∆ {since}

Belgili setirler {since} wersiýasyndan bäri üýtgedi; dil bilýän adam diňe şolary okasa bolýar.
Sebäbi `docs/wording.yaml` faýlynda ýazylýar; `?` — sebäbi ýazylmadyk.

Строки с пометкой изменились после версии {since}: носителю языка достаточно прочесть их. Причины
записаны в файле `docs/wording.yaml`; `?` — причина не записана.

Rows with a mark have changed since version {since}: a native reader need read only these. The
reasons are kept in `docs/wording.yaml`; `?` is a change without a reason.
"""
VALUES: tuple[tuple[str, Value], ...] = (
    ("money", Money(4530)),
    ("money", Money(100_000)),
    ("money-from", Money(1000)),
    ("money-to", Money(500_000)),
    ("date", date(2024, 3, 24)),
    ("monthday", date(2026, 11, 22)),
    ("monthday-from", date(2026, 12, 4)),
    ("clock", time(9, 5)),
    ("clock-from", time(9)),
    ("clock-to", time(18)),
    ("key", 2),
    ("phone", "66300890"),
    ("megabytes", 1536),
    ("megabytes", 12_288),
    ("messages", 21),
    ("minutes", 2),
    ("percent", 5),
)
"""Example values of the placeholders."""


def wording(texts: Texts, changes: WordingChanges | None = None) -> str:
    """Return the page, in the order of the files: one table for each family of keys."""
    return "\n".join(_lines(texts, changes)).rstrip() + "\n"


def _lines(texts: Texts, changes: WordingChanges | None) -> Iterator[str]:
    yield INTRODUCTION
    marks = {key: changes.mark(texts, key) for key in texts.keys} if changes else {}
    if changes:
        count = sum(map(bool, marks.values()))
        yield MARKS.format(since=changes.since, count=count)
        yield from _table("", ([code, *said.values()] for code, said in changes.reasons.items()))
    yield from _table("{ }", ([kind, *_said(kind, value)] for kind, value in VALUES))
    families: dict[str, list[str]] = {}
    for key in texts.keys:
        families.setdefault(key.partition(".")[0], []).append(key)
    for family, keys in families.items():
        rows = []
        for key in keys:
            mark = f" **{marks[key]}**" if marks.get(key) else ""
            said = (texts.by_language[language][key] for language in Language)
            rows.append([f"`{key}`{mark}", *said])
        yield from _table(family, rows)


def _said(kind: str, value: Value) -> Iterator[str]:
    return (spoken(language, kind, value) for language in Language)


def _table(title: str, rows: Iterable[Iterable[str]]) -> Iterator[str]:
    if title:
        yield f"## {title}\n"
    yield f"| | {' | '.join(NAMES[language] for language in Language)} |"
    yield f"|---|{'---|' * len(Language)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"
    yield ""
