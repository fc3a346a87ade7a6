"""What reaches a voice: letters of its language. No digit, no abbreviation, no look-alike."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.domain.values import Language
from ivr.speech.letters import ALONE, NAMES, VOWELS
from ivr.speech.lexicon import read_lexicon
from ivr.speech.spelling import spell
from ivr.speech.texts import Texts
from tests.speech.conftest import PROMPTS

TK, RU, EN = Language.TURKMEN, Language.RUSSIAN, Language.ENGLISH
LEXICON = read_lexicon(PROMPTS / "pronunciation.yaml")
MARKS = set(" '-.,:;!?")
ALPHABET = (
    "abcçdeäfghijžklmnňoöprsştuüwyýzABCÇDEÄFGHIJŽKLMNŇOÖPRSŞTUÜWYÝZqvxQVX"
    "абвгдеёжзийклмнопрстуфхцчшщъыьэюяАБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ"
    "0123456789٠١٢५Ⅳ½²①  \t\n.,:;!?-–—−'’\"«»()[]/\\%№+&@#*_=<>~^|€$😀日本éßﬁĿ"
)
WORDS = (
    *("SMS", "MMS", "MMС", "GPRS", "12,50", "manat", "5-nji", "2026-njy", "1.250", "30%", "0890"),
    *("66300890", "MB", "3G", "4G+", "TMTs", "СМС-ки", "VIP-müşderi", "№", "7", "1-й", "MB/s"),
    *("999999999999999", "SIM-kart", "e-mail", "www.mts.tm", "bⅣ", "aA"),
)
WRITTEN = st.one_of(
    st.text(alphabet=ALPHABET, max_size=60),
    st.text(max_size=40),
    st.lists(
        st.sampled_from(WORDS),
        max_size=10,
    ).map(" ".join),
)


def unreadable(language: Language, said: str) -> list[str]:
    """What a voice of the language would garble, or say nothing for."""
    faults = [
        letter for letter in said if letter.isdigit() or not (letter.isalpha() or letter in MARKS)
    ]
    faults += [
        letter for letter in said if letter.isalpha() and letter.lower() not in NAMES[language]
    ]
    for word in said.replace("-", " ").replace("'", " ").split():
        letters = word.strip(".,:;!?")
        if len(letters) > 1 and letters[1:] != letters[1:].lower():
            faults.append(letters)  # capitals in a word are an abbreviation
        if language is TK and letters and not set(letters.lower()) & set(VOWELS[TK]):
            faults.append(letters)
        if len(letters) == 1 and language is TK and letters.lower() not in ALONE[TK]:
            faults.append(letters)
    return faults


class TestSpelling:
    @pytest.mark.parametrize(
        ("language", "written", "said"),
        [
            (TK, "5 manat", "bäş manat"),
            (TK, "12.50 manat", "on iki manat elli teňňe"),
            (TK, "30%", "otuz göterim"),
            (TK, "2026-njy ýyl", "iki müň ýigrimi altynjy ýyl"),
            (TK, "1-nji tapgyr", "birinji tapgyr"),
            (TK, "0890 belgi", "nol sekiz togsan belgi"),
            (TK, "66300890", "altmyş alty otuz nol sekiz togsan"),
            (TK, "SMS we MMS", "es em es we em em es"),
            (TK, "MMС", "em em es"),  # the last letter is Cyrillic
            (TK, "SMSler", "es em esler"),
            (TK, "VIP-müşderi", "wip-müşderi"),
            (TK, "BMG", "be em ge"),  # not in the pronunciation file: letter by letter
            (TK, "mb", "megabaýt"),
            (TK, "Алтын асыр", "Altyn asyr"),
            (TK, "№ 5", "belgi bäş"),
            (TK, "#", "gözenek"),
            (RU, "Соединяем с оператором", "Соединяем с оператором"),
            (RU, "В сети и к нам", "В сети и к нам"),
            (RU, "2 услуги", "два услуги"),
            (RU, "12,50 манат", "двенадцать манатов пятьдесят тенге"),
            (RU, "СМС", "эс эм эс"),
            (RU, "5-я", "пятая"),
            (RU, "30 %", "тридцать процентов"),
            (EN, "1,250 MB", "one thousand two hundred fifty megabytes"),
            (EN, "3rd", "third"),
            (EN, "don't", "don't"),
            (EN, "GPRS", "jee pee ar ess"),
        ],
    )
    def test_is_written_out(self, language: Language, written: str, said: str) -> None:
        assert spell(language, written, LEXICON) == said

    @given(language=st.sampled_from(Language), written=WRITTEN)
    def test_whatever_is_written_can_be_read(self, language: Language, written: str) -> None:
        said = spell(language, written, LEXICON)
        assert unreadable(language, said) == []
        assert "  " not in said
        assert said == said.strip()

    @given(written=WRITTEN)
    def test_turkmen_that_is_written_out_is_not_changed_again(self, written: str) -> None:
        said = spell(TK, written, LEXICON)
        assert spell(TK, said, LEXICON) == said

    @pytest.mark.parametrize("language", Language)
    def test_every_shipped_text_can_be_read(self, texts: Texts, language: Language) -> None:
        for key in texts.keys:
            for written in texts.segments(language, key).values():
                assert unreadable(language, spell(language, written, LEXICON)) == [], key

    def test_the_check_itself_sees_what_it_should(self) -> None:
        assert unreadable(TK, "bäş manat.") == []
        for fault in ("5 manat", "SMS habar", "mms", "сом", "a@b", "k"):
            assert unreadable(TK, fault), fault
