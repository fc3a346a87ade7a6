"""The prompts of one release: words and sounds of any text with its values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from ivr.ports import Speaker, Utterance, Value
from ivr.ports.aside import Elsewhere, here
from ivr.speech.library import Library
from ivr.speech.manifest import Manifest
from ivr.speech.sentences import Pause
from ivr.speech.sound import Sound, words_of
from ivr.speech.speakers import Said, Speakers
from ivr.speech.texts import Texts
from ivr.speech.voice import Voice
from ivr.speech.wholes import SOON
from ivr.speech.written import WrittenTexts
from ivr.values import Language

FRAME_SECONDS = 0.02


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

        ``patience``: seconds that a caller may wait for a value to be said in one breath.
        """
        self._manifest, self._library = manifest, library
        self._elsewhere, self._patience = elsewhere, patience
        self._wording = WrittenTexts(texts)
        self._speakers = Speakers(texts, manifest, library, voice, elsewhere)
        self._fixed: dict[tuple[Language, str], Utterance] = {}
        """Utterances of texts without values: most of what is said."""

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

    def write(self, language: Language, key: str, **values: Value) -> str:
        """The text in figures, as the port says."""
        return self._wording.write(language, key, **values)

    def heard(self, utterance: Utterance) -> bytes:
        """The A-law bytes of an utterance, exactly as a caller hears them."""
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
        sounds = self._in_time(said)
        return Utterance(
            key=key,
            language=language,
            words=words_of(sounds),
            sounds=tuple(str(self._library.path(sound.hash)) for sound in sounds),
            seconds=sum(sound.frames for sound in sounds) * FRAME_SECONDS,
            is_fixed=not values,
            speakers=frozenset(speakers),
            by=partial(self._utterance, language, key, values),
        )

    def _in_time(self, said: Sequence[Said]) -> list[Sound]:
        """The sounds; for what is not there in time, those that say the same."""
        wholes = self._speakers.wholes
        wishes = [each[0] for each in said if isinstance(each, tuple)]
        made = {wish: wholes.kept(wish) for wish in wishes}
        missing = [wish for wish, sound in made.items() if sound is None]
        if missing:
            soon = self._elsewhere(wholes.soon, missing, self._patience)
            made.update(zip(missing, soon, strict=True))
        sounds: list[Sound] = []
        for each in said:
            if isinstance(each, Sound):
                sounds.append(each)
            else:
                wish, pieces = each
                whole = made[wish]
                sounds += pieces if whole is None else (whole,)
        return sounds
