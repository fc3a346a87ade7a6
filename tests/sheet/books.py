"""Spreadsheets as people and programs save them: what is taken, or what is said."""

from __future__ import annotations

import io
import unicodedata
import zipfile
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


def bad(old: str, new: str, said: str) -> Book:
    """A file whose first row is refused, in line 2."""
    return good(old, new, said=f"line 2: {said}")


def headed(header: str, **told: str) -> Book:
    return lines(header, GOOD, OTHER, **told)


def damaged() -> Book:
    """An OpenDocument table of which a byte was changed on its way."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet" * 5)
    broken = bytearray(data.getvalue())
    broken[38] = 0xFF  # the first byte behind the entry's header and name
    return Book(bytes(broken), "cut off")


def zipped(**members: str) -> Book:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, text in members.items():
            archive.writestr(name.replace("__", "/"), text)
    return Book(data.getvalue())


def told(one: Book, said: str) -> Book:
    return Book(one.data, said)


RUSSIAN = "Номер телефона;ФИО;Паспорт;Язык;Тариф;Статус;Баланс (манат);Услуги;PUK-код;Организация"
TURKMEN = "Telefon belgisi,Ady,Pasporty,Dil,Tarif,Ýagdaýy,Balans,Hyzmatlar,PUK kody,Kärhana"
EMPTY_ROW = "," * 9
HTML = "<html><body><table><tr><td>msisdn</td></tr></table></body></html>"
SAVE_CSV = "not CSV: open it in the spreadsheet and save it as CSV (UTF-8)"
MARKS = "invisible characters were removed from cells: 1 (line 2)"
WRAPPED = "marks around cells for a spreadsheet"
CUT = "in scientific form such as 9.9365E+10: a spreadsheet has cut its digits"

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

REFUSED = {
    "nothing": Book(b"", "the file is empty"),
    "spaces only": Book(b" \n \n", "there is no header"),
    "separators only": Book(b",,,\n,,,\n", "there is no header"),
    "no header": lines(GOOD, OTHER, said="there is no header; the first line must be msisdn,"),
    "another header": headed("a,b,c", said="there is no header; the first line must be"),
    "a column missing": headed(
        HEADER.replace("tariff,", ""), said="the header lacks tariff; the first line must be"
    ),
    "a column too many": headed(
        HEADER + ",colour", said="the header has unknown columns: 'colour'"
    ),
    "a column misspelt": headed(
        HEADER.replace("passport", "pasport nr"), said="'pasport nr' may be meant as passport"
    ),
    "a column twice": headed(HEADER + ",phone", said="the header has msisdn twice"),
    "Excel": told(zipped(xl__workbook="x"), f"an Excel workbook (.xlsx), {SAVE_CSV}"),
    "OpenDocument": told(
        zipped(mimetype="application/vnd.oasis.opendocument.spreadsheet"),
        f"an OpenDocument spreadsheet (.ods), {SAVE_CSV}",
    ),
    "Apple Numbers": told(
        zipped(**{"Index__Document.iwa": "x"}), f"an Apple Numbers spreadsheet, {SAVE_CSV}"
    ),
    "Word": told(zipped(word__document="x"), f"a text document, {SAVE_CSV}"),
    "an archive": told(zipped(a="x"), "an archive (zip), not CSV: unpack it first"),
    "a damaged table": damaged(),
    "half a workbook": Book(zipped(xl__workbook="x").data[:30], "cut off"),
    "old Excel": Book(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "Excel workbook (.xls)"),
    "HTML named csv": book(HTML, said=f"HTML, {SAVE_CSV}"),
    "HTML in UTF-16": book(HTML, encoding="utf-16", said=f"HTML, {SAVE_CSV}"),
    "XML of Excel 2003": book('<?xml version="1.0"?><Workbook/>', said=f"XML, {SAVE_CSV}"),
    "JSON": book('[{"msisdn": "99365123456"}]', said="JSON, not CSV"),
    "a PDF": Book(b"%PDF-1.7\n", "a PDF, not CSV"),
    "compressed": Book(b"\x1f\x8b\x08" + bytes(9), "a compressed file (gzip), not CSV: unpack"),
    "no text at all": Book(bytes(range(256)) * 9, "this is not text"),
    "two encodings": Book(
        PLAIN.encode() + "99366300892,Оразов,,ru,oba,active,1,,,".encode("cp1251"),
        "line 4 is not UTF-8, but line 2 is; save the whole file as UTF-8",
    ),
    "an encoding that cannot be told": Book(
        PLAIN.replace("Myradowa Aýgül", "Z").replace("AŞ", "AH").encode()
        + b"99366300892,\xff\xfe\xe1\x80,,ru,oba,active,1,,,",
        "line 4 is not UTF-8, and its encoding cannot be recognised; save the file as UTF-8",
    ),
    "UTF-16 cut off": Book(PLAIN.encode("utf-16")[:-1], "the file is cut off or damaged"),
    "letters that an encoding had not": bad("Aýgül", "A?g?l", "full_name has question marks"),
    "letters that were lost": bad("Aýgül", "A\ufffdg\ufffdl", "full_name has question marks"),
    "read earlier in a wrong encoding": bad(
        "Myradowa Aýgül",
        "Мырадова".encode().decode("cp1251"),
        "full_name 'РњС‹СЂР°РґРѕРІР°' was read earlier in a wrong encoding",
    ),
    "read as Latin": bad(
        "Aýgül",
        "Aýgül".encode().decode("cp1252"),
        "full_name 'Myradowa AÃ½gÃ¼l' was read earlier in a wrong",
    ),
    "a mark within a name": bad("Aýgül", "Aý\u200bgül", "full_name has an invisible character"),
    "a number cut by Excel": bad("99365123456", "9.9365E+10", f"msisdn is {CUT}"),
    "a number cut by Russian Excel": bad("99365123456", '"9,9365E+10"', f"msisdn is {CUT}"),
    "a PUK cut by Excel": bad("73104826", "7.3E+07", f"puk is {CUT}"),
    "a PUK without its zero": bad(
        "73104826", "3104826", "puk is not 8 digits; has it lost a leading"
    ),
    "a balance in scientific form": bad(
        "45.30", "4.5E+06", "balance '4.5E+06' is in scientific form"
    ),
    "no number": bad("99365123456", "", "msisdn is empty"),
    "a word for a number": bad("99365123456", "nomer", "msisdn is not a mobile number"),
    "an error of Excel": bad("45.30", "#REF!", "balance is #REF!, an error of the spreadsheet"),
    "an error of Russian Excel": bad("99365123456", "#ЗНАЧ!", "msisdn is #ЗНАЧ!, an error"),
    "a column that is too narrow": bad("45.30", "########", "balance is ########"[:28]),
    "a decimal comma without quotes": bad(
        "45.30", "45,30", '11 cells instead of 10: a decimal comma must be in quotes: "45,30"'
    ),
    "a name with a comma": bad(
        "Myradowa Aýgül", "Myradowa, Aýgül", "11 cells instead of 10: a cell with a comma in it"
    ),
    "services by semicolons without quotes": book(
        by(";", HEADER) + "\n" + GOOD.replace(",", ";") + "\n",
        said="line 2: 11 cells instead of 10: a cell with a semicolon in it must be in quotes",
    ),
    "a cell too few": bad(",duet,", ",", "9 cells instead of 10: a comma is missing"),
    "a thousand or one": bad("45.30", "1.234", "balance '1.234' is not an amount in manat"),
    "too exact": bad("45.30", "45.3012", "balance '45.3012' has more than 2 decimals"),
    "a date for an amount": bad("45.30", "01.05.2026", "balance '01.05.2026' is not an amount"),
    "a formula": bad("45.30", "=SUM(A1:A9)", "balance '=SUM(A1:A9)' is not an amount"),
    "an open quote": bad("Myradowa", '"Myradowa', "not CSV (a quote is opened but not closed)"),
    "a quote in a name": bad("Myradowa Aýgül", '"Ak "Bulut" HJ"', "not CSV (a quote within a cell"),
    "each line in quotes": lines(
        *(f'"{each}"' for each in (HEADER, GOOD, OTHER)),
        said="each line is a single cell in quotes",
    ),
    "a row that is cut off": lines(
        HEADER, GOOD, "99366300891", said="line 3: 1 cells instead of 10: a comma is missing"
    ),
    "a row that is cut in a name": lines(
        HEADER,
        GOOD,
        "99366300891,Oraz",
        said="line 3: 2 cells instead of 10: a comma is missing",
    ),
    "a row that is cut off, names first": lines(
        "full_name,msisdn,language,tariff,status,balance",
        "Myradowa Aýgül,99365123456,tk,duet,active,45.30",
        "Orazow Merdan",
        said="line 3: 1 cells instead of 6: a comma is missing",
    ),
    "a line of text between rows": lines(
        HEADER, GOOD, "Ak Bulut HJ", OTHER, said="line 3: 1 cells instead of 10"
    ),
    "no balance": bad("45.30", "", "balance is empty"),
    "no name": bad("Myradowa Aýgül", "-", "full_name is empty"),
    "an unknown word": bad(",tk,", ",tm-TM,", "language 'tm-TM' is not one of tk, ru, en"),
    "an unknown service": bad("sms;gprs", "sms;teleport", "services 'teleport' is not in the cat"),
    "a number twice, otherwise": lines(
        *(HEADER, GOOD, OTHER, GOOD.replace("45.30", "1.00")),
        said="line 4: line 2 has the same number with other values",
    ),
    "a cell in a column without a name": lines(
        HEADER + ",", GOOD + ",x", said="line 2: column 11 has no name in the header"
    ),
    "a total in the middle": lines(
        HEADER, ",,,,,,44.25,,,", GOOD, OTHER, said="line 2: msisdn is empty"
    ),
    "the file's own names": book(
        "\n".join((RUSSIAN, by(";", GOOD).replace("45.30", "?"))),
        said="line 2: balance (Баланс (манат)) '?' is not an amount",
    ),
}
