"""A FastAGI server as short as one can be: what any Python beside Asterisk must cost.

``python -m tests.bench.fastagi PORT DIALOGUES.json``. A thread a call, blocking sockets, no checks,
no journal, no languages; nobody should run a line on it.
"""

from __future__ import annotations

import json
import socket
import sys
import threading
from pathlib import Path
from typing import Any


def serve(port: int, dialogues: dict[str, Any]) -> None:
    """Take calls for ever."""
    listener = socket.create_server(("127.0.0.1", port), backlog=512)
    print("ready", flush=True)
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=converse, args=(connection, dialogues), daemon=True).start()


def converse(connection: socket.socket, dialogues: dict[str, Any]) -> None:
    """One call."""
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with connection, connection.makefile("rwb", buffering=0) as stream:
        name = ""
        while line := stream.readline().strip():
            if line.startswith(b"agi_request:"):
                name = line.rpartition(b"/")[2].decode()

        def run(command: str) -> bytes:
            stream.write(command.encode() + b"\n")
            return stream.readline()

        for sounds, most in dialogues[name]["questions"]:
            if b"result=-1" in run(f'EXEC Read "KEY,{"&".join(sounds)},{most},,1,6"'):
                return
            if b"HANGUP" in run("GET VARIABLE KEY"):
                return
        run(f'EXEC Playback "{"&".join(dialogues[name]["last"])}"')


if __name__ == "__main__":
    serve(int(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text()))
