"""The prompts of one release: words and sounds of any text with its values.

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
from ivr.ports import Speaker, Utterance, Value
from ivr.ports.aside import Elsewhere, here
from ivr.speech.audio import Encoded, prepare
from ivr.speech.library import Library
from ivr.speech.manifest import Manifest, Piece, make, spoken_pieces
from ivr.speech.recordable import Contour
from ivr.speech.recorded import Recorded
from ivr.speech.sentences import Amount, Pause, Segment, Sentence, Sentences, contour
from ivr.speech.sound import BETWEEN, JOINED, PAUSES, WHOLE, Reader, Sound, hash_of, joined
from ivr.speech.texts import Texts
from ivr.speech.vocabulary import unit_nouns
from ivr.speech.voice import Voice
from ivr.speech.wholes import SOON, Wholes, Wish
from ivr.speech.written import WrittenTexts
from ivr.values import Language

log = structlog.get_logger()

FRAME_SECONDS = 0.02

Said = Sound | tuple[Wish, tuple[Sound, ...]]
"""A sound; or one that is wanted soon, and those that say the same if there is no time."""


class SpokenPrompts:
    """Implements ``ivr.ports.Prompts``. One instance serves all threads."""

    def __init__(
        self,
        texts: Texts,
        manifest: Manifest,
        library: Library,
        voice: Voice,
        elsewhere: Elsewhere = here,
        patience: float = SOON,
    ) -> None:
        """What no recording has is rendered ``elsewhere``.

        ``patience``: seconds that a caller may wait for a value that is said in one breath.
        """
        self._elsewhere, self._patience = elsewhere, patience
        self._texts, self._manifest = texts, manifest
        self._library, self._reader = library, Reader(voice)
        self._wording = WrittenTexts(texts)
        self._sentences = Sentences(texts)
        self._wholes = Wholes(library)
        self._late: dict[tuple[Language, str], Sound] = {}
        """Made by the present voice since the release is in use."""
        self._lost: set[tuple[Language, str]] = set()
        """Pieces of the release that the library has no more."""
        self._fixed: dict[tuple[Language, str], Utterance] = {}
        """Utterances of texts without values: most of what is said."""
        self._rendering = threading.Lock()
        self._is_same = {
            language: manifest.voices.get(language) == voice.identity(language)
            for language in Language
        }
        """Whether the release was made with the present voice."""
        self._recorded = {
            language: Recorded(texts, language, self._present(language)) for language in Language
        }
        self._replace_missing()

    @property
    def manifest(self) -> Manifest:
        """The sounds of the release."""
        return self._manifest

    def say(self, language: Language, key: str, **values: Value) -> Utterance:
        """As the port says; TemporarilyUnavailable where a value cannot be rendered now."""
        if values:
            return self._utterance(language, key, values)
        fixed = self._fixed.get((language, key))
        if fixed is None:
            fixed = self._fixed[language, key] = self._utterance(language, key, values)
        return fixed

    def _utterance(
        self,
        language: Language,
        key: str,
        values: Mapping[str, Value],
        speaker: Speaker = Speaker.RECORDED,
    ) -> Utterance:
        said: list[Said] = []
        speakers: set[Speaker] = set()
        for sentence in self._sentences.of(language, key, values):
            found, by = self._sentence(language, sentence, speaker)
            said += found
            if not all(isinstance(leaf, Pause) for leaf in sentence):
                speakers.add(by)
        sounds = self._in_time(said)
        return Utterance(
            key=key,
            language=language,
            words=_joined(sounds),
            sounds=tuple(str(self._library.path(sound.hash)) for sound in sounds),
            seconds=sum(sound.frames for sound in sounds) * FRAME_SECONDS,
            is_fixed=not values,
            speakers=frozenset(speakers),
            by=partial(self._utterance, language, key, values),
        )

    def write(self, language: Language, key: str, **values: Value) -> str:
        """The text in figures, as the port says."""
        return self._wording.write(language, key, **values)

    def heard(self, utterance: Utterance) -> bytes:
        """The A-law bytes of an utterance, exactly as a caller hears them."""
        return b"".join(self._library.alaw(sound.rpartition("/")[2]) for sound in utterance.sounds)

    def _present(self, language: Language) -> Mapping[str, Sound]:
        """The recordings of a language that the library has."""
        found = {}
        for name, sound in self._manifest.recordings[language].items():
            if self._library.frames(sound.hash) is None:
                log.error("a recording is lost", language=language, name=name)
            else:
                found[name] = sound
        return found

    def _replace_missing(self) -> None:
        """Sounds that are no longer in the library are said by the synthetic voice, now."""
        for language in Language:
            pieces = self._manifest.pieces[language]
            lost = [words for words in pieces if self._library.frames(pieces[words].hash) is None]
            kinds = spoken_pieces(self._texts, language) if lost else {}
            for words in lost:
                self._lost.add((language, words))
                kind = kinds.get(words, Piece.TEXT)
                self._late[language, words] = self._made(language, words, kind)

    def _sentence(
        self, language: Language, sentence: Sentence, first: Speaker
    ) -> tuple[list[Said], Speaker]:
        """What says a sentence, and who: the first, from this one on, who can say all of it."""
        for speaker in (Speaker.RECORDED, Speaker.KEPT):
            if speaker >= first:
                said = self._said(language, sentence, speaker)
                if said is not None:
                    return said, speaker
        said = self._said(language, sentence, Speaker.PRESENT)
        assert said is not None
        return said, Speaker.KEPT if self._is_same[language] else Speaker.PRESENT

    def _said(self, language: Language, sentence: Sentence, speaker: Speaker) -> list[Said] | None:
        """What says a sentence; None: this speaker cannot say all of it."""
        found: list[Said] = []
        for index, leaf in enumerate(sentence):
            match leaf:
                case Pause(mark):
                    said: Said | None = self._piece(language, mark, Speaker.PRESENT)
                case Segment(words, _) if speaker is not Speaker.RECORDED:
                    said = self._piece(language, words, speaker)
                case Segment():
                    said = self._recorded[language].segment(leaf, contour(sentence, index))
                case Amount():
                    said = self._amount(language, leaf, contour(sentence, index), speaker)
            if said is None:
                return None
            found.append(said)
        return found

    def _amount(
        self, language: Language, amount: Amount, end: Contour, speaker: Speaker
    ) -> Said | None:
        if speaker is Speaker.RECORDED:
            sounds = self._recorded[language].amount(amount, end)
            return None if sounds is None else self._glued(language, sounds)
        spelled = [self._sentences.spell(language, piece) for piece in amount.pieces]
        if speaker is Speaker.PRESENT and len(spelled) > 1:
            whole = self._whole(language, spelled, end)
            return self._wholes.kept(whole) or self._read(whole)
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
        return Wish(hash, language, _joined(pieces), partial(joined, self._library, pieces)), pieces

    def _whole(
        self, language: Language, spelled: Sequence[str], end: Contour, instead: Wish | None = None
    ) -> Wish:
        """A value read in one breath; where the sentence goes on, as if a comma followed."""
        words = " ".join(spelled)
        read = words + ("," if end is Contour.MID else "")
        hash = hash_of(WHOLE, language, self._reader.voice.identity(language), read)
        return Wish(hash, language, words, partial(self._render, language, read), instead)

    def _render(self, language: Language, words: str) -> Encoded:
        return prepare(*self._reader.voice.read(language, words), BETWEEN)

    def _in_time(self, said: Sequence[Said]) -> list[Sound]:
        """The sounds; for what is not there in time, those that say the same."""
        wishes = [each[0] for each in said if isinstance(each, tuple)]
        made = [self._wholes.kept(wish) for wish in wishes]
        missing = [wish for wish, sound in zip(wishes, made, strict=True) if sound is None]
        rest = iter(self._elsewhere(self._wholes.soon, missing, self._patience) if missing else ())
        whole = iter([next(rest) if sound is None else sound for sound in made])
        sounds: list[Sound] = []
        for each in said:
            if isinstance(each, Sound):
                sounds.append(each)
            else:
                found = next(whole)
                sounds += each[1] if found is None else (found,)
        return sounds

    def _piece(
        self, language: Language, words: str, speaker: Speaker, kind: Piece = Piece.TEXT
    ) -> Sound | None:
        """The sound of a piece; None: the release has none of this speaker."""
        kept = self._manifest.pieces[language].get(words)
        if speaker is Speaker.KEPT or self._is_same[language]:
            if kept is not None and (language, words) not in self._lost:
                return kept
            if not self._is_same[language]:
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
            sound: Sound = self._elsewhere(self._wholes.now, whole)
            return sound
        except Unusable as error:
            raise TemporarilyUnavailable("voice", str(error)) from None


def _joined(sounds: Sequence[Sound]) -> str:
    words = " ".join(sound.words for sound in sounds)
    for mark in PAUSES:
        words = words.replace(f" {mark}", mark)
    return words
