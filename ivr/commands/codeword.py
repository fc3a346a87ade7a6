"""``ivr codeword set``, ``clear`` and ``ivr unlock``: for a sales office, all audited."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from ivr.care.codeword import ADVISED_LETTERS, weakness
from ivr.care.folding import fold_word, passport_keys, word_keys
from ivr.care.numbering import NationalNumbering
from ivr.care.verifiers import Verifying
from ivr.commands.author import author
from ivr.commands.clerk import words
from ivr.domain.subscriber import Verifiers
from ivr.domain.values import Msisdn, mask
from ivr.errors import Unusable
from ivr.sheet.cells import bare
from ivr.sheet.encoding import decode
from ivr.sheet.findings import Notes
from ivr.sheet.foreign import is_foreign
from ivr.wiring.installation import open_installation

app = typer.Typer(help="Code words of subscribers.", no_args_is_help=True)
MOST_BYTES = 10_000
"""Of a file with one word."""
Number = Annotated[str, typer.Argument(help="The number, as in 99365123456.")]


@app.callback()
def codeword() -> None:
    """Code words of subscribers."""


@app.command("set")
def set_(msisdn: Number) -> None:
    """Set a subscriber's code word, read from standard input. The word is never shown."""
    installation = open_installation()
    number, verifying = _number(msisdn), Verifying(installation.pepper)
    word = _typed()
    known = installation.store.subscribers.verifiers(number) or Verifiers()
    is_passport = any(
        known.passport is not None and verifying.matches_passport(known, number, keys)
        for keys in (*word_keys(word), passport_keys(word))
        if keys
    )
    refused = weakness(word, number, is_passport)
    if refused is not None:
        raise Unusable(words(refused))
    verifiers = verifying.codeword(word)
    if not installation.store.subscribers.set_codeword(number, verifiers, author()):
        raise Unusable(words("nobody", number=mask(number)))
    print(words("set", number=mask(number)), file=sys.stderr)
    if len(fold_word(word)) < ADVISED_LETTERS:
        print(words("better"), file=sys.stderr)


@app.command("clear")
def clear(msisdn: Number) -> None:
    """Take a subscriber's code word away: until a new one is set the passport is the only proof."""
    installation = open_installation()
    number = _number(msisdn)
    if installation.store.subscribers.find(number) is None:
        raise Unusable(words("nobody", number=mask(number)))
    if installation.store.subscribers.clear_codeword(number, author()):
        print(words("cleared", number=mask(number)), file=sys.stderr)
    else:
        print(words("has-none", number=mask(number)), file=sys.stderr)


def unlock(msisdn: Number) -> None:
    """End an identification lock."""
    installation = open_installation()
    number = _number(msisdn)
    if installation.store.subscribers.find(number) is None:
        raise Unusable(words("nobody", number=mask(number)))
    if installation.store.attempts.unlock(number, author(), installation.clock.now()):
        print(words("unlocked", number=mask(number)), file=sys.stderr)
    else:
        print(words("not-locked", number=mask(number)), file=sys.stderr)


def _number(typed: str) -> Msisdn:
    number = NationalNumbering().parse(typed)
    if number is None:
        raise Unusable(words("not-a-number", typed=typed))
    return number


def read_word(data: bytes) -> str:
    """The word in a file, whichever editor saved it. Unusable names what is wrong with the file.

    Marks that are not seen, and quotes around the word, are no part of it.
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
