"""Speech that is not: pieces of noise, each its own, with pauses as rendered pieces have them."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np

from ivr.domain.values import Language
from ivr.softphone.exact_matcher import Fragment, Vocabulary, learn, piece

SILENT = bytes(320)


def alaw(seed: int, frames: int, quiet: int = 0) -> bytes:
    """A-law bytes of a piece: some quiet frames, noise, the same quiet again."""
    noise = np.random.default_rng(seed).integers(0, 256, (frames - 2 * quiet) * 160, np.uint8)
    pause = b"\xd5" * 160 * quiet
    return pause + noise.tobytes() + pause


def pieces(count: int, seed: int = 0) -> list[Fragment]:
    """Different pieces in all languages, from a quarter of a second to a second and a half."""
    chance = random.Random(seed)
    languages = list(Language)
    return [
        piece(
            languages[number % 3],
            f"words {number}",
            alaw(1000 * seed + number, chance.randint(12, 75), chance.randint(0, 3)),
        )
        for number in range(count)
    ]


def vocabulary_of(known: Sequence[Fragment]) -> Vocabulary:
    return learn(known)


def said(*spoken: Fragment) -> bytes:
    """What is heard when pieces are said one after another."""
    return b"".join(frame for each in spoken for frame in each.frames)
