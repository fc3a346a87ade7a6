"""One voice for a sentence made of several texts: "For your balance," and "press one."."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ivr.domain.dialogue import Speaker, Utterance

FINAL = (".", "!", "?")
"""Characters that end a sentence, so that the next text does not continue it."""


def one_voice(utterances: Sequence[Utterance]) -> list[Utterance]:
    """Return the same utterances with one voice for each sentence.

    The voice must have the whole sentence: a person, only if every text of it is recorded.
    """
    said: list[Utterance] = []
    for sentence in sentences(utterances):
        while len(sentence) > 1 and len(speakers := _speakers(sentence)) > 1:
            last = max(speakers)
            sentence = [
                each if each.by is None or each.speakers == {last} else each.by(last)
                for each in sentence
            ]
        said += sentence
    return said


def _speakers(sentence: Sequence[Utterance]) -> set[Speaker]:
    return {speaker for each in sentence if each.by is not None for speaker in each.speakers}


def sentences(utterances: Sequence[Utterance]) -> Iterator[list[Utterance]]:
    """Group the utterances that belong to one sentence."""
    sentence: list[Utterance] = []
    for each in utterances:
        if sentence and sentence[-1].language is not each.language:
            yield sentence
            sentence = []
        sentence.append(each)
        if each.words.endswith(FINAL):
            yield sentence
            sentence = []
    if sentence:
        yield sentence
