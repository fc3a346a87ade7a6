"""What the settings say of trunks and numbers, and what Asterisk is told of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ivr.errors import Unusable
from ivr.telephony.configuration import Programs, render
from ivr.telephony.trunks import (
    NUMBERS,
    OWN,
    Trunk,
    odd_numbers,
    read_numbers,
    read_trunks,
    trusted,
    usual_numbers,
)
from tests.e2e.installation import own_settings


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("0890,66300890", OWN),
        (" 0890 , +993 66 30-08-90 ", OWN),
        ("0890;66300890".replace(";", ","), OWN),
        ("99366300890,066300890,8 66 300890", ("66300890",)),
        ("0990,12 49-00-00", ("0990", "12490000")),
    ],
)
def test_own_numbers_are_read_however_they_are_written(text: str, numbers: tuple[str, ...]) -> None:
    assert read_numbers(text) == numbers


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("0890,call", "'call' is neither a short number"),
        ("0890;66300890", "'0890;66300890' is neither a short number"),
        ("+79161234567", r"'\+79161234567' is neither a short number nor a number of \+993"),
        ("0", "'0' is neither a short number"),
        (" , ", "IVR_NUMBERS is empty"),
        ("0890\n[x]", "is neither a short number"),
        ("${SHELL(id)}", "is neither a short number"),
    ],
)
def test_what_is_no_number_is_refused(text: str, said: str) -> None:
    with pytest.raises(Unusable, match=said):
        read_numbers(text)


def test_each_spelling_is_one_number_alone() -> None:
    odd = odd_numbers(OWN)
    assert usual_numbers(OWN) == NUMBERS
    assert not odd.keys() & set(NUMBERS)
    assert {"066300890", "866300890", "0099366300890", "81099366300890"} <= odd.keys()
    assert {odd[each] for each in ("+0890", "+9930890", "009930890")} == {"0890"}
    assert set(odd.values()) == set(OWN)


@pytest.mark.parametrize(
    ("trunk", "text", "endpoints"),
    [
        ("", "", set()),
        ("", "all", {"trunk"}),
        ("10.0.0.5", "trunk", {"trunk"}),
        ("mobile=10.0.0.5;city=10.0.2.9", "mobile", {"trunk-mobile"}),
        ("mobile=10.0.0.5;city=10.0.2.9", " city, mobile ", {"trunk-mobile", "trunk-city"}),
        ("mobile=10.0.0.5;city=10.0.2.9", "all", {"trunk-mobile", "trunk-city"}),
    ],
)
def test_trunks_are_trusted_by_their_names(trunk: str, text: str, endpoints: set[str]) -> None:
    assert trusted(read_trunks(trunk), text) == endpoints


@pytest.mark.parametrize("text", ["mobil", "mobile,agent1", "trunk-mobile", "mobile;city", "true"])
def test_a_trunk_that_is_not_there_cannot_be_trusted(text: str) -> None:
    with pytest.raises(Unusable, match=r"there is no trunk '.*' in IVR_TRUNK: write mobile or all"):
        trusted([Trunk("trunk-mobile", ("10.0.0.5",))], text)


def rendered(home: Path, **given: object) -> Path:
    programs = Programs(["asterisk"], Path("/modules"), Path("/share"))
    return render(own_settings(home, **given), programs, {}).parent


def test_what_is_dialled_is_a_setting(tmp_path: Path) -> None:
    text = (rendered(tmp_path, numbers="0990,12490000") / "extensions.conf").read_text()
    context = text.partition("[from-trunk]")[2].partition("\n[")[0]
    assert re.findall(r"^exten => (\+?\d+),1,Set", context, re.M) == [
        *("0990", "12490000", "99312490000", "+99312490000")
    ]
    assert "exten => 0099312490000,1,Goto(12490000,1)" in context
    assert not re.search("0890|66300890", context)


def test_nobody_is_trusted_and_no_address_is_translated_unless_a_setting_says_so(
    tmp_path: Path,
) -> None:
    text = (rendered(tmp_path) / "pjsip.conf").read_text()
    assert re.findall(r"trust_id_inbound = (\w+)", text) == ["no"]
    assert "external" not in text


def test_keys_by_info_can_be_switched_off(tmp_path: Path) -> None:
    texts = [
        (rendered(tmp_path / str(on), sip_info=on) / "modules.conf").read_text()
        for on in (True, False)
    ]
    assert ["res_pjsip_dtmf_info" in text for text in texts] == [True, False]


def test_an_address_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"is not an IPv4 address such as 203\.0\.113\.5"):
        own_settings(tmp_path, external_address="line.example")
