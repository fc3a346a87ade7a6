"""Read text aloud with RHVoice's library, one request after another.

It runs as a program; its arguments are the folder of the library and the folder of its data. The
loader of the package tree starts it, because the tree's C++ library is newer than the system's. It
uses only the Python standard library. A request is a line of JSON (``voice``, ``rate`` as a
multiple of the voice's own, ``text``). The answer is the rate in hertz and the number of bytes, 4
bytes each, little endian, then the samples of 16 bits. If the text could not be read, both numbers
are 0.
"""

import ctypes
import json
import sys
from typing import Any

SET_RATE = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int, ctypes.c_void_p)
PLAY = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_uint, ctypes.c_void_p
)


class Callbacks(ctypes.Structure):
    """``RHVoice_callbacks`` of RHVoice.h, version 1.8 to 1.14."""

    _fields_ = (
        ("set_sample_rate", SET_RATE),
        ("play_speech", PLAY),
        *(
            (name, ctypes.c_void_p)
            for name in (
                *("process_mark", "word_starts", "word_ends"),
                *("sentence_starts", "sentence_ends", "play_audio", "done"),
            )
        ),
    )


class Beginning(ctypes.Structure):
    """``RHVoice_init_params``."""

    _fields_ = (
        ("data_path", ctypes.c_char_p),
        ("config_path", ctypes.c_char_p),
        ("resource_paths", ctypes.c_void_p),
        ("callbacks", Callbacks),
        ("options", ctypes.c_uint),
    )


class Manner(ctypes.Structure):
    """``RHVoice_synth_params``."""

    _fields_ = (
        ("voice_profile", ctypes.c_char_p),
        *((f"absolute_{name}", ctypes.c_double) for name in ("rate", "pitch", "volume")),
        *((f"relative_{name}", ctypes.c_double) for name in ("rate", "pitch", "volume")),
        ("punctuation_mode", ctypes.c_int),
        ("punctuation_list", ctypes.c_char_p),
        ("capitals_mode", ctypes.c_int),
        ("flags", ctypes.c_int),
    )


class Reader:
    """RHVoice with its library loaded."""

    def __init__(self, library: str, data: str) -> None:
        self._library = _declared(ctypes.CDLL(library))
        self._rate, self._sound = 0, bytearray()
        self._callbacks = Callbacks(SET_RATE(self._set_rate), PLAY(self._play))
        self._engine = self._library.RHVoice_new_tts_engine(
            ctypes.byref(Beginning(data.encode(), data.encode(), None, self._callbacks, 0))
        )
        if not self._engine:
            raise SystemExit("RHVoice has no voices there")

    def read(self, voice: str, rate: float, text: str) -> tuple[int, bytes]:
        """Return hertz and samples of 16 bits; 0 and empty if the text cannot be read."""
        self._rate = 0
        self._sound.clear()
        said = text.encode()
        manner = Manner(voice.encode(), 0, 0, 0, rate, 1, 1)
        message = self._library.RHVoice_new_message(
            self._engine, said, len(said), 0, ctypes.byref(manner), None
        )
        if not message:
            return 0, b""
        self._library.RHVoice_speak(message)
        self._library.RHVoice_delete_message(message)
        return self._rate, bytes(self._sound)

    def _set_rate(self, rate: int, _data: object) -> int:
        self._rate = rate
        return 1

    def _play(self, samples: Any, count: int, _data: object) -> int:
        self._sound.extend(ctypes.string_at(samples, 2 * count))
        return 1


def _declared(library: ctypes.CDLL) -> ctypes.CDLL:
    library.RHVoice_new_tts_engine.restype = ctypes.c_void_p
    library.RHVoice_new_message.restype = ctypes.c_void_p
    library.RHVoice_new_message.argtypes = (
        *(ctypes.c_void_p, ctypes.c_char_p, ctypes.c_uint, ctypes.c_int),
        *(ctypes.c_void_p, ctypes.c_void_p),
    )
    library.RHVoice_speak.argtypes = (ctypes.c_void_p,)
    library.RHVoice_delete_message.argtypes = (ctypes.c_void_p,)
    return library


def main() -> None:
    """Serve until standard input ends."""
    reader = Reader(*sys.argv[1:3])
    for line in sys.stdin.buffer:
        request = json.loads(line)
        rate, sound = reader.read(request["voice"], request["rate"], request["text"])
        sizes = (0, 0) if not rate or not sound else (rate, len(sound))
        answer = b"".join(size.to_bytes(4, "little") for size in sizes)
        sys.stdout.buffer.write(answer + (sound if sizes[1] else b""))
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
