"""The YAML files that operators edit, read with one sentence for whatever is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ivr.errors import Unusable
from ivr.flow.yamltree import MOST_BYTES, NotYaml, read_tree


def read_yaml(path: Path) -> Any:
    """What a file holds. Unusable names the file, the line, and what is wrong."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise Unusable(f"{path}: cannot be read ({error.strerror})") from None
    if len(raw) > MOST_BYTES:
        raise Unusable(f"{path}: longer than {MOST_BYTES} bytes, no such file is that long")
    try:
        return read_tree(raw.decode())
    except UnicodeDecodeError:
        raise Unusable(f"{path}: not YAML (not UTF-8 text)") from None
    except NotYaml as error:
        raise Unusable(f"{path}{error.place}: not YAML ({error})") from None
