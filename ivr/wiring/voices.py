"""Finds the available voices, and chooses one for each language."""

from __future__ import annotations

import atexit
import hashlib
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

from ivr.domain.values import Language
from ivr.errors import Unusable
from ivr.settings import Settings
from ivr.speech.espeak import EspeakNg
from ivr.speech.external import OwnVoice
from ivr.speech.rhvoice import USUAL, VOICES, Readers, RHVoice
from ivr.speech.voice import Engine, Voice
from ivr.system.checks import VOICE
from ivr.telephony import executables


def open_voice(settings: Settings) -> Voice:
    """Return the voices of the settings. Unusable: one of them is not available."""
    return Voice({language: engine(settings, language) for language in Language})


def wanted(settings: Settings, language: Language) -> str:
    """Return the voice of a language from the settings, or else the best available one."""
    said = {
        Language.TURKMEN: settings.voice_tk,
        Language.RUSSIAN: settings.voice_ru,
        Language.ENGLISH: settings.voice_en,
    }[language]
    return said or next(available(settings, language), "espeak-ng")


def shown(voice: str) -> str:
    """Return a voice for display: of a command only the program, as arguments may be secret."""
    kind, _, command = voice.partition(":")
    if kind != "command":
        return voice
    return f"command:{Path(command.split()[0]).name}"


def engine(settings: Settings, language: Language, voice: str = "") -> Engine:
    """Build a voice, written as in the settings; empty: the one of ``wanted``.

    Unusable: it is not available.
    """
    voice = voice or wanted(settings, language)
    chosen = VOICE.fullmatch(voice)
    if chosen is None:
        raise Unusable(f"'{shown(voice)}' is not a voice: `ivr voices` lists them")
    if (command := chosen["command"]) is not None:
        return OwnVoice(command.strip())
    rate = int(chosen["rate"] or 0)
    if chosen["engine"] == "espeak-ng":
        return EspeakNg(executables.program(settings, "espeak-ng"), language, rate)
    name = (chosen["name"] or VOICES[language][0]).lower()
    return _rhvoice(settings, language, name, rate or USUAL.get(name, 100))


def available(settings: Settings, language: Language) -> Iterator[str]:
    """Yield the voices of a language on this machine, written as in the settings, best first."""
    found = executables.rhvoice(settings)
    if found is not None:
        for name in VOICES[language]:
            if _info(found[2], name).exists():
                yield f"rhvoice:{name}"
    with suppress(Unusable):
        executables.program(settings, "espeak-ng")
        yield "espeak-ng"


def _rhvoice(settings: Settings, language: Language, name: str, percent: int) -> RHVoice:
    found = executables.rhvoice(settings)
    if found is None or not _info(found[2], name).exists():
        raise Unusable(
            f"RHVoice has no voice '{name}' here: run `make setup`, or choose one from `ivr voices`"
        )
    program, library, data = found
    return RHVoice(_readers(tuple(program), library, data), language, name, percent)


@cache
def _readers(program: tuple[str, ...], library: Path, data: Path) -> Readers:
    """Return the readers, shared by all languages: each process can use every voice."""
    version = hashlib.sha256(library.read_bytes())
    stamps = [data / "stamp", *sorted((data / "voices").glob("*/voice.info"))]
    for file in stamps:  # the stamp names the wheel; a Debian package has no stamp
        with suppress(FileNotFoundError):
            version.update(file.read_bytes())
    readers = Readers(program, version.hexdigest()[:8])
    atexit.register(readers.close)
    return readers


def _info(data: Path, name: str) -> Path:
    return data / "voices" / name / "voice.info"
