"""The caller's telephone over AGI: plays, and collects keys.

Menus are one ``EXEC Read`` for all their sounds: it stops at the first key and keeps what is
pressed behind it for the next one. Secrets are ``GET DATA``, whose answer is in no channel
variable. Keys that came while nothing was asked wait here and in Asterisk's queue.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ivr.errors import CallerHungUp, FlowBroken
from ivr.ports import Utterance
from ivr.telephony.agi import LONGEST_COMMAND, Agi
from ivr.values import Secret

MARGIN = 10.0
"""Seconds added to what a command should take, before the connection is given up."""
AT_ONCE = 0.001
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

    def play(self, utterances: Sequence[Utterance]) -> None:
        if not self._ahead:
            self._ahead = self._read(utterances, AT_ONCE) or ""

    def ask_key(self, utterances: Sequence[Utterance], first: float) -> str | None:
        if self._ahead:
            key, self._ahead = self._ahead[0], self._ahead[1:]
            return key
        return self._read(utterances, first)

    def ask_digits(
        self,
        utterances: Sequence[Utterance],
        complete: Callable[[str], bool],
        first: float,
        between: float,
    ) -> str | None:
        key = self.ask_key(utterances, first)
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
        self.forget_keys()
        self._mute(True)
        try:
            wait = max(first, between)
            keys, ended = self._agi.execute(
                "GET DATA",
                self._agi._quote(utterance.sounds[0]),
                int(wait * 1000),
                most,
                wait=utterance.seconds + wait * (most + 1) + MARGIN,
            )["result"]
        finally:
            self._mute(False)
        if not keys and ended == "timeout":
            return None
        return Secret(keys)

    def forget_keys(self) -> None:
        self._ahead = ""
        for _ in range(MOST_QUEUED):
            if self._next(AT_ONCE) is None:
                return

    def note(self, name: str, value: str) -> None:
        self._agi.set_variable(name, value)

    def _next(self, wait: float) -> str | None:
        if self._ahead:
            key, self._ahead = self._ahead[0], self._ahead[1:]
            return key
        reply = self._agi.execute("WAIT FOR DIGIT", max(1, int(wait * 1000)), wait=wait + MARGIN)
        code = reply["result"][0]
        return chr(int(code)) if code != "0" else None

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
