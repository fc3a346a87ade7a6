"""docs/messages.md has every refusal, as the code says it now."""

from __future__ import annotations

from tests.messages import PAGE, page
from tests.refusals import refusals


def test_the_page_is_that_of_the_code() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), (
        "messages were changed: run `python -m tests.messages`, and read what it writes"
    )


def test_refusals_are_found_in_every_form() -> None:
    """Raised with an f-string, by a helper, in a validator, as an issue, as a constant's text."""
    found = {(said.file, said.words) for said in refusals()}
    for file, words in (
        (
            "ivr/commands/database.py",
            "'‹form›' is not a form of this database: use one of ‹known›",
        ),
        ("ivr/flow/yamltree.py", "nested too deeply; compare it with the original file"),
        ("ivr/flow/review.py", "the catalogue has no group '‹group›'"),
        ("ivr/flow/document.py", "languages: one is given twice"),
        ("ivr/system/checks.py", "setting ‹name›: '‹text›' is not HOST:PORT, as in 127.0.0.1:5060"),
        (
            "ivr/store/postgres.py",
            "the database cannot be used now: all its connections are in use",
        ),
        (
            "ivr/network/pages.py",
            "the ‹part› cannot be used now: its list has more than 200 pages: check that it"
            " supports the filter",
        ),
        (
            "ivr/store/migrations.py",
            "the database ‹file› cannot be written: ‹reason›; free space on its disk",
        ),
        ("ivr/commands/records.py", "‹text› is not a time; write 2026-11-24 or 2026-11-24T10:30"),
    ):
        assert (file, words) in found
