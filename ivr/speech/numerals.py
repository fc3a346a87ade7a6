"""Numbers in words, by ICU's rule engine.

ICU has no rules for Turkmen and silently answers in English, so this module adds its own rules.
"""

from __future__ import annotations

import threading

import icu

from ivr.domain.values import Language

TURKMEN = """
%cardinal:
-x: minus >>;
0: nol; bir; iki; üç; dört; bäş; alty; ýedi; sekiz; dokuz;
10: on[ >>]; 20: ýigrimi[ >>]; 30: otuz[ >>]; 40: kyrk[ >>]; 50: elli[ >>];
60: altmyş[ >>]; 70: ýetmiş[ >>]; 80: segsen[ >>]; 90: togsan[ >>];
100: ýüz[ >>]; 200: << ýüz[ >>];
1000: << müň[ >>]; 1000000: << million[ >>]; 1000000000: << milliard[ >>];
%ordinal:
-x: minus >>;
0: nolunjy; birinji; ikinji; üçünji; dördünji; bäşinji; altynjy; ýedinji; sekizinji; dokuzynjy;
10: onunjy; on >>; 20: ýigriminji; ýigrimi >>; 30: otuzynjy; otuz >>; 40: kyrkynjy; kyrk >>;
50: ellinji; elli >>; 60: altmyşynjy; altmyş >>; 70: ýetmişinji; ýetmiş >>;
80: segseninji; segsen >>; 90: togsanynjy; togsan >>;
100: ýüzünji; ýüz >>; 200: <%cardinal< ýüzünji; <%cardinal< ýüz >>;
1000: <%cardinal< müňünji; <%cardinal< müň >>;
1000000: <%cardinal< millionynjy; <%cardinal< million >>;
1000000000: <%cardinal< milliardynjy; <%cardinal< milliard >>;
"""
"""ICU rule-based number format: ``x>>`` continues with the remainder, ``<<`` with the quotient."""

MOST_DIGITS = 12
"""Numbers with more digits are not spoken."""

_SETS = {
    Language.TURKMEN: ("%cardinal", "%ordinal"),
    Language.RUSSIAN: ("%spellout-cardinal-masculine", ""),
    Language.ENGLISH: ("%spellout-cardinal", "%spellout-ordinal"),
}
_ENDINGS = {
    "й": ("masculine", "ый"),
    "я": ("feminine", "ая"),
    "е": ("neuter", "ое"),
    "го": ("masculine-genitive", "ого"),
    "му": ("masculine-dative", "ому"),
    "м": ("masculine-locative", "ом"),
}
_HUNDREDS = ("двух", "трёх", "четырёх", "пяти", "шести", "семи", "восьми", "девяти")
RUSSIAN_ENDINGS = tuple(_ENDINGS)
"""Endings that Russian writes after the digits of an ordinal."""
YO = (("четверт", "четвёрт"), ("трех", "трёх"), ("четырех", "четырёх"))
"""ICU writes Russian words without ё, but a voice needs it."""
_engines = threading.local()


def cardinal(language: Language, number: int) -> str:
    """Return ``45`` as "kyrk bäş", "сорок пять" (masculine), "forty-five";
    ValueError from 10¹² on."""
    return _spell(language, number, _SETS[language][0])


def ordinal(language: Language, number: int) -> str:
    """Return ``22`` as "ýigrimi ikinji", "двадцать второе" (neuter), "twenty-second".

    ValueError from 10¹² on; in Russian from 100,000 on, where ICU has no words.
    """
    if language is Language.RUSSIAN:
        return russian_ordinal(number, "е")
    return _spell(language, number, _SETS[language][1])


def russian_year(number: int) -> str:
    """Return a year in the genitive: ``2026`` → "две тысячи двадцать шестого",
    ``1992`` → "тысяча …"."""
    return russian_ordinal(number, "го").removeprefix("одна ")


def russian_ordinal(number: int, ending: str) -> str:
    """Return a Russian ordinal, given the ending written after the digits: ``5, "я"`` → "пятая"."""
    rules, hundredth = _ENDINGS[ending]
    hundreds = abs(number) % 1000 // 100
    if hundreds < 2 or number % 100:
        return _spell(Language.RUSSIAN, number, f"%spellout-ordinal-{rules}")
    # ICU returns the cardinal here: "двести" for "двухсотый".
    rest = (abs(number) - hundreds * 100) * (-1 if number < 0 else 1)
    before = [cardinal(Language.RUSSIAN, rest)] if rest else ["минус"] * (number < 0)
    return " ".join([*before, f"{_HUNDREDS[hundreds - 2]}сот{hundredth}"])


def feminine(number: int) -> str:
    """Return a Russian cardinal for feminine nouns: ``2`` → "две" (минуты, тысячи)."""
    return _spell(Language.RUSSIAN, number, "%spellout-cardinal-feminine")


def neuter(number: int) -> str:
    """Return a Russian cardinal for neuter nouns: ``1`` → "одно" (сообщение)."""
    return _spell(Language.RUSSIAN, number, "%spellout-cardinal-neuter")


def genitive(number: int, *, is_feminine: bool = False) -> str:
    """Return a Russian cardinal in the genitive: ``21`` → "двадцати одного",
    feminine "двадцати одной"."""
    gender = "feminine" if is_feminine else "masculine"
    return _spell(Language.RUSSIAN, number, f"%spellout-cardinal-{gender}-genitive")


def _spell(language: Language, number: int, rules: str) -> str:
    if abs(number) >= 10**MOST_DIGITS:
        raise ValueError(f"{number} is too large to be spoken")
    words: str = _engine(language).format(number, rules)
    if any(letter.isdigit() for letter in words):
        raise ValueError(f"{number} has no words")
    words = words.replace("\u00ad", "")
    if language is Language.RUSSIAN:
        for plain, right in YO:
            words = words.replace(plain, right)
    return words


def _engine(language: Language) -> icu.RuleBasedNumberFormat:
    """Return this thread's formatter: ICU's formatters must not be shared between threads."""
    engines: dict[str, icu.RuleBasedNumberFormat] = _engines.__dict__
    if language not in engines:
        if language is Language.TURKMEN:
            engines[language] = icu.RuleBasedNumberFormat(TURKMEN, icu.Locale("tk"))
        else:
            engines[language] = icu.RuleBasedNumberFormat(
                icu.URBNFRuleSetTag.SPELLOUT, icu.Locale(language)
            )
    return engines[language]
