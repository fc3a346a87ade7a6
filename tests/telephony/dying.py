"""Calls whose workers die, and what must be true afterwards."""

from __future__ import annotations

import functools
from collections.abc import Sequence

import pytest
import structlog

from ivr.care.settlement import FINAL
from ivr.domain.orders import OrderState
from ivr.flow.dialogue import Dialogue
from ivr.flow.document import Flow, read_flow
from ivr.settings import PROJECT
from ivr.telephony import call_handler
from ivr.testing.person import Person, is_result
from tests.telephony.stories import CALL, GREETINGS, SAID_AGAIN, STORIES, World


def played(world: World, lives: Sequence[tuple[int, bool]] = ()) -> World:
    with pytest.MonkeyPatch.context() as patch, structlog.testing.capture_logs():
        asking = functools.partial(Dialogue, asked=world.person.asked)
        patch.setattr(call_handler, "Dialogue", asking)
        world.ring(lives)
    return world


def new_channel() -> dict[str, str]:
    return {"IVR_DIALLED": "0890"}


@functools.cache
def undisturbed(flow_name: str, name: str) -> World:
    flow = read_flow(PROJECT / "prompts" / flow_name)
    story = STORIES[name]
    return played(World(flow, story, Person(new_channel(), story.keys.split())))


def same_call(flow: Flow, name: str, lives: Sequence[tuple[int, bool]]) -> World:
    """Play a story with deaths; everything that is left of it must be as without."""
    plain = undisturbed("0890.yaml", name)
    world = played(World(flow, STORIES[name], plain.person.again(new_channel())), lives)
    call, calm = world.journal.calls[CALL], plain.journal.calls[CALL]
    if has_no_try_left(world):
        check_that_nothing_is_open(world)
    elif world.left:
        check_what_is_done_later(world, plain)
    else:
        check_what_is_done(world, plain)
    booked = list(world.operator.orders.orders)
    assert [id for id in call.orders if not id.startswith("invoice")] == booked
    if world.story.repeats and not has_no_try_left(world):
        assert call.identification == calm.identification
    assert world.person.keys.count("announcement") <= 1
    assert len(world.person.channel["IVR_PLACE"]) <= 800
    assert "63753646" not in str(world.person.channel)
    return world


def check_what_is_done(world: World, plain: World) -> None:
    """In the call itself: it is the same call."""
    call, calm = world.journal.calls[CALL], plain.journal.calls[CALL]
    heard, expected = world.person.keys, set(plain.person.keys)
    if "puk.twice" in heard and "number/puk" not in call.goals:
        call.goals.insert(0, "number/puk")  # counted twice, and no worker lived to note the goal
    assert world.orders() == plain.orders()
    assert world.written() == plain.written()
    assert len(call.orders) == len(calm.orders)
    if CALL in world.journal.outcomes:  # else the worker died between its last command and this
        assert world.journal.outcomes[CALL] is plain.journal.outcomes[CALL]
    refused = {"puk.twice"} if "puk.read" in expected else set()
    assert set(heard) <= expected | SAID_AGAIN | GREETINGS | refused
    assert {key for key in expected if is_result(key)} <= set(heard)


def check_what_is_done_later(world: World, plain: World) -> None:
    """By ``ivr orders``: the caller was told so. Until it is done, some things are refused."""
    heard = {key for key in world.person.keys if is_result(key)}
    accepted = {key for key in heard if key.endswith(".accepted")}
    assert accepted
    assert heard - accepted <= {*plain.person.keys} | SAID_AGAIN
    assert {order.id for order in world.left} <= world.operator.promises.made.keys()
    check_that_nothing_is_open(world)
    if len(world.orders()) == len(plain.orders()):
        assert world.written()["subscriber"] == plain.written()["subscriber"]


def has_no_try_left(world: World) -> bool:
    """Whether the caller is not identified, by a limit on tries."""
    reason = world.journal.calls[CALL].reason
    return reason == "identification" or "identify.locked" in world.person.keys


def check_that_nothing_is_open(world: World) -> None:
    """Every order is settled, and what the network has done is what the completed ones say."""
    orders, done = world.operator.orders.orders.values(), world.operator.network.done.values()
    if world.story.network != "silent":
        assert {order.state for order in orders} <= FINAL
    completed = {order.id for order in orders if order.state is OrderState.COMPLETED}
    assert completed == {order.id for order in done}
