"""A peer in Asterisk's place that is hostile: its bytes come in any pieces, its lines in any order.

Only CallerHungUp, NotAsterisk and FlowBroken come of it, and every call ends.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Sequence
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.telephony.agi import LONGEST_REPLY, Agi, NotAsterisk
from ivr.telephony.ami import AmiLink
from ivr.telephony.telephone import AgiTelephone
from tests.fuzz.calls import dialogue, manage, transcript
from tests.fuzz.faults import SECONDS
from tests.telephony.manager import GREETING
from tests.telephony.scripted import HEADER

KEYS = ("1114112", "99999999999999999999", "9" * 5_000, "٥٣", "-5", "x", "")
LOGGED_IN = b"Response: Success\r\nActionID: login\r\n\r\n"
ANSWERS = st.sampled_from(
    (
        b"200 result=1 (welcome)\n",
        b"200 result=0 endpos=8000\n",
        "200 result=1 (ýüz müň манат)\n".encode(),
    )
)
REFUSALS = st.sampled_from(
    (
        b"520 Invalid command syntax.\n",
        b"520-Invalid command syntax. Proper usage follows:\nUsage: NOOP\n\n520 End of it.\n",
        b"520-Usage\n200 result=1 (not yet)\nHANGUP\n520 End\n",
        b"510 Invalid or unknown command\n",
    )
)
ODD = st.sampled_from(
    (
        b"HANGUP\n",
        b"HANGUP\r\n",
        b"200 result=-1\n",
        b"200 result=-1 endpos=0\n",
        b"511 Command Not Permitted on a dead channel\n",
        b"520-Usage without an end\n",
        b"200 result=1 (\xff\xfe\xc0)\n",
        b"\n",
        b"200\n",
        b"200 result=" + b"9" * 5_000 + b"\n",
        "٢٠٠ result=1\n".encode(),
    )
)
TALK = st.lists(ANSWERS | REFUSALS | ODD | st.binary(max_size=30), max_size=12).map(b"".join)


def piecewise(sent: bytes, sizes: Sequence[int]) -> list[str]:
    """The same dialogue, its bytes in pieces of these sizes, again and again."""
    ours, theirs = socket.socketpair()

    def send() -> None:
        at, turn = 0, 0
        try:
            while at < len(sent):
                size = sizes[turn % len(sizes)]
                theirs.sendall(sent[at : at + size])
                at, turn = at + size, turn + 1
            theirs.shutdown(socket.SHUT_WR)
        except OSError:
            return  # the line has hung up

    with ours, theirs:
        sending = threading.Thread(target=send)
        sending.start()
        try:
            return transcript(ours)
        finally:
            ours.close()
            sending.join()


@given(TALK, st.lists(st.integers(1, 40), min_size=1, max_size=5))
def test_it_does_not_matter_in_which_pieces_bytes_come(talk: bytes, sizes: list[int]) -> None:
    assert piecewise(HEADER + talk, sizes) == dialogue(HEADER + talk)


def test_one_byte_at_a_time_is_a_dialogue_too() -> None:
    talk = HEADER + b"200 result=1 (welcome)\nHANGUP\n200 result=0\n520-a\n520 b\n510 c\n"
    told = piecewise(talk, [1])
    assert told == dialogue(talk)
    assert told[1:3] == ["1 (welcome)", "0 ()"]
    assert told[3:] == ["FlowBroken", "FlowBroken", "CallerHungUp"]


@given(st.lists(ANSWERS, max_size=6), st.data())
def test_a_hang_up_anywhere_leaves_the_answers_in_step(
    answers: list[bytes], data: st.DataObject
) -> None:
    heard = dialogue(HEADER + b"".join(answers))
    assert len(heard) == len(answers) + 2
    at = data.draw(st.integers(0, len(answers)))
    hung_up = [*answers[:at], b"HANGUP\n", *answers[at:]]
    assert dialogue(HEADER + b"".join(hung_up)) == heard


@given(st.lists(ANSWERS | REFUSALS, max_size=8), st.data())
def test_what_is_cut_off_anywhere_is_a_hang_up(answers: list[bytes], data: st.DataObject) -> None:
    talk = HEADER + b"".join(answers)
    told = dialogue(talk[: data.draw(st.integers(0, len(talk)))])
    assert told[-1] == "CallerHungUp"


@pytest.mark.parametrize(
    "talk",
    [
        b"520-" + b"usage\n" * 15_000,
        b"520-usage\n520-more\n",
        b"HANGUP\n" * 12_000,
        b"200 result=1 (" + b"(" * (LONGEST_REPLY - 100) + b"\n",
        b"200 result=1 " + b" (" * 20_000 + b"\n",
        b"200 result=" + b" " * 60_000 + b"\n",
        b"2" * (LONGEST_REPLY + 20_000),
        b"\n" * 50_000,
        b"\r" * 60_000,
        b"\0" * 60_000,
    ],
    ids=lambda talk: repr(talk[:14]),
)
def test_much_of_the_same_ends(talk: bytes) -> None:
    assert dialogue(HEADER + talk)[-1] in ("CallerHungUp", "NotAsterisk")


@given(st.lists(st.binary(max_size=20), max_size=8), st.data())
def test_events_around_a_message_that_cannot_be_read_are_heard(
    garbage: list[bytes], data: st.DataObject
) -> None:
    evil = b"".join(line.replace(b"\r\n", b"") + b"\r\n" for line in garbage)
    kind = data.draw(
        st.sampled_from((b"", b"Event:", b"Event: \r\n", b"Response:", b"event: x\r\n"))
    )
    good = b"Event: Good\r\nQueue: agents\r\n\r\n"
    heard = manage(GREETING + LOGGED_IN + good + kind + evil + b"x\r\n\r\n" + good)
    assert [name for name, _ in heard].count("Good") >= 2


@pytest.mark.parametrize("code", KEYS, ids=lambda code: code[:9])
def test_a_key_that_is_no_key_is_not_asterisk(code: str) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(HEADER + f"200 result={code}\n".encode())
        with pytest.raises(NotAsterisk):
            AgiTelephone(Agi(ours)).forget_keys()


def test_a_greeting_without_end_ends_the_link_and_is_not_kept() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        link = AmiLink(listener.getsockname()[:2], "ivr", "secret", SECONDS, SECONDS)
        link.start()
        theirs, _ = listener.accept()
        theirs.settimeout(SECONDS)
        with theirs, closing(link), pytest.raises(ConnectionError):
            theirs.sendall(b"Asterisk Call Manager/" + b"1" * 20_000_000)


def test_a_message_without_end_ends_the_link() -> None:
    assert manage(GREETING + LOGGED_IN + b"Event: A\r\n" + b"a: b\r\n" * 200_000) == []
