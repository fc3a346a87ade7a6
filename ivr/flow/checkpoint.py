"""Checkpoints: the state of a call as one line, by which another worker resumes the call.

The line outlives its worker. It is written at every node, so making it is cheap. When it is read,
every value is checked. It holds the number that is being identified, but never a secret.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from urllib.parse import quote, unquote

from ivr.domain.call import Call, IdentificationMethod, Progress
from ivr.domain.identification import Verdict
from ivr.domain.values import Language, Msisdn

CHECKPOINT = "IVR_PLACE"
SPOKEN = "IVR_SPOKEN"
LANGUAGE = "IVR_LANGUAGE"
"""Channel variables of a call: its checkpoint; its language, as soon as it is chosen; and the
language again when the dialplan goes on."""
LONGEST = 800
"""Maximum bytes of a checkpoint. The oldest item of its longest list is dropped first."""

_NODE = re.compile(r"[a-z][a-z0-9-]{0,39}")
_NUMBER = re.compile(r"[0-9]{8,15}")
_COUNT = re.compile(r"[0-9]{1,9}")
_SECOND = re.compile(r"[0-9]{1,11}")
_BITS = re.compile(r"[0-9a-f]{1,256}")
_KEY = re.compile(r"[0-9*#]")


@dataclass(slots=True)
class _Lists:
    """The lists of a call, which may grow."""

    trail: Sequence[str] = ()
    goals: Sequence[str] = ()
    identification: Sequence[str] = ()
    orders: Sequence[str] = ()


def checkpoint_of(call: Call) -> str:
    """Return the checkpoint of a call, which ``resume`` reads; at most LONGEST bytes."""
    head = _head(call)
    lists = _Lists(call.trail, call.goals, call.identification, call.orders)
    line = head + _tail(lists)
    while len(line) > LONGEST and _shorten(lists):
        line = head + _tail(lists)
    return line


def resume(call: Call, checkpoint: str) -> str:
    """Restore the state of a call from a checkpoint; return its node, "" for the start.

    If the checkpoint is unreadable, the call begins again at the start.
    """
    if len(checkpoint) > LONGEST:
        return ""
    found = {
        name: value for name, _, value in (pair.partition("=") for pair in checkpoint.split("&"))
    }
    try:
        read = _Read(found)
    except ValueError:
        return ""
    read.put_into(call)
    return read.node


def _head(call: Call) -> str:
    line = f"language={call.language}&" if call.language else ""
    line += f"release={call.release}&node={call.heading or call.node}&step={call.step}"
    if call.subscriber:
        line += f"&subscriber={call.subscriber}&proof={call.proof}"
    line += _fields(
        means=call.means,
        about=call.about,
        texts=call.texts_to,
        topic=call.topic,
        reason=_safe(call.reason),
        hand="+".join(map(_safe, call.pending)),
    )
    return line + _progress(call.progress)


def _progress(progress: Progress) -> str:
    return _fields(
        seen=progress.seen and f"{progress.seen:x}",
        idle=progress.idle,
        rounds=progress.rounds,
        misses=progress.misses,
        key=_safe(progress.key),
        tried=int(progress.tried),
        since=progress.since and f"{progress.since.timestamp():.0f}",
    )


def _tail(lists: _Lists) -> str:
    return _fields(
        trail="+".join(lists.trail),
        goals="+".join(map(_safe, lists.goals)),
        identification="+".join(lists.identification),
        orders="+".join(lists.orders),
    )


def _fields(**fields: object) -> str:
    """Return the fields that are set, each as ``&name=value``."""
    return "".join([f"&{name}={value}" for name, value in fields.items() if value])


def _shorten(lists: _Lists) -> bool:
    """Drop the oldest item of the longest list. Return False if there is nothing to drop."""
    longest = max(_Lists.__slots__, key=lambda name: sum(map(len, getattr(lists, name))))
    kept = getattr(lists, longest)
    setattr(lists, longest, kept[1:])
    return bool(kept)


@lru_cache(maxsize=1024)
def _safe(word: str) -> str:
    """Return a word without the separators of a checkpoint."""
    return quote(word, safe="/:.-")


@dataclass
class _Read:
    """A parsed and checked checkpoint. Raises ValueError if the text is not a checkpoint."""

    found: dict[str, str]
    node: str = field(init=False)

    def __post_init__(self) -> None:
        self.node = self._matching("node", _NODE)
        self.release = int(self._matching("release", _COUNT) or 0)
        self.step = int(self._matching("step", _COUNT) or 0)
        self.proof = int(self._matching("proof", _COUNT) or 0)
        self.language = Language(self.found["language"]) if self.found.get("language") else None
        self.means = IdentificationMethod(self.found["means"]) if self.found.get("means") else None
        self.subscriber, self.about, self.texts_to = (
            self._number(name) for name in ("subscriber", "about", "texts")
        )
        self.topic = self._matching("topic", _NODE)
        self.reason = " ".join(self._words("reason"))
        self.pending = tuple(self._words("hand"))
        self.trail = self._words("trail")
        self.goals = self._words("goals")
        self.orders = self._words("orders")
        self.identification = self._words("identification")
        self.progress = self._progress()
        for node in self.trail:
            _check(_NODE.fullmatch(node))
        for outcome in self.identification:
            means, _, verdict = outcome.partition(":")
            IdentificationMethod(means), Verdict(verdict)

    def put_into(self, call: Call) -> None:
        call.release, call.step, call.language = self.release, self.step, self.language
        call.subscriber, call.means, call.about = self.subscriber, self.means, self.about
        call.proof = self.proof
        call.texts_to, call.topic, call.reason = self.texts_to, self.topic, self.reason
        call.pending, call.heading, call.trail = self.pending, self.node, self.trail
        call.goals, call.orders = self.goals, self.orders
        call.identification = self.identification
        call.progress = self.progress

    def _progress(self) -> Progress:
        since = self._matching("since", _SECOND)
        (key,) = self._words("key") or ("",)
        _check(not key or _KEY.fullmatch(key))
        return Progress(
            seen=int(self._matching("seen", _BITS) or "0", 16),
            idle=int(self._matching("idle", _COUNT) or 0),
            rounds=int(self._matching("rounds", _COUNT) or 0),
            misses=int(self._matching("misses", _COUNT) or 0),
            key=key,
            tried=bool(self._matching("tried", _COUNT)),
            since=datetime.fromtimestamp(int(since), UTC) if since else None,
        )

    def _matching(self, name: str, pattern: re.Pattern[str]) -> str:
        value = self.found.get(name, "")
        _check(not value or pattern.fullmatch(value))
        return value

    def _number(self, name: str) -> Msisdn | None:
        value = self._matching(name, _NUMBER)
        return Msisdn(value) if value else None

    def _words(self, name: str) -> list[str]:
        value = self.found.get(name, "")
        words = [unquote(word, errors="strict") for word in value.split("+")] if value else []
        for word in words:
            _check(word and word.isprintable())
        return words


def _check(holds: object) -> None:
    if not holds:
        raise ValueError("not a checkpoint")
