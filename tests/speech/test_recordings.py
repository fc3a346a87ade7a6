"""Recordings of others: heard whole and right, or refused by their cause; the same by a check and
by publishing."""

from __future__ import annotations

import random
import warnings
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from ivr.domain.values import Language
from ivr.errors import Unusable
from ivr.speech.audio import prepare, read_wave
from ivr.speech.library import Library
from ivr.speech.manifest import check_recordings, recorded
from ivr.speech.recording import MOST_BYTES, read_recording
from ivr.speech.texts import Texts
from tests.speech.bad_recordings import refused
from tests.speech.recorders import Case, alike, heard, speech, wav

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import audioop

EN = Language.ENGLISH
UNTOLD = {
    "RF64 that never learned its length",
    "length 0",
    "length 0xFFFFFFFF",
    "length 0x7FFFFFFF",
    "length of a pipe, LIST behind",
    "length 0, LIST behind",
    "MP3 without a count",
}
"""Files that say nowhere how long they are."""
HEARD, REFUSED = list(heard()), list(refused())


@pytest.fixture
def texts() -> Texts:
    words = {language: {"hello": "Hello", "part": "Is {n:number} it?"} for language in Language}
    return Texts(words, {language: {} for language in Language})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "recordings" / "en").mkdir(parents=True)
    return tmp_path / "recordings"


class TestRecordings:
    def test_there_are_many(self) -> None:
        assert len(HEARD) + len(REFUSED) >= 60
        assert len({case.name for case in HEARD + REFUSED}) == len(HEARD) + len(REFUSED)

    @pytest.mark.parametrize("case", HEARD, ids=lambda case: case.name)
    def test_are_heard_whole_and_right(
        self, texts: Texts, folder: Path, library: Library, case: Case
    ) -> None:
        (folder / "en" / "hello.wav").write_bytes(case.data)
        sound, rate = read_wave(case.data, case.name)
        assert alike(speech(16_000), 16_000, sound, rate) > 0.97
        assert len(sound) / rate == pytest.approx(0.6, abs=0.06)
        check_recordings(texts, folder)
        made = recorded(texts, folder, library).recordings[EN]["hello"]
        alaw = np.frombuffer(audioop.alaw2lin(library.alaw(made.hash), 2), "<i2") / 2**15
        assert alike(speech(16_000), 16_000, alaw, 8_000) > 0.93

    @pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.name)
    def test_are_refused_by_their_cause_everywhere(
        self, texts: Texts, folder: Path, library: Library, case: Case
    ) -> None:
        file = folder / "en" / "hello.wav"
        file.write_bytes(case.data)
        with pytest.raises(Unusable) as checked:
            check_recordings(texts, folder)
        with pytest.raises(Unusable) as published:
            recorded(texts, folder, library)
        said = str(checked.value)
        assert said == str(published.value)
        assert said.startswith(f"{file} ")
        assert case.said in said
        assert ";" in said, "no way out"
        assert "\n" not in said

    @pytest.mark.parametrize("case", HEARD, ids=lambda case: case.name)
    def test_that_break_off_are_no_whole_ones(self, case: Case) -> None:
        """No header leaves its reader with less than it tells of; without one, all is heard."""
        whole, _ = read_wave(case.data, case.name)
        for share in (0.999, 0.97, 0.8, 0.5, 0.2, 0.01):
            with suppress(Unusable):
                sound, _ = read_wave(case.data[: int(len(case.data) * share)], case.name)
                if len(sound) < 0.99 * len(whole):
                    assert case.name in UNTOLD, f"{share} was heard as the whole"
                    assert len(sound) / len(whole) == pytest.approx(share, abs=0.05)

    @pytest.mark.parametrize("at", range(0, 60, 3))
    def test_with_a_wrong_byte_in_the_header_are_refused_or_heard(self, at: int) -> None:
        for value in (0, 1, 0x7F, 0xFF):
            data = bytearray(wav())
            data[at] = value
            with suppress(Unusable):
                sound, rate = read_wave(bytes(data), "hello.wav")
                assert 0.05 < len(sound) / rate < 5

    def test_with_wrong_bytes_anywhere_are_refused_or_heard(self) -> None:
        """No file makes another error than a refusal, and what is taken can be published."""
        numbers = random.Random(5)
        cases = [case.data for case in HEARD if "MP3" not in case.name]  # each takes a process
        taken = 0
        for _ in range(250):
            data = bytearray(numbers.choice(cases))
            at = numbers.randrange(min(len(data), numbers.choice([44, 200, len(data)])))
            match numbers.randrange(4):
                case 0:
                    data[at] = numbers.randrange(256)
                case 1:
                    del data[at : at + numbers.randrange(1, 400)]
                case 2:
                    data[at:at] = bytes(numbers.randrange(1, 200))
                case _:
                    del data[numbers.randrange(len(data)) :]
            with suppress(Unusable):
                sound, rate = read_recording(bytes(data), Path("hello.wav"))
                assert len(prepare(sound, rate, 0.1)["alaw"]) >= 1_600
                taken += 1
        assert 20 < taken < 200


class TestFolders:
    @pytest.mark.parametrize("name", ["hello.WAV", "hello.mp3", "part.2.flac", "hello.Wave"])
    def test_any_ending_of_a_recording_is_taken(
        self, texts: Texts, folder: Path, library: Library, name: str
    ) -> None:
        (folder / "en" / name).write_bytes(wav())
        check_recordings(texts, folder)
        assert set(recorded(texts, folder, library).recordings[EN]) == {name.rpartition(".")[0]}

    @pytest.mark.parametrize("name", [".DS_Store", "._hello.wav", "Thumbs.db", "desktop.ini"])
    def test_files_of_computers_are_passed_over(
        self, texts: Texts, folder: Path, library: Library, name: str
    ) -> None:
        (folder / "en" / name).write_bytes(b"\0\1")
        (folder / name).write_bytes(b"\0\1")
        check_recordings(texts, folder)
        assert recorded(texts, folder, library).recordings[EN] == {}

    @pytest.mark.parametrize(
        ("name", "said"),
        [
            ("helo.wav", "belongs to no text"),
            ("Hello.wav", "belongs to no text"),
            ("part.wav", "belongs to no text"),
            ("part.3.wav", "belongs to no text"),
            ("hello.wav.wav", "belongs to no text"),
            ("hello.m4a", "does not have the name of a recording"),
            ("hello.txt", "does not have the name of a recording"),
            ("hello", "does not have the name of a recording"),
        ],
    )
    def test_what_does_not_belong_there_is_named(
        self, texts: Texts, folder: Path, library: Library, name: str, said: str
    ) -> None:
        (folder / "en" / name).write_bytes(wav())
        with pytest.raises(Unusable, match=said):
            check_recordings(texts, folder)
        with pytest.raises(Unusable, match=said):
            recorded(texts, folder, library)

    def test_two_of_one_text_are_named(self, texts: Texts, folder: Path) -> None:
        for name in ("hello.wav", "hello.mp3"):
            (folder / "en" / name).write_bytes(wav())
        with pytest.raises(Unusable, match=r"hello\.wav and hello\.mp3 belong to the same text"):
            check_recordings(texts, folder)

    def test_a_folder_in_the_place_of_a_file_is_named(self, texts: Texts, folder: Path) -> None:
        (folder / "en" / "hello.wav").mkdir()
        with pytest.raises(Unusable, match="is not a file"):
            check_recordings(texts, folder)

    def test_a_link_to_nothing_is_named(self, texts: Texts, folder: Path) -> None:
        (folder / "en" / "hello.wav").symlink_to(folder / "gone.wav")
        with pytest.raises(Unusable, match=r"hello\.wav"):
            check_recordings(texts, folder)

    def test_a_huge_file_is_not_read(self, texts: Texts, folder: Path) -> None:
        with (folder / "en" / "hello.wav").open("wb") as file:
            file.truncate(MOST_BYTES + 1)
        with pytest.raises(Unusable, match="is larger than 64 MB"):
            check_recordings(texts, folder)
