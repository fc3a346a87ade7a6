"""Settings that are written into the files of Asterisk: trunks and fax."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from ivr.domain.call import origin_of
from ivr.errors import Unusable
from ivr.settings import PROJECT, Settings
from ivr.telephony.configuration import Programs, own_folders, render
from ivr.telephony.trunks import read_trunks
from ivr.wiring import telephony
from ivr.wiring.container import Container
from tests.e2e.installation import own_settings
from tests.runtime.render.rendering import AGENT, AMI
from tests.table import each


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
    if name != "runtime":
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
    with pytest.raises(Unusable, match=r"(?s)^IVR_TRUNK: '.*' is neither an address"):
        render(own_settings(tmp_path, trunk=trunk), programs, {})


@pytest.mark.parametrize(
    ("trunk", "said"),
    [
        ("Mobile=10.0.0.5", "'Mobile' is not the name of a trunk"),
        ("a b=10.0.0.5", "'a b' is not the name of a trunk"),
        ("10.0.0.5]\n[x=10.0.0.6", "is not the name of a trunk"),
        ("a=10.0.0.5;a=10.0.0.6", "names trunk trunk-a twice"),
        ("10.0.0.5;10.0.0.6", "names trunk trunk twice"),
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
        settings = own_settings(tmp_path, seats=0, **given)
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
    """No endpoint is identified by it: a caller named ``fax`` is a stranger."""

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
