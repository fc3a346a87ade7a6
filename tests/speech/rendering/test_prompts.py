"""Prompts as the line says them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ivr.domain.dialogue import Value
from ivr.domain.values import Language, Money
from ivr.errors import FlowBroken, TemporarilyUnavailable
from ivr.speech.library import Library
from ivr.speech.manifest import recorded, render
from ivr.speech.prompts import SpokenPrompts
from ivr.speech.texts import Texts
from ivr.telephony.concatenated import ConcatenatedPrompts
from tests.speech.conftest import NotingVoice
from tests.speech.rendering.files import EN, MISSING, TEXTS, rendered, write_recording, write_texts
from tests.speech.test_forms import VALUES
from tests.speech.test_spelling import TK, WRITTEN, unreadable


class TestPrompts:
    @pytest.fixture
    def prompts(
        self, few: Texts, tmp_path: Path, library: Library, humming: NotingVoice
    ) -> SpokenPrompts:
        return rendered(few, tmp_path, library, humming)

    def test_a_text_in_a_text_is_said_with_it(self, prompts: SpokenPrompts) -> None:
        said = prompts.say(EN, "named", service="service")
        assert said.words == "You chose ess em ess messages."
        assert said.seconds > 0
        assert len(said.sounds) == 3

    def test_seconds_are_those_of_the_bytes(self, prompts: SpokenPrompts) -> None:
        said = prompts.say(EN, "named", service="service")
        assert len(prompts.heard(said)) / 8_000 == pytest.approx(said.seconds)

    @pytest.mark.parametrize(
        ("key", "values", "why"),
        [
            ("nothing", {}, "there is no text 'nothing'"),
            ("named", {}, "has no value for 'service'"),
            ("named", {"service": "nothing"}, "there is no text 'nothing'"),
            ("named", {"service": "named"}, "has no value for 'service'"),
            ("balance", {"number": "66", "balance": 5, "day": date.min}, "cannot be said as money"),
        ],
    )
    def test_what_cannot_be_said_is_told(
        self, prompts: SpokenPrompts, key: str, values: dict[str, Value], why: str
    ) -> None:
        with pytest.raises(FlowBroken, match=why):
            prompts.say(EN, key, **values)

    @pytest.mark.parametrize(
        ("key", "values", "is_fixed"),
        [
            ("hello", {}, True),
            ("named", {"service": "service"}, True),
            ("press", {"press": 2}, True),
            ("both", {"service": "service", "press": 2}, True),
            ("balance", {"number": "66", "balance": Money(1), "day": date.min}, False),
            ("plain", {"words": "Hello!"}, False),
            ("mixed", {"press": 2, "left": 3}, False),
        ],
    )
    def test_it_is_fixed_if_it_says_the_same_to_every_caller(
        self,
        tmp_path: Path,
        library: Library,
        humming: NotingVoice,
        key: str,
        values: dict[str, Value],
        is_fixed: bool,
    ) -> None:
        texts = write_texts(
            tmp_path,
            {
                **TEXTS,
                "press": "Press {press:key}.",
                "both": "For {service:text}, press {press:key}.",
                "plain": "{words:plain} And goodbye.",
                "mixed": "Press {press:key} for {left:number}.",
            },
        )
        prompts = SpokenPrompts(
            texts, recorded(texts, tmp_path / "none", library), library, humming
        )
        assert prompts.say(EN, key, **values).is_fixed is is_fixed

    def test_the_question_for_the_language_is_one_sound(
        self, texts: Texts, tmp_path: Path, library: Library, humming: NotingVoice
    ) -> None:
        empty = recorded(texts, tmp_path / "none", library)
        prompts = SpokenPrompts(texts, empty, library, humming)
        question = [
            prompts.say(language, "language.press", press=key)
            for key, language in enumerate(Language, 1)
        ]
        assert len({sound for each in question for sound in each.sounds}) > len(Language)
        concatenated = ConcatenatedPrompts(tmp_path / "concatenated")
        assert concatenated.make([question]) == 1
        assert len(concatenated.sounds(question)) == 1

    def test_a_piece_without_a_sound_is_made_when_it_is_needed(
        self, few: Texts, prompts: SpokenPrompts, library: Library, humming: NotingVoice
    ) -> None:
        pieces = dict(prompts.manifest.pieces[EN])
        del pieces["sixty-six"]
        manifest = replace(prompts.manifest, pieces={**prompts.manifest.pieces, EN: pieces})
        poor = SpokenPrompts(few, manifest, library, humming, patience=30.0)
        said = poor.say(EN, "balance", number="66", balance=Money(1), day=date.min)
        assert said.words.startswith("The balance of sixty-six is one tenge")
        assert poor.heard(said)

    def test_a_sound_that_is_lost_is_made_again(
        self, few: Texts, prompts: SpokenPrompts, library: Library, humming: NotingVoice
    ) -> None:
        lost = prompts.manifest.pieces[EN]["Hello!"]
        library.path(lost.hash).with_suffix(".alaw").unlink()
        humming.given.clear()
        again = SpokenPrompts(few, prompts.manifest, library, humming)
        assert humming.given == [(EN, "Hello!")]
        assert again.heard(again.say(EN, "hello"))

    def test_a_recording_that_is_lost_is_said_by_the_voice(
        self, few: Texts, tmp_path: Path, library: Library, humming: NotingVoice
    ) -> None:
        write_recording(tmp_path, "en", "hello")
        manifest = render(few, tmp_path / "recordings", library, humming)
        for encoding in ("alaw", "ulaw", "g722"):
            path = library.path(manifest.recordings[EN]["hello"].hash)
            path.with_suffix(f".{encoding}").unlink()
        prompts = SpokenPrompts(few, manifest, library, humming)
        assert prompts.say(EN, "hello").words == "Hello!"
        assert prompts.heard(prompts.say(EN, "hello"))

    def test_a_voice_that_has_gone_is_no_broken_flow(
        self, few: Texts, tmp_path: Path, library: Library
    ) -> None:
        empty = recorded(few, tmp_path / "recordings", library)
        gone = SpokenPrompts(few, empty, library, MISSING)
        with pytest.raises(TemporarilyUnavailable, match="voice"):
            gone.say(EN, "hello")


class TestNoDigitReachesTheTurkmenVoice:
    """Law of the languages: what is given to the voice is letters, whatever operators write."""

    def test_in_the_shipped_texts(self, texts: Texts, library: Library, tmp_path: Path) -> None:
        humming = NotingVoice(reads=False)
        render(texts, tmp_path / "none", library, humming)
        given = [words for language, words in humming.given if language is TK]
        assert len(given) > 250
        assert {words: bad for words in given if (bad := unreadable(TK, words))} == {}

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(written=WRITTEN, value=VALUES, more=st.integers(0, 10**11))
    def test_in_any_text_with_any_value(
        self, library: Library, written: str, value: tuple[str, Value], more: int
    ) -> None:
        humming = NotingVoice(reads=False)
        kind, said = value
        words = written.replace("{", "").replace("}", "")
        text = f"{words} {{value:{kind}}} {{more:number}} {more} {words}"
        texts = Texts({each: {"text": text} for each in Language}, {each: {} for each in Language})
        empty = recorded(texts, Path("/nowhere"), library)
        SpokenPrompts(texts, empty, library, humming).say(TK, "text", value=said, more=more)
        for language, given_words in humming.given:
            assert language is TK
            assert unreadable(TK, given_words) == []
