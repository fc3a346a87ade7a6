"""The place of a call: what it keeps, how it is checked, and how long it is at the most."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.domain.call import Call, IdentificationMethod
from ivr.domain.values import Language, Msisdn
from ivr.flow.checkpoint import LONGEST, checkpoint_of, resume

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
ORDER = "d1b4d7b0-6a6e-4b62-9a5e-0f3d3c6f4a10"


def empty() -> Call:
    return Call("c1", "0890", NOW, caller=Msisdn("99361000000"))


def full() -> Call:
    return dataclasses.replace(
        empty(),
        release=7,
        language=Language.RUSSIAN,
        subscriber=Msisdn("99365123456"),
        means=IdentificationMethod.PASSPORT,
        heading="services-data",
        trail=["language", "main", "services"],
        goals=["account/balance", "services/mms", "own goal: 100 % & more, or=less"],
        identification=["codeword:no-match", "passport:match"],
        orders=[ORDER, "invoice:17/2026"],
        reason="database unavailable",
        topic="handset-data",
        texts_to=Msisdn("99366300891"),
        step=3,
        about=Msisdn("99366300891"),
        pending=("services/gprs", "change.on"),
    )


def test_everything_that_a_caller_would_miss_comes_back() -> None:
    made, read = full(), empty()
    assert resume(read, checkpoint_of(made)) == "services-data"
    assert read == made


def test_a_call_that_has_just_begun_comes_back() -> None:
    made, read = dataclasses.replace(empty(), release=7, heading="language"), empty()
    assert checkpoint_of(made) == "release=7&node=language&step=0"
    assert resume(read, checkpoint_of(made)) == "language"
    assert read == made


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("release", ["x", "-1", "1" * 20, "٣"]),
        ("node", ["Main", "a b", "-x", "x" * 41]),
        ("step", ["x", "1.5"]),
        ("language", ["xx", "EN"]),
        ("subscriber", ["1", "+99365123456", "9936512345x", "9" * 16]),
        ("means", ["guess"]),
        ("about", ["0"]),
        ("texts", ["word"]),
        ("topic", ["A"]),
        ("reason", ["a%0Ab", "%ff"]),
        ("hand", ["a++b", "%00"]),
        ("trail", ["main+Main", "main+"]),
        ("goals", ["info/news+", "a%0D"]),
        ("identification", ["codeword", "codeword:maybe", "guess:match"]),
        ("orders", ["%1b"]),
    ],
)
def test_a_place_with_a_value_that_cannot_be_is_the_start(name: str, values: list[str]) -> None:
    for value in values:
        pairs = dict(pair.split("=") for pair in checkpoint_of(full()).split("&"))
        call = empty()
        assert resume(call, "&".join(f"{n}={v}" for n, v in {**pairs, name: value}.items())) == ""
        assert call == empty()


PIECES = ["node", "goals", "trail", "hand", "step", "identification", "=", "&", "+", ":", "a", "%"]


@given(st.text(max_size=900))
def test_no_text_breaks_the_reader(text: str) -> None:
    resume(empty(), text)


@given(st.lists(st.sampled_from(PIECES)))
def test_no_broken_place_breaks_the_reader(parts: list[str]) -> None:
    resume(empty(), "".join(parts))


def test_a_long_call_loses_the_oldest_of_what_it_has_most_of() -> None:
    made = full()
    made.orders = [f"{number:08d}{ORDER[8:]}" for number in range(40)]
    made.trail = [f"node-{number}" for number in range(30)]
    place = checkpoint_of(made)
    assert len(place) <= LONGEST
    read = empty()
    assert resume(read, place) == "services-data"
    assert read.orders == made.orders[-len(read.orders) :]
    assert len(read.orders) >= 5
    assert read.trail == made.trail[-len(read.trail) :]
    assert read.goals == made.goals
    assert read.pending == made.pending


def test_what_is_too_long_for_a_place_is_none() -> None:
    assert resume(empty(), "node=main&goals=" + "a" * LONGEST) == ""
