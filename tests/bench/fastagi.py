"""A FastAGI server as short as one can be: what any Python beside Asterisk must cost.

``python -m tests.bench.fastagi PORT SOUNDS.json``. A thread a call, blocking sockets, no checks,
no journal, no languages; nobody should run a line on it.
"""

from __future__ import annotations

import json
import socket
import sys
import threading
from pathlib import Path


def serve(port: int, menus: list[list[str]], announcement: list[str]) -> None:
    """Take calls for ever."""
    listener = socket.create_server(("127.0.0.1", port), backlog=512)
    print("ready", flush=True)
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=converse, args=(connection, menus, announcement)).start()


def converse(connection: socket.socket, menus: list[list[str]], announcement: list[str]) -> None:
    """One call."""
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with connection, connection.makefile("rwb", buffering=0) as stream:
        while stream.readline().strip():
            pass

        def run(command: str) -> bytes:
            stream.write(command.encode() + b"\n")
            return stream.readline()

        for menu in menus:
            if b"result=-1" in run(f'EXEC Read "KEY,{"&".join(menu)},1,,1,6"'):
                return
            if b"HANGUP" in run("GET VARIABLE KEY"):
                return
        run(f'EXEC Playback "{"&".join(announcement)}"')


if __name__ == "__main__":
    sounds = json.loads(Path(sys.argv[2]).read_text())
    serve(int(sys.argv[1]), sounds["menus"], sounds["announcement"])
