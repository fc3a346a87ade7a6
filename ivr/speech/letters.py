"""Letters: their names, their look-alikes in the other alphabet, which ones a voice can read."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

from ivr.domain.values import Language


def _named(pairs: str) -> dict[str, str]:
    named = (pair.split(":") for pair in pairs.split())
    return {letter: name.replace("_", " ") for letter, name in named}


NAMES: Mapping[Language, Mapping[str, str]] = {
    Language.TURKMEN: _named(
        "a:a b:be c:se ç:çe d:de e:e ä:ä f:ef g:ge h:ha i:i j:je ž:že k:ka l:el m:em n:en ň:eň "
        "o:o ö:ö p:pe q:ku r:er s:es ş:şe t:te u:u ü:ü v:we w:we x:iks y:y ý:ýe z:ze"
    ),
    Language.RUSSIAN: _named(
        "а:а б:бэ в:вэ г:гэ д:дэ е:е ё:ё ж:жэ з:зэ и:и й:и_краткое к:ка л:эль м:эм н:эн о:о п:пэ "
        "р:эр с:эс т:тэ у:у ф:эф х:ха ц:цэ ч:че ш:ша щ:ща ъ:твёрдый_знак ы:ы ь:мягкий_знак э:э "
        "ю:ю я:я a:эй b:би c:си d:ди e:и f:эф g:джи h:эйч i:ай j:джей k:кей l:эль m:эм n:эн o:о "
        "p:пи q:кью r:ар s:эс t:ти u:ю v:ви w:дабл-ю x:икс y:уай z:зет ä:э ç:че ň:эн ö:ё ş:ша ü:ю "
        "ý:уай ž:жэ"
    ),
    Language.ENGLISH: _named(
        "a:ay b:bee c:see d:dee e:ee f:ef g:jee h:aitch i:eye j:jay k:kay l:el m:em n:en o:oh "
        "p:pee q:cue r:ar s:ess t:tee u:you v:vee w:double-you x:ex y:why z:zed"
    ),
}
"""Names of letters, in lower case, for abbreviations that are not in the pronunciation file."""
VOWELS: Mapping[Language, str] = {
    Language.TURKMEN: "aäeioöuüy",
    Language.RUSSIAN: "аеёиоуыэюяaeiouyäöü",
    Language.ENGLISH: "aeiouy",
}
ALONE: Mapping[Language, str] = {
    Language.TURKMEN: "aäeioöuüy",
    Language.RUSSIAN: "авикосуя",
    Language.ENGLISH: "ai",
}
"""Single letters that are words or are read as words."""

_LATIN = "ABCEHKMOPTXYaceopxy"
_CYRILLIC = "АВСЕНКМОРТХУасеорху"
_TO_LATIN = str.maketrans(_CYRILLIC + "Іі", _LATIN + "Ii")
_TO_CYRILLIC = str.maketrans(_LATIN, _CYRILLIC)
_ROMANISED = {
    **dict(zip("абвгдежзийклмнопрстуфхыэ", "abwgdežziýklmnoprstufhye", strict=True)),
    "ё": "ýo",
    "ц": "s",
    "ч": "ç",
    "ш": "ş",
    "щ": "ş",
    "ъ": "",
    "ь": "",
    "ю": "ýu",
    "я": "ýa",
    "ә": "ä",
    "җ": "j",
    "ң": "ň",
    "ө": "ö",
    "ү": "ü",
}
"""Cyrillic in Turkmen spelling, including the letters of the former Turkmen alphabet."""

_KYRGYZ = dict(zip("aäbçdefghijžklmnňoöprsştuüwyýz", "аэбчдэфгхижжклмнңоөпрсштуүвыйз", strict=True))
"""Turkmen letters as a Kyrgyz voice reads them; ä and e become the same, and so do j and ž."""
_KYRGYZ_PAIRS = {"йа": "я", "йу": "ю", "йо": "ё", "йэ": "е"}


def to_kyrgyz(words: str) -> str:
    """Write Turkmen words in Kyrgyz letters, for a Kyrgyz voice."""
    text = "".join(_KYRGYZ.get(letter, letter) for letter in words.lower())
    for pair, letter in _KYRGYZ_PAIRS.items():
        text = text.replace(pair, letter)
    return text


def fold(word: str, language: Language) -> str:
    """Write a word in one alphabet: letters of the other one are look-alikes, as in "MMС".

    Turkmen and English are read from Latin letters only; Cyrillic words are transliterated.
    """
    cyrillic = [letter for letter in word if "\u0400" <= letter <= "\u04ff"]
    if not cyrillic:
        return word
    if len(cyrillic) < len(word):
        foreign = [letter for letter in cyrillic if letter not in _CYRILLIC]
        native = [letter for letter in word if letter not in cyrillic and letter not in _LATIN]
        towards_cyrillic = language is Language.RUSSIAN and (bool(foreign) or not native)
        word = word.translate(_TO_CYRILLIC if towards_cyrillic else _TO_LATIN)
    return word if language is Language.RUSSIAN else _romanised(word)


def readable(language: Language, text: str) -> str:
    """Drop the letters that the language's voice cannot read, and accents."""
    return "".join(_readable(NAMES[language], letter) for letter in text)


def _readable(names: Mapping[str, str], letter: str) -> str:
    if not letter.isalnum() or letter.lower() in names:
        return letter
    plain = unicodedata.normalize("NFKD", letter)[0]
    return plain if plain.lower() in names else ""


def _romanised(word: str) -> str:
    letters = []
    for letter in word:
        small = letter.lower()
        latin = _ROMANISED.get(small, letter)
        letters.append(latin.upper() if small != letter else latin)
    return "".join(letters)
