"""After calls with known secrets, nothing that is written anywhere contains them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

from ivr.domain.values import Language, Msisdn
from ivr.telephony.ami import Event
from ivr.telephony.management import Manager
from ivr.testing.acting import by
from ivr.wiring import telephony
from tests.e2e.line import PASSPORT_KEYS, PUK, RunningLine, running_line, short_folder
from tests.searching import files, rows, search

WORD, WORD_KEYS = "gunesligun", "4863754486"
WRONG = "7391846250"


@pytest.fixture
def line() -> Iterator[RunningLine]:
    """A line of its own, so that everything that it writes can be searched when it has ended."""
    folder = short_folder()
    with running_line(folder / "home", log_level="debug") as line:
        yield line
    shutil.rmtree(folder)


def test_no_secret_is_in_a_file_a_table_an_event_or_a_recording(line: RunningLine) -> None:
    events: list[str] = []

    def note(name: str, event: Event) -> None:
        events.append(f"{name} {dict(event)}")

    links = [telephony.manager(line.container, user) for user in Manager]
    for link in links:
        link.listen_to(note)
        link.start()
        assert link.connected.wait(5)
    number = line.subscriber(codeword=False)
    verifiers = line.container.verifying.codeword(WORD)
    assert line.container.store.subscribers.set_codeword(*by("test"), number, verifiers)
    _identify(line, number, WRONG, "codeword")
    _identify(line, number, WORD_KEYS, "codeword")
    _identify(line, number, PASSPORT_KEYS, "passport")
    _hear_puk(line, number)
    for link in links:
        link.close()
    assert events, "the link has heard nothing at all"
    unheard = [
        each for each in events if each.startswith(("VarSet", "DTMF", "Newexten", "Newstate"))
    ]
    assert unheard == [], "events of calls, which nobody is to hear"
    secrets = [WORD, WORD_KEYS, WRONG, PASSPORT_KEYS, PUK]
    search("an AMI event", "\n".join(events).encode(), secrets)
    for file in files(line.settings.home):
        search(str(file), file.read_bytes(), secrets)
    for table, text in rows(line.settings.home / "ivr.sqlite"):
        search(f"table {table}", text.encode(), secrets)


def _identify(line: RunningLine, number: Msisdn, secret: str, means: str) -> None:
    line.container.store.callers.remember(number, Language.ENGLISH)
    with line.call(number) as caller:
        caller.language = Language.ENGLISH
        caller.press("1#")
        caller.hears("identify.codeword.enter", 60)
        if means == "passport":
            caller.press("#")
            caller.hears("identify.passport.series", 60)
        caller.press(secret + "#")
        if secret == WRONG:
            caller.hears("identify.no-match")
        else:
            caller.hears("identify.done")


def _hear_puk(line: RunningLine, number: Msisdn) -> None:
    with line.call(number) as caller:
        caller.language = Language.ENGLISH
        caller.press("4#")
        caller.hears("identify.codeword.enter", 60)
        caller.press(WORD_KEYS + "#")
        caller.hears("identify.done")
        caller.press("31")
        caller.hears("puk.read", 40, puk=PUK)
