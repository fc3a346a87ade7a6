"""What counts as heard wrong."""

from __future__ import annotations

import pytest

from ivr.domain.values import Language
from ivr.settings import PROJECT
from ivr.speech.lexicon import read_lexicon
from tests.ears.rates import Rate, compare, figures, nearest, rough, total, words

TK, RU, EN = Language.TURKMEN, Language.RUSSIAN, Language.ENGLISH
LEXICON = read_lexicon(PROJECT / "prompts" / "pronunciation.yaml")


@pytest.mark.parametrize(
    ("said", "heard", "wrong"),
    [
        ("abc", "abc", 0),
        ("abc", "abd", 1),
        ("abc", "ab", 1),
        ("abc", "abcd", 1),
        ("abc", "", 3),
        ("", "ab", 2),
        ("kitten", "sitting", 3),
    ],
)
def test_what_was_replaced_left_out_or_added_is_wrong(said: str, heard: str, wrong: int) -> None:
    assert compare(said, heard) == Rate(wrong, len(said))


def test_a_rate_is_of_all_that_was_said_and_no_sentence_is_more_than_all_wrong() -> None:
    every = total([Rate(1, 2), Rate(0, 6), Rate(150, 2)])
    assert every == Rate(3, 10)
    assert every.percent == 30.0


@pytest.mark.parametrize(
    ("language", "text", "digits"),
    [
        (EN, "sixty-six, thirty, zero eight, ninety", "66300890"),
        (EN, "66-30-08-90.", "66300890"),
        (EN, "66, 30, oh eight, 90", "66300890"),
        (EN, "forty five thirty", "4530"),
        (EN, "one hundred and twenty-eight manat sixty-five tenge", "12865"),
        (EN, "1,250 manat", "1250"),
        (EN, "one thousand eight hundred manat", "1800"),
        (EN, "a hundred and five", "105"),
        (EN, "the twenty-second of November two thousand twenty-six", "222026"),
        (EN, "November 22nd, 2026", "222026"),
        (EN, "two thousand 26", "2026"),
        (EN, "twenty to four", "204"),
        (EN, "nothing at all", ""),
        (RU, "шестьдесят шесть, тридцать, ноль восемь, девяносто", "66300890"),
        (RU, "сто двадцать восемь манатов шестьдесят пять тенге", "12865"),
        (RU, "двадцать второе ноября две тысячи двадцать шестого года", "222026"),
        (RU, "22-е ноября 2026 года", "222026"),
        (RU, "с девяти до восемнадцати часов", "918"),
        (RU, "тысяча восемьсот манатов", "1800"),
        (RU, "двадцать одну минуту, две минуты", "212"),
        (RU, "четвертое и четвёртое", "44"),
        (TK, "altmyş alty, otuz, nol sekiz, togsan", "66300890"),
        (TK, "iki müň ýigrimi altynjy ýylyň üçünji marty", "20263"),
        (TK, "ýüz ýigrimi sekiz manat", "128"),
        (TK, "müň sekiz ýüz manat", "1800"),
    ],
)
def test_numbers_are_digits_in_words_and_in_figures(
    language: Language, text: str, digits: str
) -> None:
    assert figures(language, text) == digits


@pytest.mark.parametrize(
    ("language", "said", "heard"),
    [
        (EN, "For yes, press one; for no, press two.", "For yes press 1. For no press 2!"),
        (EN, "SMS packages", "S.M.S. packages"),
        (EN, "nine AM to six PM", "9 a.m. to 6pm"),
        (EN, "forty-five manat", "45 Manat"),
        (RU, "Ещё раз: девять.", "еще раз 9"),
        (RU, "двадцать второе ноября", "22-е ноября"),
    ],
)
def test_the_same_words_in_another_spelling_are_not_wrong(
    language: Language, said: str, heard: str
) -> None:
    rate = compare(words(language, said, LEXICON), words(language, heard, LEXICON))
    assert rate.wrong == 0
    assert rate.of >= 2


@pytest.mark.parametrize(
    ("turkmen", "related"),
    [
        ("Altmyş alty, otuz", "Altmış altı otuz"),
        ("altmyş alty", "66"),
        ("altmyş alty, otuz, nol sekiz, togsan", "66300890"),
        ("nol sekiz", "08"),
        ("jogap bermeýär", "cogap bermeyer"),
        ("JAŇ", "CAN"),
        ("ÝYLY", "YILI"),
        ("Iki", "İki"),
        ("belgi", "belği"),
        ("žurnal, wagt", "jurnal vaqt"),
    ],
)
def test_related_spellings_are_alike_in_the_rough_alphabet(turkmen: str, related: str) -> None:
    assert rough(turkmen, is_turkmen=True) == rough(related) != ""


@pytest.mark.parametrize(
    ("turkmen", "related"), [("bäş", "boş"), ("jaň", "yan"), ("ýyl", "cıl"), ("kyrk", "66")]
)
def test_other_sounds_stay_others_in_the_rough_alphabet(turkmen: str, related: str) -> None:
    assert rough(turkmen, is_turkmen=True) != rough(related)


def test_the_nearest_text_is_by_share_of_the_longer_one() -> None:
    texts = ["basyn", "operatorucinnolabasyn", "ikabasyn"]
    assert nearest("ikebasin", texts) == "ikabasyn"
    assert nearest("operaturuchinnola", texts) == "operatorucinnolabasyn"
