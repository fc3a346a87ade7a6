"""What Asterisk, or whoever is in its place, can send over AGI and AMI."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from contextlib import suppress

from ivr.domain.dialogue import Utterance
from ivr.domain.values import Language
from ivr.errors import CallerHungUp, FlowBroken, TemporarilyUnavailable
from ivr.telephony.agi import Agi, NotAsterisk
from ivr.telephony.ami import AmiLink, Event
from ivr.telephony.telephone import AgiTelephone
from tests.fuzz.faults import SECONDS, pour, threads_end_well
from tests.telephony.manager import GREETING
from tests.telephony.scripted import HEADER

LONGEST = 100_000
"""Bytes that a socket takes before anybody reads them."""
MOST_COMMANDS = 400
WORDS = Utterance("welcome", Language.TURKMEN, "Salam", ("/sounds/a",), 1.0)


def dialogue(sent: bytes) -> list[str]:
    """Commands until what was sent is used up: what each answered. Only errors of ours end it."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(sent[:LONGEST])
        theirs.shutdown(socket.SHUT_WR)
        return transcript(ours)


def transcript(ours: socket.socket) -> list[str]:
    """What a call at this end of a connection comes to."""
    told: list[str] = []
    try:
        agi = Agi(ours)
        told.append(f"header {sorted(agi.env.items())}")
        for _ in range(MOST_COMMANDS):
            try:
                value, words = agi.execute("NOOP", wait=SECONDS)["result"]
                told.append(f"{value!s} ({words!s})")
            except FlowBroken as error:
                told.append(type(error).__name__)
    except (CallerHungUp, NotAsterisk) as error:
        told.append(type(error).__name__)
    return told


def agi(data: bytes) -> None:
    """A peer of any kind, from its first byte, and then one that had a header."""
    dialogue(data)
    dialogue(HEADER + data)


def telephone(data: bytes) -> None:
    """A call's questions, answered with anything."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(HEADER + data[:LONGEST])
        theirs.shutdown(socket.SHUT_WR)
        with suppress(CallerHungUp, NotAsterisk, FlowBroken):
            phone = AgiTelephone(Agi(ours))
            phone.noted("IVR_PLACE")
            phone.ask_key([WORDS], 1.0)
            phone.forget_keys()
            phone.ask_digits([WORDS], lambda keys: len(keys) >= 8, 1.0, 1.0)
            phone.ask_secret(WORDS, 8, 1.0, 1.0)
            phone.play([WORDS])
            phone.note("IVR_PLACE", "node=main")


def ami(data: bytes) -> None:
    """A manager that greets as Asterisk does, and one that does not."""
    events = manage(GREETING + data)
    for _, fields in events:
        assert all(isinstance(value, str) for value in fields.values()), fields
    manage(data)


def manage(sent: bytes) -> Sequence[tuple[str, Event]]:
    """The events that a link hears of what was sent, until it gives the connection up."""
    heard: list[tuple[str, Event]] = []
    with socket.create_server(("127.0.0.1", 0)) as listener, threads_end_well():
        link = AmiLink(listener.getsockname()[:2], "ivr", "secret", SECONDS, SECONDS)
        link.listen_to(lambda name, fields: heard.append((name, fields)))
        link.start()
        try:
            theirs, _ = listener.accept()
            with theirs:
                pour(theirs, sent)
            with suppress(TemporarilyUnavailable):
                link.action("Ping")
        finally:
            link.close()
    return heard
