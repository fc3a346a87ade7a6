"""docs/wording.md has every text in three languages, as they are now."""

from __future__ import annotations

from ivr.commands.wording import wording
from ivr.settings import PROJECT
from ivr.speech.texts import read_texts


def test_the_page_is_that_of_the_texts() -> None:
    page = (PROJECT / "docs" / "wording.md").read_text(encoding="utf-8")
    assert page == wording(read_texts(PROJECT / "prompts")), (
        "the texts were edited: run `ivr flow wording > docs/wording.md`"
    )


def test_every_text_stands_beside_its_translations() -> None:
    texts = read_texts(PROJECT / "prompts")
    lines = wording(texts).splitlines()
    rows = [line for line in lines if line.startswith("| `")]
    assert len(rows) == len(texts.keys)
    assert any("Salam!" in row and "Здравствуйте!" in row and "Hello!" in row for row in rows)
