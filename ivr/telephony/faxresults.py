"""Reads Asterisk's result of a fax: why the call failed, or why the pages did.

There are three vocabularies: the final status of SIP (RFC 3261, 21); without one, the hang-up cause
(ITU-T Q.850) or Dial's status; spandsp's texts for the end of a fax (ITU-T T.30).
"""

from __future__ import annotations

from collections.abc import Mapping

from ivr.domain.fax import FaxAnswer, FaxReason, FaxResult

LONGEST_DETAIL = 200
SIP: Mapping[int, FaxReason] = {
    403: FaxReason.FORBIDDEN,
    404: FaxReason.NO_SUCH_NUMBER,
    410: FaxReason.NO_SUCH_NUMBER,
    415: FaxReason.INCOMPATIBLE,
    484: FaxReason.NO_SUCH_NUMBER,
    485: FaxReason.NO_SUCH_NUMBER,
    486: FaxReason.BUSY,
    487: FaxReason.NO_ANSWER,
    488: FaxReason.INCOMPATIBLE,
    600: FaxReason.BUSY,
    603: FaxReason.DECLINED,
    604: FaxReason.NO_SUCH_NUMBER,
    606: FaxReason.INCOMPATIBLE,
    607: FaxReason.DECLINED,
    608: FaxReason.DECLINED,
}
"""Final statuses from 400 on; all others are temporary (UNAVAILABLE)."""
Q850: Mapping[int, FaxReason] = {
    1: FaxReason.NO_SUCH_NUMBER,
    17: FaxReason.BUSY,
    18: FaxReason.NO_ANSWER,
    19: FaxReason.NO_ANSWER,
    21: FaxReason.DECLINED,
    22: FaxReason.NO_SUCH_NUMBER,
    28: FaxReason.NO_SUCH_NUMBER,
    58: FaxReason.INCOMPATIBLE,
    65: FaxReason.INCOMPATIBLE,
    88: FaxReason.INCOMPATIBLE,
}
DIALLED: Mapping[str, FaxReason] = {"BUSY": FaxReason.BUSY, "NOANSWER": FaxReason.NO_ANSWER}
"""DIALSTATUS, used if nothing else is known."""
ENDED: Mapping[str, FaxReason] = {
    "Timed out waiting for initial communication": FaxReason.NO_FAX,
    "Timed out waiting for the first message": FaxReason.NO_FAX,
    "The CED tone exceeded 5s": FaxReason.NO_FAX,
    "Received other than DIS while waiting for DIS": FaxReason.NO_FAX,
    "The call dropped prematurely": FaxReason.DROPPED,
    "T38_NEG_ERROR": FaxReason.DROPPED,  # Asterisk: the call ended in the calling tone
    "Received a DCN while waiting for a DIS": FaxReason.DROPPED,
    "Received a DCN from remote after sending a page": FaxReason.DROPPED,
    "Failed to train with any of the compatible modems": FaxReason.BAD_LINE,
    "Received no response to DCS or TCF": FaxReason.BAD_LINE,
    "Received bad response to DCS or training": FaxReason.BAD_LINE,
    "No response after sending a page": FaxReason.BAD_LINE,
    "Invalid response after sending a page": FaxReason.BAD_LINE,
    "Invalid ECM response received from receiver": FaxReason.BAD_LINE,
    "Timed out waiting for receiver ready (ECM mode)": FaxReason.BAD_LINE,
    "The HDLC carrier did not stop in a timely manner": FaxReason.BAD_LINE,
    "Unexpected message received": FaxReason.BAD_LINE,
    "Far end is not compatible": FaxReason.INCOMPATIBLE,
    "Far end is not able to receive": FaxReason.INCOMPATIBLE,
    "Far end cannot receive at the resolution of the image": FaxReason.INCOMPATIBLE,
    "Far end cannot receive at the size of image": FaxReason.INCOMPATIBLE,
    "TIFF/F file cannot be opened": FaxReason.NOT_DRAWN,
    "TIFF/F page not found": FaxReason.NOT_DRAWN,
    "TIFF/F format is not compatible": FaxReason.NOT_DRAWN,
}
"""spandsp's texts for the end of a fax (t30_completion_code_to_str)."""
NOTHING_AGREED = ("", "0x0")
"""Resolution as long as no other fax machine was heard."""


def read_result(kept: str) -> FaxAnswer:
    """Parse the result file of a try.

    ``UNREACHED|DIALSTATUS|cause|SIP status``, or for an answered call
    ``FAXSTATUS|pages|resolution|words``; ``resolution`` is the one that the machines agreed on.
    """
    status, _, rest = kept.strip().partition("|")
    if status == "UNREACHED":
        return _unreached(*(*rest.split("|"), "", "", "")[:3])
    pages, resolution, words = (*rest.split("|", 2), "", "", "")[:3]
    count = int(pages) if pages.isascii() and pages.isdigit() else 0
    if status == "SUCCESS":
        return FaxAnswer(FaxResult.SENT, count)
    words = words.strip()
    reason = ENDED.get(words, FaxReason.UNKNOWN)
    if reason is FaxReason.DROPPED and resolution in NOTHING_AGREED:
        reason = FaxReason.NO_FAX
    return FaxAnswer(FaxResult.FAILED, count, words[:LONGEST_DETAIL], reason)


def _unreached(dialled: str, cause: str, status: str) -> FaxAnswer:
    number = int(status) if status.isascii() and status.isdigit() else 0
    if number >= 300:
        reason = of_status(number)
        return FaxAnswer(FaxResult.UNREACHED, 0, f"SIP {number}", reason)
    found = int(cause) if cause.isascii() and cause.isdigit() else 0
    if dialled == "BUSY" and not found:
        # Dial reports a redirection as BUSY without a cause; a busy number has a cause.
        return FaxAnswer(FaxResult.UNREACHED, 0, "SIP 3xx", FaxReason.REDIRECTED)
    reason = DIALLED.get(dialled) or Q850.get(found, FaxReason.UNAVAILABLE)
    detail = f"{dialled}, cause {found}" if found else dialled
    return FaxAnswer(FaxResult.UNREACHED, 0, detail[:LONGEST_DETAIL], reason)


def of_status(status: int) -> FaxReason:
    """Return the reason of a final SIP status, from 300 on."""
    if status < 400:
        return FaxReason.REDIRECTED
    return SIP.get(status, FaxReason.UNAVAILABLE)
