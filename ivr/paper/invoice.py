"""The invoice on paper, set by Typst from ``db/invoice.typ`` with the fonts that Typst brings.

Its form is the operator's; what it is filled with is data and never taken for a form: a payer
named ``#panic()`` is printed as such.
"""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

import typst
from PIL import Image

from ivr.errors import Unusable
from ivr.ports.invoices import InvoiceNumber, Paper
from ivr.speech.forms import MONTHS, money
from ivr.speech.numerals import ordinal
from ivr.values import Language, Money, Msisdn

WIDTH = 1728
"""Pixels of a fax page's line (ITU-T T.4): 215 mm."""
ACROSS, DOWN = 204.0, 196.0
"""Pixels an inch of a fine fax page: 8.04 by 7.7 a millimetre."""
FINER = 3
"""The page is drawn so many times finer, then brought down, so that thin strokes stay."""
DARK = 150
"""What is darker than this (of 255) is black."""


@dataclass(frozen=True)
class InvoicePress:
    """Implements ``ivr.ports.invoices.Press``."""

    form: Path

    def pdf(self, number: InvoiceNumber, paper: Paper) -> bytes:
        """As the port says; one PDF of A4 pages with its fonts in it."""
        return self._set("pdf", number, paper)[0]

    def tiff(self, number: InvoiceNumber, paper: Paper) -> bytes:
        pages = [_fax_page(png) for png in self._set("png", number, paper)]
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


def filled(number: InvoiceNumber, paper: Paper) -> dict[str, object]:
    """What the form is filled with: everything in writing, ready to be set."""
    language = paper.language

    def amount(value: Money) -> str:
        return written(language, value)

    return {
        "language": language.value,
        "number": str(number),
        "date": day(language, paper.dated),
        "until": day(language, paper.until),
        "payer": paper.payer,
        "phone": phone(paper.phone),
        "rate": amount(Money(paper.rate)).removesuffix("00").rstrip(".,"),
        "lines": [
            {
                "name": line.name,
                "net": amount(line.amount - line.vat),
                "vat": amount(line.vat),
                "gross": amount(line.amount),
            }
            for line in paper.lines
        ],
        "net": amount(paper.total - paper.vat),
        "vat": amount(paper.vat),
        "total": amount(paper.total),
        "in_words": in_words(language, paper.total),
        "seller": {
            "name": paper.seller.name,
            "address": paper.seller.address,
            "phone": paper.seller.phone,
            "tax_number": paper.seller.tax_number,
        },
        "bank": {
            "name": paper.seller.bank,
            "account": paper.seller.account,
            "code": paper.seller.bank_code,
        },
    }


def written(language: Language, amount: Money) -> str:
    """An amount in digits: ``1 234,50``, in English ``1,234.50``."""
    whole, _, part = amount.manat.partition(".")
    if language is Language.ENGLISH:
        return f"{int(whole):,}.{part}"
    return f"{int(whole):,},{part}".replace(",", "\u00a0", f"{int(whole):,}".count(","))


def in_words(language: Language, amount: Money) -> str:
    """An amount in words, with a capital letter, as it is said."""
    words = money(language, amount)
    return words[:1].upper() + words[1:]


def day(language: Language, when: date) -> str:
    """A date in writing, the month as a word, so that nobody takes it for the day."""
    month = MONTHS[language][when.month - 1]
    match language:
        case Language.TURKMEN:
            return f"{_nth(when.year)} ýylyň {_nth(when.day)} {month}"
        case Language.RUSSIAN:
            return f"{when.day} {month} {when.year} г."
        case Language.ENGLISH:
            return f"{when.day} {month} {when.year}"


def _nth(number: int) -> str:
    """A Turkmen ordinal in digits, with the ending that its last word has: ``26-njy``."""
    return f"{number}-{ordinal(Language.TURKMEN, number)[-3:]}"


def phone(number: Msisdn) -> str:
    """A number as it is read: ``+993 66 30 08 90``."""
    national = number.removeprefix("993")
    pairs = " ".join(national[at : at + 2] for at in range(0, len(national), 2))
    return f"+993 {pairs}"


def _fax_page(png: bytes) -> Image.Image:
    """One page in black and white, brought from square pixels to those of a fax."""
    with Image.open(io.BytesIO(png)) as drawn:
        width = min(WIDTH, round(drawn.width / FINER))
        height = round(drawn.height / FINER * DOWN / ACROSS)
        grey = drawn.convert("L").resize((width, height), Image.Resampling.BOX)
    page = Image.new("1", (WIDTH, height), 1)
    page.paste(grey.point(lambda tone: 255 if tone > DARK else 0, "1"), ((WIDTH - width) // 2, 0))
    return page
