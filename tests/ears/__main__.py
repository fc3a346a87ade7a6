"""How well the voices are understood: ``python -m tests.ears [tk] [ru] [en] [--heard]``.

Prints a table by language for docs/voices.md; ``--heard`` also what was heard of each
sentence. The voices are those of the settings: ``IVR_VOICE_RU=rhvoice:irina`` before it.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from pathlib import Path

from ivr.domain.values import Language
from ivr.settings import read_settings
from ivr.telephony import executables
from tests.ears.line import Line, Said, Way
from tests.ears.listening import Listener, Relative
from tests.ears.persons import SENTENCES, Person
from tests.ears.rates import Rate
from tests.ears.recogniser import Recogniser
from tests.ears.sentences import REPERTOIRES, Repertoire

TK = Language.TURKMEN


def main() -> None:
    parser = argparse.ArgumentParser("python -m tests.ears", description=__doc__)
    parser.add_argument("languages", nargs="*", choices=[*Language, []], default=[])
    parser.add_argument("--heard", action="store_true", help="print what was heard")
    given = parser.parse_args()
    settings = read_settings()
    with tempfile.TemporaryDirectory() as folder:
        line = Line(settings, Path(folder))
        listener = Listener(line, Recogniser(), _print_heard if given.heard else _silent)
        for language in map(Language, given.languages or Language):
            print(f"\n{language}: {line.identity(language)}\n")
            if language is TK:
                _turkmen(listener)
            else:
                person = Person(executables.share(settings, "asterisk") / "sounds", language)
                _recognised(listener, language, person)


def _recognised(listener: Listener, language: Language, person: Person) -> None:
    """A language that the recogniser knows."""
    _row(
        "", "menus, words", "numbers, digits", "values, digits", "values, words", "Asterisk, words"
    )
    for name, repertoire in REPERTOIRES.items():
        for way in Way:
            menus, numbers, values = _said(listener, language, repertoire, way)
            _row(
                f"{name} set, {way}",
                listener.words_wrong(language, menus),
                listener.digits_wrong(language, numbers),
                listener.digits_wrong(language, values),
                listener.words_wrong(language, values),
            )
        phones = [
            str(sentence.values["number"])
            for sentence in repertoire.numbers
            if "number" in sentence.values
        ]
        read = [Said(listener.line.words(language, each), person.count(each)) for each in phones]
        _row(f"{name} set, a person", "", listener.digits_wrong(language, read))
    spoken = SENTENCES[language]
    _row(
        "Asterisk's sentences, the line's voice",
        *("", "", "", ""),
        listener.words_wrong(
            language, [listener.line.read(language, text) for text in spoken.values()]
        ),
    )
    _row(
        "Asterisk's sentences, a person",
        *("", "", "", ""),
        listener.words_wrong(
            language, [Said(text, person.say(name)) for name, text in spoken.items()]
        ),
    )


def _turkmen(listener: Listener) -> None:
    """Turkmen, by the ear of its relatives."""
    _row("", "menus, letters", "numbers, letters", "values, letters", "menus told apart")
    for ear in Relative:
        for name, repertoire in REPERTOIRES.items():
            for way in Way:
                menus, numbers, values = _said(listener, TK, repertoire, way)
                missed = listener.told_apart(menus, ear)
                _row(
                    f"{ear}, {name} set, {way}",
                    listener.letters_wrong(menus, ear),
                    listener.letters_wrong(numbers, ear),
                    listener.letters_wrong(values, ear),
                    f"{missed.of - missed.wrong}/{missed.of}",
                )


def _said(
    listener: Listener, language: Language, repertoire: Repertoire, way: Way
) -> Iterator[list[Said]]:
    for sentences in (repertoire.menus, repertoire.numbers, repertoire.values):
        yield list(listener.say(language, sentences, way))


def _row(*cells: Rate | str) -> None:
    """A row of a table; a rate as percent and its errors."""
    print("| " + " | ".join(map(_cell, cells)) + " |", flush=True)
    if cells[0] == "":
        print("|---" * len(cells) + "|")


def _cell(cell: Rate | str) -> str:
    return cell if isinstance(cell, str) else f"{cell.percent:.1f} % ({cell.wrong}/{cell.of})"


def _print_heard(said: str, heard: str) -> None:
    print(f"    {said}\n  → {heard}", flush=True)


def _silent(_said: str, _heard: str) -> None: ...


main()
