"""The pronunciation of words that are not said as they are written; operators edit it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ivr.domain.values import Language
from ivr.errors import Unusable
from ivr.speech.lettering import check_letters
from ivr.speech.letters import readable
from ivr.speech.yamlmap import children, read_document, read_lines

Lexicon = Mapping[Language, Mapping[str, str]]
"""By language: ``SMS`` → "es em es". Words are found without regard to case."""


def read_lexicon(file: Path) -> Lexicon:
    """Read ``prompts/pronunciation.yaml``. Unusable names the file, the line and the remedy."""
    found: dict[Language, dict[str, str]] = {}
    sheet, tree = read_document(file)
    for name, node, line in children(sheet, tree):
        if name not in set(Language):
            raise Unusable(f"{file}, line {line}: '{name}' is not a language; use tk, ru or en")
        language = Language(name)
        found[language] = {}
        for word, (said, at) in read_lines(sheet, node).items():
            check_letters(f"{sheet.place(at)}: '{word}'", Language.RUSSIAN, word)
            if not word.isalpha():
                raise Unusable(f"{file}, line {at}: '{word}' must be one word of letters only")
            if not speakable(language, said):
                raise Unusable(
                    f"{file}, line {at}: '{said}' cannot be said; write how '{word}' sounds in"
                    f" letters of {language}, in lower case except for the first"
                )
            found[language][word] = said
    for language in Language:
        if language not in found:
            raise Unusable(
                f"{file}: '{language}:' is missing; it may be empty, as in `{language}: {{}}`"
            )
    return found


def speakable(language: Language, said: str) -> bool:
    """Tell whether a voice can read the words as they are: letters of the
    language, no abbreviation."""
    plain = said.replace(" ", "").replace("-", "")
    words = said.replace("-", " ").split()
    return (
        plain.isalpha()
        and readable(language, plain) == plain
        and all(word[1:].islower() or len(word) == 1 for word in words)
    )
