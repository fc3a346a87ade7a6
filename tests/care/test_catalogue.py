"""The catalogue: what is refused when it is read, and what needs what."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ivr.care.catalogue import read_catalogue
from ivr.domain.values import Money, ServiceId
from ivr.errors import Unusable
from ivr.settings import PROJECT
from ivr.speech.texts import read_texts
from ivr.testing.demo import shipped_catalogue

GOOD = """
tariffs:
  oba: {monthly: "5.00"}
services:
  gprs: {group: data}
  mms: {group: data, monthly: "1.50", once: "3.00", requires: [gprs], tariffs: [oba]}
  album: {requires: [mms]}
"""
MANY = "".join(f"  s{number}: {{group: data}}\n" for number in range(4))


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str], Path]:
    def written(text: str) -> Path:
        file = tmp_path / "catalogue.yaml"
        file.write_text(text, encoding="utf-8")
        return file

    return written


class TestCatalogue:
    def test_is_read_as_it_is_written(self, write: Callable[[str], Path]) -> None:
        catalogue = read_catalogue(write(GOOD))
        assert catalogue.services["mms"].once == Money(300)
        assert catalogue.services["mms"].monthly == Money(150)
        assert catalogue.order == ("gprs", "mms", "album")

    def test_premium_numbers_are_one_list_and_the_older_word_joins_it(
        self, write: Callable[[str], Path]
    ) -> None:
        assert shipped_catalogue().premium_numbers == ("6990",)
        older = GOOD.replace("gprs: {group: data}", 'gprs: {group: data, premium: ["6990"]}')
        assert read_catalogue(write(older)).premium_numbers == ("6990",)
        both = read_catalogue(write(older + 'premium: ["71", "6990"]\n'))
        assert both.premium_numbers == ("6990", "71")
        assert read_catalogue(write(GOOD)).premium_numbers == ()

    def test_a_menu_has_the_services_of_its_group_in_order(
        self, write: Callable[[str], Path]
    ) -> None:
        assert read_catalogue(write(GOOD)).groups == {"data": ("gprs", "mms")}

    def test_what_a_service_needs_comes_deepest_first(self, write: Callable[[str], Path]) -> None:
        assert list(read_catalogue(write(GOOD)).required(ServiceId("album"))) == ["gprs", "mms"]

    def test_what_needs_a_service_comes_outermost_first(self, write: Callable[[str], Path]) -> None:
        assert list(read_catalogue(write(GOOD)).dependents(ServiceId("gprs"))) == ["album", "mms"]

    @pytest.mark.parametrize(
        ("fault", "mended", "said"),
        [
            ("requires: [gprs]", "requires: [edge]", "service 'mms' requires 'edge'"),
            ("gprs: {group: data}", "gprs: {requires: [mms]}", "requires itself indirectly"),
            ("tariffs: [oba]", "tariffs: [gold]", "names tariff 'gold'"),
            ("  album:", f"{MANY}  album:", "group 'data' has 6 services; a menu has room for 5"),
            ("group: data", "group: Data", "services.gprs.group"),
            ('once: "3.00"', "once: 3.00", "services.mms.once: write a price in quotes"),
            ('once: "3.00"', 'once: "-3.00"', "services.mms.once: a price must not be negative"),
            ('once: "3.00"', 'once: "3,00"', "services.mms.once: not an amount in manat"),
            ('once: "3.00"', 'price: "3.00"', "services.mms.price"),
            ("  album:", "  Album:", "services.Album"),
            (
                "tariffs:\n",
                "tarifs:\n",
                "line 2: tarifs: 'tarifs' is not known here; is 'tariffs' meant?",
            ),
            ("services:", "services: [", "line 4: the bracket [ or ] has no partner"),
        ],
    )
    def test_a_fault_is_refused_by_name(
        self, write: Callable[[str], Path], fault: str, mended: str, said: str
    ) -> None:
        file = write(GOOD.replace(fault, mended, 1))
        with pytest.raises(Unusable) as refused:
            read_catalogue(file)
        assert str(refused.value).startswith(str(file))
        assert said in str(refused.value)
        assert "\n" not in str(refused.value)

    @pytest.mark.parametrize("text", ["", "[]", "tariffs", "{}"])
    def test_what_is_no_catalogue_at_all_is_refused(
        self, write: Callable[[str], Path], text: str
    ) -> None:
        with pytest.raises(Unusable):
            read_catalogue(write(text))

    def test_a_file_that_is_not_there_is_refused_by_name(self, tmp_path: Path) -> None:
        with pytest.raises(Unusable, match="cannot be read"):
            read_catalogue(tmp_path / "none.yaml")


class TestShipped:
    def test_everything_in_it_has_a_name_in_every_language(self) -> None:
        texts = read_texts(PROJECT / "prompts")
        assert set(shipped_catalogue().texts()) <= set(texts.keys)

    def test_requirements_are_those_of_the_operator(self) -> None:
        services = shipped_catalogue().services
        assert {id: service.requires for id, service in services.items() if service.requires} == {
            "mms": ("gprs",),
            "clir-override": ("clip",),
            "conference": ("hold",),
            "internet-package": ("gprs",),
            "sms-package": ("sms",),
        }
