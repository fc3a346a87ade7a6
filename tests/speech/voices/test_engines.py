"""The voices that are built in, and one of an operator's own."""

from __future__ import annotations

import multiprocessing
import sys
from pathlib import Path

import numpy as np
import pytest

from ivr.domain.values import Language
from ivr.errors import Unusable
from ivr.settings import Settings
from ivr.speech.espeak import EspeakNg
from ivr.speech.external import OwnVoice
from ivr.speech.letters import to_kyrgyz
from ivr.speech.loudness import Samples
from ivr.speech.rhvoice import VOICES, Readers
from ivr.telephony import executables
from ivr.wiring.voices import _readers, engine, shown
from tests.speech.voices.speech import EN, RU, TK
from tests.waiting import until

WORDS = {TK: "Galyndyňyz kyrk bäş manat.", RU: "Ваш баланс: сорок пять манатов.", EN: "Hello."}
NAMED = [(language, name) for language, names in VOICES.items() for name in names]


def runs(state: Path) -> bool:
    """Whether the process of this stat file still does anything."""
    try:
        return not state.read_text().rpartition(") ")[2].startswith("Z")
    except (FileNotFoundError, ProcessLookupError):
        return False


KYRGYZ = {
    "galyndyňyz": "галындыңыз",
    "Ýeňillik paketi": "еңиллик пакэти",
    "ýakyn, ýone, ýuwaş": "якын, ёнэ, юваш",
    "hyzmatlaryň çägi": "хызматларың чэги",
    "jaň žurnal şäher": "жаң журнал шэхэр",
    "üçin öçürmek": "үчин өчүрмэк",
    "": "",
}
SAYS = """\
import sys, wave
words = sys.stdin.read()
with wave.open(sys.stdout.buffer, "wb") as sound:
    sound.setparams((1, 2, 8000, 0, "NONE", ""))
    sound.writeframes(b"\\0\\x20\\0\\xe0" * 40 * len(words))
"""


def is_speech(sound: Samples, rate: int) -> bool:
    return bool(len(sound) > 0.15 * rate and 0.05 < float(np.abs(sound).max()) <= 1.0)


class TestRHVoice:
    @pytest.mark.parametrize(("language", "name"), NAMED)
    def test_every_voice_says_the_same_bits_each_time(
        self, settings: Settings, language: Language, name: str
    ) -> None:
        voice = engine(settings, language, f"rhvoice:{name}")
        sound, rate = voice.read(WORDS[language])
        voice.read("a")
        again, _ = voice.read(WORDS[language])
        assert is_speech(sound, rate)
        assert np.array_equal(sound, again)

    def test_a_rate_makes_it_faster(self, settings: Settings) -> None:
        slow, rate = engine(settings, RU, "rhvoice:anna@80").read(WORDS[RU])
        fast, _ = engine(settings, RU, "rhvoice:anna@150").read(WORDS[RU])
        assert 1.5 < len(slow) / len(fast) < 2.3
        assert rate == 24_000

    @pytest.mark.parametrize("turkmen", KYRGYZ)
    def test_turkmen_is_given_in_kyrgyz_letters(self, turkmen: str) -> None:
        assert to_kyrgyz(turkmen) == KYRGYZ[turkmen]

    def test_other_data_is_another_voice(self, settings: Settings, tmp_path: Path) -> None:
        found = executables.rhvoice(settings)
        assert found is not None
        library, data = tmp_path / "library", tmp_path / "data"
        library.write_bytes(b"code")
        data.mkdir()
        identities = set()
        for stamp in ("first", "second"):
            (data / "stamp").write_text(stamp)
            identities.add(_readers.__wrapped__((), library, data).version)
        assert len(identities) == 2

    def test_a_process_that_ended_is_started_again(self, settings: Settings) -> None:
        found = executables.rhvoice(settings)
        assert found is not None
        readers = Readers(found[0], "")
        try:
            first, _ = readers.read("anna", 100, "два")
            (idle,) = readers._idle
            idle.close()
            second, _ = readers.read("anna", 100, "два")
        finally:
            readers.close()
        assert np.array_equal(first, second)

    def test_a_forked_process_reads_with_its_own(self, settings: Settings) -> None:
        voice = engine(settings, RU)
        before, _ = voice.read("два")
        context = multiprocessing.get_context("fork")
        inside = context.Queue()
        child = context.Process(target=lambda: inside.put(voice.read("два")[0]))
        child.start()
        assert np.array_equal(before, inside.get(timeout=20))
        child.join(timeout=20)
        after, _ = voice.read("два")
        assert np.array_equal(before, after)

    @pytest.mark.parametrize(
        ("program", "told"),
        [
            (["/nowhere/python"], r"RHVoice does not start \(No such file or directory\)"),
            (["true"], "RHVoice ended by itself: run"),
            (
                [sys.executable, "-c", "import sys; sys.exit('no such library')"],
                r"RHVoice ended by itself \(no such library\): run `make setup`",
            ),
            ([sys.executable, "-c", "import sys; sys.stdin.readline()"], "RHVoice ended by itself"),
            (
                [sys.executable, "-c", "print(end='\\0' * 8, flush=True); input(); input()"],
                "RHVoice has no voice 'anna', or cannot read 'два'",
            ),
        ],
    )
    def test_a_reader_that_fails_is_told(self, program: list[str], told: str) -> None:
        with pytest.raises(Unusable, match=told):
            Readers(program, "").read("anna", 100, "два")

    def test_a_reader_that_hangs_is_ended(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("ivr.speech.rhvoice.SECONDS", 0.0)
        with pytest.raises(Unusable, match=r"RHVoice did not finish 'два' in 0 seconds"):
            Readers([sys.executable, "-c", "input(); input()"], "").read("anna", 100, "два")


class TestEspeak:
    @pytest.mark.parametrize("language", Language)
    def test_speaks_every_language(self, settings: Settings, language: Language) -> None:
        voice = engine(settings, language, "espeak-ng")
        assert is_speech(*voice.read(WORDS[language]))
        assert voice.identity.split()[1].startswith("1.")  # its version

    def test_a_missing_program_is_told(self) -> None:
        with pytest.raises(Unusable, match=r"espeak-ng does not start \(.*\): run `make setup`"):
            EspeakNg(["/nowhere/espeak-ng"], TK).read("salam")

    def test_a_program_that_says_nothing_is_told(self) -> None:
        with pytest.raises(Unusable, match="no voice for tk"):
            EspeakNg(["true"], TK).read("salam")


class TestOwnVoice:
    def command(self, folder: Path, program: str) -> str:
        file = folder / "my voice.py"
        file.write_text(program, encoding="utf-8")
        return f"{sys.executable} '{file}' --language tk"

    def test_words_go_in_and_a_wav_comes_out(self, settings: Settings, tmp_path: Path) -> None:
        voice = engine(settings, TK, f"command:{self.command(tmp_path, SAYS)}")
        sound, rate = voice.read("jaň")
        assert (len(sound), rate) == (240, 8_000)

    @pytest.mark.parametrize(
        ("program", "told"),
        [
            ("", "wrote no WAV file to its standard output"),
            ("print('salam')", "what '.*' says for 'salam'"),
            ("import sys; sys.exit('no model\\nis loaded')", "failed with 'salam': is loaded"),
        ],
    )
    def test_one_that_fails_is_told(self, tmp_path: Path, program: str, told: str) -> None:
        with pytest.raises(Unusable, match=told):
            OwnVoice(self.command(tmp_path, program)).read("salam")

    @pytest.mark.parametrize(
        ("command", "told"),
        [
            ("/nowhere/voice --key hush", "'/nowhere/voice', the program of a voice, cannot be"),
            ("'say", "quotation mark that is not closed"),
        ],
    )
    def test_a_command_that_is_none_is_told(self, command: str, told: str) -> None:
        with pytest.raises(Unusable, match=told):
            OwnVoice(command)

    def test_what_it_is_called_with_is_shown_to_nobody(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        command = self.command(tmp_path, "") + " --key hush"
        voice = OwnVoice(command)
        with pytest.raises(Unusable) as failed:
            voice.read("salam")
        told = f"{failed.value} {voice.identity} {shown(f'command:{command}')}"
        assert "hush" not in told
        assert "python" in told

    def test_one_that_hangs_ends_with_what_it_has_started(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("ivr.speech.external.SECONDS", 3.0)
        pid = tmp_path / "pid"
        program = tmp_path / "voice"
        program.write_text(f"#!/bin/sh\nsleep 60 & echo $! >{pid}\nwait\n")
        program.chmod(0o700)
        with pytest.raises(Unusable, match="voice did not finish 'salam' in 3 seconds"):
            OwnVoice(str(program)).read("salam")
        state = Path(f"/proc/{pid.read_text().strip()}/stat")
        until(lambda: not runs(state))  # the kernel ends it in its own time

    def test_another_program_is_another_voice(self, tmp_path: Path) -> None:
        program = tmp_path / "voice"
        program.write_text("#!/bin/sh\n")
        program.chmod(0o700)
        first = OwnVoice(str(program)).identity
        assert OwnVoice(str(program)).identity == first
        assert OwnVoice(f"{program} --fast").identity != first
        program.write_text("#!/bin/sh\n# newer\n")
        assert OwnVoice(str(program)).identity != first
