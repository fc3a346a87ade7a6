"""Barge-in, measured at the sound itself."""

from __future__ import annotations

from ivr.domain.values import Language
from tests.e2e.line import KEY_OF, RunningLine

KEY_SECONDS = 0.19
"""From ``press`` to the end of the key on the wire (RFC 4733), as seen with this phone: Asterisk
acts on the end of a key, 3 ms behind it."""
BARGE_IN = 0.1


def test_a_key_stops_the_prompt_within_a_tenth_of_a_second(
    line: RunningLine, language: Language
) -> None:
    with line.call(line.number()) as caller:
        caller.language = language
        caller.press(KEY_OF[language])
        caller.hears("menu.main.account")
        caller.listener.listen_until(lambda: caller.listener.saying is not None, 5)
        pressed = caller.phone.seconds
        caller.press("3")
        caller.hears("menu.info.news")
        cut = [heard for heard in caller.listener.heard if heard.end > pressed]
        assert cut[0].end - pressed < KEY_SECONDS + BARGE_IN
