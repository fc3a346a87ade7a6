"""Real calls to the real line, in each language; what is heard is what was rendered."""

from __future__ import annotations

import pytest

from ivr.domain.orders import OrderState
from ivr.domain.services import Change
from ivr.domain.subscriber import Status
from ivr.domain.values import Language, Money, ServiceId
from ivr.errors import TemporarilyUnavailable
from ivr.softphone.phone import Account
from ivr.speech.forms import spoken
from ivr.speech.spelling import spell
from ivr.store.callers import CallbackStatus
from tests.e2e.line import KEY_OF, PASSPORT_KEYS, PUK, RunningLine


def test_the_language_menu_is_what_is_heard_first(line: RunningLine) -> None:
    with line.call(line.number()) as caller:
        caller.hears("welcome", language=Language.TURKMEN)
        assert caller.listener.heard[0].complete
        for language in Language:
            caller.hears("language.press", language=language, press=int(KEY_OF[language]))


def test_a_whole_path_is_keyed_ahead(line: RunningLine, language: Language) -> None:
    with line.call(line.number()) as caller:
        caller.language = language
        caller.press(f"{KEY_OF[language]}31")
        caller.hears("news.packages-by-telephone", 60)
        assert {each.piece.language for each in caller.listener.heard if each.complete} == {
            language
        }


def test_the_next_call_greets_in_the_language_and_offers_to_change(
    line: RunningLine, language: Language
) -> None:
    number = line.number()
    with line.call(number) as caller:
        caller.language = language
        caller.press(KEY_OF[language])
        caller.hears("menu.main.account")
    with line.call(number) as caller:
        caller.language = language
        caller.hears("language.greeting")
        for other in Language:
            if other != language:
                caller.hears("language.change", language=other)
        caller.hears("menu.main.account")


@pytest.mark.nightly
def test_silence_ends_at_an_agent_and_a_number_may_be_left(
    line: RunningLine, language: Language
) -> None:
    number = line.number()
    with line.call(number) as caller:
        caller.language = language
        caller.press(f"{KEY_OF[language]}3")
        caller.hears("noinput.1", 40)
        caller.hears("noinput.2", 40)
        caller.hears("noinput.3", 40)
        caller.hears("agent.transfer")
        caller.hears("callback.nobody")
        caller.press("1")
        caller.hears("callback.done", number=number)
        caller.hears("goodbye")
        caller.is_hung_up()
    left = [
        each
        for each in line.container.store.callbacks.list(CallbackStatus.OPEN, 1000)
        if each.number == number
    ]
    assert [(each.language, each.reason) for each in left] == [(language, "noinput")]


def test_wrong_keys_end_at_an_agent(line: RunningLine, language: Language) -> None:
    with line.call(line.number()) as caller:
        caller.language = language
        caller.press(f"{KEY_OF[language]}3")
        for time in ("1", "2", "3"):
            caller.press("7")
            caller.hears(f"nomatch.{time}")
        caller.hears("agent.transfer")


@pytest.mark.parametrize("means", ["codeword", "passport"])
def test_the_balance_is_told_to_who_proves_the_number(
    line: RunningLine, language: Language, means: str
) -> None:
    number = line.subscriber(balance=123456)
    line.prompts.say(language, "account.balance", balance=Money(123456))  # from now on it is kept
    with line.call(number) as caller:
        caller.language = language
        caller.press(f"{KEY_OF[language]}1#")
        caller.proves(means)
        caller.press("1")
        amount = caller.hears("account.balance", balance=Money(123456))
        said = spoken(language, "money", Money(123456))
        assert amount.piece.words == spell(language, said, line.container.folder.texts().lexicon)


@pytest.mark.nightly
def test_a_passport_is_asked_for_part_by_part(line: RunningLine, language: Language) -> None:
    number = line.subscriber(balance=123456)
    with line.call(number) as caller:
        caller.language = language
        caller.press(f"{KEY_OF[language]}1#")
        caller.hears("identify.codeword.passport", 60)
        caller.press("#")
        caller.hears("identify.passport.series")
        caller.press("7")
        caller.hears("identify.passport.series.help")
        caller.press(PASSPORT_KEYS[0])
        caller.hears("identify.passport.region.help", 30)
        caller.press(PASSPORT_KEYS[1])
        caller.hears("identify.passport.number")
        caller.press(PASSPORT_KEYS[2:])
        caller.hears("identify.done")
        caller.press("1")
        caller.hears("account.balance", 30, balance=Money(123456))


@pytest.mark.nightly
@pytest.mark.parametrize("failure", ["wrong", "unknown", "no-codeword", "wrong-passport"])
def test_every_failure_to_identify_has_the_same_words(
    line: RunningLine, language: Language, failure: str
) -> None:
    number = line.number()
    if failure != "unknown":
        number = line.subscriber(codeword=failure != "no-codeword")
    text, secret = "identify.codeword.enter", "222222"
    if failure == "wrong-passport":
        text, secret = "identify.passport.series", "11000000"
    with line.call(number) as caller:
        caller.language = language
        caller.press(f"{KEY_OF[language]}1#")
        if failure == "wrong-passport":
            caller.hears("identify.codeword.enter", 60)
            caller.press("#")
        for answer in ("identify.no-match", "identify.no-match", "identify.locked"):
            caller.hears(text, 60)
            caller.press(f"{secret}#")
            caller.hears(answer)
        caller.hears("agent.transfer")


def test_a_service_is_switched_on_heard_seen_and_undone(
    line: RunningLine, language: Language
) -> None:
    number = line.subscriber(balance=1000)
    international = ServiceId("international")
    with line.call(number) as caller:
        caller.language = language
        caller.press(f"{KEY_OF[language]}2#")
        caller.proves()
        caller.press("3")
        caller.hears("services.is-off", service="service.waiting")
        caller.press("3")
        caller.hears("change.on.confirm", service="service.international")
        caller.hears("change.price.once", price=Money(300))
        caller.press("1")
        caller.hears("change.on.done", service="service.international")
        subscriber = line.container.store.subscribers.find(number)
        assert subscriber is not None
        assert international in subscriber.services
        assert subscriber.balance == Money(700)
        assert line.network.switched(number) == {international: True}
        caller.press("2")
        caller.hears("change.undone", service="service.international")
        subscriber = line.container.store.subscribers.find(number)
        assert subscriber is not None
        assert international not in subscriber.services
        assert subscriber.balance == Money(1000)
        assert line.network.switched(number) == {international: False}
    orders = [o for o in line.container.store.orders.newest(1000) if o.number == number]
    assert [order.state for order in orders] == [OrderState.COMPLETED] * 2
    assert {order.changes for order in orders} == {
        (Change(international, on=True),),
        (Change(international, on=False),),
    }


@pytest.mark.nightly
def test_the_number_is_suspended_and_resumed(line: RunningLine, language: Language) -> None:
    number = line.subscriber()
    with line.call(number) as caller:
        caller.language = language
        caller.press(f"{KEY_OF[language]}4#")
        caller.proves()
        caller.press("1")
        caller.hears("suspension.on.confirm")
        caller.press("1")
        caller.hears("suspension.on.done")
        assert status_of(line, number) is Status.SUSPENDED
        caller.press("*2")
        caller.hears("suspension.off.confirm", 40)
        caller.press("1")
        caller.hears("suspension.off.done")
        assert status_of(line, number) is Status.ACTIVE


@pytest.mark.nightly
def test_the_puk_is_read_in_pairs(line: RunningLine, language: Language) -> None:
    number = line.subscriber()
    with line.call(number) as caller:
        caller.language = language
        caller.press(f"{KEY_OF[language]}4#")
        caller.proves()
        caller.press("31")
        caller.hears("puk.read", 40, puk=PUK)
        caller.press("2")
        caller.hears("puk.read", 40, puk=PUK)


@pytest.mark.nightly
def test_the_block_for_inactivity_is_lifted(line: RunningLine, language: Language) -> None:
    number = line.subscriber(status=Status.INACTIVE)
    with line.call(number) as caller:
        caller.language = language
        caller.press(f"{KEY_OF[language]}4#")
        caller.proves()
        caller.press("32")
        caller.hears("inactivity.off.confirm", 40)
        caller.press("1")
        caller.hears("inactivity.off.done")
        assert status_of(line, number) is Status.ACTIVE


def status_of(line: RunningLine, number: str) -> Status:
    subscriber = line.container.store.subscribers.find(number)  # type: ignore[arg-type]
    assert subscriber is not None
    return subscriber.status


@pytest.mark.nightly
@pytest.mark.parametrize("number", ["0890", "66300890", "99366300890", "+99366300890"])
def test_every_number_of_the_line_leads_to_the_dialogue(line: RunningLine, number: str) -> None:
    with line.call(line.number(), number) as caller:
        caller.hears("welcome", language=Language.TURKMEN)


@pytest.mark.nightly
@pytest.mark.parametrize("number", ["0891", "112", "s", "99365000000", "agent1", "100"])
def test_any_other_number_is_not_found(line: RunningLine, number: str) -> None:
    with line.phone(Account(line.number(), line.settings.sip_bind)) as phone:
        phone.dial(number)
        closed = phone.wait_for("CALL_CLOSED", 10)
        assert closed["param"].startswith("404")
        with pytest.raises(TemporarilyUnavailable, match="404"):
            phone.wait_for("CALL_ESTABLISHED", 1)
