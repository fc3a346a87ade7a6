"""One transaction over several repositories."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol


class Transaction(Protocol):
    """What repositories write within it is kept whole or not at all; an error undoes it.

    It is short: no network, no wait and no other thread within it.
    """

    def __call__(self) -> AbstractContextManager[None]: ...
