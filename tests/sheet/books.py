"""Spreadsheets as people and programs save them: what is taken, or what is said."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

HEADER = "msisdn,full_name,passport,language,tariff,status,balance,services,puk,company"
GOOD = "99365123456,Myradowa Aýgül,II-MR 123456,tk,duet,active,45.30,sms;gprs,73104826,"
OTHER = "99366300891,Orazow Merdan,I-AŞ 300890,ru,oba,suspended,-1.05,,,Ak Bulut"
CYRILLIC = "99366300891,Оразов Мердан,I-AH 300890,ru,oba,suspended,-1.05,,,Ак Булут"
PLAIN = "\n".join((HEADER, GOOD, OTHER, ""))


@dataclass(frozen=True)
class Book:
    """One file. Of a good one both rows are read; of a bad one nothing, and it says why."""

    data: bytes
    said: str = ""
    """What the refusal must say; empty: the file is good."""
    noted: str = ""
    """What must be said of a good one."""
    name: str = "Orazow Merdan"
    """The second row's."""


def book(text: str, *, encoding: str = "utf-8", **told: str) -> Book:
    return Book(text.encode(encoding), **told)


def lines(*rows: str, **told: str) -> Book:
    return book("\n".join((*rows, "")), **told)


def by(separator: str, text: str = PLAIN) -> str:
    """The same with another separator; cells that have it are in quotes."""
    rows = (line.split(",") for line in text.splitlines())
    quoted = ([f'"{cell}"' if separator in cell else cell for cell in row] for row in rows)
    return "\n".join(separator.join(row) for row in quoted)


def good(old: str, new: str, **told: str) -> Book:
    """The file with something in the first row written otherwise."""
    assert old in GOOD
    return lines(HEADER, GOOD.replace(old, new), OTHER, **told)


def headed(header: str, **told: str) -> Book:
    return lines(header, GOOD, OTHER, **told)


def told(one: Book, said: str) -> Book:
    return Book(one.data, said)


RUSSIAN = "Номер телефона;ФИО;Паспорт;Язык;Тариф;Статус;Баланс (манат);Услуги;PUK-код;Организация"
TURKMEN = "Telefon belgisi,Ady,Pasporty,Dil,Tarif,Ýagdaýy,Balans,Hyzmatlar,PUK kody,Kärhana"
EMPTY_ROW = "," * 9
MARKS = "invisible characters were removed from cells: 1 (line 2)"
WRAPPED = "marks around cells for a spreadsheet"
HARMLESS = {
    "as it should be": book(PLAIN),
    "Windows line ends": book(PLAIN.replace("\n", "\r\n")),
    "line ends of an old Mac": book(PLAIN.replace("\n", "\r")),
    "mixed line ends": book(PLAIN.replace("\n", "\r\n", 1)),
    "no line end at the end": book(PLAIN.rstrip("\n")),
    "UTF-8 with a mark": book(PLAIN, encoding="utf-8-sig"),
    "UTF-16 as Excel's Unicode text": book(by("\t"), encoding="utf-16", noted="UTF-16"),
    "UTF-16 BE with a mark": Book(b"\xfe\xff" + PLAIN.encode("utf-16-be"), noted="UTF-16"),
    "UTF-16 LE without a mark": book(PLAIN, encoding="utf-16-le", noted="UTF-16"),
    "UTF-16 BE without a mark": book(PLAIN, encoding="utf-16-be", noted="UTF-16"),
    "UTF-32": book(PLAIN, encoding="utf-32", noted="UTF-32"),
    "Windows-1251": book(
        "\n".join((HEADER, GOOD.replace("ý", "y").replace("ü", "u"), CYRILLIC)),
        encoding="cp1251",
        noted="Windows-1251 (Cyrillic), since it is not UTF-8",
        name="Оразов Мердан",
    ),
    "KOI8-R": book(
        "\n".join((HEADER, GOOD.replace("ý", "y").replace("ü", "u"), CYRILLIC)),
        encoding="koi8-r",
        noted="KOI8-R",
        name="Оразов Мердан",
    ),
    "DOS-866": book(
        "\n".join((HEADER, GOOD.replace("ý", "y").replace("ü", "u"), CYRILLIC)),
        encoding="cp866",
        noted="DOS-866",
        name="Оразов Мердан",
    ),
    "Windows-1250, with Turkmen letters": book(PLAIN, encoding="cp1250", noted="Windows-1250"),
    "semicolons": book(by(";")),
    "tabs": book(by("\t")),
    "bars": book(by("|")),
    "sep=;": book("sep=;\n" + by(";")),
    "sep=; in quotes, with a mark": book('"sep=;"\r\n' + by(";"), encoding="utf-8-sig"),
    "sep= for a tab": book("sep=\t\n" + by("\t")),
    "each cell in quotes": book(by(",").replace(",", '","').replace("\n", '"\n"').join('""')),
    "rows of separators only": lines(
        HEADER,
        GOOD,
        EMPTY_ROW,
        OTHER,
        EMPTY_ROW,
        noted="rows without content were ignored: 2 (line 3 first)",
    ),
    "rows of spaces and separators": lines(
        HEADER,
        GOOD,
        " ,\xa0" + EMPTY_ROW[1:],
        OTHER,
        noted="rows without content were ignored: 1 (line 3)",
    ),
    "empty columns at the right": book(
        "\n".join(line + ",,," for line in PLAIN.splitlines()), noted=""
    ),
    "separators at the end of rows": lines(
        HEADER,
        GOOD + ",",
        OTHER + ",",
        noted="separators at the end of rows were ignored: 2 (line 2 first)",
    ),
    "a total in Russian": lines(
        HEADER,
        GOOD,
        OTHER,
        "Итого,,,,,,44.25,,,",
        noted="rows of totals were ignored: 1 (line 4)",
    ),
    "a total in Turkmen": lines(HEADER, GOOD, OTHER, "Jemi:,,,,,,44.25,,,", noted="totals"),
    "a grand total": lines(HEADER, GOOD, OTHER, ",Grand Total,,,,,44.25,,,", noted="totals"),
    "a sum without a word": lines(HEADER, GOOD, OTHER, ",,,,,,44.25,,,", noted="totals"),
    "a count of rows": lines(HEADER, GOOD, OTHER, "(2 rows)", noted="totals"),
    "lines below": lines(
        HEADER, GOOD, OTHER, EMPTY_ROW, "Сформировано: 29.11.2026", noted="after the last row"
    ),
    "a signature below": lines(
        HEADER,
        GOOD,
        OTHER,
        "Главный бухгалтер ____ Аннаева" + EMPTY_ROW,
        noted="after the last row",
    ),
    "a rule under the header": lines(HEADER, "---+" * 9, GOOD, OTHER, noted="without content"),
    "a table of psql": book(
        "\n".join((by("|", HEADER), "---+" * 9, by("|", GOOD), by("|", OTHER), "(2 rows)")),
        noted="totals",
    ),
    "cells with NULL": lines(
        HEADER, GOOD + "NULL", OTHER.replace(",,,", ",-,\\N,"), noted="read as empty"
    ),
    "a PUK with thousands": good("73104826", '"73,104,826"'),
    "a PUK with spaces": good("73104826", "73\xa0104\xa0826"),
    "no-break spaces of Windows": book(
        "\n".join(
            (
                HEADER,
                GOOD.replace("ý", "y").replace("ü", "u").replace("45.30", "\xa045.30"),
                OTHER.replace("Ş", "H"),
            )
        ),
        encoding="cp1251",
        noted="Windows-1251",
    ),
    "comments": lines("# of billing", HEADER, "# all", GOOD, OTHER, noted="begin with #"),
    "a title above": lines(
        "Абоненты на 29.11.2026" + EMPTY_ROW,
        EMPTY_ROW,
        HEADER,
        GOOD,
        OTHER,
        noted="before the header",
    ),
    "a header again": lines(HEADER, GOOD, HEADER, OTHER, noted="repeated headers"),
    "a row twice": lines(
        HEADER, GOOD, OTHER, GOOD, noted="duplicate rows were used once: 1 (line 4)"
    ),
    "a row twice, the number otherwise": lines(
        HEADER, GOOD, OTHER, GOOD.replace("99365123456", "865123456"), noted="used once"
    ),
    "a header in capitals": headed(HEADER.upper()),
    "a header with spaces": headed(HEADER.replace("_", " ").replace(",", " , ").title()),
    "a header in Russian": book("\n".join((RUSSIAN, by(";", GOOD), by(";", OTHER)))),
    "a header in Turkmen": headed(TURKMEN),
    "a column that counts": lines(f"№,{HEADER}", f"1,{GOOD}", f"2,{OTHER}"),
    "columns in another order": book(
        "\n".join(",".join(reversed(line.split(","))) for line in (HEADER, GOOD, OTHER))
    ),
    "a no-break space in a name": good("Myradowa Aýgül", "Myradowa\xa0Aýgül"),
    "letters with marks of their own": good("Aýgül", unicodedata.normalize("NFD", "Aýgül")),
    "rows that are counted with #": lines(f"No,{HEADER}", f"#1,{GOOD}", f"#2,{OTHER}"),
    "a row that is left out": lines(HEADER, GOOD, "#" + GOOD, OTHER, noted="begin with #"),
    "a mark at the end of a name": good("Aýgül", "Aýgül\u200b", noted=MARKS),
    "a mark before a number": good("99365123456", "\u202d+993 65 12-34-56\u202c", noted=MARKS),
    "no-break spaces in a number": good("99365123456", "993\xa065\xa0123456"),
    "a number with thousands": good("99365123456", '"99,365,123,456"'),
    "a number as text": good("99365123456", '"=""99365123456"""', noted=WRAPPED),
    "a number as bare text": good("99365123456", '="99365123456"', noted=WRAPPED),
    "an apostrophe before a number": good("99365123456", "'99365123456", noted=WRAPPED),
    "a number with a point": good("99365123456", "99365123456.0"),
    "a number with all its digits": good("99365123456", "9.9365123456E+10"),
    "a PUK as text": good("73104826", '"=""73104826"""', noted=WRAPPED),
    "smart quotes around a word": good(",duet,", ",“duet”,", noted=WRAPPED),
    "words in capitals": good(",tk,duet,active,", ",TK,Duet,ACTIVE,"),
    "services by commas": good("sms;gprs", '"sms, gprs"'),
    "a decimal comma": good("45.30", '"45,30"'),
    "decimal commas and semicolons": book(
        by(";").replace("45.30", "45,30").replace("-1.05", "-1,05")
    ),
    "one decimal": good("45.30", "45.3"),
    "more zeros": good("45.30", "45.3000"),
    "a currency": good("45.30", "45.30 TMT"),
    "a currency in Russian": good("45.30", '"45,30 ман."'),
    "a plus": good("45.30", "+45.30"),
    "spaces in a passport": good("II-MR 123456", " ii mr № 123456 "),
}
"""What is taken. The first row's balance is 45.30 in each."""
