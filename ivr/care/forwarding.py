"""Services that are set by part, such as forwarding by kind: each change is about its parts alone.

Two people may set two kinds at once. So a change is merged into what the service is set to when it
is written, and an undo puts back only the parts that its order changed.
"""

from __future__ import annotations

from ivr.domain.services import Change, Characteristics


def merged(now: Characteristics, wanted: Characteristics) -> Characteristics:
    """What a service is set to then: parts that are not named stay, an empty one ends."""
    parts = {**dict(now), **dict(wanted)}
    return tuple(sorted((name, value) for name, value in parts.items() if value))


def does_the_same(offered: Change, now: Change) -> bool:
    """Whether a change still does what was offered: its own parts are as they were then.

    Other parts may have changed. Switching off is about all parts.
    """
    if (offered.service, offered.on, now.on) != (now.service, True, True):
        return offered == now
    parts = offered.parts | now.parts
    return all(
        dict(old).get(part) == dict(new).get(part)
        for old, new in ((offered.before, now.before), (offered.value, now.value))
        for part in parts
    )


def put_back(done: Change, now: Characteristics) -> Change | None:
    """The change that puts back the parts that ``done`` has set or ended.

    ``now`` is what the service is set to. None: one of these parts is not as ``done`` left it.
    """
    left, before, found = dict(done.value), dict(done.before), dict(now)
    if any(found.get(part) != left.get(part) for part in done.parts):
        return None
    if found == left:
        return done.opposite
    value = merged(now, tuple((part, before.get(part, "")) for part in done.parts))
    return Change(done.service, bool(value), value, now)
