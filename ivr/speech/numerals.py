"""Numbers in words, by ICU's rule engine; the rules for Turkmen are ours.

ICU has no rules for Turkmen and silently answers in English; its engine takes rules of one's own.
"""

from __future__ import annotations

import threading

import icu

from ivr.values import Language

TURKMEN = """
%cardinal:
-x: minus >>;
0: nol; bir; iki; üç; dört; bäş; alty; ýedi; sekiz; dokuz;
10: on[ >>]; 20: ýigrimi[ >>]; 30: otuz[ >>]; 40: kyrk[ >>]; 50: elli[ >>];
60: altmyş[ >>]; 70: ýetmiş[ >>]; 80: segsen[ >>]; 90: togsan[ >>];
100: ýüz[ >>]; 200: << ýüz[ >>];
1000: << müň[ >>]; 1000000: << million[ >>]; 1000000000: << milliard[ >>];
%ordinal:
0: nolunjy; birinji; ikinji; üçünji; dördünji; bäşinji; altynjy; ýedinji; sekizinji; dokuzynjy;
10: onunjy; on >>; 20: ýigriminji; ýigrimi >>; 30: otuzynjy; otuz >>; 40: kyrkynjy; kyrk >>;
50: ellinji; elli >>; 60: altmyşynjy; altmyş >>; 70: ýetmişinji; ýetmiş >>;
80: segseninji; segsen >>; 90: togsanynjy; togsan >>;
100: ýüzünji; ýüz >>; 200: <%cardinal< ýüzünji; <%cardinal< ýüz >>;
1000: <%cardinal< müňünji; <%cardinal< müň >>;
1000000: <%cardinal< millionynjy; <%cardinal< million >>;
"""
"""ICU rule-based number format: ``x>>`` continues with the remainder, ``<<`` with the quotient."""

MOST = 10**12
"""Numbers of this size and above are not spoken."""

_SETS = {
    Language.TURKMEN: ("%cardinal", "%ordinal"),
    Language.RUSSIAN: ("%spellout-cardinal-masculine", "%spellout-ordinal-neuter"),
    Language.ENGLISH: ("%spellout-cardinal", "%spellout-ordinal"),
}
_engines = threading.local()


def cardinal(language: Language, number: int) -> str:
    """``45`` → "kyrk bäş", "сорок пять" (masculine), "forty-five"; ValueError from 10¹² on."""
    return _spell(language, number, _SETS[language][0])


def ordinal(language: Language, number: int) -> str:
    """``22`` → "ýigrimi ikinji", "двадцать второе" (neuter), "twenty-second"."""
    return _spell(language, number, _SETS[language][1])


def russian_year(number: int) -> str:
    """A year in the genitive: ``2026`` → "две тысячи двадцать шестого"."""
    return _spell(Language.RUSSIAN, number, "%spellout-ordinal-masculine-genitive")


def feminine(number: int) -> str:
    """A Russian cardinal of feminine things: ``2`` → "две" (минуты, тысячи)."""
    return _spell(Language.RUSSIAN, number, "%spellout-cardinal-feminine")


def _spell(language: Language, number: int, rules: str) -> str:
    if not -MOST < number < MOST:
        raise ValueError(f"{number} is too large to be spoken")
    words: str = _engine(language).format(number, rules)
    return words.replace("\u00ad", "")


def _engine(language: Language) -> icu.RuleBasedNumberFormat:
    """ICU's formatters are not shared between threads."""
    engines: dict[str, icu.RuleBasedNumberFormat] = _engines.__dict__
    if language not in engines:
        if language is Language.TURKMEN:
            engines[language] = icu.RuleBasedNumberFormat(TURKMEN, icu.Locale("tk"))
        else:
            engines[language] = icu.RuleBasedNumberFormat(
                icu.URBNFRuleSetTag.SPELLOUT, icu.Locale(language)
            )
    return engines[language]
