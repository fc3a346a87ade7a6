"""The prompts of one release: words and sounds of any text with its values."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping

import structlog

from ivr.errors import FlowBroken, TemporarilyUnavailable, Unusable
from ivr.ports import Utterance, Value
from ivr.ports.aside import Elsewhere, here
from ivr.speech.forms import spoken
from ivr.speech.library import Library
from ivr.speech.manifest import PAUSES, Manifest, Sound, say
from ivr.speech.spelling import spell
from ivr.speech.texts import Slot, Texts
from ivr.speech.vocabulary import compose, vocabulary
from ivr.speech.voice import Voice
from ivr.speech.written import WrittenTexts
from ivr.values import Language

log = structlog.get_logger()

FRAME_SECONDS = 0.02
DEEPEST = 3
"""Texts within texts."""


class SpokenPrompts:
    """Implements ``ivr.ports.Prompts``. One instance serves all threads."""

    def __init__(
        self,
        texts: Texts,
        manifest: Manifest,
        library: Library,
        voice: Voice,
        elsewhere: Elsewhere = here,
    ) -> None:
        """What no recording has is rendered ``elsewhere``."""
        self._elsewhere = elsewhere
        self._texts, self._manifest = texts, manifest
        self._library, self._voice = library, voice
        self._wording = WrittenTexts(texts)
        self._spelled: dict[tuple[Language, str], str] = {}
        self._late: dict[tuple[Language, str], Sound] = {}
        self._lost: dict[tuple[Language, str], Sound] = {}
        self._fixed: dict[tuple[Language, str], Utterance] = {}
        """Utterances of texts without values: most of what is said."""
        self._rendering = threading.Lock()
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

    def _utterance(self, language: Language, key: str, values: Mapping[str, Value]) -> Utterance:
        sounds = list(self._text(language, key, values, 0))
        return Utterance(
            key=key,
            language=language,
            words=_joined(sounds),
            sounds=tuple(str(self._library.path(sound.hash)) for sound in sounds),
            seconds=sum(sound.frames for sound in sounds) * FRAME_SECONDS,
            is_fixed=not values,
        )

    def write(self, language: Language, key: str, **values: Value) -> str:
        """The text in figures, as the port says."""
        return self._wording.write(language, key, **values)

    def _replace_missing(self) -> None:
        """Sounds that are no longer in the library are said by the synthetic voice, now."""
        for language in Language:
            for words, sound in self._manifest.pieces[language].items():
                if self._library.frames(sound.hash) is None:
                    self._late[language, words] = self._made(language, words)
            for name, sound in self._manifest.recordings[language].items():
                if self._library.frames(sound.hash) is None:
                    log.error("a recording is lost", language=language, name=name)
                    self._lost[language, name] = self._made(language, sound.words)

    def _text(
        self, language: Language, key: str, values: Mapping[str, Value], depth: int
    ) -> Iterator[Sound]:
        try:
            parts = self._texts.parts[language][key]
        except KeyError:
            raise FlowBroken(f"there is no text '{key}' in {language}") from None
        recordings = self._manifest.recordings[language]
        names = iter(self._texts.segments(language, key))
        for part in parts:
            if isinstance(part, Slot):
                if part.name not in values:
                    raise FlowBroken(f"text '{key}' is given no value for '{part.name}'")
                yield from self._value(language, key, part, values[part.name], depth)
            elif part in PAUSES:
                yield self._piece(language, part)
            elif (recording := recordings.get(name := next(names))) is not None:
                yield self._lost.get((language, name), recording)
            elif words := self._spell(language, part):
                yield self._piece(language, words)

    def _value(
        self, language: Language, key: str, slot: Slot, value: Value, depth: int
    ) -> Iterator[Sound]:
        if slot.kind == "text":
            if depth == DEEPEST:
                raise FlowBroken(f"text '{key}' names texts that name texts without end")
            yield from self._text(language, str(value), {}, depth + 1)
            return
        if slot.kind == "plain":
            if words := self._spell(language, str(value)):
                yield self._piece(language, words)
            return
        try:
            words = spoken(language, slot.kind, value)
        except ValueError as error:
            raise FlowBroken(f"text '{key}', value '{slot.name}': {error}") from None
        for piece in compose(words, vocabulary(language)):
            yield self._piece(language, self._spell(language, piece))

    def _spell(self, language: Language, part: str) -> str:
        if (language, part) not in self._spelled:
            self._spelled[language, part] = spell(language, part, self._texts.lexicon)
        return self._spelled[language, part]

    def _piece(self, language: Language, words: str) -> Sound:
        sound = self._late.get((language, words)) or self._manifest.pieces[language].get(words)
        if sound is None:
            made: Sound = self._elsewhere(self._made, language, words)
            sound = self._late[language, words] = made
        return sound

    def _made(self, language: Language, words: str) -> Sound:
        try:
            with self._rendering:
                return say(self._library, self._voice, language, words)
        except Unusable as error:
            raise TemporarilyUnavailable("voice", str(error)) from None

    def heard(self, utterance: Utterance) -> bytes:
        """The A-law bytes of an utterance, exactly as a caller hears them."""
        return b"".join(self._library.alaw(sound.rpartition("/")[2]) for sound in utterance.sounds)


def _joined(sounds: list[Sound]) -> str:
    words = " ".join(sound.words for sound in sounds)
    for mark in PAUSES:
        words = words.replace(f" {mark}", mark)
    return words
