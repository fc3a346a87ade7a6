"""``ivr messages``, as an operator runs it."""

from __future__ import annotations

from typer.testing import CliRunner, Result

from ivr.__main__ import app
from ivr.domain.values import Msisdn

NUMBER, OTHER = Msisdn("99365123456"), Msisdn("99366300891")
BODY = "Your order is done."


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["messages", *arguments])
