"""The caller's telephone over AGI: plays sounds and collects keys.

All commands used here end when the connection ends, so that Asterisk hands on a call at once when
its worker dies: ``GET OPTION`` plays the last sound of a question, ``STREAM FILE`` plays the sounds
before it, ``WAIT FOR DIGIT`` reads further keys. (``EXEC Read`` plays several sounds at once, but
does not notice the end of the connection, and sets two variables.) Each command accepts all twelve
keys, so that none is lost. Keys come in the replies, never in a channel variable; ``#`` ends an
entry, ``*`` is part of a secret.

Some gateways report a press more than once: also by SIP INFO, or in RFC 4733 end packets with
different timestamps. The same key within ``SAME_PRESS`` counts as the same press.

Only one command is in flight at a time: Asterisk would never run a second one from the same read.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from types import TracebackType

from ivr.domain.dialogue import OPTIONS_AFTER, Utterance
from ivr.domain.values import Secret
from ivr.errors import FlowBroken, IvrError
from ivr.flow.checkpoint import CHECKPOINT, SPOKEN
from ivr.metrics import Reaction
from ivr.ports.dialogue import Telephone
from ivr.telephony.agi import Agi, NotAsterisk
from ivr.telephony.offload import has_listened, listen_with

MARGIN = 10.0
"""Seconds added to the expected duration of a command before the connection is given up."""
AT_ONCE = 0.001
BURST_SECONDS = 0.7
"""Keys with no longer gap between them belong to one burst of type-ahead."""
SAME_PRESS = 0.09
"""Seconds after a press within which the same key cannot be a new press. A person needs longer; a
mobile network sends at least 70 ms of tone and 65 ms of pause (3GPP TS 23.014, both +-5 ms)."""
SAME_TONE = 0.06
"""Seconds after the last report of a press within which the same key cannot be a new press: tone
and pause of the fastest dialler take 80 ms (ITU-T Q.24)."""
LONGEST_PRESS = 1.0
"""Seconds for which repeated reports count as one press; later ones are a new press."""
KEYS = "0123456789*#"
KEY_OF = {str(ord(key)): key for key in KEYS}
"""Keys by their codes in Asterisk's answers."""
ANY_KEY = f'"{KEYS}"'
MOST_QUEUED = 100
FIELDS = {CHECKPOINT: "CHANNEL(userfield)", SPOKEN: "CHANNEL(language)"}
"""Variables kept in channel fields: for each variable that is set, Asterisk publishes an event with
all data of the channel."""


def one_by_one(utterances: Sequence[Utterance]) -> list[str]:
    """The sounds of utterances, in their order."""
    return [sound for utterance in utterances for sound in utterance.sounds]


def _on_the_channel(checkpoint: str) -> str:
    """Keep the checkpoint on the channel."""
    return checkpoint


@dataclass(frozen=True, slots=True)
class _Press:
    """The last press."""

    key: str
    at: float
    told: float
    """When Asterisk last reported it."""


class AgiTelephone(Telephone):
    """The telephone of one call. A command runs with it as context manager."""

    def __init__(
        self,
        agi: Agi,
        keep: Callable[[str], str] = _on_the_channel,
        sounds: Callable[[Sequence[Utterance]], list[str]] = one_by_one,
        same_press: float = 0.0,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """``keep`` stores a checkpoint and returns the text to put on the channel, "" for none.
        ``sounds`` turns utterances into sound files. ``same_press`` is in seconds, see SAME_PRESS.
        """
        self._sounds = sounds
        self._agi = agi
        self._keep = keep
        self._same_press, self._now = same_press, now
        self._pressed = _Press("", 0.0, 0.0)
        self._ahead = ""
        self._reaction = Reaction()
        self._turn = threading.Lock()
        """Held while a command runs: offloaded work of the dialogue may speak too."""
        listen_with(self._listen)

    def play(self, utterances: Sequence[Utterance]) -> None:
        with self:
            self._reaction.plays()
            seconds = sum(utterance.seconds for utterance in utterances)
            for sound in self._sounds(utterances):
                if self._ahead:
                    return
                self._ahead = self._stream(sound, seconds) or ""
            has_listened()

    def ask_key(
        self,
        utterances: Sequence[Utterance],
        first: float,
        options: Sequence[Utterance] = (),
    ) -> str | None:
        with self:
            key = self._key(utterances, first, options)
            self._reaction.keyed("key" if key else "")
            return key

    def ask_digits(
        self,
        utterances: Sequence[Utterance],
        complete: Callable[[str], bool],
        first: float,
        between: float,
        options: Sequence[Utterance] = (),
    ) -> str | None:
        with self:
            key = self._key(utterances, first, options)
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
        self,
        utterance: Utterance,
        most: int,
        first: float,
        between: float,
        options: Sequence[Utterance] = (),
    ) -> Secret | None:
        for each in (utterance, *options):
            if len(each.sounds) != 1:
                raise FlowBroken(
                    f"text '{each.key}' asks for a secret and must be one sound: write it without"
                    " values"
                )
        wait = max(first, between)
        with self:
            keys, key = "", self._key([utterance], wait, options)
            while key not in ("#", None):
                keys += key
                if len(keys) == most:
                    break
                key = self._next(wait)
            self._reaction.keyed("secret" if keys else "")
        return None if not keys and key is None else Secret(keys)

    def forget_keys(self) -> None:
        with self:
            self._reaction.decides()
            self._forget()

    def note(self, name: str, value: str) -> None:
        if name == CHECKPOINT:
            value = self._keep(value)
        if value or name != CHECKPOINT:
            self.put_on_channel(name, value)

    def put_on_channel(self, name: str, value: str) -> None:
        """Set a variable or field of the channel."""
        with self:
            self._agi.set_variable(FIELDS.get(name, name), value)

    def noted(self, name: str) -> str:
        """A channel variable; "" when it is not set."""
        with self:
            return str(self._agi.get_full_variable(f"${{{FIELDS.get(name, name)}}}"))

    def __enter__(self) -> None:
        self._turn.acquire()

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._turn.release()

    def _listen(self, seconds: float) -> bool:
        """Collect the keys that the caller presses while the dialogue waits for offloaded work.

        Seen on Asterisk 22: between two commands it reads the channel and discards keys.
        """
        if not self._turn.acquire(blocking=False):
            return False
        try:
            self._ahead += self._wait_for_digit(seconds) or ""
        except IvrError:
            return False  # the next question raises the same error
        finally:
            self._turn.release()
        return True

    def _forget(self) -> None:
        """Discard collected keys and the rest of a burst that is still coming in."""
        burst, self._ahead = bool(self._ahead), ""
        for _ in range(MOST_QUEUED):
            if self._wait_for_digit(BURST_SECONDS if burst else AT_ONCE) is None:
                break
            burst = True
        has_listened()

    def _key(
        self, utterances: Sequence[Utterance], first: float, options: Sequence[Utterance]
    ) -> str | None:
        if taken := self._taken():
            return taken
        key = self._read(utterances, OPTIONS_AFTER if options else first)
        if options and key is None:
            key = self._read(options, first)
        has_listened()
        return key

    def _taken(self) -> str:
        key, self._ahead = self._ahead[:1], self._ahead[1:]
        return key

    def _next(self, wait: float) -> str | None:
        if taken := self._taken():
            return taken
        key = self._wait_for_digit(wait)
        has_listened()
        return key

    def _read(self, utterances: Sequence[Utterance], wait: float) -> str | None:
        """Play, then wait ``wait`` seconds for a key from the end of the last sound."""
        self._reaction.plays()
        sounds = self._sounds(utterances)
        if not sounds:
            return self._wait_for_digit(wait)
        seconds = sum(utterance.seconds for utterance in utterances)
        for sound in sounds[:-1]:
            key = self._stream(sound, seconds)
            if key is not None:
                return key
        return self._get_option(sounds[-1], wait, seconds)

    def _stream(self, sound: str, seconds: float) -> str | None:
        return self._press("STREAM FILE", self._agi._quote(sound), ANY_KEY, wait=seconds + MARGIN)

    def _get_option(self, sound: str, wait: float, seconds: float) -> str | None:
        return self._press(
            "GET OPTION",
            self._agi._quote(sound),
            ANY_KEY,
            max(1, int(wait * 1000)),
            wait=seconds + wait + MARGIN,
        )

    def _wait_for_digit(self, wait: float) -> str | None:
        return self._press("WAIT FOR DIGIT", max(1, int(wait * 1000)), wait=wait + MARGIN)

    def _press(self, command: str, *args: object, wait: float) -> str | None:
        """Run a command that a key ends; return the key. Ignore repeated reports of a press."""
        while True:
            key = _key(self._agi.execute(command, *args, wait=wait)["result"][0])
            if key is None:
                return None
            before, now = self._pressed, self._now()
            since = now - before.at
            is_soon = since < self._same_press or (
                now - before.told < SAME_TONE and since < LONGEST_PRESS
            )
            if self._same_press and key == before.key and is_soon:
                self._pressed = replace(before, told=now)
            else:
                self._pressed = _Press(key, now, now)
                return key


def _key(code: str) -> str | None:
    """Return the key of a reply; None: no key was pressed."""
    if code == "0":
        return None
    try:
        return KEY_OF[code]
    except KeyError:
        raise NotAsterisk("a key has no code") from None
