"""What all repositories of users do with tokens, tries, devices and operations."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest

from ivr.domain.audit import Tag, entry_of
from ivr.domain.staff import (
    LoginTry,
    OneTimeToken,
    Purpose,
    TryCounts,
)
from ivr.domain.values import Secret
from ivr.errors import KeyTaken
from ivr.ports.staff import StaffRepositories
from ivr.testing.acting import at_terminal
from tests.contracts.staff_contract import ADMIN, DAY, HOUR, MINUTE, NOW, TRY, add, at_once, free


class StaffTokensContract:
    """Derive, and give a fixture ``staff``."""

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
