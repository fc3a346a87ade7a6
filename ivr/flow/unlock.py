"""The dialogue of a caller who meets a lock, and the one-time code that ends the lock.

The words are the same for every number, whether or not it belongs to a subscriber.
"""

from __future__ import annotations

from collections.abc import Iterable

from ivr.domain.identification import CodeSent, LockState
from ivr.domain.values import Msisdn
from ivr.flow.dialogue import Dialogue
from ivr.flow.question import PATIENCE, NodeExit

REASON = "identification"
"""``Call.reason`` of a caller who met a lock."""
SEND, ENTER, MENU = "1", "2", "3"


def unlock_prompts() -> Iterable[str]:
    """Return the keys of every text that ``end_lock`` may say."""
    yield from ("identify.locked", "identify.office")
    yield from (f"identify.code.{text}" for text in ("send", "have", "menu"))
    yield from (f"identify.code.{text}" for text in ("enter", "no-match", "right"))
    yield from (f"identify.code.{sent}" for sent in CodeSent)
    yield from (f"press.{key}" for key in (SEND, ENTER, MENU))


def end_lock(talk: Dialogue, number: Msisdn, lock_state: LockState) -> NodeExit | None:
    """Tell the caller about the lock and offer the code. None: there is no lock any more."""
    talk.call.reason = talk.call.reason or REASON
    talk.say(f"identify.{lock_state}")
    for _ in range(PATIENCE):
        talk.say("identify.code.send")
        talk.say(f"press.{SEND}")
        talk.say("identify.code.have")
        talk.say(f"press.{ENTER}")
        talk.say("identify.code.menu")
        talk.say(f"press.{MENU}")
        key = talk.choose(SEND + ENTER + MENU, "code")
        if isinstance(key, NodeExit):
            return key
        if key == MENU:
            return NodeExit.MAIN
        if key == SEND:
            sent = talk.care.codes.send(number, talk.call.origin)
            talk.mention(f"identify.code.{sent}")
            if sent is CodeSent.NOT_LOCKED:
                return None
        entered = _enter(talk, number)
        if entered is not NodeExit.BACK:
            return entered
    return talk.to_agent(REASON)


def _enter(talk: Dialogue, number: Msisdn) -> NodeExit | None:
    """Ask for the code. None: it was right; BACK: repeat the offer."""
    code = talk.secret("identify.code.enter", "code/enter")
    if isinstance(code, NodeExit):
        return code
    if talk.care.codes.check(talk.call.actor, number, talk.call.origin, code):
        talk.mention("identify.code.right")
        return None
    talk.mention("identify.code.no-match")
    return NodeExit.BACK
