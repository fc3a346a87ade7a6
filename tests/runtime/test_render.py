"""``ivr asterisk render``: the configuration for the Asterisk of a package or a container."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import ValidationError

from ivr.domain.call import origin_of
from ivr.domain.values import Language
from ivr.errors import Unusable
from ivr.settings import PROJECT, Settings
from ivr.telephony.asterisk import Asterisk
from ivr.telephony.configuration import Programs, own_folders, render
from ivr.telephony.management import Manager
from ivr.telephony.trunks import read_trunks
from ivr.wiring import telephony
from ivr.wiring.container import Container, prepare_database
from tests.e2e.line import environment, own_settings, short_folder
from tests.publishing import publish
from tests.table import each

AMI, AGENT = "Kaf7bV0wq3RzNf5yJmX2uTd8LgHs6EcP", "Wn4Zk9QrYb1TfGv7MxJc3LpSh5DaU8eK"
SECRETS = {"ami_secret": AMI, "agent_secret": AGENT}


def ivr(settings: Settings, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the command with settings and these secrets in its environment."""
    given = {"IVR_AMI_SECRET": AMI, "IVR_AGENT_SECRET": AGENT}
    return subprocess.run(
        [sys.executable, "-m", "ivr", *words],
        env={**environment(settings), **given},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture(scope="module")
def container() -> Iterator[Container]:
    """A container with a live release."""
    folder = short_folder()
    container = Container(own_settings(folder / "home"))
    prepare_database(container)
    publish(container)
    yield container
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def folder(container: Container) -> Path:
    """What the command wrote for a Debian system."""
    done = ivr(container.settings, "asterisk", "render")
    assert done.returncode == 0, done.stderr
    folder = container.settings.home / "asterisk" / "system"
    confining = f"python3 -I -S {PROJECT}/ivr/telephony/confined.py {folder}/confined.conf"
    assert done.stdout == f"{confining} asterisk -f -C {folder}/asterisk.conf\n"
    return folder


def conf(folder: Path) -> dict[str, str]:
    return {file.name: file.read_text() for file in folder.glob("*.conf")}


def test_what_holds_a_secret_is_closed_to_others(folder: Path) -> None:
    assert folder.stat().st_mode & 0o777 == 0o700
    passwords = (AGENT, *(user.password(AMI) for user in Manager))
    holders = {name for name, text in conf(folder).items() if any(p in text for p in passwords)}
    assert holders == {"manager.conf", "pjsip.conf"}
    for file in folder.iterdir():
        assert file.is_dir() or file.stat().st_mode & 0o777 == 0o600, file


def test_nothing_listens_beyond_loopback(folder: Path, container: Container) -> None:
    for name, text in conf(folder).items():
        lines = [line for line in text.splitlines() if not line.startswith("deny = ")]
        assert not re.search(r"(?<![0-9.])0\.0\.0\.0", "\n".join(lines)), name
        for bound in re.findall(r"^(?:bind|bindaddr|media_address|match) = (\S+)", text, re.M):
            assert bound.startswith("127.0.0.1"), f"{name}: {bound}"
    assert f"bind = {container.settings.sip_bind}" in conf(folder)["pjsip.conf"]


def test_paths_are_those_of_the_package(folder: Path, container: Container) -> None:
    text = conf(folder)["asterisk.conf"]
    paths = dict(re.findall(r"^(ast\w+) => (.*)$", text, re.M))
    assert paths["astmoddir"].startswith("/usr/lib/")
    assert paths["astmoddir"].endswith("-linux-gnu/asterisk/modules")
    assert paths["astrundir"] == "/run/asterisk"
    assert paths["astetcdir"] == str(folder)
    assert (folder / "data" / "moh").readlink() == Path("/usr/share/asterisk/moh")
    for name in ("astvarlibdir", "astspooldir", "astlogdir"):
        assert Path(paths[name]).is_relative_to(container.settings.home)
        assert Path(paths[name]).is_dir()


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("name", ["busy", "failure"])
def test_its_own_sentences_can_be_played(folder: Path, language: Language, name: str) -> None:
    for encoding in ("alaw", "ulaw", "g722"):
        sound = folder / "data" / "sounds" / "ivr" / language / f"{name}.{encoding}"
        assert sound.stat().st_size > 1000


def test_nobody_stays_in_a_call_whose_other_side_is_gone(folder: Path) -> None:
    """Not on hold either, whether the caller or the agent has put the other on hold."""
    parts = re.split(r"^\[", conf(folder)["pjsip.conf"], flags=re.M)
    (template,) = (part for part in parts if part.startswith("call](!)"))
    assert "rtp_timeout = 30\n" in template
    assert "rtp_timeout_hold = 1800\n" in template
    (agent,) = (part for part in parts if part.startswith("agent1](call)"))
    assert "rtp_timeout = 120\n" in agent
    assert "rtp_timeout_hold" not in agent, "as of the template"


def test_it_is_what_the_demo_runs_on_but_for_paths(folder: Path, container: Container) -> None:
    settings = container.settings.model_copy(
        update={name: getattr(Settings(**{name: value}), name) for name, value in SECRETS.items()}  # type: ignore[arg-type]
    )
    live = container.shelf.live()
    sounds = telephony.dialplan_sounds(live.prompts)
    demo = conf(
        render(settings, telephony.programs(container), sounds, topics=live.flow.topics).parent
    )
    system = conf(folder)
    assert demo.keys() == system.keys()
    differ = {name for name in demo if demo[name] != system[name]}
    paths = {"asterisk.conf", "confined.conf", "musiconhold.conf"}
    assert differ == paths | {"http.conf", "pjsip.conf"}, "and the secrets of the seats"


def test_every_language_and_every_topic_in_it_has_a_queue(
    folder: Path, container: Container
) -> None:
    queues = set(re.findall(r"^\[(agents[a-z-]*)\]", conf(folder)["queues.conf"], re.M))
    topics = container.shelf.live().flow.topics
    assert len(topics) == 9
    assert queues == {
        "agents",
        *(f"agents-{lang}" for lang in Language),
        *(f"agents-{topic}-{lang}" for topic in topics for lang in Language),
    }


def test_a_real_asterisk_runs_on_it(container: Container) -> None:
    programs = telephony.programs(container)
    folder = container.settings.home / "of another place"
    options = {"modules": programs.modules, "data": programs.share, "run": container.settings.home}
    given = (word for name, path in options.items() for word in (f"--{name}", str(path)))
    done = ivr(container.settings, "asterisk", "render", str(folder), *given)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    with Asterisk(
        programs.asterisk, folder / "asterisk.conf", container.settings.home / "out"
    ) as asterisk:
        asterisk.wait_ready()
        assert "agents" in asterisk.command("queue show agents")
        assert "127.0.0.1/32" in asterisk.command("pjsip show identifies")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--modules", "modules"), "modules is not a whole path: begin it with /"),
        (("--run", "/run/" + "a" * 100), "choose a shorter --run"),
        (("--modules", "/usr/lib;asterisk"), "Asterisk's files cannot hold"),
        (("/proc/nothing",), "/proc/nothing cannot be written: No such file or directory"),
        (("/dev/null",), "/dev/null"),
    ],
)
def test_bad_input_is_one_sentence(
    container: Container, options: tuple[str, ...], said: str
) -> None:
    done = ivr(container.settings, "asterisk", "render", *options)
    assert done.returncode == 1
    assert done.stdout == ""
    assert said in done.stderr
    assert done.stderr.startswith("ivr: ")
    assert done.stderr.count("\n") == 1


def test_the_configuration_of_somebody_else_is_left_alone(
    container: Container, tmp_path: Path
) -> None:
    (tmp_path / "asterisk.conf").write_text("[directories]\n")
    done = ivr(container.settings, "asterisk", "render", str(tmp_path))
    assert done.returncode == 1
    assert "was not made by `ivr asterisk render` (asterisk.conf is there)" in done.stderr
    assert [file.name for file in tmp_path.iterdir()] == ["asterisk.conf"]


def test_without_a_release_it_says_what_to_do_first(tmp_path: Path) -> None:
    done = ivr(own_settings(tmp_path), "asterisk", "render")
    assert done.returncode == 1
    assert done.stderr == "ivr: nothing is published yet: run `ivr flow publish`\n"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("agent_secret", f"{AMI};{AGENT}"),
        ("agent_secret", f"{AMI}\n{AGENT}"),
        ("agent_secret", f" {AGENT} "),
    ],
)
def test_a_setting_that_asterisk_would_misread_is_refused(
    tmp_path: Path, name: str, value: str
) -> None:
    settings = own_settings(tmp_path, **{name: value})
    programs = Programs(["asterisk"], Path("/modules"), Path("/share"))
    with pytest.raises(Unusable, match=f"^IVR_{name.upper()} has a ';'"):
        render(settings, programs, {})
    assert not list(own_folders(tmp_path).etc.glob("*.conf"))


@each("name", Settings.model_fields)
def test_the_manual_and_the_containers_know_every_setting(name: str) -> None:
    variable = f"IVR_{name.upper()}"
    default = Settings.model_fields[name].default
    row = re.search(
        rf"^\| `{variable}` ?ᴬ? \| (.*?) \|", (PROJECT / "docs/operations.md").read_text(), re.M
    )
    assert row, f"{variable} is not in the table of docs/operations.md"
    if isinstance(default, (str, int, float)) and default != "":
        assert f"`{str(default).lower()}`" in row.group(1).lower()
    if name not in ("web_bind", "runtime"):
        assert f" {variable}:" in (PROJECT / "docker-compose.yml").read_text()


@pytest.mark.parametrize(
    "trunk",
    [
        *("nowhere.invalid", "10.0.0.5:x", "10.0.0.0/99", "10.0.0.5,x y", "10.0.0.5;x.invalid"),
        *("a=10.0.0.5;b=nowhere.invalid", "10.0.0.5\nx.invalid", "${SHELL(id)}"),
    ],
)
def test_a_trunk_that_would_close_the_line_to_all_is_refused(tmp_path: Path, trunk: str) -> None:
    programs = Programs(["asterisk"], Path("/modules"), Path("/share"))
    with pytest.raises(Unusable, match=r"(?s)^IVR_TRUNK: '.*' is no address"):
        render(own_settings(tmp_path, trunk=trunk), programs, {})


@pytest.mark.parametrize(
    ("trunk", "said"),
    [
        ("Mobile=10.0.0.5", "'Mobile' is no name of a trunk"),
        ("a b=10.0.0.5", "'a b' is no name of a trunk"),
        ("10.0.0.5]\n[x=10.0.0.6", "is no name of a trunk"),
        ("a=10.0.0.5;a=10.0.0.6", "trunk-a is there twice"),
        ("10.0.0.5;10.0.0.6", "trunk is there twice"),
        ("a=10.0.0.5;b=", "the trunk b has no address"),
    ],
)
def test_a_trunk_that_cannot_be_told_from_others_is_refused(trunk: str, said: str) -> None:
    with pytest.raises(Unusable, match=said):
        read_trunks(trunk)


def test_addresses_and_networks_are_a_trunk(tmp_path: Path, container: Container) -> None:
    settings = own_settings(tmp_path, trunk="10.0.0.5, 10.0.1.0/24,localhost,10.0.0.6:5070")
    folder = render(settings, telephony.programs(container), {}).parent
    matches = re.findall(r"^match = (\S+)$", (folder / "pjsip.conf").read_text(), re.M)
    assert matches == ["10.0.0.5", "10.0.1.0/24", "localhost", "10.0.0.6:5070"]


def test_several_trunks_are_told_by_their_addresses(tmp_path: Path, container: Container) -> None:
    settings = own_settings(
        tmp_path,
        trunk="mobile=10.0.0.5,10.0.1.0/24; city=10.0.2.9",
        agent_networks="10.1.0.0/16",
        seats=0,
    )
    text = (render(settings, telephony.programs(container), {}).parent / "pjsip.conf").read_text()
    found = re.findall(r"^endpoint = (\S+)\n((?:match = \S+\n)+)", text, re.M)
    assert found == [
        ("trunk-mobile", "match = 10.0.0.5\nmatch = 10.0.1.0/24\n"),
        ("trunk-city", "match = 10.0.2.9\n"),
    ]
    assert re.findall(r"^permit = (\S+)$", text, re.M) == [
        *("10.0.0.5/32", "10.0.1.0/24", "10.0.2.9/32", "10.1.0.0/16")
    ]
    channels = [f"PJSIP/{name}-0000002a" for name in ("trunk", "trunk-city", "agent1", "trunkx")]
    assert [origin_of(each, "", None).trunk for each in channels] == ["trunk", "trunk-city", "", ""]


def test_without_a_fax_trunk_no_fax_can_leave_and_with_one_the_built_in_machine_is_gone(
    tmp_path: Path, container: Container
) -> None:
    def dialplan(**given: str) -> str:
        settings = own_settings(tmp_path, **given)
        return (
            render(settings, telephony.programs(container), {}).parent / "extensions.conf"
        ).read_text()

    alone = dialplan(fax_refuses="99312345679;99312345678")
    assert "Dial(" not in alone
    assert f"ReceiveFAX({tmp_path}/fax/received/" in alone
    assert "exten => 99312345679,1,Answer()\n same => n,Wait(1)\n same => n,Hangup()" in alone
    trunk = dialplan(fax_trunk="PJSIP/trunk/sip:{number}@10.0.0.5")
    assert "[fax-machine]" not in trunk
    assert "Dial(PJSIP/fax/sip:${EXTEN}@10.0.0.5,60,ig" in trunk
    udp = dialplan(fax_trunk="PJSIP/trunk/sip:{number}@10.0.0.5:5060;transport=udp")
    assert "Dial(PJSIP/fax/sip:${EXTEN}@10.0.0.5:5060\\;transport=udp,60,ig" in udp
    assert f"SendFAX({tmp_path}/fax/outgoing/${{IVR_FAX}}.tif,f)" in trunk


def test_faxes_have_a_way_out_of_their_own_that_alone_may_use_t38(
    tmp_path: Path, container: Container
) -> None:
    """Nothing is told by it: whoever says that he is ``fax`` is nobody."""

    def rendered(name: str, **given: str) -> str:
        settings = own_settings(tmp_path, seats=0, **given)
        return (render(settings, telephony.programs(container), {}).parent / name).read_text()

    assert "[fax]" not in rendered("pjsip.conf")
    trunk = "PJSIP/trunk/sip:{number}@10.9.8.7:5080"
    text = rendered("pjsip.conf", fax_trunk=trunk, trunk="10.0.0.5", agent_networks="")
    (way,) = re.findall(r"^\[fax\]\(call\)\n((?:\w.*\n)+)", text, re.M)
    assert "t38_udptl = yes\n" in way
    assert "identify_by = ip\n" in way
    assert not re.search(r"^endpoint = fax$", text, re.M)
    assert text.count("t38_udptl = yes") == 1
    assert re.findall(r"^permit = (\S+)$", text, re.M) == ["10.0.0.5/32", "10.9.8.7/32"]
    ports = rendered("udptl.conf", fax_ports="31000-31010")
    assert "udptlstart = 31000\nudptlend = 31010\n" in ports


@pytest.mark.parametrize("station", ["", "abc", "1" * 21, "12;34", "12\n34", " 12", "12,34"])
def test_a_fax_station_is_digits_spaces_and_plus(tmp_path: Path, station: str) -> None:
    with pytest.raises(ValidationError, match="is not 1 to 20 digits"):
        own_settings(tmp_path, fax_station=station)
