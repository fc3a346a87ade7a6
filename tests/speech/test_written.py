"""Texts as they are read: values in figures, in each language."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path

import pytest

from ivr.domain.dialogue import Value
from ivr.domain.values import Language, Money
from ivr.errors import FlowBroken, Unusable
from ivr.network.shortmessage import encode
from ivr.speech.forms import KINDS, spoken
from ivr.speech.manifest import Manifest
from ivr.speech.texts import LONGEST_WRITTEN, Texts, read_texts
from ivr.speech.written import WrittenTexts, written

TK, RU, EN = Language.TURKMEN, Language.RUSSIAN, Language.ENGLISH


@pytest.mark.parametrize(
    ("language", "kind", "value", "expected"),
    [
        (EN, "money", Money(4530), "45.30 manat"),
        (TK, "money", Money(1000), "10 manat"),
        (TK, "money", Money(5), "0.05 manat"),
        (RU, "money", Money(100), "1 манат"),
        (RU, "money", Money(4530), "45.30 маната"),
        (RU, "money", Money(1100), "11 манатов"),
        (EN, "money", Money(-305), "-3.05 manat"),
        (RU, "money", Money(-300), "-3 маната"),
        (EN, "money", Money(0), "0 manat"),
        (TK, "date", date(2026, 11, 2), "02.11.2026"),
        (TK, "phone", "99366300890", "66 30 08 90"),
        (TK, "phone", "0890", "08 90"),
        (EN, "code", "73104826", "73 10 48 26"),
        (EN, "code", "123", "1 23"),
        (RU, "number", 1200, "1200"),
        (TK, "megabytes", 200, "200 MB"),
        (RU, "megabytes", 200, "200 МБ"),
        (EN, "megabytes", 5 * 1024, "5 GB"),
        (RU, "megabytes", 1024, "1 ГБ"),
        (EN, "megabytes", 0, "0 MB"),
        (EN, "monthday", date(2026, 3, 2), "02.03"),
        (TK, "clock", time(8, 0), "08:00"),
        (RU, "seconds", 21, "21 секунда"),
        (TK, "plain", "Oba 2", "Oba 2"),
        (TK, "days", 30, "30 gün"),
        (RU, "days", 31, "31 день"),
        (EN, "days", 1, "1 day"),
        (RU, "minutes", 2, "2 минуты"),
        (EN, "percent", 15, "15%"),
    ],
)
def test_a_value_in_figures(language: Language, kind: str, value: Value, expected: str) -> None:
    assert written(language, kind, value) == expected


SAMPLES: tuple[Value, ...] = (Money(1), date(2026, 3, 2), time(8, 0), 5, "12")


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ("text", "plain")])
def test_everything_that_can_be_said_can_be_written(kind: str) -> None:
    for value in SAMPLES:
        try:
            spoken(EN, kind, value)
        except ValueError:
            continue
        assert written(EN, kind, value)
        break
    else:
        pytest.fail("no sample is of this kind")


@pytest.mark.parametrize(
    ("kind", "value"), [("money", 5), ("phone", "12a"), ("code", ""), ("date", "x"), ("odd", 1)]
)
def test_what_is_not_of_its_kind_is_refused(kind: str, value: Value) -> None:
    with pytest.raises(ValueError, match="written"):
        written(EN, kind, value)


class TestShippedTexts:
    def test_a_text_in_a_text(self, texts: Texts) -> None:
        write = WrittenTexts(texts).write
        said = write(EN, "sms.order.change.on", service="service.mms")
        assert said == f"{write(EN, 'service.mms')}: on."

    def test_values_stand_in_their_places(self, texts: Texts) -> None:
        said = WrittenTexts(texts).write(
            RU, "account.balance.other", number="99365123456", balance=Money(4530)
        )
        assert said == "Баланс номера 65 12 34 56: 45.30 маната."

    def test_what_is_missing_is_told(self, texts: Texts) -> None:
        write = WrittenTexts(texts).write
        for key, values in (
            ("no.such.text", {}),
            ("account.balance.other", {"number": "99365123456"}),
            ("account.balance", {"balance": 5}),
            ("sms.order.change.on", {"service": "no.such.text"}),
        ):
            with pytest.raises(FlowBroken, match="text '"):
                write(EN, key, **values)

    @pytest.mark.parametrize("language", list(Language))
    def test_every_message_fits_a_few_parts(self, texts: Texts, language: Language) -> None:
        for key in texts.keys:
            if key.startswith("sms.") and not texts.slots(key):
                body = WrittenTexts(texts).write(language, key)
                assert len(encode(body, 0).parts) <= 4, key

    def test_no_sound_is_made_of_what_is_only_written(
        self, texts: Texts, shipped: tuple[object, Manifest]
    ) -> None:
        _, manifest = shipped
        for language in Language:
            said = " ".join(sound.words for sound in manifest.sounds(language))
            assert "APN" not in said
            assert "a pe en" not in said.lower()


def test_a_text_of_more_than_ten_messages_is_refused(texts: Texts, tmp_path: Path) -> None:
    for language in Language:
        longer = "ab " * (LONGEST_WRITTEN // 3 + 1) if language is RU else "short"
        line = f'sms.order.done: "{longer}"\n'
        (tmp_path / f"{language}.yaml").write_text(line, encoding="utf-8")
    (tmp_path / "pronunciation.yaml").write_text("tk: {}\nru: {}\nen: {}\n", encoding="utf-8")
    with pytest.raises(Unusable, match=r"ru.yaml, line 1: text 'sms.order.done' is longer than"):
        read_texts(tmp_path)
