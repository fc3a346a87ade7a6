"""Finds in the code what people are refused with: the words, with ‹names› for what is put in."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from types import ModuleType

from ivr.errors import TemporarilyUnavailable
from ivr.settings import PROJECT

ROOTS = frozenset({"IvrError", "ValueError", "Exception"})
"""Exceptions whose texts, and those of their subclasses here, are told to people."""
SILENT = frozenset({"CallerHungUp", "ProofEnded"})
OTHERS = frozenset(
    {
        *("BadParameter", "Issue", "NotEver", "_Slip", "unavailable", "_wrong"),
        *("_not_settled", "_no_token", "_listening"),
    }
)
"""What else makes a refusal from words."""
NOT_NOW = "the ‹part› cannot be used now: "
BEFORE: Mapping[str, str] = {
    **dict.fromkeys(("unavailable", "_not_settled", "Lost", "NoEntry", "NotSettled"), NOT_NOW),
    "_no_token": "the network cannot be used now: cannot get a token: ",
    "LinkBroken": "the message centre cannot be used now: ",
    "NotAsterisk": "a peer that is not Asterisk: ",
    "_listening": "nothing answers on ‹bind›; ",
}
"""What is said before the words of some errors, by what makes them."""
INTERNAL = (
    *("ivr/testing/", "ivr/simulators/network/", "ivr/simulators/smsc.py", "ivr/network/pdu.py"),
    *("ivr/network/location.py", "ivr/network/event.py", "ivr/telephony/fax.py"),
    *(
        "ivr/network/models/",
        "ivr/speech/forms.py",
        "ivr/speech/numerals.py",
        "ivr/flow/checkpoint.py",
    ),
    *("ivr/speech/written.py", "ivr/care/callbacks.py", "ivr/store/snapshots.py", "ivr/ports/"),
    *("ivr/store/columns.py", "ivr/store/orders.py", "ivr/commands/times.py"),
)
"""Modules whose refusals no person meets: they are the program's own."""
FINDERS = re.compile(r"(Iterator|Iterable|Generator)\[str\b.*")
"""What functions return that yield the problems of a document as texts."""
FINDING = ("ivr/flow/document.py", "ivr/flow/slips.py", "ivr/care/catalogue.py")


@dataclass(frozen=True, slots=True)
class Said:
    """A refusal: the file that says it, and its words."""

    file: str
    words: str


@dataclass(frozen=True)
class _Source:
    """A module of the project, as code and as it runs."""

    path: Path

    @property
    def file(self) -> str:
        return str(self.path.relative_to(PROJECT))

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.path.read_text(encoding="utf-8"))

    @cached_property
    def module(self) -> ModuleType:
        dotted = self.file.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
        return importlib.import_module(dotted)

    @cached_property
    def functions(self) -> Mapping[str, ast.FunctionDef]:
        return {
            node.name: node for node in ast.walk(self.tree) if isinstance(node, ast.FunctionDef)
        }


@cache
def refusals() -> tuple[Said, ...]:
    """All that is made from words in the code, by file and line."""
    return tuple(_refusals())


def _refusals() -> Iterator[Said]:
    sources = [_Source(path) for path in sorted((PROJECT / "ivr").rglob("*.py"))]
    makers = _makers(sources)
    for source in sources:
        if source.file.startswith(INTERNAL):
            continue
        found: list[tuple[int, str]] = []
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Call) and _name(node.func) in makers:
                before = BEFORE.get(_name(node.func), "")
                if source.file == "ivr/system/checks.py" and _name(node.func) == "ValueError":
                    before = "setting ‹name›: "
                said = (words for words in _words(node, source) if before == "" or _letters(words))
                found += ((node.lineno, before + words) for words in said)
        if source.file in FINDING:
            found += _yielded(source)
        for _, words in sorted(found, key=lambda each: each[0]):
            if re.search(r"\w\w", re.sub("‹.*?›", "", words)):
                yield Said(source.file, words)


def _makers(sources: list[_Source]) -> frozenset[str]:
    """The exceptions that people are told of, and the functions that make them."""
    bases = {
        node.name: {_name(base) for base in node.bases}
        for source in sources
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ClassDef)
    }
    found = set(ROOTS)
    while more := {name for name, of in bases.items() if of & found} - found:
        found |= more
    return frozenset(found - SILENT - {"IvrError", "Exception"} | OTHERS)


def _yielded(source: _Source) -> Iterator[tuple[int, str]]:
    for function in source.functions.values():
        if function.returns is None or not FINDERS.fullmatch(ast.unparse(function.returns)):
            continue
        for node in ast.walk(function):
            if isinstance(node, ast.Yield) and node.value is not None:
                yield node.lineno, _template(node.value, source.module)


def _words(call: ast.Call, source: _Source) -> list[str]:
    """The words of a refusal: one text, or each that a function of the module may answer."""
    arguments = [*call.args, *(each.value for each in call.keywords if each.arg == "detail")]
    if not arguments:
        return []
    if _name(call.func) == "TemporarilyUnavailable":
        parts = [_template(each, source.module) for each in arguments[:2]]
        return [str(TemporarilyUnavailable(*parts))]
    if _name(call.func) == "_Slip":
        return ["; ".join(_template(each, source.module) for each in arguments[::2])]
    if _name(call.func) == "Issue":
        arguments = arguments[-1:]
    longest = max(arguments, key=lambda each: _letters(_template(each, source.module)))
    template = _template(longest, source.module)
    if isinstance(longest, ast.Name) and not _letters(template):
        assigned = (
            node.value
            for node in ast.walk(source.tree)
            if isinstance(node, ast.Assign) and _name(node.targets[0]) == longest.id
        )
        return [words for value in assigned for words in _answered(value, source)]
    return _answered(longest, source) if not _letters(template) else [template]


def _answered(value: ast.expr, source: _Source) -> list[str]:
    """The words of a value: of a call, each that a function of the module may answer."""
    function = source.functions.get(_name(value.func)) if isinstance(value, ast.Call) else None
    if function is None:
        return [_template(value, source.module)]
    return [
        _template(node.value, source.module)
        for node in ast.walk(function)
        if isinstance(node, ast.Return) and node.value is not None and not _is_none(node.value)
    ]


def _is_none(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is None


def _letters(template: str) -> int:
    """Letters that are said, whatever is put in."""
    return sum(map(str.isalpha, re.sub("‹.*?›", "", template)))


def _template(node: ast.expr, module: ModuleType) -> str:
    match node:
        case ast.Constant(value=value):
            return str(value)
        case ast.JoinedStr(values=values):
            return "".join(_template(each, module) for each in values)
        case (
            ast.FormattedValue(value=value) | ast.Subscript(value=value) | ast.Starred(value=value)
        ):
            return _template(value, module)
        case ast.BoolOp(values=[first, *_]):
            return _template(first, module)
        case ast.BinOp(left=left, right=right, op=ast.Add()):
            return _template(left, module) + _template(right, module)
        case ast.IfExp(body=body, orelse=orelse):
            one, other = _template(body, module), _template(orelse, module)
            if not one or not other:
                return f"‹{_plain(one or other)}›"
            return f"{one} / {other}" if len(one) > 12 else f"‹{one}|{other}›"
        case ast.Name(id=name) if isinstance(getattr(module, name, None), str | int):
            return str(getattr(module, name))
        case ast.List(elts=elements) | ast.Tuple(elts=elements):
            return " ".join(_template(each, module) for each in elements)
        case ast.Call(func=ast.Attribute(attr="join"), args=[what]):
            joined = _template(what, module)
            return joined if isinstance(what, ast.List) else f"‹{_plain(joined)}›"
    return f"‹{_plain(_noun(node))}›"


def _noun(node: ast.expr) -> str:
    """A word for a value that is put in."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Call(args=[first, *_], func=func):
            noun = _noun(first)
            return noun if noun != "…" else _noun(func)
        case ast.Call(func=func):
            return _noun(func)
        case ast.Subscript(value=value):
            return _noun(value)
        case ast.GeneratorExp(elt=element):
            return _noun(element)
    return "…"


def _plain(name: str) -> str:
    return re.sub("[‹›]", "", name).strip("_ ").replace("_", " ") or "…"


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
