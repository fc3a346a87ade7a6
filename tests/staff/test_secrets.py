"""After logins with known secrets, nothing that is written anywhere contains them."""

from __future__ import annotations

from pathlib import Path

import structlog

from ivr.domain.staff import Role
from ivr.staff.login import SecondFactorNeeded
from ivr.store import migrate, open_database
from ivr.testing.acting import at_terminal
from tests.logged import logged
from tests.searching import files, rows, search
from tests.staff.bench import ADDRESS, OTHER_PASSWORD, PASSWORD, PEPPER, Bench, new_key

GUESS, TYPED_AS_NAME = "a wrong guess of mine", "typed.in.the.wrong.field"


def test_no_secret_is_in_a_file_a_table_or_a_log(tmp_path: Path) -> None:
    database = tmp_path / "ivr.sqlite"
    with logged(tmp_path / "desk.log", at_level="debug"):
        migrate(f"sqlite:///{database}")
        store = open_database(f"sqlite:///{database}", PEPPER)
        secrets = use_everything(Bench(stored=store.staff))
        store.close()
        structlog.get_logger().info("the end")
    searched = [*files(tmp_path)]
    assert {file.name for file in searched} >= {"ivr.sqlite", "desk.log"}
    for file in searched:
        search(str(file), file.read_bytes(), secrets)
    tables = [*rows(database)]
    assert {table for table, _ in tables} >= {"staff_users", "staff_sessions", "staff_tries"}
    for table, text in tables:
        search(f"table {table}", text.encode(), secrets)


def use_everything(bench: Bench) -> list[str]:
    """Log in, fail, step up, change the password, invite; return all secrets that came up."""
    user = bench.user("maral", Role.ADMIN)
    secret, codes = bench.enrol(user)
    bench.login(password=GUESS)
    bench.login(TYPED_AS_NAME)
    result = bench.login("maral")
    assert isinstance(result, SecondFactorNeeded)
    bench.staff.logins.totp(result.challenge, "000000")
    bench.staff.logins.recovery(result.challenge, codes[0])
    pending = bench.staff.factors.begin(user)
    setup = bench.staff.factors.setup(pending)
    assert setup is not None
    token, session = bench.session(user)
    bench.clock.sleep(60)
    stepped = bench.staff.logins.step_up(token, bench.code(secret), ADDRESS)
    device = bench.staff.logins.remember(user)
    bench.staff.users.change_password(session, new_key(), PASSWORD, OTHER_PASSWORD)
    link = bench.invite("new", Role.AGENT).token
    reset = bench.staff.users.reset(*at_terminal(), bench.user("other").id)
    assert not isinstance(reset, str)
    assert isinstance(stepped, str)
    return [
        *(PASSWORD, OTHER_PASSWORD, GUESS, TYPED_AS_NAME, PEPPER),
        *(secret, *codes, setup.secret.keys),
        *(result.challenge, pending, token, stepped, device, link, reset.token),
    ]
