"""Notices as the owner reads them: every language, two short messages at most, nothing secret."""

from __future__ import annotations

import dataclasses
from datetime import date, time

import pytest

from ivr.care.notices import Notices
from ivr.domain.dialogue import Value
from ivr.domain.notices import Occasion
from ivr.domain.values import Language
from ivr.network.shortmessage import encode
from ivr.settings import PROJECT
from ivr.speech.texts import PLACEHOLDER, read_texts
from ivr.speech.written import WrittenTexts
from ivr.testing.demo import NUMBER, subscriber
from ivr.testing.messages import MemoryOutbox
from ivr.testing.subscribers import MemorySubscribers

TEXTS = read_texts(PROJECT / "prompts")
ALLOWED = {"targets:plain", "target:phone", "date:monthday", "time:clock"}


def body(language: Language, occasion: Occasion, numbers: int = 1) -> str:
    """What the owner reads."""
    owner = MemorySubscribers({NUMBER: dataclasses.replace(subscriber(), language=language)})
    outbox = MemoryOutbox()
    values: dict[str, Value] = {
        "targets": " ".join(f"9936100000{index}" for index in range(numbers)),
        "target": "99361000000",
        "date": date(2026, 12, 31),
        "time": time(23, 55),
    }
    Notices(owner, outbox, WrittenTexts(TEXTS)).tell(NUMBER, occasion, f"{occasion}:1", **values)
    ((_, written),) = outbox.messages.values()
    return written


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("occasion", Occasion)
class TestNotices:
    @pytest.mark.parametrize("numbers", [1, 2, 4])
    def test_they_take_two_short_messages_at_most(
        self, language: Language, occasion: Occasion, numbers: int
    ) -> None:
        is_held = occasion is Occasion.HELD_FORWARDING  # which sets one number
        written = body(language, occasion, 1 if is_held else numbers)
        assert written.count("61 00 00 0") in (0, 1, numbers)
        assert len(encode(written, 1).parts) <= 2
        if any(ord(letter) > 0xFF for letter in written):
            assert len(written) <= 2 * 67

    def test_they_say_who_writes_and_what_to_do(
        self, language: Language, occasion: Occasion
    ) -> None:
        written = body(language, occasion)
        assert written.startswith("0890: ")
        assert "0890" in written[6:] or occasion is Occasion.CODEWORD
        assert "{" not in written

    def test_they_name_no_more_than_they_must(self, language: Language, occasion: Occasion) -> None:
        text = TEXTS.by_language[language][f"sms.notice.{occasion}"]
        assert {each.group(1) for each in PLACEHOLDER.finditer(text)} <= ALLOWED


@pytest.mark.parametrize("language", Language)
def test_the_new_number_of_a_forwarding_is_read(language: Language) -> None:
    for occasion in (Occasion.FORWARDING, Occasion.HELD_FORWARDING, Occasion.FAVOURITE):
        assert "61 00 00 00" in body(language, occasion)
    assert "31.12" in body(language, Occasion.HELD_FORWARDING)
    assert "23:55" in body(language, Occasion.HELD_FORWARDING)
