"""What every book of one-time codes does: in memory and in each database."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from ivr.domain.identification import Code, CodeHolder
from ivr.domain.values import Msisdn
from ivr.ports.attempts import CodeRepository

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
NUMBER, OTHER = Msisdn("99365123456"), Msisdn("99366300891")
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def write(
    codes: CodeRepository,
    verifier: str = "v",
    at: datetime = NOW,
    *,
    number: Msisdn = NUMBER,
    is_own: bool = False,
    phone: str = "99361000000",
) -> int | None:
    holder = CodeHolder(number, is_own, phone)
    return codes.write(holder, verifier, at, at + 10 * MINUTE, 3, 7)


def attempt(
    codes: CodeRepository,
    at: datetime = NOW,
    *,
    number: Msisdn = NUMBER,
    is_own: bool = False,
    phone: str = "99361000000",
) -> Code | None:
    """A try; answers the newest code that it is compared with."""
    found = codes.attempt(CodeHolder(number, is_own, phone), at, 3)
    return max(found, key=lambda code: code.id, default=None)


class CodesContract:
    """Derive, and give a fixture ``codes``."""

    def test_a_code_is_found_by_its_number_and_kind_of_caller(self, codes: CodeRepository) -> None:
        id = write(codes)
        assert id is not None
        assert attempt(codes) == Code(id, "v")
        assert attempt(codes, is_own=True) is None
        assert attempt(codes, number=OTHER) is None

    def test_it_is_good_until_its_time(self, codes: CodeRepository) -> None:
        write(codes)
        assert attempt(codes, NOW + 10 * MINUTE) is None
        assert attempt(codes, NOW + 9 * MINUTE) is not None

    def test_it_has_three_tries(self, codes: CodeRepository) -> None:
        write(codes)
        assert [attempt(codes) is not None for _ in range(4)] == [True, True, True, False]

    def test_three_tries_however_many_come_at_once(self, codes: CodeRepository) -> None:
        write(codes)
        many = 12
        together = threading.Barrier(many)

        def one(_index: int) -> bool:
            together.wait()
            return attempt(codes) is not None

        with ThreadPoolExecutor(many) as pool:
            assert sum(pool.map(one, range(many))) == 3

    def test_it_is_used_once(self, codes: CodeRepository) -> None:
        id = write(codes)
        assert id is not None
        assert codes.use(id, NOW)
        assert not codes.use(id, NOW)
        assert attempt(codes) is None

    def test_only_the_newest_is_good(self, codes: CodeRepository) -> None:
        write(codes, "old")
        write(codes, "own", is_own=True)
        newest = write(codes, "new", NOW + MINUTE)
        assert attempt(codes, NOW + MINUTE) == Code(newest or 0, "new")
        for _ in range(2):
            attempt(codes, NOW + MINUTE)
        assert attempt(codes, NOW + MINUTE) is None, "the older one does not come back"
        own = attempt(codes, NOW + MINUTE, is_own=True)
        assert own is not None
        assert own.verifier == "own"

    def test_a_day_has_so_many_of_each_kind(self, codes: CodeRepository) -> None:
        written = [write(codes, at=NOW + index * MINUTE) is not None for index in range(4)]
        assert written == [True, True, True, False]
        assert write(codes, is_own=True) is not None
        assert write(codes, number=OTHER) is not None
        assert write(codes, at=NOW + DAY) is not None

    def test_strangers_take_nothing_of_another_phone(self, codes: CodeRepository) -> None:
        mine = write(codes, "mine")
        for stranger in ("99362000000", ""):
            assert write(codes, "theirs", NOW + MINUTE, phone=stranger) is not None
            for _ in range(4):
                attempt(codes, NOW + MINUTE, phone=stranger)
        owner = CodeHolder(NUMBER, is_own=False, phone="99361000000")
        tried = codes.attempt(owner, NOW + MINUTE, 3)
        assert Code(mine or 0, "mine") in tried
        assert write(codes, at=NOW + MINUTE) is not None

    def test_it_is_good_from_any_phone(self, codes: CodeRepository) -> None:
        id = write(codes)
        for phone in ("99362000000", ""):
            assert attempt(codes, phone=phone) == Code(id or 0, "v")

    def test_a_number_has_so_many_of_all_phones_of_a_kind(self, codes: CodeRepository) -> None:
        phones = [f"9936200000{index // 3}" for index in range(9)]
        written = [write(codes, phone=phone) is not None for phone in phones]
        assert written == [True] * 7 + [False] * 2
        assert write(codes, is_own=True) is not None
        assert write(codes, number=OTHER) is not None

    def test_so_many_however_many_are_wished_for_at_once(self, codes: CodeRepository) -> None:
        many = 12
        together = threading.Barrier(many)

        def one(_index: int) -> bool:
            together.wait()
            return write(codes) is not None

        with ThreadPoolExecutor(many) as pool:
            assert sum(pool.map(one, range(many))) == 3

    def test_old_ones_are_pruned_and_ids_go_on(self, codes: CodeRepository) -> None:
        ids = [write(codes, at=NOW + index * DAY) or 0 for index in range(3)]
        assert codes.prune(NOW + 2 * DAY) == 2
        assert codes.prune(NOW + 9 * DAY) == 0
        assert (write(codes, at=NOW + 9 * DAY) or 0) > ids[-1]
