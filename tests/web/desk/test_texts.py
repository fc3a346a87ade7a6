"""Texts of the pages: all in three languages, none in a template, none that nobody uses."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

from ivr.domain.values import Language
from ivr.web.desk import pages, texts
from ivr.web.desk.texts import Texts, TextsBroken
from tests.table import each
from tests.web.desk.pages import ZONE

TEMPLATES = sorted(pages.TEMPLATES.rglob("*.html"))
SPOKEN_ATTRIBUTES = frozenset({"title", "aria-label", "placeholder", "alt", "label", "value"})
NO_TEXT = re.compile(r"[\W\d_]*|F\d+|Alt\+[A-Z]|Esc|Enter")
"""What is the same in every language."""


@cache
def said() -> Texts:
    return Texts.read()


@cache
def named() -> tuple[frozenset[str], frozenset[str]]:
    """The keys that templates and code name, and the beginnings of those that they put together."""
    whole, begun = set[str](), set[str]()

    def take(key: nodes.Expr, template: str) -> None:
        match key:
            case nodes.Const(value=str(text)):
                whole.add(text)
            case nodes.Concat(nodes=[nodes.Const(value=str(begin)), *_]):
                begun.add(begin)
            case nodes.CondExpr(expr1=one, expr2=nodes.Expr() as other):
                take(one, template)
                take(other, template)
            case other:
                pytest.fail(f"{template}: {other} is no key")

    for template in TEMPLATES:
        for call in Environment().parse(template.read_text("utf-8")).find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name == "t":
                take(call.args[0], template.name)
            elif isinstance(call.node, nodes.Getattr) and call.node.attr == "text":
                assert isinstance(call.args[1], nodes.Const)
                whole.add(call.args[1].value)
    for file in pages.TEMPLATES.parent.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            match node:
                case ast.Constant(value=str(key)) if key in said().patterns:
                    whole.add(key)
                case ast.JoinedStr(values=[ast.Constant(value=str(begin)), *_]) if "." in begin:
                    begun.add(begin)
    return frozenset(whole), frozenset(begun)


def test_every_key_that_a_page_names_is_there() -> None:
    whole, begun = named()
    assert whole - said().patterns.keys() == set()
    assert [
        each for each in begun if not any(key.startswith(each) for key in said().patterns)
    ] == []


def test_every_text_is_used() -> None:
    whole, begun = named()
    unused = [
        key for key in said().patterns if key not in whole and not key.startswith(tuple(begun))
    ]
    assert unused == []


class Found(HTMLParser):
    """What a person reads in a template outside of its expressions."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.texts += [value or "" for name, value in attrs if name in SPOKEN_ATTRIBUTES]


def written(template: str) -> Iterator[str]:
    """The texts in a template, without what Jinja puts in."""
    source = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", template, flags=re.S)
    found = Found()
    found.feed(source)
    yield from (text.strip() for text in found.texts if not NO_TEXT.fullmatch(text.strip()))


@each("template", TEMPLATES)
def test_no_text_is_in_a_template(template: Path) -> None:
    assert list(written(template.read_text("utf-8"))) == []


@pytest.mark.parametrize(
    "template", ["<p>Save</p>", '<a title="Save"></a>', "<b>{{ x }} calls</b>", "<p>F2 и</p>"]
)
def test_a_text_in_a_template_is_found(template: str) -> None:
    assert list(written(template))


def test_plurals_are_those_of_the_language() -> None:
    def count(language: Language, n: int) -> str:
        return said().text(language, "components.count", n=n)

    assert [count(Language.RUSSIAN, n) for n in (1, 3, 5, 21)] == [
        *("1 сотрудник", "3 сотрудника", "5 сотрудников", "21 сотрудник")
    ]
    assert [count(Language.ENGLISH, n) for n in (1, 2)] == ["1 person", "2 people"]
    assert count(Language.TURKMEN, 2) == "2 işgär"


def test_times_are_those_of_the_operator() -> None:
    at = datetime(2026, 11, 30, 21, 5, 7, tzinfo=UTC)
    assert texts.told_time("moment", Language.RUSSIAN, ZONE, at) == "1 дек. 2026, 02:05"
    assert texts.told_time("exact", Language.TURKMEN, ZONE, at) == "1 dekabr 2026, 02:05:07"


@pytest.mark.parametrize(
    ("file", "problem"),
    [
        ("a.b: {tk: x, ru: y}", "a.b does not have exactly the languages"),
        ("a.b: x", "a.b does not have exactly the languages"),
        ("a.b: {tk: '{n, plural, one {x}', ru: y, en: z}", "a.b in tk"),
    ],
)
def test_a_broken_file_is_refused(tmp_path: Path, file: str, problem: str) -> None:
    (tmp_path / "a.yaml").write_text(file)
    with pytest.raises(TextsBroken, match=problem):
        Texts.read(tmp_path)


def test_a_key_is_there_once(tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text("a.b: {tk: x, ru: y, en: z}")
    with pytest.raises(TextsBroken, match=r"a\.b is there twice, the second time in b\.yaml"):
        Texts.read(tmp_path)


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("tk", Language.TURKMEN),
        ("ru-RU,ru;q=0.9,en;q=0.8", Language.RUSSIAN),
        ("de,tk;q=0.3,ru;q=0.5", Language.RUSSIAN),
        ("en;q=0.1,tk;q=0", Language.ENGLISH),
        ("ru;q=x,tk;q=0.2", Language.TURKMEN),
        ("de", Language.ENGLISH),
        ("", Language.ENGLISH),
    ],
)
def test_the_browser_says_the_first_language(header: str, language: Language) -> None:
    assert texts.preferred(header) is language
