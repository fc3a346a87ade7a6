"""The paper of an invoice: what a person reads on it, and the pages that a fax machine gets."""

from __future__ import annotations

import dataclasses
import io
import re
from datetime import date
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from ivr.errors import Unusable
from ivr.paper.invoice import InvoicePress, day, in_words, phone, written
from ivr.ports.invoices import InvoiceNumber, Paper, PaperLine, Wanted
from ivr.settings import PROJECT
from ivr.testing.demo import NUMBER, demo_operator
from ivr.values import Language, Money, Msisdn

PRESS = InvoicePress(PROJECT / "db" / "invoice.typ")
SEVENTEEN = InvoiceNumber(2026, 17)
FAX = Msisdn("99312345678")
LETTERS = "Ä Ç Ž Ň Ö Ş Ü Ý ä ç ž ň ö ş ü ý Ёж Щъ Эю"


def paper(language: Language) -> Paper:
    """The paper of an invoice for 1,234 and 10 manat."""
    operator = demo_operator()
    wanted = [Wanted("communication", Money(123400)), Wanted("internet", Money(1000))]
    operator.care.invoices.order("call", 1, NUMBER, language, wanted, FAX)
    return operator.invoices.kept[InvoiceNumber(2026, 1)].paper


def read(pdf: bytes) -> str:
    """The text of all pages as it is copied out of a reader, in one line."""
    with pypdfium2.PdfDocument(pdf) as document:
        pages = []
        for index in range(len(document)):
            page = document[index]
            text = page.get_textpage()
            pages.append(text.get_text_range())
            text.close()
            page.close()
    return re.sub(r"\s+", " ", " ".join(pages)).replace("\ufffe", "")


EXPECTED = {
    Language.TURKMEN: (
        "Öňünden töleg üçin hasap № 17/2026",
        "Senesi: 2026-njy ýylyň 22-nji noýabry",
        "Hyzmaty beriji: «Görkezme Aragatnaşyk» (mysal)",
        "1 Aragatnaşyk hyzmatlary üçin öňünden töleg 1 073,04 160,96 1 234,00",
        "2 Internet-bukjalar üçin öňünden töleg 8,70 1,30 10,00",
        "Jemi 1 081,74 162,26 1 244,00",
        "Goşulan baha üçin salgyt 15 %: 162,26 manat",
        "Jemi söz bilen: Bir müň iki ýüz kyrk dört manat",
        "Bank: «Mysal» banky, Aşgabat ş.",
        "Tölemeli möhleti: 2026-njy ýylyň 22-nji dekabry",
    ),
    Language.RUSSIAN: (
        "Счёт на предоплату № 17/2026",
        "Дата: 22 ноября 2026 г.",
        "Поставщик: «Показательная связь» (пример)",
        "1 Предоплата услуг связи 1 073,04 160,96 1 234,00",
        "2 Предоплата интернет-пакетов 8,70 1,30 10,00",
        "Итого 1 081,74 162,26 1 244,00",
        "(НДС) 15 %: 162,26 манат",
        "Сумма прописью: Одна тысяча двести сорок четыре маната",
        "Банк: Банк «Пример», г. Ашхабад",
        "Оплатить до: 22 декабря 2026 г.",
    ),
    Language.ENGLISH: (
        "Invoice for prepayment No. 17/2026",
        "Date: 22 November 2026",
        "Seller: Demo Communications (example)",
        "1 Prepayment for communication services 1,073.04 160.96 1,234.00",
        "2 Prepayment for internet packages 8.70 1.30 10.00",
        "Total 1,081.74 162.26 1,244.00",
        "(VAT) 15 %: 162.26 manat",
        "Total in words: One thousand two hundred forty-four manat",
        "Bank: Example Bank, Ashgabat",
        "Payable until: 22 December 2026",
    ),
}


class TestPdf:
    @pytest.mark.parametrize("language", Language)
    def test_says_everything_in_the_callers_language(self, language: Language) -> None:
        text = read(PRESS.pdf(SEVENTEEN, paper(language)))
        for line in (
            *EXPECTED[language],
            "Myradowa Aýgül Batyrowna",
            "+993 65 12 34 56",
            "00000000000000000000",
        ):
            assert line in text

    @pytest.mark.parametrize("language", Language)
    def test_its_font_is_in_it_and_has_every_letter(self, language: Language) -> None:
        pdf = PRESS.pdf(SEVENTEEN, dataclasses.replace(paper(language), payer=LETTERS))
        assert LETTERS in read(pdf)
        fonts = re.findall(rb"/BaseFont\s*/(\S+)", pdf)
        assert fonts
        assert all(b"LibertinusSerif" in font for font in fonts)
        assert len(re.findall(rb"/FontFile", pdf)) == 2, "plain and bold"

    def test_is_a4_and_the_same_each_time(self) -> None:
        first = PRESS.pdf(SEVENTEEN, paper(Language.TURKMEN))
        with pypdfium2.PdfDocument(first) as document:
            assert len(document) == 1
            width, height = document.get_page_size(0)
            assert (round(width), round(height)) == (595, 842)
        assert read(first) == read(PRESS.pdf(SEVENTEEN, paper(Language.TURKMEN)))

    def test_many_long_lines_run_over_pages_that_are_numbered(self) -> None:
        line = PaperLine("Gaty uzyn atly hyzmat " * 5, Money(10_000_000), Money(1_304_348))
        many = dataclasses.replace(paper(Language.TURKMEN), lines=(line,) * 40)
        text = read(PRESS.pdf(SEVENTEEN, many))
        pages = int(re.findall(r"sahypa \d+ / (\d+)", text)[0])
        assert pages > 1
        assert f"sahypa {pages} / {pages}" in text
        assert text.count("100 000,00") == 40
        assert "Jemi 3 478 260,80 521 739,20 4 000 000,00" in text
        assert text.count("Salgytsyz") == pages, "the head of the table is on each page"

    @given(st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S")), max_size=60))
    @settings(max_examples=60)
    def test_whatever_a_payer_is_named_is_printed_and_never_obeyed(self, name: str) -> None:
        named = dataclasses.replace(paper(Language.ENGLISH), payer=f"A {name} Z")
        assert PRESS.pdf(SEVENTEEN, named).startswith(b"%PDF-")

    def test_a_name_in_the_words_of_the_form_is_a_name(self) -> None:
        name = '#panic("x") *bold* $x$ \\ "} // no <b>'
        named = dataclasses.replace(paper(Language.ENGLISH), payer=name)
        assert name in read(PRESS.pdf(SEVENTEEN, named))

    @pytest.mark.parametrize("form", ["#let x = ", "#sys.inputs.nothing", "#json(bytes("])
    def test_a_broken_form_is_named(self, tmp_path: Path, form: str) -> None:
        file = tmp_path / "invoice.typ"
        file.write_text(form)
        with pytest.raises(Unusable, match=r"invoice\.typ: ") as refused:
            InvoicePress(file).pdf(SEVENTEEN, paper(Language.ENGLISH))
        assert "\n" not in str(refused.value)

    def test_a_form_that_is_not_there_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(Unusable, match=r"none\.typ: "):
            InvoicePress(tmp_path / "none.typ").tiff(SEVENTEEN, paper(Language.ENGLISH))


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


def _blurred(page: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean ink of squares of 12 by 12."""
    height, width = (side // 12 for side in page.shape)
    squares = page[: height * 12, : width * 12].reshape(height, 12, width, 12)
    blurred: NDArray[np.float64] = squares.mean(axis=(1, 3))
    return blurred


class TestWriting:
    @pytest.mark.parametrize(
        ("tenge", "turkmen", "english"),
        [
            (5, "0,05", "0.05"),
            (100, "1,00", "1.00"),
            (123450, "1\u00a0234,50", "1,234.50"),
            (123456789, "1\u00a0234\u00a0567,89", "1,234,567.89"),
        ],
    )
    def test_amounts(self, tenge: int, turkmen: str, english: str) -> None:
        assert written(Language.TURKMEN, Money(tenge)) == turkmen
        assert written(Language.RUSSIAN, Money(tenge)) == turkmen
        assert written(Language.ENGLISH, Money(tenge)) == english

    def test_amounts_in_words(self) -> None:
        assert in_words(Language.TURKMEN, Money(5030)) == "Elli manat otuz teňňe"
        assert in_words(Language.RUSSIAN, Money(2100)) == "Двадцать один манат"
        assert in_words(Language.ENGLISH, Money(500000)) == "Five thousand manat"

    def test_dates(self) -> None:
        when = date(2030, 1, 3)
        assert day(Language.TURKMEN, when) == "2030-njy ýylyň 3-nji ýanwary"
        assert day(Language.TURKMEN, date(2029, 6, 9)) == "2029-njy ýylyň 9-njy iýuny"
        assert day(Language.RUSSIAN, when) == "3 января 2030 г."
        assert day(Language.ENGLISH, when) == "3 January 2030"

    def test_numbers(self) -> None:
        assert phone(Msisdn("99366300890")) == "+993 66 30 08 90"
