"""``ivr call``: make a real SIP call from the terminal and print what is said."""

from __future__ import annotations

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

from ivr.domain.values import mask
from ivr.errors import TemporarilyUnavailable, Unusable
from ivr.softphone.audible import audible_words
from ivr.softphone.exact_matcher import Fragment, Vocabulary
from ivr.softphone.phone import KEYS, Account, Phone
from ivr.softphone.prompt_listener import POLL, PromptListener
from ivr.speech.audio import write_linear
from ivr.speech.prompts import SpokenPrompts
from ivr.speech.vocabulary import vocabulary
from ivr.system.printable import NEXT_LINE, escaped, json_text
from ivr.telephony import executables
from ivr.wiring.container import Container, open_container, prepare_database

ANSWER_SECONDS = 10.0
WAIT, PAUSE, HANG_UP = "w", "p", "q"
QUIET = 0.6
"""Seconds of silence after which a prompt counts as ended."""
AFTER_KEY = 0.3
"""Seconds after a key during which the prompt that the key stopped may still be heard."""


def call(
    number: Annotated[str, typer.Argument(help="The number to dial.")] = "0890",
    caller: Annotated[str, typer.Option("--from", help="The caller's number.")] = "99365123456",
    keys: Annotated[
        str | None,
        typer.Option(
            help='Keys to press: "2 1 w 3"; w waits until the prompt ends, p waits a second, q '
            "hangs up. Without q the call ends after the answer to the last key."
        ),
    ] = None,
    record: Annotated[Path | None, typer.Option(help="WAV file to record what is heard.")] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document at the end.")
    ] = False,
    most: Annotated[
        float, typer.Option("--seconds", min=1, help="End the call after this many seconds.")
    ] = 300.0,
) -> None:
    """Call the line. Typed keys are sent to it, q hangs up; --keys sends keys automatically."""
    container = open_container()
    script = None if keys is None else read_keys(keys)
    if record is not None and not record.absolute().parent.is_dir():
        raise Unusable(f"{record} cannot be written: there is no folder {record.parent}")
    prepare_database(container)
    words = words_of(container)
    account = Account(caller, container.settings.sip_bind)
    program = executables.program(container.settings, "baresip")
    with Phone(program, executables.modules(container.settings, "baresip"), account) as phone:
        phone.dial(number)
        try:
            phone.wait_for("CALL_ESTABLISHED", ANSWER_SECONDS)
            phone.wait_for("CALL_RTPESTAB", ANSWER_SECONDS)
        except TemporarilyUnavailable:
            if as_json:
                _print_json(number, caller, ended_by="line", status=phone.status)
            _not_answered(phone, number, container.settings.sip_bind)
        conversation = Conversation(phone, PromptListener(phone, words), quiet=as_json)
        conversation.go_on(script, most)
        ended_by = "line" if phone.ended else "caller"
        conversation.finish()
    if record is not None:
        write_linear(record, bytes(conversation.listener.sound))
    if as_json:
        _print_json(number, caller, ended_by=ended_by, status=200, **conversation.document())


def words_of(container: Container) -> Vocabulary:
    """Return the vocabulary of the line."""
    prompts = container.release_cache.live().prompts
    assert isinstance(prompts, SpokenPrompts)
    container.announcement_cache.refresh()
    return audible_words(prompts, container.library, container.announcement_cache.current())


def read_keys(text: str) -> list[str]:
    """Parse the steps of ``--keys``: keys, ``w`` and ``p``. Unusable names an invalid step."""
    steps = [step for step in text if not step.isspace() and step != ","]
    for step in steps:
        if step not in KEYS and step not in (WAIT, PAUSE, HANG_UP):
            raise Unusable(
                f"'{step}' is not a key: use 0-9 * #, w to wait until the prompt ends, p to"
                " wait a second, q to hang up"
            )
    return steps


@dataclass
class Conversation:
    """One call in progress: listens, prints, presses keys."""

    phone: Phone
    listener: PromptListener
    quiet: bool = False
    pressed: list[tuple[float, str]] = field(default_factory=list)
    _shown: Fragment | None = None
    """The fragment on the terminal's last line, which is being said."""
    _open: bool = False
    """Whether the terminal's last line is unfinished."""
    _asked_at: float = 0.0
    _paused_until: float = 0.0

    def go_on(self, script: list[str] | None, most: float) -> None:
        """Continue until the call ends, the script is done and answered, or
        ``most`` seconds have passed."""
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
        """Hang up, and process the rest of the received sound."""
        if not self.phone.ended:
            self.phone.hangup()
        self._listen()
        self._end_line()

    def document(self) -> dict[str, object]:
        """Return the call as JSON: what was heard and what was pressed."""
        return {
            "seconds": round(self.listener.seconds, 2),
            "heard": [
                {
                    "start": round(each.start, 2),
                    "end": round(each.end, 2),
                    "language": each.piece.language,
                    "words": each.piece.words,
                    "complete": each.complete,
                }
                for each in self.listener.heard
            ],
            "keys": [{"at": round(at, 2), "key": key} for at, key in self.pressed],
        }

    def _listen(self) -> None:
        for heard in self.listener.listen():
            if self._shown is not heard.piece:
                self._show(heard.piece, heard.start)
            if self._open and not heard.complete:
                self._write(" …")
            if heard.piece.words[-1:] in ".!?" or not heard.complete:
                self._end_line()
            self._shown = None
        saying = self.listener.saying
        if saying is not None and saying is not self._shown:
            self._show(saying, self.listener.seconds)
            self._shown = saying
        if self.listener.silent_for > QUIET:
            self._end_line()

    def _show(self, piece: Fragment, at: float) -> None:
        words = piece.words
        if words[0].isupper() and words not in vocabulary(piece.language):
            self._end_line()  # the former sentence ended with a value, so its full stop is a pause
        self._write(f" {words}" if self._open else f"{at:7.1f}  {words}")
        self._open = True

    def _end_line(self) -> None:
        if self._open:
            self._write("\n")
        self._open = False

    def _write(self, text: str) -> None:
        if not self.quiet:
            print(escaped(text, keep=NEXT_LINE), end="", flush=True)

    def _press(self, key: str) -> None:
        self.pressed.append((self.listener.seconds, key))
        self._end_line()
        self._write(f"{self.listener.seconds:7.1f}      [{key}]\n")
        self.phone.press(key)
        self._asked_at = self.listener.seconds

    def _play(self, script: list[str]) -> bool:
        """Take the next step of a script; return False when it is done and its answer was heard."""
        if self.listener.seconds < self._paused_until:
            return True
        if script and script[0] == PAUSE:
            self._paused_until = self.listener.seconds + 1.0
            script.pop(0)
            return True
        if script and script[0] == HANG_UP:
            return False
        if script and script[0] != WAIT:
            self._press(script.pop(0))
            return True
        if self._silent():
            if not script:
                return False
            script.pop(0)
        return True

    def _silent(self) -> bool:
        """Whether something was said since the last key and the line is silent now."""
        return (
            self.listener.last_sound > self._asked_at + AFTER_KEY
            and self.listener.silent_for > QUIET
        )

    def _type(self, key: str) -> bool:
        if key == HANG_UP:
            return False
        if key in KEYS and key:
            self._press(key)
        return True


@contextmanager
def _terminal(live: bool) -> Iterator[Callable[[], str]]:
    """Yield a function that returns the next key typed at the terminal, or "" if there is none."""
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


def _print_json(number: str, caller: str, **rest: object) -> None:
    print(json_text({"number": number, "from": mask(caller), **rest}))


def _not_answered(phone: Phone, number: str, server: str) -> None:
    if phone.reason[:1].isdigit():
        raise Unusable(
            f"{number} was refused: {phone.reason}; 404: the number is not in IVR_NUMBERS,"
            " 486: the caller already has too many calls, 503: the line is full"
        )
    raise Unusable(f"nobody answers at {server}: is the line running? `make run` starts it")
