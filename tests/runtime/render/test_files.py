"""`ivr asterisk render`: the files that an operator installs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ivr.domain.values import Language
from ivr.settings import Settings
from ivr.telephony.asterisk import Asterisk
from ivr.telephony.configuration import render
from ivr.telephony.management import Manager
from ivr.wiring import telephony
from ivr.wiring.container import Container
from tests.e2e.installation import own_settings
from tests.runtime.render.rendering import AGENT, AMI, conf, ivr

SECRETS = {"ami_secret": AMI, "agent_secret": AGENT}


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
    live = container.release_cache.live()
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
    topics = container.release_cache.live().flow.topics
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
        (("--modules", "modules"), "modules is not an absolute path: begin it with /"),
        (("--run", "/run/" + "a" * 100), "choose a shorter --run"),
        (("--modules", "/usr/lib;asterisk"), "Asterisk's files cannot have"),
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
