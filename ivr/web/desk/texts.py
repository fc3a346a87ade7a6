"""Texts of the pages in three languages, with ICU plurals, dates and numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import icu
import yaml

from ivr.domain.values import Language

FOLDER = Path(__file__).parent / "texts"
LANGUAGES = tuple(Language)
NAMES: Mapping[Language, str] = {
    Language.TURKMEN: "Türkmençe",
    Language.RUSSIAN: "Русский",
    Language.ENGLISH: "English",
}
"""Each language by its own name."""
Value = str | int
"""What a text may name."""


class TextsBroken(Exception):
    """A file of texts is wrong; the message names the key."""


@dataclass(frozen=True)
class Texts:
    """All texts by key and language, each an ICU MessageFormat pattern."""

    patterns: Mapping[str, Mapping[Language, str]]
    _formats: dict[tuple[Language, str], icu.MessageFormat] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Path = FOLDER) -> Texts:
        """Read all files of a folder. TextsBroken: a text is missing, or is no pattern."""
        patterns: dict[str, dict[Language, str]] = {}
        for file in sorted(folder.glob("*.yaml")):
            for key, said in (yaml.safe_load(file.read_text("utf-8")) or {}).items():
                if key in patterns:
                    raise TextsBroken(f"{key} is there twice, the second time in {file.name}")
                if not isinstance(said, dict) or set(said) != {each.value for each in LANGUAGES}:
                    raise TextsBroken(f"{key} does not have exactly the languages tk, ru and en")
                patterns[key] = {each: str(said[each.value]) for each in LANGUAGES}
        texts = cls(patterns)
        for key in patterns:
            for language in LANGUAGES:
                texts._format(language, key)
        return texts

    def text(self, language: Language, key: str, **values: Value) -> str:
        """Return a text with ``values`` put in. KeyError: there is no such text."""
        names = list(values)
        found = [icu.Formattable(values[name]) for name in names]
        return str(self._format(language, key).format(names, found))

    def _format(self, language: Language, key: str) -> icu.MessageFormat:
        found = self._formats.get((language, key))
        if found is None:
            pattern = self.patterns[key][language]
            try:
                found = icu.MessageFormat(pattern, icu.Locale(language.value))
            except icu.ICUError as error:
                raise TextsBroken(f"{key} in {language.value}: {error}") from None
            self._formats[language, key] = found
        return found


TIMES: Mapping[str, str] = {
    "hour": "HH:mm",
    "short": "d MMM, HH:mm",
    "moment": "d MMM y, HH:mm",
    "second": "d MMM y, HH:mm:ss",
    "exact": "d MMMM y, HH:mm:ss",
}
"""Forms of a time for people, by the name of the filter in templates."""


def told_time(form: str, language: Language, zone: ZoneInfo, at: datetime) -> str:
    """Return a time in one of TIMES, in the operator's time zone."""
    written = icu.SimpleDateFormat(TIMES[form], icu.Locale(language.value))
    written.setTimeZone(icu.TimeZone.createTimeZone(zone.key))
    return str(written.format(at.timestamp()))


def preferred(header: str, otherwise: Language = Language.ENGLISH) -> Language:
    """Return the first known language of an ``Accept-Language`` header by its weights."""
    weighed: list[tuple[float, int, Language]] = []
    for place, part in enumerate(header.split(",")[:20]):
        tag, _, weight = part.partition(";")
        name = tag.strip().lower().partition("-")[0]
        if name in {each.value for each in LANGUAGES}:
            weighed.append((-_weight(weight), place, Language(name)))
    found = [each for each in sorted(weighed) if each[0] < 0]
    return found[0][2] if found else otherwise


def _weight(text: str) -> float:
    """Return the value of ``q=0.5``; 1 without one, 0 for nonsense."""
    name, _, value = text.strip().partition("=")
    if not name:
        return 1.0
    try:
        return float(value) if name.strip() == "q" else 0.0
    except ValueError:
        return 0.0


def known(values: Iterable[str]) -> Language | None:
    """Return the first value that is a language."""
    return next((Language(each) for each in values if each in set(LANGUAGES)), None)
