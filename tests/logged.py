"""Logging as our processes set it up, for the time of a test."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog

from ivr import log


@contextmanager
def logged(file: Path, most_bytes: int = log.MOST_BYTES, at_level: str = "info") -> Iterator[Path]:
    """Log into ``file``; afterwards logging is as it was."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    log.set_up(at_level, file, most_bytes)
    try:
        yield file
    finally:
        for handler in root.handlers:
            handler.close()
        root.handlers = handlers
        root.setLevel(level)
        structlog.reset_defaults()
