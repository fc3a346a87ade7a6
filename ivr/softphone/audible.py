"""The vocabulary of the line, for a phone that listens."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from ivr.domain.content import Announcement
from ivr.domain.values import Language
from ivr.errors import Unusable
from ivr.softphone.exact_matcher import Fragment, Vocabulary, learn, piece
from ivr.speech.library import Library
from ivr.speech.prompts import SpokenPrompts
from ivr.speech.texts import PAUSES
from ivr.speech.wholes import notes


def audible_words(
    prompts: SpokenPrompts, library: Library, announced: Announcement | None
) -> Vocabulary:
    """Return the vocabulary of a release and of the present announcement, which is not part of a
    release.

    Whole values are added as they are rendered, beside the calls.
    """
    sounds = (
        (language, sound)
        for language in Language
        for sound in prompts.manifest.sounds(language)
        if sound.words not in PAUSES
    )
    known: set[str] = set()

    def fresh() -> Iterator[Fragment]:
        for language, sound in notes(library, known):
            known.add(sound.hash)
            with suppress(Unusable):  # it was removed in the meantime
                yield piece(language, sound.words, library.alaw(sound.hash))

    said = (
        piece(language, words, library.alaw(hash))
        for language, words, hash in (
            *((language, sound.words, sound.hash) for language, sound in sounds),
            *_announced(prompts, announced),
        )
    )
    return learn(said, fresh)


def _announced(
    prompts: SpokenPrompts, announced: Announcement | None
) -> Iterator[tuple[Language, str, str]]:
    for language, text in announced.words.items() if announced else ():
        said = prompts.say(language, "announcement", words=text)
        for sound in said.sounds:
            yield language, said.words, sound.rpartition("/")[2]
