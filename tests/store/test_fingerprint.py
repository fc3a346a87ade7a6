"""The pepper's fingerprint: a wrong one is noticed before anybody is locked out by it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import delete, select

from ivr.commands.doctor import CHECKS
from ivr.domain.staff import Factors
from ivr.domain.values import Secret
from ivr.errors import Unusable
from ivr.settings import Settings
from ivr.store import Store
from ivr.store.tables import fingerprints, subscribers
from ivr.testing.acting import by
from ivr.testing.clock import FixedClock
from ivr.wiring.container import Container, prepare_database
from tests.contracts.staff_contract import add
from tests.e2e.line import environment, own_settings
from tests.store.rows import NUMBER, PEPPER, fill, row

OTHER = "another pepper of the tests"
GOOD, FOREIGN = "Kaf7bV0wq3RzNf5yJmX2uTd8LgHs6EcP", "Wn4Zk9QrYb1TfGv7MxJc3LpSh5DaU8eK"


def test_a_fresh_database_takes_it_and_knows_it_again(
    store: Store, reopen: Callable[[], Store]
) -> None:
    assert not store.fingerprint.is_kept()
    assert store.fingerprint.agrees(PEPPER)
    again = reopen()
    assert again.fingerprint.is_kept()
    assert again.fingerprint.agrees(PEPPER)
    for wrong in (OTHER, "", PEPPER + " ", PEPPER.upper()):
        assert not again.fingerprint.agrees(wrong)
    assert again.fingerprint.agrees(PEPPER)


def test_of_two_that_come_at_once_one_is_taken(store: Store) -> None:
    with ThreadPoolExecutor(8) as many:
        agreed = list(many.map(store.fingerprint.agrees, [PEPPER, OTHER] * 4))
    assert sorted(
        {pepper for pepper, well in zip([PEPPER, OTHER] * 4, agreed, strict=True) if well}
    )
    assert agreed[0::2] in ([True] * 4, [False] * 4)
    assert agreed[1::2] == [not agreed[0]] * 4


def test_nothing_of_the_pepper_is_in_the_database(store: Store) -> None:
    store.fingerprint.agrees(PEPPER)
    with store.database.reading() as connection:
        (kept,) = connection.execute(select(fingerprints)).all()
    assert PEPPER not in str(kept)


@pytest.mark.parametrize("puk", [None, Secret("73104826")])
def test_a_database_of_an_older_version_is_taken_by_who_can_read_it(
    store: Store, puk: Secret | None
) -> None:
    fill(store, row(puk=puk))
    with store.database.writing() as connection:
        connection.execute(delete(fingerprints))
    assert store.fingerprint.agrees(OTHER) is (puk is None)
    assert store.fingerprint.agrees(PEPPER) is (puk is not None)


def test_replacing_it_deletes_what_the_other_one_made(store: Store) -> None:
    fill(store, row(), row(msisdn="99361000000", puk=None, passport=None))
    store.fingerprint.agrees(PEPPER)
    proof = store.subscribers.proof(NUMBER)
    user = add(store.staff)
    store.staff.passwords.set(user.id, "verifier")
    store.staff.factors.set_totp(user.id, Secret("BASE32"))
    store.staff.sessions.open(user.id, "s1", FixedClock().now(), None, "a", "b")
    assert store.fingerprint.replace(*by("aygul"), OTHER, FixedClock().now()) == 1
    assert store.fingerprint.agrees(OTHER)
    assert not store.fingerprint.agrees(PEPPER)
    with store.database.reading() as connection:
        held = (subscribers.c.codeword, subscribers.c.passport, subscribers.c.puk)
        assert set(map(tuple, connection.execute(select(*held)).all())) == {(None, None, None)}
    assert store.subscribers.proof(NUMBER) != proof, "who is identified must identify anew"
    assert store.audit.newest(1)[0].action == "pepper.replaced"
    (user_now,) = store.staff.users.list(FixedClock().now())
    assert (user_now.has_joined, user_now.factors, user_now.sessions) == (False, Factors(), 0)


class TestProcesses:
    """On a database that was made with GOOD."""

    @pytest.fixture
    def url(self, tmp_path: Path) -> str:
        container = Container(own_settings(tmp_path / "first", pepper=GOOD))
        prepare_database(container)
        container.store.close()
        return container.settings.database

    def settings(self, home: Path, url: str, **given: str) -> Settings:
        return own_settings(home, database_url=url, **given)

    def test_the_right_one_is_good(self, tmp_path: Path, url: str) -> None:
        container = Container(self.settings(tmp_path / "second", url, pepper=GOOD))
        prepare_database(container)
        assert container.pepper == GOOD
        assert CHECKS["pepper"](container) == "it is the one that the database was made with"

    def test_a_wrong_one_is_refused_with_the_way_out(self, tmp_path: Path, url: str) -> None:
        container = Container(self.settings(tmp_path / "second", url, pepper=FOREIGN))
        with pytest.raises(Unusable, match=r"^IVR_PEPPER is not the one .* set IVR_PEPPER to"):
            prepare_database(container)
        with pytest.raises(Unusable, match=r"^IVR_PEPPER is not the one"):
            CHECKS["pepper"](container)
        assert CHECKS["database"] is not CHECKS["pepper"]

    def test_one_that_another_home_has_made_is_refused_by_its_file(
        self, tmp_path: Path, url: str
    ) -> None:
        settings = self.settings(tmp_path / "second", url)
        settings.secret("pepper")
        with pytest.raises(Unusable, match=r"^the pepper in .*second/secrets is not the one"):
            prepare_database(Container(settings))

    def test_a_node_without_one_makes_none(self, tmp_path: Path, url: str) -> None:
        container = Container(self.settings(tmp_path / "second", url))
        prepare_database(container)  # as `ivr messages send`, which needs none
        for use in (
            lambda: container.pepper,
            lambda: container.verifying,
            lambda: container.port_lock,
        ):
            with pytest.raises(Unusable, match=r"^this installation has no pepper"):
                use()
        assert not (tmp_path / "second" / "secrets" / "pepper").exists()

    def test_the_first_one_of_all_is_made_and_kept(self, tmp_path: Path) -> None:
        container = Container(own_settings(tmp_path / "home"))
        prepare_database(container)
        assert not container.store.fingerprint.is_kept()
        assert container.verifying
        assert container.store.fingerprint.agrees(container.settings.secret("pepper"))
        again = Container(container.settings)
        prepare_database(again)
        assert again.pepper == container.pepper

    @pytest.mark.parametrize(
        "command",
        [
            "line-worker",
            "orders",
            *(
                pytest.param(each, marks=pytest.mark.nightly)
                for each in ("messages send", "asterisk render", "codeword set 1")
            ),
        ],
    )
    def test_a_process_says_so_and_ends(self, tmp_path: Path, url: str, command: str) -> None:
        settings = self.settings(tmp_path / "second", url, pepper=FOREIGN)
        code = (
            "import sys; from ivr.supervision.worker_process import WorkerProcess; "
            "WorkerProcess.of_environment = classmethod(lambda *_: None); "
            f"import os; os.environ['IVR_WORKER_SLOT'] = '0'; "
            f"from ivr.__main__ import main; sys.argv = ['ivr', *{command.split()!r}]; main()"
        )
        given = {**environment(settings), "IVR_PEPPER": FOREIGN}
        done = subprocess.run(
            [sys.executable, "-c", code],
            env=given,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 1
        assert done.stderr.startswith("ivr: IVR_PEPPER is not the one that the database was made")
        assert done.stderr.count("\n") == 1
