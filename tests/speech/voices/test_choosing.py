"""Which voice speaks, by the settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivr.domain.values import Language
from ivr.errors import Unusable
from ivr.settings import Settings, read_settings
from ivr.speech.rhvoice import VOICES
from ivr.telephony import executables
from ivr.wiring.voices import available, engine
from tests.speech.voices.speech import EN, RU, TK


class TestChoosing:
    def test_the_best_understood_voice_is_the_usual_one(self, settings: Settings) -> None:
        for language in Language:
            assert engine(settings, language).identity.startswith("RHVoice ")
            assert list(available(settings, language)) == [
                *(f"rhvoice:{name}" for name in VOICES[language]),
                "espeak-ng",
            ]

    def test_where_rhvoice_is_not_there_espeak_speaks(
        self, settings: Settings, tmp_path: Path
    ) -> None:
        for name in ("usr/bin/espeak-ng", "usr/lib/ld-linux.so.2"):
            (tmp_path / name).parent.mkdir(parents=True)
            (tmp_path / name).write_bytes(b"")
        without = settings.model_copy(update={"runtime": str(tmp_path)})
        assert list(available(without, RU)) == ["espeak-ng"]
        with pytest.raises(Unusable, match=r"RHVoice has no voice 'anna' here: run `make setup`"):
            engine(without, RU, "rhvoice:anna")

    @pytest.mark.parametrize(
        ("wanted", "identity"),
        [
            ("rhvoice", " anna 115"),
            ("rhvoice:irina", " irina 100"),
            ("rhvoice:Irina@80", " irina 80"),
            ("rhvoice@120", " anna 120"),
            ("espeak-ng", " ru 172"),
            ("espeak-ng@150", " ru 150"),
        ],
    )
    def test_a_setting_names_engine_voice_and_rate(
        self, monkeypatch: pytest.MonkeyPatch, wanted: str, identity: str
    ) -> None:
        monkeypatch.setenv("IVR_VOICE_RU", wanted)
        assert engine(read_settings(), RU).identity.endswith(identity)

    @pytest.mark.parametrize(
        "wrong",
        [
            *("anna", "rhvoice:", "rhvoice:anna@", "rhvoice:anna@fast", "rhvoice:a b", "RHVOICE"),
            *("rhvoice:../../etc", "espeak-ng@0", "espeak-ng@9", "espeak-ng@1000"),
            *("command:", "command:  "),
        ],
    )
    def test_a_setting_that_is_none_is_told(
        self, monkeypatch: pytest.MonkeyPatch, wrong: str
    ) -> None:
        monkeypatch.setenv("IVR_VOICE_EN", wrong)
        with pytest.raises(Unusable, match="setting IVR_VOICE_EN: give rhvoice"):
            read_settings()

    @pytest.mark.parametrize(("language", "name"), [(RU, "talgat"), (TK, "anna1"), (EN, "slt")])
    def test_a_voice_that_is_not_there_is_told(
        self, settings: Settings, language: Language, name: str
    ) -> None:
        with pytest.raises(Unusable, match=f"RHVoice has no voice '{name}' here"):
            engine(settings, language, f"rhvoice:{name}")

    def test_only_voices_that_may_be_used_commercially_are_unpacked(
        self, settings: Settings
    ) -> None:
        found = executables.rhvoice(settings)
        assert found is not None
        assert {each.name for each in (found[2] / "voices").iterdir()} == {
            *("anna", "irina", "bdl", "clb", "azamat", "nazgul")
        }
        languages = {each.name for each in (found[2] / "languages").iterdir()}
        assert languages == {"Russian", "English", "Kyrgyz"}
