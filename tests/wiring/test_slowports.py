"""Which operations of Care a call loop gives to threads."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from collections.abc import Callable
from typing import ParamSpec, TypeVar

import pytest

from ivr.domain.call import IdentificationMethod, Origin
from ivr.domain.identification import Attempt, Verdict
from ivr.domain.values import Language, Secret
from ivr.ports.care import Care
from ivr.ports.runner import inline
from ivr.testing.demo import CODEWORD_KEYS, NUMBER, demo_operator
from ivr.wiring.slowports import PARTLY_SLOW, SLOW, run_by

T = TypeVar("T")
P = ParamSpec("P")


class Noting:
    """Runs work, and notes its name."""

    def __init__(self) -> None:
        self.ran: list[str] = []

    def __call__(self, work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        self.ran.append(work.__name__)
        return work(*args, **kwargs)


def test_slow_operations_are_run_by_the_runner_and_answer() -> None:
    run = Noting()
    care = run_by(run, demo_operator().care)
    attempt = Attempt("c", NUMBER, Origin(), IdentificationMethod.CODEWORD)
    assert care.identification.check(attempt, Secret(CODEWORD_KEYS)) is Verdict.MATCH
    assert care.accounts.account(NUMBER) is not None
    assert run.ran == ["check", "account"]


def test_operations_that_ask_nobody_are_not() -> None:
    run = Noting()
    care = run_by(run, demo_operator().care)
    care.callers.remember(NUMBER, Language.RUSSIAN)
    assert care.numbering.parse("65123456") == NUMBER
    assert run.ran == []
    assert care.callers.language(NUMBER) is Language.RUSSIAN
    assert run.ran == ["language"]


def test_what_an_operation_raises_reaches_the_dialogue() -> None:
    care = run_by(Noting(), demo_operator().care)
    with pytest.raises(KeyError):
        care.subscriptions.menu("no such group")


def test_each_port_of_care_is_known_to_be_slow_or_not() -> None:
    """A new port is added here or there: one that is slow and forgotten holds up all calls."""
    quick = {"numbering", "information"}
    ports = {each.name for each in dataclasses.fields(Care)}
    assert {*SLOW, *PARTLY_SLOW} == ports - quick


def test_who_has_no_call_loop_asks_directly() -> None:
    care = demo_operator().care
    assert run_by(inline, care) is care


def test_a_command_loads_no_call_loop() -> None:
    program = "import sys, ivr.wiring.container; print(*sys.modules, sep='\\n')"
    loaded = subprocess.run(
        [sys.executable, "-P", "-c", program], check=True, capture_output=True, text=True
    ).stdout.split()
    assert "ivr.wiring.slowports" in loaded
    assert not {"ivr.telephony.offload", "ivr.telephony.call_loop"} & set(loaded)
