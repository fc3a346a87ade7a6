"""A message centre made with another library, ``smpp34``, in an environment of its own.

``python peer_centre.py PORT [STATUS …]``: the first messages are answered with these statuses, all
others are taken, and their receipts come in three forms in turn. What is seen is told as lines of
JSON.
"""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

import smpp34  # type: ignore[import-not-found]


def tell(**what: object) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def receipt(form: int, name: str) -> dict[str, Any]:
    """What a receipt has besides its addresses: in appendix B's words, in fields, in a payload."""
    words = f"id:{name} sub:001 dlvrd:001 submit date:2611291200 done date:2611291201 stat:DELIVRD"
    fields = [
        smpp34.Tlv(smpp34.TLV_RECEIPTED_MESSAGE_ID, name.encode() + b"\0"),
        smpp34.Tlv(smpp34.TLV_MESSAGE_STATE, b"\2"),
    ]
    payload = [smpp34.Tlv(smpp34.TLV_MESSAGE_PAYLOAD, words.encode())]
    forms: tuple[dict[str, Any], ...] = (
        {"short_message": words.encode()},
        {"short_message": b"", "tlvs": fields},
        {"short_message": b"", "tlvs": payload},
    )
    return {"esm_class": 0x04, **forms[form % len(forms)]}


async def serve(port: int, statuses: list[int]) -> None:
    server = smpp34.Server(host="127.0.0.1", port=port, system_id="peer")
    await server.start()
    tell(listens=port)
    peers: dict[str, Any] = {}
    taken = 0
    while True:
        event = await server.next()
        if isinstance(event, smpp34.Esme):
            peers[event.session_id] = event
            tell(bound=event.system_id)
        elif isinstance(event, smpp34.SubmitSmEvent):
            if statuses:
                event.reject(statuses.pop(0))
                continue
            name = f"{taken:010d}"
            event.accept(name)
            tell(
                number=event.destination_addr,
                source=event.source_addr,
                types=[event.source_addr_ton, event.dest_addr_ton],
                esm_class=event.esm_class,
                coding=event.data_coding,
                data=event.short_message.hex(),
            )
            answer = await peers[event.session_id].deliver_sm(
                source_addr=event.destination_addr,
                destination_addr=event.source_addr,
                **receipt(taken, name),
            )
            tell(receipt=answer.command_status)
            taken += 1


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), [int(each, 0) for each in sys.argv[2:]]))
