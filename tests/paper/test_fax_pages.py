"""Pages of an invoice as a fax machine takes them."""

from __future__ import annotations

import dataclasses
import io

import numpy as np
import pypdfium2
import pytest
from numpy.typing import NDArray
from PIL import Image

from ivr.domain.invoices import PaperLine
from ivr.domain.values import Language, Money
from ivr.paper.invoice import HEADER_AT
from tests.nightly import nightly
from tests.paper.test_invoice import PRESS, SEVENTEEN, paper


class TestFaxPages:
    @pytest.mark.parametrize("language", Language)
    def test_are_what_a_fax_machine_takes(self, language: Language) -> None:
        with Image.open(io.BytesIO(PRESS.tiff(SEVENTEEN, paper(language)))) as page:
            assert page.format == "TIFF"
            assert page.size == (1728, 2292)
            assert page.mode == "1"
            assert page.info["compression"] == "group4"
            assert page.info["dpi"] == (204.0, 196.0)

    @pytest.mark.parametrize("language", Language)
    def test_show_the_page_of_the_pdf(self, language: Language) -> None:
        """Drawn by another program from the PDF, the page has its ink in the same places."""
        with Image.open(io.BytesIO(PRESS.tiff(SEVENTEEN, paper(language)))) as page:
            sent = 1.0 - np.asarray(page, dtype=np.float64)
        with pypdfium2.PdfDocument(PRESS.pdf(SEVENTEEN, paper(language))) as document:
            drawn = document[0].render(scale=204 / 72).to_pil().convert("L")
        placed = Image.new("L", (1728, 2292), 255)
        fitted = drawn.resize((1687, 2292))
        placed.paste(fitted, ((1728 - fitted.width) // 2, 0))
        read = 1.0 - np.asarray(placed, dtype=np.float64) / 255
        assert np.corrcoef(_blurred(sent).ravel(), _blurred(read).ravel())[0, 1] > 0.98

    def test_every_page_is_there(self) -> None:
        line = PaperLine("Gaty uzyn atly hyzmat " * 5, Money(1000), Money(130))
        many = dataclasses.replace(paper(Language.TURKMEN), lines=(line,) * 40)
        with Image.open(io.BytesIO(PRESS.tiff(SEVENTEEN, many))) as pages:
            frames = getattr(pages, "n_frames", 1)
            assert frames > 1
            for frame in range(frames):
                pages.seek(frame)
                assert pages.size == (1728, 2292)
                ink = 1.0 - np.asarray(pages, dtype=float).mean()
                assert 0.002 < ink < 0.2

    def test_the_place_of_the_header_line_is_free(self) -> None:
        with Image.open(io.BytesIO(PRESS.tiff(SEVENTEEN, paper(Language.ENGLISH)))) as page:
            assert np.asarray(page)[:100].all()

    @pytest.mark.parametrize(
        "name", ["«Показательная связь»", nightly("«Görkezme Aragatnaşyk»"), nightly("W" * 400)]
    )
    def test_the_header_line_is_above_each_page(self, name: str) -> None:
        line = PaperLine("Gaty uzyn atly hyzmat " * 5, Money(1000), Money(130))
        many = dataclasses.replace(paper(Language.TURKMEN), lines=(line,) * 40)
        plain = frames(PRESS.tiff(SEVENTEEN, many))
        headed = frames(PRESS.tiff(SEVENTEEN, many, f"22.11.2026 15:00 (UTC+5)  {name}"))
        assert len(headed) == len(plain) > 1
        for before, after in zip(plain, headed, strict=True):
            assert not (before ^ after)[100:].any(), "the page itself is as it was"
            assert after[HEADER_AT:100].any()
            assert not after[:HEADER_AT].any()
            assert not after[:100, -60:].any(), "nothing runs over the edge"
        assert (headed[0] ^ headed[1])[:100].any(), "each has its number"


def frames(tiff: bytes) -> list[NDArray[np.bool_]]:
    """The pages of a fax, True where there is ink."""
    with Image.open(io.BytesIO(tiff)) as image:
        found = []
        for frame in range(getattr(image, "n_frames", 1)):
            image.seek(frame)
            found.append(np.asarray(image.convert("L")) < 128)
    return found


def _blurred(page: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean ink of squares of 12 by 12."""
    height, width = (side // 12 for side in page.shape)
    squares = page[: height * 12, : width * 12].reshape(height, 12, width, 12)
    blurred: NDArray[np.float64] = squares.mean(axis=(1, 3))
    return blurred
