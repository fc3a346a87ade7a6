"""One target, guided by coverage: ``python -m tests.fuzz.guided TARGET FOLDER [FLAGS …]``.

A process of its own, which libFuzzer ends as it likes; whoever starts it clears the folder.
"""

from __future__ import annotations

import io
import logging
import sys
from collections.abc import Sequence
from contextlib import redirect_stderr
from pathlib import Path

import atheris
import structlog

with (
    redirect_stderr(io.StringIO()),  # it tells of every module
    atheris.instrument_imports(include=["ivr", "asterisk", "smpplib", "yaml"]),
):
    from tests.fuzz.targets import TARGETS, Target

FLAGS = ("-timeout=10", "-rss_limit_mb=2048", "-max_len=4096", "-print_final_stats=1")
"""An input that takes ten seconds hangs."""


def main() -> None:
    name, folder, *flags = sys.argv[1:]
    target = TARGETS[name]
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))

    def one(data: bytes) -> None:
        try:
            target.gate(data)
        except BaseException:
            sys.stderr.write(f"{name} fails on {data!r}\n")
            raise

    arguments = [name, *FLAGS, *prepared(target, Path(folder)), *flags, f"{folder}/corpus"]
    atheris.Setup(arguments, one, internal_libfuzzer=True)
    atheris.Fuzz()


def prepared(target: Target, folder: Path) -> Sequence[str]:
    """Writes examples to begin with, and words to use; answers the flags that name them."""
    (folder / "corpus").mkdir()
    for number, example in enumerate(target.examples):
        (folder / "corpus" / f"example-{number}").write_bytes(example)
    flags = [f"-artifact_prefix={folder}/"]
    if target.words:
        lines = ('"' + "".join(f"\\x{byte:02x}" for byte in word) + '"\n' for word in target.words)
        (folder / "words").write_text("".join(lines), encoding="ascii")
        flags.append(f"-dict={folder}/words")
    return flags


main()
