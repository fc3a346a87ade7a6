"""QR codes as SVG, which needs no style and no script in a page."""

from __future__ import annotations

import segno
from markupsafe import Markup


def picture(text: str) -> Markup:
    """Return a QR code of a text. It is drawn black on white in dark pages too."""
    code = segno.make(text, error="m", micro=False)
    svg = code.svg_inline(scale=5, border=2, dark="#000", light="#fff", omitsize=False)
    return Markup(svg)  # noqa: S704 - segno draws squares, and nothing of the text


def grouped(secret: str) -> str:
    """Return a secret in groups of four, to be typed."""
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
