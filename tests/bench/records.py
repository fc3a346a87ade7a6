"""How long the database takes with many subscribers: looking one up, identifying, ordering.

PostgreSQL of its own on this machine, filled with generated subscribers. Code words are hashed with
parameters that cost nothing, and the network answers at once: what is measured is the records.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import psycopg
from argon2 import PasswordHasher

from ivr.care.catalogue import read_catalogue
from ivr.care.identification import IdentificationService
from ivr.care.subscriptions import SubscriptionService
from ivr.care.verifiers import CredentialVerifier
from ivr.domain.call import IdentificationMethod, Origin
from ivr.domain.identification import Attempt, Verdict
from ivr.domain.orders import NetworkAnswer, Order
from ivr.domain.services import Change, Offer
from ivr.domain.values import Msisdn, Secret, ServiceId
from ivr.settings import PROJECT
from ivr.store import Store, migrate, open_database
from ivr.system.clock import SystemClock
from ivr.testing.acting import on_phone
from ivr.testing.demo import CODEWORD, CODEWORD_KEYS
from ivr.testing.executors import InlineExecutor
from tests.postgres import Postgres, running

FIRST = 99_360_000_000
"""The first number; a numbering plan of eight digits behind 993 6 has ten million."""
LOOKUPS, TRIES = 20_000, 3_000
AT_ONCE = 1
"""Works at the same time: more would wait for each other in this process, not for the records."""
PEPPER = "bench"
HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
SAFE = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "shared_buffers": "1GB",
    "max_wal_size": "4GB",
    "autovacuum": "on",
}
"""As a server in service is set, unlike those of the tests."""
SHARES = {"p50_ms": 0.5, "p95_ms": 0.95, "p99_ms": 0.99}


class Unhurried(SystemClock):
    """Does not wait until every check has taken the same time."""

    def sleep(self, seconds: float) -> None:
        """Not at all."""


class Prompt:
    """A network that does at once what it is asked for."""

    def carry_out(self, _order: Order) -> NetworkAnswer:
        return NetworkAnswer.DONE

    def cancel(self, _order: Order) -> NetworkAnswer | None:
        return NetworkAnswer.DONE


def measure_records(subscribers: int) -> dict[str, Any]:
    """Fill, measure, and give everything back."""
    with running(**SAFE) as server:
        url = server.url(server.create())
        migrate(url)
        store = open_database(url, PEPPER)
        begun = time.monotonic()
        populate(server, url, subscribers)
        filled = time.monotonic() - begun
        try:
            times = _measure(store, subscribers)
        finally:
            store.close()
        return {
            "subscribers": subscribers,
            "filled_in_seconds": round(filled, 1),
            "calls_at_once": AT_ONCE,
            "postgresql": _version(server),
            "times": [_row(what, seconds) for what, seconds in times.items()],
        }


def populate(server: Postgres, url: str, subscribers: int) -> None:
    """Generated subscribers, all with the same code word, SMS and CLIP."""
    verifying = CredentialVerifier(PEPPER, HASHER)
    made = verifying.codeword(CODEWORD)
    name = url.partition("ivr@/")[2].partition("?")[0]
    with psycopg.connect(f"host={server.folder} user=ivr dbname={name}") as connection:
        connection.execute("SET session_replication_role = replica")  # no foreign keys row by row
        connection.execute("SET statement_timeout = 0")
        connection.execute(
            """INSERT INTO subscribers (msisdn, full_name, language, tariff, status, balance_tenge,
                   company, codeword, keys_latin, keys_cyrillic, passport)
               SELECT (%(first)s + n)::text, 'Subscriber ' || n, 'tk', 'duet', 'active', 4530, '',
                   %(word)s, %(latin)s, %(cyrillic)s, md5(n::text) || md5((n + 1)::text)
               FROM generate_series(0, %(most)s - 1) n""",
            {
                "first": FIRST,
                "most": subscribers,
                "word": made.codeword,
                "latin": made.keys_latin,
                "cyrillic": made.keys_cyrillic,
            },
        )
        connection.execute(
            """INSERT INTO subscriber_services (msisdn, service)
               SELECT (%(first)s + n)::text, service
               FROM generate_series(0, %(most)s - 1) n, unnest(ARRAY['sms', 'clip']) service""",
            {"first": FIRST, "most": subscribers},
        )
    with psycopg.connect(
        f"host={server.folder} user=ivr dbname={name}", autocommit=True
    ) as connection:
        connection.execute("VACUUM ANALYZE subscribers")
        connection.execute("VACUUM ANALYZE subscriber_services")


def _measure(store: Store, subscribers: int) -> dict[str, list[float]]:
    chosen = random.Random(890)
    clock = Unhurried()
    identification = IdentificationService(
        store.subscribers, store.attempts, CredentialVerifier(PEPPER, HASHER), clock
    )
    catalogue = read_catalogue(PROJECT / "db" / "catalogue.yaml")
    switching = SubscriptionService(
        store.subscribers, store.orders, Prompt(), catalogue, clock, InlineExecutor()
    )

    def number() -> Msisdn:
        return Msisdn(str(FIRST + chosen.randrange(subscribers)))

    def identify(call: str, whose: Msisdn) -> None:
        attempt = Attempt(call, whose, Origin(whose, whose, "trunk"), IdentificationMethod.CODEWORD)
        assert identification.check(attempt, Secret(CODEWORD_KEYS)) is Verdict.MATCH

    def order(call: str, whose: Msisdn) -> None:
        offer = switching.offer(whose, Change(ServiceId("gprs"), True))
        assert isinstance(offer, Offer)
        switching.order(*on_phone(call), whose, offer)

    different = [number() for _ in range(TRIES)]
    calls = [f"bench.{n}" for n in range(TRIES)]
    return {
        "look a subscriber's proofs up": _timed(
            [partial(store.subscribers.verifiers, number()) for _ in range(LOOKUPS)]
        ),
        "look a subscriber up": _timed(
            [partial(store.subscribers.find, number()) for _ in range(LOOKUPS)]
        ),
        "identify, besides the hash": _timed(
            list(map(partial, [identify] * TRIES, calls, different))
        ),
        "offer and order a service": _timed(
            list(map(partial, [order] * TRIES, calls, dict.fromkeys(different)))
        ),
    }


def _timed(works: list[Callable[[], object]]) -> list[float]:
    """Seconds that each piece of work took, several at a time."""

    def timed(work: Callable[[], object]) -> float:
        begun = time.perf_counter()
        work()
        return time.perf_counter() - begun

    with ThreadPoolExecutor(AT_ONCE) as threads:
        for _ in threads.map(timed, works[:AT_ONCE]):
            pass  # connections are made
        return list(threads.map(timed, works[AT_ONCE:]))


def _row(what: str, seconds: list[float]) -> dict[str, Any]:
    ordered = sorted(seconds)
    figures = {
        name: round(1000 * ordered[int(len(ordered) * share)], 2) for name, share in SHARES.items()
    }
    return {"what": what, "number": len(ordered), **figures}


def _version(server: Postgres) -> str:
    with psycopg.connect(f"host={server.folder} user=ivr dbname=postgres") as connection:
        found = connection.execute("SHOW server_version").fetchone()
        assert found is not None
        return str(found[0])
