"""Find the recordings of a sentence's words."""

from __future__ import annotations

from collections.abc import Mapping

from ivr.domain.values import Language
from ivr.speech.recordable import Contour, mid_name, value_name
from ivr.speech.sentences import Amount, Segment
from ivr.speech.sound import Sound
from ivr.speech.texts import Texts


class Recorded:
    """The recordings of a language. The same words are recorded once and serve every text."""

    def __init__(self, texts: Texts, language: Language, recordings: Mapping[str, Sound]) -> None:
        """``recordings`` are given by name."""
        self._by_name = recordings
        self._by_words: dict[tuple[str, Contour], Sound] = {}
        for key in texts.keys if recordings else ():
            for name in texts.segments(language, key):
                for take, contour in ((name, Contour.END), (mid_name(name), Contour.MID)):
                    if (sound := recordings.get(take)) is not None:
                        self._by_words.setdefault((sound.words, contour), sound)

    def segment(self, segment: Segment, contour: Contour) -> Sound | None:
        """Return the sound of words between values; None if there is no recording.

        A recording of this name may have other words, those of the release, if the text comes from
        the program.
        """
        for end in (contour, contour.other):
            name = mid_name(segment.name) if end is Contour.MID else segment.name
            own = self._by_name.get(name)
            if own is not None and own.words == segment.words:
                return own
            if sound := self._by_words.get((segment.words, end)):
                return sound
        return None

    def amount(self, amount: Amount, contour: Contour) -> tuple[Sound, ...] | None:
        """Return the sounds of a value's pieces; None if one of them is not recorded."""
        last = len(amount.pieces) - 1
        sounds = [
            self._value(piece, contour if index == last else Contour.MID)
            for index, piece in enumerate(amount.pieces)
        ]
        found = tuple(sound for sound in sounds if sound is not None)
        return found if len(found) == len(sounds) else None

    def _value(self, piece: str, contour: Contour) -> Sound | None:
        own = self._by_name.get(value_name(piece, contour))
        return own or self._by_name.get(value_name(piece, contour.other))
