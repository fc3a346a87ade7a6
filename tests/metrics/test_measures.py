"""What is counted: in one process, and in several that share a folder."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from ivr import VERSION, metrics
from ivr.settings import PROJECT
from tests.metrics.exposed import samples, value

WORKER = """
import sys
from pathlib import Path
from ivr import metrics
metrics.share(Path(sys.argv[1]), sys.argv[2])
metrics.call_ended("ended", "tk", ["info/news"], 40.0)
metrics.command("GET FULL VARIABLE", 0.0004)
metrics.command("EXEC", 5.0)
metrics.pool(3, 20)
"""
READER = """
import sys
from pathlib import Path
from ivr import metrics
metrics.share(Path(sys.argv[1]), "health")
if sys.argv[2:]:
    metrics.forget(sys.argv[2:])
sys.stdout.buffer.write(metrics.exposition())
"""


def run(program: str, *arguments: str | Path) -> str:
    """A process of its own, as a worker is."""
    ended = subprocess.run(
        [sys.executable, "-c", program, *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=PROJECT,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def test_workers_are_added_up_and_a_replacement_goes_on_counting(tmp_path: Path) -> None:
    folder = tmp_path / "metrics"
    for slot in ("0", "1", "1"):
        run(WORKER, folder, slot)
    found = samples(run(READER, folder))
    assert value(found, "ivr_calls_total", outcome="ended", language="tk") == 3
    assert value(found, "ivr_goals_total", goal="info/news") == 3
    command = {"command": "GET FULL VARIABLE"}
    assert value(found, "ivr_agi_command_seconds_count", **command) == 3
    assert value(found, "ivr_agi_command_seconds_bucket", **command, le="0.001") == 3
    assert value(found, "ivr_agi_commands_total", command="EXEC") == 3
    assert value(found, "ivr_agi_command_seconds_count", command="EXEC") == 0
    assert value(found, "ivr_database_pool_size") == 40


def test_what_a_slot_held_ends_with_it_and_what_it_counted_stays(tmp_path: Path) -> None:
    for slot in ("0", "1"):
        run(WORKER, tmp_path, slot)
    found = samples(run(READER, tmp_path, "1", "health"))
    assert value(found, "ivr_database_pool_in_use") == 3
    assert value(found, "ivr_calls_total", outcome="ended", language="tk") == 2


def test_a_line_that_is_started_anew_counts_anew(tmp_path: Path) -> None:
    run(WORKER, tmp_path, "0")
    metrics.empty(tmp_path)
    assert list(tmp_path.iterdir()) == []
    found = samples(run(READER, tmp_path))
    assert value(found, "ivr_calls_total", outcome="ended", language="tk") == 0


def test_a_prompt_is_timed_from_the_key_before_it_and_once() -> None:
    reaction, before = metrics.Reaction(), samples()
    reaction.plays()  # nothing was pressed yet
    for after in ("key", "entry", "secret"):
        reaction.keyed(after)
        reaction.plays()
        reaction.plays()
    reaction.decides()
    reaction.keyed("key")
    reaction.plays()
    reaction.keyed("")  # silence
    reaction.plays()
    now = samples()
    name = "ivr_key_to_prompt_seconds_count"
    rises = {
        after: value(now, name, after=after) - value(before, name, after=after)
        for after in ("key", "entry", "secret", "confirmation")
    }
    assert rises == dict.fromkeys(rises, 1)


def test_silence_before_a_decision_is_no_answer_to_it() -> None:
    reaction, before = metrics.Reaction(), samples()
    reaction.decides()
    reaction.keyed("")
    reaction.keyed("key")
    reaction.plays()
    rise = value(samples(), "ivr_key_to_prompt_seconds_count", after="key")
    assert rise - value(before, "ivr_key_to_prompt_seconds_count", after="key") == 1


def test_what_a_process_takes_of_its_machine() -> None:
    machine = metrics.Machine()
    machine.look()
    first = samples()
    machine.look()
    second = samples()
    cpu = "ivr_process_cpu_seconds_total"
    assert 0 < value(first, cpu) <= value(second, cpu)
    assert value(first, "ivr_process_resident_bytes") > 10_000_000
    assert value(first, "ivr_process_threads") >= 1
    assert value(first, "ivr_process_open_files") >= 3


def test_the_version_is_that_of_the_package() -> None:
    assert f'version = "{VERSION}"' in (PROJECT / "pyproject.toml").read_text()
