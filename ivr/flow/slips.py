"""Explains why a line of YAML cannot be read, for people who write menus and texts."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from ivr.flow.marks import BULLETS, COLONS, CURLY, shown

QUOTES = 'put the text in "quotes"'
_NAME = r"[^\s:#\"'{\[,&*!|>%@`]+"
_VALUE = re.compile(rf"\s*(?:- +)?{_NAME}\s*:\s+(\S.*)")
_DOUBLE = re.compile(r'"(?:[^"\\]|\\.)*"')
_SINGLE = re.compile(r"'(?:[^']|'')*'")
Found = str | None


def explain(lines: Sequence[str], at: int) -> tuple[int, str]:
    """Return the line (from 0) to correct, and its fault.

    ``at`` is the line at which the YAML parser failed; the fault may be further up.
    """
    at = min(at, len(lines) - 1)
    while at > 0 and not lines[at].strip():
        at -= 1
    opened = next((no for no in range(at, -1, -1) if _is_open(lines[no])), None)
    if found := slip_in(lines[at]):
        return at, _told(found, lines[at])
    if opened is not None:
        return opened, _told(
            'the closing quotation mark (") is missing; write it after the text', lines[opened]
        )
    for number in range(at - 1, max(-1, at - 3), -1):
        if found := slip_in(lines[number]):
            return number, _told(found, lines[number])
    above = [
        _depth(line) for line in lines[:at] if line.strip() and not line.lstrip().startswith("#")
    ]
    if above and (_depth(lines[at]) not in above or above[-1] < _depth(lines[at])):
        return at, _told(
            f"the line begins with {_depth(lines[at])} spaces, the one above it with"
            f" {above[-1]}; align it with the lines around it",
            lines[at],
        )
    return at, _told(
        "this cannot be read: its indentation, a colon, a comma or a bracket is not as in the"
        " lines around it; compare them",
        lines[at] if lines else "",
    )


def slip_in(line: str) -> Found:
    """Return the fault of a line that is certainly wrong, and the correction after "; "."""
    return next((found for look in _LOOKS if (found := look(line))), None)


def _told(found: str, line: str) -> str:
    what, _, way = found.partition("; ")
    return f"{what}: `{shown(line)}`" + (f"; {way}" if way else "")


def _is_open(line: str) -> bool:
    """Tell whether a quotation mark opens a text in this line that does not end in it."""
    value = _value(line)
    return value.startswith('"') and not _DOUBLE.match(value)


def _value(line: str) -> str:
    found = _VALUE.match(line)
    return found.group(1) if found else ""


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _tab(line: str) -> Found:
    bare = _SINGLE.sub("", _DOUBLE.sub("", line))
    return "there is a tab here; type spaces instead" if "\t" in bare else None


def _bullet(line: str) -> Found:
    found = re.match(rf"\s*(?:[{re.escape(BULLETS)}]|\d+[.)])\s+\S", line)
    if not found:
        return None
    return (
        f"the line begins with '{line.strip()[0]}' as lists do in Word; begin it with its name, or "
        "a choice with a hyphen (-)"
    )


def _sign(line: str) -> Found:
    found = re.match(rf"\s*(?:- +)?[\w.-]+\s*([=;{COLONS}])", line)
    if not found:
        return None
    return f"'{found.group(1)}' is after the name; write a colon and a space"


def _no_space(line: str) -> Found:
    found = re.match(rf"\s*(?:- +)?[\w.-]+:(?=[\"'«{CURLY}\w])", line)
    return "a space is missing after the colon; write one" if found else None


def _curly(line: str) -> Found:
    bare = _DOUBLE.sub("", line)
    found = next((mark for mark in bare if mark in CURLY), None)
    if found is None:
        return None
    return f'the quotation mark {found} comes from Word; write straight ones (")'


def _behind(line: str) -> Found:
    value = _value(line)
    for quoted, name in ((_DOUBLE, '"'), (_SINGLE, "'")):
        found = quoted.match(value)
        rest = value[found.end() :].strip() if found else ""
        if rest and not rest.startswith("#"):
            way = "write « and » within a text" if name == '"' else QUOTES
            if not any(map(str.isalnum, rest)):
                way = "remove it, or write it within the quotes"
            return f"the text ends at its second {name}, but '{shown(rest)}' comes after it; {way}"
    if value.startswith("'") and not _SINGLE.match(value):
        return "a text in 'single' quotes does not end in this line; " + QUOTES
    return None


def _special(line: str) -> Found:
    value = _value(line)
    mark = value[:1]
    if not mark or mark not in "&*!%@`|>?,]}-":
        return None
    return f"the text begins with '{mark}', which has a special meaning here; {QUOTES}"


def _bracket(line: str) -> Found:
    bare = _SINGLE.sub("", _DOUBLE.sub("", line)).rstrip()
    for opening, closing in ("[]", "{}"):
        if bare.count(opening) != bare.count(closing):
            return f"the bracket {opening} or {closing} has no partner; add it"
    value = _value(line)
    if value[:1] in ("[", "{") and not bare.endswith(("]", "}", ",", value[0])) and "#" not in bare:
        return f"the text begins with '{value[0]}', which has a special meaning here; {QUOTES}"
    return None


def _comma(line: str) -> Found:
    bare = _SINGLE.sub("''", _DOUBLE.sub('""', line))
    found = re.search(r"[{,] *[\w-]+: *[^\s,{}\[\]]+( +)[\w-]+:", bare)
    return f"a comma is missing in `{shown(found.group())}`; write one" if found else None


def _colon(line: str) -> Found:
    value = _value(line)
    if value[:1] in ('"', "'", "[", "{", ""):
        return None
    is_in = ": " in value or value.endswith(":")
    return f"there is a colon in a text without quotes; {QUOTES}" if is_in else None


def _backslash(line: str) -> Found:
    is_there = "\\" in _value(line)
    return "a backslash (\\) has a special meaning; remove it, or write / " if is_there else None


def _nameless(line: str) -> Found:
    bare = line.strip()
    if not bare or bare.startswith(("#", "-", "{", "[", "}", "]")) or ":" in bare:
        return None
    return 'the line does not begin with a name and a colon; write `name: "text"`'


def _directive(line: str) -> Found:
    return "the line begins with %; remove it" if line.startswith("%") else None


def _document(line: str) -> Found:
    is_one = line.startswith(("---", "..."))
    return "this line would begin a second document; remove it" if is_one else None


_LOOKS: tuple[Callable[[str], Found], ...] = (
    _directive,
    _document,
    _tab,
    _bullet,
    _sign,
    _no_space,
    _behind,
    _bracket,
    _comma,
    _special,
    _curly,
    _colon,
    _backslash,
    _nameless,
)
