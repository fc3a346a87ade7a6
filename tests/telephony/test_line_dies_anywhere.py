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

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, is_dataclass

import pytest
import structlog
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ivr.care.orders import CLAIM
from ivr.care.settlement import FINAL
from ivr.domain.call import CallOutcome
from ivr.domain.content import Announcement
from ivr.domain.orders import Order, OrderState
from ivr.domain.subscriber import Status
from ivr.domain.values import Language
from ivr.flow.dialogue import Dialogue
from ivr.flow.document import Flow, read_flow
from ivr.flow.release import Release
from ivr.ports.care import Care
from ivr.settings import PROJECT
from ivr.telephony import call_handler
from ivr.telephony.call_handler import CallHandler
from ivr.testing.acting import by
from ivr.testing.clock import FixedClock
from ivr.testing.demo import NUMBER, OTHER, Operator, subscriber
from ivr.testing.executors import SlowExecutor
from ivr.testing.life import Killed, Life
from ivr.testing.memory import MemoryJournal
from ivr.testing.person import Person, is_result
from ivr.testing.prompts import EchoPrompts

CALL = "ivr83aa05-1795531970.12"
WORD = "# 63753646#"
"""Own number, code word."""
SAID_AGAIN = {"change.cancelled", "invoice.cancelled", "request.cancelled"}
"""What is said besides, when what the caller was about to order is not written."""
GREETINGS = {"language.greeting", "language.change"}
"""Said to a caller whose choice of language was written when the worker died."""


@dataclass(frozen=True)
class Story:
    """What a caller does, and the world in which it happens."""

    keys: str
    status: Status = Status.ACTIVE
    callerid: str = "865123456"
    services: str = "sms clip"
    network: str = "good"
    agents: bool = True
    """Agents take the call; else the caller comes back from the queue, once."""
    repeats: bool = True
    """How often the right to a number was tried is the same after a death."""


STORIES = {
    "account": Story(f"3 1 {WORD} 1 1 1 2 1 1 3 2 1 1 4 1 0"),
    "passport": Story("3 1 # # 2 6 123456 2 * 0"),
    "wrong word": Story(f"3 1 # 222222# {WORD[2:]} 1 0", repeats=False),
    "another number": Story(f"3 4 {WORD} 4 66300891 1 63753646# 1 1 0"),
    "invoice": Story(f"3 1 {WORD} 5 1 50# 12345678 3 60# 1 1 0"),
    "invoice after all": Story(f"3 1 {WORD} 5 1 50# 12345678 2 2 2 70# 12345678 1 1 0"),
    "two invoices": Story(f"3 1 {WORD} 5 1 50# 12345678 1 1 1 5 1 60# 12345678 1 1 0"),
    "service and undo": Story(f"3 2 {WORD} 1 2 1 2 1 0"),
    "services one after another": Story(f"3 2 {WORD} 1 1 1 * 2 1 * * 3 3 1 1 0"),
    "same service twice": Story(f"3 2 {WORD} 1 1 1 * 1 1 * 1 1 2 1 0"),
    "no": Story(f"3 2 {WORD} 1 1 2 * 2 1 1 0"),
    "refused by the network": Story(f"3 2 {WORD} 1 1 1 1 0", network="refuses"),
    "silent network": Story(f"3 2 {WORD} 1 1 1 2 1 0", network="silent"),
    "refused at once": Story(f"3 2 {WORD} 1 1 1 0", status=Status.BLOCKED),
    "internet package": Story(f"3 2 {WORD} 2 1 1 2 1 0", services="sms clip gprs"),
    "two packages": Story(f"3 2 {WORD} 2 1 1 * 2 1 * 0", services="sms clip gprs"),
    "sms package and discount": Story(f"3 2 {WORD} 5 1 1 1 * * 2 1 1 0"),
    "hiding": Story(f"3 2 {WORD} 4 1 1 1 1 0"),
    "forwarding": Story(f"3 2 {WORD} 4 2 3 61000000 20 1 2 1 0"),
    "forwarding set and ended": Story(f"3 2 {WORD} 4 2 1 61000000 1 * 1 2 1 * 0"),
    "favourite": Story(f"3 2 {WORD} 4 3 66300891 1 1 2 4 3 2 1 1 0"),
    "suspension": Story(f"3 4 {WORD} 1 1 1 4 2 1 1 0"),
    "inactivity": Story(f"3 4 {WORD} 3 2 1 1 0", status=Status.INACTIVE),
    "puk": Story(f"3 4 {WORD} 3 1 2 1 0"),
    "information": Story("3 3 1 # 1 3 2 # # * 3 # 0"),
    "advice as a text": Story("3 5 1 1 2 2 1 * 0"),
    "text to a keyed number": Story("3 5 2 1 2 66300891 1 2 * 2 2 0", callerid="anonymous"),
    "request": Story("3 5 1 2 3 1 66300891 61200300 2 1 1 0"),
    "two requests": Story(
        "3 5 1 2 3 1 66300891 61200300 2 1 1 5 1 2 3 2 66300891 2 1 1 0", callerid="anonymous"
    ),
    "no request": Story("3 5 1 2 3 1 66300891 61200300 2 2 1 0"),
    "call-back": Story("3 3 0 1", agents=False),
    "call-back elsewhere": Story("3 0 2 66300891 1", agents=False),
    "back from the queue": Story(f"3 0 * 2 {WORD} 1 1 1 1 0", agents=False),
    "another language": Story("3 * 2 3 1 0"),
}


@dataclass
class World:
    """Everything that outlives a worker: the channel, the caller, the operator behind."""

    flow: Flow
    story: Story
    person: Person
    operator: Operator = field(default_factory=Operator)
    journal: MemoryJournal = field(default_factory=MemoryJournal)
    deaths: int = 0
    left: list[Order] = field(default_factory=list)
    """Orders that workers had in hand when they died, and that were open when the call was over."""

    def __post_init__(self) -> None:
        story, operator = self.story, self.operator
        operator.add(subscriber(services=story.services, balance=100_000, status=story.status))
        operator.add(subscriber(OTHER))
        operator.network.refuses = story.network == "refuses"
        operator.network.outage = story.network == "silent"
        words = dict.fromkeys(Language, "Today.")
        until = operator.clock.now().replace(year=2030)
        operator.announcements.set(
            *by("engineer"), Announcement(words, until), operator.clock.now()
        )
        operator.announcement_cache.refresh()

    def ring(self, lives: Sequence[tuple[int, bool]] = ()) -> None:
        """The call, and afterwards what workers that died in it have left to ``ivr orders``."""
        self._talk(lives)
        repository, clock = self.operator.orders, self.operator.clock
        self.left = [
            repository.orders[id]
            for id in repository.claims
            if repository.orders[id].state not in FINAL
        ]
        if self.left:
            clock.sleep(CLAIM.total_seconds())
            for _ in repository.orders:  # of a number one after another
                self.operator.worker().once()

    def _talk(self, lives: Sequence[tuple[int, bool]]) -> None:
        """The dialplan: one worker after another until the call is over."""
        channel = self.person.channel
        ends = [Life(last, after) for last, after in lives]
        taken = self.story.agents
        while True:
            channel.update(IVR_DONE="", IVR_NEXT="")
            life = ends.pop(0) if ends else Life()
            self._work(life)
            if channel["IVR_DONE"] != "1":
                continue
            if channel["IVR_NEXT"] == "bye" or taken:
                return
            taken = True
            channel["IVR_RESUME"] = "unanswered"

    def _work(self, life: Life) -> None:
        care = self._mortal(life)
        journal = life.guard(self.journal)
        clock = self.operator.clock
        session = life.guard(_Channel(self.person, life, self.story.callerid))
        try:
            CallHandler(_Shelf(self.flow, care), care, journal, clock).answer(session)
        except Killed:
            self.deaths += 1

    def _mortal(self, life: Life) -> Care:
        """The care of a worker: its own, over what all of them share."""
        whole = self.operator.care
        found = {}
        for name in Care.__dataclass_fields__:
            port = getattr(whole, name)
            if _is_shared(port):
                found[name] = life.guard(port)
            else:
                found[name] = life.guard_within(port, _is_shared) if is_dataclass(port) else port
        return Care(**found)

    def orders(self) -> list[object]:
        return [
            (order.number, order.changes, order.once, order.state, order.undoes is not None)
            for order in self.operator.orders.orders.values()
        ]

    def written(self) -> dict[str, object]:
        """What is left of the call, besides its orders."""
        operator = self.operator
        call = self.journal.calls[CALL]
        row = operator.subscribers.rows[NUMBER]
        return {
            "switched": sorted(map(str, (o.changes for o in operator.network.done.values()))),
            "subscriber": (row.balance, row.status, set(row.services), len(row.packages)),
            "invoices": [(each.paper, each.fax) for each in operator.invoices.kept.values()],
            "requests": [(each.kind, each.numbers) for each in operator.requests.kept],
            "texts": [(each.number, each.body) for each in operator.outbox.rows.values()],
            "promises": len(operator.promises.owed(99)),
            "callbacks": [(each.number, each.reason) for each in operator.callbacks.left],
            "journal": (call.goals, call.language, call.subscriber, call.means),
            "for the agents": (call.reason, call.topic),
            "next": self.person.channel["IVR_NEXT"],
        }


class _Channel:
    """Implements ``ivr.telephony.call_handler.Session``."""

    def __init__(self, person: Person, life: Life, callerid: str) -> None:
        self.environment = {"agi_callerid": callerid, "agi_uniqueid": CALL}
        self.telephone = life.guard(person)
        self._person = person

    def get(self, name: str) -> str:
        return self._person.channel.get(name, "")

    def set(self, name: str, value: str) -> None:
        self._person.channel[name] = value


@dataclass
class _Shelf:
    flow: Flow
    care: Care

    def live(self) -> Release:
        return self.get(7)

    def get(self, number: int) -> Release:
        return Release(number, self.flow, EchoPrompts(), self.care)


def _is_shared(port: object) -> bool:
    """Whether a port is one of those in memory: the time and threads are a worker's own."""
    own = isinstance(port, SlowExecutor | FixedClock)
    return type(port).__module__.startswith("ivr.testing") and not own


@pytest.fixture(scope="module")
def flow() -> Flow:
    return read_flow(PROJECT / "prompts" / "0890.yaml")


@pytest.fixture(autouse=True)
def no_call_in_the_log() -> Iterator[None]:
    yield
    structlog.contextvars.clear_contextvars()


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


deaths = st.tuples(st.integers(1, 60), st.booleans())


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(list(STORIES)), st.lists(deaths, min_size=2, max_size=6))
@example("no", [(48, False), (9, False)])
@example("puk", [(36, False), (13, False)])
@example("wrong word", [(31, True), (11, True)])
def test_workers_may_die_one_after_another(name: str, lives: list[tuple[int, bool]]) -> None:
    same_call(read_flow(PROJECT / "prompts" / "0890.yaml"), name, lives)
