"""Keys as phones, trunks and gateways send them, each kind in a real call."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.telephony.asterisk.answering import Answering, answering
from tests.telephony.asterisk.caller import OFFER, RATE, TONES, Caller, dual
from tests.telephony.asterisk.srtp import KEY

CRYPTO = f"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{KEY}\n"
HEAD, _, PLAIN = OFFER.partition("t=0 0\n")
HEAD += "t=0 0\n"
SECRET = PLAIN.replace("AVP", "SAVP").replace("8 101\n", f"8 101\n{CRYPTO}", 1)
BARE = TONES.partition("t=0 0\n")[2]
G722 = OFFER.replace("AVP 8", "AVP 9").replace("8 PCMA", "9 G722")
WIDE = G722.replace("event/8000", "event/16000")
BOTH = WIDE.replace("9 101", "9 101 102") + "a=rtpmap:102 telephone-event/8000\n"
MU = TONES.replace("AVP 8", "AVP 0").replace("8 PCMA", "0 PCMU")

Presses = Callable[[Caller], object]


def each(press: Callable[[Caller, str], object], keys: str = "511#") -> Presses:
    """The keys one after another."""

    def press_all(caller: Caller) -> None:
        for key in keys:
            press(caller, key)
            caller.pause(0.06)

    return press_all


def events(**how: object) -> Presses:
    return each(lambda caller, key: caller.event(key, **how))  # type: ignore[arg-type]


def tones(seconds: float = 0.1, type: int = 8) -> Presses:
    return each(lambda caller, key: caller.tone(key, seconds, type))


def info(form: str, kind: str = "application/dtmf-relay", keys: str = "511#") -> Presses:
    return each(lambda caller, key: caller.info(key, form, kind), keys)


def by_number(form: str, kind: str = "application/dtmf-relay") -> Presses:
    """Star and hash are 10 and 11 in RFC 4733, and so with some phones."""
    told = {"*": "10", "#": "11"}
    return each(lambda caller, key: caller.info(told.get(key, key), form, kind), "5*1#")


def both_ways(caller: Caller) -> None:
    """Events, and INFO as each key is let go."""
    for key in "511":
        caller.event(key, ends=((0, 0),))
        caller.info(key)
    caller.event("#")


def never_ends(caller: Caller, key: str) -> None:
    caller.event(key, ends=())
    caller.pause(0.4)


def held(caller: Caller) -> None:
    caller.event("5", packets=75)
    caller.event("#")


def held_tone(caller: Caller) -> None:
    caller.tone("5", 1.5)
    caller.tone("#")


def talks_over_it(caller: Caller) -> None:
    """Voice with tones in it, of a radio for example, where keys are agreed to be events."""
    speech = np.random.default_rng(890).normal(0, 3000, RATE // 2)
    caller.speak(np.concatenate([speech, dual("5", 0.2), speech, dual("0", 0.2), speech]))
    caller.event("#")


def talks(caller: Caller) -> None:
    """Voice without tones, where keys are tones: low noise, in syllables."""
    noise = np.random.default_rng(890).normal(0, 1, RATE * 2)
    voice = np.convolve(noise, np.exp(-np.arange(40) / 8), "same")
    voice *= 6000 / np.max(np.abs(voice)) * (1 + np.sin(np.arange(len(voice)) / RATE * 25))
    caller.speak(voice)
    caller.tone("#")


def asks_if_it_is_there(caller: Caller) -> None:
    """As gateways do within a call."""
    assert [caller.ask("OPTIONS"), caller.ask("INFO"), caller.ask("UPDATE")] == [200, 200, 200]
    caller.event("5")
    caller.event("#")


def nothing_is_one(caller: Caller) -> None:
    for form in ("Signal=x\n", "Signal=17\n", "Signal=-1\n", "Signal=\n", "Duration=160\n"):
        assert caller.info("", form) >= 400
    caller.info("#")


KEYS: dict[str, tuple[str, Presses, str]] = {
    "RFC 4733": (OFFER, events(), "511"),
    "another payload type": (OFFER.replace("101", "96"), events(type=96), "511"),
    "in capitals": (OFFER.replace("telephone-event", "TELEPHONE-EVENT"), events(), "511"),
    "one end packet": (OFFER, events(ends=((0, 0),)), "511"),
    "seven end packets": (OFFER, events(ends=((0, 0),) * 7), "511"),
    "no end packet": (OFFER, each(never_ends), "511"),
    "each end packet with a timestamp of its own": (
        OFFER,
        events(ends=((0, 0), (0, 160), (0, 320))),
        "511",
    ),
    "each end packet with a timestamp and a sequence number of its own": (
        OFFER,
        events(ends=((0, 0), (3, 1), (3, 2))),
        "511",
    ),
    "each end packet with a sequence number far on": (
        OFFER,
        events(ends=((0, 0), (40, 0), (40, 0))),
        "511",
    ),
    "pressed as fast as a mobile network lets": (
        OFFER,
        each(lambda caller, key: caller.event(key, packets=3, ends=((0, 0),))),
        "511",
    ),
    "held for long": (OFFER, held, "5"),
    "events and tones": (OFFER, events(tone=True), "511"),
    "events and INFO": (OFFER, both_ways, "511"),
    "tones where events are agreed are voice": (OFFER, talks_over_it, ""),
    "G.722, events of 8 kHz": (G722, events(), "511"),
    "G.722, events of 16 kHz alone": (WIDE, events(rate=16_000), "511"),
    "two clock rates, the first one used": (BOTH, events(rate=16_000), "511"),
    "two clock rates, the second one used": (BOTH, events(type=102), "511"),
    "Opus first, with events of 48 kHz": (
        OFFER.replace("8 101", "111 8 110 101")
        + "a=rtpmap:111 opus/48000/2\na=rtpmap:110 telephone-event/48000\n",
        events(),
        "511",
    ),
    "no offer in the INVITE": ("", events(), "511"),
    "SRTP first, then plain, events": (HEAD + SECRET + PLAIN, events(), "511"),
    "SRTP first, then plain, tones": (
        HEAD + BARE.replace("AVP 8\n", f"SAVP 8\n{CRYPTO}") + BARE,
        tones(),
        "511",
    ),
    "plain first, then SRTP": (HEAD + PLAIN + SECRET, events(), "511"),
    "SRTP alone": (HEAD + SECRET, events(), "511"),
    "SRTP if wanted": (HEAD + SECRET.replace("SAVP", "AVP"), events(), "511"),
    "tones in A-law": (TONES, tones(), "511"),
    "tones in mu-law": (MU, tones(type=0), "511"),
    "short tones": (TONES, tones(0.06), "511"),
    "a tone held for long": (TONES, held_tone, "5"),
    "voice is no tone": (TONES, talks, ""),
    "INFO dtmf-relay": (TONES, info("Signal={key}\nDuration=160\n"), "511"),
    "INFO where events are agreed": (OFFER, info("Signal={key}\nDuration=160\n"), "511"),
    "INFO with spaces, without its last line's end": (
        TONES,
        info("Signal= {key}\nDuration= 100"),
        "511",
    ),
    "INFO in small letters, the other way round": (
        TONES,
        info("duration=100\nsignal={key}\n"),
        "511",
    ),
    "INFO without a duration": (TONES, info("Signal={key}"), "511"),
    "INFO with a parameter": (
        TONES,
        info("Signal={key}\n", "application/dtmf-relay;charset=utf-8"),
        "511",
    ),
    "INFO with numbers for star and hash": (TONES, by_number("Signal={key}\n"), "5*1"),
    "INFO dtmf": (TONES, info("{key}", "application/dtmf"), "511"),
    "INFO dtmf with numbers for star and hash": (
        TONES,
        by_number("{key}\n", "application/dtmf"),
        "5*1",
    ),
    "INFO that is no key": (TONES, nothing_is_one, ""),
    "asked whether the call is there": (OFFER, asks_if_it_is_there, "5"),
}
"""What is offered, what is done, and which keys the line has heard."""
OFTEN = (
    *("RFC 4733", "events and tones", "events and INFO", "tones in A-law", "INFO dtmf-relay"),
    *("each end packet with a timestamp of its own", "pressed as fast as a mobile network lets"),
    *("G.722, events of 16 kHz alone", "SRTP first, then plain, events", "INFO dtmf"),
    *("tones where events are agreed are voice", "voice is no tone"),
    *("asked whether the call is there", "no offer in the INVITE"),
)
"""Looked at in each run; the others at night."""


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Answering]:
    with answering(tmp_path_factory.mktemp("keys")) as line:
        yield line


def named(names: list[str]) -> list[object]:
    return [
        name if name in OFTEN else pytest.param(name, marks=pytest.mark.nightly) for name in names
    ]


@pytest.mark.parametrize("name", named(list(KEYS)))
def test_each_press_is_one_key(line: Answering, name: str) -> None:
    offer, press, keys = KEYS[name]
    with line.caller() as caller:
        assert caller.ring(offer=offer) == 200
        caller.pause(0.2)
        press(caller)
        assert line.heard(caller.number).keys == keys


@pytest.mark.parametrize("asks", ["secret", "keys"])
@pytest.mark.parametrize(
    "name",
    [
        "each end packet with a timestamp of its own",
        *(
            pytest.param(name, marks=pytest.mark.nightly)
            for name in ("RFC 4733", "events and INFO", "tones in A-law", "INFO dtmf-relay")
        ),
    ],
)
def test_it_is_so_in_secrets_and_menus(line: Answering, name: str, asks: str) -> None:
    offer, press, keys = KEYS[name]
    line.asks = asks
    try:
        with line.caller() as caller:
            assert caller.ring(offer=offer) == 200
            caller.pause(0.2)
            press(caller)
            assert line.heard(caller.number).keys == keys
    finally:
        line.asks = "digits"


def test_no_key_is_in_a_log(line: Answering) -> None:
    log: Path = line.settings.home / "logs"
    written = "".join(file.read_text("utf-8", "replace") for file in log.iterdir())
    assert not re.search(r"DTMF (begin|end)|'5'", written)
