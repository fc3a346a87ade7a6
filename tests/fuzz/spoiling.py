"""Good examples spoilt: cut, doubled, and with something of evil put in."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.fuzz.targets import Target

EVIL = (
    b"\0",
    b"\xff\xfe",
    b"\r\n",
    b"\n\n",
    b"\xef\xbb\xbf",
    b"\xed\xa0\x80",
    "٣".encode(),
    "\u2028".encode(),
    b"9" * 5_000,
    b"a" * 9_000,
    b"[" * 100,
    b"-1",
    b'"',
)
"""Bytes that have broken readers before: zero, half letters, other digits, great numbers."""
Edit = tuple[int, int, bytes]


def spoilt(target: Target) -> st.SearchStrategy[bytes]:
    """An example of a target after a few edits, or bytes that never were one."""
    words = st.sampled_from((*target.words, *EVIL))
    edit = st.tuples(
        st.integers(0, 2_000), st.integers(0, 40), words | words | st.binary(max_size=12)
    )
    example = st.sampled_from((*target.examples, b""))
    return st.builds(edited, example, st.lists(edit, max_size=6))


def edited(example: bytes, edits: list[Edit]) -> bytes:
    """``example`` with each edit: where, how many bytes are taken out, what is put in."""
    data = example
    for at, out, put in edits:
        place = at % (len(data) + 1)
        data = data[:place] + put + data[place + out :]
    return data
