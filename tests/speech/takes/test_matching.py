"""A take is cut, and its parts are matched with the script."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from ivr.errors import Unusable
from ivr.speech.loudness import Samples
from ivr.speech.matching import Matching, clock, match
from ivr.speech.script import Line
from ivr.speech.takes import cut, read_take
from tests.speech.recorders import wav, written
from tests.speech.takers import RATE, Taking, breath, click, hum, noise, reading, silence, synthetic
from tests.speech.takes.words import TK, take_of, words_of


@pytest.fixture(scope="module")
def sentences(lines: list[Line]) -> list[Line]:
    """Twelve that are read: some go on, some are short."""
    return [*lines[:10], *lines[11:13]]


@pytest.fixture(scope="module")
def numbers(lines: list[Line]) -> list[Line]:
    """Twenty in a row, all of nearly the same length."""
    first = next(at for at, line in enumerate(lines) if line.item.name == "value.nol.mid")
    return lines[first : first + 20]


def matched(lines: list[Line], read: list[Line], floor: float = 0.001) -> Matching:
    take = take_of(Taking(TK).read(words_of(read)).sound(floor))
    return match(take, cut(take), lines, lambda words: synthetic(TK, words))


PAUSES: dict[str, Callable[[int], Samples]] = {
    "nothing": lambda _: silence(0),
    "a breath": lambda _: np.concatenate([silence(0.35), breath()]),
    "a loud breath right before the next": lambda _: np.concatenate(
        [silence(0.6), breath(0.35, 0.03)]
    ),
    "a click": lambda _: np.concatenate([silence(0.2), click()]),
    "a click and a breath": lambda _: np.concatenate(
        [silence(0.15), click(0.3), silence(0.2), breath(0.3)]
    ),
    "a click now and then": lambda number: np.concatenate(
        [silence(0.1 * (1 + number % 3)), click()]
    ),
}


class TestCutting:
    @pytest.mark.parametrize("between", PAUSES.values(), ids=PAUSES.keys())
    @pytest.mark.parametrize("floor", [0.0, 0.0003, 0.002])
    def test_finds_each_item(
        self,
        sentences: list[Line],
        numbers: list[Line],
        between: Callable[[int], Samples],
        floor: float,
    ) -> None:
        words = words_of([*sentences[:6], *numbers[:8]])
        chunks = cut(take_of(Taking(TK).read(words, between).sound(floor)))
        assert len(chunks) == len(words)
        for chunk, each in zip(chunks, words, strict=True):
            assert chunk.seconds == pytest.approx(len(reading(TK, each)) / RATE, abs=0.25)
            assert chunk.first <= chunk.begin < chunk.end <= chunk.last

    def test_keeps_no_breath_and_no_click(self, numbers: list[Line]) -> None:
        words = words_of(numbers[:5])
        plain = cut(take_of(Taking(TK).read(words).sound()))
        between = PAUSES["a click and a breath"]
        disturbed = cut(take_of(Taking(TK).read(words, between).sound()))
        for one, other in zip(plain, disturbed, strict=True):
            assert other.begin == pytest.approx(one.begin, abs=0.05)
            assert other.last <= one.last + 0.01

    def test_hears_through_hum_and_hiss(self, numbers: list[Line]) -> None:
        words = words_of(numbers[:8])
        sound = Taking(TK).read(words).sound(0.003)
        assert len(cut(take_of(sound + hum(len(sound), 0.05)))) == len(words)

    def test_follows_a_noise_that_begins_in_the_middle(self, numbers: list[Line]) -> None:
        words = words_of(numbers[:12])
        sound = Taking(TK, pause=3).read(words).sound(0.0003)
        half = len(sound) // 2
        sound[half:] += noise(len(sound) - half, 0.004)
        assert len(cut(take_of(sound))) == len(words)

    @pytest.mark.parametrize(("pause", "count"), [(0.6, 1), (0.95, 4), (2.5, 4)])
    def test_takes_a_pause_from_eight_tenths_on(
        self, numbers: list[Line], pause: float, count: int
    ) -> None:
        words = words_of(numbers[20 - 4 :])
        assert len(cut(take_of(Taking(TK, pause).read(words).sound()))) == count

    @pytest.mark.parametrize(
        "sound",
        [np.concatenate([silence(2), click(), silence(2)]), noise(3 * RATE, 0.01), breath(2, 0.1)],
        ids=["a click", "hiss", "a breath"],
    )
    def test_finds_nothing_where_nobody_speaks(self, sound: Samples) -> None:
        assert cut(take_of(sound)) == []

    def test_takes_what_recordings_may_be(self, numbers: list[Line]) -> None:
        words = words_of(numbers[:4])
        sound = Taking(TK).read(words).sound()
        for data in (written("FLAC", "PCM_24", RATE, sound), written("OGG", "VORBIS", RATE, sound)):
            assert len(cut(read_take(data, "take"))) == 4

    def test_a_take_may_be_longer_than_a_recording(self) -> None:
        data = wav(np.tile(noise(10 * 8_000, 0.01), 40), rate=8_000)  # six minutes
        assert len(read_take(data, "take").samples) == 400 * 8_000

    def test_but_not_longer_than_an_hour(self) -> None:
        data = wav(np.zeros(3_601 * 6_000), rate=6_000, width=1)
        with pytest.raises(Unusable, match=r"longer than 60 minutes .* save it in parts"):
            read_take(data, "take.wav")


BOTH = pytest.mark.parametrize("which", ["sentences", "numbers"])


class TestMatching:
    @BOTH
    def test_items_in_their_order(self, which: str, request: pytest.FixtureRequest) -> None:
        lines: list[Line] = request.getfixturevalue(which)
        found = matched(lines, lines)
        assert [each.line for each in found.matches] == lines
        assert found.again == ()
        assert found.problems == ()

    @BOTH
    @pytest.mark.parametrize("again", [[3], [3, 3], [0, 5, 9]], ids=str)
    def test_the_last_of_repeated_readings_is_taken(
        self, which: str, again: list[int], request: pytest.FixtureRequest
    ) -> None:
        lines: list[Line] = request.getfixturevalue(which)
        read = sorted([*range(len(lines)), *again])
        found = matched(lines, [lines[at] for at in read])
        assert [each.line for each in found.matches] == lines
        assert [each.line for each in found.again] == [lines[at] for at in again]
        assert found.problems == ()
        for dropped in found.again:
            kept = next(each for each in found.matches if each.line == dropped.line)
            assert dropped.chunk.begin < kept.chunk.begin

    def test_a_slip_of_the_tongue_is_left_out(self, sentences: list[Line]) -> None:
        at = next(i for i, line in enumerate(sentences) if line.item.name == "menu.main.account")
        taking = Taking(TK).read(words_of(sentences[:at]))
        whole = reading(TK, sentences[at].item.words)
        taking.parts += [whole[: int(0.45 * len(whole))], silence(1.2)]
        take = take_of(taking.read(words_of(sentences[at:])).sound())
        found = match(take, cut(take), sentences, lambda words: synthetic(TK, words))
        assert [each.line for each in found.matches] == sentences
        assert [each.line for each in found.again] == [sentences[at]]
        assert found.problems == ()

    def test_talk_before_the_first_item_is_left_out(self, sentences: list[Line]) -> None:
        taking = Taking(TK).read(["Bir, iki, üç, başlaýarys"])
        take = take_of(taking.read(words_of(sentences)).sound())
        found = match(take, cut(take), sentences, lambda words: synthetic(TK, words))
        assert [each.line for each in found.matches] == sentences
        assert found.matches[0].chunk.begin > 2

    def test_talk_behind_the_last_item_is_told(self, sentences: list[Line]) -> None:
        taking = Taking(TK).read([*words_of(sentences), "Boldy, sag boluň"])
        take = take_of(taking.sound())
        found = match(take, cut(take), sentences, lambda words: synthetic(TK, words))
        assert found.problems

    @BOTH
    @pytest.mark.parametrize("at", [0, 4, 11])
    def test_a_missing_item_is_named_with_its_time(
        self, which: str, at: int, request: pytest.FixtureRequest
    ) -> None:
        lines: list[Line] = request.getfixturevalue(which)
        found = matched(lines, [*lines[:at], *lines[at + 1 :]])
        (problem,) = found.problems
        assert f"{lines[at].number} '" in problem
        assert "seems to be missing" in problem
        assert problem.startswith("0:")
        assert "\n" not in problem

    @BOTH
    def test_items_in_a_wrong_order_are_named(
        self, which: str, request: pytest.FixtureRequest
    ) -> None:
        lines: list[Line] = request.getfixturevalue(which)
        found = matched(lines, [*lines[:7], lines[8], lines[7], *lines[9:]])
        (problem,) = found.problems
        assert f"{lines[7].number} '" in problem
        assert f"{lines[8].number} '" in problem
        assert "seem to be swapped" in problem

    @BOTH
    def test_one_read_twice_and_one_not_at_all_do_not_go_unseen(
        self, which: str, request: pytest.FixtureRequest
    ) -> None:
        lines: list[Line] = request.getfixturevalue(which)
        found = matched(lines, [*lines[:3], lines[2], *lines[3:9], *lines[10:]])
        assert any(f"{lines[9].number} '" in each for each in found.problems)

    def test_an_item_of_a_wrong_length_is_named(self, sentences: list[Line]) -> None:
        found = matched(sentences, [*sentences[:6], sentences[4], *sentences[7:]])
        assert any(f"{sentences[6].number} '" in problem for problem in found.problems)

    def test_items_in_a_wrong_order_are_named_beside_repeated_ones(
        self, numbers: list[Line]
    ) -> None:
        read = [*numbers[:3], numbers[2], *numbers[3:7], numbers[8], numbers[7], *numbers[9:]]
        found = matched(numbers, read)
        assert [each.line for each in found.again] == [numbers[2]]
        assert any("seem to be swapped" in problem for problem in found.problems)

    def test_a_pause_at_a_full_stop_is_within_the_item(self, sentences: list[Line]) -> None:
        at = next(i for i, line in enumerate(sentences) if "! " in line.item.words)
        first, second = sentences[at].item.words.split("! ")
        taking = Taking(TK).read(words_of(sentences[:at]))
        taking.parts += [reading(TK, f"{first}!"), silence(0.9), reading(TK, second), silence(1.2)]
        take = take_of(taking.read(words_of(sentences[at + 1 :])).sound())
        found = match(take, cut(take), sentences, lambda words: synthetic(TK, words))
        assert [each.line for each in found.matches] == sentences
        assert found.problems == ()

    def test_the_speaker_has_a_pace(self, numbers: list[Line]) -> None:
        taking = Taking(TK)
        for words in words_of(numbers):
            taking.parts += [reading(TK, words, 90), silence(1.2)]
        take = take_of(taking.sound())
        found = match(take, cut(take), numbers, lambda words: synthetic(TK, words))
        assert found.pace > 1.6
        assert found.problems == ()

    @pytest.mark.parametrize(
        ("seconds", "shown"),
        [(0, "0:00.0"), (7.26, "0:07.3"), (61.5, "1:01.5"), (3599, "59:59.0"), (59.97, "1:00.0")],
    )
    def test_times_are_shown_as_players_do(self, seconds: float, shown: str) -> None:
        assert clock(seconds) == shown
