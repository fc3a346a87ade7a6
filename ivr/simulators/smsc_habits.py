"""Forms of other message centres' receipts, which the simulator can imitate. Pure functions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from ivr.network.pdu import (
    MESSAGE_PAYLOAD,
    MESSAGE_STATE,
    RECEIPTED_MESSAGE_ID,
    Command,
    Submission,
    option,
    text,
)


class Habit(StrEnum):
    """The form of a centre's receipts."""

    PLAIN = "plain"
    """Text as in appendix B of SMPP 3.4, and optional fields."""
    TEXT_ONLY = "text-only"
    OPTIONS_ONLY = "options-only"
    CAPITALS = "capitals"
    SPACES = "spaces"
    """``id: 7``."""
    SHORT = "short"
    """Only ``id`` and ``stat``."""
    LONG_WORDS = "long-words"
    """DELIVERED, UNDELIVERABLE."""
    STATE_NUMBER = "state-number"
    """``stat:2``."""
    PAYLOAD = "payload"
    """The text in the optional field ``message_payload``."""
    WIDE = "wide"
    """The text in UCS-2."""
    WIDE_UNSAID = "wide-unsaid"
    """The text in UCS-2, with another ``data_coding``."""
    DATA = "data"
    """The receipt in data_sm."""
    DATA_PAYLOAD = "data-payload"
    NO_END = "no-end"
    """The name in the optional field without its zero byte."""
    LONG_STATE = "long-state"
    """The state in an optional field of four octets."""
    VENDOR = "vendor"
    """Optional fields of a vendor before and between the others."""
    NO_KIND = "no-kind"
    """``esm_class`` 0, and the optional fields."""
    HEADER = "header"
    """A header (UDHI) before the text."""
    DECIMAL = "decimal"
    """The hexadecimal name in decimal."""
    BARE = "bare"
    """The name without leading zeros."""
    PADDED = "padded"
    """The name with more leading zeros."""
    SMALL = "small"
    """The name in lower case."""
    NATIONAL = "national"
    """The phone's number without the country code."""
    SWAPPED = "swapped"
    """Sender and receiver as they were in the message."""
    TWICE = "twice"
    OVERTURNED = "overturned"
    """UNDELIV after DELIVRD, or the other way round."""
    UNDERWAY = "underway"
    """ENROUTE and ACCEPTD first."""
    CUT = "cut"
    """A truncated receipt first."""
    EARLY = "early"
    """The receipt before the answer to the message."""
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class _Form:
    """The content of a receipt before encoding."""

    name: str
    state: int
    words: str
    text: str
    source: str
    number: str
    esm_class: int = 0x04
    coding: int = 0
    has_options: bool = True
    has_text: bool = True


STATES = {1: "ENROUTE", 2: "DELIVRD", 5: "UNDELIV", 6: "ACCEPTD"}
VENDOR_FIELD = option(0x1454, b"\1\2\3")


def receipts(
    habit: Habit, submission: Submission, name: str, has_arrived: bool
) -> Sequence[tuple[Command, bytes]]:
    """Return the requests in which a centre with this habit reports the result of a message."""
    return list(_receipts(habit, submission, name, has_arrived))


def _receipts(
    habit: Habit, submission: Submission, name: str, has_arrived: bool
) -> Iterator[tuple[Command, bytes]]:
    final, other = (2, 5) if has_arrived else (5, 2)
    whole = _shaped(habit, _form(submission, name, final))
    match habit:
        case Habit.NEVER:
            return
        case Habit.UNDERWAY:
            for state in (1, 6):
                yield Command.DELIVER_SM, _deliver(habit, _form(submission, name, state))
        case Habit.CUT:
            yield Command.DELIVER_SM, _deliver(habit, whole)[:9]
        case Habit.DATA | Habit.DATA_PAYLOAD:
            yield Command.DATA_SM, _data(habit, whole)
            return
    yield Command.DELIVER_SM, _deliver(habit, whole)
    if habit is Habit.TWICE:
        yield Command.DELIVER_SM, _deliver(habit, whole)
    if habit is Habit.OVERTURNED:
        yield Command.DELIVER_SM, _deliver(habit, _form(submission, name, other))


def _form(submission: Submission, name: str, state: int) -> _Form:
    dates = "submit date:2611291200 done date:2611291201"
    words = f"id:{name} sub:001 dlvrd:{state == 2:03d} {dates} stat:{STATES[state]} err:000 text:"
    return _Form(name, state, STATES[state], words, submission.number, submission.source)


def _shaped(habit: Habit, form: _Form) -> _Form:
    """Return a receipt with the changes of a habit."""
    bare = form.name.lstrip("0") or "0"
    names = {
        Habit.DECIMAL: str(int(form.name, 16)),
        Habit.BARE: bare,
        Habit.PADDED: bare.rjust(16, "0"),
        Habit.SMALL: form.name.lower(),
    }
    named = names.get(habit, form.name)
    words = {
        Habit.LONG_WORDS: {"DELIVRD": "Delivered", "UNDELIV": "Undeliverable"}.get(form.words),
        Habit.STATE_NUMBER: f"{form.state:03d}",
    }.get(habit) or form.words
    said = form.text.replace(form.name, named, 1).replace(form.words, words)
    texts = {
        Habit.CAPITALS: said.upper(),
        Habit.SPACES: said.replace(":", ": "),
        Habit.SHORT: f"id:{named} stat:{words}",
    }
    numbers = {
        Habit.NATIONAL: (form.source.removeprefix("993"), form.number),
        Habit.SWAPPED: (form.number, form.source),
    }
    source, number = numbers.get(habit, (form.source, form.number))
    only_text = {*names, *texts, Habit.LONG_WORDS, Habit.STATE_NUMBER, Habit.TEXT_ONLY}
    only_text |= {Habit.PAYLOAD, Habit.WIDE, Habit.WIDE_UNSAID, Habit.HEADER, Habit.DATA_PAYLOAD}
    return replace(
        form,
        name=named,
        text=texts.get(habit, said),
        source=source,
        number=number,
        esm_class={Habit.NO_KIND: 0x00, Habit.HEADER: 0x44}.get(habit, 0x04),
        coding=8 if habit is Habit.WIDE else 0,
        has_options=habit not in only_text,
        has_text=habit not in (Habit.OPTIONS_ONLY, Habit.NO_KIND, Habit.DATA, Habit.LONG_STATE),
    )


def _deliver(habit: Habit, form: _Form) -> bytes:
    """Return the body of a deliver_sm (4.6.1)."""
    said = _said(habit, form)
    short = b"" if habit is Habit.PAYLOAD else said
    return b"".join(
        (
            text(""),
            b"\x01\x01" + text(form.source),
            b"\x00\x01" + text(form.number),
            bytes((form.esm_class, 0, 0)),
            text("") + text(""),
            bytes((0, 0, form.coding, 0, len(short))) + short,
            option(MESSAGE_PAYLOAD, said) if habit is Habit.PAYLOAD else b"",
            _options(habit, form),
        )
    )


def _data(habit: Habit, form: _Form) -> bytes:
    """Return the body of a data_sm (4.7.1)."""
    has_payload = habit is Habit.DATA_PAYLOAD
    return b"".join(
        (
            text(""),
            b"\x01\x01" + text(form.source),
            b"\x00\x01" + text(form.number),
            bytes((form.esm_class, 0, form.coding)),
            option(MESSAGE_PAYLOAD, _said(habit, form)) if has_payload else b"",
            _options(habit, form),
        )
    )


def _said(habit: Habit, form: _Form) -> bytes:
    if not form.has_text:
        return b""
    said = form.text.encode("utf-16-be" if habit in (Habit.WIDE, Habit.WIDE_UNSAID) else "ascii")
    return b"\x05\x00\x03\x07\x01\x01" + said if habit is Habit.HEADER else said


def _options(habit: Habit, form: _Form) -> bytes:
    if not form.has_options:
        return b""
    name = form.name.encode("ascii") + (b"" if habit is Habit.NO_END else b"\0")
    state = form.state.to_bytes(4 if habit is Habit.LONG_STATE else 1, "big")
    between = VENDOR_FIELD if habit is Habit.VENDOR else b""
    named = option(RECEIPTED_MESSAGE_ID, name)
    return between + named + between + option(MESSAGE_STATE, state)
