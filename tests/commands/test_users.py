"""``ivr users`` and ``ivr audit export``, as an engineer meets them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from ivr.__main__ import app
from ivr.commands.users import FAULTS
from ivr.domain.rights import Role
from ivr.errors import Unusable
from ivr.processes import demo
from ivr.staff.users import UserFault
from ivr.wiring.container import open_container
from ivr.wiring.installation import open_installation
from ivr.wiring.staff import Staff, roles_of, staff_of
from tests.staff.bench import PASSWORD


@pytest.fixture
def staff(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Staff:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IVR_HOME", str(tmp_path / "home"))
    return staff_of(open_installation())


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def refusal(*words: str) -> str:
    done = run(*words)
    assert isinstance(done.exception, Unusable), done.output
    return str(done.exception)


def listed() -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(run("users", "list", "--json").stdout)
    return found


def test_the_first_administrator_comes_in_by_a_printed_link(staff: Staff) -> None:
    done = run("users", "add", "maral", "--role", "admin", "--display", "Maral", "--language", "ru")
    assert done.exit_code == 0, done.output
    assert "works once, until" in done.stderr
    path = done.stdout.strip()
    assert path.startswith("/join/")
    assert staff.users.accept(path.removeprefix("/join/"), PASSWORD) is not None
    (maral,) = listed()
    assert (maral["name"], maral["roles"], maral["state"]) == ("maral", ["admin"], "active")
    assert (maral["language"], maral["second_factor"], maral["sessions"]) == ("ru", "no", 0)


def test_limits_and_spoken_languages_are_stored(staff: Staff) -> None:
    words = ("--speaks", "tk", "--speaks", "ru", "--queue", "ru-finance", "--office", "Mary-1")
    run("users", "add", "aygul", "--role", "agent", "--role", "clerk", *words)
    (aygul,) = listed()
    assert aygul["spoken"] == ["ru", "tk"]
    assert aygul["limits"] == {
        "queues": ["ru-finance"],
        "topics": [],
        "languages": [],
        "offices": ["Mary-1"],
    }


def test_a_user_is_suspended_restored_and_reset(staff: Staff) -> None:
    link = run("users", "add", "aygul", "--role", "agent").stdout.strip()
    user = staff.users.accept(link.removeprefix("/join/"), PASSWORD)
    assert user is not None
    assert not isinstance(user, str)
    staff.sessions.open(user, "10.0.0.5", "Firefox")
    table = run("users", "sessions", "aygul").stdout
    assert "10.0.0.5" in table
    assert json.loads(run("users", "sessions", "aygul", "--json").stdout)[0]["browser"] == "Firefox"
    assert run("users", "sessions", "aygul", "--end").stderr == "1 sessions of aygul are ended\n"
    assert run("users", "sessions", "aygul").stdout == ""
    assert run("users", "suspend", "aygul").stderr == "aygul is suspended\n"
    assert listed()[0]["state"] == "suspended"
    assert run("users", "restore", "aygul").stderr == "aygul can log in again\n"
    assert run("users", "reset", "aygul").stdout.startswith("/join/")
    assert listed()[0]["state"] == "invited"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("suspend", "nobody"), "there is no user nobody"),
        (("add", "maral", "--role", "agent"), "there is a user maral already"),
        (("add", "Äne", "--role", "agent"), "cannot be used"),
        (("add", "aygul", "--role", "agent", "--display", "x" * 81), "display name"),
        (("suspend", "maral"), "last administrator"),
    ],
)
def test_refusals_name_the_way_out(staff: Staff, words: tuple[str, ...], said: str) -> None:
    run("users", "add", "maral", "--role", "admin")
    assert said in refusal("users", *words)


def test_each_fault_has_words() -> None:
    assert set(FAULTS) == set(UserFault)


def test_roles_that_need_no_second_factor_are_a_setting() -> None:
    assert roles_of("") == frozenset()
    assert roles_of(" admin, clerk,") == {Role.ADMIN, Role.CLERK}
    with pytest.raises(Unusable, match="IVR_ONE_FACTOR: 'boss' is no role"):
        roles_of("admin,boss")


def test_all_but_agents_need_a_second_factor_by_default(staff: Staff) -> None:
    assert staff.required == frozenset(Role) - {Role.AGENT}


def test_the_demo_has_its_users_once(staff: Staff) -> None:
    container = open_container()
    for _ in range(2):
        demo.fill(container)
    found = listed()
    assert len(found) == 6
    assert {each["state"] for each in found} == {"link over"}


def test_an_export_is_proved_without_the_database(staff: Staff, tmp_path: Path) -> None:
    for name in ("maral", "aygul"):
        run("users", "add", name, "--role", "agent")
    exported = run("audit", "export").stdout
    file = tmp_path / "audit.jsonl"
    file.write_text(exported, encoding="utf-8")
    last = run("audit", "check").stdout
    proved = run("audit", "check", str(file), "--last", last.strip())
    assert (proved.stdout, proved.stderr) == (last, "the audit is intact: 2 rows in the chain\n")
    file.write_text(exported.replace("aygul", "bygul"), encoding="utf-8")
    assert "row 2 was changed" in refusal("audit", "check", str(file))
    file.write_text(exported + "{}\n", encoding="utf-8")
    assert "line 3 is not one of" in refusal("audit", "check", str(file))


@pytest.mark.parametrize("missing", ["IVR_OIDC_CLIENT", "IVR_OIDC_SECRET"])
def test_a_provider_needs_a_client_and_a_secret(
    staff: Staff, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    given = {"ISSUER": "https://login.example", "CLIENT": "ivr", "SECRET": "a secret"}
    for name, value in given.items():
        monkeypatch.setenv(f"IVR_OIDC_{name}", value)
    assert staff_of(open_installation()).identities is not None
    monkeypatch.delenv(missing)
    with pytest.raises(Unusable, match="IVR_OIDC_ISSUER is set"):
        staff_of(open_installation()).identities  # noqa: B018 - built at its first use
