"""What a recogniser hears wrong of what the line says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from ivr.domain.values import Language
from tests.ears.line import Line, Said, Way
from tests.ears.rates import Rate, compare, figures, nearest, rough, total, words
from tests.ears.recogniser import Recogniser
from tests.ears.sentences import Sentence

Hear = Callable[[bytes, str], str]


class Relative(StrEnum):
    """A language that is near to Turkmen and that a recogniser knows."""

    TURKISH = "tr"
    AZERI = "az"


@dataclass
class Listener:
    """Compares what is said to what is heard. Each sound is listened to once."""

    line: Line
    recogniser: Recogniser
    note: Callable[[str, str], None] = lambda _said, _heard: None
    """Called with the words of each sound and with what was heard."""
    _heard: dict[tuple[bytes, str], str] = field(default_factory=dict)

    def hear(self, said: Said, language: str) -> str:
        """What is heard of a sentence."""
        known = (said.alaw, language)
        if known not in self._heard:
            self._heard[known] = self.recogniser.hear(*known)
            self.note(said.words, self._heard[known])
        return self._heard[known]

    def words_wrong(self, language: Language, every: Iterable[Said]) -> Rate:
        """Word error rate."""
        lexicon = self.line.texts.lexicon
        return total(
            compare(
                words(language, said.words, lexicon),
                words(language, self.hear(said, language), lexicon),
            )
            for said in every
        )

    def digits_wrong(self, language: Language, every: Iterable[Said]) -> Rate:
        """Digits of numbers that are heard as others, or not at all, or are added."""
        return total(
            compare(figures(language, said.words), figures(language, self.hear(said, language)))
            for said in every
        )

    def letters_wrong(self, every: Iterable[Said], ear: Relative) -> Rate:
        """Character error rate of Turkmen in the rough alphabet."""
        return total(
            compare(rough(said.words, is_turkmen=True), rough(self.hear(said, ear)))
            for said in every
        )

    def told_apart(self, every: Iterable[Said], ear: Relative) -> Rate:
        """Turkmen sentences that are nearer to another text of the line; of all."""
        said = list(every)
        texts = {rough(text, is_turkmen=True) for text in self.line.every(Language.TURKMEN)}
        wanted = [rough(each.words, is_turkmen=True) for each in said]
        texts.update(wanted)
        heard = [nearest(rough(self.hear(each, ear)), sorted(texts)) for each in said]
        return Rate(sum(map(str.__ne__, wanted, heard)), len(said))

    def say(
        self, language: Language, sentences: Iterable[Sentence], way: Way = Way.BREATH
    ) -> Iterator[Said]:
        """Sentences as a caller gets them."""
        return (self.line.say(language, sentence, way) for sentence in sentences)
