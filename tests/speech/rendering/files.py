"""Files of texts and recordings."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np

from ivr.domain.values import Language
from ivr.speech.espeak import EspeakNg
from ivr.speech.library import Library
from ivr.speech.manifest import render
from ivr.speech.prompts import SpokenPrompts
from ivr.speech.texts import Texts, read_texts
from ivr.speech.voice import Voice

EN = Language.ENGLISH
MISSING = Voice({each: EspeakNg(["/nowhere/espeak-ng"], each) for each in Language})
TEXTS = {
    "hello": "Hello!",
    "balance": "The balance of {number:phone} is {balance:money}, on {day:date}.",
    "named": "You chose {service:text}.",
    "service": "SMS messages",
}


def write_texts(folder: Path, texts: dict[str, str]) -> Texts:
    for language in Language:
        (folder / f"{language}.yaml").write_text(
            "".join(f'{key}: "{text}"\n' for key, text in texts.items()), encoding="utf-8"
        )
    (folder / "pronunciation.yaml").write_text('tk: {}\nru: {}\nen: {SMS: "ess em ess"}\n')
    return read_texts(folder)


def write_recording(folder: Path, language: str, name: str, tone: float = 440.0) -> Path:
    file = folder / "recordings" / language / f"{name}.wav"
    file.parent.mkdir(parents=True, exist_ok=True)
    sound = (8_000 * np.sin(np.arange(16_000) * 2 * np.pi * tone / 16_000)).astype("<i2")
    with wave.open(str(file), "wb") as target:
        target.setnchannels(1)
        target.setsampwidth(2)
        target.setframerate(16_000)
        target.writeframes(sound.tobytes())
    return file


def rendered(texts: Texts, folder: Path, library: Library, voice: Voice) -> SpokenPrompts:
    manifest = render(texts, folder / "recordings", library, voice)
    return SpokenPrompts(texts, manifest, library, voice)
