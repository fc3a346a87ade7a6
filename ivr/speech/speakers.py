"""Choose the speaker of a sentence: a person, the voice that the release was made with, or the
present one.

A sentence is said in one voice: by recordings if everything is recorded, otherwise by the synthetic
voice. If the present voice differs from the release's, it says the sentences for which the release
lacks sounds, as a whole.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import structlog

from ivr.domain.dialogue import Speaker
from ivr.domain.values import Language
from ivr.errors import TemporarilyUnavailable, Unusable
from ivr.ports.runner import Runner
from ivr.speech.audio import Encoded, prepare
from ivr.speech.library import Library
from ivr.speech.manifest import Manifest, Piece, make, spoken_pieces
from ivr.speech.recordable import Contour
from ivr.speech.recorded import Recorded
from ivr.speech.sentences import Amount, Pause, Segment, Sentence, Sentences, contour
from ivr.speech.sound import BETWEEN, JOINED, WHOLE, Reader, Sound, hash_of, joined, words_of
from ivr.speech.texts import Texts
from ivr.speech.vocabulary import unit_nouns
from ivr.speech.voice import Voice
from ivr.speech.wholes import Wholes, Wish

log = structlog.get_logger()

READERS = 2
"""Values that are read at the same time: an engine may start a process for each."""
Pieces = tuple[Sound, ...]
"""The pieces of a value."""


@dataclass(frozen=True, slots=True, eq=False)
class Whole:
    """A value that is to be said without pauses between words."""

    wish: Wish
    pieces: Callable[[], Pieces]
    """Return sounds with the same words, for use if the whole is not ready in time.
    TemporarilyUnavailable: there are none."""


Said = Sound | Pieces | Whole


class Speakers:
    """The speakers of a release. One instance serves all threads."""

    def __init__(
        self,
        texts: Texts,
        manifest: Manifest,
        library: Library,
        voice: Voice,
        run: Runner,
    ) -> None:
        """``run`` runs the rendering of sounds that must exist."""
        self._texts, self._manifest, self._library = texts, manifest, library
        self._reader, self._run = Reader(voice), run
        self.sentences, self.wholes = Sentences(texts), Wholes(library)
        self._late: dict[tuple[Language, str], Sound] = {}
        """Sounds made by the present voice since this process loaded the release."""
        self._lost: set[tuple[Language, str]] = set()
        """Pieces of the release that are missing in the library."""
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
        self._replace_missing()

    def say(
        self, language: Language, sentence: Sentence, first: Speaker
    ) -> tuple[list[Said], Speaker]:
        """Return the sounds of a sentence, and the first speaker from ``first`` on who has all of
        it.

        TemporarilyUnavailable: no speaker can say it now.
        """
        for speaker in (Speaker.RECORDED, Speaker.KEPT):
            said = self._said(language, sentence, speaker) if speaker >= first else None
            if said is not None:
                return said, speaker
        said = self._said(language, sentence, Speaker.PRESENT)
        assert said is not None
        return said, Speaker.PRESENT

    def prepare(self) -> None:
        """Render the sounds that the texts need and the release lacks.

        If sounds are missing and the present voice is not the release's, render all of them,
        because a sentence is said in one voice. Unusable: the voice does not speak, or the disk is
        full.
        """
        for language in Language:
            kept, needed = self._manifest.pieces[language], spoken_pieces(self._texts, language)
            lacking = [words for words in needed if words not in kept]
            others = [words for words in needed if words in kept]
            if self._is_same[language] or not lacking:
                others = []
            for words in (*lacking, *others):
                make(self._library, self._reader, language, words, needed[words])

    def _there(self, language: Language) -> Mapping[str, Sound]:
        """Return the recordings of a language that the library has."""
        found = {}
        for name, sound in self._manifest.recordings[language].items():
            if self._library.frames(sound.hash) is None:
                log.error("a recording is lost", language=language, name=name)
            else:
                found[name] = sound
        return found

    def _replace_missing(self) -> None:
        """Render sounds that are missing in the library with the present voice, now."""
        for language in Language:
            pieces = self._manifest.pieces[language]
            lost = [words for words in pieces if self._library.frames(pieces[words].hash) is None]
            kinds = spoken_pieces(self._texts, language) if lost else {}
            for words in lost:
                self._lost.add((language, words))
                kind = kinds.get(words, Piece.TEXT)
                self._late[language, words] = self._made(language, words, kind)

    def _said(self, language: Language, sentence: Sentence, speaker: Speaker) -> list[Said] | None:
        """Return the sounds of a sentence; None if this speaker cannot say all of it."""
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
            return self._recorded[language].amount(amount, end)
        if len(amount.pieces) == 1 or not (speaker is Speaker.PRESENT or self._is_same[language]):
            return self._pieces(language, amount, speaker)
        words = " ".join(self.sentences.spell(language, piece) for piece in amount.pieces)
        return Whole(
            self._whole(language, words, end),
            lambda: self._pieces(language, amount, Speaker.PRESENT) or (),
        )

    def _pieces(self, language: Language, amount: Amount, speaker: Speaker) -> Pieces | None:
        """Return the pieces of a value; None if the release lacks one of this speaker's pieces."""
        units = unit_nouns(language)
        found: list[Sound] = []
        for piece in amount.pieces:
            words = self.sentences.spell(language, piece)
            kind = Piece.UNIT if piece in units else Piece.NUMBER
            sound = self._piece(language, words, speaker, kind)
            if sound is None:
                return None
            found.append(sound)
        return tuple(found)

    def joint(self, language: Language, pieces: Pieces) -> Wish:
        """Return the request for one sound joined from the pieces of a value."""
        hash = hash_of(JOINED, *(sound.hash for sound in pieces))
        return Wish(hash, language, words_of(pieces), partial(joined, self._library, pieces))

    def _whole(self, language: Language, words: str, end: Contour) -> Wish:
        """Return the request for a value read as a whole; within a sentence,
        as if a comma followed."""
        read = words + ("," if end is Contour.MID else "")
        hash = hash_of(WHOLE, language, self._reader.voice.identity(language), read)
        return Wish(hash, language, words, partial(self._render, language, read))

    def _render(self, language: Language, words: str) -> Encoded:
        with self._reading:
            read = self._reader.voice.read(language, words)
        return prepare(*read, BETWEEN)

    def _piece(
        self, language: Language, words: str, speaker: Speaker, kind: Piece = Piece.TEXT
    ) -> Sound | None:
        """Return the sound of a piece; None if the release has none of this speaker."""
        is_same = self._is_same[language]
        if speaker is Speaker.KEPT or is_same:
            kept = self._manifest.pieces[language].get(words)
            if kept is not None and (language, words) not in self._lost:
                return kept
            if not is_same:
                return None
        sound = self._late.get((language, words))
        if sound is None:
            made = self._run(self._made, language, words, kind)
            sound = self._late[language, words] = made
        return sound

    def _made(self, language: Language, words: str, kind: Piece) -> Sound:
        try:
            with self._rendering:
                return make(self._library, self._reader, language, words, kind)
        except Unusable as error:
            raise TemporarilyUnavailable("voice", str(error)) from None
