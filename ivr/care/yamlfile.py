"""The YAML files that operators edit, read with one sentence for whatever is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from ivr.errors import Unusable


def read_yaml(path: Path) -> Any:
    """What a file holds. Unusable names the file, the line, and what is wrong."""
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise Unusable(f"{path}: cannot be read ({error.strerror})") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark else ""
        raise Unusable(f"{path}{line}: not YAML") from None
