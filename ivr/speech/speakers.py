"""Who says a sentence: a person, the voice that a release was made with, or the present one.

A sentence is said in one voice: by recordings if all of it is recorded, else by the synthetic
voice. Where that is another one than the release was made with, it says the sentences for which
the release has no sounds, whole.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from functools import partial

import structlog

from ivr.errors import TemporarilyUnavailable, Unusable
from ivr.ports import Speaker
from ivr.ports.aside import Elsewhere
from ivr.speech.audio import Encoded, prepare
from ivr.speech.library import Library
from ivr.speech.manifest import Manifest, Piece, make, spoken_pieces
from ivr.speech.recordable import Contour
from ivr.speech.recorded import Recorded
from ivr.speech.sentences import Amount, Pause, Segment, Sentence, Sentences, contour
from ivr.speech.sound import (
    BETWEEN,
    JOINED,
    WHOLE,
    Reader,
    Sound,
    hash_of,
    joined,
    words_of,
)
from ivr.speech.texts import Texts
from ivr.speech.vocabulary import unit_nouns
from ivr.speech.voice import Voice
from ivr.speech.wholes import Wholes, Wish
from ivr.values import Language

log = structlog.get_logger()

READERS = 2
"""Values that the voice reads at the same time: an engine may take a process for each."""
Said = Sound | tuple[Wish, tuple[Sound, ...]]
"""A sound; or one that is wanted soon, and those that say the same if there is no time."""


class Speakers:
    """Those of a release. One instance serves all threads."""

    def __init__(
        self,
        texts: Texts,
        manifest: Manifest,
        library: Library,
        voice: Voice,
        elsewhere: Elsewhere,
    ) -> None:
        """Sounds that must be there are rendered ``elsewhere``."""
        self._manifest, self._library = manifest, library
        self._reader, self._elsewhere = Reader(voice), elsewhere
        self.sentences, self.wholes = Sentences(texts), Wholes(library)
        self._late: dict[tuple[Language, str], Sound] = {}
        """Made by the present voice since the release is in use."""
        self._lost: set[tuple[Language, str]] = set()
        """Pieces of the release that the library has no more."""
        self._rendering = threading.Lock()
        self._reading = threading.Semaphore(READERS)
        self._is_same = {
            language: manifest.voices.get(language) == voice.identity(language)
            for language in Language
        }
        """Whether the release was made with the present voice."""
        self._recorded = {
            language: Recorded(texts, language, self._there(language)) for language in Language
        }
        self._replace_missing(texts)

    def say(
        self, language: Language, sentence: Sentence, first: Speaker
    ) -> tuple[list[Said], Speaker]:
        """What says a sentence, and who: the first one, from this one on, who can say all of it.

        TemporarilyUnavailable: nobody can now.
        """
        for speaker in (Speaker.RECORDED, Speaker.KEPT):
            said = self._said(language, sentence, speaker) if speaker >= first else None
            if said is not None:
                return said, speaker
        said = self._said(language, sentence, Speaker.PRESENT)
        assert said is not None
        return said, Speaker.PRESENT

    def _there(self, language: Language) -> Mapping[str, Sound]:
        """The recordings of a language that the library has."""
        found = {}
        for name, sound in self._manifest.recordings[language].items():
            if self._library.frames(sound.hash) is None:
                log.error("a recording is lost", language=language, name=name)
            else:
                found[name] = sound
        return found

    def _replace_missing(self, texts: Texts) -> None:
        """Sounds that are no longer in the library are made by the present voice, now."""
        for language in Language:
            pieces = self._manifest.pieces[language]
            lost = [words for words in pieces if self._library.frames(pieces[words].hash) is None]
            kinds = spoken_pieces(texts, language) if lost else {}
            for words in lost:
                self._lost.add((language, words))
                kind = kinds.get(words, Piece.TEXT)
                self._late[language, words] = self._made(language, words, kind)

    def _said(self, language: Language, sentence: Sentence, speaker: Speaker) -> list[Said] | None:
        """What says a sentence; None: this speaker cannot say all of it."""
        found: list[Said] = []
        for index, leaf in enumerate(sentence):
            end = contour(sentence, index)
            match leaf:
                case Pause(mark):
                    said: Said | None = self._piece(language, mark, Speaker.PRESENT)
                case Segment(words, _) if speaker is not Speaker.RECORDED:
                    said = self._piece(language, words, speaker)
                case Segment():
                    said = self._recorded[language].segment(leaf, end)
                case Amount():
                    said = self._amount(language, leaf, end, speaker)
            if said is None:
                return None
            found.append(said)
        return found

    def _amount(
        self, language: Language, amount: Amount, end: Contour, speaker: Speaker
    ) -> Said | None:
        if speaker is Speaker.RECORDED:
            recorded = self._recorded[language].amount(amount, end)
            return None if recorded is None else self._glued(language, recorded)
        spelled = [self.sentences.spell(language, piece) for piece in amount.pieces]
        if speaker is Speaker.PRESENT and len(spelled) > 1:
            return self._read(self._whole(language, spelled, end))
        units = unit_nouns(language)
        pieces = [
            self._piece(language, words, speaker, Piece.UNIT if piece in units else Piece.NUMBER)
            for piece, words in zip(amount.pieces, spelled, strict=True)
        ]
        sounds = [sound for sound in pieces if sound is not None]
        if len(sounds) < len(pieces):
            return None
        glued = self._glued(language, sounds)
        if isinstance(glued, Sound) or not self._is_same[language]:
            return glued
        return self._whole(language, spelled, end, glued[0]), glued[1]

    def _glued(self, language: Language, sounds: Sequence[Sound]) -> Said:
        """Pieces of a value as one sound."""
        if len(sounds) == 1:
            return sounds[0]
        pieces = tuple(sounds)
        hash = hash_of(JOINED, *(sound.hash for sound in pieces))
        make_it = partial(joined, self._library, pieces)
        return Wish(hash, language, words_of(pieces), make_it), pieces

    def _whole(
        self, language: Language, spelled: Sequence[str], end: Contour, instead: Wish | None = None
    ) -> Wish:
        """A value read in one breath; where the sentence goes on, as if a comma followed."""
        words = " ".join(spelled)
        read = words + ("," if end is Contour.MID else "")
        hash = hash_of(WHOLE, language, self._reader.voice.identity(language), read)
        return Wish(hash, language, words, partial(self._render, language, read), instead)

    def _render(self, language: Language, words: str) -> Encoded:
        with self._reading:
            read = self._reader.voice.read(language, words)
        return prepare(*read, BETWEEN)

    def _piece(
        self, language: Language, words: str, speaker: Speaker, kind: Piece = Piece.TEXT
    ) -> Sound | None:
        """The sound of a piece; None: the release has none of this speaker."""
        is_same = self._is_same[language]
        if speaker is Speaker.KEPT or is_same:
            kept = self._manifest.pieces[language].get(words)
            if kept is not None and (language, words) not in self._lost:
                return kept
            if not is_same:
                return None
        sound = self._late.get((language, words))
        if sound is None:
            made: Sound = self._elsewhere(self._made, language, words, kind)
            sound = self._late[language, words] = made
        return sound

    def _made(self, language: Language, words: str, kind: Piece) -> Sound:
        try:
            with self._rendering:
                return make(self._library, self._reader, language, words, kind)
        except Unusable as error:
            raise TemporarilyUnavailable("voice", str(error)) from None

    def _read(self, whole: Wish) -> Sound:
        """A value that must be rendered now, since the release has no pieces of it."""
        try:
            sound: Sound = self.wholes.kept(whole) or self._elsewhere(self.wholes.now, whole)
            return sound
        except Unusable as error:
            raise TemporarilyUnavailable("voice", str(error)) from None
