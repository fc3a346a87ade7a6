"""Rendering the sounds of a release."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from ivr.domain.dialogue import Value
from ivr.domain.values import Language, Money
from ivr.errors import FlowBroken, Unusable
from ivr.speech.library import Library
from ivr.speech.manifest import Manifest, check_recordings, recorded, render
from ivr.speech.sound import PAUSES
from ivr.speech.texts import Texts
from tests.speech.conftest import NotingVoice
from tests.speech.rendering.files import EN, MISSING, TEXTS, rendered, write_recording, write_texts


class TestRendering:
    def test_only_what_changed_is_made_anew(
        self, few: Texts, tmp_path: Path, library: Library, humming: NotingVoice
    ) -> None:
        render(few, tmp_path / "recordings", library, humming)
        assert len(humming.given) > 300
        humming.given.clear()
        render(few, tmp_path / "recordings", library, humming)
        assert humming.given == []
        changed = write_texts(tmp_path, {**TEXTS, "hello": "Welcome!"})
        render(changed, tmp_path / "recordings", library, humming)
        assert sorted(humming.given) == [(language, "Welcome!") for language in sorted(Language)]

    def test_progress_goes_up_to_all(
        self, few: Texts, tmp_path: Path, library: Library, humming: NotingVoice
    ) -> None:
        write_recording(tmp_path, "en", "hello")
        seen: list[tuple[int, int]] = []
        render(
            few,
            tmp_path / "recordings",
            library,
            humming,
            lambda done, total: seen.append((done, total)),
        )
        total = seen[-1][1]
        assert seen == [(done, total) for done in range(1, total + 1)]

    def test_a_recording_is_heard_instead_of_the_voice(
        self, few: Texts, tmp_path: Path, library: Library, humming: NotingVoice
    ) -> None:
        write_recording(tmp_path, "en", "hello")
        prompts = rendered(few, tmp_path, library, humming)
        utterance = prompts.say(EN, "hello")
        assert utterance.words == "Hello!"
        assert utterance.seconds == pytest.approx(1.0 + PAUSES["!"], abs=0.1)
        assert prompts.say(Language.RUSSIAN, "hello").sounds != utterance.sounds

    def test_each_piece_of_a_text_can_be_recorded(
        self, few: Texts, tmp_path: Path, library: Library, humming: NotingVoice
    ) -> None:
        write_recording(tmp_path, "en", "balance.2")
        prompts = rendered(few, tmp_path, library, humming)
        values: dict[str, Value] = {
            "number": "66300890",
            "balance": Money(530),
            "day": date(2026, 11, 22),
        }
        assert prompts.say(EN, "balance", **values).words == (
            "The balance of sixty-six, thirty, zero eight, ninety is five manat thirty tenge, "
            "on the twenty-second of November two thousand twenty-six."
        )
        assert prompts.manifest.recordings[EN]["balance.2"].words == "is"

    def test_another_recording_is_another_sound(
        self, few: Texts, tmp_path: Path, library: Library, humming: NotingVoice
    ) -> None:
        hashes = set()
        for tone in (440.0, 550.0):
            write_recording(tmp_path, "en", "hello", tone)
            found = recorded(few, tmp_path / "recordings", library)
            hashes.add(found.recordings[EN]["hello"].hash)
        assert len(hashes) == 2

    def test_a_recording_of_no_text_is_refused_by_name(
        self, few: Texts, tmp_path: Path, library: Library, humming: NotingVoice
    ) -> None:
        file = write_recording(tmp_path, "en", "helo")
        with pytest.raises(Unusable, match=f"{file} belongs to no text"):
            render(few, tmp_path / "recordings", library, humming)

    def test_a_damaged_recording_is_refused_by_name(
        self, few: Texts, tmp_path: Path, library: Library, humming: NotingVoice
    ) -> None:
        file = write_recording(tmp_path, "en", "hello")
        file.write_bytes(b"ID3 no wave at all")
        with pytest.raises(Unusable, match=f"{file} is not a WAV file"):
            render(few, tmp_path / "recordings", library, humming)

    def test_a_check_names_what_cannot_be_used_and_keeps_nothing(
        self, few: Texts, tmp_path: Path
    ) -> None:
        recordings = tmp_path / "recordings"
        check_recordings(few, recordings)
        good = write_recording(tmp_path, "en", "hello")
        check_recordings(few, recordings)
        write_recording(tmp_path, "en", "balance.9")
        with pytest.raises(Unusable, match=r"balance\.9\.wav belongs to no text"):
            check_recordings(few, recordings)
        (recordings / "en" / "balance.9.wav").unlink()
        good.write_bytes(b"no wave")
        with pytest.raises(Unusable, match="is not a WAV file"):
            check_recordings(few, recordings)
        good.unlink()
        write_recording(tmp_path, "de", "hello")
        with pytest.raises(Unusable, match="is not the folder of a language: use tk, ru or en"):
            check_recordings(few, recordings)

    def test_a_missing_voice_is_told(self, few: Texts, tmp_path: Path, library: Library) -> None:
        with pytest.raises(Unusable, match="espeak-ng does not start"):
            render(few, tmp_path / "recordings", library, MISSING)

    def test_a_manifest_outlives_a_document(
        self, few: Texts, tmp_path: Path, library: Library, humming: NotingVoice
    ) -> None:
        manifest = render(few, tmp_path / "recordings", library, humming)
        assert Manifest.from_document(manifest.to_document()) == manifest

    @pytest.mark.parametrize("document", [None, {}, [], {"pieces": {}, "recordings": {}}])
    def test_a_damaged_document_is_told(self, document: object) -> None:
        with pytest.raises(FlowBroken, match="damaged"):
            Manifest.from_document(document)
