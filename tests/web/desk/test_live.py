"""The stream of events: who hears what, what a page that was away is told, when it ends."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable

import pytest

from ivr.web.desk.live import KEPT, MOST_WAITING, Live

MINE, OTHERS = 7, 8


async def lives() -> bool:
    return True


def stream(live: Live, last: str = "", **given: float) -> AsyncIterator[str]:
    return live.stream(MINE, last, lives, **{"lifetime": 60, "beat": 60, **given})


async def begun(live: Live, last: str = "") -> tuple[AsyncIterator[str], dict[str, str]]:
    """A stream that waits for events, and its first event."""
    parts = stream(live, last)
    assert (await anext(parts)).startswith("retry:")
    return parts, read(await anext(parts))


def read(part: str) -> dict[str, str]:
    found = dict(line.split(": ", 1) for line in part.strip().splitlines())
    return {**found, **json.loads(found.get("data", "{}"))}


def run(test: Callable[[Live], object]) -> None:
    async def inside() -> None:
        await asyncio.wait_for(test(Live()), 30)  # type: ignore[arg-type]

    asyncio.run(inside())


def test_a_page_hears_what_is_for_all_and_for_its_user() -> None:
    async def test(live: Live) -> None:
        parts, first = await begun(live)
        assert first["event"] == "begin"
        live.publish("users")
        live.publish("calls", OTHERS)
        live.publish("calls", MINE)
        assert [read(await anext(parts))["topic"] for _ in range(2)] == ["users", "calls"]

    run(test)


def test_events_may_come_from_any_thread() -> None:
    async def test(live: Live) -> None:
        parts, _first = await begun(live)
        await asyncio.to_thread(live.publish, "users")
        assert read(await anext(parts))["topic"] == "users"

    run(test)


def test_a_page_that_was_away_gets_what_it_missed() -> None:
    async def test(live: Live) -> None:
        parts, first = await begun(live)
        for topic in ("users", "audit"):
            live.publish(topic)
        assert read(await anext(parts))["topic"] == "users"
        again, missed = await begun(live, first["id"])
        assert (missed["event"], missed["topic"]) == ("change", "users")
        assert read(await anext(again))["topic"] == "audit"

    run(test)


def test_a_page_gets_what_happened_between_its_making_and_its_stream() -> None:
    async def test(live: Live) -> None:
        made = live.position
        live.publish("users")
        assert (await begun(live, made))[1]["topic"] == "users"

    run(test)


@pytest.mark.parametrize("last", ["another-3", "nonsense", "-", "x-y"])
def test_a_page_of_an_earlier_process_loads_all_again(last: str) -> None:
    async def test(live: Live) -> None:
        assert (await begun(live, last))[1]["event"] == "reload"

    run(test)


def test_a_page_that_missed_too_much_loads_all_again() -> None:
    async def test(live: Live) -> None:
        parts, first = await begun(live)
        await parts.aclose()  # type: ignore[attr-defined]
        for _ in range(KEPT + 1):
            live.publish("users")
        assert (await begun(live, first["id"]))[1]["event"] == "reload"

    run(test)


def test_the_stream_of_a_slow_browser_ends() -> None:
    async def test(live: Live) -> None:
        parts, _first = await begun(live)
        for _ in range(MOST_WAITING + 2):
            live.publish("users")
        assert [part async for part in parts] == []

    run(test)


def test_it_ends_when_the_session_has_ended() -> None:
    checks = iter((True, False))

    async def is_alive() -> bool:
        return next(checks)

    async def test(live: Live) -> None:
        parts = live.stream(MINE, "", is_alive, lifetime=1, beat=0.001)
        said = [read(part).get("event") async for part in parts]
        assert said == [None, "begin", "sign", "ended"]

    run(test)


def test_it_ends_after_its_lifetime_so_that_the_browser_begins_another() -> None:
    async def test(live: Live) -> None:
        said = [read(part).get("event") async for part in stream(live, lifetime=0.003, beat=0.001)]
        assert said[-1] == "sign"
        assert "ended" not in said

    run(test)


def test_it_ends_with_the_process() -> None:
    async def test(live: Live) -> None:
        parts, _first = await begun(live)
        rest = asyncio.ensure_future(anext(parts, None))
        await asyncio.sleep(0)
        live.end()
        assert await rest is None

    run(test)
