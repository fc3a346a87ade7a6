"""What can be heard on the line, for a phone that listens."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from ivr.errors import Unusable
from ivr.speech.prompts import SpokenPrompts
from ivr.speech.texts import PAUSES
from ivr.speech.wholes import notes
from ivr.telephony.hearing import Piece, Vocabulary, learn, piece
from ivr.values import Language
from ivr.wiring import House


def vocabulary(house: House) -> Vocabulary:
    """What the live release can say, for a phone that listens.

    Whole values come into it as they are rendered, beside the calls.
    """
    prompts = house.shelf.live().prompts
    assert isinstance(prompts, SpokenPrompts)
    sounds = (
        (language, sound)
        for language in Language
        for sound in prompts.manifest.sounds(language)
        if sound.words not in PAUSES
    )
    known: set[str] = set()

    def fresh() -> Iterator[Piece]:
        for language, sound in notes(house.library, known):
            known.add(sound.hash)
            with suppress(Unusable):  # it was removed this moment
                yield piece(language, sound.words, house.library.alaw(sound.hash))

    said = (
        piece(language, words, house.library.alaw(hash))
        for language, words, hash in (
            *((language, sound.words, sound.hash) for language, sound in sounds),
            *_announced(house, prompts),
        )
    )
    return learn(said, fresh)


def _announced(house: House, prompts: SpokenPrompts) -> Iterator[tuple[Language, str, str]]:
    """The pieces of the announcement that holds now: no release knows them."""
    house.board.refresh()
    current = house.board.current()
    for language, text in current.words.items() if current else ():
        said = prompts.say(language, "announcement", words=text)
        for sound in said.sounds:
            yield language, said.words, sound.rpartition("/")[2]
