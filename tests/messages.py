"""Writes docs/messages.md: every refusal that a person can meet, found in the code.

``python -m tests.messages`` writes the page; tests/test_messages_page.py fails when it is stale.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from ivr.commands import clerk
from ivr.network import answers
from ivr.settings import PROJECT
from tests.refusals import refusals

PAGE = PROJECT / "docs" / "messages.md"
EDITORS, OFFICES, ENGINEERS = "Editors", "Offices", "Engineers"
PEOPLE: Mapping[str, str] = {
    EDITORS: "For those who change menus, texts, recordings, prices, news and the terms of"
    " invoices: what `ivr flow check`, `ivr flow publish`, `ivr say` and `ivr announcement` say.",
    OFFICES: "For those who import subscribers, payments and packages, or print an invoice.",
    ENGINEERS: "For those who run the line, with its settings, processes, database, Asterisk,"
    " network and message centre: what the commands and the logs say.",
}
BY_MODULE: Mapping[str, str] = {
    "ivr/flow/": EDITORS,
    "ivr/speech/": EDITORS,
    "ivr/speech/backing.py": ENGINEERS,
    "ivr/domain/values.py": EDITORS,
    "ivr/care/": EDITORS,
    "ivr/care/lostorders.py": ENGINEERS,
    "ivr/care/orders.py": ENGINEERS,
    "ivr/care/subscriptions.py": ENGINEERS,
    "ivr/care/hash_queue.py": ENGINEERS,
    "ivr/flow/fields.py": EDITORS,
    "ivr/content/": EDITORS,
    "ivr/softphone/audible.py": EDITORS,
    "ivr/paper/": EDITORS,
    "ivr/commands/flow.py": EDITORS,
    "ivr/commands/say.py": EDITORS,
    "ivr/commands/announcement.py": EDITORS,
    "ivr/sheet/": OFFICES,
    "ivr/store/rows.py": OFFICES,
    "ivr/store/row_cells.py": OFFICES,
    "ivr/store/subscriber_row.py": OFFICES,
    "ivr/store/package_rows.py": OFFICES,
    "ivr/commands/importing.py": OFFICES,
    "ivr/store/importing.py": OFFICES,
    "ivr/store/payment_rows.py": OFFICES,
    "ivr/store/packages.py": OFFICES,
    "ivr/commands/subscribers.py": OFFICES,
    "ivr/commands/payments.py": OFFICES,
    "ivr/commands/packages.py": OFFICES,
    "ivr/commands/invoices.py": OFFICES,
    "ivr/commands/codeword.py": OFFICES,
    "ivr/commands/records.py": OFFICES,
}
"""Who meets the messages of a module, or of a folder; engineers, where nothing is said."""
HEAD = """# Messages

<!-- Written by `python -m tests.messages`: change the code, then run it. -->

The sentences with which the program refuses something, as the code has them. ‹Angle quotes› mark
what is filled in. Each sentence says what is wrong and what to do. A command prints its refusal
after `ivr: ` and ends with status 1; wrong usage ends with status 2. "The ‹part› does not answer"
and "the ‹part› cannot be used now" are followed by what to start, or by "try again later". If a
sentence in a log names nothing to do, the program tries again without help.
"""


def page() -> str:
    """The page as it must be."""
    found = list(refusals())
    parts = [HEAD]
    for people, about in PEOPLE.items():
        parts.append(f"## {people}\n\n{about}\n")
        mine = [said for said in found if _met_by(said.file) == people]
        for file in dict.fromkeys(said.file for said in mine):
            words = dict.fromkeys(said.words for said in mine if said.file == file)
            parts.append(f"### {file}\n\n" + "\n".join(f"- {_line(each)}" for each in words) + "\n")
    parts += (_clerk(), _message_centre())
    return "\n".join(parts)


def _met_by(file: str) -> str:
    likely = [people for start, people in BY_MODULE.items() if file.startswith(start)]
    return likely[-1] if likely else ENGINEERS


def _line(words: str) -> str:
    """On one line of Markdown."""
    return re.sub(r"\s+", " ", words).strip().replace("|", "\\|").replace("<", "\\<")


def _clerk() -> str:
    lines = [
        "## Clerks\n",
        "For those who set code words and unlock numbers, in the language of the terminal.\n",
    ]
    for name, texts in clerk.WORDS.items():
        written = (text.replace("{", "‹").replace("}", "›") for text in texts.values())
        lines.append(f"- {name}: {' · '.join(map(_line, written))}")
    return "\n".join(lines) + "\n"


def _message_centre() -> str:
    """Answers of the message centre, as `ivr messages` and messages.log tell them."""
    lines = [
        "## Answers of the message centre\n",
        "To a message (`ivr messages`, messages.log): after an answer marked *never* it is failed;"
        " after any other answer it is sent again for 48 hours.\n",
        "| answer | what is said | |",
        "|---|---|---|",
        *(
            f"| 0x{code:02x} | {_line(answer.words)} | {answer.meaning.value} |"
            for code, answer in answers.ANSWERS.items()
        ),
        f"| 0x400 to 0x4ff | {answers.VENDOR.words} | {answers.VENDOR.meaning.value} |",
        f"| any other | {answers.UNKNOWN.words} | {answers.UNKNOWN.meaning.value} |",
        '\nTo the bind (messages.log): "the message centre cannot be used now: it refuses the link'
        ' (‹answer›): …"\n',
        "| answer | what is said |",
        "|---|---|",
        *(f"| 0x{code:02x} | {_line(words)} |" for code, words in answers.BINDS.items()),
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
