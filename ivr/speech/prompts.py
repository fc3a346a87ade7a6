"""The prompts of one release: words and sounds of any text with its values."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from functools import partial

import structlog

from ivr.domain.dialogue import Speaker, Utterance, Value
from ivr.domain.values import Language
from ivr.errors import Unusable
from ivr.ports.dialogue import Prompts
from ivr.ports.runner import Runner, inline
from ivr.speech.library import Library
from ivr.speech.manifest import Manifest
from ivr.speech.sentences import Pause
from ivr.speech.sound import Sound, words_of
from ivr.speech.speakers import Pieces, Said, Speakers, Whole
from ivr.speech.texts import Texts
from ivr.speech.voice import Voice
from ivr.speech.wholes import READING, SOON, Wish
from ivr.speech.written import WrittenTexts

log = structlog.get_logger()

FRAME_SECONDS = 0.02
FIXED_KINDS = frozenset({"key", "text"})
"""Kinds of values that belong to the menu and not to a subscriber: a key to press, another text."""


@dataclass
class Patience:
    """How long a caller may still wait for the values of one answer."""

    seconds: float


class SpokenPrompts(Prompts):
    """One instance serves all threads."""

    def __init__(
        self,
        texts: Texts,
        manifest: Manifest,
        library: Library,
        voice: Voice,
        run: Runner = inline,
        patience: float = SOON,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``run`` runs the function that renders sounds without a recording.

        ``patience``: seconds that a caller may wait until the values of an answer can be said
        without pauses between words. ``clock`` counts seconds.
        """
        self._manifest, self._library = manifest, library
        self._run, self._patience, self._clock = run, patience, clock
        self._answer: Patience | None = None
        """The patience of the answer that these prompts are for; None: each
        utterance is an answer."""
        self._texts, self._wording = texts, WrittenTexts(texts)
        self._speakers = Speakers(texts, manifest, library, voice, run)
        self._fixed: dict[tuple[Language, str], Utterance] = {}
        """Utterances of texts without values; most utterances are of this kind."""

    @property
    def manifest(self) -> Manifest:
        """Return the sounds of the release."""
        return self._manifest

    def say(self, language: Language, key: str, **values: Value) -> Utterance:
        """As the port says; TemporarilyUnavailable if a value cannot be rendered now."""
        if values:
            return self._utterance(language, key, values)
        fixed = self._fixed.get((language, key))
        if fixed is None:
            fixed = self._fixed[language, key] = self._utterance(language, key, values)
        return fixed

    def for_answer(self) -> SpokenPrompts:
        """As the port says."""
        prompts = copy(self)
        prompts._answer = Patience(self._patience)
        return prompts

    def write(self, language: Language, key: str, **values: Value) -> str:
        """Return the text with values in figures, as the port says."""
        return self._wording.write(language, key, **values)

    def prepare(self) -> None:
        """Render the sounds that the release lacks, beside the calls; log a failure."""
        try:
            self._speakers.prepare()
        except Unusable as error:
            log.warning("sounds that the live release lacks cannot be made", reason=str(error))

    def heard(self, utterance: Utterance) -> bytes:
        """Return the A-law bytes of an utterance, exactly as a caller hears them."""
        return b"".join(self._library.alaw(sound.rpartition("/")[2]) for sound in utterance.sounds)

    def _utterance(
        self,
        language: Language,
        key: str,
        values: Mapping[str, Value],
        first: Speaker = Speaker.RECORDED,
    ) -> Utterance:
        said: list[Said] = []
        speakers: set[Speaker] = set()
        for sentence in self._speakers.sentences.of(language, key, values):
            found, speaker = self._speakers.say(language, sentence, first)
            said += found
            if not all(isinstance(leaf, Pause) for leaf in sentence):
                speakers.add(speaker)
        sounds = self._in_time(language, said)
        return Utterance(
            key=key,
            language=language,
            words=words_of(sounds),
            sounds=tuple(str(self._library.path(sound.hash)) for sound in sounds),
            seconds=sum(sound.frames for sound in sounds) * FRAME_SECONDS,
            is_fixed=FIXED_KINDS.issuperset(self._texts.slots(key).values()),
            speakers=frozenset(speakers),
            by=partial(self._utterance, language, key, values),
        )

    def _in_time(self, language: Language, said: Sequence[Said]) -> list[Sound]:
        """Return the sounds; replace those not ready in time by others with the same words."""
        patience = self._answer or Patience(self._patience)
        until = self._clock() + patience.seconds
        made = self._read([each.wish for each in said if isinstance(each, Whole)], patience)
        sounds: list[Sound] = []
        for each in said:
            if isinstance(each, Whole):
                whole = made[each.wish]
                each = each.pieces() if whole is None else whole
            if isinstance(each, Sound):
                sounds.append(each)
            else:
                sounds += self._joined(language, each, until)
        patience.seconds = until - self._clock()
        return sounds

    def _read(self, wishes: Sequence[Wish], patience: Patience) -> Mapping[Wish, Sound | None]:
        """Return the values that are ready in time."""
        wholes = self._speakers.wholes
        made = {wish: wholes.kept(wish) for wish in wishes}
        missing = [wish for wish, sound in made.items() if sound is None]
        if missing:
            seconds = READING * max(0.0, patience.seconds)
            made.update(zip(missing, self._run(wholes.soon, missing, seconds), strict=True))
        return made

    def _joined(self, language: Language, pieces: Pieces, until: float) -> Pieces:
        """Return the pieces of a value as one sound, if there is time."""
        if len(pieces) == 1:
            return pieces
        wholes, wish = self._speakers.wholes, self._speakers.joint(language, pieces)
        sound: Sound | None = wholes.kept(wish)
        if sound is None and self._clock() < until:
            sound = self._run(wholes.made, wish)
        return pieces if sound is None else (sound,)
