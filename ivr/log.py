"""Logs: one JSON line per event, with the call's id, masked telephone numbers and no secrets."""

from __future__ import annotations

import fcntl
import json
import logging
import logging.handlers
import os
import re
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import structlog

from ivr.domain.values import Secret, mask
from ivr.system.printable import escaped

NUMBER = re.compile(r"(?<!\d)(?!\d{4}-\d\d-\d\d)\d(?:[ -]?\d){6,}")
"""Seven or more digits, also in groups, may be a telephone number, a passport or a PUK. Dates are
excluded."""
OWN_IDS = frozenset({"timestamp", "call", "order"})
"""Fields whose digits are our own ids, and are not masked."""
MOST_BYTES = 20_000_000
"""Default size of a log file in bytes at which it is rotated."""
KEPT_FILES = 5
"""Number of rotated files to keep."""


def mask_numbers(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Mask long runs of digits except their last two. A structlog processor."""
    for name, value in event.items():
        if name not in OWN_IDS and not name.startswith("_"):
            event[name] = _masked(value)
    return event


def _masked(value: object) -> object:
    match value:
        case Secret():
            return repr(value)
        case str():
            return NUMBER.sub(lambda found: mask(found.group()), value)
        case None | bool() | float():
            return value
        case int():
            return mask(str(value)) if abs(value) >= 10**6 else value
        case dict():
            return {str(_masked(name)): _masked(part) for name, part in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_masked(part) for part in value]
        case _:
            return _masked(str(value))


class SharedFile(logging.handlers.RotatingFileHandler):
    """A log file of several processes: one rotates it, the others follow."""

    def doRollover(self) -> None:
        assert self.stream is not None
        full = os.dup(self.stream.fileno())  # the lock lasts until its last descriptor is closed
        try:
            fcntl.flock(full, fcntl.LOCK_EX)
            if self._is_named(full):
                super().doRollover()
            else:
                self.stream.close()
                self.stream = self._open()
        finally:
            os.close(full)

    def _is_named(self, file: int) -> bool:
        """Whether this file still has the log's name: no other process has rotated it."""
        try:
            return os.path.samestat(os.fstat(file), os.stat(self.baseFilename))
        except FileNotFoundError:
            return False


def _on_a_line(event: object, **how: Any) -> str:
    """Return JSON without control characters that a terminal would obey."""
    return escaped(json.dumps(event, ensure_ascii=False, **how))


def set_up(level: str, file: Path | None = None, most_bytes: int = MOST_BYTES) -> None:
    """Write logs of ``level`` and above to ``file``, which is rotated at ``most_bytes``.

    Without a file, write them to standard error.
    """
    handler: logging.Handler
    if file is None:
        handler = logging.StreamHandler()
    else:
        file.parent.mkdir(parents=True, exist_ok=True)
        handler = SharedFile(file, maxBytes=most_bytes, backupCount=KEPT_FILES, encoding="utf-8")
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        mask_numbers,
    ]
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(_on_a_line),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for library in ("alembic", "httpx", "httpcore", "uvicorn", "asyncio"):
        logging.getLogger(library).setLevel(logging.WARNING)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping()[level.upper()]
        ),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
