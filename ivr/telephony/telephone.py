"""The caller's telephone over AGI: plays, and collects keys.

Every command that plays or waits is one that ends when the connection does, so that a call is
handed on at once when its worker dies: ``GET OPTION`` asks a question with one sound, ``STREAM
FILE`` plays those before it, ``WAIT FOR DIGIT`` takes the further keys. (``EXEC Read`` takes
several sounds in one command, but looks at nothing else until it ends, and sets two variables.)
Each knows all twelve keys, so that none is lost. Secrets are ``GET DATA``, whose answer is in no
channel variable; ``#`` ends it, ``*`` is part of its answer.

One command is in flight at any time, since a second one in the same read would never run.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from types import TracebackType

from ivr.errors import FlowBroken, IvrError
from ivr.measures import Reaction
from ivr.ports import Utterance
from ivr.telephony.agi import Agi, NotAsterisk
from ivr.telephony.lull import LULLS, Lulls
from ivr.values import Secret

MARGIN = 10.0
"""Seconds added to what a command should take, before the connection is given up."""
AT_ONCE = 0.001
LISTEN_SECONDS, LONGEST_LISTEN = 0.01, 0.08
"""How long a lull is listened to at a time, which is the most that it delays the next question.

It grows while the dialogue thinks, so that many calls that wait for a slow network cost little.
"""
BURST_SECONDS = 0.7
"""Keys that come no farther apart belong together: who keys ahead keys all of it."""
KEYS = "0123456789*#"
KEY_OF = {str(ord(key)): key for key in KEYS}
"""Keys by their codes in Asterisk's answers."""
ANY_KEY = f'"{KEYS}"'
MOST_QUEUED = 100
FIELDS = {"IVR_PLACE": "CHANNEL(userfield)"}
"""What is noted in every node is a field of the channel: of a variable that is set Asterisk tells
all who may want to know, with everything about the channel, at ten times the command's cost."""


def _no_recording(_muted: bool) -> None:
    """Nothing records this call."""


class AgiTelephone:
    """Implements ``ivr.ports.Telephone`` for one call. Used as a context while a command runs."""

    def __init__(
        self, agi: Agi, mute: Callable[[bool], None] = _no_recording, lulls: Lulls = LULLS
    ) -> None:
        """``mute`` silences a recording of the call while a secret is keyed in."""
        self._agi = agi
        self._mute = mute
        self._lulls = lulls
        self._ahead = ""
        self._reaction = Reaction()
        self._turn = threading.Lock()
        self._closed = False
        self._is_watched = False
        self.thinking_since: float | None = None

    def close(self) -> None:
        """Nothing listens any more. The connection is the server's to close."""
        self.thinking_since = None
        with self._turn:
            self._closed = True

    def play(self, utterances: Sequence[Utterance]) -> None:
        with self:
            self._reaction.plays()
            for utterance in utterances:
                for sound in utterance.sounds:
                    if self._ahead:
                        return
                    self._ahead = self._stream(sound, utterance.seconds) or ""

    def ask_key(self, utterances: Sequence[Utterance], first: float) -> str | None:
        with self:
            key = self._key(utterances, first)
            self._reaction.keyed("key" if key else "")
            return key

    def ask_digits(
        self,
        utterances: Sequence[Utterance],
        complete: Callable[[str], bool],
        first: float,
        between: float,
    ) -> str | None:
        with self:
            key = self._key(utterances, first)
            if key is None:
                return None
            keys = ""
            while key not in ("#", None):
                keys += key
                if complete(keys):
                    break
                key = self._next(between)
            self._reaction.keyed("entry")
            return keys

    def ask_secret(
        self, utterance: Utterance, most: int, first: float, between: float
    ) -> Secret | None:
        if len(utterance.sounds) != 1:
            raise FlowBroken(f"text {utterance.key}: a prompt for a secret must be one sound")
        with self:
            self._mute(True)
            try:
                self._forget()
                keys, ended = self._get_data(utterance, most, max(first, between))
            finally:
                self._mute(False)
            self._reaction.keyed("secret" if keys else "")
        return None if not keys and ended == "timeout" else Secret(keys)

    def forget_keys(self) -> None:
        with self:
            self._reaction.decides()
            self._forget()

    def note(self, name: str, value: str) -> None:
        with self:
            self._agi.set_variable(FIELDS.get(name, name), value)

    def noted(self, name: str) -> str:
        """A channel variable; "" when it is not set."""
        with self:
            return str(self._agi.get_full_variable(f"${{{FIELDS.get(name, name)}}}"))

    def __enter__(self) -> None:
        """The dialogue's turn, as soon as a lull is not listened to any more."""
        self.thinking_since = None
        self._turn.acquire()

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._turn.release()
        if not self._closed:
            self.thinking_since = time.monotonic()
            if not self._is_watched:
                self._is_watched = True
                self._lulls.watch(self)

    def unwatched(self) -> float | None:
        self._is_watched = False
        return self.thinking_since

    def listen(self) -> None:
        """Keep the keys that are pressed while the dialogue thinks."""
        wait = LISTEN_SECONDS
        while True:
            with self._turn:
                if self._closed or self.thinking_since is None:
                    return
                try:
                    self._ahead += self._wait_for_digit(wait) or ""
                except IvrError:
                    return  # the next question meets it too
            wait = min(wait * 2, LONGEST_LISTEN)

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

    def _read(self, utterances: Sequence[Utterance], wait: float) -> str | None:
        """Play, and wait for a key from the last sound's end."""
        self._reaction.plays()
        sounds = [sound for utterance in utterances for sound in utterance.sounds]
        if not sounds:
            return self._wait_for_digit(wait)
        seconds = sum(utterance.seconds for utterance in utterances)
        for sound in sounds[:-1]:
            key = self._stream(sound, seconds)
            if key is not None:
                return key
        return self._get_option(sounds[-1], wait, seconds)

    def _stream(self, sound: str, seconds: float) -> str | None:
        reply = self._agi.execute(
            "STREAM FILE", self._agi._quote(sound), ANY_KEY, wait=seconds + MARGIN
        )
        return _key(reply["result"][0])

    def _get_option(self, sound: str, wait: float, seconds: float) -> str | None:
        reply = self._agi.execute(
            "GET OPTION",
            self._agi._quote(sound),
            ANY_KEY,
            max(1, int(wait * 1000)),
            wait=seconds + wait + MARGIN,
        )
        return _key(reply["result"][0])

    def _wait_for_digit(self, wait: float) -> str | None:
        reply = self._agi.execute("WAIT FOR DIGIT", max(1, int(wait * 1000)), wait=wait + MARGIN)
        return _key(reply["result"][0])

    def _get_data(self, utterance: Utterance, most: int, wait: float) -> tuple[str, str]:
        self._reaction.plays()
        return self._agi.execute(
            "GET DATA",
            self._agi._quote(utterance.sounds[0]),
            int(wait * 1000),
            most,
            wait=utterance.seconds + wait * (most + 1) + MARGIN,
        )["result"]


def _key(code: str) -> str | None:
    """The key of an answer; None: none was pressed."""
    if code == "0":
        return None
    try:
        return KEY_OF[code]
    except KeyError:
        raise NotAsterisk("a key has no code") from None
