"""Texts as a voice can read them: no digit, no abbreviation, no look-alike letter.

espeak-ng is silent on digits in Turkmen and garbles abbreviations, so none may reach it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import yaml

from ivr.errors import Unusable
from ivr.speech.forms import digits
from ivr.speech.numerals import MOST, cardinal
from ivr.values import Language


def _named(pairs: str) -> dict[str, str]:
    return dict(pair.split(":") for pair in pairs.split())


LETTERS: Mapping[Language, Mapping[str, str]] = {
    Language.TURKMEN: _named(
        "a:a b:be c:se ç:çe d:de e:e ä:ä f:ef g:ge h:ha i:i j:je ž:že k:ka l:el m:em n:en ň:eň "
        "o:o ö:ö p:pe q:ku r:er s:es ş:şe t:te u:u ü:ü v:we w:we x:iks y:y ý:ýe z:ze"
    ),
    Language.RUSSIAN: _named(
        "а:а б:бэ в:вэ г:гэ д:дэ е:е ё:ё ж:жэ з:зэ и:и й:й к:ка л:эль м:эм н:эн о:о п:пэ р:эр "
        "с:эс т:тэ у:у ф:эф х:ха ц:цэ ч:че ш:ша щ:ща ы:ы э:э ю:ю я:я a:эй b:би c:си d:ди e:и "
        "f:эф g:джи h:эйч i:ай j:джей k:кей l:эль m:эм n:эн o:о p:пи q:кью r:ар s:эс t:ти u:ю "
        "v:ви w:дабл-ю x:икс y:уай z:зет"
    ),
    Language.ENGLISH: _named(
        "a:ay b:bee c:see d:dee e:ee f:ef g:jee h:aitch i:eye j:jay k:kay l:el m:em n:en o:oh "
        "p:pee q:cue r:ar s:ess t:tee u:you v:vee w:double-you x:ex y:why z:zed"
    ),
}
"""Names of letters, for abbreviations that the pronunciation file does not know."""
MARKS = {
    Language.TURKMEN: {"%": "göterim", "№": "belgi", "+": "plýus", "&": "we"},
    Language.RUSSIAN: {"%": "процентов", "№": "номер", "+": "плюс", "&": "и"},
    Language.ENGLISH: {"%": "percent", "№": "number", "+": "plus", "&": "and"},
}
_LOOK_ALIKES = str.maketrans("АВСЕНКМОРТХаеорсухі", "ABCEHKMOPTXaeopcyxi")
_WORD = re.compile(r"[^\W\d_]+", re.UNICODE)
_DIGITS = re.compile(r"\d+", re.UNICODE)
GROUP = 2
"""Digits said together in a long number."""

Lexicon = Mapping[Language, Mapping[str, str]]
"""How words are said that are not said as they are written: ``SMS`` → "es em es"."""


def read_lexicon(path: Path) -> Lexicon:
    """Read ``prompts/pronunciation.yaml``. Unusable names the file and what is wrong."""
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        return {
            language: {str(word): str(said) for word, said in data[language].items()}
            for language in Language
        }
    except OSError as error:
        raise Unusable(f"{path}: cannot be read ({error.strerror})") from None
    except (yaml.YAMLError, UnicodeDecodeError, AttributeError, KeyError, TypeError):
        raise Unusable(
            f"{path}: it must have tk, ru and en, each with lines `WORD: how it is said`"
        ) from None


def spell(language: Language, text: str, lexicon: Lexicon) -> str:
    """The words of a text: what is said, and nothing that cannot be."""
    words = lexicon[language]
    text = _WORD.sub(lambda found: _fold(found.group()), text)
    for mark, name in MARKS[language].items():
        text = text.replace(mark, f" {name} ")
    text = _DIGITS.sub(lambda found: f" {_number(language, found.group())} ", text)
    text = _WORD.sub(lambda found: _word(language, found.group(), words), text)
    text = re.sub(r"\s+([.,:;!?])", r"\1", text)
    return re.sub(r"\s+", " ", text).strip()


def _fold(word: str) -> str:
    """Cyrillic letters in a Latin word are look-alikes, as in "MMС"."""
    if re.search(r"[A-Za-zÄÇŇÖŞÜÝŽäçňöşüýž]", word):
        return word.translate(_LOOK_ALIKES)
    return word


def _number(language: Language, written: str) -> str:
    plain = "".join(str(int(digit)) for digit in written)
    if plain.startswith("0") or int(plain) >= MOST:
        groups = [plain[at : at + GROUP] for at in range(0, len(plain), GROUP)]
        return " ".join(digits(language, group) for group in groups)
    return cardinal(language, int(plain))


def _word(language: Language, word: str, lexicon: Mapping[str, str]) -> str:
    if word in lexicon:
        return lexicon[word]
    if len(word) > 1 and word.isupper():
        names = LETTERS[language]
        return " ".join(names.get(letter, letter) for letter in word.lower())
    return word
