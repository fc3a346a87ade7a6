"""The chain of the audit: what it finds, with several writers and beside older programs."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select, update

from ivr.domain.actor import Actor, ActorKind, Channel, OperationKey
from ivr.domain.audit import AuditEntry, Facts, Fault, Link, Proof, Tag, entry_of, hash_of
from ivr.domain.values import Msisdn
from ivr.errors import Unusable
from ivr.store import Store
from ivr.store.tables import audit

NOW = datetime(2026, 11, 30, 9, 0, 0, 123456, tzinfo=UTC)
NUMBER, OTHER = Msisdn("99365123456"), Msisdn("99365000001")
CLERK = Actor(ActorKind.CLERK, "aygul", Channel.OFFICE)


def entry(index: int) -> AuditEntry:
    number = NUMBER if index % 2 else OTHER
    key = OperationKey(f"key {index}")
    at = NOW + timedelta(minutes=index)
    after: Facts = {"words": index, "text": "söz"}
    return entry_of(CLERK, key, at, Tag.CODEWORD_SET, number, before={"words": 0}, after=after)


def fill(store: Store, count: int = 5) -> None:
    for index in range(1, count + 1):
        store.audit.write(entry(index))


def run(store: Store, statement: Any) -> None:
    with store.database.writing() as connection:
        connection.execute(statement)


def ids(store: Store) -> list[int]:
    with store.database.reading() as connection:
        return list(connection.execute(select(audit.c.id).order_by(audit.c.id)).scalars())


def test_what_is_written_is_read_and_the_chain_is_whole(store: Store) -> None:
    assert store.audit.check() == Proof(0, "")
    fill(store)
    read = store.audit.newest(1)[0]
    assert read.host
    assert replace(read, host=None) == entry(5)
    proof = store.audit.check()
    assert (proof.rows, proof.fault, len(proof.last)) == (5, None, 64)


CHANGES: dict[str, object] = {
    "id": 77,
    "at": NOW,
    "author": "operator other",
    "action": "codeword.clear",
    "number": None,
    "channel": None,
    "key": "other",
    "before": None,
    "after": '{"words": 7}',
    "host": "elsewhere",
    "link": None,
    "hash": None,
}


def test_any_one_change_of_any_row_is_found(store: Store) -> None:
    assert set(CHANGES) == set(audit.c.keys())
    fill(store, 3)
    for id in ids(store):
        for name, value in CHANGES.items():
            mine = audit.c.id == id
            with store.database.reading() as connection:
                row = dict(connection.execute(select(audit).where(mine)).one()._mapping)
            run(store, update(audit).where(mine).values({name: value}))
            assert store.audit.check().fault is not None, (id, name)
            now = audit.c.id == (value if name == "id" else id)
            run(store, update(audit).where(now).values({name: row[name]}))
            assert store.audit.check().fault is None


Text = st.text(max_size=9) | st.none()
LINKS = st.builds(
    Link,
    id=st.integers(1, 9),
    at=st.datetimes(timezones=st.just(UTC)),
    author=st.text(max_size=9),
    action=st.text(max_size=9),
    number=Text,
    channel=Text,
    key=Text,
    before=Text,
    after=Text,
    host=Text,
    link=st.just(1),
    hash=st.none(),
)


@given(LINKS, LINKS)
def test_two_rows_have_one_hash_only_if_they_are_equal(one: Link, other: Link) -> None:
    assert (hash_of(one, 1, "") == hash_of(other, 1, "")) == (one == other)
    assert hash_of(one, 1, "") != hash_of(one, 2, "") != hash_of(one, 2, "a")


def test_the_first_broken_row_is_named(store: Store) -> None:
    fill(store)
    known = ids(store)
    run(store, delete(audit).where(audit.c.id == known[1]))
    proof = store.audit.check()
    assert (proof.rows, proof.fault, proof.id) == (1, Fault.MISSING, known[2])


def test_without_its_first_row_a_chain_is_broken(store: Store) -> None:
    fill(store)
    run(store, delete(audit).where(audit.c.id == ids(store)[0]))
    assert store.audit.check().fault is Fault.MISSING


def test_an_end_cut_off_is_found_with_a_noted_hash_only(store: Store) -> None:
    fill(store)
    noted = store.audit.check().last
    store.audit.write(entry(6))
    assert store.audit.check(noted).fault is None
    run(store, delete(audit).where(audit.c.id >= ids(store)[-2]))
    assert store.audit.check().fault is None
    assert store.audit.check(noted).fault is Fault.NOT_LAST


def test_old_rows_stay_outside_and_an_older_programs_rows_are_taken_in(store: Store) -> None:
    old = insert(audit).values(at=NOW, author="operator a", action="release.publish 7")
    run(store, old)
    store.audit.write(entry(1))
    assert store.audit.check().rows == 1
    run(store, old)
    assert store.audit.check().fault is Fault.OUTSIDE
    store.audit.write(entry(2))
    proof = store.audit.check()
    assert (proof.rows, proof.fault) == (3, None)
    assert store.audit.newest(9)[-1].action == "release.publish 7"


def test_writers_at_once_make_one_chain(store: Store) -> None:
    writers = [threading.Thread(target=fill, args=(store, 5)) for _ in range(4)]
    for each in writers:
        each.start()
    for each in writers:
        each.join()
    proof = store.audit.check()
    assert (proof.rows, proof.fault) == (20, None)


def test_pages_follow_each_other_while_rows_are_added(store: Store) -> None:
    fill(store)
    first = store.audit.list(2, number=NUMBER)
    store.audit.write(entry(7))
    second = store.audit.list(2, first.next, number=NUMBER)
    keys = [each.key for page in (first, second) for each in page.items]
    assert keys == ["key 5", "key 3", "key 1"]
    assert second.next is None


@pytest.mark.parametrize(
    ("which", "count"),
    [
        ({"actor": "clerk aygul"}, 5),
        ({"actor": "clerk other"}, 0),
        ({"action": Tag.CODEWORD_SET}, 5),
        ({"action": Tag.UNLOCK}, 0),
        ({"since": NOW + timedelta(minutes=4)}, 2),
        ({"number": OTHER}, 2),
    ],
)
def test_filters(store: Store, which: dict[str, Any], count: int) -> None:
    fill(store)
    assert len(store.audit.list(9, **which).items) == count


@pytest.mark.parametrize("cursor", ["ä", "x", "e30", "WzFd1", "WyJhIl0", "WzEsMl0"])
def test_a_foreign_cursor_is_refused(store: Store, cursor: str) -> None:
    with pytest.raises(Unusable, match="the cursor is invalid"):
        store.audit.list(1, cursor)
