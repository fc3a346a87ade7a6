"""One test for a whole table, where a test for each row would cost more than it tells."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable
from typing import Any

Test = Callable[..., None]


def each(name: str, rows: Iterable[object]) -> Callable[[Test], Test]:
    """Call a test with each of ``rows`` as its argument ``name``; as parametrize, but as one test.

    What fails is told together, each failure with its row. Fixtures are the same for all rows.
    """
    table = list(rows)

    def of_all(test: Test) -> Test:
        assert inspect.isfunction(test), "a class would be lost"

        @functools.wraps(test)
        def run(*arguments: Any, **given: Any) -> None:
            assert table, "there is no row"
            failures = []
            for row in table:
                try:
                    test(*arguments, **given, **{name: row})
                except Exception as error:
                    error.add_note(f"{name} is {row!r}")
                    failures.append(error)
            if failures:
                raise ExceptionGroup(f"{len(failures)} of {len(table)} rows", failures)

        signature = inspect.signature(test)
        rest = [each for each in signature.parameters.values() if each.name != name]
        run.__signature__ = signature.replace(parameters=rest)  # type: ignore[attr-defined]
        del run.__dict__["__wrapped__"]
        return run

    return of_all
