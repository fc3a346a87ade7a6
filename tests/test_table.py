"""A table is one test that forgets no row."""

from __future__ import annotations

import inspect

import pytest

from tests.table import each


def test_every_row_is_tried_and_every_failure_told_with_its_row() -> None:
    tried: list[tuple[int, str]] = []

    @each("number", [1, 2, 3])
    @each("letter", "ab")
    def check(fixture: list[tuple[int, str]], number: int, letter: str) -> None:
        fixture.append((number, letter))
        assert letter == "a" or number == 2

    assert list(inspect.signature(check).parameters) == ["fixture"]
    with pytest.raises(ExceptionGroup) as failed:
        check(tried)
    assert tried == [(number, letter) for number in (1, 2, 3) for letter in "ab"]
    one, other = failed.value.exceptions
    assert [*one.__notes__, *other.__notes__] == ["number is 1", "number is 3"]
    assert isinstance(one, ExceptionGroup)
    assert one.exceptions[0].__notes__ == ["letter is 'b'"]


def test_a_table_without_rows_proves_nothing() -> None:
    @each("row", [])
    def check(row: str) -> None:
        pytest.fail("there is no row to check")

    with pytest.raises(AssertionError, match="no row"):
        check()
