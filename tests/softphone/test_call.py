"""``ivr call``: the script of keys, and what the terminal shows."""

from __future__ import annotations

from typing import cast

import pytest

from ivr.commands.call import Conversation, read_keys
from ivr.domain.values import Language
from ivr.errors import Unusable
from ivr.softphone.exact_matcher import ExactMatcher, Vocabulary, learn, piece
from ivr.softphone.phone import Phone
from ivr.softphone.prompt_listener import PromptListener
from tests.softphone.sounds import SILENT, alaw, said

WELCOME = piece(Language.TURKMEN, "Salam!", alaw(1, 40, quiet=2))
FORTY = piece(Language.TURKMEN, "kyrk", alaw(2, 25, quiet=2))
FIVE = piece(Language.TURKMEN, "bäş", alaw(3, 25, quiet=2))
MANAT = piece(Language.TURKMEN, "manat.", alaw(4, 30, quiet=2))
NEXT = piece(Language.TURKMEN, "Indiki.", alaw(5, 60, quiet=2))
WORDS = learn([WELCOME, FORTY, FIVE, MANAT, NEXT])


class FakePhone:
    """Remembers what is pressed."""

    def __init__(self) -> None:
        self.pressed = ""
        self.ended = False

    def press(self, keys: str) -> None:
        self.pressed += keys

    def hangup(self) -> None:
        self.ended = True


class FakeListener:
    """Hears a sound, a fifth of a second each time it listens."""

    def __init__(self, vocabulary: Vocabulary, sound: bytes, phone: FakePhone) -> None:
        self.hearing = ExactMatcher(vocabulary)
        self.rest, self.phone = sound, phone

    def listen(self) -> object:
        part, self.rest = self.rest[:3200], self.rest[3200:]
        self.phone.ended = not self.rest
        return self.hearing.feed(part)

    def __getattr__(self, name: str) -> object:
        match name:
            case "silent_for":
                return self.hearing.seconds - self.hearing.quiet_since
            case "last_sound":
                return self.hearing.quiet_since
            case _:
                return getattr(self.hearing, name)


def held(sound: bytes, keys: str) -> tuple[Conversation, FakePhone]:
    phone = FakePhone()
    listener = FakeListener(WORDS, sound, phone)
    conversation = Conversation(cast(Phone, phone), cast(PromptListener, listener))
    conversation.go_on(read_keys(keys), 10.0)
    conversation.finish()
    return conversation, phone


def test_sentences_stand_on_lines_of_their_own(capsys: pytest.CaptureFixture[str]) -> None:
    held(said(WELCOME, FORTY, FIVE, MANAT, NEXT), "w")
    lines = [line.split(maxsplit=1)[1] for line in capsys.readouterr().out.splitlines()]
    assert lines == ["Salam!", "kyrk bäş manat.", "Indiki."]


def test_words_are_shown_while_they_are_said(capsys: pytest.CaptureFixture[str]) -> None:
    held(said(NEXT)[: 30 * 320], "w")
    assert capsys.readouterr().out.endswith("Indiki.\n")


def test_keys_are_pressed_after_the_prompt_where_the_script_waits() -> None:
    conversation, phone = held(said(WELCOME) + SILENT * 60 + said(NEXT) + SILENT * 60, "w 1 2")
    assert phone.pressed == "12"
    assert conversation.pressed[0][0] > 40 * 0.02 + 0.5


def test_a_pause_is_a_second_long() -> None:
    conversation, _ = held(said(NEXT, NEXT, NEXT), "1 p 2")
    (first, _), (second, _) = conversation.pressed
    assert second - first > 0.9


def test_what_was_heard_and_pressed_is_in_the_document() -> None:
    conversation, _ = held(said(WELCOME) + SILENT * 60, "3 w")
    document = conversation.document()
    assert document["heard"] == [
        {"start": 0.0, "end": 0.8, "language": "tk", "words": "Salam!", "complete": True}
    ]
    assert [each["key"] for each in cast(list[dict[str, object]], document["keys"])] == ["3"]


def test_separators_in_a_script_mean_nothing() -> None:
    assert read_keys("2 1, w 3\tp#*0") == ["2", "1", "w", "3", "p", "#", "*", "0"]


def test_what_is_no_key_is_named() -> None:
    with pytest.raises(Unusable, match="'x' is not a key"):
        read_keys("1 x")
