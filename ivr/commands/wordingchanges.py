"""The texts that changed since the version for native readers, and why: docs/wording.yaml."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ivr.care.yamlfile import read_yaml
from ivr.domain.values import Language
from ivr.errors import Unusable
from ivr.speech.texts import Texts

UNEXPLAINED = "?"
"""Stands for a missing reason."""
DIGITS = 6
"""Length of a text's hash."""


@dataclass(frozen=True)
class WordingChanges:
    """The content of the file."""

    since: str
    """The version with which the present texts are compared."""
    reasons: Mapping[str, Mapping[Language, str]]
    """The meaning of each code, in three languages."""
    changed: Mapping[str, Mapping[Language, tuple[str, ...]]]
    """Codes of a text, by its key and language."""
    before: Mapping[str, tuple[str, ...]]
    """Hashes of that version's texts, in the order of the languages."""

    def why(self, texts: Texts, key: str) -> Mapping[Language, tuple[str, ...]]:
        """Return the codes of the languages in which a text has changed;
        empty if there are none."""
        before = self.before.get(key, ("",) * len(Language))
        known = self.changed.get(key, {})
        return {
            language: known.get(language, (UNEXPLAINED,))
            for language, hash in zip(Language, before, strict=True)
            if hash_of(texts.by_language[language][key]) != hash
        }

    def mark(self, texts: Texts, key: str) -> str:
        """Return the codes for a row: ``tk S3 · ru S4``, or ``S10`` if one code applies to all."""
        why = self.why(texts, key)
        if len(why) == len(Language) and len(set(why.values())) == 1:
            return " ".join(next(iter(why.values())))
        return " · ".join(f"{language} {' '.join(codes)}" for language, codes in why.items())


def hash_of(text: str) -> str:
    """Return the hash of a text as the file has it."""
    return hashlib.sha256(text.encode()).hexdigest()[:DIGITS]


def read_changes(file: Path) -> WordingChanges | None:
    """Read the file; None if it does not exist. Unusable names the fault."""
    if not file.exists():
        return None
    data = read_yaml(file).data
    try:
        reasons = {
            code: {language: said[language] for language in Language}
            for code, said in data["reasons"].items()
        }
        changed = {key: dict(_codes(said)) for key, said in data["changed"].items()}
        before = {key: tuple(hashes.split()) for key, hashes in data["before"].items()}
        since = str(data["since"])
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise Unusable(
            f"{file}: the fields since, reasons, changed and before are needed, as in"
            f" docs/wording.yaml of this version ({error})"
        ) from None
    for key, said in changed.items():
        for code in (code for codes in said.values() for code in codes):
            if code not in reasons:
                known = ", ".join(reasons)
                raise Unusable(f"{file}: {key} has the reason {code}; the reasons are {known}")
    return WordingChanges(since, reasons, changed, before)


def _codes(said: Any) -> Iterator[tuple[Language, tuple[str, ...]]]:
    if isinstance(said, str):
        said = dict.fromkeys(Language, said)
    for language, codes in said.items():
        yield Language(language), tuple(codes.split())
