"""Shared memory of the workers of one line, with one slot for each worker.

Each worker writes its own slot and reads all slots. Every value is one aligned word of eight bytes,
which is written and read atomically. So no locks are needed, and a killed worker leaves none.
"""

from __future__ import annotations

import mmap
import os
import time
from enum import IntEnum

WORD = 8
BEAT, CALLS, STATE, WORDS = range(4)
"""Offsets of the words of a slot, and their number."""


class State(IntEnum):
    """State of a worker; a slot of zeros is free."""

    FREE = 0
    STARTING = 1
    READY = 2
    """Everything is loaded; the worker waits for GO."""
    SERVING = 3
    DRAINING = 4
    """The worker takes no new calls; calls in progress go on."""
    ENDING = 5
    """Draining is done; the worker shuts down and has stopped its heartbeat."""


class Replaced(IntEnum):
    """Why a worker was replaced; the supervisor counts each reason."""

    KILLED = 0
    HUNG = 1
    ROLLING = 2


class Slot:
    """The slot of one worker."""

    def __init__(self, words: memoryview) -> None:
        self._words = words

    def beat(self) -> None:
        """Write a heartbeat. The thread that takes calls calls this itself."""
        self._words[BEAT] = time.monotonic_ns()

    @property
    def beaten(self) -> int:
        """Time of the last heartbeat, in nanoseconds of the monotonic clock; 0: none yet."""
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
        """Reset the slot after its worker has ended."""
        self._words[STATE] = self._words[CALLS] = self._words[BEAT] = 0


class Scoreboard:
    """The slots of all workers of one line, old and new."""

    def __init__(self, slots: int, file: int | None = None) -> None:
        """Make new shared memory, or map that of the scoreboard in ``file``."""
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
        """Map the supervisor's scoreboard from an inherited file descriptor."""
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
        """Count a replaced worker. Only the supervisor calls this."""
        self._words[why] += 1

    def replaced(self, why: Replaced) -> int:
        """Number of workers replaced for this reason since the line started."""
        return int(self._words[why])

    def close(self) -> None:
        """Close the file descriptor. The memory lasts as long as a process maps it."""
        os.close(self.file)
