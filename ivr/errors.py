"""The errors of the line, one tree.

IvrError
├── CallerHungUp             the caller has hung up, in any form that Asterisk reports
├── ProofEnded               the right to the number that was proved in this call has ended
├── TemporarilyUnavailable   a system behind the line does not answer now; a later try may work
│   ├── KeyTaken             the operation key belongs to another operation; nothing is done
│   └── SubscriberGone       the identified number is no longer among the subscribers
├── Forbidden                the actor has no right to the operation
│   └── StepUpNeeded         the actor has the right, and must show a second factor again
├── FlowBroken               a dialogue document cannot be run
└── Unusable                 a file, setting or argument from a person cannot be used

Expected results (refused, locked, not matched) are values, never exceptions.
"""

PARTS = {
    "asterisk": "Asterisk",
    "smsc": "the message centre",
    "release": "the live release",
    "server": "our HTTP server",
}
"""Names of parts in error sentences; the others are ``the <part>``."""


class IvrError(Exception):
    """Any error of this project. Its text is one sentence for people, without secrets."""


class CallerHungUp(IvrError):
    """The caller has hung up; nothing more can be played."""


class ProofEnded(IvrError):
    """The code word, the owner or the state of the number has changed since the caller proved the
    right to it. The requested data is not told, and the requested order is not placed."""


class TemporarilyUnavailable(IvrError):
    """A part (database, network, telephony) does not answer, or answers wrongly.

    ``what`` is the part in one lowercase word: ``database``, ``network``, ``asterisk``.
    """

    def __init__(self, what: str, detail: str = "") -> None:
        named = PARTS.get(what, f"the {what}")
        said = f"cannot be used now: {detail}" if detail else "does not answer"
        super().__init__(f"{named} {said}")
        self.what = what
        self.detail = detail


class KeyTaken(TemporarilyUnavailable):
    """The operation key belongs to an operation for another number or by another actor.

    Nothing is written, and nothing about the other operation is told. Callers hear that it does not
    work now.
    """

    def __init__(self) -> None:
        super().__init__("database", "the key of an operation is another number's")


class SubscriberGone(TemporarilyUnavailable):
    """The identified number is no longer among the subscribers.

    Callers hear that it does not work now.
    """

    def __init__(self) -> None:
        super().__init__("database", "the identified number is no longer there")


class Forbidden(IvrError):
    """The actor has no right to the operation. Nothing is done.

    ``right`` is the missing right in one word: ``users.manage``.
    """

    def __init__(self, right: str) -> None:
        super().__init__(f"the right {right} is needed: an administrator can give a role with it")
        self.right = right


class StepUpNeeded(Forbidden):
    """The operation asks for a second factor that was shown in the last minutes."""

    def __init__(self, right: str) -> None:
        super().__init__(right)
        self.args = (f"the right {right} needs your second factor again: show it, then repeat",)


class FlowBroken(IvrError):
    """A flow document, its texts or its audio cannot be run. The text names the node or the key."""


class Unusable(IvrError):
    """Wrong input that a person can correct. The text names it and what to do; exit status 1."""
