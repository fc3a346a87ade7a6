"""The paper of an invoice: what a person reads on it, and the pages that a fax machine gets."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.domain.invoices import InvoiceNumber, Paper, PaperLine, Wanted
from ivr.domain.values import Language, Money, Msisdn
from ivr.errors import Unusable
from ivr.paper.invoice import PdfInvoiceRenderer
from ivr.paper.writing import quoted
from ivr.settings import PROJECT
from ivr.testing.acting import on_phone
from ivr.testing.demo import NUMBER, demo_operator

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
