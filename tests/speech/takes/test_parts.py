"""Parts and pieces of a take."""

from __future__ import annotations

import pytest

from ivr.errors import Unusable
from ivr.speech.importing import Part, match_part, pieces_of
from ivr.speech.matching import Matching
from ivr.speech.script import Line
from tests.speech.takers import RATE, Taking, noise, reading, synthetic
from tests.speech.takes.words import TK, take_of, words_of


class TestParts:
    def found(self, lines: list[Line], read: list[Line], part: Part) -> Matching:
        take = take_of(Taking(TK).read(words_of(read)).sound())
        return match_part(take, lines, part, lambda words: synthetic(TK, words), "take.wav")

    def test_end_with_a_chapter(self, lines: list[Line]) -> None:
        main = [line for line in lines if line.chapter == "main"]
        assert [each.line for each in self.found(lines, main, Part()).matches] == main

    def test_begin_where_the_user_says(self, lines: list[Line]) -> None:
        info = [line for line in lines if line.chapter == "info"]
        found = self.found(lines, info, Part(info[0].item.name))
        assert [each.line for each in found.matches] == info

    def test_end_where_the_user_says(self, lines: list[Line]) -> None:
        found = self.found(lines, lines[3:7], Part("4", "7"))
        assert [each.line for each in found.matches] == lines[3:7]

    def test_are_of_the_take_that_is_named(self, lines: list[Line]) -> None:
        """The second take of a name serves the same text, under another name."""
        ends = [line for line in lines if line.chapter == "names that end a sentence"][:4]
        found = self.found(lines, ends, Part(ends[0].item.name, ends[-1].item.name))
        assert [each.line for each in found.matches] == ends

    def test_leave_out_what_the_user_says(self, lines: list[Line]) -> None:
        part = Part("4", "9", skipped=["6"])
        found = self.found(lines, [*lines[3:5], *lines[6:9]], part)
        assert [each.line for each in found.matches] == [*lines[3:5], *lines[6:9]]
        assert found.problems == ()

    def test_drop_what_is_said_at_a_time(self, lines: list[Line]) -> None:
        read = [lines[3], lines[200], *lines[4:9]]
        begin = 1 + len(reading(TK, read[0].item.words)) / RATE + 1.2
        found = self.found(lines, read, Part("4", "9", dropped=[begin + 0.5]))
        assert [each.line for each in found.matches] == lines[3:9]
        assert found.problems == ()

    @pytest.mark.parametrize(
        ("part", "said"),
        [
            (Part("4", "welkom"), "no item 'welkom'"),
            (Part("4"), "no chapter ends there: from 4 'Dili üýtgetmek"),
            (Part("4", skipped=["9999"]), "no item '9999'"),
        ],
    )
    def test_that_are_not_there_are_refused(self, lines: list[Line], part: Part, said: str) -> None:
        with pytest.raises(Unusable, match=said) as refused:
            self.found(lines, lines[3 : 3 + 20], part)
        assert "\n" not in str(refused.value)

    def test_something_else_than_the_script_is_refused(self, lines: list[Line]) -> None:
        first = next(at for at, line in enumerate(lines) if line.item.name == "refused.pending.1")
        read = lines[first : first + 10]
        with pytest.raises(Unusable, match="does not match the script from 1 'Salam!'"):
            self.found(lines, read, Part())

    def test_nobody_is_heard(self, lines: list[Line]) -> None:
        with pytest.raises(Unusable, match="it has no speech"):
            match_part(
                take_of(noise(RATE, 0.01)), lines, Part(), lambda w: synthetic(TK, w), "take.wav"
            )


class TestPieces:
    def test_of_a_clean_take_are_good(self, lines: list[Line]) -> None:
        read = lines[:10]
        take = take_of(Taking(TK).read(words_of(read)).sound(0.0002))
        found = match_part(take, lines, Part(), lambda words: synthetic(TK, words), "take.wav")
        pieces = pieces_of(take, found)
        assert [each.findings for each in pieces] == [()] * 10

    def test_of_a_hissing_take_are_not(self, lines: list[Line]) -> None:
        take = take_of(Taking(TK).read(words_of(lines[:10])).sound(0.006))
        found = match_part(take, lines, Part(), lambda words: synthetic(TK, words), "take.wav")
        for piece in pieces_of(take, found):
            assert not piece.is_good
            assert "noise" in {finding.check for finding in piece.findings}
