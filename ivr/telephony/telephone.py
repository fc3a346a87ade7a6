"""The caller's telephone over AGI: plays, and collects keys.

Menus are one ``EXEC Read`` for all their sounds: it stops at the first key and leaves what is
pressed behind it for the next one. Secrets are ``GET DATA``, whose answer is in no channel
variable; ``#`` ends it, ``*`` is part of its answer.

Seen on Asterisk 22: between two commands it reads the channel and throws keys away, so a key
pressed while the dialogue thinks (a code word is compared, an order carried out) is lost. An ear
listens then, with short ``WAIT FOR DIGIT``; one command is in flight at any time, since a second
one in the same read would never run.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from ivr.errors import CallerHungUp, FlowBroken, IvrError
from ivr.ports import Utterance
from ivr.telephony.agi import LONGEST_COMMAND, Agi, NotAsterisk
from ivr.values import Secret

MARGIN = 10.0
"""Seconds added to what a command should take, before the connection is given up."""
AT_ONCE = 0.001
EAR_SECONDS, LONGEST_EAR = 0.01, 0.08
"""How long the ear listens at a time, which is the most that it delays the next question.

It grows while the dialogue thinks, so that many calls that wait for a slow network cost little.
"""
BURST_SECONDS = 0.7
"""Keys that come no farther apart belong together: who keys ahead keys all of it."""
KEY = "IVR_KEY"
MOST_QUEUED = 100


def _no_recording(_muted: bool) -> None:
    """Nothing records this call."""


class AgiTelephone:
    """Implements ``ivr.ports.Telephone`` for one call."""

    def __init__(self, agi: Agi, mute: Callable[[bool], None] = _no_recording) -> None:
        """``mute`` silences a recording of the call while a secret is keyed in."""
        self._agi = agi
        self._mute = mute
        self._ahead = ""
        self._turn = threading.Lock()
        self._thinking = threading.Event()
        self._closed = False
        self._ear: threading.Thread | None = None

    def close(self) -> None:
        """End the ear. The connection is the server's to close."""
        self._closed = True
        self._thinking.set()
        if self._ear is not None:
            self._ear.join()

    def play(self, utterances: Sequence[Utterance]) -> None:
        with self._talking():
            if not self._ahead:
                self._ahead = self._read(utterances, AT_ONCE) or ""

    def ask_key(self, utterances: Sequence[Utterance], first: float) -> str | None:
        with self._talking():
            return self._key(utterances, first)

    def ask_digits(
        self,
        utterances: Sequence[Utterance],
        complete: Callable[[str], bool],
        first: float,
        between: float,
    ) -> str | None:
        with self._talking():
            key = self._key(utterances, first)
            if key is None:
                return None
            keys = ""
            while key not in ("#", None):
                keys += key
                if complete(keys):
                    break
                key = self._next(between)
            return keys

    def ask_secret(
        self, utterance: Utterance, most: int, first: float, between: float
    ) -> Secret | None:
        if len(utterance.sounds) != 1:
            raise FlowBroken(f"text {utterance.key}: a prompt for a secret must be one sound")
        with self._talking():
            self._mute(True)
            try:
                self._forget()
                keys, ended = self._get_data(utterance, most, max(first, between))
            finally:
                self._mute(False)
        return None if not keys and ended == "timeout" else Secret(keys)

    def forget_keys(self) -> None:
        with self._talking():
            self._forget()

    def note(self, name: str, value: str) -> None:
        with self._talking():
            self._agi.set_variable(name, value)

    def noted(self, name: str) -> str:
        """A channel variable; "" when it is not set."""
        with self._talking():
            return str(self._agi.get_full_variable(f"${{{name}}}"))

    @contextmanager
    def _talking(self) -> Iterator[None]:
        """The dialogue's turn, as soon as the ear lets go."""
        self._thinking.clear()
        with self._turn:
            yield
        if self._ear is None and not self._closed:
            self._ear = threading.Thread(target=self._listen, name="ear", daemon=True)
            self._ear.start()
        self._thinking.set()

    def _listen(self) -> None:
        """Keep the keys that are pressed while the dialogue thinks."""
        wait = EAR_SECONDS
        while True:
            if not self._thinking.is_set():
                wait = EAR_SECONDS
                self._thinking.wait()
            with self._turn:
                if self._closed:
                    return
                if not self._thinking.is_set():
                    continue
                try:
                    self._ahead += self._wait_for_digit(wait) or ""
                except IvrError:
                    return  # the next question meets it too
            wait = min(wait * 2, LONGEST_EAR)

    def _forget(self) -> None:
        """Drop the keys that were pressed, and the rest of a burst that is still being pressed."""
        burst, self._ahead = bool(self._ahead), ""
        for _ in range(MOST_QUEUED):
            if self._wait_for_digit(BURST_SECONDS if burst else AT_ONCE) is None:
                return
            burst = True

    def _key(self, utterances: Sequence[Utterance], first: float) -> str | None:
        return self._taken() or self._read(utterances, first)

    def _taken(self) -> str:
        key, self._ahead = self._ahead[:1], self._ahead[1:]
        return key

    def _next(self, wait: float) -> str | None:
        return self._taken() or self._wait_for_digit(wait)

    def _wait_for_digit(self, wait: float) -> str | None:
        reply = self._agi.execute("WAIT FOR DIGIT", max(1, int(wait * 1000)), wait=wait + MARGIN)
        code = reply["result"][0]
        if not (code.isdecimal() and code.isascii() and len(code) <= 3):
            raise NotAsterisk("a key has no code")
        return chr(int(code)) if code != "0" else None

    def _get_data(self, utterance: Utterance, most: int, wait: float) -> tuple[str, str]:
        return self._agi.execute(
            "GET DATA",
            self._agi._quote(utterance.sounds[0]),
            int(wait * 1000),
            most,
            wait=utterance.seconds + wait * (most + 1) + MARGIN,
        )["result"]

    def _read(self, utterances: Sequence[Utterance], wait: float) -> str | None:
        sounds = [sound for utterance in utterances for sound in utterance.sounds]
        seconds = sum(utterance.seconds for utterance in utterances)
        chunks = list(_chunks(sounds)) or [[]]
        for chunk in chunks[:-1]:
            key = self._read_once(chunk, AT_ONCE, seconds)
            if key is not None:
                return key
        return self._read_once(chunks[-1], wait, seconds)

    def _read_once(self, sounds: list[str], wait: float, seconds: float) -> str | None:
        # t() without characters: no key ends the entry, so that # is a key as any other.
        arguments = f"{KEY},{'&'.join(sounds)},1,t(),1,{wait:g}"
        self._agi.execute("EXEC", "Read", self._agi._quote(arguments), wait=seconds + wait + MARGIN)
        status, _, key = self._agi.get_full_variable(f"${{READSTATUS}}:${{{KEY}}}").partition(":")
        match status:
            case "HANGUP":
                raise CallerHungUp("hung up")
            case "ERROR":
                raise FlowBroken("a sound is missing")
        return key or None


def _chunks(sounds: list[str]) -> list[list[str]]:
    """The sounds, in parts that each fit into one command."""
    room = LONGEST_COMMAND - 200
    parts: list[list[str]] = []
    used = room + 1
    for sound in sounds:
        size = len(sound.encode()) + 1
        if used + size > room:
            parts.append([])
            used = 0
        parts[-1].append(sound)
        used += size
    return parts
