"""``ivr codeword set`` and ``ivr unlock``: for the clerk of a sales office, both audited."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from ivr import wiring
from ivr.care.codeword import ADVISED_LETTERS, weakness
from ivr.care.folding import fold_word, passport_keys, word_keys
from ivr.commands.author import author
from ivr.commands.clerk import words
from ivr.errors import Unusable
from ivr.ports import Verifiers
from ivr.values import Msisdn, mask

app = typer.Typer(help="Code words of subscribers.", no_args_is_help=True)
Number = Annotated[str, typer.Argument(help="The number, as in 99365123456.")]


@app.callback()
def codeword() -> None:
    """Code words of subscribers."""


@app.command("set")
def set_(msisdn: Number) -> None:
    """Set a subscriber's code word, read from standard input. The word is never shown."""
    house = wiring.open_house()
    wiring.prepare_database(house)
    number = _number(house, msisdn)
    word = _typed()
    known = house.store.subscribers.verifiers(number) or Verifiers()
    is_passport = any(
        known.passport is not None and house.verifying.matches_passport(known, number, keys)
        for keys in (*word_keys(word), passport_keys(word))
        if keys
    )
    refused = weakness(word, number, is_passport)
    if refused is not None:
        raise Unusable(words(refused))
    if not house.store.subscribers.set_codeword(number, house.verifying.codeword(word), author()):
        raise Unusable(words("nobody", number=mask(number)))
    print(words("set", number=mask(number)), file=sys.stderr)
    if len(fold_word(word)) < ADVISED_LETTERS:
        print(words("better"), file=sys.stderr)


def unlock(msisdn: Number) -> None:
    """End an identification lock."""
    house = wiring.open_house()
    wiring.prepare_database(house)
    number = _number(house, msisdn)
    if house.store.subscribers.find(number) is None:
        raise Unusable(words("nobody", number=mask(number)))
    if house.store.attempts.unlock(number, author(), house.clock.now()):
        print(words("unlocked", number=mask(number)), file=sys.stderr)
    else:
        print(words("not-locked", number=mask(number)), file=sys.stderr)


def _number(house: wiring.House, typed: str) -> Msisdn:
    number = house.care.numbering.parse(typed)
    if number is None:
        raise Unusable(words("not-a-number", typed=typed))
    return number


def _typed() -> str:
    if sys.stdin.isatty():
        word: str = typer.prompt(words("ask"), hide_input=True, err=True)
        return word.strip()
    return sys.stdin.readline().strip()
