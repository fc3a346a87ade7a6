"""What all repositories of users do: in memory and in each database."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import pytest

from ivr.domain.audit import Tag, entry_of
from ivr.domain.staff import (
    Factors,
    Limits,
    LoginTry,
    OneTimeToken,
    Passkey,
    Profile,
    Purpose,
    Role,
    TryCounts,
    User,
)
from ivr.domain.values import Language, Secret
from ivr.errors import KeyTaken
from ivr.ports.staff import StaffRepositories
from ivr.testing.acting import at_terminal

T = TypeVar("T")
NOW = datetime(2026, 11, 30, 10, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
MANY = 8
AGENT = Profile(
    "Aýgül Myradowa",
    Language.TURKMEN,
    frozenset({Language.TURKMEN, Language.RUSSIAN}),
    frozenset({Role.AGENT}),
)
ADMIN = dataclasses.replace(AGENT, display_name="Maral", roles=frozenset({Role.ADMIN}))
TRY = LoginTry("who", "address:10.0.0.5", "address:10.0.0.5")


def add(staff: StaffRepositories, name: str = "aygul", profile: Profile = AGENT) -> User:
    user = staff.users.add(name, profile, NOW)
    assert user is not None
    return user


def at_once(act: Callable[[int], T]) -> list[T]:
    """What many threads get that act at the same time."""
    together = threading.Barrier(MANY)

    def one(index: int) -> T:
        together.wait()
        return act(index)

    with ThreadPoolExecutor(MANY) as pool:
        return list(pool.map(one, range(MANY)))


def free(_counts: TryCounts) -> timedelta:
    return timedelta(0)


class StaffContract:
    """Derive, and give a fixture ``staff``."""

    def test_a_user_is_read_as_written(self, staff: StaffRepositories) -> None:
        limits = Limits(
            frozenset({"ru-finance"}),
            frozenset({"payments"}),
            frozenset({Language.ENGLISH}),
            frozenset({"Aşgabat-3"}),
        )
        user = add(staff, profile=dataclasses.replace(AGENT, limits=limits))
        assert user.profile == dataclasses.replace(AGENT, limits=limits)
        assert staff.users.find("aygul") == staff.users.get(user.id) == user
        assert staff.users.hold(user.id) == user
        assert staff.users.hold(user.id + 1) is None
        assert staff.users.find("maral") is None
        changed = dataclasses.replace(
            user, roles=frozenset({Role.CLERK, Role.AGENT}), suspended_at=NOW, spoken=frozenset()
        )
        staff.users.write(changed)
        assert staff.users.get(user.id) == changed

    def test_a_name_is_one_users(self, staff: StaffRepositories) -> None:
        add(staff)
        assert staff.users.add("aygul", ADMIN, NOW) is None
        assert len(staff.users.list(NOW)) == 1

    def test_the_list_tells_how_far_a_user_has_come(self, staff: StaffRepositories) -> None:
        maral, aygul = add(staff, "maral", ADMIN), add(staff)
        until = NOW + DAY
        staff.tokens.write(OneTimeToken("join", maral.id, Purpose.JOIN, until))
        staff.passwords.set(aygul.id, "verifier")
        staff.factors.set_totp(aygul.id, Secret("BASE32"))
        staff.factors.set_codes(aygul.id, ["a", "b"])
        staff.sessions.open(aygul.id, "s1", NOW, None, "10.0.0.5", "Firefox")
        first, second = staff.users.list(NOW)
        assert (first.user, first.seen_at, first.sessions, first.has_joined) == (
            aygul,
            NOW,
            1,
            True,
        )
        assert (first.factors, first.invited_until) == (Factors(True, 0, 2), None)
        assert (second.user, second.seen_at, second.sessions) == (maral, None, 0)
        assert (second.has_joined, second.invited_until) == (False, until)
        assert staff.users.list(until)[1].invited_until is None

    def test_another_admin_counts_who_can_come_in(self, staff: StaffRepositories) -> None:
        one, other = add(staff, "one", ADMIN), add(staff, "other", ADMIN)
        agent = add(staff)
        staff.passwords.set(agent.id, "verifier")
        assert not staff.users.has_other(Role.ADMIN, one.id)
        staff.passwords.set(other.id, "verifier")
        assert staff.users.has_other(Role.ADMIN, one.id)
        assert not staff.users.has_other(Role.ADMIN, other.id)
        staff.users.write(dataclasses.replace(other, suspended_at=NOW))
        assert not staff.users.has_other(Role.ADMIN, one.id)

    def test_passwords(self, staff: StaffRepositories) -> None:
        user = add(staff)
        assert staff.passwords.get(user.id) is None
        assert staff.passwords.get(0) is None
        staff.passwords.set(user.id, "verifier")
        assert staff.passwords.get(user.id) == "verifier"
        staff.passwords.set(user.id, None)
        assert staff.passwords.get(user.id) is None

    def test_a_totp_secret_is_read_and_its_steps_are_used_up(
        self, staff: StaffRepositories
    ) -> None:
        user, other = add(staff), add(staff, "maral", ADMIN)
        assert staff.factors.totp(user.id) is None
        assert not staff.factors.use_step(user.id, 9)
        staff.factors.set_totp(user.id, Secret("BASE32"), 5)
        assert staff.factors.totp(user.id) == Secret("BASE32")
        used = [staff.factors.use_step(user.id, step) for step in (5, 6, 6, 4, 8)]
        assert used == [False, True, False, False, True]
        assert staff.factors.of(user.id) == Factors(has_totp=True)
        assert staff.factors.of(other.id) == Factors()
        staff.factors.set_totp(user.id, None)
        assert staff.factors.of(user.id) == Factors()

    def test_a_step_is_used_once_however_many_try(self, staff: StaffRepositories) -> None:
        user = add(staff)
        staff.factors.set_totp(user.id, Secret("BASE32"))
        assert sum(at_once(lambda _: staff.factors.use_step(user.id, 7))) == 1

    def test_recovery_codes_are_used_once(self, staff: StaffRepositories) -> None:
        user, other = add(staff), add(staff, "maral", ADMIN)
        staff.factors.set_codes(user.id, ["a", "b"])
        staff.factors.set_codes(other.id, ["a"])
        assert not staff.factors.use_code(user.id, "c")
        assert sum(at_once(lambda _: staff.factors.use_code(user.id, "a"))) == 1
        assert staff.factors.of(user.id) == Factors(codes=1)
        assert staff.factors.of(other.id) == Factors(codes=1)
        staff.factors.set_codes(user.id, ["d"])
        assert not staff.factors.use_code(user.id, "b")

    def test_passkeys(self, staff: StaffRepositories) -> None:
        user = add(staff)
        made = Passkey(0, user.id, b"credential", b"key", 3, "phone", NOW)
        assert staff.passkeys.add(made)
        assert not staff.passkeys.add(made)
        (kept,) = staff.passkeys.of(user.id)
        assert kept == dataclasses.replace(made, id=kept.id)
        assert staff.passkeys.find(b"credential") == kept
        assert staff.passkeys.find(b"other") is None
        assert not staff.passkeys.use(kept.id, 3, NOW)
        assert staff.passkeys.use(kept.id, 4, NOW)
        assert staff.passkeys.of(user.id) == [dataclasses.replace(kept, count=4, used_at=NOW)]
        assert staff.factors.of(user.id) == Factors(passkeys=1)
        assert staff.passkeys.remove(user.id, kept.id + 1) == 0
        assert staff.passkeys.remove(user.id, kept.id) == 1
        assert staff.passkeys.of(user.id) == []

    def test_authenticators_that_do_not_count_are_accepted(self, staff: StaffRepositories) -> None:
        user = add(staff)
        for index in range(2):
            staff.passkeys.add(Passkey(0, user.id, bytes([index]), b"key", 0, "", NOW))
        first, _ = staff.passkeys.of(user.id)
        assert [staff.passkeys.use(first.id, 0, NOW) for _ in range(2)] == [True, True]
        assert staff.passkeys.remove(user.id) == 2

    def test_a_session_has_its_user_as_stored_now(self, staff: StaffRepositories) -> None:
        user = add(staff)
        opened = staff.sessions.open(user.id, "s1", NOW, NOW, "10.0.0.5", "Firefox")
        assert (opened.user, opened.created_at, opened.seen_at, opened.step_up_at) == (
            user,
            NOW,
            NOW,
            NOW,
        )
        assert (opened.address, opened.browser) == ("10.0.0.5", "Firefox")
        assert staff.sessions.find("s1") == opened
        assert staff.sessions.find("s2") is None
        suspended = dataclasses.replace(user, suspended_at=NOW)
        staff.users.write(suspended)
        found = staff.sessions.find("s1")
        assert found is not None
        assert found.user == suspended

    def test_a_session_is_touched_rotated_and_ended(self, staff: StaffRepositories) -> None:
        user = add(staff)
        first = staff.sessions.open(user.id, "s1", NOW, None, "a", "b")
        second = staff.sessions.open(user.id, "s2", NOW, NOW, "a", "b")
        assert [each.id for each in staff.sessions.of(user.id)] == [second.id, first.id]
        staff.sessions.touch(first.id, NOW + HOUR)
        assert staff.users.list(NOW)[0].seen_at == NOW + HOUR
        assert staff.sessions.rotate(second.id, "s3", None)
        assert staff.sessions.find("s2") is None
        rotated = staff.sessions.find("s3")
        assert rotated is not None
        assert (rotated.id, rotated.step_up_at) == (second.id, NOW)
        assert staff.sessions.rotate(second.id, "s4", NOW + HOUR)
        ended = staff.sessions.end(second.id)
        assert ended is not None
        assert ended.step_up_at == NOW + HOUR
        assert staff.sessions.end(second.id) is None
        assert not staff.sessions.rotate(second.id, "s5", None)
        third = staff.sessions.open(user.id, "s6", NOW, None, "a", "b")
        assert third.id > second.id, "an id is never used again"

    def test_a_session_is_ended_once(self, staff: StaffRepositories) -> None:
        session = staff.sessions.open(add(staff).id, "s1", NOW, None, "a", "b")
        ended = at_once(lambda _: staff.sessions.end(session.id) is not None)
        assert sum(ended) == 1

    def test_a_token_is_for_one_purpose_and_time(self, staff: StaffRepositories) -> None:
        token = OneTimeToken("d1", add(staff).id, Purpose.JOIN, NOW + HOUR, "source")
        staff.tokens.write(token)
        assert staff.tokens.find("d1", Purpose.JOIN, NOW) == token
        assert staff.tokens.find("d1", Purpose.ENROLMENT, NOW) is None
        assert staff.tokens.find("d1", Purpose.JOIN, NOW + HOUR) is None
        assert staff.tokens.find("d2", Purpose.JOIN, NOW) is None

    def test_a_token_replaces_those_of_its_purpose_and_source(
        self, staff: StaffRepositories
    ) -> None:
        user, until = add(staff).id, NOW + HOUR
        for digest, purpose, source in (
            ("other purpose", Purpose.ENROLMENT, ""),
            ("other source", Purpose.JOIN, "source"),
            ("former", Purpose.JOIN, ""),
            ("newest", Purpose.JOIN, ""),
        ):
            staff.tokens.write(OneTimeToken(digest, user, purpose, until, source))
        assert staff.tokens.find("former", Purpose.JOIN, NOW) is None
        assert staff.tokens.find("newest", Purpose.JOIN, NOW) is not None
        assert staff.tokens.find("other source", Purpose.JOIN, NOW) is not None
        assert staff.tokens.find("other purpose", Purpose.ENROLMENT, NOW) is not None
        staff.tokens.end(user)
        assert staff.tokens.find("newest", Purpose.JOIN, NOW) is None

    def test_old_tokens_are_pruned(self, staff: StaffRepositories) -> None:
        user = add(staff).id
        for digest, until in (("old", NOW + HOUR), ("fresh", NOW + 2 * HOUR)):
            staff.tokens.write(OneTimeToken(digest, user, Purpose.JOIN, until, digest))
        staff.tokens.prune(NOW + HOUR)
        found = [staff.tokens.find(digest, Purpose.JOIN, NOW) for digest in ("old", "fresh")]
        assert [each is not None for each in found] == [False, True]

    def test_a_token_keeps_its_first_secret(self, staff: StaffRepositories) -> None:
        token = OneTimeToken("d1", add(staff).id, Purpose.ENROLMENT, NOW + HOUR)
        staff.tokens.write(token)
        kept = [staff.tokens.keep("d1", Secret(keys)) for keys in ("FIRST", "SECOND")]
        assert kept == [True, False]
        assert not staff.tokens.keep("d2", Secret("FIRST"))
        assert staff.tokens.find("d1", Purpose.ENROLMENT, NOW) == dataclasses.replace(
            token, secret=Secret("FIRST")
        )

    def test_a_token_has_so_many_tries_and_one_use(self, staff: StaffRepositories) -> None:
        staff.tokens.write(OneTimeToken("d1", add(staff).id, Purpose.JOIN, NOW + HOUR))
        assert sum(at_once(lambda _: staff.tokens.count("d1", 3))) == 3
        assert not staff.tokens.count("d2", 3)
        assert sum(at_once(lambda _: staff.tokens.use("d1"))) == 1

    @pytest.mark.parametrize(
        ("tried", "after", "pair", "group"),
        [
            (TRY, timedelta(0), 3, 3),
            (dataclasses.replace(TRY, who="other"), timedelta(0), 0, 3),
            (dataclasses.replace(TRY, source="device:1"), timedelta(0), 0, 3),
            (LoginTry("who", "device:1", "device:1"), timedelta(0), 0, 0),
            (TRY, HOUR, 3, 0),
            (TRY, DAY, 0, 0),
        ],
    )
    def test_tries_are_counted(
        self,
        staff: StaffRepositories,
        tried: LoginTry,
        after: timedelta,
        pair: int,
        group: int,
    ) -> None:
        for _ in range(3):
            staff.tries.open(TRY, NOW, free)
        seen: list[TryCounts] = []

        def note(counts: TryCounts) -> timedelta:
            seen.append(counts)
            return timedelta(0)

        assert staff.tries.open(tried, NOW + after, note) == (timedelta(0), pair + 1)
        last_of = {True: NOW, False: None}
        assert seen == [TryCounts(pair, last_of[pair > 0], group, last_of[group > 0])]

    def test_a_delayed_try_is_not_counted(self, staff: StaffRepositories) -> None:
        staff.tries.open(TRY, NOW, free)
        assert staff.tries.open(TRY, NOW, lambda _: MINUTE) == (MINUTE, 1)
        assert staff.tries.open(TRY, NOW, free) == (timedelta(0), 2)

    def test_failures_of_one_source_are_forgotten(self, staff: StaffRepositories) -> None:
        elsewhere = dataclasses.replace(TRY, source="device:1")
        for tried in (TRY, TRY, elsewhere):
            staff.tries.open(tried, NOW, free)
        staff.tries.clear("who", TRY.source)
        assert staff.tries.open(TRY, NOW, free) == (timedelta(0), 1)
        assert staff.tries.open(elsewhere, NOW, free) == (timedelta(0), 2)

    def test_many_tries_at_once_see_each_other(self, staff: StaffRepositories) -> None:
        def after_three(counts: TryCounts) -> timedelta:
            return MINUTE if counts.pair >= 3 else timedelta(0)

        found = at_once(lambda _: staff.tries.open(TRY, NOW, after_three)[0])
        assert found.count(timedelta(0)) == 3

    def test_devices_are_a_users_and_the_newest_ones(self, staff: StaffRepositories) -> None:
        user, other = add(staff), add(staff, "maral", ADMIN)
        for index in range(12):
            staff.devices.remember(user.id, f"d{index}", NOW + index * MINUTE)
        staff.devices.remember(user.id, "d11", NOW + HOUR)
        known = [index for index in range(12) if staff.devices.is_known(user.id, f"d{index}")]
        assert known == list(range(2, 12))
        assert not staff.devices.is_known(other.id, "d11")
        staff.devices.forget(user.id)
        assert not staff.devices.is_known(user.id, "d11")

    def test_an_operation_is_done_to_one_user(self, staff: StaffRepositories) -> None:
        actor, key = at_terminal()
        assert not staff.audit.is_done(key, Tag.SUSPENDED, "aygul")
        after = {"user": "aygul"}
        staff.audit.write(entry_of(actor, key, NOW, Tag.SUSPENDED, after=after))
        assert staff.audit.is_done(key, Tag.SUSPENDED, "aygul")
        assert not staff.audit.is_done(key, Tag.RESTORED, "aygul")
        with pytest.raises(KeyTaken):
            staff.audit.is_done(key, Tag.SUSPENDED, "maral")

    def test_a_transaction_is_kept_whole_or_not_at_all(self, staff: StaffRepositories) -> None:
        user = add(staff)

        class BrokenOff(Exception):
            pass

        def break_off() -> None:
            with staff.transaction():
                staff.passwords.set(user.id, "verifier")
                staff.sessions.open(user.id, "s1", NOW, None, "a", "b")
                raise BrokenOff

        with pytest.raises(BrokenOff):
            break_off()
        assert staff.passwords.get(user.id) is None
        assert staff.sessions.of(user.id) == []
