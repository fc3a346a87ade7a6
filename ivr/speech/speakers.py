"""Who says a sentence: a person, the voice that a release was made with, or the present one.

A sentence is said in one voice: by recordings if all of it is recorded, else by the synthetic
voice. Where that is another one than the release was made with, it says the sentences for which
the release has no sounds, whole.
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
"""Values that the voice reads at the same time: an engine may take a process for each."""
Pieces = tuple[Sound, ...]
"""What a value is put together from."""


@dataclass(frozen=True, slots=True, eq=False)
class Whole:
    """A value that is wanted in one breath."""

    wish: Wish
    pieces: Callable[[], Pieces]
    """What says the same, where that is not there in time. TemporarilyUnavailable: nothing does."""


Said = Sound | Pieces | Whole


class Speakers:
    """Those of a release. One instance serves all threads."""

    def __init__(
        self,
        texts: Texts,
        manifest: Manifest,
        library: Library,
        voice: Voice,
        run: Runner,
    ) -> None:
        """``run`` runs what renders sounds that must be there."""
        self._texts, self._manifest, self._library = texts, manifest, library
        self._reader, self._run = Reader(voice), run
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
        self._replace_missing()

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

    def prepare(self) -> None:
        """Make the sounds that the release lacks and its texts need, as lent ones do.

        Where the present voice is another one, all of them: a sentence is said whole by it.
        Unusable: the voice does not speak, or the disk is full.
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
        """The recordings of a language that the library has."""
        found = {}
        for name, sound in self._manifest.recordings[language].items():
            if self._library.frames(sound.hash) is None:
                log.error("a recording is lost", language=language, name=name)
            else:
                found[name] = sound
        return found

    def _replace_missing(self) -> None:
        """Sounds that are no longer in the library are made by the present voice, now."""
        for language in Language:
            pieces = self._manifest.pieces[language]
            lost = [words for words in pieces if self._library.frames(pieces[words].hash) is None]
            kinds = spoken_pieces(self._texts, language) if lost else {}
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
            return self._recorded[language].amount(amount, end)
        if len(amount.pieces) == 1 or not (speaker is Speaker.PRESENT or self._is_same[language]):
            return self._pieces(language, amount, speaker)
        words = " ".join(self.sentences.spell(language, piece) for piece in amount.pieces)
        return Whole(
            self._in_one_breath(language, words, end),
            lambda: self._pieces(language, amount, Speaker.PRESENT) or (),
        )

    def _pieces(self, language: Language, amount: Amount, speaker: Speaker) -> Pieces | None:
        """The pieces of a value; None: this speaker, who is not the present one, lacks one."""
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
        """Pieces of a value as one sound."""
        hash = hash_of(JOINED, *(sound.hash for sound in pieces))
        return Wish(hash, language, words_of(pieces), partial(joined, self._library, pieces))

    def _in_one_breath(self, language: Language, words: str, end: Contour) -> Wish:
        """A value read whole; where the sentence goes on, as if a comma followed."""
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
            made = self._run(self._made, language, words, kind)
            sound = self._late[language, words] = made
        return sound

    def _made(self, language: Language, words: str, kind: Piece) -> Sound:
        try:
            with self._rendering:
                return make(self._library, self._reader, language, words, kind)
        except Unusable as error:
            raise TemporarilyUnavailable("voice", str(error)) from None
