"""Render invoices with Typst from ``db/invoice.typ`` and the fonts included in Typst.

The form belongs to the operator. The values filled in are data and never interpreted as Typst code:
a payer named ``#panic()`` is printed as such.
"""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import typst
from PIL import Image

from ivr.domain.invoices import InvoiceNumber, Paper
from ivr.errors import Unusable
from ivr.paper.header import strips
from ivr.paper.writing import filled
from ivr.ports.invoices import InvoiceRenderer

WIDTH = 1728
"""Pixels of a line of a fax page (ITU-T T.4): 215 mm."""
ACROSS, DOWN = 204.0, 196.0
"""Pixels an inch of a fine fax page: 8.04 by 7.7 a millimetre."""
FINER = 3
"""Factor by which the page is drawn larger and then reduced, so that thin strokes remain."""
HEADER_AT = 30
"""Rows above the header line, which many machines cannot print. A form leaves 100 rows free."""
DARK = 150
"""A pixel with a value below this (of 255) is black."""


@dataclass(frozen=True)
class PdfInvoiceRenderer(InvoiceRenderer):
    form: Path

    def pdf(self, number: InvoiceNumber, paper: Paper) -> bytes:
        """Return one PDF of A4 pages with its fonts embedded, as the port says."""
        return self._set("pdf", number, paper)[0]

    def tiff(self, number: InvoiceNumber, paper: Paper, header: str = "") -> bytes:
        pages = [_fax_page(png) for png in self._set("png", number, paper)]
        if header:
            lines = strips(header, len(pages), WIDTH, ACROSS * FINER, DARK)
            for page, line in zip(pages, lines, strict=True):
                page.paste(line, (0, HEADER_AT))
        made = io.BytesIO()
        pages[0].save(
            made,
            format="TIFF",
            compression="group4",
            dpi=(ACROSS, DOWN),
            save_all=True,
            append_images=pages[1:],
        )
        return made.getvalue()

    def _set(self, kind: Literal["pdf", "png"], number: InvoiceNumber, paper: Paper) -> list[bytes]:
        try:
            made = typst.compile(
                self.form,
                format=kind,
                ppi=ACROSS * FINER,
                sys_inputs={"invoice": json.dumps(filled(number, paper))},
                ignore_system_fonts=True,
            )
        except OSError as error:
            raise Unusable(f"{self.form}: cannot be read ({error.strerror or error})") from None
        except typst.TypstError as error:
            raise Unusable(f"{self.form}: {error.message}") from None
        assert made is not None
        return made if isinstance(made, list) else [made]


def _fax_page(png: bytes) -> Image.Image:
    """Convert a page to black and white, and its square pixels to fax pixels."""
    with Image.open(io.BytesIO(png)) as drawn:
        width = min(WIDTH, round(drawn.width / FINER))
        height = round(drawn.height / FINER * DOWN / ACROSS)
        grey = drawn.convert("L").resize((width, height), Image.Resampling.BOX)
    page = Image.new("1", (WIDTH, height), 1)
    page.paste(grey.point(lambda tone: 255 if tone > DARK else 0, "1"), ((WIDTH - width) // 2, 0))
    return page
