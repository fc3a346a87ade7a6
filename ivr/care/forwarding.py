"""Services with several settings, such as forwarding by kind. A change concerns its parts only.

Two callers may set two kinds at the same time. So a change is merged into the present settings when
it is stored, and an undo restores only the parts that its order changed.
"""

from __future__ import annotations

from ivr.domain.services import Change, Characteristics


def merged(now: Characteristics, wanted: Characteristics) -> Characteristics:
    """Return the new settings: parts that are not named stay, an empty value ends a part."""
    parts = {**dict(now), **dict(wanted)}
    return tuple(sorted((name, value) for name, value in parts.items() if value))


def does_the_same(offered: Change, now: Change) -> bool:
    """Tell whether a change still does what was offered: its own parts are unchanged since.

    Other parts may have changed. Switching off concerns all parts.
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
    """Return the change that restores the parts that ``done`` set or ended.

    ``now`` are the present settings. None: one of these parts changed again after ``done``.
    """
    left, before, found = dict(done.value), dict(done.before), dict(now)
    if any(found.get(part) != left.get(part) for part in done.parts):
        return None
    if found == left:
        return done.opposite
    value = merged(now, tuple((part, before.get(part, "")) for part in done.parts))
    return Change(done.service, bool(value), value, now)
