"""What is recorded: a sentence counts when all that can be heard in it is."""

from __future__ import annotations

from collections.abc import Callable, Collection
from itertools import pairwise

import pytest

from ivr.domain.values import Language
from ivr.flow.document import Flow, read_flow
from ivr.speech.chapters import menus
from ivr.speech.coverage import Coverage, State, coverage
from ivr.speech.recordable import Item, items, mid_name
from ivr.speech.script import Line, groups, script
from ivr.speech.texts import WRITTEN, Texts
from tests.speech.conftest import PROMPTS

SEVEN = {Language.TURKMEN: "ýedi", Language.RUSSIAN: "семь", Language.ENGLISH: "seven"}


@pytest.fixture(scope="module")
def flow() -> Flow:
    return read_flow(PROMPTS / "0890.yaml")


@pytest.fixture(scope="module", params=Language)
def language(request: pytest.FixtureRequest) -> Language:
    return Language(request.param)


@pytest.fixture(scope="module")
def every(texts: Texts, language: Language) -> list[Item]:
    return items(texts, language)


@pytest.fixture(scope="module")
def lines(texts: Texts, language: Language, flow: Flow) -> list[Line]:
    return script(texts, language, flow)


Counted = Callable[[Collection[str]], Coverage]


@pytest.fixture(scope="module")
def counted(texts: Texts, language: Language, flow: Flow) -> Counted:
    """What is recorded, by the names of the recordings."""
    return lambda recorded: coverage(texts, language, flow, recorded)


def names(every: list[Item]) -> set[str]:
    return {item.name for item in every}


class TestCoverage:
    def test_nothing(self, counted: Counted) -> None:
        found = counted(set())
        assert not found.is_complete
        assert found.recorded == 0
        states = {each.state for each in found.sentences.values()}
        assert states == {State.SYNTHETIC, State.TYPED}

    def test_everything(self, counted: Counted, every: list[Item]) -> None:
        found = counted(names(every))
        assert found.is_complete
        assert found.recorded == found.items == len(every)
        typed = found.of(found.sentences, State.TYPED)
        assert {each.key for each in typed} == {"announcement", "account.bill.named"}
        assert all(each.missing == () for each in found.sentences.values())

    def test_words_of_its_own_count(self, counted: Counted, every: list[Item]) -> None:
        found = counted(names(every) - {"goodbye", "service.mms"})
        assert not found.is_complete
        assert found.sentences["goodbye"].state is State.SYNTHETIC
        assert found.sentences["goodbye"].missing == ("goodbye",)
        assert found.sentences["service.mms"].state is State.RECORDED  # its other take serves

    def test_every_piece_of_a_value_counts(
        self, counted: Counted, every: list[Item], language: Language
    ) -> None:
        seven = {item.name for item in every if item.piece == SEVEN[language]}
        found = counted(names(every) - seven)
        balance = found.sentences["account.balance"]
        assert balance.state is State.HALF
        assert balance.missing == (min(seven, key=lambda name: name.endswith("end")),)
        assert not found.is_complete

    def test_one_contour_serves_for_the_other(self, counted: Counted, every: list[Item]) -> None:
        mids = {item.piece for item in every if item.contour == "mid"} - {""}
        spare = {item.name for item in every if item.piece in mids and item.contour == "end"}
        assert len(spare) > 100
        found = counted(names(every) - spare)
        assert found.is_complete
        assert found.recorded == found.items - len(spare)

    def test_a_name_that_can_stand_in_a_sentence_counts(
        self, counted: Counted, every: list[Item]
    ) -> None:
        found = counted(names(every) - {"tariff.duet", mid_name("tariff.duet")})
        assert found.sentences["account.tariff"].state is State.HALF
        assert found.sentences["account.tariff"].missing == ("tariff.duet",)
        assert found.sentences["tariff.duet"].state is State.SYNTHETIC
        assert found.sentences["packages.none"].state is State.RECORDED

    def test_the_same_words_under_another_name_count(
        self, counted: Counted, every: list[Item]
    ) -> None:
        item = next(item for item in every if len(item.keys) > 1)
        assert counted((names(every) - {item.name}) | {item.keys[1]}).is_complete

    def test_menus_have_every_text_that_is_said(self, counted: Counted, texts: Texts) -> None:
        found = counted(set())
        said = {key for key in texts.keys if not key.startswith(WRITTEN)}
        assert set(found.sentences) == said
        assert {key for keys in found.menus.values() for key in keys} == said
        assert "account.balance" in found.menus["account"]
        assert "menu.main.account" in found.menus["main"]


def test_menus_follow_the_flow(texts: Texts, flow: Flow) -> None:
    found = menus(flow, texts)
    order = [entry.menu for entry in found]
    assert order[:4] == ["language", "main", "account", "services"]
    assert order[-2:] == ["everywhere", "others"]
    assert len(set(order)) == len(order)
    branches = {entry.menu: entry.branch for entry in found}
    assert branches["services-packages"] == "services"
    assert branches["blocks"] == "number"


class TestScript:
    def test_has_every_item_once(self, lines: list[Line], every: list[Item]) -> None:
        assert sorted(line.item.name for line in lines) == sorted(names(every))

    def test_chapters_are_in_one_piece_and_long_enough_to_tell_their_ends(
        self, lines: list[Line]
    ) -> None:
        chapters = [line.chapter for line in lines]
        distinct = list(dict.fromkeys(chapters))
        assert sum(one != other for one, other in pairwise(chapters)) == len(distinct) - 1
        assert all(chapters.count(chapter) >= 9 for chapter in distinct)

    def test_short_items_are_in_groups_of_five_with_a_sentence(self, lines: list[Line]) -> None:
        together = list(groups(lines))
        assert [line for group in together for line in group] == lines
        short = [group for group in together if group[0].is_short]
        assert all(len(group) <= 5 for group in together)
        assert sum(len(group) == 5 for group in short) > 0.8 * len(short)
        with_sentence = [group for group in short if any(line.carrier for line in group)]
        assert len(with_sentence) > 0.9 * len(short)

    def test_the_sentence_of_a_piece_has_it_in_brackets(self, lines: list[Line]) -> None:
        shown = [line for line in lines if line.item.piece and line.carrier]
        assert len(shown) > 300
        assert all(f"[{line.item.piece}]" in line.carrier for line in shown)

    def test_the_voice_goes_on_or_falls(self, lines: list[Line]) -> None:
        for line in lines:
            assert line.shown.endswith("…") == (line.item.contour == "mid")
            assert not line.shown.endswith((", …", ": …", ".."))
