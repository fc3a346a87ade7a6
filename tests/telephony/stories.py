"""A line whose workers die, and the calls that are tried on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, is_dataclass

from hypothesis import strategies as st

from ivr.care.carrier import CLAIM
from ivr.care.settlement import FINAL
from ivr.domain.content import Announcement
from ivr.domain.orders import Order
from ivr.domain.subscriber import Status
from ivr.domain.values import Language
from ivr.flow.document import Flow
from ivr.flow.release import Release
from ivr.ports.care import Care
from ivr.telephony.call_handler import CallHandler
from ivr.testing.acting import by
from ivr.testing.clock import FixedClock
from ivr.testing.demo import NUMBER, OTHER, Operator, subscriber
from ivr.testing.executors import SlowExecutor
from ivr.testing.journal import MemoryJournal
from ivr.testing.life import Killed, Life
from ivr.testing.person import Person
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
        book, clock = self.operator.orders, self.operator.clock
        self.left = [book.orders[id] for id in book.claims if book.orders[id].state not in FINAL]
        if self.left:
            clock.sleep(CLAIM.total_seconds())
            for _ in book.orders:  # of a number one after another
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


deaths = st.tuples(st.integers(1, 60), st.booleans())
