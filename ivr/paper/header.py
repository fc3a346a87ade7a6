"""The header line of each fax page: time, sender, recipient, page number.

This module draws it instead of the fax machinery, so that it has the operator's time zone and the
letters of every language.
"""

from __future__ import annotations

import io
import json

import typst
from PIL import Image

HEIGHT = 40
"""Rows of the header line."""
FORM = b"""
#let filled = json(bytes(sys.inputs.header))
#set page(width: 215.15mm, height: 5.18mm, margin: (x: 10mm, y: 0mm))
#set text(font: "Libertinus Serif", size: 10.5pt, weight: "bold", hyphenate: false)
#set align(horizon)
#grid(
  columns: (1fr, auto), column-gutter: 4mm,
  box(height: 1.2em, clip: true, align(horizon, filled.text)),
  box(height: 1.2em, align(horizon, filled.page)),
)
"""


def strips(text: str, pages: int, width: int, dots: float, dark: int) -> list[Image.Image]:
    """Return a header line for each page, black and white, ``width`` points wide,
    drawn at ``dots`` an inch."""
    return [_strip(text, f"{page}/{pages}", width, dots, dark) for page in range(1, pages + 1)]


def _strip(text: str, page: str, width: int, dots: float, dark: int) -> Image.Image:
    filled = json.dumps({"text": text, "page": page})
    png = typst.compile(
        FORM, format="png", ppi=dots, sys_inputs={"header": filled}, ignore_system_fonts=True
    )
    assert isinstance(png, bytes)
    with Image.open(io.BytesIO(png)) as drawn:
        grey = drawn.convert("L").resize((width, HEIGHT), Image.Resampling.BOX)
    return grey.point(lambda tone: 255 if tone > dark else 0, "1")
