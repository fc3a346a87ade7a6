"""Which voices are there, and which one speaks each language."""

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
    """The voices of the settings. Unusable: one that is named in them is not there."""
    return Voice({language: engine(settings, language) for language in Language})


def wanted(settings: Settings, language: Language) -> str:
    """What the settings say of a language's voice, or the best that is there."""
    said = {
        Language.TURKMEN: settings.voice_tk,
        Language.RUSSIAN: settings.voice_ru,
        Language.ENGLISH: settings.voice_en,
    }[language]
    return said or next(available(settings, language), "espeak-ng")


def shown(voice: str) -> str:
    """A voice as people may see it: of a command its program alone, as the rest may be a secret."""
    kind, _, command = voice.partition(":")
    if kind != "command":
        return voice
    return f"command:{Path(command.split()[0]).name}"


def engine(settings: Settings, language: Language, voice: str = "") -> Engine:
    """A voice, written as in the settings; empty: the one that ``wanted`` names.

    Unusable: it is not there.
    """
    voice = voice or wanted(settings, language)
    chosen = VOICE.fullmatch(voice)
    if chosen is None:
        raise Unusable(f"'{shown(voice)}' is no voice: `ivr voices` says which there are")
    if (command := chosen["command"]) is not None:
        return OwnVoice(command.strip())
    rate = int(chosen["rate"] or 0)
    if chosen["engine"] == "espeak-ng":
        return EspeakNg(executables.program(settings, "espeak-ng"), language, rate)
    name = (chosen["name"] or VOICES[language][0]).lower()
    return _rhvoice(settings, language, name, rate or USUAL.get(name, 100))


def available(settings: Settings, language: Language) -> Iterator[str]:
    """The voices that a language has on this machine, as in the settings, the best first."""
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
            f"RHVoice has no voice '{name}' here: run `make setup`, or choose one that `ivr "
            "voices` names"
        )
    program, library, data = found
    return RHVoice(_readers(tuple(program), library, data), language, name, percent)


@cache
def _readers(program: tuple[str, ...], library: Path, data: Path) -> Readers:
    """One for all languages: each process reads every voice."""
    version = hashlib.sha256(library.read_bytes())
    stamps = [data / "stamp", *sorted((data / "voices").glob("*/voice.info"))]
    for file in stamps:  # the stamp names the wheel; a package has no stamp
        with suppress(FileNotFoundError):
            version.update(file.read_bytes())
    readers = Readers(program, version.hexdigest()[:8])
    atexit.register(readers.close)
    return readers


def _info(data: Path, name: str) -> Path:
    return data / "voices" / name / "voice.info"
