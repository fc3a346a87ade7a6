"""The errors of the line, one tree.

IvrError
├── CallerHungUp             the caller is gone: every form of hang-up that Asterisk has
├── ProofEnded               the right to the number that was proved in this call holds no longer
├── TemporarilyUnavailable   something behind the line does not answer now; trying later may work
│   ├── KeyTaken             an operation key is another's: the operation is neither done nor found
│   └── SubscriberGone       the number that was identified is no longer among the subscribers
├── FlowBroken               a dialogue document that cannot be run
└── Unusable                 what a person handed in (file, setting, argument) cannot be used

What is expected (refused, locked, not matched) is a value, never an exception.
"""

PARTS = {
    "asterisk": "Asterisk",
    "smsc": "the message centre",
    "release": "the live release",
    "server": "our HTTP server",
}
"""Parts that are not called by their own word."""


class IvrError(Exception):
    """Any error of this project. Its text is one sentence for people, without secrets."""


class CallerHungUp(IvrError):
    """The caller is gone; nothing more can be said to them."""


class ProofEnded(IvrError):
    """The code word, the owner or the state of the number has changed since the caller proved the
    right to it. What was being read or ordered is not told and not done."""


class TemporarilyUnavailable(IvrError):
    """A database, network or telephone part does not answer, or not as it should.

    ``what`` is the part, in one lowercase word: ``database``, ``network``, ``asterisk``.
    """

    def __init__(self, what: str, detail: str = "") -> None:
        named = PARTS.get(what, f"the {what}")
        said = f"cannot be used now: {detail}" if detail else "does not answer"
        super().__init__(f"{named} {said}")
        self.what = what
        self.detail = detail


class KeyTaken(TemporarilyUnavailable):
    """The key of an operation is that of an operation for another number, or by another actor.

    Nothing is written, and what the other one did is not told. Callers hear that it does not work
    now.
    """

    def __init__(self) -> None:
        super().__init__("database", "the key of an operation is another number's")


class SubscriberGone(TemporarilyUnavailable):
    """The number that was identified is no longer among the subscribers.

    Callers hear that it does not work now.
    """

    def __init__(self) -> None:
        super().__init__("database", "the identified number is no longer there")


class FlowBroken(IvrError):
    """A flow document, its texts or its audio cannot be run. The text names the node or the key."""


class Unusable(IvrError):
    """Input that a person can mend. The text names the thing and the way out; exit status 1."""
