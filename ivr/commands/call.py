"""``ivr call``: a real SIP call from the terminal; what is said appears in words."""

from __future__ import annotations

import json
import os
import select
import sys
import termios
import time
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import typer

from ivr import runtime, wiring
from ivr.errors import TemporarilyUnavailable, Unusable
from ivr.speech.audio import write_linear
from ivr.telephony.ear import POLL, Ear
from ivr.telephony.phone import KEYS, Account, Phone
from ivr.values import mask

ANSWER_SECONDS = 10.0
PAUSE = 0.6
"""Seconds of silence after which a prompt is taken to have ended."""
AFTER_KEY = 0.3
"""Seconds within which the prompt that a key has stopped may still be heard."""


def call(
    number: Annotated[str, typer.Argument(help="What to dial.")] = "0890",
    caller: Annotated[str, typer.Option("--from", help="Your number.")] = "99365123456",
    keys: Annotated[
        str | None, typer.Option(help='Keys to press: "2 1 w 3"; w waits until the prompt ends.')
    ] = None,
    record: Annotated[Path | None, typer.Option(help="WAV file for what is heard.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document at the end.")] = False,
    most: Annotated[float, typer.Option("--seconds", help="End the call after.")] = 300.0,
) -> None:
    """Ring the line. Keys typed go down it, q hangs up; with --keys they are pressed by itself."""
    house = wiring.open_house()
    script = None if keys is None else read_keys(keys)
    words = wiring.vocabulary(house)
    account = Account(caller, house.settings.sip_bind)
    program = runtime.program(house.settings, "baresip")
    with Phone(program, runtime.modules(house.settings, "baresip"), account) as phone:
        phone.dial(number)
        try:
            phone.wait_for("CALL_ESTABLISHED", ANSWER_SECONDS)
        except TemporarilyUnavailable:
            _not_answered(phone, number, house.settings.sip_bind)
        conversation = Conversation(phone, Ear(phone, words), quiet=as_json)
        conversation.go_on(script, most)
        phone.hangup()
        sound = phone.heard()
        conversation.finish()
    if record is not None:
        write_linear(record, sound)
    if as_json:
        print(json.dumps(conversation.document(number, caller), ensure_ascii=False))


def read_keys(text: str) -> list[str]:
    """The steps of ``--keys``: each a key, or ``w``. Unusable names what is neither."""
    steps = [step for step in text if not step.isspace()]
    for step in steps:
        if step not in KEYS and step != "w":
            raise Unusable(f"'{step}' is not a key: use 0-9 * #, and w to wait for the prompt")
    return steps


@dataclass
class Conversation:
    """One call as it goes on: listens, shows, presses."""

    phone: Phone
    ear: Ear
    quiet: bool = False
    pressed: list[tuple[float, str]] = field(default_factory=list)
    _line: list[str] = field(default_factory=list)
    _line_end: float = 0.0
    _asked_at: float = 0.0

    def go_on(self, script: list[str] | None, most: float) -> None:
        """Until the call ends, the script is done and the answer heard, or ``most`` seconds."""
        deadline = time.monotonic() + most
        with _terminal(script is None) as typed:
            while not self.phone.ended and time.monotonic() < deadline:
                self._listen()
                if script is None:
                    if not self._type(typed()):
                        return
                elif not self._play(script):
                    return
                time.sleep(POLL)

    def finish(self) -> None:
        """Hear the rest of what has arrived."""
        self._listen()
        self._show_line()

    def document(self, number: str, caller: str) -> dict[str, object]:
        """The call as JSON: what was heard, what was pressed, how it ended."""
        return {
            "number": number,
            "from": mask(caller),
            "seconds": round(self.ear.seconds, 2),
            "ended_by": "line" if self.phone.reason else "caller",
            "heard": [
                {
                    "start": round(each.start, 2),
                    "end": round(each.end, 2),
                    "language": each.piece.language,
                    "words": each.piece.words,
                    "complete": each.complete,
                }
                for each in self.ear.heard
            ],
            "keys": [{"at": round(at, 2), "key": key} for at, key in self.pressed],
        }

    def _listen(self) -> None:
        for heard in self.ear.listen():
            self._line.append(heard.piece.words + ("" if heard.complete else " …"))
            self._line_end = heard.end
            if heard.piece.words[-1:] in ".!?" or not heard.complete:
                self._show_line()
        if self._line and self.ear.silent_for > PAUSE:
            self._show_line()

    def _show_line(self) -> None:
        if self._line and not self.quiet:
            print(f"{self._line_end:7.1f}  {' '.join(self._line)}", flush=True)
        self._line = []

    def _press(self, key: str) -> None:
        self.pressed.append((self.ear.seconds, key))
        if not self.quiet:
            print(f"{self.ear.seconds:7.1f}      [{key}]", flush=True)
        self.phone.press(key)
        self._asked_at = self.ear.seconds

    def _play(self, script: list[str]) -> bool:
        """Take the next step of a script; False when it is done and its answer was heard."""
        if script and script[0] != "w":
            self._press(script.pop(0))
            return True
        if self._silent():
            if not script:
                return False
            script.pop(0)
        return True

    def _silent(self) -> bool:
        """Something was said since the last key, and nothing more is."""
        return self.ear.last_sound > self._asked_at + AFTER_KEY and self.ear.silent_for > PAUSE

    def _type(self, key: str) -> bool:
        if key == "q":
            return False
        if key in KEYS and key:
            self._press(key)
        return True


@contextmanager
def _terminal(live: bool) -> Iterator[Callable[[], str]]:
    """Keys typed at the terminal, one at a time and at once; "" when none was."""
    if not live or not sys.stdin.isatty():
        yield lambda: ""
        return
    before = termios.tcgetattr(sys.stdin)
    tty.setcbreak(sys.stdin)

    def typed() -> str:
        ready, _, _ = select.select([sys.stdin], [], [], 0)
        return os.read(sys.stdin.fileno(), 1).decode(errors="replace") if ready else ""

    try:
        yield typed
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)


def _not_answered(phone: Phone, number: str, server: str) -> None:
    if phone.reason[:1].isdigit():
        raise Unusable(f"{number} was refused: {phone.reason}")
    raise Unusable(f"nobody answers at {server}: is the line running? `make run` starts it")
