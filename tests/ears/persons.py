"""What people say, to compare: sentences and numbers of Asterisk's core sounds.

The transcripts are those of ``core-sounds-en.txt`` and ``core-sounds-ru.txt``.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import soundfile

from ivr.domain.values import Language
from ivr.speech.audio import NARROW, prepare

FOLDERS = {Language.RUSSIAN: "ru_RU_f_IvrvoiceRU", Language.ENGLISH: "en_US_f_Allison"}
SENTENCES: Mapping[Language, Mapping[str, str]] = {
    Language.RUSSIAN: {
        "agent-incorrect": "Ошибка регистрации. Введите номер оператора и нажмите решетку.",
        "agent-newlocation": "Наберите новый номер, завершив ввод клавишей решётка. Или просто "
        "нажмите решётку для немедленного соединения.",
        "agent-pass": "Введите пароль и нажмите решетку.",
        "auth-incorrect": "Пароль неверен. Введите пароль и нажмите решетку.",
        "conf-invalid": "Недействительный номер конференции, попробуйте еще раз.",
        "conf-onlyperson": "Вы являетесь первым участником конференции.",
        "conf-waitforleader": "Конференция начнётся после прихода её инициатора.",
        "dictate/forhelp": "Для справки нажмите ноль.",
        "invalid": "Ошибочный номер! Попробуйте ещё раз.",
        "pbx-invalid": "Извините, данный номер не существует. Пожалуйста, попробуйте еще раз.",
        "privacy-prompt": "Введите ваш номер телефона, начиная с кода территории.",
        "queue-periodic-announce": "Все наши операторы заняты. Пожалуйста, оставайтесь на линии, "
        "и Ваш звонок будет обслужен первым доступным оператором.",
        "ss-noservice": "Набранный вами номер отключён. Проверьте номер и повторите попытку.",
        "tt-allbusy": "В данный момент все операторы заняты. Пожалуйста, оставайтесь на линии, "
        "ваш вызов будет принят в порядке очереди.",
    },
    Language.ENGLISH: {
        "agent-incorrect": "Login incorrect. Please enter your agent number followed by the pound "
        "key.",
        "agent-newlocation": "Please enter a new extension, followed by pound.",
        "agent-pass": "Please enter your password followed by the pound key.",
        "auth-incorrect": "Password incorrect. Please enter your password followed by the pound "
        "key.",
        "conf-invalid": "That is not a valid conference number. Please try again.",
        "conf-onlyperson": "You are currently the only person in this conference.",
        "conf-waitforleader": "The conference will begin when the leader arrives.",
        "dictate/forhelp": "Press zero for help.",
        "invalid": "I am sorry, that's not a valid extension. Please try again.",
        "pbx-invalidpark": "I am sorry, there is no call parked on that extension. Please try "
        "again.",
        "privacy-prompt": "Please enter your phone number, starting with the area code.",
        "queue-periodic-announce": "All of our representatives are currently busy. Please stay on "
        "the line and your call will be answered by the next available representative.",
        "ss-noservice": "The number you have dialed is not in service. Please check the number and "
        "try again.",
        "queue-youarenext": "Your call is now first in line and will be answered by the next "
        "available representative.",
    },
}
PAUSE = 0.12
"""Seconds after a pair of digits, as a comma has."""


class Person:
    """The speaker of a language in a folder of Asterisk's sounds (``.gsm``)."""

    def __init__(self, sounds: Path, language: Language) -> None:
        self._folder = sounds / FOLDERS[language]

    def say(self, name: str) -> bytes:
        """A recording through the telephone path of the line: 8 kHz, A-law, -26 dBov."""
        return prepare(self._read(name), NARROW, PAUSE)["alaw"]

    def count(self, number: str) -> bytes:
        """A telephone number in pairs, put together as Asterisk's SayNumber does."""
        pairs = [number[at : at + 2] for at in range(0, len(number), 2)]
        return b"".join(prepare(self._join(_files(pair)), NARROW, PAUSE)["alaw"] for pair in pairs)

    def _join(self, names: list[str]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        return np.concatenate([self._read(f"digits/{name}") for name in names])

    def _read(self, name: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        sound, _ = soundfile.read(
            self._folder / f"{name}.gsm",
            samplerate=NARROW,
            channels=1,
            format="RAW",
            subtype="GSM610",
        )
        return np.asarray(sound, np.float64)


def _files(pair: str) -> list[str]:
    if pair[0] == "0":
        return [*pair]
    if pair[0] == "1" or pair[1] == "0":
        return [pair]
    return [f"{pair[0]}0", pair[1]]
