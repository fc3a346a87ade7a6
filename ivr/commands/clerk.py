"""Messages for the clerk of a sales office, in the language of the terminal (``LANG``)."""

from __future__ import annotations

import os
from collections.abc import Mapping

from ivr.care.codewords import ADVISED_LETTERS, LEAST_LETTERS, MOST_LETTERS, Weakness
from ivr.domain.values import Language

TK, RU, EN = Language.TURKMEN, Language.RUSSIAN, Language.ENGLISH
LOCALE = ("LC_ALL", "LC_MESSAGES", "LANG")

WORDS: Mapping[str, Mapping[Language, str]] = {
    "ask": {TK: "Kod sözi", RU: "Кодовое слово", EN: "Code word"},
    "set": {
        TK: "{number} belginiň kod sözi bellendi",
        RU: "кодовое слово номера {number} назначено",
        EN: "the code word of {number} is set",
    },
    "cleared": {
        TK: "{number} belginiň kod sözi aýryldy; täzesi bellenýänçä diňe pasport soralýar",
        RU: "кодовое слово номера {number} снято; до нового спрашивается только паспорт",
        EN: "the code word of {number} is cleared; until a new one is set, callers are asked for"
        " the passport",
    },
    "has-none": {
        TK: "{number} belginiň kod sözi ýok: aýyrmaly zat ýok",
        RU: "у номера {number} нет кодового слова: снимать нечего",
        EN: "{number} has no code word: nothing to clear",
    },
    "not-text": {
        TK: "faýl UTF-8 ýa-da UTF-16 tekst däl: kod sözüni ýönekeý tekst edip, UTF-8 bilen saklaň",
        RU: "файл — не текст в UTF-8 или UTF-16: сохраните кодовое слово простым текстом в UTF-8",
        EN: "the file is not text in UTF-8 or UTF-16: save the code word as plain text in UTF-8",
    },
    "lines": {
        TK: "faýlda {count} setir bar: diňe bir setir, kod sözüniň özi bolmaly",
        RU: "в файле строк: {count}; должна быть одна, само кодовое слово",
        EN: "the file has {count} lines: it must have one line, which is the code word",
    },
    "better": {
        TK: f"maslahat: {ADVISED_LETTERS} ýa-da has köp harp ygtybarlyrak",
        RU: f"совет: {ADVISED_LETTERS} и более букв надёжнее",
        EN: f"advice: {ADVISED_LETTERS} or more letters are safer",
    },
    "nobody": {
        TK: "{number} belgili abonent ýok",
        RU: "абонента с номером {number} нет",
        EN: "there is no subscriber {number}",
    },
    "not-a-number": {
        TK: "'{typed}' mobil belgi däl; nusga: 99365123456",
        RU: "'{typed}' — не мобильный номер; образец: 99365123456",
        EN: "'{typed}' is not a mobile number such as 99365123456",
    },
    "unlocked": {
        TK: "{number} belginiň petigi açyldy",
        RU: "номер {number} разблокирован",
        EN: "{number} is unlocked",
    },
    "not-locked": {
        TK: "{number} belgi boýunça şowsuz synanyşyk ýok: açmaly petik ýok",
        RU: "у номера {number} нет неудачных попыток: снимать нечего",
        EN: "{number} has no failed attempts: nothing to unlock",
    },
    Weakness.SHORT: {
        TK: f"kod sözünde azyndan {LEAST_LETTERS} harp bolmaly; {ADVISED_LETTERS} harp has gowy",
        RU: f"в кодовом слове должно быть не меньше {LEAST_LETTERS} букв; лучше {ADVISED_LETTERS}",
        EN: f"the code word needs at least {LEAST_LETTERS} letters; {ADVISED_LETTERS} are better",
    },
    Weakness.LONG: {
        TK: f"kod sözünde {MOST_LETTERS} harpdan köp bolmaly däl",
        RU: f"в кодовом слове может быть не больше {MOST_LETTERS} букв",
        EN: f"the code word may have at most {MOST_LETTERS} letters",
    },
    Weakness.LETTERS: {
        TK: "kod sözünde diňe bir elipbiýiň harplary we sanlar bolup biler",
        RU: "в кодовом слове могут быть только буквы одного алфавита и цифры",
        EN: "the code word may have letters of one alphabet and digits only",
    },
    Weakness.COMMON: {
        TK: "bu kod sözüni, ýa-da şol bir düwmeli başga sözi tapmak aňsat",
        RU: "это кодовое слово или другое с теми же клавишами слишком легко угадать",
        EN: "the code word, or another with the same keys, is too easy to guess",
    },
    Weakness.RUN: {
        TK: "kod sözüniň düwmeleri yzygiderli, mysal üçin 222222 ýa-da 234567",
        RU: "клавиши кодового слова идут подряд, как 222222 или 234567",
        EN: "the keys of the code word are a simple sequence such as 222222 or 234567",
    },
    Weakness.OWN: {
        TK: "kod sözi eýesiniň öz belgisi ýa-da pasporty",
        RU: "кодовое слово — собственный номер или паспорт владельца",
        EN: "the code word is the owner's own number or passport",
    },
}


def language() -> Language:
    """Return the language of the terminal; English if the line does not have that language."""
    locale = next((value for name in LOCALE if (value := os.environ.get(name))), "")
    code = locale.partition("_")[0].partition(".")[0]
    return Language(code) if code in set(Language) else EN


def words(name: str, **values: str) -> str:
    """Return a sentence in the language of the terminal."""
    return WORDS[name][language()].format(**values)
