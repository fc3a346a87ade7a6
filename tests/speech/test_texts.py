"""Texts that operators edit: what is refused, by file, line and key."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from ivr.domain.values import Language
from ivr.errors import FlowBroken, Unusable
from ivr.speech.texts import Slot, Texts, read_texts, split
from tests.speech.conftest import PROMPTS

LINES = {
    "tk": 'welcome: "Salam!"\nbalance: "Galyndy {balance:money}."\n',
    "ru": 'welcome: "Здравствуйте!"\nbalance: "Остаток {balance:money}."\n',
    "en": 'welcome: "Hello!"\nbalance: "The balance is {balance:money}."\n',
    "pronunciation": 'tk: {SMS: "es em es"}\nru: {}\nen: {}\n',
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, lines in LINES.items():
        (tmp_path / f"{name}.yaml").write_text(lines, encoding="utf-8")
    return tmp_path


class TestTexts:
    def test_are_read_in_every_language(self, folder: Path) -> None:
        texts = read_texts(folder)
        assert texts.keys == ("welcome", "balance")
        assert texts.slots("balance") == {"balance": "money"}
        assert texts.segments(Language.ENGLISH, "balance") == {"balance.1": "The balance is"}
        assert texts.segments(Language.TURKMEN, "welcome") == {"welcome": "Salam!"}

    def test_a_byte_order_mark_of_an_editor_is_taken(self, folder: Path) -> None:
        (folder / "tk.yaml").write_text(LINES["tk"], encoding="utf-8-sig")
        assert read_texts(folder).keys == ("welcome", "balance")

    def test_outlive_a_document(self, folder: Path) -> None:
        texts = read_texts(folder)
        assert Texts.from_document(texts.to_document()) == texts

    @pytest.mark.parametrize("document", [None, {}, [], {"words": {}, "lexicon": {}}])
    def test_a_damaged_document_is_told(self, document: object) -> None:
        with pytest.raises(FlowBroken, match="damaged"):
            Texts.from_document(document)

    @pytest.mark.parametrize(
        ("file", "fault", "mended", "said"),
        [
            ("ru", 'welcome: "Здравствуйте!"\n', "", "ru.yaml: text 'welcome' is missing"),
            ("en", 'welcome: "Hello!"', "welcome: Hello: you", "en.yaml, line 1"),
            ("en", '"Hello!"', '""', "en.yaml, line 1: text 'welcome' is empty"),
            ("en", '"Hello!"', "5", "line 1: text 'welcome' is empty or not in \"quotes\""),
            ("en", '"Hello!"', "[a, b]", "line 1: text 'welcome'"),
            ("en", '"Hello!"', '"..."', "line 1: text 'welcome' has no word that can be said"),
            ("en", "welcome:", "Welcome:", "line 1: key 'Welcome' must have only small letters"),
            ("en", "balance:", "welcome:", "line 2: 'welcome' is given twice, here and in line 1"),
            ("en", "{balance:money}", "", "line 2: text 'balance' must have the placeholders"),
            ("en", "{balance:money}", "{amount:money}", "must have the placeholders of tk.yaml"),
            ("tk", "{balance:money}", "{balance:cash}", "{balance:cash} is not {name:kind}"),
            ("tk", "{balance:money}", "{balance}", "{balance} is not {name:kind}"),
            ("tk", "{balance:money}", "{balance:money", "a brace has no partner"),
            ("tk", "Salam!", "S" * 4001, "text 'welcome' is longer than 4000 letters"),
            ("tk", 'welcome: "Salam!"', 'welcome: "Salam!', "tk.yaml, line 1: the closing"),
            ("tk", "welcome:", "- welcome:", "tk.yaml"),
            ("pronunciation", "tk:", "xx:", "'xx' is not a language"),
            ("pronunciation", "en: {}\n", "", "'en:' is missing"),
            ("pronunciation", "es em es", "es 5", "'es 5' cannot be said"),
            ("pronunciation", "es em es", "ES EM", "'ES EM' cannot be said"),
            ("pronunciation", "SMS:", "S M:", "'S M' must be one word"),
        ],
    )
    def test_a_fault_is_refused_by_file_and_line(
        self, folder: Path, file: str, fault: str, mended: str, said: str
    ) -> None:
        path = folder / f"{file}.yaml"
        lines = path.read_text(encoding="utf-8")
        assert fault in lines
        path.write_text(lines.replace(fault, mended, 1), encoding="utf-8")
        with pytest.raises(Unusable) as refused:
            read_texts(folder)
        assert said in str(refused.value)
        assert "\n" not in str(refused.value)

    def test_a_file_in_another_encoding_is_refused(self, folder: Path) -> None:
        (folder / "ru.yaml").write_text(LINES["ru"], encoding="cp1251")
        with pytest.raises(Unusable, match=r"ru\.yaml: not UTF-8 text; save it as UTF-8"):
            read_texts(folder)

    @pytest.mark.parametrize("file", LINES)
    def test_a_file_that_is_not_there_is_named(self, folder: Path, file: str) -> None:
        (folder / f"{file}.yaml").unlink()
        with pytest.raises(Unusable, match=rf"{file}\.yaml: cannot be read"):
            read_texts(folder)

    def test_an_empty_file_is_refused(self, folder: Path) -> None:
        (folder / "en.yaml").write_text("")
        with pytest.raises(Unusable, match=r"en\.yaml"):
            read_texts(folder)

    def test_a_file_nested_without_end_is_refused(self, folder: Path) -> None:
        (folder / "en.yaml").write_text("[" * 20_000)
        with pytest.raises(Unusable, match=r"en\.yaml"):
            read_texts(folder)

    def test_the_shipped_ones_are_read(self, tmp_path: Path) -> None:
        shutil.copytree(PROMPTS, tmp_path / "prompts")
        assert len(read_texts(tmp_path / "prompts").keys) > 100


class TestParts:
    @pytest.mark.parametrize(
        ("text", "parts"),
        [
            ("Salam!", ("Salam!",)),
            ("{a:money}", (Slot("a", "money"),)),
            ("{a:money}.", (Slot("a", "money"), ".")),
            ("It is {a:money}, now.", ("It is", Slot("a", "money"), ",", "now.")),
            ("{a:text}: {b:money}", (Slot("a", "text"), ":", Slot("b", "money"))),
        ],
    )
    def test_are_pieces_pauses_and_placeholders(
        self, text: str, parts: tuple[str | Slot, ...]
    ) -> None:
        assert split(text) == parts
