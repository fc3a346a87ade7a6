"""A project whose texts a speaker reads."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from typer.testing import CliRunner, Result

from ivr.commands import voices
from ivr.domain.values import Language

TK = Language.TURKMEN
Items = list[dict[str, Any]]


def ivr(*arguments: str) -> Result:
    return CliRunner().invoke(voices.app, list(arguments))


def script(*arguments: str) -> Items:
    items: Items = json.loads(ivr("script", "tk", "--json", *arguments).stdout)
    return items


@cache
def everything() -> Items:
    """The script of the shipped texts."""
    return script()
