"""What the workers of one line tell each other: memory that they share, a slot a worker.

Each worker writes its own slot and reads all. Every value is one aligned word of eight bytes, which
is written and read whole, so that nobody waits for anybody and a killed worker leaves no lock.
"""

from __future__ import annotations

import mmap
import os
import time
from enum import IntEnum

WORD = 8
BEAT, CALLS, STATE, WORDS = range(4)
"""The words of a slot, and how many it has."""


class State(IntEnum):
    """What a worker does; a slot of zeros is free."""

    FREE = 0
    STARTING = 1
    READY = 2
    """All is loaded; it waits to be told to take calls."""
    SERVING = 3
    DRAINING = 4
    """It takes no new call; those in progress end."""
    ENDING = 5
    """No call is left; it puts its things away and beats no more."""


class Replaced(IntEnum):
    """Why a worker was replaced; the supervisor counts each."""

    KILLED = 0
    HUNG = 1
    ROLLING = 2


class Slot:
    """One worker's line on the board."""

    def __init__(self, words: memoryview) -> None:
        self._words = words

    def beat(self) -> None:
        """Say that calls are being taken: the thread that takes them says so itself."""
        self._words[BEAT] = time.monotonic_ns()

    @property
    def beaten(self) -> int:
        """When it last beat, in nanoseconds of the monotonic clock; 0: never."""
        return int(self._words[BEAT])

    @property
    def calls(self) -> int:
        """Calls in progress."""
        return int(self._words[CALLS])

    @calls.setter
    def calls(self, count: int) -> None:
        self._words[CALLS] = count

    @property
    def state(self) -> State:
        return State(self._words[STATE])

    @state.setter
    def state(self, state: State) -> None:
        self._words[STATE] = state

    def clear(self) -> None:
        """Its worker is gone, and its calls are no longer here."""
        self._words[STATE] = self._words[CALLS] = self._words[BEAT] = 0


class Scoreboard:
    """The slots of all workers of one line, old and new."""

    def __init__(self, slots: int, file: int | None = None) -> None:
        """Made anew, or, with the ``file`` of one that was, the same memory."""
        self.file = os.memfd_create("scoreboard") if file is None else file
        size = WORD * (len(Replaced) + WORDS * slots)
        if file is None:
            os.truncate(self.file, size)
        self._words = memoryview(mmap.mmap(self.file, size)).cast("Q")
        head = len(Replaced)
        self._calls = tuple(range(head + CALLS, head + WORDS * slots, WORDS))
        self.slots = tuple(
            Slot(self._words[at : at + WORDS]) for at in range(head, head + WORDS * slots, WORDS)
        )

    @classmethod
    def inherited(cls, file: int) -> Scoreboard:
        """That of the supervisor, whose file this process was given."""
        slots = (os.fstat(file).st_size // WORD - len(Replaced)) // WORDS
        return cls(slots, file)

    @property
    def calls(self) -> int:
        """Calls in progress in all workers."""
        words = self._words
        return sum([words[at] for at in self._calls])

    @property
    def serving(self) -> int:
        """Workers that take calls."""
        return sum(slot.state is State.SERVING for slot in self.slots)

    def count(self, why: Replaced) -> None:
        """One more worker was replaced. The supervisor alone writes this."""
        self._words[why] += 1

    def replaced(self, why: Replaced) -> int:
        """Workers replaced since the line was started."""
        return int(self._words[why])

    def close(self) -> None:
        """Give the file back. The memory is there as long as somebody uses it."""
        os.close(self.file)
