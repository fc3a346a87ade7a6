"""``ivr codeword set``, ``clear`` and ``ivr unlock``: for a sales office, all audited."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from ivr.care.codewords import CodeWordAnswer, Weakness, clear_codeword, set_codeword
from ivr.care.locks import Unlocked
from ivr.care.locks import unlock as end_locks
from ivr.care.numbering import NationalNumbering
from ivr.care.verifiers import CredentialVerifier
from ivr.commands.author import operation
from ivr.commands.clerk import words
from ivr.domain.values import Msisdn, mask
from ivr.errors import Unusable
from ivr.sheet.cells import bare
from ivr.sheet.encoding import decode
from ivr.sheet.findings import Notes
from ivr.sheet.foreign import is_foreign
from ivr.wiring.installation import open_installation

app = typer.Typer(help="Set or remove subscribers' code words.", no_args_is_help=True)
MOST_BYTES = 10_000
"""Maximum size of a file with one word."""
Number = Annotated[str, typer.Argument(help="The number, for example 99365123456.")]


@app.callback()
def codeword() -> None:
    """Set or remove subscribers' code words."""


@app.command("set")
def set_(msisdn: Number) -> None:
    """Set a subscriber's code word, read from standard input. The word is never shown."""
    installation = open_installation()
    number, verifying = _number(msisdn), CredentialVerifier(installation.pepper)
    subscribers = installation.store.subscribers
    answer = set_codeword(*operation(), number, _typed(), subscribers, verifying)
    if isinstance(answer, Weakness):
        raise Unusable(words(answer))
    _print_result(CodeWordAnswer.SET if answer is CodeWordAnswer.ADVISED else answer, number)
    if answer is CodeWordAnswer.ADVISED:
        print(words(answer), file=sys.stderr)


@app.command("clear")
def clear(msisdn: Number) -> None:
    """Remove a subscriber's code word. Until a new one is set, callers need the passport."""
    installation = open_installation()
    number = _number(msisdn)
    answer = clear_codeword(*operation(), number, installation.store.subscribers)
    _print_result(answer, number)


def unlock(msisdn: Number) -> None:
    """End an identification lock."""
    installation = open_installation()
    store, number, now = installation.store, _number(msisdn), installation.clock.now()
    answer = end_locks(*operation(), number, store.subscribers, store.attempts, now)
    _print_result(answer, number)


def _print_result(answer: CodeWordAnswer | Unlocked, number: Msisdn) -> None:
    """Print the result. Unusable: there is no such subscriber."""
    said = words(answer, number=mask(number))
    if answer in (CodeWordAnswer.NOBODY, Unlocked.NOBODY):
        raise Unusable(said)
    print(said, file=sys.stderr)


def _number(typed: str) -> Msisdn:
    number = NationalNumbering().parse(typed)
    if number is None:
        raise Unusable(words("not-a-number", typed=typed))
    return number


def read_word(data: bytes) -> str:
    """Return the word in a file, whichever editor saved it. Unusable names the fault of the file.

    Invisible marks and quotes around the word are removed.
    """
    text = None if len(data) >= MOST_BYTES or is_foreign(data) else decode(data)
    if text is None:
        raise Unusable(words("not-text"))
    lines = [line for each in text.splitlines() if (line := bare(each, Notes(), 0))]
    if len(lines) > 1:
        raise Unusable(words("lines", count=str(len(lines))))
    return lines[0] if lines else ""


def _typed() -> str:
    if sys.stdin.isatty():
        word: str = typer.prompt(words("ask"), hide_input=True, err=True)
        return word.strip()
    return read_word(sys.stdin.buffer.read(MOST_BYTES))
