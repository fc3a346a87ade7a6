"""Writes docs/messages.md: every refusal that a person can meet, found in the code.

``python -m tests.messages`` writes the page; tests/test_messages_page.py fails when it is stale.
"""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import ModuleType

from ivr.commands import clerk
from ivr.network import answers
from ivr.settings import PROJECT

PAGE = PROJECT / "docs" / "messages.md"
REFUSALS = frozenset(
    {
        *("Unusable", "FlowBroken", "TemporarilyUnavailable", "BadParameter", "LinkBroken"),
        *("NotYaml", "_Bad", "Issue", "NotEver", "unavailable", "_wrong", "_why", "_Wrong"),
    }
)
"""Classes and functions that make a refusal from its words."""
NO_WORDS = frozenset({"TemporarilyUnavailable", "Issue", "unavailable"})
"""Those whose first argument is a name, not the words."""
EDITORS, OFFICES, ENGINEERS = "Editors", "Offices", "Engineers"
PEOPLE: Mapping[str, str] = {
    EDITORS: "Who changes menus, texts, recordings, prices, news and the terms of invoices: what"
    " `ivr flow check`, `ivr flow publish`, `ivr say` and `ivr announcement` say.",
    OFFICES: "Who hands in files of subscribers, payments and packages, or prints an invoice.",
    ENGINEERS: "Who runs the line, with its settings, processes, database, Asterisk, network and"
    " message centre: what the commands and the logs say.",
}
BY_MODULE: Mapping[str, str] = {
    "ivr/flow/": EDITORS,
    "ivr/speech/": EDITORS,
    "ivr/care/": EDITORS,
    "ivr/notation.py": EDITORS,
    "ivr/editing.py": EDITORS,
    "ivr/audible.py": EDITORS,
    "ivr/paper/": EDITORS,
    "ivr/commands/flow.py": EDITORS,
    "ivr/commands/say.py": EDITORS,
    "ivr/commands/announcement.py": EDITORS,
    "ivr/store/rows.py": OFFICES,
    "ivr/store/importing.py": OFFICES,
    "ivr/store/payment_rows.py": OFFICES,
    "ivr/store/packages.py": OFFICES,
    "ivr/commands/subscribers.py": OFFICES,
    "ivr/commands/payments.py": OFFICES,
    "ivr/commands/packages.py": OFFICES,
    "ivr/commands/invoices.py": OFFICES,
    "ivr/commands/codeword.py": OFFICES,
    "ivr/commands/records.py": OFFICES,
}
"""Who meets the messages of a module, or of a folder; engineers, where nothing is said."""
VALIDATED = frozenset({"ivr/settings.py", "ivr/notation.py", "ivr/values.py"})
"""Modules whose ValueErrors are told to people, beside those of ``care``, ``flow`` and rows."""
FINDERS = frozenset({"ivr/flow/document.py", "ivr/care/catalogue.py"})
"""Modules whose functions yield the problems of a document as texts."""
INTERNAL = frozenset({"ivr/testing", "ivr/network/simulator", "ivr/network/smsc.py"})
HEAD = """# Messages

<!-- Written by `python -m tests.messages`: change the code, then run it. -->

Every refusal that a person can meet, in the words of the code; what stands in ‹angle quotes› is put
in when it is said. Each names the cause and the way out. A command that refuses prints one of them
after `ivr: ` and ends with 1; wrong usage ends with 2. "The ‹part› does not answer" is followed by
what to start, or by "try again later".
"""


@dataclass(frozen=True, slots=True)
class Said:
    """A refusal: the file that says it, and its words."""

    file: str
    words: str


def page() -> str:
    """The page as it must be."""
    found = list(refusals())
    parts = [HEAD]
    for people, about in PEOPLE.items():
        parts.append(f"## {people}\n\n{about}\n")
        mine = [said for said in found if _met_by(said.file) == people]
        for file in dict.fromkeys(said.file for said in mine):
            words = dict.fromkeys(said.words for said in mine if said.file == file)
            parts.append(f"### {file}\n\n" + "\n".join(f"- {_line(each)}" for each in words) + "\n")
    parts += (_clerk(), _message_centre())
    return "\n".join(parts)


def refusals() -> Iterator[Said]:
    """All refusals that are made from words in the code, by file and line."""
    for path in sorted((PROJECT / "ivr").rglob("*.py")):
        file = str(path.relative_to(PROJECT))
        if any(file.startswith(each) for each in INTERNAL):
            continue
        dotted = file.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
        module = importlib.import_module(dotted)
        tree = ast.parse(path.read_text(encoding="utf-8"))
        made = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
        found = [(call.lineno, _words(call, module)) for call in made if _is_refusal(call, file)]
        found += [(node.lineno, _template(node, module)) for node in _problems(tree, file)]
        for _, words in sorted(found, key=lambda each: each[0]):
            if re.search(r"\w\w", re.sub("‹.*?›", "", words)):
                yield Said(file, words)


def _problems(tree: ast.Module, file: str) -> Iterator[ast.expr]:
    """What a function yields that finds everything that is wrong with a document."""
    if file not in FINDERS:
        return
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef) and function.returns is not None:
            if not re.fullmatch(r"Itera\w+\[str\]", ast.unparse(function.returns)):
                continue
            for node in ast.walk(function):
                if isinstance(node, ast.Yield) and isinstance(node.value, ast.expr):
                    yield node.value


def _is_refusal(call: ast.Call, file: str) -> bool:
    name = _name(call.func)
    is_validated = file in VALIDATED or file.startswith(("ivr/care/", "ivr/flow/", "ivr/speech/"))
    is_row = file.endswith("rows.py")
    return name in REFUSALS or (name == "ValueError" and (is_validated or is_row))


def _words(call: ast.Call, module: ModuleType) -> str:
    name = _name(call.func)
    given = call.args[1:] if name in NO_WORDS and len(call.args) > 1 else call.args
    parts = [_template(each, module) for each in given[:1]]
    if name == "TemporarilyUnavailable":
        part = _template(call.args[0], module) if call.args else "part"
        detail = f": {parts[0]}" if len(call.args) > 1 else ""
        return f"the {part} does not answer{detail}"
    return " ".join(parts)


def _template(node: ast.expr, module: ModuleType) -> str:
    """The words of an expression, with ‹names› for what is put in."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.Constant(value=value):
            return str(value)
        case ast.JoinedStr(values=values):
            return "".join(_template(each, module) for each in values)
        case ast.FormattedValue(value=value):
            return _template(value, module)
        case ast.BinOp(left=left, right=right, op=ast.Add()):
            return _template(left, module) + _template(right, module)
        case ast.IfExp(body=body, orelse=orelse):
            one, other = _template(body, module), _template(orelse, module)
            if not other or not one:
                return f"‹{_short(one or other)}›"
            return f"{one} / {other}" if len(one) > 12 else f"‹{one}|{other}›"
        case ast.Name(id=name) if isinstance(getattr(module, name, None), str | int):
            return str(getattr(module, name))
        case ast.List(elts=elements) | ast.Tuple(elts=elements):
            return " ".join(_template(each, module) for each in elements)
        case ast.Call(func=ast.Attribute(attr="join"), args=[what]):
            joined = _template(what, module)
            return joined if isinstance(what, ast.List) else f"‹{_short(joined)}›"
        case ast.Subscript(value=value):
            return _template(value, module)
        case ast.Starred(value=value):
            return _template(value, module)
    return f"‹{_short(_noun(node))}›"


def _noun(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(attr=name):
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


def _short(name: str) -> str:
    return name.strip("‹›_").replace("_", " ") or "…"


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _met_by(file: str) -> str:
    likely = [people for start, people in BY_MODULE.items() if file.startswith(start)]
    return likely[-1] if likely else ENGINEERS


def _line(words: str) -> str:
    """On one line of Markdown."""
    return re.sub(r"\s+", " ", words).strip().replace("|", "\\|").replace("<", "\\<")


def _clerk() -> str:
    lines = [
        "## Clerks\n",
        "Who sets code words and unlocks numbers, in the language of the terminal.\n",
    ]
    for name, texts in clerk.WORDS.items():
        written = (text.replace("{", "‹").replace("}", "›") for text in texts.values())
        lines.append(f"- {name}: {' · '.join(map(_line, written))}")
    return "\n".join(lines) + "\n"


def _message_centre() -> str:
    """Answers of the message centre, as `ivr messages` and messages.log tell them."""
    lines = [
        "## Answers of the message centre\n",
        "To a message (`ivr messages`, messages.log): what is *never* taken is failed, all else is"
        " tried again for 48 hours.\n",
        "| answer | what is said | |",
        "|---|---|---|",
        *(
            f"| 0x{code:02x} | {_line(answer.words)} | {answer.meaning.value} |"
            for code, answer in answers.ANSWERS.items()
        ),
        f"| 0x400 to 0x4ff | {answers.VENDOR.words} | {answers.VENDOR.meaning.value} |",
        f"| any other | {answers.UNKNOWN.words} | {answers.UNKNOWN.meaning.value} |",
        '\nTo the bind (messages.log): "the message centre refuses the link (‹answer›): …"\n',
        "| answer | what is said |",
        "|---|---|",
        *(f"| 0x{code:02x} | {_line(words)} |" for code, words in answers.BINDS.items()),
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
