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

from ivr.domain.invoices import InvoiceNumber, Paper, PaperLine, Wanted
from ivr.domain.values import Language, Money, Msisdn
from ivr.errors import Unusable
from ivr.paper.invoice import HEADER_AT, PdfInvoiceRenderer
from ivr.paper.writing import day, in_words, phone, quoted, written
from ivr.settings import PROJECT
from ivr.testing.acting import on_phone
from ivr.testing.demo import NUMBER, demo_operator
from tests.nightly import nightly

PRESS = PdfInvoiceRenderer(PROJECT / "db" / "invoice.typ")
SEVENTEEN = InvoiceNumber(2026, 17)
FAX = Msisdn("99312345678")
AMOUNTS = Money(100000), Money(13043)
LETTERS = "Ä Ç Ž Ň Ö Ş Ü Ý ä ç ž ň ö ş ü ý Ёж Щъ Эю"


def paper(language: Language) -> Paper:
    """The paper of an invoice for 1,234 and 10 manat."""
    operator = demo_operator()
    wanted = [Wanted("communication", Money(123400)), Wanted("internet", Money(1000))]
    operator.care.invoices.order(*on_phone(), NUMBER, language, wanted, FAX)
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
    return re.sub(r"\s+", " ", " ".join(pages))


EXPECTED = {
    Language.TURKMEN: (
        "Öňünden töleg üçin hasap № 17/2026",
        "Senesi: 2026-njy ýylyň 22-nji noýabry",
        "Hyzmaty beriji: «Görkezme Aragatnaşyk» (mysal)",
        "Möçberler manatda (TMT)",
        "1 Aragatnaşyk hyzmatlary üçin öňünden töleg hyzmat 1 1 073,04 1 073,04 160,96 1 234,00",
        "2 Internet-bukjalar üçin öňünden töleg hyzmat 1 8,70 8,70 1,30 10,00",
        "Jemi 1 081,74 162,26 1 244,00",
        "Tölemeli jemi: 1 244,00 TMT",
        "Şol sanda goşulan baha üçin salgyt 15 %: 162,26 TMT",
        "Jemi söz bilen: Bir müň iki ýüz kyrk dört manat 00 teňňe",
        "Bank: «Mysal» banky, Aşgabat ş.",
        "Tölegiň maksady: 22.11.2026 senesindäki № 17/2026 hasap boýunça öňünden töleg; telefon "
        "+993 65 12 34 56; şol sanda goşulan baha üçin salgyt 15 %: 162,26 manat",
        "Tölemeli möhleti: 2026-njy ýylyň 22-nji dekabry",
    ),
    Language.RUSSIAN: (
        "Счёт на предоплату № 17/2026",
        "Дата: 22 ноября 2026 г.",
        "Поставщик: «Показательная связь» (пример)",
        "Суммы в манатах (TMT)",
        "1 Предоплата услуг связи услуга 1 1 073,04 1 073,04 160,96 1 234,00",
        "2 Предоплата интернет-пакетов услуга 1 8,70 8,70 1,30 10,00",
        "Итого 1 081,74 162,26 1 244,00",
        "Всего к оплате: 1 244,00 TMT",
        "В том числе НДС 15 %: 162,26 TMT",
        "Сумма прописью: Одна тысяча двести сорок четыре маната 00 тенге",
        "Банк: Банк «Пример», г. Ашхабад",
        "Назначение платежа: Предоплата по счёту № 17/2026 от 22.11.2026; телефон "
        "+993 65 12 34 56; в т. ч. НДС 15 %: 162,26 манат",
        "Оплатить до: 22 декабря 2026 г.",
    ),
    Language.ENGLISH: (
        "Invoice for prepayment No. 17/2026",
        "Date: 22 November 2026",
        "Seller: Demo Communications (example)",
        "Amounts in manat (TMT)",
        "1 Prepayment for communication services service 1 1,073.04 1,073.04 160.96 1,234.00",
        "2 Prepayment for internet packages service 1 8.70 8.70 1.30 10.00",
        "Total 1,081.74 162.26 1,244.00",
        "Total payable: 1,244.00 TMT",
        "Including VAT 15 %: 162.26 TMT",
        "Total in words: One thousand two hundred forty-four manat 00 tenge",
        "Bank: Example Bank, Ashgabat",
        "Purpose of the payment: Prepayment under invoice No. 17/2026 of 22.11.2026; telephone "
        "+993 65 12 34 56; incl. VAT 15 %: 162.26 manat",
        "Payable until: 22 December 2026",
    ),
}
SIGNED = {
    Language.TURKMEN: ("Ýolbaşçy", "Baş buhgalter", "M.Ý."),
    Language.RUSSIAN: ("Руководитель", "Главный бухгалтер", "М.П."),
    Language.ENGLISH: ("Director", "Chief accountant", "Stamp"),
}
UNSIGNED = {
    Language.TURKMEN: "golsuz we möhürsiz hem hakykydyr",
    Language.RUSSIAN: "действителен без подписи и печати",
    Language.ENGLISH: "valid without signature and stamp",
}
COMPANY = {
    "payer": '"Türkmenistanyň Döwletliligi" açyk görnüşli paýdarlar jemgyýetiniň Aşgabat şäheriniň '
    'Bagtyýarlyk etrabyndaky "Ak Bulut" şahamçasy',
    "payer_tax_number": "101234567890",
    "payer_address": "Aşgabat ş., Bagtyýarlyk etraby, Magtymguly şaýoly 123, 56-njy otag",
    "contract": "KB-2024/00123-A",
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
    def test_has_lines_for_signatures_and_stamp(self, language: Language) -> None:
        text = read(PRESS.pdf(SEVENTEEN, paper(language)))
        for words in SIGNED[language]:
            assert words in text
        assert UNSIGNED[language] not in text

    @pytest.mark.parametrize("language", Language)
    def test_or_the_sentence_that_it_is_valid_without(self, language: Language) -> None:
        text = read(PRESS.pdf(SEVENTEEN, dataclasses.replace(paper(language), is_signed=False)))
        assert UNSIGNED[language] in text
        for words in SIGNED[language][1:]:
            assert words not in text

    def test_names_who_signs(self) -> None:
        plain = paper(Language.RUSSIAN)
        seller = dataclasses.replace(
            plain.seller, director="Оразов М. Д.", accountant="Смирнова О. В."
        )
        text = read(PRESS.pdf(SEVENTEEN, dataclasses.replace(plain, seller=seller)))
        assert "Руководитель Оразов М. Д." in text
        assert "Главный бухгалтер Смирнова О. В." in text

    @pytest.mark.parametrize("language", Language)
    def test_a_company_has_its_tax_number_address_and_contract(self, language: Language) -> None:
        """Whole and unhyphenated, in the quotes of the language; one page with four services."""
        plain = paper(language)
        company = dataclasses.replace(plain, lines=plain.lines * 2, **COMPANY)  # type: ignore[arg-type]
        pdf = PRESS.pdf(SEVENTEEN, company)
        text = read(pdf)
        assert quoted(language, COMPANY["payer"]) in text
        assert '"' not in text
        for name in ("payer_tax_number", "payer_address", "contract"):
            assert COMPANY[name] in text
        assert text.count(COMPANY["contract"]) == 2, "in the purpose of the payment too"
        with pypdfium2.PdfDocument(pdf) as document:
            assert len(document) == 1

    @pytest.mark.parametrize("language", Language)
    def test_nothing_is_hyphenated(self, language: Language) -> None:
        plain = paper(language)
        line = PaperLine("Предоплата телекоммуникационных общеобразовательных услуг " * 2, *AMOUNTS)
        text = read(
            PRESS.pdf(SEVENTEEN, dataclasses.replace(plain, lines=(line,) * 4, **COMPANY))  # type: ignore[arg-type]
        )
        for hyphen in ("\u00ad", "\ufffe", "\u0002"):
            assert hyphen not in text
        assert text.count("телекоммуникационных") == 8

    def test_an_endless_word_stays_on_the_page(self) -> None:
        pdf = PRESS.pdf(SEVENTEEN, dataclasses.replace(paper(Language.ENGLISH), payer="M" * 120))
        with pypdfium2.PdfDocument(pdf) as document:
            drawn = np.asarray(document[0].render().to_pil().convert("L"))
        assert drawn[:, -40:].min() == 255, "the right margin is white"

    def test_without_tax_it_says_so(self) -> None:
        free = dataclasses.replace(
            paper(Language.RUSSIAN), rate=0, lines=(PaperLine("Связь", Money(5000), Money(0)),)
        )
        assert "+993 65 12 34 56; без НДС" in read(PRESS.pdf(SEVENTEEN, free))

    @pytest.mark.parametrize("language", Language)
    def test_tells_programs_what_it_is(self, language: Language) -> None:
        with pypdfium2.PdfDocument(PRESS.pdf(SEVENTEEN, paper(language))) as document:
            told = document.get_metadata_dict()
        assert told["Title"] in EXPECTED[language][0]
        assert told["Author"] == paper(language).seller.name
        assert told["CreationDate"].startswith("D:20261122")

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
        with_table = text.count("Salgytsyz")
        assert with_table >= pages - 1, "the head of the table is on each page of it"

    @given(st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S")), max_size=60))
    @settings(max_examples=60)
    def test_whatever_a_payer_is_named_is_printed_and_never_obeyed(self, name: str) -> None:
        named = dataclasses.replace(paper(Language.ENGLISH), payer=f"A {name} Z")
        assert PRESS.pdf(SEVENTEEN, named).startswith(b"%PDF-")

    def test_a_name_in_the_words_of_the_form_is_a_name(self) -> None:
        name = '#panic("x") *bold* $x$ \\ } // no <b>'
        named = dataclasses.replace(paper(Language.ENGLISH), payer=name)
        assert name.replace('"x"', "“x”") in read(PRESS.pdf(SEVENTEEN, named))

    @pytest.mark.parametrize("form", ["#let x = ", "#sys.inputs.nothing", "#json(bytes("])
    def test_a_broken_form_is_named(self, tmp_path: Path, form: str) -> None:
        file = tmp_path / "invoice.typ"
        file.write_text(form)
        with pytest.raises(Unusable, match=r"invoice\.typ: ") as refused:
            PdfInvoiceRenderer(file).pdf(SEVENTEEN, paper(Language.ENGLISH))
        assert "\n" not in str(refused.value)

    def test_a_form_that_is_not_there_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(Unusable, match=r"none\.typ: "):
            PdfInvoiceRenderer(tmp_path / "none.typ").tiff(SEVENTEEN, paper(Language.ENGLISH))


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
        assert in_words(Language.TURKMEN, Money(5030)) == "Elli manat 30 teňňe"
        assert in_words(Language.RUSSIAN, Money(2100)) == "Двадцать один манат 00 тенге"
        assert in_words(Language.RUSSIAN, Money(205)) == "Два маната 05 тенге"
        assert in_words(Language.ENGLISH, Money(500000)) == "Five thousand manat 00 tenge"
        assert in_words(Language.ENGLISH, Money(5)) == "Zero manat 05 tenge"

    @pytest.mark.parametrize(
        ("given", "turkmen", "english"),
        [
            ('"Ak Bulut" HJ', "«Ak Bulut» HJ", "“Ak Bulut” HJ"),
            ("“Ak Bulut” HJ", "«Ak Bulut» HJ", "“Ak Bulut” HJ"),
            ("„Ak Bulut“ HJ", "«Ak Bulut» HJ", "“Ak Bulut” HJ"),
            ("«Ak Bulut» HJ", "«Ak Bulut» HJ", "“Ak Bulut” HJ"),
            ('HJ "Ak Bulut"', "HJ «Ak Bulut»", "HJ “Ak Bulut”"),
            ('ООО "Фирма "Ромашка""', "ООО «Фирма «Ромашка»»", "ООО “Фирма “Ромашка””"),
            ('("A") ("B")', "(«A») («B»)", "(“A”) (“B”)"),
            ('5" boru', '5" boru', '5" boru'),
            ("O'Brien", "O'Brien", "O'Brien"),
            ("", "", ""),
        ],
    )
    def test_quotes(self, given: str, turkmen: str, english: str) -> None:
        assert quoted(Language.TURKMEN, given) == turkmen
        assert quoted(Language.RUSSIAN, given) == turkmen
        assert quoted(Language.ENGLISH, given) == english

    def test_dates(self) -> None:
        when = date(2030, 1, 3)
        assert day(Language.TURKMEN, when) == "2030-njy ýylyň 3-nji ýanwary"
        assert day(Language.TURKMEN, date(2029, 6, 9)) == "2029-njy ýylyň 9-njy iýuny"
        assert day(Language.RUSSIAN, when) == "3 января 2030 г."
        assert day(Language.ENGLISH, when) == "3 January 2030"

    def test_numbers(self) -> None:
        assert phone(Msisdn("99366300890")) == "+993 66 30 08 90"
