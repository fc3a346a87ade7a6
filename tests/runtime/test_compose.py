"""The containers: each part with the rights, secrets and folders that it needs, and no more."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from ivr.settings import PROJECT

COMPOSE = yaml.safe_load((PROJECT / "docker-compose.yml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
HOME = "/var/lib/ivr"
SECRET = re.compile(r"PEPPER|SECRET|TOKEN|PASSWORD|KEY")
SECRETS = {
    "postgres": {"POSTGRES_PASSWORD"},
    "line": {
        *("PGPASSWORD", "IVR_PEPPER", "IVR_AMI_SECRET", "IVR_AGENT_SECRET", "IVR_NETWORK_TOKEN"),
        *("IVR_NETWORK_OAUTH_SECRET", "IVR_NETWORK_KEY"),
    },
    "asterisk": set(),
    "orders": {
        *("PGPASSWORD", "IVR_AMI_SECRET", "IVR_NETWORK_TOKEN"),
        *("IVR_NETWORK_OAUTH_SECRET", "IVR_NETWORK_KEY"),
    },
    "messages": {"PGPASSWORD", "IVR_SMSC_PASSWORD"},
    "desk": {"PGPASSWORD", "IVR_PEPPER", "IVR_OIDC_SECRET"},
    "network": {"PGPASSWORD", "IVR_NETWORK_TOKEN"},
}
"""What each part is told that others must not know."""


CONTENT = "${IVR_CONTENT:-/etc/ivr/content}"
"""The folder that operators edit, on the machine itself."""


def mounts(service: Any) -> list[list[str]]:
    """What is mounted in a part: where it comes from, where it stands, and options."""
    volumes = (each.replace(CONTENT, "CONTENT") for each in service["volumes"])
    return [each.split(":") for each in volumes]


@pytest.fixture(params=SERVICES)
def service(request: pytest.FixtureRequest) -> Any:
    return SERVICES[request.param]


def test_it_has_no_right_beyond_an_ordinary_users(service: Any) -> None:
    assert service["cap_drop"] == ["ALL"]
    assert "cap_add" not in service
    assert not service.get("privileges")
    assert not service.get("privileged")
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "user" not in service  # that of the image


def test_it_writes_its_own_folders_alone(service: Any) -> None:
    assert service["read_only"] is True
    assert all("size=" in each for each in service["tmpfs"])
    for source, target, *_options in mounts(service):
        if source == "CONTENT":
            assert target == "/etc/ivr/content"
        else:
            assert source in COMPOSE["volumes"]
            assert target.startswith((HOME, "/var/lib/postgresql/ivr"))


def test_only_the_line_writes_what_operators_edit() -> None:
    found = {
        name: mount[2:]
        for name in SERVICES
        for mount in mounts(SERVICES[name])
        if "CONTENT" in mount
    }
    assert found == {"line": [], "orders": ["ro"]}


def test_it_is_bounded(service: Any) -> None:
    assert 0 < service["pids_limit"] <= 16_384
    assert re.search(r"\d[mg]\b", service["mem_limit"])
    assert service["cpu_shares"]
    assert service["ulimits"]["core"] == 0
    assert service["ulimits"]["nofile"] > 0
    assert service["logging"]["options"]["max-size"]


@pytest.mark.parametrize("name", SERVICES)
def test_it_is_told_its_own_secrets_alone(name: str) -> None:
    told = {each for each in SERVICES[name].get("environment", {}) if SECRET.search(each)}
    assert told == SECRETS[name]
    assert "env_file" not in SERVICES[name]


def test_no_secret_has_a_default() -> None:
    for service in SERVICES.values():
        for name, value in service.get("environment", {}).items():
            if SECRET.search(name) and value is not None:
                assert ":?is not set" in value, name


def test_asterisk_sees_neither_the_database_nor_what_the_line_keeps() -> None:
    mounted = mounts(SERVICES["asterisk"])
    targets = {target: options for _, target, *options in mounted}
    assert HOME not in targets
    assert targets[f"{HOME}/asterisk/system"] == ["ro"]
    assert targets[f"{HOME}/audio"] == ["ro"]
    for kept in ("secrets", "places", "ivr.sqlite"):
        assert not any(target.endswith(kept) for target in targets)
    assert not SERVICES["asterisk"].get("environment")
    shared = {source for source, *_ in mounted}
    for name in ("messages", "network", "postgres"):
        assert not shared & {source for source, *_ in mounts(SERVICES[name])}


def test_what_asterisk_and_the_line_share_stands_at_one_place() -> None:
    places: dict[str, set[str]] = {}
    for service in SERVICES.values():
        for source, target, *_ in mounts(service):
            places.setdefault(source, set()).add(target)
    assert all(len(targets) == 1 for targets in places.values()), places


@pytest.mark.parametrize("name", [name for name in SERVICES if name != "network"])
def test_it_is_looked_after(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"]
    assert SERVICES[name]["restart"] == "unless-stopped"


def test_what_is_copied_into_an_image_is_let_through() -> None:
    let_through = set(re.findall(r"^!(\S+)$", (PROJECT / ".dockerignore").read_text(), re.M))
    copied: set[str] = set()
    for line in re.findall(r"^COPY (?!--from)(.*)$", (PROJECT / "Dockerfile").read_text(), re.M):
        copied.update(line.split()[:-1])
    assert len(copied) > 5
    assert {each.partition("/")[0] for each in copied} <= let_through


def test_no_image_runs_as_root_and_what_becomes_a_volume_is_its_users() -> None:
    text = (PROJECT / "Dockerfile").read_text()
    for stage in re.split(r"^FROM ", text, flags=re.M)[1:]:
        if "\nCMD " not in stage:
            continue  # nothing runs in it: another takes files from it
        users = re.findall(r"^USER (\S+)$", stage, re.M)
        assert users in (["ivr"], ["postgres"]), stage[:40]
    asterisk = text.split(" AS asterisk")[1].split(" AS postgres")[0]
    made = {path.removeprefix("ivr/") for path in re.findall(r"\bivr/[a-z/]+", asterisk)}
    mounted = {each.split(":")[1] for each in SERVICES["asterisk"]["volumes"]}
    assert {target.removeprefix(f"{HOME}/") for target in mounted} <= made
    assert "confined.py" in asterisk.split("CMD")[1]  # it closes the files to others


@pytest.mark.parametrize("unit", sorted((PROJECT / "docs" / "systemd").glob("*.service")), ids=str)
def test_a_unit_of_systemd_closes_its_files_and_leaves_no_core(unit: Any) -> None:
    lines = unit.read_text().splitlines()
    assert "UMask=0077" in lines
    assert "LimitCORE=0" in lines
    assert "NoNewPrivileges=yes" in lines
