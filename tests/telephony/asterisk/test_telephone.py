"""The telephone on a real Asterisk."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ivr.domain.dialogue import Utterance
from ivr.errors import CallerHungUp, FlowBroken
from ivr.ports.dialogue import Telephone
from ivr.telephony.offload import offload
from ivr.telephony.session import AgiSession
from tests.nightly import nightly
from tests.telephony.asterisk.exchange import Exchange
from tests.waiting import pause


def never(_keys: str) -> bool:
    return False


def think_and_play(telephone: Telephone, said: Utterance) -> None:
    offload(pause, 2)
    telephone.play([said])


def test_every_key_is_heard(exchange: Exchange) -> None:
    def talk(session: AgiSession) -> str:
        return "".join(
            session.telephone.ask_key([exchange.utterance("long")], 5) or "" for _ in range(12)
        )

    assert exchange.call("1234567890*#", talk) == "1234567890*#"


def test_silence_is_no_key(exchange: Exchange) -> None:
    assert (
        exchange.call("", lambda session: session.telephone.ask_key([exchange.utterance()], 0.5))
        is None
    )


def test_keys_pressed_while_the_line_thinks_are_kept(exchange: Exchange) -> None:
    def talk(session: AgiSession) -> list[str | None]:
        keys = [session.telephone.ask_key([exchange.utterance("long")], 5)]
        offload(pause, 2)
        return keys + [session.telephone.ask_key([exchange.utterance()], 5) for _ in range(4)]

    assert exchange.call("12345", talk) == list("12345")


def test_digits_end_at_hash_at_their_number_and_at_a_pause(exchange: Exchange) -> None:
    def talk(session: AgiSession) -> list[str | None]:
        ask = session.telephone.ask_digits
        sounds = [exchange.utterance("long")]
        return [
            ask(sounds, never, 5, 3),
            ask(sounds, lambda keys: len(keys) == 3, 5, 3),
            ask(sounds, never, 5, 1),
        ]

    assert exchange.call("6*1#12345", talk) == ["6*1", "123", "45"]


def test_forgotten_keys_are_gone(exchange: Exchange) -> None:
    def talk(session: AgiSession) -> list[str | None]:
        first = session.telephone.ask_key([exchange.utterance("long")], 5)
        offload(pause, 1)
        session.telephone.forget_keys()
        return [first, session.telephone.ask_key([exchange.utterance()], 0.5)]

    assert exchange.call("123", talk) == ["1", None]


def test_a_secret_is_read_and_left_nowhere(exchange: Exchange) -> None:
    def talk(session: AgiSession) -> tuple[str, str | None]:
        secret = session.telephone.ask_secret(exchange.utterance("long"), 24, 5, 5)
        assert secret is not None
        return secret.keys, session.telephone.ask_key([exchange.utterance()], 2)

    assert exchange.call("8642*97531#2", talk) == ("8642*97531", "2")
    logs = "".join(
        file.read_text("utf-8", "replace")
        for file in (exchange.settings.home / "logs").iterdir()
        if file.is_file()
    )
    assert "97531" not in logs
    assert "97531" not in str(exchange.events)


@pytest.mark.parametrize("to", ["line", nightly("patient")])
@pytest.mark.parametrize(
    ("name", "ask"),
    [
        ("ask_key", lambda telephone, said: telephone.ask_key([said], 5)),
        ("ask_digits", lambda telephone, said: telephone.ask_digits([said], never, 5, 9)),
        ("ask_secret", lambda telephone, said: telephone.ask_secret(said, 8, 5, 9)),
        ("play", lambda telephone, said: telephone.play([said])),
        ("thinking", lambda telephone, said: think_and_play(telephone, said)),
    ],
)
def test_a_hang_up_is_noticed(
    exchange: Exchange, to: str, name: str, ask: Callable[[Telephone, Utterance], object]
) -> None:
    """With AGIEXITONHANGUP the connection ends; without it Asterisk answers -1 or 511."""

    def talk(session: AgiSession) -> object:
        return ask(session.telephone, exchange.utterance("long"))

    assert exchange.call("", talk, hold=0.5, to=to) is CallerHungUp


def test_a_missing_sound_is_neither_silence_nor_a_hang_up(exchange: Exchange) -> None:
    missing = exchange.utterance("missing")
    present = exchange.utterance()
    for talk in (
        lambda session: session.telephone.ask_key([present, missing], 1),
        lambda session: session.telephone.ask_secret(missing, 8, 1, 1),
        lambda session: session.telephone.play([missing]),
    ):
        assert exchange.call("", talk) is FlowBroken


def test_any_value_of_a_variable_comes_back(exchange: Exchange) -> None:
    values = ['"q" \\ ${UNIQUEID} (a) b)', "ýüz müň манат", "hangup", "ž" * 3000, ""]

    def talk(session: AgiSession) -> list[str]:
        back = []
        for value in values:
            session.telephone.put_on_channel("IVR_TRIAL", value)
            back.append(session.telephone.noted("IVR_TRIAL"))
        return back

    assert exchange.call("", talk) == values
