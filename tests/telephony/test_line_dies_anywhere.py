"""A worker of the line killed before or after any step of a call: another one goes on.

It has nothing but the channel's variables and what is written down. The caller answers what is
asked; goals, orders and journal are those of a call that nothing has disturbed.

Unless one worker dies before an order is carried out, and the next one while it carries it out:
that one has claimed the order for a minute (decision 0057), in which nobody may ask the network for
it. The caller is told that the order is accepted, which is so, and ``ivr orders`` carries it out.

What is counted before it is done, so that a death is no free try, is counted for workers that died
too: tries at the code word, and tellings of the PUK. Who has none left goes on as any such caller.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import structlog
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ivr.domain.call import CallOutcome
from ivr.flow.document import Flow, read_flow
from ivr.settings import PROJECT
from tests.telephony.dying import same_call, undisturbed
from tests.telephony.stories import CALL, STORIES, deaths


@pytest.fixture(scope="module")
def flow() -> Flow:
    return read_flow(PROJECT / "prompts" / "0890.yaml")


@pytest.fixture(autouse=True)
def no_call_in_the_log() -> Iterator[None]:
    yield
    structlog.contextvars.clear_contextvars()


@pytest.mark.parametrize("name", STORIES)
def test_a_story_is_what_its_name_says(name: str) -> None:
    """Every answer of a story is an answer to what is asked, and it comes to its end."""
    world = undisturbed("0890.yaml", name)
    assert [each.answer for each in world.person.answered] == STORIES[name].keys.split()
    last = CallOutcome.ENDED if name.startswith("call-back") else CallOutcome.AGENT
    assert world.journal.outcomes[CALL] is last


def test_what_is_wanted_twice_in_a_call_is_had_twice() -> None:
    kept = {name: undisturbed("0890.yaml", name).operator for name in STORIES if "two" in name}
    assert len(kept["two invoices"].invoices.kept) == 2
    assert len(kept["two requests"].requests.kept) == 2
    assert len(kept["two packages"].orders.orders) == 2


@pytest.mark.parametrize("name", STORIES)
def test_a_worker_may_die_at_any_step(flow: Flow, name: str) -> None:
    for living in range(1 if STORIES[name].agents else 2):
        before = [(0, False)] * living
        steps = 1
        while same_call(flow, name, [*before, (steps, False)]).deaths:
            same_call(flow, name, [*before, (steps, True)])
            steps += 1
        assert steps > 10


@pytest.mark.parametrize("name", ["hiding", "service and undo"])
def test_an_order_that_workers_have_died_over_is_carried_out_later(flow: Flow, name: str) -> None:
    first = 1
    while not (world := same_call(flow, name, [(first, True), (10, False)])).left:
        assert world.deaths
        first += 1
    assert {"change.on.accepted", "change.promised"} <= set(world.person.keys)
    assert world.written()["subscriber"] == undisturbed("0890.yaml", name).written()["subscriber"]


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(list(STORIES)), st.lists(deaths, min_size=2, max_size=6))
@example("no", [(48, False), (9, False)])
@example("puk", [(36, False), (13, False)])
@example("wrong word", [(31, True), (11, True)])
def test_workers_may_die_one_after_another(name: str, lives: list[tuple[int, bool]]) -> None:
    same_call(read_flow(PROJECT / "prompts" / "0890.yaml"), name, lives)
